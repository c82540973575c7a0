//! The cube against a deliberately naive fold over a plain list of observations. The fold follows the crate's page word
//! by word, with recursion over parents and sets of areas; it refuses to use positions, ranges, keys or counts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use romduol_cube::*;

#[derive(Clone, Debug)]
struct Seen {
    measure: u32,
    period: u32,
    area: u32,
    categories: Vec<u16>,
    value: f64,
}

/// Everything the naive fold knows.
#[derive(Clone, Debug, Default)]
struct Naive {
    parents: Vec<Option<u32>>,
    measures: Vec<Measure>,
    seen: Vec<Seen>,
    expected: BTreeMap<(u32, u32), BTreeSet<u32>>,
}

/// By kept categories: value and the units that are in it.
type Values = BTreeMap<Vec<u16>, (f64, BTreeSet<u32>)>;
/// By area, period and kept categories: value, present, expected.
type Answer = BTreeMap<(u32, u32, Vec<u16>), (f64, u32, u32)>;

impl Naive {
    fn put(&mut self, at: Seen, value: Option<f64>) {
        let same = |s: &Seen| {
            (s.measure, s.period, s.area, &s.categories)
                == (at.measure, at.period, at.area, &at.categories)
        };
        self.seen.retain(|s| !same(s));
        self.seen.extend(value.map(|value| Seen { value, ..at }));
    }

    fn above(&self, area: u32) -> Vec<u32> {
        std::iter::successors(self.parents[area as usize], |&a| self.parents[a as usize]).collect()
    }

    fn children(&self, area: u32) -> Vec<u32> {
        let all = 0..self.parents.len() as u32;
        all.filter(|&a| self.parents[a as usize] == Some(area))
            .collect()
    }

    fn at_or_below(&self, area: u32) -> BTreeSet<u32> {
        let all = 0..self.parents.len() as u32;
        all.filter(|&a| a == area || self.above(a).contains(&area))
            .collect()
    }

    fn asked(&self, measure: u32, period: u32) -> BTreeSet<u32> {
        self.expected
            .get(&(measure, period))
            .cloned()
            .unwrap_or_default()
    }

    /// Categories add up where they were observed.
    fn own(&self, measure: u32, period: u32, area: u32, keep: &[usize]) -> BTreeMap<Vec<u16>, f64> {
        let mut own = BTreeMap::new();
        for s in &self.seen {
            if (s.measure, s.period, s.area) == (measure, period, area) {
                let kept = keep.iter().map(|&d| s.categories[d]).collect();
                *own.entry(kept).or_insert(0.0) += s.value;
            }
        }
        own
    }

    /// The value of one area in one period, and the units of it.
    fn place(
        &self,
        measure: u32,
        period: u32,
        area: u32,
        keep: &[usize],
    ) -> (Values, BTreeSet<u32>) {
        let rule = self.measures[measure as usize].place;
        let own = self.own(measure, period, area, keep);
        let asked = self.asked(measure, period);
        let mut units: BTreeSet<u32> = asked.iter().copied().filter(|&a| a == area).collect();
        if rule == PlaceRule::OnlyWhereMeasured {
            let itself = BTreeSet::from([area]);
            if !own.is_empty() {
                units.clone_from(&itself);
            }
            let values = own.into_iter().map(|(k, v)| (k, (v, itself.clone())));
            return (values.collect(), units);
        }
        if !own.is_empty() {
            units = self
                .at_or_below(area)
                .intersection(&asked)
                .copied()
                .collect();
            units.insert(area);
            let values = own.into_iter().map(|(k, v)| (k, (v, units.clone())));
            return (values.collect(), units);
        }
        let mut values = Values::new();
        for child in self.children(area) {
            let (below, child_units) = self.place(measure, period, child, keep);
            units.extend(child_units);
            for (kept, (value, present)) in below {
                match values.entry(kept) {
                    std::collections::btree_map::Entry::Vacant(e) => {
                        e.insert((value, present));
                    }
                    std::collections::btree_map::Entry::Occupied(mut e) => {
                        let all = e.get_mut();
                        all.0 = match rule {
                            PlaceRule::Max => all.0.max(value),
                            _ => all.0 + value,
                        };
                        all.1.extend(present);
                    }
                }
            }
        }
        (values, units)
    }

