//! Turns tables into cells and sums over their common refinement. It refuses to know what is small and what was decided.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::axes::Axis;
use crate::edition::Edition;
use crate::shape::{Face, make_faces, resolve, sets, single};
use crate::system::Relation;
use crate::{Dimension, ShapeError};

/// A code of each dimension.
pub(crate) type Key = Vec<u32>;

/// Cells by number, with the sums that tie them and their values.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub(crate) axes: Vec<Axis>,
    pub(crate) keys: Vec<Key>,
    index: FxHashMap<Key, u32>,
    faces: Vec<Face>,
    pub relations: Vec<Relation>,
    pub values: Vec<i64>,
    /// Nothing can be counted there.
    pub structural: Vec<bool>,
    /// It is no count but a change.
    pub changes: Vec<bool>,
    /// No table crosses what it is by, and nobody knows it to be corrected: it is there for what others say together.
    pub beside: Vec<bool>,
    /// The cells of each table, the last dimension that it names running fastest.
    pub tables: Vec<Vec<u32>>,
    /// The cells of what was published before.
    pub earlier: Vec<u32>,
    /// The cells that everybody knows besides.
    pub known: Vec<u32>,
}

impl Grid {
    /// `earlier` are cells that were published before, by sets of leaves.
    pub(crate) fn new(edition: &Edition, earlier: &[Vec<Vec<u32>>]) -> Result<Self, ShapeError> {
        let dimensions = &edition.dimensions;
        if dimensions.len() > 64 {
            return Err(ShapeError::TooManyDimensions { count: dimensions.len() });
        }
        let mut axes: Vec<Axis> = dimensions.iter().map(Axis::new).collect();
        let mut shapes = Vec::new();
        for table in &edition.tables {
            shapes.push(resolve(table, dimensions, &mut axes)?);
        }
        let add = |(axis, set): (&mut Axis, &Vec<u32>)| axis.add(set.clone(), String::new());
        let known = edition.known.iter().map(|codes| sets(edition, codes)).collect::<Result<Vec<_>, _>>()?;
        let beside: Vec<Key> =
            earlier.iter().chain(&known).map(|sets| axes.iter_mut().zip(sets).map(add).collect()).collect();
        let corrected: Vec<Key> = edition.corrected().map(|(_, leaves)| single(&mut axes, leaves)).collect();
        let (faces, told) = make_faces(&mut axes, &shapes, &beside, &corrected)?;
        let mut grid = Self {
            axes,
            keys: Vec::new(),
            index: FxHashMap::default(),
            faces,
            relations: Vec::new(),
            values: Vec::new(),
            structural: Vec::new(),
            changes: Vec::new(),
            beside: Vec::new(),
            tables: Vec::new(),
            earlier: Vec::new(),
            known: Vec::new(),
        };
        for shape in &shapes {
            let cells = grid.cross(shape);
            grid.tables.push(cells);
        }
        grid.earlier = beside.into_iter().map(|key| grid.cell(key)).collect();
        grid.known = grid.earlier.split_off(earlier.len());
        grid.add_corrected(edition);
        grid.link_faces();
        grid.close();
        grid.fill(edition)?;
        grid.set_beside(edition, &told);
        Ok(grid)
    }

    /// The number of a cell, a new one if it is new.
    #[allow(clippy::cast_possible_truncation)]
    fn cell(&mut self, key: Key) -> u32 {
        let next = self.keys.len() as u32;
        let cell = *self.index.entry(key.clone()).or_insert(next);
        if cell == next {
            self.keys.push(key);
        }
        cell
    }

    fn cross(&mut self, codes: &[Vec<u32>]) -> Vec<u32> {
        let mut keys: Vec<Key> = vec![Vec::new()];
        for codes in codes {
            keys = keys.iter().flat_map(|key| codes.iter().map(|&code| [key.as_slice(), &[code]].concat())).collect();
        }
        keys.into_iter().map(|key| self.cell(key)).collect()
    }

