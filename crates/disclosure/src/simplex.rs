//! The cheapest way to move numbers so that sums stay: a dual simplex method that begins where one number must move and
//! takes up a sum only when something in it moves, so that it costs what lies near and not what there is. It refuses to
//! know counts; who uses its answer has to check it.

mod rows;
mod terms;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::field::{Draw, mix};
use rows::Sum;
use terms::{Spread, Terms};

const NOTHING: f64 = 1e-9;
const BROKEN: f64 = 1e-7;
/// Prices that differ by less are alike.
const TIE: f64 = 0.01;
const NONE: u32 = u32::MAX;

/// How far a number may be moved and what a step down or up from 0 costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    pub low: f64,
    pub high: f64,
    pub down: f64,
    pub up: f64,
}

impl Price {
    /// The stretch of one slope that begins at `value` and goes up, or down.
    fn stretch(&self, value: f64, rising: bool) -> Stretch {
        if value > 0.0 || (value == 0.0 && rising) {
            Stretch { low: self.low.max(0.0), high: self.high, slope: self.up }
        } else {
            Stretch { low: self.low, high: self.high.min(0.0), slope: -self.down }
        }
    }

    fn set_slope(&mut self, value: f64, rising: bool, slope: f64) {
        if value > 0.0 || (value == 0.0 && rising) {
            self.up = slope;
        } else {
            self.down = -slope;
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    low: f64,
    high: f64,
    slope: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Where its price bends or ends.
    Rests,
    /// It follows the others in a row.
    Follows(u32),
    /// It may not move any more.
    Fixed,
}

#[derive(Clone, Debug)]
struct Number {
    name: u32,
    price: Price,
    value: f64,
    state: State,
    /// What a step of it would save in the rows.
    rate: f64,
    /// Sums that were taken up and that it is in, and how often.
    sums: Vec<(u32, f64)>,
}

/// `value = -sum of what the sums say of numbers that rest`; without `holder` the value must be 0.
#[derive(Clone, Debug)]
struct Row {
    holder: u32,
    /// About the square of how far a step in it reaches.
    weight: f64,
    value: f64,
    stretch: Stretch,
    sums: Terms,
}

/// What the sums are and what moving costs.
pub(crate) trait Terrain {
    /// `None` for a number that must not move.
    fn price(&self, name: u32) -> Option<Price>;
    fn sums_with(&self, name: u32) -> &[u32];
    fn each_term(&self, sum: u32, tell: &mut dyn FnMut(u32, f64));
}

/// Numbers by name that moved so far, in rows of sums that were taken up.
#[derive(Clone)]
pub(crate) struct Moves<'a, T: Terrain> {
    terrain: &'a T,
    known: FxHashMap<u32, u32>,
    numbers: Vec<Number>,
    taken: FxHashSet<u32>,
    sums: Vec<Sum>,
    rows: Vec<Row>,
    /// Rows that may be broken, each once, in no order.
    suspects: Vec<u32>,
    suspected: Vec<bool>,
    spread: Spread,
    /// What the row that was read says: numbers that rest and how often it holds them.
    line: Vec<(u32, f64)>,
    /// Room to add up a line in; always 0 in between.
    total: Vec<f64>,
    steps: usize,
    /// What the way costs at least so far, and what it may.
    spent: f64,
    purse: f64,
    /// Fewer steps are left than this after which no price gives way any more: they could go in a circle.
    left: usize,
}

impl<'a, T: Terrain> Moves<'a, T> {
    /// Begins with a number that must be moved to between `low` and `high`, of which 0 is none; at most so many steps.
    pub(crate) fn new(terrain: &'a T, name: u32, range: [f64; 2], slope: f64, steps: usize) -> Self {
        let mut moves = Self {
            terrain,
            known: FxHashMap::default(),
            numbers: Vec::new(),
            taken: FxHashSet::default(),
            sums: Vec::new(),
            rows: Vec::new(),
            suspects: Vec::new(),
            suspected: Vec::new(),
            spread: Spread::default(),
            line: Vec::new(),
            total: Vec::new(),
            steps,
            spent: 0.0,
            purse: f64::INFINITY,
            left: steps,
        };
        let price = Price { low: range[0], high: range[1], down: slope, up: slope };
        let value = if range[0] > 0.0 { range[0] } else { range[1] };
        moves.known.insert(name, 0);
        moves.numbers.push(Number { name, price, value, state: State::Rests, rate: 0.0, sums: Vec::new() });
        moves.take_up(0);
        moves
    }

