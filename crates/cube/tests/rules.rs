//! The rules of the crate's page, one small example each.

use romduol_cube::*;

/// 0 country; 1, 2 provinces; 3, 4 districts of 1; 5 district of 2.
const PARENTS: [Option<u32>; 6] = [None, Some(0), Some(0), Some(1), Some(1), Some(2)];
const WOMEN: u16 = 0;
const MEN: u16 = 1;
const NOT_STATED: u16 = 2;
const KEEP_SEX: u32 = 1;

fn cube(place: PlaceRule, time: TimeRule, additive: bool) -> Cube {
    let sex = Dimension { size: 2, additive };
    let mut cube = Cube::new(AreaTree::new(&PARENTS).unwrap());
    cube.add_measure(Measure {
        shape: Shape::new(vec![sex]).unwrap(),
        place,
        time,
    });
    cube
}

fn counts() -> Cube {
    cube(PlaceRule::Sum, TimeRule::Sum, true)
}

fn set(cube: &mut Cube, period: u32, area: u32, sex: u16, value: f64) {
    cube.set(0, period, area, &[sex], value).unwrap();
}

fn ask(areas: Areas, periods: Periods, time: Time, keep: u32) -> Query {
    Query {
        measure: 0,
        areas,
        periods,
        time,
        keep,
    }
}

/// The total of one area in one period.
fn total(cube: &Cube, period: u32, area: u32) -> Option<Cell> {
    let query = ask(
        Areas::One(area),
        Periods::one(period),
        Time::PerPeriod,
        cube.measure(0).unwrap().shape.keep_overlapping(),
    );
    let cells = cube.query(&query).unwrap();
    assert!(cells.len() <= 1);
    cells.iter().next().map(|(_, cell)| *cell)
}

fn rolled(cube: &Cube, periods: Periods, area: u32) -> Option<(u32, Cell)> {
    let query = ask(Areas::One(area), periods, Time::Rolled, 0);
    cube.query(&query).unwrap().of(area, &[]).unwrap()
}

fn cell(value: f64, present: u32, expected: u32) -> Cell {
    Cell {
        value,
        present,
        expected,
    }
}

#[test]
fn districts_add_up_to_provinces_and_the_country() {
    let mut cube = counts();
    set(&mut cube, 1, 3, WOMEN, 3.0);
    set(&mut cube, 1, 3, MEN, 4.0);
    set(&mut cube, 1, 5, WOMEN, 10.0);
    assert_eq!(total(&cube, 1, 1), Some(cell(7.0, 1, 1)));
    assert_eq!(total(&cube, 1, 0), Some(cell(17.0, 2, 2)));
    let by_sex = cube
        .query(&ask(
            Areas::ChildrenOf(0),
            Periods::one(1),
            Time::PerPeriod,
            KEEP_SEX,
        ))
        .unwrap();
    assert_eq!(by_sex.get(1, 1, &[MEN]), Ok(Some(cell(4.0, 1, 1))));
    assert_eq!(by_sex.get(2, 1, &[MEN]), Ok(None));
    assert_eq!(by_sex.len(), 3);
}

#[test]
fn missing_is_absent_and_zero_is_a_value() {
    let mut cube = counts();
    assert_eq!(total(&cube, 1, 0), None);
    set(&mut cube, 1, 3, WOMEN, 0.0);
    assert_eq!(total(&cube, 1, 0), Some(cell(0.0, 1, 1)));
    cube.remove(0, 1, 3, &[WOMEN]).unwrap();
    assert_eq!(total(&cube, 1, 0), None);
    assert_eq!(cube.periods(0).unwrap().count(), 0);
}

#[test]
fn a_total_given_without_breakdown_adds_to_the_right_total() {
    let mut cube = counts();
    set(&mut cube, 1, 3, WOMEN, 3.0);
    set(&mut cube, 1, 4, NOT_STATED, 50.0);
    assert_eq!(total(&cube, 1, 1), Some(cell(53.0, 2, 2)));
    let by_sex = cube
        .query(&ask(
            Areas::One(1),
            Periods::one(1),
            Time::PerPeriod,
            KEEP_SEX,
        ))
        .unwrap();
    assert_eq!(by_sex.get(1, 1, &[WOMEN]), Ok(Some(cell(3.0, 1, 2))));
    assert_eq!(by_sex.get(1, 1, &[NOT_STATED]), Ok(Some(cell(50.0, 1, 2))));
}

