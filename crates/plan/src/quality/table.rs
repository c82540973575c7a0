//! One row a rule: an input that raises it and the neighbour that does not. Nothing here is of a real plan, so that every
//! row is also a trial for false alarms.

use serde_json::{Value, json};

use super::{Finding, Group, findings};
use crate::answers::Severity;
use crate::entry::{Actor, Change, Entry};
use crate::kinds::*;
use crate::period::Date;
use crate::state::State;

const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

/// Records as they stand in a package: a kind, and the fields that differ from a plain record of it.
pub(super) fn state(records: &[(Kind, Value)]) -> State {
    let changes = records.iter().map(|(kind, fields)| {
        let mut body = plain(*kind);
        for (name, value) in fields.as_object().expect("fields") {
            body[name] = value.clone();
        }
        Change::Put(Body::read(*kind, body).expect("a record"))
    });
    let mut state = State::default();
    let actor = Actor { account: "t".into(), post: "t".into() };
    let entry = Entry { at: String::new(), actor, why: String::new(), changes: changes.collect() };
    state.apply(1, &entry).expect("an entry");
    state
}

fn plain(kind: Kind) -> Value {
    match kind {
        Kind::Evidence => json!({
            "label": { "en": "Fishers" }, "unit": "count", "printed": "", "sex": "total", "group": "fishers",
            "date_basis": "stated", "kind": "observed", "topic": "T", "direction": "up", "section": "Chapter 2"
        }),
        Kind::Consultation => json!({ "title": { "en": "Meeting" }, "method": "workshop", "source": "list" }),
        Kind::Attendance => {
            json!({ "consultation": "C", "group": { "en": "Row" }, "class": "public", "source": "list" })
        }
        Kind::Institution => {
            json!({ "name": { "en": "Body" }, "kind": "ministry", "engagement": "technical", "source": "s" })
        }
        Kind::Instrument => json!({ "framework": "SDG", "title": { "en": "Target" }, "source": "s" }),
        Kind::Area => json!({ "name": { "en": "Place" }, "level": "province" }),
        Kind::Policy => json!({
            "name": { "en": "Policy" }, "kind": "law", "stated": "expired", "stated_basis": "stated", "source": "s"
        }),
        Kind::Node => json!({ "level": "action", "parents": ["P"], "title": { "en": "Act" }, "source": "s" }),
        Kind::Alignment => json!({ "basis": "secretariat", "source": "s" }),
        Kind::Gap => json!({ "theme": "T", "kind": "note", "summary": { "en": "Words" }, "source": "s" }),
        Kind::Contradiction => json!({
            "title": { "en": "When" }, "clash": "exclusive", "first_says": { "en": "a" }, "first_quote": "in May",
            "first_place": "1", "second_says": { "en": "b" }, "second_quote": "in June", "second_place": "2", "source": "s"
        }),
        Kind::Task => json!({ "title": { "en": "Settle" }, "owner": "X", "state": "open" }),
        other => panic!("no plain {}", other.code()),
    }
}

fn of<'a>(found: &'a [Finding], rule: &str) -> Vec<&'a Finding> {
    found.iter().filter(|finding| finding.rule() == rule).collect()
}

struct Row {
    rule: &'static str,
    severity: Severity,
    raised: Vec<(Kind, Value)>,
    /// What is written over the records of the same id, and added.
    neighbour: Vec<(Kind, Value)>,
}

fn row(rule: &'static str, severity: Severity, raised: Vec<(Kind, Value)>, neighbour: Vec<(Kind, Value)>) -> Row {
    Row { rule, severity, raised, neighbour }
}

fn figure(id: &str, fields: Value) -> (Kind, Value) {
    let mut figure = json!({ "id": id });
    for (name, value) in fields.as_object().expect("fields") {
        figure[name] = value.clone();
    }
    if figure.get("printed").is_none() {
        figure["printed"] = figure.get("value").map_or_else(|| json!(""), |value| json!(value.to_string()));
    }
    (Kind::Evidence, figure)
}

