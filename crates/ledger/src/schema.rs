//! The tables and how an older file becomes a newer one. Statements are the common subset of SQLite and PostgreSQL.
//! It refuses to know rows.
//!
//! A change of the schema is a new list at the end of [`MIGRATIONS`]; lists that were released are never edited.

use sqlx::Connection as _;

use crate::chain::Head;
use crate::dialect::{BEGIN_WRITE, Connection};

/// Version 1 and onwards; the list at index `n` leads from version `n` to `n + 1`.
pub(crate) const MIGRATIONS: &[&[&str]] = &[V1, V2, V3, V4];

/// The schema version that this program writes.
#[allow(clippy::cast_possible_truncation)]
pub const LATEST: u32 = MIGRATIONS.len() as u32;

const V1: &[&str] = &[
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE entry (
        seq BIGINT PRIMARY KEY CHECK (seq > 0),
        body TEXT NOT NULL,
        hash TEXT NOT NULL)",
    "CREATE TABLE account (
        id TEXT PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        role TEXT NOT NULL,
        institution TEXT,
        area TEXT,
        language TEXT NOT NULL,
        active BIGINT NOT NULL,
        created BIGINT NOT NULL)",
    "CREATE TABLE session (
        token_hash TEXT PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        created BIGINT NOT NULL,
        seen BIGINT NOT NULL,
        expires BIGINT NOT NULL,
        revoked BIGINT)",
    "CREATE INDEX session_account ON session (account)",
    "CREATE TABLE draft (
        return_id TEXT PRIMARY KEY,
        body TEXT NOT NULL,
        revision BIGINT NOT NULL,
        saved_by TEXT NOT NULL,
        saved_at BIGINT NOT NULL)",
];

/// No statement: from here on long bodies may be compressed, which an older program could not read.
const V2: &[&str] = &[];

const V3: &[&str] = &["CREATE TABLE comment (
        code_hash TEXT PRIMARY KEY,
        version TEXT NOT NULL,
        body TEXT,
        day BIGINT NOT NULL,
        outcome TEXT)"];

const V4: &[&str] = &["CREATE TABLE contact (
        account TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
        email TEXT NOT NULL,
        reminded BIGINT)"];

/// Lays out an empty database: all migrations and the head before the first entry.
pub(crate) async fn create(connection: &mut Connection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with(BEGIN_WRITE).await?;
    for statement in MIGRATIONS.iter().copied().flatten().copied() {
        sqlx::query(statement).execute(&mut *transaction).await?;
    }
    for (key, value) in [("schema", LATEST.to_string()), ("head", Head::genesis().to_text())] {
        sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2)")
            .bind(key)
            .bind(value)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

/// The version that the file says it has; `None` if it says nothing or no number.
pub(crate) async fn version(connection: &mut Connection) -> Result<Option<u32>, sqlx::Error> {
    let value: Option<String> =
        sqlx::query_scalar("SELECT value FROM meta WHERE key = 'schema'").fetch_optional(connection).await?;
    Ok(value.and_then(|text| text.parse().ok()))
}

/// Runs the lists that the file has not seen, all or none. Asks for the version again inside the write lock, because
/// another process may have migrated meanwhile.
pub(crate) async fn migrate(connection: &mut Connection, migrations: &'static [&[&str]]) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with(BEGIN_WRITE).await?;
    let seen = version(&mut transaction).await?.unwrap_or(0) as usize;
    for statement in migrations.iter().skip(seen).copied().flatten().copied() {
        sqlx::query(statement).execute(&mut *transaction).await?;
    }
    if seen < migrations.len() {
        sqlx::query("UPDATE meta SET value = $1 WHERE key = 'schema'")
            .bind(migrations.len().to_string())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &[&[&str]] = &[
        V1,
        V2,
        V3,
        V4,
        &["ALTER TABLE account ADD COLUMN phone TEXT"],
        &["CREATE TABLE extra (id TEXT PRIMARY KEY)"],
    ];

    async fn empty() -> Connection {
        let mut connection = Connection::connect("sqlite::memory:").await.unwrap();
        create(&mut connection).await.unwrap();
        connection
    }

    #[tokio::test]
    async fn an_older_file_gets_every_later_list_once() {
        let mut connection = empty().await;
        for _ in 0..2 {
            migrate(&mut connection, NEXT).await.unwrap();
            assert_eq!(version(&mut connection).await.unwrap(), Some(6));
        }
        sqlx::query("SELECT phone FROM account, extra").fetch_all(&mut connection).await.unwrap();
    }

    #[tokio::test]
    async fn a_failing_migration_changes_nothing() {
        const BAD: &[&[&str]] = &[V1, V2, V3, V4, &["CREATE TABLE extra (id TEXT)", "CREATE TABLE extra (id TEXT)"]];
        let mut connection = empty().await;
        assert!(migrate(&mut connection, BAD).await.is_err());
        assert_eq!(version(&mut connection).await.unwrap(), Some(LATEST));
        assert!(sqlx::query("SELECT id FROM extra").fetch_all(&mut connection).await.is_err());
    }
}
