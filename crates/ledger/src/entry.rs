//! Appending to and reading from the table of entries. It refuses to know what a body says.

use std::time::{Duration, Instant};

use sqlx::AssertSqlSafe;

use crate::chain::{Break, Entry, Head, Why};
use crate::dialect::on;
use crate::packed::{Body, Stored, pack};
use crate::submission::Written;
use crate::{Ledger, LedgerError, dialect};

/// How many entries one read gives at most.
pub const READ_LIMIT: usize = 1_000;
/// Rows in one INSERT: few round trips, and far below the engines' limits of bound values. SQLite looks for the name of
/// each value among all of them, so that more rows would cost more.
const INSERT_ROWS: usize = 64;

/// How long a database that was cut off is waited for: a server that changes over to its stand-by takes seconds.
const PATIENCE: Duration = Duration::from_secs(10);
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// Why entries were not appended. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first. Read from `after` on, decide again, append again.
    #[error("The ledger has moved on past entry {after}; read the newer entries, decide again and send it again.")]
    Conflict {
        /// The entry that the caller took for the last one.
        after: u64,
    },
    /// The store refused or failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Ledger {
    /// The newest entry's number and hash. One row by primary key.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn head(&self) -> Result<Head, LedgerError> {
        let text: Option<String> = on!(&self.reader, |pool| {
            sqlx::query_scalar("SELECT value FROM meta WHERE key = 'head'").fetch_optional(pool).await
        })
        .map_err(|e| self.fault(e))?;
        text.as_deref().and_then(Head::from_text).ok_or_else(|| LedgerError::Damaged {
            path: self.path(),
            detail: "the row that says where the ledger ends is unreadable".into(),
        })
    }

    /// Whether the ledger does not end at `known` any more: another process has written. Cheap enough to ask several
    /// times a second.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn changed(&self, known: &Head) -> Result<bool, LedgerError> {
        Ok(self.head().await? != *known)
    }

    /// Appends all `bodies` behind `after` in one transaction, or none, and answers when they are durable. No bodies
    /// is no write.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] if the ledger does not end at `after` any more.
    pub async fn append(&self, after: &Head, bodies: &[String]) -> Result<Head, AppendError> {
        self.append_chained(after, &chain_up(after, bodies), &[]).await
    }

    /// As [`Ledger::append`], for a caller who has chained the entries up already ([`Head::next`]). That they follow
    /// `after` is the caller's word; `verify` and every reader would find out. What was `sent` is marked as written in the
    /// same transaction.
    ///
    /// # Errors
    /// As [`Ledger::append`].
    pub async fn append_chained(&self, after: &Head, entries: &[Entry], sent: &[Written]) -> Result<Head, AppendError> {
        let Some(head) = entries.last().map(Entry::head) else {
            return Ok(after.clone());
        };
        let (start, mut tries) = (Instant::now(), 0);
        loop {
            match self.write(after, entries, &head, sent).await {
                Ok(true) => return Ok(head),
                Ok(false) => break,
                Err(e) if dialect::is_unique_violation(&e) => break,
                // The answer to a commit may be what was cut off. Another try settles it: it waits for whatever is left
                // of this one, and if that was committed, the end has moved to our own last entry.
                Err(e) if self.on_server() && dialect::is_cut_off(&e) && start.elapsed() < PATIENCE => {
                    tries += 1;
                    tokio::time::sleep(RETRY_AFTER).await;
                }
                Err(e) => return Err(self.fault(e).into()),
            }
        }
        match self.entry(head.seq).await? {
            Some(there) if tries > 0 && there.hash == head.hash => Ok(head),
            _ => Err(self.conflict(after).await?),
        }
    }

    /// `false` if the head has moved; then nothing is written. The head's row is the lock: moving it from `after` to
    /// `head` succeeds for one writer only, on either engine. The primary key of `entry` guards a second time.
    async fn write(&self, after: &Head, entries: &[Entry], head: &Head, sent: &[Written]) -> Result<bool, sqlx::Error> {
        let packs = self.writer.packs();
        on!(&self.writer, |pool| {
            let mut transaction = dialect::begin_write(pool).await?;
            let moved = sqlx::query("UPDATE meta SET value = $1 WHERE key = 'head' AND value = $2")
                .bind(head.to_text())
                .bind(after.to_text())
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            if moved == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            for rows in entries.chunks(INSERT_ROWS) {
                // Safe: the text depends on the number of rows only; values are bound.
                let mut insert = sqlx::query(AssertSqlSafe(insert_sql(rows.len())));
                for row in rows {
                    insert = insert.bind(row.seq.cast_signed());
                    insert = match pack(&row.body, packs) {
                        Stored::Text(text) => insert.bind(text),
                        Stored::Bytes(bytes) => insert.bind(bytes),
                    };
                    insert = insert.bind(row.hash.as_str());
                }
                insert.execute(&mut *transaction).await?;
            }
            for Written { key, seq } in sent {
                sqlx::query("UPDATE submission SET seq = $2 WHERE key = $1")
                    .bind(key)
                    .bind(seq.cast_signed())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(true)
        })
    }

    /// Takes the entries after `head` out of a ledger that nobody uses yet (one that is being restored).
    pub(crate) async fn cut(&self, head: &Head) -> Result<(), LedgerError> {
        let cut = async {
            on!(&self.writer, |pool| {
                let mut transaction = dialect::begin_write(pool).await?;
                sqlx::query("DELETE FROM entry WHERE seq > $1")
                    .bind(head.seq.cast_signed())
                    .execute(&mut *transaction)
                    .await?;
                sqlx::query("UPDATE meta SET value = $1 WHERE key = 'head'")
                    .bind(head.to_text())
                    .execute(&mut *transaction)
                    .await?;
                transaction.commit().await
            })
        };
        cut.await.map_err(|e| self.fault(e))
    }

    /// Tells a lost race from a file that was exchanged under us: retrying the latter would never end.
    async fn conflict(&self, after: &Head) -> Result<AppendError, LedgerError> {
        let found = self.head().await?;
        if found.seq <= after.seq {
            return Err(LedgerError::Diverged { known: after.seq, found: found.seq });
        }
        Ok(AppendError::Conflict { after: after.seq })
    }

    /// One entry, if there is such a number. Not checked against the chain.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn entry(&self, seq: u64) -> Result<Option<Entry>, LedgerError> {
        let row: Option<Row> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT seq, body, hash FROM entry WHERE seq = $1")
                .bind(seq.cast_signed())
                .fetch_optional(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(row.map(entry))
    }

    /// Up to [`READ_LIMIT`] entries from number `seq` on, in order, not checked against the chain.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn read_from(&self, seq: u64) -> Result<Vec<Entry>, LedgerError> {
        self.rows(seq, i64::MAX as u64).await
    }

    /// Up to [`READ_LIMIT`] entries that follow `after`, each checked against the chain; empty only at the end. Go on
    /// with the last entry's [`Entry::head`]; start with [`Head::genesis`].
    ///
    /// # Errors
    /// [`LedgerError::Broken`] naming the first entry that does not follow; [`LedgerError::Diverged`] if the ledger
    /// ends before `after` or with another hash.
    pub async fn read_after(&self, after: &Head) -> Result<Vec<Entry>, LedgerError> {
        // The end first: entries only ever come behind it, so what is read up to it is one consistent view.
        let end = self.head().await?;
        if end.seq < after.seq || (end.seq == after.seq && end.hash != after.hash) {
            return Err(LedgerError::Diverged { known: after.seq, found: end.seq });
        }
        let entries = self.rows(after.seq + 1, end.seq).await?;
        let mut at = after.clone();
        for entry in &entries {
            at = match at.check_next(entry) {
                Ok(next) => next,
                Err(broken) => return Err(LedgerError::Broken(self.explain(&at, broken).await?)),
            };
        }
        if entries.len() < READ_LIMIT && at != end {
            let (seq, why) = if at.seq < end.seq { (at.seq + 1, Why::Missing) } else { (at.seq, Why::Changed) };
            return Err(LedgerError::Broken(Break { seq, why }));
        }
        Ok(entries)
    }

    pub(crate) async fn rows(&self, from: u64, to: u64) -> Result<Vec<Entry>, LedgerError> {
        let rows: Vec<Row> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT seq, body, hash FROM entry WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3")
                .bind(from.min(i64::MAX as u64).cast_signed())
                .bind(to.cast_signed())
                .bind(READ_LIMIT as i64)
                .fetch_all(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(rows.into_iter().map(entry).collect())
    }
}

type Row = (i64, Body, String);

fn entry((seq, Body(body), hash): Row) -> Entry {
    Entry { seq: seq.cast_unsigned(), body, hash }
}

/// The entries that `bodies` become behind `after`.
fn chain_up(after: &Head, bodies: &[String]) -> Vec<Entry> {
    let mut at = after.clone();
    let mut entries = Vec::with_capacity(bodies.len());
    for body in bodies {
        at = at.next(body);
        entries.push(Entry { seq: at.seq, body: body.clone(), hash: at.hash.clone() });
    }
    entries
}

fn insert_sql(rows: usize) -> String {
    let mut sql = String::from("INSERT INTO entry (seq, body, hash) VALUES ");
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        let at = row * 3;
        sql.push_str(&format!("{comma}(${}, ${}, ${})", at + 1, at + 2, at + 3));
    }
    sql
}
