//! What must hold in the rows of money: prices in order, a rate for every day, payments inside their commitments. Each
//! fault says what to do.

use std::collections::HashMap;

use super::{Fault, Package, analysis::circles, fault};
use crate::amount::Amount;
use crate::kinds::*;
use crate::money::convert::Rates;
use crate::money::{cost, ladder, price};
use crate::period::Date;

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
    let mut days: HashMap<Date, usize> = HashMap::new();
    for (row, body) in &package.records {
        match body {
            Body::Rate(rate) => check_rate(*row, rate, &mut days, &mut faults),
            Body::UnitCost(unit) => check_price(*row, unit, &rows, &mut faults),
            Body::CostLine(line) => check_line(*row, line, &rows, &mut faults),
            Body::Funding(funding) => check_funding(*row, funding, &rows, &mut faults),
            Body::BudgetDate(date) => check_day(*row, date, &mut faults),
            _ => {}
        }
    }
    check_sums(package, &rows, &mut faults);
    circles(package, Kind::Funding, "from", &mut faults, |body| match body {
        Body::Funding(funding) => funding.from.iter().cloned().collect(),
        _ => Vec::new(),
    });
    package.faults.extend(faults);
}

fn check_rate(row: usize, rate: &Rate, days: &mut HashMap<Date, usize>, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: &str, mend: &str| {
        faults.push(fault(row, Kind::Rate, column, &value, problem, mend));
    };
    if !rate.khr_per_usd.is_positive() {
        say("khr_per_usd", rate.khr_per_usd.to_string(), "is no rate", "write how many riel one dollar is worth");
    }
    if days.insert(rate.date, row).is_some() {
        say("date", rate.date.to_string(), "has two rates", "keep one of them");
    }
}

fn check_day(row: usize, date: &BudgetDate, faults: &mut Vec<Fault>) {
    // Every year has it, so the 29th of February is none.
    if Date::parse(&format!("2027-{:02}-{:02}", date.month, date.day)).is_none() {
        let day = format!("{}-{}", date.month, date.day);
        faults.push(fault(row, Kind::BudgetDate, "day", &day, "is not a day of every year", "correct month and day"));
    }
}

fn check_price(row: usize, unit: &UnitCost, rows: &Rows, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: String, mend: &str| {
        faults.push(fault(row, Kind::UnitCost, column, &value, problem, mend));
    };
    in_order([unit.low, Some(unit.likely), unit.high], &mut say);
    known_rate(unit.currency, unit.date, rows, &mut say);
}

fn in_order(range: [Option<Amount>; 3], say: &mut impl FnMut(&str, String, String, &str)) {
    let given: Vec<(&str, Amount)> =
        ["low", "likely", "high"].into_iter().zip(range).filter_map(|(name, amount)| Some((name, amount?))).collect();
    for (name, amount) in given.iter().filter(|(_, amount)| amount.is_negative()) {
        say(name, amount.to_string(), "is less than nothing".into(), "write a cost of 0 or more");
    }
    for pair in given.windows(2).filter(|pair| pair[1].1 < pair[0].1) {
        let problem = format!("is less than `{}`, {}", pair[0].0, pair[0].1);
        say(pair[1].0, pair[1].1.to_string(), problem, "put low, likely and high in order");
    }
}

fn known_rate(currency: Currency, date: Date, rows: &Rows, say: &mut impl FnMut(&str, String, String, &str)) {
    if currency != Currency::Khr && rows.rates.on(date).is_none() {
        let problem = format!("has no rate: none in rates.csv begins on or before {date}");
        say("date", date.to_string(), problem, "add the rate of that day to rates.csv, or correct the date");
    }
}

fn check_line(row: usize, line: &CostLine, rows: &Rows, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: String, mend: &str| {
        faults.push(fault(row, Kind::CostLine, column, &value, problem, mend));
    };
    in_order([line.low, line.likely, line.high], &mut say);
    let library = line.unit_cost.as_deref().and_then(|id| rows.prices.get(id).copied());
    for (column, amount) in [("quantity", Some(line.quantity)), ("frequency", line.frequency)] {
        if let Some(amount) = amount.filter(|amount| amount.is_negative()) {
            say(column, amount.to_string(), "is less than nothing".into(), "write 0 or more");
        }
    }
    for (column, share) in [("shared_share", line.shared_share), ("plan_share", line.plan_share)] {
        if let Some(share) = share.filter(|share| share.is_negative() || *share > Amount::HUNDRED) {
            say(column, share.to_string(), "is not a share".into(), "write percent from 0 to 100");
        }
    }
    if line.likely.is_none() && line.unit_cost.is_none() && (line.low.is_some() || line.high.is_some()) {
        say("likely", String::new(), "is empty beside a low or a high cost".into(), "write what is likely, too");
    }
    if line.likely.is_some() && line.currency.is_none() && library.is_none() {
        say("currency", String::new(), "is empty beside a cost".into(), "write KHR or USD");
    }
    if line.likely.is_some() && line.date.is_none() && library.is_none() {
        say("date", String::new(), "is empty beside a cost".into(), "write the day of the price");
    }
    if let (None, Some(unit), Some(currency)) = (line.likely, library, line.currency)
        && currency != unit.currency
    {
        let problem = format!("is not the currency of the price, {}", unit.currency.code());
        say("currency", currency.code().into(), problem, "leave it empty, or write a cost of its own");
    }
    if let Some(price) = price(line, library) {
        known_rate(price.currency, price.date, rows, &mut say);
    }
    let limit = Amount::whole(10_000_000_000_000);
    if let Some((range, ..)) = cost(line, library).filter(|(range, ..)| range.high >= limit) {
        say(
            "quantity",
            line.quantity.to_string(),
            format!("makes a cost of {}", range.high),
            "look for a zero too many",
        );
    }
}

fn check_funding(row: usize, funding: &Funding, rows: &Rows, faults: &mut Vec<Fault>) {
    let mut say = |column: &str, value: String, problem: String, mend: &str| {
        faults.push(fault(row, Kind::Funding, column, &value, problem, mend));
    };
    if !funding.amount.is_positive() {
        say("amount", funding.amount.to_string(), "is no money".into(), "write an amount above 0, or take the row out");
    }
    known_rate(funding.currency, funding.date, rows, &mut say);
    if let (Some(node), Some(line)) = (&funding.node, funding.cost_line.as_deref().and_then(|id| rows.lines.get(id)))
        && line.node.as_ref() != Some(node)
    {
        let problem = format!("is not the action of {}", line.id);
        say("node", node.clone(), problem, "leave it empty: the line says what is paid");
    }
    let Some(parent) = funding.from.as_deref().and_then(|id| rows.fundings.get(id)) else { return };
    if parent.fund == funding.fund && funding.state < parent.state {
        let problem = format!("is a step down from {} of {}", parent.state.code(), parent.id);
        say("state", funding.state.code().into(), problem, "money goes up the ladder; correct the state or `from`");
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
        let problem =
            format!("takes more than there is: {taken} {currency} come from {id}, which holds {}", parent.amount);
        let mend = "correct the amount, or enter what came in besides as a record of its own";
        // Told where it was just written: at what takes, or at what was made smaller.
        let parent = (row_of[id], *parent);
        let told = children.iter().chain([&parent]).min_by_key(|(row, one)| (*row, std::cmp::Reverse(one.amount)));
        if let Some((row, one)) = told {
            faults.push(fault(*row, Kind::Funding, "amount", &one.amount.to_string(), problem, mend));
        }
    }
}
