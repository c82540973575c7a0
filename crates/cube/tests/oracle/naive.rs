//! The naive fold: the crate's page word by word, with recursion over parents and sets of areas. It refuses to use
//! positions, ranges, keys or counts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use romduol_cube::*;

#[derive(Clone, Debug)]
pub struct Seen {
    pub measure: u32,
    pub period: u32,
    pub area: u32,
    pub categories: Vec<u16>,
    pub value: f64,
}

/// Everything the naive fold knows.
#[derive(Clone, Debug, Default)]
pub struct Naive {
    pub parents: Vec<Option<u32>>,
    pub measures: Vec<Measure>,
    pub seen: Vec<Seen>,
    pub expected: BTreeMap<(u32, u32), BTreeSet<u32>>,
    /// When an area exists; the last word on it counts.
    pub valid: BTreeMap<u32, Range<u32>>,
}

/// By kept categories: value and the units that are in it.
pub type Values = BTreeMap<Vec<u16>, (f64, BTreeSet<u32>)>;
/// By area, period and kept categories: value, present, expected.
pub type Answer = BTreeMap<(u32, u32, Vec<u16>), (f64, u32, u32)>;

impl Naive {
    pub fn put(&mut self, at: Seen, value: Option<f64>) {
        let same =
            |s: &Seen| (s.measure, s.period, s.area, &s.categories) == (at.measure, at.period, at.area, &at.categories);
        self.seen.retain(|s| !same(s));
        self.seen.extend(value.map(|value| Seen { value, ..at }));
    }

    /// Whether an area and all above it exist in a period.
    pub fn exists(&self, area: u32, period: u32) -> bool {
        let itself = self.valid.get(&area).is_none_or(|valid| valid.contains(&period));
        itself && self.above(area).iter().all(|a| self.valid.get(a).is_none_or(|valid| valid.contains(&period)))
    }

    pub fn above(&self, area: u32) -> Vec<u32> {
        std::iter::successors(self.parents[area as usize], |&a| self.parents[a as usize]).collect()
    }

    pub fn children(&self, area: u32) -> Vec<u32> {
        let all = 0..self.parents.len() as u32;
        all.filter(|&a| self.parents[a as usize] == Some(area)).collect()
    }

    pub fn at_or_below(&self, area: u32) -> BTreeSet<u32> {
        let all = 0..self.parents.len() as u32;
        all.filter(|&a| a == area || self.above(a).contains(&area)).collect()
    }

    pub fn asked(&self, measure: u32, period: u32) -> BTreeSet<u32> {
        self.expected.get(&(measure, period)).cloned().unwrap_or_default()
    }

    /// Categories add up where they were observed.
    pub fn own(&self, measure: u32, period: u32, area: u32, keep: &[usize]) -> BTreeMap<Vec<u16>, f64> {
        let mut own = BTreeMap::new();
        for s in &self.seen {
            if (s.measure, s.period, s.area) == (measure, period, area) {
                let kept = keep.iter().map(|&d| s.categories[d]).collect();
                *own.entry(kept).or_insert(0.0) += s.value;
            }
        }
        own
    }

    /// The value of one area in one period, and the units of it.
    pub fn place(&self, measure: u32, period: u32, area: u32, keep: &[usize]) -> (Values, BTreeSet<u32>) {
        let rule = self.measures[measure as usize].place;
        let own = self.own(measure, period, area, keep);
        let asked = self.asked(measure, period);
        let mut units: BTreeSet<u32> = asked.iter().copied().filter(|&a| a == area).collect();
        if rule == PlaceRule::OnlyWhereMeasured {
            let itself = BTreeSet::from([area]);
            if !own.is_empty() {
                units.clone_from(&itself);
            }
            let values = own.into_iter().map(|(k, v)| (k, (v, itself.clone())));
            return (values.collect(), units);
        }
        if !own.is_empty() {
            units = self.at_or_below(area).intersection(&asked).copied().collect();
            units.insert(area);
            let values = own.into_iter().map(|(k, v)| (k, (v, units.clone())));
            return (values.collect(), units);
        }
        let mut values = Values::new();
        for child in self.children(area) {
            let (below, child_units) = self.place(measure, period, child, keep);
            units.extend(child_units);
            for (kept, (value, present)) in below {
                match values.entry(kept) {
                    std::collections::btree_map::Entry::Vacant(e) => {
                        e.insert((value, present));
                    }
                    std::collections::btree_map::Entry::Occupied(mut e) => {
                        let all = e.get_mut();
                        all.0 = match rule {
                            PlaceRule::Max => all.0.max(value),
                            _ => all.0 + value,
                        };
                        all.1.extend(present);
                    }
                }
            }
        }
        (values, units)
    }

