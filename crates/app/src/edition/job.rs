//! Preparing and approving as work that goes on by itself: whoever asked may close the page, and no time limit ends it. One
//! at a time, also where several programs share a ledger. Refuses to know what the work is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use romduol_ledger::Claim;
use romduol_plan::kinds::Edition;
use romduol_plan::{Id, Say};
use romduol_report::map::Outlines;

use super::{Choice, Composed};
use crate::accounts::Person;
use crate::{App, AppError};

/// How far some work has come, in indicators.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Progress {
    pub(crate) fn expect(&self, all: usize) {
        self.all.store(all, Ordering::Relaxed);
    }

    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// How many are done, of how many; of none before that is known.
    pub fn of(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Prepare(Box<Choice>),
    Approve(Id),
}

/// Work that goes on, or the last that did.
pub struct Job {
    pub what: What,
    begun: Instant,
    pub progress: Arc<Progress>,
    ended: OnceLock<Result<Id, Say>>,
}

impl Job {
    /// The edition that came of it, or why none did; none as long as it goes on.
    pub fn ended(&self) -> Option<&Result<Id, Say>> {
        self.ended.get()
    }

    pub fn seconds(&self) -> u64 {
        self.begun.elapsed().as_secs()
    }
}

/// The last job of this program, and the edition that was looked over last.
#[derive(Default)]
pub struct Desk {
    job: Mutex<Option<Arc<Job>>>,
    looked_over: Mutex<Option<(String, Arc<Composed>)>>,
}

impl Desk {
    /// What an edition says, if it was the last to be looked over.
    pub(super) fn looked_over(&self, edition: &Edition) -> Option<Arc<Composed>> {
        let last = self.looked_over.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(name, _)| *name == name_of(edition)).map(|(_, composed)| composed.clone())
    }

    pub(super) fn look(&self, edition: &Edition, composed: Arc<Composed>) {
        *self.looked_over.lock().unwrap_or_else(PoisonError::into_inner) = Some((name_of(edition), composed));
    }
}

/// The fingerprint is in it: another edition of that number, which came first, says something else.
fn name_of(edition: &Edition) -> String {
    format!("{} {} {}", edition.id, edition.position, edition.content)
}

/// The row of the ledger's database that whoever works at an edition holds.
const CLAIM: &str = "edition-job";
const ALIVE_EVERY: Duration = Duration::from_secs(3);
const LOST_AFTER: i64 = 15;

impl App {
    /// The job that goes on, or the last one since the program was started.
    pub fn edition_job(&self) -> Option<Arc<Job>> {
        self.desk.job.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a job; what came of it is asked of [`App::edition_job`].
    ///
    /// # Errors
    /// Another one goes on; and what is refused without any work.
    pub fn begin_edition_job(
        &self,
        person: Person,
        what: What,
        map: Option<Arc<Outlines>>,
    ) -> Result<Arc<Job>, AppError> {
        match &what {
            What::Prepare(choice) => self.may_prepare(&person, choice)?,
            What::Approve(id) => drop(self.may_decide(&person, id)?),
        }
        let progress = Arc::new(Progress::default());
        let job = Arc::new(Job { what, begun: Instant::now(), progress, ended: OnceLock::new() });
        {
            let mut last = self.desk.job.lock().unwrap_or_else(PoisonError::into_inner);
            if last.as_ref().is_some_and(|last| last.ended().is_none()) {
                return Err(busy());
            }
            *last = Some(job.clone());
        }
        let (app, own) = (self.clone(), job.clone());
        let work = async move {
            match &own.what {
                What::Prepare(choice) => app.prepare_with(&person, Choice::clone(choice), &own.progress).await,
                What::Approve(id) => app.approve_with(&person, id, map, &own.progress).await.map(|()| id.clone()),
            }
        };
        let (work, done) = (tokio::spawn(work), job.clone());
        // Whatever becomes of the work, also a fault of the program, ends the job.
        tokio::spawn(async move {
            let ended = work.await.unwrap_or_else(|error| Err(AppError::fault(error.to_string())));
            if let Err(error) = &ended {
                tracing::warn!("the edition was not made: {error}");
            }
            done.ended.get_or_init(|| ended.map_err(|error| error.say()));
        });
        Ok(job)
    }

    /// Works at an edition while nobody else does.
    pub(super) async fn alone<T>(&self, work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
        let now = self.now().unix;
        match self.ledger.claim(CLAIM, now, now - LOST_AFTER).await? {
            Claim::Mine => {}
            Claim::Busy | Claim::Kept { .. } | Claim::Done { .. } => return Err(busy()),
        }
        let mut work = std::pin::pin!(work);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                () = tokio::time::sleep(ALIVE_EVERY) => {
                    if let Err(error) = self.ledger.hold_claim(CLAIM, self.now().unix).await {
                        tracing::warn!("that an edition is worked at could not be marked: {error}");
                    }
                }
            }
        };
        self.ledger.release_claim(CLAIM).await?;
        done
    }
}

fn busy() -> AppError {
    AppError::Bad(Say::new("refused-edition-busy"))
}
