//! What the cells of a grid are called: by dimension and code, for those who may know them. It refuses to know how they came
//! about.

use std::collections::BTreeMap;

use crate::Dimension;
use crate::axes::Axis;
use crate::compile::Grid;
use crate::edition::Edition;
use crate::system::Relation;

impl Grid {
    /// Leaves of a cell in each dimension.
    pub(crate) fn sets(&self, cell: u32) -> impl Iterator<Item = &[u32]> {
        self.keys[cell as usize].iter().zip(&self.axes).map(|(&code, axis)| axis.set(code))
    }

    /// A cell in words: the dimensions that it does not sum over.
    pub(crate) fn name(&self, edition: &Edition, cell: u32) -> String {
        let words = self.at(edition, cell).into_iter().map(|(dimension, code)| format!("{dimension} {code}"));
        let words: Vec<String> = words.collect();
        if words.is_empty() { "the total".into() } else { words.join(", ") }
    }

    /// The dimensions that a cell does not sum over, and its codes.
    pub(crate) fn at(&self, edition: &Edition, cell: u32) -> Vec<(String, String)> {
        let key = self.keys.get(cell as usize).map(Vec::as_slice).unwrap_or_default();
        let own = edition.dimensions.iter().zip(&self.axes).zip(key).filter(|((_, axis), code)| **code != axis.every);
        let name = |((dimension, axis), &code): ((&Dimension, &Axis), &u32)| {
            let name = match axis.name(code) {
                "" => self.leaf_names(dimension, axis.set(code)),
                name => name.to_string(),
            };
            (dimension.name().to_string(), name)
        };
        own.map(name).collect()
    }

    fn leaf_names(&self, dimension: &Dimension, set: &[u32]) -> String {
        let names: Vec<&str> = set.iter().map(|&leaf| dimension.codes()[leaf as usize].name.as_str()).collect();
        match names.len() {
            0..=3 => names.join("+"),
            more => format!("{}+{} others", names[0], more - 1),
        }
    }

    /// Which share of the published cells of each code is hidden, in percent.
    pub(crate) fn shares(&self, edition: &Edition, hidden: &[bool]) -> Vec<(String, String, usize)> {
        let mut counts: BTreeMap<(usize, u32), [usize; 2]> = BTreeMap::new();
        let mut cells: Vec<u32> = self.tables.iter().flatten().copied().collect();
        cells.sort_unstable();
        cells.dedup();
        for cell in cells {
            for (d, &code) in
                self.keys[cell as usize].iter().enumerate().filter(|&(d, &code)| code != self.axes[d].every)
            {
                counts.entry((d, code)).or_default()[usize::from(hidden[cell as usize])] += 1;
            }
        }
        let share = |((d, code), [shown, hidden]): ((usize, u32), [usize; 2])| {
            let names = (edition.dimensions[d].name().to_string(), self.axes[d].name(code).to_string());
            (names.0, names.1, 100 * hidden / (shown + hidden))
        };
        counts.into_iter().map(share).collect()
    }

    /// Which dimension a sum runs over; none if it is no sum of tables.
    pub(crate) fn runs_over(&self, relation: &Relation) -> Option<usize> {
        let part = self.keys.get(*relation.parts.first()? as usize)?;
        let total = self.keys.get(relation.total as usize)?;
        (0..part.len()).find(|&d| part[d] != total[d])
    }
}
