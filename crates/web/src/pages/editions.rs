//! Editions for those who make them: preparing one, looking it over, deciding on it, and which cells it hides and why.

use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::edition::{Choice, Composed, Explained, HiddenCell, Reason, in_order, newest};
use romduol_app::{AppError, Snapshot};
use romduol_edition::content::{Difference, Key, Told};
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::{Kind, Text};

use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::Viewer;

/// Something to tick: its code, its name, whether it is ticked.
type Tick = (String, String, bool);

#[derive(askama::Template)]
#[template(path = "editions.html")]
struct Editions {
    c: Chrome,
    list: Vec<(Arc<Edition>, String)>,
    prepares: bool,
    usual: Choice,
    sections: Vec<Tick>,
    tables: Vec<Tick>,
    levels: Vec<Tick>,
    indicators: Vec<Tick>,
    made_up: bool,
    waiting: usize,
    key: String,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-editions"));
    let state = &viewer.snapshot.state;
    let seen = |e: &&Arc<Edition>| e.state == EditionState::Published || viewer.may(Act::ApproveEdition);
    let list = in_order(state).into_iter().rev().filter(seen);
    let list = list.map(|edition| (edition.clone(), c.code(edition.state.code()))).collect();
    let usual = Choice::usual(state, viewer.site.app.now().date);
    let indicator = |i: &Arc<Indicator>| {
        (i.id.clone(), format!("{} {}", i.id, i.name.get(viewer.lang())), usual.leave_out.contains(&i.id))
    };
    let level = |level: &AreaLevel| (level.code().into(), c.code(level.code()), *level == usual.level);
    render(&Editions {
        list,
        prepares: viewer.may(Act::PrepareEdition) && viewer.at.is_none(),
        sections: EditionSection::ALL.iter().map(|s| (s.code().into(), c.code(s.code()), true)).collect(),
        tables: EditionTable::ALL
            .iter()
            .map(|t| (t.code().into(), c.code(t.code()), usual.tables.contains(t)))
            .collect(),
        levels: AreaLevel::ALL.iter().map(level).collect(),
        indicators: state.all::<Indicator>().filter(|i| i.class != Class::Prohibited).map(indicator).collect(),
        made_up: state.has_illustrative(),
        waiting: state.pending().count(),
        key: viewer.site.app.edition_key().await?,
        usual,
        c,
    })
}

pub(crate) async fn prepare(viewer: Viewer, Form(given): Form<Vec<(String, String)>>) -> Page {
    viewer.must(Act::PrepareEdition)?;
    let one = |name: &str| given.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
    let all = |name: &'static str| given.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str());
    let choice = Choice {
        until: one("until").parse()?,
        level: AreaLevel::parse(one("level")).unwrap_or(AreaLevel::Province),
        sections: all("sections").filter_map(EditionSection::parse).collect(),
        tables: all("tables").filter_map(EditionTable::parse).collect(),
        leave_out: all("leave_out").map(String::from).collect(),
        without_waiting: !one("without_waiting").is_empty(),
        demonstration: !one("demonstration").is_empty(),
        note: Text::of(viewer.lang(), one("note")),
    };
    let id = viewer.site.app.prepare_edition(&viewer.person, choice).await?;
    Ok(see(&format!("/editions/{id}")))
}

/// A number that the last edition told otherwise.
struct Change {
    indicator: Id,
    place: String,
    before: String,
    now: String,
}

/// How much of an indicator is hidden; no cell of it.
struct Share {
    indicator: Id,
    hidden: usize,
    all: usize,
}

#[derive(askama::Template)]
#[template(path = "edition.html")]
struct Look {
    c: Chrome,
    edition: Arc<Edition>,
    state: String,
    /// None where the edition cannot be composed any more.
    told: Result<(Vec<Share>, usize), String>,
    changes: Vec<Change>,
    first: bool,
    decides: bool,
    own: bool,
    explains: bool,
}

