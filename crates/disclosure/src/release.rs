//! The whole way from an edition to what may be published: hides, finds witnesses, has it audited and remembers. It
//! refuses to know files, formats and readers.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::audit::audit_news;
use crate::compile::Grid;
use crate::edition::{Coming, Edition};
use crate::hide::hide_with;
use crate::memory::{Entry, Memory};
use crate::mover::Change;
use crate::primary;
use crate::system::{Cell, Relation, Role, System};
use crate::{Lost, MemoryError, Policy, Refusal, ShapeError};

/// A count with leave to be told. Nothing but a release makes one, so that whoever prints what takes it prints nothing that
/// was not decided here. It can be kept and read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Released(i64);

/// What a reader sees of a cell. There is one mark for all that is hidden: two would tell the small counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    Shown(Released),
    Hidden,
}

impl Released {
    #[must_use]
    pub fn count(self) -> i64 {
        self.0
    }
}

impl Figure {
    /// The count; none where it is hidden.
    #[must_use]
    pub fn count(self) -> Option<i64> {
        self.released().map(Released::count)
    }

    /// The count with the leave to tell it; none where it is hidden.
    #[must_use]
    pub fn released(self) -> Option<Released> {
        match self {
            Figure::Shown(released) => Some(released),
            Figure::Hidden => None,
        }
    }
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
    /// The number of its first cell in the system, which it may share with other measures.
    first: u32,
}

/// A measure with its cells and sums, before anything is decided.
pub(crate) struct Ready<'a> {
    pub edition: &'a Edition,
    pub memory: &'a Memory,
    pub grid: Grid,
    pub system: System,
    /// The number of its first cell among those of all measures.
    pub first: u32,
    /// Its cells that earlier editions showed.
    pub told: Vec<u32>,
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
        for ((_, cell), hidden) in self.own().filter(|((_, cell), _)| cell.role != Role::Unpublished) {
            tally.cells += 1;
            tally.small += usize::from(cell.is_primary());
            if *hidden && !cell.is_primary() {
                tally.secondary += 1;
                tally.value += cell.value;
            }
        }
        tally
    }

    /// The cells of its own grid, by number, and whether they are hidden.
    fn own(&self) -> impl Iterator<Item = ((u32, &Cell), &bool)> {
        let all = (0..).zip(self.system.cells()).zip(&self.hidden);
        all.skip(self.first as usize).take(self.grid.len())
    }

    /// A cell of the system in words.
    #[must_use]
    pub fn name(&self, edition: &Edition, cell: u32) -> String {
        name(edition, &self.grid, self.first, cell)
    }

    /// Where more than `percent` of a code's cells are hidden: publish that dimension coarser there. Names of dimensions
    /// and codes, and the share in percent.
    #[must_use]
    pub fn coarsen(&self, edition: &Edition, percent: usize) -> Vec<(String, String, usize)> {
        let hidden: Vec<bool> = self.own().map(|(_, hidden)| *hidden).collect();
        self.grid.shares(edition, &hidden).into_iter().filter(|&(_, _, share)| share > percent).collect()
    }
}

fn name(edition: &Edition, grid: &Grid, first: u32, cell: u32) -> String {
    match cell.checked_sub(first) {
        Some(own) if (own as usize) < grid.len() => grid.name(edition, own),
        _ => "what one number has more than another".into(),
    }
}

/// Decides what of an edition may be published after all that was.
///
/// # Errors
/// Tables that make no sense, a memory that contradicts the counts, a small count that cannot be protected any more.
pub fn suppress(edition: &Edition, memory: &Memory) -> Result<Release, Refusal> {
    let ready = Ready::new(edition, memory, 0)?;
    let system = ready.system.clone();
    let released = decide(vec![ready], system)?.pop();
    released.ok_or_else(|| ShapeError::UnknownMeasure { measure: 0 }.into())
}

impl<'a> Ready<'a> {
    pub(crate) fn new(edition: &'a Edition, memory: &'a Memory, first: u32) -> Result<Self, Refusal> {
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
        let told = primary::told(&earlier).collect();
        Ok(Self { edition, memory, grid, system, first, told })
    }

    fn release(self, system: &System, hidden: &[bool], witnesses: &[Change]) -> Release {
        let Self { edition, memory, grid, first, .. } = self;
        let tables = edition.tables.iter().zip(&grid.tables).map(|(table, cells)| {
            let cells: Vec<u32> = cells.iter().map(|cell| cell + first).collect();
            Published {
                name: table.name.clone(),
                planned: table.coming != Coming::Now,
                figures: cells.iter().map(|&cell| figure(system, hidden, cell)).collect(),
                why: cells.iter().map(|&cell| why(system, &grid, hidden, (cell, first))).collect(),
                cells,
            }
        });
        let tables: Vec<Published> = tables.collect();
        let memory = memory.with(entries(edition, &grid, system, hidden, (&tables, first)));
        let (system, hidden, witnesses) = (system.clone(), hidden.to_vec(), witnesses.to_vec());
        Release { tables, memory, system, hidden, witnesses, grid, first }
    }
}

