//! What was published before, for ever: what was shown stays known, what was hidden stays protected. Entries are only
//! added. It refuses to know how a cell was decided.

use rustc_hash::FxHashMap;

use crate::{Dimension, MemoryError};

/// One published cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Number of the edition, counted from 0.
    pub edition: u32,
    /// By dimension: which of the memory's codes.
    pub codes: Vec<u32>,
    pub shown: bool,
    /// A secret where it was hidden.
    pub value: i64,
    /// What everybody knew it to be at least.
    pub least: i64,
    /// Whether it was a small count, and what it had to be able to be.
    pub reach: Option<i64>,
}

/// Leaves of today by dimension, and the entry that holds them.
pub(crate) type Held<'a> = (Vec<Vec<u32>>, &'a Entry);

/// All editions of one measure so far. To be kept in confidence: it holds what was hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    editions: u32,
    codes: Vec<Vec<String>>,
    entries: Vec<Entry>,
}

impl Memory {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// As it was kept. Codes are the names of the leaves that they held when they were published: where a code list is
    /// refined later, the dimension of the day must have the old leaf as a code that groups the new ones.
    ///
    /// # Errors
    /// Entries out of order, or codes that are not there.
    pub fn from_parts(editions: u32, codes: Vec<Vec<String>>, entries: Vec<Entry>) -> Result<Self, MemoryError> {
        let rising = entries.windows(2).all(|pair| pair[0].edition <= pair[1].edition);
        let known = entries.iter().flat_map(|entry| &entry.codes).all(|&code| (code as usize) < codes.len());
        if !rising || !known || entries.last().is_some_and(|last| last.edition >= editions) {
            return Err(MemoryError::OutOfOrder);
        }
        Ok(Self { editions, codes, entries })
    }

    #[must_use]
    pub fn codes(&self) -> &[Vec<String>] {
        &self.codes
    }

    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many editions it remembers.
    #[must_use]
    pub fn editions(&self) -> u32 {
        self.editions
    }

    /// This memory and one edition more; cells by the leaves that they hold.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn with(&self, new: impl Iterator<Item = (Vec<Vec<String>>, Entry)>) -> Self {
        let mut next = self.clone();
        let mut known: FxHashMap<Vec<String>, u32> = self.codes.iter().cloned().zip(0..).collect();
        for (leaves, entry) in new {
            let codes = leaves.into_iter().map(|names| {
                let code = known.len() as u32;
                *known.entry(names).or_insert_with_key(|names| {
                    next.codes.push(names.clone());
                    code
                })
            });
            let codes = codes.collect();
            next.entries.push(Entry { edition: self.editions, codes, ..entry });
        }
        next.editions += 1;
        next
    }

    /// The leaves of today that each entry holds, by dimension; of entries for the same leaves, one that was shown.
    pub(crate) fn resolve(&self, dimensions: &[Dimension]) -> Result<Vec<Held<'_>>, MemoryError> {
        let mut at: FxHashMap<Vec<Vec<u32>>, usize> = FxHashMap::default();
        let mut cells: Vec<Held> = Vec::new();
        for entry in &self.entries {
            if entry.codes.len() != dimensions.len() {
                let (edition, then) = (entry.edition, entry.codes.len());
                return Err(MemoryError::Dimensions { edition, then, now: dimensions.len() });
            }
            let sets = dimensions
                .iter()
                .zip(&entry.codes)
                .map(|(dimension, &code)| leaves(dimension, &self.codes[code as usize], entry));
            let sets: Vec<Vec<u32>> = sets.collect::<Result<_, _>>()?;
            match at.get(&sets) {
                Some(&known) if entry.shown || !cells[known].1.shown => cells[known].1 = entry,
                Some(_) => {}
                None => {
                    at.insert(sets.clone(), cells.len());
                    cells.push((sets, entry));
                }
            }
        }
        Ok(cells)
    }
}

fn leaves(dimension: &Dimension, names: &[String], entry: &Entry) -> Result<Vec<u32>, MemoryError> {
    let mut leaves = Vec::new();
    for name in names {
        let unknown = |_| MemoryError::UnknownCode {
            edition: entry.edition,
            dimension: dimension.name().into(),
            code: name.clone(),
        };
        let code = dimension.code(name).map_err(unknown)?;
        leaves.extend_from_slice(&dimension.codes()[code as usize].leaves);
    }
    leaves.sort_unstable();
    leaves.dedup();
    Ok(leaves)
}
