//! Code lists: the finest leaves of a dimension and the codes that group them, in hierarchies or across them. It refuses
//! to know what the codes mean.

use rustc_hash::FxHashMap;

use crate::ShapeError;

/// A way to break counts down. Leaves are the common refinement of all code lists ever published: where a list changed,
/// the old codes group the new leaves or the new the old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    name: String,
    codes: Vec<Code>,
    leaves: u32,
    changes: Vec<u32>,
    running: bool,
    by_name: FxHashMap<String, u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub name: String,
    /// Sorted.
    pub leaves: Vec<u32>,
}

impl Dimension {
    /// Every leaf is a code too.
    ///
    /// # Errors
    /// Two leaves of one name.
    pub fn new<S: Into<String>>(name: &str, leaves: impl IntoIterator<Item = S>) -> Result<Self, ShapeError> {
        let empty = FxHashMap::default();
        let mut dimension = Self {
            name: name.into(),
            codes: Vec::new(),
            leaves: 0,
            changes: Vec::new(),
            running: false,
            by_name: empty,
        };
        for leaf in leaves {
            dimension.add(leaf.into(), vec![dimension.leaves])?;
            dimension.leaves += 1;
        }
        Ok(dimension)
    }

    /// A code that groups others; they may overlap, as 15-49 and 25-64 do in what they hold.
    ///
    /// # Errors
    /// An unknown member, or a name that is taken.
    pub fn group<S: AsRef<str>>(
        mut self,
        name: &str,
        members: impl IntoIterator<Item = S>,
    ) -> Result<Self, ShapeError> {
        let mut leaves = Vec::new();
        for member in members {
            leaves.extend_from_slice(&self.codes[self.code(member.as_ref())? as usize].leaves);
        }
        leaves.sort_unstable();
        leaves.dedup();
        self.add(name.into(), leaves)?;
        Ok(self)
    }

    /// A code for everything.
    ///
    /// # Errors
    /// A name that is taken.
    pub fn total(mut self, name: &str) -> Result<Self, ShapeError> {
        self.add(name.into(), (0..self.leaves).collect())?;
        Ok(self)
    }

    /// A leaf that is no count but how much one has changed; it may be negative. With the leaves `first` and `revision`
    /// and the code `second` for both, a dimension tells the values that were published from those that correct them.
    ///
    /// # Errors
    /// An unknown leaf.
    pub fn change(mut self, leaf: &str) -> Result<Self, ShapeError> {
        let code = self.code(leaf)?;
        if code >= self.leaves {
            return Err(ShapeError::NotALeaf { dimension: self.name, code: leaf.into() });
        }
        self.changes.push(code);
        Ok(self)
    }

    /// Its leaves are running totals, in their order: each holds whoever those before it hold. How many came in between two
    /// of them is a count as well, which nobody publishes and whoever sees both can tell.
    #[must_use]
    pub fn running(mut self) -> Self {
        self.running = true;
        self
    }

    #[allow(clippy::cast_possible_truncation)]
    fn add(&mut self, name: String, leaves: Vec<u32>) -> Result<(), ShapeError> {
        if self.by_name.insert(name.clone(), self.codes.len() as u32).is_some() {
            return Err(ShapeError::TwiceTheSame { dimension: self.name.clone(), code: name });
        }
        self.codes.push(Code { name, leaves });
        Ok(())
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many leaves there are; they are the first codes.
    #[must_use]
    pub fn leaves(&self) -> u32 {
        self.leaves
    }

    /// Names of all codes, leaves first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|code| code.name.as_str())
    }

    /// Number of a code.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn code(&self, name: &str) -> Result<u32, ShapeError> {
        let unknown = || ShapeError::UnknownCode { dimension: self.name.clone(), code: name.into() };
        self.by_name.get(name).copied().ok_or_else(unknown)
    }

    pub(crate) fn codes(&self) -> &[Code] {
        &self.codes
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running
    }

    pub(crate) fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    pub(crate) fn is_change(&self, leaf: u32) -> bool {
        self.changes.contains(&leaf)
    }
}
