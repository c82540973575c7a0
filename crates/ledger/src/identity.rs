//! Who an account is elsewhere: the name that an identity provider gives its person. It refuses to know providers.

use crate::account::Account;
use crate::dialect::on;
use crate::{Ledger, LedgerError};

impl Ledger {
    /// Ties a provider's person to an account. `false` if that person is tied already, or the account to another one: an
    /// address that was given to a successor takes over nothing.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine; no such account is one.
    pub async fn add_identity(&self, issuer: &str, subject: &str, account: &str) -> Result<bool, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query(
                "INSERT INTO identity (issuer, subject, account)
                 SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM identity WHERE issuer = $1 AND account = $3)
                 ON CONFLICT (issuer, subject) DO NOTHING",
            )
            .bind(issuer)
            .bind(subject)
            .bind(account)
            .execute(pool)
            .await
            .map(|done| done.rows_affected())
        })
        .map(|rows| rows == 1)
        .map_err(|e| self.fault(e))
    }

    /// The active account of a provider's person.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn account_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<Account>, LedgerError> {
        let id: Option<String> = on!(&self.reader, |pool| {
            sqlx::query_scalar("SELECT account FROM identity WHERE issuer = $1 AND subject = $2")
                .bind(issuer)
                .bind(subject)
                .fetch_optional(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        let Some(id) = id else { return Ok(None) };
        Ok(self.account(&id).await?.filter(|account| account.active))
    }

    /// Unties an account from every provider.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn erase_identities(&self, account: &str) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM identity WHERE account = $1").bind(account).execute(pool).await.map(drop)
        })
        .map_err(|e| self.fault(e))
    }
}
