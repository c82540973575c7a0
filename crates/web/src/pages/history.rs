//! The history of any record: who changed what, when, why, and how it differs; as a page and as a table.

use axum::extract::Path;
use romduol_app::history::Event;
use romduol_app::{AppError, Calendar, analysis_tables, heard, naming};
use romduol_plan::Kind;
use romduol_plan::kinds::{Assignment, Class, Return};
use romduol_plan::permission::Act;

use crate::chrome::{Chrome, render};
use crate::error::{Page, PageError};
use crate::pages::take_home;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "history.html")]
struct History {
    c: Chrome,
    kind: Kind,
    id: String,
    events: Vec<Event>,
    calendar: Calendar,
}

/// What happened to a record, for whoever may know it.
async fn events(viewer: &Viewer, kind: Kind, id: &str) -> Result<Vec<Event>, PageError> {
    viewer.must(Act::ReadHistory)?;
    let id = id.to_string();
    let missing = || AppError::NotFound { kind, id: id.clone() };
    let state = &viewer.snapshot.state;
    // A return is its unit's own business: whoever may not read it does not read its history either.
    if kind == Kind::Return {
        let record = state.find::<Return>(&id).ok_or_else(missing)?;
        let assignment = state.find::<Assignment>(&record.assignment).ok_or_else(missing)?;
        viewer.person.post.may_for(Act::ReadReturn, assignment, state)?;
    }
    // What was prepared and is not published is for who approves it, here as on its own page.
    if kind == Kind::Edition {
        viewer.person.post.may(Act::ApproveEdition)?;
    }
    // Earlier versions show what the record hides.
    let confidential = match kind {
        Kind::Attendance | Kind::Contribution => true,
        Kind::Consultation => heard::has_restricted_groups(state, &id),
        _ => false,
    };
    if confidential && !viewer.person.post.may_read(Class::Restricted) {
        return Err(missing().into());
    }
    if confidential || kind == Kind::Return {
        viewer.note(kind, &id).await;
    }
    let events = viewer.site.app.history(&viewer.snapshot, kind, &id).await?;
    if events.is_empty() {
        return Err(missing().into());
    }
    Ok(events)
}

pub(crate) async fn csv(viewer: Viewer, Path((kind, id)): Path<(String, String)>) -> Page {
    viewer.must(Act::ReadHistory)?;
    let Some(kind) = Kind::parse(&kind) else { return Ok(crate::error::not_found()) };
    let events = events(&viewer, kind, &id).await?;
    take_home::csv(&analysis_tables::history(viewer.locale, kind, &events), &format!("history-{id}"))
}

pub(crate) async fn show(viewer: Viewer, Path((kind, id)): Path<(String, String)>) -> Page {
    viewer.must(Act::ReadHistory)?;
    let Some(kind) = Kind::parse(&kind) else { return Ok(crate::error::not_found()) };
    let mut events = events(&viewer, kind, &id).await?;
    for change in events.iter_mut().flat_map(|event| &mut event.changed) {
        *change = naming::changed(viewer.locale, kind, change);
    }
    let (c, calendar) =
        (Chrome::of(&viewer, format!("{} {id}", viewer.locale.t("history"))), viewer.site.app.calendar());
    render(&History { c, kind, id, events, calendar })
}
