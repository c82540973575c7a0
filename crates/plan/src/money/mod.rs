//! The money of the plan as books in one currency: what every line costs, and where every amount is now. Refuses to know
//! how an amount is written on a page.
//!
//! - An amount counts once, where it is: what comes from another record is taken out of that one (`ladder`).
//! - A need counts once: a line that is a part of another is taken out of that one (`take_parts_out`).
//! - Not costed is not zero: a line without a price has none, and the action says so (`gap`).
//! - Nothing is rounded here; pages and reports round when they show.

pub mod above;
pub mod convert;
pub mod gap;
pub mod ladder;
pub mod note;
pub mod tags;
pub mod twice;
pub mod unfunded;

use std::collections::HashMap;

use crate::amount::Amount;
use crate::kinds::*;
use crate::period::Date;
use crate::state::State;
use convert::Rates;

/// Three cases of a cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    pub low: Amount,
    pub likely: Amount,
    pub high: Amount,
}

impl Range {
    pub fn map(self, each: impl Fn(Amount) -> Amount) -> Range {
        Range { low: each(self.low), likely: each(self.likely), high: each(self.high) }
    }
}

impl std::ops::AddAssign for Range {
    fn add_assign(&mut self, other: Range) {
        self.low += other.low;
        self.likely += other.likely;
        self.high += other.high;
    }
}

/// The cost of one unit, wherever it stands: in the line or in the library.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    pub range: Range,
    pub currency: Currency,
    pub date: Date,
}

/// The price a line is reckoned with; none where it is not costed.
pub fn price(line: &CostLine, library: Option<&UnitCost>) -> Option<Price> {
    let first = Date { year: line.year, month: 1, day: 1 };
    let range = |low: Option<Amount>, likely: Amount, high: Option<Amount>| Range {
        low: low.unwrap_or(likely),
        likely,
        high: high.unwrap_or(likely),
    };
    match (line.likely, library) {
        (Some(likely), unit) => Some(Price {
            range: range(line.low, likely, line.high),
            currency: line.currency.or(unit.map(|unit| unit.currency))?,
            date: line.date.or(unit.map(|unit| unit.date)).unwrap_or(first),
        }),
        (None, Some(unit)) => Some(Price {
            range: range(line.low.or(unit.low), unit.likely, line.high.or(unit.high)),
            currency: unit.currency,
            date: line.date.unwrap_or(unit.date),
        }),
        (None, None) => None,
    }
}

/// What a line costs in the currency of its price.
pub fn cost(line: &CostLine, library: Option<&UnitCost>) -> Option<(Range, Currency, Date)> {
    let price = price(line, library)?;
    let times = line.quantity * line.frequency.unwrap_or(Amount::whole(1));
    let share = line.shared_share.unwrap_or(Amount::HUNDRED);
    Some((price.range.map(|unit| (times * unit).percent(share)), price.currency, price.date))
}

/// A line with what it costs; nothing where it has no price.
pub struct Cost<'a> {
    pub line: &'a CostLine,
    /// What is left of it when the lines that are a part of it are taken out; they count by themselves.
    pub range: Option<Range>,
    /// What it costs with its parts.
    pub whole: Option<Range>,
}

/// An amount where it is now: what is left of a record when all that was taken out of it is gone.
pub struct Held<'a> {
    pub funding: &'a Funding,
    /// The line it pays.
    pub line: Option<&'a CostLine>,
    pub left: Amount,
    /// The fund it came from at first, through however many hands.
    pub origin: &'a str,
}

impl<'a> Held<'a> {
    pub fn node(&self) -> Option<&'a str> {
        self.line.map_or(self.funding.node.as_deref(), |line| line.node.as_deref())
    }

    pub fn area(&self) -> Option<&'a str> {
        self.line.and_then(|line| line.area.as_deref()).or(self.funding.area.as_deref())
    }

    pub fn institution(&self) -> Option<&'a str> {
        self.line.and_then(|line| line.institution.as_deref()).or(self.funding.institution.as_deref())
    }
}

