//! Secrets that open one thing, once, until a time: an invitation, a sign-in that is half done, the question that a key
//! has to answer. Only their SHA-256 is stored. It refuses to know what a purpose means.

use crate::chain::sha256_hex;
use crate::dialect::on;
use crate::{Ledger, LedgerError, random};

/// What a ticket carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Whom it is for, if it is for somebody.
    pub account: Option<String>,
    /// Opaque text.
    pub data: String,
    /// Unix seconds.
    pub expires: i64,
}

type Row = (Option<String>, String, i64);

fn ticket((account, data, expires): Row) -> Ticket {
    Ticket { account, data, expires }
}

impl Ledger {
    /// Makes a ticket and gives its secret, which is not stored. Tickets that have expired at `now` go.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine; no such account is one.
    pub async fn add_ticket(&self, purpose: &str, ticket: &Ticket, now: i64) -> Result<String, LedgerError> {
        let secret = random::hex_bytes::<32>()?;
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM ticket WHERE expires <= $1").bind(now).execute(pool).await.map(drop)
        })
        .map_err(|e| self.fault(e))?;
        on!(&self.writer, |pool| {
            sqlx::query("INSERT INTO ticket (hash, purpose, account, data, expires) VALUES ($1, $2, $3, $4, $5)")
                .bind(sha256_hex(secret.as_bytes()))
                .bind(purpose)
                .bind(&ticket.account)
                .bind(&ticket.data)
                .bind(ticket.expires)
                .execute(pool)
                .await
                .map(drop)
        })
        .map_err(|e| self.fault(e))?;
        Ok(secret)
    }

    /// The ticket of a secret, if it counts at `now`. Looking does not use it up.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn ticket(&self, purpose: &str, secret: &str, now: i64) -> Result<Option<Ticket>, LedgerError> {
        let row: Option<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT account, data, expires FROM ticket WHERE hash = $1 AND purpose = $2 AND expires > $3",
            )
            .bind(sha256_hex(secret.as_bytes()))
            .bind(purpose)
            .bind(now)
            .fetch_optional(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(row.map(ticket))
    }

    /// Uses a ticket up. Of two who bring the same secret one gets it.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn take_ticket(&self, purpose: &str, secret: &str, now: i64) -> Result<Option<Ticket>, LedgerError> {
        let mut rows: Vec<Row> = on!(&self.writer, |pool| {
            sqlx::query_as(
                "DELETE FROM ticket WHERE hash = $1 AND purpose = $2 AND expires > $3
                 RETURNING account, data, expires",
            )
            .bind(sha256_hex(secret.as_bytes()))
            .bind(purpose)
            .bind(now)
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(rows.pop().map(ticket))
    }

    /// Whom tickets of a purpose wait for, and until when.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn tickets_waiting(&self, purpose: &str, now: i64) -> Result<Vec<(String, i64)>, LedgerError> {
        on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT account, expires FROM ticket
                 WHERE purpose = $1 AND expires > $2 AND account IS NOT NULL ORDER BY account, expires",
            )
            .bind(purpose)
            .bind(now)
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))
    }

    /// How many tickets of a purpose carry this text and count at `now`.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn count_tickets(&self, purpose: &str, data: &str, now: i64) -> Result<u64, LedgerError> {
        let count: Result<i64, sqlx::Error> = on!(&self.reader, |pool| {
            sqlx::query_scalar("SELECT COUNT(*) FROM ticket WHERE purpose = $1 AND data = $2 AND expires > $3")
                .bind(purpose)
                .bind(data)
                .bind(now)
                .fetch_one(pool)
                .await
        });
        count.map(i64::cast_unsigned).map_err(|e| self.fault(e))
    }

    /// Leaves an account `most` tickets of a purpose, those that count longest.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn keep_tickets(&self, purpose: &str, account: &str, most: u32) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query(
                "DELETE FROM ticket WHERE purpose = $1 AND account = $2 AND hash NOT IN
                 (SELECT hash FROM ticket WHERE purpose = $1 AND account = $2 ORDER BY expires DESC, hash LIMIT $3)",
            )
            .bind(purpose)
            .bind(account)
            .bind(i64::from(most))
            .execute(pool)
            .await
            .map(drop)
        })
        .map_err(|e| self.fault(e))
    }

    /// Makes all tickets of a purpose for an account worthless.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn void_tickets(&self, purpose: &str, account: &str) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM ticket WHERE purpose = $1 AND account = $2")
                .bind(purpose)
                .bind(account)
                .execute(pool)
                .await
                .map(drop)
        })
        .map_err(|e| self.fault(e))
    }
}
