//! The numbers as a reader may see them: of counts of people only what an edition told, or all but the small ones. Every
//! roll-up passes here, so that no page needs a filter of its own. Refuses to know who reads and what an edition is.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use romduol_cube::AreaTree;

use super::ask::{Total, months};
use super::table::{Corner, Placed};
use super::{Asked, Totals};
use crate::kinds::*;
use crate::period::Period;
use crate::state::State;

/// How much a reader sees of the counts of people of others.
#[derive(Clone, Debug)]
pub enum Sight {
    /// All that are not small: for whoever may see small ones too, as long as they have not said why.
    NothingSmall,
    /// What was told to the public, and nothing else: neither the small ones, nor totals from which they could be computed,
    /// nor how totals change from day to day.
    AsTold(Arc<Told>),
}

/// The counts of people that a reader sees as they are, because they are its own reports.
#[derive(Clone, Debug, Default)]
pub enum Own {
    #[default]
    Nothing,
    /// Of a place and all places in it.
    Within(Id),
    /// Of indicators on which no other institution reports.
    Indicators(BTreeSet<Id>),
}

/// Sight of counts of people, and from what it is spared.
#[derive(Clone, Debug)]
pub struct Seen {
    pub sight: Sight,
    pub own: Own,
}

/// What was told of counts of people, by indicator.
#[derive(Debug, Default)]
pub struct Told(HashMap<Id, Vec<ToldTotal>>);

/// A roll-up as it was told.
#[derive(Clone, Debug)]
pub struct ToldTotal {
    pub area: Id,
    pub period: Period,
    /// One for each dimension that it is broken down by; [`unknown`] where it was not stated.
    pub categories: Vec<Id>,
    /// None where it was hidden.
    pub total: Option<Total>,
    pub illustrative: bool,
}

/// The code of what was not stated in a dimension.
#[must_use]
pub fn unknown(dimension: &str) -> Id {
    format!("{dimension}.?")
}

impl Told {
    pub fn add(&mut self, indicator: &str, told: ToldTotal) {
        self.0.entry(indicator.to_string()).or_default().push(told);
    }

    fn of(&self, indicator: &Indicator) -> &[ToldTotal] {
        self.0.get(&indicator.id).map_or(&[], Vec::as_slice)
    }
}

impl Indicator {
    /// Whether it counts people of whom few could be recognised.
    pub fn counts_people(&self) -> bool {
        self.k > 1
    }

    /// Whether a roll-up is of so few people that they could be recognised. A zero is as small where the matter is
    /// sensitive.
    fn is_small(&self, total: &Total) -> bool {
        let small = |count: f64| count < f64::from(self.k) && (count > 0.0 || self.is_sensitive());
        match (self.kind, total.numerator, total.denominator) {
            (ValueKind::Count, ..) => small(total.value),
            (ValueKind::Mean, _, Some(of)) => small(of),
            (_, Some(upper), Some(lower)) => small(upper) || small(lower) || (upper <= lower && small(lower - upper)),
            _ => false,
        }
    }
}

impl Totals {
    /// The same numbers for a reader who may not see all of them.
    #[must_use]
    pub fn seen(&self, seen: Seen) -> Totals {
        Totals { seen: Some(Arc::new(seen)), ..self.clone() }
    }

    /// What keeps a reader from the numbers of an indicator in an area, if anything does.
    fn veil(&self, indicator: &Indicator, area: &str) -> Option<&Sight> {
        let seen = self.seen.as_deref().filter(|_| indicator.counts_people())?;
        let own = match &seen.own {
            Own::Nothing => false,
            Own::Within(own) => self.lies_within(area, own),
            Own::Indicators(own) => own.contains(&indicator.id),
        };
        (!own).then_some(&seen.sight)
    }

    fn lies_within(&self, area: &str, own: &str) -> bool {
        let (Some(area), Some(own)) = (self.areas.get(area), self.areas.get(own)) else { return false };
        let tree: &AreaTree = self.cube.tree();
        area == own || tree.ancestors(*area).any(|above| above == *own)
    }

    /// Whether of an indicator in an area the reader knows only what was told.
    pub fn is_as_told(&self, indicator: &Indicator, area: &str) -> bool {
        matches!(self.veil(indicator, area), Some(Sight::AsTold(_)))
    }

