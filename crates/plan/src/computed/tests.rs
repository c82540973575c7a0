//! Small plans counted by hand.

use serde_json::{Value, json};

use super::*;
use crate::entry::{Actor, Change, Entry};

fn put(kind: Kind, body: Value) -> Change {
    Change::Put(Body::read(kind, body).unwrap())
}

fn text(en: &str) -> Value {
    json!({ "en": en, "km": "" })
}

fn plan(time_zone: Value) -> Change {
    put(
        Kind::Plan,
        json!({ "id": "P", "title": text("P"), "description": text(""), "secretariat": "MOI", "area": "KH",
            "map_level": "province", "time_zone": time_zone, "source": "" }),
    )
}

struct Ledger {
    state: State,
    position: u64,
}

impl Ledger {
    /// A country with two provinces, each of which owes a form by the quarter within 15 days.
    fn new(day: &str) -> Ledger {
        let area = |id: &str, parent: Value, level: &str| {
            put(Kind::Area, json!({ "id": id, "name": text(id), "level": level, "parent": parent }))
        };
        let unit = |area: &str| {
            let id = format!("q.{area}");
            put(
                Kind::Assignment,
                json!({ "id": id, "form": "q", "institution": "MOI", "area": area, "from": "2025Q1" }),
            )
        };
        let form = json!({ "id": "q", "name": text("q"), "audience": "area", "frequency": "quarter", "due_days": 15,
            "chain": ["secretariat"], "source": "" });
        let mut ledger = Ledger { state: State::default(), position: 0 };
        ledger.write(
            day,
            vec![
                plan(Value::Null),
                area("KH", Value::Null, "country"),
                area("KH-01", json!("KH"), "province"),
                area("KH-02", json!("KH"), "province"),
                put(Kind::Form, form),
                unit("KH-01"),
                unit("KH-02"),
            ],
        );
        ledger
    }

    fn write(&mut self, day: &str, changes: Vec<Change>) {
        self.write_at(format!("{day}T10:00:00Z"), changes);
    }

    fn write_at(&mut self, at: String, changes: Vec<Change>) {
        self.position += 1;
        let actor = Actor { account: "t".into(), post: "t".into() };
        let entry = Entry { at, actor, why: String::new(), changes };
        self.state.apply(self.position, &entry).unwrap();
    }

    /// Met and all of each period, with and without illustrative records.
    fn counts(&self, measure: Computed, frequency: Frequency, area: &str, illustrative: bool) -> Vec<String> {
        let Some(counted) = count(&self.state, measure, frequency, area, illustrative) else { return Vec::new() };
        let one = |(period, count): (&Period, &Count)| {
            let until = counted.how(*period, count).until.map(|day| format!(" until {day}")).unwrap_or_default();
            format!("{period} {}/{}{}{until}", count.met, count.of, if count.illustrative { "*" } else { "" })
        };
        counted.periods.iter().map(one).collect()
    }
}

/// A return that holds a number: one that holds nothing has not come in.
fn returned(area: &str, period: &str, status: &str, illustrative: bool) -> Change {
    let id = format!("q.{area}.{period}");
    put(
        Kind::Return,
        json!({ "id": id, "assignment": format!("q.{area}"), "period": period, "version": 1, "status": status,
            "steps_done": 0, "answers": { "grids": [], "of": [{ "indicator": "I", "total": 1 }] }, "illustrative": illustrative }),
    )
}

