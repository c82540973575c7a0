//! The form of a record of any kind, made from its columns; and taking a record out.

use romduol_plan::commands::records::{Draft, RetireRecord, WriteRecord};
use std::collections::BTreeMap;

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use romduol_app::AppError;
use romduol_app::records::{Written, last_touched};
use romduol_plan::column::{self, CellType, Column};
use romduol_plan::package::Fault;
use romduol_plan::{Kind, Lang};

use super::{label, path_of, written};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::whole;
use crate::viewer::Viewer;

struct Input {
    name: String,
    label: String,
    hint: String,
    value: String,
    required: bool,
    fixed: bool,
    shape: Shape,
    faults: Vec<String>,
}

enum Shape {
    Line,
    Lines,
    Date,
    Choice(Vec<(String, String, bool)>),
    Several(Vec<(String, String, bool)>),
}

#[derive(askama::Template)]
#[template(path = "records/edit.html")]
struct Edit {
    c: Chrome,
    kind: Kind,
    id: String,
    seen: u64,
    why: String,
    inputs: Vec<Input>,
    /// Faults that belong to no single field.
    faults: Vec<String>,
}

type Cells = BTreeMap<String, String>;

pub(crate) async fn new(viewer: Viewer, Path(code): Path<String>) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    // The address may fill fields in, so that a page can begin a record that belongs to what it shows.
    let mut cells: Cells = viewer.query.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    // Illustrative records have ids, too, whether or not they are shown.
    let newest = viewer.site.app.snapshot();
    cells.entry("id".into()).or_insert_with(|| next_id(&newest.state.ids(kind)));
    form(&viewer, kind, "", cells, 0, "", &[])
}

pub(crate) async fn show(viewer: Viewer, Path((code, id)): Path<(String, String)>) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    let state = &viewer.snapshot.state;
    let body = state.body(kind, &id).ok_or_else(|| AppError::NotFound { kind, id: id.clone() })?;
    let columns = column::columns(kind);
    let cells = columns.iter().map(|column| column.name.clone()).zip(column::write_row(&columns, &body)).collect();
    form(&viewer, kind, &id, cells, last_touched(state, kind, &id), "", &[])
}

pub(crate) async fn write(viewer: Viewer, Path(code): Path<String>, Form(pairs): Form<Vec<(String, String)>>) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    let (mut cells, mut id, mut seen, mut why) = (Cells::new(), String::new(), 0, String::new());
    for (name, value) in pairs {
        match name.as_str() {
            "_id" => id = value,
            "_seen" => seen = whole("_seen", &value)?,
            "_why" => why = value,
            // Fields with several values come once for each.
            _ => match cells.get_mut(&name) {
                Some(before) => *before = [before.as_str(), &value].join(";"),
                None => drop(cells.insert(name, value)),
            },
        }
    }
    let command = WriteRecord { draft: Draft::new(kind, &cells, seen), reason: why.clone() };
    match viewer.site.app.write_record(&viewer.person, command).await? {
        Written::Kept(id) => Ok(see(&path_of(kind, &id))),
        Written::Faults(faults) => {
            let page = form(&viewer, kind, &id, cells, seen, &why, &faults)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Reason {
    why: String,
}

pub(crate) async fn retire(
    viewer: Viewer,
    Path((code, id)): Path<(String, String)>,
    Form(Reason { why }): Form<Reason>,
) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    viewer.execute(RetireRecord { kind, id, reason: why }).await?;
    Ok(see(&format!("/records/{}", kind.code())))
}

fn form(viewer: &Viewer, kind: Kind, id: &str, cells: Cells, seen: u64, why: &str, faults: &[Fault]) -> Page {
    let c = Chrome::of(viewer, viewer.locale.t(if id.is_empty() { "new-record" } else { "edit" }));
    let columns = column::columns(kind);
    let words = |fault: &Fault| viewer.locale.tell(&fault.say_in_place());
    let named = |fault: &&Fault| columns.iter().any(|column| column.name == fault.column);
    let inputs = columns.iter().map(|column| {
        let value = cells.get(&column.name).cloned().unwrap_or_default();
        let own = faults.iter().filter(|fault| fault.column == column.name);
        Input {
            name: column.name.clone(),
            label: label(&c, column),
            // The descriptions stand in the code, in English; those of texts only say that there are two languages.
            hint: match viewer.lang() {
                Lang::En if column.lang.is_none() => column.description.clone(),
                _ => String::new(),
            },
            required: column.required && !matches!(column.cell, CellType::Boolean | CellType::List(_)),
            fixed: column.name == "id" && !id.is_empty(),
            shape: shape(viewer, &c, column, &value),
            faults: own.map(words).collect(),
            value,
        }
    });
    let inputs = inputs.collect();
    let faults = faults.iter().filter(|fault| !named(fault)).map(words).collect();
    render(&Edit { c, kind, id: id.into(), seen, why: why.into(), inputs, faults })
}

fn shape(viewer: &Viewer, c: &Chrome, column: &Column, value: &str) -> Shape {
    let chosen: Vec<&str> = value.split(';').collect();
    let option = |code: String, name: String| {
        let on = chosen.contains(&code.as_str());
        (code, name, on)
    };
    let records = |to: Kind| {
        let state = &viewer.snapshot.state;
        let all = state.ids(to).into_iter().filter_map(|id| state.body(to, id));
        let named = all.map(|body| option(body.id().into(), format!("{} {}", body.id(), c.plain(&body.title()))));
        named.collect::<Vec<_>>()
    };
    let codes = |codes: &[String]| codes.iter().map(|one| option(one.clone(), c.code(one))).collect::<Vec<_>>();
    match (&column.cell, column.refers) {
        (CellType::List(_), Some(to)) => Shape::Several(records(to)),
        (_, Some(to)) => Shape::Choice(records(to)),
        (CellType::List(Some(list)), None) => Shape::Several(codes(list)),
        (CellType::Code(list), None) => Shape::Choice(codes(list)),
        (CellType::Boolean, None) => Shape::Choice(
            ["true", "false"].map(|v| option(v.into(), c.t(if v == "true" { "yes" } else { "no" }))).into(),
        ),
        (CellType::Date, None) => Shape::Date,
        (CellType::Text, None) if column.lang.is_some() || value.len() > 60 => Shape::Lines,
        _ => Shape::Line,
    }
}

/// One more than the highest number behind the most used letters: `AL0107` after `AL0106`.
fn next_id(ids: &[&str]) -> String {
    let split = |id: &&str| {
        let digits = id.len() - id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (letters, number) = id.split_at(id.len() - digits);
        number.parse::<u64>().ok().map(|n| (letters.to_string(), n, digits))
    };
    let highest = ids.iter().filter_map(split).max_by_key(|(_, number, _)| *number);
    highest.map_or(String::new(), |(letters, number, width)| format!("{letters}{:0width$}", number + 1))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_next_id_counts_on() {
        assert_eq!(super::next_id(&["AL009", "AL010", "AL002"]), "AL011");
        assert_eq!(super::next_id(&["MOWA", "MOI"]), "");
        assert_eq!(super::next_id(&[]), "");
    }
}