fn share(id: &str, fields: Value) -> (Kind, Value) {
    let (kind, mut figure) = figure(id, fields);
    figure["unit"] = json!("percent");
    (kind, figure)
}

fn figures() -> Vec<Row> {
    use Severity::{Error, Note, Warning};
    let harbours = || (1..=4).map(|n| (Kind::Area, json!({ "id": format!("H{n}") })));
    let masters = |value: f64| share("A", json!({ "value": value, "numerator": 3, "one_per": "province" }));
    vec![
        row(
            "jump",
            Warning,
            vec![
                share("A", json!({ "value": 12, "date": "2019", "series": "S" })),
                share("B", json!({ "value": 31, "date": "2023", "series": "S" })),
            ],
            // The same step over twenty years is none.
            vec![share("A", json!({ "value": 12, "date": "2003", "series": "S" }))],
        ),
        row(
            "jump",
            Warning,
            vec![
                figure("A", json!({ "value": 400, "date": "2021", "series": "S" })),
                figure("B", json!({ "value": 4000, "date": "2023", "series": "S" })),
            ],
            vec![figure("B", json!({ "value": 700, "date": "2023", "series": "S" }))],
        ),
        row(
            "share-of-whole",
            Error,
            vec![
                figure("W", json!({ "value": 2_000_000, "printed": "2.0 million" })),
                share("A", json!({ "value": 6.0, "printed": "6.0", "numerator": 180_000, "part_of": "W" })),
            ],
            // 5.95 % of 1.95 million is 116,025; 6.05 % of 2.05 million is 124,025.
            vec![share("A", json!({ "value": 6.0, "printed": "6.0", "numerator": 117_000, "part_of": "W" }))],
        ),
        row(
            "share-of-whole-hedged",
            Note,
            vec![
                figure("W", json!({ "value": 2_000_000, "printed": "2.0 million" })),
                figure("N", json!({ "value": 119_000, "qualifier": "almost", "part_of": "W" })),
                share("A", json!({ "value": 6.0, "printed": "6.0", "numerator": 119_000, "part_of": "W" })),
            ],
            vec![figure("N", json!({ "value": 119_000, "qualifier": "over", "part_of": "W" }))],
        ),
        row(
            "base-not-places",
            Warning,
            harbours().chain([masters(9.9)]).collect(),
            // Three of four, rounded.
            vec![masters(75.0)],
        ),
        row(
            "two-values-undated-rounded",
            Note,
            vec![
                share("A", json!({ "value": 44.8, "series": "S" })),
                share("B", json!({ "value": 45, "date": "2024", "series": "S" })),
            ],
            vec![share("A", json!({ "value": 44.8, "date": "2023", "series": "S" }))],
        ),
        row(
            "two-values-undated",
            Note,
            vec![
                share("A", json!({ "value": 40, "series": "S" })),
                share("B", json!({ "value": 45, "date": "2024", "series": "S" })),
            ],
            vec![share("A", json!({ "value": 45, "series": "S" }))],
        ),
        row(
            "same-value",
            Note,
            vec![
                share("A", json!({ "value": 27, "date": "2023", "series": "S", "section": "Summary" })),
                share("B", json!({ "value": 27, "date": "2024", "series": "S" })),
            ],
            // One list of years prints both.
            vec![share("A", json!({ "value": 27, "date": "2023", "series": "S" }))],
        ),
        row(
            "same-value",
            Note,
            vec![
                figure("A", json!({ "value": 310, "date": "2023", "series": "S", "section": "3" })),
                figure("B", json!({ "value": 310, "date": "2024", "series": "S" })),
            ],
            vec![
                figure("A", json!({ "value": 2, "date": "2023", "series": "S", "section": "3" })),
                figure("B", json!({ "value": 2, "date": "2024", "series": "S" })),
            ],
        ),
        row(
            "only-in-summary",
            Warning,
            vec![
                share("A", json!({ "value": 27, "section": "Executive Summary 2" })),
                share("B", json!({ "value": 30 })),
            ],
            vec![share("A", json!({ "value": 27, "section": "Executive Summary 2", "also_in": "3.1" }))],
        ),
        row(
            "source-older",
            Warning,
            vec![figure("A", json!({ "value": 9, "date": "2024-12", "cited_source": "Register, May 2024" }))],
            vec![figure("A", json!({ "value": 9, "date": "2024", "cited_source": "Register, May 2024" }))],
        ),
    ]
}

