//! Search over everything the reader may see, in both languages.

use romduol_plan::Kind;
use romduol_plan::permission::Act;

use super::records::Ref;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

/// Of what was found the nearest are enough; how many there are is told.
const MOST: usize = 60;

#[derive(askama::Template)]
#[template(path = "search.html")]
struct Search {
    c: Chrome,
    asked: String,
    found: usize,
    hits: Vec<(Kind, Ref)>,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let asked = viewer.asked("q").unwrap_or("").chars().take(200).collect::<String>();
    let state = &viewer.snapshot.state;
    let mut hits = if asked.trim().is_empty() { Vec::new() } else { viewer.snapshot.index().find(&asked) };
    hits.retain(|hit| state.body(hit.record.0, &hit.record.1).is_some_and(|body| viewer.shows(&body)));
    let found = hits.len();
    let nearest = hits.into_iter().take(MOST);
    let hits = nearest.map(|hit| (hit.record.0, Ref::to(&viewer, hit.record.0, &hit.record.1))).collect();
    render(&Search { c: Chrome::of(&viewer, viewer.locale.t("menu-search")), asked, found, hits })
}
