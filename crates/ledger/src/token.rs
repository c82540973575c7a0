//! Tokens with which a program acts for an account, until a day and for a scope. Only their SHA-256 is stored. It refuses
//! to know what a scope allows.

use crate::account::Account;
use crate::chain::sha256_hex;
use crate::dialect::on;
use crate::{Ledger, LedgerError, random};

/// Tells a token from other text, for whoever searches files for secrets that got lost.
const PREFIX: &str = "romduol_";
/// A use is noted once an hour, so that reading does not become writing.
const NOTED_AFTER: i64 = 3_600;

/// A token as its owner sees it: the key opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// The hash of the secret.
    pub key: String,
    /// What its owner calls it.
    pub name: String,
    /// A word of the caller.
    pub scope: String,
    /// Unix seconds, as all times here.
    pub created: i64,
    /// From when on it does not count.
    pub expires: i64,
    /// When it was last used, within the hour.
    pub used: Option<i64>,
}

type Row = (String, String, String, i64, i64, Option<i64>);

impl Ledger {
    /// Makes a token and gives its secret, which is not stored.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine; no such account is one.
    pub async fn add_token(
        &self,
        account: &str,
        name: &str,
        scope: &str,
        now: i64,
        expires: i64,
    ) -> Result<String, LedgerError> {
        let secret = format!("{PREFIX}{}", random::hex_bytes::<32>()?);
        on!(&self.writer, |pool| {
            sqlx::query(
                "INSERT INTO token (hash, account, name, scope, created, expires) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(sha256_hex(secret.as_bytes()))
            .bind(account)
            .bind(name)
            .bind(scope)
            .bind(now)
            .bind(expires)
            .execute(pool)
            .await
            .map(drop)
        })
        .map_err(|e| self.fault(e))?;
        Ok(secret)
    }

    /// The active account and the scope of a token that counts at `now`.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn token(&self, secret: &str, now: i64) -> Result<Option<(Account, String)>, LedgerError> {
        let hash = sha256_hex(secret.as_bytes());
        let row: Option<(String, String, Option<i64>)> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT account, scope, used FROM token WHERE hash = $1 AND expires > $2")
                .bind(&hash)
                .bind(now)
                .fetch_optional(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        let Some((account, scope, used)) = row else { return Ok(None) };
        if used.is_none_or(|used| used + NOTED_AFTER <= now) {
            self.note_use(&hash, now).await?;
        }
        Ok(self.account(&account).await?.filter(|account| account.active).map(|account| (account, scope)))
    }

    async fn note_use(&self, hash: &str, now: i64) -> Result<(), LedgerError> {
        let noted = on!(&self.writer, |pool| {
            sqlx::query("UPDATE token SET used = $1 WHERE hash = $2").bind(now).bind(hash).execute(pool).await.map(drop)
        });
        match noted.map_err(|e| self.fault(e)) {
            // Reading goes on when nothing can be written.
            Err(LedgerError::DiskFull { .. } | LedgerError::ReadOnly { .. }) => Ok(()),
            noted => noted,
        }
    }

    /// The tokens of an account, newest first; those that expired too, so that their owner sees why a program stopped.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn tokens_of(&self, account: &str) -> Result<Vec<AccessToken>, LedgerError> {
        let rows: Vec<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT hash, name, scope, created, expires, used FROM token WHERE account = $1
                 ORDER BY created DESC, hash",
            )
            .bind(account)
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        let token =
            |(key, name, scope, created, expires, used)| AccessToken { key, name, scope, created, expires, used };
        Ok(rows.into_iter().map(token).collect())
    }

    /// Ends one token of an account; a key of another account's token ends nothing.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn revoke_token(&self, account: &str, key: &str) -> Result<bool, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM token WHERE account = $1 AND hash = $2")
                .bind(account)
                .bind(key)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(|rows| rows == 1)
        .map_err(|e| self.fault(e))
    }
}
