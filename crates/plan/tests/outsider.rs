//! What outsiders see of counts of people: whatever they ask, the answer follows from what was told and from nothing else;
//! who has not said why sees no small count; who reported sees its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::pivot::{Choice, Table, table};
use romduol_plan::readings::View;
use romduol_plan::totals::{Own, Seen, Sight, Told, ToldTotal, Total, Totals};
use romduol_plan::{Actor, Change, Completeness, Entry, Period, State};
use serde_json::{Value, json};

const UNITS: [&str; 3] = ["KH-01", "KH-02", "KH-03"];
const QUARTERS: [&str; 4] = ["2025Q1", "2025Q2", "2025Q3", "2025Q4"];
const SEX: [&str; 2] = ["sex.f", "sex.m"];

/// What each province gave in each quarter for each sex: people, and of how many.
type Given = BTreeMap<(usize, usize, usize), (u8, u8)>;

fn put(kind: Kind, body: Value) -> Change {
    Change::Put(Body::read(kind, body).unwrap())
}

fn records() -> Vec<Change> {
    let text = |en: &str| json!({ "en": en, "km": "" });
    let area = |id: &str, parent: Value, level: &str| {
        put(Kind::Area, json!({ "id": id, "name": text(id), "level": level, "parent": parent }))
    };
    let indicator = |id: &str, kind: &str, k: u32| {
        put(
            Kind::Indicator,
            json!({ "id": id, "name": text(id), "definition": text(""), "kind": kind, "unit": "", "time": "sum",
                "place": if kind == "count" { "sum" } else { "ratio" }, "direction": "up", "owner": "MOWA",
                "nodes": [], "level": "output", "frequency": "quarter", "form": "f", "data_source": "",
                "class": "public", "dimensions": ["sex"], "k": k, "floor": "province", "source": "" }),
        )
    };
    let category = |id: &str, order: u32| {
        put(Kind::Category, json!({ "id": id, "dimension": "sex", "name": text(id), "order": order }))
    };
    let mut records = vec![
        put(
            Kind::Plan,
            json!({ "id": "p", "title": text("p"), "description": text(""), "secretariat": "MOWA", "area": "KH",
                "map_level": "province", "source": "" }),
        ),
        area("KH", Value::Null, "country"),
        put(
            Kind::Dimension,
            json!({ "id": "sex", "name": text("sex"), "version": 1, "additivity": "partition", "source": "" }),
        ),
        category(SEX[0], 1),
        category(SEX[1], 2),
        put(
            Kind::Form,
            json!({ "id": "f", "name": text("f"), "audience": "area", "frequency": "quarter", "due_days": 30,
                "chain": ["secretariat"], "source": "" }),
        ),
        indicator("PEOPLE", "count", 5),
        indicator("CASES", "count", 10),
        indicator("SHARE", "ratio", 5),
        indicator("FORMS", "count", 1),
    ];
    for unit in UNITS {
        records.push(area(unit, json!("KH"), "province"));
        records.push(put(
            Kind::Assignment,
            json!({ "id": format!("f.{unit}"), "form": "f", "institution": "MOWA", "area": unit, "from": "2020" }),
        ));
    }
    records
}

fn returned(unit: usize, quarter: usize, given: &Given) -> Change {
    let period: Period = QUARTERS[quarter].parse().unwrap();
    let grid = Arc::new(Grid(SEX.iter().map(|sex| vec![sex.to_string()]).collect()));
    let of = |sex: usize| given.get(&(unit, quarter, sex)).map_or((0.0, 0.0), |at| (f64::from(at.0), f64::from(at.1)));
    let answer = |id: &str| {
        let share = id == "SHARE";
        let values = (0..2).map(|sex| Some(of(sex).0)).collect();
        // What is counted is a part of what it is divided by.
        let bases = if share { (0..2).map(|sex| Some(of(sex).0 + of(sex).1)).collect() } else { Vec::new() };
        Answer { cells: Cells { grid: grid.clone(), values, bases }, ..Answer::to(id) }
    };
    let record = Return {
        id: format!("f.{}.{period}", UNITS[unit]),
        assignment: format!("f.{}", UNITS[unit]),
        period,
        version: 1,
        status: ReturnStatus::Accepted,
        steps_done: 1,
        answers: Answers::pack(&["PEOPLE", "CASES", "SHARE", "FORMS"].map(answer)),
        illustrative: false,
    };
    Change::Put(record.into())
}

