//! Files (evidence, minutes) named by the SHA-256 of their content. It refuses to know names, types and owners; those
//! are records.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::sync::OnceCell;

use crate::chain::sha256_hex;
use crate::{LedgerError, dialect};

/// Name of a stored file: 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(String);

impl BlobId {
    /// The id of some content, stored or not.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256_hex(bytes))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Two levels of folders, so that no folder holds more than a few files even with a million blobs.
    pub(crate) fn key(&self) -> Key {
        let id = &self.0;
        Key::from(format!("{}/{}/{id}", &id[..2], &id[2..4]))
    }
}

impl std::str::FromStr for BlobId {
    type Err = LedgerError;

    /// Accepts exactly 64 lower-case hexadecimal digits, so that an id never becomes another path.
    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let digits = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() != 64 || !digits {
            return Err(LedgerError::BadBlobId { given: text.chars().take(80).collect() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Display for BlobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The content-addressed files of a data directory. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: Arc<Path>,
    /// Opened at first use: most ledgers that are opened (verify, report) touch no file.
    store: Arc<OnceCell<Arc<dyn ObjectStore>>>,
}

impl Blobs {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.into(), store: Arc::new(OnceCell::new()) }
    }

    /// Stores content and answers when it is durable: written under a temporary name, synced, renamed. Content that is
    /// there already is not written again; a damaged copy is replaced.
    ///
    /// # Errors
    /// [`LedgerError::DiskFull`], [`LedgerError::ReadOnly`], [`LedgerError::Blob`].
    pub async fn put(&self, bytes: Vec<u8>) -> Result<BlobId, LedgerError> {
        let id = BlobId::of(&bytes);
        if self.get(&id).await.is_ok() {
            return Ok(id);
        }
        self.store().await?.put(&id.key(), PutPayload::from(bytes)).await.map_err(|e| self.fault(&id, &e))?;
        Ok(id)
    }

    /// The content, checked against its id.
    ///
    /// # Errors
    /// [`LedgerError::BlobMissing`], [`LedgerError::BlobDamaged`].
    pub async fn get(&self, id: &BlobId) -> Result<Vec<u8>, LedgerError> {
        let stored = self.store().await?.get(&id.key()).await;
        let stored = stored.map_err(|e| self.fault(id, &e))?;
        let bytes = stored.bytes().await.map_err(|e| self.fault(id, &e))?;
        if BlobId::of(&bytes) != *id {
            return Err(LedgerError::BlobDamaged { id: id.0.clone() });
        }
        Ok(bytes.into())
    }

    /// Erases content, if it is there (a file that should never have been uploaded).
    ///
    /// # Errors
    /// [`LedgerError::Blob`].
    pub async fn erase(&self, id: &BlobId) -> Result<(), LedgerError> {
        match self.store().await?.delete(&id.key()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(self.fault(id, &e)),
        }
    }

    /// The ids of everything that is stored, in order.
    ///
    /// # Errors
    /// [`LedgerError::CannotOpen`].
    pub async fn list(&self) -> Result<Vec<BlobId>, LedgerError> {
        let folder = self.folder.clone();
        let listed = tokio::task::spawn_blocking(move || {
            let mut ids = Vec::new();
            list_folder(&folder, 2, &mut ids).map_err(|e| dialect::io_fault(&folder, &e))?;
            ids.sort();
            Ok(ids)
        });
        listed.await.map_err(|e| self.cannot_open(e.to_string()))?
    }

    async fn store(&self) -> Result<&Arc<dyn ObjectStore>, LedgerError> {
        self.store.get_or_try_init(|| async { self.open() }).await
    }

    fn open(&self) -> Result<Arc<dyn ObjectStore>, LedgerError> {
        std::fs::create_dir_all(&self.folder).map_err(|e| dialect::io_fault(&self.folder, &e))?;
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
