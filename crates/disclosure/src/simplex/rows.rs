//! The sums that were taken up, as rows: each solved for the number that follows the others. It refuses to know which of
//! them should move.

use super::{Moves, NONE, NOTHING, Number, Row, State, Stretch, Terrain};

impl<T: Terrain> Moves<'_, T> {
    /// The row without the number that enters, and with the one that held it, which rests now.
    pub(super) fn solve(&mut self, row: u32, over: f64, entering: u32, times: f64, by: f64) -> Vec<(u32, f64)> {
        let Row { holder, stretch, terms, .. } = &mut self.rows[row as usize];
        let (holder, stretch, mut terms) = (*holder, *stretch, std::mem::take(terms));
        terms.retain(|&(other, _)| other != entering);
        if holder != NONE {
            let number = &mut self.numbers[holder as usize];
            number.value = if over > 0.0 { stretch.high } else { stretch.low };
            number.rate = stretch.slope + by;
            if number.price.low == number.price.high {
                number.state = State::Fixed;
            } else {
                number.state = State::Rests;
                number.rows.push(row);
                let place = terms.partition_point(|&(other, _)| other < holder);
                terms.insert(place, (holder, 1.0));
            }
        }
        terms.iter_mut().for_each(|(_, value)| *value /= times);
        terms
    }

    /// Takes up all sums that a number is in.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn take_up(&mut self, number: u32) {
        let terrain = self.terrain;
        for &sum in terrain.sums_with(self.numbers[number as usize].name) {
            if !self.taken.insert(sum) {
                continue;
            }
            let at = self.rows.len() as u32;
            let mut terms: Vec<(u32, f64)> = Vec::new();
            terrain.each_term(sum, &mut |name, sign| {
                if let Some(number) = self.number(name) {
                    terms.push((number, sign));
                }
            });
            terms.sort_unstable_by_key(|&(number, _)| number);
            terms.dedup_by(|again, first| {
                again.0 == first.0 && {
                    first.1 += again.1;
                    true
                }
            });
            let value = -terms.iter().map(|&(number, times)| times * self.numbers[number as usize].value).sum::<f64>();
            terms.iter().for_each(|&(number, _)| self.numbers[number as usize].rows.push(at));
            let stretch = Stretch { low: 0.0, high: 0.0, slope: 0.0 };
            self.rows.push(Row { holder: NONE, weight: 1.0, value, stretch, terms });
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
        self.numbers.push(Number { name, price: price?, value: 0.0, state: State::Rests, rate: 0.0, rows: Vec::new() });
        Some(number)
    }

    /// Rows that hold a number that rests, and how often.
    pub(super) fn column(&mut self, number: u32) -> Vec<(u32, f64)> {
        let mut rows = std::mem::take(&mut self.numbers[number as usize].rows);
        rows.sort_unstable();
        rows.dedup();
        let times = |&row: &u32| {
            let terms = &self.rows[row as usize].terms;
            terms.binary_search_by_key(&number, |term| term.0).ok().map(|at| (row, terms[at].1))
        };
        rows.iter().filter_map(times).collect()
    }

    /// Puts what a number is now into a row that held it so many times.
    pub(super) fn substitute(&mut self, row: u32, number: u32, times: f64, solved: &[(u32, f64)]) {
        let old = std::mem::take(&mut self.rows[row as usize].terms);
        let mut sum = std::mem::take(&mut self.spare);
        sum.clear();
        sum.reserve(old.len() + solved.len());
        let mut left = old.iter().copied().filter(|&(other, _)| other != number).peekable();
        for &(other, value) in solved {
            while let Some(term) = left.next_if(|term| term.0 < other) {
                sum.push(term);
            }
            let before = left.next_if(|term| term.0 == other).map(|term| term.1);
            let value = before.unwrap_or(0.0) - times * value;
            if value.abs() > NOTHING {
                if before.is_none() {
                    self.numbers[other as usize].rows.push(row);
                }
                sum.push((other, value));
            }
        }
        sum.extend(left);
        self.rows[row as usize].terms = sum;
        self.spare = old;
    }
}
