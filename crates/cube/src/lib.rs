//! Roll-ups of disaggregated observations along places, time and categories. Pure; refuses to know plans, indicators,
//! units and calendars: areas, measures and periods are numbers that the caller gives meaning to.
//!
//! # What a number means
//!
//! An **observation** is one value of a measure for an area, a period and one category of every dimension. What was
//! not observed is absent; there is no zero that nobody reported. A query answers with **cells**, in four steps that
//! are always taken in this order:
//!
//! 1. **Categories, where they were observed.** Within one area and period the categories of dimensions that are not
//!    kept add up. That is allowed for additive dimensions only ([`CubeError::NotAdditive`]). Every dimension has one
//!    more category, "not stated", for what was given without that breakdown; it is one of the parts, so a total given
//!    without breakdown lands in the right total. (A total given *beside* its parts is not an observation of this
//!    crate: compare it, do not add it.) For an overlapping dimension keep it and read "not stated".
//! 2. **The nearest word counts.** An area with any observation of its own in a period speaks for everything below
//!    it: its descendants are left out of its value, and of every value above it, in that period. Nothing is ever
//!    counted twice, and kept categories always add up to the value without them. Asked about themselves the
//!    descendants still answer. (An office that reports *in addition to* its districts is an area of its own below
//!    the province.)
//! 3. **Places.** The areas that speak inside the queried area combine by the [`PlaceRule`] of the measure.
//! 4. **Time**, only if the query rolls periods into one, by the [`TimeRule`]. `Sum` and `Average` take the periods
//!    that have a value (an average divides by their number). `Last` takes, for all cells of an area together, the
//!    last of the queried periods in which anything was observed at or below that area. Nothing is carried forward: an
//!    area that is silent in that period is missing from the value, and the coverage says so.
//!
//! # Coverage
//!
//! Every cell says how much of what was to come is in it. The *units* of an area and period are the areas at or
//! below it that were to report ([`Cube::expect`]) and those that speak there, asked or not. A unit is *present* in
//! a cell if it, or the area that speaks for it, has a value in that cell. So `present <= expected` always holds, and
//! without any call of `expect` the two are equal in a total: then coverage says nothing. Cells that roll periods
//! into one count units per period (4 districts in 4 quarters are 16), over all queried periods that have data or
//! expectations; `Last` counts its one period. Where a measure is only known where it was measured, coverage is 1 of 1.
//!
//! Ratios and means are two measures, rolled up apart and divided last ([`ratio`]).
//!
//! # Areas over time
//!
//! An area that is renamed, moved, split or merged ends, and one or several with new numbers begin
//! ([`AreaTree::set_valid`]). An observation outside the periods in which its area exists is refused, so an area above
//! both counts the old ones before and the new ones after, each once. [`AreaTree::succeed`] says what went into what,
//! and [`AreaTree::same_ground`] which areas continue a series backwards.

mod asked;
mod bits;
mod bytes;
mod cell;
mod cube;
mod dense;
mod error;
mod groups;
mod kernel;
mod lane;
mod lanes;
mod lineage;
mod margins;
mod marks;
mod measure;
mod place;
mod query;
mod roll;
mod shape;
mod slice;
mod sparse;
mod stored;
mod strip;
mod tree;

pub use cell::{Cell, Cells, Coverage, Key, ratio};
pub use cube::{Change, Cube, Observation, Row};
pub use error::{BytesError, CubeError, ShapeError, TreeError};
pub use margins::{Block, Margins};
pub use measure::{Measure, PlaceRule, TimeRule};
pub use query::{Areas, Periods, Query, Time};
pub use shape::{Dimension, Shape};
pub use tree::AreaTree;