fn state(given: &Given) -> State {
    let mut changes = records();
    let units = (0..3).flat_map(|unit| (0..4).map(move |quarter| (unit, quarter)));
    changes.extend(units.map(|(unit, quarter)| returned(unit, quarter, given)));
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    let mut state = State::default();
    state.apply(1, &Entry { at: "2026-11-23T00:00:00Z".into(), actor, why: "test".into(), changes }).unwrap();
    state
}

/// Everything that can be asked of the four indicators.
fn questions() -> Vec<Vec<(String, String)>> {
    let mut all = Vec::new();
    let axes = ["place", "period", "whole", "group-sex"];
    for indicator in ["PEOPLE", "CASES", "SHARE", "FORMS"] {
        for (rows, columns) in axes.iter().flat_map(|rows| axes.iter().map(move |columns| (*rows, *columns))) {
            for (place, level) in [("KH", "province"), ("KH", "itself"), ("KH-01", "itself")] {
                for (every, from) in [("quarter", ""), ("year", ""), ("quarter", "2025Q3")] {
                    for measure in ["value", "denominator"] {
                        let words = [
                            ("indicator", indicator),
                            ("rows", rows),
                            ("columns", columns),
                            ("place", place),
                            ("level", level),
                            ("every", every),
                            ("from", from),
                            ("measure", measure),
                        ];
                        all.push(words.map(|(name, word)| (name.to_string(), word.to_string())).to_vec());
                    }
                }
            }
        }
    }
    all
}

fn tables(view: &View) -> Vec<Table> {
    let made = |pairs: Vec<(String, String)>| {
        let (choice, _) = Choice::read(view, &pairs, &|_| true)?;
        table(view, &choice).ok()
    };
    questions().into_iter().filter_map(made).collect()
}

/// The numbers of the tables of all indicators that count people, and beside them what the other doors say.
fn answers(state: &State, totals: &Totals) -> Vec<String> {
    let view = View { state, totals, illustrative: false };
    let mut said: Vec<String> = Vec::new();
    for made in tables(&view) {
        let of = made.sections[0].indicator.clone().unwrap();
        if of.id != "FORMS" {
            said.extend(made.cells().map(|cell| format!("{} {:?} {}", of.id, cell.value, cell.kept_back)));
        }
    }
    for indicator in state.all::<Indicator>().filter(|indicator| indicator.id != "FORMS") {
        for area in ["KH", "KH-01", "KH-02", "KH-03"] {
            let (series, held) = (view.series(indicator, area), view.held_series(indicator, area));
            for reading in series.counted.iter().chain(&held.counted) {
                let alike = view.alike(indicator, area, reading);
                said.push(format!("{} {area} {reading:?} {alike:?}", indicator.id));
            }
            for period in QUARTERS.iter().chain(&["2025"]).map(|text| text.parse::<Period>().unwrap()) {
                said.push(format!("{:?}", totals.children(indicator, area, period)));
                said.push(format!("{:?}", totals.breakdown(state, indicator, "sex", area, period)));
            }
        }
        said.push(format!("{:?}", view.standing(indicator, Period::year(2025)).judgement.status));
    }
    said
}

fn told() -> Arc<Told> {
    let mut told = Told::default();
    let total = |value: f64| Total {
        value,
        numerator: None,
        denominator: None,
        reported: 12,
        expected: 12,
        partial: 0,
        came: Some(Completeness::of(12, 12)),
    };
    let mut add = |area: &str, categories: &[&str], value: Option<f64>| {
        let categories = categories.iter().map(|id| id.to_string()).collect();
        let (area, total) = (area.to_string(), value.map(total));
        told.add("PEOPLE", ToldTotal { area, period: Period::year(2025), categories, total, illustrative: false });
    };
    add("KH", &[], Some(120.0));
    add("KH", &["sex.f"], Some(80.0));
    add("KH", &["sex.m"], Some(40.0));
    add("KH-01", &[], None);
    add("KH-02", &[], None);
    add("KH-03", &[], Some(100.0));
    Arc::new(told)
}

fn outsider(state: &State) -> Totals {
    let seen = Seen { sight: Sight::AsTold(told()), own: Own::Nothing };
    Totals::build(state, false).seen(seen)
}

