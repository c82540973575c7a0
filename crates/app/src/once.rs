//! What was sent once is done once, and not over what its sender has not seen. A key stands for what was sent; the command
//! that is run under it is written with it, and never a second time. Refuses to know what a key is made from.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use romduol_ledger::Claim;

use crate::{App, AppError};

/// For how long sending again does nothing.
pub const REMEMBERED_DAYS: i64 = 7;

/// Whoever decides a key gives a sign of life so often, and has lost it after so many seconds without one.
const ALIVE_EVERY: Duration = Duration::from_secs(3);
const LOST_AFTER: i64 = 15;

/// How often somebody who waits for the first answer asks for it.
const ASK_EVERY: Duration = Duration::from_millis(100);

tokio::task_local! {
    static SENT: Sent;
}

struct Sent {
    key: String,
    seen: Option<u64>,
    taken: AtomicBool,
}

/// The entry up to which whoever sent the command at hand had seen the plan.
pub(crate) fn seen() -> Option<u64> {
    SENT.try_with(|sent| sent.seen).ok().flatten()
}

/// The key that the command at hand is written with: the first one of what was sent.
pub(crate) fn key() -> Option<String> {
    SENT.try_with(|sent| (!sent.taken.swap(true, Ordering::Relaxed)).then(|| sent.key.clone())).ok().flatten()
}

/// What is known of what was sent.
pub enum Before {
    /// It is new; the caller does it now, [`App::under`] its key.
    New,
    /// An entry was written for it, but its answer was lost with the process that had it.
    Kept,
    /// It was answered.
    Answered { print: String, answer: String },
}

impl App {
    /// Asks what became of a key, and waits while somebody decides it.
    pub async fn begin_once(&self, key: &str) -> Result<Before, AppError> {
        loop {
            let now = self.now().unix;
            match self.ledger.claim(key, now, now - LOST_AFTER).await? {
                Claim::Mine => return Ok(Before::New),
                Claim::Kept { .. } => return Ok(Before::Kept),
                Claim::Done { print, answer } => return Ok(Before::Answered { print, answer }),
                Claim::Busy => tokio::time::sleep(ASK_EVERY).await,
            }
        }
    }

    /// Does what was sent: the command in it is written with the key, and refused where it would change a record that
    /// somebody else has changed since the sender saw it.
    pub async fn under<T>(&self, key: &str, seen: Option<u64>, work: impl Future<Output = T>) -> T {
        let sent = Sent { key: key.to_string(), seen, taken: AtomicBool::new(false) };
        let mut work = std::pin::pin!(SENT.scope(sent, work));
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(ALIVE_EVERY) => {
                    if let Err(error) = self.ledger.hold_claim(key, self.now().unix).await {
                        tracing::warn!("what is being done could not be marked as such: {error}");
                    }
                }
            }
        }
    }

    /// Keeps the answer for whoever sends the same again.
    pub async fn end_once(&self, key: &str, print: &str, answer: &str) -> Result<(), AppError> {
        Ok(self.ledger.settle_claim(key, print, answer, self.now().unix).await?)
    }

    /// Nothing came of it: sending it again does it anew.
    pub async fn drop_once(&self, key: &str) -> Result<(), AppError> {
        Ok(self.ledger.release_claim(key).await?)
    }
}
