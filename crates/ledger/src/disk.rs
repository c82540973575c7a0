//! Files and folders, apart from what is in them: making them private and durable, and what their errors mean.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::{BLOB_FOLDER, LedgerError};

/// First bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Makes the empty file that a new ledger grows in. Only the owner may read it: it will hold password hashes.
pub(crate) fn create_file(dir: &Path, path: &Path) -> Result<(), LedgerError> {
    private_folder(dir).map_err(|e| io_fault(dir, &e))?;
    let file = private_file(path).map_err(|e| io_fault(path, &e))?;
    file.sync_all().map_err(|e| io_fault(path, &e))?;
    sync_folder(dir)
}

/// A new file that only its owner may read, whatever the program was started with.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a folder that only its owner may look into, and the folders above it, where there are none. Answers when the disk
/// has their names: what is synced in a folder is lost with the folder's own name.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|at| !at.as_os_str().is_empty() && !at.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    missing.into_iter().try_for_each(|made| sync_names(folder_of(made)))
}

/// Takes from others what an older program, or whoever copied the folder, has left open to them. A folder in which other
/// things stand, too, is not ours to close; then what is ours in it is closed. Whoever does not own it may not, and goes on.
pub(crate) fn close_to_others(folder: &Path) {
    #[cfg(unix)]
    {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let (ours, others): (Vec<_>, Vec<_>) = entries.flatten().partition(|entry| is_ours(&entry.file_name()));
        for entry in ours {
            let shut = close(&entry.path());
            // What stands in a folder that was open may be open as well.
            if shut && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                close_below(&entry.path());
            }
        }
        if others.is_empty() {
            close(folder);
        }
    }
}

fn is_ours(name: &std::ffi::OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| name == BLOB_FOLDER || name.starts_with("romduol.") || name.starts_with(".romduol-"))
}

#[cfg(unix)]
fn close_below(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        close(&entry.path());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            close_below(&entry.path());
        }
    }
}

/// Whether it was open and is closed now.
#[cfg(unix)]
pub(crate) fn close(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let Ok(found) = fs::symlink_metadata(path) else { return false };
    let mode = found.permissions().mode();
    let open = mode & 0o077 != 0 && !found.is_symlink();
    open && fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700)).is_ok()
}

/// The folder that a file or folder stands in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Waits until the disk has the names in a folder, too; only then does a new file survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), LedgerError> {
    sync_names(folder).map_err(|e| io_fault(folder, &e))
}

fn sync_names(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
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
