//! Protects the small counts of a measure, or of several that count the same people: makes editions of
//! `romduol_disclosure` from their counts, after all that was told before, and reads off what may be told. A part of a
//! table that cannot be protected any more is withheld, and the rest comes out. Refuses to know where counts come from and
//! how they are shown.

use std::collections::{BTreeMap, BTreeSet};

use romduol_disclosure::{
    Dimension, Edition, Effort, Figure, Memory, Policy, Refusal, Release, Released, ShapeError, Side, Table, Tie, Why,
    Zeros, suppress_linked, what_if,
};
use romduol_plan::kinds::{CountPart, SENSITIVE};
use romduol_plan::{Id, Period};
use serde::{Deserialize, Serialize};

use super::compose::Reason;
use super::counts::{Counts, Leaf, Pair, Parts};
use super::guards::{Guard, guards};
use super::remembered::{Axes, Remembered, Unlike, as_of};
use super::withheld::{Cause, Slice, Withheld, away, away_all};

/// What a table is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outlet {
    /// Readers see it.
    Table,
    /// Something else that is published tells its counts: a figure of a document, an amount that these people got.
    Beside,
    /// A table of another measure tells them.
    Elsewhere,
}

/// A measure that is to be protected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure<'a> {
    pub counts: &'a Counts,
    pub wanted: &'a [Wanted],
    /// Places and periods that are secret although many are counted there.
    pub secrets: &'a [(Id, Period)],
    pub policy: Policy,
    pub before: &'a Remembered,
}

/// Two numbers, each of a measure by its place in the list, that count the same people, or of which one counts some of the
/// other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bond {
    pub whole: (usize, CountPart),
    pub part: (usize, CountPart),
    pub same: bool,
}

/// The tables that are wanted of a measure, each by its codes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub outlet: Outlet,
    pub areas: Vec<Id>,
    pub periods: Vec<Period>,
    /// Places of the dimensions in [`Counts::dimensions`] that it is broken down by.
    pub dimensions: Vec<usize>,
}

/// A cell as it may be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub area: Id,
    pub period: Period,
    pub categories: Vec<Id>,
    pub outlet: Outlet,
    /// Its counts; none where it is hidden.
    pub counts: Option<ToldCounts>,
    /// Why a hidden cell is. A secret.
    pub reason: Option<Reason>,
    /// What a hidden cell protects. A secret.
    pub guard: Guard,
}

/// The counts of a cell that is told, as far as its measure has them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ToldCounts {
    pub upper: Option<Released>,
    pub lower: Option<Released>,
}

#[cfg(test)]
impl Told {
    pub fn upper(&self) -> Option<i64> {
        self.counts?.upper.map(Released::count)
    }

    pub fn pair(&self) -> Option<Pair> {
        let count = |told: Option<Released>| told.map_or(0, Released::count);
        self.counts.map(|counts| Pair { upper: count(counts.upper), lower: count(counts.lower) })
    }
}

impl ToldCounts {
    /// One of them.
    pub fn any(&self) -> Option<Released> {
        self.upper.or(self.lower)
    }
}

/// What came out, and what is to be remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Protected {
    pub told: Vec<Told>,
    /// What of the wanted tables cannot come out, and why.
    pub withheld: Vec<Withheld>,
    pub remembered: Remembered,
    /// What could be published coarser: dimension, code, and the share of its cells that is hidden, in per cent.
    pub coarser: Vec<(String, String, usize)>,
    /// Dimension, and how many cells would be told and hidden if its smallest parts were left out.
    pub instead: Vec<(String, usize, usize)>,
}

/// Counts below `k` are small; where they are sensitive a zero is small as well.
pub(crate) fn policy(k: u32) -> Policy {
    let zeros = if k >= SENSITIVE { Zeros::Protected } else { Zeros::Shown };
    Policy { k, zeros, ..Policy::people() }
}

impl Wanted {
    /// How many cells the table has.
    pub fn cells(&self, counts: &Counts) -> usize {
        let groups = self.dimensions.iter().map(|at| counts.dimensions[*at].1.len());
        groups.fold(self.areas.len() * self.periods.len(), |cells, groups| cells * groups)
    }
}

pub(super) const UPPER: &str = "counted";
pub(super) const OTHER: &str = "others";
pub(super) const LOWER: &str = "all";

