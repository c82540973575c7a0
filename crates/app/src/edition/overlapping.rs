//! Breakdowns whose categories overlap, as disability and displacement do: each category is protected beside the whole, and
//! together with the same category of all indicators that count the same people. Refuses to know how a cell is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use romduol_edition::content::{Figure, Key, Observation};
use romduol_plan::kinds::*;
use romduol_plan::{Id, Period};

use super::counts::{Counts, Pair, Parts};
use super::numbers::{Asked, Work};
use super::pool::{Plan, Shielded};
use super::protect::{Outlet, Wanted};
use super::worked_out::Done;

/// A category of an indicator that overlaps others, as the people in it were counted and as they may be told.
pub(crate) struct Overlap {
    pub counts: Counts,
    pub done: Done,
}

/// The name under which a category of an indicator is remembered.
pub(super) fn measure_of(indicator: &str, category: &str) -> String {
    format!("{indicator}:{category}")
}

impl Work<'_> {
    /// Each category that overlaps others is a part of the whole by itself. Where the whole is hidden, it is hidden, too:
    /// it would say how small the whole cannot be.
    pub(super) fn overlapping(
        &self,
        indicator: &Arc<Indicator>,
        shield: &Shielded,
        found: &mut BTreeMap<Key, Observation>,
        asked: &mut Asked,
    ) {
        for (category, own) in &shield.categories {
            let protected = &own.done.protected;
            asked.note(&measure_of(&indicator.id, category), &own.counts, protected);
            for mut cell in protected.told.iter().cloned() {
                let whole = Key { area: cell.area.clone(), period: cell.period, categories: Vec::new() };
                if found.get(&whole).is_none_or(|whole| whole.figure == Figure::Hidden) {
                    cell.counts = None;
                }
                cell.categories = vec![category.clone()];
                self.tell(indicator, Parts::Count, cell, found, asked);
            }
        }
    }

    /// The categories of an indicator that overlap others, each beside the whole.
    pub(super) fn categories(&self, indicator: &Indicator, counts: &Counts) -> BTreeMap<Id, Counts> {
        let dimensions = indicator.overlapping.iter().filter(|_| indicator.kind == ValueKind::Count);
        let all = dimensions.flat_map(|own| self.view.state.categories(own).into_iter().map(move |one| (own, one)));
        let parts = all.map(|(own, one)| (one.id.clone(), self.part_of(indicator, counts, own, &one.id)));
        parts.filter(|(_, part)| !part.at.is_empty()).collect()
    }

    /// The table of a category that is wanted, if one is.
    pub(super) fn wanted_of_category(&self, plan: &Plan) -> Vec<Wanted> {
        let Plan { places, years, periods, told, .. } = plan;
        let cells = self.overlapping_tables(places, periods, years);
        let areas: BTreeSet<&Id> = cells.iter().map(|(area, _)| area).collect();
        let areas: Vec<Id> = places.iter().filter(|area| areas.contains(area)).cloned().collect();
        let periods: BTreeSet<Period> = cells.iter().map(|(_, period)| *period).collect();
        let periods = periods.into_iter().collect();
        let table = Wanted { outlet: Outlet::Table, areas, periods, dimensions: Vec::new() };
        if *told && !cells.is_empty() { vec![table] } else { Vec::new() }
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
