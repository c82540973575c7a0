//! The trail of what changes no record: restricted data that was read, doors that were opened, accounts that were changed.
//! Rows, not entries: they name who looked at whom and are erased after their time. It refuses to know what an act is.

use crate::dialect::on;
use crate::{Ledger, LedgerError, random};

/// One line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Unix seconds.
    pub at: i64,
    /// The opaque id of who did it.
    pub account: String,
    /// A word of the caller.
    pub act: String,
    /// What it was done to.
    pub object: String,
    /// Why, where that was asked.
    pub why: String,
}

type Row = (i64, String, String, String, String);

impl Ledger {
    /// Adds a line.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn note_access(&self, access: &Access) -> Result<(), LedgerError> {
        let id = random::hex_bytes::<8>()?;
        on!(&self.writer, |pool| {
            sqlx::query("INSERT INTO access (id, at, account, act, object, why) VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(id)
                .bind(access.at)
                .bind(&access.account)
                .bind(&access.act)
                .bind(&access.object)
                .bind(&access.why)
                .execute(pool)
                .await
                .map(drop)
        })
        .map_err(|e| self.fault(e))
    }

    /// The lines from `from` on and before `until`, the newest first.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn accesses(&self, from: i64, until: i64) -> Result<Vec<Access>, LedgerError> {
        let rows: Vec<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT at, account, act, object, why FROM access WHERE at >= $1 AND at < $2 ORDER BY at DESC, id",
            )
            .bind(from)
            .bind(until)
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(rows.into_iter().map(|(at, account, act, object, why)| Access { at, account, act, object, why }).collect())
    }

    /// When the last line before `until` was written.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn last_access(&self, until: i64) -> Result<Option<i64>, LedgerError> {
        on!(&self.reader, |pool| {
            sqlx::query_scalar("SELECT MAX(at) FROM access WHERE at < $1").bind(until).fetch_one(pool).await
        })
        .map_err(|e| self.fault(e))
    }

    /// Erases the lines before `before` and says how many.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn erase_accesses(&self, before: i64) -> Result<u64, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM access WHERE at < $1")
                .bind(before)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|e| self.fault(e))
    }
}
