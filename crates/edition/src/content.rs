//! What an edition says: the public part of the plan as it stood after an entry of the ledger, with every count that may
//! be told and a mark where one may not. Refuses to know the ledger, the numbers behind a mark, and how anything looks.

use std::sync::Arc;

use romduol_locale::Locale;
use romduol_plan::alike::Alike;
use romduol_plan::amount::Amount;
use romduol_plan::computed::ByProgram;
use romduol_plan::kinds::{self, EditionTable, Id, Indicator, Override, Target};
use romduol_plan::status::Status;
pub use romduol_plan::totals::unknown;
use romduol_plan::{Completeness, Date, Lang, Period, Text};
use romduol_report::Block;
use serde::{Deserialize, Serialize};

pub use crate::figure::Figure;

/// An edition as it is published: a number and a day, and what was approved under them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub number: u32,
    pub date: Date,
    /// The edition since which the structures of its open data are as they are; none for editions of earlier versions of
    /// the program, whose structures were numbered with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structures: Option<u32>,
    /// What it changes in what earlier editions said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Difference>,
    #[serde(flatten)]
    pub body: Body,
}

/// What is approved: the same position and choice give the same body, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    pub position: u64,
    /// The fingerprint of the ledger's chain at the position; none where an earlier version of the program wrote that
    /// entry, for the fingerprint would then tell whether a guess of what it says is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
    /// The last period that is told.
    pub until: Period,
    /// It holds made-up numbers and says so on every page.
    pub demonstration: bool,
    /// What is new, in the words of who prepared it.
    #[serde(default)]
    pub note: Text,
    /// Names and versions of the rules by which numbers and statuses came about.
    pub rules: Vec<(String, String)>,
    /// Returns up to the last period that nobody had verified; none of their numbers is in here.
    pub waiting: u32,
    pub plan: kinds::Plan,
    pub areas: Vec<kinds::Area>,
    pub institutions: Vec<kinds::Institution>,
    pub dimensions: Vec<kinds::Dimension>,
    pub categories: Vec<kinds::Category>,
    pub nodes: Vec<kinds::Node>,
    pub tables: Vec<EditionTable>,
    pub indicators: Vec<Measured>,
    /// Money, commitments, decisions, late reports: each written in every language.
    pub sections: Vec<Section>,
    /// The actions that have a price, where the section of money is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costed: Vec<CostedAction>,
}

/// An action with its price and the money that can be counted on, all in one currency by the rates of their days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostedAction {
    pub node: Id,
    pub currency: kinds::Currency,
    /// What it needs in each year, in their order.
    pub need: Vec<(i32, Amount)>,
    pub payments: Vec<Payment>,
    /// The institutions that carry its costs.
    pub payers: Vec<Id>,
    /// The gender equality marker of its cost lines; none where nobody screened them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dac: Option<kinds::DacMarker>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub illustrative: bool,
}

/// An amount where it is now: committed, released or spent, but only one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    pub fund: Id,
    pub name: Text,
    pub kind: kinds::FundKind,
    pub state: kinds::Ladder,
    pub amount: Amount,
    pub date: Date,
}

/// An indicator and what may be told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub indicator: Indicator,
    pub targets: Vec<Target>,
    pub standing: Standing,
    pub protection: Protection,
    /// Each place, period and group once, in order of [`Observation::key`].
    pub observations: Vec<Observation>,
    /// What of the chosen tables is not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Withheld>,
}

/// A part of a table that is not told, because of what earlier editions told; all of an indicator if nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Withheld {
    pub periods: Vec<Period>,
    /// Whether it is broken down by places.
    #[serde(default)]
    pub places: bool,
    /// Dimensions or categories that it is broken down by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Id>,
}

/// How it stands at the end of the last period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// None where the value it rests on is hidden, for the status would tell about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Status>,
    /// A status set by a person, with the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<Override>,
    /// The period of the observation that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

/// By which rule small counts were protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Counts below it are small; 0 where nothing had to be protected.
    pub k: u32,
    /// Whether 0 is a small count, too.
    pub zeros: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    pub area: Id,
    pub period: Period,
    /// One for each dimension that it is broken down by; [`unknown`] where it was not stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Id>,
    pub figure: Figure,
    /// How many of how many units have reported; none for a figure of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<(u32, u32)>,
    /// What has come in of a value of which not all has; none for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Completeness>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub illustrative: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Printed>,
    /// How the program counted it in the plan's own records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_program: Option<ByProgram>,
}

/// The figure of a document that a number was taken from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Printed {
    pub evidence: Id,
    pub section: String,
    pub cited: String,
}

/// A page of its own, written in a language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    pub id: kinds::EditionSection,
    pub lang: Lang,
    pub blocks: Vec<Block>,
}

/// A number that an earlier edition told otherwise, or what came and went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub indicator: Id,
    /// None where the indicator as a whole came or went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Key>,
    pub before: Told,
    pub after: Told,
}

/// What an edition told at a place, as far as a list of changes needs it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    Nothing,
    /// The indicator as a whole is in it.
    Present,
    Hidden,
    Value(f64),
}

/// Where an observation belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub area: Id,
    pub period: Period,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Id>,
}

