//! Use cases: opens a ledger, keeps state and totals current, runs commands, composes reports.
//!
//! Refuses to know HTTP and files of other formats. What a person asks of the plan is a command of `romduol_plan::commands`,
//! carried out by [`App::execute`] alone; one writer decides all that wait against the newest state, appends them in one
//! durable commit and only then answers.

pub mod accounts;
pub mod analysis_tables;
pub mod answer_sheet;
pub mod attach;
pub mod backup;
pub mod calendar;
pub mod clock;
pub mod correction;
pub mod current;
pub mod demo;
pub mod digest;
pub mod draft;
pub mod edition;
mod error;
pub mod everybody;
pub mod filing;
pub mod findings;
mod fold;
pub mod heard;
pub mod history;
pub mod import;
pub mod incomplete;
pub mod invitation;
mod kept;
pub mod late;
pub mod local_record;
pub mod meetings;
pub mod minutes;
mod moments;
pub mod money;
pub mod naming;
pub mod once;
pub mod package;
pub mod pivot_book;
pub mod progress_report;
pub mod ratings;
pub mod records;
mod said;
pub mod search;
pub mod sight;
pub mod similar;
pub mod snapshot;
pub mod sound;
pub mod spelling;
mod stripped;
mod tidy;
pub mod verification;
pub mod versions;
pub mod words;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use romduol_ledger::{Head, Ledger, Place};
use romduol_plan::command::admit;
use romduol_plan::{Actor, By, Change, Command, Date, State};
use tokio::sync::mpsc;

use accounts::Person;
pub use clock::{Calendar, Clock, Now};
pub use error::{AppError, CHANGED, ErrorClass};
pub use snapshot::Snapshot;
use writer::Newest;

/// Decides a command against the newest state. May be called again if another process wrote in between.
pub type Decide = Box<dyn Fn(&State) -> Result<Vec<Change>, AppError> + Send>;

/// How stale a page may be beside what another node has written.
const FOLLOW_EVERY: std::time::Duration = std::time::Duration::from_millis(25);

/// A running plan. Cloning shares it.
#[derive(Clone)]
pub struct App {
    pub ledger: Ledger,
    pub clock: Clock,
    newest: Newest,
    queue: mpsc::Sender<writer::Job>,
    /// Up to which entry the newest snapshot is kept in its file.
    kept: Arc<AtomicU64>,
    /// Published editions that were read lately.
    shelf: Arc<edition::Shelf>,
    /// What pages are read from does not follow from the ledger.
    unsound: Arc<AtomicBool>,
    /// When each entry was written, for the trail.
    times: Arc<accounts::times::Known>,
    /// Earlier moments that were asked for lately.
    moments: Arc<moments::Moments>,
    /// The edition that is being made, and the last one that was looked over.
    desk: Arc<edition::Desk>,
}

impl App {
    /// Opens the data folder or database, checks the chain while folding it, and starts the writer.
    pub async fn open(place: impl Into<Place>, clock: Clock) -> Result<App, AppError> {
        App::start(Ledger::open(place).await?, clock).await
    }

    /// Makes a new data folder, or fills an empty database, with a plan package.
    pub async fn create(place: impl Into<Place>, clock: Clock, package: &package::Files) -> Result<App, AppError> {
        App::create_on(None, place, clock, package).await
    }

    /// The same with the plan dated as loaded on an earlier day, before a made-up history.
    async fn create_on(
        day: Option<Date>,
        place: impl Into<Place>,
        clock: Clock,
        package: &package::Files,
    ) -> Result<App, AppError> {
        let changes = package::changes(package)?;
        let app = App::start(Ledger::create(place).await?, clock).await?;
        let actor = Actor { account: "program".into(), post: "init".into() };
        let decide = Box::new(move |_: &State| Ok(changes.clone()));
        app.run_on(day, actor, "plan package loaded".into(), decide).await?;
        Ok(app)
    }

    async fn start(ledger: Ledger, clock: Clock) -> Result<App, AppError> {
        if let Err(error) = draft::erase_personal(&ledger).await {
            tracing::warn!("drafts of an older program could not be screened: {error}");
        }
        let kept = kept::restore(&ledger).await?.unwrap_or_else(Snapshot::empty);
        let at = kept.head.seq;
        let newest = Newest::new(fold::to_the_end(&ledger, kept).await?);
        let kept = Arc::new(AtomicU64::new(at));
        let (queue, jobs) = mpsc::channel(1024);
        tokio::spawn(writer::write(ledger.clone(), clock, newest.clone(), jobs));
        Ok(App {
            ledger,
            clock,
            newest,
            queue,
            kept,
            shelf: Arc::default(),
            desk: Arc::default(),
            moments: Arc::default(),
            times: Arc::default(),
            unsound: Arc::default(),
        })
    }

    /// Puts the data folder to rest: everything is in its one file. For commands that end by themselves; a program that
    /// is killed loses nothing either.
    pub async fn close(self) {
        self.keep_snapshot().await;
        self.ledger.close().await;
    }

