//! The append-only store: entries in a hash chain, plus accounts, sessions, drafts and blobs. The only SQL on
//! the store. It refuses to know what an entry means: a body is opaque text, a role is a word, a time is a number
//! that the caller brings.
//!
//! The SQL is written once, in the subset that SQLite and PostgreSQL share (`$1` parameters, `BIGINT` and `TEXT`,
//! `ON CONFLICT`, `RETURNING`); what differs between engines lives in `dialect.rs`.
//!
//! The clock is never read here. Randomness is used in `random.rs` (ids, tokens) and for password salts only.

mod access;
mod account;
mod archive;
mod backup;
mod blob;
mod chain;
mod comment;
mod contact;
mod copy;
mod dialect;
mod disk;
mod draft;
mod entry;
mod erased;
mod error;
mod factor;
mod identity;
mod offsite;
mod packed;
mod password;
mod place;
mod random;
mod schema;
mod scratch;
mod seal;
mod secret;
mod session;
mod submission;
mod ticket;
mod token;
mod unnamed;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use access::Access;
pub use account::{Account, NewAccount};
pub use backup::{BackupContent, Checked, Unpacked, check_backup, unpack_backup};
pub use blob::{BlobId, Blobs};
pub use chain::{Break, Entry, GENESIS_HASH, Head, Why, entry_hash};
pub use comment::Comment;
pub use contact::Contact;
pub use copy::{Copied, Copy};
pub use draft::{Draft, DraftError, DraftSummary};
pub use entry::{AppendError, READ_LIMIT};
pub use erased::LookedThrough;
pub use error::{LedgerError, Remedy};
pub use factor::Factor;
pub use offsite::{OffsiteCopy, check_offsite, is_offsite, unpack_offsite};
pub use place::Place;
pub use schema::LATEST as SCHEMA_VERSION;
pub use scratch::Scratch;
pub use session::{Session, SessionToken};
pub use submission::{Claim, Written};
pub use ticket::Ticket;
pub use token::AccessToken;
pub use verify::Verification;

/// Name of the database file inside a data directory.
pub const FILE_NAME: &str = "romduol.sqlite";
/// Name of the blob folder inside a data directory.
pub const BLOB_FOLDER: &str = "blobs";

/// An open ledger. Cheap to clone; all clones share the same connections. Any number of processes may open the same
/// place: writers take turns, readers never wait.
#[derive(Clone, Debug)]
pub struct Ledger {
    path: Arc<Path>,
    reader: dialect::Pool,
    writer: dialect::Pool,
    blobs: Blobs,
}

/// Settings that only tests change.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Refuse every write, as a file system mounted read-only does.
    pub read_only: bool,
    /// Let the file grow to this many pages only, as a full disk does.
    pub max_pages: Option<u32>,
}

impl Ledger {
    /// Makes a new, empty ledger and opens it: in a folder (created if needed), or in an empty
    /// database.
    ///
    /// # Errors
    /// [`LedgerError::AlreadyExists`] if there is one; disk full or not writable as for every write.
    pub async fn create(place: impl Into<Place>) -> Result<Self, LedgerError> {
        let place = place.into();
        let Place::Folder(dir) = &place else {
            let ledger = Self::connect(&place, &Options::default()).await?;
            schema::create(&ledger.writer).await.map_err(|e| ledger.fault(e))?;
            return Ok(ledger);
        };
        let path = dir.join(FILE_NAME);
        disk::create_file(dir, &path)?;
        disk::close_to_others(dir);
        let made = async {
            let ledger = Self::connect(&place, &Options::default()).await?;
            schema::create(&ledger.writer).await.map_err(|e| ledger.fault(e))?;
            Ok(ledger)
        };
        let made = made.await;
        if made.is_err() {
            // A half-made file would be taken for somebody's data at the next try.
            let _ = std::fs::remove_file(&path);
        }
        made
    }

    /// Opens the ledger at a place; an older schema is migrated forward first.
    ///
    /// # Errors
    /// [`LedgerError::Missing`], [`LedgerError::NotALedger`], [`LedgerError::NewerSchema`], [`LedgerError::Damaged`].
    pub async fn open(place: impl Into<Place>) -> Result<Self, LedgerError> {
        Self::open_with(place, &Options::default()).await
    }

