//! A copy in an object store: followed, restored, kept from other eyes and other ledgers. Here it is a folder;
//! `.ci/offsite` does the same with a server that speaks S3.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use romduol_ledger::{
    BLOB_FOLDER, BlobId, Ledger, LedgerError, NewAccount, OffsiteCopy, check_offsite, unpack_offsite,
};
use tempfile::TempDir;

use crate::copy::{all_of, lived_in};
use crate::{bodies, filled, fresh};

const PASSPHRASE: &str = "nine lotus flowers";

struct Store {
    folder: TempDir,
}

impl Store {
    fn new() -> Store {
        Store { folder: tempfile::tempdir().unwrap() }
    }

    fn address(&self) -> String {
        format!("file://{}/wps", self.folder.path().display())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("wps").join(name)
    }

    async fn copy_of(&self, ledger: &Ledger) -> Result<OffsiteCopy, LedgerError> {
        OffsiteCopy::new(ledger, &self.address(), PASSPHRASE).await
    }

    async fn restored(&self, to: Option<u64>) -> Result<(TempDir, Ledger), LedgerError> {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("data");
        let mut unpacked = unpack_offsite(&self.address(), PASSPHRASE, &folder).await?;
        if let Some(position) = to {
            unpacked.end_at(position).await?;
        }
        unpacked.finish().await?;
        Ok((dir, Ledger::open(folder).await?))
    }
}

fn contents(folder: &Path) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(contents(&path)) } else { all.push(fs::read(path).unwrap()) }
    }
    all
}

