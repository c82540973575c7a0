//! Which numbers of a plan are the same people: what is told of one of them is told of the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Id;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    /// Which number of an indicator is meant.
    CountPart {
        /// The number itself.
        Number = "number",
        /// The upper number of a ratio.
        Numerator = "numerator",
        /// The lower number of a ratio, the cases of a mean.
        Denominator = "denominator",
    }
}

vocabulary! {
    /// How the people behind two numbers belong together.
    CountRelation {
        /// Both count the same people.
        Same = "same-people",
        /// The first counts some of those whom the second counts.
        PartOf = "some-of-them",
        /// The first is an amount, a score, a rank or a step of those whom the second counts.
        About = "about-them",
        /// They count other people, even where the numbers are equal.
        Apart = "other-people",
    }
}

/// Two numbers of a plan and how the people behind them belong together. Numbers of the same people are protected together
/// in publications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CountLink {
    pub id: Id,
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Id,
    /// Which number of it.
    pub part: CountPart,
    pub relation: CountRelation,
    /// The indicator that it belongs together with.
    #[schemars(extend("x-refers" = "indicators"))]
    pub other: Id,
    /// Which number of that.
    pub other_part: CountPart,
    /// How it is known, or why equal numbers are other people.
    #[serde(default)]
    pub reason: Text,
    pub source: String,
}
