//! For every small count another table with the same published figures, in which it is large: hides what such tables
//! need, then looks for cheaper ones. It refuses to know how one is found.

mod insiders;

use rayon::prelude::*;

use crate::Effort;
use crate::boxes::Boxes;
use crate::eliminate::Hidden;
use crate::field::{Draw, mix};
use crate::mover::{Change, Mover, Wish, is_possible};
use crate::pieces::Piece;
use crate::system::System;

const NONE: u32 = u32::MAX;
/// A cell that more small counts need is kept.
const MOST_RUINED: usize = 40;
/// So many witnesses are looked for at once, none of them knowing of the others, whatever the number of threads: the
/// answer must not depend on that. Small systems are better off with one after the other.
const AT_ONCE: usize = 4;
const LARGE: usize = 20_000;

/// A cell that is to rise by so much, or to fall, while another stays as it is; `NONE` if all may move.
#[derive(Clone, Copy)]
struct Asked {
    cell: u32,
    by: i64,
    frozen: u32,
    /// What may be hidden besides for it.
    most: u64,
}

/// Witnesses found so far, and which of them are in use.
pub(crate) struct Witnesses<'a> {
    system: &'a System,
    touching: &'a [Vec<u32>],
    mover: Mover<'a>,
    seed: u64,
    /// How many witnesses were asked for.
    asked: u64,
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
        piece: &'a Piece,
        touching: &'a [Vec<u32>],
        boxes: Option<&'a Boxes<'a>>,
        free: Hidden,
        effort: Effort,
        seed: u64,
    ) -> Self {
        let system = &piece.system;
        Self {
            system,
            touching,
            mover: Mover::new(piece, touching, boxes, effort.reach),
            seed,
            asked: 0,
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
        let mut waiting = cells.iter().copied();
        loop {
            let open = waiting.by_ref().filter(|&cell| self.current[cell as usize] == NONE);
            let batch: Vec<Asked> = open.take(self.at_once()).map(|cell| self.wanted(cell)).collect();
            if batch.is_empty() {
                break;
            }
            for (asked, change) in batch.iter().zip(self.find_all(&batch)) {
                match change {
                    _ if self.current[asked.cell as usize] != NONE => {}
                    Some(change) => self.take(asked.cell, &change),
                    None => self.lost.push(asked.cell),
                }
            }
        }
        self.free.clear();
    }

    fn at_once(&self) -> usize {
        if self.system.len() < LARGE { 1 } else { AT_ONCE }
    }

    /// What is asked for a small count.
    fn wanted(&self, cell: u32) -> Asked {
        let at = self.system.cell(cell);
        Asked { cell, by: at.reach.unwrap_or(at.value + 1) - at.value, frozen: NONE, most: u64::MAX }
    }

    fn find_all(&mut self, batch: &[Asked]) -> Vec<Option<Change>> {
        let first = self.asked;
        self.asked += batch.len() as u64;
        let find = |(at, asked): (usize, &Asked)| self.find(*asked, first + at as u64);
        match batch {
            [_] => vec![find((0, &batch[0]))],
            _ => batch.par_iter().enumerate().map(find).collect(),
        }
    }

    fn find_one(&mut self, asked: Asked) -> Option<Change> {
        self.find_all(&[asked]).pop().flatten()
    }

    fn take(&mut self, cell: u32, change: &Change) {
        let first = self.keep(change);
        if self.current[cell as usize] == NONE {
            self.rely(cell, first);
        }
    }

    fn cover_without(&mut self, cell: u32, away: u32, most: u64) -> bool {
        let fits = |&witness: &u32| {
            let change = &self.changes[witness as usize];
            change.iter().all(|&(cell, _)| self.hidden[cell as usize] && cell != away)
        };
        if let Some(witness) = self.known[cell as usize].iter().rev().copied().find(fits) {
            self.rely(cell, witness);
            return true;
        }
        let asked = Asked { frozen: away, most, ..self.wanted(cell) };
        let Some(change) = self.find_one(asked) else { return false };
        self.take(cell, &change);
        true
    }

    /// `ticket` is another one each time, and decides between equally good answers.
    fn find(&self, Asked { cell, by, frozen, most }: Asked, ticket: u64) -> Option<Change> {
        let Self { mover, hidden, free, current, .. } = self;
        let hidden = |cell: u32| hidden[cell as usize] || free.get(cell as usize).is_some_and(|&free| free);
        let open = |cell: u32| current[cell as usize] == NONE;
        mover.find(&Wish { cell, by, frozen, most, hidden: &hidden, open: &open }, mix(self.seed ^ ticket << 20))
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

    fn is_changed(&self, witness: u32, cell: u32) -> bool {
        self.changes[witness as usize].binary_search_by_key(&cell, |change| change.0).is_ok()
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
        let cheaper = order.iter().all(|&cell| {
            let most = cost.saturating_sub(self.cost);
            (self.current[cell as usize] != NONE || self.cover_without(cell, away, most)) && self.cost <= cost
        });
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
