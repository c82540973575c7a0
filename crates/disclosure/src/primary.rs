//! Says of each cell whether it is small, what everybody knows of it and what hiding it costs. It refuses to know how
//! small cells are protected.

use rustc_hash::FxHashSet;

use crate::compile::Grid;
use crate::edition::{Coming, Edition};
use crate::eliminate;
use crate::memory::Entry;
use crate::running::add_increments;
use crate::system::{Cell, Relation, Role, System};
use crate::{Policy, ShapeError, Zeros};

/// What no policy may forget of an earlier edition, by cell.
pub(crate) type Earlier<'a> = Vec<(u32, &'a Entry)>;

pub(crate) fn system(edition: &Edition, grid: &Grid, earlier: &Earlier) -> Result<System, ShapeError> {
    let policy = &edition.policy;
    if policy.groups && policy.zeros == Zeros::Shown {
        return Err(ShapeError::GroupsWithShownZeros);
    }
    let mut boost = vec![0_u64; grid.len()];
    for (table, cells) in edition.tables.iter().zip(&grid.tables) {
        let times = match table.coming {
            Coming::Now => 1,
            Coming::Planned => u64::from(policy.planned.max(1)),
            Coming::Elsewhere => 0,
        };
        cells.iter().for_each(|&cell| boost[cell as usize] = boost[cell as usize].max(times));
    }
    let few = changing_few(edition, grid);
    let cells = (0..grid.len())
        .map(|at| cell(policy, grid, at, boost[at], (!grid.changes[at] || few.contains(&at)) && !grid.beside[at]));
    let mut cells: Vec<Cell> = cells.collect();
    for &at in &grid.known {
        let cell = &mut cells[at as usize];
        *cell = Cell { role: Role::Shown, reach: None, ..*cell };
    }
    for codes in &edition.secrets {
        if let Some(at) = grid.named(edition, codes)? {
            let cell = &mut cells[at as usize];
            let open = cell.role != Role::Shown;
            cell.reach = cell.reach.or(open.then(|| cell.value.saturating_add(i64::from(policy.k))));
        }
    }
    for &(cell, entry) in earlier {
        let cell = &mut cells[cell as usize];
        if entry.shown {
            *cell = Cell { role: Role::Shown, reach: None, ..*cell };
        } else if cell.role != Role::Shown {
            // The stricter of both rules holds.
            let reach = cell.reach.max(entry.reach);
            *cell = Cell { role: Role::Hidden, least: cell.least.max(entry.least), reach, ..*cell };
        }
    }
    let mut relations = grid.relations.clone();
    add_increments(edition, grid, &mut cells, &mut relations);
    if policy.complements || policy.groups {
        add_complements(policy, &mut cells, &mut relations);
    }
    let system = System::new(cells, relations)?;
    if earlier.is_empty() {
        return Ok(system);
    }
    let told = told(earlier).collect();
    Ok(without_known(&system, &told, &|cell| grid.is_counted(cell)))
}

/// The cells that earlier editions showed.
pub(crate) fn told(earlier: &Earlier) -> impl Iterator<Item = u32> {
    earlier.iter().filter(|(_, entry)| entry.shown).map(|&(cell, _)| cell)
}

/// What can be computed from earlier editions alone is no secret any more, as where the rule has become stricter since.
/// It stays hidden, and keeps nothing else from being told.
pub(crate) fn without_known(system: &System, told: &FxHashSet<u32>, is_counted: &dyn Fn(u32) -> bool) -> System {
    let is_new = |at: u32| !told.contains(&at) && is_counted(at);
    let of_old = |(at, cell): (u32, &Cell)| match cell.role {
        Role::Shown if is_new(at) => Cell { role: Role::Open, ..*cell },
        Role::Shown | Role::Open | Role::Hidden | Role::Unpublished => *cell,
    };
    let before = System::of((0..).zip(system.cells()).map(of_old).collect(), system.relations().to_vec());
    let known = eliminate::lost(&before, &before.touching(), 1);
    let mut cells = system.cells().to_vec();
    for at in known.into_iter().map(|cell| cell as usize) {
        let role = if cells[at].role == Role::Open { Role::Hidden } else { cells[at].role };
        cells[at] = Cell { reach: None, role, ..cells[at] };
    }
    System::of(cells, system.relations().to_vec())
}

/// The changes of what is a small count before or after them. How much a count of many was corrected is no secret.
fn changing_few(edition: &Edition, grid: &Grid) -> FxHashSet<usize> {
    let mut small: FxHashSet<Vec<u32>> = FxHashSet::default();
    for at in (0..grid.len()).filter(|&at| !grid.changes[at] && edition.policy.is_small(grid.values[at])) {
        small.insert(grid.whenever(edition, at));
    }
    let few = |&at: &usize| grid.changes[at] && small.contains(&grid.whenever(edition, at));
    (0..grid.len()).filter(few).collect()
}

/// A cell of a table if `boost` is not 0.
fn cell(policy: &Policy, grid: &Grid, at: usize, boost: u64, counts: bool) -> Cell {
    let value = grid.values[at];
    let open = boost > 0;
    let shows_zero = open && value == 0 && policy.zeros == Zeros::Shown && !grid.changes[at];
    let role = if grid.structural[at] || shows_zero {
        Role::Shown
    } else if open {
        Role::Open
    } else {
        Role::Unpublished
    };
    let least = match policy.zeros {
        _ if grid.changes[at] => i64::MIN,
        Zeros::Shown if open && value > 0 => 1,
        _ => 0,
    };
    // How much less it has become is told by the counts of before and after, which are as small themselves.
    let less = grid.changes[at] && value < 0;
    let small = counts && !less && role != Role::Shown && policy.is_small(value);
    Cell {
        value,
        least,
        role,
        reach: small.then_some(i64::from(policy.k)),
        weight: policy.weight(value) * boost.max(1),
    }
}

/// What a total is without one of its parts, as a cell that nobody publishes.
#[allow(clippy::cast_possible_truncation)]
fn add_complements(policy: &Policy, cells: &mut Vec<Cell>, relations: &mut Vec<Relation>) {
    // The other of two parts is a cell already.
    let long: Vec<Relation> = relations.iter().filter(|relation| relation.parts.len() > 2).cloned().collect();
    for relation in long {
        for &part in &relation.parts {
            let value = cells[relation.total as usize].value - cells[part as usize].value;
            let is_group = value == 0 && policy.groups && cells[part as usize].value > 0;
            let is_small = value > 0 && policy.complements && policy.is_small(value);
            if is_group || is_small {
                let reach = if is_group { 1 } else { i64::from(policy.k) };
                let rest = Cell { value, least: 0, role: Role::Unpublished, reach: Some(reach), weight: 1 };
                relations.push(Relation { total: relation.total, parts: vec![part, cells.len() as u32] });
                let others = relation.parts.iter().copied().filter(|&other| other != part);
                relations.push(Relation { total: cells.len() as u32, parts: others.collect() });
                cells.push(rest);
            }
        }
    }
}
