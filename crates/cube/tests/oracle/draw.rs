//! Random forests, measures, changes and questions. It refuses to know what the right answer is.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;
use romduol_cube::*;

use crate::naive::{Naive, Seen};

/// A forest in no particular order: parents are drawn among earlier areas, then all are renumbered.
pub fn forests(areas: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Option<u32>>> {
    let draws = prop::collection::vec(prop::option::weighted(0.9, any::<Index>()), areas);
    draws.prop_flat_map(|draws| {
        let numbers: Vec<u32> = (0..draws.len() as u32).collect();
        (Just(draws), Just(numbers).prop_shuffle()).prop_map(|(draws, numbers)| {
            let mut parents = vec![None; draws.len()];
            for (n, draw) in draws.iter().enumerate().skip(1) {
                // Near the beginning, so that large forests are not all chains.
                let parent = draw.map(|index| numbers[index.index(n.min(8))]);
                parents[numbers[n] as usize] = parent;
            }
            parents
        })
    })
}

/// When some areas exist.
pub fn validities() -> impl Strategy<Value = Vec<(Index, Range<u32>)>> {
    let range = (0_u32..3, 1_u32..5).prop_map(|(from, len)| from..from + len);
    prop_oneof![1 => Just(Vec::new()), 1 => prop::collection::vec((any::<Index>(), range), 1..5)]
}

pub fn measures() -> impl Strategy<Value = Measure> {
    let dimension = (1_u16..4, prop::bool::weighted(0.8)).prop_map(|(size, additive)| Dimension { size, additive });
    let place = prop_oneof![
        3 => Just(PlaceRule::Sum),
        1 => Just(PlaceRule::Max),
        1 => Just(PlaceRule::OnlyWhereMeasured)
    ];
    let time = prop_oneof![Just(TimeRule::Sum), Just(TimeRule::Last), Just(TimeRule::Average), Just(TimeRule::None)];
    (prop::collection::vec(dimension, 0..4), place, time).prop_map(|(dimensions, place, time)| Measure {
        shape: Shape::new(dimensions).unwrap(),
        place,
        time,
    })
}

/// A change that knows nothing yet of how many areas and categories there are.
#[derive(Clone, Debug)]
pub enum Draw {
    Value(Index, u32, Index, Index, Option<f64>),
    /// Whole rows of all areas from one number up to another.
    Rows(Index, u32, [Index; 2], Vec<Option<f64>>),
    Expect(Index, u32, Vec<Index>),
}

/// Mostly small counts; some that need a wider word, and halves, whose sums are exact.
pub fn values() -> impl Strategy<Value = f64> {
    prop_oneof![
        12 => (0_u32..200).prop_map(f64::from),
        2 => (0_u32..70_000).prop_map(f64::from),
        1 => any::<u32>().prop_map(f64::from),
        1 => (-99_i16..999).prop_map(|v| f64::from(v) / 2.0),
    ]
}

/// `rows` of ten are rows.
pub fn draws(rows: u32) -> impl Strategy<Value = Draw> {
    let value = (any::<Index>(), 0_u32..4, any::<Index>(), any::<Index>(), prop::option::weighted(0.8, values()));
    let many = prop::collection::vec(prop::option::weighted(0.6, values()), 1..9);
    let many = (any::<Index>(), 0_u32..4, any::<[Index; 2]>(), many);
    let expect = (any::<Index>(), 0_u32..4, prop::collection::vec(any::<Index>(), 0..8));
    prop_oneof![
        10 - rows => value.prop_map(|(m, p, a, c, v)| Draw::Value(m, p, a, c, v)),
        rows => many.prop_map(|(m, p, a, v)| Draw::Rows(m, p, a, v)),
        1 => expect.prop_map(|(m, p, a)| Draw::Expect(m, p, a)),
    ]
}

#[derive(Clone, Debug)]
pub struct Ask {
    measure: Index,
    area: Index,
    how: u8,
    level: u32,
    periods: Periods,
    rolled: bool,
    keep: u32,
    keep_overlapping: bool,
}

pub fn asks() -> impl Strategy<Value = Ask> {
    let periods = prop_oneof![
        (0_u32..5, 0_u32..6).prop_map(|(from, to)| Periods::Range(from..to)),
        prop::collection::vec(0_u32..5, 0..4).prop_map(Periods::List),
        Just(Periods::all()),
    ];
    (any::<Index>(), any::<Index>(), 0_u8..3, 0_u32..4, periods, any::<bool>(), 0_u32..8, prop::bool::weighted(0.8))
        .prop_map(|(measure, area, how, level, periods, rolled, keep, keep_overlapping)| Ask {
            measure,
            area,
            how,
            level,
            periods,
            rolled,
            keep,
            keep_overlapping,
        })
}

pub fn query(ask: &Ask, naive: &Naive) -> Query {
    let measure = ask.measure.index(naive.measures.len());
    let area = ask.area.index(naive.parents.len()) as u32;
    let shape = &naive.measures[measure].shape;
    let keep = if ask.keep_overlapping { ask.keep & shape.keep_all() | shape.keep_overlapping() } else { ask.keep };
    Query {
        measure: measure as u32,
        areas: match ask.how {
            0 => Areas::One(area),
            1 => Areas::ChildrenOf(area),
            _ => Areas::AtLevel { within: area, level: ask.level },
        },
        periods: ask.periods.clone(),
        time: if ask.rolled { Time::Rolled } else { Time::PerPeriod },
        keep,
    }
}

/// Sets, or takes away, one cell in the naive fold.
fn put(naive: &mut Naive, change: &Change) {
    let &Change { measure, period, area, combination, value } = change;
    let categories = naive.measures[measure as usize].shape.categories(combination);
    naive.put(Seen { measure, period, area, categories, value: 0.0 }, value);
}

/// Does one drawn change to both, and tells it as bulk changes too. What must be refused changes neither.
pub fn change(draw: &Draw, cube: &mut Cube, naive: &mut Naive) -> Vec<Change> {
    let areas = naive.parents.len();
    let number = |index: &Index| index.index(naive.measures.len());
    match draw {
        Draw::Value(m, period, a, c, value) => {
            let (measure, area) = (number(m), a.index(areas) as u32);
            let shape = naive.measures[measure].shape.clone();
            let combination = c.index(shape.combinations() as usize) as u32;
            let (measure, period, value) = (measure as u32, *period, *value);
            let at = Change { measure, period, area, combination, value };
            let categories = shape.categories(combination);
            let done = match value {
                Some(v) => cube.set(measure, period, area, &categories, v),
                None => cube.remove(measure, period, area, &categories),
            };
            let refused = value.is_some() && !naive.exists(area, period);
            let told = matches!(done, Err(CubeError::NotValid { area: a, period: p, .. }) if (a, p) == (area, period));
            assert_eq!((told, done.is_err()), (refused, refused));
            if refused {
                return Vec::new();
            }
            put(naive, &at);
            vec![at]
        }
        Draw::Rows(m, period, [from, to], values) => {
            let (measure, from, to) = (number(m), from.index(areas) as u32, to.index(areas) as u32);
            let (measure, combinations) = (measure as u32, naive.measures[measure].shape.combinations());
            let cells = |area: u32| -> Vec<Option<f64>> {
                (0..combinations).map(|c| values[(c + area) as usize % values.len()]).collect()
            };
            let exist: Vec<u32> = (from..=to).filter(|&area| naive.exists(area, *period)).collect();
            let rows: Vec<Vec<Option<f64>>> = exist.iter().map(|&area| cells(area)).collect();
            let row = |area: u32, cells| Row { measure, period: *period, area, cells };
            let rows: Vec<Row<'_>> =
                exist.iter().zip(&rows).map(|(&area, cells)| row(area, cells.as_slice())).collect();
            cube.load(&rows).unwrap();
            let change = |row: &Row<'_>, (combination, &value): (u32, &Option<f64>)| Change {
                measure,
                period: row.period,
                area: row.area,
                combination,
                value,
            };
            let cells = rows.iter().flat_map(|row| (0..).zip(row.cells).map(move |cell| change(row, cell)));
            let all: Vec<Change> = cells.collect();
            all.iter().for_each(|change| put(naive, change));
            all
        }
        Draw::Expect(m, period, list) => {
            let measure = number(m) as u32;
            let list: Vec<u32> = list.iter().map(|a| a.index(areas) as u32).collect();
            cube.expect(measure, *period, &list).unwrap();
            let exist = list.into_iter().filter(|&area| naive.exists(area, *period)).collect();
            naive.expected.insert((measure, *period), exist);
            Vec::new()
        }
    }
}
