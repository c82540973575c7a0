//! Filing a return: what a unit owes, the checks, and the submission.

use std::sync::Arc;

use romduol_plan::answers::Problem;
use romduol_plan::kinds::{Answer, Assignment};
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Due, Refused};
use romduol_plan::{Date, Period, State};

use crate::accounts::Person;
use crate::said::impersonal;
use crate::{App, AppError};

/// What a submission came to.
pub enum Filed {
    /// Durable, and waiting for the first verifier.
    Submitted,
    /// Nothing was saved in the ledger; these have to be met first.
    Problems(Vec<Problem>),
}

/// Everything the person's units owe, newest first.
pub fn owed_by(state: &State, person: &Person, today: Date) -> Vec<Due> {
    let mine = |a: &&Arc<Assignment>| person.post.may_for(Act::File, a, state).is_ok();
    let mut owed: Vec<Due> =
        state.all::<Assignment>().filter(mine).flat_map(|a| returns::owed(state, a, today)).collect();
    owed.sort_by(|a, b| (b.period, &a.assignment.id).cmp(&(a.period, &b.assignment.id)));
    owed
}

impl App {
    /// Opens a return for filling.
    pub fn open_return(
        &self,
        state: &State,
        person: &Person,
        assignment: &str,
        period: Period,
    ) -> Result<Due, AppError> {
        let found = state.find::<Assignment>(assignment);
        if let Some(found) = found {
            person.post.may_for(Act::File, found, state)?;
        }
        Ok(returns::may_report(state, assignment, period, self.now().date)?)
    }

    /// Submits a return. `reason` says why an accepted one is corrected.
    pub async fn submit(
        &self,
        person: &Person,
        due: &Due,
        answers: Vec<Answer>,
        reason: &str,
    ) -> Result<Filed, AppError> {
        person.post.may_for(Act::File, &due.assignment, &self.snapshot().state)?;
        impersonal([reason])?;
        let (assignment, period, today) = (due.assignment.id.clone(), due.period, self.now().date);
        let reason = reason.trim().to_string();
        let why = if reason.is_empty() { "submitted".to_string() } else { reason.clone() };
        // Checked inside the decision: the form, an indicator or the return before may have changed since it was opened.
        let decide =
            move |state: &State| Ok(vec![returns::file(state, &assignment, period, today, &answers, &reason)?]);
        match self.run(person.actor(), why, Box::new(decide)).await {
            Err(AppError::Refused(Refused::Problems(found))) => return Ok(Filed::Problems(found)),
            filed => filed?,
        };
        self.ledger.erase_draft(&due.id()).await?;
        Ok(Filed::Submitted)
    }
}
