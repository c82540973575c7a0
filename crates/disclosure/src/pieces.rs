//! Takes a system apart before anything is decided: cells that are the same number whatever is hidden are one, and what
//! shares no unknown number stands alone. Periods that no table adds up, and editions in which little was corrected, then
//! cost what is new in them. It refuses to know what is hidden in the end.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::mover::Change;
use crate::system::{Cell, Relation, Role, System};

const NONE: u32 = u32::MAX;

/// Cells that hang together. A piece is a system of its own.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub system: System,
    /// By its cells: the cells of the whole that are this number, those of tables first.
    pub members: Vec<Vec<u32>>,
}

/// All pieces, and by cell of the whole which cell of which piece it is; `NONE` for what is known.
#[derive(Clone, Debug)]
pub(crate) struct Pieces {
    pub pieces: Vec<Piece>,
    pub place: Vec<(u32, u32)>,
}

impl Pieces {
    pub(crate) fn of(system: &System) -> Self {
        let same = same(system);
        let class = |cell: u32| same.find(cell);
        // Sums without what is known to be 0, each once; what is left of a sum of one part says nothing more.
        let mut sums: Vec<Relation> = Vec::new();
        let mut known = FxHashSet::default();
        for relation in system.relations() {
            let parts = relation.parts.iter().copied().filter(|&part| !is_known_zero(system, part)).map(class);
            let mut sum = Relation { total: class(relation.total), parts: parts.collect() };
            sum.parts.sort_unstable();
            let empty = sum.parts.is_empty() && is_known_zero(system, relation.total);
            if !empty && sum.parts != [sum.total] && known.insert(sum.clone()) {
                sums.push(sum);
            }
        }
        let mut hang = Same::new(system.len());
        for sum in &sums {
            let mut unknown = sum.cells().filter(|&cell| !system.cell(cell).is_fixed());
            if let Some(first) = unknown.next() {
                unknown.for_each(|cell| hang.join(first, cell));
            }
        }
        Self::gather(system, &same, &hang, &sums)
    }

    #[allow(clippy::cast_possible_truncation)]
    fn gather(system: &System, same: &Same, hang: &Same, sums: &[Relation]) -> Self {
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); system.len()];
        let unknown = || (0..).zip(system.cells()).filter(|(_, cell)| !cell.is_fixed()).map(|(at, _)| at);
        unknown().for_each(|cell: u32| members[same.find(cell) as usize].push(cell));
        let mut number: FxHashMap<u32, usize> = FxHashMap::default();
        let mut drafts: Vec<Draft> = Vec::new();
        let mut place = vec![(NONE, NONE); system.len()];
        for class in unknown().filter(|&cell| same.find(cell) == cell) {
            let piece = *number.entry(hang.find(class)).or_insert(drafts.len());
            if piece == drafts.len() {
                drafts.push(Draft::default());
            }
            let mut own = std::mem::take(&mut members[class as usize]);
            own.sort_by_key(|&cell| (system.cell(cell).role == Role::Unpublished, cell));
            let at = drafts[piece].add(one(system, &own), own.clone());
            own.into_iter().for_each(|cell| place[cell as usize] = (piece as u32, at));
        }
        for sum in sums {
            let Some(first) = sum.cells().find(|&cell| !system.cell(cell).is_fixed()) else { continue };
            let draft = &mut drafts[number[&hang.find(first)]];
            let mut own = |cell: u32| match place[cell as usize].1 {
                NONE => draft.known(system, cell),
                at => at,
            };
            let sum = Relation { total: own(sum.total), parts: sum.parts.iter().copied().map(own).collect() };
            draft.sums.push(sum);
        }
        let piece = |draft: Draft| Piece { system: System::of(draft.cells, draft.sums), members: draft.members };
        Self { pieces: drafts.into_iter().map(piece).collect(), place }
    }
}

