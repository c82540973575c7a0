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

#[tokio::test]
async fn a_file_that_nothing_names_is_told_after_its_days_and_one_that_is_named_again_begins_anew() {
    let (_dir, ledger) = fresh().await;
    let put = async |words: &[u8]| ledger.blobs().put(words.to_vec()).await.unwrap();
    let (named, left, again) = (put(b"named").await, put(b"left").await, put(b"again").await);
    let due = async |names: &[&BlobId], now: i64| {
        let names = names.iter().map(|id| (*id).clone()).collect();
        let due = ledger.note_unnamed(&names, now, now - 30).await.unwrap();
        due.into_iter().collect::<Vec<_>>()
    };
    assert!(due(&[&named], 100).await.is_empty(), "first seen now");
    assert!(due(&[&named, &again], 120).await.is_empty());
    let late = put(b"late").await;
    assert_eq!(due(&[&named], 130).await, std::slice::from_ref(&left));
    assert_eq!(due(&[&named], 130).await, std::slice::from_ref(&left), "until it is erased");
    ledger.blobs().erase(&left).await.unwrap();
    let mut both = vec![again, late];
    both.sort();
    assert_eq!(due(&[&named], 160).await, both);
    assert!(due(&[&named, &both[0], &both[1]], 200).await.is_empty());
}

#[tokio::test]
async fn an_upload_that_was_cut_off_is_erased_after_a_while() {
    let (dir, ledger) = fresh().await;
    if on_server() {
        return;
    }
    let id = ledger.blobs().put(b"minutes".to_vec()).await.unwrap();
    let cut = file(&dir, &id).with_file_name(format!("{id}#1"));
    fs::write(&cut, "min").unwrap();
    let now = std::time::SystemTime::now();
    ledger.blobs().erase_unfinished(now - std::time::Duration::from_secs(60)).await.unwrap();
    assert!(cut.exists(), "somebody may be writing it");
    ledger.blobs().erase_unfinished(now + std::time::Duration::from_secs(60)).await.unwrap();
    assert!(!cut.exists() && ledger.blobs().get(&id).await.is_ok());
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
