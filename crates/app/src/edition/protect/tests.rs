//! Corrections between editions, and that what is told is true.

use proptest::prelude::*;

use romduol_plan::kinds::AreaLevel;

use super::*;
use crate::edition::counts::Places;

const PLACES: [&str; 4] = ["A", "B", "C", "D"];

/// One number for each place and quarter.
fn counts(numbers: &[[i64; 2]; 4]) -> Counts {
    let quarters = [Period::quarter(2025, 1), Period::quarter(2025, 2)];
    let leaves: Vec<Id> = PLACES.map(String::from).into();
    let mut at = BTreeMap::new();
    for (place, row) in PLACES.iter().zip(numbers) {
        for (quarter, count) in quarters.iter().zip(row) {
            at.insert((place.to_string(), *quarter, Vec::new()), Pair { upper: *count, lower: 0 });
        }
    }
    Counts {
        places: Places { groups: vec![("all".into(), leaves.clone())], leaves },
        periods: quarters.into(),
        years: vec![(Period::year(2025), quarters.into())],
        running: None,
        spans: Vec::new(),
        running_totals: false,
        dimensions: Vec::new(),
        at,
        parts: Parts::Count,
        level: AreaLevel::Province,
    }
}

fn wanted() -> Vec<Wanted> {
    let areas = ["all", "A", "B", "C", "D"].map(String::from).into();
    let periods = vec![Period::quarter(2025, 1), Period::quarter(2025, 2), Period::year(2025)];
    vec![Wanted { outlet: Outlet::Table, areas, periods, dimensions: Vec::new() }]
}

/// One measure by itself.
fn alone(counts: &Counts, wanted: &[Wanted], policy: Policy, edition: &str, before: &Remembered) -> Protected {
    let mut done = protect(&[Measure { counts, wanted, secrets: &[], policy, before }], &[], edition);
    done.remove(0)
}

fn told(protected: &Protected, area: &str, period: Period) -> Option<i64> {
    let cell = protected.told.iter().find(|cell| cell.area == area && cell.period == period);
    cell.and_then(Told::upper)
}

#[test]
fn a_small_count_has_company_and_the_total_stays() {
    let numbers = [[3, 40], [20, 30], [25, 31], [60, 70]];
    let done = alone(&counts(&numbers), &wanted(), policy(5), "e1", &Remembered::default());
    let first = Period::quarter(2025, 1);
    assert_eq!(told(&done, "A", first), None);
    let hidden = PLACES.iter().filter(|place| told(&done, place, first).is_none()).count();
    assert!(hidden >= 2, "alone it would be the rest of its total");
    assert_eq!(told(&done, "all", Period::year(2025)), Some(279));
}

#[test]
fn a_correction_of_a_large_count_comes_out_and_the_small_one_stays_hidden() {
    let mut numbers = [[3, 40], [20, 30], [25, 31], [60, 70]];
    let first = alone(&counts(&numbers), &wanted(), policy(5), "e1", &Remembered::default());
    numbers[3][1] += 1;
    let second = alone(&counts(&numbers), &wanted(), policy(5), "e2", &first.remembered);
    assert_eq!(told(&second, "D", Period::quarter(2025, 2)), Some(71));
    assert_eq!(told(&second, "all", Period::year(2025)), Some(280));
    assert_eq!(told(&second, "A", Period::quarter(2025, 1)), None);
    // Nothing changed since: the third edition tells the same as the second.
    let third = alone(&counts(&numbers), &wanted(), policy(5), "e3", &second.remembered);
    let counts = |told: &Protected| told.told.iter().map(|cell| cell.counts).collect::<Vec<_>>();
    assert_eq!(counts(&third), counts(&second));
}

#[test]
fn a_correction_of_a_small_count_does_not_tell_it() {
    let mut numbers = [[3, 40], [20, 30], [25, 31], [60, 70]];
    let first = alone(&counts(&numbers), &wanted(), policy(5), "e1", &Remembered::default());
    numbers[0][0] += 1;
    // The new total less the old one would be the change of a hidden count.
    let second = alone(&counts(&numbers), &wanted(), policy(5), "e2", &first.remembered);
    assert_eq!(told(&second, "all", Period::quarter(2025, 1)), None);
}

