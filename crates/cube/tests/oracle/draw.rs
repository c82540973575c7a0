//! Random forests, measures, changes and questions. It refuses to know what the right answer is.

use proptest::prelude::*;
use proptest::sample::Index;
use romduol_cube::*;

use crate::naive::{Naive, Seen};

/// A forest in no particular order: parents are drawn among earlier areas, then all are renumbered.
pub fn forests() -> impl Strategy<Value = Vec<Option<u32>>> {
    let draws = prop::collection::vec(prop::option::weighted(0.9, any::<Index>()), 1..14);
    draws.prop_flat_map(|draws| {
        let numbers: Vec<u32> = (0..draws.len() as u32).collect();
        (Just(draws), Just(numbers).prop_shuffle()).prop_map(|(draws, numbers)| {
            let mut parents = vec![None; draws.len()];
            for (n, draw) in draws.iter().enumerate().skip(1) {
                let parent = draw.map(|index| numbers[index.index(n)]);
                parents[numbers[n] as usize] = parent;
            }
            parents
        })
    })
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
    Value(Index, u32, Index, Index, Option<i16>),
    Expect(Index, u32, Vec<Index>),
}

pub fn draws() -> impl Strategy<Value = Draw> {
    let value = (any::<Index>(), 0_u32..4, any::<Index>(), any::<Index>(), prop::option::weighted(0.8, -99_i16..999));
    let expect = (any::<Index>(), 0_u32..4, prop::collection::vec(any::<Index>(), 0..8));
    prop_oneof![
        12 => value.prop_map(|(m, p, a, c, v)| Draw::Value(m, p, a, c, v)),
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

/// Does one drawn change to both, and tells it as a bulk change too.
pub fn change(draw: &Draw, cube: &mut Cube, naive: &mut Naive) -> Option<Change> {
    match draw {
        Draw::Value(m, period, a, c, value) => {
            let measure = m.index(naive.measures.len());
            let area = a.index(naive.parents.len()) as u32;
            let shape = &naive.measures[measure].shape;
            let combination = c.index(shape.combinations() as usize) as u32;
            let at = Seen {
                measure: measure as u32,
                period: *period,
                area,
                categories: shape.categories(combination),
                value: 0.0,
            };
            let value = value.map(f64::from);
            match value {
                Some(v) => cube.set(at.measure, at.period, at.area, &at.categories, v),
                None => cube.remove(at.measure, at.period, at.area, &at.categories),
            }
            .unwrap();
            let measure = at.measure;
            naive.put(at, value);
            Some(Change { measure, period: *period, area, combination, value })
        }
        Draw::Expect(m, period, areas) => {
            let measure = m.index(naive.measures.len()) as u32;
            let count = naive.parents.len();
            let areas: Vec<u32> = areas.iter().map(|a| a.index(count) as u32).collect();
            cube.expect(measure, *period, &areas).unwrap();
            let areas = areas.into_iter().collect();
            naive.expected.insert((measure, *period), areas);
            None
        }
    }
}
