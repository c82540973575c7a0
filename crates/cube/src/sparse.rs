//! Scattered observations: sorted keys beside their values. It refuses to know areas that say nothing.

use std::ops::Range;

/// Sorted by position, then combination.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sparse {
    keys: Vec<u64>,
    values: Vec<f64>,
}

/// A key and what it becomes: a value, or nothing.
pub(crate) type Edit = (u64, Option<f64>);

/// One number that sorts by position, then combination.
pub(crate) fn key(position: u32, combination: u32) -> u64 {
    u64::from(position) << 32 | u64::from(combination)
}

/// Position and combination of a key.
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn unkey(key: u64) -> (u32, u32) {
    ((key >> 32) as u32, key as u32)
}

/// What one observation costs.
pub(crate) const ENTRY: usize = 16;

impl Sparse {
    /// Of sorted observations.
    pub(crate) fn new(sorted: impl Iterator<Item = (u64, f64)>) -> Self {
        let (keys, values) = sorted.unzip();
        Self { keys, values }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn get(&self, key: u64) -> Option<f64> {
        let at = self.keys.binary_search(&key).ok()?;
        Some(self.values[at])
    }

    /// Every observation, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        self.keys.iter().copied().zip(self.values.iter().copied())
    }

    /// Index of the first observation at or behind a position; `from` is known to be before it.
    pub(crate) fn find(&self, from: usize, position: u32) -> usize {
        from + self.keys[from..].partition_point(|&k| k < key(position, 0))
    }

    /// The observations of the area at index `at`: its position and the stretch of its values.
    pub(crate) fn area(&self, at: usize) -> Option<(u32, Range<usize>)> {
        let (position, _) = unkey(*self.keys.get(at)?);
        let len = self.keys[at..].iter().take_while(|&&k| unkey(k).0 == position).count();
        Some((position, at..at + len))
    }

    /// Combinations and values of a stretch.
    pub(crate) fn stretch(&self, range: Range<usize>) -> impl Iterator<Item = (u32, f64)> + '_ {
        let keys = self.keys[range.clone()].iter();
        keys.map(|&k| unkey(k).1).zip(self.values[range].iter().copied())
    }

    /// Applies edits that are sorted by key, one for each key.
    pub(crate) fn apply(&mut self, edits: &[Edit]) {
        // A few edits move the tail a few times; many are cheaper to merge in one pass over everything.
        if edits.len() < 8 {
            edits.iter().for_each(|&edit| self.apply_one(edit));
        } else {
            self.merge(edits);
        }
    }

    fn apply_one(&mut self, (key, value): Edit) {
        match (self.keys.binary_search(&key), value) {
            (Ok(at), Some(value)) => self.values[at] = value,
            (Ok(at), None) => {
                self.keys.remove(at);
                self.values.remove(at);
            }
            (Err(at), Some(value)) => {
                self.keys.insert(at, key);
                self.values.insert(at, value);
            }
            (Err(_), None) => {}
        }
    }

    fn merge(&mut self, edits: &[Edit]) {
        let mut keys = Vec::with_capacity(self.keys.len() + edits.len());
        let mut values = Vec::with_capacity(keys.capacity());
        let mut at = 0;
        for &(key, value) in edits {
            let upto = at + self.keys[at..].partition_point(|&k| k < key);
            keys.extend_from_slice(&self.keys[at..upto]);
            values.extend_from_slice(&self.values[at..upto]);
            at = upto + usize::from(self.keys.get(upto) == Some(&key));
            if let Some(value) = value {
                keys.push(key);
                values.push(value);
            }
        }
        keys.extend_from_slice(&self.keys[at..]);
        values.extend_from_slice(&self.values[at..]);
        (self.keys, self.values) = (keys, values);
    }

    /// Replaces all observations of one area by sorted ones of it.
    pub(crate) fn set_row(&mut self, position: u32, row: impl Iterator<Item = (u32, f64)>) {
        let from = self.find(0, position);
        let to = self.area(from).filter(|(at, _)| *at == position).map_or(from, |(_, stretch)| stretch.end);
        let (keys, values): (Vec<u64>, Vec<f64>) = row.map(|(c, value)| (key(position, c), value + 0.0)).unzip();
        self.keys.splice(from..to, keys);
        self.values.splice(from..to, values);
    }

    pub(crate) fn memory(&self) -> usize {
        self.keys.capacity() * 8 + self.values.capacity() * 8
    }
}
