//! Finds a change of the true counts that everything published allows, raises one small count far enough and needs few
//! more cells hidden. It refuses to know which small counts are still to be done.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use crate::boxes::Boxes;
use crate::field::Draw;
use crate::simplex::{Price, Walk};
use crate::system::System;

/// Cells that change, by number, and by how much.
pub(crate) type Change = Vec<(u32, i64)>;

const FORBIDDEN: f64 = 1e9;
const WANTED: f64 = 1e7;
const HIDDEN: f64 = 0.01;
/// How many hidden and how many published cells are looked at, in multiples of a wish's reach. Of small systems all are,
/// first those published ones that other answers hide; of others the first that do are taken.
const THOROUGH: [(usize, usize); 4] = [(2, 0), (2, 2), (2, 1), (2, 4)];
const QUICK: [(usize, usize); 4] = [(2, 0), (2, 2), (4, 4), (6, 6)];
const SMALL: usize = 2_000;

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'a> {
    pub cell: u32,
    /// How much the cell has to rise, or to fall if below 0.
    pub by: i64,
    /// Cells that must not change.
    pub frozen: &'a [u32],
    /// How many hidden cells may.
    pub reach: usize,
}

/// How a program is changed after it was solved.
#[derive(Clone, Debug, Default)]
struct Trial {
    by: i64,
    /// By how much hidden cells alone do not do.
    missing: i64,
    /// Whether other small counts are raised along.
    open: bool,
    noise: f64,
    /// How much each cell changed last time.
    used: Vec<f64>,
    forced: Vec<(usize, f64)>,
}

pub(crate) struct Mover<'a> {
    system: &'a System,
    touching: &'a [Vec<u32>],
    boxes: Option<&'a Boxes<'a>>,
    draw: Draw,
    /// Published cells that are worth a look first.
    likely: &'a [bool],
    /// A price that is not worth another look.
    cheap: u64,
    pub programs: usize,
}

impl<'a> Mover<'a> {
    pub(crate) fn new(
        system: &'a System,
        touching: &'a [Vec<u32>],
        likely: &'a [bool],
        boxes: Option<&'a Boxes<'a>>,
        seed: u64,
    ) -> Self {
        let weight = system.primaries().map(|cell| system.cell(cell).weight).max().unwrap_or(0);
        Self { system, touching, likely, boxes, draw: Draw::new(seed), cheap: 6 * weight, programs: 0 }
    }

    /// The cheapest change found; `open` says of a small count whether it would be good to raise it too.
    pub(crate) fn find(&mut self, wish: &Wish, hidden: &[bool], open: &dyn Fn(u32) -> bool) -> Option<Change> {
        let mut trial = Trial { by: wish.by, missing: wish.by.abs(), open: true, ..Trial::default() };
        let mut best: Option<(u64, Change)> = None;
        let small = self.system.len() <= SMALL;
        for (level, (near, published)) in if small { THOROUGH } else { QUICK }.into_iter().enumerate() {
            let cells =
                self.area(wish, hidden, [near * wish.reach / 2, published * wish.reach / 2], small && level == 1);
            let walk = self.walk(&cells, hidden);
            let at = cells.binary_search(&wish.cell).ok()?;
            self.programs += 1;
            let rest = self.solve(wish, hidden, open, &cells, walk.clone(), &trial);
            let reached = rest.map_or(0.0, |values| values[at].abs() + 1e-2);
            trial.open = false;
            let is_short = reached < wish.by.abs() as f64;
            if published == 0 && is_short {
                trial.missing = wish.by.abs() - reached.floor() as i64;
            }
            if is_short {
                continue;
            }
            let Some(change) = self.whole_change(wish, hidden, open, &cells, &walk, trial.missing) else { continue };
            let cost = self.cost(hidden, &change);
            if best.as_ref().is_none_or(|best| cost < best.0) {
                best = Some((cost, change));
            }
            if cost <= self.cheap || !small {
                break;
            }
        }
        if best.is_none()
            && wish.by > 0
            && let Some(boxes) = self.boxes
        {
            let found = boxes.find(self.system, hidden, (wish.cell, wish.by), wish.frozen, &mut self.draw);
            best = found.filter(|change| self.holds(wish, change)).map(|change| (self.cost(hidden, &change), change));
        }
        best.map(|best| best.1)
    }

    fn walk(&self, cells: &[u32], hidden: &[bool]) -> Walk {
        let dear: Vec<bool> = cells.iter().map(|&cell| !hidden[cell as usize]).collect();
        Walk::new(cells.len(), self.sums(cells), &dear)
    }

