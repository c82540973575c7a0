//! Importing returns from a CSV file: the same checks, the same chain of acceptance and the same ledger as a filled form.
//!
//! One thread reads, checks and packs; the one writer decides and commits. What was filed before a kill is in the ledger,
//! so importing the same file again goes on where it stopped: a return that is already there is not filed twice.

mod lines;
mod rejects;
mod rows;

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use romduol_plan::answers::{self, Severity};
use romduol_plan::kinds::*;
use romduol_plan::returns;
use romduol_plan::state::return_id;
use romduol_plan::{Actor, Date, Period, Say, State};
use tokio::sync::mpsc;

use crate::{App, AppError, Decide, Snapshot};
use rejects::Rejects;
use rows::{Group, Place, Rejected, Rows};

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
    /// Where the refused rows go, with their reasons.
    pub rejects: Option<PathBuf>,
}

/// What an import came to, or has come to so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub bytes: u64,
    pub of_bytes: u64,
    pub rows: u64,
    pub filed: u64,
    /// Returns that were in the ledger with the same numbers.
    pub already: u64,
    pub rejected_rows: u64,
    /// Rejected rows by the key of their reason.
    pub reasons: BTreeMap<String, u64>,
    /// Answers with a warning, by its key. Each got a remark that names the file.
    pub warnings: BTreeMap<String, u64>,
}

/// A return that is ready to be filed.
struct Ready {
    assignment: Id,
    period: Period,
    answers: Answers,
    place: Place,
}

/// Returns that are filed together: as many as share a commit.
const BATCH: usize = 256;

enum Message {
    Batch(Vec<Ready>, Tally),
    Done(Tally),
}

impl App {
    /// Imports a file of returns; `progress` is told now and then.
    pub async fn import_returns(
        &self,
        path: &Path,
        options: &Options,
        mut progress: impl FnMut(&Tally),
    ) -> Result<Tally, AppError> {
        if options.all_or_nothing && !options.dry_run {
            let trial = Options { dry_run: true, ..options.clone() };
            let tally = Box::pin(self.import_once(path, &trial, &mut progress)).await?;
            if tally.rejected_rows > 0 {
                return Ok(tally);
            }
        }
        self.import_once(path, options, &mut progress).await
    }

    async fn import_once(
        &self,
        path: &Path,
        options: &Options,
        progress: &mut impl FnMut(&Tally),
    ) -> Result<Tally, AppError> {
        let file = open(path)?;
        let mut late = match &options.rejects {
            Some(to) => Some(Rejects::create(to, path, file.delimiter)?),
            None => None,
        };
        let (sender, mut messages) = mpsc::channel(2);
        let (snapshot, today) = (self.snapshot(), self.now().date);
        let reader = Reader { snapshot, sender, rejects: late.clone() };
        let reading = tokio::task::spawn_blocking(move || reader.run(file));
        let (mut tally, mut refused) = (Tally::default(), BTreeMap::new());
        let (mut filed, mut refused_rows) = (0, 0);
        while let Some(message) = messages.recv().await {
            match message {
                Message::Done(all) => tally = all,
                Message::Batch(batch, so_far) => {
                    tally = so_far;
                    for (answer, place) in self.file(options, batch, today).await {
                        match answer {
                            Ok(()) => filed += 1,
                            Err(error @ (AppError::Ledger(_) | AppError::Stopping)) => return Err(error),
                            Err(error) => {
                                refused_rows += place.rows;
                                *refused.entry(error.say().key.to_string()).or_insert(0) += place.rows;
                                let rejected = Rejected { place, reason: error.say() };
                                late.as_mut().map_or(Ok(()), |late| late.write(&rejected))?;
                            }
                        }
                    }
                }
            }
            tally.filed = filed;
            progress(&tally);
        }
        reading.await.map_err(|_| AppError::Stopping)??;
        tally.rejected_rows += refused_rows;
        for (reason, rows) in refused {
            *tally.reasons.entry(reason).or_default() += rows;
        }
        if let Some(rejects) = late {
            rejects.finish(tally.rejected_rows > 0)?;
        }
        Ok(tally)
    }

    /// Files a batch through the one writer.
    async fn file(&self, options: &Options, batch: Vec<Ready>, today: Date) -> Vec<(Result<(), AppError>, Place)> {
        let why = options.correct.clone().unwrap_or_else(|| "imported".into());
        let (places, commands): (Vec<Place>, Vec<(String, Decide)>) =
            batch.into_iter().map(|ready| (ready.place.clone(), (why.clone(), filing(ready, options, today)))).unzip();
        if options.dry_run {
            let state = &self.snapshot().state;
            let answers = commands.into_iter().map(|(_, decide)| decide(state).map(|_| ()));
            return answers.zip(places).collect();
        }
        let answers = self.run_all(&options.actor, commands).await;
        answers.into_iter().map(|answer| answer.map(|_| ())).zip(places).collect()
    }
}

/// The command that files one return.
fn filing(ready: Ready, options: &Options, today: Date) -> Decide {
    let (accept, reason) = (options.accept, options.correct.clone());
    Box::new(move |state: &State| {
        let due = returns::may_report(state, &ready.assignment, ready.period, today)?;
        if due.record.is_some() && reason.is_none() {
            return Err(AppError::Bad(Say::new("import-other-numbers").words("value", due.id())));
        }
        let mut record = returns::submit(&due, ready.answers.clone(), reason.as_deref().unwrap_or_default(), false)?;
        if accept {
            record.status = ReturnStatus::Accepted;
            record.steps_done = due.form.chain.len() as u8;
        }
        Ok(vec![returns::change(due.record.as_deref(), record)])
    })
}

