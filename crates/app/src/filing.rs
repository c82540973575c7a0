//! Filing a return: what a unit owes, the draft, the checks, and the submission.

use std::sync::Arc;

use romduol_ledger::{Draft, DraftError};
use romduol_plan::answers::{self, Problem};
use romduol_plan::kinds::{Answer, Answers, Assignment};
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Due};
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

/// What saving a draft came to.
pub enum Saved {
    Kept(Draft),
    /// Somebody else saved it since it was opened: their draft, or none if it has been submitted.
    Conflict(Option<Draft>),
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

    /// Saves a draft as it was typed. Drafts can hold anything: they are checked when submitted.
    pub async fn save_draft(&self, person: &Person, due: &Due, body: &str, revision: u64) -> Result<Saved, AppError> {
        match self.ledger.save_draft(&due.id(), body, revision, &person.account, self.now().unix).await {
            Ok(draft) => Ok(Saved::Kept(draft)),
            Err(DraftError::Conflict(theirs)) => Ok(Saved::Conflict(theirs.map(|draft| *draft))),
            Err(DraftError::Ledger(error)) => Err(error.into()),
        }
    }

    /// Submits a return. `reason` says why an accepted one is corrected.
    pub async fn submit(
        &self,
        person: &Person,
        due: &Due,
        answers: Vec<Answer>,
        reason: &str,
    ) -> Result<Filed, AppError> {
        let snapshot = self.snapshot();
        person.post.may_for(Act::File, &due.assignment, &snapshot.state)?;
        let problems = answers::check(&snapshot.state, &due.assignment, due.period, &answers);
        if !answers::submittable(&problems, &answers) {
            return Ok(Filed::Problems(problems));
        }
        impersonal([reason])?;
        let (assignment, period, today) = (due.assignment.id.clone(), due.period, self.now().date);
        let (reason_, answers) = (reason.trim().to_string(), Answers::pack(&answers));
        let decide = move |state: &State| {
            let due = returns::may_report(state, &assignment, period, today)?;
            let record = returns::submit(&due, answers.clone(), &reason_, false)?;
            Ok(vec![returns::change(due.record.as_deref(), record)])
        };
        let why = if reason.trim().is_empty() { "submitted".to_string() } else { reason.trim().to_string() };
        self.run(person.actor(), why, Box::new(decide)).await?;
        self.ledger.erase_draft(&due.id()).await?;
        Ok(Filed::Submitted)
    }
}