    /// The cheapest whole change within some cells.
    fn whole_change(
        &mut self,
        wish: &Wish,
        hidden: &[bool],
        open: &dyn Fn(u32) -> bool,
        cells: &[u32],
        walk: &Walk,
        missing: i64,
    ) -> Option<Change> {
        let at = cells.binary_search(&wish.cell).ok()?;
        let mut trial = Trial { by: wish.by, missing, open: true, ..Trial::default() };
        let mut best: Option<(u64, Change)> = None;
        // Where the cheapest change is not whole, one that goes a little further or another of the same cost often is.
        for attempt in 0..8 {
            self.programs += 1;
            let values = self.solve(wish, hidden, open, cells, walk.clone(), &trial);
            let values = values.filter(|values| {
                let left = (values[at] - trial.by as f64) * (wish.by.signum() as f64);
                left > -0.1
            });
            let Some(values) = values else {
                if trial.by == wish.by && best.is_none() && attempt < 6 {
                    return None;
                }
                trial.by = wish.by;
                continue;
            };
            let found =
                (1..4).map(|times| whole(cells, &values, f64::from(times))).find(|change| self.holds(wish, change));
            if let Some(change) = found {
                let cost = self.cost(hidden, &change);
                if cost == 0 || best.as_ref().is_some_and(|best| cost >= best.0) {
                    return Some(best.filter(|best| best.0 <= cost).map_or(change, |best| best.1));
                }
                best = Some((cost, change));
                // What a cell costs does not depend on how much it changes: charge it as if it changed as now.
                trial.used = values;
                trial.open = false;
                continue;
            }
            if let Some((_, change)) = best {
                return Some(change);
            }
            trial.noise = 4.0;
            trial.open = false;
            trial.by = wish.by + wish.by.signum() * [0, 1, 1, 2, 2, 0, 0, 0, 0, 0][attempt];
            if attempt >= 5 {
                // Settle the clearest fraction.
                let fraction = |value: f64| (value - value.round()).abs();
                let is_open = |&(at, value): &(usize, f64)| {
                    fraction(value) > 0.01 && !trial.forced.iter().any(|&(forced, _)| forced == at)
                };
                let fractions = values.iter().copied().enumerate().filter(is_open);
                let (at, value) = fractions.min_by(|a, b| fraction(a.1).total_cmp(&fraction(b.1)))?;
                trial.forced.push((at, value.round()));
            }
        }
        best.map(|best| best.1)
    }

    /// What has to be hidden besides for a change.
    pub(crate) fn cost(&self, hidden: &[bool], change: &Change) -> u64 {
        let new = change.iter().filter(|&&(cell, _)| !hidden[cell as usize]);
        new.map(|&(cell, _)| self.system.cell(cell).weight).sum()
    }

    /// Cells that are near: hidden ones, and so many published ones; a step to a dear cell is longer.
    fn area(&self, wish: &Wish, hidden: &[bool], [near, published]: [usize; 2], only_likely: bool) -> Vec<u32> {
        let mut best: FxHashMap<u32, u64> = FxHashMap::default();
        let mut front = BinaryHeap::from([Reverse((0_u64, wish.cell))]);
        let (mut area, mut left) = (Vec::new(), [near, published]);
        while let Some(Reverse((length, cell))) = front.pop() {
            if best.get(&cell).is_some_and(|&best| best < length) {
                continue;
            }
            let left = &mut left[usize::from(!hidden[cell as usize])];
            if *left == 0 {
                continue;
            }
            *left -= 1;
            area.push(cell);
            for &relation in &self.touching[cell as usize] {
                for next in self.system.relations()[relation as usize].cells() {
                    let (at, hidden) = (self.system.cell(next), hidden[next as usize]);
                    if at.is_fixed()
                        || wish.frozen.contains(&next)
                        || (published == 0 && !hidden)
                        || (!hidden && only_likely && !self.likely[next as usize])
                    {
                        continue;
                    }
                    let length = length + 8 + if hidden { 0 } else { u64::from(at.weight.ilog2()) };
                    let known = best.entry(next).or_insert(u64::MAX);
                    if length < *known {
                        *known = length;
                        front.push(Reverse((length, next)));
                    }
                }
            }
        }
        area.sort_unstable();
        area.dedup();
        area
    }

