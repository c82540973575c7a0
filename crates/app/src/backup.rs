//! What backups, copies and restores need to know about a plan: which entry was the last one at a moment, and which files
//! are named, by what. It refuses to copy anything; that is the ledger's work.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use romduol_ledger::{BlobId, Head, Ledger};
use romduol_plan::kinds::{Edition, File, Return};
use romduol_plan::{Entry, Kind, Say};

use crate::draft::Draft;
use crate::{AppError, Snapshot, fold};

/// The last entry up to a position (`1234`) or a moment: `2026-11-23`, `2026-11-23T14:30` where the program runs, or
/// `2026-11-23T07:30:00Z`. A day means its end.
pub async fn position(ledger: &Ledger, given: &str) -> Result<u64, AppError> {
    if let Ok(position) = given.parse() {
        return Ok(position);
    }
    let until = moment(given).ok_or_else(|| AppError::Bad(Say::new("restore-moment").words("value", given)))?;
    let mut head = Head::genesis();
    loop {
        let entries = ledger.read_after(&head).await?;
        for entry in &entries {
            let at = Entry::from_stored(&entry.body).map_err(|e| AppError::fault(e.to_string()))?.at;
            if jiff::Timestamp::from_str(&at).is_ok_and(|at| at > until) {
                return Ok(entry.seq - 1);
            }
        }
        match entries.last() {
            Some(last) => head = last.head(),
            None => return Ok(head.seq),
        }
    }
}

fn moment(given: &str) -> Option<jiff::Timestamp> {
    if let Ok(instant) = given.parse() {
        return Some(instant);
    }
    let zone = jiff::tz::TimeZone::system();
    let local = match jiff::civil::Date::from_str(given) {
        Ok(date) if given.len() <= 10 => date.at(23, 59, 59, 999_999_999),
        _ => given.parse().ok()?,
    };
    local.to_zoned(zone).ok().map(|zoned| zoned.timestamp())
}

/// What names a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Namer {
    Record(Kind, String),
    /// What somebody is still filling in, by the id of its return.
    Draft(String),
}

impl std::fmt::Display for Namer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Namer::Record(kind, id) => write!(f, "{} {id}", kind.code()),
            Namer::Draft(id) => write!(f, "the draft of returns {id}"),
        }
    }
}

/// One place that names a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Naming {
    pub by: Namer,
    /// As whoever sent it called it; editions have no name for theirs.
    pub name: String,
}

/// The files that the records and drafts of a ledger name now, and where.
#[derive(Clone, Default)]
pub struct Named(BTreeMap<String, BTreeSet<Naming>>);

/// A file that is named and cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub file: String,
    pub named: Vec<Naming>,
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        for (at, Naming { by, name }) in self.named.iter().enumerate() {
            let (begin, name) = (if at == 0 { ", named by " } else { " and " }, name.escape_debug());
            match name.clone().next() {
                None => write!(f, "{begin}{by}")?,
                Some(_) => write!(f, "{begin}{by} as “{name}”")?,
            }
        }
        Ok(())
    }
}

impl Named {
    /// Folds the ledger.
    pub async fn by(ledger: &Ledger) -> Result<Named, AppError> {
        Names::of(ledger).now().await
    }

    /// By the records of a snapshot that is at hand.
    pub(crate) async fn now(snapshot: Arc<Snapshot>, ledger: &Ledger) -> Result<Named, AppError> {
        let named = tokio::task::spawn_blocking(move || Named::by_records(&snapshot)).await;
        named.map_err(|error| AppError::fault(error.to_string()))?.and_by_drafts(ledger).await
    }

    fn by_records(snapshot: &Snapshot) -> Named {
        let mut named = Named::default();
        for record in snapshot.state.all::<Return>() {
            let by = Namer::Record(Kind::Return, record.id.clone());
            named.extend(&by, record.answers.open().into_iter().flat_map(|answer| answer.files));
        }
        for edition in snapshot.state.all::<Edition>() {
            let files = edition.bundle.iter().chain(&edition.memory);
            let nameless = |blob: &String| File { blob: blob.clone(), name: String::new() };
            named.extend(&Namer::Record(Kind::Edition, edition.id.clone()), files.map(nameless));
        }
        named
    }

    async fn and_by_drafts(mut self, ledger: &Ledger) -> Result<Named, AppError> {
        for summary in ledger.drafts().await? {
            let Some(stored) = ledger.draft(&summary.return_id).await? else { continue };
            self.extend(&Namer::Draft(stored.return_id.clone()), Draft::read(&stored).files.into_values().flatten());
        }
        Ok(self)
    }

    fn extend(&mut self, by: &Namer, files: impl IntoIterator<Item = File>) {
        for File { blob, name } in files {
            self.0.entry(blob).or_default().insert(Naming { by: by.clone(), name });
        }
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Their content ids; what is no id is the name of no file.
    pub fn ids(&self) -> BTreeSet<BlobId> {
        self.0.keys().filter_map(|id| BlobId::from_str(id).ok()).collect()
    }

    /// Those that are not among the files of a backup or copy.
    pub fn lost_from(&self, files: &BTreeSet<BlobId>) -> Vec<Lost> {
        let held = |id: &str| BlobId::from_str(id).is_ok_and(|id| files.contains(&id));
        let lost = self.0.iter().filter(|(id, _)| !held(id));
        lost.map(|(file, named)| Lost { file: file.clone(), named: named.iter().cloned().collect() }).collect()
    }

    /// Those that a ledger does not have, or not with that content. Each is read.
    pub async fn lost_in(&self, ledger: &Ledger) -> Result<Vec<Lost>, AppError> {
        let mut held = BTreeSet::new();
        for id in self.ids() {
            if ledger.blobs().find(&id).await?.is_some() {
                held.insert(id);
            }
        }
        Ok(self.lost_from(&held))
    }
}

/// A ledger that is asked again and again which files it names.
pub struct Names {
    ledger: Ledger,
    snapshot: Snapshot,
    by_records: Named,
}

impl Names {
    pub fn of(ledger: &Ledger) -> Names {
        Names { ledger: ledger.clone(), snapshot: Snapshot::empty(), by_records: Named::default() }
    }

    /// As they are now. Records are looked at where there are new ones.
    pub async fn now(&mut self) -> Result<Named, AppError> {
        if self.ledger.changed(&self.snapshot.head).await? {
            self.snapshot = fold::to_the_end(&self.ledger, self.snapshot.clone()).await?;
            self.by_records = Named::by_records(&self.snapshot);
        }
        self.by_records.clone().and_by_drafts(&self.ledger).await
    }
}

#[cfg(test)]
mod tests;
