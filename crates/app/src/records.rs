//! Writing the records of the plan: one in a form, many from a table, and taking one out again. Refuses to know what a
//! kind means: its columns and the rules of the package say what is right.

use std::collections::{BTreeMap, HashSet};

use romduol_plan::baseline;
use romduol_plan::column::{self, CellType, Column};
use romduol_plan::kinds::{Body, Currency, Evidence, Id, Indicator};
use romduol_plan::links::Links;
use romduol_plan::money::Books;
use romduol_plan::package::{Fault, Package, Sheet};
use romduol_plan::permission::{Act, writing};
use romduol_plan::quality::counted_twice;
use romduol_plan::{Actor, Change, Entry, Kind, Say, State};
use romduol_report::Field;

use crate::accounts::Person;
use crate::said::reason;
use crate::{App, AppError, package, workbook};

/// What a table would change: shown before anything is kept.
pub struct Intake {
    pub added: Vec<(usize, Body)>,
    pub changed: Vec<(usize, Body)>,
    pub same: usize,
    pub faults: Vec<Fault>,
    /// What may be kept and should be looked at first.
    pub warnings: Vec<Say>,
}

/// What came of writing a record.
pub enum Written {
    Kept(Id),
    /// Nothing was kept; each fault says why.
    Faults(Vec<Fault>),
}

impl App {
    /// Writes one record from the cells of a form. `seen` is the entry that last touched it when the form was opened.
    pub async fn write_record(
        &self,
        person: &Person,
        kind: Kind,
        cells: &BTreeMap<String, String>,
        seen: u64,
        why: &str,
    ) -> Result<Written, AppError> {
        may_edit(person, kind)?;
        self.keep_record(person, kind, cells, seen, reason(why)?, None).await
    }

