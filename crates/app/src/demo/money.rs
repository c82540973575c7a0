//! The demo's made-up money: rates, prices, cost lines, sources and amounts on their way. No cost and no fund of the real
//! plan is known, so every record here is marked.

use std::sync::Arc;

use romduol_plan::kinds::*;
use romduol_plan::{Amount, Change, Date, State, Text};

use super::Chance;

/// In both languages, because a source and a note have but one text.
const MADE_UP: &str = "Made up to show the program at work (បង្កើតឡើងដើម្បីបង្ហាញកម្មវិធី)";

/// Those who carry costs in the demo, each with a programme code, made up like the rest, and a function of government.
const PAYERS: [(&str, &str, &str); 4] = [
    ("MOWA", "DEMO-11", "10.7"),
    ("MOI", "DEMO-21", "03.1"),
    ("MOND", "DEMO-31", "02.1"),
    ("MOSVY", "DEMO-41", "10.4"),
];

pub(super) fn changes(state: &State, today: Date) -> Vec<Change> {
    let mut changes = rates(today);
    changes.extend(prices(today));
    let mut lines = lines(state, today);
    changes.extend(funds(state));
    changes.extend(ladder(&lines, today));
    lines.extend(local(&lines, today));
    changes.extend(pool(state, today));
    changes.extend(lines.into_iter().map(|line| Change::Put(line.into())));
    changes
}

fn day(year: i32, month: u8) -> Date {
    Date { year, month, day: 1 }
}

fn rates(today: Date) -> Vec<Change> {
    let rate = |(year, khr)| {
        let rate = Rate {
            id: format!("DEMO-{year}"),
            date: day(year, 1),
            khr_per_usd: Amount::whole(khr),
            source: MADE_UP.into(),
            illustrative: true,
        };
        Change::Put(rate.into())
    };
    [(today.year - 2, 4_080), (today.year - 1, 4_050), (today.year, 4_020)].map(rate).into()
}

/// Id, name in English and Khmer, input, what one unit is, low, likely and high, currency.
type Listed = (&'static str, &'static str, &'static str, InputType, &'static str, [i64; 3], Currency);

/// Three prices: two in dollars, one in riel.
const PRICES: [Listed; 3] = [
    (
        "DEMO-DAY",
        "A day of training for one person",
        "ថ្ងៃបណ្តុះបណ្តាលសម្រាប់មនុស្សម្នាក់",
        InputType::Training,
        "person and day",
        [28, 35, 48],
        Currency::Usd,
    ),
    (
        "DEMO-EXPERT",
        "A day of an expert",
        "ថ្ងៃធ្វើការរបស់អ្នកជំនាញ",
        InputType::Services,
        "day",
        [180, 220, 320],
        Currency::Usd,
    ),
    (
        "DEMO-TRIP",
        "A trip to a province",
        "ដំណើរទៅខេត្តមួយ",
        InputType::Travel,
        "trip",
        [420_000, 520_000, 700_000],
        Currency::Khr,
    ),
];

fn prices(today: Date) -> Vec<Change> {
    let price =
        |(id, en, km, input, measure, [low, likely, high], currency): (&str, &str, &str, _, &str, [i64; 3], _)| {
            let unit = UnitCost {
                id: id.into(),
                institution: None,
                title: Text { en: en.into(), km: km.into() },
                input,
                measure: measure.into(),
                low: Some(Amount::whole(low)),
                likely: Amount::whole(likely),
                high: Some(Amount::whole(high)),
                currency,
                date: day(today.year - 1, 2),
                source: MADE_UP.into(),
                illustrative: true,
            };
            Change::Put(unit.into())
        };
    PRICES.map(price).into()
}

