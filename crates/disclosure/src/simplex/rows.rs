//! The sums that were taken up, and rows made of them: each solved for the number that follows the others. A row is kept
//! as so many times this sum and that, which is short; what it says of the numbers is worked out when it is asked. It
//! refuses to know which of them should move.

use super::lists::Lists;
use super::terms::{Spread, Terms};
use super::{NOTHING, Number, State};

/// Room to begin with: most sums are short, and most rows.
const ROOM: usize = 8;

/// Sums and rows by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// By sum: its numbers, with their signs.
    terms: Lists<(u32, f64)>,
    /// By number: sums that it is in, and how often.
    sums_of: Lists<(u32, f64)>,
    /// By sum: rows that it is in; may also name rows that it has left, and a row twice.
    rows_with: Lists<u32>,
    /// By row: sums that it is made of.
    made_of: Terms,
    sums: u32,
    spread: Spread,
    /// The sum that is written down.
    draft: Vec<(u32, f64)>,
    /// By number, what the row that is read says of it; by row, what the column that is asked says of it.
    line: Tally,
    column: Tally,
    /// By row: the last sum that was asked of it.
    asked: Vec<u32>,
    asks: u32,
}

impl Rows {
    pub(super) fn clear(&mut self) {
        self.terms.clear();
        self.sums_of.clear();
        self.rows_with.clear();
        self.made_of.clear();
        self.spread.clear();
        self.line.clear();
        self.column.clear();
        self.asked.clear();
        (self.sums, self.asks) = (0, 0);
    }

    /// A new number, which is in no sum yet.
    pub(super) fn add_number(&mut self) {
        self.sums_of.add(&[], ROOM);
    }

    /// Begins to write a sum down.
    pub(super) fn draft(&mut self) {
        self.draft.clear();
    }

    pub(super) fn write(&mut self, number: u32, times: f64) {
        let sum = self.sums;
        match self.sums_of.of_mut(number).last_mut().filter(|last| last.0 == sum) {
            // A sum that names it twice.
            Some(last) => {
                last.1 += times;
                self.draft.iter_mut().filter(|term| term.0 == number).for_each(|term| term.1 += times);
            }
            None => {
                self.sums_of.push(number, (sum, times));
                self.draft.push((number, times));
            }
        }
    }

    /// Takes up the sum that was written down, as a row of its own; what it comes to.
    pub(super) fn take_up(&mut self, row: u32, numbers: &[Number]) -> f64 {
        let value = -self.draft.iter().map(|&(number, times)| times * numbers[number as usize].value).sum::<f64>();
        self.terms.add(&self.draft, 0);
        self.rows_with.add(&[row], ROOM);
        self.made_of.add_once(self.sums, ROOM);
        self.asked.push(u32::MAX);
        self.sums += 1;
        value
    }

    pub(super) fn len(&self, row: u32) -> usize {
        self.made_of.len(row)
    }

    /// What a row says of the numbers that rest, left in `line`.
    pub(super) fn read(&mut self, row: u32, numbers: &[Number], line: &mut Vec<(u32, f64)>) {
        self.line.begin(numbers.len());
        for (sum, times) in self.made_of.iter(row) {
            for &(number, sign) in self.terms.of(sum) {
                self.line.add(number, times * sign);
            }
        }
        line.clear();
        let rests = |number: u32| numbers[number as usize].state == State::Rests;
        line.extend(self.line.found().filter(|&(number, times)| times.abs() > NOTHING && rests(number)));
    }

    /// In about how many rows a number is.
    pub(super) fn spread_of(&self, number: u32) -> usize {
        self.sums_of.of(number).iter().map(|&(sum, _)| self.rows_with.len(sum)).sum()
    }

    /// Rows that hold a number that rests, and how often, left in `column`.
    pub(super) fn column(&mut self, number: u32, column: &mut Vec<(u32, f64)>) {
        self.column.begin(self.asked.len());
        for &(sum, sign) in self.sums_of.of(number) {
            self.asks += 1;
            let (held, mut kept) = (self.rows_with.of_mut(sum), 0);
            for at in 0..held.len() {
                let row = held[at];
                // Each row once, and none that it has left.
                let again = std::mem::replace(&mut self.asked[row as usize], self.asks) == self.asks;
                let Some(times) = (!again).then(|| self.made_of.times(row, sum)).flatten() else { continue };
                self.column.add(row, times * sign);
                held[kept] = row;
                kept += 1;
            }
            self.rows_with.shorten(sum, kept);
        }
        column.clear();
        column.extend(self.column.found().filter(|&(_, times)| times.abs() > NOTHING));
    }

    /// Solves a row for a number that it holds so many times, and puts that into the other rows of the column.
    pub(super) fn solve(&mut self, row: u32, times: f64, column: &[(u32, f64)]) {
        self.made_of.divide(row, times);
        self.spread.lay(&self.made_of, row, self.sums as usize);
        for &(other, times) in column.iter().filter(|&&(other, _)| other != row) {
            self.spread.subtract(times, &mut self.made_of, other, NOTHING, &mut self.rows_with);
        }
        self.spread.take_away();
    }
}

/// What is added up by number, in the order in which it was met.
#[derive(Clone, Debug, Default)]
struct Tally {
    sums: Vec<(u32, f64)>,
    met: Vec<u32>,
    turn: u32,
}

impl Tally {
    fn clear(&mut self) {
        // Turns must not come round while any is remembered.
        if self.turn > u32::MAX / 2 {
            self.sums.clear();
            self.turn = 0;
        }
    }

    fn begin(&mut self, numbers: usize) {
        if self.sums.len() < numbers {
            self.sums.resize(numbers, (0, 0.0));
        }
        self.met.clear();
        self.turn += 1;
    }

    fn add(&mut self, number: u32, by: f64) {
        let sum = &mut self.sums[number as usize];
        if sum.0 == self.turn {
            sum.1 += by;
        } else {
            *sum = (self.turn, by);
            self.met.push(number);
        }
    }

    fn found(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.met.iter().map(|&number| (number, self.sums[number as usize].1))
    }
}
