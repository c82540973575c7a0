//! The lanes of a dense slice by the combination of the kept dimensions that they add up to. It refuses to know areas.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::PlaceRule;
use crate::dense::Dense;
use crate::kernel::{self, Sum};
use crate::lane::Lane;
use crate::lanes::Lanes;
use crate::marks::Marks;
use crate::shape::Projection;
use crate::strip::Strip;

/// Which lanes make which kept combination; the same for all slices with the same combinations in use.
#[derive(Debug)]
pub(crate) struct Groups {
    combinations: Vec<u32>,
    /// Lanes, by kept combination, then in order.
    order: Vec<usize>,
    /// Kept combinations, sorted, each with its stretch of `order`.
    kept: Vec<(u32, Range<usize>)>,
}

impl Groups {
    fn new(combinations: &[u32], projection: &Projection) -> Self {
        let mut lanes: Vec<(u32, usize)> = combinations.iter().map(|&c| projection.of(c)).zip(0..).collect();
        lanes.sort_unstable();
        let mut kept: Vec<(u32, Range<usize>)> = Vec::new();
        for (at, &(combination, _)) in lanes.iter().enumerate() {
            match kept.last_mut() {
                Some((last, range)) if *last == combination => range.end = at + 1,
                _ => kept.push((combination, at..at + 1)),
            }
        }
        let order = lanes.into_iter().map(|(_, lane)| lane).collect();
        Self { combinations: combinations.to_vec(), order, kept }
    }

    /// Those of lanes with these combinations; the last ones again where they fit.
    pub(crate) fn of(combinations: &[u32], projection: &Projection, last: Option<&Rc<Self>>) -> Rc<Self> {
        let same = last.filter(|groups| groups.combinations == combinations);
        same.cloned().unwrap_or_else(|| Rc::new(Self::new(combinations, projection)))
    }

    /// For each group the combination of one of its lanes.
    pub(crate) fn examples(&self) -> Vec<u32> {
        self.kept.iter().map(|(_, range)| self.combinations[self.order[range.start]]).collect()
    }

    /// The lanes of a group.
    pub(crate) fn lanes(&self, group: usize) -> &[usize] {
        &self.order[self.kept[group].1.clone()]
    }
}

/// The lanes of one slice, in groups.
pub(crate) struct Grouped<'a> {
    groups: Rc<Groups>,
    lanes: InOrder<'a>,
    /// How many rows of the largest group surely fit into 16 bits when they are added up; 0 if not even one.
    fit: usize,
    /// Whether all rows surely fit into a strip.
    strip: bool,
}

/// The lanes in the order of their groups.
enum InOrder<'a> {
    U8(Vec<&'a Lane<u8>>),
    U16(Vec<&'a Lane<u16>>),
    U32(Vec<&'a Lane<u32>>),
    F64(Vec<&'a Lane<f64>>),
}

impl<'a> Grouped<'a> {
    pub(crate) fn new(dense: &'a Dense, groups: Rc<Groups>) -> Self {
        fn order<'a, T>(lanes: &'a [Arc<Lane<T>>], groups: &Groups) -> Vec<&'a Lane<T>> {
            groups.order.iter().map(|&lane| lanes[lane].as_ref()).collect()
        }
        let longest = groups.kept.iter().map(|(_, range)| range.len()).max().unwrap_or(0);
        // Negative and infinite become 0 and "very many", both of which are right for whole numbers.
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let row = dense.largest() * longest as f64;
        let (fit, strip) =
            ((f64::from(u16::MAX) / row) as usize, Strip::fits(dense.rows().len(), groups.kept.len(), row));
        let lanes = match dense.lanes() {
            Lanes::U8(lanes) => InOrder::U8(order(lanes, &groups)),
            Lanes::U16(lanes) => InOrder::U16(order(lanes, &groups)),
            Lanes::U32(lanes) => InOrder::U32(order(lanes, &groups)),
            Lanes::F64(lanes) => InOrder::F64(order(lanes, &groups)),
        };
        // The largest range is that of all rows; beyond it nothing is won.
        Self { groups, lanes, fit: fit.min(1 << 20), strip }
    }

    /// The kept combinations, in order.
    pub(crate) fn kept(&self) -> impl Iterator<Item = u32> + '_ {
        self.groups.kept.iter().map(|&(combination, _)| combination)
    }

    /// Adds rows of one group to a sum.
    pub(crate) fn add(&self, group: usize, rows: Range<usize>, rule: PlaceRule, total: &mut Sum) {
        let of = self.groups.kept[group].1.clone();
        let max = rule == PlaceRule::Max;
        let whole = match &self.lanes {
            InOrder::U8(lanes) if max => return kernel::any(&lanes[of], rows, rule, total),
            InOrder::U16(lanes) if max => return kernel::any(&lanes[of], rows, rule, total),
            InOrder::U32(lanes) => return kernel::any(&lanes[of], rows, rule, total),
            InOrder::F64(lanes) => return kernel::any(&lanes[of], rows, rule, total),
            InOrder::U8(lanes) if self.fit > 0 => kernel::whole::<u8, u16>(&lanes[of], rows, self.fit),
            InOrder::U16(lanes) if self.fit > 0 => kernel::whole::<u16, u16>(&lanes[of], rows, self.fit),
            InOrder::U8(lanes) => kernel::whole::<u8, u32>(&lanes[of], rows, 1),
            InOrder::U16(lanes) => kernel::whole::<u16, u32>(&lanes[of], rows, 1),
        };
        total.add(whole, rule);
    }

    /// Adds up all rows of all groups, if that is exact.
    pub(crate) fn fill(&self, rule: PlaceRule, marks: &Marks, strip: &mut Strip) -> bool {
        let groups = &self.groups.kept;
        match &self.lanes {
            _ if rule == PlaceRule::Max || !self.strip => return false,
            InOrder::U8(lanes) => strip.fill::<u8, u32>(lanes, groups, marks),
            InOrder::U16(lanes) => strip.fill::<u16, u32>(lanes, groups, marks),
            InOrder::U32(lanes) => strip.fill::<u32, u64>(lanes, groups, marks),
            InOrder::F64(_) => return false,
        }
        true
    }
}
