//! What was told of an indicator that cannot be counted any more, as counts: numbers of the same people are held against it.
//! Refuses to know why it cannot be counted.

use std::collections::{BTreeMap, BTreeSet};

use romduol_plan::kinds::AreaLevel;
use romduol_plan::{Id, Period};

use super::super::counts::{Counts, Leaf, Pair, Parts, Places};
use super::super::protect::{LOWER, OTHER, UPPER};
use super::Remembered;

/// How the numbers of periods make those of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::edition) enum Years {
    Sums,
    RunningTotals,
    /// Stocks, which do not add up.
    Apart,
}

impl Remembered {
    /// What it was when it was told last, by places of the level that it was told by. None where nothing was.
    pub(in crate::edition) fn left(&self, years: Years, places: impl Fn(AreaLevel) -> Places) -> Option<Counts> {
        let dimensions = self.dimensions.clone().unwrap_or_default();
        let mut numbers: BTreeMap<Leaf, BTreeMap<&str, i64>> = BTreeMap::new();
        for (leaves, count) in &self.counts {
            let [place, period, categories @ .., part, _] = leaves.as_slice() else { return None };
            let leaf = (place.clone(), period.parse().ok()?, categories.to_vec());
            *numbers.entry(leaf).or_default().entry(part).or_default() += count;
        }
        let names: BTreeSet<&str> = numbers.values().flat_map(|parts| parts.keys().copied()).collect();
        let parts = match (names.contains(OTHER), names.contains(LOWER), names.contains(UPPER)) {
            (true, ..) => Parts::Share,
            (_, true, true) => Parts::Rate,
            (_, true, false) => Parts::Mean,
            _ => Parts::Count,
        };
        let pair = |numbers: &BTreeMap<&str, i64>| {
            let of = |name: &str| numbers.get(name).copied().unwrap_or_default();
            let whole = if parts == Parts::Share { of(UPPER) + of(OTHER) } else { of(LOWER) };
            Pair { upper: of(UPPER), lower: whole }
        };
        let at: BTreeMap<Leaf, Pair> = numbers.iter().map(|(leaf, numbers)| (leaf.clone(), pair(numbers))).collect();
        let periods = self.told_periods();
        let level = self.level.unwrap_or(AreaLevel::Province);
        let counts = Counts {
            places: with_those(places(level), at.keys().map(|(place, ..)| place)),
            years: if years == Years::Sums { self.whole_years(&periods) } else { Vec::new() },
            running: None,
            spans: Vec::new(),
            running_totals: years == Years::RunningTotals,
            dimensions: categories(&dimensions, at.keys()),
            periods,
            at,
            parts,
            level,
        };
        (!counts.at.is_empty()).then_some(counts)
    }

    fn told_periods(&self) -> Vec<Period> {
        let mut periods: Vec<Period> = self.periods.iter().filter_map(|period| period.parse().ok()).collect();
        periods.sort_by_key(|period| period.last_month());
        periods
    }

    /// The rule by which its small counts were hidden.
    pub(in crate::edition) fn k(&self) -> Option<u32> {
        self.entries.iter().filter_map(|kept| kept.5).min().and_then(|reach| u32::try_from(reach).ok())
    }

    fn whole_years(&self, periods: &[Period]) -> Vec<(Period, Vec<Period>)> {
        let until = self.until().map(Period::last_month);
        let ends: BTreeSet<i32> = periods.iter().map(|period| period.end_year()).collect();
        let years = ends.into_iter().map(Period::year).filter(|year| Some(year.last_month()) <= until);
        let inside = |year: Period| periods.iter().copied().filter(move |own| *own != year && year.contains(*own));
        years.map(|year| (year, inside(year).collect::<Vec<_>>())).filter(|(_, inside)| !inside.is_empty()).collect()
    }
}

/// Code lists of places with those that were told, also where they lie beside the smaller ones.
fn with_those<'a>(mut places: Places, told: impl Iterator<Item = &'a Id>) -> Places {
    let told: BTreeSet<&Id> = told.collect();
    if !told.iter().any(|place| places.leaves.contains(place)) {
        return Places { leaves: told.into_iter().cloned().collect(), groups: Vec::new() };
    }
    for left_over in told {
        let Some(above) = left_over.strip_suffix("/rest") else { continue };
        let Some(own) = places.groups.iter().find(|(area, _)| area == above).map(|(_, leaves)| leaves.clone()) else {
            continue;
        };
        places.leaves.push(left_over.clone());
        let holds = |leaves: &[Id]| own.iter().all(|leaf| leaves.contains(leaf));
        places.groups.iter_mut().filter(|(_, leaves)| holds(leaves)).for_each(|(_, all)| all.push(left_over.clone()));
    }
    places
}

fn categories<'a>(names: &[Id], all: impl Iterator<Item = &'a Leaf>) -> Vec<(Id, Vec<Id>)> {
    let mut found: Vec<BTreeSet<&Id>> = vec![BTreeSet::new(); names.len()];
    for (_, _, own) in all {
        found.iter_mut().zip(own).for_each(|(found, own)| found.extend([own]));
    }
    let list = |own: BTreeSet<&Id>| own.into_iter().cloned().collect();
    names.iter().cloned().zip(found.into_iter().map(list)).collect()
}
