//! The history of a record: every entry that touched it, with who, when, why and a readable difference.

use romduol_plan::diff::{self, Changed};
use romduol_plan::{Change, Entry, Kind};
use serde_json::Value;

use crate::{App, AppError, Snapshot};

/// One change of a record.
pub struct Event {
    pub position: u64,
    pub at: String,
    pub post: String,
    pub why: String,
    pub retired: bool,
    pub changed: Vec<Changed>,
}

impl App {
    /// Newest first.
    pub async fn history(&self, snapshot: &Snapshot, kind: Kind, id: &str) -> Result<Vec<Event>, AppError> {
        let mut before: Option<Value> = None;
        let mut events = Vec::new();
        for position in snapshot.state.touched_by(kind, id) {
            let Some(stored) = self.ledger.entry(position).await? else { continue };
            let entry = Entry::from_stored(&stored.body).map_err(|error| AppError::fault(error.to_string()))?;
            let after =
                entry.changes.iter().rev().find(|change| change.subject() == (kind, id)).and_then(|c| match c {
                    Change::Put(body) => Some(diff::readable(body)),
                    Change::Retire(..) => None,
                });
            let changed = diff::between(before.as_ref(), after.as_ref());
            let retired = after.is_none();
            events.push(Event { position, at: entry.at, post: entry.actor.post, why: entry.why, retired, changed });
            before = after;
        }
        events.reverse();
        Ok(events)
    }
}