    /// Checks one record and keeps it, with another one that it refers to. Whether the person may write it is the caller's
    /// to ask.
    pub(crate) async fn keep_record(
        &self,
        person: &Person,
        kind: Kind,
        cells: &BTreeMap<String, String>,
        seen: u64,
        why: String,
        beside: Option<Body>,
    ) -> Result<Written, AppError> {
        let sheet = Sheet { header: cells.keys().cloned().collect(), rows: vec![cells.values().cloned().collect()] };
        let mut package = amend(&self.snapshot().state, kind, &sheet, beside.clone());
        let Some((_, body)) = package.records.pop().filter(|_| package.faults.is_empty()) else {
            return Ok(Written::Faults(package.faults));
        };
        let id = body.id().to_string();
        let decide = move |state: &State| {
            if last_touched(state, kind, body.id()) != seen {
                return Err(AppError::Bad(Say::new("refused-record-changed").words("value", body.id())));
            }
            // Somebody may have retired what the record refers to since the form was checked.
            let faults = amend(state, kind, &sheet, beside.clone()).faults;
            match faults.first() {
                Some(fault) => Err(AppError::Bad(fault.say())),
                None => Ok(beside.iter().chain([&body]).cloned().map(Change::Put).collect()),
            }
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(Written::Kept(id))
    }

    /// Takes a record out. What others refer to stays, and the refusal names them.
    pub async fn retire_record(&self, person: &Person, kind: Kind, id: &str, why: &str) -> Result<(), AppError> {
        may_edit(person, kind)?;
        let why = reason(why)?;
        if matches!(kind, Kind::Decision | Kind::Task | Kind::Meeting | Kind::Proposal | Kind::Rating) {
            return Err(AppError::Bad(Say::new("refused-only-closed")));
        }
        let id = id.to_string();
        let decide = move |state: &State| {
            state.body(kind, &id).ok_or(AppError::NotFound { kind, id: id.clone() })?;
            match Links::of(state).to(kind, &id) {
                [] => Ok(vec![Change::Retire(kind, id.clone())]),
                links => {
                    let named: Vec<&str> = links.iter().take(5).map(|link| link.from.1.as_str()).collect();
                    let say = Say::new("refused-still-referred").words("value", &id);
                    Err(AppError::Bad(say.number("count", links.len() as f64).words("records", named.join(", "))))
                }
            }
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(())
    }

    /// Makes a figure the baseline of an indicator. The figure stays its source.
    pub async fn make_baseline(
        &self,
        person: &Person,
        figure: &str,
        indicator: &str,
        why: &str,
    ) -> Result<(), AppError> {
        person.post.may(Act::EditPlan)?;
        let why = reason(why)?;
        let (figure, indicator) = (figure.to_string(), indicator.to_string());
        let decide = move |state: &State| {
            let missing = |kind, id: &str| AppError::NotFound { kind, id: id.into() };
            let figure = state.find::<Evidence>(&figure).ok_or_else(|| missing(Kind::Evidence, &figure))?;
            let record = state.find::<Indicator>(&indicator).ok_or_else(|| missing(Kind::Indicator, &indicator))?;
            let made = baseline::with_figure(record, figure).map_err(AppError::Bad)?;
            Ok(vec![Change::Put(made.into())])
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(())
    }

    /// Reads a table of one kind and says what it would do.
    pub fn look_over(&self, person: &Person, kind: Kind, bytes: &[u8]) -> Result<Intake, AppError> {
        may_edit(person, kind)?;
        Ok(intake(&self.snapshot().state, kind, bytes))
    }

    /// Takes a table in: all of it, or nothing where a row has a fault.
    pub async fn take_in(&self, person: &Person, kind: Kind, bytes: Vec<u8>, why: &str) -> Result<Intake, AppError> {
        may_edit(person, kind)?;
        let why = reason(why)?;
        let looked = intake(&self.snapshot().state, kind, &bytes);
        if looked.faults.is_empty() && looked.added.len() + looked.changed.len() > 0 {
            let decide = move |state: &State| {
                let Intake { added, changed, faults, .. } = intake(state, kind, &bytes);
                match faults.first() {
                    Some(fault) => Err(AppError::Bad(fault.say())),
                    None => Ok(added.into_iter().chain(changed).map(|(_, body)| Change::Put(body)).collect()),
                }
            };
            self.run(person.actor(), why, Box::new(decide)).await?;
        }
        Ok(looked)
    }
}

fn may_edit(person: &Person, kind: Kind) -> Result<(), AppError> {
    person.post.may(writing(kind))?;
    match kind.is_edited() {
        true => Ok(()),
        false => Err(AppError::Bad(Say::new("refused-kind-not-edited"))),
    }
}

/// The entry that last touched a record; 0 where none did.
pub fn last_touched(state: &State, kind: Kind, id: &str) -> u64 {
    state.touched_by(kind, id).last().copied().unwrap_or(0)
}

fn bodies(state: &State) -> impl Iterator<Item = Body> + use<'_> {
    Kind::of_package().flat_map(move |kind| state.ids(kind).into_iter().filter_map(move |id| state.body(kind, id)))
}

/// The check of a table against what is there, and what is put there with it.
fn amend(state: &State, kind: Kind, sheet: &Sheet, beside: Option<Body>) -> Package {
    Package::amend(bodies(state).chain(beside), &|kind, id| state.is_retired(kind, id), kind, sheet)
}

fn intake(state: &State, kind: Kind, bytes: &[u8]) -> Intake {
    let sheet = match package::sheet(bytes) {
        Ok(sheet) => sheet,
        Err((row, problem)) => {
            let (column, value) = (String::new(), String::new());
            let fault = Fault { file: format!("{}.csv", kind.code()), row, column, value, problem };
            let (faults, warnings) = (vec![fault], Vec::new());
            return Intake { added: Vec::new(), changed: Vec::new(), same: 0, faults, warnings };
        }
    };
    let package = amend(state, kind, &sheet, None);
    let (faults, warnings) = (package.faults, Vec::new());
    let mut intake = Intake { added: Vec::new(), changed: Vec::new(), same: 0, faults, warnings };
    for (row, body) in package.records {
        match state.body(kind, body.id()) {
            None => intake.added.push((row, body)),
            Some(old) if old == body => intake.same += 1,
            Some(_) => intake.changed.push((row, body)),
        }
    }
    if kind == Kind::Funding && intake.faults.is_empty() {
        intake.warnings = doubled(state, &intake);
    }
    intake
}

/// The rows that would count beside an amount that they are probably taken from.
fn doubled(state: &State, intake: &Intake) -> Vec<Say> {
    let rows = || intake.added.iter().chain(&intake.changed).map(|(_, body)| body);
    let new: HashSet<&str> = rows().map(Body::id).collect();
    let mut after = state.clone();
    let actor = Actor { account: String::new(), post: String::new() };
    let changes = rows().cloned().map(Change::Put).collect();
    after.apply(state.position() + 1, &Entry { at: String::new(), actor, why: String::new(), changes });
    let found = counted_twice(&Books::of(&after, Currency::Khr, true));
    let told = found.into_iter().filter(|one| one.records.iter().any(|(_, id)| new.contains(id.as_str())));
    told.map(|one| one.say).collect()
}

/// A table as CSV, whether it comes as CSV or in a workbook. What is no workbook either is left as it is: the check of
/// the table says what is wrong with it.
pub fn as_csv(kind: Kind, bytes: Vec<u8>) -> Result<Vec<u8>, AppError> {
    if !workbook::is_workbook(&bytes) {
        return Ok(bytes);
    }
    let sheet = workbook::sheet(&bytes, kind.code()).map_err(AppError::Bad)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let faulty = |error: csv::Error| AppError::fault(error.to_string());
    // Short rows are filled up, long ones stay so that the check finds them.
    for row in std::iter::once(&sheet.header).chain(&sheet.rows) {
        let missing = sheet.header.len().saturating_sub(row.len());
        let cells = row.iter().map(String::as_str).chain(std::iter::repeat_n("", missing));
        writer.write_record(cells).map_err(faulty)?;
    }
    writer.into_inner().map_err(|error| AppError::fault(error.to_string()))
}

/// The records of a kind as CSV, in the columns of the package, so that it can be mended and taken in again.
pub fn table<'a>(kind: Kind, records: impl IntoIterator<Item = &'a Body>) -> Result<Vec<u8>, AppError> {
    let faulty = |error| AppError::fault(format!("the table could not be written: {error}"));
    romduol_report::csv(&sheet(kind, records)).map_err(faulty)
}

/// The same table as a workbook.
pub fn book<'a>(
    kind: Kind,
    title: &str,
    records: impl IntoIterator<Item = &'a Body>,
    unix: i64,
) -> Result<Vec<u8>, AppError> {
    let faulty = |error| AppError::fault(format!("the workbook could not be written: {error}"));
    romduol_report::xlsx(title, &[sheet(kind, records)], unix).map_err(faulty)
}

