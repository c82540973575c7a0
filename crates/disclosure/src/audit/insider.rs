//! Whether one who is the only one in a hidden cell, and knows it, learns another small count. It refuses to know what
//! several of them could find out together.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::{Role, System};

/// For each pair there must be a witness that changes the small count and leaves the insider's own cell as it is.
pub(super) fn betrayed(system: &System, hidden: &[bool], usable: &[BTreeMap<u32, i64>], findings: &mut Vec<Finding>) {
    let mut about: BTreeMap<u32, Vec<&BTreeMap<u32, i64>>> = BTreeMap::new();
    for witness in usable {
        for &cell in witness.keys().filter(|&&cell| system.cells()[cell as usize].reach.is_some()) {
            about.entry(cell).or_default().push(witness);
        }
    }
    let mut parts: Vec<Vec<u32>> = vec![Vec::new(); hidden.len()];
    for relation in system.relations() {
        parts[relation.total as usize].extend(&relation.parts);
        // A total of one part is the same number, whichever of the two is called the total.
        let none = |part: &&u32| {
            let cell = &system.cells()[**part as usize];
            cell.value == 0 && matches!(cell.role, Role::Shown)
        };
        if let [only] = relation.parts.iter().filter(|part| !none(part)).collect::<Vec<_>>()[..] {
            parts[*only as usize].push(relation.total);
        }
    }
    for (cell, witnesses) in about {
        let Some(first) = witnesses.iter().min_by_key(|witness| witness.len()) else { continue };
        // All whom the first witness does not leave alone.
        for &insider in first.keys() {
            let is_one = hidden[insider as usize] && system.cells()[insider as usize].value == 1;
            let told = || witnesses.iter().all(|witness| witness.contains_key(&insider));
            if insider != cell && is_one && told() && !is_about_himself(system, &parts, cell, insider) {
                findings.push(Finding::Insider { cell, insider });
            }
        }
    }
}

/// A part of the insider's own cell holds at most him; a cell of one that holds his is him.
fn is_about_himself(system: &System, parts: &[Vec<u32>], cell: u32, insider: u32) -> bool {
    let value = |cell: u32| system.cells()[cell as usize].value;
    let inside = |start: u32| {
        let mut inside = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            for &part in &parts[at as usize] {
                if value(part) >= value(cell) && inside.insert(part) {
                    open.push(part);
                }
            }
        }
        inside
    };
    match value(cell) {
        0 => inside(insider).contains(&cell),
        1 => !inside(insider).is_disjoint(&inside(cell)),
        _ => false,
    }
}
