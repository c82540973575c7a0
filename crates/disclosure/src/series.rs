//! Which small counts could be computed, and which cells would tell one. It refuses to know what a cell is worth.

use rustc_hash::FxHashMap;

use crate::field::{invert, multiply};
use crate::reduced::{Changes, Reduced};
use crate::system::System;

/// In which proportion two random changes change a cell; cells of one ratio tell each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ratio {
    /// Nothing can change it: it can be computed.
    Computed,
    Of(u64),
    Infinite,
}

pub(crate) fn ratio(changes: &Changes, column: u32) -> Ratio {
    match changes.each_ref().map(|change| change[column as usize]) {
        [0, 0] => Ratio::Computed,
        [_, 0] => Ratio::Infinite,
        [a, b] => Ratio::Of(multiply(a, invert(b))),
    }
}

/// Hidden cells, solved, with the small counts among them sorted by ratio.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    reduced: Reduced,
    /// By column; only for small counts.
    own: Vec<Option<Ratio>>,
    guarded: FxHashMap<Ratio, u32>,
}

impl Series {
    pub(crate) fn new(system: &System, cells: Vec<u32>, touching: &[Vec<u32>], seed: u64) -> Self {
        let reduced = Reduced::new(system, cells, touching, seed);
        let mut guarded = FxHashMap::default();
        let own = (0..).zip(&reduced.cells).map(|(column, &cell)| {
            system.cell(cell).is_primary().then(|| {
                let ratio = ratio(&reduced.changes, column);
                *guarded.entry(ratio).or_insert(0) += 1;
                ratio
            })
        });
        let own = own.collect();
        Self { reduced, own, guarded }
    }

    /// Cells by column.
    pub(crate) fn cells(&self) -> &[u32] {
        &self.reduced.cells
    }

    /// Small counts that can be computed.
    pub(crate) fn computed(&self) -> impl Iterator<Item = u32> + '_ {
        let computed = |&(_, own): &(&u32, &Option<Ratio>)| *own == Some(Ratio::Computed);
        self.reduced.cells.iter().zip(&self.own).filter(computed).map(|(&cell, _)| cell)
    }

    /// Whether no small count could be computed if this column, which is none, were published.
    pub(crate) fn may_publish(&self, column: u32) -> bool {
        match ratio(&self.reduced.changes, column) {
            Ratio::Computed => true,
            ratio => self.guarded.get(&ratio).is_none_or(|&guarded| guarded == 0),
        }
    }

    pub(crate) fn publish(&mut self, column: u32) {
        let Self { reduced, own, guarded } = self;
        reduced.publish(column, |column, changes| {
            if let Some(own) = &mut own[column as usize] {
                *guarded.entry(*own).or_insert(1) -= 1;
                *own = ratio(changes, column);
                *guarded.entry(*own).or_insert(0) += 1;
            }
        });
    }
}
