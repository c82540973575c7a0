//! Of which sums a row is made, in no order, and what is needed to put one row into many. It refuses to know what a sum
//! is for.

/// Names and how often each is taken; apart, so that one name is quickly found.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    names: Vec<u32>,
    times: Vec<f64>,
}

impl Terms {
    pub(super) fn once(name: u32) -> Self {
        Self { names: vec![name], times: vec![1.0] }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.names.iter().copied().zip(self.times.iter().copied())
    }

    pub(super) fn add(&mut self, name: u32, times: f64) {
        match self.place(name) {
            Some(at) => self.times[at] += times,
            None => self.push(name, times),
        }
    }

    fn push(&mut self, name: u32, times: f64) {
        self.names.push(name);
        self.times.push(times);
    }

    fn place(&self, name: u32) -> Option<usize> {
        self.names.iter().position(|&other| other == name)
    }

    /// How often it holds a name.
    pub(super) fn times(&self, name: u32) -> Option<f64> {
        self.place(name).map(|at| self.times[at])
    }

    fn take(&mut self, at: usize) {
        self.names.swap_remove(at);
        self.times.swap_remove(at);
    }

    pub(super) fn divide(&mut self, by: f64) {
        self.times.iter_mut().for_each(|times| *times /= by);
    }
}

/// A row spread out by name, to be put into others: a row is then gone through without asking what it holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    /// By name; 0 for all that the row does not hold.
    times: Vec<f64>,
    /// By name: the last row that held it.
    seen: Vec<u32>,
    turn: u32,
}

impl Spread {
    pub(super) fn lay(&mut self, row: &Terms, names: usize) {
        self.times.resize(names, 0.0);
        self.seen.resize(names, 0);
        row.iter().for_each(|(name, times)| self.times[name as usize] = times);
    }

    pub(super) fn clear(&mut self, row: &Terms) {
        row.iter().for_each(|(name, _)| self.times[name as usize] = 0.0);
    }

    /// Takes the row that is laid out, `row`, so many times from another; `new` is told what that did not hold before.
    /// What is not more than `nothing` is nothing.
    pub(super) fn subtract(
        &mut self,
        row: &Terms,
        times: f64,
        from: &mut Terms,
        nothing: f64,
        mut new: impl FnMut(u32),
    ) {
        self.turn += 1;
        let mut vanished = false;
        for (&name, value) in from.names.iter().zip(&mut from.times) {
            self.seen[name as usize] = self.turn;
            *value -= times * self.times[name as usize];
            vanished |= value.abs() <= nothing;
        }
        let mut at = 0;
        while vanished && at < from.len() {
            if from.times[at].abs() <= nothing { from.take(at) } else { at += 1 }
        }
        for (name, by) in row.iter() {
            let value = -times * by;
            if self.seen[name as usize] != self.turn && value.abs() > nothing {
                new(name);
                from.push(name, value);
            }
        }
    }
}
