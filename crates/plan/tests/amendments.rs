//! Whether a return was filed anew as a whole or amended must not be seen in anything but the length of the ledger.

use std::sync::Arc;

use proptest::prelude::*;
use romduol_plan::kinds::*;
use romduol_plan::state::WrongBase;
use romduol_plan::totals::{Totals, Update};
use romduol_plan::{Actor, Change, Entry, Nonce, State, returns};
use serde_json::{Value, json};

fn entry(changes: Vec<Change>) -> Entry {
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    Entry { at: "2026-11-23T00:00:00Z".into(), actor, why: "test".into(), changes }
}

/// Three indicators in two communes: by sex and by hazard beside it, a ratio, and a single number.
fn plan() -> State {
    let text = |en: &str| json!({ "en": en, "km": "" });
    let indicator = |id: &str, kind: &str, dimensions: Value, overlapping: Value| {
        let body = json!({ "id": id, "name": text(id), "definition": text(""), "kind": kind, "unit": "", "time": "sum",
            "place": "sum", "dimensions": dimensions, "overlapping": overlapping, "direction": "up", "owner": "MOI",
            "nodes": [], "level": "output", "frequency": "quarter", "form": "f", "data_source": "", "method": text(""),
            "class": "public", "k": 5, "floor": "province", "source": "" });
        (Kind::Indicator, body)
    };
    let area = |id: &str, parent: Value, level: &str| {
        (Kind::Area, json!({ "id": id, "name": text(id), "level": level, "parent": parent, "code": id, "source": "" }))
    };
    let named = |kind, id: &str, dimension: &str, order| {
        let body = json!({ "id": id, "dimension": dimension, "name": text(id), "order": order, "additivity": "partition",
            "version": 1, "source": "" });
        (kind, body)
    };
    let assignment = |area: &str| {
        let body =
            json!({ "id": format!("f.{area}"), "form": "f", "institution": "MOI", "area": area, "from": "2024Q1" });
        (Kind::Assignment, body)
    };
    let records = vec![
        area("KH", Value::Null, "country"),
        area("KH-01", json!("KH"), "province"),
        area("KH-02", json!("KH"), "province"),
        named(Kind::Dimension, "sex", "", 0),
        named(Kind::Dimension, "hazard", "", 0),
        named(Kind::Category, "sex.f", "sex", 1),
        named(Kind::Category, "sex.m", "sex", 2),
        named(Kind::Category, "hazard.flood", "hazard", 1),
        named(Kind::Category, "hazard.fire", "hazard", 2),
        indicator("A", "count", json!(["sex"]), json!(["hazard"])),
        indicator("B", "ratio", json!(["sex"]), json!([])),
        indicator("C", "count", json!([]), json!([])),
        (
            Kind::Form,
            json!({ "id": "f", "name": text("f"), "audience": "area", "frequency": "quarter", "due_days": 30,
                "chain": ["province", "secretariat"], "source": "" }),
        ),
        assignment("KH-01"),
        assignment("KH-02"),
    ];
    let put = |(kind, body): (Kind, Value)| Change::Put(Body::read(kind, body).unwrap());
    let mut state = State::default();
    state.apply(1, &entry(records.into_iter().map(put).collect())).unwrap();
    state
}

fn grid(indicator: &str) -> Grid {
    let ids: &[&str] = match indicator {
        "A" => &["sex.f", "sex.m", "hazard.flood", "hazard.fire"],
        "B" => &["sex.f", "sex.m"],
        _ => return Grid(vec![vec![]]),
    };
    Grid(ids.iter().map(|id| vec![id.to_string()]).collect())
}

/// What one answer becomes.
fn answer() -> impl Strategy<Value = Answer> {
    let number = || proptest::option::of((0_u32..9).prop_map(f64::from));
    let list = || proptest::collection::vec(number(), 4);
    (0..3_usize, list(), list(), number(), 0..4_usize, "[a-z]{0,2}").prop_map(
        |(n, mut values, mut bases, total, state, comment)| {
            let indicator = ["A", "B", "C"][n];
            let state =
                [AnswerState::Given, AnswerState::Given, AnswerState::Missing, AnswerState::NotApplicable][state];
            let grid = grid(indicator);
            values.truncate(if state == AnswerState::Given { grid.0.len() } else { 0 });
            bases.truncate(if indicator == "B" { values.len() } else { 0 });
            let grid = if values.is_empty() { Arc::default() } else { Arc::new(grid) };
            let cells = Cells { grid, values, bases };
            let total_base = total.filter(|_| indicator == "B").map(|total| total + 1.0);
            Answer { state, cells, total, total_base, comment, ..Answer::to(indicator) }
        },
    )
}

/// One step: a return, what it answers now, whether others are left out, and where it stands then.
fn step() -> impl Strategy<Value = (usize, Vec<Answer>, bool, ReturnStatus)> {
    let status = prop_oneof![
        3 => Just(ReturnStatus::Accepted),
        1 => Just(ReturnStatus::Submitted),
        1 => Just(ReturnStatus::SentBack),
    ];
    (0..2_usize, proptest::collection::vec(answer(), 0..3), proptest::bool::weighted(0.1), status)
}

