//! Taking a table in: what each row would change is shown first, and exactly that is kept, or nothing. A row that somebody
//! else has touched since the table was taken home waits for a choice. Refuses to know what a kind means.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use romduol_plan::command::{By, Command, Need, Refusal, Why};
use romduol_plan::commands::records::is_edited;
use romduol_plan::diff::{self, Changed};
use romduol_plan::kinds::{Body, Currency, Id};
use romduol_plan::money::Books;
use romduol_plan::number::Marks;
use romduol_plan::package::{Fault, Package, Sheet, VERSION};
use romduol_plan::permission::writing;
use romduol_plan::quality::counted_twice;
use romduol_plan::{Actor, Change, Entry, Kind, Say, State, clean, column};
use serde::{Deserialize, Serialize};

use super::{amend, last_touched, may_edit};
use crate::accounts::Person;
use crate::{App, AppError, package};

/// A row with what it would do.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub row: usize,
    pub body: Body,
    /// Field by field, from what to what.
    pub fields: Vec<Changed>,
}

/// A row about a record that somebody else has touched since the table was taken home.
#[derive(Clone, Debug)]
pub struct Conflict {
    pub row: usize,
    /// The record as the table has it.
    pub mine: Body,
    pub fields: Vec<Disputed>,
    /// Whether the other one took the record out.
    pub retired: bool,
}

/// A field about which the two differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    pub field: String,
    /// As it was when the table was taken home; empty where nobody knows.
    pub base: String,
    pub theirs: String,
    pub mine: String,
}

/// What a table would change: shown before anything is kept.
#[derive(Default)]
pub struct Intake {
    pub added: Vec<Proposed>,
    pub changed: Vec<Proposed>,
    pub conflicts: Vec<Conflict>,
    pub same: usize,
    pub faults: Vec<Fault>,
    /// What may be kept and should be looked at first.
    pub warnings: Vec<Say>,
    /// The rows that can be taken in, for the confirmation.
    pub ready: Ready,
}

/// What came of a confirmation.
pub enum Taken {
    Kept {
        added: Vec<Id>,
        changed: Vec<Id>,
        left: Vec<Id>,
    },
    /// Nothing was kept: something has changed since the look.
    Again(Intake),
}

/// The rows as they were shown. It travels with the page to its confirmation, so that what is confirmed is what was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    pub file: String,
    rows: Vec<ReadyRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ReadyRow {
    row: usize,
    /// The entry that had last touched the record when the table was taken home; none where the table does not say.
    version: Option<u64>,
    /// The entry that had last touched it when the row was shown.
    seen: u64,
    cells: Vec<String>,
}

impl App {
    /// Reads a table of one kind and says what it would do.
    pub async fn look_over(&self, person: &Person, kind: Kind, file: &str, bytes: &[u8]) -> Result<Intake, AppError> {
        may_edit(person, kind)?;
        let own = format!("{}.csv", kind.code());
        let file = if file.is_empty() { own.as_str() } else { file };
        let table = match package::table(kind, file, bytes) {
            Ok(table) => table,
            Err(fault) => return Ok(Intake { faults: vec![*fault], ..Intake::default() }),
        };
        let state = &self.snapshot().state;
        let mut package = amend(state, kind, &table.sheet, None);
        let (versions, bad) = versions(&table.sheet);
        package.faults.extend(bad);
        let columns = column::columns(kind);
        let row = |(row, body): &(usize, Body)| ReadyRow {
            row: *row,
            version: versions.get(row).copied(),
            seen: last_touched(state, kind, body.id()),
            cells: column::write_row(&columns, body),
        };
        let ready = Ready { file: file.into(), rows: package.records.iter().map(row).collect() };
        let mut intake = self.judged(state, kind, &ready, package).await?;
        intake.warnings.splice(..0, table.notes);
        Ok(intake)
    }

    /// Takes in the rows that were shown: all of them or nothing. Of those in dispute only what is named in `over` goes over
    /// the other change.
    pub async fn take_in(
        &self,
        person: &Person,
        kind: Kind,
        ready: Ready,
        over: HashSet<Id>,
        why: &str,
    ) -> Result<Taken, AppError> {
        let filed = Arc::new(Mutex::new(None));
        let command = TakeIn { kind, ready: ready.clone(), over, reason: why.to_string(), into: filed.clone() };
        self.execute(person, command).await?;
        let filed = filed.lock().unwrap_or_else(PoisonError::into_inner).take();
        match filed {
            Some(taken) => Ok(taken),
            None => Ok(Taken::Again(self.look_again(kind, ready).await?)),
        }
    }

