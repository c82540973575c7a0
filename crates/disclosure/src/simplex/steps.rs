//! One step of the dual simplex method: the row that is broken most, who gives way in it, and how the two change places. It
//! refuses to know where the numbers come from.

use super::{BROKEN, Giving, Moves, NONE, NOTHING, Number, Row, State, TIE, Terrain, suspect};
use crate::field::{Draw, mix};

impl Number {
    /// When it gives way where it moves so fast; none that is at its end, or does not move.
    fn gives(&self, at: u32, speed: f64) -> Option<Giving> {
        let ends = if speed > 0.0 { self.value >= self.price.high } else { self.value <= self.price.low };
        if ends || speed.abs() < BROKEN {
            return None;
        }
        let slope = self.price.stretch(self.value, speed > 0.0).slope;
        Some(Giving { at, after: ((slope - self.rate) / speed).max(0.0), speed: speed.abs() })
    }
}

impl Moves {
    /// Measured by how far a step in the row reaches, and rather a short row: few new terms come in then.
    pub(super) fn most_broken(&mut self) -> Option<(u32, f64)> {
        let Self { rows, sums, suspects, suspected, .. } = self;
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
                let length = sums.len(at) as f64;
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
    pub(super) fn entering(&mut self, row: u32, over: f64) -> Option<(Option<u32>, f64)> {
        let (sign, turns) = (over.signum(), self.turns(row, over));
        let tie = if 2 * self.left > self.steps { TIE } else { NOTHING };
        let Self { numbers, giving, sums, line, .. } = self;
        giving.clear();
        giving.extend(line.iter().filter_map(|&(at, times)| numbers[at as usize].gives(at, sign * times)));
        let most = giving.iter().map(|one| one.after + tie / one.speed).fold(turns, f64::min);
        // One of the near that keeps numbers whole and rows short.
        let rank = |one: &&Giving| ((one.speed - 1.0).abs() > NOTHING, sums.spread_of(one.at), one.at);
        match giving.iter().filter(|one| one.after <= most).min_by_key(rank) {
            Some(one) if one.after <= turns => Some((Some(one.at), sign * one.after)),
            _ if turns < f64::INFINITY => Some((None, sign * turns)),
            _ => None,
        }
    }

    /// How much dearer a row may become until its holder goes on at its next slope.
    fn turns(&self, row: u32, over: f64) -> f64 {
        let Row { holder, stretch, .. } = &self.rows[row as usize];
        if *holder == NONE {
            return f64::INFINITY;
        }
        let price = &self.numbers[*holder as usize].price;
        let bend = if over > 0.0 { stretch.high } else { stretch.low };
        let goes_on = if over > 0.0 { price.high > bend } else { price.low < bend };
        if goes_on && bend == 0.0 { price.up + price.down } else { f64::INFINITY }
    }

    /// The holder of a row passes 0 and goes on at its other slope.
    pub(super) fn turn(&mut self, row: u32, by: f64) {
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
            let aside = || TIE * Draw::new(mix(u64::from(*name) ^ (self.left as u64) << 32)).unit();
            if *value < price.high && price.stretch(*value, true).slope < *rate - NOTHING {
                price.set_slope(*value, true, *rate + aside());
            }
            if *value > price.low && price.stretch(*value, false).slope > *rate + NOTHING {
                price.set_slope(*value, false, *rate - aside());
            }
        }
    }

    /// The holder of a row rests where its stretch ends; a number that rested takes its place.
    pub(super) fn exchange(&mut self, terrain: &impl Terrain, row: u32, over: f64, entering: u32, by: f64) {
        self.take_up(terrain, entering);
        let mut column = std::mem::take(&mut self.column);
        self.sums.column(entering, &mut column);
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
        self.sums.solve(row, times, &column);
        self.column = column;
        let number = &mut self.numbers[entering as usize];
        number.state = State::Follows(row);
        let stretch = number.price.stretch(number.value, step > 0.0);
        self.rows[row as usize] =
            Row { holder: entering, weight: weight.max(1.0), value: number.value + step, stretch };
    }

    /// The holder of a row rests from now on.
    fn rest(&mut self, row: u32, over: f64, by: f64) {
        let Row { holder, stretch, .. } = self.rows[row as usize];
        if holder != NONE {
            let number = &mut self.numbers[holder as usize];
            number.value = if over > 0.0 { stretch.high } else { stretch.low };
            number.rate = stretch.slope + by;
            number.state = if number.price.low == number.price.high { State::Fixed } else { State::Rests };
        }
    }
}
