//! Areas that are renamed, moved, split and merged, in a country of two provinces with two districts each.

use romduol_cube::*;

/// 0 country; 1, 2 provinces; 3, 4 districts of 1; 5, 6 districts of 2; 7, 8, 9 for what comes later, below 1, 1 and 2.
const PARENTS: [Option<u32>; 10] =
    [None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2), Some(1), Some(1), Some(2)];
/// The period in which something changes.
const CHANGE: u32 = 10;

/// `old` end and `new` begin with the change; the others of 7, 8, 9 never exist within the test.
fn country(old: &[u32], new: &[u32]) -> AreaTree {
    let mut tree = AreaTree::new(&PARENTS).unwrap();
    for area in 7..10 {
        let valid = if new.contains(&area) { CHANGE..u32::MAX } else { 1_000..1_001 };
        tree.set_valid(area, valid).unwrap();
    }
    for &area in old {
        tree.set_valid(area, 0..CHANGE).unwrap();
    }
    for (&from, &into) in old.iter().flat_map(|from| new.iter().map(move |into| (from, into))) {
        tree.succeed(from, into).unwrap();
    }
    tree
}

/// Each district that exists reports 10 in the periods around the change.
fn reported(tree: AreaTree) -> Cube {
    let mut cube = Cube::new(tree);
    cube.add_measure(Measure { shape: Shape::default(), place: PlaceRule::Sum, time: TimeRule::Sum });
    for period in CHANGE - 1..=CHANGE {
        let districts: Vec<u32> = (3..10).collect();
        cube.expect(0, period, &districts).unwrap();
        for area in districts {
            if cube.tree().is_valid_in(area, &(period..period + 1)) {
                cube.set(0, period, area, &[], 10.0).unwrap();
            }
        }
    }
    cube
}

fn cell(cube: &Cube, area: u32, periods: Periods, time: Time) -> Option<Cell> {
    let query = Query { measure: 0, areas: Areas::One(area), periods, time, keep: 0 };
    cube.query(&query).unwrap().iter().next().map(|(_, cell)| *cell)
}

fn of(value: f64, units: u32) -> Option<Cell> {
    Some(Cell { value, present: units, expected: units })
}

fn districts(cube: &Cube, within: u32, period: u32) -> Vec<u32> {
    cube.tree().at_level_in(within, 2, period..period + 1).collect()
}

#[test]
fn a_rename_is_a_new_number_that_continues_the_series() {
    let cube = reported(country(&[4], &[7]));
    assert_eq!(districts(&cube, 1, CHANGE - 1), [3, 4]);
    assert_eq!(districts(&cube, 1, CHANGE), [3, 7]);
    assert_eq!(cube.tree().at_level_in(1, 2, 0..99).collect::<Vec<_>>(), [3, 4, 7], "in any of the periods");
    assert_eq!(cell(&cube, 1, Periods::one(CHANGE - 1), Time::PerPeriod), of(20.0, 2));
    assert_eq!(cell(&cube, 1, Periods::one(CHANGE), Time::PerPeriod), of(20.0, 2));
    assert_eq!(cell(&cube, 1, Periods::all(), Time::Rolled), of(40.0, 4));
    assert_eq!(cube.tree().same_ground(7), (vec![7, 4], 0));
    assert_eq!(cube.tree().successors(4).collect::<Vec<_>>(), [7]);
    assert_eq!(cube.tree().predecessors(7).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_move_takes_the_district_from_one_province_to_the_other() {
    let cube = reported(country(&[4], &[9]));
    for (province, before, after) in [(1, 2, 1), (2, 2, 3)] {
        let in_period = |period| cell(&cube, province, Periods::one(period), Time::PerPeriod);
        assert_eq!(in_period(CHANGE - 1), of(f64::from(before) * 10.0, before));
        assert_eq!(in_period(CHANGE), of(f64::from(after) * 10.0, after));
    }
    assert_eq!(cell(&cube, 0, Periods::all(), Time::Rolled), of(80.0, 8));
    assert_eq!(cube.tree().children_in(2, CHANGE..CHANGE + 1).collect::<Vec<_>>(), [5, 6, 9]);
    assert_eq!(cube.tree().same_ground(9), (vec![9, 4], 0));
}

#[test]
fn the_parts_of_a_split_begin_anew() {
    let cube = reported(country(&[4], &[7, 8]));
    assert_eq!(cell(&cube, 1, Periods::one(CHANGE), Time::PerPeriod), of(30.0, 3));
    assert_eq!(cell(&cube, 0, Periods::all(), Time::Rolled), of(90.0, 9));
    assert_eq!(cube.tree().same_ground(7), (vec![7], CHANGE), "a part of the number of 4 is not known");
}

#[test]
fn a_merger_continues_the_sum_of_both() {
    let cube = reported(country(&[3, 4], &[7]));
    assert_eq!(cell(&cube, 1, Periods::one(CHANGE), Time::PerPeriod), of(10.0, 1));
    assert_eq!(cell(&cube, 0, Periods::all(), Time::Rolled), of(70.0, 7));
    assert_eq!(cube.tree().same_ground(7), (vec![7, 3, 4], 0));
}

#[test]
fn what_keeps_its_number_has_not_gone_into_another() {
    let mut tree = country(&[], &[7]);
    tree.succeed(4, 7).unwrap();
    assert_eq!(tree.same_ground(7), (vec![7], CHANGE), "4 exists on, so it kept a part");
}

#[test]
fn an_area_reports_only_while_it_exists() {
    let mut cube = reported(country(&[4], &[7]));
    let refused = |area, period, from, to| Err(CubeError::NotValid { area, period, from, to });
    assert_eq!(cube.set(0, CHANGE, 4, &[], 1.0), refused(4, CHANGE, 0, CHANGE));
    let row = Row { measure: 0, period: 3, area: 7, cells: &[Some(1.0)] };
    assert_eq!(cube.load(&[row]), refused(7, 3, CHANGE, u32::MAX));
    assert_eq!(
        cube.set(0, CHANGE, 4, &[], 1.0).unwrap_err().to_string(),
        "area 4 exists from period 0 up to but without 10, not in 10"
    );
    // To take away what is not there is fine.
    cube.remove(0, CHANGE, 4, &[]).unwrap();
    assert_eq!(cube.coverage(0, CHANGE, 4), Ok(Coverage::default()), "it is not expected either");
}

#[test]
fn what_is_below_exists_no_longer_than_what_is_above() {
    let mut tree = country(&[4], &[7]);
    tree.set_valid(1, 5..8).unwrap();
    assert_eq!((tree.valid(1), tree.valid(3), tree.valid(4)), (5..8, 5..8, 5..8));
    assert!(tree.valid(7).is_empty());
    assert_eq!(tree.valid(5), 0..u32::MAX);
    assert!(tree.valid(99).is_empty());
}

#[test]
fn nonsense_is_refused() {
    let mut tree = country(&[3], &[7]);
    assert_eq!(tree.set_valid(99, 1..2), Err(TreeError::UnknownArea { area: 99 }));
    assert_eq!(tree.set_valid(3, 2..2), Err(TreeError::NeverValid { area: 3, from: 2, to: 2 }));
    assert_eq!(tree.succeed(3, 99), Err(TreeError::UnknownArea { area: 99 }));
    assert_eq!(tree.succeed(3, 3), Err(TreeError::OwnSuccessor { area: 3 }));
    tree.succeed(7, 8).unwrap();
    assert_eq!(tree.succeed(8, 3), Err(TreeError::OwnSuccessor { area: 3 }));
}
