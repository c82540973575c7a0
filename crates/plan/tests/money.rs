//! The rules of money against a naive oracle, and the worked examples of the acceptance scenarios.

use std::collections::HashSet;

use proptest::prelude::*;
use romduol_plan::kinds::*;
use romduol_plan::money::Books;
use romduol_plan::money::above::Above;
use romduol_plan::money::gap::{By, Choice, Figures, Key, of_nodes, table};
use romduol_plan::money::tags::{cross, plan_share};
use romduol_plan::money::unfunded::unfunded;
use romduol_plan::{Actor, Amount, Body, Change, Date, Entry, State, Text};

fn day(year: i32, month: u8) -> Date {
    Date { year, month, day: 1 }
}

fn node(id: &str, level: NodeLevel, parents: &[&str]) -> Body {
    let node = Node {
        id: id.into(),
        level,
        parents: parents.iter().map(ToString::to_string).collect(),
        title: Text::en(id),
        summary: Text::default(),
        khmer: KhmerStatus::Draft,
        themes: if id == "A1" { vec!["T1".into()] } else { Vec::new() },
        named_bodies: Vec::new(),
        leads: Vec::new(),
        references: Vec::new(),
        source: String::new(),
    };
    node.into()
}

fn rate(year: i32, khr: i64) -> Body {
    let rate = Rate {
        id: year.to_string(),
        date: day(year, 1),
        khr_per_usd: Amount::whole(khr),
        source: "test".into(),
        illustrative: false,
    };
    rate.into()
}

fn line(id: &str, node: Option<&str>, year: i32, quantity: &str, unit: Option<&str>, currency: Currency) -> CostLine {
    CostLine {
        id: id.into(),
        node: node.map(String::from),
        area: None,
        institution: None,
        part_of: None,
        title: Text::default(),
        input: InputType::Training,
        year,
        quantity: Amount::read(quantity).unwrap(),
        frequency: None,
        unit_cost: None,
        low: None,
        likely: unit.map(|unit| Amount::read(unit).unwrap()),
        high: None,
        currency: Some(currency),
        date: Some(day(year, 3)),
        shared_share: None,
        programme: String::new(),
        cofog: String::new(),
        dac: None,
        gender: None,
        plan_share: None,
        note: String::new(),
        evidence: Vec::new(),
        illustrative: false,
    }
}

fn funding(id: &str, fund: &str, node: Option<&str>, state: Ladder, khr: i64, from: Option<&str>) -> Funding {
    Funding {
        id: id.into(),
        fund: fund.into(),
        node: node.map(String::from),
        cost_line: None,
        area: None,
        institution: None,
        year: 2027,
        state,
        amount: Amount::whole(khr),
        currency: Currency::Khr,
        date: day(2027, 6),
        from: from.map(String::from),
        note: String::new(),
        illustrative: false,
    }
}

/// Two pillars; A1 serves one, A2 both, A3 the second. Rates 4,100 in 2026 and 4,000 from 2027 on.
fn state(records: Vec<Body>) -> State {
    use NodeLevel::*;
    let mut all = vec![
        node("P1", Pillar, &[]),
        node("P2", Pillar, &[]),
        node("O1", Output, &["P1"]),
        node("O2", Output, &["P2"]),
        node("A1", Action, &["O1"]),
        node("A2", Action, &["O1", "O2"]),
        node("A3", Action, &["O2"]),
        rate(2026, 4_100),
        rate(2027, 4_000),
    ];
    all.extend(records);
    let mut state = State::default();
    let actor = Actor { account: "test".into(), post: "test".into() };
    let changes = all.into_iter().map(Change::Put).collect();
    state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
    state
}

fn khr(state: &State) -> Books<'_> {
    Books::of(state, Currency::Khr, true)
}

fn whole(amount: Amount) -> i64 {
    amount.shown(0).parse().unwrap()
}