fn given() -> impl Strategy<Value = Given> {
    let numbers = prop_oneof![3 => 0..5u8, 2 => 0..40u8];
    proptest::collection::vec((numbers.clone(), numbers), 24).prop_map(|numbers| {
        let keys = (0..3).flat_map(|u| (0..4).flat_map(move |q| (0..2).map(move |s| (u, q, s))));
        keys.zip(numbers).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Two plans of which the same was told look the same, whatever was counted in them: from no question, no total and no
    /// difference of two answers anything can be learnt but what was told.
    #[test]
    fn outsiders_learn_nothing_but_what_was_told(one in given(), other in given()) {
        let (one, other) = (state(&one), state(&other));
        let (a, b) = (answers(&one, &outsider(&one)), answers(&other, &outsider(&other)));
        prop_assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            prop_assert_eq!(a, b);
        }
        // And it is something.
        prop_assert!(a.iter().any(|said| said.contains("PEOPLE Some(100.0)")));
        prop_assert!(a.iter().any(|said| said.contains("CASES None true")));
    }

    /// What counts no people is there for everybody as it is.
    #[test]
    fn other_numbers_are_untouched(given in given()) {
        let state = state(&given);
        let indicator = state.find::<Indicator>("FORMS").unwrap();
        let full = Totals::build(&state, false);
        for area in ["KH", "KH-01"] {
            let period = Period::year(2025);
            prop_assert_eq!(outsider(&state).total(indicator, area, period), full.total(indicator, area, period));
        }
    }

    /// Whoever may see small counts, but has not said why, sees all others as they are.
    #[test]
    fn without_a_reason_nothing_small_is_shown(given in given()) {
        let state = state(&given);
        let full = Totals::build(&state, false);
        let seen = full.seen(Seen { sight: Sight::NothingSmall, own: Own::Nothing });
        let view = |totals| View { state: &state, totals, illustrative: false };
        for (all, some) in tables(&view(&full)).iter().zip(&tables(&view(&seen))) {
            let of = all.sections[0].indicator.clone().unwrap();
            // Where time lies along no axis, the newest period is the newest of which there is something to see.
            if all.at != some.at || all.rows != some.rows || all.columns != some.columns || of.kind != ValueKind::Count || of.k == 1 {
                continue;
            }
            for (whole, cell) in all.cells().zip(some.cells()) {
                let small = |v: f64| v < f64::from(of.k) && (v > 0.0 || of.k >= 10);
                let hidden = whole.value.is_some_and(small);
                prop_assert_eq!(cell.kept_back, hidden, "{:?} {:?} {:?} {:?}", of.id, whole, cell, (&all.rows, &all.columns));
                prop_assert_eq!(cell.value, whole.value.filter(|_| !hidden));
            }
        }
    }

    /// A province sees its own numbers as it reported them, and those of others as they were told.
    #[test]
    fn a_province_sees_its_own(given in given()) {
        let state = state(&given);
        let post = Post { role: Role::Verifier, institution: Some("MOI".into()), area: Some("KH-01".into()) };
        let full = Totals::build(&state, false);
        let seen = full.seen(Seen { sight: Sight::AsTold(told()), own: post.own_counts(&state) });
        let people = state.find::<Indicator>("PEOPLE").unwrap();
        for period in QUARTERS.iter().chain(&["2025"]).map(|text| text.parse::<Period>().unwrap()) {
            prop_assert_eq!(seen.total(people, "KH-01", period), full.total(people, "KH-01", period));
            let told = outsider(&state);
            for area in ["KH", "KH-02", "KH-03"] {
                prop_assert_eq!(seen.total(people, area, period), told.total(people, area, period));
            }
        }
    }
}

#[test]
fn whose_counts_are_own() {
    let state = state(&Given::new());
    let own = |role, institution: Option<&str>, area: Option<&str>| {
        let post = Post { role, institution: institution.map(String::from), area: area.map(String::from) };
        format!("{:?}", post.own_counts(&state))
    };
    assert_eq!(own(Role::Reporter, Some("X"), Some("KH-02")), "Within(\"KH-02\")");
    let all = "Indicators({\"CASES\", \"FORMS\", \"PEOPLE\", \"SHARE\"})";
    assert_eq!(own(Role::Verifier, Some("MOWA"), None), all);
    assert_eq!(own(Role::Verifier, Some("MOI"), None), "Indicators({})");
    for role in [Role::CivilSociety, Role::Partner, Role::Administrator] {
        assert_eq!(own(role, Some("MOWA"), Some("KH-02")), "Nothing");
    }
}
