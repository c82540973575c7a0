//! Each check with the input that raises it and the one beside it that does not; and the same rules for a total as for a
//! cell. A check without a row does not compile.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::intake::{Intake, Questions};
use crate::sample::{plan, unit};
use crate::say::Part;

/// A return to which no check has anything to say, as fields of its form.
const GOOD: &[(&str, &str)] = &[
    ("v|COUNT|", "5"),
    ("v|DAYS|", "10.5"),
    ("b|DAYS|", "4"),
    ("v|LAW|", "1"),
    ("v|PEOPLE|sex.f/age.0-17", "2"),
    ("v|PEOPLE|sex.f/age.18", "2"),
    ("v|PEOPLE|sex.f/age.60", "2"),
    ("v|PEOPLE|sex.m/age.0-17", "2"),
    ("v|PEOPLE|sex.m/age.18", "2"),
    ("v|PEOPLE|sex.m/age.60", "2"),
    ("v|PEOPLE|hazard.flood", "1"),
    ("v|PEOPLE|hazard.fire", "0"),
    ("v|RULE|sex.f", "1"),
    ("v|RULE|sex.m", "0"),
    ("v|RUNNING|sex.f", "4"),
    ("v|RUNNING|sex.m", "3"),
    ("v|SCORE|", "-3.5"),
    ("v|SHARE|sex.f", "1"),
    ("b|SHARE|sex.f", "2"),
    ("v|SHARE|sex.m", "1"),
    ("b|SHARE|sex.m", "2"),
    ("c|STORY", "It went well"),
];

/// The good return with other fields; an empty text leaves a field out.
fn answers(state: &State, changed: &[(&str, &str)]) -> Vec<Answer> {
    let fields: BTreeMap<&str, &str> = GOOD.iter().chain(changed).copied().collect();
    let mut intake = Intake::new(Arc::new(Questions::of(state, unit(state))));
    for (name, typed) in fields {
        intake.field(&name.parse().unwrap(), typed).unwrap();
    }
    intake.finish()
}

/// The good return with one answer as it could only come from a program.
fn with(state: &State, indicator: &str, change: impl Fn(&mut Answer)) -> Vec<Answer> {
    let mut answers = answers(state, &[]);
    answers.iter_mut().filter(|answer| answer.indicator == indicator).for_each(change);
    answers
}

/// The good return as what was given, and accepted, the last time.
fn good(state: &State) -> LastTimes {
    let period = "2025Q4".parse().unwrap();
    let last = |answer: Answer| LastTime { period, answer, accepted: true, illustrative: false };
    answers(state, &[]).into_iter().map(|answer| (answer.indicator.clone(), last(answer))).collect()
}

/// The codes of what is found; the good return is the last period's.
fn found(state: &State, answers: &[Answer]) -> Vec<String> {
    let problems = check_against(state, &questions(state, unit(state)), &good(state), answers);
    for problem in &problems {
        let check = Check::parse(&problem.say.key).expect("the key of a check");
        assert_eq!(problem.severity, check.severity());
    }
    problems.into_iter().map(|problem| problem.say.key.to_string()).collect()
}

