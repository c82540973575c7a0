//! One column of numbers, some of which may be missing. It refuses to know whose they are.

use crate::stored::Stored;

/// Numbers, and a bit for each that is there. One that is missing is kept as zero, so that adding up needs no test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lane<T> {
    cells: Vec<T>,
    /// Bits beyond the cells are zero.
    there: Vec<u64>,
}

impl<T: Stored> Lane<T> {
    /// Missing numbers.
    pub(crate) fn blank(rows: usize) -> Self {
        Self { cells: vec![T::default(); rows], there: vec![0; rows.div_ceil(64)] }
    }

    /// Refuses what is not as it should be: other lengths, bits beyond, missing numbers that are not zero.
    pub(crate) fn of_parts(cells: Vec<T>, there: Vec<u64>) -> Option<Self> {
        let rest = cells.len() % 64;
        let ends = rest == 0 || there.last().is_some_and(|last| last >> rest == 0);
        let lane = Self { cells, there };
        let fits = ends && lane.there.len() == lane.cells.len().div_ceil(64);
        let zero = |(cells, &there): (&[T], &u64)| {
            let zero = |(n, &cell): (usize, &T)| there >> n & 1 == 1 || cell == T::default();
            there == u64::MAX || cells.iter().enumerate().all(zero)
        };
        let zeros = fits && lane.cells.chunks(64).zip(&lane.there).all(zero);
        zeros.then_some(lane)
    }

    pub(crate) fn cells(&self) -> &[T] {
        &self.cells
    }

    pub(crate) fn there(&self) -> &[u64] {
        &self.there
    }

    fn is_there(&self, row: usize) -> bool {
        self.there[row / 64] >> (row % 64) & 1 == 1
    }

    pub(crate) fn get(&self, row: usize) -> Option<f64> {
        self.is_there(row).then(|| self.cells[row].number())
    }

    /// Puts a number or takes it away; says whether one was there.
    pub(crate) fn set(&mut self, row: usize, value: Option<f64>) -> bool {
        let before = self.is_there(row);
        self.cells[row] = value.map_or(T::default(), T::put);
        let word = &mut self.there[row / 64];
        *word = *word & !(1 << (row % 64)) | u64::from(value.is_some()) << (row % 64);
        before
    }

    pub(crate) fn insert(&mut self, row: usize, value: Option<f64>) {
        if self.cells.len() == self.cells.capacity() {
            // Doubling would leave a third of a national load unused.
            self.reserve(self.cells.len() + (self.cells.len() / 8).max(8));
        }
        if self.cells.len().is_multiple_of(64) {
            self.there.push(0);
        }
        self.cells.insert(row, value.map_or(T::default(), T::put));
        let mut carry = u64::from(value.is_some()) << (row % 64);
        let mut keep = !(u64::MAX << (row % 64));
        for word in &mut self.there[row / 64..] {
            let over = *word >> 63;
            *word = *word & keep | (*word & !keep) << 1 | carry;
            (carry, keep) = (over, 0);
        }
    }

    pub(crate) fn remove(&mut self, row: usize) {
        self.cells.remove(row);
        let mut carry = 0;
        for (n, word) in self.there.iter_mut().enumerate().skip(row / 64).rev() {
            let keep = if n == row / 64 { !(u64::MAX << (row % 64)) } else { 0 };
            let under = *word >> (if n == row / 64 { row % 64 } else { 0 }) & 1;
            *word = *word & keep | *word >> 1 & !keep | carry << 63;
            carry = under;
        }
        self.there.truncate(self.cells.len().div_ceil(64));
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        self.there.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The largest number, or 0; not finite if any of them is not.
    pub(crate) fn largest(&self) -> f64 {
        self.cells.iter().map(|cell| cell.number()).fold(0.0, worse)
    }

    /// Room for so many rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.cells.reserve_exact(rows.saturating_sub(self.cells.len()));
        self.there.reserve_exact(rows.div_ceil(64).saturating_sub(self.there.len()));
    }

    /// The same numbers in a width that holds them.
    pub(crate) fn convert<U: Stored>(&self) -> Lane<U> {
        let mut cells = Vec::with_capacity(self.cells.capacity());
        cells.extend(self.cells.iter().map(|cell| U::put(cell.number())));
        Lane { cells, there: self.there.clone() }
    }

    pub(crate) fn memory(&self) -> usize {
        EMPTY + self.cells.capacity() * size_of::<T>() + self.there.capacity() * 8
    }
}

/// The larger one, and one that is not finite before any other.
pub(crate) fn worse(a: f64, b: f64) -> f64 {
    if a.is_finite() && (b > a || !b.is_finite()) { b } else { a }
}

/// What a shared lane costs before there is anything in it: pointer, two counts, two vectors.
pub(crate) const EMPTY: usize = 8 + 16 + 48;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_list_of_optional_numbers(
            start in 0_usize..150,
            moves in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..3, any::<Option<u8>>()), 0..60),
        ) {
            let mut lane: Lane<u8> = Lane::blank(start);
            let mut list: Vec<Option<u8>> = vec![None; start];
            for (index, how, value) in moves {
                let number = value.map(f64::from);
                let at = index.index(list.len() + 1);
                match (how, at < list.len()) {
                    (0, true) => {
                        prop_assert_eq!(lane.set(at, number), list[at].is_some());
                        list[at] = value;
                    }
                    (1, true) => {
                        lane.remove(at);
                        list.remove(at);
                    }
                    _ => {
                        lane.insert(at, number);
                        list.insert(at, value);
                    }
                }
            }
            let told: Vec<_> = (0..list.len()).map(|row| lane.get(row)).collect();
            prop_assert_eq!(told, list.iter().map(|v| v.map(f64::from)).collect::<Vec<_>>());
            let again = Lane::of_parts(lane.cells().to_vec(), lane.there().to_vec());
            prop_assert!(again.is_some());
        }
    }
}
