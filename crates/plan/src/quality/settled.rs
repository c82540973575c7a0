//! How a finding stands: open, assigned, settled with words, or back because it says something else now. A task carries
//! that: it names the finding, its owner, and what the finding said when it was closed. Refuses to write tasks.

use std::sync::Arc;

use super::Finding;
use crate::kinds::*;
use crate::state::State;

#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    Open,
    /// Somebody is to settle it.
    Assigned(Arc<Task>),
    /// Settled with the words of the task, and it says today what it said then.
    Settled(Arc<Task>),
    /// Settled once; what it says has changed since.
    Back(Arc<Task>),
}

impl Standing {
    pub fn task(&self) -> Option<&Arc<Task>> {
        match self {
            Standing::Open => None,
            Standing::Assigned(task) | Standing::Settled(task) | Standing::Back(task) => Some(task),
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::Assigned(_) => "assigned",
            Standing::Settled(_) => "settled",
            Standing::Back(_) => "back",
        }
    }

    pub fn is_settled(&self) -> bool {
        matches!(self, Standing::Settled(_))
    }

    /// Whether an institution has to settle it.
    pub fn waits_for(&self, institution: &str) -> bool {
        matches!(self, Standing::Assigned(task) if task.owner == institution)
    }
}

pub fn standing(state: &State, finding: &Finding) -> Standing {
    let (code, said) = (finding.code(), finding.said());
    let tasks = || state.all::<Task>().filter(|task| task.finding == code);
    let last = |task: &&Arc<Task>| state.touched_by(Kind::Task, &task.id).last().copied();
    let open = tasks().find(|task| task.state == TaskState::Open);
    let holds = || tasks().find(|task| task.state != TaskState::Open && task.finding_said == said);
    let closed = || tasks().max_by_key(last);
    match (open, holds()) {
        (Some(task), _) => Standing::Assigned(task.clone()),
        (None, Some(task)) => Standing::Settled(task.clone()),
        (None, None) => closed().map_or(Standing::Open, |task| Standing::Back(task.clone())),
    }
}

/// The open task of a finding.
pub fn task_of<'a>(state: &'a State, code: &str) -> Option<&'a Arc<Task>> {
    state.all::<Task>().find(|task| task.finding == code && task.state == TaskState::Open)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{findings, table};
    use super::*;
    use crate::period::Date;

    const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

    /// The head of a meeting says 30 people, its rows make what is given; a task names the finding.
    fn stands(rows: u32, task: serde_json::Value) -> &'static str {
        let records = |task: Option<serde_json::Value>| {
            let event = json!({ "id": "C", "total": 30 });
            let row = json!({ "id": "R", "total": rows });
            let list = vec![(Kind::Consultation, event), (Kind::Attendance, row)];
            list.into_iter().chain(task.map(|task| (Kind::Task, task))).collect::<Vec<_>>()
        };
        let state = table::state(&records(Some(task)));
        let found = findings(&state, TODAY);
        standing(&state, found.iter().find(|one| one.rule() == "consultation-head").unwrap()).code()
    }

    #[test]
    fn a_settled_finding_comes_back_when_its_numbers_change() {
        let finding = "consultation-head:C.total";
        let said = {
            let records = [
                (Kind::Consultation, json!({ "id": "C", "total": 30 })),
                (Kind::Attendance, json!({ "id": "R", "total": 31 })),
            ];
            let found = findings(&table::state(&records), TODAY);
            let one = found.iter().find(|one| one.code() == finding).unwrap();
            one.said()
        };
        assert_eq!(said, "head=30; rows=31; C");
        let task = |state: &str, said: &str| json!({ "id": "T", "finding": finding, "finding_said": said, "state": state, "closed": { "en": "One came twice." } });
        assert_eq!(stands(31, json!({ "id": "T" })), "open");
        assert_eq!(stands(31, task("open", "")), "assigned");
        assert_eq!(stands(31, task("done", &said)), "settled");
        assert_eq!(stands(31, task("dropped", &said)), "settled");
        assert_eq!(stands(32, task("done", &said)), "back");
        // A task about something else settles nothing.
        assert_eq!(
            stands(31, json!({ "id": "T", "finding": "consultation-head:D.total", "finding_said": said })),
            "open"
        );
    }
}
