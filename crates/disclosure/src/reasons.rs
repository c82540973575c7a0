//! Why each hidden cell is hidden, for those who may know what is hidden: which small counts it protects and in which sum
//! it stands beside one. It refuses to decide anything.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::release::{Release, Why};
use crate::system::Relation;

/// Why a cell is hidden. A secret. Cells are numbers of the system; [`Release::name`] puts them in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub cell: u32,
    /// A small count, one hidden earlier, or one that protects others.
    pub why: Why,
    /// Small counts that could be told, or told to be small, if this cell were shown as it is; smallest first.
    pub protects: Vec<u32>,
    /// The total of the shortest sum that holds this cell and a small count it protects, else another hidden cell.
    pub sum: Option<u32>,
}

impl Release {
    /// A reason for every hidden cell of a table, each once, by number.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let mut cells: Vec<(u32, Why)> = self
            .tables
            .iter()
            .flat_map(|table| table.cells.iter().copied().zip(table.why.iter().copied()))
            .filter(|&(cell, _)| self.hidden[cell as usize])
            .collect();
        cells.sort_unstable_by_key(|&(cell, _)| cell);
        cells.dedup();
        let protected = self.protected();
        let touching = self.system.touching();
        let reason = |(cell, why): (u32, Why)| {
            let protects = if why == Why::Small { None } else { protected.get(&cell) };
            let protects = protects.cloned().unwrap_or_default();
            let sum = self.sum_with(cell, &protects, &touching[cell as usize]);
            Reason { cell, why, protects, sum }
        };
        cells.into_iter().map(reason).collect()
    }

    /// By cell that witnesses change: the small counts that rely on it. Each relies on the shortest witness in which it
    /// is large enough; what only keeps insiders from knowing relies on every witness that changes it.
    fn protected(&self) -> FxHashMap<u32, Vec<u32>> {
        let mut shortest: FxHashMap<u32, usize> = FxHashMap::default();
        for (number, witness) in self.witnesses.iter().enumerate() {
            for &(cell, by) in witness {
                let at = self.system.cell(cell);
                if at.reach.is_some_and(|reach| at.value + by >= reach) {
                    let known = shortest.entry(cell).or_insert(number);
                    if self.witnesses[*known].len() > witness.len() {
                        *known = number;
                    }
                }
            }
        }
        let mut protected: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        let mut small: Vec<(u32, usize)> = shortest.into_iter().collect();
        small.sort_unstable_by_key(|&(cell, _)| (self.system.cell(cell).value, cell));
        for (cell, number) in small {
            for &(other, _) in self.witnesses[number].iter().filter(|&&(other, _)| other != cell) {
                protected.entry(other).or_default().push(cell);
            }
        }
        let main: FxHashSet<u32> = protected.keys().copied().collect();
        for witness in &self.witnesses {
            for &(cell, _) in witness.iter().filter(|(cell, _)| !main.contains(cell)) {
                let small = witness.iter().map(|&(other, _)| other).filter(|&other| other != cell);
                let small = small.filter(|&other| self.system.cell(other).is_primary());
                protected.entry(cell).or_default().extend(small);
            }
        }
        for (_, small) in protected.iter_mut().filter(|(cell, _)| !main.contains(cell)) {
            small.sort_unstable_by_key(|&cell| (self.system.cell(cell).value, cell));
            small.dedup();
        }
        protected
    }

    fn sum_with(&self, cell: u32, protects: &[u32], sums: &[u32]) -> Option<u32> {
        let sums = || sums.iter().map(|&sum| &self.system.relations()[sum as usize]);
        let shortest = |fits: &dyn Fn(u32) -> bool| -> Option<&Relation> {
            sums()
                .filter(|sum| sum.cells().any(|other| other != cell && fits(other)))
                .min_by_key(|sum| (sum.parts.len(), sum.total))
        };
        let sum =
            shortest(&|other| protects.contains(&other)).or_else(|| shortest(&|other| self.hidden[other as usize]));
        sum.map(|sum| sum.total)
    }
}
