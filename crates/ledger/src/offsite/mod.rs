//! A copy of a ledger in an object store (S3 and what speaks it, or a folder), always encrypted: the machines there are
//! somebody else's. It refuses to know when a copy is due, and cannot be served: it is for restoring.
//!
//! Under the address stand, each an age file that the program `age` opens, too: `KEY`, under a passphrase, the identity
//! that opens all others; `entries/NUMBER`, the bodies from that entry on; `files/ID`; `rows`, the tables beside the
//! entries. All but `KEY` are compressed (zstd) before they are encrypted.

mod follow;
mod restore;

use std::io::Read;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use serde::{Deserialize, Serialize};

pub use follow::OffsiteCopy;
pub use restore::{check_offsite, unpack_offsite};

use crate::archive::Format;
use crate::{LedgerError, seal};

const KEY: &str = "KEY";
const ENTRIES: &str = "entries";
const FILES: &str = "files";
const ROWS: &str = "rows";
/// Its number changes when an older program could not read it.
const FORMAT: Format = Format { name: "romduol offsite", number: 1 };
const LEVEL: i32 = 3;
/// What one object may unpack to; no evidence, no edition and no entry comes near it.
const OBJECT_LIMIT: u64 = 1 << 30;

/// Some entries, as one object holds them.
#[derive(Serialize, Deserialize)]
struct Segment {
    /// The end before them, as number and hash.
    after: String,
    bodies: Vec<String>,
}

/// An object store with the key to what is in it.
#[derive(Clone)]
struct Offsite {
    address: PathBuf,
    store: Arc<dyn ObjectStore>,
    identity: Arc<Identity>,
    recipient: Recipient,
}

/// Whether an address is one of an object store: `s3://BUCKET/FOLDER` or `file:///FOLDER`. How S3 is reached and with
/// which keys stands in the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`).
#[must_use]
pub fn is_offsite(address: &str) -> bool {
    address.starts_with("s3://") || address.starts_with("file://")
}

