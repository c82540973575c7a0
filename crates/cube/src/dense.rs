//! Observations of many areas in few combinations: a row for each area that says anything, a lane for each combination
//! in use. It refuses to know rules.

use std::ops::Range;
use std::sync::Arc;

use crate::AreaTree;
use crate::bits::Bits;
use crate::lane::EMPTY;
use crate::lanes::Lanes;
use crate::sparse::{key, unkey};
use crate::stored::Width;

#[derive(Clone, Debug)]
pub(crate) struct Dense {
    /// Of each lane; sorted.
    combinations: Vec<u32>,
    /// Positions of the areas that have a row. A row has at least one number.
    rows: Arc<Bits>,
    /// Those of them that have areas below, sorted: only they can silence another row or speak for more than one unit.
    inner: Vec<u32>,
    lanes: Lanes,
    /// How many numbers there are.
    len: usize,
    /// No number that was ever put here is larger; so that loops know how many they can add before a word is full.
    largest: f64,
}

/// What a slice of this size costs.
pub(crate) fn cost(positions: usize, rows: usize, lanes: usize, width: Width) -> usize {
    size_of::<Dense>() + positions / 64 * 12 + 100 + lanes * (EMPTY + 4 + rows.div_ceil(64) * 8 + rows * width.bytes())
}

impl Dense {
    /// Of observations that are sorted by key.
    pub(crate) fn new(tree: &AreaTree, sorted: &[(u64, f64)]) -> Self {
        let mut combinations: Vec<u32> = sorted.iter().map(|&(key, _)| unkey(key).1).collect();
        combinations.sort_unstable();
        combinations.dedup();
        let mut rows = Bits::new(tree.len());
        sorted.iter().for_each(|&(key, _)| rows.insert(unkey(key).0));
        let width = Width::of_all(sorted.iter().map(|&(_, value)| value));
        let mut lanes = Lanes::new(width, combinations.len(), rows.len());
        for &(key, value) in sorted {
            let (position, combination) = unkey(key);
            if let Ok(lane) = combinations.binary_search(&combination) {
                lanes.set(lane, rows.rank(position), Some(value));
            }
        }
        let largest = sorted.iter().map(|&(_, value)| value).fold(0.0, f64::max);
        Self::of_parts(tree, combinations, rows, lanes, sorted.len(), largest)
    }

    pub(crate) fn of_parts(
        tree: &AreaTree,
        combinations: Vec<u32>,
        rows: Bits,
        lanes: Lanes,
        len: usize,
        largest: f64,
    ) -> Self {
        let inner = rows.iter().filter(|&at| tree.has_below(at)).collect();
        Self { combinations, rows: Arc::new(rows), inner, lanes, len, largest }
    }

