//! What the finance ministry wants on one page: need, allocated and gap by programme code with what is promised for it,
//! and planned against executed by year.

use std::collections::{BTreeMap, BTreeSet};

use super::Books;
use super::above::Above;
use super::gap::Figures;
use super::tags::by;
use crate::coordination::next_beginning;
use crate::kinds::*;
use crate::period::{Date, Period};

/// A programme of the budget in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Programme {
    /// Empty for what has no code yet.
    pub code: String,
    pub figures: Figures,
    /// The nodes that its lines pay for.
    pub nodes: BTreeSet<Id>,
    /// The institutions in whose budgets its lines belong.
    pub institutions: BTreeSet<Id>,
}

/// The programmes of a year; what has no code comes last.
pub fn programmes(books: &Books, year: i32) -> Vec<Programme> {
    let sums = by(books, Some(year), |line| line.map(|line| line.programme.clone()).unwrap_or_default());
    let mut nodes: BTreeMap<&str, (BTreeSet<Id>, BTreeSet<Id>)> = BTreeMap::new();
    for line in books.costs.iter().map(|cost| cost.line).filter(|line| line.year == year) {
        let (nodes, institutions) = nodes.entry(&line.programme).or_default();
        nodes.extend(line.node.clone());
        institutions.extend(line.institution.clone());
    }
    let mut list: Vec<Programme> = sums
        .into_iter()
        .map(|(code, figures)| {
            let (nodes, institutions) = nodes.remove(code.as_str()).unwrap_or_default();
            Programme { code, figures, nodes, institutions }
        })
        .collect();
    list.sort_by_key(|programme| programme.code.is_empty());
    list
}

/// The sums of every year that has any.
pub fn years(books: &Books) -> BTreeMap<i32, Figures> {
    let mut years: BTreeMap<i32, Figures> = BTreeMap::new();
    books.costs.iter().for_each(|cost| years.entry(cost.line.year).or_default().add_cost(cost));
    let moved = books.money.iter().filter(|held| held.left.is_positive());
    moved.for_each(|held| years.entry(held.funding.year).or_default().add_money(held));
    years
}

/// What these nodes promise: the indicators that measure them or the outputs they serve, those with a target first, each
/// with the target of the nearest period from a year on.
pub fn promised<'a>(books: &Books<'a>, nodes: &BTreeSet<Id>, year: i32) -> Vec<(&'a Indicator, Option<&'a Target>)> {
    let (state, above) = (books.state, Above::of(books.state));
    let served = nodes.iter().flat_map(|id| above.of_node(id)).filter(|node| node.level >= NodeLevel::Output);
    let served: BTreeSet<&str> = served.map(|node| node.id.as_str()).collect();
    let country = state.plan().map(|plan| plan.area.as_str());
    let target = |indicator: &Indicator| {
        let of_it = state.all::<Target>().filter(|target| {
            target.indicator == indicator.id
                && target.kind == TargetKind::Target
                && Some(target.area.as_str()) == country
                && target.categories.is_empty()
                && target.period >= Period::year(year)
                && (books.illustrative || !target.illustrative)
        });
        of_it.min_by_key(|target| target.period).map(|target| &**target)
    };
    let measuring = state.all::<Indicator>().filter(|one| one.nodes.iter().any(|node| served.contains(node.as_str())));
    let mut list: Vec<_> = measuring.map(|indicator| (&**indicator, target(indicator))).collect();
    list.sort_by_key(|(indicator, target)| (target.is_none(), indicator.id.clone()));
    list
}

/// The date of the budget calendar that begins next, its first day, and the budget year that it is about.
pub fn next_date<'a>(books: &Books<'a>, today: Date) -> Option<(&'a Occasion, Date, i32)> {
    let coming = books.state.all::<Occasion>().filter_map(|occasion| {
        let ahead = occasion.years_ahead?;
        let first = next_beginning(occasion, today)?;
        Some((&**occasion, first, first.year + i32::from(ahead)))
    });
    coming.min_by_key(|(_, first, _)| *first)
}