    /// Keeps the newest snapshot beside the ledger where enough has happened since the last time, and nothing is wrong with it.
    pub async fn keep_snapshot(&self) {
        let snapshot = self.snapshot();
        if self.unsound.load(Ordering::SeqCst)
            || snapshot.head.seq < self.kept.load(Ordering::Relaxed) + kept::WORTH_KEEPING
        {
            return;
        }
        let (ledger, seq) = (self.ledger.clone(), snapshot.head.seq);
        match tokio::task::spawn_blocking(move || kept::keep(&ledger, &snapshot)).await {
            Ok(Ok(())) => self.kept.store(seq, Ordering::Relaxed),
            Ok(Err(error)) => tracing::warn!("the snapshot beside the ledger could not be written: {error}"),
            Err(error) => tracing::warn!("the snapshot beside the ledger could not be made: {error}"),
        }
        // It was looked at meanwhile.
        if self.unsound.load(Ordering::SeqCst) {
            kept::forget(&self.ledger);
        }
    }

    pub fn now(&self) -> Now {
        self.calendar().at(self.clock.unix())
    }

    /// Which day a moment is for the plan.
    pub fn calendar(&self) -> Calendar {
        Calendar::of(&self.newest.snapshot.load().state, self.clock)
    }

    /// The newest snapshot; readers never wait.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.newest.snapshot.load_full()
    }

    /// The plan as it stood after an earlier entry, without what was taken back since.
    pub async fn at(&self, position: u64) -> Result<Arc<Snapshot>, AppError> {
        let newest = self.snapshot();
        if position >= newest.head.seq {
            return Ok(newest);
        }
        self.moments.at(&self.ledger, position, &newest).await
    }

    /// Carries out a person's command: answers when its entry is durable and visible in the newest snapshot. What the command
    /// needs, its reason and its words are looked at here and nowhere else ([`admit`]).
    pub async fn execute(&self, person: &Person, command: impl Command) -> Result<Head, AppError> {
        self.execute_by(person.by(&self.now()), person.actor(), command).await
    }

    /// The same for whoever has asked a while ago, such as for an edition that takes its time.
    async fn execute_by(&self, by: By, actor: Actor, command: impl Command) -> Result<Head, AppError> {
        let why = admit(&command, &by)?;
        self.run(actor, why, Box::new(move |state| Ok(command.decide(&by, state)?))).await
    }

    /// Runs what the program decides: answers when its entry is durable and visible in the newest snapshot. What a person asks
    /// comes through [`App::execute`].
    pub async fn run(&self, actor: Actor, why: String, decide: Decide) -> Result<Head, AppError> {
        self.run_on(None, actor, why, decide).await
    }

    /// The same with an entry that is dated as if it had been written on a day. Days of a ledger never go backwards.
    async fn run_on(&self, day: Option<Date>, actor: Actor, why: String, decide: Decide) -> Result<Head, AppError> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let at = day.map(|day| format!("{day}T03:00:00Z"));
        let job = writer::Job { actor, why, at, decide, once: once::key(), seen: once::seen(), answer };
        self.queue.send(job).await.map_err(|_| AppError::Stopping)?;
        answered.await.map_err(|_| AppError::Stopping)?
    }

    /// Runs many commands, as few commits as possible. Each answers as by [`App::run`].
    pub async fn run_all(&self, actor: &Actor, commands: Vec<(String, Decide)>) -> Vec<Result<Head, AppError>> {
        let mut waiting = Vec::with_capacity(commands.len());
        for (why, decide) in commands {
            let (answer, answered) = tokio::sync::oneshot::channel();
            let actor = actor.clone();
            let sent =
                self.queue.send(writer::Job { actor, why, at: None, decide, once: None, seen: None, answer }).await;
            waiting.push(sent.map(|()| answered));
        }
        let mut answers = Vec::with_capacity(waiting.len());
        for answered in waiting {
            answers.push(match answered {
                Ok(answered) => answered.await.unwrap_or(Err(AppError::Stopping)),
                Err(_) => Err(AppError::Stopping),
            });
        }
        answers
    }

    /// Takes in what other processes have written and keeps the snapshot, for as long as the program runs. Asking costs
    /// one row, so it is asked often rather than listened for: that works on every engine and needs no connection of
    /// its own that might have died unnoticed.
    pub async fn follow(self) {
        let mut away = false;
        // End when this does.
        let mut beside = tokio::task::JoinSet::new();
        beside.spawn(self.clone().keep_proving());
        beside.spawn(self.clone().keep_tidy());
        for turn in 1_u64.. {
            tokio::time::sleep(FOLLOW_EVERY).await;
            // Every five minutes or so.
            if turn % 12_000 == 1 {
                self.keep_snapshot().await;
            }
            match self.ledger.changed(&self.snapshot().head).await {
                // An empty command makes the one writer catch up, so that snapshots never go backwards.
                Ok(true) => {
                    away = false;
                    let actor = Actor { account: "program".into(), post: "follower".into() };
                    if let Err(error) = self.run(actor, String::new(), Box::new(|_| Ok(Vec::new()))).await {
                        tracing::error!("the ledger of another process cannot be followed: {error}");
                    }
                }
                Ok(false) => away = false,
                // Said once, not forty times a second.
                Err(error) if !away => {
                    away = true;
                    tracing::error!("the ledger cannot be read: {error}");
                }
                Err(_) => {}
            }
        }
    }
}
