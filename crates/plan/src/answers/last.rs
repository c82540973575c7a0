//! What a unit gave the last time: what a new number is compared with, and shown beside. Refuses to judge.

use std::collections::BTreeMap;

use super::Question;
use crate::kinds::*;
use crate::period::Period;
use crate::state::{State, return_id};

/// Older periods than so many say nothing of a new one.
const LOOKED_BACK: usize = 8;

/// An answer of an earlier period, as the unit sent it last; as it was accepted, where it was sent back since.
#[derive(Clone, Debug, PartialEq)]
pub struct LastTime {
    pub period: Period,
    pub answer: Answer,
    /// It has been verified by all who verify.
    pub accepted: bool,
    pub illustrative: bool,
}

/// By indicator, the last answer with a value before a period.
pub type LastTimes = BTreeMap<Id, LastTime>;

/// The last answers to some questions: those of the period before, and for what has no value there, older ones.
pub fn last_times(state: &State, assignment: &Assignment, questions: &[Question], period: Period) -> LastTimes {
    let mut found = LastTimes::new();
    let mut earlier = period.previous();
    for _ in 0..LOOKED_BACK {
        if earlier < assignment.from || questions.iter().all(|q| found.contains_key(&q.indicator.id)) {
            break;
        }
        if let Some(record) = sent(state, &return_id(&assignment.id, earlier)) {
            let (accepted, illustrative) = (record.status == ReturnStatus::Accepted, record.illustrative);
            for answer in record.answers.open().into_iter().filter(|a| a.state == AnswerState::Given) {
                let last = |answer| LastTime { period: earlier, answer, accepted, illustrative };
                found.entry(answer.indicator.clone()).or_insert_with(|| last(answer));
            }
        }
        earlier = earlier.previous();
    }
    found
}

/// A return as its unit stands by it.
fn sent<'a>(state: &'a State, id: &str) -> Option<&'a Return> {
    let newest = state.find::<Return>(id).filter(|record| record.status != ReturnStatus::SentBack);
    newest.or_else(|| state.accepted_return(id)).map(|record| &**record)
}
