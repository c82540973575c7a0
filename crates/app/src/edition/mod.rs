//! Editions: preparing, looking over, approving and publishing what the public may know. What an edition says is composed
//! in `compose`, what is made from it in `romduol_edition`. Refuses to publish anything that one person decided alone.

mod about;
mod compose;
mod costed;
mod counts;
mod guards;
mod job;
mod numbers;
mod open;
mod overlapping;
mod pool;
mod printed;
mod protect;
mod remembered;
mod same_people;
mod sections;
mod shelf;
mod withheld;
mod words;
mod worked_out;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use romduol_edition::content::{Content, Difference};
use romduol_edition::manifest::{Files, Manifest, from_hex, sha256};
use romduol_edition::open::same_structures;
use romduol_edition::{differences, manifest, pack, site};
use romduol_ledger::{BlobId, Ledger};
use romduol_plan::commands::editions::{KeepEdition, PublishEdition};
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::{Date, Period, Say, State, Text};
use romduol_report::map::Outlines;

pub use romduol_plan::commands::editions::{in_order, newest, published};

pub use compose::{Composed, Explained, HiddenCell, Reason};
pub use counts::NotACount;
pub use job::{Desk, Job, Progress, What};
pub use printed::{Print, PrintWithheld};
pub use remembered::Unlike;
pub use same_people::{Contradiction, Number, Question};
pub use shelf::{Opened, Shelf};
pub use withheld::Cause;

use worked_out::{Done, Memory, WorkedOut};

use crate::accounts::Person;
use crate::said::impersonal;
use crate::{App, AppError, Snapshot};

/// What a person chooses for an edition.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub until: Period,
    pub level: AreaLevel,
    pub sections: Vec<EditionSection>,
    pub tables: Vec<EditionTable>,
    pub leave_out: Vec<Id>,
    pub without_waiting: bool,
    pub demonstration: bool,
    pub note: Text,
}

impl Choice {
    /// What is chosen if nobody chooses otherwise: everything of the last whole year down to provinces, save what is
    /// for partners only.
    pub fn usual(state: &State, today: Date) -> Choice {
        let partners = state.all::<Indicator>().filter(|indicator| indicator.class == Class::Partners);
        Choice {
            until: Period::year(today.year - 1),
            level: AreaLevel::Province,
            sections: EditionSection::ALL.to_vec(),
            tables: vec![EditionTable::Time, EditionTable::Place, EditionTable::Group],
            leave_out: partners.map(|indicator| indicator.id.clone()).collect(),
            without_waiting: false,
            demonstration: state.has_illustrative(),
            note: Text::default(),
        }
    }
}