#[test]
fn a_province_that_reports_itself_is_not_added_to_its_districts() {
    let mut cube = counts();
    set(&mut cube, 1, 3, WOMEN, 3.0);
    set(&mut cube, 1, 4, WOMEN, 4.0);
    set(&mut cube, 1, 5, WOMEN, 10.0);
    set(&mut cube, 1, 1, NOT_STATED, 9.0);
    assert_eq!(total(&cube, 1, 1).unwrap().value, 9.0);
    assert_eq!(total(&cube, 1, 0).unwrap().value, 19.0);
    assert_eq!(
        total(&cube, 1, 3).unwrap().value,
        3.0,
        "still answers for itself"
    );
    assert_eq!(cube.sources(0, 1, 0), Ok(vec![1, 5]));
    // In another period, or once the province's value is withdrawn, the districts count again.
    set(&mut cube, 2, 3, WOMEN, 5.0);
    assert_eq!(total(&cube, 2, 0).unwrap().value, 5.0);
    cube.remove(0, 1, 1, &[NOT_STATED]).unwrap();
    assert_eq!(total(&cube, 1, 1).unwrap().value, 7.0);
}

#[test]
fn a_province_speaks_for_all_categories_at_once() {
    let mut cube = counts();
    set(&mut cube, 1, 1, WOMEN, 9.0);
    set(&mut cube, 1, 3, MEN, 100.0);
    let by_sex = cube
        .query(&ask(
            Areas::One(1),
            Periods::one(1),
            Time::PerPeriod,
            KEEP_SEX,
        ))
        .unwrap();
    assert_eq!(by_sex.len(), 1);
    assert_eq!(by_sex.get(1, 1, &[WOMEN]), Ok(Some(cell(9.0, 1, 1))));
}

#[test]
fn coverage_counts_who_was_to_report() {
    let mut cube = counts();
    cube.expect(0, 1, &[3, 4, 5, 5]).unwrap();
    assert_eq!(
        cube.coverage(0, 1, 0),
        Ok(Coverage {
            present: 0,
            expected: 3
        })
    );
    set(&mut cube, 1, 3, WOMEN, 3.0);
    assert_eq!(total(&cube, 1, 0), Some(cell(3.0, 1, 3)));
    assert_eq!(total(&cube, 1, 1), Some(cell(3.0, 1, 2)));
    // A province that reports unasked speaks for its districts.
    set(&mut cube, 1, 2, WOMEN, 1.0);
    assert_eq!(total(&cube, 1, 0), Some(cell(4.0, 3, 4)));
    cube.expect(0, 1, &[]).unwrap();
    assert_eq!(total(&cube, 1, 0), Some(cell(4.0, 2, 2)));
    assert_eq!(cube.coverage(0, 9, 0), Ok(Coverage::default()));
}

#[test]
fn overlapping_categories_are_never_summed() {
    let mut cube = cube(PlaceRule::Sum, TimeRule::Sum, false);
    set(&mut cube, 1, 3, WOMEN, 3.0);
    set(&mut cube, 1, 4, WOMEN, 4.0);
    set(&mut cube, 1, 4, NOT_STATED, 20.0);
    let query = ask(Areas::One(1), Periods::one(1), Time::PerPeriod, 0);
    assert_eq!(
        cube.query(&query),
        Err(CubeError::NotAdditive { dimension: 0 })
    );
    let kept = cube
        .query(&Query {
            keep: KEEP_SEX,
            ..query
        })
        .unwrap();
    assert_eq!(kept.get(1, 1, &[WOMEN]), Ok(Some(cell(7.0, 2, 2))));
    // What was given without that breakdown is the way to a total.
    assert_eq!(kept.get(1, 1, &[NOT_STATED]), Ok(Some(cell(20.0, 1, 2))));
    assert_eq!(cube.coverage(0, 1, 1).unwrap().present, 2);
}

