//! The cube itself: a cheap snapshot of all observations, changed by copying only what changes. It refuses to roll
//! anything up (that is `roll.rs`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::slice::{Edit, Slice, key, unkey};
use crate::{AreaTree, CubeError, Measure};

/// All observations of all measures. Cloning copies two pointers; a clone is a snapshot that later changes to the
/// original do not touch. A change copies the column of one measure and period if a snapshot still shares it.
#[derive(Clone, Debug)]
pub struct Cube {
    pub(crate) tree: Arc<AreaTree>,
    pub(crate) columns: Arc<Vec<Arc<Column>>>,
}

/// A measure and its observations by period. A period without any is not there.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) measure: Measure,
    pub(crate) slices: BTreeMap<u32, Arc<Slice>>,
}

/// One change for [`Cube::apply`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// As [`Cube::add_measure`] numbered it.
    pub measure: u32,
    /// Ordinal of the period.
    pub period: u32,
    /// As in the [`AreaTree`].
    pub area: u32,
    /// From [`crate::Shape::combination`].
    pub combination: u32,
    /// The new value; `None` removes it.
    pub value: Option<f64>,
}

/// One stored value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Ordinal of the period.
    pub period: u32,
    /// As in the [`AreaTree`].
    pub area: u32,
    /// See [`crate::Shape::categories`].
    pub combination: u32,
    /// Finite.
    pub value: f64,
}

impl Cube {
    /// An empty cube over these areas, without measures.
    #[must_use]
    pub fn new(tree: AreaTree) -> Self {
        Self { tree: Arc::new(tree), columns: Arc::default() }
    }

    /// Adds a measure and gives its number: 0, 1, 2 …
    #[allow(clippy::cast_possible_truncation)]
    pub fn add_measure(&mut self, measure: Measure) -> u32 {
        let columns = Arc::make_mut(&mut self.columns);
        columns.push(Arc::new(Column { measure, slices: BTreeMap::new() }));
        (columns.len() - 1) as u32
    }

    /// The areas.
    #[must_use]
    pub fn tree(&self) -> &AreaTree {
        &self.tree
    }

    /// What a measure declares.
    ///
    /// # Errors
    /// [`CubeError::UnknownMeasure`].
    pub fn measure(&self, measure: u32) -> Result<&Measure, CubeError> {
        Ok(&self.column(measure)?.measure)
    }

    /// Sets one value; a value that is there is replaced.
    ///
    /// # Errors
    /// Unknown measure, area or category; a value that is not finite.
    pub fn set(
        &mut self,
        measure: u32,
        period: u32,
        area: u32,
        categories: &[u16],
        value: f64,
    ) -> Result<(), CubeError> {
        let combination = self.measure(measure)?.shape.combination(categories)?;
        self.apply(&[Change { measure, period, area, combination, value: Some(value) }])
    }

    /// Removes one value; that it was not there is fine.
    ///
    /// # Errors
    /// Unknown measure, area or category.
    pub fn remove(&mut self, measure: u32, period: u32, area: u32, categories: &[u16]) -> Result<(), CubeError> {
        let combination = self.measure(measure)?.shape.combination(categories)?;
        self.apply(&[Change { measure, period, area, combination, value: None }])
    }

    /// Applies many changes at once, or none if one is refused. Of several for the same place the last one counts.
    ///
    /// # Errors
    /// The first change that is refused: unknown measure, area or combination; a value that is not finite.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), CubeError> {
        let mut edits = changes.iter().map(|change| self.check(change)).collect::<Result<Vec<_>, _>>()?;
        // Stable: the last of several edits of one key stays last.
        edits.sort_by_key(|&(measure, period, (key, _))| (measure, period, key));
        let columns = Arc::make_mut(&mut self.columns);
        for group in edits.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (measure, period, _) = group[0];
            let sorted: Vec<Edit> = group.chunk_by(|a, b| a.2.0 == b.2.0).map(|same| same[same.len() - 1].2).collect();
            let column = Arc::make_mut(&mut columns[measure as usize]);
            column.edit(period, |slice| slice.apply(&sorted));
        }
        Ok(())
    }

    fn check(&self, change: &Change) -> Result<(u32, u32, Edit), CubeError> {
        let &Change { measure, period, area, combination, value } = change;
        if combination >= self.measure(measure)?.shape.combinations() {
            return Err(CubeError::UnknownCombination { measure, combination });
        }
        if let Some(value) = value.filter(|v| !v.is_finite()) {
            return Err(CubeError::NotFinite { value });
        }
        let position = self.position(area)?;
        Ok((measure, period, (key(position, combination), value)))
    }

    /// Records which areas are to report a measure in a period; replaces what was recorded before.
    ///
    /// # Errors
    /// Unknown measure or area.
    pub fn expect(&mut self, measure: u32, period: u32, areas: &[u32]) -> Result<(), CubeError> {
        self.column(measure)?;
        let mut positions = areas.iter().map(|&area| self.position(area)).collect::<Result<Vec<_>, _>>()?;
        positions.sort_unstable();
        positions.dedup();
        let columns = Arc::make_mut(&mut self.columns);
        let column = Arc::make_mut(&mut columns[measure as usize]);
        column.edit(period, |slice| slice.set_expected(positions));
        Ok(())
    }

    /// The value that was observed, without any rolling up.
    ///
    /// # Errors
    /// Unknown measure, area or category.
    pub fn get(&self, measure: u32, period: u32, area: u32, categories: &[u16]) -> Result<Option<f64>, CubeError> {
        let column = self.column(measure)?;
        let combination = column.measure.shape.combination(categories)?;
        let key = key(self.position(area)?, combination);
        Ok(column.slices.get(&period).and_then(|slice| slice.get(key)))
    }

    /// Every observation of a measure, by period, depth-first area and combination.
    ///
    /// # Errors
    /// [`CubeError::UnknownMeasure`].
    pub fn observations(&self, measure: u32) -> Result<impl Iterator<Item = Observation> + '_, CubeError> {
        let slices = self.column(measure)?.slices.iter();
        Ok(slices.flat_map(move |(&period, slice)| {
            slice.iter().map(move |(key, value)| {
                let (position, combination) = unkey(key);
                Observation { period, area: self.tree.area_at(position).unwrap_or(u32::MAX), combination, value }
            })
        }))
    }

    /// The periods in which a measure was observed anywhere, in order.
    ///
    /// # Errors
    /// [`CubeError::UnknownMeasure`].
    pub fn periods(&self, measure: u32) -> Result<impl Iterator<Item = u32> + '_, CubeError> {
        let slices = self.column(measure)?.slices.iter();
        Ok(slices.filter(|(_, slice)| slice.has_observations()).map(|(&period, _)| period))
    }

    pub(crate) fn column(&self, measure: u32) -> Result<&Column, CubeError> {
        let column = self.columns.get(measure as usize);
        column.map(AsRef::as_ref).ok_or(CubeError::UnknownMeasure { measure })
    }

    pub(crate) fn position(&self, area: u32) -> Result<u32, CubeError> {
        let position = self.tree.position(area);
        position.ok_or(CubeError::UnknownArea { area })
    }
}

impl Column {
    fn edit(&mut self, period: u32, edit: impl FnOnce(&mut Slice)) {
        let slice = Arc::make_mut(self.slices.entry(period).or_default());
        edit(slice);
        if slice.is_empty() {
            self.slices.remove(&period);
        }
    }
}
