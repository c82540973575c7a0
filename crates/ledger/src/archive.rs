//! The form of a backup: a compressed tar file with the members of a data folder, so that any computer can unpack it
//! (`tar --zstd -xf`). The first member says what it is, the last one how much there should be. It refuses to know
//! where the members come from and go to.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::chain::Head;
use crate::seal::{Sink, Source};
use crate::{BLOB_FOLDER, BlobId, FILE_NAME, LedgerError, disk};

const FIRST: &str = "BACKUP";
const LAST: &str = "END";
/// Its number changes when an older program could not read it.
const FORMAT: Format = Format { name: "romduol backup", number: 1 };
const LEVEL: i32 = 3;
/// First bytes of a compressed stream.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// The first and the last member are a few lines; more is no backup of ours.
const NOTE_LIMIT: u64 = 4_096;
/// No evidence and no edition comes near it. Few bytes can unpack to more than any memory holds.
const FILE_LIMIT: u64 = 1 << 30;
/// How much longer than its backup a ledger is at most (entries are compressed already), and what a small one may have.
const DATABASE_RATIO: u64 = 200;
const DATABASE_LEAST: u64 = 64 << 20;

/// What the first line of something says about how the rest is written.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    pub(crate) number: u32,
}

impl Format {
    /// What stands below the first line; `path` is where a refusal says that it was found.
    pub(crate) fn open<'a>(&self, text: &'a str, path: &Path) -> Result<&'a str, LedgerError> {
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let number = line.strip_prefix(self.name).and_then(|number| number.trim().parse::<u32>().ok());
        match number {
            Some(found) if found == self.number => Ok(rest),
            Some(found) if found > self.number => {
                Err(LedgerError::NewerBackup { path: path.to_path_buf(), found, known: self.number })
            }
            _ => Err(LedgerError::NotABackup { path: path.to_path_buf() }),
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.number)
    }
}

/// Writes members in their order.
pub(crate) struct Writer {
    tar: tar::Builder<zstd::Encoder<'static, Sink>>,
    files: u64,
}

impl Writer {
    pub(crate) fn new(file: File, passphrase: Option<&str>, head: &Head) -> io::Result<Self> {
        let mut packed = zstd::Encoder::new(Sink::new(file, passphrase)?, LEVEL)?;
        packed.include_checksum(true)?;
        let mut writer = Self { tar: tar::Builder::new(packed), files: 0 };
        writer.member(FIRST, format!("{FORMAT}\nends at {}\n", head.to_text()).as_bytes())?;
        Ok(writer)
    }

    pub(crate) fn database(&mut self, path: &Path) -> io::Result<()> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        self.tar.append_data(&mut header(size), FILE_NAME, &mut file)
    }

    pub(crate) fn blob(&mut self, id: &BlobId, bytes: &[u8]) -> io::Result<()> {
        self.files += 1;
        self.member(&format!("{BLOB_FOLDER}/{}", id.key()), bytes)
    }

    /// Closes the file; answers when the disk has all of it.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        self.member(LAST, format!("files {}\n", self.files).as_bytes())?;
        self.tar.into_inner()?.finish()?.finish()?;
        Ok(self.files)
    }

    fn member(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.tar.append_data(&mut header(bytes.len() as u64), name, bytes)
    }
}

/// No owner and no time: the same content gives the same bytes, and only who unpacks it may read it.
fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header
}

/// Reads a backup from its first to its last byte: the database goes to `database`, each file to `keep` once it has the
/// content that its name promises. Gives where the ledger should end.
pub(crate) fn read(
    path: &Path,
    passphrase: Option<&str>,
    database: &Path,
    keep: &mut dyn FnMut(BlobId, Vec<u8>) -> Result<(), LedgerError>,
) -> Result<Head, LedgerError> {
    let damaged = |detail: String| LedgerError::BackupDamaged { path: path.to_path_buf(), detail };
    let broken = |e: io::Error| damaged(e.to_string());
    let mut source = Source::open(path, passphrase)?;
    let size = std::fs::metadata(path).map_err(|e| disk::io_fault(path, &e))?.len();
    let most = size.saturating_mul(DATABASE_RATIO).max(DATABASE_LEAST);
    let mut start = Vec::new();
    (&mut source).take(MAGIC.len() as u64).read_to_end(&mut start).map_err(broken)?;
    if start != MAGIC {
        return Err(LedgerError::NotABackup { path: path.to_path_buf() });
    }
    let packed = zstd::Decoder::new(start.as_slice().chain(source)).map_err(broken)?;
    let mut tar = tar::Archive::new(packed);
    let (mut head, mut files, mut promised, mut bases) = (None, 0, None, 0);
    for member in tar.entries().map_err(broken)? {
        let mut member = member.map_err(broken)?;
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        if head.is_none() {
            head = Some(first(path, &name, &mut member)?);
        } else if promised.is_some() {
            return Err(damaged(format!("{name:?} stands behind the end")));
        } else if name == FILE_NAME {
            bases += 1;
            if member.size() > most {
                return Err(damaged(format!("its ledger would be {} bytes, more than {most}", member.size())));
            }
            write_out(&mut member, database).map_err(|e| part_fault(path, database, e))?;
        } else if name == LAST {
            promised = Some(note(&mut member).and_then(|text| text.strip_prefix("files ")?.trim().parse::<u64>().ok()));
        } else {
            let (id, bytes) = blob(&name, &mut member, FILE_LIMIT).map_err(broken)?;
            keep(id, bytes)?;
            files += 1;
        }
    }
    // Read on to the last byte: the checksum of the whole stands there.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(broken)?;
    match (head, promised.flatten()) {
        (Some(head), Some(promised)) if promised == files && bases == 1 => Ok(head),
        (None, _) => Err(LedgerError::NotABackup { path: path.to_path_buf() }),
        _ => Err(damaged(format!("it holds {bases} ledgers and {files} files and does not say that this is all"))),
    }
}