#[test]
fn a_return_is_on_time_when_it_first_came_in_by_its_day() {
    let mut ledger = Ledger::new("2025-01-01");
    // The last day counts, the day after does not.
    ledger.write("2025-04-15", vec![returned("KH-01", "2025Q1", "submitted", false)]);
    ledger.write("2025-04-16", vec![returned("KH-02", "2025Q1", "submitted", false)]);
    let quarters = |ledger: &Ledger| ledger.counts(Computed::ReturnsOnTime, Frequency::Quarter, "KH", true);
    assert_eq!(quarters(&ledger), ["2025Q2 1/2 until 2025-04-16"]);
    // A correction later on changes nothing; one that was sent back has not come in.
    ledger.write("2025-07-10", vec![returned("KH-01", "2025Q1", "accepted", false)]);
    assert_eq!(quarters(&ledger), ["2025Q2 1/2"]);
    ledger.write("2025-07-10", vec![returned("KH-01", "2025Q1", "sent-back", false)]);
    assert_eq!(quarters(&ledger), ["2025Q2 0/2"]);
    ledger.write("2025-08-01", vec![returned("KH-01", "2025Q1", "submitted", false)]);
    assert_eq!(quarters(&ledger), ["2025Q2 1/2", "2025Q3 0/2 until 2025-08-01"]);
    assert_eq!(ledger.counts(Computed::ReturnsOnTime, Frequency::Year, "KH-01", true), ["2025 1/2 until 2025-08-01"]);
    assert_eq!(ledger.counts(Computed::ReturnsOnTime, Frequency::Year, "KH-02", true), ["2025 0/2 until 2025-08-01"]);
}

/// 17:30 in UTC is half past midnight in Phnom Penh: the same moment is in time by one clock and late by the other.
#[test]
fn a_day_ends_by_the_clock_of_the_plan() {
    for (zone, counted) in [(Value::Null, "2025Q2 2/2"), (json!("Asia/Phnom_Penh"), "2025Q2 1/2")] {
        let mut ledger = Ledger::new("2025-01-01");
        ledger.write("2025-01-02", vec![plan(zone)]);
        for (at, area) in [("2025-04-15T16:59:59Z", "KH-01"), ("2025-04-15T17:30:00Z", "KH-02")] {
            ledger.write_at(at.into(), vec![returned(area, "2025Q1", "submitted", false)]);
        }
        ledger.write("2025-07-01", Vec::new());
        assert_eq!(ledger.counts(Computed::ReturnsOnTime, Frequency::Quarter, "KH", true), [counted]);
    }
}

#[test]
fn an_illustrative_return_counts_only_where_it_is_shown() {
    let mut ledger = Ledger::new("2025-01-01");
    ledger.write("2025-04-10", vec![returned("KH-01", "2025Q1", "accepted", true)]);
    ledger.write("2025-05-01", vec![returned("KH-02", "2025Q1", "accepted", false)]);
    let year = |illustrative| ledger.counts(Computed::ReturnsOnTime, Frequency::Year, "KH", illustrative);
    assert_eq!(year(true), ["2025 1/2* until 2025-05-01"]);
    assert_eq!(year(false), ["2025 0/2 until 2025-05-01"]);
    let without = Ledger { state: ledger.state.without_illustrative(), position: 3 };
    assert_eq!(without.counts(Computed::ReturnsOnTime, Frequency::Year, "KH", true), year(false));
}

#[test]
fn a_decision_is_carried_out_in_time_when_that_was_told_by_its_day() {
    let decision = |id: &str, due: Option<&str>, state: &str| {
        let body = json!({ "id": id, "title": text(id), "date": "2025-01-05", "reason": text(""), "owner": "MOI",
            "due": due, "state": state });
        put(Kind::Decision, body)
    };
    let mut ledger = Ledger::new("2025-01-01");
    let open = [("A", Some("2025-03-01")), ("B", Some("2025-03-01")), ("C", Some("2025-03-01")), ("D", None)];
    ledger.write("2025-01-05", open.iter().map(|(id, due)| decision(id, *due, "open")).collect());
    ledger.write("2025-03-01", vec![decision("A", Some("2025-03-01"), "done")]);
    ledger.write("2025-03-02", vec![decision("B", Some("2025-03-01"), "done")]);
    let quarter = |ledger: &Ledger| ledger.counts(Computed::DecisionsOnTime, Frequency::Quarter, "KH", true);
    assert_eq!(quarter(&ledger), ["2025Q1 1/3 until 2025-03-02"]);
    ledger.write("2025-03-03", vec![decision("C", Some("2025-03-01"), "dropped")]);
    assert_eq!(quarter(&ledger), ["2025Q1 1/2 until 2025-03-03"]);
    // Opened again it is late, even if it is done once more.
    ledger.write("2025-03-04", vec![decision("A", Some("2025-03-01"), "open")]);
    ledger.write("2025-03-05", vec![decision("A", Some("2025-03-01"), "done")]);
    assert_eq!(quarter(&ledger), ["2025Q1 0/2 until 2025-03-05"]);
    assert_eq!(ledger.counts(Computed::DecisionsOnTime, Frequency::Quarter, "KH-01", true), [""; 0]);
}