/// Scenario 17: three lines in riel and dollars, per year at the dated rate, low, likely and high.
#[test]
fn an_action_is_costed_in_riel_and_dollars() {
    let mut shared = line("3", Some("A1"), 2027, "10", Some("100"), Currency::Usd);
    (shared.low, shared.high) = (Some(Amount::whole(80)), Some(Amount::whole(150)));
    shared.shared_share = Some(Amount::whole(50));
    let state = state(vec![
        line("1", Some("A1"), 2026, "2", Some("1000.50"), Currency::Usd).into(),
        line("2", Some("A1"), 2027, "3", Some("500000"), Currency::Khr).into(),
        shared.into(),
    ]);
    let years = table(&khr(&state), By::Year, &Choice::default());
    let of = |at: usize| years.rows[at].figures.need;
    // 2 × 1,000.50 × 4,100; 3 × 500,000 and half of 10 × 80, 100, 150 at 4,000.
    assert_eq!(whole(of(0).likely), 8_204_100);
    assert_eq!([of(1).low, of(1).likely, of(1).high].map(whole), [3_100_000, 3_500_000, 4_500_000]);
    assert_eq!(whole(years.total.figures.need.likely), 11_704_100);
    let dollars = table(&Books::of(&state, Currency::Usd, true), By::Year, &Choice::default());
    assert_eq!(
        dollars.rows.iter().map(|row| row.figures.need.likely.shown(2)).collect::<Vec<_>>(),
        ["2001.00", "875.00"]
    );
}

/// Scenario 18: an action without a cost is not costed; a line without a price does not make it so; zero is a cost.
#[test]
fn not_costed_is_not_zero() {
    let state = state(vec![
        line("1", Some("A1"), 2027, "1", Some("100"), Currency::Khr).into(),
        line("2", Some("A2"), 2027, "1", None, Currency::Khr).into(),
    ]);
    let gap = table(&khr(&state), By::Pillar, &Choice::default());
    assert_eq!(gap.total.uncosted, 2);
    assert_eq!((gap.total.figures.costed, gap.total.figures.unpriced), (1, 1));
    let row = |key: Key| gap.rows.iter().find(|row| row.key == key).unwrap();
    // A2 serves both pillars: it has a row of its own, and no gap, because nobody knows its cost.
    let both = row(Key::Several(vec!["P1".into(), "P2".into()]));
    assert_eq!((both.uncosted, both.figures.gap()), (1, None));
    assert_eq!(row(Key::Of("P1".into())).figures.gap(), Some(Amount::whole(100)));
    assert_eq!(row(Key::Of("P2".into())).figures, Figures::default());
    assert_eq!(Figures { costed: 1, ..Figures::default() }.gap(), Some(Amount::ZERO));
}

/// The worked example of pass-through money: a donor gives 1,000 to a pool, the pool commits 600 to an action and has
/// paid 250 of it, the state commits 100. There are 1,100, of which 600 + 100 are for the action.
#[test]
fn money_through_a_pool_counts_once() {
    let state = state(vec![
        line("1", Some("A1"), 2027, "1", Some("2000"), Currency::Khr).into(),
        funding("1", "DONOR", None, Ladder::Released, 1_000, None).into(),
        funding("2", "POOL", Some("A1"), Ladder::Committed, 600, Some("1")).into(),
        funding("3", "POOL", Some("A1"), Ladder::Spent, 250, Some("2")).into(),
        funding("4", "STATE", Some("A1"), Ladder::Committed, 100, None).into(),
        funding("5", "STATE", Some("A1"), Ladder::Pledged, 50, None).into(),
    ]);
    let books = khr(&state);
    let pillars = table(&books, By::Pillar, &Choice::default());
    let action = pillars.rows.iter().find(|row| row.key == Key::Of("P1".into())).unwrap().figures;
    assert_eq!([action.committed, action.released, action.spent].map(whole), [450, 0, 250]);
    assert_eq!((whole(action.firm()), action.gap().map(whole), whole(action.pledged)), (700, Some(1_300), 50));
    assert_eq!(whole(pillars.total.figures.firm()), 1_100);
    // By source it is the donor's, not the pool's.
    let sources = table(&books, By::Source, &Choice::default());
    let firm: Vec<_> = sources.rows.iter().map(|row| (row.key.clone(), whole(row.figures.firm()))).collect();
    assert_eq!(firm, [(Key::Of("DONOR".into()), 1_000), (Key::Of("STATE".into()), 100)]);
}

