//! Numbers that hide nobody: no counts of people, or such as may be told as they are. Refuses to know small counts.

use std::collections::BTreeMap;

use romduol_edition::content::{Figure, Key, Observation, unknown};
use romduol_edition::figure::{Leave, Numbers};
use romduol_plan::Period;
use romduol_plan::kinds::*;
use romduol_plan::totals::{Corner, months};

use super::counts;
use super::numbers::Work;

/// What gives leave to tell a number; nothing where it is not told.
pub(super) type LeaveAt<'a> = &'a dyn Fn(&Key) -> Option<Leave<'a>>;

/// Numbers as they are, where there is leave to tell them.
pub(super) fn told(numbers: impl Into<Numbers>, leave: Option<Leave>) -> Figure {
    leave.map_or(Figure::Hidden, |leave| Figure::with(numbers.into(), leave))
}

impl Work<'_> {
    /// Numbers that hide nobody: no count of people, or one that may be told as it is.
    pub(super) fn open(&self, indicator: &Indicator, leave: LeaveAt) -> BTreeMap<Key, Observation> {
        let (periods, years) = counts::periods(self.view, indicator, self.choice.until);
        let years: Vec<Period> = years.into_iter().map(|(year, _)| year).collect();
        let level = counts::lowest(self.view.state, indicator, self.choice.level);
        let places = counts::places(self.view, indicator, level, &self.country()).shown();
        let mut found = BTreeMap::new();
        for wanted in self.wanted(&places, &periods, &years, indicator.dimensions.len()) {
            let keep: Vec<Id> = wanted.dimensions.iter().map(|n| indicator.dimensions[*n].clone()).collect();
            let spans: Vec<_> = wanted.periods.iter().map(|period| months(*period)).collect();
            for area in &wanted.areas {
                let corner = Corner { within: area, level: None, spans: &spans, keep: &keep };
                for placed in self.view.totals.table(self.view.state, indicator, &corner) {
                    let name =
                        |(category, dimension): (Option<Id>, &Id)| category.unwrap_or_else(|| unknown(dimension));
                    let categories = placed.categories.into_iter().zip(&keep).map(name).collect();
                    let key = Key { area: area.clone(), period: wanted.periods[placed.span], categories };
                    let total = placed.total;
                    let figure = told(total, leave(&key));
                    let came = self.view.totals.completeness(indicator, &spans[placed.span], &total);
                    self.put(&mut found, key, figure, Some(came), placed.illustrative);
                }
            }
        }
        found.extend(self.overlapping_open(indicator, leave, &places, &periods, &years));
        found
    }

    fn overlapping_open(
        &self,
        indicator: &Indicator,
        leave: LeaveAt,
        places: &[Id],
        periods: &[Period],
        years: &[Period],
    ) -> BTreeMap<Key, Observation> {
        let mut found = BTreeMap::new();
        for dimension in &indicator.overlapping {
            for (area, period) in self.overlapping_tables(places, periods, years) {
                for (category, total) in
                    self.view.totals.breakdown(self.view.state, indicator, dimension, &area, period)
                {
                    let Some(category) = category else { continue };
                    let key = Key { area: area.clone(), period, categories: vec![category] };
                    let figure = told(total, leave(&key));
                    let illustrative = self.illustrative(indicator, period);
                    let came = self.view.totals.completeness(indicator, &months(period), &total);
                    self.put(&mut found, key, figure, Some(came), illustrative);
                }
            }
        }
        found
    }
}
