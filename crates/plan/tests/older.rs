//! Records and tables from before a column was added still open, with the column empty.

use romduol_plan::cell::Cell;
use romduol_plan::kinds::Body;
use romduol_plan::number::Marks;
use romduol_plan::package::{Package, Sheet};
use romduol_plan::{Kind, column};
use serde_json::json;

#[test]
fn a_decision_from_before_it_had_evidence_opens() {
    let body = json!({ "id": "D1", "title": { "en": "Go on", "km": "" }, "date": "2026-03-10",
        "reason": { "en": "test", "km": "" }, "owner": "MOI", "state": "open" });
    let Body::Decision(decision) = Body::read(Kind::Decision, body.clone()).unwrap() else { panic!("no decision") };
    assert_eq!(decision.evidence, "");
    // Nor is anything written where there is nothing, so that a body stays as it was.
    assert!(Body::Decision(decision).to_json().get("evidence").is_none());
    let header = ["id", "title", "date", "reason", "owner", "state"];
    let row = ["D1", "Go on", "2026-03-10", "test", "MOI", "open"];
    let columns = column::columns(Kind::Decision);
    let cells = row.map(Cell::from);
    let row_of = column::Row { cells: header.into_iter().zip(&cells).collect(), marks: Marks::Point, old: None };
    assert!(column::read_row(Kind::Decision, &columns, &row_of).is_ok());
    let sheet = Sheet::of_texts(header.map(String::from).into(), vec![row.map(String::from).into()]);
    let faults = Package::amend([], &|_, _| false, Kind::Decision, &sheet).faults;
    // Only the owner is missing in this plan of nothing else.
    assert_eq!(faults.iter().map(|fault| fault.column.as_str()).collect::<Vec<_>>(), ["owner"]);
}

#[test]
fn a_task_from_before_it_could_be_about_anything_opens() {
    let body =
        json!({ "id": "T1", "title": { "en": "Write", "km": "" }, "owner": "MOI", "state": "open", "node": "A1" });
    let Body::Task(task) = Body::read(Kind::Task, body).unwrap() else { panic!("no task") };
    assert_eq!(task.subject(), None);
    let json = Body::Task(task).to_json();
    assert!(json.get("about").is_none() && json.get("about_kind").is_none());
}

/// What a task is about is checked like every other link.
#[test]
fn a_task_is_about_a_record_that_is_there() {
    let gap = json!({ "id": "T0", "title": { "en": "Write", "km": "" }, "owner": "MOI", "state": "open" });
    let there = || [Body::read(Kind::Task, gap.clone()).unwrap()];
    let faults = |about_kind: &str, about: &str| {
        let header = ["id", "title", "owner", "state", "about_kind", "about"];
        let row = ["T1", "Write", "MOI", "open", about_kind, about];
        let sheet = Sheet::of_texts(header.map(String::from).into(), vec![row.map(String::from).into()]);
        let found = Package::amend(there(), &|_, _| false, Kind::Task, &sheet).faults;
        let found = found.into_iter().filter(|fault| fault.column != "owner");
        found.map(|fault| (fault.column, fault.problem.key.to_string())).collect::<Vec<_>>()
    };
    let one = |column: &str, key: &str| vec![(column.to_string(), key.to_string())];
    assert_eq!(faults("", ""), []);
    assert_eq!(faults("tasks", "T0"), []);
    assert_eq!(faults("tasks", "T9"), one("about", "fault-no-such-id"));
    assert_eq!(faults("returns", "R1"), one("about_kind", "fault-no-such-kind"));
    assert_eq!(faults("tasks", ""), one("about", "fault-about-half"));
    assert_eq!(faults("", "T0"), one("about_kind", "fault-about-half"));
}