    fn told<'a>(&self, told: &'a Told, indicator: &Indicator) -> impl Iterator<Item = &'a ToldTotal> {
        let made_up = self.illustrative;
        told.of(indicator).iter().filter(move |one| made_up || !one.illustrative)
    }

    pub(super) fn seen_total(&self, indicator: &Indicator, asked: &Asked) -> Option<Total> {
        let (_, area, period) = asked;
        match self.veil(indicator, area) {
            None => self.full_total(indicator, asked),
            Some(Sight::NothingSmall) => self.full_total(indicator, asked).filter(|total| !indicator.is_small(total)),
            Some(Sight::AsTold(told)) => {
                let whole = |one: &&ToldTotal| one.categories.is_empty() && one.period == *period && one.area == *area;
                self.told(told, indicator).find(whole)?.total
            }
        }
    }

    pub(super) fn seen_children(&self, indicator: &Indicator, area: &str, period: Period) -> Vec<(Id, Total)> {
        let Some(number) = self.areas.get(area).copied() else { return Vec::new() };
        let below = self.cube.tree().children(number).filter_map(|child| self.area_id(child).cloned());
        below.filter_map(|child| Some((child.clone(), self.total(indicator, &child, period)?))).collect()
    }

    pub(super) fn seen_breakdown(
        &self,
        state: &State,
        indicator: &Indicator,
        dimension: &str,
        area: &str,
        period: Period,
    ) -> Vec<(Option<Id>, Total)> {
        let full = || self.full_breakdown(state, indicator, dimension, area, period);
        match self.veil(indicator, area) {
            None => full(),
            Some(Sight::NothingSmall) => full().into_iter().filter(|(_, total)| !indicator.is_small(total)).collect(),
            Some(Sight::AsTold(told)) => {
                let keep = [dimension.to_string()];
                let here = self.told(told, indicator).filter(|one| one.area == area && one.period == period);
                here.filter_map(|one| Some((one.along(state, &keep)?.pop()?, one.total?))).collect()
            }
        }
    }

    pub(super) fn seen_table(&self, state: &State, indicator: &Indicator, corner: &Corner) -> Vec<Placed> {
        let Some(seen) = self.seen.as_deref().filter(|_| indicator.counts_people()) else {
            return self.full_table(state, indicator, corner);
        };
        let veiled = |placed: &Placed| self.veil(indicator, &placed.area).is_some();
        let mut found = self.full_table(state, indicator, corner);
        match &seen.sight {
            Sight::NothingSmall => found.retain(|placed| !(veiled(placed) && indicator.is_small(&placed.total))),
            Sight::AsTold(told) => {
                found.retain(|placed| !veiled(placed));
                let told = self.told(told, indicator).filter_map(|one| one.placed(state, corner));
                found.extend(told.filter(veiled));
            }
        }
        found
    }

    /// Where the reader is shown nothing although there may be something: small counts, and all that was not told.
    pub(crate) fn is_kept_back(&self, state: &State, indicator: &Indicator, corner: &Corner) -> KeptBack {
        match self.seen.as_deref().filter(|_| indicator.counts_people()).map(|seen| &seen.sight) {
            None => KeptBack::Nothing,
            Some(Sight::AsTold(_)) => KeptBack::WhateverIsNotTold,
            Some(Sight::NothingSmall) => {
                let small = self.full_table(state, indicator, corner).into_iter();
                let small = small
                    .filter(|placed| self.veil(indicator, &placed.area).is_some() && indicator.is_small(&placed.total));
                KeptBack::These(small.map(|placed| (placed.area, placed.span, placed.categories)).collect())
            }
        }
    }
}

/// What of a corner is kept back from a reader.
pub(crate) enum KeptBack {
    Nothing,
    /// Area, span and categories of each.
    These(Vec<(Id, usize, Vec<Option<Id>>)>),
    WhateverIsNotTold,
}

impl ToldTotal {
    /// Its categories in the order of dimensions, if it is broken down by these and no others. None in the list is “not
    /// stated”.
    fn along(&self, state: &State, keep: &[Id]) -> Option<Vec<Option<Id>>> {
        if self.categories.len() != keep.len() {
            return None;
        }
        let of = |dimension: &Id| {
            self.categories.iter().find_map(|id| match *id == unknown(dimension) {
                true => Some(None),
                false => {
                    let category = state.find::<Category>(id)?;
                    (category.dimension == *dimension).then(|| Some(id.clone()))
                }
            })
        };
        keep.iter().map(of).collect()
    }

    fn placed(&self, state: &State, corner: &Corner) -> Option<Placed> {
        let total = self.total?;
        let here = match corner.level {
            None => self.area == corner.within,
            Some(level) => {
                state.find::<Area>(&self.area).is_some_and(|area| area.level == level)
                    && state.within(&self.area, corner.within)
            }
        };
        let own: Range<u32> = months(self.period);
        let span = corner.spans.iter().position(|span| *span == own).filter(|_| here)?;
        let categories = self.along(state, corner.keep)?;
        Some(Placed { area: self.area.clone(), span, categories, total, illustrative: self.illustrative })
    }
}
