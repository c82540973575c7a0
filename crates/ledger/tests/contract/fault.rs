//! Full disks, wrong files, files of other programs: each gives its own error and one sentence with the next step.

use std::fs;

use romduol_ledger::{AppendError, FILE_NAME, Head, Ledger, LedgerError, Options};

use crate::{Home, bodies, body, execute, filled, fresh, on_server};

#[tokio::test]
async fn a_full_disk_saves_nothing_and_mends_itself() {
    if on_server() {
        return;
    }
    let (dir, ledger, head) = filled(3).await;
    ledger.close().await;
    let options = Options { max_pages: Some(1), ..Options::default() };
    let ledger = Ledger::open_with(dir.place(), &options).await.unwrap();
    let large: Vec<String> = (0..50).map(|n| body(n).repeat(500)).collect();

    let error = ledger.append(&head, &large).await.unwrap_err();
    assert!(matches!(&error, AppendError::Ledger(LedgerError::DiskFull { .. })), "{error:?}");
    let sentence = error.to_string();
    assert!(sentence.starts_with("The disk is full at "), "{sentence}");
    assert!(sentence.ends_with("nothing was saved; free some space and send it again."));
    assert_eq!(ledger.head().await.unwrap(), head);
    assert_eq!(ledger.verify().await.unwrap().entries, 3);

    ledger.set_max_pages(1_000_000).await.unwrap();
    let newer = ledger.append(&head, &large).await.unwrap();
    assert_eq!(newer.seq, 53);
    assert_eq!(ledger.verify().await.unwrap().into_result().unwrap(), newer);
}

#[tokio::test]
async fn a_read_only_ledger_reads_and_refuses_to_write() {
    if on_server() {
        return;
    }
    let (dir, ledger, head) = filled(3).await;
    ledger.close().await;
    let options = Options { read_only: true, ..Options::default() };
    let ledger = Ledger::open_with(dir.place(), &options).await.unwrap();
    assert_eq!(ledger.verify().await.unwrap().entries, 3);
    let error = ledger.append(&head, &bodies(1)).await.unwrap_err();
    assert!(matches!(&error, AppendError::Ledger(LedgerError::ReadOnly { .. })));
    assert!(error.to_string().contains("write permission"), "{error}");
}

#[tokio::test]
async fn no_ledger_there() {
    let dir = Home::empty().await;
    let error = Ledger::open(dir.place()).await.unwrap_err();
    assert!(matches!(error, LedgerError::Missing { .. }));
    assert!(error.to_string().contains("romduol init"), "{error}");
    assert!(Ledger::open(dir.path().join("no/such")).await.is_err());
}

#[tokio::test]
async fn a_ledger_there_already() {
    let (dir, ledger, head) = filled(3).await;
    let error = Ledger::create(dir.place()).await.unwrap_err();
    assert!(matches!(error, LedgerError::AlreadyExists { .. }));
    assert_eq!(ledger.head().await.unwrap(), head);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_was() {
    if on_server() {
        return;
    }
    let random: Vec<u8> = (0..9000_u32).map(|n| (n * n % 251) as u8).collect();
    let half = b"SQLite format 3\0 and then something else entirely".repeat(40);
    for content in [&b"seq,body\n1,hello\n"[..], b"", &random, &half] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        fs::write(&path, content).unwrap();
        let error = Ledger::open(dir.path()).await.unwrap_err();
        assert!(matches!(error, LedgerError::NotALedger { .. }), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[tokio::test]
async fn a_database_of_another_program() {
    if on_server() {
        return;
    }
    let (dir, ledger, _) = filled(1).await;
    execute(&dir, &["DROP TABLE meta"]).await;
    drop(ledger);
    let error = Ledger::open(dir.place()).await.unwrap_err();
    assert!(matches!(error, LedgerError::NotALedger { .. }), "{error:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (dir, ledger) = fresh().await;
    execute(&dir, &["UPDATE meta SET value = '999' WHERE key = 'schema'"]).await;
    drop(ledger);
    let error = Ledger::open(dir.place()).await.unwrap_err();
    assert!(matches!(error, LedgerError::NewerSchema { found: 999, .. }));
    assert!(error.to_string().contains("install the newer program"));
}

#[tokio::test]
async fn a_damaged_page_is_noticed() {
    if on_server() {
        return;
    }
    let (dir, ledger, _) = filled(2_000).await;
    ledger.close().await;
    let path = dir.path().join(FILE_NAME);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let ledger = Ledger::open(dir.place()).await.unwrap();
    let found = ledger.verify().await;
    let noticed = match &found {
        Ok(verification) => verification.broken.is_some(),
        Err(LedgerError::Damaged { .. }) => true,
        Err(_) => false,
    };
    assert!(noticed, "{found:?}");
}

#[tokio::test]
async fn an_abandoned_append_leaves_no_trace() {
    let (_dir, ledger, head) = filled(3).await;
    for wait_us in [0, 50, 200, 800, 3_000] {
        let many = bodies(2_000);
        let append = ledger.append(&head, &many);
        let limit = std::time::Duration::from_micros(wait_us);
        if tokio::time::timeout(limit, append).await.is_ok() {
            return; // A machine this quick has nothing to abandon.
        }
        let now = ledger.head().await.unwrap();
        assert!(now == head || now.seq == head.seq + 2_000);
        if now != head {
            return;
        }
    }
    let newer = ledger.append(&head, &bodies(1)).await;
    // The last abandoned append may still have been committed whole; then this is a conflict.
    let entries = ledger.verify().await.unwrap().into_result().unwrap().seq;
    assert!(newer.is_ok() && entries == 4 || entries == 2_003);
}

#[tokio::test]
async fn a_new_ledger_is_private_to_its_owner() {
    if on_server() {
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let (dir, _ledger, _) = filled(1).await;
    for file in fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}

#[tokio::test]
async fn opening_twice_changes_nothing() {
    let (dir, ledger, head) = filled(3).await;
    let again = Ledger::open(dir.place()).await.unwrap();
    assert_eq!(again.head().await.unwrap(), head);
    assert_ne!(head, Head::genesis());
    drop(ledger);
    assert_eq!(again.verify().await.unwrap().entries, 3);
}
