//! Writes the body of a cube's bytes. It refuses to know the head.

use super::{DENSE, SPARSE};
use crate::bits::Bits;
use crate::cube::Column;
use crate::lanes::Lanes;
use crate::slice::{Slice, Store};
use crate::tree::NONE;
use crate::{AreaTree, Cube, Measure, PlaceRule, TimeRule};

pub(super) fn body(cube: &Cube, out: &mut Vec<u8>) {
    tree(&cube.tree, out);
    length(cube.columns.len(), out);
    cube.columns.iter().for_each(|c| column(c, out));
}

fn word(value: u32, out: &mut Vec<u8>) {
    out.extend(value.to_le_bytes());
}

/// Of a list; no list here is longer than there are areas, combinations or measures.
#[allow(clippy::cast_possible_truncation)]
fn length(value: usize, out: &mut Vec<u8>) {
    word(value as u32, out);
}

fn tree(tree: &AreaTree, out: &mut Vec<u8>) {
    length(tree.len(), out);
    tree.parents().for_each(|parent| word(parent.unwrap_or(NONE), out));
    let (own, links) = (tree.lineage.declared(), tree.lineage.links());
    length(own.len(), out);
    for (area, periods) in own {
        [area, periods.start, periods.end].into_iter().for_each(|n| word(n, out));
    }
    length(links.len(), out);
    for &(from, into) in links {
        [from, into].into_iter().for_each(|n| word(n, out));
    }
}

fn column(column: &Column, out: &mut Vec<u8>) {
    measure(&column.measure, out);
    length(column.slices.len(), out);
    for (&period, slice) in &column.slices {
        word(period, out);
        self::slice(slice, out);
    }
}

fn measure(measure: &Measure, out: &mut Vec<u8>) {
    length(measure.shape.dimensions().len(), out);
    for dimension in measure.shape.dimensions() {
        out.extend(dimension.size.to_le_bytes());
        out.push(u8::from(dimension.additive));
    }
    out.push(match measure.place {
        PlaceRule::Sum => 0,
        PlaceRule::Max => 1,
        PlaceRule::OnlyWhereMeasured => 2,
    });
    out.push(match measure.time {
        TimeRule::Sum => 0,
        TimeRule::Last => 1,
        TimeRule::Average => 2,
        TimeRule::None => 3,
    });
}

fn slice(slice: &Slice, out: &mut Vec<u8>) {
    out.push(u8::from(slice.expected.is_some()));
    if let Some(expected) = &slice.expected {
        bits(expected, out);
    }
    match &slice.store {
        Store::Sparse(sparse, _) => {
            out.push(SPARSE);
            out.extend((sparse.len() as u64).to_le_bytes());
            sparse.iter().for_each(|(key, _)| out.extend(key.to_le_bytes()));
            sparse.iter().for_each(|(_, value)| out.extend(value.to_le_bytes()));
        }
        Store::Dense(dense) => {
            out.push(DENSE);
            bits(dense.rows(), out);
            length(dense.combinations().len(), out);
            dense.combinations().iter().for_each(|&c| word(c, out));
            lanes(dense.lanes(), out);
        }
    }
}

/// How many there are follows from the tree.
fn bits(bits: &Bits, out: &mut Vec<u8>) {
    bits.words().iter().for_each(|word| out.extend(word.to_le_bytes()));
}

/// How many lanes and rows there are has been written.
fn lanes(lanes: &Lanes, out: &mut Vec<u8>) {
    macro_rules! write {
        ($lanes:expr) => {
            for lane in $lanes {
                lane.there().iter().for_each(|word| out.extend(word.to_le_bytes()));
                out.extend(lane.cells().iter().flat_map(|cell| cell.to_le_bytes()));
            }
        };
    }
    #[allow(clippy::cast_possible_truncation)]
    out.push(lanes.width().bytes() as u8);
    match lanes {
        Lanes::U8(lanes) => write!(lanes),
        Lanes::U16(lanes) => write!(lanes),
        Lanes::U32(lanes) => write!(lanes),
        Lanes::F64(lanes) => write!(lanes),
    }
}
