//! Content-addressed files.

use std::fs;
use std::path::PathBuf;

use romduol_ledger::{BLOB_FOLDER, BlobId, LedgerError};

use crate::{Home, execute, fresh, on_server};

fn file(dir: &Home, id: &BlobId) -> PathBuf {
    let id = id.as_str();
    dir.path().join(BLOB_FOLDER).join(&id[..2]).join(&id[2..4]).join(id)
}

#[tokio::test]
async fn same_content_same_id_one_file() {
    let (dir, ledger) = fresh().await;
    let blobs = ledger.blobs();
    let id = blobs.put(b"minutes".to_vec()).await.unwrap();
    assert_eq!(blobs.put(b"minutes".to_vec()).await.unwrap(), id);
    assert_eq!(BlobId::of(b"minutes"), id);
    assert_eq!(blobs.get(&id).await.unwrap(), b"minutes");
    if !on_server() {
        let path = file(&dir, &id);
        let beside = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "no temporary file stays");
    }
    let empty = blobs.put(Vec::new()).await.unwrap();
    assert!(blobs.get(&empty).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_damaged_file_is_noticed_and_mended_by_putting_it_again() {
    let (dir, ledger) = fresh().await;
    let blobs = ledger.blobs();
    let id = blobs.put(b"minutes".to_vec()).await.unwrap();
    if on_server() {
        execute(&dir, &["UPDATE blob SET bytes = 'minutes!'"]).await;
    } else {
        fs::write(file(&dir, &id), b"minutes!").unwrap();
    }
    let error = blobs.get(&id).await.unwrap_err();
    assert!(matches!(error, LedgerError::BlobDamaged { .. }));
    assert!(error.to_string().contains(id.as_str()));
    blobs.put(b"minutes".to_vec()).await.unwrap();
    assert_eq!(blobs.get(&id).await.unwrap(), b"minutes");
}

#[tokio::test]
async fn a_missing_or_erased_file_is_said_so() {
    let (_dir, ledger) = fresh().await;
    let blobs = ledger.blobs();
    let id = BlobId::of(b"never stored");
    assert!(matches!(blobs.get(&id).await, Err(LedgerError::BlobMissing { .. })));
    blobs.erase(&id).await.unwrap();
    let id = blobs.put(b"a name".to_vec()).await.unwrap();
    blobs.erase(&id).await.unwrap();
    assert!(matches!(blobs.get(&id).await, Err(LedgerError::BlobMissing { .. })));
}

#[test]
fn only_an_id_is_an_id() {
    let id = BlobId::of(b"x");
    assert_eq!(id.as_str().parse::<BlobId>().unwrap(), id);
    assert_eq!(id.to_string(), id.as_str());
    let upper = id.as_str().to_uppercase();
    for bad in ["", "../../etc/passwd", &id.as_str()[1..], &upper] {
        let error = bad.parse::<BlobId>().unwrap_err();
        assert!(matches!(error, LedgerError::BadBlobId { .. }));
    }
}
