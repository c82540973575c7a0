//! Whether what was erased is still in the files of a ledger, byte by byte, past everything that the engine says. It refuses to
//! know whose words are looked for.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::backup::blocking;
use crate::{Ledger, LedgerError, dialect, disk};

/// How much of a file is looked at at once.
const PIECE: usize = 1 << 20;

/// What was looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookedThrough {
    /// The names of the files, and how large they are together.
    pub files: Vec<String>,
    pub bytes: u64,
    /// Pages of the database that hold nothing now; they are looked through like all others.
    pub free_pages: u64,
    /// The files in which one of the words stands.
    pub found: Vec<String>,
}

impl Ledger {
    /// Looks for words in the database file and in the log beside it. None where the files are a server's.
    ///
    /// # Errors
    /// A file that cannot be read, [`LedgerError`] of the engine.
    pub async fn look_through(&self, words: Vec<String>) -> Result<Option<LookedThrough>, LedgerError> {
        if self.on_server() {
            return Ok(None);
        }
        let free_pages = dialect::free_pages(&self.reader).await.map_err(|e| self.fault(e))?;
        let log = PathBuf::from(format!("{}-wal", self.path.display()));
        let paths = [self.path(), log];
        let looked = blocking(move || {
            let mut looked = LookedThrough { free_pages, ..LookedThrough::default() };
            for path in paths.iter().filter(|path| path.exists()) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let (bytes, found) = look(path, &words).map_err(|e| disk::io_fault(path, &e))?;
                looked.bytes += bytes;
                looked.found.extend(found.then(|| name.clone()));
                looked.files.push(name);
            }
            Ok(looked)
        });
        looked.await.map(Some)
    }
}

/// How large a file is, and whether one of the words stands in it. Pieces overlap, so that none falls between two.
fn look(path: &Path, words: &[String]) -> std::io::Result<(u64, bool)> {
    let words: Vec<&[u8]> = words.iter().map(String::as_bytes).filter(|word| !word.is_empty()).collect();
    let overlap = words.iter().map(|word| word.len()).max().unwrap_or_default();
    let (mut file, mut piece, mut size, mut found) = (File::open(path)?, Vec::new(), 0, false);
    loop {
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
        size += read as u64;
        found = found || words.iter().any(|word| holds(&piece, word));
        if read == 0 {
            return Ok((size, found));
        }
        piece.drain(..piece.len().saturating_sub(overlap));
    }
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part[0] == word[0] && part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_between_two_pieces_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for at in [0, PIECE - 3, PIECE, 2 * PIECE - 1] {
            let mut bytes = vec![b'.'; 2 * PIECE + 20];
            bytes[at..at + 6].copy_from_slice(b"Quokka");
            std::fs::write(&path, &bytes).unwrap();
            let looked = |word: &str| look(&path, &[String::new(), word.into()]).unwrap();
            assert_eq!(looked("Quokka"), (bytes.len() as u64, true), "at byte {at}");
            assert!(!looked("Quokkas").1 && !look(&path, &[]).unwrap().1);
        }
    }
}