fn money(id: &str, place: Option<&str>, year: i32, state: &str, amount: &str) -> Change {
    let body = json!({ "id": id, "fund": "F", "node": "N", "area": place, "year": year, "state": state,
        "amount": amount, "currency": "KHR", "date": "2025-02-01" });
    put(Kind::Funding, body)
}

#[test]
fn actions_and_local_plans_are_funded_by_what_is_committed() {
    let mut ledger = Ledger::new("2025-01-01");
    let node = |id: &str| put(Kind::Node, json!({ "id": id, "level": "action", "title": text(id), "source": "" }));
    let cost = json!({ "id": "L", "node": "N", "input": "services", "year": 2025, "quantity": "1", "likely": "100",
        "currency": "KHR", "date": "2025-01-01" });
    ledger.write("2025-02-01", vec![node("N"), node("M"), put(Kind::CostLine, cost)]);
    let actions = |ledger: &Ledger| ledger.counts(Computed::ActionsFunded, Frequency::Quarter, "KH", true);
    assert_eq!(actions(&ledger), ["2025Q1 0/2 until 2025-02-01"]);
    ledger.write("2025-02-02", vec![money("A", Some("KH-01"), 2025, "pledged", "100")]);
    assert_eq!(actions(&ledger), ["2025Q1 0/2 until 2025-02-02"]);
    ledger.write("2025-02-03", vec![money("A", Some("KH-01"), 2025, "committed", "100")]);
    assert_eq!(actions(&ledger), ["2025Q1 1/2 until 2025-02-03"]);
    let places = |ledger: &Ledger| ledger.counts(Computed::LocalPlansFunded, Frequency::Year, "KH", true);
    // Money alone is no plan, and a plan without money is not funded.
    assert_eq!(places(&ledger), ["2025 0/2 until 2025-02-03"]);
    let choice = |area: &str| put(Kind::Choice, json!({ "id": format!("{area}.N"), "area": area, "node": "N" }));
    ledger.write("2025-03-01", vec![choice("KH-01"), choice("KH-02")]);
    assert_eq!(places(&ledger), ["2025 1/2 until 2025-03-01"]);
    // Next year has no money yet.
    ledger.write("2026-01-10", vec![]);
    assert_eq!(places(&ledger), ["2025 1/2", "2026 0/2 until 2026-01-10"]);
    assert_eq!(ledger.counts(Computed::LocalPlansFunded, Frequency::Year, "KH-01", true)[0], "2025 1/1");
}

#[test]
fn where_nothing_can_be_counted_a_sentence_says_so() {
    for measure in Computed::ALL {
        let body = json!({ "id": "I", "name": text("I"), "definition": text(""), "kind": "ratio", "unit": "%", "time": "sum",
            "place": "none", "direction": "up", "owner": "MOI", "nodes": [], "level": "process", "frequency": "year",
            "computed": measure, "data_source": "", "class": "public", "k": 0, "floor": "country", "source": "" });
        let indicator: Indicator = serde_json::from_value(body).unwrap();
        assert_eq!(nothing(&indicator).unwrap().key, format!("computed-none-{}", measure.code()));
        assert_eq!(crate::status::Status::NoData.say(&indicator).key, "computed-none");
        let asked = Indicator { computed: None, ..indicator };
        assert!(nothing(&asked).is_none());
        assert_eq!(crate::status::Status::NoData.say(&asked).key, "status-no-data");
    }
}
