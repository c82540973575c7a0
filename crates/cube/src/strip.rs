//! Lanes added up from the first mark to each other one, once for all breakdowns and areas of a question. Pays when many
//! areas are asked for; whole numbers only, because differences of fractions are not exact. It refuses to know areas.

use std::ops::Range;

use crate::kernel::Adder;
use crate::lane::Lane;
use crate::marks::{Marks, WIDE};
use crate::stored::Stored;

/// The *parts* are the finest groups of lanes that any breakdown needs; the others are made of these. Made anew for
/// each slice; kept to use its memory again.
#[derive(Debug, Default)]
pub(crate) struct Strip {
    /// By part and mark: what the rows before the mark add up to. In chunks, of which the last is filled up with zeros.
    sums: Vec<[f64; CHUNK]>,
    /// How many chunks a part has.
    chunks: usize,
    /// By part: a bit for each row that has any number.
    there: Vec<u64>,
    words: usize,
    /// For one part: its rows.
    rows: Vec<u32>,
    /// For one column, as for a part.
    column: Vec<[f64; CHUNK]>,
    any: Vec<u64>,
    counts: Vec<u32>,
}

/// Marks at a time.
const CHUNK: usize = 8;

impl Strip {
    /// Whether so many rows of so many parts can be added up here, given the largest sum of one row of a part.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn fits(rows: usize, parts: usize, largest_row: f64) -> bool {
        let all = largest_row * rows as f64 * parts as f64;
        rows >= WIDE && largest_row <= f64::from(u32::MAX) && all < (1_u64 << 53) as f64
    }

    /// Adds up what [`Strip::fits`]: `parts` are stretches of the lanes.
    pub(crate) fn fill<T: Masked, A: Adder<T>>(
        &mut self,
        lanes: &[&Lane<T>],
        parts: &[(u32, Range<usize>)],
        marks: &Marks,
    ) {
        let Self { sums, chunks, there, words, rows, .. } = self;
        *chunks = marks.rows.len().div_ceil(CHUNK);
        *words = lanes.first().map_or(0, |lane| lane.there().len());
        // What is there from the last time is written over.
        sums.resize(parts.len() * *chunks, [0.0; CHUNK]);
        there.clear();
        let (mut windows, mut wide) = (Vec::with_capacity(marks.windows.len()), Vec::new());
        for (part, (_, lanes_of)) in parts.iter().enumerate() {
            let lanes = &lanes[lanes_of.clone()];
            either(there, lanes.iter().map(|lane| lane.there()));
            let sums = sums[part * *chunks..][..*chunks].as_flattened_mut();
            if let [lane] = lanes {
                run::<T, A>(lane.cells(), marks, &mut windows, sums);
            } else {
                add_rows(rows, lanes);
                run::<u32, u64>(rows, marks, &mut wide, sums);
            }
        }
    }

    /// What some of the parts add up to, for each span of the marks: values, and rows that have any.
    pub(crate) fn column(&mut self, parts: &[usize], marks: &Marks, values: &mut [f64], present: &mut [u32]) {
        let Self { sums, chunks, there, words, column, any, counts, .. } = self;
        let one = |part: usize| (&sums[part * *chunks..][..*chunks], &there[part * *words..][..*words]);
        let (sums, there) = match parts {
            [part] => one(*part),
            _ => {
                column.clear();
                column.extend((0..*chunks).map(|chunk| add_up(parts.iter().map(|&part| &one(part).0[chunk]))));
                any.clear();
                either(any, parts.iter().map(|&part| one(part).1));
                (column.as_slice(), any.as_slice())
            }
        };
        marks.differences(sums.as_flattened(), values);
        marks.count(there, counts);
        marks.differences(counts, present);
    }
}

fn add_up<'a>(chunks: impl Iterator<Item = &'a [f64; CHUNK]>) -> [f64; CHUNK] {
    let mut sums = [0.0; CHUNK];
    for chunk in chunks {
        (0..CHUNK).for_each(|n| sums[n] += chunk[n]);
    }
    sums
}

/// Appends the bits that any of these have.
fn either<'a>(to: &mut Vec<u64>, mut of: impl Iterator<Item = &'a [u64]>) {
    let from = to.len();
    to.extend(of.next().unwrap_or_default());
    for more in of {
        to[from..].iter_mut().zip(more).for_each(|(all, more)| *all |= more);
    }
}

/// Replaces what is in `to` by the sums of each row.
fn add_rows<T: Stored + Into<u32>>(to: &mut Vec<u32>, lanes: &[&Lane<T>]) {
    to.clear();
    if let Some((first, more)) = lanes.split_first() {
        to.extend(first.cells().iter().map(|&cell| -> u32 { cell.into() }));
        for lane in more {
            to.iter_mut().zip(lane.cells()).for_each(|(sum, &cell)| *sum += cell.into());
        }
    }
}

/// A whole number that a mask can hide.
pub(crate) trait Masked: Stored + Into<u32> {
    /// The number where the mask is -1, zero where it is 0.
    fn masked(self, mask: i8) -> Self;
}

impl Masked for u8 {
    fn masked(self, mask: i8) -> Self {
        self & mask.cast_unsigned()
    }
}

impl Masked for u16 {
    fn masked(self, mask: i8) -> Self {
        self & i16::from(mask).cast_unsigned()
    }
}

impl Masked for u32 {
    fn masked(self, mask: i8) -> Self {
        self & i32::from(mask).cast_unsigned()
    }
}

/// The sums before each mark. Looks at the same number of rows for each window, whatever its length, so that nothing
/// depends on a guess.
#[allow(clippy::cast_precision_loss)]
fn run<T: Masked, A: Adder<T>>(rows: &[T], marks: &Marks, windows: &mut Vec<A>, sums: &mut [f64]) {
    windows.clear();
    windows.extend(marks.windows.iter().map(|window| {
        let mut sum = A::default();
        if let Some(cells) = rows[window.row as usize..].first_chunk::<WIDE>() {
            (0..WIDE).for_each(|n| sum += A::from(cells[n].masked(window.mask[n])));
        }
        sum
    }));
    let mut all = 0_u64;
    sums[0] = 0.0;
    for (window, &sum) in marks.windows.iter().zip(&*windows) {
        all += A::Tile::from(sum).into();
        // Below 2^53; the last window before a mark has the last word.
        sums[window.mark as usize] = all.cast_signed() as f64;
    }
}
