//! How many came in between two running totals: nobody publishes it, and whoever sees both totals can tell it. So it is a
//! count of its own, and protected where it is small. It refuses to know what was decided.

use rustc_hash::FxHashMap;

use crate::compile::{Grid, Key};
use crate::edition::Edition;
use crate::system::{Cell, Relation, Role};

/// What a running total has more than an earlier one: by the number of the total and the leaf of the earlier one.
type Increments = FxHashMap<(u32, u32), u32>;

/// Adds what every running total has more than the one before it, and than earlier ones where that is a small count and
/// both could be told.
pub(crate) fn add_increments(edition: &Edition, grid: &Grid, cells: &mut Vec<Cell>, relations: &mut Vec<Relation>) {
    for (d, dimension) in edition.dimensions.iter().enumerate().filter(|(_, dimension)| dimension.is_running()) {
        let mut found = Increments::default();
        for leaf in 0..dimension.leaves() {
            for at in (0..grid.len()).map(number) {
                if grid.axes()[d].set(grid.key(at)[d]) == [leaf] && is_there(grid, at) {
                    of_one(edition, grid, (d, leaf), at, cells, relations, &mut found);
                }
            }
        }
        relations.extend(sums(grid, d, dimension.leaves(), cells, &found));
    }
}

fn of_one(
    edition: &Edition,
    grid: &Grid,
    (d, leaf): (usize, u32),
    now: u32,
    cells: &mut Vec<Cell>,
    relations: &mut Vec<Relation>,
    found: &mut Increments,
) {
    let earlier = (0..leaf).rev().filter_map(|leaf| {
        let mut key: Key = grid.key(now).to_vec();
        key[d] = grid.axes()[d].find(&[leaf])?;
        grid.find(&key).filter(|before| is_there(grid, *before)).map(|before| (leaf, before))
    });
    let earlier: Vec<(u32, u32)> = earlier.collect();
    for (steps, (leaf, before)) in earlier.into_iter().enumerate() {
        let more = cells[now as usize].value - cells[before as usize].value;
        let fixed = |cell: u32| cells[cell as usize].is_fixed();
        // What was told for ever cannot be taken back; a total that fell is a correction and counts nobody.
        let small = more >= 0 && edition.policy.is_small(more) && !(fixed(now) && fixed(before));
        let told = |cell: u32| !cells[cell as usize].must_hide();
        if steps == 0 || (small && told(now) && told(before)) {
            let reach = small.then_some(i64::from(edition.policy.k));
            let least = if more < 0 { i64::MIN } else { 0 };
            let increment = number(cells.len());
            relations.push(Relation { total: now, parts: vec![before, increment] });
            cells.push(Cell { value: more, least, role: Role::Unpublished, reach, weight: 1 });
            found.insert((now, leaf), increment);
        }
    }
}

/// That those who came in make up each other as the totals do: so that who is the only new one in a place is known to be the
/// only new one in all.
fn sums(grid: &Grid, d: usize, leaves: u32, cells: &[Cell], found: &Increments) -> Vec<Relation> {
    let mut sums = Vec::new();
    for relation in grid.relations.iter().filter(|relation| grid.runs_over(relation) != Some(d)) {
        for leaf in 0..leaves {
            let Some(&total) = found.get(&(relation.total, leaf)) else { continue };
            let parts = relation.parts.iter().filter(|part| is_there(grid, **part));
            let Some(parts) = parts.map(|part| found.get(&(*part, leaf)).copied()).collect::<Option<Vec<u32>>>() else {
                continue;
            };
            // Where some did not report in one of the two, they do not.
            if parts.iter().map(|part| cells[*part as usize].value).sum::<i64>() == cells[total as usize].value {
                sums.push(Relation { total, parts });
            }
        }
    }
    sums
}

/// Whether something can be counted there, and it is no change of a count.
fn is_there(grid: &Grid, cell: u32) -> bool {
    !grid.structural[cell as usize] && !grid.changes[cell as usize]
}

#[allow(clippy::cast_possible_truncation)]
fn number(at: usize) -> u32 {
    at as u32
}
