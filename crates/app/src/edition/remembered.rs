//! What is remembered of a measure between editions, at its finest: places, periods, groups and dimensions come and go, and what
//! was told of them stays told. Refuses to know what may be told now.
//!
//! A number that was corrected since it was told is not told anew as if nothing had been: what it was stays known to
//! everybody, so the correction is a dimension of its own (its vintages), whose leaves are changes.

mod axes;
mod left;

use std::collections::{BTreeMap, BTreeSet};

use romduol_disclosure::{Entry as MemoryEntry, Memory, MemoryError};
use romduol_edition::content::unknown;
use romduol_plan::kinds::AreaLevel;
use romduol_plan::{Id, Period};
use serde::{Deserialize, Serialize};

pub(super) use axes::Axes;
use axes::Width;
pub(super) use left::Years;

use super::counts::Counts;
use super::protect::split;

/// Every count as it stood in each edition, and what was told. A secret.
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
    pub(super) entries: Vec<Kept>,
    /// The dimensions of the categories; those of the indicator where an older program kept it.
    #[serde(default)]
    dimensions: Option<Vec<Id>>,
    /// The smallest places that were counted.
    #[serde(default)]
    level: Option<AreaLevel>,
    /// The last period that was counted.
    #[serde(default)]
    until: Option<Period>,
    /// What was broken down otherwise than before in some edition, and was no more and no less.
    #[serde(default)]
    unchanged: Vec<Unchanged>,
}

/// A number that everybody knows not to have changed in an edition, though what it is made of was counted otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Unchanged {
    pub place: Id,
    pub period: String,
    /// By dimension; of one that is not named all categories together.
    #[serde(default)]
    pub categories: BTreeMap<Id, Id>,
    pub part: String,
    pub vintage: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept(pub u32, pub Vec<u32>, pub bool, pub i64, pub i64, pub Option<i64>);

/// Place, period, a category of each dimension, part.
type Key = Vec<String>;

/// What was told before cannot be held against today's counts: the measure is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unlike {
    /// Periods of another length.
    Periods,
    /// Other parts: a count became a share, for example.
    Parts,
    /// An older program did not keep which dimensions there were.
    Dimensions,
}

impl Remembered {
    /// The smallest places that were counted.
    pub fn level(&self) -> Option<AreaLevel> {
        self.level
    }

    /// The last period that was counted.
    pub fn until(&self) -> Option<Period> {
        let newest = || self.periods.iter().filter_map(|period| period.parse::<Period>().ok());
        self.until.or_else(|| newest().max_by_key(|period| period.last_month()))
    }

    pub(super) fn vintages(&self) -> &[String] {
        &self.vintages
    }

    /// What everybody knows not to have changed: by all categories where none of them has, otherwise as it was noted.
    pub(super) fn unchanged(&self, axes: &Axes) -> Vec<Unchanged> {
        let mut known = Vec::new();
        for same in &self.unchanged {
            let group = axes.places.groups.iter().find(|(group, _)| *group == same.place);
            let leaves = group.map_or(std::slice::from_ref(&same.place), |(_, leaves)| leaves);
            let mut changes: BTreeMap<BTreeMap<Id, Id>, i64> = BTreeMap::new();
            for (key, change) in &self.counts {
                let [place, period, categories @ .., part, vintage] = key.as_slice() else { continue };
                let own = axes.named(categories);
                let is_of = same.categories.iter().all(|(dimension, category)| own.get(dimension) == Some(category));
                let then = (period, part, vintage) == (&same.period, &same.part, &same.vintage);
                if then && is_of && leaves.contains(place) {
                    *changes.entry(own).or_default() += change;
                }
            }
            if changes.values().all(|change| *change == 0) {
                known.extend(changes.into_keys().map(|categories| Unchanged { categories, ..same.clone() }));
            } else {
                known.push(same.clone());
            }
        }
        known
    }

    pub(super) fn counts(&self) -> &[(Vec<String>, i64)] {
        &self.counts
    }

    /// What is told today, by the name of its vintage.
    pub(super) fn now(&self) -> String {
        as_of(&self.vintages)
    }

    /// The code of its counts as they stood in an edition; none before the first that knew it.
    pub(super) fn as_of(&self, edition: &str) -> Option<String> {
        let known = self.vintages.iter().filter(|vintage| number(vintage) <= number(edition)).count();
        (known > 0).then(|| as_of(&self.vintages[..known]))
    }

