//! Lifts record bodies written by older versions of the program to the present shape.
//!
//! A body keeps the version it was written with for ever; reading it runs the steps from there. A step is never
//! changed after a release, only added, and [`crate::Record::VERSION`] of its kind goes up by one.

use serde_json::{Value, json};

use crate::entry::Unreadable;
use crate::kinds::Kind;

type Step = fn(&mut Value);

/// The steps of a kind; step `n` lifts a body of version `n + 1` to `n + 2`.
fn steps(kind: Kind) -> &'static [Step] {
    match kind {
        Kind::Return => &[grids, total_without_base],
        Kind::Occasion => &[noted],
        _ => &[],
    }
}

/// Answers that named the categories of every number become numbers along a grid that is named once.
fn grids(body: &mut Value) {
    // What is no object is refused where it is read as a record.
    if !body.is_object() {
        return;
    }
    let mut grids: Vec<Value> = Vec::new();
    let mut answers = body["answers"].take();
    for answer in answers.as_array_mut().into_iter().flatten() {
        let Some(Value::Array(cells)) = answer.as_object_mut().and_then(|answer| answer.remove("cells")) else {
            continue;
        };
        let part = |name: &str| -> Vec<Value> { cells.iter().map(|cell| cell[name].clone()).collect() };
        let grid: Value =
            cells.iter().map(|cell| cell.get("categories").cloned().unwrap_or_else(|| json!([]))).collect();
        let at = grids.iter().position(|known| *known == grid).unwrap_or(grids.len());
        if at == grids.len() {
            grids.push(grid);
        }
        answer["grid"] = json!(at);
        answer["values"] = part("value").into();
        if cells.iter().any(|cell| cell.get("base").is_some()) {
            answer["bases"] = part("base").into();
        }
    }
    body["answers"] = json!({ "grids": grids, "of": answers });
}

/// A total had no base: nothing to lift. The version went up so that an older program does not drop the base.
fn total_without_base(_: &mut Value) {}

/// Whether a body of that version reads as today's does, without being lifted.
pub fn reads_as_today(kind: Kind, version: u32) -> bool {
    version == kind.version() || (kind == Kind::Return && version == 2)
}

/// A note in English becomes one in both languages.
fn noted(body: &mut Value) {
    if let Some(Value::String(note)) = body.get_mut("note").map(Value::take) {
        body["note"] = json!({ "en": note, "km": "" });
    } else if let Some(fields) = body.as_object_mut() {
        fields.remove("note");
    }
}

/// What became of a kind that this program no longer has: the kind that took it in, its records' ids there, and the step
/// to that kind's first version. A name that was given up is never used again.
pub struct Joined {
    pub kind: Kind,
    pub id: fn(&str) -> String,
    step: Step,
}

pub fn joined(kind: &str) -> Option<Joined> {
    // The two calendars were written apart, so their ids may be the same.
    let id = |id: &str| format!("budget-{id}");
    (kind == "budget_dates").then_some(Joined { kind: Kind::Occasion, id, step: occasion })
}

impl Joined {
    pub fn lift(&self, mut body: Value) -> Result<Value, Unreadable> {
        (self.step)(&mut body);
        if body.is_object() {
            body["id"] = (self.id)(body["id"].as_str().unwrap_or_default()).into();
        }
        lift(self.kind, 1, body)
    }
}

/// A day of the budget calendar becomes a date of the year.
fn occasion(body: &mut Value) {
    let part = |name: &str| body[name].as_u64().unwrap_or_default();
    let first = format!("{:02}-{:02}", part("month"), part("day"));
    let Some(fields) = body.as_object_mut() else { return };
    fields.remove("month");
    fields.remove("day");
    fields.insert("kind".into(), json!("budget"));
    fields.insert("first".into(), first.into());
}

pub fn lift(kind: Kind, version: u32, body: Value) -> Result<Value, Unreadable> {
    run(kind, steps(kind), version, body)
}

