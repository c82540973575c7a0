//! What is protected in an edition, and with what: the counts of every indicator, those that are the same people as one, and
//! everything beside tables that tells them. Refuses to know how a number is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use romduol_disclosure::{Effort, Policy, Released};
use romduol_edition::content::Key;
use romduol_plan::Period;
use romduol_plan::kinds::*;

use super::about::{People, dominated, people_of};
use super::compose::DISCLOSURE_VERSION;
use super::counts::{self, Counts, NotACount, places_of};
use super::job::Progress;
use super::numbers::Work;
use super::overlapping::{Overlap, measure_of};
use super::printed::Prints;
use super::protect::{self, Bond, Measure, Wanted};
use super::remembered::{Remembered, Years};
use super::same_people::{Kinship, Pair as Kin};
use super::worked_out::Done;

/// An indicator whose small counts are to be hidden: what was counted, and which tables are wanted of it.
pub(crate) struct Plan {
    pub counts: Counts,
    /// The places, whole years and periods that are told.
    pub places: Vec<Id>,
    pub years: Vec<Period>,
    pub periods: Vec<Period>,
    pub wanted: Vec<Wanted>,
    pub prints: Prints,
    /// Cells that are secret although they count many.
    secrets: Vec<(Id, Period)>,
    k: u32,
    /// Whether it is told itself.
    pub told: bool,
    known: Known,
}

/// Of when what is known of an indicator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Today,
    /// It was told before, and cannot be counted now.
    Before,
}

/// Every cell that is told by whatever way, with a count of it.
pub(crate) type ToldCells = BTreeMap<Key, Released>;

/// The counts of one indicator as they may be told.
pub(crate) struct Shielded {
    pub done: Done,
    /// Below it counts are small: that of the strictest of those that were protected together.
    pub k: u32,
    pub told: ToldCells,
    /// Its categories that overlap others.
    pub categories: BTreeMap<Id, Overlap>,
}

impl Shielded {
    /// What was worked out for it, by the names of measures.
    pub fn measures(self, indicator: &str) -> Vec<(String, Done)> {
        let categories = self.categories.into_iter();
        let categories = categories.map(|(category, own)| (measure_of(indicator, &category), own.done));
        categories.chain([(indicator.to_string(), self.done)]).collect()
    }
}

/// All counts of an edition.
pub(crate) struct Pool {
    plans: BTreeMap<Id, Plan>,
    /// Indicators that are told and of whose numbers one is none of people.
    not_counts: BTreeMap<Id, NotACount>,
    pub kinship: Kinship,
    people: BTreeMap<Id, People>,
    effort: Effort,
}

impl Pool {
    /// Reads the counts of every indicator that is told, and of those that were told before or are behind one that is.
    pub fn of(work: Work, told: &[&Arc<Indicator>]) -> Pool {
        let about: Vec<(&Arc<Indicator>, &Indicator)> =
            told.iter().filter(|one| !one.is_counted()).filter_map(|one| Some((*one, people_of(work, one)?))).collect();
        let is_told: BTreeSet<&Id> = told.iter().map(|one| &one.id).collect();
        let behind: BTreeSet<&Id> = about.iter().map(|(_, people)| &people.id).collect();
        let needed = |one: &&Arc<Indicator>| {
            let known = work.memory.0.contains_key(&one.id) || behind.contains(&one.id) || is_told.contains(&one.id);
            known && one.k > 1 && one.is_counted() && one.computed.is_none() && one.class != Class::Prohibited
        };
        let needed: Vec<&Arc<Indicator>> = work.view.state.all::<Indicator>().filter(needed).collect();
        let read = |one: &&Arc<Indicator>| (one.id.clone(), plan(work, one, is_told.contains(&one.id)));
        let read: Vec<(Id, Result<Plan, NotACount>)> = needed.par_iter().map(read).collect();
        let (mut plans, mut not_counts) = (BTreeMap::new(), BTreeMap::new());
        for (id, read) in read {
            match read {
                Ok(plan) if plan.counts.at.is_empty() => {}
                Ok(plan) => drop(plans.insert(id, plan)),
                Err(not) if is_told.contains(&id) => drop(not_counts.insert(id, not)),
                // What is not told stops nothing; what was told of it is known all the same.
                Err(_) => {}
            }
        }
        let mut people = BTreeMap::new();
        for (one, behind) in about {
            let Some(plan) = plans.get_mut(&behind.id) else { continue };
            let (own, wanted) = People::of(work, one, behind, &mut plan.counts);
            plan.wanted.extend(wanted);
            plan.secrets.extend(dominated(work, one, &plan.counts));
            people.insert(one.id.clone(), own);
        }
        for (id, before) in work.memory.0.iter().filter(|(measure, _)| !measure.contains(':')) {
            if !plans.contains_key(id) {
                plans.extend(left(work, id, before, is_told.contains(id)).map(|plan| (id.clone(), plan)));
            }
        }
        let kinship = Kinship::of(work.view.state, plans.iter().map(|(id, plan)| (id, &plan.counts)));
        let cells = plans.values().flat_map(|plan| plan.wanted.iter().map(|wanted| wanted.cells(&plan.counts))).sum();
        Pool { plans, not_counts, kinship, people, effort: Effort::for_cells(cells) }
    }