fn sheet<'a>(kind: Kind, records: impl IntoIterator<Item = &'a Body>) -> romduol_report::Sheet {
    let columns = column::columns(kind);
    let mut sheet =
        romduol_report::Sheet { name: kind.code().into(), heads: 1, names: 1, ..romduol_report::Sheet::default() };
    sheet.rows.push(columns.iter().map(|column| Field::text(&column.name)).collect());
    for body in records {
        let cells = column::write_row(&columns, body).into_iter().zip(&columns);
        sheet.rows.push(cells.map(|(cell, column)| field(cell, column)).collect());
    }
    sheet
}

fn field(cell: String, column: &Column) -> Field {
    // A spreadsheet would set a year in thousands.
    if column.field == "year" || column.field.ends_with("_year") {
        return if cell.is_empty() { Field::Empty } else { Field::text(cell) };
    }
    let kind = &column.cell;
    if *kind == CellType::Decimal && !cell.is_empty() {
        return Field::Amount { digits: cell, illustrative: false };
    }
    match (kind, cell.parse::<f64>()) {
        (CellType::Number | CellType::Integer, Ok(value)) => {
            // A share of 21.4 is not shown as 21.
            let places = cell.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(6));
            Field::Number { value, decimals: places as u8, illustrative: false }
        }
        _ if cell.is_empty() => Field::Empty,
        _ => Field::text(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_no_amount() {
        let columns = column::columns(Kind::Policy);
        let cell = |name: &str| {
            let column = columns.iter().find(|column| column.name == name).unwrap();
            field("2024".into(), column)
        };
        assert!(matches!(cell("start_year"), Field::Text(year) if year == "2024"));
        assert!(matches!(cell("end_year"), Field::Text(_)));
    }
}
