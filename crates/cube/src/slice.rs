//! The observations of one measure in one period, and who was to report them. It chooses how they are kept, and refuses
//! to know rules.

use std::ops::Range;
use std::sync::Arc;

use crate::AreaTree;
use crate::bits::Bits;
use crate::dense::{Dense, cost};
use crate::sparse::{ENTRY, Edit, Sparse, key, unkey};
use crate::stored::Width;

#[derive(Clone, Debug, Default)]
pub(crate) struct Slice {
    pub(crate) store: Store,
    /// Positions of the areas that were to report; `None` for nobody.
    pub(crate) expected: Option<Arc<Bits>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Store {
    /// With the number of observations at which to see again whether dense is smaller.
    Sparse(Sparse, usize),
    Dense(Dense),
}

impl Default for Store {
    fn default() -> Self {
        Self::Sparse(Sparse::default(), FIRST_LOOK)
    }
}

/// Below this nothing is won.
const FIRST_LOOK: usize = 16;

/// A dense slice is given up when it costs this many times what a sparse one would; so it does not go to and fro, and
/// some room is spent for speed.
const PATIENCE: usize = 2;

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        self.expected == other.expected && self.iter().eq(other.iter())
    }
}

impl Slice {
    pub(crate) fn get(&self, position: u32, combination: u32) -> Option<f64> {
        match &self.store {
            Store::Sparse(sparse, _) => sparse.get(key(position, combination)),
            Store::Dense(dense) => dense.get(position, combination),
        }
    }

    /// How many observations there are.
    pub(crate) fn len(&self) -> usize {
        match &self.store {
            Store::Sparse(sparse, _) => sparse.len(),
            Store::Dense(dense) => dense.len(),
        }
    }

    /// Whether it knows nothing at all; one without observations may still know who was to report.
    pub(crate) fn knows_nothing(&self) -> bool {
        self.len() == 0 && self.expected.is_none()
    }

    pub(crate) fn set_expected(&mut self, tree: &AreaTree, positions: impl Iterator<Item = u32>) {
        let mut expected = Bits::new(tree.len());
        positions.for_each(|at| expected.insert(at));
        self.expected = (expected.len() > 0).then(|| Arc::new(expected));
    }

    pub(crate) fn excuse(&mut self, tree: &AreaTree, position: u32, excused: bool) {
        let mut expected = self.expected.take().map_or_else(|| Bits::new(tree.len()), Arc::unwrap_or_clone);
        match excused {
            true => expected.remove(position),
            false => expected.insert(position),
        }
        self.expected = (expected.len() > 0).then(|| Arc::new(expected));
    }

    /// How many areas at these positions were to report.
    pub(crate) fn expected_in(&self, positions: &Range<u32>) -> u32 {
        self.expected.as_ref().map_or(0, |expected| expected.count(positions))
    }

