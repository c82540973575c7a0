//! The records of a kind as a list with a search, and as a table to take home.

use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use romduol_app::spelling::fold;
use romduol_plan::Kind;
use romduol_plan::kinds::Body;
use romduol_plan::permission::{Act, writing};

use super::{Ref, kind, path_of};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::take_home;
use crate::viewer::Viewer;

/// How many records a page has: more than any kind of the situation analysis holds today.
const SHOWN: usize = 300;

#[derive(askama::Template)]
#[template(path = "records/list.html")]
struct List {
    c: Chrome,
    kind: Kind,
    asked: String,
    all: usize,
    found: usize,
    /// Each record, and whether no link reaches it.
    rows: Vec<(Ref, bool)>,
    /// The number of the first one, from 1.
    first: usize,
    before: Option<usize>,
    after: Option<usize>,
    /// The search as it stands in an address.
    query: String,
    edits: bool,
}

pub(crate) async fn show(viewer: Viewer, Path(code): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let Some(kind) = kind(&code) else { return Ok(crate::error::not_found()) };
    let asked = viewer.asked("q").unwrap_or("").to_string();
    let words: Vec<String> = fold(&asked).split_whitespace().map(String::from).collect();
    let bodies = seen(&viewer, kind);
    let all = bodies.len();
    let matching: Vec<&Body> = bodies
        .iter()
        .filter(|body| {
            let title = body.title();
            let text = fold(&format!("{} {} {}", body.id(), title.en, title.km));
            words.iter().all(|word| text.contains(word))
        })
        .collect();
    let page = viewer
        .asked("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(0)
        .min(matching.len().saturating_sub(1) / SHOWN);
    let links = viewer.snapshot.links();
    let row = |body: &&Body| {
        let to = Ref { path: path_of(kind, body.id()), id: body.id().into(), title: body.title(), via: None };
        (to, links.is_alone(kind, body.id()))
    };
    render(&List {
        c: Chrome::of(&viewer, viewer.locale.word("kinds", kind.code())),
        found: matching.len(),
        rows: matching.iter().skip(page * SHOWN).take(SHOWN).map(row).collect(),
        first: page * SHOWN + 1,
        before: page.checked_sub(1),
        after: (matching.len() > (page + 1) * SHOWN).then_some(page + 1),
        query: crate::address::encoded(&asked),
        edits: kind.is_edited() && viewer.may(writing(kind)) && viewer.at.is_none(),
        kind,
        asked,
        all,
    })
}

pub(crate) async fn csv(viewer: Viewer, Path(code): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let Some(kind) = kind(&code) else { return Ok(crate::error::not_found()) };
    let bytes = romduol_app::records::table(&viewer.snapshot.state, kind, &seen(&viewer, kind))?;
    let name = format!("attachment; filename=\"{}.csv\"", kind.code());
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, name.as_str())], bytes).into_response())
}

pub(crate) async fn xlsx(viewer: Viewer, Path(code): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let Some(kind) = kind(&code) else { return Ok(crate::error::not_found()) };
    let title = viewer.locale.word("kinds", kind.code());
    let unix = viewer.site.app.now().unix;
    let bytes = romduol_app::records::book(&viewer.snapshot.state, kind, &title, &seen(&viewer, kind), unix)?;
    Ok(take_home::file(&format!("{}.xlsx", kind.code()), take_home::XLSX, bytes))
}

/// The records of a kind that the reader may see.
pub(crate) fn seen(viewer: &Viewer, kind: Kind) -> Vec<Body> {
    let state = &viewer.snapshot.state;
    let bodies = state.ids(kind).into_iter().filter_map(|id| state.body(kind, id));
    bodies.filter_map(|body| viewer.seen(body)).collect()
}
