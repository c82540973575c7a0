//! The returns that wait for somebody's decision.

use romduol_plan::State;
use romduol_plan::kinds::Return;

use crate::accounts::Person;

/// The returns that wait for this person's decision, oldest period first.
pub fn waiting<'a>(state: &'a State, person: &Person) -> Vec<&'a Return> {
    let mut waiting: Vec<&Return> =
        state.pending().map(|r| &**r).filter(|record| person.post.may_verify(record, state).is_ok()).collect();
    waiting.sort_by(|a, b| (a.period, &a.id).cmp(&(b.period, &b.id)));
    waiting
}