    /// Every observation, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        let (sparse, dense) = match &self.store {
            Store::Sparse(sparse, _) => (Some(sparse.iter()), None),
            Store::Dense(dense) => (None, Some(dense.iter())),
        };
        sparse.into_iter().flatten().chain(dense.into_iter().flatten())
    }

    /// Applies edits that are sorted by key, one for each key.
    pub(crate) fn apply(&mut self, tree: &AreaTree, edits: &[Edit]) {
        for (n, &(key, value)) in edits.iter().enumerate() {
            let (position, combination) = unkey(key);
            self.leave_dense(tree, |dense| match value {
                Some(value) => {
                    let row = usize::from(!dense.rows().contains(position));
                    let lane = usize::from(!dense.has_lane(combination));
                    (dense.cost_with(tree.len(), row, lane, Width::of(value)), 1)
                }
                None => (dense.cost_with(tree.len(), 0, 0, Width::U8), 0),
            });
            match &mut self.store {
                Store::Dense(dense) => dense.set(tree, position, combination, value),
                Store::Sparse(sparse, _) => {
                    sparse.apply(&edits[n..]);
                    break;
                }
            }
        }
        self.settle(tree);
    }

    /// Replaces all observations of one area by those given for each combination.
    pub(crate) fn set_row(&mut self, tree: &AreaTree, position: u32, cells: &[Option<f64>]) {
        self.leave_dense(tree, |dense| {
            let row = usize::from(!dense.rows().contains(position));
            let given = cells.iter().flatten().count();
            let known = dense.combinations().iter().filter(|&&c| cells[c as usize].is_some()).count();
            (dense.cost_with(tree.len(), row, given - known, Width::U8), given)
        });
        match &mut self.store {
            Store::Dense(dense) => dense.set_row(tree, position, cells),
            Store::Sparse(sparse, _) => {
                let given = (0_u32..).zip(cells).filter_map(|(c, cell)| Some((c, (*cell)?)));
                sparse.set_row(position, given);
            }
        }
        self.settle(tree);
    }

    /// Room for as many areas as another slice has, which is the best guess for the same measure.
    pub(crate) fn reserve_like(&mut self, other: &Self) {
        if let (Store::Dense(dense), Store::Dense(other)) = (&mut self.store, &other.store) {
            dense.reserve(other.rows().len());
        }
    }

    pub(crate) fn is_dense(&self) -> bool {
        matches!(self.store, Store::Dense(_))
    }

    /// Becomes sparse if the change to come would make a dense slice too large. `after` tells what it would then cost,
    /// and how many observations it would have more at the most.
    fn leave_dense(&mut self, tree: &AreaTree, after: impl Fn(&Dense) -> (usize, usize)) {
        if let Store::Dense(dense) = &self.store {
            let (cost, more) = after(dense);
            if cost > PATIENCE * (dense.len() + more).max(FIRST_LOOK) * ENTRY + 2 * floor(tree) {
                self.become_sparse();
            }
        }
    }

    fn become_sparse(&mut self) {
        if let Store::Dense(dense) = &self.store {
            let sparse = Sparse::new(dense.iter());
            let look = (2 * sparse.len()).max(FIRST_LOOK);
            self.store = Store::Sparse(sparse, look);
        }
    }

    /// After a change: the other representation, if it has become much better.
    fn settle(&mut self, tree: &AreaTree) {
        match &mut self.store {
            Store::Dense(dense) if dense.len() == 0 => self.store = Store::default(),
            Store::Sparse(sparse, look) if sparse.len() >= (*look).max(FIRST_LOOK) => {
                let sorted: Vec<_> = sparse.iter().collect();
                if dense_cost(tree, &sorted) <= sorted.len() * ENTRY {
                    self.store = Store::Dense(Dense::new(tree, &sorted));
                } else {
                    *look = 2 * sparse.len();
                }
            }
            _ => {}
        }
    }

    pub(crate) fn memory(&self) -> usize {
        let store = match &self.store {
            Store::Sparse(sparse, _) => sparse.memory(),
            Store::Dense(dense) => dense.memory() - size_of::<Dense>(),
        };
        size_of::<Self>() + store + self.expected.as_ref().map_or(0, |expected| expected.memory())
    }
}

/// What a dense slice costs before it holds anything.
fn floor(tree: &AreaTree) -> usize {
    cost(tree.len(), 0, 0, Width::U8)
}

fn dense_cost(tree: &AreaTree, sorted: &[(u64, f64)]) -> usize {
    let rows = sorted.chunk_by(|a, b| unkey(a.0).0 == unkey(b.0).0).count();
    let mut combinations: Vec<u32> = sorted.iter().map(|&(key, _)| unkey(key).1).collect();
    combinations.sort_unstable();
    combinations.dedup();
    let width = Width::of_all(sorted.iter().map(|&(_, value)| value));
    cost(tree.len(), rows, combinations.len(), width)
}

#[cfg(test)]
mod tests;
