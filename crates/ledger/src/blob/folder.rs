//! Files in a folder beside the ledger: written under a temporary name, synced, renamed. It refuses to know the ledger.

use std::fs::{DirEntry, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::sync::OnceCell;

use super::BlobId;
use crate::backup::blocking;
use crate::{LedgerError, disk};

#[derive(Clone, Debug)]
pub(super) struct Folder {
    folder: Arc<Path>,
    /// Opened at first use: most ledgers that are opened (verify, report) touch no file.
    store: Arc<OnceCell<Arc<dyn ObjectStore>>>,
}

impl Folder {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.into(), store: Arc::new(OnceCell::new()) }
    }

    pub(super) async fn put(&self, id: &BlobId, bytes: Vec<u8>) -> Result<(), LedgerError> {
        let put = self.store().await?.put(&id.key(), PutPayload::from(bytes)).await;
        put.map_err(|e| self.fault(id, &e))?;
        // The store knows no modes: the file, and the two folders that may have been made for it.
        let path = self.folder.join(id.key().as_ref());
        for made in path.ancestors().take(3) {
            disk::close(made);
        }
        Ok(())
    }

    /// Waits until the disk has a file that is there: whoever stored it may be waiting still, or was killed before.
    pub(super) async fn settle(&self, id: &BlobId) -> Result<(), LedgerError> {
        let path = self.folder.join(id.key().as_ref());
        blocking(move || {
            File::open(&path).and_then(|file| file.sync_all()).map_err(|e| disk::io_fault(&path, &e))?;
            // Its own folders, that of all files, and the one where that has its name.
            path.ancestors().skip(1).take(4).try_for_each(disk::sync_folder)
        })
        .await
    }

    pub(super) async fn get(&self, id: &BlobId) -> Result<Vec<u8>, LedgerError> {
        let stored = self.store().await?.get(&id.key()).await;
        let stored = stored.map_err(|e| unreadable(id, &e))?;
        stored.bytes().await.map(Into::into).map_err(|e| unreadable(id, &e))
    }

    pub(super) async fn erase(&self, id: &BlobId) -> Result<(), LedgerError> {
        match self.store().await?.delete(&id.key()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(self.fault(id, &e)),
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<BlobId>, LedgerError> {
        let folder = self.folder.clone();
        // What is named otherwise is an upload that was cut off.
        let id = |entry: &DirEntry| entry.file_name().to_str().and_then(|name| name.parse::<BlobId>().ok());
        blocking(move || look_through(&folder, 2, &id).map_err(|e| disk::io_fault(&folder, &e))).await
    }

    /// Erases what was cut off before it was whole, where nobody has written to it since `before`.
    pub(super) async fn erase_unfinished(&self, before: SystemTime) -> Result<(), LedgerError> {
        let folder = self.folder.clone();
        blocking(move || {
            let left = look_through(&folder, 2, &|entry| {
                let unfinished = entry.file_name().to_str().is_none_or(|name| name.parse::<BlobId>().is_err());
                Some(entry.path()).filter(|_| unfinished && is_older(entry, before))
            });
            let left = left.map_err(|e| disk::io_fault(&folder, &e))?;
            left.iter().try_for_each(|path| std::fs::remove_file(path).map_err(|e| disk::io_fault(path, &e)))
        })
        .await
    }

    async fn store(&self) -> Result<&Arc<dyn ObjectStore>, LedgerError> {
        self.store.get_or_try_init(|| async { self.open() }).await
    }

    fn open(&self) -> Result<Arc<dyn ObjectStore>, LedgerError> {
        disk::private_folder(&self.folder).map_err(|e| disk::io_fault(&self.folder, &e))?;
        let store = LocalFileSystem::new_with_prefix(&self.folder).map_err(|e| self.cannot_open(e.to_string()))?;
        Ok(Arc::new(store.with_fsync(true)))
    }

    fn cannot_open(&self, detail: String) -> LedgerError {
        LedgerError::CannotOpen { path: self.folder.to_path_buf(), detail }
    }

    fn fault(&self, id: &BlobId, error: &object_store::Error) -> LedgerError {
        let path: PathBuf = self.folder.to_path_buf();
        match io_kind(error) {
            Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => LedgerError::DiskFull { path },
            Some(std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied) => {
                LedgerError::ReadOnly { path }
            }
            _ => unreadable(id, error),
        }
    }
}

/// Why one file cannot be read. The others may be well.
fn unreadable(id: &BlobId, error: &object_store::Error) -> LedgerError {
    match error {
        object_store::Error::NotFound { .. } => LedgerError::BlobMissing { id: id.0.clone() },
        _ => LedgerError::Blob { id: id.0.clone(), detail: error.to_string() },
    }
}

/// What is wanted of the files `depth` folders below. No folder, no files.
fn look_through<T>(folder: &Path, depth: u8, want: &impl Fn(&DirEntry) -> Option<T>) -> std::io::Result<Vec<T>> {
    let entries = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut wanted = Vec::new();
    for entry in entries {
        let entry = entry?;
        match (depth, entry.file_type()?.is_dir()) {
            (0, false) => wanted.extend(want(&entry)),
            (1.., true) => wanted.extend(look_through(&entry.path(), depth - 1, want)?),
            _ => {}
        }
    }
    Ok(wanted)
}

fn is_older(entry: &DirEntry, before: SystemTime) -> bool {
    entry.metadata().and_then(|found| found.modified()).is_ok_and(|written| written < before)
}

/// The input/output error at the bottom of a chain of errors.
fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<std::io::ErrorKind> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Some(io.kind());
        }
        at = error.source();
    }
    None
}
