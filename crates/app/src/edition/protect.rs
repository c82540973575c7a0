//! Protects the small counts of one measure: makes an edition of `romduol_disclosure` from its counts, after all that was
//! told before, and reads off what may be told. Refuses to know where counts come from and how they are shown.
//!
//! A number that was corrected since it was told is not told anew as if nothing had been: what it was stays known to
//! everybody, so the correction is a dimension of its own (its vintages), whose leaves are changes.

use std::collections::{BTreeMap, BTreeSet};

use romduol_disclosure::{
    Dimension, Edition, Entry as MemoryEntry, Figure, Memory, Policy, Refusal, Release, Table, Why, Zeros, suppress,
    what_if,
};
use romduol_plan::kinds::SENSITIVE;
use romduol_plan::{Id, Period};
use serde::{Deserialize, Serialize};

use super::counts::{Counts, Leaf, Pair, Parts};
use super::guards::{Guard, guards};

/// What is remembered of a measure between editions: every count as it stood in each of them, and what was told. A secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// Names of the editions in which counts changed, oldest first.
    vintages: Vec<String>,
    /// Periods that were counted at all in an earlier edition.
    periods: BTreeSet<String>,
    /// Place, period, categories, part, vintage; and by how much.
    counts: Vec<(Vec<String>, i64)>,
    editions: u32,
    codes: Vec<Vec<String>>,
    entries: Vec<Kept>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept(u32, Vec<u32>, bool, i64, i64, Option<i64>);

/// The tables that are wanted of a measure, each by its codes.
pub(crate) struct Wanted {
    pub areas: Vec<Id>,
    pub periods: Vec<Period>,
    /// Places of the dimensions in [`Counts::dimensions`] that it is broken down by.
    pub dimensions: Vec<usize>,
}

/// A cell as it may be told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub area: Id,
    pub period: Period,
    pub categories: Vec<Id>,
    /// The pair of counts; none where it is hidden.
    pub pair: Option<Pair>,
    /// Why the parts of a hidden cell are as they are. A secret.
    pub why: Vec<Why>,
    /// What a hidden cell protects, if it was asked. A secret.
    pub guard: Guard,
}