/// The newest edition that was published under a smaller number.
fn before(state: &State, edition: &Edition) -> Option<Arc<Edition>> {
    published(state).filter(|other| other.number() < edition.number()).last().cloned()
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a Arc<Edition>, AppError> {
    Ok(state.known::<Edition>(id)?)
}

impl App {
    /// Prepares an edition of the plan as it stands now, and gives its id. Somebody else has to approve it.
    pub async fn prepare_edition(&self, person: &Person, choice: Choice) -> Result<Id, AppError> {
        self.prepare_with(person, choice, &Arc::default()).await
    }

    async fn prepare_with(&self, person: &Person, choice: Choice, progress: &Arc<Progress>) -> Result<Id, AppError> {
        self.alone(self.prepare(person, choice, progress)).await
    }

    /// What is refused before anything is worked out.
    fn may_prepare(&self, person: &Person, choice: &Choice) -> Result<(), AppError> {
        person.post.may(Act::PrepareEdition)?;
        impersonal([choice.note.en.as_str(), &choice.note.km])?;
        compose::waiting(&self.snapshot().shown(choice.demonstration).state, choice.until, choice.without_waiting)?;
        Ok(())
    }

    async fn prepare(&self, person: &Person, choice: Choice, progress: &Arc<Progress>) -> Result<Id, AppError> {
        self.may_prepare(person, &choice)?;
        let snapshot = self.snapshot();
        let today = self.now().date;
        self.check_clock(&snapshot, today).await?;
        let number = in_order(&snapshot.state).last().map_or(0, |edition| edition.number()) + 1;
        let mut edition = Edition {
            id: number.to_string(),
            position: u32::try_from(snapshot.head.seq).unwrap_or(u32::MAX),
            until: choice.until,
            level: choice.level,
            sections: choice.sections,
            tables: choice.tables,
            leave_out: choice.leave_out,
            without_waiting: choice.without_waiting,
            demonstration: choice.demonstration,
            note: choice.note,
            state: EditionState::Prepared,
            prepared: today,
            prepared_by: person.account.clone(),
            content: String::new(),
            decided: None,
            reason: Text::default(),
            bundle: None,
            memory: None,
        };
        let composed = self.compose_edition(&snapshot, &edition, progress).await?;
        edition.content = sha256(composed.body.to_json().as_bytes());
        edition.memory = Some(self.keep_worked_out(&edition, composed.measures.clone()).await?);
        let id = edition.id.clone();
        self.desk.look(&edition, Arc::new(composed));
        self.execute(person, KeepEdition { edition }).await?;
        Ok(id)
    }

    /// A clock that runs backwards would give editions out of order.
    async fn check_clock(&self, snapshot: &Snapshot, today: Date) -> Result<(), AppError> {
        let last = self.ledger.entry(snapshot.head.seq).await?;
        let last = last.and_then(|stored| romduol_plan::Entry::from_stored(&stored.body).ok());
        // Entries keep the time in UTC, which may be a day behind and a day ahead of the local date.
        let written = last.and_then(|entry| Date::parse(&entry.at));
        let of_editions = published(&snapshot.state).filter_map(|edition| edition.decided).max();
        match written.into_iter().chain(of_editions).max() {
            Some(last) if today.plus_days(1) < last => {
                Err(AppError::Bad(Say::new("refused-edition-clock").date("today", today).date("last", last)))
            }
            _ => Ok(()),
        }
    }

    /// What an edition says, and why some of it is hidden; and what differs from the one before.
    pub async fn look_into_edition(
        &self,
        person: &Person,
        id: &str,
    ) -> Result<(Arc<Composed>, Vec<Difference>), AppError> {
        person.post.may(Act::ApproveEdition)?;
        let edition = find(&self.snapshot().state, id)?.clone();
        let composed = self.composed(&edition, &Arc::default()).await?;
        let before = self.edition_before(&edition).await?;
        let differ = before.map(|before| differences(&before.content.body, &composed.body)).unwrap_or_default();
        Ok((composed, differ))
    }

    /// What an edition says: as it was looked over last, else composed anew from what was worked out for it.
    async fn composed(&self, edition: &Edition, progress: &Arc<Progress>) -> Result<Arc<Composed>, AppError> {
        if let Some(composed) = self.desk.looked_over(edition) {
            return Ok(composed);
        }
        let snapshot = self.at(u64::from(edition.position)).await?;
        let composed = Arc::new(self.compose_edition(&snapshot, edition, progress).await?);
        self.desk.look(edition, composed.clone());
        Ok(composed)
    }

    /// The newest edition that was published before this one was prepared.
    async fn edition_before(&self, edition: &Edition) -> Result<Option<Arc<Opened>>, AppError> {
        match before(&self.snapshot().state, edition) {
            Some(before) => self.edition(&before.id).await.map(Some),
            None => Ok(None),
        }
    }

    async fn compose_edition(
        &self,
        snapshot: &Arc<Snapshot>,
        edition: &Edition,
        progress: &Arc<Progress>,
    ) -> Result<Composed, AppError> {
        let memory = self.edition_memory(edition).await?;
        let worked_out = self.worked_out(edition).await?;
        let (snapshot, edition) = (snapshot.shown(edition.demonstration), edition.clone());
        let progress = progress.clone();
        let work = move || compose::compose(&snapshot, &edition, &memory, &worked_out, &progress);
        tokio::task::spawn_blocking(work).await.map_err(|error| AppError::fault(error.to_string()))?
    }

    /// What editions before this one told and hid.
    async fn edition_memory(&self, edition: &Edition) -> Result<Memory, AppError> {
        match before(&self.snapshot().state, edition) {
            Some(before) => Ok(self.worked_out(&before).await?.memory()),
            None => Ok(Memory::default()),
        }
    }

    /// Keeps what was worked out for an edition in a file of its own, and gives its name.
    async fn keep_worked_out(&self, edition: &Edition, measures: BTreeMap<String, Done>) -> Result<String, AppError> {
        let salt = [Ledger::code()?, Ledger::code()?].concat();
        let kept = WorkedOut::new(salt, &self.edition_memory(edition).await?, measures).to_bytes();
        let kept = kept.map_err(|error| AppError::fault(error.to_string()))?;
        Ok(self.ledger.blobs().put(kept).await?.to_string())
    }

    /// What was worked out for an edition when it was prepared; nothing where an older program did not keep it.
    async fn worked_out(&self, edition: &Edition) -> Result<WorkedOut, AppError> {
        let Some(blob) = &edition.memory else { return Ok(WorkedOut::default()) };
        let bytes = self.ledger.blobs().get(&BlobId::from_str(blob)?).await?;
        WorkedOut::from_bytes(&bytes).map_err(|error| AppError::fault(format!("the memory of editions: {error}")))
    }

    /// Publishes an edition that somebody else prepared: composes it again, compares, signs and keeps it. What was worked
    /// out for its measures is taken as it was kept, where all that went into it is the same again.
    pub async fn approve_edition(&self, person: &Person, id: &str, map: Option<Arc<Outlines>>) -> Result<(), AppError> {
        self.approve_with(person, id, map, &Arc::default()).await
    }

    async fn approve_with(
        &self,
        person: &Person,
        id: &str,
        map: Option<Arc<Outlines>>,
        progress: &Arc<Progress>,
    ) -> Result<(), AppError> {
        self.alone(self.approve(person, id, map, progress)).await
    }

    /// The edition, for somebody else than who prepared it.
    fn may_decide(&self, person: &Person, id: &str) -> Result<Arc<Edition>, AppError> {
        person.post.may(Act::ApproveEdition)?;
        let edition = find(&self.snapshot().state, id)?.clone();
        match edition.prepared_by == person.account {
            true => Err(AppError::Bad(Say::new("refused-edition-same-person"))),
            false => Ok(edition),
        }
    }

    async fn approve(
        &self,
        person: &Person,
        id: &str,
        map: Option<Arc<Outlines>>,
        progress: &Arc<Progress>,
    ) -> Result<(), AppError> {
        let (edition, by) = (self.may_decide(person, id)?, person.by(&self.now()));
        let newest_snapshot = self.snapshot();
        let today = self.now().date;
        self.check_clock(&newest_snapshot, today).await?;
        let before = self.edition_before(&edition).await?;
        let snapshot = self.at(u64::from(edition.position)).await?;
        let composed = self.compose_edition(&snapshot, &edition, progress).await?;
        if sha256(composed.body.to_json().as_bytes()) != edition.content {
            return Err(AppError::Bad(Say::new("refused-edition-stale").words("value", &edition.id)));
        }
        let changes = before.as_ref().map(|before| differences(&before.content.body, &composed.body));
        let mut content = Content {
            number: edition.number(),
            date: today,
            structures: Some(edition.number()),
            changes: changes.unwrap_or_default(),
            body: composed.body,
        };
        if let Some(before) = before.as_ref().filter(|before| same_structures(&before.content, &content)) {
            content.structures = Some(before.content.structures.unwrap_or(before.content.number));
        }
        let files = self.edition_files(content, &edition, map).await?;
        let bundle = self.ledger.blobs().put(pack(&files)).await?;
        // Kept anew: since it was prepared another edition may have come out, which is to be remembered, too.
        let memory = self.keep_worked_out(&edition, composed.measures).await?;
        let last = before.map(|before| before.content.number);
        let published_now = Edition {
            state: EditionState::Published,
            decided: Some(today),
            bundle: Some(bundle.to_string()),
            memory: Some(memory),
            ..Edition::clone(&edition)
        };
        self.execute_by(by, person.actor(), PublishEdition { edition: published_now, after: last }).await?;
        Ok(())
    }

    async fn edition_files(
        &self,
        content: Content,
        edition: &Edition,
        map: Option<Arc<Outlines>>,
    ) -> Result<Files, AppError> {
        let secret = self.edition_secret().await?;
        let manifest = Manifest {
            edition: content.number,
            date: content.date,
            position: content.body.position,
            chain: content.body.chain.clone(),
            content: edition.content.clone(),
            key: String::new(),
            files: Default::default(),
        };
        let work = move || {
            let mut files = site::files(&content, map.as_deref())?;
            manifest::sign(&mut files, manifest, &secret);
            Ok(files)
        };
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| AppError::fault(error.to_string()))?;
        done.map_err(|error: site::SiteError| AppError::fault(error.to_string()))
    }

    /// The public key to which the signatures of this plan's editions belong.
    pub async fn edition_key(&self) -> Result<String, AppError> {
        Ok(manifest::public_key(&self.edition_secret().await?))
    }

    async fn edition_secret(&self) -> Result<[u8; 32], AppError> {
        let secret = self.ledger.secret("edition").await?;
        from_hex::<32>(&secret).ok_or_else(|| AppError::fault("the secret of editions is damaged"))
    }
}

#[cfg(test)]
mod tests;
