//! The whole way from an edition to what may be published: hides, finds witnesses, has it audited and remembers. It
//! refuses to know files, formats and readers.

use crate::audit::audit;
use crate::boxes::Boxes;
use crate::compile::Grid;
use crate::edition::Edition;
use crate::hide::hide_with;
use crate::memory::{Entry, Memory};
use crate::mover::Change;
use crate::primary;
use crate::system::{Role, System};
use crate::{Lost, MemoryError, Refusal};

/// What a reader sees of a cell. There is one mark for all that is hidden: two would tell the small counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    Shown(i64),
    Hidden,
}

/// Why a cell is as it is. A secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    Shown,
    /// Nothing can be counted there, and everybody knows.
    Impossible,
    /// A small count.
    Small,
    /// Hidden so that small counts cannot be computed.
    Protects,
    /// Hidden in an earlier edition.
    Earlier,
}

/// A table as it may be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub name: String,
    /// Whether it was only planned; then this is what it would look like, and it must not be published yet.
    pub planned: bool,
    /// In the order of the table's codes, those of the last dimension that it names running fastest.
    pub figures: Vec<Figure>,
    pub why: Vec<Why>,
    /// Numbers of the cells in the system.
    pub cells: Vec<u32>,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Release {
    pub tables: Vec<Published>,
    /// With this edition added. A secret, as are the system and the witnesses.
    pub memory: Memory,
    pub system: System,
    pub hidden: Vec<bool>,
    /// Changes of the counts, each of which leads to another table with the same published figures.
    pub witnesses: Vec<Change>,
    grid: Grid,
}

/// Small counts, other hidden cells, and what these would have said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    pub cells: usize,
    pub small: usize,
    pub secondary: usize,
    /// Sum of the counts of secondary cells.
    pub value: i64,
}

impl Release {
    /// Over all cells of tables, each once.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (cell, &hidden) in self.system.cells().iter().zip(&self.hidden).filter(|(c, _)| c.role != Role::Unpublished)
        {
            tally.cells += 1;
            tally.small += usize::from(cell.is_primary());
            if hidden && !cell.is_primary() {
                tally.secondary += 1;
                tally.value += cell.value;
            }
        }
        tally
    }

    /// A cell of the system in words.
    #[must_use]
    pub fn name(&self, edition: &Edition, cell: u32) -> String {
        name(edition, &self.grid, cell)
    }

    /// Where more than `percent` of a code's cells are hidden: publish that dimension coarser there. Names of dimensions
    /// and codes, and the share in percent.
    #[must_use]
    pub fn coarsen(&self, edition: &Edition, percent: usize) -> Vec<(String, String, usize)> {
        self.grid.shares(edition, &self.hidden).into_iter().filter(|&(_, _, share)| share > percent).collect()
    }
}

fn name(edition: &Edition, grid: &Grid, cell: u32) -> String {
    if (cell as usize) < grid.len() { grid.name(edition, cell) } else { "what a total has besides one part".into() }
}

/// Decides what of an edition may be published after all that was.
///
/// # Errors
/// Tables that make no sense, a memory that contradicts the counts, a small count that cannot be protected any more.
pub fn suppress(edition: &Edition, memory: &Memory) -> Result<Release, Refusal> {
    let resolved = memory.resolve(&edition.dimensions)?;
    let sets: Vec<Vec<Vec<u32>>> = resolved.iter().map(|(sets, _)| sets.clone()).collect();
    let grid = Grid::new(edition, &sets)?;
    let earlier: primary::Earlier =
        grid.earlier.iter().copied().zip(resolved.iter().map(|&(_, entry)| entry)).collect();
    for &(cell, entry) in &earlier {
        let now = grid.values[cell as usize];
        if now != entry.value {
            return Err(MemoryError::Revised { cell: grid.name(edition, cell), then: entry.value, now }.into());
        }
    }
    let system = primary::system(edition, &grid, &earlier)?;
    let (hidden, witnesses) = protect(&system, edition, &grid)?;
    let passed = audit(&system, &hidden, &witnesses, edition.policy.insiders);
    if let Err(findings) = passed {
        let findings = findings.iter().map(|finding| finding.say(&|cell| name(edition, &grid, cell))).collect();
        return Err(Refusal::Audit { findings });
    }
    let tables = edition.tables.iter().zip(&grid.tables);
    let tables = tables.map(|(table, cells)| Published {
        name: table.name.clone(),
        planned: table.planned,
        figures: cells.iter().map(|&cell| figure(&system, &hidden, cell)).collect(),
        why: cells.iter().map(|&cell| why(&system, &grid, &hidden, cell)).collect(),
        cells: cells.clone(),
    });
    let tables: Vec<Published> = tables.collect();
    let memory = memory.with(entries(edition, &grid, &system, &hidden, &tables));
    Ok(Release { tables, memory, system, hidden, witnesses, grid })
}

