//! The national load of the design, made up: 25 provinces, 209 districts and 1,652 communes, 20 quarters, 2 sexes by 6
//! ages, 5 % missing. The same numbers each time; refuses to use the outside world.

pub mod floor;

use romduol_cube::*;

pub const PROVINCES: u32 = 25;
pub const DISTRICTS: u32 = 209;
pub const COMMUNES: u32 = 1_652;
pub const QUARTERS: u32 = 20;
/// The province of Q3, which has 14 districts as in the comparison.
pub const PROVINCE: u32 = 2;
pub const KEEP_SEX: u32 = 1;
pub const KEEP_AGE: u32 = 2;
pub const COMBINATIONS: usize = 21;

const FIRST_DISTRICT: u32 = 1 + PROVINCES;
const FIRST_COMMUNE: u32 = FIRST_DISTRICT + DISTRICTS;

pub fn tree() -> AreaTree {
    let mut parents = vec![None];
    parents.extend((0..PROVINCES).map(|_| Some(0)));
    parents.extend((0..DISTRICTS).map(|d| match d {
        0..14 => Some(PROVINCE),
        // The others share the rest.
        _ => Some(1 + [0, 2][usize::from(d > 21)] + if d > 21 { (d - 22) * 23 / 187 } else { 0 }),
    }));
    parents.extend((0..COMMUNES).map(|c| Some(FIRST_DISTRICT + c * DISTRICTS / COMMUNES)));
    AreaTree::new(&parents).expect("parents come first")
}

pub fn empty(measures: u32) -> Cube {
    let mut cube = Cube::new(tree());
    let dimension = |size| Dimension { size, additive: true };
    let shape = Shape::new(vec![dimension(2), dimension(6)]).expect("two small dimensions");
    for _ in 0..measures {
        cube.add_measure(Measure { shape: shape.clone(), place: PlaceRule::Sum, time: TimeRule::Sum });
    }
    cube
}

/// Of 64 bits; good enough to draw counts.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn part(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, end: u32) -> u32 {
        (self.part() * f64::from(end)) as u32
    }

    /// About Poisson: a bell around the mean with its width.
    fn count(&mut self, mean: f64) -> f64 {
        let bell = self.part() + self.part() + self.part() + self.part() - 2.0;
        (mean + bell * 1.73 * mean.sqrt()).round().max(0.0)
    }
}

/// Means by indicator, commune and category.
struct Effects {
    indicator: Vec<f64>,
    commune: Vec<f64>,
    category: Vec<f64>,
}

impl Effects {
    fn new(measures: u32, (low, high): (f64, f64)) -> Self {
        let mut dice = Dice(88_172_645_463_325_252);
        let mut spread = |count: u32, low: f64, high: f64| -> Vec<f64> {
            (0..count).map(|_| low * (high / low).powf(dice.part())).collect()
        };
        Self {
            indicator: spread(measures, low, high),
            commune: spread(COMMUNES, 0.4, 2.5),
            category: spread(12, 0.5, 2.0),
        }
    }

    fn row(&self, dice: &mut Dice, measure: u32, commune: u32, cells: &mut [Option<f64>]) {
        let mean = self.indicator[measure as usize] * self.commune[commune as usize];
        for (n, &effect) in self.category.iter().enumerate() {
            // Sex by age, without the two "not stated".
            let missing = dice.below(20) == 0;
            cells[n / 6 * 7 + n % 6] = (!missing).then(|| dice.count(mean * effect));
        }
    }
}

pub fn commune(number: u32) -> u32 {
    FIRST_COMMUNE + number
}

/// The country, the provinces and the districts.
pub fn units() -> Vec<u32> {
    (0..FIRST_COMMUNE).collect()
}

/// Means of the indicators. Nearly half of these indicators fit into 8 bits, the others into 16.
pub const USUAL: (f64, f64) = (2.0, 200.0);
/// Means at which every indicator needs 16 bits.
pub const LARGE: (f64, f64) = (120.0, 2_000.0);

/// Calls `each` with the rows of every commune in every quarter, as returns arrive.
pub fn returns(measures: u32, means: (f64, f64), mut each: impl FnMut(&[Row<'_>])) {
    let effects = Effects::new(measures, means);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut cells = vec![None; measures as usize * COMBINATIONS];
    for period in 0..QUARTERS {
        for number in 0..COMMUNES {
            for (measure, cells) in (0..measures).zip(cells.chunks_mut(COMBINATIONS)) {
                effects.row(&mut dice, measure, number, cells);
            }
            let rows: Vec<Row<'_>> = (0..measures)
                .zip(cells.chunks(COMBINATIONS))
                .map(|(measure, cells)| Row { measure, period, area: commune(number), cells })
                .collect();
            each(&rows);
        }
    }
}

pub fn loaded(measures: u32) -> Cube {
    let mut cube = empty(measures);
    returns(measures, USUAL, |rows| cube.load(rows).expect("rows are made for this cube"));
    cube
}

pub fn q1(cube: &Cube) -> Cells {
    ask(cube, 7, Areas::One(0), Periods::all(), KEEP_SEX)
}

pub fn q2(cube: &Cube) -> Cells {
    ask(cube, 7, Areas::AtLevel { within: 0, level: 1 }, Periods::one(14), 0)
}

pub fn q3(cube: &Cube) -> usize {
    let districts = Areas::ChildrenOf(PROVINCE);
    (0..cube.measures()).map(|m| ask(cube, m, districts, Periods::one(14), KEEP_SEX).len()).sum()
}

pub fn q4(cube: &Cube) -> usize {
    (0..cube.measures()).map(|m| ask(cube, m, Areas::One(0), Periods::all(), 0).len()).sum()
}

/// The publication cube; `at_once` measures in one question. Gives the number of cells with a value.
pub fn q5(cube: &Cube, at_once: u32) -> usize {
    let keeps = vec![0, KEEP_SEX, KEEP_AGE, KEEP_SEX | KEEP_AGE];
    let measures: Vec<u32> = (0..cube.measures()).collect();
    let ask = |measures: &[u32]| {
        let (measures, keeps) = (measures.to_vec(), keeps.clone());
        let ask = Margins { measures, periods: Periods::all(), areas: units(), keeps };
        let cells = |block: &Block| -> usize {
            (0..block.columns.len()).flat_map(|column| block.present(column)).filter(|&&n| n > 0).count()
        };
        cube.margins(&ask, cells).expect("the cube has it").into_iter().sum::<usize>()
    };
    measures.chunks(at_once as usize).map(ask).sum()
}

fn ask(cube: &Cube, measure: u32, areas: Areas, periods: Periods, keep: u32) -> Cells {
    let query = Query { measure, areas, periods, time: Time::PerPeriod, keep };
    cube.query(&query).expect("the cube has it")
}

/// 1,000 corrected values, a tenth of them in indicator 7.
pub fn corrections(cube: &Cube) -> Vec<Change> {
    let mut dice = Dice(7);
    let correction = |n: u32| Change {
        measure: if n.is_multiple_of(10) { 7 } else { dice.below(cube.measures()) },
        period: dice.below(QUARTERS),
        area: commune(dice.below(COMMUNES)),
        combination: { dice.below(2) * 7 + dice.below(6) },
        value: Some(f64::from(dice.below(200))),
    };
    (0..1_000).map(correction).collect()
}
