//! What the plan costs and who pays: rates, the unit-cost library, cost lines, sources, the money on its way, and the
//! dates of the budget calendar. Refuses to know sums.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Id;
use crate::amount::Amount;
use crate::period::Date;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    Currency { Khr = "KHR", Usd = "USD" }
}

/// What a dollar is worth in riel from a day on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    pub id: Id,
    /// The first day on which it holds; it holds until the next rate.
    pub date: Date,
    /// Riel for one dollar.
    pub khr_per_usd: Amount,
    pub source: String,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

vocabulary! {
    /// What money is spent on.
    InputType {
        People = "people",
        Training = "training",
        Travel = "travel",
        Equipment = "equipment",
        Services = "services",
        Grants = "grants",
        Monitoring = "m-and-e",
        Communication = "communication",
        Secretariat = "secretariat",
    }
}

/// What one unit of something costs, so that all who cost the plan reckon alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitCost {
    pub id: Id,
    /// The institution whose price it is; empty where it holds for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    pub title: Text,
    pub input: InputType,
    /// Of what one unit is: a day, a person, a vehicle.
    pub measure: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Amount>,
    pub likely: Amount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Amount>,
    pub currency: Currency,
    /// The day of the price.
    pub date: Date,
    pub source: String,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

vocabulary! {
    /// The gender equality policy marker of the OECD-DAC. Empty means not screened, which is not 0; 2 is not better than 1.
    DacMarker { None = "0", Significant = "1", Principal = "2" }
}

vocabulary! {
    /// The four-level marker of Cambodia's guideline for development cooperation.
    GenderMarker {
        Blind = "gender-blind",
        Sensitive = "gender-sensitive",
        Responsive = "gender-responsive",
        Transformative = "gender-transformative",
    }
}

/// One line of the costing: quantity × frequency × unit cost in a year. Without a unit cost it is not costed, which is
/// not zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostLine {
    pub id: Id,
    /// The action or activity; empty for the secretariat and for monitoring the plan as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub node: Option<Id>,
    /// Where the money is spent; empty where it is not tied to a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Option<Id>,
    /// The institution in whose budget it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    /// A line of the same action and year that holds this cost already, as a national line holds a province's: this one
    /// is taken out of it, so that the need counts once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "cost_lines"))]
    pub part_of: Option<Id>,
    #[serde(default)]
    pub title: Text,
    pub input: InputType,
    pub year: i32,
    pub quantity: Amount,
    /// How often in the year; once where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Amount>,
    /// A price of the library; what the line says itself goes before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "unit_costs"))]
    pub unit_cost: Option<Id>,
    /// Cost of one unit, low case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Amount>,
    /// Cost of one unit, as is likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likely: Option<Amount>,
    /// Cost of one unit, high case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The day of the price, by whose rate it is converted; the library's where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Percent of the cost that is borne here, where it is shared; all of it where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-percent" = true))]
    pub shared_share: Option<Amount>,
    /// Programme code of the budget.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub programme: String,
    /// Function of government (COFOG).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cofog: String,
    /// OECD-DAC marker; empty where nobody has screened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dac: Option<DacMarker>,
    /// Four-level marker; empty where nobody has screened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<GenderMarker>,
    /// Percent that serves this plan; empty where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-percent" = true))]
    pub plan_share: Option<Amount>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Figures that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub evidence: Vec<Id>,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

vocabulary! {
    FundKind {
        National = "national-budget",
        SubNational = "sub-national-budget",
        Partner = "development-partner",
        Pool = "pooled-fund",
        CivilSociety = "civil-society",
        Private = "private",
    }
}

/// Where money comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fund {
    pub id: Id,
    pub name: Text,
    pub kind: FundKind,
    /// The institution whose money it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

vocabulary! {
    /// How far money has come, from a plan to a payment.
    Ladder {
        Planned = "planned",
        /// Promised but not binding: soft.
        Pledged = "pledged",
        Committed = "committed",
        Released = "released",
        Spent = "spent",
    }
}

/// An amount of money at a step of the ladder. What comes `from` another record is taken out of it: the commitment out of
/// its pledge, the payment out of its commitment, a pool's grant out of what was paid into the pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Funding {
    pub id: Id,
    /// The source that gives it.
    #[schemars(extend("x-refers" = "funds"))]
    pub fund: Id,
    /// The action or activity it is for; empty for the plan as a whole and for what lies in a pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub node: Option<Id>,
    /// The line it pays; its action, place and institution are then the line's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "cost_lines"))]
    pub cost_line: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Option<Id>,
    /// The institution that spends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    pub year: i32,
    pub state: Ladder,
    pub amount: Amount,
    pub currency: Currency,
    /// The day on which it came to this state, by whose rate it is converted.
    pub date: Date,
    /// The record that this money is taken out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "fundings"))]
    pub from: Option<Id>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}