impl Withheld {
    /// In words, with the names of its periods and of what it is broken down by.
    pub fn name(&self, locale: &Locale, periods: Vec<String>, name: impl Fn(&Id) -> String) -> String {
        let by = self.places.then(|| locale.t("place")).into_iter().chain(self.groups.iter().map(name));
        let by: Vec<String> = by.collect();
        let by = if by.is_empty() { locale.t("edition-all-tables") } else { by.join(" × ") };
        if periods.is_empty() { by } else { format!("{by}: {}", periods.join(", ")) }
    }
}

impl Observation {
    #[must_use]
    pub fn key(&self) -> Key {
        Key { area: self.area.clone(), period: self.period, categories: self.categories.clone() }
    }

    #[must_use]
    pub fn told(&self) -> Told {
        self.value().map_or(Told::Hidden, Told::Value)
    }

    /// The sign before the number: what of a sum has come is the least that it can be.
    #[must_use]
    pub fn sign(&self) -> &'static str {
        self.incomplete.as_ref().filter(|_| self.figure != Figure::Hidden).map_or("", Completeness::sign)
    }

    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.figure.numbers().map(|numbers| numbers.value)
    }
}

impl Measured {
    /// The values of the whole plan's area over time, not broken down; oldest first.
    pub fn over_time<'a>(&'a self, country: &'a str) -> impl Iterator<Item = &'a Observation> {
        self.observations.iter().filter(move |at| at.area == country && at.categories.is_empty())
    }

    /// The observation that the standing rests on.
    #[must_use]
    pub fn standing_at<'a>(&'a self, country: &'a str) -> Option<&'a Observation> {
        let period = self.standing.period?;
        self.over_time(country).find(|at| at.period == period)
    }

    /// Two values of the whole area over the places that were told in both periods and are whole there: like compared with
    /// like, from nothing but numbers that are told. None where some of them are hidden or nothing is incomplete.
    #[must_use]
    pub fn alike(&self, country: &str, areas: &[kinds::Area]) -> Option<Alike> {
        let now = self.standing_at(country)?;
        let before = self.over_time(country).find(|at| at.period == now.period.previous())?;
        if (now.incomplete.is_none() && before.incomplete.is_none()) || self.indicator.place != kinds::PlaceRule::Sum {
            return None;
        }
        let parts = |at: &&Observation| {
            let parent = areas.iter().find(|area| area.id == at.area).and_then(|area| area.parent.as_deref());
            at.categories.is_empty() && parent == Some(country)
        };
        let of = |period: Period| self.observations.iter().filter(parts).filter(move |at| at.period == period);
        if of(now.period).chain(of(before.period)).any(|at| at.figure == Figure::Hidden) {
            return None;
        }
        let whole = |at: &&Observation| at.incomplete.is_none();
        let pairs: Vec<(f64, f64, &str)> = of(now.period)
            .filter(whole)
            .filter_map(|at| {
                let earlier = of(before.period).filter(whole).find(|earlier| earlier.area == at.area)?;
                Some((earlier.value()?, at.value()?, at.area.as_str()))
            })
            .collect();
        let level = |id: &str| areas.iter().find(|area| area.id == id).map(|area| area.level);
        let first = pairs.first().and_then(|(.., id)| level(id));
        let (was, is) = pairs.iter().fold((0.0, 0.0), |(was, is), pair| (was + pair.0, is + pair.1));
        let level = first.filter(|first| pairs.iter().all(|(.., id)| level(id) == Some(*first)));
        (!pairs.is_empty()).then_some(Alike { units: pairs.len(), level, before: before.period, was, now: is })
    }

    /// The last target of the whole plan's area.
    #[must_use]
    pub fn last_target(&self, country: &str) -> Option<&Target> {
        let counts = |t: &&Target| t.kind == kinds::TargetKind::Target && t.area == country && t.categories.is_empty();
        self.targets.iter().filter(counts).max_by_key(|target| target.period)
    }

    /// The status as it is shown: a person's with a reason before the computed one.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.standing.official.as_ref().map(|set| set.status).or(self.standing.computed)
    }

    #[must_use]
    pub fn hidden(&self) -> usize {
        self.observations.iter().filter(|at| at.figure == Figure::Hidden).count()
    }
}

impl Body {
    #[must_use]
    pub fn country(&self) -> &str {
        &self.plan.area
    }

    /// The body as it is hashed, approved and kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("records hold only strings, numbers, lists and objects")
    }
}

impl Content {
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("records hold only strings, numbers, lists and objects")
    }

    #[must_use]
    pub fn find(&self, indicator: &str) -> Option<&Measured> {
        self.body.indicators.iter().find(|measured| measured.indicator.id == indicator)
    }

    /// The names of a place, an institution, a node or a category; empty where there is none.
    #[must_use]
    pub fn name(&self, id: &str) -> Text {
        let body = &self.body;
        let names = body.areas.iter().map(|area| (&area.id, &area.name));
        let names = names.chain(body.institutions.iter().map(|body| (&body.id, &body.name)));
        let names = names.chain(body.nodes.iter().map(|node| (&node.id, &node.title)));
        let names = names.chain(body.categories.iter().map(|category| (&category.id, &category.name)));
        names.into_iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// Records are shared in a state and owned in an edition.
#[must_use]
pub fn owned<'a, T: Clone + 'a>(records: impl Iterator<Item = &'a Arc<T>>) -> Vec<T> {
    records.map(|record| T::clone(record)).collect()
}
