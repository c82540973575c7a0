//! A small plan for the tests of the rules: one indicator of each kind that is asked differently, in two provinces.

use serde_json::{Value, json};

use crate::kinds::*;
use crate::state::return_id;
use crate::{Actor, Change, Entry, Period, State};

/// The unit that reports in most tests.
pub(crate) const UNIT: &str = "f.KH-01";

pub(crate) fn entry(changes: Vec<Change>) -> Entry {
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    Entry { at: "2026-11-23T00:00:00Z".into(), actor, why: "test".into(), changes }
}

/// `PEOPLE` by sex and age with hazards beside, `SHARE` by sex, and single ones of the other kinds.
pub(crate) fn plan() -> State {
    let text = |en: &str| json!({ "en": en, "km": "" });
    let record = |kind, body: Value| Change::Put(Body::read(kind, body).unwrap());
    let area = |id: &str, parent: Value, level: &str, from: Value| {
        let body = json!({ "id": id, "name": text(id), "level": level, "parent": parent, "code": id, "source": "",
            "valid_from": from });
        record(Kind::Area, body)
    };
    let named = |kind, id: &str, dimension: &str, order: u32| {
        let body = json!({ "id": id, "dimension": dimension, "name": text(id), "order": order, "version": 1,
            "additivity": "partition", "source": "" });
        record(kind, body)
    };
    let indicator = |id: &str, kind: &str, time: &str, dimensions: Value, overlapping: Value| {
        let body = json!({ "id": id, "name": text(id), "definition": text(""), "kind": kind, "unit": "", "time": time,
            "place": "sum", "dimensions": dimensions, "overlapping": overlapping, "direction": "up", "owner": "MOI",
            "nodes": [], "level": "output", "frequency": "quarter", "form": "f", "data_source": "", "method": text(""),
            "class": "public", "k": 5, "floor": "province", "source": "" });
        record(Kind::Indicator, body)
    };
    let single = |id: &str, kind: &str, time: &str| indicator(id, kind, time, json!([]), json!([]));
    let assignment = |area: &str| {
        let id = format!("f.{area}");
        record(Kind::Assignment, json!({ "id": id, "form": "f", "institution": "MOI", "area": area, "from": "2024Q1" }))
    };
    let form = json!({ "id": "f", "name": text("f"), "audience": "area", "frequency": "quarter", "due_days": 30,
        "chain": ["province", "secretariat"], "source": "" });
    let changes = vec![
        area("KH", Value::Null, "country", Value::Null),
        area("KH-01", json!("KH"), "province", Value::Null),
        area("KH-02", json!("KH"), "province", json!("2025-01-01")),
        named(Kind::Dimension, "sex", "", 0),
        named(Kind::Dimension, "age", "", 0),
        named(Kind::Dimension, "hazard", "", 0),
        named(Kind::Category, "sex.f", "sex", 1),
        named(Kind::Category, "sex.m", "sex", 2),
        named(Kind::Category, "age.0-17", "age", 1),
        named(Kind::Category, "age.18", "age", 2),
        named(Kind::Category, "age.60", "age", 3),
        named(Kind::Category, "hazard.flood", "hazard", 1),
        named(Kind::Category, "hazard.fire", "hazard", 2),
        indicator("PEOPLE", "count", "sum", json!(["sex", "age"]), json!(["hazard"])),
        indicator("SHARE", "ratio", "sum", json!(["sex"]), json!([])),
        single("COUNT", "count", "sum"),
        single("DAYS", "mean", "average"),
        single("LAW", "yes-no", "last"),
        indicator("RULE", "yes-no", "last", json!(["sex"]), json!([])),
        indicator("RUNNING", "count", "running-total", json!(["sex"]), json!([])),
        single("SCORE", "index", "last"),
        single("STORY", "text", "none"),
        record(Kind::Form, form),
        assignment("KH-01"),
        assignment("KH-02"),
    ];
    let mut state = State::default();
    state.apply(1, &entry(changes)).unwrap();
    state
}

/// A return of one answer that all have accepted.
pub(crate) fn accepted(unit: &str, period: Period, answer: Answer) -> Return {
    Return {
        id: return_id(unit, period),
        assignment: unit.into(),
        period,
        version: 1,
        status: ReturnStatus::Accepted,
        steps_done: 2,
        answers: Answers::pack(&[answer]),
        illustrative: false,
    }
}

pub(crate) fn unit(state: &State) -> &Assignment {
    state.find::<Assignment>(UNIT).unwrap()
}
