//! Whether stored witnesses are tables that could be, with the same published figures, and whether every small count has
//! one. Whole numbers only; it refuses to know how they were found.

use std::collections::BTreeMap;

use super::Finding;
use crate::System;

/// The witnesses that hold.
pub(super) fn usable(
    system: &System,
    hidden: &[bool],
    witnesses: &[Vec<(u32, i64)>],
    findings: &mut Vec<Finding>,
) -> Vec<BTreeMap<u32, i64>> {
    let mut sums_of: Vec<Vec<(usize, i64)>> = vec![Vec::new(); system.cells().len()];
    for (at, relation) in system.relations().iter().enumerate() {
        sums_of[relation.total as usize].push((at, 1));
        relation.parts.iter().for_each(|&part| sums_of[part as usize].push((at, -1)));
    }
    let mut usable = Vec::new();
    for (number, witness) in witnesses.iter().enumerate() {
        match lie(system, hidden, &sums_of, witness) {
            Some(cell) => findings.push(Finding::FalseWitness { witness: number, cell }),
            None => usable.push(witness.iter().copied().collect()),
        }
    }
    usable
}

/// A cell about which a witness says what cannot be.
fn lie(system: &System, hidden: &[bool], sums_of: &[Vec<(usize, i64)>], witness: &[(u32, i64)]) -> Option<u32> {
    let mut off: BTreeMap<usize, i128> = BTreeMap::new();
    for (at, &(cell, by)) in witness.iter().enumerate() {
        let known = system.cells().get(cell as usize);
        let named_before = witness[..at].last().is_some_and(|before| before.0 >= cell);
        let possible = known.is_some_and(|known| {
            hidden[cell as usize] && known.value.checked_add(by).is_some_and(|value| value >= known.least)
        });
        if named_before || !possible {
            return Some(cell);
        }
        for &(sum, sign) in &sums_of[cell as usize] {
            *off.entry(sum).or_insert(0) += i128::from(sign) * i128::from(by);
        }
    }
    let broken = off.into_iter().find(|&(_, off)| off != 0)?;
    Some(system.relations()[broken.0].total)
}

/// Small counts of which something is said, without a witness in which they are large enough.
pub(super) fn missing(system: &System, spoken_of: &[bool], usable: &[BTreeMap<u32, i64>], findings: &mut Vec<Finding>) {
    let mut vouched = vec![false; spoken_of.len()];
    for witness in usable {
        for (&cell, by) in witness {
            let at = &system.cells()[cell as usize];
            vouched[cell as usize] |= at.reach.is_some_and(|reach| at.value + by >= reach);
        }
    }
    for (at, cell) in (0..).zip(system.cells()) {
        let is_secret = cell.reach.is_some() && !matches!(cell.role, crate::Role::Shown);
        if is_secret && spoken_of[at as usize] && !vouched[at as usize] {
            findings.push(Finding::NoWitness { cell: at });
        }
    }
}
