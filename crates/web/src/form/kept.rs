//! A file that somebody sends, on the disk while it is looked at: many large ones at once need no memory. It has no name, so
//! that nothing of it is left, however the program ends.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha2::{Digest, Sha256};

/// A file that is still coming in.
pub(super) struct Coming {
    file: File,
    hash: Sha256,
    size: u64,
}

/// One that is all there.
#[derive(Debug)]
pub(crate) struct Kept {
    file: File,
    pub(super) hash: [u8; 32],
    pub(super) size: u64,
}

impl Coming {
    pub fn begin(folder: &Path) -> io::Result<Coming> {
        Ok(Coming { file: tempfile::tempfile_in(folder)?, hash: Sha256::new(), size: 0 })
    }

    pub fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    pub fn finish(self) -> Kept {
        Kept { file: self.file, hash: self.hash.finalize().into(), size: self.size }
    }
}

impl Kept {
    /// All of it, for whoever works on it now.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(self.size).unwrap_or(usize::MAX)];
        self.file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_is_what_is_read_and_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let mut coming = Coming::begin(dir.path()).unwrap();
        coming.take(b"minutes ").unwrap();
        coming.take(b"of a meeting").unwrap();
        let kept = coming.finish();
        assert_eq!(kept.read().unwrap(), b"minutes of a meeting");
        assert_eq!(kept.read().unwrap(), b"minutes of a meeting", "as often as one likes");
        assert_eq!(kept.hash, <[u8; 32]>::from(Sha256::digest(b"minutes of a meeting")));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
