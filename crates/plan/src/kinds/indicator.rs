//! What is measured and against what: indicators, their dimensions, targets and overrides of status.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaLevel, CountPart, Id};
use crate::period::{Frequency, Period};
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    /// What kind of number an indicator is; it decides how the number is asked for and rolled up.
    ValueKind {
        /// A number of things or people; adds up.
        Count = "count",
        /// Numerator over denominator; both are kept and divided anew at every level.
        Ratio = "ratio",
        /// A sum over a number of cases; both are kept.
        Mean = "mean",
        /// Composed elsewhere; never rolled up.
        Index = "index",
        /// A place in an order; never rolled up.
        Rank = "rank",
        /// Points from 0 to a maximum; never rolled up.
        Score = "score",
        /// 1 for yes, 0 for no; places add up to the number of yeses.
        YesNo = "yes-no",
        /// The number of dated steps that are done.
        Milestone = "milestone",
        /// An amount in the indicator's currency.
        Money = "money",
        /// Words; never computed with.
        Narrative = "text",
    }
}

vocabulary! {
    /// How values of shorter periods make the value of a longer one.
    TimeRule {
        /// Flow: the parts add up.
        Sum = "sum",
        /// Stock: the last part counts.
        Last = "last",
        /// The mean of the parts.
        Average = "average",
        /// Counted from the start of the plan: the last part counts and must not fall.
        RunningTotal = "running-total",
        /// Values of different periods are never combined.
        None = "none",
    }
}

vocabulary! {
    /// How values of smaller places make the value of a larger one.
    PlaceRule {
        Sum = "sum",
        /// Numerators and denominators add up, then divide.
        Ratio = "ratio",
        Max = "max",
        /// Valid only where it was measured.
        None = "none",
    }
}

vocabulary! {
    Direction {
        Up = "up",
        Down = "down",
        /// To be held between `range_low` and `range_high`.
        Range = "range",
        /// Neither good nor bad by itself.
        Neutral = "neutral",
    }
}

vocabulary! {
    /// What the indicator tells about: change, delivered goods, work done or the running of the plan.
    ResultLevel {
        Outcome = "outcome",
        Output = "output",
        Activity = "activity",
        Process = "process",
    }
}

vocabulary! {
    /// Who may read detail, and whether it can enter a publication.
    Class {
        Public = "public",
        Partners = "partners",
        Restricted = "restricted",
        Prohibited = "prohibited",
    }
}

vocabulary! {
    Additivity {
        /// The categories make the whole, each case in exactly one.
        Partition = "partition",
        /// A case can be in several; never summed.
        Overlapping = "overlapping",
        /// The categories leave an unknown remainder, which is shown.
        Partial = "partial",
    }
}

vocabulary! {
    /// Whether a native reader has approved the Khmer of a record.
    #[derive(Default)]
    KhmerStatus {
        #[default]
        Draft = "draft",
        Approved = "approved",
    }
}

vocabulary! {
    /// What the program counts in its own records for an indicator.
    Computed {
        /// Of the returns that fell due, those that came in by their day.
        ReturnsOnTime = "returns-on-time",
        /// Of the decisions that fell due, those that were told to be carried out by their day.
        DecisionsOnTime = "decisions-on-time",
        /// Places of the map's level that have chosen actions and have money committed for the year.
        LocalPlansFunded = "local-plans-funded",
        /// Of the actions, those that have a price and money committed for all of it.
        ActionsFunded = "actions-funded",
    }
}

/// A way to break numbers down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dimension {
    pub id: Id,
    pub name: Text,
    pub additivity: Additivity,
    /// Version of the list of categories.
    pub version: u32,
    /// The standard or practice the list follows.
    pub source: String,
}

/// One value of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Category {
    /// Dimension and code, e.g. `sex.f`.
    pub id: Id,
    #[schemars(extend("x-refers" = "dimensions"))]
    pub dimension: Id,
    pub name: Text,
    pub order: u32,
}

