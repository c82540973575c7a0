//! A slice against a sorted map, through all ways of keeping it. It refuses to know rules.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A root, 9 areas below it and 10 below each of those.
fn tree() -> AreaTree {
    let parent = |n: u32| (n > 0).then(|| if n < 10 { 0 } else { 1 + (n - 10) / 10 });
    AreaTree::new(&(0..100).map(parent).collect::<Vec<_>>()).unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    Edits(Vec<(u32, u32, Option<f64>)>),
    Row(u32, Vec<Option<f64>>),
    /// The same for many areas: this is what makes a slice dense.
    Rows(u32, Vec<Option<f64>>),
}

const COMBINATIONS: u32 = 30;

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        3 => Just(None),
        8 => (0_u32..250).prop_map(|v| Some(f64::from(v))),
        1 => (250_u32..70_000).prop_map(|v| Some(f64::from(v))),
        1 => any::<u32>().prop_map(|v| Some(f64::from(v))),
        1 => any::<i32>().prop_map(|v| Some(f64::from(v) / 2.0)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let row = prop::collection::vec(prop::option::weighted(0.3, value()), COMBINATIONS as usize);
    let row = row.prop_map(|row| row.into_iter().map(Option::flatten).collect::<Vec<_>>());
    prop_oneof![
        4 => prop::collection::vec((0_u32..100, 0..COMBINATIONS, value()), 1..40).prop_map(Step::Edits),
        4 => (any::<bool>(), 0_u32..100, row).prop_map(|(many, at, row)| match many {
            true => Step::Rows(at, row),
            false => Step::Row(at, row),
        }),
    ]
}

fn take(slice: &mut Slice, plain: &mut BTreeMap<u64, f64>, tree: &AreaTree, step: &Step) {
    let mut row = |slice: &mut Slice, at: u32, cells: &[Option<f64>]| {
        slice.set_row(tree, at, cells);
        plain.retain(|&k, _| unkey(k).0 != at);
        plain.extend((0_u32..).zip(cells).filter_map(|(c, v)| Some((key(at, c), (*v)?))));
    };
    match step {
        Step::Row(at, cells) => row(slice, *at, cells),
        Step::Rows(upto, cells) => (0..*upto).for_each(|at| row(slice, at, cells)),
        Step::Edits(edits) => {
            let edits: BTreeMap<u64, Option<f64>> = edits.iter().map(|&(at, c, v)| (key(at, c), v)).collect();
            slice.apply(tree, &edits.iter().map(|(&k, &v)| (k, v)).collect::<Vec<_>>());
            for (key, value) in edits {
                match value {
                    Some(value) => plain.insert(key, value),
                    None => plain.remove(&key),
                };
            }
        }
    }
}

proptest! {
    #[test]
    fn it_is_a_sorted_map_however_it_is_kept(steps in prop::collection::vec(step(), 1..12)) {
        let tree = tree();
        let (mut slice, mut plain) = (Slice::default(), BTreeMap::new());
        let mut before: Option<(Slice, BTreeMap<u64, f64>)> = None;
        for step in &steps {
            take(&mut slice, &mut plain, &tree, step);
            prop_assert!(slice.iter().eq(plain.iter().map(|(&k, &v)| (k, v))));
            prop_assert_eq!(slice.len(), plain.len());
            for position in 0..100 {
                let c = position % COMBINATIONS;
                prop_assert_eq!(slice.get(position, c), plain.get(&key(position, c)).copied());
            }
            if let Some((slice, plain)) = &before {
                prop_assert!(slice.iter().eq(plain.iter().map(|(&k, &v)| (k, v))), "a snapshot changed");
            }
            before = Some((slice.clone(), plain.clone()));
        }
    }
}

#[test]
fn it_becomes_dense_and_sparse_again() {
    let tree = tree();
    let mut slice = Slice::default();
    let row = |c: u32| (0..COMBINATIONS).map(|n| (n < c).then_some(1.0)).collect::<Vec<_>>();
    slice.set_row(&tree, 10, &row(2));
    assert!(!slice.is_dense(), "one area");
    (10..100).for_each(|at| slice.set_row(&tree, at, &row(2)));
    assert!(slice.is_dense(), "all areas");
    let dense = slice.memory();
    assert!(dense < slice.len() * ENTRY / 2);
    (10..90).for_each(|at| slice.set_row(&tree, at, &row(0)));
    // What is left is scattered over many combinations.
    (90..100).for_each(|at| {
        slice.set_row(&tree, at, &row(0));
        slice.apply(&tree, &[(key(at, at % COMBINATIONS), Some(1e6)), (key(at, at % 7), Some(0.5))]);
    });
    assert!(!slice.is_dense(), "scattered: {slice:?}");
    assert!(slice.memory() < dense);
    (90..100).for_each(|at| slice.set_row(&tree, at, &row(0)));
    assert!(slice.knows_nothing());
}

#[test]
fn a_lane_for_each_of_many_scattered_combinations_is_never_made() {
    let tree = tree();
    let mut slice = Slice::default();
    (0..100).for_each(|at| slice.set_row(&tree, at, &[Some(1.0); 2]));
    assert!(slice.is_dense());
    let wide: Vec<Option<f64>> = vec![Some(0.5); 50_000];
    slice.set_row(&tree, 50, &wide);
    assert!(slice.memory() < 3 * 50_200 * ENTRY, "{}", slice.memory());
    assert_eq!(slice.len(), 99 * 2 + 50_000);
}

/// Tenths cannot be added exactly, so this holds only if both ways add in the same order.
#[test]
fn fractions_add_up_to_the_same_bits_however_they_are_kept() {
    use crate::{Areas, Cube, Dimension, Measure, Periods, PlaceRule, Query, Row, Shape, Time, TimeRule};
    let dimensions = vec![Dimension { size: 2, additive: true }; 2];
    let shape = Shape::new(dimensions).unwrap();
    let mut dense = Cube::new(tree());
    dense.add_measure(Measure { shape, place: PlaceRule::Sum, time: TimeRule::Sum });
    let cell = |area: u32, c: u32| (!(area * c).is_multiple_of(5)).then(|| f64::from(area * 9 + c) / 10.0);
    for area in 10..100 {
        let cells: Vec<_> = (0..9).map(|c| cell(area, c)).collect();
        dense.load(&[Row { measure: 0, period: 0, area, cells: &cells }]).unwrap();
    }
    let mut sparse = dense.clone();
    let column = Arc::make_mut(&mut Arc::make_mut(&mut sparse.columns)[0]);
    column.slices.values_mut().for_each(|slice| Arc::make_mut(slice).become_sparse());
    assert!(dense.columns[0].slices[&0].is_dense() && !sparse.columns[0].slices[&0].is_dense());
    for keep in 0..4 {
        for areas in [Areas::One(0), Areas::ChildrenOf(0)] {
            let query = Query { measure: 0, areas, periods: Periods::all(), time: Time::PerPeriod, keep };
            assert_eq!(dense.query(&query), sparse.query(&query));
        }
    }
}