/// All costs and all money in one currency.
pub struct Books<'a> {
    pub state: &'a State,
    pub currency: Currency,
    /// Made-up records are in.
    pub illustrative: bool,
    pub costs: Vec<Cost<'a>>,
    pub money: Vec<Held<'a>>,
    /// How many amounts are left out because no rate of their day is known.
    pub without_rate: usize,
    /// Something made up is in it.
    pub made_up: bool,
}

impl<'a> Books<'a> {
    /// Opens the books. Made-up records are left out unless they are asked for.
    pub fn of(state: &'a State, currency: Currency, illustrative: bool) -> Books<'a> {
        let shown = |made_up: bool| illustrative || !made_up;
        let rates = Rates::of(state.all::<Rate>().filter(|rate| shown(rate.illustrative)).map(|rate| &**rate));
        let lines: Vec<&CostLine> =
            state.all::<CostLine>().map(|line| &**line).filter(|line| shown(line.illustrative)).collect();
        let fundings: Vec<&Funding> =
            state.all::<Funding>().map(|one| &**one).filter(|one| shown(one.illustrative)).collect();
        let made_up = lines.iter().any(|line| line.illustrative) || fundings.iter().any(|one| one.illustrative);
        let (costs, money) = (Vec::new(), Vec::new());
        let mut books = Books { state, currency, illustrative, costs, money, without_rate: 0, made_up };
        books.costs = lines.iter().map(|line| books.cost(line, &rates)).collect();
        take_parts_out(&mut books.costs);
        let by_id: HashMap<&str, &CostLine> = lines.iter().map(|line| (line.id.as_str(), *line)).collect();
        for held in ladder::held(&fundings, &rates) {
            let funding = held.funding;
            match rates.convert(held.left, funding.currency, currency, funding.date) {
                Some(left) => books.money.push(Held {
                    left,
                    line: funding.cost_line.as_deref().and_then(|id| by_id.get(id).copied()),
                    ..held
                }),
                None => books.without_rate += 1,
            }
        }
        books.without_rate +=
            books.costs.iter().filter(|cost| cost.range.is_none() && priced(state, cost.line)).count();
        books
    }

    fn cost(&self, line: &'a CostLine, rates: &Rates) -> Cost<'a> {
        let range = cost(line, library(self.state, line)).and_then(|(range, from, date)| {
            let rate = rates.factor(from, self.currency, date)?;
            Some(range.map(|amount| rate.apply(amount)))
        });
        Cost { line, range, whole: range }
    }
}

/// A need counts once: a line that is a part of another is taken out of it, as far as that goes. What the parts cost
/// beyond it is a need of its own, and a finding.
fn take_parts_out(costs: &mut [Cost]) {
    let parts = parts(costs);
    for cost in costs {
        if let (Some(range), Some(taken)) = (&mut cost.range, parts.get(cost.line.id.as_str())) {
            let rest = |whole: Amount, part: Amount| (whole - part).max(Amount::ZERO);
            range.low = rest(range.low, taken.low);
            range.likely = rest(range.likely, taken.likely);
            range.high = rest(range.high, taken.high);
        }
    }
}

/// What the parts of each line cost together.
pub fn parts<'a>(costs: &[Cost<'a>]) -> HashMap<&'a str, Range> {
    let mut parts: HashMap<&str, Range> = HashMap::new();
    for cost in costs {
        if let (Some(of), Some(whole)) = (&cost.line.part_of, cost.whole) {
            *parts.entry(of).or_default() += whole;
        }
    }
    parts
}

/// The price of the library that a line refers to.
pub fn library<'a>(state: &'a State, line: &CostLine) -> Option<&'a UnitCost> {
    line.unit_cost.as_deref().and_then(|id| state.find::<UnitCost>(id)).map(|unit| &**unit)
}

/// Whether a line has a price at all, in whatever currency.
pub fn priced(state: &State, line: &CostLine) -> bool {
    price(line, library(state, line)).is_some()
}
