//! The results framework: the plan, its nodes, its themes, and the slots for indicators still to come.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Id;
use crate::text::Text;
use crate::vocabulary;

/// The plan itself. A package holds exactly one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    pub id: Id,
    pub title: Text,
    /// One or two sentences on what this package is and what it is not.
    pub description: Text,
    /// The institution that runs the plan's secretariat.
    #[schemars(extend("x-refers" = "institutions"))]
    pub secretariat: Id,
    /// The area the plan covers.
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Id,
    /// The area level at which progress may be shown on a map.
    pub map_level: super::AreaLevel,
    /// File in the package with the outlines for the map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// Where the outlines come from and under which licence, shown under every map.
    #[serde(default)]
    pub map_attribution: Text,
    /// First year of the plan, once it is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_year: Option<i32>,
    /// Last year of the plan, once it is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_year: Option<i32>,
    /// Where the plan is carried out, as the time zone database names it (`Asia/Phnom_Penh`): a deadline ends at midnight
    /// there. Without it the server's own zone counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// A help line shown beside content about violence.
    #[serde(default)]
    pub hotline: Text,
    pub source: String,
}

vocabulary! {
    NodeLevel {
        Pillar = "pillar",
        Outcome = "outcome",
        Output = "output",
        Action = "action",
        Activity = "activity",
    }
}

/// A node of the results framework. Links upwards are many-to-many: an action may serve two outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    pub id: Id,
    pub level: NodeLevel,
    /// The nodes this one serves; empty for a pillar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub parents: Vec<Id>,
    pub title: Text,
    #[serde(default)]
    pub summary: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: super::KhmerStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "themes"))]
    pub themes: Vec<Id>,
    /// Bodies that the source names inside the node, as printed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named_bodies: Vec<String>,
    /// Institutions that lead it; empty where nobody has been named yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub leads: Vec<Id>,
    /// Frameworks and documents it refers to, as printed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    pub source: String,
}

/// A theme of the situation analysis, used as a tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Theme {
    pub id: Id,
    pub title: Text,
    #[serde(default)]
    pub summary: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: super::KhmerStatus,
    /// Whether the source calls it a strong candidate for the plan.
    #[serde(default)]
    pub strong_candidate: bool,
    pub source: String,
}

/// A place kept free for indicators of an official text that we could not read. Never filled by guessing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slot {
    pub id: Id,
    /// The node whose official indicators are still to be entered.
    #[schemars(extend("x-refers" = "nodes"))]
    pub node: Id,
    /// The framework that defines them.
    pub framework: String,
    /// What is missing, and who can supply it.
    pub note: Text,
    pub source: String,
}
