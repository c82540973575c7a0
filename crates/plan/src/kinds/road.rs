//! The way to the plan: readiness, the choices to make, the next steps, and the versions of the draft.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Id, KhmerStatus};
use crate::period::Date;
use crate::text::Text;
use crate::vocabulary;

/// One of the elements that make a plan effective, with the questions by which it is assessed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Element {
    pub id: Id,
    pub order: u32,
    pub title: Text,
    #[serde(default)]
    pub summary: Text,
    #[serde(default)]
    pub question_1: Text,
    #[serde(default)]
    pub question_2: Text,
    #[serde(default)]
    pub question_3: Text,
    #[serde(default)]
    pub question_4: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    pub source: String,
}

impl Element {
    pub fn questions(&self) -> impl Iterator<Item = &Text> {
        [&self.question_1, &self.question_2, &self.question_3, &self.question_4].into_iter().filter(|q| !q.is_empty())
    }
}

vocabulary! {
    Assessor {
        Government = "government",
        CivilSociety = "civil-society",
        Independent = "independent",
    }
}

vocabulary! {
    /// How far an element is in place.
    Readiness {
        Absent = "absent",
        Begun = "begun",
        Partly = "partly",
        InPlace = "in-place",
    }
}

/// What an assessor said of an element at a date. Assessments are kept side by side and over time, never averaged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    pub id: Id,
    #[schemars(extend("x-refers" = "elements"))]
    pub element: Id,
    pub assessor: Assessor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    pub date: Date,
    pub readiness: Readiness,
    pub reason: Text,
    /// Figures that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub evidence: Vec<Id>,
    /// Policies that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "policies"))]
    pub policies: Vec<Id>,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

vocabulary! {
    ModelGroup {
        Form = "plan form",
        Orientation = "plan orientation",
        Coordination = "coordination model",
        Drafting = "drafting model",
        Lead = "lead agency",
        FocalPoint = "focal point model",
        Scope = "scope",
    }
}

/// A way in which plans of this kind are made or steered, with the countries that do so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    pub id: Id,
    pub group: ModelGroup,
    pub title: Text,
    #[serde(default)]
    pub description: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub source: String,
}

/// Something that was decided, with its reason and who has to see to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    pub id: Id,
    pub title: Text,
    pub date: Date,
    pub reason: Text,
    /// What it rests on: in words, as ids of figures, or as an address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// The models that were chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "models"))]
    pub models: Vec<Id>,
    /// The nodes that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub nodes: Vec<Id>,
    /// The meeting that took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "meetings"))]
    pub meeting: Option<Id>,
    /// Who sees to it.
    #[schemars(extend("x-refers" = "institutions"))]
    pub owner: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Who disagreed, and why, as they wanted it recorded.
    #[serde(default)]
    pub dissent: Text,
    pub state: super::TaskState,
    /// What was done, or why it was dropped.
    #[serde(default)]
    pub closed: Text,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

vocabulary! {
    /// The stages from a mechanism to a review.
    Stage {
        Mechanism = "mechanism",
        Awareness = "awareness",
        Analysis = "analysis",
        Priorities = "priorities",
        Drafting = "drafting",
        Costing = "costing",
        Endorsement = "endorsement",
        Localisation = "localisation",
        Implementation = "implementation",
        Review = "review",
    }
}

vocabulary! {
    Progress {
        Planned = "planned",
        UnderWay = "under-way",
        Done = "done",
        Dropped = "dropped",
    }
}

/// A step on the way to the plan. Dates are empty until somebody has set them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NextStep {
    pub id: Id,
    pub stage: Stage,
    pub order: u32,
    pub title: Text,
    #[serde(default)]
    pub summary: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub owners: Vec<Id>,
    /// Steps that must be done before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "next_steps"))]
    pub after: Vec<Id>,
    /// Steps that say the same in another part of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "next_steps"))]
    pub same_as: Vec<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    pub progress: Progress,
    /// The dates are made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
    pub source: String,
}

vocabulary! {
    /// How far a version of the plan has come.
    VersionState {
        Draft = "draft",
        Consultation = "consultation",
        Approved = "approved",
        InForce = "in-force",
        Closed = "closed",
    }
}

/// A version of the plan: a name for the plan as it stood after an entry of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    pub id: Id,
    pub title: Text,
    /// The entry after which the plan stood so.
    pub position: u32,
    pub date: Date,
    pub state: VersionState,
    #[serde(default)]
    pub note: Text,
    /// The last day on which the public may comment; the consultation that collects it is `consultation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments_until: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "consultations"))]
    pub consultation: Option<Id>,
}
