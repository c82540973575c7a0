//! The newest snapshot kept in a file beside the ledger, so that a long ledger need not be folded at each start.
//! It can be deleted at any time: the ledger is the truth, and a file that does not fit it is not read.
//!
//! The entries up to the snapshot are not hashed again at a start that uses it; `romduol verify` does that.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use romduol_ledger::{BlobId, Head, Ledger};
use romduol_plan::totals::Totals;
use romduol_plan::{Entry, State};

use crate::{AppError, Snapshot};

/// Shorter ledgers are folded faster than a file is worth.
pub(crate) const WORTH_KEEPING: u64 = 500;

/// Beside the ledger's file. A database has no place that only this program reads, so nothing is kept for it.
fn file(ledger: &Ledger) -> Option<PathBuf> {
    ledger.folder().map(|_| ledger.path().with_extension("snapshot"))
}

/// Writes the snapshot whole or not at all. The program works without it, so whoever calls only notes a failure.
pub(crate) fn keep(ledger: &Ledger, snapshot: &Snapshot) -> std::io::Result<()> {
    let Some(path) = file(ledger) else { return Ok(()) };
    let (state, cube) = (snapshot.state.to_bytes(), snapshot.totals_to_bytes());
    let Head { seq, hash } = &snapshot.head;
    let mut bytes = format!("{seq} {hash} {} {}\n", state.len(), cube.len()).into_bytes();
    bytes.extend(state);
    bytes.extend(cube);
    let mut whole = format!("{}\n", BlobId::of(&bytes)).into_bytes();
    whole.extend(bytes);
    let part = path.with_extension("snapshot.part");
    // It holds what was said in confidence.
    let _ = std::fs::remove_file(&part);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(&whole)?;
    std::fs::rename(&part, path)
}

/// Removes the file: the next start folds the ledger.
pub(crate) fn forget(ledger: &Ledger) {
    if let Some(path) = file(ledger) {
        let _ = std::fs::remove_file(path);
    }
}

/// The snapshot that was kept, if it belongs to this ledger and this program.
pub(crate) async fn restore(ledger: &Ledger) -> Result<Option<Snapshot>, AppError> {
    let Some(path) = file(ledger) else { return Ok(None) };
    let read = tokio::task::spawn_blocking(move || read(&path)).await.ok().flatten();
    let Some(kept) = read else { return Ok(None) };
    let entry = ledger.entry(kept.2.seq).await?;
    let (state, totals, head) = kept;
    let entry = entry.filter(|entry| entry.head() == head);
    Ok(entry.map(|entry| Snapshot::with(state, totals, head, Entry::is_blinded(&entry.body))))
}

fn read(path: &Path) -> Option<(State, Totals, Head)> {
    let whole = std::fs::read(path).ok()?;
    let (sum, bytes) = split_line(&whole)?;
    if BlobId::of(bytes).to_string() != sum {
        return None;
    }
    let (line, rest) = split_line(bytes)?;
    let mut words = line.split(' ');
    let (seq, hash) = (words.next()?.parse().ok()?, words.next()?.to_string());
    let (state, cube): (usize, usize) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let (state, cube) = rest.split_at_checked(state).filter(|(_, rest)| rest.len() == cube)?;
    let state = State::from_bytes(state)?;
    let totals = Totals::restore(&state, cube)?;
    Some((state, totals, Head { seq, hash }))
}

fn split_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}
