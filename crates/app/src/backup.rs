//! What a restore needs to know about a plan: which entry was the last one at a moment, and which files records name.
//! It refuses to copy anything; that is the ledger's work.

use std::collections::BTreeSet;
use std::str::FromStr;

use romduol_ledger::{BlobId, Head, Ledger};
use romduol_plan::kinds::{Edition, Return};
use romduol_plan::{Entry, Say};

use crate::{AppError, Snapshot, writer};

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

/// Files that records of the newest state name and the store does not have, or not with that content. Also says how
/// many files are named.
pub async fn missing_files(ledger: &Ledger) -> Result<(usize, Vec<String>), AppError> {
    let snapshot = writer::catch_up(ledger, &Snapshot::empty()).await?;
    let named = named_files(&snapshot);
    let mut missing = Vec::new();
    for id in &named {
        if ledger.blobs().get(&BlobId::from_str(id)?).await.is_err() {
            missing.push(id.clone());
        }
    }
    Ok((named.len(), missing))
}

fn named_files(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for record in snapshot.state.all::<Return>() {
        named.extend(record.answers.open().into_iter().flat_map(|answer| answer.files).map(|file| file.blob));
    }
    for edition in snapshot.state.all::<Edition>() {
        named.extend(edition.bundle.iter().chain(&edition.memory).cloned());
    }
    named
}
