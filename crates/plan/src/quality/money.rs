//! What the money leaves open or contradicts: actions nobody has costed, more money than a line can cost, payments beyond
//! their commitment at the rate of the day, payments that do not say what they are taken from, old rates.

use std::collections::HashMap;

use super::analysis::counted;
use super::{Finding, Subject};
use crate::answers::Severity;
use crate::kinds::*;
use crate::money::above::Above;
use crate::money::convert::Rates;
use crate::money::gap::uncosted;
use crate::money::{Books, Held, ladder, library, parts, price, twice};
use crate::period::Date;
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    let books = Books::of(state, Currency::Khr, true);
    let actions = state.all::<Node>().filter(|node| node.level == NodeLevel::Action).count();
    let open = uncosted(&books, &Above::of(state)).into_iter().map(|node| (Kind::Node, node.id.clone())).collect();
    counted("finding-actions-not-costed", open, actions, found);
    too_much(&books, found);
    parts_beyond(&books, found);
    found.extend(counted_twice(&books));
    overdrawn(state, found);
    old_rates(state, found);
    moved_rates(state, found);
}

/// A line to which more was committed than it costs even in the high case.
fn too_much(books: &Books, found: &mut Vec<Finding>) {
    let mut firm = HashMap::new();
    for held in books.money.iter().filter(|held| held.funding.state >= Ladder::Committed) {
        if let Some(line) = held.line {
            *firm.entry(line.id.as_str()).or_insert(crate::Amount::ZERO) += held.left;
        }
    }
    let priced = books.costs.iter().filter_map(|cost| Some((cost.line, cost.whole?)));
    let over = priced.filter(|(line, range)| firm.get(line.id.as_str()).is_some_and(|firm| *firm > range.high));
    let over = over.map(|(line, _)| (Kind::CostLine, line.id.clone())).collect();
    counted("finding-money-beyond-cost", over, books.costs.len(), found);
}

/// A line whose parts cost more than it: whoever wrote it knew less than those who wrote the parts.
fn parts_beyond(books: &Books, found: &mut Vec<Finding>) {
    let parts = parts(&books.costs);
    let over = books.costs.iter().filter_map(|cost| Some((cost.line, cost.whole?, parts.get(cost.line.id.as_str())?)));
    let over = over.filter(|(_, whole, parts)| parts.likely > whole.likely);
    let over = over.map(|(line, ..)| (Kind::CostLine, line.id.clone())).collect();
    counted("finding-parts-beyond-line", over, books.costs.len(), found);
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

/// Payments that may be in a commitment already: nothing says so, and both count.
pub fn counted_twice(books: &Books) -> Vec<Finding> {
    let tell = |(committed, paid): (&Held, &Held)| {
        let (committed, paid) = (committed.funding, paid.funding);
        let mut finding = Finding::new("finding-money-twice", Severity::Warning)
            .word("committed", committed.amount.to_string())
            .word("paid", paid.amount.to_string())
            .word("commitment", &committed.id)
            .word("payment", &paid.id);
        let (of, by) = (committed.currency.code(), paid.currency.code());
        finding.say = finding.say.code("of", of).code("by", by).code("state", paid.state.code());
        finding.records = [committed, paid].map(|one| (Kind::Funding, one.id.clone())).into();
        finding
    };
    twice::pairs(books).into_iter().map(tell).collect()
}

/// What is in dollars: its record, its day, and when it was last written.
fn in_dollars(state: &State) -> impl Iterator<Item = ((Kind, Id), Date, u64)> + use<'_> {
    let money = state.all::<Funding>().filter(|one| one.currency == Currency::Usd);
    let money = money.map(|one| ((Kind::Funding, one.id.clone()), one.date));
    let lines = state.all::<CostLine>().filter_map(|line| {
        let price = price(line, library(state, line)).filter(|price| price.currency == Currency::Usd)?;
        Some(((Kind::CostLine, line.id.clone()), price.date))
    });
    money.chain(lines).map(|(record, date)| {
        let written = state.touched_by(record.0, &record.1).last().copied().unwrap_or_default();
        (record, date, written)
    })
}

/// Nothing keeps what an amount came to: it is reckoned by the rate as it stands now. Where a rate was written again or
/// is gone, totals that somebody has seen already have moved, and the amounts behind them are told.
fn moved_rates(state: &State, found: &mut Vec<Finding>) {
    let rates = Rates::of(state.all::<Rate>().map(|rate| &**rate));
    let rewritten: HashMap<Date, u64> = state
        .all::<Rate>()
        .filter_map(|rate| match state.touched_by(Kind::Rate, &rate.id).as_slice() {
            [_, .., last] => Some((rate.date, *last)),
            _ => None,
        })
        .collect();
    let (mut moved, mut without) = (Vec::new(), Vec::new());
    let mut all = 0;
    for (record, date, written) in in_dollars(state) {
        all += 1;
        match rates.on(date) {
            None => without.push(record),
            Some((from, _)) if rewritten.get(&from).is_some_and(|at| *at > written) => moved.push(record),
            Some(_) => {}
        }
    }
    counted("finding-rate-changed", moved, all, found);
    counted("finding-rate-missing", without, all, found);
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
        found.push(Finding { records: old, subject: Subject::Rule, ..finding });
    }
}
