//! The cube itself: a cheap snapshot of all observations, changed by copying only what changes. It refuses to roll
//! anything up (that is `roll.rs`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::slice::Slice;
use crate::sparse::{Edit, key, unkey};
use crate::{AreaTree, CubeError, Measure};

/// All observations of all measures. Cloning copies two pointers; a clone is a snapshot that later changes to the
/// original do not touch. A change copies, if a snapshot still shares them, the numbers of one combination in one
/// measure and period, and the pointers to the others.
#[derive(Clone, Debug)]
pub struct Cube {
    pub(crate) tree: Arc<AreaTree>,
    pub(crate) columns: Arc<Vec<Arc<Column>>>,
}

/// A measure and its observations by period. A period without any is not there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) measure: Measure,
    pub(crate) slices: BTreeMap<u32, Arc<Slice>>,
}

/// Whether they hold the same: how the numbers are kept depends on what was there before.
impl PartialEq for Cube {
    fn eq(&self, other: &Self) -> bool {
        self.tree == other.tree && self.columns == other.columns
    }
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

/// All that one area gave for a measure and a period, for [`Cube::load`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'a> {
    /// As [`Cube::add_measure`] numbered it.
    pub measure: u32,
    /// Ordinal of the period.
    pub period: u32,
    /// As in the [`AreaTree`].
    pub area: u32,
    /// One for each combination of the measure's shape, in their order; `None` for what was not observed.
    pub cells: &'a [Option<f64>],
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
    /// Unknown measure, area or category; an area that does not exist in the period; a value that is not finite.
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
    /// The first change that is refused: unknown measure, area or combination; a value that is not finite or
    /// of an area that does not exist in the period.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), CubeError> {
        let mut edits = changes.iter().map(|change| self.check(change)).collect::<Result<Vec<_>, _>>()?;
        // Stable: the last of several edits of one key stays last.
        edits.sort_by_key(|&(measure, period, (key, _))| (measure, period, key));
        let columns = Arc::make_mut(&mut self.columns);
        for group in edits.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (measure, period, _) = group[0];
            let sorted: Vec<Edit> = group.chunk_by(|a, b| a.2.0 == b.2.0).map(|same| same[same.len() - 1].2).collect();
            let column = Arc::make_mut(&mut columns[measure as usize]);
            column.edit(period, |slice| slice.apply(&self.tree, &sorted));
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
        if value.is_some() {
            self.check_valid(area, period)?;
        }
        // A negative zero would be a second way to keep the same number.
        Ok((measure, period, (key(position, combination), value.map(|v| v + 0.0))))
    }

    /// Replaces what an area gave for a measure and a period by a whole row: cells that are not there are removed. Of
    /// several rows for the same place the last one counts. All rows are taken in, or none if one is refused. Much
    /// faster than [`Cube::apply`], most of all when rows come depth first.
    ///
    /// # Errors
    /// The first row that is refused: unknown measure or area; not one cell for each combination; a value that is not
    /// finite or of an area that does not exist in the period.
    pub fn load(&mut self, rows: &[Row<'_>]) -> Result<(), CubeError> {
        rows.iter().try_for_each(|row| self.check_row(row))?;
        let columns = Arc::make_mut(&mut self.columns);
        for row in rows {
            let Some(position) = self.tree.position(row.area) else { continue };
            Arc::make_mut(&mut columns[row.measure as usize]).set_row(&self.tree, row.period, position, row.cells);
        }
        Ok(())
    }

    fn check_row(&self, row: &Row<'_>) -> Result<(), CubeError> {
        let &Row { measure, period, area, cells } = row;
        let expected = self.measure(measure)?.shape.combinations();
        if cells.len() != expected as usize {
            return Err(CubeError::WrongRow { measure, given: cells.len(), expected });
        }
        self.position(area)?;
        if let Some(&value) = cells.iter().flatten().find(|v| !v.is_finite()) {
            return Err(CubeError::NotFinite { value });
        }
        if cells.iter().any(Option::is_some) {
            self.check_valid(area, period)?;
        }
        Ok(())
    }

    fn check_valid(&self, area: u32, period: u32) -> Result<(), CubeError> {
        let valid = self.tree.valid(area);
        let (from, to) = (valid.start, valid.end);
        if valid.contains(&period) { Ok(()) } else { Err(CubeError::NotValid { area, period, from, to }) }
    }

    /// Records which areas are to report a measure in a period; replaces what was recorded before. Areas that do not
    /// exist in the period are left out.
    ///
    /// # Errors
    /// Unknown measure or area.
    pub fn expect(&mut self, measure: u32, period: u32, areas: &[u32]) -> Result<(), CubeError> {
        self.column(measure)?;
        let exists = |area: &&u32| self.tree.valid(**area).contains(&period);
        areas.iter().try_for_each(|&area| self.position(area).map(|_| ()))?;
        let positions = areas.iter().filter(exists).filter_map(|&area| self.tree.position(area));
        let columns = Arc::make_mut(&mut self.columns);
        let column = Arc::make_mut(&mut columns[measure as usize]);
        column.edit(period, |slice| slice.set_expected(&self.tree, positions));
        Ok(())
    }

    /// Records that an area that was to report has nothing to report, or has after all: it is not waited for then.
    ///
    /// # Errors
    /// Unknown measure or area.
    pub fn excuse(&mut self, measure: u32, period: u32, area: u32, excused: bool) -> Result<(), CubeError> {
        let position = self.position(area)?;
        let expected = |slice: &Arc<Slice>| slice.expected.as_ref().is_some_and(|expected| expected.contains(position));
        let exists = self.tree.valid(area).contains(&period);
        if self.column(measure)?.slices.get(&period).is_some_and(expected) != excused || !exists {
            return Ok(());
        }
        let columns = Arc::make_mut(&mut self.columns);
        let column = Arc::make_mut(&mut columns[measure as usize]);
        column.edit(period, |slice| slice.excuse(&self.tree, position, excused));
        Ok(())
    }

    /// The value that was observed, without any rolling up.
    ///
    /// # Errors
    /// Unknown measure, area or category.
    pub fn get(&self, measure: u32, period: u32, area: u32, categories: &[u16]) -> Result<Option<f64>, CubeError> {
        let column = self.column(measure)?;
        let combination = column.measure.shape.combination(categories)?;
        let position = self.position(area)?;
        Ok(column.slices.get(&period).and_then(|slice| slice.get(position, combination)))
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
        Ok(slices.filter(|(_, slice)| slice.len() > 0).map(|(&period, _)| period))
    }

    /// How many measures there are.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn measures(&self) -> u32 {
        self.columns.len() as u32
    }

    /// Bytes in memory, whether or not snapshots share them.
    #[must_use]
    pub fn memory(&self) -> usize {
        let slices = self.columns.iter().flat_map(|column| column.slices.values());
        let slices: usize = slices.map(|slice| slice.memory() + size_of::<(u32, Arc<Slice>, [usize; 2])>()).sum();
        self.tree.memory() + self.columns.len() * size_of::<Column>() + slices
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
        if slice.knows_nothing() {
            self.slices.remove(&period);
        }
    }

    fn set_row(&mut self, tree: &AreaTree, period: u32, position: u32, cells: &[Option<f64>]) {
        let mut begun = false;
        self.edit(period, |slice| {
            let before = slice.is_dense();
            slice.set_row(tree, position, cells);
            begun = slice.is_dense() && !before;
        });
        if begun {
            self.reserve(period);
        }
    }

    /// A period is mostly reported by as many as the one before.
    fn reserve(&mut self, period: u32) {
        let before = self.slices.range(..period).next_back().map(|(_, slice)| Arc::clone(slice));
        if let (Some(before), Some(slice)) = (before, self.slices.get_mut(&period)) {
            Arc::make_mut(slice).reserve_like(&before);
        }
    }
}
