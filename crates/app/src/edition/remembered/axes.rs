//! The code lists of a measure that hold what is counted today and all that was ever counted, and how a count of then lies
//! among those of now. Refuses to know what was told.

use std::collections::{BTreeMap, BTreeSet};

use romduol_edition::content::unknown;
use romduol_plan::Id;

use super::super::counts::{Counts, Leaf, Places, rest};
use super::super::protect::split;
use super::{Key, Unchanged};

/// Code lists that hold all that was ever counted: today's first.
#[derive(Clone, Debug, Default)]
pub(in crate::edition) struct Axes {
    pub places: Places,
    pub periods: Vec<String>,
    pub dimensions: Vec<(Id, Vec<Id>)>,
    /// Where the dimensions of today stand in [`Counts::dimensions`]; none for one that is no longer counted.
    pub(super) today: Vec<Option<usize>>,
    /// Dimensions that no earlier edition counted.
    pub(super) added: Vec<bool>,
    /// Leaves of today that were told only as a part of a larger place.
    pub(super) told_as: BTreeMap<Id, Id>,
}

/// In what a count of then is wider than those of today: it is of a larger place, or has no category of some dimensions.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Width {
    pub place: bool,
    pub without: Vec<usize>,
}

impl Axes {
    /// Leaves of today, those of before that are none any more, and what lies between larger places and them.
    pub(super) fn places(&mut self, counts: &Counts, old: &BTreeSet<&String>) {
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
    pub(in crate::edition) fn counted(&self, counts: &Counts) -> Vec<(Key, i64)> {
        let mut all = Vec::new();
        for (leaf, pair) in &counts.at {
            all.extend(split(counts.parts, *pair).into_iter().map(|(part, count)| (self.key(leaf, part), count)));
        }
        all
    }

    /// The finest key of a count of today.
    pub(super) fn key(&self, (area, period, categories): &Leaf, part: &str) -> Key {
        let mut key = vec![area.clone(), period.to_string()];
        let own = self.dimensions.iter().zip(&self.today);
        key.extend(own.map(|((name, _), at)| at.map_or_else(|| unknown(name), |at| categories[at].clone())));
        key.push(part.into());
        key
    }

    /// Categories by the names of their dimensions.
    pub(super) fn named(&self, categories: &[Id]) -> BTreeMap<Id, Id> {
        self.dimensions.iter().map(|(name, _)| name.clone()).zip(categories.iter().cloned()).collect()
    }

    /// What is counted by other places or categories than before and makes the same: that it did not change is known, of some
    /// categories or of all together.
    pub(super) fn only_broken_down(&self, changes: &BTreeMap<Key, i64>, edition: &str) -> Vec<Unchanged> {
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
    pub(super) fn width(&self, key: &[String]) -> Width {
        let own = self.dimensions.iter().zip(&self.today).enumerate();
        let without = own.filter(|(at, ((name, _), today))| today.is_some() && key[2 + at] == unknown(name));
        let place = self.told_as.values().any(|place| *place == key[0]);
        Width { place, without: without.map(|(at, _)| at).collect() }
    }

    /// The key that is as wide as that and holds this one.
    pub(super) fn widened(&self, key: &[String], width: &Width) -> Key {
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
    pub(super) fn shared(&self, key: &[String]) -> Key {
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
    pub(super) fn coarsest(&self, key: &[String]) -> Key {
        let mut coarse = key.to_vec();
        for (at, (name, _)) in self.dimensions.iter().enumerate().filter(|(at, _)| self.today[*at].is_none()) {
            coarse[2 + at] = unknown(name);
        }
        coarse
    }

    /// Where a count of then stays: a place that is told in parts now keeps it beside them.
    pub(super) fn left_behind(&self, key: &[String]) -> Key {
        let mut own = key.to_vec();
        if !self.places.leaves.contains(&own[0]) {
            own[0] = rest(&own[0]);
        }
        own
    }
}
