//! Editions: which part of the plan was chosen for the public, up to when, and how far that has come. What an edition says
//! is kept as a file; the record holds its fingerprint.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaLevel, Id};
use crate::period::{Date, Period};
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    EditionState {
        /// Waits for a second person.
        Prepared = "prepared",
        Published = "published",
        Declined = "declined",
    }
}

vocabulary! {
    /// What an edition can hold beside indicators, framework and method.
    EditionSection {
        Money = "money",
        Commitments = "commitments",
        Decisions = "decisions",
        Late = "late-reports",
    }
}

vocabulary! {
    /// The tables of an indicator. Finer ones cost more hidden cells.
    EditionTable {
        /// The whole plan's area over time.
        Time = "over-time",
        /// By place.
        Place = "by-place",
        /// By each group, and by all of its groups crossed, for the whole area.
        Group = "by-group",
        /// By place and each group.
        PlaceGroup = "by-place-and-group",
    }
}

/// A numbered, frozen, signed publication of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edition {
    /// Its number as text.
    pub id: Id,
    /// The entry of the ledger after which the plan is told.
    pub position: u32,
    /// The last period that is told.
    pub until: Period,
    /// The smallest places that are told; an indicator's own floor may be higher.
    pub level: AreaLevel,
    pub sections: Vec<EditionSection>,
    pub tables: Vec<EditionTable>,
    /// Indicators that stay out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "indicators"))]
    pub leave_out: Vec<Id>,
    /// Published although returns wait for verification; none of their numbers is in it.
    #[serde(default)]
    pub without_waiting: bool,
    /// Holds made-up numbers, and says so on every page.
    #[serde(default)]
    pub demonstration: bool,
    /// What is new or corrected.
    #[serde(default)]
    pub note: Text,
    pub state: EditionState,
    pub prepared: Date,
    /// Account that prepared it; another one has to approve it.
    pub prepared_by: String,
    /// Fingerprint (SHA-256) of what is to be approved.
    pub content: String,
    /// The day of publication or refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Date>,
    /// Why it was declined.
    #[serde(default)]
    pub reason: Text,
    /// The file that holds all of its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    /// The file that remembers what was hidden, kept in confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
}

impl Edition {
    /// Its number; 0 for an id that is none.
    pub fn number(&self) -> u32 {
        self.id.parse().unwrap_or(0)
    }
}
