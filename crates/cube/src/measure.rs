//! What a measure declares about itself. It refuses to know units, formulas and targets.

use crate::Shape;

/// How the values of several areas make the value of the area above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceRule {
    /// They add up.
    Sum,
    /// The largest one.
    Max,
    /// They make none: an area has a value only if it was measured itself (index, rank).
    OnlyWhereMeasured,
}

/// How the values of several periods make one. Periods combine after places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeRule {
    /// They add up (flows).
    Sum,
    /// The last one that has any value (stocks, running totals).
    Last,
    /// Their mean, over the periods that have a value.
    Average,
    /// They make none.
    None,
}

/// A measure: its breakdowns and its two rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The dimensions that every observation of it has.
    pub shape: Shape,
    /// See [`PlaceRule`].
    pub place: PlaceRule,
    /// See [`TimeRule`].
    pub time: TimeRule,
}
