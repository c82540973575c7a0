//! Breakdowns whose categories overlap, as disability and displacement do: each category is protected beside the whole.
//! Refuses to know how a cell is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use romduol_edition::content::{Figure, Key, Observation};
use romduol_plan::kinds::*;
use romduol_plan::{Id, Period};

use super::counts::{Counts, Pair, Parts};
use super::numbers::{Asked, Work};
use super::pool::Plan;
use super::protect::{Outlet, Wanted};

impl Work<'_> {
    /// Each category that overlaps others is a part of the whole by itself. Where the whole is hidden, it is hidden, too:
    /// it would say how small the whole cannot be.
    pub(super) fn overlapping(
        &self,
        indicator: &Arc<Indicator>,
        plan: &Plan,
        found: &mut BTreeMap<Key, Observation>,
        asked: &mut Asked,
    ) {
        let Plan { counts, places, years, .. } = plan;
        let cells = self.overlapping_tables(places, &plan.periods, years);
        if indicator.kind != ValueKind::Count || cells.is_empty() {
            return;
        }
        let areas: BTreeSet<Id> = cells.iter().map(|(area, _)| area.clone()).collect();
        let areas: Vec<Id> = places.iter().filter(|area| areas.contains(*area)).cloned().collect();
        let periods: Vec<Period> =
            cells.iter().map(|(_, period)| *period).collect::<BTreeSet<_>>().into_iter().collect();
        for dimension in &indicator.overlapping {
            for category in self.view.state.categories(dimension) {
                let part = self.part_of(indicator, counts, dimension, &category.id);
                if part.at.is_empty() {
                    continue;
                }
                let wanted = [Wanted {
                    outlet: Outlet::Table,
                    areas: areas.clone(),
                    periods: periods.clone(),
                    dimensions: Vec::new(),
                }];
                let measure = format!("{}:{}", indicator.id, category.id);
                for mut cell in self.ask(&measure, &part, &wanted, asked) {
                    let whole = Key { area: cell.area.clone(), period: cell.period, categories: Vec::new() };
                    if found.get(&whole).is_none_or(|whole| whole.figure == Figure::Hidden) {
                        cell.counts = None;
                    }
                    cell.categories = vec![category.id.clone()];
                    self.tell(indicator, Parts::Count, cell, found, asked);
                }
            }
        }
    }

    /// A category beside the whole, at every place and period where it was counted.
    fn part_of(&self, indicator: &Indicator, counts: &Counts, dimension: &str, category: &str) -> Counts {
        let mut whole: BTreeMap<(Id, Period), i64> = BTreeMap::new();
        for ((area, period, _), pair) in &counts.at {
            *whole.entry((area.clone(), *period)).or_default() += pair.upper;
        }
        let of_place = |area: &str, period: Period| -> Option<f64> {
            let list = self.view.totals.breakdown(self.view.state, indicator, dimension, area, period);
            list.into_iter().find(|(own, _)| own.as_deref() == Some(category)).map(|(_, total)| total.value)
        };
        // What a larger place reported itself is what it has besides its leaves.
        let counted = |leaf: &str, period: Period| -> Option<f64> {
            let Some(area) = leaf.strip_suffix("/rest") else { return of_place(leaf, period) };
            let inside = counts.places.groups.iter().find(|(own, _)| own == area).map(|(_, leaves)| leaves.as_slice());
            let inside = inside.unwrap_or_default().iter().filter(|leaf| !leaf.ends_with("/rest"));
            let sum: f64 = inside.filter_map(|leaf| of_place(leaf, period)).sum();
            Some((of_place(area, period)? - sum).max(0.0))
        };
        let mut at = BTreeMap::new();
        for ((area, period), lower) in whole {
            let Some(upper) = counted(&area, period).map(|value| value.round() as i64) else { continue };
            at.insert((area, period, Vec::new()), Pair { upper, lower });
        }
        let parts = if at.values().all(|pair| pair.upper <= pair.lower) { Parts::Share } else { Parts::Rate };
        let places = counts.places.clone();
        Counts {
            places,
            periods: counts.periods.clone(),
            years: counts.years.clone(),
            running: counts.running.clone(),
            spans: Vec::new(),
            running_totals: counts.running_totals,
            dimensions: Vec::new(),
            at,
            parts,
            level: counts.level,
        }
    }
}
