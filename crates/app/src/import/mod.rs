//! Importing returns from a file: the same checks, the same chain of acceptance and the same ledger as a filled form.
//!
//! One thread reads, checks and packs; the one writer decides and commits. What was filed before a kill is in the ledger,
//! so importing the same file again goes on where it stopped: a return that is already there is not filed twice.

mod check;
mod columns;
mod lines;
mod merged;
mod order;
mod read;
mod rejects;
mod row;
mod rows;
mod source;
mod tally;
mod text;
mod units;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use romduol_plan::kinds::*;
use romduol_plan::returns::{self, Refused};
use romduol_plan::{Actor, Date, Lang, Say, State};
use tokio::sync::mpsc;

use crate::said::reason;
use crate::{App, AppError, Decide, ErrorClass, Snapshot};
use check::Ready;
use read::{Message, Reader};
use rejects::{End, Rejects};
use source::Source;
pub use tally::{About, Change, Kept, Progress, Reason, Report, Tally, What};

/// How an import is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    pub actor: Actor,
    /// Verified elsewhere: counts at once. Otherwise the returns wait for their verifiers.
    pub accept: bool,
    /// Returns that are there with other numbers are corrected, for this reason. Otherwise they are refused.
    pub correct: Option<String>,
    /// Nothing is filed, everything is checked.
    pub dry_run: bool,
    /// One refused row, and nothing is filed.
    pub all_or_nothing: bool,
    /// What is good of a return is filed although other rows of it are refused. Otherwise it is held back.
    pub partial: bool,
    /// Where the refused rows go, with their reasons.
    pub rejects: Option<PathBuf>,
    /// The language of the reasons.
    pub lang: Lang,
}

impl App {
    /// Imports a file of returns; `progress` is told now and then.
    pub async fn import_returns(
        &self,
        path: &Path,
        options: &Options,
        mut progress: impl FnMut(&Progress),
    ) -> Result<Tally, AppError> {
        options.correct.as_deref().map(reason).transpose()?;
        let (snapshot, from) = (self.snapshot(), path.to_path_buf());
        let opening = tokio::task::spawn_blocking(move || Source::open(&snapshot.state, &from));
        let source = Arc::new(opening.await.map_err(|_| AppError::Stopping)??);
        if options.all_or_nothing && !options.dry_run {
            let trial = Options { dry_run: true, ..options.clone() };
            let tally = self.import_from(&source, &trial, &mut progress).await?;
            if !tally.is_clean() {
                return Ok(tally);
            }
        }
        self.import_from(&source, options, &mut progress).await
    }

    async fn import_from(
        &self,
        source: &Arc<Source>,
        options: &Options,
        progress: &mut impl FnMut(&Progress),
    ) -> Result<Tally, AppError> {
        let rejects = match &options.rejects {
            Some(to) => Some(Rejects::create(to, source, options.lang)?),
            None => None,
        };
        let tally = self.import_once(source, options, rejects.clone(), progress).await;
        if let Some(rejects) = rejects {
            rejects.finish(match &tally {
                Ok(tally) if tally.is_clean() => End::Clean,
                Ok(_) => End::Refused,
                Err(_) => End::Failed,
            })?;
        }
        tally
    }

    async fn import_once(
        &self,
        source: &Arc<Source>,
        options: &Options,
        rejects: Option<Rejects>,
        progress: &mut impl FnMut(&Progress),
    ) -> Result<Tally, AppError> {
        let (sender, mut messages) = mpsc::channel(2);
        let checked = self.snapshot();
        let reader = Reader::new(checked.clone(), sender, rejects.clone(), options);
        let from = source.clone();
        let filing = Filing { app: self, options, checked, today: self.now().date, rejects, source };
        let reading = tokio::task::spawn_blocking(move || reader.run(&from));
        // What the filing side comes to; the reading side sends its own at the end.
        let mut filed = Tally::default();
        while let Some(message) = messages.recv().await {
            match message {
                Message::Done(read) => filed.add(*read),
                Message::Batch(batch, so_far) => {
                    filing.file(batch, &mut filed).await?;
                    progress(&Progress { filed: filed.filed, ..so_far });
                }
            }
        }
        reading.await.map_err(|_| AppError::Stopping)??;
        Ok(filed)
    }
}