    /// What a corrected count has become: a count like others, whether a table tells it or not, which can be as small, and
    /// is never less than nothing.
    #[allow(clippy::cast_possible_truncation)]
    fn add_corrected(&mut self, edition: &Edition) {
        for face in 0..self.faces.len() {
            for (d, leaves) in edition.corrected() {
                let Face { mask, splits } = &self.faces[face];
                if mask >> d & 1 == 0 {
                    continue;
                }
                let known = |code: &usize| splits[d].parts.get(*code).is_some_and(Option::is_some);
                let codes = (0..self.axes[d].len()).filter(known).map(|code| code as u32);
                let holds =
                    |code: &u32| self.axes[d].set(*code).len() > 1 && self.axes[d].set(*code).contains(&leaves[d]);
                let codes: Vec<u32> = codes.filter(holds).collect();
                let mut key = self.finest_key(&self.faces[face], leaves);
                for code in codes {
                    key[d] = code;
                    self.cell(key.clone());
                }
            }
        }
    }

    /// `told` are the dimensions that tables cross.
    fn set_beside(&mut self, edition: &Edition, told: &[u64]) {
        let mut corrected: FxHashSet<Key> = FxHashSet::default();
        for (_, leaves) in edition.corrected() {
            let keys = self.faces.iter().map(|face| whenever(edition, &self.finest_key(face, leaves)));
            corrected.extend(keys);
        }
        let by = |key: &Key| {
            let own = key.iter().zip(&self.axes).enumerate().filter(|(_, (code, axis))| **code != axis.every);
            own.fold(0_u64, |mask, (d, _)| mask | 1 << d)
        };
        let crossed = |key: &Key| corrected.is_empty() || told.iter().any(|mask| mask & by(key) == by(key));
        self.beside =
            self.keys.iter().map(|key| !crossed(key) && !corrected.contains(&whenever(edition, key))).collect();
    }

    /// What two faces share they must agree on, also where no table shows it.
    fn link_faces(&mut self) {
        for a in 0..self.faces.len() {
            for b in a + 1..self.faces.len() {
                let shared = self.faces[a].mask & self.faces[b].mask;
                let coarser = |d: usize| {
                    let (a, b) = (&self.faces[a].splits[d], &self.faces[b].splits[d]);
                    if a.len() <= b.len() { a.class_codes.clone() } else { b.class_codes.clone() }
                };
                let codes = (0..self.axes.len())
                    .map(|d| if shared >> d & 1 == 1 { coarser(d) } else { vec![self.axes[d].every] });
                let codes: Vec<Vec<u32>> = codes.collect();
                self.cross(&codes);
            }
        }
    }

    /// Adds the cells that tie every cell to the finest ones, then every sum whose cells are all there.
    fn close(&mut self) {
        let mut known = FxHashSet::default();
        let mut at = 0;
        while at < self.keys.len() {
            for face in 0..self.faces.len() {
                if let Some(dimension) = self.easiest(at, face) {
                    self.relate(at, face, dimension, &mut known);
                }
            }
            at += 1;
        }
        for at in 0..self.keys.len() {
            for face in 0..self.faces.len() {
                for dimension in 0..self.axes.len() {
                    if self.missing(at, face, dimension) == Some(0) {
                        self.relate(at, face, dimension, &mut known);
                    }
                }
            }
        }
    }

    fn belongs(&self, at: usize, face: usize) -> bool {
        let face = &self.faces[face];
        let fits = |(d, &code): (usize, &u32)| {
            if face.mask >> d & 1 == 1 {
                face.splits[d].parts[code as usize].is_some()
            } else {
                code == self.axes[d].every
            }
        };
        self.keys[at].iter().enumerate().all(fits)
    }

