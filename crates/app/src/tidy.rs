//! What has had its time goes, once a day: lines of the trail, sessions that ended, files that nothing names. Refuses to erase
//! anything that an entry names.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use romduol_ledger::{BlobId, Ledger};
use romduol_plan::Entry;

use crate::backup::Named;
use crate::once::REMEMBERED_DAYS;
use crate::{App, AppError};

/// When a start has done with what is urgent.
const FIRST: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Where it could not be done.
const AGAIN: Duration = Duration::from_secs(600);
const DAY: i64 = 86_400;
/// How long lines of the trail are kept: two years, so that an audit of the last one finds it whole.
pub(crate) const TRAIL_DAYS: i64 = 731;
/// How long a session that has ended is remembered.
const SESSION_DAYS: i64 = 30;
/// How long a file is kept that no record and no draft names: of a form that was refused, of a draft that was replaced.
const UNNAMED_DAYS: i64 = 30;
/// How long nobody may have come until the clock of the machine is doubted.
const REST_DAYS: i64 = 30;
/// Whoever sends a file is done with it by then.
const UNFINISHED_DAYS: i64 = 1;

impl App {
    /// Erases what has had its time, for as long as the program runs.
    pub(crate) async fn keep_tidy(self) {
        let mut wait = FIRST;
        loop {
            tokio::time::sleep(wait).await;
            wait = match self.forget_old().await {
                Ok(()) => EVERY,
                Err(error) => {
                    tracing::warn!("what has had its time could not be erased: {error}");
                    AGAIN
                }
            };
        }
    }

    /// Erases what has had its time.
    pub async fn forget_old(&self) -> Result<(), AppError> {
        let now = self.doubted_now().await?;
        self.ledger.erase_accesses(now - TRAIL_DAYS * DAY).await?;
        self.ledger.erase_sessions(now - SESSION_DAYS * DAY).await?;
        self.ledger.erase_submissions(now - REMEMBERED_DAYS * DAY).await?;
        let unfinished = Duration::from_secs((now - UNFINISHED_DAYS * DAY).max(0).cast_unsigned());
        self.ledger.blobs().erase_unfinished(UNIX_EPOCH + unfinished).await?;
        let swept = self.sweep_files(now).await?;
        if swept > 0 {
            tracing::info!("{swept} files that nothing has named for {UNNAMED_DAYS} days were erased");
        }
        Ok(())
    }

    /// Now, or less where the clock of the machine may have jumped ahead: it would erase the trail. What was written within the
    /// last month may have been written by that clock, so what was written before it is asked.
    async fn doubted_now(&self) -> Result<i64, AppError> {
        let now = self.now().unix;
        let before = now - REST_DAYS * DAY;
        let written = self.last_written().await?.filter(|at| *at < before);
        let Some(last) = self.ledger.last_access(before).await?.max(written) else { return Ok(now) };
        let most = last + 2 * REST_DAYS * DAY;
        if now > most {
            tracing::warn!(
                "the clock of this machine says {}, and nobody had come for {} days before the last {REST_DAYS}: if it runs \
                 ahead, set it; until then what has had its time is kept {} days longer",
                self.clock.stamp(),
                (before - last) / DAY,
                (now - most) / DAY
            );
        }
        Ok(now.min(most))
    }

    /// When the last entry was written.
    async fn last_written(&self) -> Result<Option<i64>, AppError> {
        let Some(stored) = self.ledger.entry(self.snapshot().head.seq).await? else { return Ok(None) };
        let entry = Entry::from_stored(&stored.body).map_err(|error| AppError::fault(error.to_string()))?;
        Ok(entry.at.parse::<Timestamp>().ok().map(Timestamp::as_second))
    }

    /// Erases the files that nothing names, and says how many. What an earlier version of a record named belongs to it.
    async fn sweep_files(&self, now: i64) -> Result<usize, AppError> {
        if self.unsound.load(Ordering::SeqCst) {
            return Ok(0);
        }
        let named = Named::now(self.snapshot(), &self.ledger).await?.ids();
        let unnamed = self.ledger.note_unnamed(&named, now, now - UNNAMED_DAYS * DAY).await?;
        let due = in_no_entry(&self.ledger, unnamed).await?;
        for id in &due {
            self.ledger.blobs().erase(id).await?;
        }
        Ok(due.len())
    }
}

/// Those files that no entry has ever named.
async fn in_no_entry(ledger: &Ledger, mut files: BTreeSet<BlobId>) -> Result<BTreeSet<BlobId>, AppError> {
    let mut next = 1;
    while !files.is_empty() {
        let entries = ledger.read_from(next).await?;
        let Some(last) = entries.last() else { break };
        next = last.seq + 1;
        let left = tokio::task::spawn_blocking(move || {
            entries.iter().for_each(|entry| leave_named(&mut files, &entry.body));
            files
        });
        files = left.await.map_err(|_| AppError::Stopping)?;
    }
    Ok(files)
}

/// An id stands between quotes, whatever kind of record names it.
fn leave_named(files: &mut BTreeSet<BlobId>, body: &str) {
    for id in body.split('"').filter(|word| word.len() == 64).filter_map(|word| word.parse::<BlobId>().ok()) {
        files.remove(&id);
    }
}

#[cfg(test)]
mod tests;
