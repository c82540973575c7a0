//! For every small count another table with the same published figures, in which it is large: hides what such tables
//! need, then looks for cheaper ones. It refuses to know how one is found.

use crate::Effort;
use crate::boxes::Boxes;
use crate::eliminate::Hidden;
use crate::field::Draw;
use crate::mover::{Change, Mover, Wish, is_possible};
use crate::system::System;

const NONE: u32 = u32::MAX;
/// A cell that more small counts need is kept.
const MOST_RUINED: usize = 40;

/// Witnesses found so far, and which of them are in use.
pub(crate) struct Witnesses<'a> {
    system: &'a System,
    touching: &'a [Vec<u32>],
    mover: Mover<'a>,
    changes: Vec<Change>,
    /// How many small counts rely on each.
    relied: Vec<u32>,
    /// By cell: the witnesses that change it.
    with: Vec<Vec<u32>>,
    /// How many witnesses in use change each cell.
    used: Vec<u32>,
    /// By small count: the one that it relies on, and all that would do.
    current: Vec<u32>,
    known: Vec<Vec<u32>>,
    /// Cells that cost nothing yet.
    free: Hidden,
    pub hidden: Hidden,
    /// What is hidden costs so much.
    cost: u64,
    pub lost: Vec<u32>,
}

impl<'a> Witnesses<'a> {
    /// `free` are cells that cost nothing until all small counts have a witness.
    pub(crate) fn new(
        system: &'a System,
        touching: &'a [Vec<u32>],
        boxes: Option<&'a Boxes<'a>>,
        free: Hidden,
        effort: Effort,
        seed: u64,
    ) -> Self {
        Self {
            system,
            touching,
            mover: Mover::new(system, touching, boxes, effort.reach, seed),
            changes: Vec::new(),
            relied: Vec::new(),
            with: vec![Vec::new(); system.len()],
            used: vec![0; system.len()],
            current: vec![NONE; system.len()],
            known: vec![Vec::new(); system.len()],
            free,
            hidden: system.cells().iter().map(crate::Cell::must_hide).collect(),
            cost: 0,
            lost: Vec::new(),
        }
    }

    /// Finds one for every small count that has none.
    pub(crate) fn cover(&mut self, cells: &[u32]) {
        for &cell in cells {
            if self.current[cell as usize] == NONE && !self.cover_one(cell, &[]) {
                self.lost.push(cell);
            }
        }
        self.free.clear();
    }

    fn cover_one(&mut self, cell: u32, frozen: &[u32]) -> bool {
        let fits = |&witness: &u32| {
            let change = &self.changes[witness as usize];
            change.iter().all(|&(cell, _)| self.hidden[cell as usize] && !frozen.contains(&cell))
        };
        if let Some(witness) = self.known[cell as usize].iter().rev().copied().find(fits) {
            self.rely(cell, witness);
            return true;
        }
        let at = self.system.cell(cell);
        let by = at.reach.unwrap_or(at.value + 1) - at.value;
        let Some(change) = self.find(cell, by, frozen) else { return false };
        let first = self.keep(&change);
        if self.current[cell as usize] == NONE {
            self.rely(cell, first);
        }
        true
    }

    fn find(&mut self, cell: u32, by: i64, frozen: &[u32]) -> Option<Change> {
        let Self { mover, hidden, free, current, .. } = self;
        let hidden = |cell: u32| hidden[cell as usize] || free.get(cell as usize).is_some_and(|&free| free);
        let open = |cell: u32| current[cell as usize] == NONE;
        mover.find(&Wish { cell, by, frozen, hidden: &hidden, open: &open })
    }

