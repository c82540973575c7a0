//! Files and folders, apart from what is in them: making them private and durable, and what their errors mean.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::LedgerError;

/// First bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Makes the empty file that a new ledger grows in. Only the owner may read it: it will hold password hashes.
pub(crate) fn create_file(dir: &Path, path: &Path) -> Result<(), LedgerError> {
    fs::create_dir_all(dir).map_err(|e| io_fault(dir, &e))?;
    let file = private_file(path).map_err(|e| io_fault(path, &e))?;
    file.sync_all().map_err(|e| io_fault(path, &e))?;
    sync_folder(dir)
}

/// A new file that only its owner may read.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Waits until the disk has the names in a folder, too; only then does a new file survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), LedgerError> {
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| io_fault(folder, &e))?;
    Ok(())
}

/// Looks at the first bytes before the engine does: switching a foreign file to WAL would change it.
pub(crate) fn check_file(path: &Path) -> Result<(), LedgerError> {
    let mut start = [0; MAGIC.len()];
    let mut file = File::open(path).map_err(|e| io_fault(path, &e))?;
    match file.read_exact(&mut start) {
        Ok(()) if &start == MAGIC => Ok(()),
        Ok(()) => Err(not_a_ledger(path)),
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => Err(not_a_ledger(path)),
        Err(e) => Err(io_fault(path, &e)),
    }
}

fn not_a_ledger(path: &Path) -> LedgerError {
    LedgerError::NotALedger { path: path.to_path_buf() }
}

/// Says what an input/output error means for the file or folder `path`.
pub(crate) fn io_fault(path: &Path, error: &std::io::Error) -> LedgerError {
    let path = path.to_path_buf();
    match error.kind() {
        ErrorKind::NotFound => LedgerError::Missing { path },
        ErrorKind::AlreadyExists => LedgerError::AlreadyExists { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => LedgerError::DiskFull { path },
        ErrorKind::ReadOnlyFilesystem => LedgerError::ReadOnly { path },
        _ => LedgerError::CannotOpen { path, detail: error.to_string() },
    }
}
