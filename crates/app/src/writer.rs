//! The one writer: decides waiting commands against the newest state and appends them in one durable commit.

use std::sync::Arc;

use arc_swap::ArcSwap;
use romduol_ledger::{AppendError, Entry as StoredEntry, Head, Ledger};
use romduol_plan::{Actor, Entry, Say};
use tokio::sync::{mpsc, oneshot};

use crate::{AppError, Clock, Decide, Snapshot};

pub(crate) struct Job {
    pub actor: Actor,
    pub why: String,
    pub decide: Decide,
    pub answer: oneshot::Sender<Result<Head, AppError>>,
}

/// How many commands share one durable commit at most.
const BATCH: usize = 1024;

pub(crate) async fn write(ledger: Ledger, clock: Clock, newest: Arc<ArcSwap<Snapshot>>, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        commit(&ledger, clock, &newest, std::mem::take(&mut batch)).await;
    }
}

/// Decides, appends and answers one batch. If another process wrote meanwhile, catches up and decides again.
async fn commit(ledger: &Ledger, clock: Clock, newest: &ArcSwap<Snapshot>, batch: Vec<Job>) {
    loop {
        let current = match catch_up(ledger, &newest.load()).await {
            Ok(snapshot) => snapshot,
            Err(error) => return refuse(batch, &error.say()),
        };
        newest.store(Arc::new(current.clone()));
        let (next, entries, answers) = decide(&current, &clock.now().stamp, &batch);
        if !entries.is_empty() {
            match ledger.append_chained(&current.head, &entries).await {
                Ok(_) => newest.store(Arc::new(next)),
                Err(AppendError::Conflict { .. }) => continue,
                Err(AppendError::Ledger(error)) => return refuse(batch, &AppError::from(error).say()),
            }
        }
        for (job, answer) in batch.into_iter().zip(answers) {
            let _ = job.answer.send(answer);
        }
        return;
    }
}

type Answer = Result<Head, AppError>;

/// Every command sees the state that the ones before it in the batch have made. A refused one leaves no trace.
fn decide(current: &Snapshot, stamp: &str, batch: &[Job]) -> (Snapshot, Vec<StoredEntry>, Vec<Answer>) {
    let mut next = current.clone();
    let mut entries = Vec::new();
    let mut answers = Vec::new();
    for job in batch {
        let changes = match (job.decide)(&next.state) {
            Ok(changes) => changes,
            Err(error) => {
                answers.push(Err(error));
                continue;
            }
        };
        if !changes.is_empty() {
            let entry = Entry { at: stamp.into(), actor: job.actor.clone(), why: job.why.clone(), changes };
            let body = entry.to_stored();
            let head = next.head.next(&body);
            entries.push(StoredEntry { seq: head.seq, body, hash: head.hash.clone() });
            next.take(head, &entry);
        }
        answers.push(Ok(next.head.clone()));
    }
    next.settle();
    (next, entries, answers)
}

fn refuse(batch: Vec<Job>, say: &Say) {
    for job in batch {
        let _ = job.answer.send(Err(AppError::Bad(say.clone())));
    }
}

/// The snapshot with everything that the ledger holds by now; the chain is checked on the way.
pub(crate) async fn catch_up(ledger: &Ledger, from: &Snapshot) -> Result<Snapshot, AppError> {
    let mut snapshot = from.clone();
    loop {
        let entries = ledger.read_after(&snapshot.head).await?;
        if entries.is_empty() {
            return Ok(snapshot);
        }
        snapshot = snapshot.after(&entries)?;
    }
}
