//! Roll-ups by name: the value of an indicator for a place, a period and a breakdown. Refuses to know where numbers come
//! from.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use romduol_cube::{Areas, Cell, Key, Periods, Query, Time, ratio};

use super::layout::Pair;
use super::{Asked, Totals};
use crate::alike::Alike;
use crate::answers::has_base;
use crate::completeness::{Completeness, Parts};
use crate::kinds::*;
use crate::period::{Frequency, Period};
use crate::state::State;

/// A rolled-up number and how much of what was to come is in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total {
    pub value: f64,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub reported: u32,
    pub expected: u32,
    /// What of it had come in when it was told, where it is one that was told; of all others that is reckoned.
    pub came: Option<Completeness>,
    /// Returns in it that left groups empty.
    pub partial: u32,
}

/// Enough for every page that people look at again and again; what is asked beyond is computed each time.
const REMEMBERED: usize = 50_000;

impl Totals {
    /// The value of an indicator for an area over one period (by its time rule where the period has several parts).
    pub fn total(&self, indicator: &Indicator, area: &str, period: Period) -> Option<Total> {
        self.seen_total(indicator, &(indicator.id.clone(), area.to_string(), period))
    }

    /// The same, whoever asks.
    pub(super) fn full_total(&self, indicator: &Indicator, key: &Asked) -> Option<Total> {
        let (_, area, period) = key;
        let number = *self.areas.get(area)?;
        let memo = || self.memo.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = memo().get(key) {
            return *known;
        }
        // Computed without the lock, so that no reader waits for another one's question.
        let total = self.ask(indicator, None, Areas::One(number), *period, 0).pop().map(|(_, _, total)| total);
        let mut memo = memo();
        if memo.len() < REMEMBERED {
            memo.insert(key.clone(), total);
        }
        total
    }

    /// The values of all areas directly below `area`.
    pub fn children(&self, indicator: &Indicator, area: &str, period: Period) -> Vec<(Id, Total)> {
        if self.seen.is_some() && indicator.counts_people() {
            return self.seen_children(indicator, area, period);
        }
        let Some(area) = self.areas.get(area) else { return Vec::new() };
        let cells = self.ask(indicator, None, Areas::ChildrenOf(*area), period, 0);
        cells.into_iter().map(|(area, _, total)| (self.area_ids[area as usize].clone(), total)).collect()
    }

    /// The values by the categories of one dimension; `None` is "not stated".
    pub fn breakdown(
        &self,
        state: &State,
        indicator: &Indicator,
        dimension: &str,
        area: &str,
        period: Period,
    ) -> Vec<(Option<Id>, Total)> {
        self.seen_breakdown(state, indicator, dimension, area, period)
    }

    /// The same, whoever asks.
    pub(super) fn full_breakdown(
        &self,
        state: &State,
        indicator: &Indicator,
        dimension: &str,
        area: &str,
        period: Period,
    ) -> Vec<(Option<Id>, Total)> {
        let Some(area) = self.areas.get(area).copied() else { return Vec::new() };
        let crossed = indicator.dimensions.iter().position(|d| d == dimension);
        let overlapping = crossed.is_none().then_some(dimension);
        let keep = 1 << crossed.unwrap_or(0);
        let categories = state.categories(dimension);
        let cells = self.ask(indicator, overlapping, Areas::One(area), period, keep);
        // Nobody is waited for by the groups that overlap: they are as complete as the whole.
        let whole = overlapping.and_then(|_| {
            self.full_total(indicator, &(indicator.id.clone(), self.area_ids[area as usize].clone(), period))
        });
        let came = |total: Total| match whole {
            Some(Total { reported, expected, partial, .. }) => Total { reported, expected, partial, ..total },
            None => total,
        };
        let named = cells.into_iter().map(|(_, kept, total)| {
            let category = kept.first().and_then(|n| categories.get(*n as usize));
            (category.map(|c| c.id.clone()), came(total))
        });
        named.collect()
    }