    pub fn plan(&self, indicator: &str) -> Option<&Plan> {
        self.plans.get(indicator)
    }

    pub fn not_a_count(&self, indicator: &str) -> Option<&NotACount> {
        self.not_counts.get(indicator)
    }

    pub fn people(&self, indicator: &str) -> Option<&People> {
        self.people.get(indicator)
    }

    /// Protects everything, each set on whichever core is free: sets share nothing but the effort, which is meant for the
    /// edition as a whole.
    pub fn protect(&self, work: Work, progress: &Progress) -> BTreeMap<Id, Shielded> {
        let sets = self.kinship.sets(self.plans.keys());
        let protect = |set: &BTreeSet<Id>| {
            let members: Vec<(&Id, &Plan)> = set.iter().filter_map(|id| self.plans.get_key_value(id)).collect();
            let done = self.protect_set(work, &members);
            members.iter().filter(|(_, plan)| plan.told).for_each(|_| progress.step());
            done
        };
        let done: Vec<Vec<(Id, Shielded)>> = sets.par_iter().map(protect).collect();
        done.into_iter().flatten().collect()
    }

    fn protect_set(&self, work: Work, members: &[(&Id, &Plan)]) -> Vec<(Id, Shielded)> {
        if members.iter().all(|(_, plan)| plan.wanted.is_empty()) {
            return Vec::new();
        }
        // People whom a restricted indicator counts are protected by its rule wherever they are counted.
        let k = members.iter().map(|(_, plan)| plan.k).max().unwrap_or_default();
        let asked: Vec<Asking> = members
            .iter()
            .map(|(id, plan)| Asking {
                indicator: id,
                name: (*id).clone(),
                counts: &plan.counts,
                wanted: &plan.wanted,
                secrets: &plan.secrets,
            })
            .collect();
        let done = self.ask(work, &asked, &self.kinship.pairs, k);
        let mut categories = self.protect_categories(work, members, k);
        let shielded = |((id, _), done): (&(&Id, &Plan), Done)| {
            let told = done.protected.told.iter().filter_map(|cell| {
                let (area, period, categories) = (cell.area.clone(), cell.period, cell.categories.clone());
                Some((Key { area, period, categories }, cell.counts?.any()?))
            });
            let categories = categories.remove(*id).unwrap_or_default();
            ((*id).clone(), Shielded { told: told.collect(), k, done, categories })
        };
        members.iter().zip(done).map(shielded).collect()
    }

    /// Categories that overlap others, by indicator: those of one name together, for indicators that count the same people
    /// count the same people in it.
    fn protect_categories(&self, work: Work, members: &[(&Id, &Plan)], k: u32) -> BTreeMap<Id, BTreeMap<Id, Overlap>> {
        let mut all: BTreeMap<Id, Vec<Category>> = BTreeMap::new();
        for category in members.iter().flat_map(|(id, plan)| plan.categories(work, id)) {
            all.entry(category.id.clone()).or_default().push(category);
        }
        let pairs = self.kinship.of_categories();
        let mut found: BTreeMap<Id, BTreeMap<Id, Overlap>> = BTreeMap::new();
        for (id, mut own) in all {
            own.retain(|one| !one.wanted.is_empty() || work.memory.0.contains_key(&measure_of(&one.indicator, &id)));
            if own.iter().all(|one| one.wanted.is_empty()) {
                continue;
            }
            let done = self.ask(work, &own.iter().map(Category::asking).collect::<Vec<_>>(), &pairs, k);
            for (one, done) in own.into_iter().zip(done) {
                found.entry(one.indicator).or_default().insert(id.clone(), Overlap { counts: one.counts, done });
            }
        }
        found
    }

    /// Protects measures together, each after what was told of it.
    fn ask(&self, work: Work, asked: &[Asking], pairs: &[Kin], k: u32) -> Vec<Done> {
        let policy = Policy { effort: Some(self.effort), ..protect::policy(k) };
        let nothing = Remembered::default();
        let measures = asked.iter().map(|one| Measure {
            counts: one.counts,
            wanted: one.wanted,
            secrets: one.secrets,
            policy,
            before: work.memory.0.get(&one.name).unwrap_or(&nothing),
        });
        let measures: Vec<Measure> = measures.collect();
        let place = |id: &Id| asked.iter().position(|one| one.indicator == id);
        let bond = |pair: &Kin| {
            let (one, other) = (place(&pair.one.0)?, place(&pair.other.0)?);
            Some(Bond { whole: (other, pair.other.1), part: (one, pair.one.1), same: pair.same })
        };
        let bonds: Vec<Bond> = pairs.iter().filter_map(bond).collect();
        let names: Vec<&str> = asked.iter().map(|one| one.name.as_str()).collect();
        let edition = work.edition();
        let input = (DISCLOSURE_VERSION, &measures, &bonds, &edition);
        Done::of(work.before, &names, &input, || protect::protect(&measures, &bonds, &edition))
    }
}

