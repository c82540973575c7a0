//! A small state: the plan in `plans/cambodia-wps` and a few returns whose numbers can be added up by hand.

use std::collections::BTreeMap;
use std::path::Path;

use romduol_exchange::About;
use romduol_plan::answers::question;
use romduol_plan::kinds::*;
use romduol_plan::package::{Package, Sheet};
use romduol_plan::{Actor, Change, Date, Entry, State};

pub fn about() -> About {
    About {
        date: Date { year: 2026, month: 11, day: 23 },
        hash: Some("00ff".into()),
        licence: "Made up for a test; no licence".into(),
        program: "romduol 0.1.0".into(),
    }
}

pub fn state() -> State {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    // A plan need not have a table of every kind.
    let there = Kind::of_package().filter(|kind| folder.join(format!("{}.csv", kind.code())).exists());
    let sheets: BTreeMap<Kind, Sheet> = there.map(|kind| (kind, sheet(&folder, kind))).collect();
    let package = Package::read(&sheets);
    assert!(package.faults.is_empty(), "{:?}", package.faults);
    let mut state = State::default();
    put(&mut state, 1, package.records.into_iter().map(|(_, body)| body).collect());
    let returns = returns(&state);
    put(&mut state, 2, returns.into_iter().map(Body::from).collect());
    state
}

fn sheet(folder: &Path, kind: Kind) -> Sheet {
    let mut reader = csv::Reader::from_path(folder.join(format!("{}.csv", kind.code()))).unwrap();
    let cells = |record: &csv::StringRecord| record.iter().map(String::from).collect::<Vec<_>>();
    let header = cells(reader.headers().unwrap());
    Sheet::of_texts(header, reader.records().map(|record| cells(&record.unwrap())).collect())
}

pub fn put(state: &mut State, position: u64, bodies: Vec<Body>) {
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    let changes = bodies.into_iter().map(Change::Put).collect();
    state.apply(position, &Entry { at: "2026-11-23T00:00:00Z".into(), actor, why: "test".into(), changes }).unwrap();
}

fn returns(state: &State) -> Vec<Return> {
    let whole = |value, base| Numbers { values: vec![Some(value)], bases: vec![base] };
    // Women and men, each in five ages; the last age of men was left empty.
    let people = |first: u32| Numbers {
        values: (0..10).map(|n| (n < 9).then(|| f64::from(first + n))).collect(),
        bases: vec![],
    };
    // With and without a disability, then four hazards, which stand beside.
    let floods = Numbers { values: [3., 4., 5., 1., 0., 2.].map(Some).to_vec(), bases: vec![] };
    // Chairs and other members: women of all.
    let seats = Numbers { values: vec![Some(2.5), Some(7.)], bases: vec![Some(10.), Some(20.)] };
    // The number itself, then six groups beside it.
    let groups = Numbers { values: [30., 6., 5., 4., 3., 2., 1.].map(Some).to_vec(), bases: vec![] };
    let with_total = |answer: Answer, total| Answer { total: Some(total), ..answer };
    vec![
        filed(
            "province-quarter.KH-01",
            "2024Q1",
            vec![
                given(state, "RAR-04", people(1)),
                given(state, "RAR-05", groups),
                with_total(given(state, "PRT-08", floods.clone()), 8.),
                without(state, "RAR-07", AnswerState::Missing),
            ],
        ),
        filed(
            "province-quarter.KH-01",
            "2024Q2",
            vec![given(state, "RAR-04", people(10)), with_total(without(state, "RAR-07", AnswerState::Given), 12.)],
        ),
        Return {
            illustrative: true,
            ..filed(
                "province-quarter.KH-12",
                "2024Q1",
                vec![Answer { estimate: true, ..given(state, "RAR-04", people(100)) }, given(state, "PRT-08", floods)],
            )
        },
        filed(
            "province-year.KH-01",
            "2024",
            vec![
                given(state, "PAR-03", whole(21., Some(100.))),
                given(state, "PAR-13", seats),
                without(state, "PRV-02", AnswerState::NotApplicable),
            ],
        ),
        filed("province-year.KH-12", "2025", vec![given(state, "PAR-03", whole(30., Some(90.)))]),
        Return {
            status: ReturnStatus::Submitted,
            ..filed("province-year.KH-02", "2024", vec![given(state, "PAR-03", whole(1., Some(1.)))])
        },
    ]
}

#[derive(Clone)]
struct Numbers {
    values: Vec<Option<f64>>,
    bases: Vec<Option<f64>>,
}

fn filed(assignment: &str, period: &str, answers: Vec<Answer>) -> Return {
    Return {
        id: format!("{assignment}.{period}"),
        assignment: assignment.into(),
        period: period.parse().unwrap(),
        version: 1,
        status: ReturnStatus::Accepted,
        steps_done: 2,
        answers: Answers::pack(&answers),
        illustrative: false,
    }
}

fn given(state: &State, indicator: &str, Numbers { values, bases }: Numbers) -> Answer {
    let grid = question(state, state.find::<Indicator>(indicator).unwrap()).grid;
    assert_eq!(grid.0.len(), values.len(), "{indicator}");
    Answer { cells: Cells { grid, values, bases }, ..without(state, indicator, AnswerState::Given) }
}

fn without(state: &State, indicator: &str, answer: AnswerState) -> Answer {
    assert!(state.find::<Indicator>(indicator).is_some(), "{indicator}");
    Answer { state: answer, comment: "never to be exported".into(), ..Answer::to(indicator) }
}
