//! Half-filled returns, saved while typing; erased when submitted. It refuses to know what a draft says.

use crate::dialect::on;
use crate::{Ledger, LedgerError};

/// A draft as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The return it belongs to.
    pub return_id: String,
    /// Opaque text (JSON).
    pub body: String,
    /// Counts the saves, from 1.
    pub revision: u64,
    /// Account id of the last save.
    pub saved_by: String,
    /// Unix seconds of the last save.
    pub saved_at: i64,
}

/// A draft without its body, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSummary {
    /// See [`Draft`].
    pub return_id: String,
    /// See [`Draft`].
    pub revision: u64,
    /// See [`Draft`].
    pub saved_by: String,
    /// See [`Draft`].
    pub saved_at: i64,
}

/// Why a draft was not saved. The stored one is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Saved by somebody else meanwhile; the newer draft, or `None` if it was erased (submitted).
    #[error("This return was changed by someone else since you opened it; compare both versions and save again.")]
    Conflict(Option<Box<Draft>>),
    /// The store refused or failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

type Row = (String, String, i64, String, i64);

fn draft((return_id, body, revision, saved_by, saved_at): Row) -> Draft {
    Draft { return_id, body, revision: revision.cast_unsigned(), saved_by, saved_at }
}

impl Ledger {
    /// The draft of a return.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn draft(&self, return_id: &str) -> Result<Option<Draft>, LedgerError> {
        let row: Option<Row> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT return_id, body, revision, saved_by, saved_at FROM draft WHERE return_id = $1")
                .bind(return_id)
                .fetch_optional(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(row.map(draft))
    }

    /// All drafts without their bodies, by return.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn drafts(&self) -> Result<Vec<DraftSummary>, LedgerError> {
        let rows: Vec<(String, i64, String, i64)> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT return_id, revision, saved_by, saved_at FROM draft").fetch_all(pool).await
        })
        .map_err(|e| self.fault(e))?;
        let mut drafts: Vec<_> = rows
            .into_iter()
            .map(|(return_id, revision, saved_by, saved_at)| DraftSummary {
                return_id,
                revision: revision.cast_unsigned(),
                saved_by,
                saved_at,
            })
            .collect();
        drafts.sort_by(|a, b| a.return_id.cmp(&b.return_id));
        Ok(drafts)
    }

    /// Saves a draft whose last known revision is `revision` (0: there was none) and gives the stored one.
    ///
    /// # Errors
    /// [`DraftError::Conflict`] with the newer draft if `revision` is stale.
    pub async fn save_draft(
        &self,
        return_id: &str,
        body: &str,
        revision: u64,
        saved_by: &str,
        saved_at: i64,
    ) -> Result<Draft, DraftError> {
        let sql = if revision == 0 {
            "INSERT INTO draft (return_id, body, revision, saved_by, saved_at)
             VALUES ($1, $2, $3 + 1, $4, $5) ON CONFLICT (return_id) DO NOTHING
             RETURNING return_id, body, revision, saved_by, saved_at"
        } else {
            "UPDATE draft SET body = $2, revision = $3 + 1, saved_by = $4, saved_at = $5
             WHERE return_id = $1 AND revision = $3
             RETURNING return_id, body, revision, saved_by, saved_at"
        };
        // All rows, though there is one at most: SQLite gives the row first and commits at the end of the statement.
        // Whoever stops at the row takes for durable what is not, and never hears that the commit has failed.
        let rows: Vec<Row> = on!(&self.writer, |pool| {
            sqlx::query_as(sql)
                .bind(return_id)
                .bind(body)
                .bind(revision.cast_signed())
                .bind(saved_by)
                .bind(saved_at)
                .fetch_all(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        match rows.into_iter().next() {
            Some(row) => Ok(draft(row)),
            None => Err(DraftError::Conflict(self.draft(return_id).await?.map(Box::new))),
        }
    }

    /// Erases the draft of a return, if there is one.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn erase_draft(&self, return_id: &str) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM draft WHERE return_id = $1")
                .bind(return_id)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(drop)
        .map_err(|e| self.fault(e))
    }
}
