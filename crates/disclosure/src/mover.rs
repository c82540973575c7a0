//! Finds a change of the true counts that everything published allows, raises one small count far enough and needs few
//! more cells hidden. It refuses to know which small counts are still to be done.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use crate::boxes::Boxes;
use crate::field::{Draw, mix};
use crate::pieces::Piece;
use crate::simplex::{Moves, Price, Terrain};
use crate::system::System;

/// Cells that change, by number, and by how much.
pub(crate) type Change = Vec<(u32, i64)>;

/// What a step of a hidden cell costs; one of a published cell costs a part of its weight.
const HIDDEN: f64 = 0.02;
/// How much cheaper it is to raise a small count that still needs a witness.
const WELCOME: f64 = 0.25;
/// By how much prices differ at random.
const NOISE: f64 = 0.01;
/// More than any count.
const FAR: f64 = (1_u64 << 40) as f64;
/// How many times what may be spent a way may seem to cost before it is given up: what a cell costs does not depend on how
/// much it changes.
const AMPLE: f64 = 3.0;
/// How often another answer is asked for, and how often a fraction is settled in each.
const ATTEMPTS: u32 = 6;
/// With less reach than this only one answer is asked for.
const HASTY: u32 = 100;
const FRACTIONS: usize = 6;
const SETTLING: usize = 100;

/// What to look for.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub cell: u32,
    /// How much the cell has to rise, or to fall if below 0.
    pub by: i64,
    /// A cell that must not change, if there is one of that number.
    pub frozen: u32,
    /// What may have to be hidden besides; what costs more is of no use.
    pub most: u64,
    pub hidden: &'a dyn Fn(u32) -> bool,
    /// Whether it would be good to raise a small count too.
    pub open: &'a dyn Fn(u32) -> bool,
}

pub(crate) struct Mover<'a> {
    piece: &'a Piece,
    system: &'a System,
    touching: &'a [Vec<u32>],
    boxes: Option<&'a Boxes<'a>>,
    steps: usize,
    attempts: u32,
    /// Memory that no question needs at present.
    idle: Mutex<Vec<Moves>>,
}

/// The system with prices for one wish.
#[derive(Clone)]
struct Ground<'a> {
    mover: &'a Mover<'a>,
    wish: &'a Wish<'a>,
    /// How much each published cell changed last time.
    used: FxHashMap<u32, f64>,
    seed: u64,
    /// What a step of a hidden cell costs. The less, the longer ways are gone over hidden cells, and the more of them end
    /// in fractions.
    hidden: f64,
}

impl Terrain for Ground<'_> {
    /// Prices differ a little at random, so that no two answers are equally good.
    #[allow(clippy::cast_precision_loss)]
    fn price(&self, cell: u32) -> Option<Price> {
        let at = self.mover.system.cell(cell);
        if at.is_fixed() || self.wish.frozen == cell {
            return None;
        }
        let room = (at.value.saturating_sub(at.least) as f64).min(FAR);
        let aside = 1.0 + NOISE * Draw::new(mix(self.seed ^ u64::from(cell))).unit();
        let (down, up) = if (self.wish.hidden)(cell) {
            let up = if at.is_primary() && (self.wish.open)(cell) { WELCOME } else { 1.0 };
            (self.hidden * aside, self.hidden * up * aside)
        } else {
            let (weight, most) = (at.weight as f64 * aside, self.wish.by.unsigned_abs() as f64);
            // What a cell costs does not depend on how much it changes: charge it as if it changed as last time.
            match self.used.get(&cell) {
                Some(used) => (weight / used, weight / used),
                None => (weight / most.min(room.max(1.0)), weight / most),
            }
        };
        Some(Price { low: -room, high: f64::INFINITY, down, up })
    }

    fn sums_with(&self, cell: u32) -> &[u32] {
        &self.mover.touching[cell as usize]
    }

    #[allow(clippy::cast_precision_loss)]
    fn each_term(&self, sum: u32, tell: &mut dyn FnMut(u32, f64)) {
        self.mover.system.relations()[sum as usize].terms().for_each(|(cell, sign)| tell(cell, sign as f64));
    }
}

impl<'a> Mover<'a> {
    pub(crate) fn new(piece: &'a Piece, touching: &'a [Vec<u32>], boxes: Option<&'a Boxes<'a>>, reach: u32) -> Self {
        let attempts = if reach < HASTY { 1 } else { ATTEMPTS };
        let (steps, idle) = (10 * reach.max(1) as usize, Mutex::new(Vec::new()));
        Self { piece, system: &piece.system, touching, boxes, steps, attempts, idle }
    }

