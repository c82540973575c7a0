//! Amounts, scores, ranks and steps that are about people whom another indicator counts: each is told only where the count
//! of these people is, and not where one of them got nearly all of it. Refuses to know how counts are protected.
//!
//! What a plan pays per head is often one rate that everybody knows: then an amount is a count in another currency, and is
//! hidden in the same cells. Beyond that threshold stand the two rules of the field for amounts, the (n,k) dominance rule
//! and the p % rule (Handbook on Statistical Disclosure Control, ESSnet SDC, 2010, chapter 4), as far as returns tell who
//! got how much: returns name no one, so the amount of one person is known only where one person was counted, and elsewhere
//! the largest is at least the average.

use std::collections::{BTreeMap, BTreeSet};

use romduol_disclosure::Released;
use romduol_edition::content::Key;
use romduol_plan::kinds::*;
use romduol_plan::totals::{Corner, months};
use romduol_plan::{Id, Period};

use super::counts::{self, Counts};
use super::numbers::Work;
use super::pool::ToldCells;
use super::protect::{Outlet, Wanted};

/// Who got most of an amount must not have more than this of it, in per cent.
const DOMINANCE: f64 = 80.0;
/// Who got second most must not be able to tell the largest within so many per cent.
const P: f64 = 10.0;

/// The people whom an indicator is about, and which of their counts stands for each of its periods.
#[derive(Clone, Debug)]
pub(crate) struct People {
    pub indicator: Id,
    periods: BTreeMap<Period, Period>,
    /// Tables that the counts do not have.
    dimensions: BTreeSet<Id>,
}

/// The indicator whose people one is about, if the plan says so.
pub(crate) fn people_of<'a>(work: Work<'a>, indicator: &Indicator) -> Option<&'a Indicator> {
    let about =
        |link: &&std::sync::Arc<CountLink>| link.relation == CountRelation::About && link.indicator == indicator.id;
    let link = work.view.state.all::<CountLink>().find(about)?;
    work.view.state.find::<Indicator>(&link.other).map(|people| &**people)
}

impl People {
    /// Asks for the counts of the people in every cell that the indicator would tell; they get a code for every period.
    pub fn of(work: Work, indicator: &Indicator, people: &Indicator, counts: &mut Counts) -> (People, Vec<Wanted>) {
        let (periods, years) = counts::periods(work.view, indicator, work.choice.until);
        let years: Vec<Period> = years.into_iter().map(|(year, _)| year).collect();
        let places = counts::places(work.view, indicator, work.choice.level, &work.country()).shown();
        let stand_in = |period: &Period| Some((*period, counts.stand_in(people.time, *period)?));
        let stands: BTreeMap<Period, Period> = periods.iter().chain(&years).filter_map(stand_in).collect();
        let areas: BTreeSet<Id> = counts.places.shown().into_iter().collect();
        let mut wanted = Vec::new();
        for table in work.wanted(&places, &periods, &years, indicator.dimensions.len()) {
            let here = |at: &usize| counts.dimensions.iter().position(|(own, _)| *own == indicator.dimensions[*at]);
            let Some(dimensions) = table.dimensions.iter().map(here).collect() else { continue };
            let periods: BTreeSet<Period> = table.periods.iter().filter_map(|at| stands.get(at).copied()).collect();
            let areas: Vec<Id> = table.areas.into_iter().filter(|area| areas.contains(area)).collect();
            if !areas.is_empty() && !periods.is_empty() {
                wanted.push(Wanted {
                    outlet: Outlet::Beside,
                    areas,
                    periods: periods.into_iter().collect(),
                    dimensions,
                });
            }
        }
        let dimensions = counts.dimensions.iter().map(|(dimension, _)| dimension.clone()).collect();
        (People { indicator: people.id.clone(), periods: stands, dimensions }, wanted)
    }

