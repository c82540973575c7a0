//! Where money is now. The one rule: what comes from a record is taken out of it. So a pledge that became a commitment
//! is no longer pledged, a payment is no longer only committed, and what passes through a pool or another's hands
//! counts where it arrives and not where it came through.

use std::collections::HashMap;

use super::Held;
use super::convert::Rates;
use crate::amount::Amount;
use crate::kinds::Funding;

/// What is left of each record, in its own currency. Circles are refused where records are written; the walk ends anyway.
pub fn held<'a>(fundings: &[&'a Funding], rates: &Rates) -> Vec<Held<'a>> {
    let by_id: HashMap<&str, usize> = fundings.iter().enumerate().map(|(at, one)| (one.id.as_str(), at)).collect();
    let parent: Vec<Option<usize>> =
        fundings.iter().map(|one| one.from.as_deref().and_then(|id| by_id.get(id).copied())).collect();
    let mut left: Vec<Amount> = fundings.iter().map(|one| one.amount).collect();
    for (child, parent) in fundings.iter().zip(&parent).filter_map(|(child, parent)| Some((child, (*parent)?))) {
        left[parent] = left[parent] - taken(child, fundings[parent], rates);
    }
    let origin = |at: usize| {
        let steps = std::iter::successors(Some(at), |at| parent[*at]).take(64);
        fundings[steps.last().unwrap_or(at)].fund.as_str()
    };
    let held = fundings.iter().zip(left).enumerate().map(|(at, (funding, left))| Held {
        funding,
        line: None,
        // More was taken out than was in: a finding says so, and nothing is counted below zero.
        left: left.max(Amount::ZERO),
        origin: origin(at),
    });
    held.collect()
}

/// What a record takes out of another, in the other's currency. Without a rate it is as if it took all of it: an amount
/// that cannot be compared must not be counted twice.
pub fn taken(child: &Funding, parent: &Funding, rates: &Rates) -> Amount {
    rates.convert(child.amount, child.currency, parent.currency, child.date).unwrap_or(parent.amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{Currency, Ladder};
    use crate::period::Date;
    use proptest::prelude::*;

    fn funding(id: &str, fund: &str, state: Ladder, amount: i64, from: Option<&str>) -> Funding {
        Funding {
            id: id.into(),
            fund: fund.into(),
            node: None,
            cost_line: None,
            area: None,
            institution: None,
            year: 2027,
            state,
            amount: Amount::whole(amount),
            currency: Currency::Khr,
            date: Date { year: 2027, month: 1, day: 1 },
            from: from.map(String::from),
            note: String::new(),
            illustrative: false,
        }
    }

    fn left(fundings: &[Funding]) -> Vec<(String, i64, String)> {
        let all: Vec<&Funding> = fundings.iter().collect();
        let held = held(&all, &Rates::default());
        held.iter().map(|h| (h.funding.id.clone(), h.left.shown(0).parse().unwrap(), h.origin.into())).collect()
    }

    /// Worked example. Donor D releases 1,000 to pool P. P commits 600 of it to an action and has paid 250; the ministry
    /// gives 100 of its own. Naively added that is 1,950; there are 1,100.
    #[test]
    fn money_that_passes_through_counts_once_and_where_it_is() {
        let all = [
            funding("D1", "D", Ladder::Released, 1_000, None),
            funding("P1", "P", Ladder::Committed, 600, Some("D1")),
            funding("P2", "P", Ladder::Spent, 250, Some("P1")),
            funding("M1", "M", Ladder::Committed, 100, None),
        ];
        let row = |id: &str, left, origin: &str| (id.to_string(), left, origin.to_string());
        assert_eq!(left(&all), [row("D1", 400, "D"), row("P1", 350, "D"), row("P2", 250, "D"), row("M1", 100, "M")]);
    }

    #[test]
    fn each_step_of_the_ladder_takes_from_the_one_below() {
        let all = [
            funding("1", "D", Ladder::Pledged, 100, None),
            funding("2", "D", Ladder::Committed, 60, Some("1")),
            funding("3", "D", Ladder::Released, 30, Some("2")),
            funding("4", "D", Ladder::Spent, 20, Some("3")),
        ];
        assert_eq!(left(&all).iter().map(|(_, left, _)| *left).collect::<Vec<_>>(), [40, 30, 10, 20]);
    }

    #[test]
    fn a_circle_ends() {
        let all = [funding("1", "D", Ladder::Pledged, 5, Some("2")), funding("2", "D", Ladder::Pledged, 5, Some("1"))];
        assert_eq!(left(&all).len(), 2);
    }

    proptest! {
        /// The oracle moves coins: each riel lies in one record, and a record that takes some moves them to itself.
        #[test]
        fn every_coin_is_counted_once(steps in proptest::collection::vec((0usize..40, 1i64..40), 1..40)) {
            let mut all: Vec<Funding> = Vec::new();
            let mut coins: Vec<usize> = Vec::new();
            for (n, (pick, amount)) in steps.into_iter().enumerate() {
                // Every third begins on its own; the others take from an earlier one, never more than lies there.
                let from = (n % 3 != 0).then(|| pick % n);
                let there: Vec<usize> = match from {
                    Some(at) => (0..coins.len()).filter(|coin| coins[*coin] == at).take(amount as usize).collect(),
                    None => (0..amount).map(|_| { coins.push(n); coins.len() - 1 }).collect(),
                };
                there.iter().for_each(|coin| coins[*coin] = n);
                let from = from.map(|at| at.to_string());
                all.push(funding(&n.to_string(), "F", Ladder::Planned, there.len() as i64, from.as_deref()));
            }
            for (n, (_, left, _)) in left(&all).iter().enumerate() {
                prop_assert_eq!(*left, coins.iter().filter(|at| **at == n).count() as i64);
            }
        }
    }
}