/// One action's surplus does not close another's gap unseen.
#[test]
fn a_surplus_is_told() {
    let state = state(vec![
        line("1", Some("A1"), 2027, "1", Some("100"), Currency::Khr).into(),
        line("3", Some("A3"), 2027, "1", Some("100"), Currency::Khr).into(),
        funding("1", "S", Some("A1"), Ladder::Committed, 150, None).into(),
    ]);
    let gap = table(&khr(&state), By::Pillar, &Choice::default());
    assert_eq!((gap.total.figures.gap().map(whole), whole(gap.gaps)), (Some(50), 100));
    assert_eq!(whole(gap.rows[0].figures.over()), 50);
}

/// Scenario 19: both tag systems are summed, no amount twice, and not screened is not 0.
#[test]
fn both_markers_sum_to_the_same_total() {
    let mut one = line("1", Some("A1"), 2027, "1", Some("100"), Currency::Khr);
    (one.dac, one.gender, one.plan_share) =
        (Some(DacMarker::Significant), Some(GenderMarker::Responsive), Some(Amount::whole(40)));
    let mut two = line("2", Some("A1"), 2027, "1", Some("30"), Currency::Khr);
    two.dac = Some(DacMarker::None);
    let three = line("3", Some("A2"), 2027, "1", Some("7"), Currency::Khr);
    let state = state(vec![one.into(), two.into(), three.into()]);
    let books = khr(&state);
    let sums = cross(&books, None);
    let cell = |dac, gender| sums.get(&(dac, gender)).map_or(0, |figures| whole(figures.need.likely));
    assert_eq!(cell(Some(DacMarker::Significant), Some(GenderMarker::Responsive)), 100);
    assert_eq!(cell(Some(DacMarker::None), None), 30);
    assert_eq!(cell(None, None), 7);
    assert_eq!(sums.values().map(|figures| whole(figures.need.likely)).sum::<i64>(), 137);
    assert_eq!(plan_share(&books, None), (Amount::whole(40), Amount::whole(37)));
}

/// What is made up can be left out, and what no rate is known for is counted aside.
#[test]
fn made_up_money_can_be_left_out_and_a_missing_rate_is_told() {
    let made_up = CostLine { illustrative: true, ..line("1", Some("A1"), 2027, "1", Some("5"), Currency::Khr) };
    let early = line("2", Some("A1"), 2020, "1", Some("5"), Currency::Usd);
    let state = state(vec![made_up.into(), early.into()]);
    assert!(khr(&state).made_up);
    let real = Books::of(&state, Currency::Khr, false);
    assert!(!real.made_up);
    assert_eq!((real.costs.len(), real.without_rate), (1, 1));
    assert_eq!(table(&real, By::Year, &Choice::default()).total.figures.need.likely, Amount::ZERO);
}

/// A province's line that is a part of the national one is taken out of it: together they cost what the national one
/// does. One that is part of none comes on top, and so does what the parts cost beyond the whole.
#[test]
fn a_local_cost_counts_once() {
    let national = line("N", Some("A1"), 2027, "1", Some("100"), Currency::Khr);
    let local = |id: &str, part_of: Option<&str>, riel: &str| CostLine {
        area: Some("KH-12".into()),
        part_of: part_of.map(String::from),
        ..line(id, Some("A1"), 2027, "1", Some(riel), Currency::Khr)
    };
    let need = |lines: Vec<CostLine>| {
        let state = state(lines.into_iter().map(Body::from).collect());
        let books = khr(&state);
        let by_area = table(&books, By::Area, &Choice::default());
        let here = by_area.rows.iter().find(|row| row.key == Key::Of("KH-12".into()));
        (whole(by_area.total.figures.need.likely), here.map_or(0, |row| whole(row.figures.need.likely)))
    };
    assert_eq!(need(vec![national.clone()]), (100, 0));
    assert_eq!(need(vec![national.clone(), local("L", Some("N"), "30")]), (100, 30));
    assert_eq!(need(vec![national.clone(), local("L", None, "30")]), (130, 30));
    let two = vec![national.clone(), local("L", Some("N"), "30"), local("M", Some("L"), "10")];
    assert_eq!(need(two), (100, 30));
    assert_eq!(need(vec![national, local("L", Some("N"), "130")]), (130, 130));
}