    /// Keeps a change, and its multiples where another small count needs one.
    fn keep(&mut self, change: &Change) -> u32 {
        let first = self.add(change.clone());
        let common = change.iter().fold(0, |common, &(_, by)| gcd(common, by.unsigned_abs())).cast_signed();
        let mut multiples: Vec<(i64, u32)> = vec![(common, first)];
        for &(cell, by) in change {
            let at = self.system.cell(cell);
            let Some(reach) = at.reach else { continue };
            let step = by / common;
            let times = (reach - at.value + step.abs() - 1) / step.abs() * step.signum();
            let witness = match multiples.iter().find(|multiple| multiple.0 == times) {
                Some(multiple) => multiple.1,
                None => {
                    let other: Change = change.iter().map(|&(cell, by)| (cell, by / common * times)).collect();
                    let witness = if is_possible(self.system, &other) { self.add(other) } else { NONE };
                    multiples.push((times, witness));
                    witness
                }
            };
            if witness != NONE && witness != first {
                self.known[cell as usize].push(witness);
                if self.current[cell as usize] == NONE {
                    self.rely(cell, witness);
                }
            }
        }
        for &(cell, by) in change {
            let at = self.system.cell(cell);
            if at.reach.is_some_and(|reach| at.value + by >= reach) {
                self.known[cell as usize].push(first);
                if self.current[cell as usize] == NONE {
                    self.rely(cell, first);
                }
            }
        }
        first
    }

    fn add(&mut self, change: Change) -> u32 {
        let witness = self.changes.len() as u32;
        change.iter().for_each(|&(cell, _)| self.with[cell as usize].push(witness));
        self.changes.push(change);
        self.relied.push(0);
        witness
    }

    fn rely(&mut self, cell: u32, witness: u32) {
        self.current[cell as usize] = witness;
        self.hold(witness);
    }

    fn hold(&mut self, witness: u32) {
        let relied = &mut self.relied[witness as usize];
        *relied += 1;
        if *relied == 1 {
            for &(cell, _) in &self.changes[witness as usize] {
                self.used[cell as usize] += 1;
                if !std::mem::replace(&mut self.hidden[cell as usize], true) {
                    self.cost += self.system.cell(cell).weight;
                }
            }
        }
    }

    fn leave(&mut self, cell: u32) {
        let witness = std::mem::replace(&mut self.current[cell as usize], NONE);
        let relied = &mut self.relied[witness as usize];
        *relied -= 1;
        if *relied == 0 {
            for &(cell, _) in &self.changes[witness as usize] {
                let used = &mut self.used[cell as usize];
                *used -= 1;
                let at = self.system.cell(cell);
                if *used == 0 && !at.must_hide() {
                    self.hidden[cell as usize] = false;
                    self.cost -= at.weight;
                }
            }
        }
    }

    /// For everybody who is the only one in a hidden cell, and knows it: a witness for every other small count that
    /// changes it and leaves his own cell as it is. Small counts for which there is none.
    pub(crate) fn guard_from_insiders(&mut self) -> Vec<(u32, u32)> {
        let mut open = Vec::new();
        let primaries: Vec<u32> = self.system.primaries().filter(|&cell| self.current[cell as usize] != NONE).collect();
        for &cell in &primaries {
            let knows = |&(other, _): &(u32, i64)| {
                other != cell && self.system.cell(other).value == 1 && !self.is_himself(cell, other)
            };
            let change = &self.changes[self.current[cell as usize] as usize];
            let insiders: Vec<u32> = change.iter().filter(|change| knows(change)).map(|change| change.0).collect();
            for insider in insiders {
                if !self.is_guarded(cell, insider) && !self.guard(cell, insider) {
                    open.push((cell, insider));
                }
            }
        }
        open
    }

    /// Whether nobody but the insider can be in the cell: it is a part of his, or he is all that it holds.
    fn is_himself(&self, cell: u32, insider: u32) -> bool {
        let value = self.system.cell(cell).value;
        if value > 1 {
            return false;
        }
        // Zeros in his own cell are known to him; where there is one, it is he if both hold the same finest one.
        let own = self.reachable(insider, value.min(1));
        own.contains(&cell) || (value == 1 && self.reachable(cell, 1).iter().any(|at| own.contains(at)))
    }

