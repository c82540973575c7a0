//! Writing the records of the plan: one in a form, many from a table (`intake`), and taking one out again. Refuses to know
//! what a kind means: its columns and the rules of the package say what is right.

pub mod intake;
mod table;

use std::collections::BTreeMap;

use romduol_plan::baseline;
use romduol_plan::column;
use romduol_plan::kinds::{Body, Evidence, Id, Indicator};
use romduol_plan::links::Links;
use romduol_plan::package::{Fault, Package, Sheet};
use romduol_plan::permission::{Act, writing};
use romduol_plan::{Change, Kind, Say, State};

use crate::accounts::Person;
use crate::said::reason;
use crate::{App, AppError};

pub use table::{book, table};

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
        // A form says all of a record: what it does not send, such as a list of which nothing is chosen, is empty.
        let names: Vec<String> = column::columns(kind).into_iter().map(|column| column.name).collect();
        let more = cells.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>();
        let header: Vec<String> = names.into_iter().chain(more).collect();
        let row = header.iter().map(|name| cells.get(name).cloned().unwrap_or_default()).collect();
        let sheet = Sheet::of_texts(header, vec![row]);
        let mut package = amend(&self.snapshot().state, kind, &sheet, beside.clone());
        let Some((_, body)) = package.records.pop().filter(|_| package.faults.is_empty()) else {
            return Ok(Written::Faults(package.faults));
        };
        let id = body.id().to_string();
        let decide = move |state: &State| {
            if last_touched(state, kind, body.id()) != seen {
                return Err(AppError::changed(body.id()));
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
