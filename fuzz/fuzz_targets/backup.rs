//! Backups, damaged inside and outside their compression, and members that unpack to anything: one is whole, or it is
//! refused with a sentence; nothing stays behind beside it.
#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use romduol_fuzz::damaged;
use romduol_ledger::{Head, Ledger, LedgerError, check_backup};
use tempfile::TempDir;
use tokio::runtime::Runtime;

struct House {
    runtime: Runtime,
    folder: TempDir,
    packed: Vec<u8>,
    plain: Vec<u8>,
}

fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| {
        // Every round waits for the disk several times; memory is as good for this.
        let memory = Path::new("/dev/shm");
        let at = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(at).expect("a folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let packed = runtime.block_on(made(folder.path()));
        let plain = zstd::decode_all(packed.as_slice()).expect("a backup is compressed");
        House { runtime, folder, packed, plain }
    })
}

async fn made(folder: &Path) -> Vec<u8> {
    let ledger = Ledger::create(folder.join("data")).await.expect("a ledger");
    let bodies = [r#"{"at":"2026-11-24"}"#.to_string(), "{}".repeat(400)];
    ledger.append(&Head::genesis(), &bodies).await.expect("room for two entries");
    ledger.blobs().put(b"minutes of a meeting".to_vec()).await.expect("room for a file");
    let file = folder.join("good");
    ledger.backup(&file, None).await.expect("a backup");
    ledger.close().await;
    let bytes = std::fs::read(&file).expect("the backup");
    for gone in ["data", "good"] {
        let path = folder.join(gone);
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.expect("ours to remove");
    }
    bytes
}

fuzz_target!(|input: &[u8]| {
    let house = house();
    let Some((how, edits)) = input.split_first() else { return };
    let bytes = match how % 4 {
        0 => damaged(&house.packed, edits),
        1 => edits.to_vec(),
        _ => zstd::encode_all(damaged(&house.plain, edits).as_slice(), 1).expect("memory to compress"),
    };
    let file = house.folder.path().join("backup");
    std::fs::write(&file, &bytes).expect("room for a backup");
    // Trying a passphrase costs a second by design, so none is given.
    match house.runtime.block_on(check_backup(&file, None)) {
        Ok(checked) => assert!(checked.content.head.seq == 2 && checked.content.files.len() <= 1),
        Err(error) => refused(&error),
    }
    let left = std::fs::read_dir(house.folder.path()).expect("our folder").count();
    assert_eq!(left, 1, "something stays beside the backup");
});

fn refused(error: &LedgerError) {
    let said = error.to_string();
    assert!(said.len() > 20 && said.len() < 2_000, "{said}");
    assert!(!matches!(error, LedgerError::DiskFull { .. } | LedgerError::ReadOnly { .. }), "{said}");
}
