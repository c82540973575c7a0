//! Many roll-ups at once: the areas of a level, several periods and any of the crossed dimensions, in as few questions to
//! the cube as there can be. Refuses to know how a table is laid out.

use std::collections::BTreeSet;
use std::ops::Range;

use romduol_cube::{Areas, Key, Periods, Query, Time};

use super::ask::Total;
use super::layout::Layout;
use super::{Pair, Totals};
use crate::kinds::*;
use crate::state::State;

/// What is asked for: an area or the areas of a level inside it, over stretches of months, by dimensions.
pub struct Corner<'a> {
    pub within: &'a str,
    /// The level to break down to; `None` for the area itself.
    pub level: Option<AreaLevel>,
    /// Months as the cube counts them.
    pub spans: &'a [Range<u32>],
    /// Crossed dimensions to keep apart; the others are added up.
    pub keep: &'a [Id],
}

/// A roll-up and where it belongs.
pub struct Placed {
    pub area: Id,
    /// Which of the spans.
    pub span: usize,
    /// One category for each kept dimension, in the order they were asked; `None` is "not stated".
    pub categories: Vec<Option<Id>>,
    pub total: Total,
    /// Illustrative returns speak for the indicator in this span.
    pub illustrative: bool,
}

impl Totals {
    /// The values of an indicator in a corner of all there is. There is none where nothing was reported.
    pub fn table(&self, state: &State, indicator: &Indicator, corner: &Corner) -> Vec<Placed> {
        self.seen_table(state, indicator, corner)
    }

    /// The same, whoever asks.
    pub(super) fn full_table(&self, state: &State, indicator: &Indicator, corner: &Corner) -> Vec<Placed> {
        let Some(layout) = self.layouts.get(&indicator.id) else { return Vec::new() };
        let bits: Option<Vec<usize>> =
            corner.keep.iter().map(|d| indicator.dimensions.iter().position(|own| own == d)).collect();
        let Some(bits) = bits else { return Vec::new() };
        let keep = bits.iter().fold(0, |mask, bit| mask | 1 << bit);
        let found: Vec<(usize, Key, Vec<u16>, Total)> = self
            .areas_of(state, corner)
            .into_iter()
            .flat_map(|areas| self.over_spans(indicator, layout, areas, corner.spans, keep))
            .collect();
        // The cube names the kept categories in the order of its dimensions; they were asked in the order of `keep`.
        let mut order = bits.clone();
        order.sort_unstable();
        let at: Vec<usize> = bits.iter().filter_map(|bit| order.iter().position(|own| own == bit)).collect();
        let names: Vec<Vec<&std::sync::Arc<Category>>> = corner.keep.iter().map(|d| state.categories(d)).collect();
        let place = |(span, key, kept, total): (usize, Key, Vec<u16>, Total)| {
            let category = |(n, at): (usize, &usize)| names[n].get(kept[*at] as usize).map(|c| c.id.clone());
            let categories = at.iter().enumerate().map(category).collect();
            let illustrative = self.illustrative_in(indicator, &corner.spans[span]);
            Placed { area: self.area_ids[key.area as usize].clone(), span, categories, total, illustrative }
        };
        let of_level = |placed: &Placed| match corner.level {
            Some(level) => state.find::<Area>(&placed.area).is_some_and(|area| area.level == level),
            None => true,
        };
        found.into_iter().map(place).filter(of_level).collect()
    }

    /// The areas in the cube's words. Where the tree is ragged a level has several depths.
    fn areas_of(&self, state: &State, corner: &Corner) -> Vec<Areas> {
        let Some(within) = self.areas.get(corner.within).copied() else { return Vec::new() };
        let Some(level) = corner.level else { return vec![Areas::One(within)] };
        let inside = state.all::<Area>().filter(|a| a.level == level && state.within(&a.id, corner.within));
        let depths: BTreeSet<u32> = inside.map(|area| state.ancestry(&area.id).count() as u32 - 1).collect();
        depths.into_iter().map(|level| Areas::AtLevel { within, level }).collect()
    }

    /// One question where every span is a period as it was reported, else one for each span.
    fn over_spans(
        &self,
        indicator: &Indicator,
        layout: &Layout,
        areas: Areas,
        spans: &[Range<u32>],
        keep: u32,
    ) -> Vec<(usize, Key, Vec<u16>, Total)> {
        let (pair, reported): (&Pair, _) = (layout.whole(), usize::from(layout.reported.months()));
        let query = |periods, time| Query { measure: pair.value, areas, periods, time, keep };
        if spans.iter().all(|span| span.len() == reported) {
            let last_month = |span: &Range<u32>| span.end - 1;
            let list = Periods::List(spans.iter().map(last_month).collect());
            let cells = self.cells(indicator, pair, query(list, Time::PerPeriod)).into_iter();
            let span_of = |key: &Key| spans.iter().position(|span| last_month(span) == key.period);
            return cells.filter_map(|(key, kept, total)| Some((span_of(&key)?, key, kept, total))).collect();
        }
        // What is reported by the year has no quarters, although its year ends with one.
        let long_enough = spans.iter().enumerate().filter(|(_, span)| span.len() >= reported);
        let ask = |(n, span): (usize, &Range<u32>)| {
            let periods = match span.len() == reported {
                true => Periods::one(span.end - 1),
                false => Periods::Range(span.clone()),
            };
            let cells = self.cells(indicator, pair, query(periods, Time::Rolled)).into_iter();
            cells.map(move |(key, kept, total)| (n, key, kept, total)).collect::<Vec<_>>()
        };
        long_enough.flat_map(ask).collect()
    }

    /// Whether illustrative returns speak for an indicator in a stretch of months.
    pub fn illustrative_in(&self, indicator: &Indicator, span: &Range<u32>) -> bool {
        self.illustrative_at.get(&indicator.id).is_some_and(|periods| periods.range(span.clone()).next().is_some())
    }

    /// How many units were to report in a span, also where nobody did; counted as the coverage of a value is.
    pub fn expected(&self, indicator: &Indicator, area: &str, span: &Range<u32>) -> u32 {
        let (Some(layout), Some(area)) = (self.layouts.get(&indicator.id), self.areas.get(area)) else { return 0 };
        if span.len() < usize::from(layout.reported.months()) {
            return 0;
        }
        let measure = layout.whole().value;
        let Ok(periods) = self.cube.periods(measure) else { return 0 };
        let inside = periods.filter(|period| span.contains(period));
        let mut expected = inside.map(|period| self.cube.coverage(measure, period, *area).map_or(0, |c| c.expected));
        match indicator.time {
            TimeRule::Sum | TimeRule::Average => expected.sum(),
            TimeRule::Last | TimeRule::RunningTotal | TimeRule::None => expected.by_ref().last().unwrap_or(0),
        }
    }
}
