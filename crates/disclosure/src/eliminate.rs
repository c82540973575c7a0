//! Which other cells to hide so that no small count can be computed: a first answer by publishing what may be, dearest
//! first, a better one by trying again around random places. It refuses to know bounds on hidden cells.

use crate::field::Draw;
use crate::series::Series;
use crate::system::{Role, System};

/// So many rounds for each secondary cell there is at first: where nearly all that is hidden is small, there is little to try.
const PER_SECONDARY: u64 = 50;

/// Which cells are hidden.
pub(crate) type Hidden = Vec<bool>;

/// What hiding them costs, small counts not counted.
pub(crate) fn cost(system: &System, hidden: &[bool]) -> u64 {
    let open = system.cells().iter().zip(hidden).filter(|&(cell, &hidden)| hidden && !cell.must_hide());
    open.map(|(cell, _)| cell.weight).sum()
}

/// Everything hidden that may be.
pub(crate) fn all_hidden(system: &System) -> Hidden {
    system.cells().iter().map(|cell| !cell.is_fixed()).collect()
}

/// Publishes cells, dearest first, as long as no small count could be computed. Nothing more can be published then.
pub(crate) fn eliminate(system: &System, touching: &[Vec<u32>], hidden: &mut Hidden, seed: u64) {
    let cells: Vec<u32> = (0..).zip(&*hidden).filter(|&(_, &hidden)| hidden).map(|(cell, _)| cell).collect();
    let mut series = Series::new(system, cells, touching, seed);
    let mut order = candidates(system, &series);
    order.sort_by_key(|&(cell, _)| (std::cmp::Reverse(system.cell(cell).weight), cell));
    for (cell, column) in order {
        if series.may_publish(column) {
            series.publish(column);
            hidden[cell as usize] = false;
        }
    }
}

fn candidates(system: &System, series: &Series) -> Vec<(u32, u32)> {
    let columns = series.cells().iter().copied().zip(0..);
    columns.filter(|&(cell, _)| !system.cell(cell).must_hide()).collect()
}

/// Small counts that can be computed whatever is hidden besides.
pub(crate) fn lost(system: &System, touching: &[Vec<u32>], seed: u64) -> Vec<u32> {
    let cells = (0..).zip(system.cells()).filter(|(_, cell)| !cell.is_fixed()).map(|(at, _)| at).collect();
    Series::new(system, cells, touching, seed).computed().collect()
}

/// Hides cells around a random place again and publishes in another order; keeps what is not dearer.
pub(crate) struct Search<'a> {
    system: &'a System,
    touching: &'a [Vec<u32>],
    draw: Draw,
    cost: u64,
}

impl<'a> Search<'a> {
    pub(crate) fn new(system: &'a System, touching: &'a [Vec<u32>], hidden: &[bool], seed: u64) -> Self {
        Self { system, touching, draw: Draw::new(seed), cost: cost(system, hidden) }
    }

    /// Takes small steps back in the beginning, fewer and fewer later; the cheapest that was found is kept.
    pub(crate) fn run(&mut self, hidden: &mut Hidden, rounds: u64) {
        let (mut best, mut best_cost) = (hidden.clone(), self.cost);
        let secondary =
            (0..).zip(self.system.cells()).zip(&*hidden).filter(|((_, cell), hidden)| **hidden && !cell.must_hide());
        let rounds = rounds.min(PER_SECONDARY * secondary.count() as u64);
        for round in 0..rounds {
            let secondaries = (0..).zip(self.system.cells()).zip(&*hidden);
            let secondaries = secondaries.filter(|((_, cell), hidden)| **hidden && !cell.must_hide());
            let secondaries: Vec<u32> = secondaries.map(|((at, _), _)| at).collect();
            if secondaries.is_empty() {
                break;
            }
            let start = secondaries[self.draw.below(secondaries.len())];
            let wanted = 20 + self.draw.below(150);
            let mean = self.cost / secondaries.len() as u64;
            self.step(hidden, start, wanted, mean * (rounds - round) / rounds);
            if self.cost < best_cost {
                (best, best_cost) = (hidden.clone(), self.cost);
            }
        }
        *hidden = best;
    }

    /// Hides around a place again and publishes in another order, unless that costs more than `patience`.
    fn step(&mut self, hidden: &mut Hidden, start: u32, wanted: usize, patience: u64) {
        let again = self.around(hidden, start, wanted);
        for &cell in &again {
            hidden[cell as usize] = true;
        }
        let part = self.connected(hidden, start, &again);
        let mut series = Series::new(self.system, part, self.touching, self.draw.next());
        let noise = 0.1 + 0.9 * self.draw.unit();
        let mut order = Vec::new();
        for (cell, column) in candidates(self.system, &series) {
            #[allow(clippy::cast_precision_loss)]
            let weight = self.system.cell(cell).weight as f64;
            order.push((weight * (1.0 + noise * (self.draw.unit() - 0.5)), cell, column));
        }
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let added: u64 = again.iter().map(|&cell| self.system.cell(cell).weight).sum();
        let (mut saved, mut published) = (0, Vec::new());
        for (_, cell, column) in order {
            if series.may_publish(column) {
                series.publish(column);
                hidden[cell as usize] = false;
                saved += self.system.cell(cell).weight;
                published.push(cell);
            }
        }
        if saved + patience >= added {
            self.cost = self.cost + added - saved;
        } else {
            published.into_iter().for_each(|cell| hidden[cell as usize] = true);
            again.into_iter().for_each(|cell| hidden[cell as usize] = false);
        }
    }

    /// Published cells near a place, by random steps from sum to sum.
    fn around(&mut self, hidden: &[bool], start: u32, wanted: usize) -> Vec<u32> {
        let mut seen = vec![false; hidden.len()];
        seen[start as usize] = true;
        let (mut front, mut found) = (vec![start], Vec::new());
        let mut reached = 1;
        while !front.is_empty() && found.len() < wanted && reached < 40 * wanted {
            let at = self.draw.below(front.len());
            let cell = front.swap_remove(at);
            let touching = &self.touching[cell as usize];
            let from = self.draw.below(touching.len().max(1));
            for turn in 0..touching.len() {
                let relation = &self.system.relations()[touching[(from + turn) % touching.len()] as usize];
                for cell in relation.cells() {
                    if std::mem::replace(&mut seen[cell as usize], true) {
                        continue;
                    }
                    reached += 1;
                    front.push(cell);
                    if !hidden[cell as usize] && self.system.cell(cell).role == Role::Open && found.len() < wanted {
                        found.push(cell);
                    }
                }
            }
        }
        found
    }

    /// Hidden cells that hang together with the start or with what was hidden again.
    fn connected(&self, hidden: &[bool], start: u32, again: &[u32]) -> Vec<u32> {
        let mut seen = vec![false; hidden.len()];
        let mut relation_seen = vec![false; self.system.relations().len()];
        let mut front = vec![start];
        front.extend(again);
        let mut part = Vec::new();
        while let Some(cell) = front.pop() {
            if !hidden[cell as usize] || std::mem::replace(&mut seen[cell as usize], true) {
                continue;
            }
            part.push(cell);
            for &relation in &self.touching[cell as usize] {
                if !std::mem::replace(&mut relation_seen[relation as usize], true) {
                    front.extend(self.system.relations()[relation as usize].cells());
                }
            }
        }
        part.sort_unstable();
        part
    }
}
