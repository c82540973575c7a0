//! A commitment and a payment that are probably the same money, because nobody wrote that one is taken out of the other.
//! Refuses to decide it: only whoever wrote them knows.

use std::collections::HashMap;

use super::{Books, Held};
use crate::kinds::Ladder;

/// Each payment that is taken out of nothing, with the first commitment of the same fund, year and line or action that
/// still holds something. Both count.
pub fn pairs<'b, 'a>(books: &'b Books<'a>) -> Vec<(&'b Held<'a>, &'b Held<'a>)> {
    let mut committed: HashMap<(&str, i32), Vec<&Held>> = HashMap::new();
    for held in books.money.iter().filter(|held| held.funding.state == Ladder::Committed && held.left.is_positive()) {
        committed.entry((&held.funding.fund, held.funding.year)).or_default().push(held);
    }
    let paid = books.money.iter().filter(|held| held.funding.state >= Ladder::Released && held.funding.from.is_none());
    let pair = |paid: &'b Held<'a>| {
        let near = committed.get(&(paid.funding.fund.as_str(), paid.funding.year))?;
        near.iter().find(|one| same_purpose(one, paid)).map(|one| (*one, paid))
    };
    paid.filter_map(pair).collect()
}

/// Two lines of one action are two purposes, and so are two places; an amount for the whole action may hold either.
fn same_purpose(a: &Held, b: &Held) -> bool {
    let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a != b);
    let line = |held: &Held| held.line.map(|line| line.id.clone());
    let lines = line(a).zip(line(b));
    match lines {
        Some((a, b)) => a == b,
        None => a.node().is_some() && a.node() == b.node() && !differ(a.area(), b.area()),
    }
}
