//! Who is signed in. Only the SHA-256 of a token is stored, so a stolen file opens no session. It refuses to know
//! cookies, and the clock: every time is unix seconds from the caller.

use crate::account::Account;
use crate::chain::sha256_hex;
use crate::dialect::on;
use crate::{Ledger, LedgerError, dialect, random};

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
    /// Whether it began with more than a password.
    pub strong: bool,
    /// When whoever holds it last proved who they are.
    pub proved: i64,
    /// Until when its holder sees small counts, for a reason that the trail has.
    pub small_counts: i64,
}

/// Ends the sessions, tokens and tickets of an account in a transaction, and gives how many sessions counted.
macro_rules! shut_out {
    ($transaction:expr, $account:expr, $now:expr) => {{
        let ended = "UPDATE session SET revoked = $1 WHERE account = $2 AND revoked IS NULL AND expires > $1";
        let ended = sqlx::query(ended).bind($now).bind($account).execute(&mut *$transaction).await?.rows_affected();
        for opened in ["DELETE FROM token WHERE account = $1", "DELETE FROM ticket WHERE account = $1"] {
            sqlx::query(opened).bind($account).execute(&mut *$transaction).await?;
        }
        ended
    }};
}
pub(crate) use shut_out;

impl Ledger {
    /// Begins a session that counts until `expires`, and gives its token, which is not stored. It is strong if more than a
    /// password was asked for.
    ///
    /// # Errors
    /// [`LedgerError::NoAccount`] if the account was erased meanwhile.
    pub async fn add_session(
        &self,
        account: &str,
        now: i64,
        expires: i64,
        strong: bool,
    ) -> Result<SessionToken, LedgerError> {
        let token = SessionToken(random::hex_bytes::<32>()?);
        let done = on!(&self.writer, |pool| {
            sqlx::query(
                "INSERT INTO session (token_hash, account, created, seen, expires, strong, proved)
                 SELECT $1, id, $3, $3, $4, $5, $3 FROM account WHERE id = $2",
            )
            .bind(sha256_hex(token.0.as_bytes()))
            .bind(account)
            .bind(now)
            .bind(expires)
            .bind(i64::from(strong))
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
        let hash = sha256_hex(token.as_bytes());
        let times: Option<(String, i64, i64, i64, i64, i64, i64)> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT account, created, seen, expires, strong, proved, small_counts FROM session
                 WHERE token_hash = $1 AND expires > $2 AND revoked IS NULL",
            )
            .bind(&hash)
            .bind(now)
            .fetch_optional(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        let Some((account, created, seen, expires, strong, proved, small_counts)) = times else { return Ok(None) };
        let account = self.account(&account).await?.filter(|account| account.active);
        Ok(account.map(|account| Session {
            account,
            created,
            seen,
            expires,
            strong: strong != 0,
            proved,
            small_counts,
        }))
    }

    /// Whose session a token was, ended or not, as long as it is remembered. It opens nothing.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn session_was_of(&self, token: &str) -> Result<Option<String>, LedgerError> {
        on!(&self.reader, |pool| {
            sqlx::query_scalar("SELECT account FROM session WHERE token_hash = $1")
                .bind(sha256_hex(token.as_bytes()))
                .fetch_optional(pool)
                .await
        })
        .map_err(|e| self.fault(e))
    }

    /// Notes that whoever holds a session has proved again who they are; with more than a password it becomes strong.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn prove_session(&self, token: &str, now: i64, strong: bool) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query(
                "UPDATE session SET proved = $1, strong = CASE WHEN $2 = 1 THEN 1 ELSE strong END
                 WHERE token_hash = $3 AND expires > $1 AND revoked IS NULL",
            )
            .bind(now)
            .bind(i64::from(strong))
            .bind(sha256_hex(token.as_bytes()))
            .execute(pool)
            .await
            .map(|done| done.rows_affected())
        })
        .map(drop)
        .map_err(|e| self.fault(e))
    }

    /// Notes until when the holder of a session sees small counts.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn set_small_counts(&self, token: &str, until: i64) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE session SET small_counts = $1 WHERE token_hash = $2 AND revoked IS NULL")
                .bind(until)
                .bind(sha256_hex(token.as_bytes()))
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(drop)
        .map_err(|e| self.fault(e))
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

    /// Shuts everybody out who acts as an account: ends its sessions, tokens and tickets in one transaction, and says how
    /// many sessions counted. The account itself may come in again.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn shut_out(&self, account: &str, now: i64) -> Result<u64, LedgerError> {
        let done = async {
            on!(&self.writer, |pool| {
                let mut transaction = dialect::begin_write(pool).await?;
                let ended = shut_out!(transaction, account, now);
                transaction.commit().await?;
                Ok(ended)
            })
        };
        done.await.map_err(|e: sqlx::Error| self.fault(e))
    }

    /// Shuts everybody out who acts as an account, save in one session: ends its other sessions and its tokens.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn shut_out_beside(&self, account: &str, token: &str, now: i64) -> Result<(), LedgerError> {
        let done = async {
            on!(&self.writer, |pool| {
                let mut transaction = dialect::begin_write(pool).await?;
                let others = "UPDATE session SET revoked = $1
                              WHERE account = $2 AND token_hash <> $3 AND revoked IS NULL AND expires > $1";
                let own = sha256_hex(token.as_bytes());
                sqlx::query(others).bind(now).bind(account).bind(own).execute(&mut *transaction).await?;
                sqlx::query("DELETE FROM token WHERE account = $1").bind(account).execute(&mut *transaction).await?;
                transaction.commit().await
            })
        };
        done.await.map_err(|e: sqlx::Error| self.fault(e))
    }

    /// The sessions of an account that count at `now`, the newest use first: key, begin, last use. The key is a hash and
    /// opens nothing.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn sessions_of(&self, account: &str, now: i64) -> Result<Vec<(String, i64, i64)>, LedgerError> {
        on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT token_hash, created, seen FROM session
                 WHERE account = $1 AND expires > $2 AND revoked IS NULL ORDER BY seen DESC, token_hash",
            )
            .bind(account)
            .bind(now)
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))
    }

    /// When the oldest session that counts at `now` began.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn oldest_session(&self, now: i64) -> Result<Option<i64>, LedgerError> {
        on!(&self.reader, |pool| {
            sqlx::query_scalar("SELECT MIN(created) FROM session WHERE expires > $1 AND revoked IS NULL")
                .bind(now)
                .fetch_one(pool)
                .await
        })
        .map_err(|e| self.fault(e))
    }

    /// Ends one session of an account by its key; a key of another account's session ends nothing.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn revoke_session_of(&self, account: &str, key: &str, now: i64) -> Result<(), LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE session SET revoked = $1 WHERE account = $2 AND token_hash = $3 AND revoked IS NULL")
                .bind(now)
                .bind(account)
                .bind(key)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
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