#[tokio::test]
async fn what_is_restored_is_what_was_copied_and_nobody_else_can_read_it() {
    let ((_home, ledger), store) = (lived_in().await, Store::new());
    let mut copy = store.copy_of(&ledger).await.unwrap();
    let copied = copy.pass(Some(&BTreeSet::new())).await.unwrap();
    assert_eq!((copied.entries, copied.files), (1_200, 1));
    let minutes = ledger.blobs().put(b"minutes of a meeting".to_vec()).await.unwrap();
    let head = ledger.append(&ledger.head().await.unwrap(), &bodies(3)).await.unwrap();
    let copied = copy.pass(None).await.unwrap();
    assert_eq!((copied.entries, copied.files, copied.head), (3, 1, head.clone()));
    assert_eq!(copy.pass(Some(&BTreeSet::new())).await.unwrap().entries, 0);

    let content = check_offsite(&store.address(), PASSPHRASE).await.unwrap().close().await;
    assert_eq!((&content.head, content.files.len()), (&head, 2));
    let (_dir, again) = store.restored(None).await.unwrap();
    assert_eq!(all_of(&again).await, all_of(&ledger).await);
    let (_dir, earlier) = store.restored(Some(700)).await.unwrap();
    assert_eq!(earlier.verify().await.unwrap().into_result().unwrap().seq, 700);

    let stored = contents(store.folder.path());
    for secret in ["dara", "minutes of a meeting", "bodies", "AGE-SECRET-KEY", "ភ្នំពេញ"] {
        let found = stored.iter().any(|bytes| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
        assert!(!found, "{secret} can be read");
    }
    ledger.blobs().erase(&minutes).await.unwrap();
    copy.pass(Some(&BTreeSet::from([minutes.clone()]))).await.unwrap();
    assert!(store.path("files").join(minutes.as_str()).exists(), "a record names it: it was lost");
    copy.pass(Some(&BTreeSet::new())).await.unwrap();
    assert!(!store.path("files").join(minutes.as_str()).exists(), "what is erased here is erased there");
}

#[tokio::test]
async fn a_file_that_is_damaged_there_is_put_again() {
    let ((_home, ledger, _), store) = (filled(2).await, Store::new());
    let mut ids = Vec::new();
    for words in ["minutes", "a list", "a letter"] {
        ids.push(ledger.blobs().put(words.into()).await.unwrap());
    }
    let named: BTreeSet<BlobId> = ids.iter().cloned().collect();
    store.copy_of(&ledger).await.unwrap().pass(Some(&named)).await.unwrap();
    let object = |at: usize| store.path("files").join(ids[at].as_str());
    let sealed = fs::read(object(0)).unwrap();
    fs::write(object(0), &sealed[..sealed.len() / 2]).unwrap();
    fs::copy(object(2), object(1)).unwrap();
    let mut copy = store.copy_of(&ledger).await.unwrap();
    let copied = copy.pass(Some(&named)).await.unwrap();
    assert_eq!((copied.files, copied.holds), (0, named.clone()));
    let content = check_offsite(&store.address(), PASSPHRASE).await.unwrap().close().await;
    assert_eq!(content.files, named, "one was cut short, one was another");
    // What can be had neither here nor there is not said to be in the copy.
    ledger.blobs().erase(&ids[2]).await.unwrap();
    fs::write(object(2), "").unwrap();
    let copied = store.copy_of(&ledger).await.unwrap().pass(Some(&named)).await.unwrap();
    assert_eq!(copied.holds, ids[..2].iter().cloned().collect());
}

#[tokio::test]
async fn a_copy_goes_on_where_it_was_and_two_programs_do_not_hurt_each_other() {
    let ((_home, ledger, _), store) = (filled(5).await, Store::new());
    store.copy_of(&ledger).await.unwrap().pass(Some(&BTreeSet::new())).await.unwrap();
    let (mut one, mut two) = (store.copy_of(&ledger).await.unwrap(), store.copy_of(&ledger).await.unwrap());
    for _ in 0..3 {
        ledger.append(&ledger.head().await.unwrap(), &bodies(2)).await.unwrap();
        let (one, two) = tokio::join!(one.pass(None), two.pass(None));
        assert_eq!(one.unwrap().head, two.unwrap().head);
    }
    ledger.append(&ledger.head().await.unwrap(), &bodies(1)).await.unwrap();
    assert_eq!(one.pass(None).await.unwrap().entries, 1);
    ledger.append(&ledger.head().await.unwrap(), &bodies(1)).await.unwrap();
    assert_eq!(two.pass(None).await.unwrap().entries, 2, "what the other one wrote is taken over");
    let head = ledger.head().await.unwrap();
    assert_eq!(check_offsite(&store.address(), PASSPHRASE).await.unwrap().content.head, head);
}

#[tokio::test]
async fn other_ledgers_other_folders_and_other_passphrases_are_refused() {
    let ((_home, ledger, _), (_other, another), store) = (filled(5).await, fresh().await, Store::new());
    another.append(&another.head().await.unwrap(), &vec!["{}".to_string(); 7]).await.unwrap();
    store.copy_of(&ledger).await.unwrap().pass(Some(&BTreeSet::new())).await.unwrap();
    assert!(matches!(store.copy_of(&another).await, Err(LedgerError::NotACopy { seq: 5, .. })));
    let wrong = check_offsite(&store.address(), "ten lotus flowers").await;
    assert!(matches!(wrong, Err(LedgerError::WrongPassphrase { .. })));
    let foreign = Store::new();
    assert!(matches!(check_offsite(&foreign.address(), PASSPHRASE).await, Err(LedgerError::NotABackup { .. })));
    fs::write(foreign.path("holiday.jpg"), "…").unwrap();
    assert!(matches!(foreign.copy_of(&ledger).await, Err(LedgerError::NotEmpty { .. })));
    assert_eq!(contents(foreign.folder.path()).len(), 1, "nothing was written there");
    for address in ["ftp://example.org/wps", "wps"] {
        assert!(matches!(OffsiteCopy::new(&ledger, address, "").await, Err(LedgerError::Offsite { .. })));
    }
    let full = tempfile::tempdir().unwrap();
    fs::write(full.path().join("a"), "").unwrap();
    let refused = unpack_offsite(&store.address(), PASSPHRASE, full.path()).await;
    assert!(matches!(refused, Err(LedgerError::NotEmpty { .. })));
}

#[tokio::test]
async fn an_entry_that_was_changed_swapped_or_lost_is_refused_and_a_file_left_out() {
    let ((_home, ledger, _), store) = (filled(2).await, Store::new());
    let mut copy = store.copy_of(&ledger).await.unwrap();
    let file = ledger.blobs().put(b"minutes".to_vec()).await.unwrap();
    let account = NewAccount { login: "dara".into(), ..NewAccount::default() };
    ledger.add_account(account, None, 0).await.unwrap();
    copy.pass(Some(&BTreeSet::new())).await.unwrap();
    for _ in 0..2 {
        ledger.append(&ledger.head().await.unwrap(), &bodies(2)).await.unwrap();
        copy.pass(None).await.unwrap();
    }
    let (first, second, third) = ("entries/000000000001", "entries/000000000003", "entries/000000000005");
    let files = format!("files/{file}");
    let damaged = async |name: &str, bytes: Option<&[u8]>| {
        let (path, before) = (store.path(name), fs::read(store.path(name)).unwrap());
        match bytes {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let refused = check_offsite(&store.address(), PASSPHRASE).await;
        fs::write(&path, before).unwrap();
        matches!(refused, Err(LedgerError::BackupDamaged { .. }))
    };
    let read = |name: &str| fs::read(store.path(name)).unwrap();
    let mut flipped = read(second);
    *flipped.last_mut().unwrap() ^= 1;
    assert!(damaged(second, Some(&flipped)).await, "a bit");
    assert!(damaged(second, Some(&read(third))).await, "another one in its place");
    assert!(damaged(second, None).await && damaged(first, None).await, "one is lost");
    assert!(damaged(third, Some(&[])).await && damaged("rows", None).await);
    assert_eq!(check_offsite(&store.address(), PASSPHRASE).await.unwrap().content.head.seq, 6, "all is well again");
    let (other, minutes) = (BlobId::of(b"other"), fs::read(store.path(&files)).unwrap());
    fs::copy(store.path(&files), store.path(&format!("files/{other}"))).unwrap();
    for bytes in [read("rows"), minutes[..40].to_vec(), Vec::new()] {
        fs::write(store.path(&files), bytes).unwrap();
        let content = check_offsite(&store.address(), PASSPHRASE).await.unwrap().close().await;
        assert!(content.files.is_empty() && content.head.seq == 6, "all but the files whose content is not theirs");
    }
    let (_dir, again) = store.restored(None).await.unwrap();
    assert_eq!((again.blobs().list().await.unwrap(), again.head().await.unwrap().seq), (Vec::new(), 6));
    assert!(!store.folder.path().join(BLOB_FOLDER).exists());
}
