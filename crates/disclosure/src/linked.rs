//! Measures that count the same people, or some of them, protected as one system: whatever one of them tells of the other
//! is told. It refuses to know why they are the same.

use std::cmp::Ordering;

use rustc_hash::FxHashSet;

use crate::axes::Axis;
use crate::compile::Key;
use crate::edition::Edition;
use crate::memory::Memory;
use crate::primary;
use crate::release::{Ready, Release, decide};
use crate::system::{Cell, Relation, Role, System};
use crate::told::with_told;
use crate::{Dimension, Refusal, ShapeError};

/// One side of a tie: a measure by its place in the list, and codes of dimensions that only it has, as its part of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub measure: usize,
    pub codes: Vec<(String, String)>,
}

/// Two measures whose cells of the same codes count the same people, or one of which counts some of the other's. Cells are
/// those that both have: publish a table [`elsewhere`](crate::Table::elsewhere) for what only the other shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    pub whole: Side,
    pub part: Side,
    /// Whether they are the same people. Where the counts differ all the same, what differs is a count of people, too.
    pub same: bool,
    /// Dimensions in which both name a code; in all others what one sums over the other sums over as well.
    pub named: Vec<String>,
}

/// Decides what of several measures may be published after all that was: each with its memory, and what ties them.
/// Cells of all releases are numbers of one system.
///
/// # Errors
/// As [`crate::suppress`]; and a tie that names what is not there.
pub fn suppress_linked(measures: &[(&Edition, &Memory)], ties: &[Tie]) -> Result<Vec<Release>, Refusal> {
    // Of one measure alone nothing is told elsewhere.
    let editions = if ties.is_empty() { Vec::new() } else { with_told(measures, ties)? };
    let mut ready = Vec::new();
    let mut first = 0;
    for (at, (edition, memory)) in measures.iter().enumerate() {
        let one = Ready::new(editions.get(at).unwrap_or(edition), memory, first)?;
        first += number(one.system.len());
        ready.push(one);
    }
    let system = join(&ready, ties)?;
    decide(ready, system)
}

fn join(ready: &[Ready], ties: &[Tie]) -> Result<System, Refusal> {
    let (mut cells, mut relations): (Vec<Cell>, Vec<Relation>) = (Vec::new(), Vec::new());
    for one in ready {
        cells.extend(one.system.cells());
        relations.extend(one.system.relations().iter().map(|relation| Relation {
            total: relation.total + one.first,
            parts: relation.parts.iter().map(|part| part + one.first).collect(),
        }));
    }
    for tie in ties {
        let unknown = |side: &Side| ShapeError::UnknownMeasure { measure: side.measure };
        let whole = ready.get(tie.whole.measure).ok_or_else(|| unknown(&tie.whole))?;
        let part = ready.get(tie.part.measure).ok_or_else(|| unknown(&tie.part))?;
        for (one, other) in pairs(whole, part, tie)? {
            bind(one, other, tie.same, [whole, part], &mut cells, &mut relations);
        }
    }
    let system = System::new(cells, relations).map_err(ShapeError::System)?;
    Ok(if ties.is_empty() { system } else { without_known(&system, ready) })
}

/// What earlier editions of one measure tell of another is no secret any more, either.
fn without_known(system: &System, ready: &[Ready]) -> System {
    let told: FxHashSet<u32> = ready.iter().flat_map(|one| one.told.iter().map(|cell| cell + one.first)).collect();
    let owner = |cell: u32| ready.iter().rfind(|one| one.first <= cell);
    let is_counted = |cell: u32| owner(cell).is_some_and(|one| one.grid.is_counted(cell - one.first));
    if told.is_empty() { system.clone() } else { primary::without_known(system, &told, &is_counted) }
}