/// The filing side of an import.
struct Filing<'a> {
    app: &'a App,
    options: &'a Options,
    /// What the returns were checked by.
    checked: Arc<Snapshot>,
    today: Date,
    rejects: Option<Rejects>,
    source: &'a Source,
}

impl Filing<'_> {
    /// Files a batch through the one writer. What the rules refuse is refused rows; what the store cannot do ends the import.
    async fn file(&self, batch: Vec<Ready>, tally: &mut Tally) -> Result<(), AppError> {
        // The writer may still hold a return when its answer is here.
        let told = |mut ready: Ready| (std::mem::take(&mut ready.changes), Arc::new(ready));
        let (changes, batch): (Vec<_>, Vec<_>) = batch.into_iter().map(told).unzip();
        for ((answer, ready), changes) in self.decided(&batch).await.into_iter().zip(batch).zip(changes) {
            match answer {
                Ok(()) => {
                    tally.filed += 1;
                    tally.change(changes);
                }
                Err(error) if error.class() != ErrorClass::Refused => return Err(error),
                Err(error) => self.refuse(&ready, &error.say(), tally)?,
            }
        }
        Ok(())
    }

    async fn decided(&self, batch: &[Arc<Ready>]) -> Vec<Result<(), AppError>> {
        let why = self.options.correct.clone().unwrap_or_else(|| "imported".into());
        let command =
            |ready: &Arc<Ready>| (why.clone(), filing(ready.clone(), self.options, &self.checked, self.today));
        let commands: Vec<(String, Decide)> = batch.iter().map(command).collect();
        if self.options.dry_run {
            let state = &self.app.snapshot().state;
            return commands.into_iter().map(|(_, decide)| decide(state).map(|_| ())).collect();
        }
        let answers = self.app.run_all(&self.options.actor, commands).await;
        answers.into_iter().map(|answer| answer.map(|_| ())).collect()
    }

    fn refuse(&self, ready: &Ready, reason: &Say, tally: &mut Tally) -> Result<(), AppError> {
        tally.refuse(reason, ready.good);
        let of = |row, indicator: &[u8]| ready.has_row(row, indicator).then(|| reason.clone());
        let indicator = self.source.header.columns.indicator;
        self.rejects.as_ref().map_or(Ok(()), |to| to.write_group(&ready.rows, indicator, of))
    }
}

/// The command that files one return. It was checked by the snapshot `checked`; where units are asked otherwise by now, it
/// is checked again.
fn filing(ready: Arc<Ready>, options: &Options, checked: &Arc<Snapshot>, today: Date) -> Decide {
    let (accept, reason, checked) = (options.accept, options.correct.clone(), checked.clone());
    Box::new(move |state: &State| {
        let due = returns::may_report(state, &ready.unit, ready.period, today)?;
        if due.record.is_some() && reason.is_none() {
            return Err(AppError::Bad(Say::new("import-other-numbers").words("value", due.id())));
        }
        let now = due.record.as_ref().map(|record| record.version);
        if now != ready.over {
            let (seen, now) = (ready.over.unwrap_or(0), now.unwrap_or(0));
            return Err(Refused::Moved { id: due.id(), seen, now }.into());
        }
        if !state.asks_as(&checked.state) {
            check::again(state, &due, &ready.answers)?;
        }
        let why = reason.as_deref().unwrap_or_default();
        let mut record = returns::submit(&due, ready.answers.clone(), why, ready.illustrative)?;
        if accept {
            record.status = ReturnStatus::Accepted;
            record.steps_done = due.form.chain.len() as u8;
        }
        Ok(vec![returns::change(due.record.as_deref(), record)])
    })
}

fn unreadable(error: &std::io::Error) -> Say {
    Say::new("import-unreadable").words("what", error.to_string())
}

fn cannot_open(path: &Path, error: &std::io::Error) -> AppError {
    AppError::Bad(
        Say::new("import-cannot-open").words("value", path.display().to_string()).words("what", error.to_string()),
    )
}
