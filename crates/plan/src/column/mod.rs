//! The columns of a kind's package file, derived from its JSON Schema, and the way between a row and a JSON body.
//! Refuses to know files: rows come in as strings.

mod read;

use std::sync::OnceLock;

use serde_json::Value;

use crate::kinds::{Body, Kind};
use crate::say::Say;

pub use read::{Row, read_row};

/// What a cell of a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum CellType {
    Text,
    Number,
    Integer,
    /// An exact decimal, which never passes through floating point.
    Decimal,
    Boolean,
    /// One of fixed codes.
    Code(Vec<String>),
    Period,
    Date,
    /// A list of texts or codes, separated by `;`.
    List(Option<Vec<String>>),
}

/// One column: a field of the kind, or one language of a bilingual field.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The header, e.g. `name` or `name_km`.
    pub name: String,
    /// The field of the body, and the key inside it for a bilingual field.
    pub field: String,
    pub lang: Option<&'static str>,
    pub cell: CellType,
    pub required: bool,
    /// The kind whose ids this column refers to.
    pub refers: Option<Kind>,
    pub percent: Percentages,
    /// The least and the most that an integer can hold.
    pub limits: (i64, i64),
    pub description: String,
}

/// Whether a number may be written as a percentage. Elsewhere a percent sign is no part of a number: 45 % of what?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Percentages {
    Never,
    Always,
    /// Where the column `unit` of the same row says percent.
    ByUnit,
}

impl Percentages {
    fn allowed(self, unit: impl FnOnce() -> String) -> bool {
        match self {
            Percentages::Never => false,
            Percentages::Always => true,
            Percentages::ByUnit => unit() == "percent",
        }
    }
}

/// A cell that cannot be read. What to do about it is said as for a [`crate::package::Fault`].
#[derive(Clone, Debug, PartialEq)]
pub struct BadCell {
    pub column: String,
    pub value: String,
    pub problem: Say,
}

/// The columns of a kind, in the order of its fields. Derived once: a package asks for those of all kinds, several times.
pub fn columns(kind: Kind) -> Vec<Column> {
    static KNOWN: [OnceLock<Vec<Column>>; Kind::ALL.len()] = [const { OnceLock::new() }; Kind::ALL.len()];
    KNOWN[kind as usize].get_or_init(|| derived(kind)).clone()
}

fn derived(kind: Kind) -> Vec<Column> {
    let schema = kind.schema();
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut columns = Vec::new();
    for (field, property) in &properties {
        let required = required.contains(&field.as_str());
        let column = |name: String, lang, required| Column {
            name,
            field: field.clone(),
            lang,
            cell: cell_type(property),
            required,
            refers: property.get("x-refers").and_then(Value::as_str).and_then(Kind::parse),
            percent: match property.get("x-percent") {
                None => Percentages::Never,
                Some(Value::Bool(true)) => Percentages::Always,
                Some(_) => Percentages::ByUnit,
            },
            limits: limits(property),
            description: property.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " "),
        };
        if property.get("x-text").is_some() {
            columns.push(column(field.clone(), Some("en"), required));
            columns.push(column(format!("{field}_km"), Some("km"), false));
        } else {
            columns.push(column(field.clone(), None, required));
        }
    }
    columns
}

fn limits(property: &Value) -> (i64, i64) {
    match property.get("format").and_then(Value::as_str) {
        Some("uint8") => (0, u8::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

fn cell_type(property: &Value) -> CellType {
    if let Some(codes) = codes(property) {
        return CellType::Code(codes);
    }
    if property.get("pattern").is_some() {
        return CellType::Period;
    }
    if has_format(property, "date") {
        return CellType::Date;
    }
    if has_format(property, "decimal") {
        return CellType::Decimal;
    }
    match type_name(property) {
        "array" => CellType::List(property.get("items").and_then(codes)),
        "number" => CellType::Number,
        "integer" => CellType::Integer,
        "boolean" => CellType::Boolean,
        _ => CellType::Text,
    }
}

/// The codes of an enum; documented variants come as `oneOf` constants, an optional enum as `anyOf` with null.
fn codes(property: &Value) -> Option<Vec<String>> {
    let strings = |values: &Vec<Value>| values.iter().filter_map(Value::as_str).map(String::from).collect::<Vec<_>>();
    if let Some(values) = property.get("enum").and_then(Value::as_array) {
        return Some(strings(values));
    }
    if let Some(variants) = property.get("oneOf").and_then(Value::as_array) {
        let consts = variants.iter().flat_map(|variant| match variant.get("const") {
            Some(code) => vec![code.clone()],
            None => variant.get("enum").and_then(Value::as_array).cloned().unwrap_or_default(),
        });
        return Some(strings(&consts.collect()));
    }
    property.get("anyOf").and_then(Value::as_array)?.iter().find_map(codes)
}

/// An optional date or decimal comes as `anyOf` with null.
fn has_format(property: &Value, wanted: &str) -> bool {
    let options = property.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    options.chain([property]).any(|option| option.get("format").is_some_and(|format| format == wanted))
}

fn type_name(property: &Value) -> &str {
    match property.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).find(|n| *n != "null").unwrap_or("string"),
        _ => match property.get("anyOf").and_then(Value::as_array) {
            Some(options) => options.iter().map(type_name).find(|n| *n != "null").unwrap_or("string"),
            None => "string",
        },
    }
}

/// So many characters at most; what people send may be as long as they like.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Writes a body as the cells of its row, in the order of `columns`.
pub fn write_row(columns: &[Column], body: &Body) -> Vec<String> {
    let json = body.to_json();
    let cells = columns.iter().map(|column| {
        let value = &json[&column.field];
        show(match column.lang {
            Some(lang) => &value[lang],
            None => value,
        })
    });
    cells.collect()
}

/// A JSON value as the text of a cell.
pub fn show(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(show).collect::<Vec<_>>().join(";"),
        Value::Number(number) => match number.as_f64() {
            // Never with an exponent, which no cell is read with.
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number;

    #[test]
    fn a_number_is_shown_as_it_is_read() {
        for (value, text) in [(5.0, "5"), (-0.25, "-0.25"), (1e-7, "0.0000001"), (1e15, "1000000000000000")] {
            assert_eq!(show(&Value::from(value)), text);
            assert_eq!(number::parse(text), Ok(value));
        }
    }
}
