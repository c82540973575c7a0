//! Editions: keeping one that was prepared, publishing it, declining it. Refuses to know what an edition says.

use std::sync::Arc;

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Edition, EditionState, Id};
use crate::permission::Act;
use crate::text::Lang;
use crate::{Change, Say, State, Text};

/// All editions by number.
pub fn in_order(state: &State) -> Vec<&Arc<Edition>> {
    let mut all: Vec<_> = state.all::<Edition>().collect();
    all.sort_by_key(|edition| edition.number());
    all
}

/// All that were published, oldest first.
pub fn published(state: &State) -> impl Iterator<Item = &Arc<Edition>> {
    in_order(state).into_iter().filter(|edition| edition.state == EditionState::Published)
}

/// The one that the public reads.
pub fn newest(state: &State) -> Option<&Arc<Edition>> {
    published(state).last()
}

/// One that nobody has decided on yet.
///
/// # Errors
/// One that is not there, or that was decided on.
pub fn waiting(state: &State, id: &str) -> Result<Arc<Edition>, Refusal> {
    let edition = state.known::<Edition>(id)?;
    match edition.state {
        EditionState::Prepared => Ok(edition.clone()),
        EditionState::Published | EditionState::Declined => {
            Err(Say::new("refused-edition-decided").words("value", id).into())
        }
    }
}

/// Keeps an edition that was prepared, for somebody else to decide on.
pub struct KeepEdition {
    pub edition: Edition,
}

impl Command for KeepEdition {
    fn needs(&self) -> Need {
        Need::May(Act::PrepareEdition)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("edition prepared")
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.edition.note.en, &self.edition.note.km]
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        match state.find::<Edition>(&self.edition.id) {
            Some(_) => Err(Say::new("refused-id-taken").words("value", &self.edition.id).into()),
            None => Ok(vec![Change::Put(self.edition.clone().into())]),
        }
    }
}

/// Publishes an edition that somebody else prepared.
pub struct PublishEdition {
    pub edition: Edition,
    /// The number of the edition that was the newest when this one was made.
    pub after: Option<u32>,
}

impl Command for PublishEdition {
    fn needs(&self) -> Need {
        Need::May(Act::ApproveEdition)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("edition approved")
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        // Another edition may have come out meanwhile, and this one knows nothing of it.
        if newest(state).map(|edition| edition.number()) != self.after {
            return Err(Say::new("refused-edition-stale").words("value", &self.edition.id).into());
        }
        if waiting(state, &self.edition.id)?.prepared_by == by.account {
            return Err(Say::new("refused-edition-same-person").into());
        }
        Ok(vec![Change::Put(self.edition.clone().into())])
    }
}

/// Closes an edition that shall not come out.
pub struct DeclineEdition {
    pub id: Id,
    pub reason: String,
    pub lang: Lang,
}

impl Command for DeclineEdition {
    fn needs(&self) -> Need {
        Need::May(Act::ApproveEdition)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("edition declined")
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.reason]
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        if self.reason.trim().is_empty() {
            return Err(crate::returns::Refused::ReasonNeeded.into());
        }
        let edition = waiting(state, &self.id)?;
        let reason = Text::of(self.lang, self.reason.trim());
        let (state, decided) = (EditionState::Declined, Some(by.today));
        Ok(vec![Change::Put(Edition { state, decided, reason, ..Edition::clone(&edition) }.into())])
    }
}
