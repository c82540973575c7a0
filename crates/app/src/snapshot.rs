//! One moment of the plan: its state and totals, immutable and cheap to share. Built by folding the ledger.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use romduol_ledger::{Entry as StoredEntry, Head};
use romduol_locale::{Arg, Locale};
use romduol_plan::kinds::Return;
use romduol_plan::links::Links;
use romduol_plan::readings::View;
use romduol_plan::totals::{Seen, Totals, Update};
use romduol_plan::{Change, Entry, Kind, State};

use crate::AppError;
use crate::search::Index;
use crate::similar::{self, Pair};

/// A state with its totals.
#[derive(Clone)]
pub struct Snapshot {
    pub state: State,
    real: Totals,
    /// The totals with illustrative returns, where there are any.
    all: Option<Totals>,
    /// The plan's own shape has changed and the totals have to be built anew.
    stale: bool,
    pub head: Head,
    /// The last entry has a nonce, so that its hash tells nothing about it.
    blinded: bool,
    found: Arc<Found>,
    /// The same moment without anything illustrative, once somebody has asked for it.
    real_only: OnceLock<Arc<Snapshot>>,
    found_real: Arc<Found>,
}

/// What is found out about the records when somebody first asks, and kept as long as they stay as they are.
#[derive(Default)]
struct Found {
    links: OnceLock<Links>,
    index: OnceLock<Index>,
    alike: OnceLock<Vec<Pair>>,
}

impl Snapshot {
    pub fn empty() -> Snapshot {
        Snapshot::with(State::default(), Totals::build(&State::default(), false), Head::genesis(), false)
    }

    /// The hash of the last entry, for all who may see the plan. None where an earlier version wrote that entry: then the
    /// hash would confirm a guess of what the entry says.
    pub fn fingerprint(&self) -> Option<&str> {
        self.blinded.then_some(self.head.hash.as_str())
    }

    /// Where a document comes from: the last entry, and its fingerprint.
    pub fn ledger_line(&self, locale: &Locale) -> String {
        let position = self.head.seq.to_string();
        let position = ("position", Arg::Text(&position));
        match self.fingerprint() {
            Some(hash) => locale.say("ledger-line", &[position, ("hash", Arg::Text(hash))]),
            None => locale.say("ledger-line-alone", &[position]),
        }
    }

    /// A state with totals that were kept for it.
    pub(crate) fn with(state: State, real: Totals, head: Head, blinded: bool) -> Snapshot {
        let all = state.has_illustrative_returns().then(|| Totals::build(&state, true));
        Snapshot {
            state,
            real,
            all,
            stale: false,
            head,
            blinded,
            found: Arc::default(),
            real_only: OnceLock::new(),
            found_real: Arc::default(),
        }
    }

    /// The snapshot that somebody sees who wants illustrative data, or does not: then it is as if there were none.
    pub fn shown(self: &Arc<Self>, illustrative: bool) -> Arc<Snapshot> {
        if illustrative || !self.state.has_illustrative() {
            return self.clone();
        }
        let without = || Snapshot {
            found: self.found_real.clone(),
            ..Snapshot::with(self.state.without_illustrative(), self.real.clone(), self.head.clone(), self.blinded)
        };
        self.real_only.get_or_init(|| Arc::new(without())).clone()
    }

    /// The snapshot of a reader who may not see all counts of people.
    pub fn seen(&self, seen: &Seen) -> Snapshot {
        let veiled = |totals: &Totals| totals.seen(seen.clone());
        Snapshot {
            real: veiled(&self.real),
            all: self.all.as_ref().map(veiled),
            real_only: OnceLock::new(),
            ..self.clone()
        }
    }

    /// This earlier moment as it may be read when the plan stands as in `now`; nothing where that is the same.
    pub(crate) fn as_allowed(&self, now: &Snapshot) -> Option<Snapshot> {
        let state = self.state.as_allowed(&now.state)?;
        // Numbers are taken back with their return.
        let whole = state.count::<Return>() == self.state.count::<Return>();
        let real = if whole { self.real.clone() } else { Totals::build(&state, false) };
        Some(Snapshot::with(state, real, self.head.clone(), self.blinded))
    }

