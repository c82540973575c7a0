//! Who and where: institutions and areas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Id;
use crate::period::{Date, Period};
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    /// A level of the administrative hierarchy.
    AreaLevel {
        Country = "country",
        Province = "province",
        District = "district",
        Commune = "commune",
        Village = "village",
    }
}

/// A place with its code and names. Places that split, merge or are renamed keep their dates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Area {
    /// Country code and official number, e.g. `KH-1201`.
    pub id: Id,
    pub name: Text,
    pub level: AreaLevel,
    /// The area that contains this one; empty for the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "areas"))]
    pub parent: Option<Id>,
    /// First day of validity (YYYY-MM-DD), where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Last day of validity (YYYY-MM-DD); empty while the area exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// What it became when it ended, was split or gave ground away: ids of areas with a valid_from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "areas"))]
    pub successors: Vec<Id>,
    /// The key under which map files know the area, e.g. `KH12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map_id: Option<String>,
}

impl Area {
    /// The months at whose end the area exists, as the cube counts them.
    pub fn months(&self) -> std::ops::Range<u32> {
        let ordinal = |date: Date| Period::month(date.year, date.month).ordinal();
        let from = self.valid_from.as_deref().and_then(Date::parse).map_or(0, ordinal);
        // One that ends within a month is not there at its end any more.
        let end = |date: Date| ordinal(date) + u32::from(Period::month(date.year, date.month).last_day() == date);
        let to = self.valid_to.as_deref().and_then(Date::parse).map_or(u32::MAX, end);
        from..to
    }

    /// Whether it exists at the end of a period.
    pub fn exists_in(&self, period: Period) -> bool {
        self.months().contains(&period.ordinal())
    }
}

vocabulary! {
    InstitutionKind {
        Ministry = "ministry",
        Authority = "authority",
        Committee = "national committee",
        Parliament = "parliament",
        Province = "provincial department",
        Ngo = "NGO/CSO",
        Ingo = "INGO",
        Youth = "youth network",
        Academia = "academia",
        Media = "media",
        Religious = "religious",
        Un = "UN agency",
        Embassy = "embassy",
    }
}

vocabulary! {
    /// How far an institution is meant to be engaged in the plan.
    Engagement {
        Oversight = "oversight",
        Lead = "lead interest",
        Senior = "senior level",
        Technical = "technical",
        Advisory = "advisory",
        Support = "support",
        NotStated = "not stated",
    }
}

/// A body that leads, implements, advises, funds or watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Institution {
    pub id: Id,
    pub name: Text,
    /// The short form people use, e.g. `MoWA`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub short: String,
    /// Other spellings under which the body turns up in files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    pub kind: InstitutionKind,
    pub engagement: Engagement,
    /// Whether the level of engagement is stated by the source or inferred by us.
    #[serde(default)]
    pub engagement_inferred: bool,
    /// What the body does in the plan.
    #[serde(default)]
    pub role: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: super::KhmerStatus,
    /// The task that the source recommends for it in coordination.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub coordination_role: String,
    /// Pillars named for it, by code and never by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub pillars: Vec<Id>,
    /// The source's own wording of the pillars, whose numbers clash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pillars_printed: String,
    /// Where the source says so.
    pub source: String,
}
