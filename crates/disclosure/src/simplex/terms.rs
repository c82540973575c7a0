//! Of which sums each row is made, in no order, and what is needed to put one row into many. It refuses to know what a sum
//! is for.

use super::lists::Lists;

/// So many names are looked at together.
const TOGETHER: usize = 16;

/// Where a name stands.
fn place(names: &[u32], name: u32) -> Option<usize> {
    let mut first = 0;
    for some in names.chunks(TOGETHER) {
        if some.iter().fold(false, |found, &other| found | (other == name)) {
            return some.iter().position(|&other| other == name).map(|at| first + at);
        }
        first += TOGETHER;
    }
    None
}

/// Where a row lies, and how many terms it may hold there.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    len: usize,
    room: usize,
}

/// Rows: of which sums each is made, in no order, and how often it takes each. Apart, so that one name is quickly found;
/// all in one piece of memory, as [`Lists`].
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    spans: Vec<Span>,
    names: Vec<u32>,
    times: Vec<f64>,
}

impl Terms {
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.names.clear();
        self.times.clear();
    }

    /// A new row that takes one name once.
    pub(super) fn add_once(&mut self, name: u32, room: usize) {
        let start = self.make_room(room);
        (self.names[start], self.times[start]) = (name, 1.0);
        self.spans.push(Span { start, len: 1, room });
    }

    fn make_room(&mut self, room: usize) -> usize {
        let start = self.names.len();
        self.names.resize(start + room, 0);
        self.times.resize(start + room, 0.0);
        start
    }

    fn of(&self, row: u32) -> (&[u32], &[f64]) {
        let Span { start, len, .. } = self.spans[row as usize];
        (&self.names[start..start + len], &self.times[start..start + len])
    }

    pub(super) fn len(&self, row: u32) -> usize {
        self.spans[row as usize].len
    }

    pub(super) fn iter(&self, row: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let (names, times) = self.of(row);
        names.iter().copied().zip(times.iter().copied())
    }

    /// How often a row takes a name.
    pub(super) fn times(&self, row: u32, name: u32) -> Option<f64> {
        let (names, times) = self.of(row);
        place(names, name).map(|at| times[at])
    }

    pub(super) fn divide(&mut self, row: u32, by: f64) {
        let Span { start, len, .. } = self.spans[row as usize];
        self.times[start..start + len].iter_mut().for_each(|times| *times /= by);
    }

    fn push(&mut self, row: u32, name: u32, times: f64) {
        let Span { start, len, room } = self.spans[row as usize];
        let start = if len < room { start } else { self.move_away(row, 2 * room + 2) };
        (self.names[start + len], self.times[start + len]) = (name, times);
        self.spans[row as usize].len += 1;
    }

    /// Moves a row where it has so much room.
    fn move_away(&mut self, row: u32, room: usize) -> usize {
        let Span { start, len, .. } = self.spans[row as usize];
        let at = self.make_room(room);
        self.names.copy_within(start..start + len, at);
        self.times.copy_within(start..start + len, at);
        self.spans[row as usize] = Span { start: at, len, room };
        at
    }

    /// Drops what is not more than `nothing`.
    fn tidy(&mut self, row: u32, nothing: f64) {
        let Span { start, len, .. } = self.spans[row as usize];
        let (mut at, mut end) = (start, start + len);
        while at < end {
            if self.times[at].abs() <= nothing {
                end -= 1;
                (self.names[at], self.times[at]) = (self.names[end], self.times[end]);
            } else {
                at += 1;
            }
        }
        self.spans[row as usize].len = end - start;
    }
}

/// What the row that is laid out says of a name, and the last row that was seen to hold it.
#[derive(Clone, Copy, Debug, Default)]
struct Laid {
    times: f64,
    seen: u32,
}

/// A row spread out by name, to be put into others: a row is then gone through without asking what it holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    /// The row.
    row: Vec<(u32, f64)>,
    /// By name; 0 for all that the row does not hold.
    laid: Vec<Laid>,
    turn: u32,
}

impl Spread {
    pub(super) fn clear(&mut self) {
        // Turns must not come round while a row is remembered.
        if self.turn > u32::MAX / 2 {
            self.laid.clear();
            self.turn = 0;
        }
    }

    pub(super) fn lay(&mut self, rows: &Terms, row: u32, names: usize) {
        if self.laid.len() < names {
            self.laid.resize(names, Laid::default());
        }
        self.row.clear();
        self.row.extend(rows.iter(row));
        self.row.iter().for_each(|&(name, times)| self.laid[name as usize].times = times);
    }

    pub(super) fn take_away(&mut self) {
        self.row.iter().for_each(|&(name, _)| self.laid[name as usize].times = 0.0);
    }

    /// Takes the row that is laid out so many times from another; `new` is told what that did not hold before. What is not
    /// more than `nothing` is nothing.
    pub(super) fn subtract(&mut self, times: f64, rows: &mut Terms, from: u32, nothing: f64, new: &mut Lists<u32>) {
        let Self { row, laid, turn } = self;
        *turn += 1;
        let mut vanished = false;
        let Span { start, len, .. } = rows.spans[from as usize];
        let values = rows.times[start..start + len].iter_mut();
        for (&name, value) in rows.names[start..start + len].iter().zip(values) {
            let laid = &mut laid[name as usize];
            laid.seen = *turn;
            *value -= times * laid.times;
            vanished |= value.abs() <= nothing;
        }
        if vanished {
            rows.tidy(from, nothing);
        }
        for &(name, by) in &*row {
            let value = -times * by;
            if laid[name as usize].seen != *turn && value.abs() > nothing {
                new.push(name, from);
                rows.push(from, name, value);
            }
        }
    }
}
