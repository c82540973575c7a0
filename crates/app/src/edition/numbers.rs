//! The numbers of an edition: which tables an indicator has, what of them may be told, and what documents say beside them.
//! Refuses to know the records around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use romduol_edition::content::{Figure, Key, Measured, Observation, Printed, Protection, Standing, Withheld, owned};
use romduol_edition::figure::Leave;
use romduol_plan::kinds::*;
use romduol_plan::readings::{Source, View};
use romduol_plan::totals::months;
use romduol_plan::{Completeness, Period};

use super::compose::{Explained, HiddenCell, Reason};
use super::counts::{Counts, NotACount, Parts};
use super::open::{LeaveAt, told};
use super::pool::{Plan, Pool, Shielded};
use super::printed::{Print, PrintWithheld, Prints};
use super::protect::{self, Outlet, Protected, Told, ToldCounts, Wanted};
use super::withheld::Cause;
use super::worked_out::{Memory, WorkedOut};

/// What the numbers of one edition are made of.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub view: View<'a>,
    pub choice: &'a Edition,
    /// What editions before this one told and hid.
    pub memory: &'a Memory,
    /// What was worked out for this one already.
    pub before: &'a WorkedOut,
}

/// What came out for one indicator.
pub(crate) struct Gathered {
    pub measured: Measured,
    pub explained: Option<Explained>,
}

/// What has been asked of the measures of one indicator so far.
pub(super) struct Asked {
    explained: Explained,
}