/// Nothing keeps what an amount came to: totals are reckoned by the rate as it stands. A rate written again moves them,
/// and a finding tells whose.
#[test]
fn a_changed_rate_is_reckoned_with_and_told() {
    let mut state = state(vec![line("1", Some("A1"), 2027, "1", Some("10"), Currency::Usd).into()]);
    let need = |state: &State| whole(table(&khr(state), By::Year, &Choice::default()).total.figures.need.likely);
    let rules = |state: &State| -> Vec<String> {
        let all = romduol_plan::quality::findings(state, day(2027, 12));
        all.iter().map(|finding| finding.say.key.to_string()).filter(|key| key.starts_with("finding-rate")).collect()
    };
    assert_eq!((need(&state), rules(&state)), (40_000, Vec::new()));
    let actor = Actor { account: "test".into(), post: "test".into() };
    let mut at = 1;
    let mut write = |state: &mut State, change: Change| {
        at += 1;
        let entry = Entry { at: String::new(), actor: actor.clone(), why: String::new(), changes: vec![change] };
        state.apply(at, &entry).unwrap();
    };
    write(&mut state, Change::Put(rate(2027, 4_200)));
    assert_eq!((need(&state), rules(&state)), (42_000, vec!["finding-rate-changed".to_string()]));
    // Whoever writes the line again has seen the rate.
    write(&mut state, Change::Put(line("1", Some("A1"), 2027, "2", Some("10"), Currency::Usd).into()));
    assert_eq!((need(&state), rules(&state)), (84_000, Vec::new()));
    for year in ["2026", "2027"] {
        write(&mut state, Change::Retire(romduol_plan::Kind::Rate, year.into()));
    }
    assert_eq!((need(&state), rules(&state)), (0, vec!["finding-rate-missing".to_string()]));
}

/// A payment that does not name its commitment counts beside it, and a finding names both. One that names it, is of another
/// fund, year or action, or has no commitment left to be taken from is no finding.
#[test]
fn a_payment_that_names_no_commitment_is_told() {
    let committed = funding("C", "S", Some("A1"), Ladder::Committed, 600, None);
    let paid = funding("P", "S", Some("A1"), Ladder::Spent, 250, None);
    let told = |all: Vec<Funding>| {
        let state = state(all.into_iter().map(Body::from).collect());
        let found = romduol_plan::quality::findings(&state, day(2027, 12));
        found.into_iter().filter(|one| one.say.key == "finding-money-twice").map(|one| one.records).collect::<Vec<_>>()
    };
    let both = ["C", "P"].map(|id| (romduol_plan::Kind::Funding, id.to_string())).to_vec();
    assert_eq!(told(vec![committed.clone(), paid.clone()]), std::slice::from_ref(&both));
    let released = Funding { state: Ladder::Released, ..paid.clone() };
    assert_eq!(told(vec![committed.clone(), released]), [both]);
    let others = [
        Funding { from: Some("C".into()), ..paid.clone() },
        Funding { fund: "T".into(), ..paid.clone() },
        Funding { year: 2028, ..paid.clone() },
        Funding { node: Some("A2".into()), ..paid.clone() },
        Funding { node: None, ..paid.clone() },
        Funding { state: Ladder::Committed, ..paid.clone() },
    ];
    for other in others {
        assert_eq!(told(vec![committed.clone(), other.clone()]), Vec::<Vec<_>>::new(), "{other:?}");
    }
    let all = Funding { id: "Q".into(), amount: Amount::whole(600), from: Some("C".into()), ..paid.clone() };
    assert_eq!(told(vec![committed, all, paid]), Vec::<Vec<_>>::new());
}