    /// The periods for which anybody gave a number, oldest first, and whether any of it is illustrative.
    pub fn periods(&self, indicator: &Indicator, frequency: Frequency) -> Vec<(Period, bool)> {
        let Some(pair) = self.pair(&indicator.id, None) else { return Vec::new() };
        let illustrative = self.illustrative_at.get(&indicator.id);
        let Ok(periods) = self.cube.periods(pair.value) else { return Vec::new() };
        let period =
            |n: u32| (Period::ending(n, frequency), illustrative.is_some_and(|periods| periods.contains_key(&n)));
        periods.map(period).collect()
    }

    /// What of a value came in: it is asked beside every value that is shown or judged.
    pub fn completeness(&self, indicator: &Indicator, span: &Range<u32>, total: &Total) -> Completeness {
        let judged = || Completeness::judged(indicator, total, self.parts(indicator, span));
        total.came.unwrap_or_else(judged)
    }

    /// The parts of a stretch of months that is longer than what is reported at once and is made of all of them.
    fn parts(&self, indicator: &Indicator, span: &Range<u32>) -> Option<Parts> {
        let layout = self.layouts.get(&indicator.id)?;
        let months = usize::from(layout.reported.months());
        if span.len() <= months || !matches!(indicator.time, TimeRule::Sum | TimeRule::Average) {
            return None;
        }
        let all = self.cube.periods(layout.whole().value).ok()?;
        let known: Vec<u32> = all.filter(|period| *period >= span.start).collect();
        let inside = known.partition_point(|period| *period < span.end);
        let last = *known[..inside].last()?;
        let none_left_out = (last + 1 - span.start) as usize == inside * months;
        Some(Parts {
            each: layout.reported,
            reported: inside as u32,
            of: (span.len() / months) as u32,
            last: Period::ending(last, layout.reported),
            running: none_left_out && known.len() == inside && inside * months < span.len(),
        })
    }

    /// How often an indicator is reported.
    pub(crate) fn reported(&self, indicator: &Indicator) -> Frequency {
        self.layouts.get(&indicator.id).map_or(indicator.frequency, |layout| layout.reported)
    }

    /// The places whose own numbers make up a value, each with the period it reported.
    pub fn sources(&self, indicator: &Indicator, area: &str, period: Period) -> HashSet<(Id, Period)> {
        let (Some(layout), Some(area)) = (self.layouts.get(&indicator.id), self.areas.get(area)) else {
            return HashSet::new();
        };
        let measure = layout.whole().value;
        let inside = self.cube.periods(measure).into_iter().flatten().filter(|n| months(period).contains(n));
        let of = |n: u32| {
            let areas = self.cube.sources(measure, n, *area).unwrap_or_default().into_iter();
            areas.map(move |area| (self.area_ids[area as usize].clone(), Period::ending(n, layout.reported)))
        };
        inside.flat_map(of).collect()
    }

    /// The numbers of those places that left nothing empty, by the cube's number of each; asked for a period as it is
    /// reported, in as few questions as there are levels.
    pub(crate) fn units(&self, indicator: &Indicator, area: &str, period: Period) -> HashMap<u32, Total> {
        let (Some(layout), Some(within)) = (self.layouts.get(&indicator.id), self.areas.get(area).copied()) else {
            return HashMap::new();
        };
        let speaking = self.cube.sources(layout.whole().value, period.ordinal(), within).unwrap_or_default();
        let speaking: HashSet<u32> = speaking.into_iter().collect();
        let levels: BTreeSet<u32> = speaking.iter().filter_map(|area| self.cube.tree().level(*area)).collect();
        let at = |level| self.ask(indicator, None, Areas::AtLevel { within, level }, period, 0);
        let whole = |found: &(u32, Vec<u16>, Total)| speaking.contains(&found.0) && found.2.partial == 0;
        let found = levels.into_iter().flat_map(at).filter(whole);
        found.map(|(area, _, total)| (area, total)).collect()
    }

    pub(crate) fn area_id(&self, number: u32) -> Option<&Id> {
        self.area_ids.get(number as usize)
    }

    /// A comparison that was made since the numbers last changed, or is made now.
    pub(crate) fn compared(&self, key: Asked, make: impl FnOnce() -> Option<Alike>) -> Option<Alike> {
        let memo = || self.compared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = memo().get(&key) {
            return *known;
        }
        let made = make();
        let mut memo = memo();
        if memo.len() < REMEMBERED {
            memo.insert(key, made);
        }
        made
    }

