//! What waits for somebody: closing a decision, a task or a proposal; giving a finding to an institution, and settling it.
//! Refuses to know what a rule of findings says.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Body, Decision, Id, Institution, Kind, Proposal, Task, TaskState};
use crate::permission::Act;
use crate::quality::{Finding, findings, task_of};
use crate::text::Lang;
use crate::{Change, Date, Say, State, Text};

/// Closes a decision, a task or a proposal with what was done, or why it was dropped.
pub struct CloseDuty {
    pub kind: Kind,
    pub id: Id,
    pub to: TaskState,
    /// What was done, or why not.
    pub words: String,
    /// What shows it; may be empty.
    pub evidence: String,
    pub lang: Lang,
}

impl Command for CloseDuty {
    /// Whoever has to do it may say that it is done; dropping it is for those who decided.
    fn needs(&self) -> Need {
        Need::Own
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.words)
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.evidence]
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let done = self.to == TaskState::Done;
        let may = |owner: &Id| match done && by.post.institution.as_ref() == Some(owner) {
            true => Ok(()),
            false => by.post.may(Act::Coordinate),
        };
        let missing = || Refusal::missing(self.kind, &self.id);
        let words = self.words.trim();
        Ok(vec![match state.body(self.kind, &self.id).ok_or_else(missing)? {
            Body::Decision(decision) => {
                may(&decision.owner)?;
                let closed = decision.closed.clone().with(self.lang, words);
                let evidence = joined(&decision.evidence, self.evidence.trim());
                Change::Put(Decision { state: self.to, closed, evidence, ..(*decision).clone() }.into())
            }
            Body::Task(task) => {
                may(&task.owner)?;
                let said = said(state, by.today, &task);
                Change::Put(closed((*task).clone(), self.to, words, self.lang, said).into())
            }
            Body::Proposal(proposal) => {
                by.post.may(Act::Coordinate)?;
                let closed = proposal.closed.clone().with(self.lang, words);
                Change::Put(Proposal { state: self.to, closed, ..(*proposal).clone() }.into())
            }
            _ => return Err(missing()),
        }])
    }
}

/// What a decision rests on, with what was added when it was closed.
fn joined(before: &str, more: &str) -> String {
    [before, more].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Makes an institution settle a finding, until a day where one is given.
pub struct AssignFinding {
    pub code: String,
    pub owner: Id,
    pub due: Option<Date>,
    /// What its task is called, where it has none yet.
    pub title: Text,
}

impl Command for AssignFinding {
    fn needs(&self) -> Need {
        Need::May(Act::Coordinate)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("finding assigned")
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let finding = found(state, by.today, &self.code)?;
        let owner = state.known::<Institution>(&self.owner)?.id.clone();
        let task = match task_of(state, &self.code) {
            Some(task) => (**task).clone(),
            None => task(state, &finding, &owner, self.title.clone()),
        };
        Ok(vec![Change::Put(Task { owner, due: self.due, ..task }.into())])
    }
}

/// Settles a finding with words: by its open task, or by one that is closed as it is made.
pub struct SettleFinding {
    pub code: String,
    pub words: String,
    /// What its task is called, where it has none yet.
    pub title: Text,
    pub lang: Lang,
}

impl Command for SettleFinding {
    /// Whoever it was assigned to may settle it; else it is for those who coordinate.
    fn needs(&self) -> Need {
        Need::Own
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.words)
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let open = task_of(state, &self.code);
        let own = by.post.institution.as_ref();
        if open.is_none_or(|task| own != Some(&task.owner)) {
            by.post.may(Act::Coordinate)?;
        }
        let finding = found(state, by.today, &self.code)?;
        let owner = || own.cloned().or_else(|| state.plan().map(|plan| plan.secretariat.clone())).unwrap_or_default();
        let task = match open {
            Some(task) => (**task).clone(),
            None => task(state, &finding, &owner(), self.title.clone()),
        };
        let words = self.words.trim();
        Ok(vec![Change::Put(closed(task, TaskState::Done, words, self.lang, finding.said()).into())])
    }
}

/// A task as it stands once it is closed; one that settles a finding keeps what that said.
fn closed(task: Task, state: TaskState, words: &str, lang: Lang, said: String) -> Task {
    Task { state, closed: task.closed.clone().with(lang, words), finding_said: said, ..task }
}

/// What the finding of a task says today; nothing where it has none, or where the finding is gone.
fn said(state: &State, today: Date, task: &Task) -> String {
    match task.finding.is_empty() {
        true => String::new(),
        false => found(state, today, &task.finding).map(|finding| finding.said()).unwrap_or_default(),
    }
}

/// The finding of a code, as long as the rules find it.
///
/// # Errors
/// One that is gone.
pub fn found(state: &State, today: Date, code: &str) -> Result<Finding, Refusal> {
    let gone = || Say::new("refused-finding-gone").words("value", code).into();
    findings(state, today).into_iter().find(|finding| finding.code() == code).ok_or_else(gone)
}

fn task(state: &State, finding: &Finding, owner: &str, title: Text) -> Task {
    let id = |number: u32| format!("FINDING-{number:03}");
    let free = (1..).map(id).find(|id| state.find::<Task>(id).is_none()).unwrap_or_default();
    let subject = finding.records.iter().find(|(kind, _)| Kind::of_package().any(|shown| shown == *kind));
    Task {
        id: free,
        title,
        owner: owner.into(),
        due: None,
        state: TaskState::Open,
        closed: Text::default(),
        decision: None,
        node: None,
        indicator: None,
        cost_line: None,
        about_kind: subject.map(|(kind, _)| kind.code().to_string()).unwrap_or_default(),
        about: subject.map(|(_, id)| id.clone()).unwrap_or_default(),
        finding: finding.code(),
        finding_said: String::new(),
        illustrative: false,
    }
}