    fn periods(&self, query: &Query) -> Vec<u32> {
        // Far more than the tests use.
        (0..20)
            .filter(|p| match &query.periods {
                Periods::Range(range) => range.contains(p),
                Periods::List(list) => list.contains(p),
            })
            .collect()
    }

    fn refuses(&self, query: &Query) -> bool {
        let Some(measure) = self.measures.get(query.measure as usize) else {
            return true;
        };
        let dimensions = measure.shape.dimensions();
        let overlap = dimensions.iter().enumerate();
        let overlap = overlap.filter(|(n, d)| !d.additive && query.keep & (1 << n) == 0);
        let beyond = (dimensions.len()..32).any(|n| query.keep & (1 << n) != 0);
        let several = match &query.periods {
            Periods::Range(range) => range.end.saturating_sub(range.start) > 1,
            Periods::List(list) => list.iter().collect::<BTreeSet<_>>().len() > 1,
        };
        let timeless = measure.time == TimeRule::None && query.time == Time::Rolled && several;
        overlap.count() > 0 || beyond || timeless
    }

    fn areas(&self, query: &Query) -> Vec<u32> {
        match query.areas {
            Areas::One(area) => vec![area],
            Areas::ChildrenOf(area) => self.children(area),
            Areas::AtLevel { within, level } => self
                .at_or_below(within)
                .into_iter()
                .filter(|&a| self.above(a).len() as u32 == level)
                .collect(),
        }
    }

    fn answer(&self, query: &Query) -> Answer {
        let measure = &self.measures[query.measure as usize];
        let all = 0..measure.shape.dimensions().len();
        let keep: Vec<usize> = all.filter(|n| query.keep & (1 << n) != 0).collect();
        let mut answer = Answer::new();
        for area in self.areas(query) {
            let places: Vec<_> = self
                .periods(query)
                .into_iter()
                .map(|p| (p, self.place(query.measure, p, area, &keep)))
                .collect();
            match query.time {
                Time::PerPeriod => {
                    for (period, (values, units)) in &places {
                        insert(&mut answer, area, *period, values, units.len());
                    }
                }
                Time::Rolled => rolled(&mut answer, area, &places, measure.time),
            }
        }
        answer
    }
}

fn insert(answer: &mut Answer, area: u32, period: u32, values: &Values, units: usize) {
    for (kept, (value, present)) in values {
        answer.insert(
            (area, period, kept.clone()),
            (*value, present.len() as u32, units as u32),
        );
    }
}

fn rolled(
    answer: &mut Answer,
    area: u32,
    places: &[(u32, (Values, BTreeSet<u32>))],
    rule: TimeRule,
) {
    let Some((last, (values, units))) = places.iter().rfind(|(_, (v, _))| !v.is_empty()) else {
        return;
    };
    if matches!(rule, TimeRule::Last | TimeRule::None) {
        return insert(answer, area, *last, values, units.len());
    }
    let units: usize = places.iter().map(|(_, (_, units))| units.len()).sum();
    let kept: BTreeSet<&Vec<u16>> = places.iter().flat_map(|(_, (v, _))| v.keys()).collect();
    for kept in kept {
        let found: Vec<_> = places
            .iter()
            .filter_map(|(_, (v, _))| v.get(kept))
            .collect();
        let sum: f64 = found.iter().map(|(value, _)| value).sum();
        let present: usize = found.iter().map(|(_, present)| present.len()).sum();
        let value = match rule {
            TimeRule::Average => sum / found.len() as f64,
            _ => sum,
        };
        answer.insert(
            (area, *last, kept.clone()),
            (value, present as u32, units as u32),
        );
    }
}

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

