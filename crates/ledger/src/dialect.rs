//! Everything that differs between database engines: connecting, write transactions, what their error codes mean.
//! It refuses to hold a statement on our own tables.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, Sqlite, Transaction};

use crate::{LedgerError, Options};

pub(crate) type Pool = sqlx::SqlitePool;
pub(crate) type Connection = sqlx::SqliteConnection;

const BUSY_TIMEOUT_S: u64 = 10;
const READERS: u32 = 4;
/// First bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Opens a pool for reading and one with a single connection for writing: SQLite has one writer at a time, and a queue
/// in front of one connection is fairer and quicker than its busy loop.
pub(crate) async fn connect(path: &Path, options: &Options) -> Result<(Pool, Pool), sqlx::Error> {
    let mut connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(options.read_only)
        .busy_timeout(Duration::from_secs(BUSY_TIMEOUT_S))
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

/// How a transaction that will write begins. SQLite must take the write lock at once: a read lock cannot be raised
/// after another writer has committed. (PostgreSQL: plain `BEGIN`.)
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Begins a transaction that will write; waits for other writers of this process without holding a lock.
pub(crate) async fn begin_write(writer: &Pool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    writer.begin_with(BEGIN_WRITE).await
}

pub(crate) async fn set_max_pages(writer: &Pool, pages: u32) -> Result<(), sqlx::Error> {
    let sql = format!("PRAGMA max_page_count = {pages}");
    sqlx::query(AssertSqlSafe(sql)).execute(writer).await.map(drop)
}

/// Makes the empty file that a new ledger grows in. Only the owner may read it: it will hold password hashes.
pub(crate) fn create_file(dir: &Path, path: &Path) -> Result<(), LedgerError> {
    fs::create_dir_all(dir).map_err(|e| io_fault(dir, &e))?;
    let file = private_file(path).map_err(|e| io_fault(path, &e))?;
    file.sync_all().map_err(|e| io_fault(path, &e))?;
    sync_folder(dir)
}

/// A new file that only its owner may read.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Waits until the disk has the names in a folder, too; only then does a new file survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), LedgerError> {
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| io_fault(folder, &e))?;
    Ok(())
}

/// Writes the database as one reader sees it now into a new file. Writers do not wait for it.
pub(crate) async fn copy_file(reader: &Pool, to: &Path) -> Result<(), sqlx::Error> {
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(reader).await.map(drop)
}

/// Looks at the first bytes before the engine does: switching a foreign file to WAL would change it.
pub(crate) fn check_file(path: &Path) -> Result<(), LedgerError> {
    let mut start = [0; MAGIC.len()];
    let mut file = File::open(path).map_err(|e| io_fault(path, &e))?;
    match file.read_exact(&mut start) {
        Ok(()) if &start == MAGIC => Ok(()),
        Ok(()) => Err(not_a_ledger(path)),
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => Err(not_a_ledger(path)),
        Err(e) => Err(io_fault(path, &e)),
    }
}

fn not_a_ledger(path: &Path) -> LedgerError {
    LedgerError::NotALedger { path: path.to_path_buf() }
}

/// Says what an input/output error means for the file or folder `path`.
pub(crate) fn io_fault(path: &Path, error: &std::io::Error) -> LedgerError {
    let path = path.to_path_buf();
    match error.kind() {
        ErrorKind::NotFound => LedgerError::Missing { path },
        ErrorKind::AlreadyExists => LedgerError::AlreadyExists { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => LedgerError::DiskFull { path },
        ErrorKind::ReadOnlyFilesystem => LedgerError::ReadOnly { path },
        _ => LedgerError::CannotOpen { path, detail: error.to_string() },
    }
}

/// Says what an engine error means. Codes: <https://www.sqlite.org/rescode.html>.
pub(crate) fn fault(path: &Path, error: sqlx::Error) -> LedgerError {
    let path: PathBuf = path.to_path_buf();
    let detail = error.to_string();
    let Some(code) = code(&error) else {
        return match error {
            sqlx::Error::Io(e) => io_fault(&path, &e),
            sqlx::Error::PoolTimedOut => LedgerError::Busy { path, waited_s: 60 },
            _ => LedgerError::Engine { path, detail },
        };
    };
    // SQLITE_IOERR_SHMSIZE: the shared-memory file beside the database could not grow; only a full disk does that.
    if code == 4874 {
        return LedgerError::DiskFull { path };
    }
    match code & 0xff {
        13 => LedgerError::DiskFull { path },
        8 => LedgerError::ReadOnly { path },
        26 => LedgerError::NotALedger { path },
        11 => LedgerError::Damaged { path, detail },
        14 => LedgerError::CannotOpen { path, detail },
        5 | 6 => LedgerError::Busy { path, waited_s: BUSY_TIMEOUT_S },
        _ => LedgerError::Engine { path, detail },
    }
}

/// Whether the error says that a row with this key is there already.
pub(crate) fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether the error says that a table does not exist, so the file belongs to another program.
pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|e| e.message().starts_with("no such table") || e.message().starts_with("no such column"))
}

fn code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}
