//! Returns out of rows: which row belongs to which unit, period, indicator and cell. Refuses to know the ledger and who
//! imports. A row that cannot be read is named with its reason; it never stops the file.
//!
//! The rows of one return stand together (see `order`), so that a file of any length is read in bounded memory.

use std::collections::HashMap;
use std::io::{BufRead, ErrorKind};
use std::sync::Arc;

use romduol_plan::intake::{Intake, Questions};
use romduol_plan::kinds::*;
use romduol_plan::{Period, Say, State, clean};

use super::lines::{Lines, Start};
use super::row::{Next, Row};
use super::source::Header;

/// A stretch of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    pub from: Start,
    /// The byte behind it.
    pub end: u64,
}

/// A row that could not be used, and why.
pub(super) struct Rejected {
    pub stretch: Stretch,
    pub row: u64,
    pub reason: Say,
}

/// All rows of one unit and period.
pub(super) struct Group {
    pub assignment: Arc<Assignment>,
    pub period: Period,
    pub questions: Arc<Questions>,
    pub intake: Intake,
    pub rows: GroupRows,
}

/// Where the rows of a return stand.
#[derive(Clone)]
pub(super) struct GroupRows {
    pub stretch: Stretch,
    /// How many rows were taken, by question.
    pub by_question: Vec<u64>,
    /// The rows of this return that were refused.
    pub refused: Vec<u64>,
    /// Rows of no return that stand between.
    pub foreign: Vec<u64>,
}

impl GroupRows {
    /// How many rows were taken.
    pub fn good(&self) -> u64 {
        self.by_question.iter().sum()
    }

    /// Whether a row among them has been refused already, or belongs to no return.
    pub fn is_other(&self, row: u64) -> bool {
        self.refused.binary_search(&row).is_ok() || self.foreign.binary_search(&row).is_ok()
    }
}

/// Looks up a code as it stands, then cleaned of what nobody sees.
pub(super) fn code<T>(field: &[u8], find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let text = std::str::from_utf8(field).ok()?;
    find(text).or_else(|| find(&clean::id(text)))
}

pub(super) enum Event {
    Group(Box<Group>),
    Rejected(Rejected),
}

/// The return under way.
struct Open {
    group: Box<Group>,
    /// How its last row begins, up to unit and period.
    beginning: Vec<u8>,
    /// What the next row is most likely about.
    next: Next,
}

pub(super) struct Rows<'a, R> {
    state: &'a State,
    lines: Lines<R>,
    header: &'a Header,
    sheets: HashMap<(Id, Id), Arc<Questions>>,
    open: Option<Open>,
    /// What comes next, where one row gave two events.
    next: Option<Event>,
}

impl<'a, R: BufRead> Rows<'a, R> {
    pub fn new(state: &'a State, lines: Lines<R>, header: &'a Header) -> Self {
        Rows { state, lines, header, sheets: HashMap::new(), open: None, next: None }
    }

    /// How far the file has been read.
    pub fn position(&self) -> u64 {
        self.lines.here().position
    }

    /// Finds the return of the present row: the one under way, or another that begins. Gives back the one that ends.
    fn turn(&mut self, from: Start) -> Result<Option<Box<Group>>, Say> {
        if self
            .open
            .as_ref()
            .is_some_and(|open| !open.beginning.is_empty() && self.lines.raw().starts_with(&open.beginning))
        {
            return Ok(None);
        }
        self.fault()?;
        let (assignment, period) = self.header.units.find(&self.lines)?;
        let end = self.lines.prefix(self.header.units.width()).unwrap_or(0);
        let beginning = self.lines.raw()[..end].to_vec();
        match &mut self.open {
            Some(open) if (&open.group.assignment.id, open.group.period) == (&assignment.id, period) => {
                open.beginning = beginning;
                Ok(None)
            }
            _ => {
                let questions = self.questions(&assignment);
                let rows = GroupRows {
                    stretch: Stretch { from, end: from.position },
                    by_question: vec![0; questions.list().len()],
                    refused: Vec::new(),
                    foreign: Vec::new(),
                };
                let intake = Intake::new(questions.clone());
                let group = Box::new(Group { assignment, period, questions, intake, rows });
                let before = self.open.replace(Open { group, beginning, next: Next::default() });
                Ok(before.map(|open| open.group))
            }
        }
    }

    /// Areas of a form are asked the same, so their questions are made once; institutions have their own.
    fn questions(&mut self, assignment: &Assignment) -> Arc<Questions> {
        let by_area = self.state.find::<Form>(&assignment.form).is_some_and(|form| form.audience == Audience::Area);
        let who = if by_area { Id::new() } else { assignment.institution.clone() };
        let (state, dimensions) = (self.state, &self.header.columns.dimensions);
        let make = || {
            let columns: Vec<Id> = dimensions.iter().map(|(id, _)| id.clone()).collect();
            Arc::new(Questions::by_columns(state, assignment, &columns))
        };
        self.sheets.entry((assignment.form.clone(), who)).or_insert_with(make).clone()
    }

    /// Takes the present row into the return under way.
    fn take(&mut self) -> Result<(), Say> {
        self.fault()?;
        let row = Row { lines: &self.lines, columns: &self.header.columns, marks: self.header.marks };
        self.open.as_mut().map_or(Ok(()), |open| row.put(&mut open.group, &mut open.next))
    }

    fn fault(&self) -> Result<(), Say> {
        match self.header.faults.is_empty() {
            true => Ok(()),
            false => self.header.faults.get(&self.lines.row()).map_or(Ok(()), |fault| Err(fault.clone())),
        }
    }
}

impl<R: BufRead> Iterator for Rows<'_, R> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.next.take() {
            return Some(event);
        }
        loop {
            let from = self.lines.here();
            let read = match self.lines.advance() {
                Ok(true) => self.turn(from),
                Ok(false) => return self.open.take().map(|open| Event::Group(open.group)),
                Err(error) => {
                    // What cannot be split can be passed by; what cannot be read ends the file.
                    if error.kind() != ErrorKind::InvalidData {
                        self.lines.stop();
                    }
                    Err(super::unreadable(&error))
                }
            };
            let (row, stretch) = (self.lines.row(), Stretch { from, end: self.lines.here().position });
            let (ended, taken) = match read {
                Ok(ended) => (ended, self.take().map_err(|reason| (reason, true))),
                Err(reason) => (None, Err((reason, false))),
            };
            if let Some(open) = &mut self.open {
                open.group.rows.stretch.end = stretch.end;
                match &taken {
                    Ok(()) => {}
                    Err((_, true)) => open.group.rows.refused.push(row),
                    Err((_, false)) => open.group.rows.foreign.push(row),
                }
            }
            let rejected = taken.err().map(|(reason, _)| Event::Rejected(Rejected { stretch, row, reason }));
            match (ended, rejected) {
                (None, None) => {}
                (None, Some(rejected)) => return Some(rejected),
                (Some(group), rejected) => {
                    self.next = rejected;
                    return Some(Event::Group(group));
                }
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