    /// How many parts are not yet cells if it is split along a dimension; `None` if it cannot be.
    fn missing(&self, at: usize, face: usize, dimension: usize) -> Option<usize> {
        let inside = self.faces[face].mask >> dimension & 1 == 1 && self.belongs(at, face);
        let parts = inside.then(|| self.parts(at, face, dimension))?;
        let mut key = self.keys[at].clone();
        let absent = |&&part: &&u32| {
            key[dimension] = part;
            !self.index.contains_key(&key)
        };
        (!parts.is_empty()).then(|| parts.iter().filter(absent).count())
    }

    fn parts(&self, at: usize, face: usize, dimension: usize) -> &[u32] {
        self.faces[face].splits[dimension].parts[self.keys[at][dimension] as usize].as_deref().unwrap_or_default()
    }

    /// The dimension along which fewest new cells are needed.
    fn easiest(&self, at: usize, face: usize) -> Option<usize> {
        let missing = |dimension| Some((self.missing(at, face, dimension)?, dimension));
        (0..self.axes.len()).filter_map(missing).min().map(|(_, dimension)| dimension)
    }

    #[allow(clippy::cast_possible_truncation)]
    fn relate(&mut self, at: usize, face: usize, dimension: usize, known: &mut FxHashSet<Relation>) {
        let parts = self.parts(at, face, dimension).to_vec();
        let mut key = self.keys[at].clone();
        let mut cells = Vec::with_capacity(parts.len());
        for part in parts {
            key[dimension] = part;
            cells.push(self.cell(key.clone()));
        }
        let relation = Relation { total: at as u32, parts: cells };
        if known.insert(relation.clone()) {
            self.relations.push(relation);
        }
    }

    fn fill(&mut self, edition: &Edition) -> Result<(), ShapeError> {
        let cells = self.keys.len();
        self.values = vec![0; cells];
        self.changes = (0..cells).map(|at| self.is_change(edition, at)).collect();
        let (mut impossible, mut nothing_now) = (vec![0_u64; cells], vec![0_u64; cells]);
        for face in &self.faces {
            for (leaves, count) in &edition.counts {
                if let Some(cell) = self.finest(face, leaves) {
                    self.values[cell as usize] += count;
                }
            }
            for leaves in &edition.structural {
                if let Some(cell) = self.finest(face, leaves) {
                    impossible[cell as usize] += 1;
                }
            }
            if edition.ended.is_empty() {
                continue;
            }
            for leaves in edition.structural.iter().chain(&edition.ended) {
                if let Some(cell) = self.as_of_now(edition, face, leaves) {
                    nothing_now[cell as usize] += 1;
                }
            }
        }
        let size =
            |at: usize| -> u64 { self.keys[at].iter().zip(&self.axes).map(|(&c, a)| a.set(c).len() as u64).product() };
        let sizes: Vec<u64> = (0..cells).map(size).collect();
        let is_nothing = |at: usize| impossible[at].max(nothing_now[at]) >= sizes[at].max(1) && self.values[at] == 0;
        self.structural = (0..cells).map(is_nothing).collect();
        // Parts are smaller than their total, so they come first.
        let mut order: Vec<&Relation> = self.relations.iter().collect();
        order.sort_by_key(|relation| sizes[relation.total as usize]);
        let mut last = u32::MAX;
        for relation in order {
            if std::mem::replace(&mut last, relation.total) != relation.total {
                self.values[relation.total as usize] =
                    relation.parts.iter().map(|&part| self.values[part as usize]).sum();
            }
            // Whichever way it falls into parts.
            if self.values[relation.total as usize] == 0 && relation.parts.iter().all(|&p| self.structural[p as usize])
            {
                self.structural[relation.total as usize] = true;
            }
        }
        match (0..cells).find(|&at| self.values[at] < 0 && !self.changes[at]) {
            Some(at) => Err(ShapeError::Negative { cell: self.name(edition, at as u32), count: self.values[at] }),
            None => Ok(()),
        }
    }

    /// The finest cell of a face that counts of these leaves are in; none where no cell holds any of them, as of a period
    /// that was counted and no table tells.
    fn finest(&self, face: &Face, leaves: &[u32]) -> Option<u32> {
        self.find(&self.finest_key(face, leaves))
    }