/// What came out, and what is to be remembered.
pub(crate) struct Protected {
    pub told: Vec<Told>,
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

const UPPER: &str = "counted";
const OTHER: &str = "others";
const LOWER: &str = "all";

/// The parts of a pair that are counts, and their names.
fn split(parts: Parts, pair: Pair) -> Vec<(&'static str, i64)> {
    match parts {
        Parts::Count => vec![(UPPER, pair.upper)],
        Parts::Share => vec![(UPPER, pair.upper), (OTHER, pair.lower - pair.upper)],
        Parts::Rate => vec![(UPPER, pair.upper), (LOWER, pair.lower)],
        Parts::Mean => vec![(LOWER, pair.lower)],
    }
}

/// Protects the wanted tables in the edition of that name.
pub(crate) fn protect(
    counts: &Counts,
    wanted: &[Wanted],
    policy: Policy,
    edition: &str,
    before: &Remembered,
    explain: bool,
) -> Result<Protected, Refusal> {
    let mut remembered = before.clone();
    remembered.take(counts, edition);
    let mut measure = measure(counts, &remembered, policy)?;
    let parts = told_parts(counts.parts);
    let now = remembered.now();
    let cells = |name: &str, table: &Wanted, periods: &[Period]| {
        let periods = periods.iter().map(Period::to_string);
        let mut cells = Table::new(name).by("place", table.areas.clone()).by("period", periods);
        for at in &table.dimensions {
            let (name, categories) = &counts.dimensions[*at];
            cells = cells.by(name, categories.clone());
        }
        cells.by("part", parts.iter().copied()).by("vintage", [now.clone()])
    };
    for (n, table) in wanted.iter().enumerate() {
        measure.publish(cells(&n.to_string(), table, &table.periods));
    }
    // Behind the wanted ones: nobody reads them, but nothing is told that would keep them from being told later.
    for table in wanted {
        if let Some(year) = running_year(counts, table) {
            measure.publish(cells("running", table, &[year]).planned());
        }
    }
    let release = suppress(&measure, &before.memory()?)?;
    remembered.keep(&release.memory);
    let guards = if explain { guards(counts, wanted, &release) } else { BTreeMap::new() };
    let told = wanted.iter().enumerate().flat_map(|(n, table)| read(counts, table, &release, &guards, n)).collect();
    let coarser = release.coarsen(&measure, 30);
    let instead = if explain && release.hidden.contains(&true) { instead(&measure, before)? } else { Vec::new() };
    Ok(Protected { told, remembered, coarser, instead })
}

/// The year whose total a table will have once it is over: it tells parts of it now.
fn running_year(counts: &Counts, table: &Wanted) -> Option<Period> {
    let (year, inside) = counts.running.as_ref()?;
    inside.iter().all(|period| table.periods.contains(period)).then_some(*year)
}

/// What fewer places or periods would give. An edition that could not come out so either is no advice.
fn instead(measure: &Edition, before: &Remembered) -> Result<Vec<(String, usize, usize)>, Refusal> {
    let memory = before.memory()?;
    let try_one = |dimension: &str| {
        let tally = what_if(measure, &memory, dimension).ok()?;
        let hidden = tally.small + tally.secondary;
        Some((dimension.to_string(), tally.cells - hidden, hidden))
    };
    Ok(["place", "period"].into_iter().filter_map(try_one).collect())
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
fn measure(counts: &Counts, remembered: &Remembered, policy: Policy) -> Result<Edition, Refusal> {
    let mut place = Dimension::new("place", counts.places.leaves.clone())?;
    for (area, leaves) in &counts.places.groups {
        place = place.group(area, leaves)?;
    }
    let mut period = Dimension::new("period", counts.periods.iter().map(Period::to_string))?;
    for (year, inside) in counts.years.iter().chain(&counts.running) {
        period = period.group(&year.to_string(), inside.iter().map(Period::to_string))?;
    }
    let parts: Vec<&str> = match counts.parts {
        Parts::Share => vec![UPPER, OTHER],
        other => told_parts(other).to_vec(),
    };
    let mut part = Dimension::new("part", parts)?;
    if counts.parts == Parts::Share {
        part = part.total(LOWER)?;
    }
    let mut vintage = Dimension::new("vintage", remembered.vintages.clone())?;
    for later in remembered.vintages.iter().skip(1) {
        vintage = vintage.change(later)?;
    }
    if remembered.vintages.len() > 1 {
        vintage = vintage.total(&remembered.now())?;
    }
    let mut dimensions = vec![place, period];
    for (name, categories) in &counts.dimensions {
        dimensions.push(Dimension::new(name, categories.clone())?);
    }
    dimensions.extend([part, vintage]);
    let mut measure = Edition::new(dimensions, policy);
    for (leaves, count) in &remembered.counts {
        measure.count(leaves, *count)?;
    }
    impossible(&mut measure, counts, remembered)?;
    Ok(measure)
}

/// Where nobody reported, nothing was counted, and everybody knows.
fn impossible(measure: &mut Edition, counts: &Counts, remembered: &Remembered) -> Result<(), Refusal> {
    let reported: BTreeSet<&Vec<String>> = remembered.counts.iter().map(|(leaves, _)| leaves).collect();
    let parts: Vec<&str> = split(counts.parts, Pair::default()).into_iter().map(|(part, _)| part).collect();
    let mut leaves: Vec<Vec<String>> = vec![Vec::new()];
    let periods: Vec<String> = counts.periods.iter().map(Period::to_string).collect();
    let parts = parts.into_iter().map(String::from).collect();
    let axes = [&counts.places.leaves, &periods];
    let axes = axes.into_iter().chain(counts.dimensions.iter().map(|(_, categories)| categories));
    for axis in axes.chain([&parts, &remembered.vintages]) {
        leaves = leaves
            .iter()
            .flat_map(|leaf| axis.iter().map(|code| [leaf.as_slice(), std::slice::from_ref(code)].concat()))
            .collect();
    }
    for leaf in leaves.iter().filter(|leaf| !reported.contains(leaf)) {
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
        let (pair, guard) = (pair(counts.parts, figures), guards.get(&leaf).cloned().unwrap_or_default());
        let (area, period, categories) = leaf;
        Told { area, period, categories, pair, why: why.to_vec(), guard }
    });
    told.collect()
}

/// The pair again; hidden where any of its parts is.
fn pair(parts: Parts, figures: &[Figure]) -> Option<Pair> {
    let shown = |n: usize| match figures[n] {
        Figure::Shown(count) => Some(count),
        Figure::Hidden => None,
    };
    if figures.contains(&Figure::Hidden) {
        return None;
    }
    Some(match parts {
        Parts::Count => Pair { upper: shown(0)?, lower: 0 },
        Parts::Share => Pair { upper: shown(0)?, lower: shown(2)? },
        Parts::Rate => Pair { upper: shown(0)?, lower: shown(1)? },
        Parts::Mean => Pair { upper: 0, lower: shown(0)? },
    })
}

impl Remembered {
    fn now(&self) -> String {
        match self.vintages.as_slice() {
            [only] => only.clone(),
            all => format!("as of {}", all.last().map_or("", String::as_str)),
        }
    }

