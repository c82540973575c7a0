//! Files and short texts encrypted with a passphrase, in the age format, so that the program `age` opens them, too. It
//! refuses to know what is in them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, scrypt};

use crate::{LedgerError, disk};

/// First bytes of an encrypted file.
const SEALED: &[u8] = b"age-encryption.org/";
/// The work of trying one passphrase, as a power of two: about a second and 256 MB. Fixed, so that a backup that a fast
/// server made opens on a slow laptop.
const WORK: u8 = 18;
/// What a file from elsewhere may ask for at most: 1 GB.
const MOST_WORK: u8 = 20;

/// A short text under a passphrase, as an age file.
pub(crate) fn seal_text(text: &str, passphrase: &str) -> Result<Vec<u8>, String> {
    age::encrypt(&recipient(passphrase), text.as_bytes()).map_err(|e| e.to_string())
}

/// The text of [`seal_text`]; `path` is for the refusal.
pub(crate) fn open_text(sealed: &[u8], passphrase: &str, path: &Path) -> Result<String, LedgerError> {
    let opened = age::decrypt(&identity(passphrase), sealed).map_err(|error| fault(error, path))?;
    String::from_utf8(opened).map_err(|_| LedgerError::NotABackup { path: path.to_path_buf() })
}

fn recipient(passphrase: &str) -> scrypt::Recipient {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
    recipient.set_work_factor(WORK);
    recipient
}

fn identity(passphrase: &str) -> scrypt::Identity {
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    identity.set_max_work_factor(MOST_WORK);
    identity
}

fn fault(error: DecryptError, path: &Path) -> LedgerError {
    let path = path.to_path_buf();
    match error {
        DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed => {
            LedgerError::WrongPassphrase { path }
        }
        other => LedgerError::BackupDamaged { path, detail: other.to_string() },
    }
}

/// A file being written.
pub(crate) enum Sink {
    Plain(BufWriter<File>),
    Sealed(StreamWriter<BufWriter<File>>),
}

impl Sink {
    pub(crate) fn new(file: File, passphrase: Option<&str>) -> io::Result<Self> {
        let file = BufWriter::new(file);
        let Some(passphrase) = passphrase else { return Ok(Self::Plain(file)) };
        let encryptor = Encryptor::with_recipients(std::iter::once(&recipient(passphrase) as &dyn Recipient));
        Ok(Self::Sealed(encryptor.map_err(io::Error::other)?.wrap_output(file)?))
    }

    /// Writes what is left and waits until the disk has it.
    pub(crate) fn finish(self) -> io::Result<()> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Sealed(sealed) => sealed.finish()?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Sealed(sealed) => sealed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Sealed(sealed) => sealed.flush(),
        }
    }
}

/// A file being read.
pub(crate) enum Source {
    Plain(BufReader<File>),
    Sealed(Box<StreamReader<BufReader<File>>>),
}

impl Source {
    /// Opens a file, with the passphrase if it is encrypted.
    pub(crate) fn open(path: &Path, passphrase: Option<&str>) -> Result<Self, LedgerError> {
        let mut file = BufReader::new(File::open(path).map_err(|e| disk::io_fault(path, &e))?);
        let start = file.fill_buf().map_err(|e| disk::io_fault(path, &e))?;
        if !start.starts_with(SEALED) {
            return Ok(Self::Plain(file));
        }
        let passphrase = passphrase.ok_or_else(|| LedgerError::BackupSealed { path: path.to_path_buf() })?;
        let decryptor = Decryptor::new_buffered(file).map_err(|error| fault(error, path))?;
        let identity = identity(passphrase);
        let opened = decryptor.decrypt(std::iter::once(&identity as &dyn Identity));
        let opened = opened.map_err(|error| fault(error, path))?;
        Ok(Self::Sealed(Box::new(opened)))
    }
}

impl Read for Source {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(bytes),
            Self::Sealed(sealed) => sealed.read(bytes),
        }
    }
}
