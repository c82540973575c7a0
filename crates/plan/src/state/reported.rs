//! Tests of what counts as reported: a return that holds nothing does not.

use crate::Period;
use crate::entry::Entry;
use crate::kinds::*;
use crate::period::Date;
use crate::returns::{late, owed};
use crate::sample::{UNIT, entry, plan};
use crate::state::{State, return_id};

const TODAY: Date = Date { year: 2026, month: 11, day: 23 };

fn filed(state: &mut State, version: u32, answers: &[Answer]) {
    filed_on(state, "2026-11-23", version, answers);
}

fn filed_on(state: &mut State, day: &str, version: u32, answers: &[Answer]) {
    let period: Period = "2026Q1".parse().unwrap();
    let record = Return {
        id: return_id(UNIT, period),
        assignment: UNIT.into(),
        period,
        version,
        status: ReturnStatus::Accepted,
        steps_done: 2,
        answers: Answers::pack(answers),
        illustrative: false,
    };
    let old = state.find::<Return>(&record.id).cloned();
    let change = crate::returns::change(old.as_deref(), record);
    let entry = Entry { at: format!("{day}T08:00:00Z"), ..entry(vec![change]) };
    state.apply(state.position() + 1, &entry).unwrap();
}

fn missing(indicator: &str) -> Answer {
    Answer { state: AnswerState::Missing, comment: "no register".into(), ..Answer::to(indicator) }
}

/// How many are late, counted one by one and at once.
fn lateness(state: &State) -> usize {
    let unit = state.find::<Assignment>(UNIT).unwrap();
    let slow = owed(state, unit, TODAY).iter().filter(|due| due.overdue(TODAY)).count();
    assert_eq!(late(state, unit, TODAY), slow);
    slow
}

#[test]
fn a_return_that_holds_nothing_is_not_reported() {
    let mut state = plan();
    let before = lateness(&state);
    filed(&mut state, 1, &[missing("COUNT"), missing("PEOPLE")]);
    assert_eq!((lateness(&state), state.filed(UNIT)), (before, 0));
    filed(&mut state, 2, &[Answer { total: Some(0.0), ..Answer::to("COUNT") }, missing("PEOPLE")]);
    assert_eq!((lateness(&state), state.filed(UNIT)), (before - 1, 1), "a zero is a number");
    filed(&mut state, 3, &[missing("COUNT"), missing("PEOPLE")]);
    assert_eq!((lateness(&state), state.filed(UNIT)), (before, 0), "taken back by an amendment");
    let none = Answer { state: AnswerState::NotApplicable, ..missing("COUNT") };
    filed(&mut state, 4, &[none, missing("PEOPLE")]);
    assert_eq!((lateness(&state), state.filed(UNIT)), (before - 1, 1), "that it does not apply is an answer");
    let kept = State::from_bytes(&state.to_bytes()).unwrap();
    assert_eq!(kept.filed(UNIT), 1);
    let words = Answer { comment: "a law was passed".into(), ..Answer::to("STORY") };
    filed(&mut state, 5, &[missing("COUNT"), words]);
    assert_eq!(state.filed(UNIT), 1);
}

#[test]
fn a_return_came_in_on_the_day_it_was_filled() {
    let mut state = plan();
    let id = return_id(UNIT, "2026Q1".parse().unwrap());
    let came = |state: &State| state.received(&id).map(|day| day.to_string());
    let full = [Answer { total: Some(3.0), ..Answer::to("COUNT") }, missing("PEOPLE")];
    let empty = [missing("COUNT"), missing("PEOPLE")];
    filed_on(&mut state, "2026-11-24", 1, &empty);
    filed_on(&mut state, "2026-11-26", 2, &full);
    assert_eq!(came(&state).as_deref(), Some("2026-11-26"), "what was empty in time is late when it is filled late");
    filed_on(&mut state, "2026-11-27", 3, &[Answer { total: Some(4.0), ..Answer::to("COUNT") }, missing("PEOPLE")]);
    assert_eq!(came(&state).as_deref(), Some("2026-11-26"), "a correction changes nothing");
    let kept = State::from_bytes(&state.to_bytes()).unwrap();
    assert_eq!((came(&kept), &kept), (came(&state), &state));
    filed_on(&mut state, "2026-11-28", 4, &empty);
    filed_on(&mut state, "2026-11-30", 5, &full);
    assert_eq!(came(&state).as_deref(), Some("2026-11-30"));
}

#[test]
fn many_missing_answers_hold_nothing_either() {
    let many: Vec<Answer> = (0..200).map(|n| missing(&format!("I-{n}"))).collect();
    assert!(Answers::pack(&many).hold_nothing(), "however long they are");
    let mut one = many.clone();
    one[150] = Answer { total: Some(1.0), ..Answer::to("I-150") };
    assert!(!Answers::pack(&one).hold_nothing());
    assert!(Answers::pack(&one).amend(&Answers::pack(&many[150..151])).hold_nothing());
    let put = |answers: &[Answer]| Answers::pack(answers).open();
    assert_eq!(put(&many), many);
}
