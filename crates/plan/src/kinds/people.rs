//! Who was heard and what became of it: consultations, who came, what they said, what was done. Holds counts of people
//! and never a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Class, Id, KhmerStatus};
use crate::period::Date;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    Method {
        Workshop = "workshop",
        Interviews = "interviews and focus groups",
        Survey = "survey",
        Online = "online",
        Written = "written",
    }
}

/// An event at which people were heard, with its totals as the source prints them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Consultation {
    pub id: Id,
    pub title: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    pub method: Method,
    /// Date, or first and last month as `from/to`, as precise as the source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date_note: String,
    #[serde(default)]
    pub place: Text,
    /// Everyone, as printed above the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub female: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub male: Option<u32>,
    /// What the printed totals should say; the printed ones stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_total: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_female: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_male: Option<u32>,
    /// Why a number was corrected, and by what.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub correction_reason: String,
    /// The figures that count its people; a figure that several events name counts them together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub counted_by: Vec<Id>,
    pub source: String,
}

/// How many people of one group came, as printed, and the correction beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attendance {
    pub id: Id,
    #[schemars(extend("x-refers" = "consultations"))]
    pub consultation: Id,
    pub group: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub female: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub male: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_total: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_female: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_male: Option<u32>,
    /// Why a number was corrected, and by what.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub correction_reason: String,
    /// Who may read a small count of this group.
    pub class: Class,
    /// Remarks as printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remarks: String,
    /// The institutions that the remarks name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institutions: Vec<Id>,
    pub source: String,
}

vocabulary! {
    /// How a contribution may be used, as its author said.
    Consent {
        /// Only to work on the plan.
        Internal = "internal",
        /// May be shown without saying from which event.
        Anonymous = "anonymous",
        /// May be shown with its event and group.
        Public = "public",
    }
}

/// What a group said, and what became of it: “you said, we did”. Holds no names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contribution {
    pub id: Id,
    #[schemars(extend("x-refers" = "consultations"))]
    pub consultation: Id,
    /// Who spoke, as a group.
    #[serde(default)]
    pub group: Text,
    pub said: Text,
    pub consent: Consent,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "themes"))]
    pub themes: Vec<Id>,
    /// What was done about it, or why nothing was.
    #[serde(default)]
    pub answer: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Date>,
    /// The nodes and actions that it changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub changed: Vec<Id>,
    pub source: String,
}
