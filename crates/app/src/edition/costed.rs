//! The actions that have a price, with what they need each year and the money that is promised or further, for registers of
//! aid. In one currency and each amount once, as the pages of money reckon. Refuses made-up money outside demonstrations.

use std::collections::BTreeMap;

use romduol_edition::content::{CostedAction, Payment};
use romduol_plan::kinds::{CostLine, Currency, Fund, Id, Ladder};
use romduol_plan::money::Books;
use romduol_plan::{Amount, State};

pub(crate) fn costed(state: &State, demonstration: bool) -> Vec<CostedAction> {
    let books = Books::of(state, Currency::Khr, demonstration);
    let mut actions: BTreeMap<&str, CostedAction> = BTreeMap::new();
    for cost in &books.costs {
        if let (Some(node), Some(range)) = (cost.line.node.as_deref(), cost.range) {
            let action = actions.entry(node).or_insert_with(|| blank(node, books.currency));
            action.illustrative |= cost.line.illustrative;
            add(&mut action.need, cost.line.year, range.likely);
            mark(action, cost.line);
        }
    }
    for held in books.money.iter().filter(|held| held.left.is_positive() && firm(held.funding.state)) {
        let Some(action) = held.node().and_then(|node| actions.get_mut(node)) else { continue };
        let Some(fund) = state.find::<Fund>(held.origin) else { continue };
        action.illustrative |= held.funding.illustrative || fund.illustrative;
        action.payments.push(Payment {
            fund: fund.id.clone(),
            name: fund.name.clone(),
            kind: fund.kind,
            state: held.funding.state,
            amount: held.left,
            date: held.funding.date,
        });
    }
    actions.into_values().collect()
}

/// What can be counted on; plans and pledges are told in the section of money.
fn firm(state: Ladder) -> bool {
    matches!(state, Ladder::Committed | Ladder::Released | Ladder::Spent)
}

fn blank(node: &str, currency: Currency) -> CostedAction {
    let (need, payments) = (Vec::new(), Vec::new());
    CostedAction { node: node.into(), currency, need, payments, payers: Vec::new(), dac: None, illustrative: false }
}

fn add(need: &mut Vec<(i32, Amount)>, year: i32, amount: Amount) {
    match need.binary_search_by_key(&year, |(year, _)| *year) {
        Ok(place) => need[place].1 += amount,
        Err(place) => need.insert(place, (year, amount)),
    }
}

/// The marker of an action is the lowest of its lines, so that it never claims what a line does not. A line that nobody
/// screened says nothing.
fn mark(action: &mut CostedAction, line: &CostLine) {
    action.dac = [action.dac, line.dac].into_iter().flatten().min();
    let payer: Option<&Id> = line.institution.as_ref().filter(|id| !action.payers.contains(id));
    action.payers.extend(payer.cloned());
}
