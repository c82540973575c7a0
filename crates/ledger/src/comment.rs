//! Comments of people without an account, until somebody has dealt with them: then only the outcome stays. No address,
//! no name, no time of day; the code that opens an answer is stored as a hash. It refuses to know what a comment says.

use crate::chain::sha256_hex;
use crate::dialect::on;
use crate::{Ledger, LedgerError, random};

/// A comment as stored. Its key is the hash of the code, which opens nothing by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Names the comment to whoever deals with it.
    pub key: String,
    /// What it is about.
    pub version: String,
    /// Opaque text (JSON); erased once it has been dealt with.
    pub body: Option<String>,
    /// Days since 1970.
    pub day: i64,
    /// Opaque text (JSON): what became of it.
    pub outcome: Option<String>,
}

type Row = (String, String, Option<String>, i64, Option<String>);

fn comment((key, version, body, day, outcome): Row) -> Comment {
    Comment { key, version, body, day, outcome }
}

impl Ledger {
    /// Keeps a comment and gives the code with which its author comes back. The code is not stored.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn add_comment(&self, version: &str, body: &str, day: i64) -> Result<String, LedgerError> {
        let code = random::hex_bytes::<8>()?;
        on!(&self.writer, |pool| {
            sqlx::query("INSERT INTO comment (code_hash, version, body, day) VALUES ($1, $2, $3, $4)")
                .bind(sha256_hex(code.as_bytes()))
                .bind(version)
                .bind(body)
                .bind(day)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|e| self.fault(e))?;
        Ok(code)
    }

    /// The comment that a code opens.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn comment_of(&self, code: &str) -> Result<Option<Comment>, LedgerError> {
        self.comment(&sha256_hex(code.as_bytes())).await
    }

    /// The comment with a key.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn comment(&self, key: &str) -> Result<Option<Comment>, LedgerError> {
        let row: Option<Row> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT code_hash, version, body, day, outcome FROM comment WHERE code_hash = $1")
                .bind(key)
                .fetch_optional(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(row.map(comment))
    }

    /// Comments that nobody has dealt with, oldest first.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn comments_waiting(&self) -> Result<Vec<Comment>, LedgerError> {
        let rows: Vec<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT code_hash, version, body, day, outcome FROM comment WHERE outcome IS NULL
                 ORDER BY day, code_hash",
            )
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(rows.into_iter().map(comment).collect())
    }

    /// Keeps what became of a comment and erases the comment itself. `false` if somebody was faster.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn close_comment(&self, key: &str, outcome: &str) -> Result<bool, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE comment SET outcome = $2, body = NULL WHERE code_hash = $1 AND outcome IS NULL")
                .bind(key)
                .bind(outcome)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(|rows| rows == 1)
        .map_err(|e| self.fault(e))
    }
}
