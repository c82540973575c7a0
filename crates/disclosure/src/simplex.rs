//! The cheapest way to move: sums of free numbers, each with a price for being off its place that bends at a few points.
//! A simplex method that walks through the bends. It refuses to know counts; who uses its answer has to check it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The price of one number: it bends at `bends` (rising) and rises by `slopes` before, between and after them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    pub bends: [f64; 2],
    pub slopes: [f64; 3],
}

impl Price {
    fn slope_right(&self, value: f64) -> f64 {
        let passed = usize::from(value >= self.bends[0] - SAME) + usize::from(value >= self.bends[1] - SAME);
        self.slopes[passed]
    }

    fn slope_left(&self, value: f64) -> f64 {
        let passed = usize::from(value > self.bends[0] + SAME) + usize::from(value > self.bends[1] + SAME);
        self.slopes[passed]
    }
}

const SAME: f64 = 1e-10;
const NOTHING: f64 = 1e-9;

const NONE: u32 = u32::MAX;

/// `numbers[basis row] = sum of terms x numbers[slot]`; slots hold numbers that stay, rows numbers that follow.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walk {
    prices: Vec<Price>,
    values: Vec<f64>,
    /// Which number each slot and each row holds, if any.
    slots: Vec<u32>,
    basis: Vec<u32>,
    rows: Vec<Vec<(u32, f64)>>,
    rows_with: Vec<Vec<u32>>,
    /// What a step of each slot costs through the rows.
    through: Vec<f64>,
    slope: Vec<f64>,
}