#[test]
fn an_index_is_known_only_where_it_was_measured() {
    let mut cube = cube(PlaceRule::OnlyWhereMeasured, TimeRule::Last, true);
    set(&mut cube, 1, 3, NOT_STATED, 0.7);
    assert_eq!(total(&cube, 1, 3), Some(cell(0.7, 1, 1)));
    assert_eq!(total(&cube, 1, 1), None);
    assert_eq!(cube.sources(0, 1, 1), Ok(vec![]));
    cube.expect(0, 1, &[0, 3]).unwrap();
    set(&mut cube, 1, 0, NOT_STATED, 0.5);
    assert_eq!(total(&cube, 1, 0), Some(cell(0.5, 1, 1)));
}

#[test]
fn the_largest_is_taken_over_places_after_categories_were_added() {
    let mut cube = cube(PlaceRule::Max, TimeRule::Last, true);
    set(&mut cube, 1, 3, WOMEN, 3.0);
    set(&mut cube, 1, 3, MEN, 3.0);
    set(&mut cube, 1, 5, WOMEN, 5.0);
    assert_eq!(total(&cube, 1, 0), Some(cell(6.0, 2, 2)));
    set(&mut cube, 1, 4, WOMEN, -9.0);
    assert_eq!(total(&cube, 1, 0), Some(cell(6.0, 3, 3)));
}

#[test]
fn flows_add_over_time_and_count_units_per_period() {
    let mut cube = counts();
    for period in 1..5 {
        cube.expect(0, period, &[3, 4]).unwrap();
        set(&mut cube, period, 3, WOMEN, 1.0);
    }
    set(&mut cube, 2, 4, WOMEN, 10.0);
    assert_eq!(
        rolled(&cube, Periods::Range(1..5), 1),
        Some((4, cell(14.0, 5, 8)))
    );
    assert_eq!(
        rolled(&cube, Periods::List(vec![2, 1, 2]), 1),
        Some((2, cell(12.0, 3, 4)))
    );
    assert_eq!(rolled(&cube, Periods::Range(7..9), 1), None);
}

#[test]
fn a_stock_takes_the_last_period_and_carries_nothing_forward() {
    let mut cube = cube(PlaceRule::Sum, TimeRule::Last, true);
    for period in [1, 2] {
        cube.expect(0, period, &[3, 4]).unwrap();
    }
    set(&mut cube, 1, 3, WOMEN, 100.0);
    set(&mut cube, 1, 4, WOMEN, 50.0);
    set(&mut cube, 2, 3, WOMEN, 110.0);
    // District 4 is silent in period 2: it is missing, and the coverage says so.
    assert_eq!(
        rolled(&cube, Periods::all(), 1),
        Some((2, cell(110.0, 1, 2)))
    );
    // Asked about itself, its own last period is 1, and the answer says which.
    assert_eq!(
        rolled(&cube, Periods::all(), 4),
        Some((1, cell(50.0, 1, 1)))
    );
    // A period that nobody has reported yet is not the last one.
    cube.expect(0, 3, &[3, 4]).unwrap();
    assert_eq!(rolled(&cube, Periods::all(), 1).unwrap().0, 2);
}

#[test]
fn the_last_period_is_the_same_for_all_categories() {
    let mut cube = cube(PlaceRule::Sum, TimeRule::Last, true);
    set(&mut cube, 1, 3, MEN, 4.0);
    set(&mut cube, 2, 3, WOMEN, 5.0);
    let query = ask(Areas::One(0), Periods::all(), Time::Rolled, KEEP_SEX);
    let cells = cube.query(&query).unwrap();
    assert_eq!(cells.of(0, &[WOMEN]), Ok(Some((2, cell(5.0, 1, 1)))));
    assert_eq!(cells.of(0, &[MEN]), Ok(None));
}

