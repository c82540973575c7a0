//! Folders for what is not whole yet: readable by their owner only and gone with their value. What a killed program has
//! left of one is swept by the next that makes one beside it. It refuses to know what stands in them.

use std::fs::{self, File};
use std::path::Path;

use tempfile::TempDir;

use crate::{LedgerError, disk};

const PREFIX: &str = ".romduol-";
/// Locked for as long as its folder is used: the system unlocks it when the program ends, however it ends.
const LOCK: &str = "lock";

/// A folder that is in use.
pub struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    pub(crate) fn new(beside: &Path) -> Result<Scratch, LedgerError> {
        sweep(beside)?;
        let fault = |e: std::io::Error| disk::io_fault(beside, &e);
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.prefix(PREFIX).tempdir_in(beside).map_err(fault)?;
        let lock = disk::private_file(&folder.path().join(LOCK)).map_err(fault)?;
        // Where nothing can be locked, nothing is swept.
        let _ = lock.lock();
        Ok(Scratch { folder, _lock: lock })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what killed programs have left in a folder: half of a backup has the same names in it as a whole one.
pub(crate) fn sweep(folder: &Path) -> Result<(), LedgerError> {
    let fault = |e: std::io::Error| disk::io_fault(folder, &e);
    for entry in fs::read_dir(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // One without a lock was made a moment ago, or holds nothing.
        let Some(lock) = ours.then(|| File::open(entry.path().join(LOCK)).ok()).flatten() else { continue };
        if lock.try_lock().is_ok() {
            fs::remove_dir_all(entry.path()).map_err(fault)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_behind_is_swept_and_what_is_used_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let left = dir.path().join(".romduol-left");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(left.join("romduol.sqlite"), "names").unwrap();
        let one = Scratch::new(dir.path()).unwrap();
        assert!(!left.exists());
        let two = Scratch::new(dir.path()).unwrap();
        assert!(one.path().exists() && two.path().exists());
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(one.path()).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "a copy of the ledger stands in it for a while");
        drop((one, two));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
