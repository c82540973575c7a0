//! How numbers come in: forms, who owes them, the filled return, and closed periods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answers, Id};
use crate::period::{Frequency, Period};
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    /// One stage of verification, from the reporting unit upwards.
    Step {
        /// A verifier of the unit's own institution.
        Institution = "institution",
        /// A verifier of the district that contains the unit.
        District = "district",
        /// A verifier of the province that contains the unit, or is it.
        Province = "province",
        /// The plan's secretariat.
        Secretariat = "secretariat",
    }
}

vocabulary! {
    /// Which indicators a form asks of a unit.
    Audience {
        /// Of each institution, the indicators it owns.
        Institution = "institution",
        /// Of each area, all indicators of the form.
        Area = "area",
    }
}

/// A set of indicators asked at one frequency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Form {
    pub id: Id,
    pub name: Text,
    pub audience: Audience,
    pub frequency: Frequency,
    /// Days after the end of the period by which it is due.
    pub due_days: u16,
    /// Who verifies, in order; the last one accepts.
    pub chain: Vec<Step>,
    pub source: String,
}

/// A unit that owes a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assignment {
    /// Form and unit, e.g. `province-quarter.KH-12`.
    pub id: Id,
    #[schemars(extend("x-refers" = "forms"))]
    pub form: Id,
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Id,
    /// The area its numbers are about.
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Id,
    /// The first period owed.
    pub from: Period,
    /// The last period owed; empty while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Period>,
}

impl Assignment {
    /// Whether a return is owed for a period.
    pub fn owes(&self, period: Period) -> bool {
        self.from <= period && self.to.is_none_or(|to| period <= to)
    }

    /// Whether there is a period for which both owe a return.
    pub fn overlaps(&self, other: &Assignment) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

vocabulary! {
    /// Where a return stands. Drafts are not records: they are kept apart and can be thrown away.
    ReturnStatus {
        Submitted = "submitted",
        SentBack = "sent-back",
        /// At least one step of the chain has verified it.
        Verified = "verified",
        Accepted = "accepted",
    }
}

/// A filled form of one unit for one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Return {
    /// Assignment and period, e.g. `province-quarter.KH-12.2024Q3`.
    pub id: Id,
    #[schemars(extend("x-refers" = "assignments"))]
    pub assignment: Id,
    pub period: Period,
    /// Counts submissions; a correction after acceptance is a new version.
    pub version: u32,
    pub status: ReturnStatus,
    /// Steps of the chain that have passed.
    pub steps_done: u8,
    pub answers: Answers,
    /// Made up to show the program at work.
    #[serde(default)]
    pub illustrative: bool,
}

/// What the next version of a return, or the next step of its verification, changes in the one before. Written as the
/// part of a return that it is, so that older bodies are lifted alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    /// The return.
    pub id: Id,
    /// The version that is amended.
    pub base: u32,
    pub version: u32,
    pub status: ReturnStatus,
    pub steps_done: u8,
    /// The answers that differ. All others stay.
    pub answers: Answers,
}

impl Return {
    /// Whether it counts as reported: it holds something, and was not sent back.
    pub fn has_come_in(&self) -> bool {
        self.status != ReturnStatus::SentBack && !self.answers.hold_nothing()
    }

    /// The return after an amendment of it.
    #[must_use]
    pub fn amended(&self, by: &Amendment) -> Return {
        Return {
            version: by.version,
            status: by.status,
            steps_done: by.steps_done,
            answers: self.answers.amend(&by.answers),
            ..self.clone()
        }
    }
}

/// A period closed for a form. Retiring the lock reopens it, with the reason in the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Lock {
    /// Form and period, e.g. `province-quarter.2024Q3`.
    pub id: Id,
    #[schemars(extend("x-refers" = "forms"))]
    pub form: Id,
    pub period: Period,
}