    /// Takes in the counts of today: those of periods that were told before as changes. Gives the code lists of both.
    pub(super) fn take(&mut self, counts: &Counts, edition: &str) -> Result<Axes, Unlike> {
        let axes = self.axes(counts)?;
        self.widen(counts, &axes);
        let first = self.vintages.first().cloned().unwrap_or_else(|| edition.to_string());
        let told_before: BTreeSet<String> = self.periods.clone();
        let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
        let today = axes.counted(counts);
        self.break_down(&axes, &today);
        for (leaves, count) in std::mem::take(&mut self.counts) {
            let (key, vintage) = leaves.split_at(leaves.len() - 1);
            let group = groups.entry(axes.shared(key)).or_default();
            group.old.entry(key.to_vec()).or_default().push((vintage[0].clone(), count));
        }
        let mut new = Vec::new();
        for (key, count) in today {
            match told_before.contains(&key[1]) {
                true => groups.entry(axes.shared(&key)).or_default().today.push((key, count)),
                false => new.push(([key.as_slice(), std::slice::from_ref(&first)].concat(), count)),
            }
        }
        let mut changes: BTreeMap<Key, i64> = BTreeMap::new();
        for group in groups.into_values() {
            group.settle(&axes, &first, &mut self.counts, &mut changes);
        }
        let come_in = self.come_in(&changes);
        changes.retain(|_, change| *change != 0);
        self.unchanged.extend(axes.only_broken_down(&changes, edition));
        changes.extend(come_in.into_iter().map(|key| (key, 0)));
        if self.vintages.is_empty() || !changes.is_empty() {
            self.vintages.push(edition.to_string());
        }
        let of_today = |(key, change): (Key, i64)| ([key.as_slice(), &[edition.to_string()]].concat(), change);
        self.counts.extend(new);
        self.counts.extend(changes.into_iter().map(of_today));
        self.periods.extend(counts.periods.iter().map(Period::to_string));
        self.level = self.level.max(Some(counts.level));
        self.until =
            self.until().into_iter().chain(counts.periods.last().copied()).max_by_key(|period| period.last_month());
        Ok(axes)
    }

    /// Where a zero came in after something was told: it was counted now, and not before. Otherwise nobody would have reported
    /// there, and everybody known that nothing is.
    fn come_in(&self, changes: &BTreeMap<Key, i64>) -> BTreeSet<Key> {
        let mut zeros: BTreeSet<Key> =
            changes.iter().filter(|(_, change)| **change == 0).map(|(key, _)| key.clone()).collect();
        if !zeros.is_empty() {
            self.counts.iter().for_each(|(leaves, _)| drop(zeros.take(&leaves[..leaves.len() - 1])));
        }
        zeros
    }

    /// A number that came in without categories, or for a larger place, and is now the sum of some, has not changed: it was
    /// broken down so then, and nobody counted it. Otherwise everybody but the program knew that.
    fn break_down(&mut self, axes: &Axes, today: &[(Key, i64)]) {
        let broken_down = self.broken_down(axes, today);
        for (leaves, count) in std::mem::take(&mut self.counts) {
            let (key, vintage) = leaves.split_at(leaves.len() - 1);
            match broken_down.get(key).filter(|_| count != 0) {
                Some(parts) => {
                    let at = |key: &Key| [key.as_slice(), vintage].concat();
                    self.counts.extend(parts.iter().map(|(key, count)| (at(key), *count)));
                }
                None => self.counts.push((leaves, count)),
            }
        }
    }

    /// The numbers of then that are sums of some of today, by their keys.
    fn broken_down(&self, axes: &Axes, today: &[(Key, i64)]) -> BTreeMap<Key, Vec<(Key, i64)>> {
        let mut then: BTreeMap<Key, Vec<i64>> = BTreeMap::new();
        for (leaves, count) in self.counts.iter().filter(|(_, count)| *count != 0) {
            then.entry(leaves[..leaves.len() - 1].to_vec()).or_default().push(*count);
        }
        then.retain(|_, vintages| vintages.iter().sum::<i64>() != 0);
        let widths: BTreeSet<Width> = then.keys().map(|key| axes.width(key)).collect();
        let mut found = BTreeMap::new();
        for width in widths.iter().filter(|width| **width != Width::default()) {
            let mut of: BTreeMap<Key, Vec<(Key, i64)>> = BTreeMap::new();
            for (key, count) in today {
                of.entry(axes.widened(key, width)).or_default().push((key.clone(), *count));
            }
            let mut others: BTreeMap<Key, usize> = BTreeMap::new();
            then.keys().for_each(|key| *others.entry(axes.widened(key, width)).or_default() += 1);
            for (key, vintages) in then.iter().filter(|(key, _)| axes.width(key) == *width) {
                let Some(parts) = of.get(key).filter(|_| others[key] == 1) else { continue };
                let same = *vintages == [parts.iter().map(|(_, count)| count).sum::<i64>()];
                if same && parts.iter().all(|(part, _)| part != key) {
                    found.insert(key.clone(), parts.clone());
                }
            }
        }
        found
    }