/// Lines for most actions over four years, the last one and the two to come; every sixth action is left uncosted.
fn lines(state: &State, today: Date) -> Vec<CostLine> {
    let provinces: Vec<&Arc<Area>> = state.all::<Area>().filter(|area| area.level == AreaLevel::Province).collect();
    let actions = state.all::<Node>().filter(|node| node.level == NodeLevel::Action).enumerate();
    let mut lines = Vec::new();
    for (n, node) in actions.filter(|(n, _)| n % 6 != 4) {
        let mut chance = Chance::of(&node.id);
        let payer = PAYERS[chance.below(PAYERS.len() as u64) as usize];
        for year in today.year - 1..=today.year + 2 {
            for (part, (price, .., input, _, _, _)) in PRICES.iter().enumerate() {
                let place = (part != 1 && !provinces.is_empty())
                    .then(|| provinces[(n * 5 + part * 3) % provinces.len()].id.clone());
                let mut line = blank(format!("DEMO-{}-{year}-{}", node.id, part + 1), *input, year, payer);
                line.node = Some(node.id.clone());
                line.area = place;
                line.unit_cost = Some((*price).into());
                line.quantity = Amount::whole(20 + 5 * chance.below(30) as i64);
                line.frequency = (part == 0).then(|| Amount::whole(1 + chance.below(3) as i64));
                line.shared_share = (n % 7 == 3).then(|| Amount::whole(50));
                line.dac = [None, Some(DacMarker::None), Some(DacMarker::Significant), Some(DacMarker::Principal)]
                    [chance.below(4) as usize];
                line.gender = (n % 5 != 0).then(|| GenderMarker::ALL[chance.below(4) as usize]);
                line.plan_share = (n % 4 != 1).then(|| Amount::whole(25 * (1 + chance.below(4) as i64)));
                lines.push(line);
            }
        }
    }
    for year in today.year - 1..=today.year + 2 {
        for (name, input, riel) in
            [("SECRETARIAT", InputType::Secretariat, 96_000_000), ("M-AND-E", InputType::Monitoring, 64_000_000)]
        {
            let mut line = blank(format!("DEMO-{name}-{year}"), input, year, PAYERS[0]);
            line.quantity = Amount::whole(1);
            (line.likely, line.currency) = (Some(Amount::whole(riel)), Some(Currency::Khr));
            line.date = Some(day(today.year - 1, 2));
            lines.push(line);
        }
    }
    lines
}

/// The account's own place knows what two actions cost there: one as a part of the national line, one on top.
fn local(lines: &[CostLine], today: Date) -> Vec<CostLine> {
    let Some((_, _, institution, area)) =
        super::ACCOUNTS.iter().find(|(_, role, _, area)| *role == "reporter" && area.is_some())
    else {
        return Vec::new();
    };
    let national =
        lines.iter().filter(|line| line.node.is_some() && line.area.is_none() && line.year == today.year + 1);
    let cost = |(n, whole): (usize, &CostLine)| CostLine {
        id: format!("DEMO-LOCAL-{}", n + 1),
        area: area.map(String::from),
        institution: institution.map(String::from),
        part_of: (n == 0).then(|| whole.id.clone()),
        quantity: Amount::whole(4),
        frequency: None,
        ..whole.clone()
    };
    national.take(2).enumerate().map(cost).collect()
}

fn blank(id: String, input: InputType, year: i32, (institution, programme, cofog): (&str, &str, &str)) -> CostLine {
    CostLine {
        id,
        node: None,
        area: None,
        institution: Some(institution.into()),
        part_of: None,
        title: Text::default(),
        input,
        year,
        quantity: Amount::ZERO,
        frequency: None,
        unit_cost: None,
        low: None,
        likely: None,
        high: None,
        currency: None,
        date: None,
        shared_share: None,
        programme: programme.into(),
        cofog: cofog.into(),
        dac: None,
        gender: None,
        plan_share: None,
        note: MADE_UP.into(),
        evidence: Vec::new(),
        illustrative: true,
    }
}

