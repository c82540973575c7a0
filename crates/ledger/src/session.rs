//! Who is signed in. Only the SHA-256 of a token is stored, so a stolen file opens no session. It refuses to know
//! cookies, and the clock: every time is unix seconds from the caller.

use crate::account::{Account, account};
use crate::chain::sha256_hex;
use crate::dialect::on;
use crate::{Ledger, LedgerError, random};

/// The secret that a browser keeps: 64 hexadecimal digits of 32 random bytes. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// The text to put into a cookie.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// A session that counts: not expired, not revoked, of an active account. Times in unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is, as of now.
    pub account: Account,
    /// When it began.
    pub created: i64,
    /// When it was last marked as used.
    pub seen: i64,
    /// From when on it does not count.
    pub expires: i64,
}

type Row = (String, String, String, String, Option<String>, Option<String>, String, i64, i64, i64, i64, i64);

impl Ledger {
    /// Begins a session that counts until `expires`, and gives its token, which is not stored.
    ///
    /// # Errors
    /// [`LedgerError::NoAccount`] if the account was erased meanwhile.
    pub async fn add_session(&self, account: &str, now: i64, expires: i64) -> Result<SessionToken, LedgerError> {
        let token = SessionToken(random::hex_bytes::<32>()?);
        let done = on!(&self.writer, |pool| {
            sqlx::query(
                "INSERT INTO session (token_hash, account, created, seen, expires)
                 SELECT $1, id, $3, $3, $4 FROM account WHERE id = $2",
            )
            .bind(sha256_hex(token.0.as_bytes()))
            .bind(account)
            .bind(now)
            .bind(expires)
            .execute(pool)
            .await
            .map(|done| done.rows_affected())
        })
        .map_err(|e| self.fault(e))?;
        if done == 0 {
            return Err(LedgerError::NoAccount { id: account.to_owned() });
        }
        Ok(token)
    }

    /// The session of a token, if it counts at `now`. Reads only.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn session(&self, token: &str, now: i64) -> Result<Option<Session>, LedgerError> {
        let row: Option<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT a.id, a.login, a.name, a.role, a.institution, a.area, a.language, a.active,
                 a.created, s.created, s.seen, s.expires
          FROM session s JOIN account a ON a.id = s.account
          WHERE s.token_hash = $1 AND s.expires > $2 AND s.revoked IS NULL AND a.active = 1",
            )
            .bind(sha256_hex(token.as_bytes()))
            .bind(now)
            .fetch_optional(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(row.map(|r| Session {
            account: account((r.0, r.1, r.2, r.3, r.4, r.5, r.6, r.7, r.8)),
            created: r.9,
            seen: r.10,
            expires: r.11,
        }))
    }

    /// Marks a session as used and moves its end. A write: callers do this every few minutes, not at each request.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn extend_session(&self, token: &str, now: i64, expires: i64) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query(
                "UPDATE session SET seen = $1, expires = $2
                 WHERE token_hash = $3 AND expires > $1 AND revoked IS NULL",
            )
            .bind(now)
            .bind(expires)
            .bind(sha256_hex(token.as_bytes()))
            .execute(pool)
            .await
            .map(|done| done.rows_affected())
        })
        .map(drop)
        .map_err(|e| self.fault(e))
    }

    /// Ends one session (sign out). Ending it twice is fine.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn revoke_session(&self, token: &str, now: i64) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE session SET revoked = $1 WHERE token_hash = $2 AND revoked IS NULL")
                .bind(now)
                .bind(sha256_hex(token.as_bytes()))
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(drop)
        .map_err(|e| self.fault(e))
    }

    /// Ends every session of an account (lost phone) and says how many counted.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn revoke_sessions_of(&self, account: &str, now: i64) -> Result<u64, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE session SET revoked = $1 WHERE account = $2 AND revoked IS NULL AND expires > $1")
                .bind(now)
                .bind(account)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|e| self.fault(e))
    }

    /// The sessions of an account that count at `now`, the newest use first: key, begin, last use. The key is a hash and
    /// opens nothing.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn sessions_of(&self, account: &str, now: i64) -> Result<Vec<(String, i64, i64)>, LedgerError> {
        sqlx::query_as(
            "SELECT token_hash, created, seen FROM session
             WHERE account = $1 AND expires > $2 AND revoked IS NULL ORDER BY seen DESC, token_hash",
        )
        .bind(account)
        .bind(now)
        .fetch_all(&self.reader)
        .await
        .map_err(|e| self.fault(e))
    }

    /// The key of a token, as [`Ledger::sessions_of`] lists it.
    #[must_use]
    pub fn session_key(token: &str) -> String {
        sha256_hex(token.as_bytes())
    }

    /// Ends one session of an account by its key; a key of another account's session ends nothing.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn revoke_session_of(&self, account: &str, key: &str, now: i64) -> Result<(), LedgerError> {
        sqlx::query("UPDATE session SET revoked = $1 WHERE account = $2 AND token_hash = $3 AND revoked IS NULL")
            .bind(now)
            .bind(account)
            .bind(key)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(|e| self.fault(e))
    }

    /// Erases every session: a restored ledger might remember one that was ended since.
    pub(crate) async fn end_all_sessions(&self) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM session").execute(pool).await.map(|done| done.rows_affected())
        })
        .map(drop)
        .map_err(|e| self.fault(e))
    }

    /// Erases sessions that expired or were revoked before `before`, and says how many.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn erase_sessions(&self, before: i64) -> Result<u64, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM session WHERE expires < $1 OR revoked < $1")
                .bind(before)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|e| self.fault(e))
    }
}