    fn axes(&self, counts: &Counts) -> Result<Axes, Unlike> {
        let told = |at: usize| -> BTreeSet<&String> { self.counts.iter().map(|(leaves, _)| &leaves[at]).collect() };
        let names: Vec<Id> = counts.dimensions.iter().map(|(name, _)| name.clone()).collect();
        let before = if self.counts.is_empty() { None } else { self.dimensions.clone().or(Some(names.clone())) };
        let before = before.unwrap_or_else(|| names.clone());
        if self.counts.first().is_some_and(|(leaves, _)| leaves.len() != before.len() + 4) {
            return Err(Unlike::Dimensions);
        }
        let (mut axes, old_parts) =
            (Axes::default(), if self.counts.is_empty() { BTreeSet::new() } else { told(2 + before.len()) });
        let parts: BTreeSet<String> =
            split(counts.parts, Default::default()).into_iter().map(|(part, _)| part.to_string()).collect();
        if !old_parts.is_empty() && !old_parts.iter().all(|part| parts.contains(*part)) {
            return Err(Unlike::Parts);
        }
        axes.periods = counts.periods.iter().map(Period::to_string).collect();
        let years: BTreeSet<String> =
            counts.years.iter().chain(&counts.running).chain(&counts.spans).map(|(year, _)| year.to_string()).collect();
        if !self.counts.is_empty() {
            for period in told(1).into_iter().filter(|period| !axes.periods.contains(period)).collect::<Vec<_>>() {
                let inside = |other: &Period, own: &Period| other != own && other.contains(*own);
                let own = period.parse::<Period>().map_err(|_| Unlike::Periods)?;
                if years.contains(period) || counts.periods.iter().any(|p| inside(p, &own) || inside(&own, p)) {
                    return Err(Unlike::Periods);
                }
                axes.periods.push(period.clone());
            }
            // Of running totals each holds those before it.
            axes.periods.sort_by_key(|period| period.parse::<Period>().map(Period::last_month).ok());
        }
        let mut old_places: BTreeSet<&String> = if self.counts.is_empty() { BTreeSet::new() } else { told(0) };
        old_places.extend(self.codes.iter().flatten().filter(|code| code.ends_with("/rest")));
        axes.places(counts, &old_places);
        for (at, (name, categories)) in counts.dimensions.iter().enumerate() {
            let mut categories = categories.clone();
            let own = before.iter().position(|other| other == name);
            let old = own.filter(|_| !self.counts.is_empty()).map(|own| told(2 + own)).unwrap_or_default();
            let gone: Vec<Id> = old.into_iter().filter(|old| !categories.contains(old)).cloned().collect();
            categories.extend(gone);
            let known = self.codes.iter().any(|leaves| leaves.contains(&unknown(name)));
            if (own.is_none() || known) && !categories.contains(&unknown(name)) {
                categories.push(unknown(name));
            }
            axes.dimensions.push((name.clone(), categories));
            axes.today.push(Some(at));
            axes.added.push(own.is_none());
        }
        for (at, name) in before.iter().enumerate().filter(|(_, name)| !names.contains(name)) {
            let mut categories: Vec<Id> = told(2 + at).into_iter().cloned().collect();
            if !categories.contains(&unknown(name)) {
                categories.push(unknown(name));
            }
            axes.dimensions.push((name.clone(), categories));
            axes.today.push(None);
            axes.added.push(false);
        }
        Ok(axes)
    }

