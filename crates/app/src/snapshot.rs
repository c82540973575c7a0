//! One moment of the plan: its state and totals, immutable and cheap to share. Built by folding the ledger.

use std::sync::Arc;

use romduol_ledger::{Entry as StoredEntry, Head};
use romduol_plan::kinds::{Body, Return, ReturnStatus};
use romduol_plan::readings::View;
use romduol_plan::totals::Totals;
use romduol_plan::{Change, Entry, Kind, State};

use crate::AppError;

/// A state with its totals, once without and once with illustrative returns.
#[derive(Clone)]
pub struct Snapshot {
    pub state: State,
    real: Totals,
    all: Totals,
    pub head: Head,
}

impl Snapshot {
    pub fn empty() -> Snapshot {
        let state = State::default();
        Snapshot { real: Totals::build(&state, false), all: Totals::build(&state, true), state, head: Head::genesis() }
    }

    /// What is read from, with or without illustrative data.
    pub fn view(&self, illustrative: bool) -> View<'_> {
        let totals = if illustrative { &self.all } else { &self.real };
        View { state: &self.state, totals, illustrative }
    }

    /// The snapshot after more entries. Returns change the totals in place; a change of the plan's own shape
    /// (areas, indicators, forms …) builds them anew, which is rare.
    pub fn after(&self, entries: &[StoredEntry]) -> Result<Snapshot, AppError> {
        let mut next = self.clone();
        let mut reshaped = false;
        for stored in entries {
            let entry = Entry::from_stored(&stored.body).map_err(|unreadable| {
                AppError::fault(format!("entry {} of the ledger cannot be read: {unreadable}", stored.seq))
            })?;
            reshaped |= entry.changes.iter().any(reshapes);
            next.apply(stored.seq, &entry, reshaped);
            next.head = stored.head();
        }
        if reshaped {
            next.real = Totals::build(&next.state, false);
            next.all = Totals::build(&next.state, true);
        }
        Ok(next)
    }

    fn apply(&mut self, seq: u64, entry: &Entry, reshaped: bool) {
        let accepted = entry.changes.iter().filter_map(|change| match change {
            Change::Put(Body::Return(record)) if record.status == ReturnStatus::Accepted => Some(record.clone()),
            _ => None,
        });
        let accepted: Vec<(Option<Arc<Return>>, Arc<Return>)> =
            accepted.map(|new| (self.state.accepted_return(&new.id).cloned(), new)).collect();
        self.state.apply(seq, entry);
        if reshaped {
            return;
        }
        for (old, new) in accepted {
            self.real.put(&self.state, old.as_deref(), &new);
            self.all.put(&self.state, old.as_deref(), &new);
        }
    }
}

fn reshapes(change: &Change) -> bool {
    let shapes = [Kind::Area, Kind::Indicator, Kind::Dimension, Kind::Category, Kind::Form, Kind::Assignment];
    match change {
        Change::Put(body) => shapes.contains(&body.kind()),
        // Retiring a return takes its numbers away, wherever they are.
        Change::Retire(kind, _) => shapes.contains(kind) || *kind == Kind::Return,
    }
}
