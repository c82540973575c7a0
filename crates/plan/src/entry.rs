//! Ledger entries: who changed what, when and why. Refuses to know where entries are kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kinds::{Body, Id, Kind};
use crate::upgrade;

/// One atomic change of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When, in UTC: `2026-11-23T09:34:37Z`.
    pub at: String,
    pub actor: Actor,
    /// Why, in the actor's words or as a fixed code of the program.
    pub why: String,
    pub changes: Vec<Change>,
}

/// Who acted: an opaque account id and the post held then. Names stay out of the ledger so that they can be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub account: String,
    pub post: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Put(Body),
    Retire(Kind, Id),
}

impl Change {
    pub fn subject(&self) -> (Kind, &str) {
        match self {
            Change::Put(body) => (body.kind(), body.id()),
            Change::Retire(kind, id) => (*kind, id),
        }
    }
}

/// An entry whose stored text this version of the program cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

#[derive(Serialize, Deserialize)]
struct StoredEntry {
    at: String,
    actor: Actor,
    why: String,
    changes: Vec<StoredChange>,
}

/// The stored form. `v` is the version of the body, so that later programs know how to read it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredChange {
    Put { kind: String, v: u32, body: Value },
    Retire { kind: String, id: String },
}

impl Entry {
    /// The text that the ledger keeps and hashes.
    pub fn to_stored(&self) -> String {
        let changes = self.changes.iter().map(|change| match change {
            Change::Put(body) => {
                StoredChange::Put { kind: body.kind().code().into(), v: body.kind().version(), body: body.to_json() }
            }
            Change::Retire(kind, id) => StoredChange::Retire { kind: kind.code().into(), id: id.clone() },
        });
        let stored = StoredEntry {
            at: self.at.clone(),
            actor: self.actor.clone(),
            why: self.why.clone(),
            changes: changes.collect(),
        };
        serde_json::to_string(&stored).expect("entries hold only strings, numbers, lists and objects")
    }

    /// Reads a stored entry, lifting bodies of older versions.
    pub fn from_stored(text: &str) -> Result<Entry, Unreadable> {
        let stored: StoredEntry = serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
        let changes = stored.changes.into_iter().map(|change| match change {
            StoredChange::Put { kind, v, body } => {
                let kind = known(&kind)?;
                let body = upgrade::lift(kind, v, body)?;
                let body = Body::from_json(kind, body).map_err(|e| Unreadable(format!("{}: {e}", kind.code())))?;
                Ok(Change::Put(body))
            }
            StoredChange::Retire { kind, id } => Ok(Change::Retire(known(&kind)?, id)),
        });
        Ok(Entry {
            at: stored.at,
            actor: stored.actor,
            why: stored.why,
            changes: changes.collect::<Result<_, Unreadable>>()?,
        })
    }
}

fn known(kind: &str) -> Result<Kind, Unreadable> {
    Kind::parse(kind).ok_or_else(|| {
        Unreadable(format!("it holds a record of kind “{kind}”, which this version does not know; use a newer program"))
    })
}