    /// Gives up where the way costs more.
    pub(crate) fn spend_at_most(&mut self, purse: f64) {
        self.purse = purse;
    }

    /// Moves on until all sums hold; `false` if they cannot, or it takes too long or costs too much.
    pub(crate) fn settle(&mut self) -> bool {
        while let Some((row, over)) = self.most_broken() {
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            self.read(row);
            let Some((entering, by)) = self.entering(row, over) else { return false };
            self.spent += (over * by).abs();
            if self.spent > self.purse {
                return false;
            }
            match entering {
                Some(number) => self.exchange(row, over, number, by),
                None => self.turn(row, by),
            }
        }
        true
    }

    /// Numbers that are not where they were, by name.
    pub(crate) fn moved(&self) -> Vec<(u32, f64)> {
        let value = |number: &Number| match number.state {
            State::Follows(row) => self.rows[row as usize].value,
            _ => number.value,
        };
        let all = self.numbers.iter().map(|number| (number.name, value(number)));
        let mut moved: Vec<(u32, f64)> = all.filter(|(_, value)| value.abs() > BROKEN).collect();
        moved.sort_unstable_by_key(|&(name, _)| name);
        moved
    }

    /// From now on a number that follows others must be between two places; only so many steps more.
    pub(crate) fn bound(&mut self, name: u32, [low, high]: [f64; 2], steps: usize) {
        (self.steps, self.left) = (steps, steps);
        let number = &mut self.numbers[self.known[&name] as usize];
        if let State::Follows(row) = number.state {
            suspect(&mut self.suspects, &mut self.suspected, row);
            let stretch = &mut self.rows[row as usize].stretch;
            (number.price.low, number.price.high) = (number.price.low.max(low), number.price.high.min(high));
            (stretch.low, stretch.high) = (number.price.low.max(stretch.low), number.price.high.min(stretch.high));
        }
    }

    /// Measured by how far a step in the row reaches, and rather a short row: few new terms come in then.
    fn most_broken(&mut self) -> Option<(u32, f64)> {
        let Self { rows, suspects, suspected, .. } = self;
        let mut worst: Option<(u32, f64, f64)> = None;
        suspects.retain(|&at| {
            let row = &rows[at as usize];
            let over = if row.value > row.stretch.high {
                row.value - row.stretch.high
            } else {
                (row.value - row.stretch.low).min(0.0)
            };
            let broken = over.abs() > BROKEN;
            suspected[at as usize] = broken;
            if broken {
                #[allow(clippy::cast_precision_loss)]
                let length = row.sums.len() as f64;
                let score = over * over / (row.weight * length * length);
                // Of equal ones the first.
                if worst.is_none_or(|worst| score > worst.2 || (score == worst.2 && at < worst.0)) {
                    worst = Some((at, over, score));
                }
            }
            broken
        });
        worst.map(|(row, over, _)| (row, over))
    }

