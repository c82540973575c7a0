//! Roll-ups by name: the value of an indicator for a place, a period and a breakdown. Refuses to know where numbers come
//! from.

use std::collections::HashSet;

use romduol_cube::{Areas, Key, Periods, Query, Time, ratio};

use super::Totals;
use super::layout::Pair;
use crate::answers::has_base;
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
}

/// Enough for every page that people look at again and again; what is asked beyond is computed each time.
const REMEMBERED: usize = 50_000;

impl Totals {
    /// The value of an indicator for an area over one period (by its time rule where the period has several parts).
    pub fn total(&self, indicator: &Indicator, area: &str, period: Period) -> Option<Total> {
        let number = *self.areas.get(area)?;
        let key = (indicator.id.clone(), area.to_string(), period);
        let memo = || self.memo.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = memo().get(&key) {
            return *known;
        }
        // Computed without the lock, so that no reader waits for another one's question.
        let total = self.ask(indicator, None, Areas::One(number), period, 0).pop().map(|(_, _, total)| total);
        let mut memo = memo();
        if memo.len() < REMEMBERED {
            memo.insert(key, total);
        }
        total
    }

    /// The values of all areas directly below `area`.
    pub fn children(&self, indicator: &Indicator, area: &str, period: Period) -> Vec<(Id, Total)> {
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
        let Some(area) = self.areas.get(area).copied() else { return Vec::new() };
        let crossed = indicator.dimensions.iter().position(|d| d == dimension);
        let overlapping = crossed.is_none().then_some(dimension);
        let keep = 1 << crossed.unwrap_or(0);
        let categories = state.categories(dimension);
        let cells = self.ask(indicator, overlapping, Areas::One(area), period, keep);
        let named = cells.into_iter().map(|(_, kept, total)| {
            let category = kept.first().and_then(|n| categories.get(*n as usize));
            (category.map(|c| c.id.clone()), total)
        });
        named.collect()
    }

    /// The periods for which anybody gave a number, oldest first, and whether any of it is made up.
    pub fn periods(&self, indicator: &Indicator, frequency: Frequency) -> Vec<(Period, bool)> {
        let Some(pair) = self.pair(&indicator.id, None) else { return Vec::new() };
        let made_up = self.made_up.get(&indicator.id);
        let Ok(periods) = self.cube.periods(pair.value) else { return Vec::new() };
        let period = |n: u32| (Period::ending(n, frequency), made_up.is_some_and(|periods| periods.contains(&n)));
        periods.map(period).collect()
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
            totals.push((*key, kept, Total { value, numerator, denominator, reported, expected }));
        }
        totals
    }
}

/// The months of a period, as the cube counts them.
pub fn months(period: Period) -> std::ops::Range<u32> {
    period.ordinal() + 1 - u32::from(period.frequency().months())..period.ordinal() + 1
}
