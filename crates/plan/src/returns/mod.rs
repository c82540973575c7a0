//! The life of a return: due → submitted → sent back or verified → accepted, and corrections afterwards.
//! Decides what may happen next; refuses to know who stores it and when "today" is.

mod refused;

use std::sync::Arc;

pub use refused::Refused;

use crate::answers::{check, submittable};
use crate::entry::Change;
use crate::kinds::*;
use crate::period::{Date, Period};
use crate::state::{State, return_id};

/// What a unit owes for one period, and where it stands.
#[derive(Clone, Debug)]
pub struct Due {
    pub assignment: Arc<Assignment>,
    pub form: Arc<Form>,
    pub period: Period,
    pub due: Date,
    pub record: Option<Arc<Return>>,
}

impl Due {
    pub fn id(&self) -> Id {
        return_id(&self.assignment.id, self.period)
    }

    /// Nothing acceptable has come in and the date has passed.
    pub fn overdue(&self, today: Date) -> bool {
        today > self.due && !self.record.as_ref().is_some_and(|record| record.has_come_in())
    }

    /// The reporter has to act.
    pub fn open(&self) -> bool {
        self.record.as_ref().is_none_or(|r| r.status == ReturnStatus::SentBack)
    }
}

/// Everything an assignment has owed up to `today`, newest first.
pub fn owed(state: &State, assignment: &Arc<Assignment>, today: Date) -> Vec<Due> {
    let Some(form) = state.find::<Form>(&assignment.form) else { return Vec::new() };
    let mut owed = Vec::new();
    let mut period = Period::containing(today, form.frequency).previous();
    while period >= assignment.from {
        let exists = state.find::<Area>(&assignment.area).is_none_or(|area| area.exists_in(period));
        if assignment.owes(period) && exists {
            owed.push(Due {
                assignment: assignment.clone(),
                form: form.clone(),
                period,
                due: period.last_day().plus_days(form.due_days),
                record: state.find::<Return>(&return_id(&assignment.id, period)).cloned(),
            });
        }
        period = period.previous();
    }
    owed
}

/// How many returns of an assignment are late: as many as `owed` has overdue, without looking at each.
pub fn late(state: &State, assignment: &Arc<Assignment>, today: Date) -> usize {
    let Some(form) = state.find::<Form>(&assignment.form) else { return 0 };
    let always = state.find::<Area>(&assignment.area).is_none_or(|a| a.valid_from.is_none() && a.valid_to.is_none());
    if !always {
        return owed(state, assignment, today).iter().filter(|due| due.overdue(today)).count();
    }
    // Only the newest periods can still be in time; what came in for them says nothing of the older ones.
    let (mut last, mut early) = (Period::containing(today, form.frequency).previous(), 0);
    while last >= assignment.from && today <= last.last_day().plus_days(form.due_days) {
        let record = state.find::<Return>(&return_id(&assignment.id, last));
        early += u32::from(record.is_some_and(|record| record.has_come_in()));
        last = last.previous();
    }
    let last = assignment.to.map_or(last, |to| last.min(to));
    if last < assignment.from {
        return 0;
    }
    let periods = (last.ordinal() - assignment.from.ordinal()) / u32::from(form.frequency.months()) + 1;
    periods.saturating_sub(state.filed(&assignment.id) - early) as usize
}

/// Whether a unit may report a period now. Returns what it owes.
pub fn may_report(state: &State, assignment: &str, period: Period, today: Date) -> Result<Due, Refused> {
    let unknown = || Refused::UnknownAssignment(assignment.to_string());
    let assignment = state.find::<Assignment>(assignment).ok_or_else(unknown)?;
    let form = state.find::<Form>(&assignment.form).ok_or_else(unknown)?;
    if period.frequency() != form.frequency {
        return Err(Refused::WrongPeriod { form: form.name.clone(), frequency: form.frequency, period });
    }
    if let Some(area) = state.find::<Area>(&assignment.area).filter(|area| !area.exists_in(period)) {
        return Err(Refused::NoSuchArea { area: area.name.clone(), period });
    }
    if !assignment.owes(period) {
        return Err(Refused::NotOwed { unit: assignment.id.clone(), period, first: assignment.from });
    }
    if today <= period.last_day() {
        return Err(Refused::TooEarly { period, from: period.last_day().plus_days(1) });
    }
    if state.is_locked(&form.id, period) {
        return Err(Refused::Closed { form: form.name.clone(), period });
    }
    let record = state.find::<Return>(&return_id(&assignment.id, period)).cloned();
    if let Some(record) = &record
        && matches!(record.status, ReturnStatus::Submitted | ReturnStatus::Verified)
    {
        return Err(Refused::UnderVerification(record.id.clone()));
    }
    Ok(Due {
        assignment: assignment.clone(),
        form: form.clone(),
        period,
        due: period.last_day().plus_days(form.due_days),
        record,
    })
}