const FUNDS: [(&str, &str, &str, FundKind, Option<&str>); 5] = [
    ("DEMO-STATE", "State budget (demonstration)", "ថវិការដ្ឋ (សាកល្បង)", FundKind::National, None),
    ("DEMO-PROVINCES", "Budgets of the provinces (demonstration)", "ថវិកាខេត្ត (សាកល្បង)", FundKind::SubNational, None),
    ("DEMO-PARTNER", "A partner (demonstration)", "ដៃគូ (សាកល្បង)", FundKind::Partner, None),
    ("DEMO-POOL", "A pooled fund (demonstration)", "មូលនិធិរួម (សាកល្បង)", FundKind::Pool, None),
    ("DEMO-CSO", "A civil-society fund (demonstration)", "មូលនិធិសង្គមស៊ីវិល (សាកល្បង)", FundKind::CivilSociety, Some("GADC")),
];

fn funds(state: &State) -> Vec<Change> {
    let fund = |(id, en, km, kind, institution): (&str, &str, &str, FundKind, Option<&str>)| {
        let fund = Fund {
            id: id.into(),
            name: Text { en: en.into(), km: km.into() },
            kind,
            institution: institution.filter(|id| state.find::<Institution>(id).is_some()).map(String::from),
            note: MADE_UP.into(),
            illustrative: true,
        };
        Change::Put(fund.into())
    };
    FUNDS.map(fund).into()
}

fn funding(id: String, fund: &str, year: i32, state: Ladder, amount: i64, currency: Currency, date: Date) -> Funding {
    Funding {
        id,
        fund: fund.into(),
        node: None,
        cost_line: None,
        area: None,
        institution: None,
        year,
        state,
        amount: Amount::whole(amount),
        currency,
        date,
        from: None,
        note: MADE_UP.into(),
        illustrative: true,
    }
}

/// Two lines of three get money: what is over is largely spent, this year's is released, next year's is a promise.
fn ladder(lines: &[CostLine], today: Date) -> Vec<Change> {
    let mut changes = Vec::new();
    for (n, line) in lines.iter().enumerate().filter(|(n, _)| n % 3 != 1) {
        let mut chance = Chance::of(&line.id);
        let fund = FUNDS[[0, 2, 1, 0, 4][n % 5]].0;
        let amount = 1_500 * (2 + chance.below(14) as i64);
        let (currency, unit) = if fund == "DEMO-PARTNER" { (Currency::Usd, 1) } else { (Currency::Khr, 4_000) };
        let steps: &[(Ladder, i64)] = match line.year - today.year {
            ..0 => &[(Ladder::Committed, 100), (Ladder::Released, 90), (Ladder::Spent, 80)],
            0 => &[(Ladder::Committed, 100), (Ladder::Released, 60), (Ladder::Spent, 25)],
            1 if n % 2 == 0 => &[(Ladder::Pledged, 100), (Ladder::Committed, 40)],
            1 => &[(Ladder::Pledged, 100)],
            _ => &[(Ladder::Planned, 100)],
        };
        let mut from: Option<Id> = None;
        for (step, (state, percent)) in steps.iter().enumerate() {
            let date = day(line.year.min(today.year), 1 + 3 * step as u8);
            let id = format!("{}-{}", line.id, state.code());
            let mut one = funding(id, fund, line.year, *state, amount * unit * percent / 100, currency, date);
            one.cost_line = Some(line.id.clone());
            one.from = from.replace(one.id.clone());
            changes.push(Change::Put(one.into()));
        }
    }
    changes
}

/// Pass-through money: a partner pays into a pool, the pool commits part of it to an action, the rest lies in the pool.
fn pool(state: &State, today: Date) -> Vec<Change> {
    let Some(node) = state.all::<Node>().find(|node| node.level == NodeLevel::Action) else { return Vec::new() };
    let paid = funding(
        "DEMO-INTO-POOL".into(),
        "DEMO-PARTNER",
        today.year,
        Ladder::Released,
        120_000,
        Currency::Usd,
        day(today.year, 2),
    );
    let grant = Funding {
        node: Some(node.id.clone()),
        from: Some(paid.id.clone()),
        ..funding(
            "DEMO-OUT-OF-POOL".into(),
            "DEMO-POOL",
            today.year,
            Ladder::Committed,
            45_000,
            Currency::Usd,
            day(today.year, 5),
        )
    };
    vec![Change::Put(paid.into()), Change::Put(grant.into())]
}
