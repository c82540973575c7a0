//! The floor: loops written by hand for the national load and for nothing else. Each question has the numbers in the order
//! that it likes best, 16 bits each, and knows how many fit into a word. No other widths, areas, rules or snapshots; but
//! the same answer, so presence is counted.

use std::hint::black_box;
use std::ops::Range;

use super::*;

const CELLS: usize = 12;
const COLUMNS: usize = COMBINATIONS;
const UNITS: usize = (1 + PROVINCES + DISTRICTS) as usize;
const ROWS: usize = COMMUNES as usize;
const WORDS: usize = ROWS.div_ceil(64);
/// Rows that are added up side by side.
const WIDE: usize = 32;
/// Cells and columns, and some for whole registers.
const ROW: usize = 16;
const WIDTH: usize = 24;

pub struct Floor {
    /// By measure, quarter, category and commune; 0 where there is none. Beside them a bit for each that is there.
    columns: Vec<u16>,
    there: Vec<u64>,
    /// By measure, quarter, commune and category. Beside them a bit for each category that is there.
    rows: Vec<[u16; ROW]>,
    masks: Vec<u16>,
    /// The communes of each district, which stand together, and its province.
    districts: Vec<(Range<usize>, usize)>,
    /// For each mask the columns of Q5 that have a value.
    told: Vec<[u8; WIDTH]>,
}

impl Floor {
    pub fn loaded(measures: u32, means: (f64, f64)) -> Self {
        let slices = (measures * QUARTERS) as usize;
        let mut floor = Self {
            columns: vec![0; slices * CELLS * ROWS],
            there: vec![0; slices * CELLS * WORDS],
            rows: vec![[0; ROW]; slices * ROWS],
            masks: vec![0; slices * ROWS],
            districts: districts(),
            told: (0..1 << CELLS).map(told).collect(),
        };
        returns(measures, means, |rows| {
            for row in rows {
                let commune = (row.area - FIRST_COMMUNE) as usize;
                let slice = (row.measure * QUARTERS + row.period) as usize;
                let asked = row.cells.chunks(7).take(2).flat_map(|ages| &ages[..6]);
                for (n, value) in asked.enumerate() {
                    let Some(value) = value else { continue };
                    floor.columns[(slice * CELLS + n) * ROWS + commune] = *value as u16;
                    floor.there[(slice * CELLS + n) * WORDS + commune / 64] |= 1 << (commune % 64);
                    floor.rows[slice * ROWS + commune][n] = *value as u16;
                    floor.masks[slice * ROWS + commune] |= 1 << n;
                }
            }
        });
        floor
    }

    /// One indicator by quarter and sex: the sum, and how many communes gave any number.
    pub fn q1(&self, measure: usize) -> [(u64, u32); 40] {
        std::array::from_fn(|n| {
            let first = (measure * QUARTERS as usize + n / 2) * CELLS + n % 2 * 6;
            let lanes: [&[u16]; 6] = std::array::from_fn(|n| &self.columns[(first + n) * ROWS..][..ROWS]);
            let mut sums = [0_u32; WIDE];
            for at in (0..ROWS / WIDE).map(|tile| tile * WIDE) {
                let mut tile = [0_u16; WIDE];
                for lane in lanes {
                    (0..WIDE).for_each(|n| tile[n] += lane[at..at + WIDE][n]);
                }
                (0..WIDE).for_each(|n| sums[n] += u32::from(tile[n]));
            }
            let rest = lanes.iter().flat_map(|lane| &lane[ROWS / WIDE * WIDE..]).map(|&v| u64::from(v)).sum::<u64>();
            let there = &self.there[first * WORDS..][..6 * WORDS];
            let any = |word: usize| (0..6).fold(0, |all, n| all | there[n * WORDS + word]);
            let present = (0..WORDS).map(|word| any(word).count_ones()).sum();
            (sums.iter().map(|&sum| u64::from(sum)).sum::<u64>() + rest, present)
        })
    }

    /// The publication cube: twelve cells, two sexes, six ages and all. Gives how many cells have a value.
    pub fn q5(&self) -> usize {
        let (mut sums, mut present) = (vec![[0_u32; WIDTH]; UNITS], vec![[0_u32; WIDTH]; UNITS]);
        let mut cells = 0;
        for (rows, masks) in self.rows.chunks(ROWS).zip(self.masks.chunks(ROWS)) {
            sums.fill([0; WIDTH]);
            present.fill([0; WIDTH]);
            for (d, (communes, province)) in self.districts.iter().enumerate() {
                let (mut parts, mut counts) = ([0_u32; ROW], [0_u8; WIDTH]);
                for (row, mask) in rows[communes.clone()].iter().zip(&masks[communes.clone()]) {
                    (0..ROW).for_each(|n| parts[n] += u32::from(row[n]));
                    let told = &self.told[usize::from(*mask)];
                    (0..WIDTH).for_each(|n| counts[n] += told[n]);
                }
                let mut all = [0_u32; WIDTH];
                all[..CELLS].copy_from_slice(&parts[..CELLS]);
                for age in 0..6 {
                    all[14 + age] = parts[age] + parts[6 + age];
                    all[12] += parts[age];
                    all[13] += parts[6 + age];
                }
                all[20] = all[12] + all[13];
                let unit = FIRST_DISTRICT as usize + d;
                (sums[unit], present[unit]) = (all, counts.map(u32::from));
                add(&mut sums, *province, unit);
                add(&mut present, *province, unit);
            }
            for province in 1..=PROVINCES as usize {
                add(&mut sums, 0, province);
                add(&mut present, 0, province);
            }
            cells += black_box(&present).iter().flatten().map(|n| u32::from(*n > 0)).sum::<u32>() as usize;
            black_box(&sums);
        }
        cells
    }
}

fn add(units: &mut [[u32; WIDTH]], to: usize, from: usize) {
    let more = units[from];
    (0..WIDTH).for_each(|n| units[to][n] += more[n]);
}

fn districts() -> Vec<(Range<usize>, usize)> {
    let tree = tree();
    let mut districts: Vec<(Range<usize>, usize)> = Vec::new();
    for commune in 0..COMMUNES {
        let (at, district) = (commune as usize, commune * DISTRICTS / COMMUNES);
        match districts.get_mut(district as usize) {
            Some((range, _)) => range.end = at + 1,
            None => {
                let province = tree.ancestors(FIRST_DISTRICT + district).next().expect("in a province");
                districts.push((at..at + 1, province as usize));
            }
        }
    }
    districts
}

/// The columns that have a value where these categories have one.
fn told(mask: usize) -> [u8; WIDTH] {
    std::array::from_fn(|n| {
        let of = |c: usize| match n {
            0..12 => c == n,
            12..14 => c / 6 == n - 12,
            14..20 => c % 6 == n - 14,
            _ => n == COLUMNS - 1,
        };
        u8::from((0..CELLS).any(|c| mask >> c & 1 == 1 && of(c)))
    })
}
