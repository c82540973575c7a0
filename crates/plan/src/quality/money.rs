//! What the money leaves open or contradicts: actions nobody has costed, more money than a line can cost, payments beyond
//! their commitment at the rate of the day, old rates.

use std::collections::HashMap;

use super::Finding;
use super::analysis::counted;
use crate::answers::Severity;
use crate::kinds::*;
use crate::money::above::Above;
use crate::money::convert::Rates;
use crate::money::gap::uncosted;
use crate::money::{Books, ladder};
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    let books = Books::of(state, Currency::Khr, true);
    let actions = state.all::<Node>().filter(|node| node.level == NodeLevel::Action).count();
    let open = uncosted(&books, &Above::of(state)).into_iter().map(|node| (Kind::Node, node.id.clone())).collect();
    counted("finding-actions-not-costed", open, actions, found);
    too_much(&books, found);
    overdrawn(state, found);
    old_rates(state, found);
}

/// A line to which more was committed than it costs even in the high case.
fn too_much(books: &Books, found: &mut Vec<Finding>) {
    let mut firm = HashMap::new();
    for held in books.money.iter().filter(|held| held.funding.state >= Ladder::Committed) {
        if let Some(line) = held.line {
            *firm.entry(line.id.as_str()).or_insert(crate::Amount::ZERO) += held.left;
        }
    }
    let priced = books.costs.iter().filter_map(|cost| Some((cost.line, cost.range?)));
    let over = priced.filter(|(line, range)| firm.get(line.id.as_str()).is_some_and(|firm| *firm > range.high));
    let over = over.map(|(line, _)| (Kind::CostLine, line.id.clone())).collect();
    counted("finding-money-beyond-cost", over, books.costs.len(), found);
}

/// Payments that take more than there is, because rates moved in between: in one currency they are refused.
fn overdrawn(state: &State, found: &mut Vec<Finding>) {
    let rates = Rates::of(state.all::<Rate>().map(|rate| &**rate));
    let mut taken: HashMap<&str, crate::Amount> = HashMap::new();
    for child in state.all::<Funding>() {
        if let Some(parent) = child.from.as_deref().and_then(|id| state.find::<Funding>(id)) {
            *taken.entry(&parent.id).or_default() += ladder::taken(child, parent, &rates);
        }
    }
    let over = state.all::<Funding>().filter(|one| taken.get(one.id.as_str()).is_some_and(|sum| *sum > one.amount));
    let over = over.map(|one| (Kind::Funding, one.id.clone())).collect();
    counted("finding-money-overdrawn", over, state.count::<Funding>(), found);
}

/// Dollars converted by a rate more than a year old.
fn old_rates(state: &State, found: &mut Vec<Finding>) {
    let rates = Rates::of(state.all::<Rate>().map(|rate| &**rate));
    let old = state.all::<Funding>().filter(|one| {
        let rate = rates.on(one.date).filter(|_| one.currency == Currency::Usd);
        rate.is_some_and(|(from, _)| from.plus_days(366) < one.date)
    });
    let old: Vec<_> = old.map(|one| (Kind::Funding, one.id.clone())).collect();
    if !old.is_empty() {
        let count = old.len() as f64;
        let finding = Finding::new("finding-rate-old", Severity::Warning).number("count", count);
        found.push(Finding { records: old, ..finding });
    }
}
