//! The codes of each dimension as sets of leaves, and how they fall into smaller ones for each face. Codes that hold the
//! same leaves are one. It refuses to know counts.

use rustc_hash::FxHashMap;

use crate::Dimension;

/// The codes of one dimension; two names for the same leaves have one number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Axis {
    leaves: u32,
    sets: Vec<Vec<u32>>,
    names: Vec<String>,
    by_set: FxHashMap<Vec<u32>, u32>,
    /// What holds everything.
    pub every: u32,
}

impl Axis {
    pub(crate) fn new(dimension: &Dimension) -> Self {
        let mut axis = Self { leaves: dimension.leaves(), ..Self::default() };
        axis.every = axis.add((0..dimension.leaves()).collect(), String::new());
        axis
    }

    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn add(&mut self, set: Vec<u32>, name: String) -> u32 {
        let known = self.sets.len() as u32;
        let code = *self.by_set.entry(set.clone()).or_insert(known);
        if code == known {
            self.sets.push(set);
            self.names.push(name);
        } else if self.names[code as usize].is_empty() {
            self.names[code as usize] = name;
        }
        code
    }

    pub(crate) fn set(&self, code: u32) -> &[u32] {
        &self.sets[code as usize]
    }

    /// The code that holds exactly these leaves.
    pub(crate) fn find(&self, set: &[u32]) -> Option<u32> {
        self.by_set.get(set).copied()
    }

    pub(crate) fn name(&self, code: u32) -> &str {
        &self.names[code as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.sets.len()
    }
}

/// How the codes of one dimension fall apart within one face.
#[derive(Clone, Debug, Default)]
pub(crate) struct Split {
    /// The class of each leaf.
    class_of: Vec<u32>,
    classes: u32,
    /// The code of each class.
    pub class_codes: Vec<u32>,
    /// By code; `None` if the code cuts a class in two, empty for a class.
    pub parts: Vec<Option<Vec<u32>>>,
}

impl Split {
    /// Leaves that no used code tells apart are one class.
    pub(crate) fn of(axis: &Axis, used: &[u32]) -> Self {
        let mut split = Self { class_of: vec![0; axis.leaves as usize], classes: 1, ..Self::default() };
        for &code in used {
            let mut inside = vec![false; axis.leaves as usize];
            axis.set(code).iter().for_each(|&leaf| inside[leaf as usize] = true);
            split.refine(&inside.iter().map(|&inside| u32::from(inside)).collect::<Vec<_>>());
        }
        split
    }

    /// Tells leaves apart that have different marks.
    #[allow(clippy::cast_possible_truncation)]
    fn refine(&mut self, marks: &[u32]) {
        let mut numbers = FxHashMap::default();
        for (class, &mark) in self.class_of.iter_mut().zip(marks) {
            let next = numbers.len() as u32;
            *class = *numbers.entry((*class, mark)).or_insert(next);
        }
        self.classes = numbers.len() as u32;
    }

    pub(crate) fn refine_by(&mut self, other: &Split) {
        self.refine(&other.class_of);
    }

    /// Whether every class of `fine` lies within one of these.
    pub(crate) fn holds(&self, fine: &Split) -> bool {
        let mut both = self.clone();
        both.refine_by(fine);
        both.classes == fine.classes
    }

    pub(crate) fn class(&self, leaf: u32) -> u32 {
        self.class_of[leaf as usize]
    }

    pub(crate) fn len(&self) -> u32 {
        self.classes
    }

    /// Gives the classes codes.
    pub(crate) fn name_classes(&mut self, axis: &mut Axis) {
        let mut sets = vec![Vec::new(); self.classes as usize];
        for (leaf, &class) in (0..).zip(&self.class_of) {
            sets[class as usize].push(leaf);
        }
        self.class_codes = sets.into_iter().map(|set| axis.add(set, String::new())).collect();
    }

    /// Finds for each code a few large codes that make it up: those in use, else classes.
    pub(crate) fn find_parts(&mut self, axis: &Axis, used: &[u32]) {
        let mut candidates: Vec<u32> = used.iter().chain(&self.class_codes).copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates.sort_by_key(|&code| (std::cmp::Reverse(axis.set(code).len()), code));
        #[allow(clippy::cast_possible_truncation)]
        let codes = 0..axis.len() as u32;
        self.parts = codes.map(|code| self.parts_of(axis, code, &candidates)).collect();
    }

    fn parts_of(&self, axis: &Axis, code: u32, candidates: &[u32]) -> Option<Vec<u32>> {
        let set = axis.set(code);
        let mut left = vec![false; axis.leaves as usize];
        set.iter().for_each(|&leaf| left[leaf as usize] = true);
        let inside = |leaf: &u32| left[*leaf as usize];
        let classes = |leaf: &u32| axis.set(self.class_codes[self.class_of[*leaf as usize] as usize]);
        if !set.iter().all(|leaf| classes(leaf).iter().all(inside)) {
            return None;
        }
        if self.class_codes[*self.class_of.get(*set.first()? as usize)? as usize] == code {
            return Some(Vec::new());
        }
        let smaller = candidates.partition_point(|&other| axis.set(other).len() >= set.len());
        let (mut parts, mut open) = (Vec::new(), set.len());
        for &other in &candidates[smaller..] {
            let part = axis.set(other);
            if open > 0 && part.iter().all(|leaf| left[*leaf as usize]) {
                part.iter().for_each(|&leaf| left[leaf as usize] = false);
                open -= part.len();
                parts.push(other);
            }
        }
        parts.sort_unstable();
        Some(parts)
    }
}
