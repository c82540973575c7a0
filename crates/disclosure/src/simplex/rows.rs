//! The sums that were taken up, and rows made of them: each solved for the number that follows the others. A row is kept
//! as so many times this sum and that, which is short; what it says of the numbers is worked out when it is asked. It
//! refuses to know which of them should move.

use super::terms::Terms;
use super::{Moves, NONE, NOTHING, Number, Row, State, Stretch, Terrain};

/// A sum that was taken up.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    terms: Terms,
    /// Rows that it is in; may also name rows that it has left, and a row twice.
    rows: Vec<u32>,
}

impl<T: Terrain> Moves<'_, T> {
    /// What a row says of the numbers that rest: sorted, and left in `line`.
    pub(super) fn read(&mut self, row: u32) {
        let Self { rows, sums, numbers, line, total, .. } = self;
        line.clear();
        total.resize(numbers.len(), 0.0);
        for (sum, times) in rows[row as usize].sums.iter() {
            for (number, sign) in sums[sum as usize].terms.iter() {
                if numbers[number as usize].state == State::Rests {
                    line.push((number, 0.0));
                    total[number as usize] += times * sign;
                }
            }
        }
        // Each number once: the first that asks takes what there is.
        line.iter_mut().for_each(|(number, times)| *times = std::mem::take(&mut total[*number as usize]));
        line.retain(|&(_, times)| times.abs() > NOTHING);
    }

    /// The holder of a row rests from now on.
    pub(super) fn rest(&mut self, row: u32, over: f64, by: f64) {
        let Row { holder, stretch, .. } = self.rows[row as usize];
        if holder != NONE {
            let number = &mut self.numbers[holder as usize];
            number.value = if over > 0.0 { stretch.high } else { stretch.low };
            number.rate = stretch.slope + by;
            number.state = if number.price.low == number.price.high { State::Fixed } else { State::Rests };
        }
    }

    /// Takes up all sums that a number is in.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn take_up(&mut self, number: u32) {
        let terrain = self.terrain;
        for &sum in terrain.sums_with(self.numbers[number as usize].name) {
            if !self.taken.insert(sum) {
                continue;
            }
            let at = self.sums.len() as u32;
            let mut terms = Terms::default();
            terrain.each_term(sum, &mut |name, sign| {
                if let Some(number) = self.number(name) {
                    terms.add(number, sign);
                }
            });
            let value = -terms.iter().map(|(number, times)| times * self.numbers[number as usize].value).sum::<f64>();
            terms.iter().for_each(|(number, times)| self.numbers[number as usize].sums.push((at, times)));
            let row = self.rows.len() as u32;
            self.sums.push(Sum { terms, rows: vec![row] });
            let stretch = Stretch { low: 0.0, high: 0.0, slope: 0.0 };
            self.suspects.push(row);
            self.suspected.push(true);
            self.rows.push(Row { holder: NONE, weight: 1.0, value, stretch, sums: Terms::once(at) });
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn number(&mut self, name: u32) -> Option<u32> {
        if let Some(&number) = self.known.get(&name) {
            return (number != NONE).then_some(number);
        }
        let price = self.terrain.price(name);
        let number = if price.is_some() { self.numbers.len() as u32 } else { NONE };
        self.known.insert(name, number);
        self.numbers.push(Number { name, price: price?, value: 0.0, state: State::Rests, rate: 0.0, sums: Vec::new() });
        Some(number)
    }

    /// In about how many rows a number is.
    pub(super) fn spread_of(&self, number: u32) -> usize {
        self.numbers[number as usize].sums.iter().map(|&(sum, _)| self.sums[sum as usize].rows.len()).sum()
    }

    /// Rows that hold a number that rests, sorted, and how often.
    pub(super) fn column(&mut self, number: u32) -> Vec<(u32, f64)> {
        let mut column: Vec<(u32, f64)> = Vec::new();
        for &(sum, sign) in &self.numbers[number as usize].sums {
            let held = &mut self.sums[sum as usize].rows;
            held.sort_unstable();
            held.dedup();
            held.retain(|&row| match self.rows[row as usize].sums.times(sum) {
                Some(times) => {
                    column.push((row, times * sign));
                    true
                }
                None => false,
            });
        }
        column.sort_by_key(|&(row, _)| row);
        column.dedup_by(|again, first| {
            again.0 == first.0 && {
                first.1 += again.1;
                true
            }
        });
        column.retain(|&(_, times)| times.abs() > NOTHING);
        column
    }

    /// Puts what a number is now, which is laid out, into a row that held it so many times.
    pub(super) fn substitute(&mut self, row: u32, times: f64, solved: &Terms) {
        let Self { rows, sums, spread, .. } = self;
        let own = &mut rows[row as usize].sums;
        spread.subtract(solved, times, own, NOTHING, |sum| sums[sum as usize].rows.push(row));
    }
}
