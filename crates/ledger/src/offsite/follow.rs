//! Keeping a copy in an object store up to date: files first, then the entries that name them, then the rows.

use std::collections::BTreeSet;

use object_store::path::Path as Key;
use object_store::{Error, ObjectStoreExt, PutMode};

use super::{FILES, Offsite, ROWS, Segment, file_key, segment_key};
use crate::chain::{Entry, Head, sha256_hex};
use crate::copy::{Copied, Rows};
use crate::{BlobId, Ledger, LedgerError};

/// A ledger and its copy in an object store.
pub struct OffsiteCopy {
    from: Ledger,
    to: Offsite,
    /// Where the copy ends.
    head: Head,
    files: BTreeSet<BlobId>,
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
        let copy = Self { from: from.clone(), to, head, files, seen: None };
        if copy.is_ours(&copy.head).await? { Ok(copy) } else { Err(copy.other(copy.head.seq)) }
    }

    /// Whether the ledger has this entry.
    async fn is_ours(&self, head: &Head) -> Result<bool, LedgerError> {
        Ok(head.seq == 0 || self.from.entry(head.seq).await?.is_some_and(|entry| entry.head() == *head))
    }

    /// Brings the copy up to date; with `rows` also accounts, drafts and what else stands beside the entries.
    ///
    /// # Errors
    /// [`LedgerError::Offsite`]; [`LedgerError::NotACopy`] if another program writes there.
    pub async fn pass(&mut self, rows: bool) -> Result<Copied, LedgerError> {
        let (start, end) = (self.head.seq, self.from.head().await?);
        let files = self.copy_files().await?;
        while self.head.seq < end.seq {
            let mut entries = self.from.read_after(&self.head).await?;
            entries.retain(|entry| entry.seq <= end.seq);
            self.append(&entries).await?;
        }
        if rows {
            self.copy_rows().await?;
        }
        Ok(Copied { entries: self.head.seq - start, head: self.head.clone(), files })
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

    /// Copies files that are new and erases those that were erased.
    async fn copy_files(&mut self) -> Result<u64, LedgerError> {
        let from: BTreeSet<BlobId> = self.from.blobs().list().await?.into_iter().collect();
        let mut copied = 0;
        for id in from.difference(&self.files.clone()) {
            let bytes = self.from.blobs().get(id).await?;
            self.to.put(&file_key(id), &bytes, PutMode::Overwrite).await.map_err(|e| self.to.fault(&e))?;
            self.files.insert(id.clone());
            copied += 1;
        }
        for id in self.files.clone().difference(&from) {
            match self.to.store.delete(&file_key(id)).await {
                Ok(()) | Err(Error::NotFound { .. }) => self.files.remove(id),
                Err(error) => return Err(self.to.fault(&error)),
            };
        }
        Ok(copied)
    }

    async fn copy_rows(&mut self) -> Result<(), LedgerError> {
        let rows = Rows::read(&self.from.reader).await.map_err(|e| self.from.fault(e))?;
        let text = rows.to_json();
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