/// The parts of a pair that are counts, and their names.
pub(super) fn split(parts: Parts, pair: Pair) -> Vec<(&'static str, i64)> {
    match parts {
        Parts::Count => vec![(UPPER, pair.upper)],
        Parts::Share => vec![(UPPER, pair.upper), (OTHER, pair.lower - pair.upper)],
        Parts::Rate => vec![(UPPER, pair.upper), (LOWER, pair.lower)],
        Parts::Mean => vec![(LOWER, pair.lower)],
    }
}

/// Protects the wanted tables of measures in the edition of that name, all as one. What cannot be protected is withheld, and
/// nothing is remembered where nothing comes out.
pub(crate) fn protect(measures: &[Measure], bonds: &[Bond], edition: &str) -> Vec<Protected> {
    let mut slices: Vec<Slice> =
        measures.iter().enumerate().flat_map(|(at, one)| Slice::all(at, one.counts, one.wanted)).collect();
    let mut withheld = Vec::new();
    let take = |one: &Measure| {
        let mut remembered = one.before.clone();
        remembered.take(one.counts, edition).map(|axes| (axes, remembered))
    };
    let all: Result<Vec<(Axes, Remembered)>, Unlike> = measures.iter().map(take).collect();
    let released = all.map_err(Hindrance::Unlike).and_then(|all| {
        let group = Group::new(measures, bonds, &all).map_err(Hindrance::Refusal)?;
        Ok(group.release(&mut slices, &mut withheld).map(|releases| (group, releases, all)))
    });
    let mut done: Vec<Protected> = match released {
        Ok(Some((group, releases, all))) => {
            let each = releases.iter().enumerate().zip(all);
            each.map(|((at, release), (_, remembered))| group.read(at, release, &slices, remembered)).collect()
        }
        Ok(None) => measures.iter().map(Protected::nothing).collect(),
        Err(hindrance) => {
            match hindrance {
                // What was told of these people in another way cannot be held against anything that is told of them now.
                Hindrance::Unlike(unlike) => {
                    withheld.extend(slices.drain(..).filter_map(|slice| slice.withheld(Cause::Unlike(unlike))));
                }
                Hindrance::Refusal(refusal) => away_all(&refusal, &mut slices, &mut withheld),
            }
            measures.iter().map(Protected::nothing).collect()
        }
    };
    for (at, part) in withheld {
        done[at].withheld.push(part);
    }
    done
}

impl Protected {
    /// Nothing comes out, and nothing new is known.
    fn nothing(one: &Measure) -> Protected {
        let (told, withheld, coarser, instead) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Protected { told, withheld, remembered: one.before.clone(), coarser, instead }
    }
}

/// Why nothing can be told of measures at all.
enum Hindrance {
    Unlike(Unlike),
    Refusal(Refusal),
}

/// Measures without any table, what was told of each, and what ties them.
struct Group<'a> {
    measures: &'a [Measure<'a>],
    bonds: &'a [Bond],
    bare: Vec<Edition>,
    memories: Vec<Memory>,
    /// The name of what is told today, by measure.
    now: Vec<String>,
    ties: Vec<Tie>,
}

/// What came out of one measure: the edition that was asked for, and the release of it.
type CameOut = (Edition, Release);

impl<'a> Group<'a> {
    fn new(measures: &'a [Measure], bonds: &'a [Bond], all: &[(Axes, Remembered)]) -> Result<Self, Refusal> {
        let (mut bare, mut memories) = (Vec::new(), Vec::new());
        for (one, (axes, remembered)) in measures.iter().zip(all) {
            bare.push(self::bare(one.counts, axes, remembered, one.policy)?);
            memories.push(remembered.memory()?);
        }
        let now = all.iter().map(|(_, remembered)| remembered.now()).collect();
        let remembered: Vec<&Remembered> = all.iter().map(|(_, remembered)| remembered).collect();
        let ties = bonds.iter().flat_map(|bond| ties(bond, &remembered)).collect();
        Ok(Self { measures, bonds, bare, memories, now, ties })
    }

    /// Takes slices away until the rest can come out; looks hastily as long as it is not known what can.
    fn release(&self, slices: &mut Vec<Slice>, withheld: &mut Vec<(usize, Withheld)>) -> Option<Vec<CameOut>> {
        let mut hasty = false;
        while slices.iter().any(|slice| !slice.planned) {
            let editions: Vec<Edition> = (0..self.bare.len()).map(|at| self.edition(at, slices, hasty)).collect();
            let linked: Vec<(&Edition, &Memory)> = editions.iter().zip(&self.memories).collect();
            match suppress_linked(&linked, &self.ties) {
                Ok(releases) if !hasty => return Some(editions.into_iter().zip(releases).collect()),
                Ok(_) => hasty = false,
                Err(refusal) => {
                    hasty = self.measures.iter().any(|one| one.policy.effort.is_some());
                    away(&refusal, slices, withheld);
                }
            }
        }
        None
    }