/// Decides for measures that make one system.
pub(crate) fn decide(ready: Vec<Ready>, system: System) -> Result<Vec<Release>, Refusal> {
    let Some(strictest) = ready.iter().max_by_key(|one| one.edition.policy.k) else { return Ok(Vec::new()) };
    let policy = Policy { insiders: ready.iter().any(|one| one.edition.policy.insiders), ..strictest.edition.policy };
    // Boxes know the codes of one measure.
    let grid = if let [only] = ready.as_slice() { Some(&only.grid) } else { None };
    let news = news(&ready, &system);
    let (hidden, witnesses) = hide_with(&system, &policy, &news, grid).map_err(|cells| {
        let touching = system.touching();
        let lost = cells.into_iter().take(200).map(|cell| lost(&ready, &system, &touching, cell));
        Refusal::Unprotectable { lost: lost.collect() }
    })?;
    if let Err(findings) = audit_news(&system, &hidden, &witnesses, policy.insiders, &news) {
        let name = |cell: u32| name_among(&ready, cell);
        let findings = findings.iter().map(|finding| finding.say(&name)).collect();
        return Err(Refusal::Audit { findings });
    }
    Ok(ready.into_iter().map(|one| one.release(&system, &hidden, &witnesses)).collect())
}

/// By cell: whether it is told now and was not before. A zero that everybody knows is news where it was counted.
fn news(ready: &[Ready], system: &System) -> Vec<bool> {
    let mut news = vec![false; system.cells().len()];
    for one in ready {
        let told: FxHashSet<u32> = one.told.iter().copied().collect();
        let cells = (0..).zip(&system.cells()[one.first as usize..]).take(one.system.cells().len());
        for (own, cell) in cells {
            news[(one.first + own) as usize] = match cell.role {
                Role::Open => true,
                Role::Shown => !told.contains(&own) && one.grid.is_counted(own),
                Role::Hidden | Role::Unpublished => false,
            };
        }
    }
    news
}

fn name_among(ready: &[Ready], cell: u32) -> String {
    let one = ready.iter().rfind(|one| one.first <= cell);
    one.map(|one| name(one.edition, &one.grid, one.first, cell)).unwrap_or_default()
}

fn figure(system: &System, hidden: &[bool], cell: u32) -> Figure {
    if hidden[cell as usize] { Figure::Hidden } else { Figure::Shown(Released(system.cell(cell).value)) }
}

fn why(system: &System, grid: &Grid, hidden: &[bool], (cell, first): (u32, u32)) -> Why {
    let at = system.cell(cell);
    match (hidden[cell as usize], at.role) {
        (false, _) if grid.structural[(cell - first) as usize] => Why::Impossible,
        (false, _) => Why::Shown,
        (true, _) if at.is_primary() => Why::Small,
        (true, Role::Hidden) => Why::Earlier,
        (true, _) => Why::Protects,
    }
}

/// A small count that cannot be protected, and what it could be merged with.
fn lost(ready: &[Ready], system: &System, touching: &[Vec<u32>], cell: u32) -> Lost {
    let at = system.cell(cell);
    let owner = ready.iter().rfind(|one| one.first <= cell);
    let enough = |total: u32| at.reach.is_none_or(|reach| system.cell(total).value >= reach);
    let above = touching[cell as usize].iter().map(|&relation| &system.relations()[relation as usize]);
    let above = above.filter(|relation| relation.total != cell && enough(relation.total));
    let coarser = above.min_by_key(|relation| system.cell(relation.total).value);
    let coarser = coarser.and_then(|relation| {
        let one = owner?;
        let own = |cell: u32| cell.checked_sub(one.first);
        let parts = relation.parts.iter().map(|&part| own(part)).collect::<Option<Vec<u32>>>()?;
        let dimension = one.grid.runs_over(&Relation { total: own(relation.total)?, parts })?;
        Some((relation.total, one.edition.dimensions[dimension].name().to_string()))
    });
    let tables = || ready.iter().flat_map(|one| one.edition.tables.iter().zip(&one.grid.tables).map(move |t| (one, t)));
    // A table of no name tells nothing anew.
    let tables = || tables().filter(|(_, (table, _))| !table.name.is_empty());
    let told: FxHashSet<u32> =
        tables().flat_map(|(one, (_, cells))| cells.iter().map(|cell| cell + one.first)).collect();
    let near = near(system, touching, cell, &|cell| told.contains(&cell));
    let holds = |one: &Ready, cells: &[u32]| {
        near.iter().any(|at| at.checked_sub(one.first).is_some_and(|own| cells.contains(&own)))
    };
    let tables = tables().filter(|(one, (_, cells))| holds(one, cells));
    Lost {
        cell: name_among(ready, cell),
        at: owner.map(|one| one.grid.at(one.edition, cell - one.first)).unwrap_or_default(),
        tables: tables.map(|(_, (table, _))| table.name.clone()).collect(),
        merged: coarser.as_ref().map(|(total, _)| name_among(ready, *total)),
        dimension: coarser.map(|(_, dimension)| dimension),
    }
}

/// The cell itself if a table of this edition holds it, else the nearest that one holds, from sum to sum.
fn near(system: &System, touching: &[Vec<u32>], cell: u32, told: &dyn Fn(u32) -> bool) -> Vec<u32> {
    let (mut seen, mut ring) = (vec![false; system.cells().len()], vec![cell]);
    seen[cell as usize] = true;
    while !ring.is_empty() {
        let found: Vec<u32> = ring.iter().copied().filter(|&cell| told(cell)).collect();
        if !found.is_empty() {
            return found;
        }
        let sums = ring.iter().flat_map(|&cell| &touching[cell as usize]);
        let next = sums.flat_map(|&sum| system.relations()[sum as usize].cells());
        ring = next.filter(|&cell| !std::mem::replace(&mut seen[cell as usize], true)).collect();
    }
    Vec::new()
}

fn entries<'a>(
    edition: &'a Edition,
    grid: &'a Grid,
    system: &'a System,
    hidden: &'a [bool],
    (tables, first): (&[Published], u32),
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
            edition.dimensions.iter().zip(grid.sets(cell - first)).map(|(dimension, set)| {
                set.iter().map(|&leaf| dimension.codes()[leaf as usize].name.clone()).collect()
            });
        (names.collect(), entry)
    })
}
