//! Everything that differs between database engines: connecting, write transactions, what their error codes mean.
//! It refuses to hold a statement on our own tables.

mod postgres;
mod sqlite;

use std::path::Path;

use sqlx::postgres::PgDatabaseError;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::{LedgerError, Options, disk};

pub(crate) use postgres::in_time;
pub(crate) use sqlite::copy_file;

/// Connections to either engine.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs an expression with the pool of whichever engine it is. The statement stands once and is compiled for both. A server
/// is not waited for longer than it may take.
macro_rules! on {
    ($pool:expr, |$name:ident| $body:expr) => {
        match $pool {
            $crate::dialect::Pool::Sqlite($name) => $body,
            $crate::dialect::Pool::Postgres($name) => $crate::dialect::in_time(async { $body }).await,
        }
    };
}
pub(crate) use on;

/// As [`on`], for work on whole tables, which takes as long as they are.
macro_rules! on_all {
    ($pool:expr, |$name:ident| $body:expr) => {
        match $pool {
            $crate::dialect::Pool::Sqlite($name) => $body,
            $crate::dialect::Pool::Postgres($name) => $body,
        }
    };
}
pub(crate) use on_all;

impl Pool {
    /// Whether long bodies are compressed here; PostgreSQL does that by itself.
    pub(crate) fn packs(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    pub(crate) async fn close(&self) {
        on_all!(self, |pool| pool.close().await);
    }
}

/// How a transaction that will write begins. SQLite must take the write lock at once: a read lock cannot be raised
/// after another writer has committed.
pub(crate) trait Engine: sqlx::Database {
    const BEGIN_WRITE: &str;
    /// All statements of the transaction see the same moment.
    const BEGIN_READ: &str;
}

impl Engine for Sqlite {
    const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
    const BEGIN_READ: &str = "BEGIN";
}

impl Engine for Postgres {
    const BEGIN_WRITE: &str = "BEGIN";
    const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

/// Begins a transaction that will write; waits for other writers of this process without holding a lock.
pub(crate) async fn begin_write<DB: Engine>(writer: &sqlx::Pool<DB>) -> Result<Transaction<'static, DB>, sqlx::Error> {
    writer.begin_with(DB::BEGIN_WRITE).await
}

/// Begins a transaction that only reads.
pub(crate) async fn begin_read<DB: Engine>(reader: &sqlx::Pool<DB>) -> Result<Transaction<'static, DB>, sqlx::Error> {
    reader.begin_with(DB::BEGIN_READ).await
}

/// Opens a file: connections for reading, and the one for writing.
pub(crate) async fn open_file(path: &Path, options: &Options) -> Result<(Pool, Pool), sqlx::Error> {
    let (reader, writer) = sqlite::connect(path, options).await?;
    Ok((Pool::Sqlite(reader), Pool::Sqlite(writer)))
}

/// Connects to a server.
pub(crate) async fn open_database(address: &str) -> Result<PgPool, sqlx::Error> {
    postgres::connect(address).await
}

pub(crate) async fn set_max_pages(writer: &Pool, pages: u32) -> Result<(), sqlx::Error> {
    match writer {
        Pool::Sqlite(writer) => sqlite::set_max_pages(writer, pages).await,
        Pool::Postgres(_) => Ok(()),
    }
}

/// Leaves nothing of rows that were erased or overwritten, as far as the engine's own files are at hand. `false` if it could
/// not.
pub(crate) async fn scrub(writer: &Pool) -> Result<bool, sqlx::Error> {
    match writer {
        Pool::Sqlite(writer) => sqlite::empty_log(writer).await,
        // A server removes old versions of rows with its next vacuum.
        Pool::Postgres(_) => Ok(true),
    }
}

/// How many pages of a file hold nothing.
pub(crate) async fn free_pages(reader: &Pool) -> Result<u64, sqlx::Error> {
    match reader {
        Pool::Sqlite(reader) => sqlite::free_pages(reader).await,
        Pool::Postgres(_) => Ok(0),
    }
}

/// Says what an engine error means.
pub(crate) fn fault(path: &Path, error: sqlx::Error) -> LedgerError {
    let (place, detail) = (path.to_path_buf(), error.to_string());
    if let Some(code) = postgres_code(&error) {
        return postgres::fault(path, code, detail);
    }
    if let Some(code) = error.as_database_error().and_then(|e| e.code()?.parse().ok()) {
        return sqlite::fault(path, code, detail);
    }
    let server = path.to_str().is_some_and(|name| name.contains("://"));
    match error {
        _ if server && is_cut_off(&error) => LedgerError::Unreachable { path: place, detail },
        sqlx::Error::Io(e) => disk::io_fault(path, &e),
        sqlx::Error::PoolTimedOut => LedgerError::Busy { path: place, waited_s: 60 },
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => LedgerError::Unreachable { path: place, detail },
        sqlx::Error::Configuration(_) if server => LedgerError::NotLetIn { path: place, detail },
        sqlx::Error::Configuration(_) => LedgerError::CannotOpen { path: place, detail },
        _ => LedgerError::Engine { path: place, detail },
    }
}

/// Whether the server could not be reached or went away in the middle.
pub(crate) fn is_cut_off(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => true,
        _ => postgres_code(error).is_some_and(postgres::is_cut_off),
    }
}

/// Whether the error says that a row with this key is there already.
pub(crate) fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether the error says that a table does not exist, so the file belongs to another program.
pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    let Some(fault) = error.as_database_error() else { return false };
    fault.message().starts_with("no such table") || fault.message().starts_with("no such column")
}

fn postgres_code(error: &sqlx::Error) -> Option<&str> {
    Some(error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?.code())
}
