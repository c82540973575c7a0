//! Whether what pages are read from follows from the ledger: all of it is folded anew and compared. The snapshot beside the
//! ledger is believed at a start, and whoever can write in the folder can write another one. Refuses to mend the ledger.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use romduol_ledger::{Ledger, LedgerError};

use crate::{App, AppError, Snapshot, fold, kept};

/// Soon after a start, then once a day: a national ledger takes two seconds of one processor.
const FIRST: Duration = Duration::from_secs(20);
const EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Where not all was well.
const AGAIN: Duration = Duration::from_secs(600);

/// The snapshot beside a ledger that was folded anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// There is none, or one that no start would take.
    None,
    /// It is what the ledger says.
    Sound,
    /// It says something else.
    Forged,
}

/// Compares the snapshot beside a ledger with what the ledger says.
pub async fn beside(ledger: &Ledger) -> Result<Beside, AppError> {
    let Some(kept) = kept::restore(ledger).await? else { return Ok(Beside::None) };
    let folded = fold::up_to(ledger, Snapshot::empty(), kept.head.seq).await?;
    Ok(if folded.says_the_same(&kept) { Beside::Sound } else { Beside::Forged })
}

/// What came of looking the ledger over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Sound,
    /// What pages were read from did not follow from the ledger. Now it does.
    Replaced,
    Damaged,
    /// It could not be looked at just now.
    Nothing,
}

impl App {
    /// Looks soon after the start and then every day, for as long as the program runs; sooner where not all was well. What is
    /// found stands in the log and keeps the node from being called ready until all is well again.
    pub(crate) async fn keep_proving(self) {
        let mut wait = FIRST;
        loop {
            tokio::time::sleep(wait).await;
            wait = match self.look_for_damage().await {
                Found::Sound => EVERY,
                Found::Replaced | Found::Damaged | Found::Nothing => AGAIN,
            };
        }
    }

    async fn look_for_damage(&self) -> Found {
        match self.compare().await {
            Ok(Found::Sound) => {
                if self.unsound.swap(false, Ordering::SeqCst) {
                    tracing::warn!("the ledger is sound again, and so is what pages show");
                }
                Found::Sound
            }
            Ok(found) => found,
            Err(error) if is_damage(&error) => {
                tracing::error!("the ledger is not sound: {error}");
                self.unsound.store(true, Ordering::SeqCst);
                Found::Damaged
            }
            Err(error) => {
                tracing::warn!("the ledger could not be looked over and will be once more: {error}");
                Found::Nothing
            }
        }
    }

    /// Folds the ledger anew, compares it with what pages are read from now, and puts it in the place of what differs.
    async fn compare(&self) -> Result<Found, AppError> {
        let now = self.snapshot();
        let folded = fold::up_to(&self.ledger, Snapshot::empty(), now.head.seq).await?;
        if folded.head != now.head {
            return Err(LedgerError::Diverged { known: now.head.seq, found: folded.head.seq }.into());
        }
        if folded.says_the_same(&now) {
            return Ok(Found::Sound);
        }
        tracing::error!(
            "what pages showed up to entry {} does not follow from the ledger: somebody has changed the file \
             romduol.snapshot; it is removed, and from now on pages show what the ledger says; find out who can write \
             there",
            now.head.seq
        );
        self.unsound.store(true, Ordering::SeqCst);
        kept::forget(&self.ledger);
        self.kept.store(0, Ordering::Relaxed);
        let _turn = self.newest.turn.lock().await;
        let whole = fold::to_the_end(&self.ledger, folded).await?;
        self.newest.snapshot.store(Arc::new(whole));
        Ok(Found::Replaced)
    }
}

/// Whether it says that what is kept is damaged. A database that is away or locked is not, and neither is a program that stops.
fn is_damage(error: &AppError) -> bool {
    match error {
        AppError::Ledger(error) => matches!(
            **error,
            LedgerError::Broken(_)
                | LedgerError::Damaged { .. }
                | LedgerError::Diverged { .. }
                | LedgerError::NotALedger { .. }
        ),
        // An entry that cannot be read, or does not fit.
        AppError::Internal { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
