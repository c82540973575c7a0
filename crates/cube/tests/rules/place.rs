//! Categories, places and coverage within one period.

use romduol_cube::*;

use crate::*;

#[test]
fn districts_add_up_to_provinces_and_the_country() {
    let mut cube = counts();
    set(&mut cube, 1, 3, WOMEN, 3.0);
    set(&mut cube, 1, 3, MEN, 4.0);
    set(&mut cube, 1, 5, WOMEN, 10.0);
    assert_eq!(total(&cube, 1, 1), Some(cell(7.0, 1, 1)));
    assert_eq!(total(&cube, 1, 0), Some(cell(17.0, 2, 2)));
    let by_sex = cube.query(&ask(Areas::ChildrenOf(0), Periods::one(1), Time::PerPeriod, KEEP_SEX)).unwrap();
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
    let by_sex = cube.query(&ask(Areas::One(1), Periods::one(1), Time::PerPeriod, KEEP_SEX)).unwrap();
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
    assert_eq!(total(&cube, 1, 3).unwrap().value, 3.0, "still answers for itself");
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
    let by_sex = cube.query(&ask(Areas::One(1), Periods::one(1), Time::PerPeriod, KEEP_SEX)).unwrap();
    assert_eq!(by_sex.len(), 1);
    assert_eq!(by_sex.get(1, 1, &[WOMEN]), Ok(Some(cell(9.0, 1, 1))));
}

#[test]
fn coverage_counts_who_was_to_report() {
    let mut cube = counts();
    cube.expect(0, 1, &[3, 4, 5, 5]).unwrap();
    assert_eq!(cube.coverage(0, 1, 0), Ok(Coverage { present: 0, expected: 3 }));
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
    assert_eq!(cube.query(&query), Err(CubeError::NotAdditive { dimension: 0 }));
    let kept = cube.query(&Query { keep: KEEP_SEX, ..query }).unwrap();
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
