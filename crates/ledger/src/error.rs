//! What can go wrong in the store, each as one sentence that names the thing, the value and the next step. It refuses
//! to know how a message is shown.

use std::path::{Path, PathBuf};

use crate::chain::{Break, Why};

/// A refusal or a fault of the store. After any of these nothing of the failed request was saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// No ledger file.
    #[error("There is no ledger at {}; make one with `romduol init` or check the data directory.", path.display())]
    Missing { path: PathBuf },
    /// A new ledger was asked for where there is one.
    #[error("There is already a ledger at {}; open it, or choose an empty data directory.", path.display())]
    AlreadyExists { path: PathBuf },
    /// The file is not an SQLite database, or one of another program.
    #[error("{} is not a Romduol ledger; nothing was changed; check the data directory or restore a backup.", path.display())]
    NotALedger { path: PathBuf },
    /// The file is a ledger, but the engine finds its pages damaged.
    #[error("The ledger {} is damaged ({detail}); stop the program and restore the newest backup.", path.display())]
    Damaged { path: PathBuf, detail: String },
    /// Made by a newer program.
    #[error("The ledger {} has schema version {found}, this program knows up to {known}; install the newer program.", path.display())]
    NewerSchema { path: PathBuf, found: u32, known: u32 },
    /// The hash chain does not hold.
    #[error("{}", broken_sentence(.0))]
    Broken(Break),
    /// The ledger in the file is not the one that was read before (restored or exchanged while in use).
    #[error(
        "The ledger now ends at entry {found} but entry {known} was read before: the file was exchanged while in use; restart the program."
    )]
    Diverged { known: u64, found: u64 },
    /// No space left.
    #[error("The disk is full at {}; nothing was saved; free some space and send it again.", path.display())]
    DiskFull { path: PathBuf },
    /// The file, its folder or the file system cannot be written.
    #[error("{} cannot be written; nothing was saved; give the program write permission to it and its folder.", path.display())]
    ReadOnly { path: PathBuf },
    /// The file or folder cannot be opened.
    #[error("{} cannot be opened ({detail}); check that its folder exists and is readable.", path.display())]
    CannotOpen { path: PathBuf, detail: String },
    /// A database server that does not let the program in, or an address that is none.
    #[error("The database {} does not let the program in ({detail}); check user, password, TLS and how many connections it allows.", path.display())]
    NotLetIn { path: PathBuf, detail: String },
    /// Another process held the write lock for too long.
    #[error("Another program has kept {} locked for more than {waited_s} seconds; nothing was saved; send it again.", path.display())]
    Busy { path: PathBuf, waited_s: u64 },
    /// A database server that is away, or was cut off in the middle of a request.
    #[error("The database {} cannot be reached ({detail}); when it is back, look whether the last change was saved before you send it again.", path.display())]
    Unreachable { path: PathBuf, detail: String },
    /// A copy that has gone its own way.
    #[error("{} has other entries than the ledger that is copied, from entry {seq} on; choose an empty place.", path.display())]
    NotACopy { path: PathBuf, seq: u64 },
    /// The login belongs to somebody.
    #[error("The login {login} is taken; choose another one.")]
    LoginTaken { login: String },
    /// No such account.
    #[error("There is no account {id}; list the accounts and try again.")]
    NoAccount { id: String },
    /// Text that is no blob id.
    #[error("{given:?} is not a file id; a file id is 64 hexadecimal digits.")]
    BadBlobId { given: String },
    /// No such blob.
    #[error("The stored file {id} is missing; restore the blobs folder from a backup.")]
    BlobMissing { id: String },
    /// A blob's bytes no longer have its hash.
    #[error("The stored file {id} is damaged; restore the blobs folder from a backup.")]
    BlobDamaged { id: String },
    /// A blob could not be read or written for another reason.
    #[error("The stored file {id} could not be read or written ({detail}); check the disk and try again.")]
    Blob { id: String, detail: String },
    /// An object store that does not answer as it should.
    #[error("The copy at {} cannot be read or written ({detail}); check the address, the keys in the environment and the network.", path.display())]
    Offsite { path: PathBuf, detail: String },
    /// A file that no backup begins like.
    #[error("{} is not a Romduol backup; choose a file that `romduol backup` has made.", path.display())]
    NotABackup { path: PathBuf },
    /// A backup or a copy in an object store, made by a newer program.
    #[error("The backup {} has format {found}, this program knows up to {known}; install the newer program.", path.display())]
    NewerBackup { path: PathBuf, found: u32, known: u32 },
    /// A backup whose bytes do not fit together any more, or that ends too early.
    #[error("The backup {} is damaged or cut short ({detail}); nothing was restored; use another copy of it or an older backup.", path.display())]
    BackupDamaged { path: PathBuf, detail: String },
    /// An encrypted backup and no passphrase.
    #[error("The backup {} is encrypted; name the file that holds its passphrase with --passphrase-file.", path.display())]
    BackupSealed { path: PathBuf },
    /// An encrypted backup and a passphrase that does not open it.
    #[error("The passphrase does not open the backup {}; check for another passphrase, or for spaces around it.", path.display())]
    WrongPassphrase { path: PathBuf },
    /// A place that something would have to be overwritten in.
    #[error("{} is there already and not empty; nothing was written; choose a new place or an empty folder.", path.display())]
    NotEmpty { path: PathBuf },
    /// A position behind the end of what was kept.
    #[error("There is no entry {asked}; the backup ends at entry {last}; choose a position up to that.")]
    NoSuchPosition { asked: u64, last: u64 },
    /// A stored password hash is unreadable, or hashing failed.
    #[error("The password could not be hashed or checked ({detail}); set a new password for the account.")]
    Password { detail: String },
    /// The operating system gave no random bytes.
    #[error("The operating system gave no random numbers ({detail}); restart the machine or ask its administrator.")]
    Random { detail: String },
    /// Anything else that the engine says.
    #[error("The ledger {} answered with a fault ({detail}); nothing was saved; try again and report it if it stays.", path.display())]
    Engine { path: PathBuf, detail: String },
}

