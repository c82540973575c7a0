//! Cost and money by tag: the OECD-DAC marker against the four-level marker, so that both systems are summed at once and
//! no amount twice; the share that serves the plan; function and programme codes. Not screened is a row of its own.

use std::collections::BTreeMap;

use super::Books;
use super::gap::Figures;
use crate::amount::Amount;
use crate::kinds::*;

/// Sums by both markers: every amount stands in exactly one cell. Empty keys are not screened.
pub type Cross = BTreeMap<(Option<DacMarker>, Option<GenderMarker>), Figures>;

pub fn cross(books: &Books, year: Option<i32>) -> Cross {
    by(books, year, |line| line.map_or((None, None), |line| (line.dac, line.gender)))
}

/// Sums by function of government; empty where it is not given.
pub fn cofog(books: &Books, year: Option<i32>) -> BTreeMap<String, Figures> {
    by(books, year, |line| line.map(|line| line.cofog.clone()).unwrap_or_default())
}

pub fn by<K: Ord>(books: &Books, year: Option<i32>, key: impl Fn(Option<&CostLine>) -> K) -> BTreeMap<K, Figures> {
    let mut sums: BTreeMap<K, Figures> = BTreeMap::new();
    let asked = |at: i32| year.is_none_or(|year| year == at);
    for cost in books.costs.iter().filter(|cost| asked(cost.line.year)) {
        sums.entry(key(Some(cost.line))).or_default().add_cost(cost);
    }
    for held in books.money.iter().filter(|held| asked(held.funding.year) && held.left.is_positive()) {
        sums.entry(key(held.line)).or_default().add_money(held);
    }
    sums
}

/// The cost that serves the plan by the lines' own shares, and the cost of lines whose share nobody has said.
pub fn plan_share(books: &Books, year: Option<i32>) -> (Amount, Amount) {
    let mut sums = (Amount::ZERO, Amount::ZERO);
    for cost in books.costs.iter().filter(|cost| year.is_none_or(|year| year == cost.line.year)) {
        let likely = cost.range.unwrap_or_default().likely;
        match cost.line.plan_share {
            Some(share) => sums.0 += likely.percent(share),
            None => sums.1 += likely,
        }
    }
    sums
}
