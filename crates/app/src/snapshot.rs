//! One moment of the plan: its state and totals, immutable and cheap to share. Built by folding the ledger.

use romduol_ledger::{Entry as StoredEntry, Head};
use romduol_plan::readings::View;
use romduol_plan::totals::Totals;
use romduol_plan::{Change, Entry, Kind, State};

use crate::AppError;

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
}

impl Snapshot {
    pub fn empty() -> Snapshot {
        Snapshot::with(State::default(), Totals::build(&State::default(), false), Head::genesis())
    }

    /// A state with totals that were kept for it.
    pub(crate) fn with(state: State, real: Totals, head: Head) -> Snapshot {
        let all = state.has_illustrative_returns().then(|| Totals::build(&state, true));
        Snapshot { state, real, all, stale: false, head }
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
