//! What is remembered of a measure between editions, at its finest, and the code lists that hold both it and what is counted
//! today: places, periods, groups and dimensions come and go, and what was told of them stays told. Refuses to know
//! what may be told now.
//!
//! A number that was corrected since it was told is not told anew as if nothing had been: what it was stays known to
//! everybody, so the correction is a dimension of its own (its vintages), whose leaves are changes.

use std::collections::{BTreeMap, BTreeSet};

use romduol_disclosure::{Entry as MemoryEntry, Memory, MemoryError};
use romduol_edition::content::unknown;
use romduol_plan::kinds::AreaLevel;
use romduol_plan::{Id, Period};
use serde::{Deserialize, Serialize};

use super::counts::{Counts, Leaf, Places, rest};
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

/// Code lists that hold all that was ever counted: today's first.
#[derive(Clone, Debug, Default)]
pub(super) struct Axes {
    pub places: Places,
    pub periods: Vec<String>,
    pub dimensions: Vec<(Id, Vec<Id>)>,
    /// Where the dimensions of today stand in [`Counts::dimensions`]; none for one that is no longer counted.
    today: Vec<Option<usize>>,
    /// Dimensions that no earlier edition counted.
    added: Vec<bool>,
    /// Leaves of today that were told only as a part of a larger place.
    told_as: BTreeMap<Id, Id>,
}

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
        changes.retain(|_, change| *change != 0);
        self.unchanged.extend(axes.only_broken_down(&changes, edition));
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

/// In what a count of then is wider than those of today: it is of a larger place, or has no category of some dimensions.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Width {
    place: bool,
    without: Vec<usize>,
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

impl Axes {
    /// Leaves of today, those of before that are none any more, and what lies between larger places and them.
    fn places(&mut self, counts: &Counts, old: &BTreeSet<&String>) {
        self.places = counts.places.clone();
        let groups: BTreeSet<&Id> = counts.places.groups.iter().map(|(area, _)| area).collect();
        // The smallest place that was told holds a leaf: groups come with the smaller ones first.
        for (area, leaves) in counts.places.groups.iter().filter(|(area, _)| old.contains(area)) {
            for leaf in leaves.iter().filter(|leaf| !old.contains(leaf)) {
                self.told_as.entry(leaf.clone()).or_insert_with(|| area.clone());
            }
        }
        for gone in old.iter().filter(|gone| !counts.places.leaves.contains(gone)) {
            let above =
                if groups.contains(*gone) { Some((*gone).clone()) } else { gone.strip_suffix("/rest").map(Id::from) };
            let leaf = above.as_ref().map_or_else(|| (*gone).clone(), |above| rest(above));
            if self.places.leaves.contains(&leaf) {
                continue;
            }
            self.places.leaves.push(leaf.clone());
            let Some(above) = above else { continue };
            let own = counts.places.groups.iter().find(|(area, _)| *area == above).map(|(_, leaves)| leaves.clone());
            let Some(own) = own else { continue };
            let holds = |leaves: &[Id]| own.iter().all(|leaf| leaves.contains(leaf));
            self.places.groups.iter_mut().filter(|(_, leaves)| holds(leaves)).for_each(|(_, l)| l.push(leaf.clone()));
        }
    }

    /// The counts of today by their finest keys.
    pub(super) fn counted(&self, counts: &Counts) -> Vec<(Key, i64)> {
        let mut all = Vec::new();
        for (leaf, pair) in &counts.at {
            all.extend(split(counts.parts, *pair).into_iter().map(|(part, count)| (self.key(leaf, part), count)));
        }
        all
    }

    /// The finest key of a count of today.
    fn key(&self, (area, period, categories): &Leaf, part: &str) -> Key {
        let mut key = vec![area.clone(), period.to_string()];
        let own = self.dimensions.iter().zip(&self.today);
        key.extend(own.map(|((name, _), at)| at.map_or_else(|| unknown(name), |at| categories[at].clone())));
        key.push(part.into());
        key
    }