impl Piece {
    /// A change of its cells as one of the whole.
    pub(crate) fn spread(&self, change: &Change) -> Change {
        let cells = change.iter().flat_map(|&(cell, by)| self.members[cell as usize].iter().map(move |&at| (at, by)));
        let mut whole: Change = cells.collect();
        whole.sort_unstable();
        whole
    }
}

#[derive(Default)]
struct Draft {
    cells: Vec<Cell>,
    members: Vec<Vec<u32>>,
    sums: Vec<Relation>,
    known: FxHashMap<u32, u32>,
}

impl Draft {
    #[allow(clippy::cast_possible_truncation)]
    fn add(&mut self, cell: Cell, members: Vec<u32>) -> u32 {
        self.cells.push(cell);
        self.members.push(members);
        self.cells.len() as u32 - 1
    }

    /// A number that is known stands in every piece that has a sum with it.
    fn known(&mut self, system: &System, cell: u32) -> u32 {
        if let Some(&at) = self.known.get(&cell) {
            return at;
        }
        let at = self.add(*system.cell(cell), vec![cell]);
        self.known.insert(cell, at);
        at
    }
}

fn is_known_zero(system: &System, cell: u32) -> bool {
    let at = system.cell(cell);
    at.is_fixed() && at.value == 0
}

/// Equal cells as one: what is known of any is known of it, and showing one shows all.
fn one(system: &System, members: &[u32]) -> Cell {
    let cells = || members.iter().map(|&cell| system.cell(cell));
    let least = cells().map(|cell| cell.least).max().unwrap_or(i64::MIN);
    let reach = cells().filter_map(|cell| cell.reach).max();
    let role = |role: Role| cells().any(|cell| cell.role == role);
    let open = cells().filter(|cell| cell.role == Role::Open).map(|cell| cell.weight).sum();
    let (role, weight) = match (role(Role::Hidden), role(Role::Open)) {
        (true, _) => (Role::Hidden, open),
        (false, true) => (Role::Open, open),
        (false, false) => (Role::Unpublished, cells().map(|cell| cell.weight).max().unwrap_or(1)),
    };
    let value = cells().next().map_or(0, |cell| cell.value);
    Cell { value, least, role, reach, weight }
}

/// Which cells are the same number: a total of which all parts but one are known to be 0 is that part.
fn same(system: &System) -> Same {
    let mut same = Same::new(system.len());
    for relation in system.relations() {
        let mut parts = relation.parts.iter().copied().filter(|&part| !is_known_zero(system, part));
        if let (Some(part), None) = (parts.next(), parts.next())
            && !system.cell(part).is_fixed()
            && !system.cell(relation.total).is_fixed()
        {
            same.join(relation.total, part);
        }
    }
    // No sum may come to hold one number twice: it would say something else then.
    let twice = |relation: &Relation| {
        let unknown = relation.cells().filter(|&cell| !system.cell(cell).is_fixed());
        let mut classes: Vec<u32> = unknown.map(|cell| same.find(cell)).collect();
        let all = classes.len();
        classes.sort_unstable();
        classes.dedup();
        classes.len() < all && !(all == 2 && classes.len() == 1)
    };
    if system.relations().iter().any(twice) { Same::new(system.len()) } else { same }
}

/// Sets of cells that are joined bit by bit.
struct Same(Vec<u32>);

impl Same {
    #[allow(clippy::cast_possible_truncation)]
    fn new(cells: usize) -> Self {
        Self((0..cells as u32).collect())
    }

    /// The first of a cell's set.
    fn find(&self, mut cell: u32) -> u32 {
        while self.0[cell as usize] != cell {
            cell = self.0[cell as usize];
        }
        cell
    }

    fn join(&mut self, a: u32, b: u32) {
        let (of_a, of_b) = (self.find(a), self.find(b));
        let first = of_a.min(of_b);
        // Also for the two themselves: whoever asks next has a shorter way.
        [a, b, of_a, of_b].into_iter().for_each(|cell| self.0[cell as usize] = first);
    }
}