/// What raises a check, and what is beside it and does not.
fn case(check: Check, state: &State) -> [Vec<Answer>; 2] {
    let fields = |raises: &[(&str, &str)], beside: &[(&str, &str)]| [answers(state, raises), answers(state, beside)];
    let cell = |indicator: &str, value: f64| with(state, indicator, |answer| answer.cells.values[0] = Some(value));
    let own = |indicator: &str| answers(state, &[]).into_iter().find(|a| a.indicator == indicator).unwrap();
    match check {
        Check::AnsweredTwice => [[answers(state, &[]), vec![own("COUNT")]].concat(), answers(state, &[])],
        Check::BaseEmpty => fields(&[("b|SHARE|sex.f", "")], &[("v|SHARE|sex.f", ""), ("b|SHARE|sex.f", "")]),
        Check::BaseNotAsked => [
            with(state, "COUNT", |answer| answer.cells.bases = vec![Some(20.0)]),
            with(state, "COUNT", |answer| answer.cells.bases = vec![None]),
        ],
        Check::BaseZero => fields(&[("b|SHARE|sex.f", "0")], &[("b|SHARE|sex.f", "0"), ("v|SHARE|sex.f", "0")]),
        Check::Empty => fields(&[("v|COUNT|", "")], &[("v|COUNT|", "0")]),
        Check::GroupExceedsTotal => fields(&[("v|PEOPLE|hazard.flood", "13")], &[("v|PEOPLE|hazard.flood", "12")]),
        Check::IndicatorNotAsked => [[answers(state, &[]), vec![Answer::to("OTHER")]].concat(), answers(state, &[])],
        Check::Jump => fields(&[("v|COUNT|", "16")], &[("v|COUNT|", "15")]),
        Check::MoreThanBase => fields(&[("v|SHARE|sex.f", "3")], &[("v|SHARE|sex.f", "2")]),
        Check::Negative => fields(&[("v|COUNT|", "-1")], &[("v|SCORE|", "-1")]),
        Check::NotANumber => [cell("COUNT", f64::NAN), cell("COUNT", 6.0)],
        Check::NotAsked => {
            let grid = |id: &str| Arc::new(Grid(vec![vec![id.to_string()]]));
            let cells = |id: &str| Cells { grid: grid(id), values: vec![Some(1.0)], bases: vec![] };
            ["age.18", "sex.f"].map(|id| with(state, "RULE", |answer| answer.cells = cells(id)))
        }
        Check::NotWhole => fields(&[("v|COUNT|", "3.7")], &[("v|DAYS|", "3.7")]),
        Check::NotYesNo => fields(&[("v|LAW|", "2")], &[("v|LAW|", "0")]),
        Check::NumberWithoutAnswer => fields(
            &[("s|COUNT", "missing"), ("c|COUNT", "not known")],
            &[("s|COUNT", "missing"), ("c|COUNT", "not known"), ("v|COUNT|", "")],
        ),
        Check::OldFont => fields(&[("c|COUNT", "RBHraCaNac®kkm<úCa nigsuxmalPaB®sþI©s")], &[("c|COUNT", "ស្ត្រី")]),
        Check::Personal => fields(&[("c|COUNT", "call 012 345 678")], &[("c|COUNT", "call us")]),
        Check::RunningTotalFell => fields(&[("v|RUNNING|sex.m", "2")], &[("v|RUNNING|sex.m", "3")]),
        Check::SomeCellsEmpty => fields(&[("v|PEOPLE|sex.f/age.18", "")], &[("v|PEOPLE|hazard.flood", "")]),
        Check::TotalBaseDiffers => fields(&[("t|SHARE", "2"), ("u|SHARE", "5")], &[("t|SHARE", "2"), ("u|SHARE", "4")]),
        Check::TotalDiffers => fields(&[("t|PEOPLE", "13")], &[("t|PEOPLE", "12")]),
        Check::TotalMissing => [answers(state, &no_parts(&[])), answers(state, &no_parts(&[("t|PEOPLE", "12")]))],
        Check::ValueEmpty => fields(&[("v|SHARE|sex.f", "")], &[("v|SHARE|sex.f", ""), ("b|SHARE|sex.f", "")]),
        Check::WhyMissing => fields(
            &[("s|COUNT", "missing"), ("v|COUNT|", "")],
            &[("s|COUNT", "missing"), ("v|COUNT|", ""), ("c|COUNT", "not known")],
        ),
    }
}

/// All cells of the crossed indicators left out.
fn no_parts<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let crossed = ["PEOPLE|sex", "SHARE|sex", "RULE|sex", "RUNNING|sex"];
    let parts = GOOD.iter().filter(|(name, _)| crossed.iter().any(|part| name[2..].starts_with(part)));
    parts.map(|(name, _)| (*name, "")).chain(more.iter().copied()).collect()
}

