//! What is to be published of one measure: its dimensions, its counts and the tables. It refuses to know what was
//! published before and what may be shown.

use crate::compile::Grid;
use crate::{Dimension, Policy, ShapeError, System, primary};

/// Counts by some dimensions; over the others they are summed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub(crate) name: String,
    pub(crate) axes: Vec<(String, Vec<String>)>,
    pub(crate) coming: Coming,
}

/// When a table comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coming {
    Now,
    /// Later: other tables shall not make that impossible.
    Planned,
    /// Never by itself: its cells are there because a table of another measure tells them.
    Elsewhere,
}

impl Table {
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), axes: Vec::new(), coming: Coming::Now }
    }

    /// The codes of a dimension that the table shows.
    #[must_use]
    pub fn by<S: Into<String>>(mut self, dimension: &str, codes: impl IntoIterator<Item = S>) -> Self {
        self.axes.push((dimension.into(), codes.into_iter().map(Into::into).collect()));
        self
    }

    /// Not published now, but meant to be published later: other tables shall not make that impossible.
    #[must_use]
    pub fn planned(mut self) -> Self {
        self.coming = Coming::Planned;
        self
    }

    /// Not published: its cells are needed for what ties this measure to another, see [`crate::Tie`].
    #[must_use]
    pub fn elsewhere(mut self) -> Self {
        self.coming = Coming::Elsewhere;
        self
    }
}

/// One measure on its way out.
#[derive(Clone, Debug)]
pub struct Edition {
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) counts: Vec<(Vec<u32>, i64)>,
    pub(crate) structural: Vec<Vec<u32>>,
    /// What was counted once and is nothing now.
    pub(crate) ended: Vec<Vec<u32>>,
    /// Cells that are secret although they count many, by dimension and code.
    pub(crate) secrets: Vec<Vec<(String, String)>>,
    /// Cells that everybody knows although no table tells them.
    pub(crate) known: Vec<Vec<(String, String)>>,
    pub(crate) tables: Vec<Table>,
    pub(crate) policy: Policy,
}

impl Edition {
    #[must_use]
    pub fn new(dimensions: Vec<Dimension>, policy: Policy) -> Self {
        let (counts, structural, ended, secrets, known, tables) = Default::default();
        Self { dimensions, counts, structural, ended, secrets, known, tables, policy }
    }

    /// Adds to the count of a leaf of every dimension, named in the order of the dimensions. What is never counted is 0.
    ///
    /// # Errors
    /// An unknown leaf, or not one for each dimension.
    pub fn count<S: AsRef<str>>(&mut self, leaves: &[S], count: i64) -> Result<(), ShapeError> {
        let leaves = self.leaves(leaves)?;
        self.counts.push((leaves, count));
        Ok(())
    }

    /// The same with the leaves by number.
    ///
    /// # Errors
    /// An unknown leaf, or not one for each dimension.
    pub fn count_at(&mut self, leaves: Vec<u32>, count: i64) -> Result<(), ShapeError> {
        self.check(&leaves)?;
        self.counts.push((leaves, count));
        Ok(())
    }

    /// Forgets all counts.
    pub fn counts_clear(&mut self) {
        self.counts.clear();
    }

    /// The cells and sums of its tables, as if nothing had been published before.
    ///
    /// # Errors
    /// Tables that make no sense.
    pub fn system(&self) -> Result<System, ShapeError> {
        let grid = Grid::new(self, &[])?;
        primary::system(self, &grid, &Vec::new())
    }

    /// Says that nothing can be counted there, and that everybody knows.
    ///
    /// # Errors
    /// An unknown leaf, or not one for each dimension.
    pub fn impossible<S: AsRef<str>>(&mut self, leaves: &[S]) -> Result<(), ShapeError> {
        let leaves = self.leaves(leaves)?;
        self.structural.push(leaves);
        Ok(())
    }

    /// Says that what was counted there is not counted any more, and that everybody knows: together with its changes it is
    /// nothing.
    ///
    /// # Errors
    /// An unknown leaf, or not one for each dimension.
    pub fn ended<S: AsRef<str>>(&mut self, leaves: &[S]) -> Result<(), ShapeError> {
        let leaves = self.leaves(leaves)?;
        self.ended.push(leaves);
        Ok(())
    }

    /// Says that a cell is to be hidden although it counts many, as where one of them got nearly all of an amount; over
    /// dimensions that are not named it sums. What no table shows is left alone.
    pub fn secret(&mut self, codes: Vec<(String, String)>) {
        self.secrets.push(codes);
    }

    /// Says that everybody knows a cell, whether a table tells it or not; over dimensions that are not named it sums.
    pub fn known(&mut self, codes: Vec<(String, String)>) {
        self.known.push(codes);
    }

    /// Adds a table.
    pub fn publish(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// Another rule for the same counts and tables.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Counts that are changes, also by nothing, and the dimension that says so by its place.
    pub(crate) fn corrected(&self) -> impl Iterator<Item = (usize, &Vec<u32>)> {
        self.counts.iter().filter_map(|(leaves, _)| {
            let d = (0..leaves.len()).find(|&d| self.dimensions[d].is_change(leaves[d]))?;
            Some((d, leaves))
        })
    }

    fn leaves<S: AsRef<str>>(&self, names: &[S]) -> Result<Vec<u32>, ShapeError> {
        let codes = self.dimensions.iter().zip(names).map(|(dimension, name)| dimension.code(name.as_ref()));
        let leaves: Vec<u32> = codes.collect::<Result<_, _>>()?;
        if names.len() != leaves.len() {
            return Err(ShapeError::WrongDimensions { given: names.len(), expected: self.dimensions.len() });
        }
        self.check(&leaves)?;
        Ok(leaves)
    }

    fn check(&self, leaves: &[u32]) -> Result<(), ShapeError> {
        if leaves.len() != self.dimensions.len() {
            return Err(ShapeError::WrongDimensions { given: leaves.len(), expected: self.dimensions.len() });
        }
        match self.dimensions.iter().zip(leaves).find(|(dimension, leaf)| **leaf >= dimension.leaves()) {
            Some((dimension, &leaf)) => {
                let code = dimension.names().nth(leaf as usize).map_or_else(|| leaf.to_string(), Into::into);
                Err(ShapeError::NotALeaf { dimension: dimension.name().into(), code })
            }
            None => Ok(()),
        }
    }
}
