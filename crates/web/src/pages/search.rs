//! Search over everything the reader may see, in both languages.

use romduol_plan::Kind;
use romduol_plan::permission::Act;

use super::records::Ref;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

const MOST: usize = 60;

#[derive(askama::Template)]
#[template(path = "search.html")]
struct Search {
    c: Chrome,
    asked: String,
    hits: Vec<(Kind, Ref)>,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let asked = viewer.asked("q").unwrap_or("").chars().take(200).collect::<String>();
    let found = if asked.trim().is_empty() { Vec::new() } else { viewer.snapshot.index().find(&asked, MOST) };
    let state = &viewer.snapshot.state;
    let hits = found.into_iter().filter(|hit| {
        let body = state.body(hit.record.0, &hit.record.1);
        body.is_some_and(|body| viewer.shows(&body))
    });
    let hits = hits.map(|hit| (hit.record.0, Ref::to(&viewer, hit.record.0, &hit.record.1))).collect();
    render(&Search { c: Chrome::of(&viewer, viewer.locale.t("menu-search")), asked, hits })
}