#[test]
fn every_check_has_an_input_that_raises_it_and_one_beside_it_that_does_not() {
    let state = plan();
    assert_eq!(found(&state, &answers(&state, &[])), [""; 0]);
    for check in Check::ALL {
        let [raises, beside] = case(*check, &state).map(|answers| found(&state, &answers));
        assert!(raises.iter().any(|key| key == check.code()), "{}: {raises:?}", check.code());
        assert!(!beside.iter().any(|key| key == check.code()), "{}: {beside:?}", check.code());
    }
    println!("{} checks", Check::ALL.len());
}

/// A return that gives totals only: each rule that a cell obeys, with a total that breaks it and one beside it.
#[test]
fn a_total_obeys_the_rules_of_a_cell() {
    let state = plan();
    type Fields = &'static [(&'static str, &'static str)];
    let table: &[(Check, Fields, Fields)] = &[
        (Check::Negative, &[("t|PEOPLE", "-500")], &[("t|PEOPLE", "0")]),
        (Check::NotWhole, &[("t|PEOPLE", "3.7")], &[("t|PEOPLE", "3")]),
        (Check::NotWhole, &[("t|SHARE", "1.5"), ("u|SHARE", "2")], &[("t|SHARE", "1"), ("u|SHARE", "2")]),
        (Check::NotYesNo, &[("t|RULE", "2")], &[("t|RULE", "1")]),
        (Check::BaseEmpty, &[("t|SHARE", "1")], &[("t|SHARE", "1"), ("u|SHARE", "2")]),
        (Check::ValueEmpty, &[("u|SHARE", "2")], &[("t|SHARE", "1"), ("u|SHARE", "2")]),
        (Check::BaseZero, &[("t|SHARE", "1"), ("u|SHARE", "0")], &[("t|SHARE", "0"), ("u|SHARE", "0")]),
        (Check::MoreThanBase, &[("t|SHARE", "3"), ("u|SHARE", "2")], &[("t|SHARE", "2"), ("u|SHARE", "2")]),
        (Check::Negative, &[("t|SHARE", "1"), ("u|SHARE", "-2")], &[("t|SHARE", "1"), ("u|SHARE", "2")]),
        (Check::GroupExceedsTotal, &[("t|PEOPLE", "0")], &[("t|PEOPLE", "1")]),
        (Check::RunningTotalFell, &[("t|RUNNING", "6")], &[("t|RUNNING", "7")]),
        (Check::Jump, &[("t|PEOPLE", "37")], &[("t|PEOPLE", "36")]),
        (Check::Jump, &[("t|PEOPLE", "3")], &[("t|PEOPLE", "4")]),
    ];
    for (check, raises, beside) in table {
        let keys = |fields: &[(&str, &str)]| found(&state, &answers(&state, &no_parts(fields)));
        assert!(keys(raises).iter().any(|key| key == check.code()), "{}: {:?}", check.code(), keys(raises));
        assert!(!keys(beside).iter().any(|key| key == check.code()), "{}: {:?}", check.code(), keys(beside));
    }
    for bad in [f64::NAN, f64::INFINITY, 1e16] {
        for answers in [
            with(&state, "PEOPLE", |answer| answer.total = Some(bad)),
            with(&state, "SHARE", |answer| (answer.total, answer.total_base) = (Some(1.0), Some(bad))),
            with(&state, "SHARE", |answer| answer.cells.bases[1] = Some(bad)),
        ] {
            assert!(found(&state, &answers).contains(&Check::NotANumber.code().to_string()));
        }
    }
    // Beside parts, a total counts for nothing, and is a number all the same.
    assert!(found(&state, &answers(&state, &[("t|PEOPLE", "-12")])).contains(&Check::Negative.code().to_string()));
}

