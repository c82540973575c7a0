//! Who speaks for each of many areas in a slice. Slices mostly have the same rows, so it is found once for all of them.
//! It refuses to know numbers.

use std::ops::Range;
use std::sync::Arc;

use crate::PlaceRule;
use crate::bits::Bits;
use crate::dense::Dense;
use crate::marks::Marks;
use crate::place::{Ground, Speakers};
use crate::slice::Slice;

pub(crate) struct Asked {
    /// By area as asked.
    pub(crate) speakers: Vec<Speakers>,
    /// By area as asked; nothing for those that stand apart.
    pub(crate) marks: Marks,
    /// Areas whose rows are not one plain stretch.
    pub(crate) apart: Vec<usize>,
    rule: PlaceRule,
    rows: Arc<Bits>,
    expected: Option<Arc<Bits>>,
}

impl Asked {
    pub(crate) fn new(ground: &Ground<'_>, slice: &Slice, dense: &Dense, positions: &[u32]) -> Self {
        let of = |&at: &u32| Speakers::new(ground, slice, dense, ground.within(at));
        let speakers: Vec<Speakers> = positions.iter().map(of).collect();
        let plain = |speakers: &Speakers| speakers.plain().cloned();
        let spans: Vec<Range<usize>> = speakers.iter().map(|s| plain(s).unwrap_or_default()).collect();
        let apart = (0..speakers.len()).filter(|&area| plain(&speakers[area]).is_none()).collect();
        let marks = Marks::new(&spans, dense.rows().len());
        let (rows, expected) = (Arc::clone(dense.rows()), slice.expected.clone());
        Self { speakers, marks, apart, rule: ground.rule, rows, expected }
    }

    /// Whether it says of a slice and the same areas what a new one would.
    pub(crate) fn holds_for(&self, ground: &Ground<'_>, slice: &Slice, dense: &Dense) -> bool {
        self.rule == ground.rule && self.rows == *dense.rows() && self.expected == slice.expected
    }
}
