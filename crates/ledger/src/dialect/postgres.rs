//! What only PostgreSQL does: sessions over a network that may be cut, its codes of errors.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::LedgerError;

const CONNECTIONS: u32 = 8;
/// How long a page waits for a database that is away before it says so.
const PATIENCE: Duration = Duration::from_secs(8);
const LOCK_TIMEOUT_S: u64 = 10;
/// Longer than the server lets anything wait for a lock. A machine whose power goes ends no connection: without this its
/// answer would be waited for until this program is restarted.
const LONGEST: Duration = Duration::from_secs(30);
/// A node that died in the middle of an append holds the end of the ledger until the server notices: with these after
/// seconds instead of hours.
const SETTINGS: [(&str, &str); 5] = [
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
];
/// A commit is answered when it is on the disk, however the server is set; a stricter setting stays.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')";

pub(crate) async fn connect(address: &str) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(address)?.application_name("romduol").options(SETTINGS);
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::query(DURABLE).execute(connection).await.map(drop) })
        })
        .connect_with(options)
        .await
}

/// Gives up what is not answered; its connection finds out for itself whether it is dead.
pub(crate) async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let late = |_| sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer"));
    tokio::time::timeout(LONGEST, work).await.map_err(late)?
}

/// Says what a code of the engine means. Codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub(crate) fn fault(path: &Path, code: &str, detail: String) -> LedgerError {
    let path = path.to_path_buf();
    match code {
        "53100" => LedgerError::DiskFull { path },
        "25006" | "42501" => LedgerError::ReadOnly { path },
        "55P03" => LedgerError::Busy { path, waited_s: LOCK_TIMEOUT_S },
        "42703" => LedgerError::NotALedger { path },
        "42P07" => LedgerError::AlreadyExists { path },
        // No such database, schema or table. The first one that is asked for is the one that says what it is.
        "3D000" | "3F000" | "42P01" => LedgerError::Missing { path },
        _ if is_cut_off(code) => LedgerError::Unreachable { path, detail },
        // Wrong password, no such role, too many connections: in the server's own words.
        _ if code.starts_with("28") || code == "53300" => LedgerError::NotLetIn { path, detail },
        _ if code.starts_with("XX00") => LedgerError::Damaged { path, detail },
        _ => LedgerError::Engine { path, detail },
    }
}

/// Whether the server ended the connection or is not ready: shutting down, starting, gone.
pub(crate) fn is_cut_off(code: &str) -> bool {
    code.starts_with("08") || code.starts_with("57P0") || code == "25P03"
}