    fn finest_key(&self, face: &Face, leaves: &[u32]) -> Key {
        let code = |d: usize| {
            let split = &face.splits[d];
            let inside = face.mask >> d & 1 == 1;
            if inside { split.class_codes[split.class(leaves[d]) as usize] } else { self.axes[d].every }
        };
        (0..leaves.len()).map(code).collect()
    }

    /// The same with all changes.
    fn as_of_now(&self, edition: &Edition, face: &Face, leaves: &[u32]) -> Option<u32> {
        let mut key = self.finest_key(face, leaves);
        let changing = edition.dimensions.iter().enumerate().filter(|(_, dimension)| dimension.has_changes());
        changing.for_each(|(d, _)| key[d] = self.axes[d].every);
        self.find(&key)
    }

    /// Whether a cell is of this grid and somebody may be counted there.
    pub(crate) fn is_counted(&self, cell: u32) -> bool {
        self.structural.get(cell as usize) == Some(&false)
    }

    fn is_change(&self, edition: &Edition, at: usize) -> bool {
        let only_changes = |((dimension, axis), &code): ((&Dimension, &Axis), &u32)| {
            axis.set(code).iter().all(|&leaf| dimension.is_change(leaf))
        };
        edition.dimensions.iter().zip(&self.axes).zip(&self.keys[at]).any(only_changes)
    }

    /// The key of a cell whatever its vintage.
    pub(crate) fn whenever(&self, edition: &Edition, at: usize) -> Key {
        whenever(edition, &self.keys[at])
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn key(&self, cell: u32) -> &[u32] {
        &self.keys[cell as usize]
    }

    /// The cell of these codes, which sums over all other dimensions.
    pub(crate) fn named(&self, edition: &Edition, codes: &[(String, String)]) -> Result<Option<u32>, ShapeError> {
        let sets = sets(edition, codes)?;
        let key: Option<Key> = self.axes.iter().zip(&sets).map(|(axis, set)| axis.find(set)).collect();
        Ok(key.and_then(|key| self.find(&key)))
    }

    /// The axes of the dimensions.
    pub(crate) fn axes(&self) -> &[Axis] {
        &self.axes
    }

    pub(crate) fn find(&self, key: &[u32]) -> Option<u32> {
        self.index.get(key).copied()
    }

    /// Faces that a cell is in; none for one that is no cell of tables, as a complement.
    pub(crate) fn faces_of(&self, cell: u32) -> Vec<usize> {
        let known = (cell as usize) < self.keys.len();
        (0..self.faces.len()).filter(|&face| known && self.belongs(cell as usize, face)).collect()
    }

    /// What a code falls into; nothing outside the dimensions of the face.
    pub(crate) fn parts_in(&self, face: usize, dimension: usize, code: u32) -> &[u32] {
        let inside = self.faces[face].mask >> dimension & 1 == 1;
        if inside {
            self.faces[face].splits[dimension].parts[code as usize].as_deref().unwrap_or_default()
        } else {
            &[]
        }
    }

    /// By face, dimension and code: the codes that it is a part of.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn parents(&self) -> Vec<Vec<Vec<Vec<u32>>>> {
        let along = |face: usize, d: usize| {
            let mut parents = vec![Vec::new(); self.axes[d].len()];
            for code in 0..self.axes[d].len() as u32 {
                self.parts_in(face, d, code).iter().for_each(|&part| parents[part as usize].push(code));
            }
            parents
        };
        (0..self.faces.len()).map(|face| (0..self.axes.len()).map(|d| along(face, d)).collect()).collect()
    }
}

/// A key whatever the vintage: the same for a count, its changes and what they make of it.
fn whenever(edition: &Edition, key: &Key) -> Key {
    let code = |(&code, dimension): (&u32, &Dimension)| if dimension.has_changes() { u32::MAX } else { code };
    key.iter().zip(&edition.dimensions).map(code).collect()
}
