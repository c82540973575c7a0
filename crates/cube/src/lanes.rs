//! Columns of kept numbers, all of one width and one length: a column ("lane") for each combination that is in use. It
//! refuses to know which combinations and which areas those are.

use std::sync::Arc;

use crate::stored::{Stored, Width};

/// A lane is shared with snapshots until it changes.
pub(crate) type Lane<T> = Arc<Vec<T>>;

#[derive(Clone, Debug)]
pub(crate) enum Lanes {
    U8(Vec<Lane<u8>>),
    U16(Vec<Lane<u16>>),
    U32(Vec<Lane<u32>>),
    F64(Vec<Lane<f64>>),
}

/// The same for each width.
macro_rules! each_width {
    ($lanes:expr, $name:ident => $body:expr) => {
        match $lanes {
            $crate::lanes::Lanes::U8($name) => $body,
            $crate::lanes::Lanes::U16($name) => $body,
            $crate::lanes::Lanes::U32($name) => $body,
            $crate::lanes::Lanes::F64($name) => $body,
        }
    };
}
pub(crate) use each_width;

impl Lanes {
    /// `count` lanes of `rows` missing numbers.
    pub(crate) fn new(width: Width, count: usize, rows: usize) -> Self {
        match width {
            Width::U8 => Self::U8(blank(count, rows)),
            Width::U16 => Self::U16(blank(count, rows)),
            Width::U32 => Self::U32(blank(count, rows)),
            Width::F64 => Self::F64(blank(count, rows)),
        }
    }

    pub(crate) fn width(&self) -> Width {
        fn width<T: Stored>(_: &[Lane<T>]) -> Width {
            T::WIDTH
        }
        each_width!(self, lanes => width(lanes))
    }

    pub(crate) fn get(&self, lane: usize, row: usize) -> Option<f64> {
        each_width!(self, lanes => lanes[lane][row].get())
    }

    /// Puts a number that fits the width, or takes it away. Gives what was there.
    pub(crate) fn set(&mut self, lane: usize, row: usize, value: Option<f64>) -> Option<f64> {
        each_width!(self, lanes => set(&mut lanes[lane], row, value))
    }

    /// Puts all numbers of a row, given for each lane. Gives how many were there.
    pub(crate) fn set_row(&mut self, row: usize, values: impl Iterator<Item = Option<f64>>) -> usize {
        let mut there = 0;
        each_width!(self, lanes => for (lane, value) in lanes.iter_mut().zip(values) {
            there += usize::from(set(lane, row, value).is_some());
        });
        there
    }

    /// Makes room for a row before row `at` and puts its numbers there.
    pub(crate) fn insert_row(&mut self, at: usize, mut values: impl Iterator<Item = Option<f64>>) {
        each_width!(self, lanes => for lane in lanes {
            insert(lane, at, values.next().flatten());
        });
    }

    pub(crate) fn remove_row(&mut self, at: usize) {
        each_width!(self, lanes => for lane in lanes {
            Arc::make_mut(lane).remove(at);
        });
    }

    pub(crate) fn row_is_missing(&self, row: usize) -> bool {
        each_width!(self, lanes => lanes.iter().all(|lane| lane[row].is_missing()))
    }

    pub(crate) fn insert_lane(&mut self, at: usize, rows: usize) {
        each_width!(self, lanes => lanes.insert(at, Arc::new(vec![Stored::MISSING; rows])));
    }

    /// The same numbers in another width, which holds them.
    pub(crate) fn widened(&self, width: Width) -> Self {
        match width {
            Width::U8 => Self::U8(each_width!(self, lanes => convert(lanes))),
            Width::U16 => Self::U16(each_width!(self, lanes => convert(lanes))),
            Width::U32 => Self::U32(each_width!(self, lanes => convert(lanes))),
            Width::F64 => Self::F64(each_width!(self, lanes => convert(lanes))),
        }
    }

    /// Room for so many rows, so that growing does not leave half of it unused.
    pub(crate) fn reserve(&mut self, rows: usize) {
        each_width!(self, lanes => for lane in lanes {
            let lane = Arc::make_mut(lane);
            lane.reserve_exact(rows.saturating_sub(lane.len()));
        });
    }

    pub(crate) fn memory(&self) -> usize {
        fn memory<T>(lanes: &[Lane<T>]) -> usize {
            lanes.iter().map(|lane| LANE + lane.capacity() * size_of::<T>()).sum()
        }
        each_width!(self, lanes => memory(lanes))
    }
}

/// What a lane costs without its numbers: the pointer, the two counts and the vector behind it.
pub(crate) const LANE: usize = 8 + 16 + 24;

fn blank<T: Stored>(count: usize, rows: usize) -> Vec<Lane<T>> {
    (0..count).map(|_| Arc::new(vec![T::MISSING; rows])).collect()
}

fn set<T: Stored>(lane: &mut Lane<T>, row: usize, value: Option<f64>) -> Option<f64> {
    let cell = &mut Arc::make_mut(lane)[row];
    std::mem::replace(cell, value.map_or(T::MISSING, T::put)).get()
}

fn insert<T: Stored>(lane: &mut Lane<T>, at: usize, value: Option<f64>) {
    let lane = Arc::make_mut(lane);
    if lane.len() == lane.capacity() {
        // Doubling would leave a third of a national load unused.
        lane.reserve_exact((lane.len() / 8).max(8));
    }
    lane.insert(at, value.map_or(T::MISSING, T::put));
}

fn convert<S: Stored, T: Stored>(lanes: &[Lane<S>]) -> Vec<Lane<T>> {
    let convert = |lane: &Lane<S>| {
        let mut to = Vec::with_capacity(lane.capacity());
        to.extend(lane.iter().map(|cell| cell.get().map_or(T::MISSING, T::put)));
        Arc::new(to)
    };
    lanes.iter().map(convert).collect()
}