fn lists() -> Vec<Row> {
    use Severity::{Error, Note, Warning};
    let event = |counted: Value| (Kind::Consultation, json!({ "id": "C", "total": 30, "counted_by": counted }));
    let rows = |total: u32| (Kind::Attendance, json!({ "id": "R", "total": total }));
    let body = |id: &str, kind: &str| (Kind::Institution, json!({ "id": id, "kind": kind }));
    let at = |id: &str, group: &str, bodies: Value| {
        (Kind::Attendance, json!({ "id": id, "group": { "en": group }, "institutions": bodies }))
    };
    vec![
        row(
            "count-of-events",
            Error,
            vec![event(json!(["A"])), rows(31), figure("A", json!({ "value": 30 }))],
            vec![rows(30)],
        ),
        row(
            "count-of-events",
            Warning,
            vec![event(json!(["A"])), rows(30), figure("A", json!({ "value": 32, "qualifier": "about" }))],
            vec![figure("A", json!({ "value": 30, "qualifier": "about" }))],
        ),
        row(
            "count-of-events-in-time",
            Note,
            vec![
                (Kind::Consultation, json!({ "id": "C", "total": 30, "date": "2024-07-30", "counted_by": ["A"] })),
                (Kind::Consultation, json!({ "id": "D", "total": 12, "date": "2024-12", "counted_by": ["A"] })),
                figure("A", json!({ "value": 30, "date": "2024-07/2024-08" })),
            ],
            vec![(Kind::Consultation, json!({ "id": "D", "total": 12, "date": "2024-12" }))],
        ),
        row(
            "group-mixed",
            Warning,
            vec![
                body("F", "NGO/CSO"),
                body("G", "NGO/CSO"),
                body("K", "embassy"),
                body("L", "embassy"),
                at("R", "Unions", json!(["F", "G", "K"])),
                at("S", "Embassies", json!(["K", "L"])),
            ],
            // Embassies have no row of their own.
            vec![at("S", "Embassies", json!(["K", "F"]))],
        ),
        row(
            "two-short-forms",
            Note,
            vec![(Kind::Institution, json!({ "id": "F", "short": "MoF", "aliases": ["MF", "Ministry of Fish"] }))],
            vec![(Kind::Institution, json!({ "id": "F", "short": "MoF", "aliases": ["Ministry of Fish"] }))],
        ),
        row(
            "instrument-not-listed",
            Warning,
            vec![
                (Kind::Instrument, json!({ "id": "1", "paragraph": "14.1" })),
                (Kind::Instrument, json!({ "id": "2", "paragraph": "14.2" })),
                (Kind::Gap, json!({ "id": "G", "summary": { "en": "Serves SDG 14.1 and 13.2." } })),
            ],
            vec![(Kind::Gap, json!({ "id": "G", "summary": { "en": "Serves SDG 14.1 and 14.2.1 (2013)." } }))],
        ),
        row(
            "target-of-another",
            Warning,
            vec![
                (
                    Kind::Instrument,
                    json!({ "id": "1", "printed": "End overfishing", "official": "Reduce pollution of seas" }),
                ),
                (Kind::Instrument, json!({ "id": "2", "official": "Regulate harvesting and end overfishing" })),
            ],
            vec![(
                Kind::Instrument,
                json!({ "id": "1", "printed": "Less pollution", "official": "Reduce pollution of seas" }),
            )],
        ),
        row(
            "target-worded-otherwise",
            Warning,
            vec![(
                Kind::Instrument,
                json!({ "id": "1", "printed": "Build harbours", "official": "Reduce pollution of seas" }),
            )],
            vec![(
                Kind::Instrument,
                json!({ "id": "1", "printed": "Clean seas", "official": "Reduce pollution of seas" }),
            )],
        ),
        row(
            "policy-ended",
            Warning,
            vec![
                (Kind::Policy, json!({ "id": "Q", "end_year": 2024 })),
                (Kind::Node, json!({ "id": "N" })),
                (Kind::Alignment, json!({ "id": "L", "node": "N", "policy": "Q" })),
            ],
            vec![(Kind::Policy, json!({ "id": "Q", "end_year": 2030, "stated": "in force" }))],
        ),
        row(
            "contradiction",
            Error,
            vec![(Kind::Contradiction, json!({ "id": "K" }))],
            vec![(Kind::Contradiction, json!({ "id": "K", "clash": "wording" }))],
        ),
    ]
}

