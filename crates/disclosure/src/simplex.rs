//! The cheapest way to move numbers so that sums stay: a dual simplex method that begins where one number must move and
//! takes up a sum only when something in it moves, so that it costs what lies near and not what there is. It refuses to
//! know counts; who uses its answer has to check it.

mod lists;
mod named;
mod rows;
mod steps;
mod terms;

use named::Named;
use rows::Rows;

const NOTHING: f64 = 1e-9;
const BROKEN: f64 = 1e-7;
/// Prices that differ by less are alike.
const TIE: f64 = 0.01;
const NONE: u32 = u32::MAX;
/// A number that must not move.
const FIXED: u32 = NONE - 1;

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
}

/// `value = -sum of what the sums say of numbers that rest`; without `holder` the value must be 0.
#[derive(Clone, Debug)]
struct Row {
    holder: u32,
    /// About the square of how far a step in it reaches.
    weight: f64,
    value: f64,
    stretch: Stretch,
}

/// What the sums are and what moving costs.
pub(crate) trait Terrain {
    /// `None` for a number that must not move.
    fn price(&self, name: u32) -> Option<Price>;
    fn sums_with(&self, name: u32) -> &[u32];
    fn each_term(&self, sum: u32, tell: &mut dyn FnMut(u32, f64));
}

/// Numbers by name that moved so far, in rows of sums that were taken up. Its memory serves for one question after the
/// other.
#[derive(Clone, Default)]
pub(crate) struct Moves {
    /// By name: which number it is; `FIXED` where it must not move.
    known: Named,
    numbers: Vec<Number>,
    taken: Named,
    sums: Rows,
    rows: Vec<Row>,
    /// Rows that may be broken, each once, in no order.
    suspects: Vec<u32>,
    suspected: Vec<bool>,
    /// What the row that was read says: numbers that rest and how often it holds them; and what of them gives way when.
    line: Vec<(u32, f64)>,
    giving: Vec<Giving>,
    /// Rows with the number that is to follow, and how often each holds it.
    column: Vec<(u32, f64)>,
    steps: usize,
    /// What the way costs at least so far, and what it may.
    spent: f64,
    purse: f64,
    /// Fewer steps are left than this after which no price gives way any more: they could go in a circle.
    left: usize,
}

/// A number that could give way: how much dearer the row becomes before, and how fast it moves then.
#[derive(Clone, Copy, Debug)]
struct Giving {
    at: u32,
    after: f64,
    speed: f64,
}

impl Moves {
    /// Begins with a number that must be moved to between `low` and `high`, of which 0 is none; at most so many steps.
    pub(crate) fn begin(&mut self, terrain: &impl Terrain, name: u32, range: [f64; 2], slope: f64, steps: usize) {
        self.known.clear();
        self.taken.clear();
        self.sums.clear();
        self.numbers.clear();
        self.rows.clear();
        self.suspects.clear();
        self.suspected.clear();
        (self.steps, self.left, self.spent, self.purse) = (steps, steps, 0.0, f64::INFINITY);
        let price = Price { low: range[0], high: range[1], down: slope, up: slope };
        let value = if range[0] > 0.0 { range[0] } else { range[1] };
        self.known.set(name, 0);
        self.numbers.push(Number { name, price, value, state: State::Rests, rate: 0.0 });
        self.sums.add_number();
        self.take_up(terrain, 0);
    }

    /// Gives up where the way costs more.
    pub(crate) fn spend_at_most(&mut self, purse: f64) {
        self.purse = purse;
    }

    /// Moves on until all sums hold; `false` if they cannot, or it takes too long or costs too much.
    pub(crate) fn settle(&mut self, terrain: &impl Terrain) -> bool {
        while let Some((row, over)) = self.most_broken() {
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            self.sums.read(row, &self.numbers, &mut self.line);
            let Some((entering, by)) = self.entering(row, over) else { return false };
            self.spent += (over * by).abs();
            if self.spent > self.purse {
                return false;
            }
            match entering {
                Some(number) => self.exchange(terrain, row, over, number, by),
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
        let Some(number) = self.known.get(name).filter(|&number| number != FIXED) else { return };
        let number = &mut self.numbers[number as usize];
        if let State::Follows(row) = number.state {
            suspect(&mut self.suspects, &mut self.suspected, row);
            let stretch = &mut self.rows[row as usize].stretch;
            (number.price.low, number.price.high) = (number.price.low.max(low), number.price.high.min(high));
            (stretch.low, stretch.high) = (number.price.low.max(stretch.low), number.price.high.min(stretch.high));
        }
    }

    /// Takes up all sums that a number is in.
    #[allow(clippy::cast_possible_truncation)]
    fn take_up(&mut self, terrain: &impl Terrain, number: u32) {
        for &sum in terrain.sums_with(self.numbers[number as usize].name) {
            if !self.taken.set(sum, 0) {
                continue;
            }
            self.sums.draft();
            terrain.each_term(sum, &mut |name, sign| {
                if let Some(number) = self.number(terrain, name) {
                    self.sums.write(number, sign);
                }
            });
            let row = self.rows.len() as u32;
            let value = self.sums.take_up(row, &self.numbers);
            let stretch = Stretch { low: 0.0, high: 0.0, slope: 0.0 };
            self.suspects.push(row);
            self.suspected.push(true);
            self.rows.push(Row { holder: NONE, weight: 1.0, value, stretch });
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn number(&mut self, terrain: &impl Terrain, name: u32) -> Option<u32> {
        if let Some(number) = self.known.get(name) {
            return (number != FIXED).then_some(number);
        }
        let price = terrain.price(name);
        let number = if price.is_some() { self.numbers.len() as u32 } else { FIXED };
        self.known.set(name, number);
        self.numbers.push(Number { name, price: price?, value: 0.0, state: State::Rests, rate: 0.0 });
        self.sums.add_number();
        Some(number)
    }
}

/// Notes that a row may be broken, once.
fn suspect(suspects: &mut Vec<u32>, suspected: &mut [bool], row: u32) {
    if !std::mem::replace(&mut suspected[row as usize], true) {
        suspects.push(row);
    }
}
