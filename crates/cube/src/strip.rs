//! All rows of a group of lanes added up one after the other, so that any range of rows is a difference. Pays when many
//! areas are asked for; whole numbers only, because differences of fractions are not exact. It refuses to know areas.

use std::ops::Range;

use crate::kernel::Sum;
use crate::lane::Lane;
use crate::stored::Stored;

/// Made anew for each group; kept to use its memory again.
#[derive(Debug, Default)]
pub(crate) struct Strip {
    rows: Vec<u32>,
    there: Vec<u64>,
    /// For the rows before each row: what they add up to, and above that how many have any number. One more than there
    /// are rows.
    before: Vec<u64>,
}

/// Bits for the sum; the others are for the count.
const SUM: u32 = 40;

impl Strip {
    /// Whether so many rows with so large a sum in one row can be added up here.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn fits(rows: usize, largest_row: f64) -> bool {
        let all = largest_row * rows as f64;
        rows < 1 << (64 - SUM) && largest_row <= f64::from(u32::MAX) && all < (1_u64 << SUM) as f64
    }

    /// Adds up what [`Strip::fits`].
    pub(crate) fn fill<T: Stored + Into<u32>>(&mut self, lanes: &[&Lane<T>]) {
        self.rows.clear();
        self.there.clear();
        if let Some(first) = lanes.first() {
            self.rows.extend(first.cells().iter().map(|&cell| -> u32 { cell.into() }));
            self.there.extend(first.there());
        }
        for lane in lanes.iter().skip(1) {
            self.rows.iter_mut().zip(lane.cells()).for_each(|(sum, &cell)| *sum += cell.into());
            self.there.iter_mut().zip(lane.there()).for_each(|(all, there)| *all |= there);
        }
        // All but the first, which is always zero, are written below.
        self.before.resize(self.rows.len() + 1, 0);
        let mut all = 0;
        let blocks = self.before[1..].chunks_mut(64).zip(self.rows.chunks(64)).zip(&self.there);
        for ((before, rows), &there) in blocks {
            // Mostly someone in each row has said something, and then there is no bit to look at.
            if there == u64::MAX {
                for (before, &row) in before.iter_mut().zip(rows) {
                    all += u64::from(row) + (1 << SUM);
                    *before = all;
                }
                continue;
            }
            let mut there = there;
            for (before, &row) in before.iter_mut().zip(rows) {
                all += u64::from(row) + ((there & 1) << SUM);
                there >>= 1;
                *before = all;
            }
        }
    }

    pub(crate) fn sum(&self, rows: &Range<usize>) -> Sum {
        // The sum below never borrows from the count above.
        let both = self.before[rows.end] - self.before[rows.start];
        // Exact below 2^53, and there are fewer rows than a u32 counts.
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        let (value, present) = ((both & ((1 << SUM) - 1)) as f64, (both >> SUM) as u32);
        Sum { value, present }
    }
}
