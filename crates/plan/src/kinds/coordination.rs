//! Who decides and who follows up: bodies, their seats, meetings with attendance, decisions and tasks, the readings of
//! civil society, the plan's year. Attendance is counts, never names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Id, KhmerStatus, Kind};
use crate::period::Date;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    BodyLevel {
        Oversight = "oversight",
        Strategic = "strategic",
        Operational = "operational",
        Advisory = "advisory",
        Subnational = "sub-national",
    }
}

vocabulary! {
    /// How firm a body is.
    BodyState {
        /// Described in a source or a model; nobody has proposed it for this plan.
        Described = "described",
        Recommended = "recommended",
        Draft = "draft",
        InPlace = "in-place",
        Dissolved = "dissolved",
    }
}

/// A committee, group or network that steers, carries out, advises or watches. Its terms of reference are versioned by
/// the ledger as every text is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Committee {
    pub id: Id,
    pub name: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    pub level: BodyLevel,
    /// The body it reports to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "bodies"))]
    pub parent: Option<Id>,
    /// The area it works for; empty for the whole country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Option<Id>,
    pub state: BodyState,
    /// Terms of reference.
    #[serde(default)]
    pub terms: Text,
    /// Members as the source proposes them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub proposed_members: String,
    /// The share of voting seats that must be present, in per cent; empty where no rule was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-percent" = true))]
    pub quorum: Option<u32>,
    /// Where the quorum rule stands, such as an article of the terms of reference.
    #[serde(default)]
    pub quorum_source: Text,
    /// Regular meetings a year; empty where no rhythm was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meetings_a_year: Option<u32>,
    /// The coordination model that it is a part of: a template, no body of this plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "models"))]
    pub template: Option<Id>,
    pub source: String,
}

vocabulary! {
    SeatRole {
        Chair = "chair",
        DeputyChair = "deputy-chair",
        Member = "member",
        Secretary = "secretary",
        /// Speaks and does not vote.
        Observer = "observer",
        Champion = "champion",
        FocalPoint = "focal-point",
    }
}

vocabulary! {
    /// A group for which a seat is kept.
    Reserved {
        CivilSociety = "civil-society",
        Youth = "youth",
        Minority = "minority",
    }
}

/// A place in a body, held by an institution for a time. Who sits in it is the institution's business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Seat {
    pub id: Id,
    #[schemars(extend("x-refers" = "bodies"))]
    pub body: Id,
    pub role: SeatRole,
    /// Empty while the seat is vacant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    /// The institution that stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub alternate: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<Reserved>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// The last day on which it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    pub source: String,
}

vocabulary! {
    MeetingState { Planned = "planned", Held = "held", Cancelled = "cancelled" }
}

/// A meeting of a body, from the invitation to the minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Meeting {
    pub id: Id,
    #[schemars(extend("x-refers" = "bodies"))]
    pub body: Id,
    pub title: Text,
    pub date: Date,
    #[serde(default)]
    pub place: Text,
    pub state: MeetingState,
    #[serde(default)]
    pub agenda: Text,
    /// Papers, by title and where they lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<String>,
    #[serde(default)]
    pub minutes: Text,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// How many women and men of an institution were at a meeting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Presence {
    pub id: Id,
    #[schemars(extend("x-refers" = "meetings"))]
    pub meeting: Id,
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Id,
    pub women: u32,
    pub men: u32,
}

/// Something that a member wants a body to talk about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Proposal {
    pub id: Id,
    #[schemars(extend("x-refers" = "bodies"))]
    pub body: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    pub date: Date,
    pub title: Text,
    #[serde(default)]
    pub reason: Text,
    pub state: TaskState,
    /// What became of it.
    #[serde(default)]
    pub closed: Text,
}

vocabulary! {
    TaskState { Open = "open", Done = "done", Dropped = "dropped" }
}

/// Something that an institution has to do by a day, because of a decision or on its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    pub id: Id,
    pub title: Text,
    #[schemars(extend("x-refers" = "institutions"))]
    pub owner: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    pub state: TaskState,
    /// Why it was closed.
    #[serde(default)]
    pub closed: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "decisions"))]
    pub decision: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub node: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Option<Id>,
    /// The cost line it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "cost_lines"))]
    pub cost_line: Option<Id>,
    /// For a record of any other kind: its kind, as the name of the package's file without `.csv`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about_kind: String,
    /// The id of that record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The finding that it settles, as the page of findings names it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub finding: String,
    /// What that finding said when the task was closed; once it says something else it is open again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub finding_said: String,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

impl Task {
    /// The record of any kind that it is about.
    pub fn subject(&self) -> Option<(Kind, &str)> {
        let kind = Kind::of_package().find(|kind| kind.code() == self.about_kind)?;
        (!self.about.is_empty()).then_some((kind, self.about.as_str()))
    }
}

vocabulary! {
    Colour { Good = "good", Mixed = "mixed", Poor = "poor", Unclear = "unclear" }
}

/// A civil-society reading of a node or an indicator, beside the official one, and the answer to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rating {
    pub id: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "nodes"))]
    pub node: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "indicators"))]
    pub indicator: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub institution: Option<Id>,
    pub date: Date,
    pub rating: Colour,
    pub reason: Text,
    /// Evidence in words or as an address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    #[serde(default)]
    pub answer: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Date>,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

vocabulary! {
    OccasionKind { Window = "window", Meeting = "meeting", Budget = "budget", Report = "report" }
}

/// A date of the plan's year that comes back every year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Occasion {
    pub id: Id,
    pub title: Text,
    /// Whether the Khmer wording was approved by a native reader.
    #[serde(default)]
    pub khmer: KhmerStatus,
    pub kind: OccasionKind,
    /// First day as month and day: `04-01`.
    pub first: String,
    /// Last day as month and day; empty for one day.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last: String,
    /// For a date of the budget calendar: how many years after that day the budget year begins to which it belongs, 1 for
    /// next year's budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years_ahead: Option<u8>,
    #[serde(default)]
    pub note: Text,
    pub source: String,
}

/// A node of the national plan that an area has chosen for its own, and how it adapts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    pub id: Id,
    #[schemars(extend("x-refers" = "areas"))]
    pub area: Id,
    #[schemars(extend("x-refers" = "nodes"))]
    pub node: Id,
    /// What is different here; empty where the national wording was only copied.
    #[serde(default)]
    pub adaptation: Text,
    /// The area's own aim, in words.
    #[serde(default)]
    pub target: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-refers" = "institutions"))]
    pub lead: Option<Id>,
    /// Made up for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}
