//! Bodies: taking a coordination model into the plan, and putting something forward for a body's agenda.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{BodyState, Committee, Id, Kind, Proposal, TaskState};
use crate::permission::Act;
use crate::text::Lang;
use crate::{Change, Say, State, Text};

/// Copies the bodies of a coordination model into the plan, as drafts. A draft that is there stays as it is: somebody may
/// have worked on it.
pub struct UseModel {
    pub model: Id,
}

impl Command for UseModel {
    fn needs(&self) -> Need {
        Need::May(Act::EditPlan)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("coordination model taken as draft")
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let of_model = |body: &&std::sync::Arc<Committee>| body.template.as_ref() == Some(&self.model);
        let parts: Vec<_> = state.all::<Committee>().filter(of_model).collect();
        if parts.is_empty() {
            return Err(Refusal::missing(Kind::Model, &self.model));
        }
        let own = |id: &Id| format!("{id}-DRAFT");
        let copy = |body: &Committee| Committee {
            id: own(&body.id),
            parent: body.parent.as_ref().map(own),
            state: BodyState::Draft,
            template: None,
            ..body.clone()
        };
        let new: Vec<_> = parts.iter().filter(|body| state.find::<Committee>(&own(&body.id)).is_none()).collect();
        if new.is_empty() {
            let there: Vec<Id> = parts.iter().map(|body| own(&body.id)).collect();
            let say = Say::new("refused-model-taken").words("value", &self.model);
            return Err(say.words("records", there.join(", ")).into());
        }
        Ok(new.into_iter().map(|body| Change::Put(copy(body).into())).collect())
    }
}

/// Puts something forward for the agenda of a body.
pub struct Propose {
    pub body: Id,
    pub title: String,
    /// May be empty.
    pub reason: String,
    pub lang: Lang,
}

impl Command for Propose {
    fn needs(&self) -> Need {
        Need::May(Act::Propose)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("proposal")
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.title, &self.reason]
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        if self.title.trim().is_empty() {
            return Err(crate::returns::Refused::ReasonNeeded.into());
        }
        state.known::<Committee>(&self.body)?;
        let number = state.all::<Proposal>().filter(|proposal| proposal.body == self.body).count() + 1;
        let words = |words: &str| if words.is_empty() { Text::default() } else { Text::of(self.lang, words) };
        let proposal = Proposal {
            id: format!("{}-P{number:03}", self.body),
            body: self.body.clone(),
            institution: by.post.institution.clone(),
            date: by.today,
            title: words(self.title.trim()),
            reason: words(self.reason.trim()),
            state: TaskState::Open,
            closed: Text::default(),
        };
        Ok(vec![Change::Put(proposal.into())])
    }
}
