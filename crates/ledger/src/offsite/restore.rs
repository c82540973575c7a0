//! Making a ledger of a copy in an object store again. Every hash is computed anew on the way.

use std::collections::BTreeSet;
use std::path::Path;

use object_store::path::Path as Key;
use tokio::task::JoinSet;

use super::{FILES, Offsite, ROWS, bad, file_key};
use crate::backup::{Checked, Unpacked, empty_folder};
use crate::chain::{Entry, Head};
use crate::copy::Rows;
use crate::scratch::Scratch;
use crate::{AppendError, BackupContent, BlobId, Ledger, LedgerError};

/// How many objects are asked for at once: stores answer slowly and in any number.
const AT_ONCE: usize = 16;

/// Reads a copy in an object store to its last object and re-computes every hash. A file that is damaged there is not among
/// those that were found.
///
/// # Errors
/// [`LedgerError::NotABackup`], [`LedgerError::BackupDamaged`], [`LedgerError::WrongPassphrase`],
/// [`LedgerError::Offsite`].
pub async fn check_offsite(address: &str, passphrase: &str) -> Result<Checked, LedgerError> {
    let scratch = Scratch::new(&std::env::temp_dir())?;
    let (content, ledger) = fetch(address, passphrase, scratch.path(), false).await?;
    Ok(Checked::new(ledger, content, scratch))
}

/// Fetches a copy for the data folder `folder`, which must be empty or not there yet.
///
/// # Errors
/// [`LedgerError::NotEmpty`], and as [`check_offsite`].
pub async fn unpack_offsite(address: &str, passphrase: &str, folder: &Path) -> Result<Unpacked, LedgerError> {
    empty_folder(folder)?;
    let scratch = Scratch::new(folder)?;
    let (content, ledger) = fetch(address, passphrase, scratch.path(), true).await?;
    Ok(Unpacked::new(ledger, content, scratch, folder))
}

async fn fetch(
    address: &str,
    passphrase: &str,
    folder: &Path,
    keep: bool,
) -> Result<(BackupContent, Ledger), LedgerError> {
    let offsite = Offsite::open(address, passphrase).await?;
    let ledger = Ledger::create(folder).await?;
    let head = fetch_entries(&offsite, &ledger).await?;
    // Listed after the entries: a file is stored before an entry names it.
    let files = fetch_files(&offsite, &ledger, keep).await?;
    let rows =
        Rows::from_json(&offsite.get(&Key::from(ROWS)).await?).map_err(|detail| bad(&offsite.address, detail))?;
    rows.write(&ledger.writer).await.map_err(|e| bad(&offsite.address, format!("{ROWS}: {e}")))?;
    Ok((BackupContent { head, files }, ledger))
}

async fn fetch_entries(offsite: &Offsite, ledger: &Ledger) -> Result<Head, LedgerError> {
    let mut head = Head::genesis();
    for firsts in offsite.segments().await?.chunks(AT_ONCE) {
        let fetched = at_once(firsts, |first| {
            let (offsite, first) = (offsite.clone(), *first);
            async move { offsite.segment(first).await }
        });
        for (first, segment) in firsts.iter().zip(fetched.await?) {
            if *first != head.seq + 1 || segment.after != head.to_text() {
                let detail = format!("entry {} does not follow what stands before it", head.seq + 1);
                return Err(bad(&offsite.address, detail));
            }
            let entries = chained(&head, segment.bodies);
            head = ledger.append_chained(&head, &entries, &[]).await.map_err(|error| match error {
                AppendError::Conflict { after } => bad(&offsite.address, format!("entry {after} is there twice")),
                AppendError::Ledger(error) => error,
            })?;
        }
    }
    Ok(head)
}

fn chained(after: &Head, bodies: Vec<String>) -> Vec<Entry> {
    let mut head = after.clone();
    let entry = |body: String| {
        head = head.next(&body);
        Entry { seq: head.seq, body, hash: head.hash.clone() }
    };
    bodies.into_iter().map(entry).collect()
}

async fn fetch_files(offsite: &Offsite, ledger: &Ledger, keep: bool) -> Result<BTreeSet<BlobId>, LedgerError> {
    let names = offsite.list(FILES).await?;
    let ids: Vec<BlobId> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let mut sound = BTreeSet::new();
    for ids in ids.chunks(AT_ONCE) {
        let fetched = at_once(ids, |id| {
            let (offsite, key) = (offsite.clone(), file_key(id));
            async move {
                match offsite.get(&key).await {
                    Ok(bytes) => Ok(Some(bytes)),
                    // The others are worth having without it.
                    Err(LedgerError::BackupDamaged { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        });
        for (id, bytes) in ids.iter().zip(fetched.await?) {
            let Some(bytes) = bytes.filter(|bytes| BlobId::of(bytes) == *id) else { continue };
            if keep {
                ledger.blobs().put(bytes).await?;
            }
            sound.insert(id.clone());
        }
    }
    Ok(sound)
}

/// The answers to several questions, in the order of the questions.
async fn at_once<Q, T: Send + 'static, F: Future<Output = Result<T, LedgerError>> + Send + 'static>(
    questions: &[Q],
    ask: impl Fn(&Q) -> F,
) -> Result<Vec<T>, LedgerError> {
    let mut asked = JoinSet::new();
    for (at, question) in questions.iter().enumerate() {
        let answer = ask(question);
        asked.spawn(async move { (at, answer.await) });
    }
    let mut answers = asked.join_all().await;
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
