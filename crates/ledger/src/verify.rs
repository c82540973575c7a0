//! Re-computes the whole chain and says where it breaks first and why. It refuses to mend anything.

use crate::chain::{Break, Entry, Head, Why, entry_hash};
use crate::entry::READ_LIMIT;
use crate::{Ledger, LedgerError};

/// What a look at the whole ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Entries that hold, from the first on.
    pub entries: u64,
    /// The head after the last entry that holds.
    pub head: Head,
    /// The first entry that does not hold.
    pub broken: Option<Break>,
}

impl Verification {
    /// The break as an error.
    ///
    /// # Errors
    /// [`LedgerError::Broken`].
    pub fn into_result(self) -> Result<Head, LedgerError> {
        match self.broken {
            None => Ok(self.head),
            Some(broken) => Err(LedgerError::Broken(broken)),
        }
    }
}

impl Ledger {
    /// Reads every entry that is there now and re-computes its hash. A chain cannot show that somebody re-computed all
    /// of it; compare the head with one printed elsewhere (every edition has one).
    ///
    /// # Errors
    /// Faults of the engine only; a broken chain is a finding, not an error.
    pub async fn verify(&self) -> Result<Verification, LedgerError> {
        let mut head = Head::genesis();
        let broken = loop {
            match self.read_after(&head).await {
                Ok(entries) => match entries.last() {
                    Some(last) => head = last.head(),
                    None => break self.beyond(&head).await?,
                },
                Err(LedgerError::Broken(broken)) => {
                    head = self.last_good(head, broken.seq).await?;
                    break Some(broken);
                }
                // More entries than the head says, or none of it: the head's row itself was changed.
                Err(LedgerError::Diverged { known, .. }) => {
                    break Some(Break { seq: known, why: Why::Changed });
                }
                Err(error) => return Err(error),
            }
        };
        Ok(Verification { entries: head.seq, head, broken })
    }

    /// An entry that stands behind the end: no append of ours put it there.
    async fn beyond(&self, end: &Head) -> Result<Option<Break>, LedgerError> {
        let rows = self.rows(end.seq + 1, i64::MAX as u64).await?;
        // The end may have moved since; asked after the rows, it covers every row that an append brought.
        let moved = rows.is_empty() || self.head().await? != *end;
        Ok(rows.first().filter(|_| !moved).map(|entry| Break { seq: entry.seq, why: Why::Extra }))
    }

    /// The head of the last entry before `seq`, going on from `head` which holds.
    async fn last_good(&self, head: Head, seq: u64) -> Result<Head, LedgerError> {
        if seq <= head.seq + 1 {
            return Ok(head);
        }
        let entry = self.entry(seq - 1).await?;
        Ok(entry.map_or(head, |entry| entry.head()))
    }

    /// Tells a swapped entry from a changed one: looks whether what stands at the broken place fits elsewhere, or what
    /// belongs there stands elsewhere. Reads the whole ledger once, which is fine for something that never happens.
    pub(crate) async fn explain(&self, before: &Head, broken: Break) -> Result<Break, LedgerError> {
        if broken.why != Why::Changed {
            return Ok(broken);
        }
        let Some(here) = self.entry(broken.seq).await? else {
            return Ok(broken);
        };
        let mut previous = String::from(crate::GENESIS_HASH);
        let mut from = 1;
        loop {
            let chunk = self.rows(from, i64::MAX as u64).await?;
            for other in &chunk {
                if other.seq != here.seq && swapped(before, &here, other, &previous) {
                    return Ok(Break { why: Why::Order, ..broken });
                }
                previous.clone_from(&other.hash);
            }
            match chunk.last() {
                Some(last) if chunk.len() == READ_LIMIT => from = last.seq + 1,
                _ => return Ok(broken),
            }
        }
    }
}

/// Whether `here` was at the place of `other` once, or the body of `other` at the place of `here`. `previous` is the
/// hash stored in front of `other`; for neighbours that were swapped it is the one stored with `other` itself.
fn swapped(before: &Head, here: &Entry, other: &Entry, previous: &str) -> bool {
    entry_hash(previous, other.seq, &here.body) == here.hash
        || entry_hash(&other.hash, other.seq, &here.body) == here.hash
        || entry_hash(&before.hash, here.seq, &other.body) == here.hash
        || entry_hash(&before.hash, here.seq, &other.body) == other.hash
}
