//! The loops that add up lanes: the only place where all numbers of a national load pass by. It refuses to know areas
//! and rules of time.

use std::ops::{AddAssign, Range};

use crate::PlaceRule;
use crate::lane::Lane;
use crate::stored::Stored;

/// What rows add up to: their value and how many of them have any number in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sum {
    pub(crate) value: f64,
    pub(crate) present: u32,
}

impl Sum {
    /// Combines with what comes behind it. The order counts: sums of fractions depend on it, and the same data must
    /// give the same figure however it is kept.
    pub(crate) fn add(&mut self, more: Self, rule: PlaceRule) {
        self.value = match (self.present, rule) {
            (0, _) => more.value,
            (_, PlaceRule::Max) => self.value.max(more.value),
            (_, PlaceRule::Sum | PlaceRule::OnlyWhereMeasured) => self.value + more.value,
        };
        self.present += more.present;
    }
}

/// A word to add up in: for a few numbers, then for a whole tile.
pub(crate) trait Adder<T>: Copy + Default + AddAssign + From<T> {
    type Tile: Copy + Default + AddAssign + From<Self> + Into<u64>;
}

impl Adder<u8> for u16 {
    type Tile = u32;
}

impl Adder<u8> for u32 {
    type Tile = u64;
}

impl Adder<u16> for u16 {
    type Tile = u32;
}

impl Adder<u16> for u32 {
    type Tile = u64;
}

impl Adder<u32> for u64 {
    type Tile = u64;
}

/// Rows at a time; what a compiler turns into a handful of vector registers.
const WIDE: usize = 32;
const NARROW: usize = 8;

/// Adds up a group of lanes over rows. Exact as long as the numbers of `tiles` rows, at least one, fit into `A`.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn whole<T: Stored, A: Adder<T>>(lanes: &[&Lane<T>], rows: Range<usize>, tiles: usize) -> Sum {
    let mut sum = 0;
    let mut at = rows.start;
    while at + WIDE <= rows.end {
        let end = rows.end.min(at + tiles * WIDE);
        let end = end - (end - at) % WIDE;
        sum += total::<T, A, WIDE>(&add(lanes, at..end), 0);
        at = end;
    }
    while at + NARROW <= rows.end {
        sum += total::<T, A, NARROW>(&add(lanes, at..at + NARROW), 0);
        at += NARROW;
    }
    if at < rows.end {
        // The end of the tile that ends with the rows; there is none at the very beginning.
        sum += match rows.end.checked_sub(NARROW) {
            Some(from) => total::<T, A, NARROW>(&add(lanes, from..rows.end), at - from),
            None => lanes
                .iter()
                .flat_map(|lane| &lane.cells()[at..rows.end])
                .map(|&c| A::Tile::from(A::from(c)).into())
                .sum(),
        };
    }
    // Exact below 2^53.
    Sum { value: sum as f64, present: present(lanes, rows) }
}

/// The rows of a range, which is a number of tiles, added up at each place of the tile.
#[inline(always)]
fn add<T: Stored, A: Adder<T>, const N: usize>(lanes: &[&Lane<T>], rows: Range<usize>) -> [A; N] {
    let mut sums = [A::default(); N];
    for lane in lanes {
        for cells in lane.cells()[rows.clone()].as_chunks::<N>().0 {
            for n in 0..N {
                sums[n] += A::from(cells[n]);
            }
        }
    }
    sums
}

#[inline(always)]
fn total<T, A: Adder<T>, const N: usize>(sums: &[A; N], without: usize) -> u64 {
    let mut total = A::Tile::default();
    for (n, &sum) in sums.iter().enumerate() {
        total += A::Tile::from(if n >= without { sum } else { A::default() });
    }
    total.into()
}

/// How many of the rows have a number in any of the lanes.
pub(crate) fn present<T: Stored>(lanes: &[&Lane<T>], rows: Range<usize>) -> u32 {
    let (first, end) = (rows.start / 64, rows.end.div_ceil(64));
    let mut count = 0;
    let mut word = first;
    while word < end {
        // All words but the first and the last are whole, so most blocks are.
        if word + BLOCK <= end {
            let mut there = [0; BLOCK];
            for lane in lanes {
                if let Some(words) = lane.there()[word..].first_chunk::<BLOCK>() {
                    (0..BLOCK).for_each(|n| there[n] |= words[n]);
                }
            }
            there[0] &= inside(word, &rows);
            there[BLOCK - 1] &= inside(word + BLOCK - 1, &rows);
            let mut counts = [0; BLOCK];
            (0..BLOCK).for_each(|n| counts[n] = u64::from(there[n].count_ones()));
            count += counts.iter().sum::<u64>();
            word += BLOCK;
        } else {
            let there = lanes.iter().fold(0, |all, lane| all | lane.there()[word]);
            count += u64::from((there & inside(word, &rows)).count_ones());
            word += 1;
        }
    }
    // No more than there are rows.
    #[allow(clippy::cast_possible_truncation)]
    let count = count as u32;
    count
}

/// Words at a time.
const BLOCK: usize = 8;

/// The bits of a word that stand for rows of a range, of which at least one is in the word.
#[inline(always)]
fn inside(word: usize, rows: &Range<usize>) -> u64 {
    let from = rows.start.saturating_sub(word * 64);
    let beyond = (word * 64 + 64).saturating_sub(rows.end);
    u64::MAX << from & u64::MAX >> beyond
}

/// Adds up a group of lanes of any width over rows, by any rule. A row is added up first, then row after row.
pub(crate) fn any<T: Stored>(lanes: &[&Lane<T>], rows: Range<usize>, rule: PlaceRule, total: &mut Sum) {
    let mut at = rows.start;
    while at < rows.end {
        // No further than the word that tells what is there.
        let len = (64 - at % 64).min(rows.end - at);
        let mut values = [0.0; 64];
        for lane in lanes {
            for (value, cell) in values.iter_mut().zip(&lane.cells()[at..at + len]) {
                *value += cell.number();
            }
        }
        let there = lanes.iter().fold(0, |all, lane| all | lane.there()[at / 64]) >> (at % 64);
        for (n, value) in values.into_iter().enumerate().take(len) {
            if there >> n & 1 == 1 {
                total.add(Sum { value, present: 1 }, rule);
            }
        }
        at += len;
    }
}
