//! Files (evidence, minutes) named by the SHA-256 of their content. It refuses to know names, types and owners; those
//! are records.

mod folder;
mod table;

use std::path::Path;
use std::time::SystemTime;

use folder::Folder;
use object_store::path::Path as Key;
use sqlx::PgPool;
use table::Table;

use crate::LedgerError;
use crate::backup::blocking;
use crate::chain::sha256_hex;

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

/// Content with its id, which takes a while for a large file: others are answered meanwhile.
async fn named(bytes: Vec<u8>) -> Result<(BlobId, Vec<u8>), LedgerError> {
    blocking(move || Ok((BlobId::of(&bytes), bytes))).await
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

/// The content-addressed files of a ledger. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs(Kept);

#[derive(Clone, Debug)]
enum Kept {
    Folder(Folder),
    Table(Table),
}

impl Blobs {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(Kept::Folder(Folder::new(folder)))
    }

    pub(crate) fn in_database(name: &Path, pool: PgPool) -> Self {
        Self(Kept::Table(Table::new(name, pool)))
    }

    /// Stores content and answers when it is durable. Content that is there already is not written again; a damaged
    /// copy is replaced.
    ///
    /// # Errors
    /// [`LedgerError::DiskFull`], [`LedgerError::ReadOnly`], [`LedgerError::Blob`].
    pub async fn put(&self, bytes: Vec<u8>) -> Result<BlobId, LedgerError> {
        let (id, bytes) = named(bytes).await?;
        let there = self.get(&id).await.is_ok();
        match &self.0 {
            Kept::Folder(folder) if there => folder.settle(&id).await?,
            Kept::Table(_) if there => {}
            Kept::Folder(folder) => folder.put(&id, bytes).await?,
            Kept::Table(table) => table.put(&id, bytes).await?,
        }
        Ok(id)
    }

    /// The content, checked against its id.
    ///
    /// # Errors
    /// [`LedgerError::BlobMissing`], [`LedgerError::BlobDamaged`].
    pub async fn get(&self, id: &BlobId) -> Result<Vec<u8>, LedgerError> {
        let bytes = match &self.0 {
            Kept::Folder(folder) => folder.get(id).await?,
            Kept::Table(table) => table.get(id).await?,
        };
        let (found, bytes) = named(bytes).await?;
        if found != *id {
            return Err(LedgerError::BlobDamaged { id: id.0.clone() });
        }
        Ok(bytes)
    }

    /// The content, or none where just this file is gone, damaged or unreadable: others are saved all the same.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn find(&self, id: &BlobId) -> Result<Option<Vec<u8>>, LedgerError> {
        match self.get(id).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_of_one_file() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Erases content, if it is there (a file that should never have been uploaded).
    ///
    /// # Errors
    /// [`LedgerError::Blob`].
    pub async fn erase(&self, id: &BlobId) -> Result<(), LedgerError> {
        match &self.0 {
            Kept::Folder(folder) => folder.erase(id).await,
            Kept::Table(table) => table.erase(id).await,
        }
    }

    /// Erases what was cut off before it was whole, where nobody has written to it since `before`. A table has no such.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn erase_unfinished(&self, before: SystemTime) -> Result<(), LedgerError> {
        match &self.0 {
            Kept::Folder(folder) => folder.erase_unfinished(before).await,
            Kept::Table(_) => Ok(()),
        }
    }

    /// The ids of everything that is stored, in order.
    ///
    /// # Errors
    /// [`LedgerError::CannotOpen`] and those of the engine.
    pub async fn list(&self) -> Result<Vec<BlobId>, LedgerError> {
        let mut ids = match &self.0 {
            Kept::Folder(folder) => folder.list().await?,
            Kept::Table(table) => table.list().await?,
        };
        ids.sort();
        Ok(ids)
    }
}
