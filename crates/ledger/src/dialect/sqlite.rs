//! What only SQLite does: one writer, a log beside the file, its codes of errors.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, SqlitePool};

use crate::{LedgerError, Options};

const BUSY_TIMEOUT_S: u64 = 10;
const READERS: u32 = 4;

/// Opens a pool for reading and one with a single connection for writing: SQLite has one writer at a time, and a queue
/// in front of one connection is fairer and quicker than its busy loop.
pub(crate) async fn connect(path: &Path, options: &Options) -> Result<(SqlitePool, SqlitePool), sqlx::Error> {
    let mut connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(options.read_only)
        .busy_timeout(Duration::from_secs(BUSY_TIMEOUT_S))
        // What is erased is overwritten, not only forgotten.
        .pragma("secure_delete", "ON")
        .foreign_keys(true);
    if !options.read_only {
        // FULL: in WAL mode only then is a commit on the disk before it is acknowledged.
        connect = connect.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    }
    let mut write = connect.clone();
    if let Some(pages) = options.max_pages {
        write = write.pragma("max_page_count", pages.to_string());
    }
    let writer = pool(1).connect_with(write).await?;
    let reader = pool(READERS).connect_with(connect).await?;
    Ok((reader, writer))
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        // A file does not go away; asking before each use costs a round trip to the connection's thread.
        .test_before_acquire(false)
        // When a disk fills up SQLite ends the transaction by itself; the ROLLBACK that follows then fails and sqlx goes
        // on counting a transaction that is gone, so that every later BEGIN would be refused. Such a connection is
        // replaced by a new one.
        .before_acquire(|connection, _| {
            let clean = !connection.is_in_transaction();
            Box::pin(async move { Ok(clean) })
        })
        .max_lifetime(None)
        .idle_timeout(None)
}

pub(crate) async fn set_max_pages(writer: &SqlitePool, pages: u32) -> Result<(), sqlx::Error> {
    let sql = format!("PRAGMA max_page_count = {pages}");
    sqlx::query(AssertSqlSafe(sql)).execute(writer).await.map(drop)
}

/// How often it is tried to empty the log while somebody reads from it, and how long between two tries.
const TRIES: u32 = 5;
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Folds the log beside the file into it and empties the log, so that no older version of a row is left in it. Whoever reads
/// an older version keeps it there; the engine then says that it was busy and calls that no error.
pub(crate) async fn empty_log(writer: &SqlitePool) -> Result<bool, sqlx::Error> {
    for _ in 0..TRIES {
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await?;
        if busy == 0 {
            return Ok(true);
        }
        tokio::time::sleep(RETRY_AFTER).await;
    }
    Ok(false)
}

pub(crate) async fn free_pages(reader: &SqlitePool) -> Result<u64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA freelist_count").fetch_one(reader).await.map(i64::cast_unsigned)
}

/// Writes the database as one reader sees it now into a new file. Writers do not wait for it.
pub(crate) async fn copy_file(reader: &SqlitePool, to: &Path) -> Result<(), sqlx::Error> {
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(reader).await.map(drop)
}

/// Says what a code of the engine means. Codes: <https://www.sqlite.org/rescode.html>.
pub(crate) fn fault(path: &Path, code: i32, detail: String) -> LedgerError {
    let path = path.to_path_buf();
    // SQLITE_IOERR_SHMSIZE: the shared-memory file beside the database could not grow; only a full disk does that.
    if code == 4874 {
        return LedgerError::DiskFull { path };
    }
    match code & 0xff {
        13 => LedgerError::DiskFull { path },
        8 => LedgerError::ReadOnly { path },
        26 => LedgerError::NotALedger { path },
        11 => LedgerError::Damaged { path, detail },
        // The disk itself fails, or the file is out of reach.
        10 | 14 => LedgerError::CannotOpen { path, detail },
        5 | 6 => LedgerError::Busy { path, waited_s: BUSY_TIMEOUT_S },
        _ => LedgerError::Engine { path, detail },
    }
}
