//! Two statements of a source that contradict each other, as quoted, and what became of them. Refuses to know which holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Id, KhmerStatus};
use crate::period::Date;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    /// How two statements stand to each other.
    Clash {
        /// Both cannot be true.
        Exclusive = "exclusive",
        /// Both may be true, but nothing says how.
        Unexplained = "unexplained",
        /// One thing under two names, or a slip in writing.
        Wording = "wording",
    }
}

/// Two statements that contradict each other, with their words and where those stand, who should settle which one holds,
/// and the answer. What a rule finds by itself needs no such record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contradiction {
    pub id: Id,
    /// What the two disagree about.
    pub title: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    pub clash: Clash,
    /// What the first one says, in our words.
    pub first_says: Text,
    /// Its words, letter by letter.
    pub first_quote: String,
    /// Section and pages where they stand.
    pub first_place: String,
    /// What the second one says, in our words.
    pub second_says: Text,
    /// Its words, letter by letter.
    pub second_quote: String,
    /// Section and pages where they stand.
    pub second_place: String,
    /// The figures it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub evidence: Vec<Id>,
    /// The policies it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "policies"))]
    pub policies: Vec<Id>,
    /// The instruments it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "instruments"))]
    pub instruments: Vec<Id>,
    /// The institution that should say which one holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub settler: Option<Id>,
    /// What was found out; empty until somebody has said it.
    #[serde(default)]
    pub answer: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Date>,
    pub source: String,
}