    /// What is read from, with or without illustrative data.
    pub fn view(&self, illustrative: bool) -> View<'_> {
        let totals = self.all.as_ref().filter(|_| illustrative).unwrap_or(&self.real);
        View { state: &self.state, totals, illustrative }
    }

    /// The snapshot after more entries.
    pub fn after(&self, entries: &[StoredEntry]) -> Result<Snapshot, AppError> {
        let mut next = self.clone();
        for stored in entries {
            let entry = Entry::from_stored(&stored.body).map_err(|unreadable| {
                AppError::fault(format!("entry {} of the ledger cannot be read: {unreadable}", stored.seq))
            })?;
            next.take(stored, &entry)?;
        }
        next.settle();
        Ok(next)
    }

    /// Takes in one entry. Returns change the totals in place; [`Snapshot::settle`] has to follow the last one.
    pub(crate) fn take(&mut self, stored: &StoredEntry, entry: &Entry) -> Result<(), AppError> {
        let returns = entry.changes.iter().map(Change::subject).filter(|(kind, _)| *kind == Kind::Return);
        // Once each, however often the entry changes it.
        let before: BTreeMap<&str, Option<Arc<Return>>> =
            returns.map(|(_, id)| (id, self.state.accepted_return(id).cloned())).collect();
        let damaged = |wrong| AppError::fault(format!("entry {} of the ledger does not fit: {wrong}", stored.seq));
        self.state.apply(stored.seq, entry).map_err(damaged)?;
        self.stale |= entry.changes.iter().any(reshapes);
        (self.head, self.blinded) = (stored.head(), Entry::is_blinded(&stored.body));
        self.real_only = OnceLock::new();
        if entry.changes.iter().any(|change| change.subject().0 != Kind::Return) {
            self.found = Arc::default();
            self.found_real = Arc::default();
        }
        for (id, old) in before {
            if self.stale {
                break;
            }
            let accepted = self.state.accepted_return(id).cloned();
            let Some(new) = accepted.filter(|new| old.as_ref().is_none_or(|old| !Arc::ptr_eq(old, new))) else {
                continue;
            };
            self.stale = self.put(old.as_deref(), &new) == Update::Rebuild;
        }
        Ok(())
    }

    fn put(&mut self, old: Option<&Return>, new: &Return) -> Update {
        let real = self.real.put(&self.state, old, new);
        match &mut self.all {
            Some(all) if real == Update::Done => all.put(&self.state, old, new),
            None if new.illustrative => Update::Rebuild,
            _ => real,
        }
    }

    /// Builds the totals anew where the plan's own shape (areas, indicators, forms …) has changed, which is rare.
    pub(crate) fn settle(&mut self) {
        if self.stale {
            let real = Totals::build(&self.state, false);
            *self = Snapshot::with(std::mem::take(&mut self.state), real, self.head.clone(), self.blinded);
        }
        // The last illustrative return may have been corrected by a real one.
        self.all = self.all.take().filter(|_| self.state.has_illustrative_returns());
    }

    pub fn links(&self) -> &Links {
        self.found.links.get_or_init(|| Links::of(&self.state))
    }

    pub fn index(&self) -> &Index {
        self.found.index.get_or_init(|| Index::of(&self.state))
    }

    /// Actions that resemble each other or what others do already.
    pub fn alike(&self) -> &[Pair] {
        self.found.alike.get_or_init(|| similar::pairs(&self.state))
    }

    /// Whether another one at the same entry has the same records and numbers.
    pub(crate) fn says_the_same(&self, other: &Snapshot) -> bool {
        self.head == other.head && self.state == other.state && self.real == other.real
    }

    /// The real totals as bytes, to be kept beside the ledger.
    pub(crate) fn totals_to_bytes(&self) -> Vec<u8> {
        self.real.to_bytes()
    }
}

fn reshapes(change: &Change) -> bool {
    let shapes = [Kind::Area, Kind::Indicator, Kind::Dimension, Kind::Category, Kind::Form, Kind::Assignment];
    match change {
        Change::Put(body) => shapes.contains(&body.kind()),
        Change::Amend(_) => false,
        // Retiring a return takes its numbers away, wherever they are.
        Change::Retire(kind, _) => shapes.contains(kind) || *kind == Kind::Return,
    }
}

#[cfg(test)]
mod tests;