/// A forest in no particular order: parents are drawn among earlier areas, then all are renumbered.
fn forests() -> impl Strategy<Value = Vec<Option<u32>>> {
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

fn measures() -> impl Strategy<Value = Measure> {
    let dimension = (1_u16..4, prop::bool::weighted(0.8))
        .prop_map(|(size, additive)| Dimension { size, additive });
    let place = prop_oneof![
        3 => Just(PlaceRule::Sum),
        1 => Just(PlaceRule::Max),
        1 => Just(PlaceRule::OnlyWhereMeasured)
    ];
    let time = prop_oneof![
        Just(TimeRule::Sum),
        Just(TimeRule::Last),
        Just(TimeRule::Average),
        Just(TimeRule::None)
    ];
    (prop::collection::vec(dimension, 0..4), place, time).prop_map(|(dimensions, place, time)| {
        Measure {
            shape: Shape::new(dimensions).unwrap(),
            place,
            time,
        }
    })
}

/// A change that knows nothing yet of how many areas and categories there are.
#[derive(Clone, Debug)]
enum Draw {
    Value(Index, u32, Index, Index, Option<i16>),
    Expect(Index, u32, Vec<Index>),
}

fn draws() -> impl Strategy<Value = Draw> {
    let value = (
        any::<Index>(),
        0_u32..4,
        any::<Index>(),
        any::<Index>(),
        prop::option::weighted(0.8, -99_i16..999),
    );
    let expect = (
        any::<Index>(),
        0_u32..4,
        prop::collection::vec(any::<Index>(), 0..8),
    );
    prop_oneof![
        12 => value.prop_map(|(m, p, a, c, v)| Draw::Value(m, p, a, c, v)),
        1 => expect.prop_map(|(m, p, a)| Draw::Expect(m, p, a)),
    ]
}

#[derive(Clone, Debug)]
struct Ask {
    measure: Index,
    area: Index,
    how: u8,
    level: u32,
    periods: Periods,
    rolled: bool,
    keep: u32,
    keep_overlapping: bool,
}

fn asks() -> impl Strategy<Value = Ask> {
    let periods = prop_oneof![
        (0_u32..5, 0_u32..6).prop_map(|(from, to)| Periods::Range(from..to)),
        prop::collection::vec(0_u32..5, 0..4).prop_map(Periods::List),
        Just(Periods::all()),
    ];
    (
        any::<Index>(),
        any::<Index>(),
        0_u8..3,
        0_u32..4,
        periods,
        any::<bool>(),
        0_u32..8,
        prop::bool::weighted(0.8),
    )
        .prop_map(
            |(measure, area, how, level, periods, rolled, keep, keep_overlapping)| Ask {
                measure,
                area,
                how,
                level,
                periods,
                rolled,
                keep,
                keep_overlapping,
            },
        )
}

fn query(ask: &Ask, naive: &Naive) -> Query {
    let measure = ask.measure.index(naive.measures.len());
    let area = ask.area.index(naive.parents.len()) as u32;
    let shape = &naive.measures[measure].shape;
    let keep = if ask.keep_overlapping {
        ask.keep & shape.keep_all() | shape.keep_overlapping()
    } else {
        ask.keep
    };
    Query {
        measure: measure as u32,
        areas: match ask.how {
            0 => Areas::One(area),
            1 => Areas::ChildrenOf(area),
            _ => Areas::AtLevel {
                within: area,
                level: ask.level,
            },
        },
        periods: ask.periods.clone(),
        time: if ask.rolled {
            Time::Rolled
        } else {
            Time::PerPeriod
        },
        keep,
    }
}

/// Does one drawn change to both, and tells it as a bulk change too.
fn change(draw: &Draw, cube: &mut Cube, naive: &mut Naive) -> Option<Change> {
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
            Some(Change {
                measure,
                period: *period,
                area,
                combination,
                value,
            })
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
        before in prop::collection::vec(draws(), 0..60),
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
