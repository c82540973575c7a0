//! The history of a record: every entry that touched it, with who, when, why and a readable difference.

use romduol_plan::diff::{self, Changed};
use romduol_plan::kinds::Body;
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
        // The record after each entry, and as people compare it.
        let (mut record, mut before): (Option<Body>, Option<Value>) = (None, None);
        let mut events = Vec::new();
        for position in snapshot.state.touched_by(kind, id) {
            let Some(stored) = self.ledger.entry(position).await? else { continue };
            let entry = Entry::from_stored(&stored.body).map_err(|error| AppError::fault(error.to_string()))?;
            for change in entry.changes.iter().filter(|change| change.subject() == (kind, id)) {
                record = match (change, record) {
                    (Change::Put(body), _) => Some(body.clone()),
                    (Change::Amend(by), Some(Body::Return(old))) => Some(old.amended(by).into()),
                    (Change::Amend(_) | Change::Retire(..), _) => None,
                };
            }
            let after = record.as_ref().map(diff::readable);
            let changed = diff::between(before.as_ref(), after.as_ref());
            let retired = after.is_none();
            events.push(Event { position, at: entry.at, post: entry.actor.post, why: entry.why, retired, changed });
            before = after;
        }
        events.reverse();
        Ok(events)
    }
}