/// Whose turn it is after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Whoever asked gives something else.
    AskOtherwise,
    /// There is no such thing; nothing has to be mended.
    NotThere,
    /// The same request may succeed later: there is no room, no way to write, or no database just now.
    TryAgain,
    /// What is kept is damaged, or the program has a fault: whoever runs it has to look.
    Repair,
}

impl LedgerError {
    /// What an input/output error means for the file or folder at `path`.
    pub fn of_io(path: &Path, error: &std::io::Error) -> LedgerError {
        crate::disk::io_fault(path, error)
    }

    /// Whether it concerns one stored file and nothing else: it is gone, damaged or cannot be read.
    #[must_use]
    pub fn is_of_one_file(&self) -> bool {
        matches!(
            self,
            LedgerError::BadBlobId { .. }
                | LedgerError::BlobMissing { .. }
                | LedgerError::BlobDamaged { .. }
                | LedgerError::Blob { .. }
        )
    }

    /// Who can do something about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            LedgerError::AlreadyExists { .. }
            | LedgerError::NotACopy { .. }
            | LedgerError::LoginTaken { .. }
            | LedgerError::NotABackup { .. }
            | LedgerError::NewerBackup { .. }
            | LedgerError::BackupDamaged { .. }
            | LedgerError::BackupSealed { .. }
            | LedgerError::WrongPassphrase { .. }
            | LedgerError::NotEmpty { .. }
            | LedgerError::NoSuchPosition { .. } => Remedy::AskOtherwise,
            LedgerError::NoAccount { .. } | LedgerError::BadBlobId { .. } => Remedy::NotThere,
            LedgerError::DiskFull { .. }
            | LedgerError::ReadOnly { .. }
            | LedgerError::CannotOpen { .. }
            | LedgerError::NotLetIn { .. }
            | LedgerError::Missing { .. }
            | LedgerError::Busy { .. }
            | LedgerError::Unreachable { .. }
            | LedgerError::Blob { .. }
            | LedgerError::Offsite { .. }
            | LedgerError::Random { .. } => Remedy::TryAgain,
            LedgerError::NotALedger { .. }
            | LedgerError::Damaged { .. }
            | LedgerError::NewerSchema { .. }
            | LedgerError::Broken(_)
            | LedgerError::Diverged { .. }
            | LedgerError::BlobMissing { .. }
            | LedgerError::BlobDamaged { .. }
            | LedgerError::Password { .. }
            | LedgerError::Engine { .. } => Remedy::Repair,
        }
    }
}

fn broken_sentence(broken: &Break) -> String {
    let seq = broken.seq;
    let why = match broken.why {
        Why::Changed => format!("The content of entry {seq} does not match the hash chain"),
        Why::Missing => format!("Entry {seq} is missing from the hash chain"),
        Why::Order => format!("Entry {seq} is out of order in the hash chain"),
        Why::Extra => format!("Entry {seq} stands behind the end of the hash chain"),
    };
    format!("{why}; stop here: restore the newest backup that passes `romduol verify`, and keep this file as evidence.")
}
