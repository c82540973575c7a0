//! What earlier editions told of one measure stands in the way of another that counts the same people: gives each the cells
//! that were told of those that it is tied to, directly or by way of others. It refuses to know what may be told now.

use rustc_hash::FxHashSet;

use crate::edition::{Edition, Table};
use crate::linked::{Side, Tie};
use crate::memory::Memory;
use crate::shape::sets;
use crate::{Dimension, Refusal};

/// The leaves of a cell in each dimension.
type Held = Vec<Vec<u32>>;

/// The measures with a table of no name for every cell that was told of them or of another.
pub(crate) fn with_told(measures: &[(&Edition, &Memory)], ties: &[Tie]) -> Result<Vec<Edition>, Refusal> {
    let mut known: Vec<FxHashSet<Held>> = vec![FxHashSet::default(); measures.len()];
    let mut waiting: Vec<(usize, Held)> = Vec::new();
    for (at, (edition, memory)) in measures.iter().enumerate() {
        for (held, _) in memory.resolve(edition.dimensions())? {
            waiting.extend(known[at].insert(held.clone()).then_some((at, held)));
        }
    }
    let mut editions: Vec<Edition> = measures.iter().map(|(edition, _)| (*edition).clone()).collect();
    while let Some((at, held)) = waiting.pop() {
        let ends = ties.iter().flat_map(|tie| [(tie, &tie.whole, &tie.part), (tie, &tie.part, &tie.whole)]);
        for (tie, own, other) in ends.filter(|(_, own, _)| own.measure == at) {
            let Some((to, _)) = measures.get(other.measure) else { continue };
            let Some(there) = carry(&held, (measures[at].0, own), (to, other), tie)? else { continue };
            if known[other.measure].insert(there.clone()) {
                editions[other.measure].publish(alone(to.dimensions(), &there).elsewhere());
                waiting.push((other.measure, there));
            }
        }
    }
    Ok(editions)
}

/// The same cell of the other side of a tie; none where it has none.
fn carry(
    held: &Held,
    (from, own): (&Edition, &Side),
    (to, other): (&Edition, &Side),
    tie: &Tie,
) -> Result<Option<Held>, Refusal> {
    let (here, mut there) = (sets(from, &own.codes)?, sets(to, &other.codes)?);
    for (d, dimension) in from.dimensions().iter().enumerate() {
        if own.codes.iter().any(|(name, _)| name == dimension.name()) {
            if held[d] != here[d] {
                return Ok(None);
            }
            continue;
        }
        if held[d].len() == dimension.leaves() as usize && !tie.named.iter().any(|name| name == dimension.name()) {
            continue;
        }
        let Some(at) = to.dimensions().iter().position(|other| other.name() == dimension.name()) else {
            return Ok(None);
        };
        let names = names(dimension, &held[d]);
        let Some(code) = names.into_iter().find_map(|name| to.dimensions()[at].code(name).ok()) else {
            return Ok(None);
        };
        there[at].clone_from(&to.dimensions()[at].codes()[code as usize].leaves);
    }
    Ok(Some(there))
}

fn names<'a>(dimension: &'a Dimension, set: &[u32]) -> Vec<&'a str> {
    dimension.codes().iter().filter(|code| code.leaves == set).map(|code| code.name.as_str()).collect()
}

/// A table of that cell alone.
fn alone(dimensions: &[Dimension], held: &Held) -> Table {
    let mut table = Table::new("");
    for (dimension, set) in dimensions.iter().zip(held) {
        if let Some(name) = names(dimension, set).first().filter(|_| set.len() < dimension.leaves() as usize) {
            table = table.by(dimension.name(), [*name]);
        }
    }
    table
}
