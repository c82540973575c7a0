//! A readable difference between two versions of a record: which field, from what, to what.

use serde_json::{Value, json};

use crate::column::show;
use crate::kinds::{Answer, Body, Cell};

/// One field that changed. An absent side is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The field, with list items named by their id: `answers.PRV-02.cells.value`.
    pub field: String,
    pub before: String,
    pub after: String,
}

/// A body as people compare it: the numbers of a return by their groups, not along a grid.
pub fn readable(body: &Body) -> Value {
    let mut json = body.to_json();
    match body {
        Body::Return(record) => json["answers"] = record.answers.open().iter().map(readable_answer).collect(),
        // What an edition hid has a fingerprint that would confirm a guess of it.
        Body::Edition(_) => leave_out(&mut json, "memory"),
        // The value that a status was set for may be a small count.
        Body::Override(_) => leave_out(&mut json, "value"),
        // A finding says the numbers of what it is about.
        Body::Task(_) => leave_out(&mut json, "finding_said"),
        _ => {}
    }
    json
}

fn leave_out(json: &mut Value, field: &str) {
    if let Value::Object(fields) = json {
        fields.remove(field);
    }
}

fn readable_answer(answer: &Answer) -> Value {
    let number = |cell: Cell| cell.base.map_or(json!(cell.value), |base| json!(format!("{} / {base}", cell.value)));
    let cells: serde_json::Map<String, Value> =
        answer.cells.iter().map(|cell| (cell.categories.join(" · "), number(cell))).collect();
    let mut json = json!({ "indicator": answer.indicator, "state": answer.state, "cells": cells });
    if let Some(total) = answer.total_cell() {
        json["total"] = number(total);
    }
    if answer.estimate {
        json["estimate"] = json!(true);
    }
    if !answer.comment.is_empty() {
        json["comment"] = json!(answer.comment);
    }
    if !answer.files.is_empty() {
        json["files"] = json!(answer.files);
    }
    json
}

/// What changed between two bodies; `None` is a record that is not there.
pub fn between(before: Option<&Value>, after: Option<&Value>) -> Vec<Changed> {
    let mut changed = Vec::new();
    walk(String::new(), before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null), &mut changed);
    changed
}

fn walk(field: String, before: &Value, after: &Value, changed: &mut Vec<Changed>) {
    if before == after {
        return;
    }
    let (old, new) = (parts(before), parts(after));
    if old.is_none() && new.is_none() {
        changed.push(Changed { field, before: show(before), after: show(after) });
        return;
    }
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let null = Value::Null;
    let find = |parts: &[(String, Value)], name: &str| parts.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let mut names: Vec<&String> = old.iter().map(|(name, _)| name).collect();
    names.extend(new.iter().map(|(name, _)| name).filter(|name| !old.iter().any(|(n, _)| n == *name)));
    for name in names {
        let path = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        let (b, a) = (find(&old, name), find(&new, name));
        walk(path, b.as_ref().unwrap_or(&null), a.as_ref().unwrap_or(&null), changed);
    }
}

/// The named parts of an object or of a list of objects; plain lists and values have none.
fn parts(value: &Value) -> Option<Vec<(String, Value)>> {
    match value {
        Value::Object(map) => Some(map.iter().map(|(k, v)| (k.clone(), v.clone())).collect()),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            Some(items.iter().enumerate().map(|(n, item)| (item_name(item, n), item.clone())).collect())
        }
        _ => None,
    }
}

fn item_name(item: &Value, n: usize) -> String {
    for key in ["indicator", "id", "name"] {
        if let Some(name) = item.get(key).and_then(Value::as_str) {
            return name.to_string();
        }
    }
    match item.get("categories") {
        Some(categories) => show(categories),
        None => (n + 1).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_number_that_changed() {
        let before = json!({ "version": 1, "answers": [{ "indicator": "PRV-02", "cells": [{ "value": 3.0 }] }] });
        let after = json!({ "version": 2, "answers": [{ "indicator": "PRV-02", "cells": [{ "value": 5.0 }] }] });
        let changed = between(Some(&before), Some(&after));
        let lines: Vec<String> = changed.iter().map(|c| format!("{}: {} -> {}", c.field, c.before, c.after)).collect();
        assert_eq!(lines, ["version: 1 -> 2", "answers.PRV-02.cells.1.value: 3 -> 5"]);
    }

    #[test]
    fn a_new_record_shows_all_its_fields() {
        let changed = between(None, Some(&json!({ "id": "X", "name": { "en": "A" } })));
        assert_eq!(changed.len(), 2);
        assert!(changed.iter().all(|c| c.before.is_empty()));
    }
}
