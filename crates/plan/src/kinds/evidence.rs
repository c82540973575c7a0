//! Figures with their source, and the choice between figures that disagree.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Id;
use crate::period::Period;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    Unit {
        Percent = "percent",
        Count = "count",
        Rank = "rank",
        Index = "index",
        Year = "year",
        Years = "years",
    }
}

vocabulary! {
    Sex { Female = "female", Male = "male", Total = "total", NotApplicable = "na" }
}

vocabulary! {
    FigureKind {
        Observed = "observed",
        Target = "target",
        Threshold = "threshold",
        Ranking = "ranking",
    }
}

vocabulary! {
    YearBasis {
        Stated = "stated",
        Implied = "implied",
        SourcePublication = "source publication",
        NotStated = "not stated",
    }
}

vocabulary! {
    /// How figures that stand side by side in a comparison must fit together.
    Comparison {
        /// Only shown side by side.
        Beside = "beside",
        /// Women and men of one whole; a total lies between their shares, or is their sum of counts.
        BySex = "by-sex",
        /// Parts of one whole; shares make 100, counts make the total.
        Parts = "parts",
        /// A lower and an upper figure of one range.
        Range = "range",
    }
}

vocabulary! {
    /// What a figure is to the indicator it is linked to.
    EvidenceUse {
        /// It is a value of the indicator.
        Value = "value",
        /// The indicator is 100 minus it.
        Complement = "complement",
        /// It states the indicator's target.
        Target = "target",
        /// It states a norm drawn as a line.
        Threshold = "threshold",
        /// It helps to read the indicator but is another measure.
        Context = "context",
    }
}

/// A figure as a source printed it, with everything needed to find and judge it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    pub id: Id,
    pub label: Text,
    /// The number; empty where the source gives words only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-percent" = "unit"))]
    pub value: Option<f64>,
    pub unit: Unit,
    /// What stands in the source, letter by letter.
    pub printed: String,
    /// The source's own hedge: exact, about, over, at least …
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub qualifier: String,
    /// Count printed beside a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numerator: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
    /// Where every area of a level has exactly one of what is counted, such as a governor: that level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_per: Option<super::AreaLevel>,
    pub sex: Sex,
    /// Whom or what it is about.
    pub group: String,
    /// The place as printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// The plan's own area, where the place is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Option<Id>,
    /// Year, month, date or `from/to`, as precise as the source; empty where it gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date: String,
    pub date_basis: YearBasis,
    pub kind: FigureKind,
    /// Theme, or a heading such as `study` or `context`.
    pub topic: String,
    pub direction: super::Direction,
    /// Time points, targets and thresholds of one measure share a series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Id>,
    /// Figures that belong side by side share a comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison_rule: Option<Comparison>,
    /// The figure of the whole that this one is a part of and cannot exceed. The whole of a share may be a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub part_of: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator_use: Option<EvidenceUse>,
    /// The document that the source cites, as printed there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cited_source: String,
    /// Section of the source.
    pub section: String,
    /// Other sections with the same figure.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also_in: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The public choice of one figure where several sources disagree. All of them stay on record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preference {
    pub id: Id,
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Id,
    pub period: Period,
    #[schemars(extend("x-refers" = "evidence"))]
    pub evidence: Id,
    pub reason: Text,
}
