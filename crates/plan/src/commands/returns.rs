//! Returns: submitting one, passing it on or sending it back, closing a period and opening it again. Refuses to know drafts.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Answer, Assignment, Form, Id, Kind, Lock, Return};
use crate::permission::Act;
use crate::returns::{self, Decision};
use crate::state::lock_id;
use crate::{Change, Period, State};

/// Submits what a unit answers for a period; a correction where an accepted return is there.
pub struct SubmitReturn {
    pub assignment: Id,
    pub period: Period,
    pub answers: Vec<Answer>,
    /// Why an accepted one is corrected.
    pub reason: String,
}

impl Command for SubmitReturn {
    fn needs(&self) -> Need {
        Need::May(Act::File)
    }

    fn why(&self) -> Why<'_> {
        Why::Remark(&self.reason, "submitted")
    }

    /// Checked here: the form, an indicator or the return before may have changed since it was opened.
    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        if let Some(assignment) = state.find::<Assignment>(&self.assignment) {
            by.post.may_for(Act::File, assignment, state)?;
        }
        let reason = self.reason.trim();
        Ok(vec![returns::file(state, &self.assignment, self.period, by.today, &self.answers, reason)?])
    }
}

/// Passes a return on, or sends it back with the reason.
pub struct DecideReturn {
    pub id: Id,
    /// The version that was looked at.
    pub seen: u32,
    pub decision: Decision,
}

impl Command for DecideReturn {
    fn needs(&self) -> Need {
        Need::May(Act::Verify)
    }

    fn why(&self) -> Why<'_> {
        match &self.decision {
            Decision::Pass => Why::Fixed("verified"),
            Decision::SendBack { reason } => Why::Reason(reason),
        }
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let missing = || Refusal::missing(Kind::Return, &self.id);
        let record = state.find::<Return>(&self.id).ok_or_else(missing)?;
        // Whether it waits is nobody's business who may not verify the unit at all.
        let assignment = state.find::<Assignment>(&record.assignment).ok_or_else(missing)?;
        by.post.may_for(Act::Verify, assignment, state)?;
        let next = returns::decide(state, &self.id, self.seen, &self.decision)?;
        by.post.may_verify(record, state)?;
        Ok(vec![returns::change(Some(record), next)])
    }
}

/// Closes a period of a form, or opens it again.
pub struct LockPeriod {
    pub form: Id,
    pub period: Period,
    pub to: Locked,
    pub reason: String,
}

/// Whether returns of a period can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    Closed,
    Open,
}

impl Command for LockPeriod {
    fn needs(&self) -> Need {
        Need::May(Act::Lock)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        state.known::<Form>(&self.form)?;
        let (id, form, period) = (lock_id(&self.form, self.period), self.form.clone(), self.period);
        Ok(match (self.to, state.is_locked(&self.form, period)) {
            (Locked::Closed, false) => vec![Change::Put(Lock { id, form, period }.into())],
            (Locked::Open, true) => vec![Change::Retire(Kind::Lock, id)],
            (Locked::Closed, true) | (Locked::Open, false) => Vec::new(),
        })
    }
}
