//! One record of any kind: its fields, what it refers to, what refers to it. A record that no link reaches says so.

use axum::extract::Path;
use romduol_app::AppError;
use romduol_plan::permission::Act;
use romduol_plan::{Kind, Text, column};

use super::{Ref, cell, kind, label};
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

/// The records of a kind that refer to this one.
struct Referring {
    kind: Kind,
    refs: Vec<Ref>,
    more: usize,
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
    alone: bool,
    edits: bool,
    history: bool,
}

pub(crate) async fn show(viewer: Viewer, Path((code, id)): Path<(String, String)>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let Some(kind) = kind(&code) else { return Ok(crate::error::not_found()) };
    let body = viewer.snapshot.state.body(kind, &id).filter(|body| viewer.person.post.may_see(body));
    let body = body.ok_or_else(|| AppError::NotFound { kind, id: id.clone() })?;
    let c = Chrome::of(&viewer, format!("{} {id}", viewer.locale.t(&format!("kind-{}", kind.code()))));
    let fields = fields(&viewer, &c, kind, &body);
    let links = viewer.snapshot.links();
    render(&One {
        name: body.title(),
        referring: referring(&viewer, kind, &id),
        alone: links.is_alone(kind, &id),
        edits: kind.is_edited() && viewer.may(Act::EditPlan) && viewer.at.is_none(),
        history: viewer.may(Act::ReadHistory),
        fields,
        c,
        kind,
        id,
    })
}

fn fields(viewer: &Viewer, c: &Chrome, kind: Kind, body: &romduol_plan::kinds::Body) -> Vec<Shown> {
    let columns = column::columns(kind);
    let cells = column::write_row(&columns, body);
    let filled = columns.iter().zip(&cells).filter(|(column, text)| column.name != "id" && !text.is_empty());
    let shown = filled.map(|(column, text)| match column.refers {
        Some(to) => Shown {
            label: label(c, column),
            foreign: false,
            text: String::new(),
            refs: text.split(';').map(|id| Ref::to(viewer, to, id)).collect(),
        },
        None => Shown {
            label: label(c, column),
            foreign: column.cell == column::CellType::Text && column.lang != Some("km"),
            text: cell(c, column, text),
            refs: Vec::new(),
        },
    });
    shown.collect()
}

fn referring(viewer: &Viewer, kind: Kind, id: &str) -> Vec<Referring> {
    const SHOWN: usize = 40;
    let links = viewer.snapshot.links().to(kind, id);
    let mut groups: Vec<Referring> = Vec::new();
    for (from, other) in links.iter().map(|link| &link.from) {
        let seen = viewer.snapshot.state.body(*from, other).is_some_and(|body| viewer.person.post.may_see(&body));
        if !seen {
            continue;
        }
        let group = match groups.iter_mut().find(|group| group.kind == *from) {
            Some(group) => group,
            None => {
                groups.push(Referring { kind: *from, refs: Vec::new(), more: 0 });
                groups.last_mut().expect("just pushed")
            }
        };
        match group.refs.len() < SHOWN {
            true => group.refs.push(far_end(viewer, *from, other, kind, id)),
            false => group.more += 1,
        }
    }
    groups
}

/// An alignment is a link with a life of its own: what it leads to on the other side says more than its number.
fn far_end(viewer: &Viewer, from: Kind, other: &str, kind: Kind, id: &str) -> Ref {
    let own = Ref::to(viewer, from, other);
    if from != Kind::Alignment {
        return own;
    }
    let far = viewer.snapshot.links().from(from, other).iter().find(|link| link.to != (kind, id.to_string()));
    match far {
        Some(link) => Ref { title: Ref::to(viewer, link.to.0, &link.to.1).title, id: link.to.1.clone(), ..own },
        None => own,
    }
}
