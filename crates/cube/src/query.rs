//! What can be asked. It refuses to know how it is answered (`roll.rs`).

use std::ops::Range;

use crate::{CubeError, Measure};

/// A question about one measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// As [`crate::Cube::add_measure`] numbered it.
    pub measure: u32,
    /// For which areas.
    pub areas: Areas,
    /// For which periods.
    pub periods: Periods,
    /// Each period by itself, or all in one.
    pub time: Time,
    /// Bit `n` keeps dimension `n`; the others are summed over.
    pub keep: u32,
}

/// For which areas to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Areas {
    /// This one.
    One(u32),
    /// Those directly below it.
    ChildrenOf(u32),
    /// Those at or below `within` with this level, counted from the root (0).
    AtLevel {
        /// Where to look.
        within: u32,
        /// Which level.
        level: u32,
    },
}

/// For which periods to answer, by ordinal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Periods {
    /// From the first up to but without the last; may be wide.
    Range(Range<u32>),
    /// Just these, in any order; twice the same is once.
    List(Vec<u32>),
}

impl Periods {
    /// One period.
    #[must_use]
    pub fn one(period: u32) -> Self {
        Self::List(vec![period])
    }

    /// Every period.
    #[must_use]
    pub fn all() -> Self {
        Self::Range(0..u32::MAX)
    }

    /// Whether at most one period is asked for.
    pub(crate) fn is_single(&self) -> bool {
        match self {
            Self::Range(range) => range.len() <= 1,
            Self::List(list) => list.windows(2).all(|w| w[0] == w[1]),
        }
    }
}

/// What to do with several periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// A cell for each.
    PerPeriod,
    /// One cell, by the time rule of the measure.
    Rolled,
}

impl Query {
    /// Refuses what would give a number without a meaning.
    pub(crate) fn check(&self, measure: &Measure) -> Result<(), CubeError> {
        check_keep(self.keep, measure)?;
        let rolls = self.time == Time::Rolled && !self.periods.is_single();
        if rolls && measure.time == crate::TimeRule::None {
            return Err(CubeError::NotOverTime { measure: self.measure });
        }
        Ok(())
    }
}

/// Refuses to keep what is not there and to sum over what overlaps.
pub(crate) fn check_keep(keep: u32, measure: &Measure) -> Result<(), CubeError> {
    let beyond = keep & !measure.shape.keep_all();
    if beyond != 0 {
        return Err(CubeError::UnknownDimension { dimension: beyond.trailing_zeros() });
    }
    let missing = measure.shape.keep_overlapping() & !keep;
    if missing != 0 {
        return Err(CubeError::NotAdditive { dimension: missing.trailing_zeros() as usize });
    }
    Ok(())
}
