//! Files of earlier releases, stored in `tests/fixtures`: this program must open a copy, migrate it and verify it.
//! A fixture is made once, when its schema version is released, and never again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use romduol_ledger::{Copy, FILE_NAME, Head, Ledger, NewAccount};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::Home;

/// The head of `v1.sqlite`, written down when it was made: whoever changes the hash or the fixture notices here.
const V1_HEAD: &str = "4 d447e4cf4482e9a3a76b3382bc0afe5c7786df99da64335e52f77fe559f9721d";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn v1_bodies() -> Vec<String> {
    [
        r#"{"at":"2026-11-23T02:00:00Z","by":"a1","why":"first plan","put":[{"kind":"area","id":"KH-12","name":{"en":"Phnom Penh","km":"ភ្នំពេញ"}}]}"#,
        r#"{"at":"2026-11-23T02:01:00Z","by":"a1","put":[{"kind":"indicator","id":"PAR-09","unit":"women"}]}"#,
        r#"{"at":"2026-12-01T08:00:00Z","by":"a2","put":[{"kind":"observation","indicator":"PAR-09","area":"KH-12","value":"17"}]}"#,
        r#"{"at":"2026-12-02T08:00:00Z","by":"a2","why":"typing error","put":[{"kind":"observation","indicator":"PAR-09","area":"KH-12","value":"19"}]}"#,
    ]
    .map(String::from)
    .to_vec()
}

#[tokio::test]
async fn version_1_opens_and_verifies() {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(fixture("v1.sqlite"), dir.path().join(FILE_NAME)).unwrap();
    let ledger = Ledger::open(dir.path()).await.unwrap();
    let head = ledger.verify().await.unwrap().into_result().unwrap();
    assert_eq!(format!("{} {}", head.seq, head.hash), V1_HEAD);
    let entries = ledger.read_after(&Head::genesis()).await.unwrap();
    let bodies: Vec<_> = entries.into_iter().map(|e| e.body).collect();
    assert_eq!(bodies, v1_bodies());

    let account = ledger.sign_in("dara", "lotus-42").await.unwrap().unwrap();
    assert_eq!(account.institution.as_deref(), Some("MOI"));
    assert_eq!(ledger.draft("R-1").await.unwrap().unwrap().body, "{}");
    let newer = ledger.append(&head, &["{}".into()]).await.unwrap();
    assert_eq!(newer.seq, 5);
}

#[tokio::test]
async fn looking_at_an_old_file_leaves_it_old() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    fs::copy(fixture("v1.sqlite"), &path).unwrap();
    let ledger = Ledger::open_as_it_is(dir.path()).await.unwrap();
    let head = ledger.verify().await.unwrap().into_result().unwrap();
    assert_eq!(format!("{} {}", head.seq, head.hash), V1_HEAD);
    let backup = dir.path().join("backup");
    let content = ledger.backup(&backup, None).await.unwrap().close().await;
    assert_eq!(content.head, head);
    ledger.close().await;
    let mut raw = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await.unwrap();
    let schema: String =
        sqlx::query_scalar("SELECT value FROM meta WHERE key = 'schema'").fetch_one(&mut raw).await.unwrap();
    assert_eq!(schema, "1");
}

/// A server's ledger is backed up by reading its tables, which an older schema has not all of.
#[tokio::test]
async fn the_rows_of_an_old_ledger_are_copied_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(fixture("v1.sqlite"), dir.path().join(FILE_NAME)).unwrap();
    let ledger = Ledger::open_as_it_is(dir.path()).await.unwrap();
    let home = Home::empty().await;
    let mut copy = Copy::new(&ledger, home.place()).await.unwrap();
    assert_eq!(copy.pass(Some(&BTreeSet::new())).await.unwrap().entries, 4);
    assert_eq!(ledger.schema().await.unwrap(), 1);
    let copied = Ledger::open(home.place()).await.unwrap();
    assert!(copied.sign_in("dara", "lotus-42").await.unwrap().is_some());
    assert_eq!(copied.draft("R-1").await.unwrap().unwrap().body, "{}");
}

/// The same on a server, where a newer ledger is made older for it.
#[tokio::test]
async fn an_older_ledger_on_a_server_is_backed_up() {
    let (home, ledger) = crate::copy::lived_in().await;
    if !crate::on_server() {
        return;
    }
    crate::execute(
        &home,
        &[
            "DROP TABLE unnamed",
            "ALTER TABLE session DROP COLUMN small_counts",
            "ALTER TABLE access DROP COLUMN why",
            "DROP TABLE submission",
            "UPDATE meta SET value = '5' WHERE key = 'schema'",
        ],
    )
    .await;
    ledger.close().await;
    let ledger = Ledger::open_as_it_is(home.place()).await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let content = ledger.backup(&away.path().join("backup"), None).await.unwrap().close().await;
    assert_eq!((content.head.seq, ledger.schema().await.unwrap()), (1_200, 5));
}

/// Made `v1.sqlite`. Ignored: a fixture that is made anew by the program under test proves nothing.
#[tokio::test]
#[ignore = "writes tests/fixtures/v1.sqlite; run by hand when a schema version is released"]
async fn make_version_1() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(dir.path()).await.unwrap();
    let head = ledger.append(&Head::genesis(), &v1_bodies()).await.unwrap();
    let new = NewAccount {
        id: Some("a1".into()),
        login: "dara".into(),
        name: "Dara".into(),
        role: "focal-point".into(),
        institution: Some("MOI".into()),
        language: "km".into(),
        ..NewAccount::default()
    };
    ledger.add_account(new, "lotus-42", 0).await.unwrap();
    ledger.save_draft("R-1", "{}", 0, "a1", 0).await.unwrap();
    ledger.close().await;
    fs::copy(dir.path().join(FILE_NAME), fixture("v1.sqlite")).unwrap();
    println!("{} {}", head.seq, head.hash);
}