impl Work<'_> {
    pub(super) fn country(&self) -> Id {
        self.view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default()
    }

    /// The name of the edition among those that are remembered.
    pub(super) fn edition(&self) -> String {
        format!("e{}", self.choice.number())
    }

    /// An indicator with what may be told of it, given all counts that are.
    pub fn gather(&self, indicator: &Arc<Indicator>, pool: &Pool, shielded: &BTreeMap<Id, Shielded>) -> Gathered {
        let k = match indicator.computed {
            Some(_) => 0,
            None => indicator.k,
        };
        if k <= 1 {
            let found = self.unprotected(indicator, &|_| Some(Leave::Kind(indicator)));
            return Gathered::open(self.measured(indicator, found, 0));
        }
        if !indicator.is_counted() {
            let people = pool.people(&indicator.id).and_then(|people| Some((people, shielded.get(&people.indicator)?)));
            let told = |at: &Key| people.and_then(|(people, counts)| people.told(at, &counts.told));
            let found = self.unprotected(indicator, &|at| told(at).map(Leave::About));
            // Also where no table has its period: what it is about may be a single person.
            let hides = |period| told(&Key { area: self.country(), period, categories: Vec::new() }).is_none();
            let tells = indicator.baseline_period.is_some_and(hides);
            let mut measured = self.measured(indicator, found, k);
            if tells {
                without_baseline(&mut measured);
            }
            return Gathered::open(measured);
        }
        if let Some(not) = pool.not_a_count(&indicator.id) {
            return self.unread(indicator, not, k);
        }
        match (pool.plan(&indicator.id), shielded.get(&indicator.id)) {
            (Some(plan), Some(shield)) => self.counted(indicator, plan, shield),
            _ => self.only_printed(indicator),
        }
    }

    /// All numbers of an indicator that counts nobody itself.
    fn unprotected(&self, indicator: &Arc<Indicator>, leave: LeaveAt) -> BTreeMap<Key, Observation> {
        let mut found = self.open(indicator, leave);
        self.held(indicator, leave, &mut found);
        self.print(indicator, &mut found, &|_, _| true, leave);
        found
    }

    /// Nobody reported any of it, or no table is wanted: what documents say stands alone, and is small or not by itself.
    fn only_printed(&self, indicator: &Arc<Indicator>) -> Gathered {
        let (prints, country) = (Prints::of(*self, indicator, None), self.country());
        let may_tell = |what: &Print, period| prints.may_tell(what, period, indicator.k, &BTreeMap::new(), &country);
        let mut explained = Explained::of(indicator, indicator.k);
        let mut found = BTreeMap::new();
        let small = protect::policy(indicator.k);
        let leave = |_: &Key| Some(Leave::Document(indicator, small));
        explained.unprinted = self.print(indicator, &mut found, &may_tell, &leave);
        let mut measured = self.measured(indicator, found, indicator.k);
        self.withhold_baseline(indicator, &mut measured, &may_tell, &mut explained);
        let explained = (!explained.unprinted.is_empty()).then_some(explained);
        Gathered { measured, explained }
    }

    fn withhold_baseline(
        &self,
        indicator: &Indicator,
        measured: &mut Measured,
        may_tell: &dyn Fn(&Print, Period) -> bool,
        explained: &mut Explained,
    ) {
        if let Some(period) = indicator.baseline_period.filter(|period| !may_tell(&Print::Baseline, *period)) {
            let key = Key { area: self.country(), period, categories: Vec::new() };
            explained.unprinted.push(PrintWithheld { what: Print::Baseline, at: key });
            without_baseline(measured);
        }
    }

    /// Counts of people: what is small is hidden, and as much else as it takes.
    fn counted(&self, indicator: &Arc<Indicator>, plan: &Plan, shield: &Shielded) -> Gathered {
        let done = &shield.done.protected;
        let mut found = BTreeMap::new();
        let mut asked = Asked { explained: Explained::of(indicator, shield.k) };
        asked.note(&indicator.id, &plan.counts, done);
        for cell in done.told.iter().filter(|cell| cell.outlet == Outlet::Table) {
            self.tell(indicator, plan.counts.parts, cell.clone(), &mut found, &mut asked);
        }
        self.overlapping(indicator, shield, &mut found, &mut asked);
        asked.explained.shown = found.len() - asked.explained.hidden.len();
        asked.explained.hidden.sort_by(|a, b| a.at.cmp(&b.at));
        let country = self.country();
        let may_tell = |what: &Print, period| plan.prints.may_tell(what, period, shield.k, &shield.told, &country);
        let small = protect::policy(shield.k);
        let leave = |_: &Key| Some(Leave::Document(indicator, small));
        asked.explained.unprinted = self.print(indicator, &mut found, &may_tell, &leave);
        let mut measured = self.measured(indicator, found, shield.k);
        self.withhold_baseline(indicator, &mut measured, &may_tell, &mut asked.explained);
        measured.withheld = asked.withheld();
        Gathered { measured, explained: Some(asked.explained) }
    }

    /// One of whose numbers one is no count: nothing can be told of it, and nothing that stands beside it be held against it.
    fn unread(&self, indicator: &Arc<Indicator>, not: &NotACount, k: u32) -> Gathered {
        let mut explained = Explained::of(indicator, k);
        explained.withheld.push((Withheld::default(), Cause::NotACount(not.clone())));
        let mut found = BTreeMap::new();
        explained.unprinted = self.print(indicator, &mut found, &|_, _| false, &|_| None);
        let mut measured = self.measured(indicator, found, k);
        if indicator.baseline.is_some() {
            without_baseline(&mut measured);
        }
        measured.withheld = vec![Withheld::default()];
        Gathered { measured, explained: Some(explained) }
    }

    /// The value that is held against the targets, where no table has its period: of a half-year, for example.
    fn held(&self, indicator: &Arc<Indicator>, leave: LeaveAt, found: &mut BTreeMap<Key, Observation>) {
        let Some(reading) = self.view.standing(indicator, self.choice.until).reading else { return };
        let key = Key { area: self.country(), period: reading.period, categories: Vec::new() };
        if let (Some(came), false) = (reading.completeness(), found.contains_key(&key)) {
            let figure = told(&reading, leave(&key));
            self.put(found, key, figure, Some(*came), reading.illustrative);
        }
    }

    /// `k` is the rule by which small counts were protected; 0 where nothing had to be.
    fn measured(&self, indicator: &Arc<Indicator>, found: BTreeMap<Key, Observation>, k: u32) -> Measured {
        let country = self.country();
        let view = self.view;
        let until = |target: &Arc<Target>| !target.illustrative || self.choice.demonstration;
        let targets = view.state.all::<Target>().filter(|t| t.indicator == indicator.id && until(t));
        let zeros = k > 0 && protect::policy(k).zeros == romduol_disclosure::Zeros::Protected;
        Measured {
            indicator: Indicator::clone(indicator),
            targets: owned(targets),
            standing: self.standing(indicator, &found, &country),
            protection: Protection { k, zeros },
            observations: found.into_values().collect(),
            withheld: Vec::new(),
        }
    }

    fn standing(&self, indicator: &Arc<Indicator>, found: &BTreeMap<Key, Observation>, country: &str) -> Standing {
        let standing = self.view.standing(indicator, self.choice.until);
        let period = standing.reading.as_ref().map(|reading| reading.period);
        let key = |period| Key { area: country.into(), period, categories: Vec::new() };
        let at = period.and_then(|period| found.get(&key(period))).filter(|at| at.figure != Figure::Hidden);
        let told = at.is_some() || period.is_none();
        // The value that it was set for is told by the tables, or not at all; and whoever set it had seen the value.
        let official = standing.set_by_person.filter(|_| told);
        let official = official.map(|set| Override { value: None, ..Override::clone(&set) });
        Standing { computed: told.then_some(standing.judgement.status), official, period }
    }

    /// The tables of the choice, as far as the indicator has them.
    pub(super) fn wanted(&self, places: &[Id], periods: &[Period], years: &[Period], dimensions: usize) -> Vec<Wanted> {
        let country = vec![self.country()];
        let main = if years.is_empty() { periods } else { years };
        let table = |areas: &[Id], periods: &[Period], dimensions: Vec<usize>| Wanted {
            outlet: Outlet::Table,
            areas: areas.to_vec(),
            periods: periods.to_vec(),
            dimensions,
        };
        let mut wanted = Vec::new();
        for kind in &self.choice.tables {
            match kind {
                EditionTable::Time => wanted.push(table(&country, &[periods, years].concat(), Vec::new())),
                EditionTable::Place if places.len() > 1 => wanted.push(table(places, main, Vec::new())),
                EditionTable::Group => {
                    wanted.extend((0..dimensions).map(|n| table(&country, main, vec![n])));
                    wanted.extend((dimensions > 1).then(|| table(&country, main, (0..dimensions).collect())));
                }
                EditionTable::PlaceGroup if places.len() > 1 => {
                    wanted.extend((0..dimensions).map(|n| table(places, main, vec![n])));
                }
                EditionTable::Place | EditionTable::PlaceGroup => {}
            }
        }
        wanted
    }

    pub(super) fn put(
        &self,
        found: &mut BTreeMap<Key, Observation>,
        key: Key,
        figure: Figure,
        came: Option<Completeness>,
        illustrative: bool,
    ) {
        let Key { area, period, categories } = key.clone();
        let coverage = came.filter(|_| categories.is_empty()).map(|came| (came.reported, came.expected));
        let incomplete = came.filter(Completeness::is_short);
        let (source, by_program) = (None, None);
        let at =
            Observation { area, period, categories, figure, coverage, incomplete, illustrative, source, by_program };
        found.insert(key, at);
    }

    /// The tables of dimensions whose categories overlap, of which each stands by itself.
    pub(super) fn overlapping_tables(&self, places: &[Id], periods: &[Period], years: &[Period]) -> Vec<(Id, Period)> {
        let main = if years.is_empty() { periods } else { years };
        let country = [self.country()];
        let areas: &[Id] = match &self.choice.tables {
            tables if tables.contains(&EditionTable::PlaceGroup) => places,
            tables if tables.contains(&EditionTable::Group) => &country,
            _ => &[],
        };
        areas.iter().flat_map(|area| main.iter().map(|period| (area.clone(), *period))).collect()
    }

    pub(super) fn illustrative(&self, indicator: &Indicator, period: Period) -> bool {
        self.view.totals.illustrative_in(indicator, &months(period))
    }

    pub(super) fn tell(
        &self,
        indicator: &Indicator,
        parts: Parts,
        cell: Told,
        found: &mut BTreeMap<Key, Observation>,
        asked: &mut Asked,
    ) {
        let key = Key { area: cell.area, period: cell.period, categories: cell.categories };
        if found.contains_key(&key) {
            return;
        }
        // A group is as complete as the whole: how many units named it would be one more number about it.
        let whole = self.view.totals.total(indicator, &key.area, key.period);
        let total = whole.filter(|_| key.categories.is_empty());
        let figure = match cell.counts {
            None => Figure::Hidden,
            Some(counts) => match figure(parts, counts, total.map(|total| total.value)) {
                Some(figure) => figure,
                None => return,
            },
        };
        if figure == Figure::Hidden {
            let key_of = |(area, period, categories)| Key { area, period, categories };
            asked.explained.hidden.push(HiddenCell {
                at: key.clone(),
                reason: cell.reason.unwrap_or(Reason::Protects),
                protects: cell.guard.protects.into_iter().map(key_of).collect(),
                sum: cell.guard.sum.map(key_of),
            });
        }
        let came = whole.map(|total| self.view.totals.completeness(indicator, &months(key.period), &total));
        let illustrative = self.illustrative(indicator, key.period);
        self.put(found, key, figure, came, illustrative);
    }

    /// Figures of documents, and counts of the plan's own records, which are none of people, stand beside what was reported.
    /// A figure that may not be told leaves what stands there, or nothing; it is given back.
    fn print(
        &self,
        indicator: &Indicator,
        found: &mut BTreeMap<Key, Observation>,
        may_tell: &dyn Fn(&Print, Period) -> bool,
        leave: LeaveAt,
    ) -> Vec<PrintWithheld> {
        let country = self.country();
        let mut withheld = Vec::new();
        for reading in self.view.series(indicator, &country).counted {
            let (source, by_program) = match &reading.source {
                Source::Returns { .. } => continue,
                Source::Figure(figure) => (Some(figure), None),
                Source::Program(by) => (None, Some(by.clone())),
            };
            if reading.period.last_month() > self.choice.until.last_month() {
                continue;
            }
            let key = Key { area: country.clone(), period: reading.period, categories: Vec::new() };
            let what = source.map(|figure| Print::Figure(figure.id.clone()));
            if let Some(what) = what.filter(|what| !may_tell(what, reading.period)) {
                withheld.push(PrintWithheld { what, at: key });
                continue;
            }
            let figure = told(&reading, leave(&key));
            self.put(found, key.clone(), figure, None, reading.illustrative);
            if let Some(at) = found.get_mut(&key) {
                (at.source, at.by_program) = (source.map(|figure| printed(figure)), by_program);
            }
        }
        withheld
    }
}