    /// Takes in the counts of today: those of periods that were told before as changes.
    fn take(&mut self, counts: &Counts, edition: &str) {
        let mut known: BTreeMap<Vec<String>, i64> = BTreeMap::new();
        for (leaves, count) in &self.counts {
            *known.entry(leaves[..leaves.len() - 1].to_vec()).or_default() += count;
        }
        let first = self.vintages.first().cloned().unwrap_or_else(|| edition.to_string());
        let told_before = |period: &str| self.periods.contains(period);
        let mut changes: BTreeMap<Vec<String>, i64> = known.iter().map(|(key, count)| (key.clone(), -count)).collect();
        let mut new = Vec::new();
        for ((area, period, categories), pair) in &counts.at {
            for (part, count) in split(counts.parts, *pair) {
                let key = key(&(area.clone(), *period, categories.clone()), part);
                if told_before(&key[1]) {
                    *changes.entry(key).or_default() += count;
                } else {
                    new.push(([key.as_slice(), std::slice::from_ref(&first)].concat(), count));
                }
            }
        }
        let changed: Vec<_> = changes.into_iter().filter(|(_, change)| *change != 0).collect();
        if self.vintages.is_empty() || !changed.is_empty() {
            self.vintages.push(edition.to_string());
        }
        let of_today = |(key, change): (Vec<String>, i64)| ([key.as_slice(), &[edition.to_string()]].concat(), change);
        self.counts.extend(new);
        self.counts.extend(changed.into_iter().map(of_today));
        self.periods.extend(counts.periods.iter().map(Period::to_string));
    }

    fn memory(&self) -> Result<Memory, Refusal> {
        let entry = |kept: &Kept| MemoryEntry {
            edition: kept.0,
            codes: kept.1.clone(),
            shown: kept.2,
            value: kept.3,
            least: kept.4,
            reach: kept.5,
        };
        let entries = self.entries.iter().map(entry).collect();
        Ok(Memory::from_parts(self.editions, self.codes.clone(), entries)?)
    }

    fn keep(&mut self, memory: &Memory) {
        self.editions = memory.editions();
        self.codes = memory.codes().to_vec();
        let kept =
            memory.entries().iter().map(|e| Kept(e.edition, e.codes.clone(), e.shown, e.value, e.least, e.reach));
        self.entries = kept.collect();
    }
}

fn key((area, period, categories): &Leaf, part: &str) -> Vec<String> {
    let mut key = vec![area.clone(), period.to_string()];
    key.extend(categories.iter().cloned());
    key.push(part.into());
    key
}

#[cfg(test)]
mod tests;
