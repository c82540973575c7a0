//! Turns tables into cells and sums over their common refinement. It refuses to know what is small and what was decided.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::axes::{Axis, Split};
use crate::edition::{Edition, Table};
use crate::faces::faces;
use crate::system::Relation;
use crate::{Dimension, ShapeError};

const MOST_CELLS: u128 = 4_000_000;

/// A code of each dimension.
pub(crate) type Key = Vec<u32>;

/// Dimensions that are crossed, and how each falls into classes.
#[derive(Clone, Debug)]
struct Face {
    mask: u64,
    splits: Vec<Split>,
}

/// Cells by number, with the sums that tie them and their values.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    axes: Vec<Axis>,
    keys: Vec<Key>,
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
        let crossed = |key: &Key| told.iter().any(|mask| mask & by(key) == by(key));
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
        let mut counts: std::collections::BTreeMap<(usize, u32), [usize; 2]> = std::collections::BTreeMap::new();
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

/// A key whatever the vintage: the same for a count, its changes and what they make of it.
fn whenever(edition: &Edition, key: &Key) -> Key {
    let code = |(&code, dimension): (&u32, &Dimension)| if dimension.has_changes() { u32::MAX } else { code };
    key.iter().zip(&edition.dimensions).map(code).collect()
}

/// The leaves of a cell in each dimension.
fn sets(edition: &Edition, codes: &[(String, String)]) -> Result<Vec<Vec<u32>>, ShapeError> {
    let mut sets: Vec<Vec<u32>> =
        edition.dimensions.iter().map(|dimension| (0..dimension.leaves()).collect()).collect();
    for (name, code) in codes {
        let unknown = || ShapeError::UnknownDimension { dimension: name.clone() };
        let d = edition.dimensions.iter().position(|own| own.name() == name).ok_or_else(unknown)?;
        sets[d].clone_from(&edition.dimensions[d].codes()[edition.dimensions[d].code(code)? as usize].leaves);
    }
    Ok(sets)
}

/// The cell of one leaf in each dimension.
fn single(axes: &mut [Axis], leaves: &[u32]) -> Key {
    axes.iter_mut().zip(leaves).map(|(axis, &leaf)| axis.add(vec![leaf], String::new())).collect()
}

/// The codes of a table in each dimension.
fn resolve(table: &Table, dimensions: &[Dimension], axes: &mut [Axis]) -> Result<Vec<Vec<u32>>, ShapeError> {
    let mut codes: Vec<Vec<u32>> = axes.iter().map(|axis| vec![axis.every]).collect();
    let mut named = vec![false; dimensions.len()];
    for (name, shown) in &table.axes {
        let unknown = || ShapeError::UnknownDimension { dimension: name.clone() };
        let at = dimensions.iter().position(|dimension| dimension.name() == name).ok_or_else(unknown)?;
        if std::mem::replace(&mut named[at], true) {
            return Err(ShapeError::NamedTwice { table: table.name.clone(), dimension: name.clone() });
        }
        codes[at].clear();
        for code in shown {
            let set = dimensions[at].codes()[dimensions[at].code(code)? as usize].leaves.clone();
            codes[at].push(axes[at].add(set, code.clone()));
        }
    }
    Ok(codes)
}

fn make_faces(
    axes: &mut [Axis],
    shapes: &[Vec<Vec<u32>>],
    earlier: &[Key],
    corrected: &[Key],
) -> Result<(Vec<Face>, Vec<u64>), ShapeError> {
    let mut used: FxHashMap<u64, Vec<Vec<u32>>> = FxHashMap::default();
    let every: Vec<u32> = axes.iter().map(|axis| axis.every).collect();
    let mut note = |codes: &mut dyn Iterator<Item = &[u32]>| {
        let codes: Vec<&[u32]> = codes.collect();
        let mask = codes.iter().zip(&every).enumerate().filter(|(_, (codes, every))| **codes != [**every]);
        let mask = mask.fold(0, |mask, (d, _)| mask | 1 << d);
        let used = used.entry(mask).or_insert_with(|| vec![Vec::new(); codes.len()]);
        used.iter_mut().zip(codes).for_each(|(used, codes)| used.extend(codes));
    };
    shapes.iter().for_each(|shape| note(&mut shape.iter().map(Vec::as_slice)));
    earlier.iter().for_each(|key| note(&mut key.iter().map(std::slice::from_ref)));
    let told = faces(used.keys().copied().chain([0]).collect());
    // That nothing else was corrected ties tables that are parts of many wholes otherwise. Each count that was stands alone,
    // whether a table tells it from others or not.
    let whole = (0..axes.len()).filter(|d| axes[*d].set(every[*d]).len() > 1).fold(0, |all, d| all | 1 << d);
    if !corrected.is_empty() {
        let used = used.entry(whole).or_insert_with(|| vec![Vec::new(); axes.len()]);
        used.iter_mut().enumerate().for_each(|(d, used)| used.extend(corrected.iter().map(|key| key[d])));
    }
    let masks = if corrected.is_empty() { told.clone() } else { vec![whole] };
    let uses = |mask: u64, d: usize| {
        let within = used.iter().filter(|(inner, _)| *inner & mask == **inner);
        let mut codes: Vec<u32> = within.flat_map(|(_, used)| used[d].iter().copied()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let split = |mask: u64, d: usize| Split::of(&axes[d], &uses(mask, d));
    let splits = |mask: u64| (0..axes.len()).map(|d| split(mask, d)).collect();
    let mut faces: Vec<Face> = masks.iter().map(|&mask| Face { mask, splits: splits(mask) }).collect();
    agree(&mut faces);
    for face in &mut faces {
        let inside: Vec<usize> = (0..axes.len()).filter(|&d| face.mask >> d & 1 == 1).collect();
        let cells = inside.iter().map(|&d| u128::from(face.splits[d].len())).product();
        if cells > MOST_CELLS {
            return Err(ShapeError::TooFine { cells, most: MOST_CELLS });
        }
        face.splits.iter_mut().zip(axes.iter_mut()).for_each(|(split, axis)| split.name_classes(axis));
    }
    for face in &mut faces {
        for (d, split) in face.splits.iter_mut().enumerate() {
            split.find_parts(&axes[d], &uses(face.mask, d));
        }
    }
    Ok((faces, told))
}

/// Where two faces divide what they share neither alike nor one finer than the other, both take both divisions.
fn agree(faces: &mut [Face]) {
    let mut changed = true;
    while changed {
        changed = false;
        for a in 0..faces.len() {
            for b in 0..faces.len() {
                let shared: Vec<usize> =
                    (0..64).filter(|d| a != b && faces[a].mask & faces[b].mask & (1_u64 << d) != 0).collect();
                let holds = |a: usize, b: usize, d: &usize| faces[a].splits[*d].holds(&faces[b].splits[*d]);
                if shared.iter().all(|d| holds(a, b, d)) || shared.iter().all(|d| holds(b, a, d)) {
                    continue;
                }
                changed = true;
                for d in shared {
                    let finer = faces[b].splits[d].clone();
                    faces[a].splits[d].refine_by(&finer);
                    faces[b].splits[d] = faces[a].splits[d].clone();
                }
            }
        }
    }
}