    /// A measure with its tables, those that readers see first.
    fn edition(&self, at: usize, slices: &[Slice], hasty: bool) -> Edition {
        let (one, mut edition) = (&self.measures[at], self.bare[at].clone());
        let quick = |usual: Effort| if hasty { Effort { search: 0, prune: 0, ..usual } } else { usual };
        edition.set_policy(Policy { effort: one.policy.effort.map(quick), ..one.policy });
        for slice in slices.iter().filter(|slice| slice.measure == at) {
            let table = self.table(at, &slice.name(), &slice.wanted);
            edition.publish(if slice.planned { table.planned() } else { table });
        }
        for (area, period) in one.secrets {
            let (period, part) = (period.to_string(), told_parts(one.counts.parts)[0]);
            let codes = [("place", area.as_str()), ("period", &period), ("part", part), ("vintage", &self.now[at])];
            edition.secret(codes.map(|(dimension, code)| (dimension.into(), code.into())).into());
        }
        for (name, wanted) in self.elsewhere(at, slices) {
            edition.publish(self.table(at, &name, &wanted).elsewhere());
        }
        edition
    }

    fn table(&self, at: usize, name: &str, wanted: &Wanted) -> Table {
        let counts = self.measures[at].counts;
        let periods = wanted.periods.iter().map(Period::to_string);
        let mut table = Table::new(name).by("place", wanted.areas.clone()).by("period", periods);
        for at in &wanted.dimensions {
            let (name, categories) = &counts.dimensions[*at];
            table = table.by(name, categories.clone());
        }
        let table = table.by("part", told_parts(counts.parts).iter().copied());
        table.by("vintage", [self.now[at].clone()])
    }

    /// The measures that count some of the same people, also by way of others.
    fn tied_to(&self, at: usize) -> BTreeSet<usize> {
        let (mut found, mut waiting) = (BTreeSet::from([at]), vec![at]);
        while let Some(one) = waiting.pop() {
            let ends = self.bonds.iter().map(|bond| [bond.whole.0, bond.part.0]).filter(|ends| ends.contains(&one));
            for other in ends.flatten() {
                if found.insert(other) {
                    waiting.push(other);
                }
            }
        }
        found.remove(&at);
        found
    }

    /// The cells of a measure that tables of others, which count the same people, tell: by the names of these tables, for
    /// they have to go where such a cell cannot be protected.
    fn elsewhere(&self, at: usize, slices: &[Slice]) -> Vec<(String, Wanted)> {
        let others = self.tied_to(at);
        let own = self.measures[at].counts;
        let (areas, periods): (BTreeSet<Id>, BTreeSet<Period>) =
            (own.places.shown().into_iter().collect(), own.codes());
        let here = |slice: &Slice| {
            let other = self.measures[slice.measure].counts;
            let named = |at: &usize| other.dimensions[*at].0.as_str();
            let here = |name: &str| own.dimensions.iter().position(|(own, _)| own == name);
            let dimensions = slice.wanted.dimensions.iter().map(|at| here(named(at))).collect::<Option<_>>()?;
            let wanted = Wanted {
                outlet: Outlet::Elsewhere,
                areas: slice.wanted.areas.iter().filter(|area| areas.contains(*area)).cloned().collect(),
                periods: slice.wanted.periods.iter().filter(|period| periods.contains(period)).copied().collect(),
                dimensions,
            };
            (!wanted.areas.is_empty() && !wanted.periods.is_empty()).then(|| (slice.name(), wanted))
        };
        let told = slices.iter().filter(|slice| !slice.planned && others.contains(&slice.measure));
        told.filter_map(here).collect()
    }

    /// What came out of a measure.
    fn read(&self, at: usize, (edition, release): &CameOut, slices: &[Slice], mut remembered: Remembered) -> Protected {
        remembered.keep(&release.memory);
        let counts = self.measures[at].counts;
        let own = slices.iter().filter(|slice| slice.measure == at && !slice.planned);
        let tables: Vec<Wanted> = own.map(|slice| slice.wanted.clone()).collect();
        let guards = guards(counts, &tables, release);
        let told = tables.iter().enumerate().flat_map(|(n, table)| read(counts, table, release, &guards, n)).collect();
        // What one of several would give by itself is no advice: the others would tell it.
        let asks = self.measures.len() == 1 && release.hidden.contains(&true);
        let instead = if asks { instead(edition, &self.memories[at]) } else { Vec::new() };
        Protected { told, withheld: Vec::new(), remembered, coarser: release.coarsen(edition, 30), instead }
    }
}

