//! What was sent once, so that sending it again does nothing: who decides it at the moment, which entry came of it, and
//! the answer it got. It refuses to know what was sent: a key is a hash, an answer is opaque text.

use crate::dialect::on;
use crate::{Ledger, LedgerError};

/// What came of asking for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has it: the caller decides it now.
    Mine,
    /// Its holder wrote an entry and was lost before the answer: nothing is left to decide.
    Kept {
        /// The number of the entry.
        seq: u64,
    },
    /// Somebody decides it at the moment.
    Busy,
    /// It was decided.
    Done {
        /// Tells what was sent from something else with the same key.
        print: String,
        /// What it was answered.
        answer: String,
    },
}

/// A key whose command an entry was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// See [`Ledger::claim`].
    pub key: String,
    /// The number of the entry.
    pub seq: u64,
}

impl Ledger {
    /// Asks for a key. One whose holder has given no sign of life since `lost` (unix seconds) goes to the next who asks.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn claim(&self, key: &str, now: i64, lost: i64) -> Result<Claim, LedgerError> {
        loop {
            let mine: Vec<(Option<i64>,)> = on!(&self.writer, |pool| {
                sqlx::query_as(
                    "INSERT INTO submission (key, alive) VALUES ($1, $2)
                     ON CONFLICT (key) DO UPDATE SET alive = $2
                     WHERE submission.answer IS NULL AND submission.alive < $3
                     RETURNING seq",
                )
                .bind(key)
                .bind(now)
                .bind(lost)
                .fetch_all(pool)
                .await
            })
            .map_err(|e| self.fault(e))?;
            if let Some((seq,)) = mine.first() {
                return Ok(seq.map_or(Claim::Mine, |seq| Claim::Kept { seq: seq.cast_unsigned() }));
            }
            let row: Option<(Option<String>, Option<String>)> = on!(&self.reader, |pool| {
                sqlx::query_as("SELECT print, answer FROM submission WHERE key = $1")
                    .bind(key)
                    .fetch_optional(pool)
                    .await
            })
            .map_err(|e| self.fault(e))?;
            match row {
                // Given back between the two questions.
                None => {}
                Some((print, Some(answer))) => return Ok(Claim::Done { print: print.unwrap_or_default(), answer }),
                Some((_, None)) => return Ok(Claim::Busy),
            }
        }
    }

    /// A sign of life of whoever decides a key.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn hold_claim(&self, key: &str, now: i64) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE submission SET alive = $2 WHERE key = $1 AND answer IS NULL")
                .bind(key)
                .bind(now)
                .execute(pool)
                .await
                .map(drop)
        })
        .map_err(|e| self.fault(e))
    }

    /// Keeps the answer.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn settle_claim(&self, key: &str, print: &str, answer: &str, now: i64) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE submission SET print = $2, answer = $3, alive = $4 WHERE key = $1")
                .bind(key)
                .bind(print)
                .bind(answer)
                .bind(now)
                .execute(pool)
                .await
                .map(drop)
        })
        .map_err(|e| self.fault(e))
    }

    /// Gives a key back that came to nothing: the next who asks decides it. That an entry was written stays known.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn release_claim(&self, key: &str) -> Result<(), LedgerError> {
        let given_back = async {
            on!(&self.writer, |pool| {
                sqlx::query("DELETE FROM submission WHERE key = $1 AND answer IS NULL AND seq IS NULL")
                    .bind(key)
                    .execute(pool)
                    .await?;
                sqlx::query("UPDATE submission SET alive = 0 WHERE key = $1 AND answer IS NULL")
                    .bind(key)
                    .execute(pool)
                    .await
                    .map(drop)
            })
        };
        given_back.await.map_err(|e: sqlx::Error| self.fault(e))
    }

    /// The entry that was written for a key, if one was.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn written_for(&self, key: &str) -> Result<Option<u64>, LedgerError> {
        let seq: Option<(Option<i64>,)> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT seq FROM submission WHERE key = $1").bind(key).fetch_optional(pool).await
        })
        .map_err(|e| self.fault(e))?;
        Ok(seq.and_then(|(seq,)| seq).map(i64::cast_unsigned))
    }

    /// Forgets what was last heard of before a time.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn erase_submissions(&self, before: i64) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM submission WHERE alive < $1").bind(before).execute(pool).await.map(drop)
        })
        .map_err(|e| self.fault(e))
    }
}
