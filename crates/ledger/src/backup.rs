//! Backing a ledger up into one file while it is in use, and making a data folder of such a file again. It refuses to
//! know when a backup is due and where it is carried.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;

use crate::archive::{self, Writer};
use crate::chain::Head;
use crate::dialect::Pool;
use crate::scratch::{self, Scratch};
use crate::{BLOB_FOLDER, BlobId, Blobs, FILE_NAME, Ledger, LedgerError, dialect, disk};

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupContent {
    /// Where its ledger ends.
    pub head: Head,
    /// The files that it holds beside the ledger, each with the content of its name.
    pub files: BTreeSet<BlobId>,
}

/// A backup, or a copy in an object store, that was read to its end.
pub struct Checked {
    /// Its ledger, so that it can be asked which files its records name.
    pub ledger: Ledger,
    /// What it holds.
    pub content: BackupContent,
    scratch: Scratch,
}

impl Checked {
    pub(crate) fn new(ledger: Ledger, content: BackupContent, scratch: Scratch) -> Self {
        Self { ledger, content, scratch }
    }

    /// Leaves nothing behind but what was found.
    pub async fn close(self) -> BackupContent {
        self.ledger.close().await;
        drop(self.scratch);
        self.content
    }
}

impl Ledger {
    /// Writes the ledger as it stands now, with all files that can be read, into the new file `path`, and reads it back:
    /// every hash of the chain and of every file. Others go on writing meanwhile. The file is there when it is whole and
    /// checked. One damaged file does not keep the others from being saved: it is not among those that were found.
    ///
    /// # Errors
    /// [`LedgerError::NotEmpty`] if `path` exists, [`LedgerError::Broken`], a full disk and so on.
    pub async fn backup(&self, path: &Path, passphrase: Option<&str>) -> Result<Checked, LedgerError> {
        if path.exists() {
            return Err(LedgerError::NotEmpty { path: path.to_path_buf() });
        }
        let scratch = Scratch::new(disk::folder_of(path))?;
        let copy = scratch.path().join(FILE_NAME);
        match &self.reader {
            Pool::Sqlite(reader) => dialect::copy_file(reader, &copy).await.map_err(|e| self.fault(e))?,
            Pool::Postgres(_) => self.copy_without_files(scratch.path()).await?,
        }
        let ledger = Ledger::open_as_it_is(scratch.path()).await?;
        let head = ledger.verify().await?.into_result()?;
        ledger.close().await;
        let part = scratch.path().join("part");
        self.write_archive(&part, passphrase, &copy, &head).await?;
        let checked = check_in(disk::folder_of(path), &part, passphrase).await?;
        fs::rename(&part, path).map_err(|e| disk::io_fault(path, &e))?;
        disk::sync_folder(disk::folder_of(path))?;
        Ok(checked)
    }

    /// The files are listed after the ledger was copied. A file is stored before an entry names it, so that every file
    /// that the copy names is among them.
    async fn write_archive(
        &self,
        part: &Path,
        passphrase: Option<&str>,
        copy: &Path,
        head: &Head,
    ) -> Result<(), LedgerError> {
        let ids = self.blobs.list().await?;
        let (blobs, passphrase, head) = (self.blobs.clone(), passphrase.map(String::from), head.clone());
        let (part, copy) = (part.to_path_buf(), copy.to_path_buf());
        blocking(move || {
            let fault = |e: std::io::Error| disk::io_fault(&part, &e);
            let file = disk::private_file(&part).map_err(fault)?;
            let mut writer = Writer::new(file, passphrase.as_deref(), &head).map_err(fault)?;
            writer.database(&copy).map_err(fault)?;
            for id in &ids {
                if let Some(bytes) = Handle::current().block_on(blobs.find(id))? {
                    writer.blob(id, &bytes).map_err(fault)?;
                }
            }
            writer.finish().map_err(fault).map(drop)
        })
        .await
    }
}

/// Reads a backup to its last byte and re-computes every hash. Needs the room of its ledger beside it for a moment.
///
/// # Errors
/// [`LedgerError::NotABackup`], [`LedgerError::BackupDamaged`], [`LedgerError::BackupSealed`],
/// [`LedgerError::WrongPassphrase`], [`LedgerError::Broken`], [`LedgerError::NewerSchema`].
pub async fn check_backup(path: &Path, passphrase: Option<&str>) -> Result<Checked, LedgerError> {
    check_in(disk::folder_of(path), path, passphrase).await
}

async fn check_in(folder: &Path, path: &Path, passphrase: Option<&str>) -> Result<Checked, LedgerError> {
    let scratch = Scratch::new(folder)?;
    let (content, ledger) = unpack(path, passphrase, scratch.path(), false).await?;
    Ok(Checked::new(ledger, content, scratch))
}

