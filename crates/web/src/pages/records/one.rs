//! One record of any kind: its fields, what it refers to, what refers to it. A record that no link reaches says so.

use axum::extract::Path;
use romduol_app::{AppError, naming};
use romduol_plan::kinds::Position;
use romduol_plan::permission::{Act, writing};
use romduol_plan::{Body, Kind, Text, coherence, column, commitments, sight};

use super::links::{Referring, referring};
use super::{Ref, kind, label};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

struct Shown {
    label: String,
    /// Words of the source, in its language.
    foreign: bool,
    text: String,
    refs: Vec<Ref>,
}

#[derive(askama::Template)]
#[template(path = "records/one.html")]
struct One {
    c: Chrome,
    kind: Kind,
    id: String,
    name: Text,
    fields: Vec<Shown>,
    referring: Vec<Referring>,
    /// Indicators whose baseline the record can become.
    indicators: Vec<Ref>,
    alone: bool,
    edits: bool,
    /// How the address of a new task names the record; empty where no task may be written.
    task: String,
    history: bool,
}

pub(crate) async fn show(viewer: Viewer, Path((code, id)): Path<(String, String)>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let Some(kind) = kind(&code) else { return Ok(crate::error::not_found()) };
    let body = viewer.snapshot.state.body(kind, &id).and_then(|body| viewer.seen(body));
    let body = body.ok_or_else(|| AppError::NotFound { kind, id: id.clone() })?;
    if sight::is_restricted(&body) {
        viewer.note(kind, &id).await;
    }
    let c = Chrome::of(&viewer, format!("{} {id}", viewer.locale.word("kind", kind.code())));
    let mut fields = fields(&viewer, &c, kind, &body);
    if let Body::Policy(policy) = &body {
        let today = coherence::state_of(policy, viewer.site.app.now().date);
        let text = c.code(today.code());
        fields.insert(0, Shown { label: c.t("state-today"), foreign: false, text, refs: Vec::new() });
    }
    if kind == Kind::Instrument {
        fields.extend(positions(&viewer, &c, &id));
    }
    let links = viewer.snapshot.links();
    render(&One {
        name: body.title(),
        referring: referring(&viewer, kind, &id),
        indicators: indicators(&viewer, kind),
        alone: links.is_alone(kind, &id),
        edits: kind.is_edited() && viewer.may(writing(kind)) && viewer.at.is_none(),
        task: task_about(&viewer, kind, &id),
        history: viewer.may(Act::ReadHistory),
        fields,
        c,
        kind,
        id,
    })
}

fn task_about(viewer: &Viewer, kind: Kind, id: &str) -> String {
    let takes = kind != Kind::Task && Kind::of_package().any(|one| one == kind);
    match kind {
        _ if !takes || !viewer.may(writing(Kind::Task)) || viewer.at.is_some() => String::new(),
        Kind::Decision => format!("decision={id}"),
        Kind::Node => format!("node={id}"),
        Kind::Indicator => format!("indicator={id}"),
        Kind::CostLine => format!("cost_line={id}"),
        _ => format!("about_kind={}&about={id}", kind.code()),
    }
}

fn fields(viewer: &Viewer, c: &Chrome, kind: Kind, body: &Body) -> Vec<Shown> {
    let columns = column::columns(kind);
    let cells = column::write_row(&columns, body);
    let filled = columns.iter().zip(&cells).filter(|(column, text)| column.name != "id" && !text.is_empty());
    let subject = if let Body::Task(task) = body { task.subject() } else { None };
    let refers = |column: &column::Column| match subject {
        Some((kind, _)) if column.name == "about" => Some(kind),
        _ => column.refers,
    };
    let shown = filled.map(|(column, text)| match refers(column) {
        Some(to) => Shown {
            label: label(c, column),
            foreign: false,
            text: String::new(),
            refs: text.split(';').map(|id| Ref::to(viewer, to, id)).collect(),
        },
        None => Shown {
            label: label(c, column),
            foreign: column.cell == column::CellType::Text && column.lang != Some("km"),
            text: naming::cell(c.locale, column, text),
            refs: Vec::new(),
        },
    });
    shown.collect()
}

/// What the State said to it, oldest first: a later position does not replace an earlier one.
fn positions(viewer: &Viewer, c: &Chrome, instrument: &str) -> Vec<Shown> {
    let position = |position: &&std::sync::Arc<Position>| {
        let (date, stance) = (c.date(position.date), c.code(position.stance.code()));
        let args = [("date", (&date).into()), ("stance", (&stance).into())];
        let text = format!("{} {}", viewer.locale.say("answer-position", &args), position.note);
        Shown { label: c.t("field-stance"), foreign: false, text: text.trim().into(), refs: Vec::new() }
    };
    commitments::positions(&viewer.snapshot.state, instrument).iter().map(position).collect()
}

/// A figure can become the baseline of an indicator.
fn indicators(viewer: &Viewer, kind: Kind) -> Vec<Ref> {
    if kind != Kind::Evidence || !viewer.may(Act::EditPlan) || viewer.at.is_some() {
        return Vec::new();
    }
    viewer.snapshot.state.ids(Kind::Indicator).into_iter().map(|id| Ref::to(viewer, Kind::Indicator, id)).collect()
}
