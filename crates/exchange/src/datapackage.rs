//! `datapackage.json`: the tables for programs that know Frictionless data packages. Refuses to know other standards.

use serde_json::{Map, Value, json};

use crate::about::Origin;
use crate::table::{Column, ColumnKind};
use crate::write::{Format, Summary, Written};

pub fn text(origin: &Origin, format: Format, summary: &Summary) -> String {
    let facts = origin.facts().map(|(key, value)| (key.to_string(), Value::from(value)));
    let package = json!({
        "name": name(&origin.plan),
        "profile": if format == Format::Csv { "tabular-data-package" } else { "data-package" },
        "title": origin.title,
        "created": format!("{}T00:00:00Z", origin.about.date),
        "licenses": [{ "name": origin.about.licence, "title": origin.about.licence }],
        "romduol": Value::Object(Map::from_iter(facts)),
        "resources": summary.tables.iter().map(|written| resource(format, written)).collect::<Vec<_>>(),
    });
    format!("{package:#}\n")
}

/// A name as the standard wants it: small letters, digits, points and dashes.
fn name(plan: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c.to_ascii_lowercase() } else { '-' };
    plan.chars().map(allowed).collect()
}

fn resource(format: Format, written: &Written) -> Value {
    let path = match written.files.as_slice() {
        [file] => json!(file),
        files => json!(files),
    };
    let fields: Vec<Value> = written.table.columns.iter().map(field).collect();
    let mut resource = json!({
        "name": written.table.name,
        "path": path,
        "description": written.table.description,
        "rows": written.tally.rows,
        "schema": { "fields": fields },
    });
    match format {
        Format::Csv => {
            resource["profile"] = json!("tabular-data-resource");
            resource["format"] = json!("csv");
            resource["mediatype"] = json!("text/csv");
            resource["encoding"] = json!("utf-8");
        }
        Format::Sqlite => {
            resource["format"] = json!("sqlite");
            resource["dialect"] = json!({ "table": written.table.name });
        }
        Format::Parquet | Format::PartitionedParquet => resource["format"] = json!("parquet"),
    }
    resource
}

fn field(column: &Column) -> Value {
    let kind = if column.kind == ColumnKind::Text { "string" } else { column.kind.word() };
    json!({ "name": column.name, "type": kind, "description": column.description })
}