#[test]
fn a_warning_is_met_by_a_remark_and_an_error_is_not() {
    let state = plan();
    let problems = |answers: &[Answer]| check_against(&state, &questions(&state, unit(&state)), &good(&state), answers);
    for (fields, sent) in [
        (&[("v|COUNT|", "16")][..], false),
        (&[("v|COUNT|", "16"), ("c|COUNT", "a campaign")], true),
        (&[("v|COUNT|", "-1"), ("c|COUNT", "a campaign")], false),
        (&[("v|COUNT|", "16"), ("c|LAW", "elsewhere")], false),
    ] {
        let answers = answers(&state, fields);
        assert_eq!(submittable(&problems(&answers), &answers), sent, "{fields:?}");
    }
}

/// What is found in the return of the third quarter, with the quarter that a number is compared with.
fn compared(earlier: &[(&str, ReturnStatus, &str)], fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut state = plan();
    let unit = unit(&state).clone();
    for (period, status, count) in earlier {
        let period: crate::Period = period.parse().unwrap();
        let answers = match *count {
            "" => answers(&state, &[("s|COUNT", "missing"), ("c|COUNT", "not known"), ("v|COUNT|", "")]),
            count => answers(&state, &[("v|COUNT|", count)]),
        };
        let id = crate::state::return_id(&unit.id, period);
        let version = state.find::<Return>(&id).map_or(0, |record| record.version) + 1;
        let record = Return {
            id,
            assignment: unit.id.clone(),
            period,
            version,
            status: *status,
            steps_done: 0,
            answers: Answers::pack(&answers),
            illustrative: false,
        };
        let position = state.position() + 1;
        state.apply(position, &crate::sample::entry(vec![crate::Change::Put(record.into())])).unwrap();
    }
    let third = "2026Q3".parse().unwrap();
    let found = check(&state, &unit, third, &answers(&state, fields)).into_iter();
    let period = |say: &Say| {
        say.parts.iter().find_map(|(_, part)| if let Part::Period(period) = part { Some(*period) } else { None })
    };
    let told = |say: Say| (say.key.to_string(), period(&say).map(|p| p.to_string()).unwrap_or_default());
    found.map(|problem| told(problem.say)).collect()
}

#[test]
fn a_number_is_compared_with_the_last_one_that_there_is() {
    use ReturnStatus::{Accepted, SentBack, Submitted, Verified};
    let jump = |period: &str| vec![("check-jump".to_string(), period.to_string())];
    let fields: &[(&str, &str)] = &[("v|COUNT|", "1450")];
    type Earlier<'a> = &'a [(&'a str, ReturnStatus, &'a str)];
    let cases: [(Earlier, Vec<(String, String)>); 9] = [
        (&[("2026Q2", Accepted, "16")], jump("2026Q2")),
        // It waits for somebody, at any step.
        (&[("2026Q2", Submitted, "16")], jump("2026Q2")),
        (&[("2026Q1", Accepted, "1400"), ("2026Q2", Verified, "16")], jump("2026Q2")),
        (&[("2026Q1", Accepted, "16"), ("2026Q2", Submitted, "1400")], vec![]),
        // It was sent back, it has no number, or it never came.
        (&[("2026Q1", Accepted, "16"), ("2026Q2", SentBack, "1400")], jump("2026Q1")),
        (&[("2026Q2", Accepted, "16"), ("2026Q2", SentBack, "1400")], jump("2026Q2")),
        (&[("2026Q1", Accepted, "16"), ("2026Q2", Accepted, "")], jump("2026Q1")),
        (&[("2025Q4", Accepted, "16")], jump("2025Q4")),
        (&[], vec![]),
    ];
    for (earlier, expected) in cases {
        assert_eq!(compared(earlier, fields), expected, "{earlier:?}");
    }
}

#[test]
fn a_running_total_may_fall_from_what_nobody_accepted() {
    let found = |status| compared(&[("2026Q2", status, "9")], &[("v|COUNT|", "9"), ("v|RUNNING|sex.f", "3")]);
    let at = |key: &str| vec![(key.to_string(), "2026Q2".to_string())];
    assert_eq!(found(ReturnStatus::Accepted), at("check-running-total-fell"));
    assert_eq!(found(ReturnStatus::Submitted), at("check-jump"));
}
