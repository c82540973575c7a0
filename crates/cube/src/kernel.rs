//! The loops that add up lanes: the only place where all numbers of a national load pass by. It refuses to know areas
//! and rules of time.

use std::ops::{AddAssign, BitOr, Range};

use crate::PlaceRule;
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

/// Words that are kept one larger, with 0 for missing.
pub(crate) trait Word: Stored + BitOr<Output = Self> + PartialEq {
    /// The number, or 0 for missing.
    fn number(self) -> Self;
}

impl Word for u8 {
    #[inline(always)]
    fn number(self) -> Self {
        self.saturating_sub(1)
    }
}

impl Word for u16 {
    #[inline(always)]
    fn number(self) -> Self {
        self.saturating_sub(1)
    }
}

/// A word to add up in: for one row, then for many.
pub(crate) trait Adder<T>: Copy + Default + AddAssign + From<T> {
    type Many: Copy + Default + AddAssign + From<Self> + Into<u64>;
}

impl Adder<u8> for u16 {
    type Many = u32;
}

impl Adder<u8> for u32 {
    type Many = u64;
}

impl Adder<u16> for u16 {
    type Many = u32;
}

impl Adder<u16> for u32 {
    type Many = u64;
}

/// Rows at a time; what a compiler turns into a handful of vector registers.
const WIDE: usize = 32;
const NARROW: usize = 8;
/// So many tiles fit into the counters and sums of [`many`].
const TILES: usize = 60_000;

/// Adds up a group of lanes over rows; exact as long as a row fits into `A`.
pub(crate) fn whole<T: Word, A: Adder<T>>(lanes: &[&[T]], rows: Range<usize>) -> Sum {
    let mut total = (0, 0);
    let mut at = rows.start;
    while at + WIDE <= rows.end {
        let tiles = ((rows.end - at) / WIDE).min(TILES);
        many::<T, A>(lanes, at, tiles, &mut total);
        at += tiles * WIDE;
    }
    while at + NARROW <= rows.end {
        few::<T, A>(lanes, at, 0, &mut total);
        at += NARROW;
    }
    if at < rows.end {
        rest::<T, A>(lanes, at..rows.end, &mut total);
    }
    let (sum, present) = total;
    // Exact below 2^53.
    #[allow(clippy::cast_precision_loss)]
    Sum { value: sum as f64, present }
}

#[inline(always)]
fn tile<T: Word, A: Adder<T>, const N: usize>(lanes: &[&[T]], at: usize) -> ([A; N], [T; N]) {
    let (mut sums, mut any) = ([A::default(); N], [T::default(); N]);
    for lane in lanes {
        // Every lane has all rows; asking once for a whole tile spares a test for each number.
        let Some(cells) = lane.get(at..).and_then(|cells| cells.first_chunk::<N>()) else { continue };
        for n in 0..N {
            sums[n] += A::from(cells[n].number());
            any[n] = any[n] | cells[n];
        }
    }
    (sums, any)
}

fn many<T: Word, A: Adder<T>>(lanes: &[&[T]], at: usize, tiles: usize, total: &mut (u64, u32)) {
    let (mut sums, mut counts) = ([A::Many::default(); WIDE], [0_u16; WIDE]);
    for tile_number in 0..tiles {
        let (row, any) = tile::<T, A, WIDE>(lanes, at + tile_number * WIDE);
        for n in 0..WIDE {
            sums[n] += A::Many::from(row[n]);
            counts[n] += u16::from(any[n] != T::MISSING);
        }
    }
    total.0 += sums.iter().map(|&sum| sum.into()).sum::<u64>();
    total.1 += counts.iter().map(|&count| u32::from(count)).sum::<u32>();
}

/// One narrow tile without its first rows.
#[inline(always)]
fn few<T: Word, A: Adder<T>>(lanes: &[&[T]], at: usize, without: usize, total: &mut (u64, u32)) {
    let (sums, any) = tile::<T, A, NARROW>(lanes, at);
    for n in 0..NARROW {
        let counts = u32::from(n >= without);
        total.0 += A::Many::from(sums[n]).into() * u64::from(counts);
        total.1 += u32::from(any[n] != T::MISSING) * counts;
    }
}

/// Fewer rows than a narrow tile: the end of the tile that ends with them.
fn rest<T: Word, A: Adder<T>>(lanes: &[&[T]], rows: Range<usize>, total: &mut (u64, u32)) {
    if let Some(at) = rows.end.checked_sub(NARROW) {
        return few::<T, A>(lanes, at, rows.start - at, total);
    }
    for row in rows {
        let cells = || lanes.iter().map(|lane| lane[row]);
        total.0 += cells().map(|cell| A::Many::from(A::from(cell.number())).into()).sum::<u64>();
        total.1 += u32::from(cells().any(|cell| cell != T::MISSING));
    }
}

/// Adds up a group of lanes of any width over rows, by any rule. A row is added up first, then row after row.
pub(crate) fn any<T: Stored>(lanes: &[&[T]], rows: Range<usize>, rule: PlaceRule, total: &mut Sum) {
    const BLOCK: usize = 64;
    let mut at = rows.start;
    while at < rows.end {
        let len = (rows.end - at).min(BLOCK);
        let (mut values, mut there) = ([0.0; BLOCK], [false; BLOCK]);
        for lane in lanes {
            for ((value, there), cell) in values.iter_mut().zip(&mut there).zip(&lane[at..at + len]) {
                *value += cell.or_zero();
                *there |= !cell.is_missing();
            }
        }
        for (value, there) in values.into_iter().zip(there) {
            if there {
                total.add(Sum { value, present: 1 }, rule);
            }
        }
        at += len;
    }
}