fn figure(system: &System, hidden: &[bool], cell: u32) -> Figure {
    if hidden[cell as usize] { Figure::Hidden } else { Figure::Shown(system.cell(cell).value) }
}

fn why(system: &System, grid: &Grid, hidden: &[bool], cell: u32) -> Why {
    let at = system.cell(cell);
    match (hidden[cell as usize], at.role) {
        (false, _) if grid.structural[cell as usize] => Why::Impossible,
        (false, _) => Why::Shown,
        (true, _) if at.is_primary() => Why::Small,
        (true, Role::Hidden) => Why::Earlier,
        (true, _) => Why::Protects,
    }
}

/// Which cells to hide, and the witnesses for that.
fn protect(system: &System, edition: &Edition, grid: &Grid) -> Result<(Vec<bool>, Vec<Change>), Refusal> {
    hide_with(system, &edition.policy, Some(&Boxes::new(grid))).map_err(|cells| {
        let touching = system.touching();
        let lost = cells.into_iter().take(20).map(|cell| lost(system, edition, grid, &touching, cell));
        Refusal::Unprotectable { lost: lost.collect() }
    })
}

/// A small count that cannot be protected, and what it could be merged with.
fn lost(system: &System, edition: &Edition, grid: &Grid, touching: &[Vec<u32>], cell: u32) -> Lost {
    let at = system.cell(cell);
    let enough = |total: u32| at.reach.is_none_or(|reach| system.cell(total).value >= reach);
    let above = touching[cell as usize].iter().map(|&relation| &system.relations()[relation as usize]);
    let above = above.filter(|relation| relation.total != cell && enough(relation.total));
    let coarser = above.min_by_key(|relation| system.cell(relation.total).value);
    let coarser = coarser.and_then(|relation| Some((relation.total, grid.runs_over(relation)?)));
    let tables = edition.tables.iter().zip(&grid.tables).filter(|(_, cells)| cells.contains(&cell));
    Lost {
        cell: name(edition, grid, cell),
        tables: tables.map(|(table, _)| table.name.clone()).collect(),
        dimension: coarser.map(|(_, dimension)| edition.dimensions[dimension].name().into()),
        merged: coarser.map(|(total, _)| name(edition, grid, total)),
    }
}

fn entries<'a>(
    edition: &'a Edition,
    grid: &'a Grid,
    system: &'a System,
    hidden: &'a [bool],
    tables: &[Published],
) -> impl Iterator<Item = (Vec<Vec<String>>, Entry)> + 'a {
    let mut cells: Vec<u32> =
        tables.iter().filter(|table| !table.planned).flat_map(|table| table.cells.clone()).collect();
    cells.sort_unstable();
    cells.dedup();
    cells.into_iter().map(move |cell| {
        let at = system.cell(cell);
        let shown = !hidden[cell as usize];
        let entry = Entry { edition: 0, codes: Vec::new(), shown, value: at.value, least: at.least, reach: at.reach };
        let names =
            edition.dimensions.iter().zip(grid.sets(cell)).map(|(dimension, set)| {
                set.iter().map(|&leaf| dimension.codes()[leaf as usize].name.clone()).collect()
            });
        (names.collect(), entry)
    })
}