#[test]
fn an_average_divides_by_the_periods_that_have_a_value() {
    let mut cube = cube(PlaceRule::Sum, TimeRule::Average, true);
    set(&mut cube, 1, 3, WOMEN, 4.0);
    set(&mut cube, 4, 3, WOMEN, 8.0);
    assert_eq!(rolled(&cube, Periods::all(), 0), Some((4, cell(6.0, 2, 2))));
}

#[test]
fn without_a_time_rule_only_one_period_can_be_rolled() {
    let mut cube = cube(PlaceRule::Sum, TimeRule::None, true);
    set(&mut cube, 1, 3, WOMEN, 4.0);
    let query = ask(Areas::One(0), Periods::all(), Time::Rolled, 0);
    assert_eq!(
        cube.query(&query),
        Err(CubeError::NotOverTime { measure: 0 })
    );
    assert_eq!(
        rolled(&cube, Periods::one(1), 0),
        Some((1, cell(4.0, 1, 1)))
    );
}

#[test]
fn a_snapshot_does_not_see_later_changes() {
    let mut cube = counts();
    set(&mut cube, 1, 3, WOMEN, 3.0);
    let snapshot = cube.clone();
    set(&mut cube, 1, 3, WOMEN, 30.0);
    cube.add_measure(cube.measure(0).unwrap().clone());
    assert_eq!(total(&snapshot, 1, 0).unwrap().value, 3.0);
    assert_eq!(total(&cube, 1, 0).unwrap().value, 30.0);
    assert!(snapshot.measure(1).is_err());
}

#[test]
fn a_refused_bulk_change_changes_nothing() {
    let mut cube = counts();
    let good = Change {
        measure: 0,
        period: 1,
        area: 3,
        combination: 0,
        value: Some(1.0),
    };
    let infinite = Change {
        value: Some(f64::INFINITY),
        ..good
    };
    let refused = [
        Change { measure: 7, ..good },
        Change { area: 6, ..good },
        Change {
            combination: 3,
            ..good
        },
        infinite,
    ];
    for bad in refused {
        assert!(cube.apply(&[good, bad]).is_err());
        assert_eq!(cube.observations(0).unwrap().count(), 0);
    }
    cube.apply(&[good]).unwrap();
    assert_eq!(cube.get(0, 1, 3, &[WOMEN]), Ok(Some(1.0)));
    assert_eq!(cube.get(0, 1, 4, &[WOMEN]), Ok(None));
}

#[test]
fn wrong_questions_are_refused() {
    let cube = counts();
    let query = ask(Areas::One(0), Periods::all(), Time::PerPeriod, 0);
    let wrong = |query: Query| cube.query(&query).unwrap_err();
    assert_eq!(
        wrong(Query {
            measure: 1,
            ..query.clone()
        }),
        CubeError::UnknownMeasure { measure: 1 }
    );
    assert_eq!(
        wrong(Query {
            areas: Areas::ChildrenOf(6),
            ..query.clone()
        }),
        CubeError::UnknownArea { area: 6 }
    );
    assert_eq!(
        wrong(Query { keep: 6, ..query }),
        CubeError::UnknownDimension { dimension: 1 }
    );
    assert!(cube.get(0, 1, 3, &[]).is_err());
    assert!(cube.get(0, 1, 3, &[NOT_STATED + 1]).is_err());
    assert!(cube.coverage(0, 1, 6).is_err());
}

#[test]
fn a_ratio_needs_a_denominator() {
    let half = ratio(Some(cell(5.0, 1, 1)), Some(cell(10.0, 1, 1)));
    assert_eq!(half, Some(0.5));
    assert_eq!(ratio(Some(cell(5.0, 1, 1)), None), None);
    assert_eq!(ratio(None, Some(cell(5.0, 1, 1))), None);
    assert_eq!(ratio(Some(cell(5.0, 1, 1)), Some(cell(0.0, 1, 1))), None);
    assert_eq!(
        ratio(Some(cell(0.0, 1, 1)), Some(cell(5.0, 1, 1))),
        Some(0.0)
    );
}
