//! Each refusal with the step that raises it and the one beside it that does not. A refusal without a row does not compile.

use strum::VariantArray;

use super::refused::RefusedDiscriminants as Kind;
use super::*;
use crate::sample::{UNIT, entry, plan};

const TODAY: Date = Date { year: 2026, month: 11, day: 23 };

fn quarter(text: &str) -> Period {
    text.parse().unwrap()
}

fn filed(version: u32, status: ReturnStatus) -> Return {
    Return {
        id: return_id(UNIT, quarter("2026Q3")),
        assignment: UNIT.into(),
        period: quarter("2026Q3"),
        version,
        status,
        steps_done: 0,
        answers: Answers::pack(&[]),
        illustrative: false,
    }
}

fn state_with(changes: Vec<Change>) -> State {
    let mut state = plan();
    state.apply(2, &entry(changes)).unwrap();
    state
}

fn with(version: u32, status: ReturnStatus) -> State {
    state_with(vec![Change::Put(filed(version, status).into())])
}

fn report(state: &State, unit: &str, period: &str, today: Date) -> Result<(), Refused> {
    may_report(state, unit, quarter(period), today).map(|_| ())
}

fn corrected(reason: &str) -> Result<(), Refused> {
    let state = with(1, ReturnStatus::Accepted);
    let due = may_report(&state, UNIT, quarter("2026Q3"), TODAY)?;
    submit(&due, Answers::pack(&[]), reason, false).map(|_| ())
}

fn decided(state: &State, seen: u32, decision: &Decision) -> Result<(), Refused> {
    decide(state, &filed(1, ReturnStatus::Submitted).id, seen, decision).map(|_| ())
}

fn answered(comment: &str) -> Result<(), Refused> {
    let state = plan();
    let asked = crate::answers::questions(&state, crate::sample::unit(&state));
    let missing = |question: &crate::answers::Question| Answer {
        state: AnswerState::Missing,
        comment: comment.into(),
        ..Answer::to(&question.indicator.id)
    };
    let answers: Vec<Answer> = asked.iter().map(missing).collect();
    file(&state, UNIT, quarter("2026Q3"), TODAY, &answers, "").map(|_| ())
}

/// What is refused, and what is beside it and is not.
fn case(kind: Kind) -> [Result<(), Refused>; 2] {
    let (sent, accepted) = (with(1, ReturnStatus::Submitted), with(1, ReturnStatus::Accepted));
    match kind {
        Kind::UnknownAssignment => {
            [report(&plan(), "f.KH-99", "2026Q3", TODAY), report(&plan(), UNIT, "2026Q3", TODAY)]
        }
        Kind::WrongPeriod => [report(&plan(), UNIT, "2025", TODAY), report(&plan(), UNIT, "2025Q1", TODAY)],
        Kind::TooEarly => {
            ["2026-12-31", "2027-01-01"].map(|day| report(&plan(), UNIT, "2026Q4", Date::parse(day).unwrap()))
        }
        Kind::NotOwed => ["2023Q4", "2024Q1"].map(|period| report(&plan(), UNIT, period, TODAY)),
        Kind::NoSuchArea => ["2024Q4", "2025Q1"].map(|period| report(&plan(), "f.KH-02", period, TODAY)),
        Kind::Closed => ["2026Q2", "2026Q3"].map(|period| {
            let period = quarter(period);
            let lock = Lock { id: crate::state::lock_id("f", period), form: "f".into(), period };
            report(&state_with(vec![Change::Put(lock.into())]), UNIT, "2026Q2", TODAY)
        }),
        Kind::UnderVerification => [&sent, &accepted].map(|state| report(state, UNIT, "2026Q3", TODAY)),
        Kind::Problems => ["", "not known"].map(answered),
        Kind::ReasonNeeded => ["  ", "a slip"].map(corrected),
        Kind::NotWaiting => [&accepted, &sent].map(|state| decided(state, 1, &Decision::Pass)),
        Kind::Moved => [1, 2].map(|seen| decided(&with(2, ReturnStatus::Verified), seen, &Decision::Pass)),
    }
}

#[test]
fn every_refusal_has_a_step_that_raises_it_and_one_beside_it_that_does_not() {
    for kind in Kind::VARIANTS {
        let [raises, beside] = case(*kind);
        assert_eq!(raises.map_err(|refused| Kind::from(&refused)), Err(*kind));
        assert_eq!(beside, Ok(()), "{kind:?}");
    }
    println!("{} refusals", Kind::VARIANTS.len());
}

#[test]
fn sending_back_needs_a_reason() {
    let state = with(1, ReturnStatus::Submitted);
    for (reason, refused) in [(" ", Err(Refused::ReasonNeeded)), ("count again", Ok(()))] {
        assert_eq!(decided(&state, 1, &Decision::SendBack { reason: reason.into() }), refused);
    }
}

/// The form changes while a return is on its way: what was right when it was opened is checked again.
#[test]
fn a_form_that_changed_meanwhile_is_checked_anew() {
    let before = plan();
    let questions = crate::answers::questions(&before, crate::sample::unit(&before));
    let missing = |question: &crate::answers::Question| Answer {
        state: AnswerState::Missing,
        comment: "not known".into(),
        ..Answer::to(&question.indicator.id)
    };
    let answers: Vec<Answer> = questions.iter().map(missing).collect();
    let mut more = Indicator::clone(before.find::<Indicator>("COUNT").unwrap());
    more.id = "COUNT-2".into();
    let after = state_with(vec![Change::Put(more.into())]);
    assert!(!after.asks_as(&before) && before.clone().asks_as(&before));
    let filed = |state: &State| file(state, UNIT, quarter("2026Q3"), TODAY, &answers, "");
    assert!(filed(&before).is_ok());
    let Err(Refused::Problems(found)) = filed(&after) else { panic!("not checked") };
    assert_eq!((found[0].indicator.as_str(), &*found[0].say.key), ("COUNT-2", "check-empty"));
}
