//! What proves a person beside the password: an app's secret, a key, a code on paper. It refuses to know how any of them
//! is checked.

use crate::dialect::on;
use crate::{Ledger, LedgerError, random};

/// One proof that an account may bring.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    /// Opaque.
    pub id: String,
    /// A word of the caller.
    pub kind: String,
    /// What its owner calls it.
    pub name: String,
    /// What it is checked against; not shown by `Debug`.
    pub secret: String,
    /// Only ever grows: what has been shown once does not count again.
    pub used: i64,
    /// Unix seconds.
    pub created: i64,
}

impl std::fmt::Debug for Factor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Factor({} {} {})", self.kind, self.id, self.name)
    }
}

type Row = (String, String, String, String, i64, i64);

impl Ledger {
    /// Adds a proof to an account and gives its id.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine; no such account is one.
    pub async fn add_factor(
        &self,
        account: &str,
        kind: &str,
        name: &str,
        secret: &str,
        used: i64,
        created: i64,
    ) -> Result<String, LedgerError> {
        let id = random::hex_bytes::<8>()?;
        on!(&self.writer, |pool| {
            sqlx::query(
                "INSERT INTO factor (id, account, kind, name, secret, used, created)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(&id)
            .bind(account)
            .bind(kind)
            .bind(name)
            .bind(secret)
            .bind(used)
            .bind(created)
            .execute(pool)
            .await
            .map(drop)
        })
        .map_err(|e| self.fault(e))?;
        Ok(id)
    }

    /// The proofs of an account, oldest first.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn factors_of(&self, account: &str) -> Result<Vec<Factor>, LedgerError> {
        let rows: Vec<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT id, kind, name, secret, used, created FROM factor WHERE account = $1
                 ORDER BY created, id",
            )
            .bind(account)
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        let factor = |(id, kind, name, secret, used, created)| Factor { id, kind, name, secret, used, created };
        Ok(rows.into_iter().map(factor).collect())
    }

    /// The accounts that have a proof of some kind, each once.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn accounts_with_factor(&self, kinds: &[&str]) -> Result<Vec<String>, LedgerError> {
        let rows: Vec<(String, String)> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT DISTINCT account, kind FROM factor ORDER BY account").fetch_all(pool).await
        })
        .map_err(|e| self.fault(e))?;
        let mut accounts: Vec<_> =
            rows.into_iter().filter(|(_, kind)| kinds.contains(&kind.as_str())).map(|(account, _)| account).collect();
        accounts.dedup();
        Ok(accounts)
    }

    /// Notes that a proof was used: `false` if it was used at `used` or later already, by whoever was faster.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn use_factor(&self, id: &str, used: i64, secret: &str) -> Result<bool, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE factor SET used = $1, secret = $2 WHERE id = $3 AND used < $1")
                .bind(used)
                .bind(secret)
                .bind(id)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(|rows| rows == 1)
        .map_err(|e| self.fault(e))
    }

    /// Takes a proof away from an account: `false` if it was not there, so that a code counts once.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn take_factor(&self, account: &str, id: &str) -> Result<bool, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM factor WHERE account = $1 AND id = $2")
                .bind(account)
                .bind(id)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(|rows| rows == 1)
        .map_err(|e| self.fault(e))
    }

    /// Takes all proofs of a kind away from an account.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn take_factors(&self, account: &str, kind: &str) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM factor WHERE account = $1 AND kind = $2")
                .bind(account)
                .bind(kind)
                .execute(pool)
                .await
                .map(drop)
        })
        .map_err(|e| self.fault(e))
    }
}
