//! What a query answers with. It refuses to know where it came from.

use crate::{CubeError, Shape};

/// Where a cell belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// As in the tree.
    pub area: u32,
    /// Its period. Where periods were rolled into one: the last one with anything observed at or below the area; with
    /// `TimeRule::Last` that is the one that the value is of.
    pub period: u32,
    /// Combination of the kept dimensions, see [`Cells::categories`].
    pub combination: u32,
}

/// A number and how much of what was to come is in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Finite unless a sum overflowed.
    pub value: f64,
    /// Units that are in the value.
    pub present: u32,
    /// Units that should be; never less than `present`.
    pub expected: u32,
}

/// Units that reported and units that should have, see the crate's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Reported, or spoken for.
    pub present: u32,
    /// Never less than `present`.
    pub expected: u32,
}

/// The cells of one answer, sorted by area number, period and combination. There is none where nothing was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    shape: Shape,
    cells: Vec<(Key, Cell)>,
}

impl Cells {
    pub(crate) fn new(shape: Shape, mut cells: Vec<(Key, Cell)>) -> Self {
        if !cells.is_sorted_by_key(|(key, _)| *key) {
            cells.sort_by_key(|(key, _)| *key);
        }
        Self { shape, cells }
    }

    /// The kept dimensions.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The cells in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Key, Cell)> {
        self.cells.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether nothing was observed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The category of each kept dimension.
    #[must_use]
    pub fn categories(&self, key: &Key) -> Vec<u16> {
        self.shape.categories(key.combination)
    }

    /// The cell of an area, a period and one category of each kept dimension.
    ///
    /// # Errors
    /// Unknown categories.
    pub fn get(&self, area: u32, period: u32, kept: &[u16]) -> Result<Option<Cell>, CubeError> {
        let key = Key { area, period, combination: self.shape.combination(kept)? };
        let at = self.cells.binary_search_by_key(&key, |(key, _)| *key);
        Ok(at.ok().map(|at| self.cells[at].1))
    }

    /// The cell of an area whatever its period: for answers that have one period for each area (rolled, or asked so).
    /// Of several periods it is the first.
    ///
    /// # Errors
    /// Unknown categories.
    pub fn of(&self, area: u32, kept: &[u16]) -> Result<Option<(u32, Cell)>, CubeError> {
        let combination = self.shape.combination(kept)?;
        let from = self.cells.partition_point(|(key, _)| key.area < area);
        let found = self.cells[from..]
            .iter()
            .take_while(|(key, _)| key.area == area)
            .find(|(key, _)| key.combination == combination);
        Ok(found.map(|(key, cell)| (key.period, *cell)))
    }
}

impl IntoIterator for Cells {
    type Item = (Key, Cell);
    type IntoIter = std::vec::IntoIter<(Key, Cell)>;

    fn into_iter(self) -> Self::IntoIter {
        self.cells.into_iter()
    }
}

impl<'a> IntoIterator for &'a Cells {
    type Item = &'a (Key, Cell);
    type IntoIter = std::slice::Iter<'a, (Key, Cell)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Numerator by denominator, both rolled up to the same place, period and categories. `None` without a denominator:
/// missing, or zero. Where `present` differs some areas gave only one of the two; say so beside the ratio.
#[must_use]
pub fn ratio(numerator: Option<Cell>, denominator: Option<Cell>) -> Option<f64> {
    let (numerator, denominator) = (numerator?, denominator?);
    let ratio = numerator.value / denominator.value;
    (denominator.value != 0.0 && ratio.is_finite()).then_some(ratio)
}
