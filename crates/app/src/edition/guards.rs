//! Which small counts a hidden cell protects, and in which sum: read off a release for those who may know. A secret.

use std::collections::BTreeMap;

use romduol_disclosure::Release;
use serde::{Deserialize, Serialize};

use super::counts::{Counts, Leaf};
use super::protect::{Wanted, leaves, told_parts};

/// What would be known if a hidden cell were shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Guard {
    /// The cells with small counts, smallest first.
    pub protects: Vec<Leaf>,
    /// The total of the shortest sum in which it stands with one of them.
    pub sum: Option<Leaf>,
}

/// By cell that is hidden and no small count itself. Parts of one cell are told as one.
pub(super) fn guards(counts: &Counts, wanted: &[Wanted], release: &Release) -> BTreeMap<Leaf, Guard> {
    let parts = told_parts(counts.parts).len();
    let mut names: BTreeMap<u32, Leaf> = BTreeMap::new();
    for (table, published) in wanted.iter().zip(&release.tables) {
        for (leaf, cells) in leaves(counts, table).into_iter().zip(published.cells.chunks(parts)) {
            names.extend(cells.iter().map(|cell| (*cell, leaf.clone())));
        }
    }
    let mut guards: BTreeMap<Leaf, Guard> = BTreeMap::new();
    for reason in release.reasons() {
        let Some(own) = names.get(&reason.cell) else { continue };
        let guard = guards.entry(own.clone()).or_default();
        for leaf in reason.protects.iter().filter_map(|cell| names.get(cell)) {
            if leaf != own && !guard.protects.contains(leaf) {
                guard.protects.push(leaf.clone());
            }
        }
        let sum = reason.sum.and_then(|cell| names.get(&cell)).filter(|sum| *sum != own);
        guard.sum = guard.sum.take().or(sum.cloned());
    }
    guards
}