    /// A cell and its parts, and theirs, that are at least so much.
    fn reachable(&self, cell: u32, least: i64) -> Vec<u32> {
        let (mut found, mut next) = (vec![cell], 0);
        while next < found.len() {
            for &relation in &self.touching[found[next] as usize] {
                let relation = &self.system.relations()[relation as usize];
                if relation.total == found[next] {
                    for &part in &relation.parts {
                        if self.system.cell(part).value >= least && !found.contains(&part) {
                            found.push(part);
                        }
                    }
                }
            }
            next += 1;
        }
        found
    }

    fn is_guarded(&self, cell: u32, insider: u32) -> bool {
        let mut in_use = self.with[cell as usize].iter().filter(|&&witness| self.relied[witness as usize] > 0);
        in_use.any(|&witness| !self.is_changed(witness, insider))
    }

    fn is_changed(&self, witness: u32, cell: u32) -> bool {
        self.changes[witness as usize].binary_search_by_key(&cell, |change| change.0).is_ok()
    }

    fn guard(&mut self, cell: u32, insider: u32) -> bool {
        for by in [1, -1] {
            if by < 0 && self.system.cell(cell).value <= self.system.cell(cell).least {
                continue;
            }
            if let Some(change) = self.find(cell, by, &[insider]) {
                let witness = self.add(change);
                self.hold(witness);
                return true;
            }
        }
        false
    }

    /// The changes in use.
    pub(crate) fn in_use(&self) -> Vec<Change> {
        let in_use = self.changes.iter().zip(&self.relied).filter(|&(_, &relied)| relied > 0);
        in_use.map(|(change, _)| change.clone()).collect()
    }

    /// Publishes secondary cells one by one, dear ones first, where other witnesses are not dearer.
    pub(crate) fn prune(&mut self, rounds: u32, seed: u64) {
        let mut draw = Draw::new(seed);
        let (mut queue, mut again) = (Vec::new(), true);
        for _ in 0..rounds {
            if queue.is_empty() {
                if !std::mem::replace(&mut again, false) {
                    return;
                }
                let secondaries = (0..).zip(self.system.cells()).zip(&self.hidden);
                let secondaries = secondaries.filter(|((_, cell), hidden)| **hidden && !cell.must_hide());
                queue = secondaries.map(|((at, cell), _)| (cell.weight, at)).collect();
                queue.sort_unstable();
            }
            let Some((_, away)) = queue.pop() else { return };
            again |= self.hidden[away as usize] && self.publish(away, &mut draw);
        }
    }

    /// Finds other witnesses for all small counts that need a cell; whether that was cheaper.
    fn publish(&mut self, away: u32, draw: &mut Draw) -> bool {
        let needs = |&cell: &u32| {
            let witness = self.current[cell as usize];
            witness != NONE && self.is_changed(witness, away)
        };
        let ruined: Vec<u32> = self.system.primaries().filter(needs).collect();
        if ruined.is_empty() || ruined.len() > MOST_RUINED {
            return false;
        }
        let cost = self.cost;
        let before: Vec<(u32, u32)> = ruined.iter().map(|&cell| (cell, self.current[cell as usize])).collect();
        before.iter().for_each(|&(cell, _)| self.leave(cell));
        let mut order = ruined;
        shuffle(&mut order, draw);
        let cheaper = order
            .iter()
            .all(|&cell| (self.current[cell as usize] != NONE || self.cover_one(cell, &[away])) && self.cost <= cost);
        if !cheaper {
            for &(cell, witness) in &before {
                if self.current[cell as usize] != NONE {
                    self.leave(cell);
                }
                self.rely(cell, witness);
            }
        }
        cheaper && self.cost < cost
    }
}

fn shuffle(cells: &mut [u32], draw: &mut Draw) {
    for at in (1..cells.len()).rev() {
        cells.swap(at, draw.below(at + 1));
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