impl Asked {
    /// What came out of a measure beside its cells.
    pub(super) fn note(&mut self, measure: &str, counts: &Counts, protected: &Protected) {
        self.explained.coarser.extend(protected.coarser.iter().cloned());
        self.explained.instead.extend(protected.instead.iter().cloned());
        for withheld in &protected.withheld {
            let of_measure = measure.split_once(':').map(|(_, category)| category.to_string());
            let groups = withheld.dimensions.iter().map(|at| counts.dimensions[*at].0.clone()).chain(of_measure);
            let (periods, places) = (withheld.periods.clone(), withheld.places);
            let told = Withheld { periods, places, groups: groups.collect() };
            self.explained.withheld.push((told, withheld.cause.clone()));
        }
    }

    /// The parts of tables that cannot come out, each once.
    fn withheld(&self) -> Vec<Withheld> {
        let mut all: Vec<Withheld> = self.explained.withheld.iter().map(|(withheld, _)| withheld.clone()).collect();
        all.sort();
        all.dedup();
        all
    }
}

impl Gathered {
    /// One of which nothing is to be remembered.
    fn open(measured: Measured) -> Gathered {
        Gathered { measured, explained: None }
    }
}

/// A baseline that would tell a hidden count stays out, and with it the status: that says what a value is to the baseline.
fn without_baseline(measured: &mut Measured) {
    let own = &mut measured.indicator;
    (own.baseline, own.baseline_period, own.baseline_evidence) = (None, None, None);
    (measured.standing.computed, measured.standing.official) = (None, None);
}

fn printed(figure: &Evidence) -> Printed {
    Printed { evidence: figure.id.clone(), section: figure.section.clone(), cited: figure.cited_source.clone() }
}

/// What is told of a cell. What has no base has no value.
fn figure(parts: Parts, counts: ToldCounts, mean: Option<f64>) -> Option<Figure> {
    match parts {
        Parts::Count => counts.upper.map(Figure::count),
        Parts::Share | Parts::Rate => Figure::share(counts.upper?, counts.lower?),
        Parts::Mean => Some(Figure::mean(mean?, counts.lower?)),
    }
}
