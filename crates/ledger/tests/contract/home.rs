//! Where the ledger of a test is: a folder that goes away with the test, or a schema of its own on the server that
//! `ROMDUOL_TEST_POSTGRES` names. The only place that knows connections past the store.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use romduol_ledger::{FILE_NAME, Ledger, Place};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

pub(crate) struct Home {
    dir: TempDir,
    place: Place,
}

impl Home {
    /// A place without a ledger.
    pub(crate) async fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = match server() {
            Some(server) => schema(&server).await,
            None => dir.path().into(),
        };
        Self { dir, place }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The folder; only for what concerns files.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
}

fn server() -> Option<String> {
    std::env::var("ROMDUOL_TEST_POSTGRES").ok()
}

/// Whether the tests run on a server; those that concern files have nothing to do then.
pub(crate) fn on_server() -> bool {
    server().is_some()
}

async fn schema(server: &str) -> Place {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(server).await.expect("the server of ROMDUOL_TEST_POSTGRES answers");
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut connection).await.unwrap();
    Place::Database(format!("{server}?options[search_path]={name}"))
}

/// A new ledger.
pub(crate) async fn fresh() -> (Home, Ledger) {
    let home = Home::empty().await;
    let ledger = Ledger::create(home.place()).await.unwrap();
    (home, ledger)
}

/// A connection past the store, as somebody with the file and any SQLite program has.
async fn raw(home: &Home) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(home.path().join(FILE_NAME));
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Runs statements past the store.
pub(crate) async fn execute(home: &Home, statements: &[&'static str]) {
    if let Place::Database(address) = home.place() {
        let mut connection = PgConnection::connect(address).await.unwrap();
        for statement in statements {
            sqlx::query(*statement).execute(&mut connection).await.unwrap();
        }
        return;
    }
    let mut connection = raw(home).await;
    for statement in statements {
        sqlx::query(*statement).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Reads a column of text past the store.
pub(crate) async fn texts(home: &Home, statement: &'static str) -> Vec<String> {
    if let Place::Database(address) = home.place() {
        let mut connection = PgConnection::connect(address).await.unwrap();
        return sqlx::query_scalar(statement).fetch_all(&mut connection).await.unwrap();
    }
    sqlx::query_scalar(statement).fetch_all(&mut raw(home).await).await.unwrap()
}
