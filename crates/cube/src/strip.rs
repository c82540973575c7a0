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
    /// Sum of the rows before each row; one more than there are rows.
    sums: Vec<u64>,
    there: Vec<u64>,
    /// Rows with a number in the words before each word.
    before: Vec<u32>,
}

impl Strip {
    /// Exact if the numbers of one row fit into 32 bits.
    pub(crate) fn fill<T: Stored + Into<u32>>(&mut self, lanes: &[&Lane<T>]) {
        let rows = lanes.first().map_or(0, |lane| lane.cells().len());
        self.rows.clear();
        self.rows.resize(rows, 0);
        self.there.clear();
        // One word more, so that the place behind the last row can be asked for.
        self.there.resize(rows / 64 + 1, 0);
        for lane in lanes {
            self.rows.iter_mut().zip(lane.cells()).for_each(|(sum, &cell)| *sum += cell.into());
            self.there.iter_mut().zip(lane.there()).for_each(|(all, there)| *all |= there);
        }
        self.sums.clear();
        self.sums.push(0);
        let mut sum = 0;
        self.sums.extend(self.rows.iter().map(|&row| {
            sum += u64::from(row);
            sum
        }));
        self.before.clear();
        let mut count = 0;
        self.before.extend(self.there.iter().map(|word| {
            let before = count;
            count += word.count_ones();
            before
        }));
    }

    pub(crate) fn sum(&self, rows: &Range<usize>) -> Sum {
        let sum = self.sums[rows.end] - self.sums[rows.start];
        // Exact below 2^53.
        #[allow(clippy::cast_precision_loss)]
        Sum { value: sum as f64, present: self.rank(rows.end) - self.rank(rows.start) }
    }

    fn rank(&self, row: usize) -> u32 {
        let below = self.there[row / 64] & !(u64::MAX << (row % 64));
        self.before[row / 64] + below.count_ones()
    }
}