fn run(kind: Kind, steps: &[Step], version: u32, mut body: Value) -> Result<Value, Unreadable> {
    let newest = steps.len() as u32 + 1;
    if version == 0 || version > newest {
        return Err(Unreadable(format!(
            "it holds version {version} of “{}”, this program reads up to {newest}; use a newer program",
            kind.code()
        )));
    }
    for step in &steps[version as usize - 1..] {
        step(&mut body);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_as_many_steps_as_its_version_needs() {
        for kind in Kind::ALL {
            assert_eq!(steps(*kind).len() as u32 + 1, kind.version(), "{}", kind.code());
        }
    }

    #[test]
    fn a_body_runs_only_the_steps_after_its_version() {
        let steps: &[Step] = &[|body| body["b"] = body["a"].take(), |body| body["c"] = json!(true)];
        let lifted = |version| run(Kind::Area, steps, version, json!({ "a": 1, "b": 2 })).unwrap();
        assert_eq!(lifted(1), json!({ "a": null, "b": 1, "c": true }));
        assert_eq!(lifted(2), json!({ "a": 1, "b": 2, "c": true }));
        assert_eq!(lifted(3), json!({ "a": 1, "b": 2 }));
        assert!(run(Kind::Area, steps, 4, json!({})).unwrap_err().0.contains("newer program"));
    }

    #[test]
    fn a_note_in_one_language_becomes_one_in_two() {
        let lifted = |body| lift(Kind::Occasion, 1, body).unwrap();
        assert_eq!(lifted(json!({ "note": "by hand" })), json!({ "note": { "en": "by hand", "km": "" } }));
        assert_eq!(lifted(json!({ "id": "Q1" })), json!({ "id": "Q1" }));
    }

    #[test]
    fn an_old_body_that_is_no_object_is_refused() {
        for (kind, body) in [("returns", "5"), ("returns", "[]"), ("budget_dates", "\"May\""), ("budget_dates", "null")]
        {
            let put = format!("{{\"put\":{{\"kind\":\"{kind}\",\"v\":1,\"body\":{body}}}}}");
            let text = format!(
                "{{\"at\":\"\",\"actor\":{{\"account\":\"\",\"post\":\"\"}},\"why\":\"\",\"changes\":[{put}]}}"
            );
            assert!(crate::Entry::from_stored(&text).is_err(), "{kind} {body}");
        }
    }

    /// An entry with a day of the budget calendar, from when that was a kind of its own: stored once, never made anew.
    #[test]
    fn a_day_of_the_budget_calendar_is_a_date_of_the_year() {
        let entry = crate::Entry::from_stored(include_str!("../tests/fixtures/budget-date-v1.json")).unwrap();
        let [crate::Change::Put(crate::Body::Occasion(date)), crate::Change::Retire(Kind::Occasion, gone)] =
            entry.changes.as_slice()
        else {
            panic!("{entry:?}")
        };
        assert_eq!((date.id.as_str(), date.first.as_str(), date.years_ahead), ("budget-BSP", "05-15", Some(1)));
        assert_eq!((date.title.en.as_str(), gone.as_str()), ("Budget strategic plans are due", "budget-DEFENCE"));
        assert_eq!(crate::Entry::from_stored(&entry.to_stored(crate::Nonce(1))).unwrap(), entry);
    }

    /// An entry as the first release wrote it: stored once, never made anew.
    #[test]
    fn a_return_of_the_first_version_is_read() {
        let entry = crate::Entry::from_stored(include_str!("../tests/fixtures/return-v1.json")).unwrap();
        let [crate::Change::Put(crate::Body::Return(record))] = entry.changes.as_slice() else { panic!("one return") };
        let answers = record.answers.open();
        let cells: Vec<_> = answers[0].cells.iter().map(|c| (c.categories.join("/"), c.value, c.base)).collect();
        assert_eq!(cells, [("sex.f/age.0-17".to_string(), 3.0, None), ("sex.m/age.0-17".to_string(), 5.0, None)]);
        assert_eq!(answers[1].cells.iter().next().map(|c| (c.value, c.base)), Some((7.0, Some(20.0))));
        assert_eq!(
            (answers[2].state, answers[2].comment.as_str()),
            (crate::kinds::AnswerState::Missing, "the register burned")
        );
        assert_eq!(answers[0].total, Some(9.0));
        let again = crate::Entry::from_stored(&entry.to_stored(crate::Nonce(1))).unwrap();
        assert_eq!(again, entry, "and written and read in the present version");
    }
}