fn first(path: &Path, name: &str, member: &mut dyn Read) -> Result<Head, LedgerError> {
    let foreign = || LedgerError::NotABackup { path: path.to_path_buf() };
    let text = note(member).filter(|_| name == FIRST).ok_or_else(foreign)?;
    let end = FORMAT.open(&text, path)?.trim().strip_prefix("ends at ");
    end.and_then(Head::from_text).ok_or_else(foreign)
}

fn note(member: &mut dyn Read) -> Option<String> {
    let mut text = String::new();
    member.take(NOTE_LIMIT).read_to_string(&mut text).ok().map(|_| text)
}

/// The content of a file, if it is what the member's name says. The name itself is never used as a path.
fn blob(name: &str, member: &mut dyn Read, most: u64) -> io::Result<(BlobId, Vec<u8>)> {
    let mut bytes = Vec::new();
    // One that is longer does not have the content that its name says, because the rest is missing.
    member.take(most).read_to_end(&mut bytes)?;
    let id = BlobId::of(&bytes);
    if name == format!("{BLOB_FOLDER}/{}", id.key()) {
        return Ok((id, bytes));
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("{name:?} does not have the content that its name says")))
}

fn write_out(member: &mut dyn Read, path: &Path) -> io::Result<()> {
    let mut file = disk::private_file(path)?;
    io::copy(member, &mut file)?;
    file.flush()?;
    file.sync_all()
}

/// Tells a backup that cannot be read from a disk that cannot be written.
fn part_fault(backup: &Path, database: &Path, error: io::Error) -> LedgerError {
    match disk::io_fault(database, &error) {
        LedgerError::CannotOpen { detail, .. } => LedgerError::BackupDamaged { path: backup.to_path_buf(), detail },
        fault => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_number_is_a_newer_program_and_anything_else_none_of_ours() {
        let format = Format { name: "romduol letter", number: 3 };
        let open = |text: &'static str| format.open(text, Path::new("a"));
        assert_eq!(format.to_string(), "romduol letter 3");
        assert_eq!(open("romduol letter 3\nDear secretariat\n").unwrap(), "Dear secretariat\n");
        let newer = open("romduol letter 4\n…").unwrap_err();
        assert!(matches!(newer, LedgerError::NewerBackup { found: 4, known: 3, .. }), "{newer}");
        for foreign in ["", "romduol letter 2\n", "romduol letter\n3", "romduol letter 3a\n", "romduol postcard 4\n"] {
            assert!(matches!(open(foreign), Err(LedgerError::NotABackup { .. })), "{foreign:?}");
        }
    }

    #[test]
    fn a_file_without_end_is_refused() {
        let name = |bytes: &[u8]| format!("{BLOB_FOLDER}/{}", BlobId::of(bytes).key());
        assert_eq!(blob(&name(b"00"), &mut &b"00"[..], 2).unwrap().1, b"00");
        assert!(blob(&name(b"000"), &mut io::repeat(b'0'), 2).is_err());
    }

    #[test]
    fn a_ledger_that_unpacks_to_more_than_its_backup_can_hold_is_refused_before_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (path, base, out) = (folder.path().join("b"), folder.path().join("base"), folder.path().join("out"));
        File::create(&base).unwrap().set_len(DATABASE_LEAST + 1).unwrap();
        let mut writer = Writer::new(File::create(&path).unwrap(), None, &Head::genesis()).unwrap();
        writer.database(&base).unwrap();
        writer.finish().unwrap();
        let error = read(&path, None, &out, &mut |_, _| Ok(())).unwrap_err();
        assert!(matches!(error, LedgerError::BackupDamaged { .. }) && !out.exists(), "{error}");
    }
}
