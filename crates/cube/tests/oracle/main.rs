//! The cube against a deliberately naive fold over a plain list of observations, on random data. It refuses to know
//! either inside.

mod draw;
mod naive;

use std::collections::BTreeMap;

use proptest::prelude::*;
use romduol_cube::*;

use draw::{Ask, asks, change, draws, forests, measures, query};
use naive::{Answer, Naive};

/// The cube's answer in the shape of the naive one.
fn told(cells: &Cells) -> Answer {
    cells
        .iter()
        .map(|(key, cell)| {
            let at = (key.area, key.period, cells.categories(key));
            (at, (cell.value, cell.present, cell.expected))
        })
        .collect()
}

fn agree(cube: &Cube, naive: &Naive, ask: &Ask) -> Result<(), TestCaseError> {
    let query = query(ask, naive);
    let cells = match cube.query(&query) {
        Err(_) => {
            prop_assert!(naive.refuses(&query), "refused {query:?}");
            return Ok(());
        }
        Ok(cells) => cells,
    };
    prop_assert!(!naive.refuses(&query), "answered {query:?}");
    prop_assert_eq!(told(&cells), naive.answer(&query), "{:?}", query);
    for (key, cell) in &cells {
        prop_assert!(cell.present >= 1 && cell.present <= cell.expected);
        let got = cells.get(key.area, key.period, &cells.categories(key));
        prop_assert_eq!(got, Ok(Some(*cell)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn every_answer_is_the_naive_one(
        parents in forests(),
        measures in prop::collection::vec(measures(), 1..3),
        before in prop::collection::vec(draws(), 0..120),
        after in prop::collection::vec(draws(), 0..20),
        asks in prop::collection::vec(asks(), 12),
    ) {
        let mut cube = Cube::new(AreaTree::new(&parents).unwrap());
        for measure in &measures {
            cube.add_measure(measure.clone());
        }
        let empty = cube.clone();
        let mut naive = Naive { parents, measures, ..Naive::default() };
        let mut changes: Vec<_> =
            before.iter().filter_map(|d| change(d, &mut cube, &mut naive)).collect();
        let (snapshot, then) = (cube.clone(), naive.clone());
        changes.extend(after.iter().filter_map(|d| change(d, &mut cube, &mut naive)));
        for ask in &asks {
            agree(&snapshot, &then, ask)?;
            agree(&cube, &naive, ask)?;
        }
        // All changes at once make the same cube as one after the other.
        let mut bulk = empty;
        // Twice, because the second time meets what the first has left.
        bulk.apply(&changes).unwrap();
        bulk.apply(&changes).unwrap();
        for measure in 0..naive.measures.len() as u32 {
            let one: Vec<_> = cube.observations(measure).unwrap().collect();
            let all: Vec<_> = bulk.observations(measure).unwrap().collect();
            prop_assert_eq!(one, all);
        }
    }

    /// Coverage and sources without a query.
    #[test]
    fn coverage_and_sources_agree(
        parents in forests(),
        measure in measures(),
        draws in prop::collection::vec(draws(), 0..60),
    ) {
        let mut cube = Cube::new(AreaTree::new(&parents).unwrap());
        cube.add_measure(measure.clone());
        let mut naive = Naive { parents, measures: vec![measure], ..Naive::default() };
        for draw in &draws {
            change(draw, &mut cube, &mut naive);
        }
        for area in 0..naive.parents.len() as u32 {
            for period in 0..4 {
                let (values, units) = naive.place(0, period, area, &[]);
                let present = values.get(&vec![]).map_or(0, |(_, p)| p.len() as u32);
                let coverage = Coverage { present, expected: units.len() as u32 };
                prop_assert_eq!(cube.coverage(0, period, area), Ok(coverage));
                // The sources alone, added up, make the total.
                let sources = cube.sources(0, period, area).unwrap();
                let own = sources.iter().map(|&a| naive.own(0, period, a, &[])[&vec![]]);
                let total = match naive.measures[0].place {
                    PlaceRule::Max => own.reduce(f64::max),
                    _ => own.reduce(|a, b| a + b),
                };
                prop_assert_eq!(total, values.get(&vec![]).map(|(v, _)| *v));
            }
        }
    }

    /// Kept categories add up to the value without them, whoever reported at whatever level.
    #[test]
    fn parts_make_the_total(
        parents in forests(),
        draws in prop::collection::vec(draws(), 0..60),
        keep in 0_u32..4,
    ) {
        let part = Dimension { size: 2, additive: true };
        let measure = Measure {
            shape: Shape::new(vec![part, part]).unwrap(),
            place: PlaceRule::Sum,
            time: TimeRule::Last,
        };
        let mut cube = Cube::new(AreaTree::new(&parents).unwrap());
        cube.add_measure(measure.clone());
        let mut naive = Naive { parents, measures: vec![measure], ..Naive::default() };
        for draw in &draws {
            change(draw, &mut cube, &mut naive);
        }
        for time in [Time::PerPeriod, Time::Rolled] {
            let whole = Query { measure: 0, areas: Areas::One(0), periods: Periods::all(), time, keep: 0 };
            let parts = cube.query(&Query { keep, ..whole.clone() }).unwrap();
            let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
            for (key, cell) in &parts {
                *sums.entry(key.period).or_default() += cell.value;
            }
            let whole = cube.query(&whole).unwrap();
            let whole: BTreeMap<u32, f64> = whole.iter().map(|(k, c)| (k.period, c.value)).collect();
            prop_assert_eq!(sums, whole);
        }
    }
}
