//! Records of the plan: writing one from the cells of a form, by those who edit the plan or by a place for itself, and taking
//! one out. Refuses to know what a kind means: its columns and the rules of the package say what is right.

use std::collections::BTreeMap;

use crate::column;
use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Body, Id, Kind};
use crate::links::Links;
use crate::package::{Fault, Package, Sheet};
use crate::permission::{Act, writing};
use crate::{Change, Say, State};

/// The key of the refusal after which both versions are shown.
pub const CHANGED: &str = "refused-record-changed";

/// The entry that last touched a record; 0 where none did.
pub fn last_touched(state: &State, kind: Kind, id: &str) -> u64 {
    state.touched_by(kind, id).last().copied().unwrap_or(0)
}

/// The check of a table against what is there, and what is put there with it.
pub fn amend(state: &State, kind: Kind, sheet: &Sheet, beside: Option<Body>) -> Package {
    let of_kind = |kind| state.ids(kind).into_iter().filter_map(move |id| state.body(kind, id));
    let bodies = Kind::of_package().flat_map(of_kind);
    Package::amend(bodies.chain(beside), &|kind, id| state.is_retired(kind, id), kind, sheet)
}

/// Records of some kinds are closed with what was done, and never taken out.
fn is_closed(kind: Kind) -> bool {
    matches!(kind, Kind::Decision | Kind::Task | Kind::Meeting | Kind::Proposal | Kind::Rating)
}

/// Whether people write records of the kind in forms and tables.
///
/// # Errors
/// Kinds that are written in other ways.
pub fn is_edited(kind: Kind) -> Result<(), Refusal> {
    if kind.is_edited() { Ok(()) } else { Err(Say::new("refused-kind-not-edited").into()) }
}

/// A record as it was typed.
#[derive(Clone, Debug)]
pub struct Draft {
    pub kind: Kind,
    sheet: Sheet,
    /// The entry that had last touched it when the form was opened.
    seen: u64,
    /// Another record that comes with it, because it refers to it.
    beside: Option<Body>,
}

impl Draft {
    /// A form says all of a record: what it does not send, such as a list of which nothing is chosen, is empty.
    pub fn new(kind: Kind, cells: &BTreeMap<String, String>, seen: u64) -> Draft {
        let names: Vec<String> = column::columns(kind).into_iter().map(|column| column.name).collect();
        let more = cells.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>();
        let header: Vec<String> = names.into_iter().chain(more).collect();
        let row = header.iter().map(|name| cells.get(name).cloned().unwrap_or_default()).collect();
        Draft { kind, sheet: Sheet::of_texts(header, vec![row]), seen, beside: None }
    }

    #[must_use]
    pub fn with(self, beside: Option<Body>) -> Draft {
        Draft { beside, ..self }
    }

    /// The record that it makes.
    ///
    /// # Errors
    /// Each fault says what is wrong with which field.
    pub fn record(&self, state: &State) -> Result<Body, Vec<Fault>> {
        let mut package = amend(state, self.kind, &self.sheet, self.beside.clone());
        match package.records.pop() {
            Some((_, body)) if package.faults.is_empty() => Ok(body),
            _ => Err(package.faults),
        }
    }

    /// The record, if nobody has touched it since and nothing that it refers to has gone.
    fn still(&self, state: &State) -> Result<Body, Refusal> {
        let body = self.record(state).map_err(|faults| self.faulty(&faults))?;
        match last_touched(state, self.kind, body.id()) == self.seen {
            true => Ok(body),
            false => Err(Say::new(CHANGED).words("value", body.id()).into()),
        }
    }

    fn faulty(&self, faults: &[Fault]) -> Refusal {
        faults.first().map_or_else(|| Refusal::missing(self.kind, ""), |fault| fault.say().into())
    }

    fn put(&self, body: Body) -> Vec<Change> {
        self.beside.iter().cloned().chain([body]).map(Change::Put).collect()
    }
}

/// Writes one record of the plan.
pub struct WriteRecord {
    pub draft: Draft,
    pub reason: String,
}

impl Command for WriteRecord {
    fn needs(&self) -> Need {
        Need::May(writing(self.draft.kind))
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        is_edited(self.draft.kind)?;
        Ok(self.draft.put(self.draft.still(state)?))
    }
}

/// Writes a record of one's own place or institution: a cost, money, a target.
pub struct WriteLocally {
    pub draft: Draft,
}

impl Command for WriteLocally {
    fn needs(&self) -> Need {
        Need::May(Act::CostLocally)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("local plan")
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let body = self.draft.still(state)?;
        let before = state.body(self.draft.kind, body.id());
        before.iter().chain([&body]).try_for_each(|record| by.post.may_write_locally(record))?;
        Ok(self.draft.put(body))
    }
}

/// Takes a record out. What others refer to stays, and the refusal names them.
pub struct RetireRecord {
    pub kind: Kind,
    pub id: Id,
    pub reason: String,
}

impl Command for RetireRecord {
    fn needs(&self) -> Need {
        Need::May(writing(self.kind))
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        is_edited(self.kind)?;
        if is_closed(self.kind) {
            return Err(Say::new("refused-only-closed").into());
        }
        state.body(self.kind, &self.id).ok_or_else(|| Refusal::missing(self.kind, &self.id))?;
        match Links::of(state).to(self.kind, &self.id) {
            [] => Ok(vec![Change::Retire(self.kind, self.id.clone())]),
            links => {
                let named: Vec<&str> = links.iter().take(5).map(|link| link.from.1.as_str()).collect();
                let say = Say::new("refused-still-referred").words("value", &self.id);
                Err(say.number("count", links.len() as f64).words("records", named.join(", ")).into())
            }
        }
    }
}
