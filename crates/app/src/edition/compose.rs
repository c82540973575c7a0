//! Composes what an edition says from a snapshot: the public records, every number that may be told, and the sections.
//! Refuses to know who asks and where the result is kept. The same snapshot and choice give the same body.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use romduol_disclosure::Effort;
use romduol_edition::content::{Body, Key, Measured, owned};
use romduol_plan::kinds::{self, *};
use romduol_plan::status::RULE_VERSION;
use romduol_plan::{Say, State};
use serde::{Deserialize, Serialize};

use super::costed::costed;
use super::numbers::{self, Gathered, Work};
use super::protect::Remembered;
use super::sections;
use crate::{AppError, Snapshot};

/// The rule by which counts are protected; a change of it is a new version.
const DISCLOSURE_VERSION: &str = "1";
/// The rule by which numbers are rolled up.
const ROLL_UP_VERSION: &str = "1";

/// What is remembered between editions, by indicator or indicator and category. A secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory(pub BTreeMap<String, Remembered>);

/// What became of an edition's numbers, for those who may know.
pub struct Composed {
    pub body: Body,
    pub(crate) memory: Memory,
    pub explained: Vec<Explained>,
}

/// Why cells of an indicator are hidden. A secret.
pub struct Explained {
    pub indicator: Id,
    pub k: u32,
    /// How many of its cells are told.
    pub shown: usize,
    pub hidden: Vec<HiddenCell>,
    /// Dimension, code, and how many per cent of its cells are hidden: where a coarser table would tell more.
    pub coarser: Vec<(String, String, usize)>,
    /// Dimension, and how many cells would be told and hidden if its smallest parts were left out; if it was asked.
    pub instead: Vec<(String, usize, usize)>,
}

/// A cell that is hidden, and what would be known if it were not. A secret.
pub struct HiddenCell {
    pub at: Key,
    pub reason: Reason,
    /// The small counts that it protects; if it was asked.
    pub protects: Vec<Key>,
    /// The sum in which it stands with one of them; if it was asked.
    pub sum: Option<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is a small count.
    Small,
    /// It would tell a small count.
    Protects,
    /// It was hidden in an earlier edition.
    Earlier,
}

/// Composes the edition as it was chosen, after all that earlier editions told.
pub(crate) fn compose(
    snapshot: &Snapshot,
    choice: &Edition,
    memory: &Memory,
    explain: bool,
) -> Result<Composed, AppError> {
    // The day of its preparation is a part of the choice: an edition is the same whenever it is composed.
    let today = choice.prepared;
    let view = snapshot.view(choice.demonstration);
    let state = view.state;
    let plan = state.plan().ok_or_else(|| AppError::Bad(Say::new("refused-no-plan")))?;
    let waiting = state.pending().filter(|r| r.period.last_month() <= choice.until.last_month()).count();
    if waiting > 0 && !choice.without_waiting {
        let say = Say::new("refused-edition-waiting").number("count", waiting as f64).period("period", choice.until);
        return Err(AppError::Bad(say));
    }
    let gathered = gather(Work { view, choice, memory, explain })?;
    let mut memory = memory.clone();
    let (mut indicators, mut explained) = (Vec::new(), Vec::new());
    for own in gathered {
        indicators.push(own.measured);
        memory.0.extend(own.memory.0);
        explained.extend(own.explained);
    }
    let body = Body {
        position: snapshot.head.seq,
        chain: snapshot.head.hash.clone(),
        until: choice.until,
        demonstration: choice.demonstration,
        note: choice.note.clone(),
        rules: rules(),
        waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        plan: kinds::Plan::clone(plan),
        areas: areas(state, &indicators, &plan.area),
        institutions: owned(state.all::<Institution>()),
        dimensions: owned(state.all::<Dimension>()),
        categories: owned(state.all::<Category>()),
        nodes: owned(state.all::<Node>()),
        tables: choice.tables.clone(),
        indicators,
        sections: sections::write(snapshot, choice, today),
        costed: match choice.sections.contains(&EditionSection::Money) {
            true => costed(state, choice.demonstration),
            false => Vec::new(),
        },
    };
    Ok(Composed { body, memory, explained })
}

/// Every indicator that is told, each on whichever core is free: they share nothing but the effort, which is meant for
/// the edition as a whole.
fn gather(work: Work) -> Result<Vec<Gathered>, AppError> {
    let all = work.view.state.all::<Indicator>();
    let told = all.filter(|i| i.class != Class::Prohibited && !work.choice.leave_out.contains(&i.id));
    let told: Vec<&Arc<Indicator>> = told.collect();
    let plans = told.par_iter().map(|indicator| work.plan(indicator)).collect::<Result<Vec<_>, _>>()?;
    let effort = Effort::for_cells(plans.iter().flatten().map(numbers::Plan::cells).sum());
    let both = told.par_iter().zip(&plans);
    both.map(|(indicator, plan)| work.gather(indicator, plan.as_ref(), effort)).collect()
}

fn rules() -> Vec<(String, String)> {
    let rules = [("roll-up", ROLL_UP_VERSION), ("status", RULE_VERSION), ("disclosure", DISCLOSURE_VERSION)];
    rules.map(|(rule, version)| (rule.to_string(), version.to_string())).into()
}

/// The places that any number speaks of, and those that contain them.
fn areas(state: &State, indicators: &[Measured], country: &str) -> Vec<Area> {
    let told = indicators.iter().flat_map(|measured| &measured.observations).map(|at| at.area.as_str());
    let named: BTreeSet<&str> = told.chain([country]).collect();
    let ids: BTreeSet<&Id> = named.iter().flat_map(|id| state.ancestry(id)).map(|area| &area.id).collect();
    owned(state.all::<Area>().filter(|area| ids.contains(&area.id)))
}
