//! The ledger folded: every entry from a moment on, up to another one or to the end. The chain is checked on the way. Refuses
//! to know why somebody wants to know.

use romduol_ledger::Ledger;

use crate::{AppError, Snapshot};

/// The snapshot with what the ledger holds behind it.
pub(crate) async fn to_the_end(ledger: &Ledger, from: Snapshot) -> Result<Snapshot, AppError> {
    up_to(ledger, from, u64::MAX).await
}

/// The snapshot with the entries behind it up to the entry `last`, or to the end where there are fewer.
pub(crate) async fn up_to(ledger: &Ledger, from: Snapshot, last: u64) -> Result<Snapshot, AppError> {
    let mut snapshot = from;
    while snapshot.head.seq < last {
        let mut entries = ledger.read_after(&snapshot.head).await?;
        entries.retain(|entry| entry.seq <= last);
        if entries.is_empty() {
            break;
        }
        // Pages of others are answered meanwhile.
        let next = tokio::task::spawn_blocking(move || snapshot.after(&entries)).await;
        snapshot = next.map_err(given_up)??;
    }
    Ok(snapshot)
}

/// Work is given up when the program stops; anything else is a fault of ours.
fn given_up(error: tokio::task::JoinError) -> AppError {
    if error.is_cancelled() { AppError::Stopping } else { AppError::fault(format!("the ledger was folded: {error}")) }
}