/// The return as submitted. `reason` is needed when it corrects an accepted one.
pub fn submit(due: &Due, answers: Answers, reason: &str, illustrative: bool) -> Result<Return, Refused> {
    let correction = due.record.as_ref().is_some_and(|r| r.status == ReturnStatus::Accepted);
    if correction && reason.trim().is_empty() {
        return Err(Refused::ReasonNeeded);
    }
    Ok(Return {
        id: due.id(),
        assignment: due.assignment.id.clone(),
        period: due.period,
        version: due.record.as_ref().map_or(0, |r| r.version) + 1,
        status: ReturnStatus::Submitted,
        steps_done: 0,
        answers,
        illustrative,
    })
}

/// The change that files what a unit answers, decided on the state of the moment: whether it may report, the checks, and
/// the next version of the return.
pub fn file(
    state: &State,
    assignment: &str,
    period: Period,
    today: Date,
    answers: &[Answer],
    reason: &str,
) -> Result<Change, Refused> {
    let due = may_report(state, assignment, period, today)?;
    let problems = check(state, &due.assignment, period, answers);
    if !submittable(&problems, answers) {
        return Err(Refused::Problems(problems));
    }
    let record = submit(&due, Answers::pack(answers), reason, false)?;
    Ok(change(due.record.as_deref(), record))
}

/// The change that makes `new` of the version before: an amendment where little differs, else the whole return.
pub fn change(old: Option<&Return>, new: Return) -> Change {
    let same = |old: &&Return| {
        (&old.id, &old.assignment, old.period, old.illustrative)
            == (&new.id, &new.assignment, new.period, new.illustrative)
    };
    let since = |old: &Return| Some((old.version, Answers::pack(&new.answers.since(&old.answers)?)));
    match old.filter(same).and_then(since) {
        Some((base, answers)) if answers.is_empty() || answers.shorter_than(&new.answers) => {
            let Return { id, version, status, steps_done, .. } = new;
            Change::Amend(Amendment { id, base, version, status, steps_done, answers })
        }
        _ => Change::Put(new.into()),
    }
}

/// What a verifier decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Pass,
    SendBack { reason: String },
}

/// The return after a decision. `seen` is the version the verifier looked at.
pub fn decide(state: &State, id: &str, seen: u32, decision: &Decision) -> Result<Return, Refused> {
    let waiting = |r: &&Arc<Return>| matches!(r.status, ReturnStatus::Submitted | ReturnStatus::Verified);
    let record = state.find::<Return>(id).filter(waiting).ok_or_else(|| Refused::NotWaiting(id.to_string()))?;
    if record.version != seen {
        return Err(Refused::Moved { id: id.to_string(), seen, now: record.version });
    }
    let mut next = Return::clone(record);
    match decision {
        Decision::SendBack { reason } if reason.trim().is_empty() => return Err(Refused::ReasonNeeded),
        Decision::SendBack { .. } => {
            next.status = ReturnStatus::SentBack;
            next.steps_done = 0;
        }
        Decision::Pass => {
            let assignment = state.find::<Assignment>(&record.assignment);
            let form = assignment.and_then(|a| state.find::<Form>(&a.form));
            next.steps_done += 1;
            let steps = form.map_or(1, |form| form.chain.len());
            let last = usize::from(next.steps_done) >= steps;
            next.status = if last { ReturnStatus::Accepted } else { ReturnStatus::Verified };
        }
    }
    Ok(next)
}

#[cfg(test)]
mod tests;