/// What ties two numbers, as they stood in each edition that knew both.
fn ties(bond: &Bond, remembered: &[&Remembered]) -> Vec<Tie> {
    let side = |(measure, part): (usize, CountPart), vintage: String| {
        let part = match part {
            CountPart::Number | CountPart::Numerator => UPPER,
            CountPart::Denominator => LOWER,
        };
        Side { measure, codes: vec![("part".into(), part.into()), ("vintage".into(), vintage)] }
    };
    let (whole, part) = (remembered[bond.whole.0], remembered[bond.part.0]);
    let mut ties: Vec<Tie> = Vec::new();
    for edition in whole.vintages().iter().chain(part.vintages()) {
        let (Some(one), Some(other)) = (whole.as_of(edition), part.as_of(edition)) else { continue };
        let tie = Tie {
            whole: side(bond.whole, one),
            part: side(bond.part, other),
            same: bond.same,
            named: vec!["place".into(), "period".into()],
        };
        if !ties.contains(&tie) {
            ties.push(tie);
        }
    }
    ties
}

/// The year whose total a table will have once it is over: it tells parts of it now.
pub(super) fn running_year(counts: &Counts, table: &Wanted) -> Option<Period> {
    let (year, inside) = counts.running.as_ref()?;
    inside.iter().all(|period| table.periods.contains(period)).then_some(*year)
}

/// What fewer places or periods would give. An edition that could not come out so either is no advice.
fn instead(measure: &Edition, memory: &Memory) -> Vec<(String, usize, usize)> {
    let try_one = |dimension: &str| {
        let tally = what_if(measure, memory, dimension).ok()??;
        let hidden = tally.small + tally.secondary;
        Some((dimension.to_string(), tally.cells - hidden, hidden))
    };
    ["place", "period"].into_iter().filter_map(try_one).collect()
}

pub(super) fn told_parts(parts: Parts) -> &'static [&'static str] {
    match parts {
        Parts::Count => &[UPPER],
        Parts::Share => &[UPPER, OTHER, LOWER],
        Parts::Rate => &[UPPER, LOWER],
        Parts::Mean => &[LOWER],
    }
}

/// The measure with its counts, without any table.
fn bare(counts: &Counts, axes: &Axes, remembered: &Remembered, policy: Policy) -> Result<Edition, ShapeError> {
    let mut place = Dimension::new("place", axes.places.leaves.clone())?;
    for (area, leaves) in &axes.places.groups {
        place = place.group(area, leaves)?;
    }
    let mut period = Dimension::new("period", axes.periods.clone())?;
    for (year, inside) in counts.years.iter().chain(&counts.running).chain(&counts.spans) {
        period = period.group(&year.to_string(), inside.iter().map(Period::to_string))?;
    }
    if counts.running_totals {
        period = period.running();
    }
    let parts: Vec<&str> = match counts.parts {
        Parts::Share => vec![UPPER, OTHER],
        other => told_parts(other).to_vec(),
    };
    let mut part = Dimension::new("part", parts.clone())?;
    if counts.parts == Parts::Share {
        part = part.total(LOWER)?;
    }
    let vintages = remembered.vintages();
    let mut vintage = Dimension::new("vintage", vintages)?;
    for later in vintages.iter().skip(1) {
        vintage = vintage.change(later)?;
    }
    for known in 2..=vintages.len() {
        vintage = vintage.group(&as_of(&vintages[..known]), &vintages[..known])?;
    }
    let mut dimensions = vec![place, period];
    for (name, categories) in &axes.dimensions {
        dimensions.push(Dimension::new(name, categories.clone())?);
    }
    dimensions.extend([part, vintage]);
    let mut measure = Edition::new(dimensions, policy);
    for (leaves, count) in remembered.counts() {
        measure.count(leaves, *count)?;
    }
    impossible(&mut measure, remembered)?;
    ended(&mut measure, counts, axes, remembered)?;
    for same in remembered.unchanged(axes) {
        let by = same.categories.iter().map(|(name, category)| (name.as_str(), category));
        let of = [("place", &same.place), ("period", &same.period), ("part", &same.part), ("vintage", &same.vintage)];
        let codes = by.chain(of).map(|(dimension, code)| (dimension.to_string(), code.clone()));
        measure.known(codes.collect());
    }
    Ok(measure)
}

