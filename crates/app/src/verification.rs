//! Verifying returns, closing and reopening periods.

use romduol_plan::kinds::{Assignment, Form, Lock, Return, ReturnStatus};
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Decision};
use romduol_plan::state::lock_id;
use romduol_plan::{Change, Kind, Period, State};

use crate::accounts::Person;
use crate::said;
use crate::{App, AppError};

/// The returns that wait for this person's decision, oldest period first.
pub fn waiting<'a>(state: &'a State, person: &Person) -> Vec<&'a Return> {
    let mut waiting: Vec<&Return> =
        state.pending().map(|r| &**r).filter(|record| person.post.may_verify(record, state).is_ok()).collect();
    waiting.sort_by(|a, b| (a.period, &a.id).cmp(&(b.period, &b.id)));
    waiting
}

impl App {
    /// Passes a return on or sends it back. `seen` is the version the person looked at.
    pub async fn decide(
        &self,
        person: &Person,
        id: &str,
        seen: u32,
        decision: Decision,
    ) -> Result<ReturnStatus, AppError> {
        let why = match &decision {
            Decision::Pass => "verified".to_string(),
            Decision::SendBack { reason } => said::reason(reason)?,
        };
        let (person_, id_) = (person.clone(), id.to_string());
        let decide = move |state: &State| {
            let missing = || AppError::NotFound { kind: Kind::Return, id: id_.clone() };
            let record = state.find::<Return>(&id_).ok_or_else(missing)?;
            // Whether it waits is nobody's business who may not verify the unit at all.
            let assignment = state.find::<Assignment>(&record.assignment).ok_or_else(missing)?;
            person_.post.may_for(Act::Verify, assignment, state)?;
            let next = returns::decide(state, &id_, seen, &decision)?;
            person_.post.may_verify(record, state)?;
            Ok(vec![returns::change(Some(record), next)])
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        let snapshot = self.snapshot();
        Ok(snapshot.state.find::<Return>(id).map_or(ReturnStatus::Accepted, |record| record.status))
    }

    /// Closes a period of a form, or reopens it with a reason.
    pub async fn lock(
        &self,
        person: &Person,
        form: &str,
        period: Period,
        close: bool,
        reason: &str,
    ) -> Result<(), AppError> {
        person.post.may(Act::Lock)?;
        let reason = said::reason(reason)?;
        let form = form.to_string();
        let decide = move |state: &State| {
            state.find::<Form>(&form).ok_or(AppError::NotFound { kind: Kind::Form, id: form.clone() })?;
            let id = lock_id(&form, period);
            Ok(match (close, state.is_locked(&form, period)) {
                (true, false) => vec![Change::Put(Lock { id, form: form.clone(), period }.into())],
                (false, true) => vec![Change::Retire(Kind::Lock, id)],
                _ => Vec::new(),
            })
        };
        self.run(person.actor(), reason, Box::new(decide)).await?;
        Ok(())
    }
}
