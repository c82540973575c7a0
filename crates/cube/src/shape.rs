//! The dimensions of a measure and the numbering of combinations of their categories. It refuses to know what a
//! category is called.

use crate::{CubeError, ShapeError};

/// A way to break a measure down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Number of categories, without "not stated".
    pub size: u16,
    /// Whether the categories are parts of a whole. If they overlap they are never summed.
    pub additive: bool,
}

impl Dimension {
    /// The category "not stated": the one after the last.
    #[must_use]
    pub fn not_stated(&self) -> u16 {
        self.size
    }

    fn radix(&self) -> u32 {
        u32::from(self.size) + 1
    }
}

/// The dimensions of a measure. A *combination* is one category of each, numbered in mixed radix (the last dimension
/// runs fastest). At most 32 dimensions and `u32::MAX` combinations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    dimensions: Vec<Dimension>,
}

impl Shape {
    /// A shape of these dimensions; none is fine (one combination, number 0).
    ///
    /// # Errors
    /// Too many dimensions or combinations.
    pub fn new(dimensions: Vec<Dimension>) -> Result<Self, ShapeError> {
        let count = dimensions.len();
        if count > 32 {
            return Err(ShapeError::TooManyDimensions { count });
        }
        dimensions
            .iter()
            .try_fold(1_u32, |product, d| product.checked_mul(d.radix()))
            .ok_or(ShapeError::TooManyCombinations)?;
        Ok(Self { dimensions })
    }

    /// The dimensions, in order.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// How many combinations there are, "not stated" included.
    #[must_use]
    pub fn combinations(&self) -> u32 {
        self.dimensions.iter().map(Dimension::radix).product()
    }

    /// A mask that keeps every dimension.
    #[must_use]
    pub fn keep_all(&self) -> u32 {
        self.mask(|_| true)
    }

    /// The bits of the dimensions that are wanted.
    fn mask(&self, wanted: impl Fn(&Dimension) -> bool) -> u32 {
        self.dimensions.iter().enumerate().filter(|(_, d)| wanted(d)).fold(0, |mask, (n, _)| mask | 1 << n)
    }

    /// A mask that keeps the dimensions that cannot be summed over: the least that a query must keep.
    #[must_use]
    pub fn keep_overlapping(&self) -> u32 {
        self.mask(|d| !d.additive)
    }

    /// The combination in which nothing is broken down.
    #[must_use]
    pub fn not_stated(&self) -> u32 {
        self.combinations() - 1
    }

    /// Number of a combination, given one category of each dimension.
    ///
    /// # Errors
    /// [`CubeError::WrongDimensions`], [`CubeError::UnknownCategory`].
    pub fn combination(&self, categories: &[u16]) -> Result<u32, CubeError> {
        if categories.len() != self.dimensions.len() {
            return Err(CubeError::WrongDimensions { given: categories.len(), expected: self.dimensions.len() });
        }
        let mut combination = 0;
        for (dimension, (d, &category)) in self.dimensions.iter().zip(categories).enumerate() {
            if category > d.size {
                return Err(CubeError::UnknownCategory { dimension, category });
            }
            combination = combination * d.radix() + u32::from(category);
        }
        Ok(combination)
    }

    /// The categories of a combination (of one that does not exist: of its remainder).
    #[must_use]
    pub fn categories(&self, combination: u32) -> Vec<u16> {
        let mut rest = combination;
        let mut categories = vec![0; self.dimensions.len()];
        for (category, d) in categories.iter_mut().zip(&self.dimensions).rev() {
            // Below the radix, which is at most 2^16.
            #[allow(clippy::cast_possible_truncation)]
            let digit = (rest % d.radix()) as u16;
            *category = digit;
            rest /= d.radix();
        }
        categories
    }

    /// The shape of the kept dimensions alone. Bits beyond the dimensions are an error of a query, not here.
    #[must_use]
    pub fn kept(&self, keep: u32) -> Self {
        let dimensions =
            self.dimensions.iter().enumerate().filter(|(n, _)| keep >> n & 1 == 1).map(|(_, d)| *d).collect();
        Self { dimensions }
    }

    /// How combinations of this shape become combinations of [`Shape::kept`].
    pub(crate) fn projection(&self, keep: u32) -> Projection {
        let (mut stride, mut kept_stride) = (1, 1);
        let mut digits = Vec::new();
        for (n, d) in self.dimensions.iter().enumerate().rev() {
            if keep >> n & 1 == 1 {
                digits.push((stride, d.radix(), kept_stride));
                kept_stride *= d.radix();
            }
            stride *= d.radix();
        }
        Projection { identity: digits.len() == self.dimensions.len(), digits }
    }
}

/// See [`Shape::projection`].
pub(crate) struct Projection {
    identity: bool,
    /// For each kept dimension: its stride, its radix, its stride among the kept.
    digits: Vec<(u32, u32, u32)>,
}

impl Projection {
    pub(crate) fn of(&self, combination: u32) -> u32 {
        if self.identity {
            return combination;
        }
        self.digits.iter().map(|(stride, radix, kept)| combination / stride % radix * kept).sum()
    }
}