    /// Shows rows anew, those that were touched since they were shown as disputes. Keeps nothing.
    pub async fn look_again(&self, kind: Kind, mut ready: Ready) -> Result<Intake, AppError> {
        let state = &self.snapshot().state;
        let package = amend(state, kind, &ready.sheet(kind), None);
        for row in &mut ready.rows {
            let seen = last_touched(state, kind, row.id());
            if seen != row.seen {
                row.version = Some(row.version.unwrap_or(row.seen));
                row.seen = seen;
            }
        }
        self.judged(state, kind, &ready, package).await
    }

    async fn judged(&self, state: &State, kind: Kind, ready: &Ready, package: Package) -> Result<Intake, AppError> {
        let mut intake = Intake { faults: package.faults, ready: ready.clone(), ..Intake::default() };
        let by_row = ready.by_row();
        for (row, body) in package.records {
            let Some(shown) = by_row.get(&row) else { continue };
            match judge(state, shown, &body) {
                Verdict::Same => intake.same += 1,
                Verdict::Added => intake.added.push(proposed(row, None, body)),
                Verdict::Changed(old) => intake.changed.push(proposed(row, Some(&old), body)),
                Verdict::Disputed(theirs) => {
                    let base = self.as_of(state, kind, body.id(), shown.version.unwrap_or(0)).await?;
                    intake.conflicts.push(conflict(row, base, theirs, body));
                }
            }
        }
        if kind == Kind::Funding && intake.faults.is_empty() {
            intake.warnings = doubled(state, &intake);
        }
        Ok(intake)
    }

    /// A record as it was after an entry.
    async fn as_of(&self, state: &State, kind: Kind, id: &str, at: u64) -> Result<Option<Body>, AppError> {
        let Some(position) = state.touched_by(kind, id).into_iter().rfind(|position| *position <= at) else {
            return Ok(None);
        };
        let Some(stored) = self.ledger.entry(position).await? else { return Ok(None) };
        let entry = Entry::from_stored(&stored.body).map_err(|error| AppError::fault(error.to_string()))?;
        Ok(entry.changes.into_iter().rev().find_map(|change| match change {
            Change::Put(body) if body.kind() == kind && body.id() == id => Some(body),
            Change::Put(_) | Change::Amend(_) | Change::Retire(..) => None,
        }))
    }
}

/// Takes in rows that were shown. What came of them goes to whoever waits for it.
struct TakeIn {
    kind: Kind,
    ready: Ready,
    over: HashSet<Id>,
    reason: String,
    into: Arc<Mutex<Option<Taken>>>,
}

impl Command for TakeIn {
    fn needs(&self) -> Need {
        Need::May(writing(self.kind))
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        is_edited(self.kind)?;
        let done = settled(state, self.kind, &self.ready, &self.over)?;
        let changes = done.as_ref().map(|(_, changes)| changes.clone()).unwrap_or_default();
        *self.into.lock().unwrap_or_else(PoisonError::into_inner) = done.map(|(taken, _)| taken);
        Ok(changes)
    }
}

impl Ready {
    fn by_row(&self) -> BTreeMap<usize, &ReadyRow> {
        self.rows.iter().map(|row| (row.row, row)).collect()
    }

    /// The rows as a table with all columns.
    fn sheet(&self, kind: Kind) -> Sheet {
        let header = column::columns(kind).into_iter().map(|column| column.name).collect();
        let rows = self.rows.iter().map(|row| row.cells.clone()).collect();
        let mut sheet = Sheet { file: self.file.clone(), marks: Marks::Point, ..Sheet::of_texts(header, rows) };
        for (row, shown) in sheet.rows.iter_mut().zip(&self.rows) {
            row.number = shown.row;
        }
        sheet
    }
}

impl ReadyRow {
    /// The id is the first column of every kind.
    fn id(&self) -> &str {
        self.cells.first().map_or("", String::as_str)
    }
}

/// What a row means for the plan as it is.
enum Verdict {
    Same,
    Added,
    Changed(Body),
    /// Touched by somebody else since the table was taken home, with what they made of it; none where they took it out.
    Disputed(Option<Body>),
}

fn judge(state: &State, shown: &ReadyRow, body: &Body) -> Verdict {
    let (kind, id) = (body.kind(), body.id());
    let stale = shown.version.is_some_and(|version| version != last_touched(state, kind, id));
    match state.body(kind, id) {
        Some(old) if old == *body || reread(&old) == *body => Verdict::Same,
        Some(old) if stale => Verdict::Disputed(Some(old)),
        Some(old) => Verdict::Changed(old),
        None if stale && state.is_retired(kind, id) => Verdict::Disputed(None),
        None => Verdict::Added,
    }
}