#[test]
fn what_is_unfunded_is_found_by_theme() {
    let state = state(vec![
        line("1", Some("A1"), 2027, "1", Some("100"), Currency::Khr).into(),
        line("3", Some("A3"), 2027, "1", Some("900"), Currency::Khr).into(),
        funding("1", "S", Some("A3"), Ladder::Pledged, 900, None).into(),
    ]);
    let books = khr(&state);
    let found =
        |choice: &Choice| unfunded(&books, choice).into_iter().map(|want| want.node.id.clone()).collect::<Vec<_>>();
    // A pledge is soft: A3 still lacks all. A2 is not costed and comes last.
    assert_eq!(found(&Choice::default()), ["A3", "A1", "A2"]);
    assert_eq!(found(&Choice { theme: Some("T1".into()), ..Choice::default() }), ["A1"]);
    assert_eq!(found(&Choice { year: Some(2030), ..Choice::default() }), ["A2"]);
    let both = of_nodes(&books, &Above::of(&state), &HashSet::from(["P2", "A1"]));
    assert_eq!(whole(both.need.likely), 1_000);
}

/// A drawn line or amount: action (3: none), year, hundredths of quantity and cost, in dollars or riel.
type Drawn = (usize, i32, i64, i64, bool);

fn drawn() -> impl Strategy<Value = Drawn> {
    (0usize..4, 2026i32..2029, 0i64..10_000, 0i64..1_000_000, any::<bool>())
}

fn hundredths(value: i64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

proptest! {
    /// In every view each amount stands once: the rows make the total, and the total is what the oracle adds up in whole
    /// numbers (hundredths of hundredths of riel).
    #[test]
    fn every_view_adds_up_to_the_same(lines in proptest::collection::vec(drawn(), 0..20), money in proptest::collection::vec(drawn(), 0..20)) {
        let action = |at: usize| ["A1", "A2", "A3"].get(at).copied();
        let currency = |dollars: bool| if dollars { Currency::Usd } else { Currency::Khr };
        let factor = |year: i32, dollars: bool| match (dollars, year) { (false, _) => 1, (true, 2026) => 4_100, _ => 4_000 };
        let mut records: Vec<Body> = Vec::new();
        let (mut need, mut firm) = (0i128, 0i128);
        for (n, (at, year, quantity, unit, dollars)) in lines.into_iter().enumerate() {
            records.push(line(&n.to_string(), action(at), year, &hundredths(quantity), Some(&hundredths(unit)), currency(dollars)).into());
            need += i128::from(quantity) * i128::from(unit) * factor(year, dollars);
        }
        for (n, (at, year, _, cents, dollars)) in money.into_iter().enumerate() {
            let amount = Amount::read(&hundredths(cents)).unwrap();
            let one = funding(&n.to_string(), "S", action(at), Ladder::Committed, 0, None);
            records.push(Funding { amount, currency: currency(dollars), year, date: day(year, 3), ..one }.into());
            firm += i128::from(cents) * 100 * factor(year, dollars);
        }
        let state = state(records);
        let books = khr(&state);
        let exact = |sum: i128| format!("{}.{:04}", sum / 10_000, sum % 10_000);
        for by in By::ALL {
            let view = table(&books, *by, &Choice::default());
            prop_assert_eq!(view.total.figures.need.likely.shown(4), exact(need));
            prop_assert_eq!(view.total.figures.firm().shown(4), exact(firm));
            let firm: Amount = view.rows.iter().map(|row| row.figures.firm()).sum();
            prop_assert_eq!(firm, view.total.figures.firm());
            if *by != By::Source {
                let need: Amount = view.rows.iter().map(|row| row.figures.need.likely).sum();
                prop_assert_eq!(need, view.total.figures.need.likely);
            }
        }
    }
}
