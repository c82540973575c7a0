//! One table per kind of record, made from the kind's own columns. Refuses to know any kind by name, save that the
//! numbers of a return are a table of their own.

use std::sync::Arc;

use romduol_plan::column::{self, CellType};
use romduol_plan::kinds::*;
use romduol_plan::{Lang, State};
use serde_json::Value as Json;

use crate::ColumnKind;
use crate::table::{Column, Filled, Row, Table, Value};

pub fn filled(state: &State, kind: Kind) -> Filled<'_> {
    let fields: Vec<column::Column> =
        column::columns(kind).into_iter().filter(|column| is_flat(kind, &column.field)).collect();
    let table = Table {
        name: kind.code().into(),
        description: described(kind).unwrap_or_default(),
        columns: fields.iter().map(column_of).collect(),
    };
    let bodies = state.ids(kind).into_iter().filter_map(move |id| state.body(kind, id));
    let batches = bodies.map(move |body| vec![row(&fields, body)]);
    Filled { table, batches: Box::new(batches) }
}

/// A field that is a structure of its own has no cell; its schema only points to another one.
fn is_flat(kind: Kind, field: &str) -> bool {
    let schema = kind.schema();
    let property = schema.get("properties").and_then(|properties| properties.get(field));
    property.is_some_and(|property| property.get("$ref").is_none())
}

fn described(kind: Kind) -> Option<String> {
    kind.schema().get("description").and_then(Json::as_str).map(|text| text.replace('\n', " "))
}

fn column_of(field: &column::Column) -> Column {
    let kind = match field.cell {
        CellType::Number => ColumnKind::Number,
        CellType::Integer => ColumnKind::Integer,
        CellType::Boolean => ColumnKind::Boolean,
        // A decimal stays exact as text; a float would not.
        CellType::Text
        | CellType::Decimal
        | CellType::Code(_)
        | CellType::Period
        | CellType::Date
        | CellType::List(_) => ColumnKind::Text,
    };
    Column::new(&field.name, kind, description(field))
}

/// What the field says of itself, and what can be said of it by its form.
fn description(field: &column::Column) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !field.description.is_empty() {
        parts.push(field.description.clone());
    }
    match field.lang {
        Some(lang) if lang == Lang::Km.code() => parts.push("In Khmer.".into()),
        Some(_) => parts.push("In English.".into()),
        None => {}
    }
    match &field.cell {
        CellType::Code(codes) => parts.push(format!("One of: {}.", codes.join(", "))),
        CellType::Period => parts.push("A period: 2024, 2024S1, 2024Q3 or 2024-07.".into()),
        CellType::Date => parts.push("A date: 2026-03-31.".into()),
        CellType::List(_) => parts.push("Several are separated by `;`.".into()),
        _ => {}
    }
    if let Some(kind) = field.refers {
        parts.push(format!("An id of `{}`.", kind.code()));
    }
    if parts.is_empty() {
        parts.push(if field.name == "id" { "The record's own code.".into() } else { in_words(&field.name) });
    }
    parts.join(" ")
}

/// `range_low` as “Range low.”
fn in_words(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words + "."
}

fn row(fields: &[column::Column], body: Body) -> Row {
    let json = without_numbers(body).to_json();
    let cells = fields.iter().map(|field| {
        let value = &json[&field.field];
        cell(match field.lang {
            Some(lang) => &value[lang],
            None => value,
        })
    });
    cells.collect()
}

/// A national load has tens of thousands of returns; unpacking each to leave its numbers out would take minutes.
fn without_numbers(body: Body) -> Body {
    match body {
        Body::Return(record) => Body::Return(Arc::new(Return { answers: Answers::pack(&[]), ..(*record).clone() })),
        other => other,
    }
}

fn cell(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::number(number.as_f64()),
        },
        other => Value::text(&column::show(other)),
    }
}
