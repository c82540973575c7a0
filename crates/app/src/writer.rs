//! The one writer: decides waiting commands against the newest state and appends them in one durable commit.

use std::sync::Arc;

use arc_swap::ArcSwap;
use romduol_ledger::{AppendError, Entry as StoredEntry, Head, Ledger, Written};
use romduol_plan::{Actor, Change, Entry, Nonce, State};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::{AppError, Clock, Decide, Snapshot, fold};

pub(crate) struct Job {
    pub actor: Actor,
    pub why: String,
    /// The time its entry gets, where that is not the time at which it is written.
    pub at: Option<String>,
    pub decide: Decide,
    /// The key of what was sent, if it was sent by somebody who may send it again.
    pub once: Option<String>,
    /// Up to which entry the sender had seen the plan.
    pub seen: Option<u64>,
    pub answer: oneshot::Sender<Result<Head, AppError>>,
}

/// How many commands share one durable commit at most.
const BATCH: usize = 1024;

/// The newest snapshot. It is only changed by whoever holds `turn`, so that nothing is built on what was just replaced.
#[derive(Clone)]
pub(crate) struct Newest {
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    pub turn: Arc<Mutex<()>>,
}

impl Newest {
    pub fn new(snapshot: Snapshot) -> Newest {
        Newest { snapshot: Arc::new(ArcSwap::from_pointee(snapshot)), turn: Arc::default() }
    }
}

pub(crate) async fn write(ledger: Ledger, clock: Clock, newest: Newest, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut times = Times { clock, last: None, behind: false };
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let _turn = newest.turn.lock().await;
        commit(&ledger, &mut times, &newest.snapshot, std::mem::take(&mut batch)).await;
    }
}

/// When entries are written. None is earlier than the one before it: whoever looks for what happened on a day would not
/// find it.
struct Times {
    clock: Clock,
    /// The last entry of the ledger, and its time.
    last: Option<(Head, String)>,
    /// The clock of the machine goes behind the ledger, and that was told.
    behind: bool,
}

impl Times {
    async fn next(&mut self, ledger: &Ledger, head: &Head) -> Result<String, AppError> {
        let now = self.clock.stamp();
        let last = match &self.last {
            Some((known, at)) if known == head => at.clone(),
            _ => match ledger.entry(head.seq).await? {
                Some(stored) => Entry::from_stored(&stored.body).map_err(|e| AppError::fault(e.to_string()))?.at,
                None => String::new(),
            },
        };
        self.last = Some((head.clone(), last.clone()));
        if last <= now {
            self.behind = false;
            return Ok(now);
        }
        if !self.behind {
            self.behind = true;
            tracing::warn!(
                "the clock of this machine says {now}, and the last entry was written at {last}; until then all get that \
                 time; set the clock"
            );
        }
        Ok(last)
    }
}

/// Decides, appends and answers one batch. If another process wrote meanwhile, catches up and decides again.
async fn commit(ledger: &Ledger, times: &mut Times, newest: &ArcSwap<Snapshot>, batch: Vec<Job>) {
    loop {
        let current = match fold::to_the_end(ledger, Snapshot::clone(&newest.load())).await {
            Ok(snapshot) => snapshot,
            Err(error) => return refuse(batch, &error),
        };
        newest.store(Arc::new(current.clone()));
        let before = match written(ledger, batch.iter().map(|job| job.once.clone()).collect()).await {
            Ok(before) => before,
            Err(error) => return refuse(batch, &error),
        };
        let nonces = match batch.iter().map(|_| Ledger::random_bits().map(Nonce)).collect::<Result<Vec<Nonce>, _>>() {
            Ok(nonces) => nonces,
            Err(error) => return refuse(batch, &error.into()),
        };
        let stamp = match times.next(ledger, &current.head).await {
            Ok(stamp) => stamp,
            Err(error) => return refuse(batch, &error),
        };
        let Decided { next, entries, answers, sent, last } = decide(&current, &stamp, &nonces, &batch, before);
        if !entries.is_empty() {
            match ledger.append_chained(&current.head, &entries, &sent).await {
                Ok(head) => {
                    times.last = last.map(|at| (head, at));
                    newest.store(Arc::new(next));
                }
                Err(AppendError::Conflict { .. }) => continue,
                Err(AppendError::Ledger(error)) => return refuse(batch, &error.into()),
            }
        }
        for (job, answer) in batch.into_iter().zip(answers) {
            let _ = job.answer.send(answer);
        }
        return;
    }
}

type Answer = Result<Head, AppError>;

/// The entries that were written before for what the batch was sent as. Asked after the ledger was caught up with: whatever
/// is written later moves its end, and then nothing of this batch is.
async fn written(ledger: &Ledger, keys: Vec<Option<String>>) -> Result<Vec<Option<Head>>, AppError> {
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let seq = match key {
            Some(key) => ledger.written_for(&key).await?,
            None => None,
        };
        let entry = match seq {
            Some(seq) => ledger.entry(seq).await?,
            None => None,
        };
        found.push(entry.map(|entry| entry.head()));
    }
    Ok(found)
}

/// What a batch comes to.
struct Decided {
    next: Snapshot,
    entries: Vec<StoredEntry>,
    answers: Vec<Answer>,
    sent: Vec<Written>,
    /// When the last entry is written.
    last: Option<String>,
}

