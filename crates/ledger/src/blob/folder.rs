//! Files in a folder beside the ledger: written under a temporary name, synced, renamed. It refuses to know the ledger.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::sync::OnceCell;

use super::BlobId;
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
        put.map(drop).map_err(|e| self.fault(id, &e))
    }

    pub(super) async fn get(&self, id: &BlobId) -> Result<Vec<u8>, LedgerError> {
        let stored = self.store().await?.get(&id.key()).await;
        let stored = stored.map_err(|e| self.fault(id, &e))?;
        stored.bytes().await.map(Into::into).map_err(|e| self.fault(id, &e))
    }

    pub(super) async fn erase(&self, id: &BlobId) -> Result<(), LedgerError> {
        match self.store().await?.delete(&id.key()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(self.fault(id, &e)),
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<BlobId>, LedgerError> {
        let folder = self.folder.clone();
        let listed = tokio::task::spawn_blocking(move || {
            let mut ids = Vec::new();
            list_folder(&folder, 2, &mut ids).map_err(|e| disk::io_fault(&folder, &e))?;
            Ok(ids)
        });
        listed.await.map_err(|e| self.cannot_open(e.to_string()))?
    }

    async fn store(&self) -> Result<&Arc<dyn ObjectStore>, LedgerError> {
        self.store.get_or_try_init(|| async { self.open() }).await
    }

    fn open(&self) -> Result<Arc<dyn ObjectStore>, LedgerError> {
        std::fs::create_dir_all(&self.folder).map_err(|e| disk::io_fault(&self.folder, &e))?;
        let store = LocalFileSystem::new_with_prefix(&self.folder).map_err(|e| self.cannot_open(e.to_string()))?;
        Ok(Arc::new(store.with_fsync(true)))
    }

    fn cannot_open(&self, detail: String) -> LedgerError {
        LedgerError::CannotOpen { path: self.folder.to_path_buf(), detail }
    }

    fn fault(&self, id: &BlobId, error: &object_store::Error) -> LedgerError {
        let path: PathBuf = self.folder.to_path_buf();
        if matches!(error, object_store::Error::NotFound { .. }) {
            return LedgerError::BlobMissing { id: id.0.clone() };
        }
        match io_kind(error) {
            Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => LedgerError::DiskFull { path },
            Some(std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied) => {
                LedgerError::ReadOnly { path }
            }
            _ => LedgerError::Blob { id: id.0.clone(), detail: error.to_string() },
        }
    }
}

/// Collects the ids `depth` folders below. What is named otherwise is an upload that was cut off. No folder, no files.
fn list_folder(folder: &Path, depth: u8, ids: &mut Vec<BlobId>) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if depth > 0 && entry.file_type()?.is_dir() {
            list_folder(&entry.path(), depth - 1, ids)?;
        } else if depth == 0 {
            ids.extend(entry.file_name().to_str().and_then(|name| name.parse::<BlobId>().ok()));
        }
    }
    Ok(())
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
