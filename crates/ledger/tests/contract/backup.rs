//! The drill: back up while others write, lose everything, restore, compare. And every file that is no whole backup.

use std::fs;
use std::path::Path;

use romduol_ledger::{BLOB_FOLDER, FILE_NAME, Head, Ledger, LedgerError, NewAccount, check_backup, unpack_backup};
use tempfile::TempDir;

use crate::{bodies, execute, filled, on_server};

const PASSPHRASE: &str = "nine lotus flowers";

fn dara() -> NewAccount {
    NewAccount { login: "dara".into(), role: "focal-point".into(), language: "km".into(), ..NewAccount::default() }
}

/// Restores into a new folder and opens what came out.
async fn restored(backup: &Path, passphrase: Option<&str>, to: Option<u64>) -> (TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("data");
    let mut unpacked = unpack_backup(backup, passphrase, &folder).await.unwrap();
    if let Some(position) = to {
        unpacked.end_at(position).await.unwrap();
    }
    unpacked.finish().await.unwrap();
    let ledger = Ledger::open(folder).await.unwrap();
    (dir, ledger)
}

#[tokio::test]
async fn the_drill() {
    let (dir, ledger, _) = filled(20).await;
    let account = ledger.add_account(dara(), "lotus-42", 0).await.unwrap();
    let token = ledger.add_session(&account.id, 0, i64::MAX, false).await.unwrap();
    ledger.save_draft("R-1", "{}", 0, "a1", 0).await.unwrap();
    let evidence = ledger.blobs().put(b"minutes of a meeting".to_vec()).await.unwrap();
    let writer = tokio::spawn({
        let ledger = ledger.clone();
        async move {
            for _ in 0..200 {
                let head = ledger.head().await.unwrap();
                ledger.append(&head, &bodies(3)).await.unwrap();
            }
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("monday.backup");
    let content = ledger.backup(&file, None).await.unwrap().close().await;
    writer.await.unwrap();
    assert!(content.head.seq >= 20 && content.files.len() == 1, "{content:?}");
    assert_eq!(check_backup(&file, None).await.unwrap().close().await, content);
    let only: Vec<_> = fs::read_dir(away.path()).unwrap().collect();
    assert_eq!(only.len(), 1, "nothing but the backup is left beside it");
    let before = ledger.read_after(&Head::genesis()).await.unwrap();
    drop((ledger, dir));

    let (_dir, ledger) = restored(&file, None, None).await;
    assert_eq!(ledger.verify().await.unwrap().into_result().unwrap(), content.head);
    let after = ledger.read_after(&Head::genesis()).await.unwrap();
    assert_eq!(after[..], before[..after.len()]);
    assert!(ledger.sign_in("dara", "lotus-42").await.unwrap().is_some());
    assert_eq!(ledger.draft("R-1").await.unwrap().unwrap().body, "{}");
    assert_eq!(ledger.blobs().get(&evidence).await.unwrap(), b"minutes of a meeting");
    assert!(ledger.session(token.as_str(), 1).await.unwrap().is_none(), "nobody is signed in");
    ledger.append(&content.head, &bodies(1)).await.unwrap();
}

#[tokio::test]
async fn an_earlier_position_has_a_chain_that_holds() {
    let (_dir, ledger, head) = filled(10).await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("backup");
    ledger.backup(&file, None).await.unwrap();
    for position in [0, 1, 7, 10] {
        let (_dir, earlier) = restored(&file, None, Some(position)).await;
        assert_eq!(earlier.verify().await.unwrap().into_result().unwrap().seq, position);
    }
    let (_dir, earlier) = restored(&file, None, Some(7)).await;
    let expected = ledger.entry(7).await.unwrap().unwrap().head();
    assert_eq!(earlier.head().await.unwrap(), expected);
    assert_ne!(earlier.append(&expected, &["{}".into()]).await.unwrap().hash, head.hash);

    let folder = away.path().join("data");
    let mut unpacked = unpack_backup(&file, None, &folder).await.unwrap();
    let error = unpacked.end_at(11).await.unwrap_err();
    assert_eq!(error.to_string(), "There is no entry 11; the backup ends at entry 10; choose a position up to that.");
    drop(unpacked);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0, "a restore that was given up leaves nothing");
}

#[tokio::test]
async fn an_encrypted_backup_opens_with_its_passphrase_only() {
    let (_dir, ledger, head) = filled(10).await;
    ledger.blobs().put(b"a name that nobody may read".to_vec()).await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("backup");
    ledger.backup(&file, Some(PASSPHRASE)).await.unwrap();
    assert!(fs::read(&file).unwrap().starts_with(b"age-encryption.org/v1\n"));
    let none = check_backup(&file, None).await.err().unwrap();
    assert!(matches!(none, LedgerError::BackupSealed { .. }), "{none:?}");
    let wrong = check_backup(&file, Some("ten lotus flowers")).await.err().unwrap();
    assert!(matches!(wrong, LedgerError::WrongPassphrase { .. }), "{wrong:?}");
    assert_eq!(check_backup(&file, Some(PASSPHRASE)).await.unwrap().content.head, head);
    let (_dir, ledger) = restored(&file, Some(PASSPHRASE), None).await;
    assert_eq!(ledger.head().await.unwrap(), head);

    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    let cut = check_backup(&file, Some(PASSPHRASE)).await.err().unwrap();
    assert!(matches!(cut, LedgerError::BackupDamaged { .. }), "{cut:?}");
}

#[tokio::test]
async fn a_backup_that_is_cut_or_changed_anywhere_is_refused() {
    let (_dir, ledger, _) = filled(5).await;
    ledger.blobs().put(vec![7; 3_000]).await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let (file, bad) = (away.path().join("backup"), away.path().join("bad"));
    ledger.backup(&file, None).await.unwrap();
    let whole = fs::read(&file).unwrap();
    let refused = async |bytes: &[u8], what: String| {
        fs::write(&bad, bytes).unwrap();
        let folder = away.path().join("data");
        let error = unpack_backup(&bad, None, &folder).await.err().unwrap_or_else(|| panic!("{what} was taken"));
        let known = matches!(error, LedgerError::NotABackup { .. } | LedgerError::BackupDamaged { .. });
        assert!(known, "{what}: {error:?}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{what}");
    };
    let step = (whole.len() / 40).max(1);
    for at in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
        refused(&whole[..at], format!("a file cut at byte {at}")).await;
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        refused(&changed, format!("a file changed at byte {at}")).await;
    }
    let database = b"SQLite format 3\0".repeat(600);
    for foreign in [b"seq,body\n".to_vec(), vec![], b"age".to_vec(), database] {
        refused(&foreign, "a foreign file".into()).await;
    }
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let (dir, ledger, _) = filled(3).await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("backup");
    fs::write(&file, "a letter").unwrap();
    let error = ledger.backup(&file, None).await.err().unwrap();
    assert!(matches!(error, LedgerError::NotEmpty { .. }), "{error:?}");
    assert_eq!(fs::read(&file).unwrap(), b"a letter");
    fs::remove_file(&file).unwrap();
    ledger.backup(&file, None).await.unwrap();
    fs::write(dir.path().join("a letter"), "to somebody").unwrap();
    let error = unpack_backup(&file, None, dir.path()).await.err().unwrap();
    assert!(error.to_string().ends_with("choose a new place or an empty folder."), "{error}");
    assert!(unpack_backup(&away.path().join("none"), None, &away.path().join("data")).await.is_err());
}

#[tokio::test]
async fn a_damaged_file_is_left_out_and_a_damaged_chain_is_not_backed_up() {
    let (dir, ledger, _) = filled(3).await;
    let id = ledger.blobs().put(b"evidence".to_vec()).await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let name = id.as_str();
    if on_server() {
        execute(&dir, &["UPDATE blob SET bytes = 'something else'"]).await;
    } else {
        let stored = dir.path().join(BLOB_FOLDER).join(&name[..2]).join(&name[2..4]).join(name);
        fs::write(&stored, b"something else").unwrap();
    }
    let sound = ledger.blobs().put(b"minutes".to_vec()).await.unwrap();
    let one = away.path().join("one");
    let content = ledger.backup(&one, None).await.unwrap().close().await;
    assert!(content.files.len() == 1 && content.files.contains(&sound));
    let (_dir, again) = restored(&one, None, None).await;
    assert_eq!(again.blobs().list().await.unwrap(), [sound]);
    fs::remove_file(one).unwrap();
    execute(&dir, &["UPDATE entry SET body = '{}' WHERE seq = 2"]).await;
    let error = ledger.backup(&away.path().join("two"), None).await.err().unwrap();
    assert!(matches!(error, LedgerError::Broken(_)), "{error:?}");
    assert_eq!(fs::read_dir(away.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_backup_of_a_newer_program_is_refused() {
    if on_server() {
        return;
    }
    let (dir, ledger, _) = filled(3).await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("backup");
    ledger.backup(&file, None).await.unwrap();
    ledger.close().await;
    execute(&dir, &["UPDATE meta SET value = '999' WHERE key = 'schema'"]).await;
    let newer = repack(&file, &dir.path().join(FILE_NAME));
    fs::write(&file, newer).unwrap();
    let error = check_backup(&file, None).await.err().unwrap();
    assert!(matches!(error, LedgerError::NewerSchema { found: 999, .. }), "{error:?}");
    assert!(error.to_string().ends_with("install the newer program."), "{error}");
}

/// The same backup with another database in it.
fn repack(file: &Path, database: &Path) -> Vec<u8> {
    let mut old = tar::Archive::new(zstd::Decoder::new(fs::File::open(file).unwrap()).unwrap());
    let mut new = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    for member in old.entries().unwrap() {
        let mut member = member.unwrap();
        let path = member.path().unwrap().into_owned();
        if path == Path::new(FILE_NAME) {
            new.append_path_with_name(database, FILE_NAME).unwrap();
        } else {
            let mut header = member.header().clone();
            new.append_data(&mut header, path, &mut member).unwrap();
        }
    }
    new.into_inner().unwrap().finish().unwrap()
}