impl Walk {
    /// So many numbers, all 0, and sums of them that must stay 0, sorted by number. Numbers that are `dear` are let stay
    /// where that is possible.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn new(numbers: usize, sums: Vec<Vec<(u32, f64)>>, dear: &[bool]) -> Self {
        let mut rows_with = vec![Vec::new(); numbers];
        for (at, row) in (0..).zip(&sums) {
            row.iter().for_each(|&(slot, _)| rows_with[slot as usize].push(at));
        }
        let mut walk = Self {
            values: vec![0.0; numbers],
            slots: (0..numbers as u32).collect(),
            basis: vec![NONE; sums.len()],
            slope: vec![0.0; sums.len()],
            through: vec![0.0; numbers],
            rows: sums,
            rows_with,
            ..Self::default()
        };
        let mut waiting: BinaryHeap<_> = (0..).zip(&walk.rows).map(|(at, row)| Reverse((row.len(), at))).collect();
        while let Some(Reverse((length, at))) = waiting.pop() {
            let row: &Vec<(u32, f64)> = &walk.rows[at];
            if row.len() == length {
                let key = |&&(slot, _): &&(u32, f64)| (dear[slot as usize], walk.rows_with[slot as usize].len(), slot);
                if let Some(&(slot, times)) = row.iter().min_by_key(key) {
                    walk.solve(at as u32, slot as usize, times);
                }
            } else if !row.is_empty() {
                waiting.push(Reverse((row.len(), at)));
            }
        }
        walk
    }

    /// Solves a sum for one of its numbers, which follows the others from now on.
    #[allow(clippy::cast_possible_truncation)]
    fn solve(&mut self, row: u32, slot: usize, times: f64) {
        let column = self.column(slot);
        let terms = std::mem::take(&mut self.rows[row as usize]);
        let others = terms.iter().filter(|&&(other, _)| other as usize != slot);
        let solved: Vec<(u32, f64)> = others.map(|&(other, value)| (other, -value / times)).collect();
        for &(other, times) in column.iter().filter(|&&(other, _)| other != row) {
            let terms = &mut self.rows[other as usize];
            terms.retain(|&(other, _)| other as usize != slot);
            self.substitute(other, NONE, times, &solved);
        }
        self.rows_with[slot].clear();
        self.rows[row as usize] = solved;
        self.basis[row as usize] = std::mem::replace(&mut self.slots[slot], NONE);
    }

    /// Which numbers follow others.
    pub(crate) fn follows(&self) -> Vec<bool> {
        let mut follows = vec![false; self.values.len()];
        self.basis.iter().filter(|&&number| number != NONE).for_each(|&number| follows[number as usize] = true);
        follows
    }

    /// Where no step makes it cheaper; `None` if that takes too long. A number that stays has a bend at 0.
    pub(crate) fn run(mut self, prices: Vec<Price>, most: usize) -> Option<Vec<f64>> {
        self.prices = prices;
        for row in 0..self.rows.len() {
            if self.basis[row] != NONE {
                let slope = self.prices[self.basis[row] as usize].slope_right(0.0);
                #[allow(clippy::cast_possible_truncation)]
                self.set_slope(row as u32, slope);
            }
        }
        for _ in 0..most {
            let Some((slot, direction, gain)) = self.best_slot() else { return Some(self.values) };
            self.step(slot, direction, gain);
        }
        None
    }

    fn best_slot(&self) -> Option<(usize, f64, f64)> {
        let mut best: Option<(usize, f64, f64)> = None;
        for (slot, (&number, &through)) in self.slots.iter().zip(&self.through).enumerate() {
            if number == NONE {
                continue;
            }
            let (price, value) = (&self.prices[number as usize], self.values[number as usize]);
            let right = through + price.slope_right(value);
            let left = -through - price.slope_left(value);
            let (gain, direction) = if right < left { (right, 1.0) } else { (left, -1.0) };
            if gain < best.map_or(-1e-6, |best| best.2) {
                best = Some((slot, direction, gain));
            }
        }
        best
    }

    /// Moves one slot as long as that pays, and lets the number that stopped it take its place.
    fn step(&mut self, slot: usize, direction: f64, gain: f64) {
        let column = self.column(slot);
        let mut stops: Vec<(f64, u32, f64)> = Vec::new();
        let own = self.slots[slot];
        self.add_stops(&mut stops, own, direction, true);
        for &(row, times) in &column {
            self.add_stops(&mut stops, self.basis[row as usize], direction * times, false);
        }
        stops.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut rising = gain;
        let stop = stops.iter().find(|stop| {
            rising += stop.2;
            rising >= -1e-9
        });
        let Some(&(length, stopped, _)) = stop else { return };
        self.values[own as usize] += direction * length;
        for &(row, times) in &column {
            let number = self.basis[row as usize] as usize;
            self.values[number] += direction * length * times;
            self.set_slope(row, self.prices[number].slope_right(self.values[number]));
        }
        if stopped != own {
            let place = column.iter().find(|&&(row, _)| self.basis[row as usize] == stopped);
            let &(row, times) = place.expect("it was stopped by one of the column");
            let price = &self.prices[stopped as usize];
            let value = &mut self.values[stopped as usize];
            // It stays exactly at its bend.
            let near = price.bends.iter().min_by(|a, b| (*a - *value).abs().total_cmp(&(*b - *value).abs()));
            *value = *near.expect("two bends");
            self.exchange(slot, row, times, &column);
        }
    }

    /// Rows that follow a slot, and how.
    fn column(&mut self, slot: usize) -> Vec<(u32, f64)> {
        let mut rows = std::mem::take(&mut self.rows_with[slot]);
        rows.sort_unstable();
        rows.dedup();
        #[allow(clippy::cast_possible_truncation)]
        let slot_number = slot as u32;
        let times = |&row: &u32| {
            let terms = &self.rows[row as usize];
            terms.binary_search_by_key(&slot_number, |term| term.0).ok().map(|at| (row, terms[at].1))
        };
        let column: Vec<(u32, f64)> = rows.iter().filter_map(times).collect();
        self.rows_with[slot] = column.iter().map(|&(row, _)| row).collect();
        column
    }

    /// Where the price of a number bends on its way. A slot that stands on a bend has left it; a row that stands on one
    /// is taken to be right of it, so on its way left the bend comes at once.
    fn add_stops(&self, stops: &mut Vec<(f64, u32, f64)>, number: u32, speed: f64, is_slot: bool) {
        let (price, value) = (&self.prices[number as usize], self.values[number as usize]);
        for (at, bend) in price.bends.iter().enumerate() {
            let ahead = match (speed > 0.0, is_slot) {
                (true, _) => *bend > value + SAME,
                (false, true) => *bend < value - SAME,
                (false, false) => *bend <= value + SAME,
            };
            if ahead {
                let length = (bend - value) / speed;
                stops.push((length.max(0.0), number, speed.abs() * (price.slopes[at + 1] - price.slopes[at])));
            }
        }
    }

    fn set_slope(&mut self, row: u32, slope: f64) {
        let change = slope - self.slope[row as usize];
        if change != 0.0 {
            self.slope[row as usize] = slope;
            for &(slot, times) in &self.rows[row as usize] {
                self.through[slot as usize] += change * times;
            }
        }
    }

    /// A row's number becomes a slot, the slot's number a row.
    #[allow(clippy::cast_possible_truncation)]
    fn exchange(&mut self, slot: usize, row: u32, times: f64, column: &[(u32, f64)]) {
        self.set_slope(row, 0.0);
        let entering = self.slots[slot];
        let terms = std::mem::take(&mut self.rows[row as usize]);
        let own = slot as u32;
        let invert =
            |&(other, value): &(u32, f64)| if other == own { (own, 1.0 / times) } else { (other, -value / times) };
        let solved: Vec<(u32, f64)> = terms.iter().map(invert).collect();
        for &(other, times) in column.iter().filter(|&&(other, _)| other != row) {
            self.substitute(other, own, times, &solved);
        }
        let price = self.through[slot];
        self.through[slot] = 0.0;
        for &(slot, times) in &solved {
            self.through[slot as usize] += price * times;
        }
        self.slots[slot] = self.basis[row as usize];
        self.basis[row as usize] = entering;
        self.rows[row as usize] = solved;
        self.slope[row as usize] = 0.0;
        self.set_slope(row, self.prices[entering as usize].slope_right(self.values[entering as usize]));
    }

    fn substitute(&mut self, row: u32, slot: u32, times: f64, solved: &[(u32, f64)]) {
        let old = std::mem::take(&mut self.rows[row as usize]);
        let mut sum = Vec::with_capacity(old.len() + solved.len());
        let mut old = old.into_iter().peekable();
        for &(other, value) in solved {
            while let Some(term) = old.next_if(|term| term.0 < other) {
                sum.push(term);
            }
            let before = old.next_if(|term| term.0 == other).map(|term| term.1);
            let value = if other == slot { times * value } else { before.unwrap_or(0.0) + times * value };
            if value.abs() > NOTHING {
                if before.is_none() {
                    self.rows_with[other as usize].push(row);
                }
                sum.push((other, value));
            }
        }
        sum.extend(old);
        self.rows[row as usize] = sum;
    }
}
