//! A disk that is really full, not one that is simulated: a small file system is mounted by hand and filled.

use romduol_ledger::{AppendError, BlobId, Head, Ledger, LedgerError};

use crate::body;

/// Run by hand, as root:
/// `mount -t tmpfs -o size=1m tmpfs /mnt/small` and `SMALL_DISK=/mnt/small cargo test … -- --ignored small_disk`.
#[tokio::test]
#[ignore = "needs a small file system named by SMALL_DISK"]
async fn a_small_disk_fills_up_and_is_freed() {
    let disk = std::env::var("SMALL_DISK").expect("SMALL_DISK names a folder on a small file system");
    let dir = tempfile::tempdir_in(disk).unwrap();
    let ledger = Ledger::create(dir.path()).await.unwrap();
    let ballast = dir.path().join("ballast");
    std::fs::write(&ballast, vec![1; 300_000]).unwrap();
    let large = body(7).repeat(1_000);
    let mut head = Head::genesis();
    let error = loop {
        match ledger.append(&head, std::slice::from_ref(&large)).await {
            Ok(next) => head = next,
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, AppendError::Ledger(LedgerError::DiskFull { .. })), "{error:?}");
    assert_eq!(ledger.head().await.unwrap(), head);
    // Trying again fails for the same reason, not because of what the first failure left behind.
    let again = ledger.append(&head, &vec![large.clone(); 5]).await;
    assert!(matches!(again, Err(AppendError::Ledger(LedgerError::DiskFull { .. }))), "{again:?}");

    let bytes = vec![7; 800_000];
    let error = ledger.blobs().put(bytes.clone()).await.unwrap_err();
    assert!(matches!(error, LedgerError::DiskFull { .. }), "{error:?}");
    let missing = ledger.blobs().get(&BlobId::of(&bytes)).await;
    assert!(matches!(missing, Err(LedgerError::BlobMissing { .. })));
    let elsewhere = Ledger::create(dir.path().join("second")).await;
    assert!(matches!(elsewhere, Err(LedgerError::DiskFull { .. })), "{elsewhere:?}");

    std::fs::remove_file(&ballast).unwrap();
    head = ledger.append(&head, &[large]).await.unwrap();
    ledger.close().await;
    let ledger = Ledger::open(dir.path()).await.unwrap();
    assert_eq!(ledger.verify().await.unwrap().into_result().unwrap(), head);
}
