//! Lanes of one width and one length: one for each combination that is in use. It refuses to know which combinations
//! and which areas those are.

use std::sync::Arc;

use crate::kernel::present;
use crate::lane::{Lane, worse};
use crate::stored::{Stored, Width};

/// A lane is shared with snapshots until it changes.
#[derive(Clone, Debug)]
pub(crate) enum Lanes {
    U8(Vec<Arc<Lane<u8>>>),
    U16(Vec<Arc<Lane<u16>>>),
    U32(Vec<Arc<Lane<u32>>>),
    F64(Vec<Arc<Lane<f64>>>),
}

/// The same for each width.
macro_rules! each_width {
    ($lanes:expr, $name:ident => $body:expr) => {
        match $lanes {
            Lanes::U8($name) => $body,
            Lanes::U16($name) => $body,
            Lanes::U32($name) => $body,
            Lanes::F64($name) => $body,
        }
    };
}

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
        fn width<T: Stored>(_: &[Arc<Lane<T>>]) -> Width {
            T::WIDTH
        }
        each_width!(self, lanes => width(lanes))
    }

    pub(crate) fn get(&self, lane: usize, row: usize) -> Option<f64> {
        each_width!(self, lanes => lanes[lane].get(row))
    }

    /// Puts a number that fits the width, or takes it away. Says whether one was there.
    pub(crate) fn set(&mut self, lane: usize, row: usize, value: Option<f64>) -> bool {
        each_width!(self, lanes => Arc::make_mut(&mut lanes[lane]).set(row, value))
    }

    /// Puts all numbers of a row, given for each lane. Says how many were there.
    pub(crate) fn set_row(&mut self, row: usize, values: impl Iterator<Item = Option<f64>>) -> usize {
        let mut there = 0;
        each_width!(self, lanes => for (lane, value) in lanes.iter_mut().zip(values) {
            let before = lane.get(row);
            there += usize::from(before.is_some());
            // What stays is left where snapshots share it.
            if before != value {
                Arc::make_mut(lane).set(row, value);
            }
        });
        there
    }

    /// Makes room for a row before row `at` and puts its numbers there.
    pub(crate) fn insert_row(&mut self, at: usize, mut values: impl Iterator<Item = Option<f64>>) {
        each_width!(self, lanes => for lane in lanes {
            Arc::make_mut(lane).insert(at, values.next().flatten());
        });
    }

    pub(crate) fn remove_row(&mut self, at: usize) {
        each_width!(self, lanes => for lane in lanes {
            Arc::make_mut(lane).remove(at);
        });
    }

    pub(crate) fn insert_lane(&mut self, at: usize, rows: usize) {
        each_width!(self, lanes => lanes.insert(at, Arc::new(Lane::blank(rows))));
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

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        each_width!(self, lanes => lanes.iter().map(|lane| lane.len()).sum())
    }

    /// The largest number, or 0; not finite if any of them is not.
    pub(crate) fn largest(&self) -> f64 {
        each_width!(self, lanes => lanes.iter().map(|lane| lane.largest()).fold(0.0, worse))
    }

    /// Whether each of the rows has a number in any lane.
    pub(crate) fn rows_are_used(&self, rows: usize) -> bool {
        fn used<T: Stored>(lanes: &[Arc<Lane<T>>], rows: usize) -> bool {
            let lanes: Vec<&Lane<T>> = lanes.iter().map(AsRef::as_ref).collect();
            present(&lanes, 0..rows) as usize == rows
        }
        each_width!(self, lanes => used(lanes, rows))
    }

    /// Room for so many rows, so that growing does not leave half of it unused.
    pub(crate) fn reserve(&mut self, rows: usize) {
        each_width!(self, lanes => for lane in lanes {
            Arc::make_mut(lane).reserve(rows);
        });
    }

    pub(crate) fn memory(&self) -> usize {
        each_width!(self, lanes => lanes.iter().map(|lane| lane.memory()).sum())
    }
}

fn blank<T: Stored>(count: usize, rows: usize) -> Vec<Arc<Lane<T>>> {
    (0..count).map(|_| Arc::new(Lane::blank(rows))).collect()
}

fn convert<S: Stored, T: Stored>(lanes: &[Arc<Lane<S>>]) -> Vec<Arc<Lane<T>>> {
    lanes.iter().map(|lane| Arc::new(lane.convert())).collect()
}
