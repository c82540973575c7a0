//! Records and tables from before a column was added still open, with the column empty.

use std::collections::BTreeMap;

use romduol_plan::kinds::Body;
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
    let cells: BTreeMap<&str, &str> = header.into_iter().zip(row).collect();
    assert!(column::read_row(Kind::Decision, &columns, &cells).is_ok());
    let sheet = Sheet { header: header.map(String::from).into(), rows: vec![row.map(String::from).into()] };
    let faults = Package::amend([], Kind::Decision, &sheet).faults;
    // Only the owner is missing in this plan of nothing else.
    assert_eq!(faults.iter().map(|fault| fault.column.as_str()).collect::<Vec<_>>(), ["owner"]);
}
