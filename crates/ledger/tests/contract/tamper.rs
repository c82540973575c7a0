//! Somebody changes the file past the store: each change is found, with the number of the first entry it touches.

use romduol_ledger::{Break, Head, LedgerError, Why};

use crate::{Home, execute, filled};

/// Tampers with a ledger of ten entries and expects one finding, from `verify` and from reading alike.
async fn check(statements: &[&'static str], seq: u64, why: Why) -> (Home, LedgerError) {
    let (dir, ledger, _) = filled(10).await;
    execute(&dir, statements).await;
    let found = ledger.verify().await.unwrap();
    assert_eq!(found.broken, Some(Break { seq, why }));
    assert_eq!(found.entries, seq - 1);
    assert_eq!(found.head.seq, seq - 1);
    let error = ledger.read_after(&Head::genesis()).await.unwrap_err();
    assert!(matches!(&error, LedgerError::Broken(b) if *b == Break { seq, why }), "{error}");
    (dir, error)
}

#[tokio::test]
async fn a_changed_body() {
    let sql = "UPDATE entry SET body = replace(body, '4', '5') WHERE seq = 4";
    let (_dir, error) = check(&[sql], 4, Why::Changed).await;
    assert_eq!(
        error.to_string(),
        "The content of entry 4 does not match the hash chain; stop here: restore the newest backup that passes \
         `romduol verify`, and keep this file as evidence."
    );
}

#[tokio::test]
async fn a_changed_last_body() {
    let sql = "UPDATE entry SET body = '{}' WHERE seq = 10";
    check(&[sql], 10, Why::Changed).await;
}

#[tokio::test]
async fn a_changed_hash() {
    let sql = "UPDATE entry SET hash = replace(hash, 'a', 'b') WHERE seq = 6";
    check(&[sql], 6, Why::Changed).await;
}

#[tokio::test]
async fn a_deleted_first_middle_and_last_entry() {
    check(&["DELETE FROM entry WHERE seq = 1"], 1, Why::Missing).await;
    check(&["DELETE FROM entry WHERE seq = 5"], 5, Why::Missing).await;
    check(&["DELETE FROM entry WHERE seq = 10"], 10, Why::Missing).await;
    check(&["DELETE FROM entry"], 1, Why::Missing).await;
}

#[tokio::test]
async fn swapped_entries_near_and_far() {
    const NEIGHBOURS: &[&str] = &[
        "UPDATE entry SET seq = 99 WHERE seq = 3",
        "UPDATE entry SET seq = 3 WHERE seq = 4",
        "UPDATE entry SET seq = 4 WHERE seq = 99",
    ];
    const FAR: &[&str] = &[
        "UPDATE entry SET seq = 99 WHERE seq = 2",
        "UPDATE entry SET seq = 2 WHERE seq = 9",
        "UPDATE entry SET seq = 9 WHERE seq = 99",
    ];
    check(NEIGHBOURS, 3, Why::Order).await;
    check(FAR, 2, Why::Order).await;
}

#[tokio::test]
async fn swapped_bodies_only() {
    const BODIES: &[&str] = &[
        "CREATE TABLE old AS SELECT seq, body FROM entry",
        "UPDATE entry SET body = (SELECT body FROM old WHERE seq = 8) WHERE seq = 5",
        "UPDATE entry SET body = (SELECT body FROM old WHERE seq = 5) WHERE seq = 8",
    ];
    check(BODIES, 5, Why::Order).await;
}

#[tokio::test]
async fn a_gap_that_was_closed_by_renumbering() {
    const CLOSED: &[&str] = &["DELETE FROM entry WHERE seq = 7", "UPDATE entry SET seq = seq - 1 WHERE seq > 7"];
    check(CLOSED, 7, Why::Changed).await;
}

#[tokio::test]
async fn an_entry_slipped_in_at_the_end() {
    let (dir, ledger, _) = filled(3).await;
    execute(&dir, &["INSERT INTO entry (seq, body, hash) VALUES (4, '{}', 'none')"]).await;
    // The chain is whole up to its end; only looking behind the end shows it.
    let found = ledger.verify().await.unwrap();
    assert_eq!(found.broken, Some(Break { seq: 4, why: Why::Extra }));
}

#[tokio::test]
async fn a_head_that_was_changed() {
    let (dir, ledger, _) = filled(3).await;
    execute(&dir, &["UPDATE meta SET value = replace(value, '3 ', '2 ') WHERE key = 'head'"]).await;
    assert!(ledger.verify().await.unwrap().broken.is_some());
}