    pub fn periods(&self, query: &Query) -> Vec<u32> {
        // Far more than the tests use.
        (0..20)
            .filter(|p| match &query.periods {
                Periods::Range(range) => range.contains(p),
                Periods::List(list) => list.contains(p),
            })
            .collect()
    }

    pub fn refuses(&self, query: &Query) -> bool {
        let Some(measure) = self.measures.get(query.measure as usize) else {
            return true;
        };
        let dimensions = measure.shape.dimensions();
        let overlap = dimensions.iter().enumerate();
        let overlap = overlap.filter(|(n, d)| !d.additive && query.keep & (1 << n) == 0);
        let beyond = (dimensions.len()..32).any(|n| query.keep & (1 << n) != 0);
        let several = match &query.periods {
            Periods::Range(range) => range.end.saturating_sub(range.start) > 1,
            Periods::List(list) => list.iter().collect::<BTreeSet<_>>().len() > 1,
        };
        let timeless = measure.time == TimeRule::None && query.time == Time::Rolled && several;
        overlap.count() > 0 || beyond || timeless
    }

    pub fn areas(&self, query: &Query) -> Vec<u32> {
        match query.areas {
            Areas::One(area) => vec![area],
            Areas::ChildrenOf(area) => self.children(area),
            Areas::AtLevel { within, level } => {
                self.at_or_below(within).into_iter().filter(|&a| self.above(a).len() as u32 == level).collect()
            }
        }
    }

    pub fn answer(&self, query: &Query) -> Answer {
        let measure = &self.measures[query.measure as usize];
        let all = 0..measure.shape.dimensions().len();
        let keep: Vec<usize> = all.filter(|n| query.keep & (1 << n) != 0).collect();
        let mut answer = Answer::new();
        for area in self.areas(query) {
            let places: Vec<_> =
                self.periods(query).into_iter().map(|p| (p, self.place(query.measure, p, area, &keep))).collect();
            match query.time {
                Time::PerPeriod => {
                    for (period, (values, units)) in &places {
                        insert(&mut answer, area, *period, values, units.len());
                    }
                }
                Time::Rolled => rolled(&mut answer, area, &places, measure.time),
            }
        }
        answer
    }
}

pub fn insert(answer: &mut Answer, area: u32, period: u32, values: &Values, units: usize) {
    for (kept, (value, present)) in values {
        answer.insert((area, period, kept.clone()), (*value, present.len() as u32, units as u32));
    }
}

pub fn rolled(answer: &mut Answer, area: u32, places: &[(u32, (Values, BTreeSet<u32>))], rule: TimeRule) {
    let Some((last, (values, units))) = places.iter().rfind(|(_, (v, _))| !v.is_empty()) else {
        return;
    };
    if matches!(rule, TimeRule::Last | TimeRule::None) {
        return insert(answer, area, *last, values, units.len());
    }
    let units: usize = places.iter().map(|(_, (_, units))| units.len()).sum();
    let kept: BTreeSet<&Vec<u16>> = places.iter().flat_map(|(_, (v, _))| v.keys()).collect();
    for kept in kept {
        let found: Vec<_> = places.iter().filter_map(|(_, (v, _))| v.get(kept)).collect();
        let sum: f64 = found.iter().map(|(value, _)| value).sum();
        let present: usize = found.iter().map(|(_, present)| present.len()).sum();
        let value = match rule {
            TimeRule::Average => sum / found.len() as f64,
            _ => sum,
        };
        answer.insert((area, *last, kept.clone()), (value, present as u32, units as u32));
    }
}