/// Ties two cells; what one has more is a count of people that nobody publishes.
fn bind(one: u32, other: u32, same: bool, ready: [&Ready; 2], cells: &mut Vec<Cell>, relations: &mut Vec<Relation>) {
    let value = |cell: u32| cells[cell as usize].value;
    // The whole is the total, also of a part as large as it is: that the part is no more is known. Of the same people it is
    // the first, so that no circle comes about.
    let turned = match value(one).cmp(&value(other)) {
        Ordering::Less => true,
        Ordering::Equal => same && other < one,
        Ordering::Greater => false,
    };
    let (total, part) = if turned { (other, one) } else { (one, other) };
    let rest = cells[total as usize].value - cells[part as usize].value;
    if rest == 0 && same {
        relations.push(Relation { total, parts: vec![part] });
        return;
    }
    // What was told for ever cannot be taken back.
    let told = cells[total as usize].is_fixed() && cells[part as usize].is_fixed();
    let strictest = ready.iter().map(|ready| ready.edition.policy()).max_by_key(|policy| policy.k);
    let reach = strictest.filter(|policy| policy.is_small(rest) && !told).map(|policy| i64::from(policy.k));
    relations.push(Relation { total, parts: vec![part, number(cells.len())] });
    cells.push(Cell { value: rest, least: 0, role: Role::Unpublished, reach, weight: 1 });
}

/// The cells of both measures that belong together, by number in the joint system.
fn pairs(whole: &Ready, part: &Ready, tie: &Tie) -> Result<Vec<(u32, u32)>, ShapeError> {
    let (own, others) = (fixed(whole, &tie.whole)?, fixed(part, &tie.part)?);
    let mut pairs = Vec::new();
    for cell in 0..number(whole.grid.len()) {
        let key = whole.grid.key(cell);
        if !own.iter().all(|&(d, code)| key[d] == code) || whole.grid.changes[cell as usize] {
            continue;
        }
        let others = counterparts(whole, part, tie, key, (&own, &others));
        pairs.extend(others.into_iter().map(|other| (whole.first + cell, part.first + other)));
    }
    Ok(pairs)
}

/// A dimension by its place, and the one code that is meant of it.
type Fixed = (usize, u32);

/// Dimensions of a side that hold one code only, and that code.
fn fixed(ready: &Ready, side: &Side) -> Result<Vec<Fixed>, ShapeError> {
    let mut found = Vec::new();
    for (name, code) in &side.codes {
        let dimensions = ready.edition.dimensions();
        let unknown = || ShapeError::UnknownDimension { dimension: name.clone() };
        let d = dimensions.iter().position(|dimension| dimension.name() == name).ok_or_else(unknown)?;
        let leaves = &dimensions[d].codes()[dimensions[d].code(code)? as usize].leaves;
        // A code that no table shows has no cell.
        found.push((d, ready.grid.axes()[d].find(leaves).unwrap_or(u32::MAX)));
    }
    Ok(found)
}

/// The cells of the other measure that have the same codes: several only where codes of one name here hold different leaves
/// there.
fn counterparts(whole: &Ready, part: &Ready, tie: &Tie, key: &[u32], (own, others): (&[Fixed], &[Fixed])) -> Vec<u32> {
    let mut found: Vec<Key> = vec![part.grid.axes().iter().map(|axis| axis.every).collect()];
    others.iter().for_each(|&(d, code)| found[0][d] = code);
    for (d, (dimension, axis)) in whole.edition.dimensions().iter().zip(whole.grid.axes()).enumerate() {
        let sums = key[d] == axis.every && !tie.named.iter().any(|name| name == dimension.name());
        if sums || own.iter().any(|&(at, _)| at == d) {
            continue;
        }
        let dimensions = part.edition.dimensions();
        let Some(at) = dimensions.iter().position(|other| other.name() == dimension.name()) else { return Vec::new() };
        let codes = same_names(dimension, axis.set(key[d]), &dimensions[at], &part.grid.axes()[at]);
        let with = |key: &Key, code: u32| {
            let mut key = key.clone();
            key[at] = code;
            key
        };
        found = found.iter().flat_map(|key| codes.iter().map(|code| with(key, *code))).collect();
    }
    let cells = found.iter().filter_map(|key| part.grid.find(key));
    cells.filter(|cell| !part.grid.changes[*cell as usize]).collect()
}

/// The codes of another code list that have a name which these leaves have here.
fn same_names(dimension: &Dimension, set: &[u32], other: &Dimension, axis: &Axis) -> Vec<u32> {
    let named = dimension.codes().iter().filter(|code| code.leaves == set);
    let codes = named.filter_map(|code| other.code(&code.name).ok());
    let mut found: Vec<u32> = codes.filter_map(|code| axis.find(&other.codes()[code as usize].leaves)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[allow(clippy::cast_possible_truncation)]
fn number(at: usize) -> u32 {
    at as u32
}