/// A backup that was unpacked and checked, and is not in its place yet. Dropped, it leaves nothing behind.
pub struct Unpacked {
    /// What it is made of; may be read.
    pub ledger: Ledger,
    /// What it holds.
    pub content: BackupContent,
    scratch: Scratch,
    folder: PathBuf,
}

/// Unpacks a backup for the data folder `folder`, which must be empty or not there yet.
///
/// # Errors
/// [`LedgerError::NotEmpty`], and as [`check_backup`].
pub async fn unpack_backup(path: &Path, passphrase: Option<&str>, folder: &Path) -> Result<Unpacked, LedgerError> {
    empty_folder(folder)?;
    let scratch = Scratch::new(folder)?;
    let (content, ledger) = unpack(path, passphrase, scratch.path(), true).await?;
    Ok(Unpacked::new(ledger, content, scratch, folder))
}

/// Makes the folder, or refuses one with something in it.
pub(crate) fn empty_folder(folder: &Path) -> Result<(), LedgerError> {
    disk::private_folder(folder).map_err(|e| disk::io_fault(folder, &e))?;
    scratch::sweep(folder)?;
    match fs::read_dir(folder).map_err(|e| disk::io_fault(folder, &e))?.next() {
        Some(_) => Err(LedgerError::NotEmpty { path: folder.to_path_buf() }),
        None => Ok(()),
    }
}

impl Unpacked {
    pub(crate) fn new(ledger: Ledger, content: BackupContent, scratch: Scratch, folder: &Path) -> Self {
        Self { ledger, content, scratch, folder: folder.to_path_buf() }
    }

    /// Leaves out the entries after `position`. The chain up to there stays what it was.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchPosition`].
    pub async fn end_at(&mut self, position: u64) -> Result<(), LedgerError> {
        let last = self.content.head.seq;
        if position > last {
            return Err(LedgerError::NoSuchPosition { asked: position, last });
        }
        let kept = self.ledger.entry(position).await?;
        let head = kept.map_or_else(Head::genesis, |entry| entry.head());
        self.ledger.cut(&head).await?;
        self.content.head = head;
        Ok(())
    }

    /// Puts it into its place; the ledger comes last, so that a folder that has one is whole. Nobody is signed in.
    ///
    /// # Errors
    /// [`LedgerError::Broken`] if the chain does not hold, faults of the disk.
    pub async fn finish(self) -> Result<BackupContent, LedgerError> {
        self.ledger.end_all_sessions().await?;
        self.ledger.verify().await?.into_result()?;
        self.ledger.close().await;
        for name in [BLOB_FOLDER, FILE_NAME] {
            let (from, to) = (self.scratch.path().join(name), self.folder.join(name));
            if from.exists() {
                fs::rename(from, &to).map_err(|e| disk::io_fault(&to, &e))?;
            }
            // Each by itself: a disk may have the names in another order than they were given.
            disk::sync_folder(&self.folder)?;
        }
        Ok(self.content)
    }
}

/// Unpacks into a folder and checks everything; the files are kept only if asked for.
async fn unpack(
    path: &Path,
    passphrase: Option<&str>,
    folder: &Path,
    keep: bool,
) -> Result<(BackupContent, Ledger), LedgerError> {
    let blobs = Blobs::in_folder(&folder.join(BLOB_FOLDER));
    let (backup, passphrase) = (path.to_path_buf(), passphrase.map(String::from));
    let database = folder.join(FILE_NAME);
    let (head, files) = blocking(move || {
        let mut files = BTreeSet::new();
        let head = archive::read(&backup, passphrase.as_deref(), &database, &mut |id, bytes| {
            files.insert(id);
            match keep {
                true => Handle::current().block_on(blobs.put(bytes)).map(drop),
                false => Ok(()),
            }
        })?;
        Ok((head, files))
    })
    .await?;
    let ledger = Ledger::open(folder).await.map_err(|error| match error {
        // Where it was unpacked tells nobody anything.
        LedgerError::NewerSchema { found, known, .. } => {
            LedgerError::NewerSchema { path: path.to_path_buf(), found, known }
        }
        error => error,
    })?;
    let found = ledger.verify().await?.into_result()?;
    if found != head {
        let detail = format!("it says that its ledger ends at entry {}, and it ends at {}", head.seq, found.seq);
        return Err(LedgerError::BackupDamaged { path: path.to_path_buf(), detail });
    }
    Ok((BackupContent { head, files }, ledger))
}

/// Work that takes a while, beside the threads that answer others.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // A panic of ours goes on as one; the task is never cancelled.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
