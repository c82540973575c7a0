//! The contract of the store, through its public interface only; every engine that is added later must pass it too.
//! It refuses to know tables, except where a test plays the attacker.

mod account;
mod backup;
mod blob;
mod comment;
mod contact;
mod entry;
mod fault;
mod full_disk;
mod old_file;
mod tamper;

use romduol_ledger::{FILE_NAME, Head, Ledger};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

/// A new ledger in a folder that goes away with the test.
async fn fresh() -> (TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(dir.path()).await.unwrap();
    (dir, ledger)
}

/// `count` small bodies.
fn bodies(count: usize) -> Vec<String> {
    (1..=count).map(body).collect()
}

fn body(n: usize) -> String {
    format!(r#"{{"put":"PAR-{n:02}","value":{n}}}"#)
}

/// A ledger of `count` entries.
async fn filled(count: usize) -> (TempDir, Ledger, Head) {
    let (dir, ledger) = fresh().await;
    let head = ledger.append(&Head::genesis(), &bodies(count)).await.unwrap();
    (dir, ledger, head)
}

/// A connection past the store, as somebody with the file and any SQLite program has.
async fn raw(dir: &TempDir) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(dir.path().join(FILE_NAME));
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Runs statements past the store.
async fn execute(dir: &TempDir, statements: &[&'static str]) {
    let mut connection = raw(dir).await;
    for statement in statements {
        sqlx::query(*statement).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}
