//! Keeping a copy in an object store up to date: files first, then the entries that name them, then the rows.

use std::collections::BTreeSet;

use object_store::path::Path as Key;
use object_store::{Error, ObjectStoreExt, PutMode};

use super::{FILES, Offsite, ROWS, Segment, file_key, segment_key};
use crate::chain::{Entry, Head, sha256_hex};
use crate::copy::Copied;
use crate::{BlobId, Ledger, LedgerError, random};

/// How many files of the copy are read in a pass, to see whether they are still what they were.
const READ_AT_ONCE: usize = 100;

/// A ledger and its copy in an object store.
pub struct OffsiteCopy {
    from: Ledger,
    to: Offsite,
    /// Where the copy ends.
    head: Head,
    files: BTreeSet<BlobId>,
    /// Those of them that were written or read since the program began.
    sound: BTreeSet<BlobId>,
    /// What the rows looked like when they were last copied.
    seen: Option<String>,
}

impl OffsiteCopy {
    /// Opens the copy at `address`, or begins one.
    ///
    /// # Errors
    /// [`LedgerError::Offsite`], [`LedgerError::WrongPassphrase`], [`LedgerError::NotEmpty`], [`LedgerError::NotACopy`].
    pub async fn new(from: &Ledger, address: &str, passphrase: &str) -> Result<Self, LedgerError> {
        let to = Offsite::open_or_begin(address, passphrase).await?;
        let head = match to.segments().await?.last() {
            Some(&first) => end_of(&to.segment(first).await?),
            None => Head::genesis(),
        };
        let files = to.list(FILES).await?.iter().filter_map(|name| name.parse().ok()).collect();
        let copy = Self { from: from.clone(), to, head, files, sound: BTreeSet::new(), seen: None };
        if copy.is_ours(&copy.head).await? { Ok(copy) } else { Err(copy.other(copy.head.seq)) }
    }

    /// Whether the ledger has this entry.
    async fn is_ours(&self, head: &Head) -> Result<bool, LedgerError> {
        Ok(head.seq == 0 || self.from.entry(head.seq).await?.is_some_and(|entry| entry.head() == *head))
    }

    /// Brings the copy up to date. With the files that are `named` now, also accounts, drafts and what else stands beside the
    /// entries; and a file that is gone from the ledger goes from the copy, too, unless it is named: then it was lost rather
    /// than erased.
    ///
    /// # Errors
    /// [`LedgerError::Offsite`]; [`LedgerError::NotACopy`] if another program writes there.
    pub async fn pass(&mut self, named: Option<&BTreeSet<BlobId>>) -> Result<Copied, LedgerError> {
        let (start, end) = (self.head.seq, self.from.head().await?);
        let files = self.copy_files().await?;
        while self.head.seq < end.seq {
            let mut entries = self.from.read_after(&self.head).await?;
            entries.retain(|entry| entry.seq <= end.seq);
            self.append(&entries).await?;
        }
        if let Some(named) = named {
            self.erase(named).await?;
            self.mend().await?;
            self.copy_rows().await?;
        }
        Ok(Copied { entries: self.head.seq - start, head: self.head.clone(), files, holds: self.files.clone() })
    }

    /// Closes the ledger.
    pub async fn close(self) {
        self.from.close().await;
    }

    /// One object for each pass. Nothing is ever written over: what is there already was written by an earlier try whose
    /// answer was cut off, or by a second program that copies the same ledger.
    async fn append(&mut self, entries: &[Entry]) -> Result<(), LedgerError> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
        let bodies = entries.iter().map(|entry| entry.body.clone()).collect();
        let segment = Segment { after: self.head.to_text(), bodies };
        let text = serde_json::to_vec(&segment).map_err(|e| super::bad(&self.to.address, e.to_string()))?;
        match self.to.put(&segment_key(first.seq), &text, PutMode::Create).await {
            Err(Error::AlreadyExists { .. }) => {
                let there = self.to.segment(first.seq).await?;
                let end = end_of(&there);
                if there.after != segment.after || !self.is_ours(&end).await? {
                    return Err(self.other(first.seq));
                }
                self.head = end;
            }
            put => {
                put.map_err(|e| self.to.fault(&e))?;
                self.head = last.head();
            }
        }
        Ok(())
    }

    /// Copies files that are new. What cannot be read here is not among them.
    async fn copy_files(&mut self) -> Result<u64, LedgerError> {
        let mut copied = 0;
        for id in self.from.blobs().list().await? {
            if self.files.contains(&id) {
                continue;
            }
            let Some(bytes) = self.from.blobs().find(&id).await? else { continue };
            self.put_file(id, &bytes).await?;
            copied += 1;
        }
        Ok(copied)
    }

    async fn put_file(&mut self, id: BlobId, bytes: &[u8]) -> Result<(), LedgerError> {
        self.to.put(&file_key(&id), bytes, PutMode::Overwrite).await.map_err(|e| self.to.fault(&e))?;
        self.files.insert(id.clone());
        self.sound.insert(id);
        Ok(())
    }

    /// Reads some of the files that are there, from a random one on, and puts those again whose content is not theirs. Reading
    /// all of them at once would cost much where the store is rented; so each is read once a run, and others the next time.
    async fn mend(&mut self) -> Result<(), LedgerError> {
        let start: BlobId = random::hex_bytes::<32>()?.parse()?;
        let round = self.files.range(start.clone()..).chain(self.files.range(..start));
        let some: Vec<BlobId> = round.filter(|id| !self.sound.contains(id)).take(READ_AT_ONCE).cloned().collect();
        for id in some {
            let there = match self.to.get(&file_key(&id)).await {
                Ok(bytes) => BlobId::of(&bytes) == id,
                Err(LedgerError::BackupDamaged { .. }) => false,
                Err(error) => return Err(error),
            };
            if there {
                self.sound.insert(id);
            } else if let Some(bytes) = self.from.blobs().find(&id).await? {
                self.put_file(id, &bytes).await?;
            } else {
                // It can be had neither here nor there: whoever asks what is lost is told.
                self.files.remove(&id);
            }
        }
        Ok(())
    }

    async fn erase(&mut self, named: &BTreeSet<BlobId>) -> Result<(), LedgerError> {
        let from: BTreeSet<BlobId> = self.from.blobs().list().await?.into_iter().collect();
        for id in self.files.clone().difference(&from).filter(|id| !named.contains(id)) {
            match self.to.store.delete(&file_key(id)).await {
                Ok(()) | Err(Error::NotFound { .. }) => self.files.remove(id),
                Err(error) => return Err(self.to.fault(&error)),
            };
        }
        Ok(())
    }

    async fn copy_rows(&mut self) -> Result<(), LedgerError> {
        let text = self.from.read_rows().await?.to_json();
        let looks = sha256_hex(&text);
        if self.seen.as_ref() != Some(&looks) {
            self.to.put(&Key::from(ROWS), &text, PutMode::Overwrite).await.map_err(|e| self.to.fault(&e))?;
            self.seen = Some(looks);
        }
        Ok(())
    }

    fn other(&self, seq: u64) -> LedgerError {
        LedgerError::NotACopy { path: self.to.address.clone(), seq }
    }
}

/// Where a segment ends, if it is whole: whether it is follows when the ledger is asked for that entry.
fn end_of(segment: &Segment) -> Head {
    let start = Head::from_text(&segment.after).unwrap_or_else(Head::genesis);
    segment.bodies.iter().fold(start, |head, body| head.next(body))
}
