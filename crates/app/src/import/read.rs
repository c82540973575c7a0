//! The reading side of an import: rows to checked returns, in batches. Refuses to know the ledger.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use romduol_plan::Say;
use tokio::sync::mpsc;

use super::Options;
use super::check::{Checked, Checker, Ready, Verdict};
use super::rejects::Rejects;
use super::rows::{Event, Group, Rejected, Rows};
use super::source::Source;
use super::tally::{Progress, Tally};
use crate::{AppError, Snapshot};

/// Returns that are filed together: as many as share a commit.
const BATCH: usize = 256;

pub(super) enum Message {
    Batch(Vec<Ready>, Progress),
    Done(Box<Tally>),
}

pub(super) struct Reader {
    snapshot: Arc<Snapshot>,
    sender: mpsc::Sender<Message>,
    rejects: Option<Rejects>,
    partial: bool,
    tell_all: bool,
    tally: Tally,
}

impl Reader {
    pub fn new(
        snapshot: Arc<Snapshot>,
        sender: mpsc::Sender<Message>,
        rejects: Option<Rejects>,
        options: &Options,
    ) -> Reader {
        let tell_all = options.dry_run || options.correct.is_some();
        let (partial, tally) = (options.partial, Tally::default());
        Reader { snapshot, sender, rejects, partial, tell_all, tally }
    }

    /// Reads all. Ends early when nobody listens any more: the filing side has met a fault.
    pub fn run(mut self, source: &Source) -> Result<(), AppError> {
        let snapshot = self.snapshot.clone();
        let mut checker =
            Checker { state: &snapshot.state, partial: self.partial, tell_all: self.tell_all, last: BTreeMap::new() };
        let mut rows = Rows::new(
            &snapshot.state,
            source.lines().map_err(|error| AppError::io(Path::new(&source.name), &error))?,
            &source.header,
        );
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(event) = rows.next() {
            match event {
                Event::Rejected(rejected) => self.refuse(&rejected)?,
                Event::Group(group) => {
                    batch.extend(self.take(*group, &mut checker, source.header.columns.indicator)?)
                }
            }
            if batch.len() == BATCH {
                let progress = self.progress(rows.position(), source);
                if self.sender.blocking_send(Message::Batch(std::mem::take(&mut batch), progress)).is_err() {
                    return Ok(());
                }
            }
        }
        let progress = self.progress(rows.position(), source);
        self.tally.notes.clone_from(&source.notes);
        let _ = self.sender.blocking_send(Message::Batch(batch, progress));
        let _ = self.sender.blocking_send(Message::Done(Box::new(self.tally)));
        Ok(())
    }

    fn progress(&self, bytes: u64, source: &Source) -> Progress {
        let (rows, refused_rows) = (self.tally.rows, self.tally.rejected_rows);
        Progress { bytes, of_bytes: source.bytes, rows, filed: 0, refused_rows }
    }

    fn refuse(&mut self, rejected: &Rejected) -> Result<(), AppError> {
        self.tally.rows += 1;
        self.tally.refuse(&rejected.reason, 1);
        self.rejects.as_ref().map_or(Ok(()), |rejects| rejects.write(rejected))
    }

    /// Checks a return and counts its rows; gives it back if it can be filed.
    fn take(&mut self, group: Group, checker: &mut Checker, indicator: usize) -> Result<Option<Ready>, AppError> {
        self.tally.rows += group.rows.good();
        let Checked { verdict, rows, faults, warnings } = checker.check(group);
        for fault in faults.values() {
            self.tally.refuse(&fault.say, fault.rows);
        }
        warnings.into_iter().for_each(|about| self.tally.warn(about));
        let mut held: Option<Say> = None;
        let ready = match verdict {
            Verdict::Ready(ready) => Some(*ready),
            Verdict::Nothing => None,
            Verdict::Already => {
                self.tally.already += 1;
                None
            }
            Verdict::Held(about) => {
                held = Some(about.say.clone());
                let refused: u64 = faults.values().map(|fault| fault.rows).sum();
                // Where no row is good, nothing is held back.
                if rows.good() > refused {
                    self.tally.hold(about, rows.good() - refused);
                }
                None
            }
        };
        if let Some(rejects) = self.rejects.as_ref().filter(|_| held.is_some() || !faults.is_empty()) {
            rejects.write_group(&rows, indicator, |row, indicator| {
                let fault = super::rows::code(indicator, |id| faults.get(id)).map(|fault| fault.say.clone());
                fault.or_else(|| held.clone()).filter(|_| !rows.is_other(row))
            })?;
        }
        Ok(ready)
    }
}