#[test]
fn each_rule_is_raised_by_its_input_and_not_by_the_neighbour() {
    for row in figures().into_iter().chain(lists()) {
        let told = |records: &[(Kind, Value)]| {
            let found = findings(&state(records), TODAY);
            of(&found, row.rule).into_iter().filter(|finding| finding.severity == row.severity).count()
        };
        assert_eq!(told(&row.raised), 1, "{} is raised once by {:?}", row.rule, row.raised);
        let neighbour: Vec<_> = row.raised.iter().chain(&row.neighbour).cloned().collect();
        assert_eq!(told(&neighbour), 0, "{} is not raised by {:?}", row.rule, row.neighbour);
    }
}

/// An answered contradiction is a note under the same name, so that what was assigned stays assigned.
#[test]
fn an_answered_contradiction_is_a_note() {
    let answered = json!({ "id": "K", "answer": { "en": "It was in May." } });
    let found = findings(&state(&[(Kind::Contradiction, answered)]), TODAY);
    let one = of(&found, "contradiction")[0];
    assert_eq!((one.severity, one.code().as_str()), (Severity::Note, "contradiction:K"));
}

/// A figure whose correction explains everything is a note; the printed fault stays told.
#[test]
fn a_corrected_head_makes_its_count_a_note() {
    let head =
        json!({ "id": "C", "total": 30, "corrected_total": 31, "correction_reason": "rows", "counted_by": ["A"] });
    let records = [
        (Kind::Consultation, head),
        (Kind::Attendance, json!({ "id": "R", "total": 31 })),
        figure("A", json!({ "value": 31 })),
    ];
    let found = findings(&state(&records), TODAY);
    let told = of(&found, "count-of-events");
    assert_eq!(told.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [Severity::Note]);
    let numbers = ["heads", "rows"].map(|name| told[0].say.number_of(name));
    assert_eq!(numbers, [Some(30.0), Some(31.0)]);
}

