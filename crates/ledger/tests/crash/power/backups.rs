//! Backups that are made of a ledger while it is written to, and folders that are made of them again: the writing process
//! makes them, and after a crash each one that is there must be whole.

use std::fs;
use std::path::Path;

use romduol_ledger::{FILE_NAME, Head, Ledger, check_backup, unpack_backup};

use crate::Acknowledged;
use crate::child::say;

/// Backs a ledger up into a file that has the hash at its end for a name, and restores that beside it.
pub(crate) async fn make(ledger: &Ledger, folder: &Path) {
    let Ok(Head { hash, .. }) = ledger.head().await else { return };
    let (file, restored) = (folder.join(format!("{hash}.backup")), folder.join(&hash));
    match ledger.backup(&file, None).await {
        Ok(checked) => {
            checked.close().await;
            say(&format!("ack backup {hash}"));
        }
        Err(error) => return say(&format!("ack no backup: {error}")),
    }
    let unpacked = unpack_backup(&file, None, &restored).await;
    match unpacked.unwrap().finish().await {
        Ok(_) => say(&format!("ack restored {hash}")),
        Err(error) => say(&format!("ack no restored: {error}")),
    }
}

/// What a cut has left.
#[derive(Default)]
pub(crate) struct Left {
    /// Backups, and folders that were made of one.
    pub(crate) whole: usize,
    /// What a backup was written to when the power went, and was refused.
    pub(crate) halves: usize,
}

/// Each backup and restored folder that was acknowledged is there, and none is there by halves.
pub(crate) async fn examine(folder: &Path, told: &Acknowledged, left: &mut Left) {
    for hash in &told.backups {
        assert!(folder.join(format!("{hash}.backup")).exists(), "an acknowledged backup is lost");
    }
    for hash in &told.restored {
        assert!(folder.join(hash).join(FILE_NAME).exists(), "an acknowledged folder is lost");
    }
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // What is not whole yet begins with a dot; whoever looks at the others sweeps it.
    names.sort();
    for name in names {
        let path = folder.join(&name);
        if name.starts_with('.') {
            let part = path.join("part");
            left.halves += usize::from(part.exists() && check_backup(&part, None).await.is_err());
        } else if let Some(hash) = name.strip_suffix(".backup") {
            is_whole(&path, hash).await;
            left.whole += 1;
        } else if path.join(FILE_NAME).exists() {
            is_restored(folder, &name).await;
            left.whole += 1;
        }
    }
}

async fn is_whole(backup: &Path, hash: &str) {
    let content = check_backup(backup, None).await.expect("no backup is there by halves").close().await;
    assert_eq!(content.head.hash, hash, "a backup of something else");
}

/// A folder that has a ledger has all of it, and every file.
async fn is_restored(folder: &Path, hash: &str) {
    let ledger = Ledger::open(folder.join(hash)).await.expect("a restored ledger opens");
    let head = ledger.verify().await.unwrap().into_result().expect("its chain verifies");
    assert_eq!(head.hash, hash, "a ledger of something else");
    let checked =
        check_backup(&folder.join(format!("{hash}.backup")), None).await.expect("what it was made of is there");
    for id in checked.close().await.files {
        ledger.blobs().get(&id).await.expect("a restored ledger has its files");
    }
    ledger.close().await;
}
