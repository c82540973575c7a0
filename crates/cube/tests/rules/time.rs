//! Several periods in one.

use romduol_cube::*;

use crate::*;

#[test]
fn flows_add_over_time_and_count_units_per_period() {
    let mut cube = counts();
    for period in 1..5 {
        cube.expect(0, period, &[3, 4]).unwrap();
        set(&mut cube, period, 3, WOMEN, 1.0);
    }
    set(&mut cube, 2, 4, WOMEN, 10.0);
    assert_eq!(rolled(&cube, Periods::Range(1..5), 1), Some((4, cell(14.0, 5, 8))));
    assert_eq!(rolled(&cube, Periods::List(vec![2, 1, 2]), 1), Some((2, cell(12.0, 3, 4))));
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
    assert_eq!(rolled(&cube, Periods::all(), 1), Some((2, cell(110.0, 1, 2))));
    // Asked about itself, its own last period is 1, and the answer says which.
    assert_eq!(rolled(&cube, Periods::all(), 4), Some((1, cell(50.0, 1, 1))));
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
    assert_eq!(cube.query(&query), Err(CubeError::NotOverTime { measure: 0 }));
    assert_eq!(rolled(&cube, Periods::one(1), 0), Some((1, cell(4.0, 1, 1))));
}