/// A plan that was made up for this test and has no fault: a fishery, its harbours, its meetings and its figures. Every rule
/// looks at something of it, and none is raised.
#[test]
fn a_plan_without_faults_raises_nothing() {
    let numbers =
        |id: &str, date: &str, value: f64| share(id, json!({ "value": value, "date": date, "series": "CREW" }));
    let head = |id: &str, date: &str, total: u32, female: u32, counted: Value| {
        let male = total - female;
        let fields =
            json!({ "id": id, "date": date, "total": total, "female": female, "male": male, "counted_by": counted });
        (Kind::Consultation, fields)
    };
    let came = |id: &str, event: &str, total: u32, female: u32, bodies: Value| {
        let fields = json!({
            "id": id, "consultation": event, "total": total, "female": female, "male": total - female, "institutions": bodies
        });
        (Kind::Attendance, fields)
    };
    let body = |id: &str, kind: &str, short: &str, aliases: Value| {
        (Kind::Institution, json!({ "id": id, "kind": kind, "short": short, "aliases": aliases }))
    };
    let counted =
        |id: &str, sex: &str, value: u32| figure(id, json!({ "sex": sex, "value": value, "date": "2025-03/2025-04" }));
    let mut records: Vec<(Kind, Value)> = (1..=8).map(|n| (Kind::Area, json!({ "id": format!("H{n}") }))).collect();
    records.extend([
        // A share that grows, stands still in one list, and is printed again in the summary.
        numbers("A1", "2019", 14.0),
        numbers("A2", "2021", 17.5),
        numbers("A3", "2023", 21.0),
        numbers("A4", "2024", 21.0),
        share("A5", json!({ "value": 21, "date": "2024", "series": "CREW", "section": "Executive Summary 1" })),
        figure("B1", json!({ "value": 900, "date": "2020", "series": "BOATS", "cited_source": "Register, 2021" })),
        figure(
            "B2",
            json!({ "value": 1300, "date": "2024-06", "series": "BOATS", "cited_source": "Register, June 2024" }),
        ),
        figure("B3", json!({ "value": 1300, "section": "Summary", "also_in": "Chapter 4" })),
        // Six harbour masters of eight are women; 12 % of 1.3 million are about 156,000.
        share("C1", json!({ "value": 75, "numerator": 6, "one_per": "province" })),
        figure("C2", json!({ "value": 1_300_000, "printed": "1.3 million", "date": "2022" })),
        figure("C3", json!({ "value": 150_000, "printed": "150,000", "qualifier": "about", "part_of": "C2" })),
        share("C4", json!({ "value": 12, "numerator": 150_000, "part_of": "C2" })),
        // Two meetings that a figure counts together, with their lists.
        head("M1", "2025-03-10", 40, 22, json!(["D1", "D2", "D3"])),
        head("M2", "2025-04", 25, 13, json!(["D1", "D2", "D3"])),
        came("R1", "M1", 30, 16, json!(["U1", "U2"])),
        came("R2", "M1", 10, 6, json!(["E1", "E2"])),
        came("R3", "M2", 25, 13, json!(["U1", "U2"])),
        counted("D1", "total", 65),
        counted("D2", "female", 35),
        counted("D3", "male", 30),
        body("U1", "NGO/CSO", "FU", json!(["Fishers Union"])),
        body("U2", "NGO/CSO", "Netmakers", json!(["NETMAKERS"])),
        body("E1", "embassy", "", json!([])),
        body("E2", "embassy", "", json!(["Embassy of the Islands"])),
        (
            Kind::Instrument,
            json!({
                "id": "14.1", "paragraph": "14.1", "printed": "Less marine pollution",
                "official": "Prevent and reduce marine pollution of all kinds"
            }),
        ),
        (
            Kind::Instrument,
            json!({
                "id": "14.4", "paragraph": "14.4", "printed": "End overfishing",
                "official": "Regulate harvesting and end overfishing and illegal fishing"
            }),
        ),
        (Kind::Gap, json!({ "id": "G", "summary": { "en": "Boats serve SDG 14.4, targets 14.1 and 14.4.1 (2020)." } })),
        (Kind::Policy, json!({ "id": "P", "stated": "in force", "start_year": 2024, "end_year": 2028 })),
        (Kind::Node, json!({ "id": "N" })),
        (Kind::Alignment, json!({ "id": "L", "node": "N", "policy": "P" })),
    ]);
    let found = findings(&state(&records), TODAY);
    let of_source = |group: Group| matches!(group, Group::Statements | Group::Figures | Group::Heard | Group::Sources);
    let raised: Vec<_> = found.iter().filter(|finding| of_source(finding.group)).map(Finding::code).collect();
    assert_eq!(raised, Vec::<String>::new());
    assert!(found.iter().all(|finding| finding.rule() != "policy-ended"));
}