    /// The sums that these cells are in, by place in the list.
    #[allow(clippy::cast_possible_truncation)]
    fn sums(&self, cells: &[u32]) -> Vec<Vec<(u32, f64)>> {
        let mut relations: Vec<u32> = cells.iter().flat_map(|&cell| &self.touching[cell as usize]).copied().collect();
        relations.sort_unstable();
        relations.dedup();
        let terms = relations.iter().map(|&relation| {
            let terms = self.system.relations()[relation as usize].terms();
            let mut terms: Vec<(u32, f64)> =
                terms.filter_map(|(cell, sign)| Some((cells.binary_search(&cell).ok()? as u32, sign as f64))).collect();
            terms.sort_unstable_by_key(|term| term.0);
            terms
        });
        terms.collect()
    }

    fn solve(
        &mut self,
        wish: &Wish,
        hidden: &[bool],
        open: &dyn Fn(u32) -> bool,
        cells: &[u32],
        walk: Walk,
        trial: &Trial,
    ) -> Option<Vec<f64>> {
        let wish = Wish { by: trial.by, ..*wish };
        let mut prices = Vec::with_capacity(cells.len());
        let open = |cell| trial.open && open(cell);
        for (at, (&cell, follows)) in cells.iter().zip(walk.follows()).enumerate() {
            let aside = if follows { (1.0 + self.draw.unit()) * 1e-5 } else { 0.0 };
            let mut price = self.price(&wish, hidden, &open, cell, aside, trial.missing);
            if cell != wish.cell {
                if trial.noise > 0.0 && hidden[cell as usize] {
                    price.slopes[1] *= 1.0 + trial.noise * self.draw.unit();
                    price.slopes[2] *= 1.0 + trial.noise * self.draw.unit();
                }
                if let Some(used) = trial.used.get(at).map(|used| used.abs()).filter(|&used| used > 0.5)
                    && !hidden[cell as usize]
                {
                    let weight = self.system.cell(cell).weight as f64 / used;
                    (price.slopes[1], price.slopes[2]) = (-weight, weight);
                }
            }
            prices.push(price);
        }
        for &(at, to) in &trial.forced {
            prices[at] = at_place(to);
        }
        let most = 200 + 2 * cells.len();
        walk.run(prices, most)
    }

    /// What changing a cell costs. `aside` moves the place where nothing is changed a little, so that no two cells bend
    /// at the same step.
    #[allow(clippy::cast_precision_loss)]
    fn price(
        &self,
        wish: &Wish,
        hidden: &[bool],
        open: &dyn Fn(u32) -> bool,
        cell: u32,
        aside: f64,
        missing: i64,
    ) -> Price {
        let at = self.system.cell(cell);
        let room = at.value.saturating_sub(at.least).min(1 << 40) as f64;
        let low = -room - aside;
        if cell == wish.cell {
            let by = wish.by as f64;
            return if by > 0.0 {
                Price { bends: [low, by], slopes: [-FORBIDDEN, -WANTED, HIDDEN] }
            } else {
                Price { bends: [low, by.max(low + 1e-7)], slopes: [-FORBIDDEN, -HIDDEN, WANTED] }
            };
        }
        if !hidden[cell as usize] {
            let most = missing.max(1) as f64;
            let weight = at.weight as f64;
            let down = weight / most.min(room.max(1.0));
            return Price { bends: [low, aside], slopes: [-FORBIDDEN, -down, weight / most] };
        }
        match at.reach {
            Some(reach) if open(cell) => {
                let by = (reach - at.value).max(1) as f64 + aside;
                Price { bends: [low, by], slopes: [-FORBIDDEN, -HIDDEN, HIDDEN] }
            }
            _ => Price { bends: [low, aside], slopes: [-FORBIDDEN, -HIDDEN, HIDDEN] },
        }
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
fn whole(cells: &[u32], values: &[f64], times: f64) -> Change {
    let change = cells.iter().zip(values).map(|(&cell, value)| (cell, (times * value).round() as i64));
    change.filter(|&(_, by)| by != 0).collect()
}

/// Whether counts stay counts and nothing known changes.
pub(crate) fn is_possible(system: &System, change: &Change) -> bool {
    let stays = |cell: &crate::Cell, by: i64| !cell.is_fixed() && cell.value + by >= cell.least;
    change.iter().all(|&(cell, by)| stays(system.cell(cell), by))
}

fn at_place(place: f64) -> Price {
    Price { bends: [place, f64::INFINITY], slopes: [-FORBIDDEN, FORBIDDEN, FORBIDDEN] }
}