fn find(viewer: &Viewer, id: &str) -> Result<Arc<Edition>, AppError> {
    let missing = || AppError::NotFound { kind: Kind::Edition, id: id.into() };
    viewer.snapshot.state.find::<Edition>(id).cloned().ok_or_else(missing)
}

pub(crate) async fn look(viewer: Viewer, Path(id): Path<String>) -> Page {
    // Guessing a number tells nothing: who may not look is refused before anything is sought.
    viewer.must(Act::ApproveEdition)?;
    let edition = find(&viewer, &id)?;
    let title = viewer.locale.t("kind-editions");
    let c = Chrome::of(&viewer, format!("{title} {id}"));
    let first = newest(&viewer.snapshot.state).is_none_or(|newest| newest.number() >= edition.number());
    let (told, changes) = match viewer.site.app.look_into_edition(&viewer.person, &id).await {
        Ok((composed, differ)) => (Ok(shares(&composed)), changes(&viewer, &differ)),
        Err(error) => (Err(viewer.locale.tell(&error.say())), Vec::new()),
    };
    render(&Look {
        state: c.code(edition.state.code()),
        told,
        changes,
        first,
        decides: viewer.may(Act::ApproveEdition) && edition.state == EditionState::Prepared && viewer.at.is_none(),
        own: edition.prepared_by == viewer.person.account,
        explains: viewer.may(Act::PrepareEdition),
        edition,
        c,
    })
}

fn shares(composed: &Composed) -> (Vec<Share>, usize) {
    let all = &composed.body.indicators;
    let hiding = all.iter().filter(|measured| measured.hidden() > 0);
    let share = |measured: &romduol_edition::content::Measured| Share {
        indicator: measured.indicator.id.clone(),
        hidden: measured.hidden(),
        all: measured.observations.len(),
    };
    (hiding.map(share).collect(), all.iter().map(|measured| measured.observations.len()).sum())
}

fn changes(viewer: &Viewer, differ: &[Difference]) -> Vec<Change> {
    let told = |told: Told| match told {
        Told::Nothing => "–".to_string(),
        Told::Present => viewer.locale.t("yes"),
        Told::Hidden => romduol_edition::pages::HIDDEN.into(),
        Told::Value(value) => viewer.locale.number(value, 1),
    };
    let line = |difference: &Difference| Change {
        indicator: difference.indicator.clone(),
        place: match &difference.at {
            Some(key) => place(viewer, &viewer.snapshot, key),
            None => viewer.locale.t("edition-whole-indicator"),
        },
        before: told(difference.before),
        now: told(difference.after),
    };
    differ.iter().map(line).collect()
}

/// Where a cell is, in words.
fn place(viewer: &Viewer, snapshot: &Snapshot, key: &Key) -> String {
    let title = |kind, id: &str| snapshot.state.body(kind, id).map(|body| body.title().get(viewer.lang()).to_string());
    let area = title(Kind::Area, &key.area).unwrap_or_else(|| key.area.clone());
    let group = |id: &Id| title(Kind::Category, id).unwrap_or_else(|| viewer.locale.t("not-stated"));
    let parts = [area, viewer.locale.period(key.period)].into_iter().chain(key.categories.iter().map(group));
    parts.collect::<Vec<_>>().join(" · ")
}

pub(crate) async fn decide(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Vec<(String, String)>>) -> Page {
    viewer.must(Act::ApproveEdition)?;
    let one = |name: &str| given.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
    match one("decision") {
        "approve" => {
            viewer.site.app.approve_edition(&viewer.person, &id, viewer.site.outlines.clone()).await?;
        }
        _ => viewer.site.app.decline_edition(&viewer.person, &id, one("reason")).await?,
    }
    Ok(see(&format!("/editions/{id}")))
}

/// How many of the small counts that a cell protects are named.
const MOST_PROTECTED: usize = 4;