    /// What gives way first if what a row is over its stretch costs more and more, and how much more; `None` for the
    /// holder itself, which goes on at its next slope.
    fn entering(&self, row: u32, over: f64) -> Option<(Option<u32>, f64)> {
        let sign = over.signum();
        let Row { holder, stretch, .. } = &self.rows[row as usize];
        let mut most = f64::INFINITY;
        if *holder != NONE {
            let price = &self.numbers[*holder as usize].price;
            let bend = if over > 0.0 { stretch.high } else { stretch.low };
            let goes_on = if over > 0.0 { price.high > bend } else { price.low < bend };
            if goes_on && bend == 0.0 {
                most = price.up + price.down;
            }
        }
        let turns = most;
        let tie = if 2 * self.left > self.steps { TIE } else { NOTHING };
        let give = |&(at, times): &(u32, f64)| {
            let number = &self.numbers[at as usize];
            let speed = sign * times;
            let ends = if speed > 0.0 { number.value >= number.price.high } else { number.value <= number.price.low };
            if ends || speed.abs() < BROKEN {
                return None;
            }
            let slope = number.price.stretch(number.value, speed > 0.0).slope;
            Some((((slope - number.rate) / speed).max(0.0), speed.abs(), at))
        };
        for (steps, speed, _) in self.line.iter().filter_map(give) {
            most = most.min(steps + tie / speed);
        }
        let near = self.line.iter().filter_map(give).filter(|&(steps, ..)| steps <= most);
        // One of the near that keeps numbers whole and rows short.
        let rank = |&(_, speed, at): &(f64, f64, u32)| {
            let odd = (speed - 1.0).abs() > NOTHING;
            (odd, self.spread_of(at), at)
        };
        match near.min_by_key(rank) {
            Some((steps, _, at)) if steps <= turns => Some((Some(at), sign * steps)),
            _ if turns < f64::INFINITY => Some((None, sign * turns)),
            _ => None,
        }
    }

    /// The holder of a row passes 0 and goes on at its other slope.
    fn turn(&mut self, row: u32, by: f64) {
        let at = row as usize;
        let price = self.numbers[self.rows[at].holder as usize].price;
        self.rows[at].stretch = price.stretch(0.0, by > 0.0);
        self.charge(by);
    }

    /// What a row is over its stretch costs more. Who would have given way sooner becomes dearer instead, by a little
    /// more than need be, so that prices do not come to be equal.
    #[allow(clippy::cast_precision_loss)]
    fn charge(&mut self, by: f64) {
        for &(other, times) in &self.line {
            let number = &mut self.numbers[other as usize];
            number.rate += by * times;
            let Number { price, rate, value, name, .. } = number;
            let aside = TIE * Draw::new(mix(u64::from(*name) ^ (self.left as u64) << 32)).unit();
            if *value < price.high && price.stretch(*value, true).slope < *rate - NOTHING {
                price.set_slope(*value, true, *rate + aside);
            }
            if *value > price.low && price.stretch(*value, false).slope > *rate + NOTHING {
                price.set_slope(*value, false, *rate - aside);
            }
        }
    }

    /// The holder of a row rests where its stretch ends; a number that rested takes its place.
    fn exchange(&mut self, row: u32, over: f64, entering: u32, by: f64) {
        self.take_up(entering);
        let column = self.column(entering);
        let times = column.iter().find(|&&(other, _)| other == row).expect("it is in this row").1;
        let step = over / times;
        let weight = self.rows[row as usize].weight / (times * times);
        for &(other, times) in &column {
            suspect(&mut self.suspects, &mut self.suspected, other);
            let other = &mut self.rows[other as usize];
            other.value -= times * step;
            other.weight = other.weight.max(times * times * weight);
        }
        self.charge(by);
        self.rest(row, over, by);
        let mut solved = std::mem::take(&mut self.rows[row as usize].sums);
        solved.divide(times);
        self.spread.lay(&solved, self.sums.len());
        for &(other, times) in column.iter().filter(|&&(other, _)| other != row) {
            self.substitute(other, times, &solved);
        }
        self.spread.clear(&solved);
        let number = &mut self.numbers[entering as usize];
        number.state = State::Follows(row);
        let stretch = number.price.stretch(number.value, step > 0.0);
        self.rows[row as usize] =
            Row { holder: entering, weight: weight.max(1.0), value: number.value + step, stretch, sums: solved };
    }
}

/// Notes that a row may be broken, once.
fn suspect(suspects: &mut Vec<u32>, suspected: &mut [bool], row: u32) {
    if !std::mem::replace(&mut suspected[row as usize], true) {
        suspects.push(row);
    }
}
