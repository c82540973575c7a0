//! Secret bytes of the program itself, made when they are first asked for. It refuses to know what they are for.

use crate::chain::sha256_hex;
use crate::dialect::on;
use crate::{Ledger, LedgerError, random};

impl Ledger {
    /// The key under which a secret is stored and listed: its SHA-256, which opens nothing.
    #[must_use]
    pub fn key_of(secret: &str) -> String {
        sha256_hex(secret.as_bytes())
    }

    /// A code that a person can keep on paper: 64 random bits as 16 hexadecimal digits.
    ///
    /// # Errors
    /// No randomness.
    pub fn code() -> Result<String, LedgerError> {
        random::hex_bytes::<8>()
    }

    /// The secret of that name as 64 hexadecimal digits: the same for all who open this ledger.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine, no randomness.
    pub async fn secret(&self, name: &str) -> Result<String, LedgerError> {
        let fresh = random::hex_bytes::<32>()?;
        // Who comes second finds the first one's: the row is never changed.
        on!(&self.writer, |pool| {
            sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING")
                .bind(format!("secret.{name}"))
                .bind(fresh)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|e| self.fault(e))?;
        on!(&self.reader, |pool| {
            sqlx::query_scalar("SELECT value FROM meta WHERE key = $1")
                .bind(format!("secret.{name}"))
                .fetch_one(pool)
                .await
        })
        .map_err(|e| self.fault(e))
    }
}
