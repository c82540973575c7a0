//! Versions of the plan: their list, how one differs from another, moving one on, and dealing with what the public said.

use romduol_plan::commands::versions::{MoveVersion, NameVersion};
use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::versions::{CommentDecision, Waiting};
use romduol_app::{AppError, Snapshot, analysis_tables, naming};
use romduol_plan::diff::Changed;
use romduol_plan::kinds::{Id, Node, Version, VersionState};
use romduol_plan::permission::Act;
use romduol_plan::versions::{Difference, differences, next_states};
use romduol_plan::{Kind, Text};

use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::{Page, PageError};
use crate::given::{choice, date, one_of};
use crate::pages::take_home;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "versions.html")]
struct Versions {
    c: Chrome,
    list: Vec<(Arc<Version>, String)>,
    edits: bool,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-versions"));
    let mut list: Vec<_> = viewer.snapshot.state.all::<Version>().cloned().collect();
    list.sort_by_key(|version| std::cmp::Reverse(version.position));
    let list = list.into_iter().map(|version| (version.clone(), c.code(version.state.code()))).collect();
    render(&Versions { list, edits: viewer.may(Act::EditPlan) && viewer.at.is_none(), c })
}

#[derive(serde::Deserialize)]
pub(crate) struct Named {
    id: String,
    /// In English; the public's page shows each language its own.
    title: String,
    #[serde(default)]
    title_km: String,
    note: String,
    #[serde(default)]
    note_km: String,
}

fn both(en: &str, km: &str) -> Text {
    Text { en: en.trim().into(), km: km.trim().into() }
}

pub(crate) async fn name(viewer: Viewer, Form(given): Form<Named>) -> Page {
    viewer.must(Act::EditPlan)?;
    let version = Version {
        id: given.id.trim().into(),
        title: both(&given.title, &given.title_km),
        position: 0,
        date: viewer.site.app.now().date,
        state: VersionState::Draft,
        note: both(&given.note, &given.note_km),
        comments_until: None,
        consultation: None,
    };
    viewer.execute(NameVersion { version }).await?;
    Ok(see("/versions"))
}

/// A node that differs, with the fields where it does.
struct Line {
    id: Id,
    title: Text,
    what: &'static str,
    changed: Vec<Changed>,
    there: bool,
}

#[derive(askama::Template)]
#[template(path = "version.html")]
struct Compare {
    c: Chrome,
    version: Arc<Version>,
    state: String,
    others: Vec<Arc<Version>>,
    with: String,
    lines: Vec<Line>,
    nodes: usize,
    moves: Vec<(&'static str, String)>,
}

/// A version, and the plan as it stood then and as it stands in the version it is compared with, or now.
async fn sides(viewer: &Viewer, id: &str) -> Result<(Arc<Version>, Arc<Snapshot>, Arc<Snapshot>), PageError> {
    let state = &viewer.snapshot.state;
    let missing = |id: &str| AppError::NotFound { kind: Kind::Version, id: id.into() };
    let version = state.find::<Version>(id).ok_or_else(|| missing(id))?.clone();
    let before = viewer.site.app.at(version.position.into()).await?.shown(viewer.illustrative);
    let after = match viewer.asked("with") {
        None => viewer.snapshot.clone(),
        Some(other) => {
            let other = state.find::<Version>(other).ok_or_else(|| missing(other))?;
            viewer.site.app.at(other.position.into()).await?.shown(viewer.illustrative)
        }
    };
    Ok((version, before, after))
}

/// What changed from this version to another one, or to the plan as it is now.
pub(crate) async fn compare(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (version, before, after) = sides(&viewer, &id).await?;
    let state = &viewer.snapshot.state;
    let with = viewer.asked("with").unwrap_or("").to_string();
    let lines = differences(&before.state, &after.state)
        .into_iter()
        .map(|(id, difference)| line(&viewer, &before, &after, id, difference));
    let c = Chrome::of(&viewer, version.title.get(viewer.lang()));
    let edits = viewer.may(Act::EditPlan) && viewer.at.is_none();
    let moves = if edits { next_states(version.state) } else { &[] };
    render(&Compare {
        state: c.code(version.state.code()),
        others: state.all::<Version>().filter(|other| other.id != id).cloned().collect(),
        with,
        lines: lines.collect(),
        nodes: before.state.count::<Node>(),
        moves: moves.iter().map(|state| (state.code(), c.code(state.code()))).collect(),
        version,
        c,
    })
}

pub(crate) async fn compare_csv(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (version, before, after) = sides(&viewer, &id).await?;
    let found = differences(&before.state, &after.state);
    let table = analysis_tables::differences(viewer.locale, &before.state, &after.state, &found);
    take_home::csv(&table, &format!("differences-{}", version.id))
}

fn line(viewer: &Viewer, before: &Snapshot, after: &Snapshot, id: Id, difference: Difference) -> Line {
    let node = after.state.find::<Node>(&id).or_else(|| before.state.find::<Node>(&id));
    let (what, changed) = match difference {
        Difference::Added => ("version-added", Vec::new()),
        Difference::Removed => ("version-removed", Vec::new()),
        Difference::Changed(changed) => {
            let told = |change: &Changed| naming::changed(viewer.locale, Kind::Node, change);
            ("version-changed", changed.iter().map(told).collect())
        }
    };
    let title = node.map(|node| node.title.clone()).unwrap_or_default();
    Line { there: after.state.find::<Node>(&id).is_some(), title, what, changed, id }
}

#[derive(serde::Deserialize)]
pub(crate) struct Move {
    to: String,
    #[serde(default)]
    until: String,
    why: String,
}

pub(crate) async fn go_on(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Move>) -> Page {
    viewer.must(Act::EditPlan)?;
    let (to, until) = (choice("to", &given.to)?, date("until", &given.until)?);
    let page = path(&["versions", &id]);
    viewer.execute(MoveVersion { id, to, until, reason: given.why }).await?;
    Ok(see(&page))
}

#[derive(askama::Template)]
#[template(path = "comments.html")]
struct Comments {
    c: Chrome,
    waiting: Vec<Waiting>,
}

pub(crate) async fn comments(viewer: Viewer) -> Page {
    let waiting = viewer.site.app.comments(&viewer.person).await?;
    render(&Comments { c: Chrome::of(&viewer, viewer.locale.t("menu-comments")), waiting })
}

#[derive(serde::Deserialize)]
pub(crate) struct Deal {
    action: String,
    words: String,
}

pub(crate) async fn deal(viewer: Viewer, Path(key): Path<String>, Form(given): Form<Deal>) -> Page {
    viewer.must(Act::EditPlan)?;
    let takes = one_of("action", &given.action, &[("take", true), ("decline", false)])?;
    let decision = match takes {
        true => CommentDecision::Take { words: given.words },
        false => CommentDecision::Decline { reason: given.words },
    };
    viewer.site.app.deal_with_comment(&viewer.person, &key, decision).await?;
    Ok(see("/comments"))
}