/// The record as a table would bring it back: what was kept before texts were cleaned is no change.
fn reread(body: &Body) -> Body {
    let columns = column::columns(body.kind());
    let cells: Vec<_> = column::write_row(&columns, body).into_iter().map(romduol_plan::cell::Cell::Text).collect();
    let cells = columns.iter().map(|column| column.name.as_str()).zip(&cells).collect();
    let row = column::Row { cells, marks: Marks::Point, old: None };
    column::read_row(body.kind(), &columns, &row).unwrap_or_else(|_| body.clone())
}

/// The changes and what they come to; none where a record was touched since it was shown.
fn settled(
    state: &State,
    kind: Kind,
    ready: &Ready,
    over: &HashSet<Id>,
) -> Result<Option<(Taken, Vec<Change>)>, Refusal> {
    let package = amend(state, kind, &ready.sheet(kind), None);
    if let Some(fault) = package.faults.first() {
        return Err(fault.say().into());
    }
    let (mut added, mut changed, mut left, mut changes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let by_row = ready.by_row();
    for (row, body) in package.records {
        let Some(shown) = by_row.get(&row) else { continue };
        let verdict = judge(state, shown, &body);
        // What is the same already was not changed by anybody else, but by this very confirmation, sent twice.
        if !matches!(verdict, Verdict::Same) && last_touched(state, kind, body.id()) != shown.seen {
            return Ok(None);
        }
        let into = match verdict {
            Verdict::Same => continue,
            Verdict::Disputed(_) if !over.contains(body.id()) => {
                left.push(body.id().to_string());
                continue;
            }
            Verdict::Added | Verdict::Disputed(None) => &mut added,
            Verdict::Changed(_) | Verdict::Disputed(Some(_)) => &mut changed,
        };
        into.push(body.id().to_string());
        changes.push(Change::Put(body));
    }
    Ok(Some((Taken::Kept { added, changed, left }, changes)))
}

/// What the column of versions says, by row, and where it says nothing that can be used.
fn versions(sheet: &Sheet) -> (BTreeMap<usize, u64>, Vec<Fault>) {
    let (mut versions, mut faults) = (BTreeMap::new(), Vec::new());
    let at = sheet.header.iter().position(|name| name == VERSION);
    for row in &sheet.rows {
        let Some(cell) = at.and_then(|at| row.cells.get(at)).filter(|cell| !cell.is_empty()) else { continue };
        let text = clean::id(&cell.written()).into_owned();
        match text.parse() {
            Ok(version) => drop(versions.insert(row.number, version)),
            Err(_) => faults.push(sheet.fault(row.number, VERSION, &text, Say::new("fault-version"))),
        }
    }
    (versions, faults)
}

fn proposed(row: usize, old: Option<&Body>, body: Body) -> Proposed {
    let old = old.map(Body::to_json);
    let fields = diff::between(old.as_ref(), Some(&body.to_json()));
    Proposed { row, body, fields }
}

fn conflict(row: usize, base: Option<Body>, theirs: Option<Body>, mine: Body) -> Conflict {
    let [base, other, own] = [base.as_ref(), theirs.as_ref(), Some(&mine)].map(|body| body.map(Body::to_json));
    let of_base = diff::between(base.as_ref(), own.as_ref());
    let theirs_of_base = diff::between(base.as_ref(), other.as_ref());
    let fields = diff::between(other.as_ref(), own.as_ref()).into_iter().map(|changed| {
        let before = of_base.iter().chain(&theirs_of_base).find(|one| one.field == changed.field);
        let base = before.filter(|_| base.is_some()).map(|one| one.before.clone()).unwrap_or_default();
        Disputed { field: changed.field, base, theirs: changed.before, mine: changed.after }
    });
    Conflict { row, retired: theirs.is_none(), fields: fields.collect(), mine }
}

/// The rows that would count beside an amount that they are probably taken from.
fn doubled(state: &State, intake: &Intake) -> Vec<Say> {
    let rows = || intake.added.iter().chain(&intake.changed).map(|one| &one.body);
    let new: HashSet<&str> = rows().map(Body::id).collect();
    let mut after = state.clone();
    let actor = Actor { account: String::new(), post: String::new() };
    let changes = rows().cloned().map(Change::Put).collect();
    // Records are put, never amended, so they fit.
    let entry = Entry { at: String::new(), actor, why: String::new(), changes };
    if after.apply(state.position() + 1, &entry).is_err() {
        return Vec::new();
    }
    let found = counted_twice(&Books::of(&after, Currency::Khr, true));
    let told = found.into_iter().filter(|one| one.records.iter().any(|(_, id)| new.contains(id.as_str())));
    told.map(|one| one.say).collect()
}