    /// Gives counts and entries of before the dimensions of now: what had no category had any.
    fn widen(&mut self, counts: &Counts, axes: &Axes) {
        let names: Vec<Id> = axes.dimensions.iter().map(|(name, _)| name.clone()).collect();
        let today = || counts.dimensions.iter().map(|(name, _)| name.clone()).collect();
        let before: Vec<Id> = self.dimensions.replace(names.clone()).unwrap_or_else(today);
        if before == names {
            return;
        }
        let own: Vec<Option<usize>> = names.iter().map(|name| before.iter().position(|other| other == name)).collect();
        for (leaves, _) in &mut self.counts {
            let categories = own.iter().zip(&names);
            let categories =
                categories.map(|(own, name)| own.map_or_else(|| unknown(name), |at| leaves[2 + at].clone()));
            let (place, behind) = (leaves[..2].to_vec(), leaves[leaves.len() - 2..].to_vec());
            *leaves = place.into_iter().chain(categories).chain(behind).collect();
        }
        let all: Vec<u32> = axes.dimensions.iter().map(|(_, categories)| self.code(categories)).collect();
        for kept in &mut self.entries {
            let categories = own.iter().zip(&all).map(|(own, all)| own.map_or(*all, |at| kept.1[2 + at]));
            let behind = &kept.1[kept.1.len() - 2..];
            kept.1 = kept.1[..2].iter().copied().chain(categories).chain(behind.iter().copied()).collect();
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn code(&mut self, leaves: &[String]) -> u32 {
        let known = self.codes.iter().position(|known| known == leaves);
        known.unwrap_or_else(|| {
            self.codes.push(leaves.to_vec());
            self.codes.len() - 1
        }) as u32
    }

    pub(super) fn memory(&self) -> Result<Memory, MemoryError> {
        let entry = |kept: &Kept| MemoryEntry {
            edition: kept.0,
            codes: kept.1.clone(),
            shown: kept.2,
            value: kept.3,
            least: kept.4,
            reach: kept.5,
        };
        let entries = self.entries.iter().map(entry).collect();
        Memory::from_parts(self.editions, self.codes.clone(), entries)
    }

    pub(super) fn keep(&mut self, memory: &Memory) {
        self.editions = memory.editions();
        self.codes = memory.codes().to_vec();
        let kept =
            memory.entries().iter().map(|e| Kept(e.edition, e.codes.clone(), e.shown, e.value, e.least, e.reach));
        self.entries = kept.collect();
    }
}

/// The code of what these editions made of a count.
pub(super) fn as_of(vintages: &[String]) -> String {
    match vintages {
        [only] => only.clone(),
        all => format!("as of {}", all.last().map_or("", String::as_str)),
    }
}

/// Editions are named by their numbers.
fn number(edition: &str) -> u32 {
    edition.trim_start_matches('e').parse().unwrap_or(0)
}

/// What was counted then and what is counted today under one shared key.
#[derive(Default)]
struct Group {
    /// By finest key: vintages and by how much.
    old: BTreeMap<Key, Vec<(String, i64)>>,
    today: Vec<(Key, i64)>,
}

impl Group {
    /// Puts down what was counted, and what has changed. Where the same number is only broken down otherwise nothing has;
    /// else the old number is left behind whole and the new one comes in.
    fn settle(self, axes: &Axes, first: &str, counts: &mut Vec<(Vec<String>, i64)>, changes: &mut BTreeMap<Key, i64>) {
        let before: i64 = self.old.values().flatten().map(|(_, count)| count).sum();
        let now: i64 = self.today.iter().map(|(_, count)| count).sum();
        let at = |key: &Key, vintage: &str| [key.as_slice(), &[vintage.to_string()]].concat();
        let finer_then = self.old.keys().any(|key| *key != axes.coarsest(key));
        let finer_now =
            axes.added.contains(&true) || self.today.iter().any(|(key, _)| axes.told_as.contains_key(&key[0]));
        let corrected = self.old.values().flatten().any(|(vintage, count)| vintage != first && *count != 0);
        if finer_now && before == now && !corrected && !finer_then && !self.today.is_empty() {
            counts.extend(self.today.iter().map(|(key, count)| (at(key, first), *count)));
            return;
        }
        // A number that is no longer broken down, and is the same, has not changed.
        let unchanged = finer_then && !finer_now && before == now && !self.today.is_empty();
        for (key, vintages) in &self.old {
            let own = axes.left_behind(key);
            counts.extend(vintages.iter().map(|(vintage, count)| (at(&own, vintage), *count)));
            if !unchanged {
                *changes.entry(own).or_default() -= vintages.iter().map(|(_, count)| count).sum::<i64>();
            }
        }
        if !unchanged {
            self.today.into_iter().for_each(|(key, count)| *changes.entry(key).or_default() += count);
        }
    }
}
