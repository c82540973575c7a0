//! Snapshots, bulk changes and refusals.

use romduol_cube::*;

use crate::*;

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
    let good = Change { measure: 0, period: 1, area: 3, combination: 0, value: Some(1.0) };
    let infinite = Change { value: Some(f64::INFINITY), ..good };
    let refused =
        [Change { measure: 7, ..good }, Change { area: 6, ..good }, Change { combination: 3, ..good }, infinite];
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
    assert_eq!(wrong(Query { measure: 1, ..query.clone() }), CubeError::UnknownMeasure { measure: 1 });
    assert_eq!(wrong(Query { areas: Areas::ChildrenOf(6), ..query.clone() }), CubeError::UnknownArea { area: 6 });
    assert_eq!(wrong(Query { keep: 6, ..query }), CubeError::UnknownDimension { dimension: 1 });
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
    assert_eq!(ratio(Some(cell(0.0, 1, 1)), Some(cell(5.0, 1, 1))), Some(0.0));
}

#[test]
fn a_row_replaces_all_that_an_area_gave() {
    let mut cube = counts();
    let row = |cells| Row { measure: 0, period: 1, area: 3, cells };
    cube.load(&[row(&[Some(1.0), Some(2.0), None])]).unwrap();
    assert_eq!(total(&cube, 1, 0), Some(cell(3.0, 1, 1)));
    cube.load(&[row(&[None, Some(0.5), None])]).unwrap();
    assert_eq!(cube.get(0, 1, 3, &[WOMEN]), Ok(None));
    assert_eq!(total(&cube, 1, 0), Some(cell(0.5, 1, 1)));
    cube.load(&[row(&[Some(9.0); 3]), row(&[None; 3])]).unwrap();
    assert_eq!(total(&cube, 1, 0), None, "the last one counts");
    assert_eq!(cube.load(&[row(&[None; 2])]), Err(CubeError::WrongRow { measure: 0, given: 2, expected: 3 }));
    let bad = [row(&[Some(1.0), None, None]), row(&[Some(f64::INFINITY), None, None])];
    assert_eq!(cube.load(&bad), Err(CubeError::NotFinite { value: f64::INFINITY }));
    assert_eq!(total(&cube, 1, 0), None, "nothing of it was taken in");
}

#[test]
fn margins_refuse_what_queries_refuse() {
    let cube = counts();
    let ask = Margins { measures: vec![0], periods: Periods::all(), areas: vec![0, 5], keeps: vec![0, KEEP_SEX] };
    let wrong = |ask: Margins| cube.margins(&ask, |_| ()).unwrap_err();
    assert_eq!(wrong(Margins { measures: vec![0, 1], ..ask.clone() }), CubeError::UnknownMeasure { measure: 1 });
    assert_eq!(wrong(Margins { areas: vec![6], ..ask.clone() }), CubeError::UnknownArea { area: 6 });
    assert_eq!(wrong(Margins { keeps: vec![2], ..ask.clone() }), CubeError::UnknownDimension { dimension: 1 });
    assert_eq!(cube.margins(&ask, |_| ()), Ok(vec![]));
}

#[test]
fn who_has_nothing_to_report_is_not_waited_for() {
    let mut cube = counts();
    cube.expect(0, 1, &[3, 4, 5]).unwrap();
    set(&mut cube, 1, 3, WOMEN, 3.0);
    let came = |cube: &Cube| total(cube, 1, 0).map(|cell| (cell.present, cell.expected));
    let snapshot = cube.clone();
    cube.excuse(0, 1, 4, true).unwrap();
    cube.excuse(0, 1, 4, true).unwrap();
    assert_eq!((came(&cube), came(&snapshot)), (Some((1, 2)), Some((1, 3))));
    cube.excuse(0, 1, 4, false).unwrap();
    assert_eq!(came(&cube), Some((1, 3)));
    // Who gives a number all the same counts as one of those that were to.
    cube.excuse(0, 1, 5, true).unwrap();
    set(&mut cube, 1, 5, MEN, 1.0);
    assert_eq!(came(&cube), Some((2, 3)));
    assert!(cube.excuse(0, 1, 6, true).is_err() && cube.excuse(1, 1, 3, true).is_err());
}