    /// Categories by the names of their dimensions.
    fn named(&self, categories: &[Id]) -> BTreeMap<Id, Id> {
        self.dimensions.iter().map(|(name, _)| name.clone()).zip(categories.iter().cloned()).collect()
    }

    /// What is counted by other places or categories than before and makes the same: that it did not change is known, of some
    /// categories or of all together.
    fn only_broken_down(&self, changes: &BTreeMap<Key, i64>, edition: &str) -> Vec<Unchanged> {
        let mut sums: BTreeMap<Unchanged, (i64, bool)> = BTreeMap::new();
        for (key, change) in changes {
            let [_, period, categories @ .., part] = key.as_slice() else { continue };
            let place = self.widened(key, &Width { place: true, without: Vec::new() }).swap_remove(0);
            let own = self.dimensions.iter().zip(&self.today).enumerate();
            let other = own.into_iter().any(|(at, ((name, _), today))| today.is_none() || key[2 + at] == unknown(name));
            let otherwise = other || place != key[0] || self.added.contains(&true);
            let (period, part, vintage) = (period.clone(), part.clone(), edition.into());
            let together = Unchanged { place, period, categories: BTreeMap::new(), part, vintage };
            for of in [Unchanged { categories: self.named(categories), ..together.clone() }, together] {
                let (sum, any) = sums.entry(of).or_default();
                *sum += change;
                *any |= otherwise;
            }
        }
        let known = |place: &Id| {
            let leaf = self.places.leaves.contains(place);
            leaf || self.places.groups.iter().any(|(group, _)| group == place)
        };
        let same = sums.into_iter().filter(|(of, (sum, otherwise))| *sum == 0 && *otherwise && known(&of.place));
        same.map(|(of, _)| of).collect()
    }

    /// In what a key of then is wider than those of now.
    fn width(&self, key: &[String]) -> Width {
        let own = self.dimensions.iter().zip(&self.today).enumerate();
        let without = own.filter(|(at, ((name, _), today))| today.is_some() && key[2 + at] == unknown(name));
        let place = self.told_as.values().any(|place| *place == key[0]);
        Width { place, without: without.map(|(at, _)| at).collect() }
    }

    /// The key that is as wide as that and holds this one.
    fn widened(&self, key: &[String], width: &Width) -> Key {
        let mut wide = key.to_vec();
        if width.place {
            let above = key[0].strip_suffix("/rest").filter(|above| self.told_as.values().any(|place| place == above));
            let above = self.told_as.get(&key[0]).map(String::as_str).or(above);
            wide[0] = above.unwrap_or(&key[0]).into();
        }
        width.without.iter().for_each(|at| wide[2 + at] = unknown(&self.dimensions[*at].0));
        wide
    }

    /// What a key of then and one of now have in common: the larger place, and no category of what only one of them has.
    fn shared(&self, key: &[String]) -> Key {
        let mut shared = key.to_vec();
        if let Some(place) = self.told_as.get(&key[0]) {
            shared[0].clone_from(place);
        } else if let Some(above) =
            key[0].strip_suffix("/rest").filter(|above| self.told_as.values().any(|p| p == above))
        {
            shared[0] = above.into();
        }
        for (at, (name, _)) in self.dimensions.iter().enumerate() {
            if self.added[at] || self.today[at].is_none() {
                shared[2 + at] = unknown(name);
            }
        }
        shared
    }

    /// The key without the categories of dimensions that are no longer counted.
    fn coarsest(&self, key: &[String]) -> Key {
        let mut coarse = key.to_vec();
        for (at, (name, _)) in self.dimensions.iter().enumerate().filter(|(at, _)| self.today[*at].is_none()) {
            coarse[2 + at] = unknown(name);
        }
        coarse
    }

    /// Where a count of then stays: a place that is told in parts now keeps it beside them.
    fn left_behind(&self, key: &[String]) -> Key {
        let mut own = key.to_vec();
        if !self.places.leaves.contains(&own[0]) {
            own[0] = rest(&own[0]);
        }
        own
    }
}
