//! A total that a unit gives without its parts counts as the parts do, its base included; what a unit leaves empty is
//! missing.

use super::*;
use crate::sample::{accepted, entry, plan};
use crate::{Change, Period};

/// Women of two ages, and nothing of the men: that is no fall, whichever way the number came into memory.
#[test]
fn groups_that_were_left_empty_are_missing() {
    let mut state = plan();
    let groups: Vec<Vec<Id>> = ["f", "m"]
        .iter()
        .flat_map(|sex| ["0-17", "18", "60"].map(|age| vec![format!("sex.{sex}"), format!("age.{age}")]))
        .collect();
    let answer = |of_each: [Option<f64>; 2]| {
        let values = of_each.into_iter().flat_map(|value| [value; 3]).collect();
        let cells = Cells { grid: Arc::new(Grid(groups.clone())), values, bases: vec![] };
        Answer { cells, ..Answer::to("PEOPLE") }
    };
    let (whole, half) = ([Some(10.0), Some(10.0)], [Some(2.0), None]);
    let (first, second): (Period, Period) = ("2025Q1".parse().unwrap(), "2025Q2".parse().unwrap());
    let filed = [
        accepted("f.KH-01", first, answer(whole)),
        accepted("f.KH-02", first, answer(whole)),
        accepted("f.KH-01", second, answer(whole)),
        accepted("f.KH-02", second, answer(half)),
    ];
    let mut totals = Totals::build(&state, false);
    for (at, record) in (2..).zip(filed) {
        state.apply(at, &entry(vec![Change::Put(record.clone().into())])).unwrap();
        assert_eq!(totals.put(&state, None, &record), Update::Done);
    }
    let people = state.find::<Indicator>("PEOPLE").unwrap().clone();
    let told = |totals: &Totals, area: &str, period: Period| {
        let total = totals.total(&people, area, period).unwrap();
        let came = totals.completeness(&people, &months(period), &total);
        (total.value, came.mark().map(|say| say.key.to_string()), came.is_short())
    };
    let groups = Some("incomplete-groups".to_string());
    let year: Period = "2025".parse().unwrap();
    let restored = Totals::restore(&state, &totals.to_bytes()).unwrap();
    for totals in [&totals, &Totals::build(&state, false), &restored] {
        assert_eq!(told(totals, "KH", first), (120.0, None, false));
        assert_eq!(told(totals, "KH", second), (66.0, groups.clone(), true));
        assert_eq!(told(totals, "KH-01", second), (60.0, None, false));
        assert_eq!(told(totals, "KH-02", second), (6.0, groups.clone(), true));
        assert!(told(totals, "KH", year).2);
        assert_eq!(totals.units(&people, "KH", second).len(), 1, "like is compared with like");
    }
    // Filled afterwards, it is whole.
    let old = accepted("f.KH-02", second, answer(half));
    let new = Return { version: 2, ..accepted("f.KH-02", second, answer(whole)) };
    state.apply(6, &entry(vec![Change::Put(new.clone().into())])).unwrap();
    assert_eq!(totals.put(&state, Some(&old), &new), Update::Done);
    assert_eq!(told(&totals, "KH", second), (120.0, None, false));
}

#[test]
fn a_share_given_as_a_total_is_divided_anew_with_its_base() {
    let mut state = plan();
    let period: Period = "2026Q3".parse().unwrap();
    let grid = Arc::new(Grid(vec![vec!["sex.f".into()], vec!["sex.m".into()]]));
    let parts = Cells { grid, values: vec![Some(36.0), Some(2100.0)], bases: vec![Some(163.0), Some(7000.0)] };
    let by_parts = Answer { cells: parts, ..Answer::to("SHARE") };
    let as_total = Answer { total: Some(1500.0), total_base: Some(2000.0), ..Answer::to("SHARE") };
    let changes =
        [("f.KH-01", by_parts), ("f.KH-02", as_total)].map(|(unit, answer)| Change::Put(of(unit, period, answer).into()));
    // Through the stored form, as after a restart.
    let stored = crate::Entry::from_stored(&entry(changes.into()).to_stored(crate::Nonce(1))).unwrap();
    state.apply(2, &stored).unwrap();
    let state = State::from_bytes(&state.to_bytes()).unwrap();
    let share = state.find::<Indicator>("SHARE").unwrap();
    let total = |area| Totals::build(&state, false).total(share, area, period).unwrap();
    let national = total("KH");
    assert_eq!((national.numerator, national.denominator), (Some(3636.0), Some(9163.0)));
    assert!((national.value - 39.681).abs() < 0.001, "{}", national.value);
    assert_eq!(total("KH-02").value, 75.0);
}