    /// The count of the people that a cell of the indicator is about, if it is told: then the cell may be.
    pub fn told(&self, at: &Key, told: &ToldCells) -> Option<Released> {
        let period = self.periods.get(&at.period)?;
        // Categories of a dimension that the people are not counted by have no count.
        let counted = |category: &Id| category.split_once('.').is_some_and(|(own, _)| self.dimensions.contains(own));
        told.get(&Key { period: *period, ..at.clone() }).copied().filter(|_| at.categories.iter().all(counted))
    }
}

/// Cells of the people's counts, by place and period, in which one person has nearly all of an amount: they are as secret
/// as small counts. Places that are told, each with the leaves that it holds.
pub(crate) fn dominated(work: Work, amount: &Indicator, people: &Counts) -> Vec<(Id, Period)> {
    if amount.kind != ValueKind::Money {
        return Vec::new();
    }
    let shares: BTreeMap<(Id, Period), (i64, f64)> = shares(work, amount, people);
    let groups = people.places.groups.iter().cloned();
    let places: Vec<(Id, Vec<Id>)> =
        groups.chain(people.places.leaves.iter().map(|leaf| (leaf.clone(), vec![leaf.clone()]))).collect();
    let sums = people.years.iter().chain(&people.spans).cloned();
    let periods: Vec<(Period, Vec<Period>)> =
        sums.chain(people.periods.iter().map(|period| (*period, vec![*period]))).collect();
    let mut found = Vec::new();
    for (area, leaves) in places.iter().filter(|(area, _)| !area.ends_with("/rest")) {
        for (period, inside) in &periods {
            let inside = leaves.iter().flat_map(|leaf| inside.iter().filter_map(|at| shares.get(&(leaf.clone(), *at))));
            if is_dominated(inside.copied()) {
                found.push((area.clone(), *period));
            }
        }
    }
    found
}

/// How many got how much, by leaf and period.
fn shares(work: Work, amount: &Indicator, people: &Counts) -> BTreeMap<(Id, Period), (i64, f64)> {
    let mut heads: BTreeMap<(Id, Period), i64> = BTreeMap::new();
    for ((area, period, _), pair) in &people.at {
        *heads.entry((area.clone(), *period)).or_default() += pair.upper.max(pair.lower);
    }
    let got = |((area, period), heads): ((Id, Period), i64)| {
        let corner = Corner { within: &area, level: None, spans: &[months(period)], keep: &[] };
        let total = work.view.totals.table(work.view.state, amount, &corner).pop()?.total.value;
        (heads > 0).then_some(((area, period), (heads, total)))
    };
    heads.into_iter().filter_map(got).collect()
}

/// Whether one of them has nearly all of what all got together, as far as counts and amounts of parts tell.
fn is_dominated(parts: impl Iterator<Item = (i64, f64)>) -> bool {
    let (mut heads, mut total, mut known): (i64, f64, Vec<f64>) = (0, 0.0, Vec::new());
    for (count, amount) in parts {
        heads += count;
        total += amount;
        // One of them has at least the average; if he is the only one, a second is known to be among the others.
        known.push(amount / count as f64);
    }
    known.sort_by(|a, b| b.total_cmp(a));
    let (largest, second) = (known.first().copied().unwrap_or(0.0), known.get(1).copied().unwrap_or(0.0));
    let others = (total - largest - second).max(0.0);
    heads > 1 && total > 0.0 && (largest > total * DOMINANCE / 100.0 || others < largest * P / 100.0 && heads > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 5.1 million one got 5; of 4.9 million nobody got more than the average of the others.
    #[test]
    fn one_who_got_nearly_all_is_seen() {
        assert!(is_dominated([(1, 5_000_000.0), (33, 100_000.0)].into_iter()));
        assert!(!is_dominated([(12, 4_800_000.0), (33, 13_200_000.0)].into_iter()));
        // Two got all but a little: each of them can tell the other's.
        assert!(is_dominated([(1, 3_000_000.0), (1, 2_900_000.0), (10, 100_000.0)].into_iter()));
        assert!(!is_dominated([(1, 400_000.0), (33, 13_200_000.0)].into_iter()));
        assert!(!is_dominated([(0, 0.0)].into_iter().filter(|part| part.0 > 0)));
    }
}
