//! The cube against a deliberately naive fold over a plain list of observations, on random data. It refuses to know
//! either inside.

mod draw;
mod naive;

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;
use romduol_cube::*;

use draw::{Ask, Draw, asks, change, draws, forests, measures, query, validities};
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

/// Both without observations.
fn begin(parents: Vec<Option<u32>>, measures: Vec<Measure>, valid: &[(Index, Range<u32>)]) -> (Cube, Naive) {
    let mut tree = AreaTree::new(&parents).unwrap();
    let mut naive = Naive { parents, measures, ..Naive::default() };
    for (area, periods) in valid {
        let area = area.index(naive.parents.len()) as u32;
        tree.set_valid(area, periods.clone()).unwrap();
        naive.valid.insert(area, periods.clone());
    }
    let mut cube = Cube::new(tree);
    for measure in &naive.measures {
        cube.add_measure(measure.clone());
    }
    (cube, naive)
}

/// All observations of all measures.
fn observations(cube: &Cube) -> Vec<Vec<Observation>> {
    (0..cube.measures()).map(|measure| cube.observations(measure).unwrap().collect()).collect()
}

/// One cube changed step by step while a reader holds a snapshot, one changed at once, and what both are as bytes.
fn compare(
    (mut cube, mut naive): (Cube, Naive),
    before: &[Draw],
    after: &[Draw],
    asks: &[Ask],
) -> Result<(), TestCaseError> {
    let empty = cube.clone();
    let mut changes: Vec<_> = before.iter().flat_map(|d| change(d, &mut cube, &mut naive)).collect();
    let (snapshot, then) = (cube.clone(), naive.clone());
    changes.extend(after.iter().flat_map(|d| change(d, &mut cube, &mut naive)));
    let read = Cube::from_bytes(&cube.to_bytes()).unwrap();
    prop_assert_eq!(read.to_bytes(), cube.to_bytes());
    for ask in asks {
        agree(&snapshot, &then, ask)?;
        agree(&cube, &naive, ask)?;
        agree(&read, &naive, ask)?;
        margins_agree(&cube, &query(ask, &naive))?;
    }
    // All changes at once make the same cube as one after the other.
    let mut bulk = empty;
    // Twice, because the second time meets what the first has left.
    bulk.apply(&changes).unwrap();
    bulk.apply(&changes).unwrap();
    prop_assert_eq!(observations(&bulk), observations(&cube));
    prop_assert_eq!(observations(&read), observations(&cube));
    Ok(())
}

/// Margins of all areas and all masks that are allowed tell what queries tell.
fn margins_agree(cube: &Cube, query: &Query) -> Result<(), TestCaseError> {
    let shape = cube.measure(query.measure).unwrap().shape.clone();
    let keeps: Vec<u32> =
        (0..=shape.keep_all()).filter(|keep| keep & shape.keep_overlapping() == shape.keep_overlapping()).collect();
    let areas: Vec<u32> = (0..cube.tree().len() as u32).rev().collect();
    let (measures, periods) = (vec![query.measure], query.periods.clone());
    let ask = Margins { measures, periods: periods.clone(), areas: areas.clone(), keeps: keeps.clone() };
    let blocks = cube.margins(&ask, Block::clone).unwrap();
    for (n, &keep) in keeps.iter().enumerate() {
        for (a, &area) in areas.iter().enumerate() {
            let query =
                Query { areas: Areas::One(area), time: Time::PerPeriod, keep, periods: periods.clone(), ..*query };
            let asked: Vec<_> = cube.query(&query).unwrap().into_iter().collect();
            let mut told = Vec::new();
            for block in &blocks {
                let columns = block.columns.iter().enumerate().filter(|(_, (keep, _))| *keep == n);
                told.extend(columns.filter_map(|(column, &(_, combination))| {
                    let key = Key { area, period: block.period, combination };
                    Some((key, block.cell(column, a)?))
                }));
            }
            prop_assert_eq!(told, asked);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_answer_is_the_naive_one(
        parents in forests(1..14),
        measures in prop::collection::vec(measures(), 1..3),
        valid in validities(),
        before in prop::collection::vec(draws(1), 0..120),
        after in prop::collection::vec(draws(1), 0..20),
        asks in prop::collection::vec(asks(), 8),
    ) {
        compare(begin(parents, measures, &valid), &before, &after, &asks)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// With so many areas and whole rows that slices are dense.
    #[test]
    fn every_answer_of_a_dense_cube_is_the_naive_one(
        parents in forests(30..150),
        measure in measures(),
        valid in validities(),
        before in prop::collection::vec(draws(6), 1..10),
        after in prop::collection::vec(draws(3), 0..10),
        asks in prop::collection::vec(asks(), 3),
    ) {
        compare(begin(parents, vec![measure], &valid), &before, &after, &asks)?;
    }
}

proptest! {
    /// Coverage and sources without a query.
    #[test]
    fn coverage_and_sources_agree(
        parents in forests(1..14),
        measure in measures(),
        draws in prop::collection::vec(draws(1), 0..60),
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
        parents in forests(1..14),
        draws in prop::collection::vec(draws(1), 0..60),
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
