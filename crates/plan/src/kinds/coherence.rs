//! What exists beside the plan and what binds it: policies, their measures and gaps, instruments, and the links to them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Id, KhmerStatus};
use crate::period::Date;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    PolicyType {
        Law = "law",
        Policy = "policy",
        Strategy = "strategy",
        Plan = "action plan",
        Programme = "programme",
        Guideline = "guideline",
        Mechanism = "mechanism",
        Instrument = "international instrument",
    }
}

vocabulary! {
    /// The state of a policy.
    PolicyState {
        InForce = "in force",
        Draft = "draft",
        Forthcoming = "forthcoming",
        Expired = "expired",
        Unclear = "unclear",
        NotExisting = "not existing",
    }
}

vocabulary! {
    /// How the state of a policy is known.
    StateBasis {
        Stated = "stated",
        Period = "inferred from period",
        Listed = "listed without a remark on status",
    }
}

/// A law, policy, plan, programme or body that already deals with an issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    pub id: Id,
    pub name: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    pub kind: PolicyType,
    /// Who owns it, as printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner_printed: String,
    /// The owners that are institutions of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub owners: Vec<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_year: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_year: Option<i32>,
    /// The state as the source gives it. What its years say today is computed beside it.
    pub stated: PolicyState,
    pub stated_basis: StateBasis,
    /// The issues it deals with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "themes"))]
    pub themes: Vec<Id>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub source: String,
}

vocabulary! {
    GapKind {
        /// Something a policy already does.
        Measure = "measure",
        /// Something no policy does.
        Gap = "gap",
        /// An opening that the plan can use.
        Opportunity = "opportunity",
        Note = "note",
    }
}

/// What the existing policies cover of an issue, what they miss, and where the plan can step in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    pub id: Id,
    /// The issue it belongs to.
    #[schemars(extend("x-refers" = "themes"))]
    pub theme: Id,
    pub kind: GapKind,
    /// The label in the source; empty where the kind is our reading.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind_printed: String,
    pub summary: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "policies"))]
    pub policies: Vec<Id>,
    pub source: String,
}

vocabulary! {
    /// The family of an external framework.
    Framework {
        Unscr = "UNSCR",
        Cedaw = "CEDAW",
        Bpfa = "BPfA",
        Sdg = "SDG",
        Csdg = "CSDG",
        Cerd = "CERD",
        Upr = "UPR",
        Asean = "ASEAN",
        Ilo = "ILO",
        Regional = "Regional",
        Un = "UN document",
        Other = "Other",
    }
}

/// An external framework, or one of its paragraphs, goals or recommendations: then `part_of` names the whole, and it
/// is a commitment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Instrument {
    pub id: Id,
    pub framework: Framework,
    /// The instrument that contains this paragraph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "instruments"))]
    pub part_of: Option<Id>,
    /// Number of the paragraph, target or recommendation, as cited.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub paragraph: String,
    pub title: Text,
    /// How the source of the plan words it, letter by letter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub printed: String,
    /// How the instrument itself words it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub official: String,
    /// What it asks for, in our words.
    #[serde(default)]
    pub summary: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-refers" = "themes"))]
    pub themes: Vec<Id>,
    pub source: String,
}

vocabulary! {
    /// What a State said to a recommendation. It cannot reject one.
    Stance {
        Supported = "supported",
        Noted = "noted",
        /// It has not answered yet.
        Pending = "pending",
    }
}

/// The State's answer to a recommendation at a date. A later answer does not replace an earlier one, and neither says
/// whether anything was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    pub id: Id,
    #[schemars(extend("x-refers" = "instruments"))]
    pub instrument: Id,
    pub date: Date,
    pub stance: Stance,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub source: String,
}

vocabulary! {
    /// Who says that a link holds.
    LinkBasis {
        Stated = "stated by the source",
        Reading = "our reading",
        Secretariat = "secretariat",
    }
}

/// A link from one record of the plan to what it answers: exactly one of the first three, exactly one of the last three.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alignment {
    pub id: Id,
    /// The action, output or outcome that answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub node: Option<Id>,
    /// The indicator that measures it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Option<Id>,
    /// The figure that informs on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "evidence"))]
    pub evidence: Option<Id>,
    /// The gap or opportunity that is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "gaps"))]
    pub gap: Option<Id>,
    /// The commitment that is served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "instruments"))]
    pub instrument: Option<Id>,
    /// The policy that it builds on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "policies"))]
    pub policy: Option<Id>,
    pub basis: LinkBasis,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub source: String,
}