struct File {
    source: BufReader<std::fs::File>,
    name: String,
    delimiter: u8,
    bytes: u64,
}

/// Opens the file and finds out what separates its columns.
fn open(path: &Path) -> Result<File, AppError> {
    let unreadable = |what: String| {
        let say = Say::new("import-cannot-open").words("value", path.display().to_string());
        AppError::Bad(say.words("what", what))
    };
    let name = path.file_name().map(|name| name.to_string_lossy().to_string()).unwrap_or_default();
    let mut file = std::fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut head = vec![0; 64 << 10];
    let read = file.read(&mut head).map_err(|error| unreadable(error.to_string()))?;
    head.truncate(read);
    if let Some(kind) = infer::get(&head) {
        return Err(AppError::Bad(
            Say::new("file-not-what-it-says").words("name", name).words("found", kind.mime_type()),
        ));
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(error.to_string()))?;
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| (count(*d), *d == b',')).unwrap_or(b',');
    let bytes = file.metadata().map(|data| data.len()).unwrap_or(0);
    Ok(File { source: BufReader::with_capacity(1 << 20, file), name, delimiter, bytes })
}

/// The reading side: rows to checked, packed returns.
struct Reader {
    snapshot: Arc<Snapshot>,
    sender: mpsc::Sender<Message>,
    rejects: Option<Rejects>,
}

impl Reader {
    fn run(mut self, file: File) -> Result<(), AppError> {
        let remark = format!("as in {}", file.name);
        let snapshot = self.snapshot.clone();
        let mut rows = Rows::new(&snapshot.state, file.source, file.delimiter, format!("no row in {}", file.name))
            .map_err(AppError::Bad)?;
        let mut tally = Tally { of_bytes: file.bytes, ..Tally::default() };
        // The answers of each unit's last return in this file: what the next one is compared with.
        let mut last: BTreeMap<Id, (Period, Vec<Answer>)> = BTreeMap::new();
        let (mut batch, mut rejected) = (Vec::with_capacity(BATCH), Vec::new());
        loop {
            let group = rows.next(&mut rejected);
            for rejected in rejected.drain(..) {
                tally.rows += rejected.place.rows;
                self.refuse(&mut tally, &rejected)?;
            }
            tally.bytes = rows.position();
            let Some(group) = group else { break };
            tally.rows += group.place.rows;
            if let Some(ready) = self.check(group, &remark, &mut last, &mut tally)? {
                batch.push(ready);
            }
            if batch.len() == BATCH && self.send(Message::Batch(std::mem::take(&mut batch), tally.clone())).is_none() {
                return Ok(());
            }
        }
        self.send(Message::Batch(batch, tally.clone()));
        self.send(Message::Done(tally));
        Ok(())
    }

    /// None when nobody listens any more: the filing side has met a fault.
    fn send(&self, message: Message) -> Option<()> {
        self.sender.blocking_send(message).ok()
    }

    fn refuse(&mut self, tally: &mut Tally, rejected: &Rejected) -> Result<(), AppError> {
        tally.rejected_rows += rejected.place.rows;
        *tally.reasons.entry(rejected.reason.key.to_string()).or_default() += rejected.place.rows;
        self.rejects.as_mut().map_or(Ok(()), |rejects| rejects.write(rejected))
    }

    /// The checks of a form. A warning, which asks a person for a remark, gets one that names the file.
    fn check(
        &mut self,
        mut group: Group,
        remark: &str,
        last: &mut BTreeMap<Id, (Period, Vec<Answer>)>,
        tally: &mut Tally,
    ) -> Result<Option<Ready>, AppError> {
        let state = &self.snapshot.state;
        let before = last.get(&group.assignment.id).filter(|(period, _)| *period == group.period.previous());
        let kept = || {
            let id = return_id(&group.assignment.id, group.period.previous());
            state.accepted_return(&id).map(|record| record.answers.open())
        };
        let older = if before.is_none() { kept() } else { None };
        let previous = before.map(|(_, answers)| answers.as_slice()).or(older.as_deref());
        let problems = answers::check_against(state, &group.questions, previous, &group.answers);
        if let Some(error) = problems.iter().find(|problem| problem.severity == Severity::Error) {
            let reason =
                Say::new("import-return-refused").words("indicator", &error.indicator).clause("why", error.say.clone());
            self.refuse(tally, &Rejected { place: group.place, reason })?;
            return Ok(None);
        }
        for problem in problems.iter().filter(|problem| problem.severity == Severity::Warning) {
            let answer = group.answers.iter_mut().find(|answer| answer.indicator == problem.indicator);
            if let Some(answer) = answer.filter(|answer| answer.comment.is_empty()) {
                answer.comment = remark.to_string();
                *tally.warnings.entry(problem.say.key.to_string()).or_default() += 1;
            }
        }
        let answers = Answers::pack(&group.answers);
        let (assignment, period, place) = (group.assignment.id.clone(), group.period, group.place);
        let known = state.find::<Return>(&return_id(&assignment, period));
        let same = known.is_some_and(|record| record.answers == answers);
        last.insert(assignment.clone(), (period, group.answers));
        if same {
            tally.already += 1;
            return Ok(None);
        }
        Ok(Some(Ready { assignment, period, answers, place }))
    }
}
