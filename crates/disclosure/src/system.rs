//! Published and unpublished counts as variables of sums. It refuses to know tables, codes and who reads them.

use crate::SystemError;

/// What an attacker may know of a cell before anything is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// To be published if that is safe.
    Open,
    /// Known already: published before, or zero by the nature of things.
    Shown,
    /// Hidden before and to stay so.
    Hidden,
    /// In no table, but part of a sum that is.
    Unpublished,
}

/// One count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The true count.
    pub value: i64,
    /// What everybody knows it to be at least, should it be hidden.
    pub least: i64,
    pub role: Role,
    /// A small count: hidden, and for an outsider it must be able to be this much. `None` for what is not small.
    pub reach: Option<i64>,
    /// What it costs to hide it.
    pub weight: u64,
}

impl Cell {
    /// Whether it is a small count.
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.reach.is_some()
    }

    /// Whether nothing can keep it from being known.
    pub(crate) fn is_fixed(&self) -> bool {
        self.role == Role::Shown
    }

    /// Whether it is hidden whatever is decided.
    pub(crate) fn must_hide(&self) -> bool {
        !self.is_fixed() && (self.role != Role::Open || self.is_primary())
    }
}

/// `total = sum of parts`; cells by number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relation {
    pub total: u32,
    pub parts: Vec<u32>,
}

impl Relation {
    pub(crate) fn cells(&self) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(self.total).chain(self.parts.iter().copied())
    }

    /// Cells with their signs in `total - parts = 0`.
    pub(crate) fn terms(&self) -> impl Iterator<Item = (u32, i64)> + '_ {
        std::iter::once((self.total, 1)).chain(self.parts.iter().map(|&part| (part, -1)))
    }
}

/// All counts that hang together, and the sums that tie them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    cells: Vec<Cell>,
    relations: Vec<Relation>,
}

impl System {
    /// Cells and their sums; the sums must say everything that is known to follow from the shape of the tables.
    ///
    /// # Errors
    /// A sum that names an unknown cell, does not add up, or makes a total a part of itself.
    pub fn new(cells: Vec<Cell>, relations: Vec<Relation>) -> Result<Self, SystemError> {
        for (at, relation) in relations.iter().enumerate() {
            if let Some(cell) = relation.cells().find(|&cell| cell as usize >= cells.len()) {
                return Err(SystemError::UnknownCell { relation: at, cell });
            }
            let parts: i64 = relation.parts.iter().map(|&part| cells[part as usize].value).sum();
            let total = cells[relation.total as usize].value;
            if parts != total {
                return Err(SystemError::DoesNotAddUp { relation: at, total, parts });
            }
        }
        if let Some(at) = cells.iter().position(|cell| cell.value < cell.least) {
            return Err(SystemError::BelowLeast { cell: at, value: cells[at].value, least: cells[at].least });
        }
        let system = Self { cells, relations };
        match system.circle() {
            Some(cell) => Err(SystemError::Circle { cell }),
            None => Ok(system),
        }
    }

    /// Cells and sums of a system that was checked already.
    pub(crate) fn of(cells: Vec<Cell>, relations: Vec<Relation>) -> Self {
        Self { cells, relations }
    }

    /// A cell that is, through its parts, a part of itself.
    fn circle(&self) -> Option<u32> {
        let mut waits = vec![0_u32; self.cells.len()];
        let touching = self.touching();
        for relation in &self.relations {
            waits[relation.total as usize] += 1;
        }
        // A total is settled when all sums that make it are; a sum when all its parts are.
        let mut open: Vec<usize> = self.relations.iter().map(|relation| relation.parts.len()).collect();
        let mut ready: Vec<u32> = (0..).zip(&waits).filter(|&(_, &waits)| waits == 0).map(|(cell, _)| cell).collect();
        let mut settled = 0;
        let mut settle = |relation: usize, ready: &mut Vec<u32>| {
            let total = self.relations[relation].total;
            waits[total as usize] -= 1;
            if waits[total as usize] == 0 {
                ready.push(total);
            }
        };
        for (at, _) in open.iter().enumerate().filter(|&(_, &parts)| parts == 0) {
            settle(at, &mut ready);
        }
        while let Some(cell) = ready.pop() {
            settled += 1;
            for &relation in &touching[cell as usize] {
                let relation = relation as usize;
                if self.relations[relation].total != cell {
                    open[relation] -= 1;
                    if open[relation] == 0 {
                        settle(relation, &mut ready);
                    }
                }
            }
        }
        if settled == self.cells.len() {
            return None;
        }
        (0..).zip(&waits).find(|&(_, &waits)| waits > 0).map(|(cell, _)| cell)
    }

    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(crate) fn cell(&self, cell: u32) -> &Cell {
        &self.cells[cell as usize]
    }

    /// The relations that each cell is in, once for each time.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn touching(&self) -> Vec<Vec<u32>> {
        let mut touching = vec![Vec::new(); self.cells.len()];
        for (at, relation) in self.relations.iter().enumerate() {
            for cell in relation.cells() {
                touching[cell as usize].push(at as u32);
            }
        }
        touching
    }

    /// Unknown cells of which something is told by these, directly or from sum to sum.
    pub(crate) fn touched(&self, news: &[bool]) -> Vec<bool> {
        let touching = self.touching();
        let mut touched = vec![false; self.cells.len()];
        let mut waiting: Vec<u32> = (0..).zip(news).filter(|&(_, &new)| new).map(|(cell, _)| cell).collect();
        waiting.iter().for_each(|&cell| touched[cell as usize] = true);
        while let Some(cell) = waiting.pop() {
            let sums = touching[cell as usize].iter().map(|&sum| &self.relations[sum as usize]);
            for other in sums.flat_map(Relation::cells).filter(|&other| !self.cell(other).is_fixed()) {
                if !std::mem::replace(&mut touched[other as usize], true) {
                    waiting.push(other);
                }
            }
        }
        touched
    }

    /// Small counts, by number.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn primaries(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.cells.len() as u32).filter(|&cell| self.cell(cell).is_primary())
    }
}