/// An indicator that was told before and cannot be counted now: its kind or its rule changed, one of its numbers is none of
/// people, its returns are gone, or the plan knows it no more. What was told of it stays known, and numbers of the same people
/// are held against it; nothing is told of it but what is printed.
fn left(work: Work, id: &Id, before: &Remembered, told: bool) -> Option<Plan> {
    let indicator = work.view.state.find::<Indicator>(id);
    let years = match indicator.map(|indicator| indicator.time) {
        None | Some(TimeRule::Sum) => Years::Sums,
        Some(TimeRule::RunningTotal) => Years::RunningTotals,
        Some(_) => Years::Apart,
    };
    let mut counts = before.left(years, |level| places_of(work.view.state, level, &work.country()))?;
    let k = before.k().into_iter().chain(indicator.map(|indicator| indicator.k)).max().unwrap_or_default();
    let mut prints = Prints::default();
    if let Some(indicator) = indicator.filter(|one| told && one.is_counted()) {
        prints = Prints::of(work, indicator, Some(&mut counts));
    }
    let wanted = prints.wanted(&work.country()).into_iter().collect();
    let (places, years, periods, secrets) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Some(Plan { counts, places, years, periods, wanted, prints, secrets, k, told, known: Known::Before })
}

impl Plan {
    /// The categories of an indicator that overlap others: those that are counted, and those that were told.
    fn categories(&self, work: Work, indicator: &Id) -> Vec<Category> {
        let of = |id: Id, counts, wanted| Category { id, indicator: indicator.clone(), counts, wanted };
        let today = work.view.state.find::<Indicator>(indicator).filter(|_| self.known == Known::Today);
        let today = today.map(|indicator| work.categories(indicator, &self.counts)).unwrap_or_default();
        let own = work.memory.0.iter().filter_map(|(measure, before)| Some((measure.split_once(':')?, before)));
        let gone = own.filter(|((own, id), _)| own == indicator && !today.contains_key(*id));
        let places = |level| places_of(work.view.state, level, &work.country());
        let gone = gone
            .filter_map(|((_, id), before)| Some(of(id.to_string(), before.left(Years::Sums, places)?, Vec::new())));
        let mut all: Vec<Category> = gone.collect();
        all.extend(today.into_iter().map(|(id, counts)| of(id, counts, work.wanted_of_category(self))));
        all
    }
}

/// A category of an indicator that overlaps others.
struct Category {
    id: Id,
    indicator: Id,
    counts: Counts,
    wanted: Vec<Wanted>,
}

impl Category {
    fn asking(&self) -> Asking<'_> {
        let name = measure_of(&self.indicator, &self.id);
        Asking { indicator: &self.indicator, name, counts: &self.counts, wanted: &self.wanted, secrets: &[] }
    }
}

/// What is asked of an indicator or of one of its categories.
struct Asking<'a> {
    indicator: &'a Id,
    /// Under which it is remembered.
    name: String,
    counts: &'a Counts,
    wanted: &'a [Wanted],
    secrets: &'a [(Id, Period)],
}

/// The counts are read as finely and as far as they ever were told, whatever is wanted now: what was told before can only be
/// held against that.
fn plan(work: Work, indicator: &Indicator, told: bool) -> Result<Plan, NotACount> {
    let lowest = counts::lowest(work.view.state, indicator, work.choice.level);
    let (level, until) = work.memory.reach(&indicator.id, lowest, work.choice.until);
    let counts = counts::counts(work.view, indicator, level, until)?;
    let places = match level == lowest {
        true => counts.places.shown(),
        false => counts::places(work.view, indicator, lowest, &work.country()).shown(),
    };
    let in_time = |period: &Period| period.last_month() <= work.choice.until.last_month();
    let years: Vec<Period> = counts.years.iter().map(|(year, _)| *year).filter(in_time).collect();
    let periods: Vec<Period> = counts.periods.iter().copied().filter(in_time).collect();
    let (wanted, prints, secrets) = (Vec::new(), Prints::default(), Vec::new());
    let (k, known) = (indicator.k, Known::Today);
    let mut plan = Plan { counts, places, years, periods, wanted, prints, secrets, k, told, known };
    if told && !plan.counts.at.is_empty() {
        plan.wanted = work.wanted(&plan.places, &plan.periods, &plan.years, plan.counts.dimensions.len());
        plan.prints = Prints::of(work, indicator, Some(&mut plan.counts));
        plan.wanted.extend(plan.prints.wanted(&work.country()));
    }
    Ok(plan)
}