/// Two quarters are told and one is to come: it and the totals of the year then come out for every place, because what
/// they need was hidden before.
#[test]
fn the_total_of_a_year_that_is_not_over_is_kept_possible() {
    let year = |numbers: &[[i64; 2]; 4], later: &[i64; 4]| {
        let mut counts = counts(numbers);
        let third = Period::quarter(2025, 3);
        for (place, count) in PLACES.iter().zip(later) {
            counts.at.insert((place.to_string(), third, Vec::new()), Pair { upper: *count, lower: 0 });
        }
        counts.periods.push(third);
        counts.years = vec![(Period::year(2025), counts.periods.clone())];
        counts
    };
    let areas: Vec<Id> = ["all", "A", "B", "C", "D"].map(String::from).into();
    let table = |periods: &[Period]| {
        vec![Wanted { outlet: Outlet::Table, areas: areas.clone(), periods: periods.to_vec(), dimensions: Vec::new() }]
    };
    let numbers = [[3, 40], [20, 30], [25, 31], [60, 70]];
    let shown_later = |planned: bool| {
        let mut half = counts(&numbers);
        half.years.clear();
        half.running = planned.then(|| (Period::year(2025), half.periods.clone()));
        let periods = half.periods.clone();
        let first = alone(&half, &table(&periods), policy(5), "e1", &Remembered::default());
        assert!(first.told.iter().all(|cell| cell.period != Period::year(2025)), "it is not over");
        let whole = year(&numbers, &[50, 51, 52, 53]);
        let wanted = table(&[whole.periods.as_slice(), &[Period::year(2025)]].concat());
        let second = alone(&whole, &wanted, policy(5), "e2", &first.remembered);
        let later = [Period::year(2025), Period::quarter(2025, 3)];
        let cells = PLACES.iter().flat_map(|place| later.map(|period| told(&second, place, period)));
        cells.filter(Option::is_some).count()
    };
    assert_eq!(shown_later(true), 8);
    assert!(shown_later(false) < 8, "what was told before stands in the way");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is corrected: what is told is true, and no small count is told. That nothing can be computed is audited
    /// inside, or the edition is refused.
    #[test]
    fn what_is_told_is_true(
        numbers in proptest::array::uniform4(proptest::array::uniform2(0_i64..30)),
        later in proptest::array::uniform4(proptest::array::uniform2(0_i64..30)),
        changed in proptest::array::uniform8(proptest::bool::weighted(0.3)),
    ) {
        let mut second = numbers;
        for (n, changed) in changed.into_iter().enumerate() {
            if changed { second[n / 2][n % 2] = later[n / 2][n % 2]; }
        }
        let mut before = Remembered::default();
        for (edition, numbers) in [("e1", numbers), ("e2", second)] {
            let counts = counts(&numbers);
            let done = alone(&counts, &wanted(), policy(5), edition, &before);
            for cell in &done.told {
                let Some(upper) = cell.upper() else { continue };
                let inside = |place: &str, period: Period| {
                    (cell.area == "all" || cell.area == place) && cell.period.contains(period)
                };
                let sum: i64 = counts.at.iter().filter(|((p, q, _), _)| inside(p, *q)).map(|(_, pair)| pair.upper).sum();
                prop_assert_eq!(upper, sum);
                prop_assert!(sum == 0 || sum >= 5, "{} is small", sum);
            }
            before = done.remembered;
        }
    }
}

/// Every cell but one was told before, when nothing was small; the one is the rest of them. It stays hidden, and stops
/// nothing else.
#[test]
fn what_everybody_can_work_out_already_stops_nothing() {
    let numbers = [[3, 40], [20, 30], [25, 31], [60, 70]];
    let mut told = alone(&counts(&numbers), &wanted(), policy(1), "e1", &Remembered::default()).remembered;
    told.entries.retain(|entry| entry.3 != 3);
    let done = alone(&counts(&numbers), &wanted(), policy(5), "e2", &told);
    assert_eq!(done.withheld, []);
    let hidden: Vec<&Told> = done.told.iter().filter(|cell| cell.counts.is_none()).collect();
    assert!(
        matches!(hidden.as_slice(), [only] if only.area == "A" && only.reason == Some(Reason::Earlier)),
        "{hidden:?}"
    );
}

/// Five were told; that three of them are women would say how many are men, where none can be zero.
#[test]
fn what_cannot_be_protected_any_more_is_withheld_by_name_and_the_rest_comes_out() {
    let mut counts = counts(&[[5, 40], [20, 30], [25, 31], [60, 70]]);
    let first = alone(&counts, &wanted(), policy(5), "e1", &Remembered::default());
    let five = Period::quarter(2025, 1);
    assert_eq!(told(&first, "A", five), Some(5));
    counts.dimensions = vec![("sex".into(), vec!["f".into(), "m".into()])];
    let old = std::mem::take(&mut counts.at);
    for ((area, period, _), pair) in old {
        let women = pair.upper * 3 / 5;
        for (sex, upper) in [("f", women), ("m", pair.upper - women)] {
            counts.at.insert((area.clone(), period, vec![sex.into()]), Pair { upper, lower: 0 });
        }
    }
    let mut tables = wanted();
    tables.push(Wanted { dimensions: vec![0], ..tables[0].clone() });
    let second = alone(&counts, &tables, policy(5), "e2", &first.remembered);
    let [Withheld { periods, dimensions, cause: Cause::Told(at), .. }] = second.withheld.as_slice() else {
        panic!("{:?}", second.withheld)
    };
    assert_eq!((periods.as_slice(), dimensions.as_slice()), (&[five][..], &[0][..]));
    assert!(at.contains(&("place".into(), "A".into())) && at.contains(&("period".into(), "2025Q1".into())), "{at:?}");
    assert_eq!(told(&second, "A", five), Some(5));
    let of_second = |cell: &&Told| cell.period == Period::quarter(2025, 2) && cell.categories == ["f"];
    assert!(second.told.iter().any(|cell| of_second(&cell) && cell.counts.is_some()));
}

#[test]
fn a_hidden_cell_says_what_it_protects_and_in_which_sum() {
    let numbers = [[3, 40], [20, 30], [25, 31], [60, 70]];
    let done = alone(&counts(&numbers), &wanted(), policy(5), "e1", &Remembered::default());
    let small = ("A".to_string(), Period::quarter(2025, 1), Vec::new());
    let guards: Vec<_> =
        done.told.iter().filter(|cell| cell.counts.is_none() && cell.reason != Some(Reason::Small)).collect();
    assert!(!guards.is_empty());
    for cell in guards {
        assert_eq!(cell.guard.protects, std::slice::from_ref(&small), "{} {}", cell.area, cell.period);
        let (area, period, _) = cell.guard.sum.as_ref().unwrap();
        assert!(area == "all" || *period == Period::year(2025), "{area} {period} is a sum");
    }
}