fn numbers(totals: &Totals) -> Vec<String> {
    let cube = totals.cube();
    let of = |n| cube.observations(n).unwrap().map(move |o| format!("{n} {o:?}")).collect::<Vec<_>>();
    let observed = (0..cube.measures()).flat_map(of);
    let coverage = |n: u32| {
        let periods: Vec<u32> = cube.periods(n).unwrap().collect();
        periods.into_iter().map(move |p| format!("{n} {p} {:?}", cube.coverage(n, p, 0).unwrap())).collect::<Vec<_>>()
    };
    observed.chain((0..cube.measures()).flat_map(coverage)).collect()
}

fn same(a: &State, b: &State) -> Result<(), TestCaseError> {
    prop_assert!(a.all::<Return>().eq(b.all::<Return>()), "the returns");
    prop_assert!(a.accepted().eq(b.accepted()), "the accepted ones");
    prop_assert!(a.pending().eq(b.pending()), "those that wait");
    for id in ["f.KH-01", "f.KH-02"] {
        prop_assert_eq!(a.filed(id), b.filed(id));
    }
    for id in a.ids(Kind::Return) {
        prop_assert_eq!(a.touched_by(Kind::Return, id), b.touched_by(Kind::Return, id));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn amendments_make_the_state_and_totals_of_whole_returns(steps in proptest::collection::vec(step(), 1..25)) {
        let (mut whole, mut short) = (plan(), plan());
        let mut totals = Totals::build(&short, false);
        for ((unit, answers, alone, status), position) in steps.into_iter().zip(2..) {
            let assignment = ["f.KH-01", "f.KH-02"][unit].to_string();
            let period: romduol_plan::Period = "2024Q1".parse().unwrap();
            let id = romduol_plan::state::return_id(&assignment, period);
            let old = short.find::<Return>(&id).cloned();
            let mut now = old.as_ref().filter(|_| !alone).map(|old| old.answers.open()).unwrap_or_default();
            for answer in answers {
                now.retain(|other| !alone || other.indicator != answer.indicator);
                match now.iter_mut().find(|other| other.indicator == answer.indicator) {
                    Some(other) => *other = answer,
                    None => now.push(answer),
                }
            }
            let version = old.as_ref().map_or(0, |old| old.version) + 1;
            let answers = Answers::pack(&now);
            let steps_done = if status == ReturnStatus::Accepted { 2 } else { 0 };
            let new = Return { id: id.clone(), assignment, period, version, status, steps_done, answers, illustrative: false };
            let change = returns::change(old.as_deref(), new.clone());
            let stored = Entry::from_stored(&entry(vec![change]).to_stored(Nonce(7))).unwrap();
            let before = short.accepted_return(&id).cloned();
            whole.apply(position, &entry(vec![Change::Put(new.into())])).unwrap();
            short.apply(position, &stored).unwrap();
            same(&whole, &short)?;
            same(&whole, &State::from_bytes(&short.to_bytes()).unwrap())?;
            let after = short.accepted_return(&id).cloned();
            if let Some(after) = after.filter(|after| before.as_ref().is_none_or(|b| !Arc::ptr_eq(b, after))) {
                prop_assert_eq!(totals.put(&short, before.as_deref(), &after), Update::Done);
            }
            prop_assert_eq!(numbers(&Totals::build(&whole, false)), numbers(&totals));
        }
    }
}

fn big() -> Return {
    let cells = |n: u32| Cells { grid: grid("A").into(), values: vec![Some(f64::from(n)); 4], bases: vec![] };
    let answer = |n: u32| Answer { cells: cells(n), ..Answer::to(&format!("I-{n}")) };
    Return {
        id: "f.KH-01.2024Q1".into(),
        assignment: "f.KH-01".into(),
        period: "2024Q1".parse().unwrap(),
        version: 1,
        status: ReturnStatus::Accepted,
        steps_done: 2,
        answers: Answers::pack(&(0..100).map(answer).collect::<Vec<_>>()),
        illustrative: false,
    }
}

#[test]
fn a_correction_is_as_long_as_what_it_corrects() {
    let old = big();
    let mut seventh = old.answers.about("I-7").unwrap();
    seventh.cells.values[1] = Some(70.0);
    let answers = old.answers.amend(&Answers::pack(&[seventh.clone()]));
    let new = Return { version: 2, answers, ..old.clone() };
    let stored = entry(vec![returns::change(Some(&old), new.clone())]).to_stored(Nonce(7));
    assert!(stored.contains("amend") && stored.len() < 450, "{stored}");
    assert_eq!(new.answers.since(&old.answers).unwrap(), [seventh.clone()]);
    assert_eq!(new.answers.about("I-7").unwrap(), seventh);

    // The next one says only what is new, and a step of verification hardly anything.
    let mut eighth = old.answers.about("I-8").unwrap();
    eighth.state = AnswerState::Missing;
    let next = Return { version: 3, answers: new.answers.amend(&Answers::pack(&[eighth.clone()])), ..new.clone() };
    let Change::Amend(by) = returns::change(Some(&new), next.clone()) else { panic!("an amendment") };
    assert_eq!(by.answers.open(), [eighth]);
    assert_eq!(new.amended(&by), next);
    let verified = Return { status: ReturnStatus::Verified, ..next.clone() };
    let Change::Amend(by) = returns::change(Some(&next), verified.clone()) else { panic!("an amendment") };
    assert!(by.answers.is_empty());
    assert_eq!(next.amended(&by), verified);
}

#[test]
fn what_differs_in_everything_or_is_asked_anew_is_filed_whole() {
    let old = big();
    let mut answers = old.answers.open();
    answers.iter_mut().for_each(|answer| answer.cells.values[0] = Some(1000.0));
    let all = Return { version: 2, answers: Answers::pack(&answers), ..old.clone() };
    assert!(matches!(returns::change(Some(&old), all), Change::Put(_)));
    answers.pop();
    let fewer = Return { version: 2, answers: Answers::pack(&answers), ..old.clone() };
    assert!(matches!(returns::change(Some(&old), fewer), Change::Put(_)));
    assert!(matches!(returns::change(None, old), Change::Put(_)));
}

/// What an earlier version wrote, as it is written today.
fn with_nonce(text: &str) -> String {
    assert!(!Entry::is_blinded(text));
    text.replacen('{', "{\"nonce\":\"000000000000000000000000000000ab\",", 1)
}

/// An entry as the first program that amended wrote it: stored once, never made anew.
#[test]
fn the_first_amendment_is_read() {
    let read = |text: &str| Entry::from_stored(text).unwrap();
    let mut state = State::default();
    state.apply(1, &read(include_str!("fixtures/return-v1.json"))).unwrap();
    let amendment = read(include_str!("fixtures/amendment-v2.json"));
    let written = include_str!("fixtures/amendment-v2.json").replace("\"v\":2", "\"v\":3");
    assert_eq!(amendment.to_stored(Nonce(0xab)), with_nonce(&written), "and written in the present version");
    state.apply(2, &amendment).unwrap();
    let record = state.find::<Return>("province-quarter.KH-12.2026Q3").unwrap();
    let answers = record.answers.open();
    let values = |n: usize| answers[n].cells.iter().map(|cell| cell.value).collect::<Vec<_>>();
    assert_eq!((record.version, answers.len(), values(0), values(1)), (2, 3, vec![4.0, 5.0], vec![7.0]));
    // An amendment of another version than the one that is there is told, and changes nothing.
    let id = "province-quarter.KH-12.2026Q3".to_string();
    assert_eq!(state.apply(3, &amendment), Err(WrongBase { id, base: 1, now: Some(2) }));
    assert_eq!(state.position(), 2);
    assert_eq!(state.find::<Return>("province-quarter.KH-12.2026Q3").unwrap().version, 2);
}

/// The time stands before what was changed, in whatever form an entry was ever stored.
#[test]
fn the_time_of_an_entry_is_read_without_its_changes() {
    for text in [include_str!("fixtures/amendment-v2.json"), include_str!("fixtures/return-v3.json")] {
        let entry = Entry::from_stored(text).unwrap();
        assert_eq!(Entry::stamp(text), Some(entry.at.as_str()));
        assert_eq!(Entry::stamp(&entry.to_stored(Nonce(7))), Some(entry.at.as_str()));
    }
    assert_eq!((Entry::stamp("{}"), Entry::stamp("{\"nonce\":\"0"), Entry::stamp("")), (None, None, None));
}

/// An entry of the first version in which a total has a base: stored once, never made anew.
#[test]
fn the_base_of_a_total_is_read() {
    let text = include_str!("fixtures/return-v3.json");
    let entry = Entry::from_stored(text).unwrap();
    assert_eq!(entry.to_stored(Nonce(0xab)), with_nonce(text));
    let [Change::Put(Body::Return(record))] = entry.changes.as_slice() else { panic!("one return") };
    let answer = record.answers.about("PAR-13").unwrap();
    assert_eq!((answer.total, answer.total_base), (Some(1500.0), Some(2000.0)));
}

/// Nothing in a ledger keeps a later version of a return from naming another unit.
#[test]
fn what_was_filed_is_counted_for_each_unit() {
    let put = |assignment: &str, version: u32, status: &str| {
        let body = json!({ "id": "R", "assignment": assignment, "period": "2024Q1", "version": version, "status": status,
            "steps_done": 0, "answers": { "grids": [], "of": [] } });
        Change::Put(Body::read(Kind::Return, body).unwrap())
    };
    let mut state = State::default();
    state.apply(1, &entry(vec![put("f.KH-01", 1, "submitted"), put("f.KH-02", 2, "sent-back")])).unwrap();
    assert_eq!((state.filed("f.KH-01"), state.filed("f.KH-02")), (0, 0));
    state.apply(2, &entry(vec![put("f.KH-02", 3, "accepted"), Change::Retire(Kind::Return, "R".into())])).unwrap();
    assert_eq!((state.filed("f.KH-01"), state.filed("f.KH-02")), (0, 0));
}
