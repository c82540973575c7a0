//! Times the gap view over 5,000 cost lines and 20,000 amounts on their way. A measurement, not a test:
//! `cargo run --release -p romduol-plan --example gap_view`.

use std::time::{Duration, Instant};

use romduol_plan::kinds::*;
use romduol_plan::money::Books;
use romduol_plan::money::gap::{By, Choice, table};
use romduol_plan::money::unfunded::unfunded;
use romduol_plan::{Actor, Amount, Body, Change, Date, Entry, State, Text};

const LINES: usize = 5_000;
const FUNDINGS: usize = 20_000;
const ACTIONS: usize = 200;

fn node(id: String, level: NodeLevel, parents: Vec<Id>) -> Body {
    let node = Node {
        id: id.clone(),
        level,
        parents,
        title: Text::en(id),
        summary: Text::default(),
        khmer: KhmerStatus::Draft,
        themes: Vec::new(),
        named_bodies: Vec::new(),
        leads: Vec::new(),
        references: Vec::new(),
        source: String::new(),
    };
    node.into()
}

fn frame(records: &mut Vec<Body>) {
    records.extend((0..4).map(|n| node(format!("P{n}"), NodeLevel::Pillar, Vec::new())));
    records.extend((0..20).map(|n| node(format!("O{n}"), NodeLevel::Outcome, vec![format!("P{}", n % 4)])));
    let action = |n| node(format!("A{n}"), NodeLevel::Action, vec![format!("O{}", n % 20)]);
    records.extend((0..ACTIONS).map(action));
    for year in 2020..2030 {
        let (date, khr_per_usd) = (Date { year, month: 1, day: 1 }, Amount::whole(4_000 + i64::from(year)));
        let rate = Rate { id: year.to_string(), date, khr_per_usd, source: String::new(), illustrative: false };
        records.push(rate.into());
    }
}

fn line(n: usize) -> Body {
    let currency = if n.is_multiple_of(2) { Currency::Usd } else { Currency::Khr };
    let year = 2024 + (n % 6) as i32;
    let line = CostLine {
        id: format!("C{n}"),
        node: Some(format!("A{}", n % ACTIONS)),
        area: None,
        institution: Some(format!("I{}", n % 30)),
        part_of: None,
        title: Text::default(),
        input: InputType::ALL[n % InputType::ALL.len()],
        year,
        quantity: Amount::whole(3 + n as i64 % 40),
        frequency: Some(Amount::whole(2)),
        unit_cost: None,
        low: None,
        likely: Some(Amount::read("1234.56").expect("is an amount")),
        high: None,
        currency: Some(currency),
        date: Some(Date { year, month: 3, day: 1 }),
        shared_share: Some(Amount::whole(75)),
        programme: format!("{}", n % 40),
        cofog: String::new(),
        dac: None,
        gender: None,
        plan_share: None,
        note: String::new(),
        evidence: Vec::new(),
        illustrative: false,
    };
    line.into()
}

/// Chains of four: pledged, committed, released, spent.
fn funding(n: usize) -> Body {
    let (chain, step) = (n / 4, n % 4);
    let year = 2024 + (chain % 6) as i32;
    let funding = Funding {
        id: format!("F{n}"),
        fund: format!("S{}", chain % 25),
        node: None,
        cost_line: Some(format!("C{}", chain % LINES)),
        area: None,
        institution: None,
        year,
        state: Ladder::ALL[step + 1],
        amount: Amount::whole(1_000 - 200 * step as i64),
        currency: if chain.is_multiple_of(3) { Currency::Usd } else { Currency::Khr },
        date: Date { year, month: 4, day: 1 },
        from: (step > 0).then(|| format!("F{}", n - 1)),
        note: String::new(),
        illustrative: false,
    };
    funding.into()
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..21)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let mut records = Vec::new();
    frame(&mut records);
    records.extend((0..LINES).map(line));
    records.extend((0..FUNDINGS).map(funding));
    let mut state = State::default();
    let actor = Actor { account: String::new(), post: String::new() };
    let changes = records.into_iter().map(Change::Put).collect();
    state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
    let books = Books::of(&state, Currency::Khr, true);
    println!("{LINES} cost lines, {FUNDINGS} amounts; medians of 21");
    println!("opening the books        {:?}", median(|| drop(Books::of(&state, Currency::Khr, true))));
    for by in By::ALL {
        println!("gap by {:<17} {:?}", by.code(), median(|| drop(table(&books, *by, &Choice::default()))));
    }
    println!("unfunded actions         {:?}", median(|| drop(unfunded(&books, &Choice::default()))));
}
