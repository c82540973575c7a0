//! How numbers come in: forms, who owes them, the filled return, and closed periods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Id;
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

vocabulary! {
    AnswerState {
        Given = "given",
        /// The unit should know but does not.
        Missing = "missing",
        /// The question does not apply to the unit.
        NotApplicable = "not-applicable",
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
    pub answers: Vec<Answer>,
    /// Made up to show the program at work.
    #[serde(default)]
    pub illustrative: bool,
}

/// What a return says about one indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Id,
    pub state: AnswerState,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<Cell>,
    /// A total given beside the cells, kept as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimate: bool,
    /// For a text indicator the answer itself, otherwise the reporter's remark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Evidence files by content id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
}

/// One number of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Category ids in the order of the indicator's dimensions; empty for the total.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Id>,
    /// The count, numerator or sum.
    pub value: f64,
    /// The denominator or number of cases, for ratios and means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<f64>,
}

/// An attached file: its content id and the name it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    pub blob: String,
    pub name: String,
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
