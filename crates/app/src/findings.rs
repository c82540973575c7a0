//! Findings that somebody works on: assigning one to an institution, settling one with words. A task carries both, so that
//! what waits for whom stays in one list. Refuses to know what a rule says.

use romduol_locale::Locale;
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::quality::{Finding, findings, task_of};
use romduol_plan::{Change, Date, Kind, Lang, Say, State, Text};

use crate::accounts::Person;
use crate::said::reason;
use crate::{App, AppError};

impl App {
    /// Makes an institution settle a finding, until a day where one is given.
    pub async fn assign_finding(
        &self,
        person: &Person,
        code: &str,
        owner: &str,
        due: Option<Date>,
    ) -> Result<(), AppError> {
        person.post.may(Act::Coordinate)?;
        let (code, owner, today) = (code.to_string(), owner.to_string(), self.now().date);
        let decide = move |state: &State| {
            let finding = found(state, today, &code)?;
            let missing = || AppError::NotFound { kind: Kind::Institution, id: owner.clone() };
            let owner = state.find::<Institution>(&owner).ok_or_else(missing)?;
            let task = task_of(state, &code).map_or_else(|| task(state, &finding, &owner.id), |task| (**task).clone());
            Ok(vec![Change::Put(Task { owner: owner.id.clone(), due, ..task }.into())])
        };
        self.run(person.actor(), "finding assigned".into(), Box::new(decide)).await?;
        Ok(())
    }

    /// Settles a finding with words: by its open task, or by one that is closed as it is made.
    pub async fn settle_finding(&self, person: &Person, code: &str, words: &str, lang: Lang) -> Result<(), AppError> {
        let why = reason(words)?;
        let (code, today, post, words) = (code.to_string(), self.now().date, person.post.clone(), why.clone());
        let decide = move |state: &State| {
            let finding = found(state, today, &code)?;
            let open = task_of(state, &code);
            // Whoever it was assigned to may settle it; else it is for those who coordinate.
            if open.is_none_or(|task| post.institution.as_ref() != Some(&task.owner)) {
                post.may(Act::Coordinate)?;
            }
            let own = || post.institution.clone().or_else(|| state.plan().map(|plan| plan.secretariat.clone()));
            let task = open.map_or_else(|| task(state, &finding, &own().unwrap_or_default()), |task| (**task).clone());
            Ok(vec![Change::Put(closed(task, TaskState::Done, &words, lang, finding.said()).into())])
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(())
    }
}

/// A task as it stands once it is closed; one that settles a finding keeps what that said.
pub(crate) fn closed(task: Task, state: TaskState, words: &str, lang: Lang, said: String) -> Task {
    Task { state, closed: task.closed.clone().with(lang, words), finding_said: said, ..task }
}

/// What the finding of a task says today; nothing where it has none, or where the finding is gone.
pub(crate) fn said(state: &State, today: Date, task: &Task) -> String {
    match task.finding.is_empty() {
        true => String::new(),
        false => found(state, today, &task.finding).map(|finding| finding.said()).unwrap_or_default(),
    }
}

fn found(state: &State, today: Date, code: &str) -> Result<Finding, AppError> {
    let gone = || AppError::Bad(Say::new("refused-finding-gone").words("value", code));
    findings(state, today).into_iter().find(|finding| finding.code() == code).ok_or_else(gone)
}

/// A new task for a finding. Its title names the records and no numbers: tasks are read by more people than findings.
fn task(state: &State, finding: &Finding, owner: &str) -> Task {
    const NAMED: usize = 4;
    let number = (1..).find(|n| state.find::<Task>(&task_id(*n)).is_none()).unwrap_or_default();
    let ids: Vec<&str> = finding.records.iter().take(NAMED).map(|(_, id)| id.as_str()).collect();
    let title = Say::new("finding-task").words("records", ids.join(", "));
    let subject = finding.records.iter().find(|(kind, _)| Kind::of_package().any(|shown| shown == *kind));
    Task {
        id: task_id(number),
        title: Text { en: Locale::of(Lang::En).tell(&title), km: Locale::of(Lang::Km).tell(&title) },
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

fn task_id(number: u32) -> Id {
    format!("FINDING-{number:03}")
}
