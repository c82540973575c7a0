//! Filing a return: what a unit owes, the checks, and the submission.

use std::sync::Arc;

use romduol_plan::answers::Problem;
use romduol_plan::commands::returns::SubmitReturn;
use romduol_plan::kinds::Assignment;
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Due, Refused};
use romduol_plan::state::return_id;
use romduol_plan::{Date, Period, State};

use crate::accounts::Person;
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

    /// Submits a return; its draft goes with it.
    pub async fn submit(&self, person: &Person, command: SubmitReturn) -> Result<Filed, AppError> {
        let id = return_id(&command.assignment, command.period);
        match self.execute(person, command).await {
            Err(AppError::Refused(Refused::Problems(found))) => return Ok(Filed::Problems(found)),
            filed => filed?,
        };
        self.ledger.erase_draft(&id).await?;
        Ok(Filed::Submitted)
    }
}