    /// How many observations there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn combinations(&self) -> &[u32] {
        &self.combinations
    }

    pub(crate) fn rows(&self) -> &Arc<Bits> {
        &self.rows
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    pub(crate) fn largest(&self) -> f64 {
        self.largest
    }

    /// Positions with a row that have areas below, within a range.
    pub(crate) fn inner(&self, within: &Range<u32>) -> &[u32] {
        let from = self.inner.partition_point(|&p| p < within.start);
        let to = self.inner.partition_point(|&p| p < within.end);
        &self.inner[from..to]
    }

    pub(crate) fn get(&self, position: u32, combination: u32) -> Option<f64> {
        let lane = self.combinations.binary_search(&combination).ok()?;
        self.rows.contains(position).then(|| self.lanes.get(lane, self.rows.rank(position)))?
    }

    /// Every observation, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        self.rows.iter().enumerate().flat_map(move |(row, position)| {
            let lanes = self.combinations.iter().enumerate();
            lanes.filter_map(move |(lane, &c)| Some((key(position, c), self.lanes.get(lane, row)?)))
        })
    }

    /// What it would cost with more rows, more lanes and another width.
    pub(crate) fn cost_with(&self, positions: usize, rows: usize, lanes: usize, width: Width) -> usize {
        cost(positions, self.rows.len() + rows, self.combinations.len() + lanes, width.max(self.lanes.width()))
    }

    pub(crate) fn has_lane(&self, combination: u32) -> bool {
        self.combinations.binary_search(&combination).is_ok()
    }

    pub(crate) fn set(&mut self, tree: &AreaTree, position: u32, combination: u32, value: Option<f64>) {
        if value.is_none() && self.get(position, combination).is_none() {
            return;
        }
        if let Some(value) = value {
            self.admit(combination, value);
        }
        let Ok(lane) = self.combinations.binary_search(&combination) else { return };
        let row = self.rows.rank(position);
        if !self.rows.contains(position) {
            self.enter(tree, position);
            self.lanes.insert_row(row, std::iter::empty());
        }
        let before = self.lanes.set(lane, row, value);
        self.len = self.len + usize::from(value.is_some()) - usize::from(before);
        if value.is_none() && (0..self.combinations.len()).all(|lane| self.lanes.get(lane, row).is_none()) {
            self.remove_row(position);
        }
    }

    /// Replaces all numbers of an area by those given for each combination.
    pub(crate) fn set_row(&mut self, tree: &AreaTree, position: u32, cells: &[Option<f64>]) {
        let mut given = 0;
        let mut largest = self.largest;
        let mut width = self.lanes.width();
        for value in cells.iter().flatten() {
            given += 1;
            largest = largest.max(*value);
            width = width.max(Width::of(*value));
        }
        if given == 0 {
            return self.remove_row(position);
        }
        self.largest = largest;
        self.widen(width);
        let with_lane = self.combinations.iter().filter(|&&c| cells[c as usize].is_some()).count();
        if with_lane < given {
            (0_u32..).zip(cells).filter(|(_, cell)| cell.is_some()).for_each(|(c, _)| self.add_lane(c));
        }
        let row = self.rows.rank(position);
        let values = self.combinations.iter().map(|&c| cells[c as usize]);
        if self.rows.contains(position) {
            self.len -= self.lanes.set_row(row, values);
        } else {
            self.lanes.insert_row(row, values);
            self.enter(tree, position);
        }
        self.len += given;
    }

    /// Room for so many rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.lanes.reserve(rows);
    }

    /// Makes a number fit.
    fn admit(&mut self, combination: u32, value: f64) {
        self.largest = self.largest.max(value);
        self.widen(Width::of(value));
        self.add_lane(combination);
    }

    fn widen(&mut self, width: Width) {
        if width > self.lanes.width() {
            self.lanes = self.lanes.widened(width);
        }
    }

    fn add_lane(&mut self, combination: u32) {
        if let Err(at) = self.combinations.binary_search(&combination) {
            self.combinations.insert(at, combination);
            self.lanes.insert_lane(at, self.rows.len());
        }
    }

    /// Notes a position that gets a row.
    fn enter(&mut self, tree: &AreaTree, position: u32) {
        Arc::make_mut(&mut self.rows).insert(position);
        if tree.has_below(position)
            && let Err(at) = self.inner.binary_search(&position)
        {
            self.inner.insert(at, position);
        }
    }

    fn remove_row(&mut self, position: u32) {
        if !self.rows.contains(position) {
            return;
        }
        let row = self.rows.rank(position);
        let there = (0..self.combinations.len()).filter(|&lane| self.lanes.get(lane, row).is_some()).count();
        self.len -= there;
        self.lanes.remove_row(row);
        Arc::make_mut(&mut self.rows).remove(position);
        if let Ok(at) = self.inner.binary_search(&position) {
            self.inner.remove(at);
        }
    }

    pub(crate) fn memory(&self) -> usize {
        let lists = self.combinations.capacity() + self.inner.capacity();
        size_of::<Self>() + lists * 4 + self.rows.memory() + self.lanes.memory()
    }
}
