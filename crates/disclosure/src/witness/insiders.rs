//! Who is the only one in a hidden cell, and knows it, is to learn no other small count: further witnesses that leave his
//! cell as it is. It refuses to look for cheaper ones.

use super::{Asked, NONE, Witnesses};

impl Witnesses<'_> {
    /// For everybody who is the only one in a hidden cell, and knows it: a witness for every other small count that
    /// changes it and leaves his own cell as it is. Small counts for which there is none.
    pub(crate) fn guard_from_insiders(&mut self) -> Vec<(u32, u32)> {
        let mut pairs = self.betrayed().into_iter();
        let mut open = Vec::new();
        loop {
            let waiting = pairs.by_ref().filter(|&(cell, insider)| !self.is_guarded(cell, insider));
            let waiting = waiting.take(self.at_once());
            let mut batch: Vec<Asked> =
                waiting.map(|(cell, frozen)| Asked { cell, by: 1, frozen, most: u64::MAX }).collect();
            if batch.is_empty() {
                return open;
            }
            // Up if that can be, otherwise down.
            let mut found = self.find_all(&batch);
            batch.iter_mut().for_each(|asked| asked.by = -1);
            for (asked, change) in batch.into_iter().zip(&mut found) {
                if self.is_guarded(asked.cell, asked.frozen) {
                    continue;
                }
                let at = self.system.cell(asked.cell);
                let change = change.take().or_else(|| (at.value > at.least).then(|| self.find_one(asked)).flatten());
                match change {
                    Some(change) => {
                        let witness = self.add(change);
                        self.hold(witness);
                    }
                    None => open.push((asked.cell, asked.frozen)),
                }
            }
        }
    }

    /// Small counts and the insiders that the witness they rely on would not stop.
    fn betrayed(&self) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for cell in self.system.primaries().filter(|&cell| self.current[cell as usize] != NONE) {
            let knows =
                |other: u32| other != cell && self.system.cell(other).value == 1 && !self.is_himself(cell, other);
            let change = &self.changes[self.current[cell as usize] as usize];
            pairs.extend(change.iter().filter(|change| knows(change.0)).map(|change| (cell, change.0)));
        }
        pairs
    }

    /// Whether nobody but the insider can be in the cell: it is a part of his, or he is all that it holds.
    fn is_himself(&self, cell: u32, insider: u32) -> bool {
        let value = self.system.cell(cell).value;
        if value > 1 {
            return false;
        }
        // Zeros in his own cell are known to him; where there is one, it is he if both hold the same finest one.
        let own = self.reachable(insider, value.min(1));
        own.contains(&cell) || (value == 1 && self.reachable(cell, 1).iter().any(|at| own.contains(at)))
    }

    /// A cell and its parts, and theirs, that are at least so much.
    fn reachable(&self, cell: u32, least: i64) -> Vec<u32> {
        let (mut found, mut next) = (vec![cell], 0);
        while next < found.len() {
            for &relation in &self.touching[found[next] as usize] {
                let relation = &self.system.relations()[relation as usize];
                // A total of one part is the same number.
                let same = (relation.parts == [found[next]]).then_some(relation.total);
                let parts = if relation.total == found[next] { relation.parts.as_slice() } else { &[] };
                for &part in parts.iter().chain(&same) {
                    if self.system.cell(part).value >= least && !found.contains(&part) {
                        found.push(part);
                    }
                }
            }
            next += 1;
        }
        found
    }

    fn is_guarded(&self, cell: u32, insider: u32) -> bool {
        let mut in_use = self.with[cell as usize].iter().filter(|&&witness| self.relied[witness as usize] > 0);
        in_use.any(|&witness| !self.is_changed(witness, insider))
    }
}