/// A measure of the plan with everything needed to collect, roll up, judge and protect it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Indicator {
    pub id: Id,
    pub name: Text,
    /// What exactly is counted, and what is not.
    pub definition: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    pub kind: ValueKind,
    /// Unit as shown beside the number, e.g. `%`.
    pub unit: String,
    /// What the upper number counts (ratio), or what is summed (mean).
    #[serde(default)]
    pub numerator: Text,
    /// What the lower number counts (ratio), or the number of cases (mean).
    #[serde(default)]
    pub denominator: Text,
    pub time: TimeRule,
    pub place: PlaceRule,
    /// Partition and partial dimensions, asked for crossed with each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "dimensions"))]
    pub dimensions: Vec<Id>,
    /// Overlapping dimensions, each asked for by itself and never summed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "dimensions"))]
    pub overlapping: Vec<Id>,
    pub direction: Direction,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_low: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_high: Option<f64>,
    /// The value progress is counted from; empty where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_period: Option<Period>,
    /// The figure the baseline comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub baseline_evidence: Option<Id>,
    /// The institution that answers for the number.
    #[schemars(extend("x-refers" = "institutions"))]
    pub owner: Id,
    /// Nodes whose result it measures.
    #[schemars(extend("x-refers" = "nodes"))]
    pub nodes: Vec<Id>,
    pub level: ResultLevel,
    /// Counts trainings or people trained: never enough alone.
    #[serde(default)]
    pub training: bool,
    pub frequency: Frequency,
    /// The form that asks for it; empty where it comes from surveys or documents only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "forms"))]
    pub form: Option<Id>,
    /// What the program counts for it in its own records; empty where somebody reports it or documents state it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Computed>,
    /// Register, survey or document the number comes from.
    pub data_source: String,
    /// How it is collected and computed.
    #[serde(default)]
    pub method: Text,
    pub class: Class,
    /// Counts below k are protected in publications.
    pub k: u32,
    /// The smallest level of place that may be published.
    pub floor: AreaLevel,
    /// Indicators of other frameworks that are the same or nearly the same measure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<String>,
    pub source: String,
}

/// From this `k` on counts are of violence, trafficking or minorities: a zero tells something, too, and nothing below a
/// province is told.
pub const SENSITIVE: u32 = 10;

impl ValueKind {
    /// Whole things are counted.
    pub fn is_whole(self) -> bool {
        match self {
            ValueKind::Count | ValueKind::YesNo | ValueKind::Milestone => true,
            ValueKind::Ratio
            | ValueKind::Mean
            | ValueKind::Index
            | ValueKind::Rank
            | ValueKind::Score
            | ValueKind::Money
            | ValueKind::Narrative => false,
        }
    }
}

impl Indicator {
    /// Its numbers that are counts.
    pub fn counts(&self) -> &'static [CountPart] {
        match self.kind {
            ValueKind::Count => &[CountPart::Number],
            ValueKind::Ratio => &[CountPart::Numerator, CountPart::Denominator],
            ValueKind::Mean => &[CountPart::Denominator],
            ValueKind::Index
            | ValueKind::Rank
            | ValueKind::Score
            | ValueKind::YesNo
            | ValueKind::Milestone
            | ValueKind::Money
            | ValueKind::Narrative => &[],
        }
    }

    /// Whether its numbers are counts, or divided from counts.
    pub fn is_counted(&self) -> bool {
        !self.counts().is_empty()
    }

    /// Its values are yes and no, and no number of yeses.
    pub fn answers_yes_or_no(&self) -> bool {
        self.kind == ValueKind::YesNo && self.place != PlaceRule::Sum && self.time != TimeRule::Sum
    }

    pub fn is_sensitive(&self) -> bool {
        self.k >= SENSITIVE
    }
}

vocabulary! {
    TargetKind {
        /// To be reached; progress is counted against it.
        Target = "target",
        /// A line drawn by an outside norm; shown, not counted.
        Threshold = "threshold",
    }
}

/// A value to be reached by the end of a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    pub id: Id,
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Id,
    pub kind: TargetKind,
    /// The area it holds for.
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Id,
    /// The categories it holds for; empty for the total.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "categories"))]
    pub categories: Vec<Id>,
    pub period: Period,
    pub value: f64,
    /// The figure that states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub evidence: Option<Id>,
    /// What the target is based on, or why it was revised.
    #[serde(default)]
    pub note: Text,
    /// Made up to show the program at work.
    #[serde(default)]
    pub illustrative: bool,
}

/// A status set by a person against the computed one. The public sees the reason beside both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Override {
    /// Indicator and the period of the value, e.g. `PAR-09.2024`.
    pub id: Id,
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Id,
    pub period: Period,
    pub status: crate::status::Status,
    pub reason: Text,
    /// The value that it was set for: another one has its computed status again. Empty in older records, which hold
    /// for any value of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}