/// What was told of leaves that nobody counts any more, and everybody knows: a return that came in anew without its groups.
fn ended(measure: &mut Edition, counts: &Counts, axes: &Axes, remembered: &Remembered) -> Result<(), ShapeError> {
    let today: BTreeSet<Vec<String>> = axes.counted(counts).into_iter().map(|(key, _)| key).collect();
    let mut now: BTreeMap<&[String], i64> = BTreeMap::new();
    for (leaves, count) in remembered.counts() {
        *now.entry(&leaves[..leaves.len() - 1]).or_default() += count;
    }
    let is_over = |leaves: &[String]| now.get(leaves) == Some(&0) && !today.contains(leaves);
    for (leaves, _) in remembered.counts().iter().filter(|(leaves, _)| is_over(&leaves[..leaves.len() - 1])) {
        measure.ended(leaves)?;
    }
    Ok(())
}

/// Where nobody reported, nothing was counted, and everybody knows.
fn impossible(measure: &mut Edition, remembered: &Remembered) -> Result<(), ShapeError> {
    let reported: BTreeSet<&[String]> = remembered.counts().iter().map(|(leaves, _)| leaves.as_slice()).collect();
    let mut leaves: Vec<Vec<String>> = vec![Vec::new()];
    for dimension in measure.dimensions() {
        let codes: Vec<&str> = dimension.names().take(dimension.leaves() as usize).collect();
        let with = |leaf: &Vec<String>, code: &&str| [leaf.as_slice(), &[(*code).to_string()]].concat();
        leaves = leaves.iter().flat_map(|leaf| codes.iter().map(|code| with(leaf, code))).collect();
    }
    for leaf in leaves.iter().filter(|leaf| !reported.contains(leaf.as_slice())) {
        measure.impossible(leaf)?;
    }
    Ok(())
}

/// Places, periods and categories of a table, in the order of its cells.
pub(super) fn leaves(counts: &Counts, table: &Wanted) -> Vec<Leaf> {
    let mut keys: Vec<Leaf> = Vec::new();
    for area in &table.areas {
        for period in &table.periods {
            let mut groups: Vec<Vec<Id>> = vec![Vec::new()];
            for at in &table.dimensions {
                let codes = &counts.dimensions[*at].1;
                groups = groups
                    .iter()
                    .flat_map(|g| codes.iter().map(|c| [g.as_slice(), std::slice::from_ref(c)].concat()))
                    .collect();
            }
            keys.extend(groups.into_iter().map(|group| (area.clone(), *period, group)));
        }
    }
    keys
}

/// The cells of a table, in the order in which they were asked.
fn read(counts: &Counts, table: &Wanted, release: &Release, guards: &BTreeMap<Leaf, Guard>, n: usize) -> Vec<Told> {
    let published = &release.tables[n];
    let parts = told_parts(counts.parts).len();
    let cells = leaves(counts, table).into_iter().zip(published.figures.chunks(parts).zip(published.why.chunks(parts)));
    let there = cells.filter(|(_, (_, why))| !why.iter().all(|why| *why == Why::Impossible));
    let told = there.map(|(leaf, (figures, why))| {
        let (guard, counts) = (guards.get(&leaf).cloned().unwrap_or_default(), told(counts.parts, figures));
        let (area, period, categories) = leaf;
        let (outlet, reason) = (table.outlet, counts.is_none().then(|| reason(why)));
        Told { area, period, categories, outlet, counts, reason, guard }
    });
    told.collect()
}

/// The counts of a cell again; hidden where any of its parts is.
fn told(parts: Parts, figures: &[Figure]) -> Option<ToldCounts> {
    let shown: Vec<Released> = figures.iter().map(|figure| figure.released()).collect::<Option<_>>()?;
    let (first, second) = (shown.first().copied(), shown.get(1).copied());
    Some(match parts {
        Parts::Count => ToldCounts { upper: first, lower: None },
        // Between them stands what the one lacks to the other.
        Parts::Share => ToldCounts { upper: first, lower: shown.get(2).copied() },
        Parts::Rate => ToldCounts { upper: first, lower: second },
        Parts::Mean => ToldCounts { upper: None, lower: first },
    })
}

fn reason(why: &[Why]) -> Reason {
    if why.contains(&Why::Small) {
        Reason::Small
    } else if why.contains(&Why::Earlier) {
        Reason::Earlier
    } else {
        Reason::Protects
    }
}

#[cfg(test)]
mod sequences;
#[cfg(test)]
mod tests;