/// An indicator with its hidden cells.
struct Hidden {
    indicator: Id,
    summary: String,
    cells: Vec<(String, String)>,
    coarser: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "edition_hidden.html")]
struct HiddenCells {
    c: Chrome,
    edition: Arc<Edition>,
    list: Vec<Hidden>,
}

pub(crate) async fn hidden(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::PrepareEdition)?;
    let edition = find(&viewer, &id)?;
    let composed = viewer.site.app.explain_edition(&viewer.person, &id).await?;
    viewer.note(Kind::Edition, &id).await;
    let list = composed.explained.iter().filter(|told| !told.hidden.is_empty());
    let list = list.map(|told| explained(&viewer, told)).collect();
    let title = viewer.locale.t("edition-hidden-why");
    render(&HiddenCells { c: Chrome::of(&viewer, title), edition, list })
}

fn explained(viewer: &Viewer, told: &Explained) -> Hidden {
    let number = |count: usize| viewer.locale.number(count as f64, 0);
    let of = |reason: Reason| number(told.hidden.iter().filter(|cell| cell.reason == reason).count());
    let (small, protects, earlier) = (of(Reason::Small), of(Reason::Protects), of(Reason::Earlier));
    let shown = number(told.shown);
    let args = [
        ("shown", (&shown).into()),
        ("small", (&small).into()),
        ("protects", (&protects).into()),
        ("earlier", (&earlier).into()),
    ];
    let word = |reason: Reason| match reason {
        Reason::Small => viewer.locale.t("edition-reason-small"),
        Reason::Protects => viewer.locale.t("edition-reason-protects"),
        Reason::Earlier => viewer.locale.t("edition-reason-earlier"),
    };
    let at = |key: &Key| place(viewer, &viewer.snapshot, key);
    let why = |cell: &HiddenCell| {
        let mut parts = vec![word(cell.reason)];
        if !cell.protects.is_empty() {
            let some: Vec<String> = cell.protects.iter().take(MOST_PROTECTED).map(at).collect();
            let list = some.join("; ");
            parts.push(viewer.locale.say("edition-protects", &[("list", (&list).into())]));
        }
        if let Some(sum) = &cell.sum {
            parts.push(viewer.locale.say("edition-in-sum", &[("sum", (&at(sum)).into())]));
        }
        parts.join(" ")
    };
    let name = |kind, id: &str| {
        let body = viewer.snapshot.state.body(kind, id);
        body.map_or_else(|| id.to_string(), |body| body.title().get(viewer.lang()).to_string())
    };
    // Parts and vintages are the program's own dimensions.
    let own = |(dimension, ..): &&(String, String, usize)| !["part", "vintage"].contains(&dimension.as_str());
    let coarse = |(_, code, share): &(String, String, usize)| {
        let kind = if viewer.snapshot.state.body(Kind::Area, code).is_some() { Kind::Area } else { Kind::Category };
        format!("{} ({} %)", name(kind, code), number(*share))
    };
    let most: Vec<String> = told.coarser.iter().filter(own).map(coarse).collect();
    let most =
        (!most.is_empty()).then(|| viewer.locale.say("edition-coarser-line", &[("list", (&most.join(", ")).into())]));
    let instead = |(dimension, shown, hidden): &(String, usize, usize)| {
        let (dimension, shown, hidden) = (viewer.locale.t(dimension), number(*shown), number(*hidden));
        let args = [("dimension", (&dimension).into()), ("shown", (&shown).into()), ("hidden", (&hidden).into())];
        viewer.locale.say("edition-what-if", &args)
    };
    Hidden {
        indicator: told.indicator.clone(),
        summary: viewer.locale.say("edition-explained", &args),
        cells: told.hidden.iter().map(|cell| (place(viewer, &viewer.snapshot, &cell.at), why(cell))).collect(),
        coarser: most.into_iter().chain(told.instead.iter().map(instead)).collect(),
    }
}