    /// Opens the ledger to look at it: an older schema stays as it is.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_as_it_is(place: impl Into<Place>) -> Result<Self, LedgerError> {
        Ok(Self::opened(place.into(), &Options::default()).await?.0)
    }

    #[doc(hidden)]
    pub async fn open_with(place: impl Into<Place>, options: &Options) -> Result<Self, LedgerError> {
        let (ledger, found) = Self::opened(place.into(), options).await?;
        if let Some(folder) = ledger.folder().filter(|_| !options.read_only) {
            disk::close_to_others(folder);
        }
        if found < schema::LATEST {
            schema::migrate(&ledger.writer, schema::MIGRATIONS).await.map_err(|e| ledger.fault(e))?;
        }
        Ok(ledger)
    }

    /// The ledger at a place, and its schema.
    async fn opened(place: Place, options: &Options) -> Result<(Self, u32), LedgerError> {
        if let Place::Folder(dir) = &place {
            disk::check_file(&dir.join(FILE_NAME))?;
        }
        let ledger = Self::connect(&place, options).await?;
        let found = ledger.schema().await?;
        if found > schema::LATEST {
            let path = ledger.path();
            // Nothing of having looked is left beside it.
            ledger.close().await;
            return Err(LedgerError::NewerSchema { path, found, known: schema::LATEST });
        }
        Ok((ledger, found))
    }

    async fn connect(place: &Place, options: &Options) -> Result<Self, LedgerError> {
        match place {
            Place::Folder(dir) => {
                let path = dir.join(FILE_NAME);
                let (reader, writer) =
                    dialect::open_file(&path, options).await.map_err(|e| dialect::fault(&path, e))?;
                Ok(Self { path: path.into(), reader, writer, blobs: Blobs::in_folder(&dir.join(BLOB_FOLDER)) })
            }
            Place::Database(address) => {
                let path = place.name();
                let pool = dialect::open_database(address).await.map_err(|e| dialect::fault(&path, e))?;
                let (reader, blobs) = (dialect::Pool::Postgres(pool.clone()), Blobs::in_database(&path, pool));
                Ok(Self { path: path.into(), writer: reader.clone(), reader, blobs })
            }
        }
    }

    /// The version of its schema; [`Ledger::open`] moves an older one forward.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn schema(&self) -> Result<u32, LedgerError> {
        let found = schema::version(&self.reader).await.map_err(|e| self.schema_fault(e))?;
        found.ok_or_else(|| LedgerError::NotALedger { path: self.path() })
    }

    /// The database file, or the name of the database.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.path.to_path_buf()
    }

    /// The folder that the ledger is in, if it is in one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        if self.on_server() { None } else { self.path.parent() }
    }

    pub(crate) fn on_server(&self) -> bool {
        matches!(self.writer, dialect::Pool::Postgres(_))
    }

    /// The content-addressed files beside the entries.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Closes all connections and folds the write-ahead log back into the file. Dropping is safe too: the next open
    /// does the same work.
    pub async fn close(self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Leaves nothing of rows that were erased or overwritten in the files of the ledger; a server does so by itself later.
    /// `false` if somebody keeps reading what was there before, so that it is still in the log beside the file.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn scrub(&self) -> Result<bool, LedgerError> {
        dialect::scrub(&self.writer).await.map_err(|e| self.fault(e))
    }

    /// A folder for what comes in and is not whole yet: on the disk of the ledger, gone with its value, and swept if the
    /// program is killed.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn scratch(&self) -> Result<Scratch, LedgerError> {
        match self.folder() {
            Some(folder) => Scratch::new(folder),
            None => Scratch::new(&std::env::temp_dir()),
        }
    }

    /// Changes the page limit of an open ledger (see [`Options::max_pages`]).
    #[doc(hidden)]
    pub async fn set_max_pages(&self, pages: u32) -> Result<(), LedgerError> {
        dialect::set_max_pages(&self.writer, pages).await.map_err(|e| self.fault(e))
    }

    pub(crate) fn fault(&self, error: sqlx::Error) -> LedgerError {
        dialect::fault(&self.path, error)
    }

    fn schema_fault(&self, error: sqlx::Error) -> LedgerError {
        if dialect::is_missing_table(&error) {
            return LedgerError::NotALedger { path: self.path.to_path_buf() };
        }
        self.fault(error)
    }
}
