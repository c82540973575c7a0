//! What must hold in the rows of money: prices in order, a rate for every day, payments inside their commitments. Each
//! fault says what to do.

use std::collections::HashMap;

use super::{Fault, Package, analysis::circles, fault};
use crate::amount::Amount;
use crate::kinds::*;
use crate::money::convert::Rates;
use crate::money::{cost, ladder, price};
use crate::period::Date;
use crate::say::Say;

/// The rows of the other kinds that a rule looks up.
struct Rows<'a> {
    rates: Rates,
    prices: HashMap<&'a str, &'a UnitCost>,
    lines: HashMap<&'a str, &'a CostLine>,
    fundings: HashMap<&'a str, &'a Funding>,
}

impl<'a> Rows<'a> {
    fn of(package: &'a Package) -> Rows<'a> {
        let bodies = || package.records.iter().map(|(_, body)| body);
        macro_rules! of_kind {
            ($kind:ident) => {
                bodies()
                    .filter_map(|body| if let Body::$kind(one) = body { Some((one.id.as_str(), &**one)) } else { None })
            };
        }
        Rows {
            rates: Rates::of(of_kind!(Rate).map(|(_, rate)| rate)),
            prices: of_kind!(UnitCost).collect(),
            lines: of_kind!(CostLine).collect(),
            fundings: of_kind!(Funding).collect(),
        }
    }
}

pub(super) fn check(package: &mut Package) {
    let mut faults = Vec::new();
    let rows = Rows::of(package);
    let mut days: HashMap<Date, &str> = HashMap::new();
    for (row, body) in &package.records {
        match body {
            Body::Rate(rate) => check_rate(*row, rate, &mut days, &mut faults),
            Body::UnitCost(unit) => check_price(*row, unit, &rows, &mut faults),
            Body::CostLine(line) => check_line(*row, line, &rows, &mut faults),
            Body::Funding(funding) => check_funding(*row, funding, &rows, &mut faults),
            _ => {}
        }
        let year = match body {
            Body::CostLine(line) => Some(line.year),
            Body::Funding(funding) => Some(funding.year),
            _ => None,
        };
        // Two digits of one, a day that a spreadsheet counts, a digit too many.
        if let Some(year) = year.filter(|year| !(1990..=2100).contains(year)) {
            faults.push(fault(*row, body.kind(), "year", &year.to_string(), Say::new("fault-year")));
        }
    }
    check_sums(package, &rows, &mut faults);
    circles(package, Kind::Funding, "from", &mut faults, |body| match body {
        Body::Funding(funding) => funding.from.iter().cloned().collect(),
        _ => Vec::new(),
    });
    circles(package, Kind::CostLine, "part_of", &mut faults, |body| match body {
        Body::CostLine(line) => line.part_of.iter().cloned().collect(),
        _ => Vec::new(),
    });
    package.faults.extend(faults);
}

fn check_rate<'a>(row: usize, rate: &'a Rate, days: &mut HashMap<Date, &'a str>, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: Say| {
        faults.push(fault(row, Kind::Rate, column, &value, problem));
    };
    if !rate.khr_per_usd.is_positive() {
        say("khr_per_usd", rate.khr_per_usd.to_string(), Say::new("fault-no-rate-value"));
    }
    if let Some(first) = days.insert(rate.date, &rate.id) {
        say("date", rate.date.to_string(), Say::new("fault-rate-twice").words("first", first));
    }
}

fn check_price(row: usize, unit: &UnitCost, rows: &Rows, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: Say| {
        faults.push(fault(row, Kind::UnitCost, column, &value, problem));
    };
    in_order([unit.low, Some(unit.likely), unit.high], &mut say);
    known_rate(unit.currency, unit.date, rows, &mut say);
}

fn in_order(range: [Option<Amount>; 3], say: &mut impl FnMut(&str, String, Say)) {
    let given: Vec<(&str, Amount)> =
        ["low", "likely", "high"].into_iter().zip(range).filter_map(|(name, amount)| Some((name, amount?))).collect();
    for (name, amount) in given.iter().filter(|(_, amount)| amount.is_negative()) {
        say(name, amount.to_string(), Say::new("fault-negative"));
    }
    for pair in given.windows(2).filter(|pair| pair[1].1 < pair[0].1) {
        let problem = Say::new("fault-out-of-order").words("name", pair[0].0).words("amount", pair[0].1.to_string());
        say(pair[1].0, pair[1].1.to_string(), problem);
    }
}

fn known_rate(currency: Currency, date: Date, rows: &Rows, say: &mut impl FnMut(&str, String, Say)) {
    if currency != Currency::Khr && rows.rates.on(date).is_none() {
        say("date", date.to_string(), Say::new("fault-no-rate").words("date", date.to_string()));
    }
}

