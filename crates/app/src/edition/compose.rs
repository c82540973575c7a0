//! Composes what an edition says from a snapshot: the public records, every number that may be told, and the sections.
//! Refuses to know who asks and where the result is kept. The same snapshot and choice give the same body.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use romduol_edition::content::{Body, Key, Measured, Withheld, owned};
use romduol_plan::kinds::{self, *};
use romduol_plan::status::RULE_VERSION;
use romduol_plan::{Kind, Period, Say, State};
use serde::{Deserialize, Serialize};

use super::costed::costed;
use super::job::Progress;
use super::numbers::{Gathered, Work};
use super::pool::Pool;
use super::printed::PrintWithheld;
use super::same_people::{Contradiction, Kinship, Question};
use super::withheld::Cause;
use super::worked_out::{Done, Memory, WorkedOut};
use super::{sections, words};
use crate::{AppError, Snapshot};

/// The rule by which counts are protected; a change of it is a new version.
pub(super) const DISCLOSURE_VERSION: &str = "5";
/// The rule by which numbers are rolled up.
const ROLL_UP_VERSION: &str = "1";

/// What became of an edition's numbers, for those who may know.
pub struct Composed {
    pub body: Body,
    /// What was worked out for it.
    pub(crate) measures: BTreeMap<String, Done>,
    pub explained: Vec<Explained>,
    /// Numbers that look like the same people, and nobody said so.
    pub questions: Vec<Question>,
    /// What the plan says of numbers of the same people, and the data contradict.
    pub contradictions: Vec<Contradiction>,
    /// Sentences that tell a small number of people or name a place beside one, each with the record that it stands in.
    pub sentences: Vec<((Kind, Id), String)>,
}

/// Why cells of an indicator are hidden. A secret.
pub struct Explained {
    pub indicator: Id,
    pub k: u32,
    /// How many of its cells are told.
    pub shown: usize,
    pub hidden: Vec<HiddenCell>,
    /// What of its tables cannot come out, and why.
    pub withheld: Vec<(Withheld, Cause)>,
    /// Figures and baselines that would have told some of what is hidden.
    pub unprinted: Vec<PrintWithheld>,
    /// Dimension, code, and how many per cent of its cells are hidden: where a coarser table would tell more.
    pub coarser: Vec<(String, String, usize)>,
    /// Dimension, and how many cells would be told and hidden if its smallest parts were left out; if it was asked.
    pub instead: Vec<(String, usize, usize)>,
}

impl Explained {
    /// Nothing is known yet.
    pub(super) fn of(indicator: &Indicator, k: u32) -> Self {
        Self {
            indicator: indicator.id.clone(),
            k,
            shown: 0,
            hidden: Vec::new(),
            withheld: Vec::new(),
            unprinted: Vec::new(),
            coarser: Vec::new(),
            instead: Vec::new(),
        }
    }
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// It is a small count.
    Small,
    /// It would tell a small count.
    Protects,
    /// It was hidden in an earlier edition.
    Earlier,
}

/// Composes the edition as it was chosen, after all that earlier editions told. What was worked out for it before is taken
/// where its input is the same.
pub(crate) fn compose(
    snapshot: &Snapshot,
    choice: &Edition,
    memory: &Memory,
    before: &WorkedOut,
    progress: &Progress,
) -> Result<Composed, AppError> {
    // The day of its preparation is a part of the choice: an edition is the same whenever it is composed.
    let today = choice.prepared;
    let view = snapshot.view(choice.demonstration);
    let state = view.state;
    let plan = state.plan().ok_or_else(|| AppError::Bad(Say::new("refused-no-plan")))?;
    let waiting = waiting(state, choice.until, choice.without_waiting)?;
    let (gathered, kinship, measures) = gather(Work { view, choice, memory, before }, progress);
    let (mut indicators, mut explained) = (Vec::new(), Vec::new());
    for own in gathered {
        indicators.push(own.measured);
        explained.extend(own.explained);
    }
    let body = Body {
        position: snapshot.head.seq,
        chain: snapshot.fingerprint().map(str::to_string),
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
    let (questions, contradictions) = (kinship.questions, kinship.contradictions);
    let sentences = words::small_counts(state, &body, choice);
    Ok(Composed { body, measures, explained, questions, contradictions, sentences })
}

/// How many returns of the time that is told wait for verification, if it may come out without them.
pub(super) fn waiting(state: &State, until: Period, without: bool) -> Result<usize, AppError> {
    let waiting = state.pending().filter(|r| r.period.last_month() <= until.last_month()).count();
    if waiting > 0 && !without {
        let say = Say::new("refused-edition-waiting").number("count", waiting as f64).period("period", until);
        return Err(AppError::Bad(say));
    }
    Ok(waiting)
}

/// Every indicator that is told, with what counts of the same people say of each other, and what was worked out for them.
fn gather(work: Work, progress: &Progress) -> (Vec<Gathered>, Kinship, BTreeMap<String, Done>) {
    let all = work.view.state.all::<Indicator>();
    let told = all.filter(|i| i.class != Class::Prohibited && !work.choice.leave_out.contains(&i.id));
    let told: Vec<&Arc<Indicator>> = told.collect();
    let pool = Pool::of(work, &told);
    progress.expect(told.len());
    let shielded = pool.protect(work, progress);
    let gather = |indicator: &&Arc<Indicator>| {
        let gathered = work.gather(indicator, &pool, &shielded);
        if pool.plan(&indicator.id).is_none() {
            progress.step();
        }
        gathered
    };
    let gathered = told.par_iter().map(gather).collect();
    // What is not told itself may be told by what is: it is remembered, too.
    let measures = shielded.into_iter().flat_map(|(id, shield)| shield.measures(&id)).collect();
    (gathered, pool.kinship, measures)
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