fn connect(address: &str) -> Result<Arc<dyn ObjectStore>, LedgerError> {
    let bad = |detail: String| LedgerError::Offsite { path: address.into(), detail };
    if let Some(folder) = address.strip_prefix("file://") {
        crate::disk::private_folder(folder.as_ref()).map_err(|e| bad(e.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|e| bad(e.to_string()))?;
        return Ok(Arc::new(store.with_fsync(true)));
    }
    let rest = address.strip_prefix("s3://").ok_or_else(|| bad("it begins with neither s3:// nor file://".into()))?;
    let (bucket, folder) = rest.split_once('/').unwrap_or((rest, ""));
    // The cryptography of TLS; whoever set it before has set the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|e| bad(e.to_string()))?;
    Ok(Arc::new(PrefixStore::new(store, folder)))
}

impl Offsite {
    /// Opens what is there.
    async fn open(address: &str, passphrase: &str) -> Result<Self, LedgerError> {
        let store = connect(address)?;
        let path = PathBuf::from(address);
        let sealed = match store.get(&Key::from(KEY)).await {
            Ok(object) => object.bytes().await.map_err(|e| fault(&path, &e))?,
            Err(Error::NotFound { .. }) => return Err(LedgerError::NotABackup { path }),
            Err(error) => return Err(fault(&path, &error)),
        };
        let text = seal::open_text(&sealed, passphrase, &path)?;
        let identity = Identity::from_str(FORMAT.open(&text, &path)?.trim());
        let identity = identity.map_err(|_| LedgerError::NotABackup { path: path.clone() })?;
        Ok(Self { address: path, store, recipient: identity.to_public(), identity: Arc::new(identity) })
    }

    /// Opens what is there, or begins it with a new key. A place with something else in it is left alone.
    async fn open_or_begin(address: &str, passphrase: &str) -> Result<Self, LedgerError> {
        match Self::open(address, passphrase).await {
            Err(LedgerError::NotABackup { path }) => {
                let store = connect(address)?;
                let there = store.list_with_delimiter(None).await.map_err(|e| fault(&path, &e))?;
                if !there.objects.is_empty() || !there.common_prefixes.is_empty() {
                    return Err(LedgerError::NotEmpty { path });
                }
                let identity = Identity::generate();
                let text = format!("{FORMAT}\n{}\n", identity.to_string().expose_secret());
                let sealed = seal::seal_text(&text, passphrase).map_err(|detail| bad(&path, detail))?;
                let made = store.put_opts(&Key::from(KEY), sealed.into(), PutMode::Create.into()).await;
                made.map_err(|e| fault(&path, &e))?;
                Self::open(address, passphrase).await
            }
            opened => opened,
        }
    }

    async fn put(&self, key: &Key, bytes: &[u8], mode: PutMode) -> Result<(), Error> {
        let other = |source| Error::Generic { store: "age", source };
        let packed = zstd::encode_all(bytes, LEVEL).map_err(|e| other(e.into()))?;
        let sealed = age::encrypt(&self.recipient, &packed).map_err(|e| other(e.into()))?;
        self.store.put_opts(key, PutPayload::from(sealed), PutOptions::from(mode)).await.map(drop)
    }

    async fn get(&self, key: &Key) -> Result<Vec<u8>, LedgerError> {
        let damaged = |detail: String| LedgerError::BackupDamaged {
            path: self.address.clone(),
            detail: format!("{key}: {detail}"),
        };
        let sealed = match self.store.get(key).await {
            Err(Error::NotFound { .. }) => return Err(damaged("it is not there".into())),
            object => object.map_err(|e| self.fault(&e))?.bytes().await.map_err(|e| self.fault(&e))?,
        };
        let packed = age::decrypt(&*self.identity, &sealed).map_err(|e| damaged(e.to_string()))?;
        let mut bytes = Vec::new();
        let unpacked = zstd::Decoder::new(packed.as_slice())
            .and_then(|decoder| decoder.take(OBJECT_LIMIT + 1).read_to_end(&mut bytes));
        match unpacked.map_err(|e| damaged(e.to_string()))? as u64 {
            size if size > OBJECT_LIMIT => Err(damaged(format!("it unpacks to more than {OBJECT_LIMIT} bytes"))),
            _ => Ok(bytes),
        }
    }

    /// The names of what stands under a folder, in order.
    async fn list(&self, folder: &str) -> Result<Vec<String>, LedgerError> {
        let listed = self.store.list_with_delimiter(Some(&Key::from(folder))).await.map_err(|e| self.fault(&e))?;
        let mut names: Vec<String> =
            listed.objects.iter().filter_map(|object| object.location.filename().map(String::from)).collect();
        names.sort();
        Ok(names)
    }

    /// The numbers of the first entries of all segments, in order.
    async fn segments(&self) -> Result<Vec<u64>, LedgerError> {
        Ok(self.list(ENTRIES).await?.iter().filter_map(|name| name.parse().ok()).collect())
    }

    async fn segment(&self, first: u64) -> Result<Segment, LedgerError> {
        let key = segment_key(first);
        let damaged = |e: serde_json::Error| bad(&self.address, format!("{key}: {e}"));
        serde_json::from_slice(&self.get(&key).await?).map_err(damaged)
    }

    fn fault(&self, error: &Error) -> LedgerError {
        fault(&self.address, error)
    }
}

/// With leading noughts, so that the order of names is the order of entries.
fn segment_key(first: u64) -> Key {
    Key::from(format!("{ENTRIES}/{first:012}"))
}

fn file_key(id: &crate::BlobId) -> Key {
    Key::from(format!("{FILES}/{id}"))
}

fn bad(path: &std::path::Path, detail: String) -> LedgerError {
    LedgerError::BackupDamaged { path: path.to_path_buf(), detail }
}

fn fault(path: &std::path::Path, error: &Error) -> LedgerError {
    LedgerError::Offsite { path: path.to_path_buf(), detail: error.to_string() }
}