    /// The cheapest change found; the seed decides between those that are equally good.
    pub(crate) fn find(&self, wish: &Wish, seed: u64) -> Option<Change> {
        let mut draw = Draw::new(seed);
        let mut best: Option<(u64, Change)> = None;
        let (mut used, mut hidden) = (FxHashMap::default(), HIDDEN);
        for _ in 0..self.attempts {
            let seed = draw.next();
            let values = self.solve(wish, used, seed, hidden);
            used = FxHashMap::default();
            let Some(values) = values else {
                hidden *= 8.0;
                continue;
            };
            let cost = self.cost(wish, &values);
            if cost > wish.most {
                return None;
            }
            if best.as_ref().is_some_and(|best| best.0 <= cost) {
                break;
            }
            let published = || values.iter().filter(|&&(cell, _)| !(wish.hidden)(cell));
            // Where each changes by as much as it was charged for, charging anew would change nothing.
            let as_charged = published().all(|&(_, by)| by.unsigned_abs() == wish.by.unsigned_abs());
            #[allow(clippy::cast_precision_loss)]
            used.extend(published().map(|&(cell, by)| (cell, by.unsigned_abs() as f64)));
            best = Some((cost, values));
            if cost == 0 || as_charged {
                break;
            }
        }

        if best.is_none()
            && wish.by > 0
            && let Some(boxes) = self.boxes
        {
            let found = boxes.find(self.piece, wish, &mut draw);
            best = found.filter(|change| self.holds(wish, change)).map(|change| (0, change));
        }
        best.map(|best| best.1)
    }

    /// A whole change, if one is found.
    #[allow(clippy::cast_precision_loss)]
    fn solve(&self, wish: &Wish, used: FxHashMap<u32, f64>, seed: u64, hidden: f64) -> Option<Change> {
        let ground = Ground { mover: self, wish, used, seed, hidden };
        let at = self.system.cell(wish.cell);
        let room = (at.value.saturating_sub(at.least) as f64).min(FAR);
        let by = wish.by as f64;
        let range = if by > 0.0 { [by, f64::INFINITY] } else { [-room, by] };
        let mut moves = self.idle().pop().unwrap_or_default();
        moves.begin(&ground, wish.cell, range, HIDDEN, self.steps);
        if wish.most < u64::MAX {
            moves.spend_at_most(AMPLE * (wish.most as f64 + 1.0));
        }
        self.settle(&ground, moves)
    }

    /// Of fractions the clearest is settled, and on the way back kept from that.
    fn settle(&self, ground: &Ground, moves: Moves) -> Option<Change> {
        let (mut waiting, mut found) = (vec![moves], None);
        for _ in 0..FRACTIONS {
            let Some(mut moves) = waiting.pop() else { break };
            if moves.settle(ground) {
                let values = moves.moved();
                let holds = |change: &Change| self.holds(ground.wish, change);
                found = (1..4).map(|times| whole(&values, f64::from(times))).find(holds);
                if let (None, Some((cell, value))) = (&found, clearest_fraction(&values)) {
                    let mut other = moves.clone();
                    let (here, there) = (value.round(), f64::INFINITY);
                    let beyond = if here > value { [-there, here - 1.0] } else { [here + 1.0, there] };
                    moves.bound(cell, [here, here], SETTLING);
                    other.bound(cell, beyond, SETTLING);
                    waiting.extend([other, moves]);
                    continue;
                }
            }
            self.idle().push(moves);
            if found.is_some() {
                break;
            }
        }
        self.idle().append(&mut waiting);
        found
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Moves>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has to be hidden besides for a change.
    fn cost(&self, wish: &Wish, change: &Change) -> u64 {
        let new = change.iter().filter(|&&(cell, _)| !(wish.hidden)(cell));
        new.map(|&(cell, _)| self.system.cell(cell).weight).sum()
    }

    fn holds(&self, wish: &Wish, change: &Change) -> bool {
        let reached = change.iter().find(|&&(cell, _)| cell == wish.cell);
        let reached = reached.is_some_and(|&(_, by)| if wish.by > 0 { by >= wish.by } else { by <= wish.by });
        reached && is_possible(self.system, change) && self.keeps_sums(change)
    }

    fn keeps_sums(&self, change: &Change) -> bool {
        let mut off: FxHashMap<u32, i64> = FxHashMap::default();
        for &(cell, by) in change {
            for &relation in &self.touching[cell as usize] {
                let is_total = self.system.relations()[relation as usize].total == cell;
                *off.entry(relation).or_insert(0) += if is_total { by } else { -by };
            }
        }
        off.values().all(|&off| off == 0)
    }
}

/// The whole change that is nearest to so many times the values.
#[allow(clippy::cast_possible_truncation)]
fn whole(values: &[(u32, f64)], times: f64) -> Change {
    let change = values.iter().map(|&(cell, value)| (cell, (times * value).round() as i64));
    change.filter(|&(_, by)| by != 0).collect()
}

/// The number that is nearest to a whole one and is none.
fn clearest_fraction(values: &[(u32, f64)]) -> Option<(u32, f64)> {
    let fraction = |value: f64| (value - value.round()).abs();
    let fractions = values.iter().filter(|value| fraction(value.1) > 1e-4);
    fractions.min_by(|a, b| fraction(a.1).total_cmp(&fraction(b.1))).copied()
}

/// Whether counts stay counts and nothing known changes.
pub(crate) fn is_possible(system: &System, change: &Change) -> bool {
    let stays = |cell: &crate::Cell, by: i64| !cell.is_fixed() && cell.value + by >= cell.least;
    change.iter().all(|&(cell, by)| stays(system.cell(cell), by))
}
