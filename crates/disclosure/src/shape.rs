//! Which codes and which crossings of dimensions a grid needs: those of its tables, of what was told before and of what was
//! corrected. It refuses to know cells and counts.

use rustc_hash::FxHashMap;

use crate::axes::{Axis, Split};
use crate::compile::Key;
use crate::edition::{Edition, Table};
use crate::faces::faces;
use crate::{Dimension, ShapeError};

const MOST_CELLS: u128 = 4_000_000;

/// Dimensions that are crossed, and how each falls into classes.
#[derive(Clone, Debug)]
pub(crate) struct Face {
    pub mask: u64,
    pub splits: Vec<Split>,
}

/// The leaves of a cell in each dimension.
pub(crate) fn sets(edition: &Edition, codes: &[(String, String)]) -> Result<Vec<Vec<u32>>, ShapeError> {
    let mut sets: Vec<Vec<u32>> =
        edition.dimensions.iter().map(|dimension| (0..dimension.leaves()).collect()).collect();
    for (name, code) in codes {
        let unknown = || ShapeError::UnknownDimension { dimension: name.clone() };
        let d = edition.dimensions.iter().position(|own| own.name() == name).ok_or_else(unknown)?;
        sets[d].clone_from(&edition.dimensions[d].codes()[edition.dimensions[d].code(code)? as usize].leaves);
    }
    Ok(sets)
}

/// The cell of one leaf in each dimension.
pub(crate) fn single(axes: &mut [Axis], leaves: &[u32]) -> Key {
    axes.iter_mut().zip(leaves).map(|(axis, &leaf)| axis.add(vec![leaf], String::new())).collect()
}

/// The codes of a table in each dimension.
pub(crate) fn resolve(table: &Table, dimensions: &[Dimension], axes: &mut [Axis]) -> Result<Vec<Vec<u32>>, ShapeError> {
    let mut codes: Vec<Vec<u32>> = axes.iter().map(|axis| vec![axis.every]).collect();
    let mut named = vec![false; dimensions.len()];
    for (name, shown) in &table.axes {
        let unknown = || ShapeError::UnknownDimension { dimension: name.clone() };
        let at = dimensions.iter().position(|dimension| dimension.name() == name).ok_or_else(unknown)?;
        if std::mem::replace(&mut named[at], true) {
            return Err(ShapeError::NamedTwice { table: table.name.clone(), dimension: name.clone() });
        }
        codes[at].clear();
        for code in shown {
            let set = dimensions[at].codes()[dimensions[at].code(code)? as usize].leaves.clone();
            codes[at].push(axes[at].add(set, code.clone()));
        }
    }
    Ok(codes)
}

/// The faces that hold all tables, everything told before and every corrected count; and, by their dimensions, what tables
/// alone cross.
pub(crate) fn make_faces(
    axes: &mut [Axis],
    shapes: &[Vec<Vec<u32>>],
    earlier: &[Key],
    corrected: &[Key],
) -> Result<(Vec<Face>, Vec<u64>), ShapeError> {
    let mut used: FxHashMap<u64, Vec<Vec<u32>>> = FxHashMap::default();
    let every: Vec<u32> = axes.iter().map(|axis| axis.every).collect();
    let mut note = |codes: &mut dyn Iterator<Item = &[u32]>| {
        let codes: Vec<&[u32]> = codes.collect();
        let mask = codes.iter().zip(&every).enumerate().filter(|(_, (codes, every))| **codes != [**every]);
        let mask = mask.fold(0, |mask, (d, _)| mask | 1 << d);
        let used = used.entry(mask).or_insert_with(|| vec![Vec::new(); codes.len()]);
        used.iter_mut().zip(codes).for_each(|(used, codes)| used.extend(codes));
    };
    shapes.iter().for_each(|shape| note(&mut shape.iter().map(Vec::as_slice)));
    earlier.iter().for_each(|key| note(&mut key.iter().map(std::slice::from_ref)));
    let told = faces(used.keys().copied().chain([0]).collect());
    // That nothing else was corrected ties tables that are parts of many wholes otherwise. Each count that was stands alone,
    // whether a table tells it from others or not.
    let whole = (0..axes.len()).filter(|d| axes[*d].set(every[*d]).len() > 1).fold(0, |all, d| all | 1 << d);
    if !corrected.is_empty() {
        let used = used.entry(whole).or_insert_with(|| vec![Vec::new(); axes.len()]);
        used.iter_mut().enumerate().for_each(|(d, used)| used.extend(corrected.iter().map(|key| key[d])));
    }
    let masks = if corrected.is_empty() { told.clone() } else { vec![whole] };
    let uses = |mask: u64, d: usize| {
        let within = used.iter().filter(|(inner, _)| *inner & mask == **inner);
        let mut codes: Vec<u32> = within.flat_map(|(_, used)| used[d].iter().copied()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let split = |mask: u64, d: usize| Split::of(&axes[d], &uses(mask, d));
    let splits = |mask: u64| (0..axes.len()).map(|d| split(mask, d)).collect();
    let mut faces: Vec<Face> = masks.iter().map(|&mask| Face { mask, splits: splits(mask) }).collect();
    agree(&mut faces);
    for face in &mut faces {
        let inside: Vec<usize> = (0..axes.len()).filter(|&d| face.mask >> d & 1 == 1).collect();
        let cells = inside.iter().map(|&d| u128::from(face.splits[d].len())).product();
        if cells > MOST_CELLS {
            return Err(ShapeError::TooFine { cells, most: MOST_CELLS });
        }
        face.splits.iter_mut().zip(axes.iter_mut()).for_each(|(split, axis)| split.name_classes(axis));
    }
    for face in &mut faces {
        for (d, split) in face.splits.iter_mut().enumerate() {
            split.find_parts(&axes[d], &uses(face.mask, d));
        }
    }
    Ok((faces, told))
}

/// Where two faces divide what they share neither alike nor one finer than the other, both take both divisions.
fn agree(faces: &mut [Face]) {
    let mut changed = true;
    while changed {
        changed = false;
        for a in 0..faces.len() {
            for b in 0..faces.len() {
                let shared: Vec<usize> =
                    (0..64).filter(|d| a != b && faces[a].mask & faces[b].mask & (1_u64 << d) != 0).collect();
                let holds = |a: usize, b: usize, d: &usize| faces[a].splits[*d].holds(&faces[b].splits[*d]);
                if shared.iter().all(|d| holds(a, b, d)) || shared.iter().all(|d| holds(b, a, d)) {
                    continue;
                }
                changed = true;
                for d in shared {
                    let finer = faces[b].splits[d].clone();
                    faces[a].splits[d].refine_by(&finer);
                    faces[b].splits[d] = faces[a].splits[d].clone();
                }
            }
        }
    }
}