    /// One question to the cube about one period, for the value and, for ratios and means, its base.
    fn ask(
        &self,
        indicator: &Indicator,
        overlapping: Option<&str>,
        areas: Areas,
        period: Period,
        keep: u32,
    ) -> Vec<(u32, Vec<u16>, Total)> {
        let Some(layout) = self.layouts.get(&indicator.id) else { return Vec::new() };
        // A period as it was reported needs no combining; then even what is never combined over time has its value.
        let periods = match period.frequency() == layout.reported {
            true => Periods::one(period.ordinal()),
            false => Periods::Range(months(period)),
        };
        let Some(pair) = layout.pair(overlapping) else { return Vec::new() };
        let cells =
            self.cells(indicator, pair, Query { measure: pair.value, areas, periods, time: Time::Rolled, keep });
        cells.into_iter().map(|(key, kept, total)| (key.area, kept, total)).collect()
    }

    /// The answers to a query about the value, each divided by its base where there is one.
    pub(super) fn cells(&self, indicator: &Indicator, pair: &Pair, query: Query) -> Vec<(Key, Vec<u16>, Total)> {
        let per_period = query.time == Time::PerPeriod;
        let partial = self.partial(indicator, &query);
        let Ok(values) = self.cube.query(&query) else { return Vec::new() };
        let bases = pair.base.and_then(|measure| self.cube.query(&Query { measure, ..query }).ok());
        let base_of = |key: &Key, kept: &[u16]| match (&bases, per_period) {
            (Some(bases), true) => bases.get(key.area, key.period, kept).ok().flatten(),
            (Some(bases), false) => bases.of(key.area, kept).ok().flatten().map(|(_, cell)| cell),
            (None, _) => None,
        };
        let scale = if indicator.kind == ValueKind::Ratio { 100.0 } else { 1.0 };
        let mut totals = Vec::new();
        for (key, cell) in values.iter() {
            let kept = values.categories(key);
            let base = base_of(key, &kept);
            let value = match has_base(indicator.kind) {
                true => ratio(Some(*cell), base).map(|share| share * scale),
                false => Some(cell.value),
            };
            let Some(value) = value else { continue };
            let denominator = base.map(|b| b.value);
            let numerator = denominator.map(|_| cell.value);
            let (reported, expected) = (cell.present, cell.expected);
            let partial = partial.of(key);
            totals.push((*key, kept, Total { value, numerator, denominator, reported, expected, partial, came: None }));
        }
        totals
    }

    /// How many returns left groups empty, for the answers to a query. A group does not tell which of them: what some left
    /// empty is incomplete in each.
    fn partial(&self, indicator: &Indicator, query: &Query) -> Partial {
        // Where only the last number counts, so does what it lacks.
        let last_only = !matches!(indicator.time, TimeRule::Sum | TimeRule::Average);
        let per_period = query.time == Time::PerPeriod || last_only;
        let any = |measure: &u32| self.cube.periods(*measure).is_ok_and(|mut all| all.next().is_some());
        let measure = self.layouts.get(&indicator.id).and_then(|layout| layout.partial).filter(any);
        let time = if per_period { Time::PerPeriod } else { Time::Rolled };
        let ask = |measure| self.cube.query(&Query { measure, time, keep: 0, ..query.clone() }).ok();
        let found = measure.and_then(ask);
        let of = |(key, cell): &(Key, Cell)| ((key.area, per_period.then_some(key.period)), cell.value as u32);
        Partial { per_period, returns: found.iter().flat_map(|cells| cells.iter().map(of)).collect() }
    }
}

/// How many returns left groups empty, by area and, where it is asked so, by period.
struct Partial {
    per_period: bool,
    returns: HashMap<(u32, Option<u32>), u32>,
}

impl Partial {
    fn of(&self, key: &Key) -> u32 {
        self.returns.get(&(key.area, self.per_period.then_some(key.period))).copied().unwrap_or(0)
    }
}

/// The months of a period, as the cube counts them.
pub fn months(period: Period) -> Range<u32> {
    period.ordinal() + 1 - u32::from(period.frequency().months())..period.ordinal() + 1
}
