//! One moment of the plan: its state and totals, immutable and cheap to share. Built by folding the ledger.

use std::sync::{Arc, OnceLock};

use romduol_ledger::{Entry as StoredEntry, Head};
use romduol_plan::links::Links;
use romduol_plan::readings::View;
use romduol_plan::totals::Totals;
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
    found: Arc<Found>,
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
        Snapshot::with(State::default(), Totals::build(&State::default(), false), Head::genesis())
    }

    /// A state with totals that were kept for it.
    pub(crate) fn with(state: State, real: Totals, head: Head) -> Snapshot {
        let all = state.has_illustrative_returns().then(|| Totals::build(&state, true));
        Snapshot { state, real, all, stale: false, head, found: Arc::default() }
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
            next.take(stored.head(), &entry);
        }
        next.settle();
        Ok(next)
    }

    /// Takes in one entry. Returns change the totals in place; [`Snapshot::settle`] has to follow the last one.
    pub(crate) fn take(&mut self, head: Head, entry: &Entry) {
        self.stale |= entry.changes.iter().any(reshapes);
        let returns = entry.changes.iter().map(Change::subject).filter(|(kind, _)| *kind == Kind::Return);
        let before: Vec<_> = returns.map(|(_, id)| self.state.accepted_return(id).cloned().ok_or(id)).collect();
        self.state.apply(head.seq, entry);
        self.head = head;
        if entry.changes.iter().any(|change| change.subject().0 != Kind::Return) {
            self.found = Arc::default();
        }
        if self.stale {
            return;
        }
        for old in before {
            let id = old.as_ref().map_or_else(|id| *id, |old| &old.id);
            let Some(new) = self.state.accepted_return(id) else { continue };
            let old = old.as_deref().ok();
            if old.is_some_and(|old| std::ptr::eq(old, &raw const **new)) {
                continue;
            }
            self.real.put(&self.state, old, new);
            match &mut self.all {
                Some(all) => all.put(&self.state, old, new),
                None => self.stale |= new.illustrative,
            }
        }
    }

    /// Builds the totals anew where the plan's own shape (areas, indicators, forms …) has changed, which is rare.
    pub(crate) fn settle(&mut self) {
        if self.stale {
            let real = Totals::build(&self.state, false);
            *self = Snapshot::with(std::mem::take(&mut self.state), real, self.head.clone());
        }
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