/// Every command sees the state that the ones before it in the batch have made. A refused one leaves no trace, and so does
/// one that was written `before`.
fn decide(current: &Snapshot, stamp: &str, nonces: &[Nonce], batch: &[Job], before: Vec<Option<Head>>) -> Decided {
    let mut next = current.clone();
    let (mut entries, mut answers, mut sent, mut last) = (Vec::new(), Vec::new(), Vec::new(), None);
    for ((job, nonce), before) in batch.iter().zip(nonces).zip(before) {
        if let Some(head) = before {
            answers.push(Ok(head));
            continue;
        }
        let decided = decided(job, &next.state).and_then(|changes| unseen(&next.state, job.seen, changes));
        let changes = match decided {
            Ok(changes) => changes,
            Err(error) => {
                answers.push(Err(error));
                continue;
            }
        };
        if !changes.is_empty() {
            let at = job.at.as_deref().unwrap_or(stamp).to_string();
            let entry = Entry { at, actor: job.actor.clone(), why: job.why.clone(), changes };
            let body = entry.to_stored(*nonce);
            let Head { seq, hash } = next.head.next(&body);
            let stored = StoredEntry { seq, body, hash };
            if let Err(error) = next.take(&stored, &entry) {
                answers.push(Err(error));
                continue;
            }
            sent.extend(job.once.iter().map(|key| Written { key: key.clone(), seq: stored.seq }));
            entries.push(stored);
            last = Some(entry.at);
        }
        answers.push(Ok(next.head.clone()));
    }
    next.settle();
    Decided { next, entries, answers, sent, last }
}

/// Refuses to change what somebody else has changed since the sender saw it: both versions are theirs to compare.
fn unseen(state: &State, seen: Option<u64>, changes: Vec<Change>) -> Result<Vec<Change>, AppError> {
    let Some(seen) = seen else { return Ok(changes) };
    let later = |change: &&Change| {
        let (kind, id) = change.subject();
        let same = matches!(change, Change::Put(body) if state.body(kind, id).as_ref() == Some(body));
        !same && state.touched_by(kind, id).last().is_some_and(|last| *last > seen)
    };
    match changes.iter().find(later) {
        Some(change) => Err(AppError::changed(change.subject().1)),
        None => Ok(changes),
    }
}

/// A command with a fault is refused like any other, and the one writer lives on. It reads the state and changes nothing.
fn decided(job: &Job, state: &State) -> Result<Vec<Change>, AppError> {
    let decided = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (job.decide)(state)));
    decided.unwrap_or_else(|_| Err(AppError::fault(format!("the command “{}” panicked", job.why))))
}

/// The store's error goes to each as it is: none of them is a refusal of what was asked.
fn refuse(batch: Vec<Job>, error: &AppError) {
    for job in batch {
        let _ = job.answer.send(Err(error.clone()));
    }
}

#[cfg(test)]
mod tests {
    use romduol_ledger::Ledger;
    use romduol_plan::kinds::Body;
    use romduol_plan::permission::{Post, Role};
    use romduol_plan::{Actor, Change, Date, Entry, Kind, Lang};

    use crate::accounts::{Person, Proof, TrailFilter};
    use crate::{App, Clock};

    fn theme(n: usize) -> Change {
        let body = serde_json::json!({ "id": format!("T{n}"), "title": { "en": "T" }, "source": "" });
        Change::Put(Body::read(Kind::Theme, body).unwrap())
    }

    async fn write(app: &App, n: usize) -> String {
        let actor = Actor { account: "a".into(), post: "p".into() };
        let head = app.run(actor, "test".into(), Box::new(move |_| Ok(vec![theme(n)]))).await.unwrap();
        Entry::from_stored(&app.ledger.entry(head.seq).await.unwrap().unwrap().body).unwrap().at
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_entry_is_earlier_than_the_one_before_it_and_the_trail_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let (now, later) = (1_795_392_000, 1_795_400_000);
        let app = App::start(Ledger::create(dir.path()).await.unwrap(), Clock::Fixed(now)).await.unwrap();
        let first = write(&app, 1).await;
        app.close().await;
        // The battery of the clock is empty: the machine begins in 2006.
        let app = App::open(dir.path(), Clock::Fixed(now - 20 * 31_536_000)).await.unwrap();
        assert_eq!((write(&app, 2).await, write(&app, 3).await), (first.clone(), first));
        let post = Post { role: Role::Administrator, institution: None, area: None };
        let person = Person { account: "a".into(), name: "a".into(), post, lang: Lang::En, proof: Proof::default() };
        let day = |year| Date { year, month: 1, day: 1 };
        let all =
            TrailFilter { from: day(1990), until: day(2030), who: String::new(), deed: None, object: String::new() };
        let (lines, more) = app.trail(&person, &all, 0, 100).await.unwrap();
        assert_eq!((lines.iter().filter(|line| line.position.is_some()).count(), more), (3, false));
        // Page by page there is the same, and no more is read than a page shows.
        let mut pages = Vec::new();
        for page in 0..lines.len() {
            let (mut one, more) = app.trail(&person, &all, page, 1).await.unwrap();
            assert_eq!((one.len(), more), (1, page + 1 < lines.len()));
            pages.extend(one.pop().map(|line| (line.at, line.position)));
        }
        assert_eq!(pages, lines.into_iter().map(|line| (line.at, line.position)).collect::<Vec<_>>());
        app.close().await;
        let app = App::open(dir.path(), Clock::Fixed(later)).await.unwrap();
        assert_eq!(write(&app, 4).await, crate::clock::stamp(later));
    }
}
