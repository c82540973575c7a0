//! The tables and how an older file becomes a newer one. Statements are the common subset of SQLite and PostgreSQL.
//! It refuses to know rows.
//!
//! A change of the schema is a new list at the end of [`MIGRATIONS`]; lists that were released are never edited.

use crate::chain::Head;
use crate::dialect::{self, Pool, on, on_all};

/// Version 1 and onwards; the list at index `n` leads from version `n` to `n + 1`.
pub(crate) const MIGRATIONS: &[&[&str]] = &[V1, V2, V3, V4, V5, V6, V7, V8];

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

/// More ways in than a password, and a trail of what was read.
const V5: &[&str] = &[
    "ALTER TABLE session ADD COLUMN strong BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE session ADD COLUMN proved BIGINT NOT NULL DEFAULT 0",
    "CREATE TABLE ticket (
        hash TEXT PRIMARY KEY,
        purpose TEXT NOT NULL,
        account TEXT REFERENCES account (id) ON DELETE CASCADE,
        data TEXT NOT NULL,
        expires BIGINT NOT NULL)",
    "CREATE TABLE factor (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        secret TEXT NOT NULL,
        used BIGINT NOT NULL,
        created BIGINT NOT NULL)",
    "CREATE INDEX factor_account ON factor (account)",
    "CREATE TABLE token (
        hash TEXT PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        scope TEXT NOT NULL,
        created BIGINT NOT NULL,
        expires BIGINT NOT NULL,
        used BIGINT)",
    "CREATE INDEX token_account ON token (account)",
    "CREATE TABLE identity (
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        PRIMARY KEY (issuer, subject))",
    "CREATE TABLE access (
        id TEXT PRIMARY KEY,
        at BIGINT NOT NULL,
        account TEXT NOT NULL,
        act TEXT NOT NULL,
        object TEXT NOT NULL)",
    "CREATE INDEX access_at ON access (at)",
];

/// What was sent once and is not to be done twice.
const V6: &[&str] = &[
    "CREATE TABLE submission (
        key TEXT PRIMARY KEY,
        alive BIGINT NOT NULL,
        seq BIGINT,
        print TEXT,
        answer TEXT)",
    "CREATE INDEX submission_alive ON submission (alive)",
];

/// Small counts are seen for a time and a reason, which the trail keeps.
const V7: &[&str] = &[
    "ALTER TABLE session ADD COLUMN small_counts BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE access ADD COLUMN why TEXT NOT NULL DEFAULT ''",
];

/// Since when nothing names a stored file.
const V8: &[&str] = &["CREATE TABLE unnamed (file TEXT PRIMARY KEY, since BIGINT NOT NULL)"];

/// What only one engine needs. A file keeps its blobs in a folder beside it; nodes that share a database share no folder.
const POSTGRES: &[&str] = &["CREATE TABLE blob (id TEXT PRIMARY KEY, bytes BYTEA NOT NULL)"];

/// Lays out an empty database: all migrations and the head before the first entry.
pub(crate) async fn create(pool: &Pool) -> Result<(), sqlx::Error> {
    let own: &[&str] = if matches!(pool, Pool::Postgres(_)) { POSTGRES } else { &[] };
    on_all!(pool, |pool| {
        let mut transaction = dialect::begin_write(pool).await?;
        for statement in MIGRATIONS.iter().copied().flatten().chain(own).copied() {
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
    })
}

/// The version that the file says it has; `None` if it says nothing or no number.
pub(crate) async fn version(pool: &Pool) -> Result<Option<u32>, sqlx::Error> {
    let value: Option<String> = on!(pool, |pool| {
        sqlx::query_scalar("SELECT value FROM meta WHERE key = 'schema'").fetch_optional(pool).await
    })?;
    Ok(value.and_then(|text| text.parse().ok()))
}

/// Runs the lists that the file has not seen, all or none. Asks for the version again inside the write lock, because
/// another process may have migrated meanwhile.
pub(crate) async fn migrate(pool: &Pool, migrations: &'static [&[&str]]) -> Result<(), sqlx::Error> {
    on_all!(pool, |pool| {
        let mut transaction = dialect::begin_write(pool).await?;
        // Writing the row takes its lock on either engine, before it is read.
        sqlx::query("UPDATE meta SET value = value WHERE key = 'schema'").execute(&mut *transaction).await?;
        let seen: Option<String> =
            sqlx::query_scalar("SELECT value FROM meta WHERE key = 'schema'").fetch_optional(&mut *transaction).await?;
        let seen: usize = seen.and_then(|text| text.parse().ok()).unwrap_or(0);
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
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &[&[&str]] = &[
        V1,
        V2,
        V3,
        V4,
        V5,
        V6,
        V7,
        V8,
        &["ALTER TABLE account ADD COLUMN phone TEXT"],
        &["CREATE TABLE extra (id TEXT PRIMARY KEY)"],
    ];

    async fn empty() -> Pool {
        let one = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
        let pool = Pool::Sqlite(one.connect("sqlite::memory:").await.unwrap());
        create(&pool).await.unwrap();
        pool
    }

    async fn select(pool: &Pool, sql: &'static str) -> bool {
        on_all!(pool, |pool| sqlx::query(sql).fetch_all(pool).await.is_ok())
    }

    #[tokio::test]
    async fn an_older_file_gets_every_later_list_once() {
        let pool = empty().await;
        for _ in 0..2 {
            migrate(&pool, NEXT).await.unwrap();
            assert_eq!(version(&pool).await.unwrap(), Some(10));
        }
        assert!(select(&pool, "SELECT phone FROM account, extra").await);
    }

    #[tokio::test]
    async fn a_failing_migration_changes_nothing() {
        const BAD: &[&[&str]] =
            &[V1, V2, V3, V4, V5, V6, V7, V8, &["CREATE TABLE extra (id TEXT)", "CREATE TABLE extra (id TEXT)"]];
        let pool = empty().await;
        assert!(migrate(&pool, BAD).await.is_err());
        assert_eq!(version(&pool).await.unwrap(), Some(LATEST));
        assert!(!select(&pool, "SELECT id FROM extra").await);
    }
}