fn check_line(row: usize, line: &CostLine, rows: &Rows, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: Say| {
        faults.push(fault(row, Kind::CostLine, column, &value, problem));
    };
    in_order([line.low, line.likely, line.high], &mut say);
    let whole = line.part_of.as_deref().and_then(|id| rows.lines.get(id));
    if let Some(whole) = whole.filter(|whole| (&whole.node, whole.year) != (&line.node, line.year)) {
        say("part_of", whole.id.clone(), Say::new("fault-part-elsewhere"));
    }
    let library = line.unit_cost.as_deref().and_then(|id| rows.prices.get(id).copied());
    for (column, amount) in [("quantity", Some(line.quantity)), ("frequency", line.frequency)] {
        if let Some(amount) = amount.filter(|amount| amount.is_negative()) {
            say(column, amount.to_string(), Say::new("fault-negative"));
        }
    }
    for (column, share) in [("shared_share", line.shared_share), ("plan_share", line.plan_share)] {
        if let Some(share) = share.filter(|share| share.is_negative() || *share > Amount::HUNDRED) {
            say(column, share.to_string(), Say::new("fault-no-share"));
        }
    }
    if line.likely.is_none() && line.unit_cost.is_none() && (line.low.is_some() || line.high.is_some()) {
        say("likely", String::new(), Say::new("fault-likely-empty"));
    }
    if line.likely.is_some() && line.currency.is_none() && library.is_none() {
        say("currency", String::new(), Say::new("fault-currency-empty"));
    }
    if line.likely.is_some() && line.date.is_none() && library.is_none() {
        say("date", String::new(), Say::new("fault-day-empty"));
    }
    if let (None, Some(unit), Some(currency)) = (line.likely, library, line.currency)
        && currency != unit.currency
    {
        let problem = Say::new("fault-other-currency").code("currency", unit.currency.code());
        say("currency", currency.code().into(), problem);
    }
    if let Some(price) = price(line, library) {
        known_rate(price.currency, price.date, rows, &mut say);
    }
    let limit = Amount::whole(10_000_000_000_000);
    if let Some((range, ..)) = cost(line, library).filter(|(range, ..)| range.high >= limit) {
        let problem = Say::new("fault-cost-huge").words("amount", range.high.to_string());
        say("quantity", line.quantity.to_string(), problem);
    }
}

fn check_funding(row: usize, funding: &Funding, rows: &Rows, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: Say| {
        faults.push(fault(row, Kind::Funding, column, &value, problem));
    };
    if !funding.amount.is_positive() {
        say("amount", funding.amount.to_string(), Say::new("fault-no-money"));
    }
    known_rate(funding.currency, funding.date, rows, &mut say);
    if let (Some(node), Some(line)) = (&funding.node, funding.cost_line.as_deref().and_then(|id| rows.lines.get(id)))
        && line.node.as_ref() != Some(node)
    {
        say("node", node.clone(), Say::new("fault-other-action").words("line", &line.id));
    }
    let Some(parent) = funding.from.as_deref().and_then(|id| rows.fundings.get(id)) else { return };
    if parent.fund == funding.fund && funding.state < parent.state {
        let problem = Say::new("fault-step-down").code("state", parent.state.code()).words("parent", &parent.id);
        say("state", funding.state.code().into(), problem);
    }
}

/// What is taken out of a record must not be more than is in it. Rates move between a commitment and its payment: where
/// the currencies differ, up to a tenth more is a finding and no fault.
fn check_sums(package: &Package, rows: &Rows, faults: &mut Vec<Fault>) {
    let all = package.records.iter();
    let fundings =
        all.filter_map(|(row, body)| if let Body::Funding(one) = body { Some((*row, &**one)) } else { None });
    let mut taking: HashMap<&str, Vec<(usize, &Funding)>> = HashMap::new();
    let mut row_of: HashMap<&str, usize> = HashMap::new();
    for (row, funding) in fundings {
        row_of.insert(&funding.id, row);
        if let Some(from) = &funding.from {
            taking.entry(from).or_default().push((row, funding));
        }
    }
    for (id, children) in taking {
        let Some(parent) = rows.fundings.get(id) else { continue };
        let taken: Amount = children.iter().map(|(_, child)| ladder::taken(child, parent, &rows.rates)).sum();
        let mixed = children.iter().any(|(_, child)| child.currency != parent.currency);
        let room = if mixed { parent.amount.percent(Amount::whole(110)) } else { parent.amount };
        if taken <= room {
            continue;
        }
        let (taken, currency) = (taken.shown(2), parent.currency.code());
        let say = Say::new("fault-takes-more").words("taken", taken).words("currency", currency).words("from", id);
        let problem = say.words("held", parent.amount.to_string());
        // Told where it was just written: at what takes, or at what was made smaller.
        let parent = (row_of[id], *parent);
        let told = children.iter().chain([&parent]).min_by_key(|(row, one)| (*row, std::cmp::Reverse(one.amount)));
        if let Some((row, one)) = told {
            faults.push(fault(*row, Kind::Funding, "amount", &one.amount.to_string(), problem));
        }
    }
}
