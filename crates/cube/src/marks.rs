//! Rows before which sums are wanted, so that every span of rows that is asked for lies between two of them. It refuses
//! to know areas.

use std::ops::{Range, Sub};

#[derive(Debug)]
pub(crate) struct Marks {
    /// Sorted, each once.
    pub(crate) rows: Vec<u32>,
    /// All rows between the first mark and the last, in order.
    pub(crate) windows: Vec<Window>,
    /// Spans that follow each other, as given and among the marks.
    runs: Vec<Run>,
    /// The other spans, each with the marks where it begins and ends.
    others: Vec<(u32, u32, u32)>,
    /// By row, in words: how many marks are at it or before it. Where a word has no row: all.
    seats: Vec<[u32; 64]>,
    len: usize,
}

/// Some of the rows just before a mark, and how to hide others.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) row: u32,
    pub(crate) mark: u32,
    pub(crate) mask: [i8; WIDE],
}

/// Rows of a window.
pub(crate) const WIDE: usize = 8;

#[derive(Debug)]
struct Run {
    span: usize,
    mark: usize,
    len: usize,
}

/// Bits of a word that are looked for before it is asked whether there are any.
const FEW: usize = 4;

/// From so many spans on a run is worth its start.
const RUN: usize = 3;

impl Marks {
    /// Of spans of so many rows.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn new(spans: &[Range<usize>], rows: usize) -> Self {
        let mut marks: Vec<u32> = spans.iter().flat_map(|span| [span.start as u32, span.end as u32]).collect();
        marks.sort_unstable();
        marks.dedup();
        let find = |row: usize| marks.partition_point(|&mark| (mark as usize) < row) as u32;
        let between: Vec<(u32, u32)> = spans.iter().map(|span| (find(span.start), find(span.end))).collect();
        let (mut runs, mut others) = (Vec::new(), Vec::new());
        let mut span = 0;
        for run in between.chunk_by(|a, b| a.1 == a.0 + 1 && *b == (a.1, a.1 + 1)) {
            if run.len() >= RUN {
                runs.push(Run { span, mark: run[0].0 as usize, len: run.len() });
            } else {
                others.extend((span as u32..).zip(run).map(|(span, &(from, to))| (span, from, to)));
            }
            span += run.len();
        }
        let mut seats = vec![[marks.len() as u32; 64]; rows.div_ceil(64)];
        for (seat, ends) in (1..).zip(marks.windows(2)) {
            seats.as_flattened_mut()[ends[0] as usize..ends[1] as usize].fill(seat);
        }
        let before = marks.first().map_or(0, |&first| first as usize);
        seats.as_flattened_mut()[..before].fill(0);
        Self { windows: windows(&marks, rows), rows: marks, runs, others, seats, len: rows }
    }

    /// For each span the difference of what is at the two marks.
    pub(crate) fn differences<T: Copy + Sub<Output = T>>(&self, at: &[T], to: &mut [T]) {
        for run in &self.runs {
            let (from, until) = (&at[run.mark..][..run.len], &at[run.mark + 1..][..run.len]);
            let pairs = from.iter().zip(until);
            to[run.span..][..run.len].iter_mut().zip(pairs).for_each(|(to, (&a, &b))| *to = b - a);
        }
        for &(span, from, until) in &self.others {
            to[span as usize] = at[until as usize] - at[from as usize];
        }
    }

    /// Replaces what is in `counts` by how many of the rows before each mark are there.
    pub(crate) fn count(&self, there: &[u64], counts: &mut Vec<u32>) {
        counts.clear();
        let present: u32 = there.iter().map(|word| word.count_ones()).sum();
        if present as usize == self.len {
            return counts.extend(&self.rows);
        }
        // One more for rows behind the last mark.
        counts.resize(self.rows.len() + 1, 0);
        // Mostly few are missing, and then it is enough to look at these.
        let few = present as usize * 2 >= self.len;
        for (seats, &there) in self.seats.iter().zip(there) {
            let mut rest = if few { !there } else { there };
            if rest == 0 {
                continue;
            }
            let mut take = || {
                counts[seats[rest.trailing_zeros() as usize % 64] as usize] += u32::from(rest != 0);
                rest &= rest.wrapping_sub(1);
                rest != 0
            };
            // A word mostly has a few, but how many cannot be guessed: so some are looked for in any case.
            (0..FEW).for_each(|_| _ = take());
            while take() {}
        }
        let mut all = 0;
        for count in &mut *counts {
            all += *count;
            *count = all;
        }
        if few {
            counts.iter_mut().zip(&self.rows).for_each(|(n, &row)| *n = row - *n);
        }
    }
}

/// None where there are too few rows for one.
#[allow(clippy::cast_possible_truncation)]
fn windows(marks: &[u32], rows: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    let Some(last) = rows.checked_sub(WIDE) else { return windows };
    for (mark, ends) in (1..).zip(marks.windows(2)) {
        let (from, end) = (ends[0] as usize, ends[1] as usize);
        for from in (from..end).step_by(WIDE) {
            let row = from.min(last);
            let shown = from..end.min(from + WIDE);
            let mask = std::array::from_fn(|n| if shown.contains(&(row + n)) { -1 } else { 0 });
            windows.push(Window { row: row as u32, mark, mask });
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_count_the_rows_of_a_span(
            bits in prop::collection::vec(prop::bool::weighted(0.8), 1..200),
            flip in any::<bool>(),
            spans in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..20),
        ) {
            let there = |row: usize| bits[row] != flip;
            let spans: Vec<Range<usize>> = spans.iter().map(|(a, b)| {
                let (a, b) = (a.index(bits.len() + 1), b.index(bits.len() + 1));
                a.min(b)..a.max(b)
            }).collect();
            let mut words = vec![0; bits.len().div_ceil(64)];
            (0..bits.len()).filter(|&row| there(row)).for_each(|row| words[row / 64] |= 1 << (row % 64));
            let marks = Marks::new(&spans, bits.len());
            let mut counts = Vec::new();
            marks.count(&words, &mut counts);
            let mut told = vec![7; spans.len()];
            marks.differences(&counts, &mut told);
            let naive = spans.iter().map(|span| span.clone().filter(|&row| there(row)).count() as u32);
            prop_assert_eq!(told, naive.collect::<Vec<_>>());
            // Windows show each row between two marks once, before its mark.
            let (from, to) = (marks.rows[0], marks.rows[marks.rows.len() - 1]);
            let shown = |w: &Window| (0..WIDE).filter(|&n| w.mask[n] < 0).map(|n| (w.row + n as u32, w.mark)).collect::<Vec<_>>();
            let shown: Vec<_> = marks.windows.iter().flat_map(shown).collect();
            let all: Vec<_> = (from..to).map(|row| (row, marks.rows.partition_point(|&mark| mark <= row) as u32)).collect();
            prop_assert_eq!(shown, if bits.len() < WIDE { Vec::new() } else { all });
        }
    }
}
