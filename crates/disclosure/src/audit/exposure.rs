//! Which hidden small counts can be computed: the sums are brought into steps modulo two primes, and random solutions
//! show what cannot vary. It refuses to know bounds and witnesses.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::System;

const PRIMES: [u64; 2] = [2_147_483_647, 2_147_483_629];

/// Small counts that are hidden in vain.
pub(super) fn computed(system: &System, hidden: &[bool]) -> Vec<Finding> {
    let solutions = PRIMES.map(|prime| free_solution(system, hidden, prime));
    let small = (0..).zip(system.cells()).filter(|&(at, cell)| hidden[at as usize] && cell.reach.is_some());
    let fixed = small.filter(|&(at, _)| solutions.iter().any(|solution| solution[at as usize] == 0));
    fixed.map(|(at, _)| explain(system, hidden, at)).collect()
}

/// A random change of the hidden cells that breaks no sum, modulo a prime.
pub(super) fn free_solution(system: &System, hidden: &[bool], prime: u64) -> Vec<u64> {
    let mut solution: Vec<u64> =
        (1..).zip(hidden).map(|(at, &hidden)| if hidden { scramble(at, prime) } else { 0 }).collect();
    let steps = steps(system, hidden, prime);
    // The last step depends on no earlier one.
    for (pivot, rest) in steps.into_iter().rev() {
        let sum = rest.iter().fold(0, |sum, &(cell, factor)| (sum + factor * solution[cell as usize]) % prime);
        solution[pivot as usize] = (prime - sum) % prime;
    }
    solution
}

/// A number that nobody would choose, never 0.
fn scramble(seed: u64, prime: u64) -> u64 {
    let mixed = (seed ^ prime).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed ^ (mixed >> 32)) % (prime - 1) + 1
}

type Row = BTreeMap<u32, u64>;

/// Sums over hidden cells, each solved for a cell that no later one holds.
fn steps(system: &System, hidden: &[bool], prime: u64) -> Vec<(u32, Vec<(u32, u64)>)> {
    let mut rows: Vec<Row> = Vec::new();
    for relation in system.relations() {
        let mut row = Row::new();
        let mut put = |cell: u32, factor: u64| {
            if hidden[cell as usize] {
                let sum = row.entry(cell).or_insert(0);
                *sum = (*sum + factor) % prime;
            }
        };
        put(relation.total, 1);
        relation.parts.iter().for_each(|&part| put(part, prime - 1));
        row.retain(|_, factor| *factor != 0);
        rows.push(row);
    }
    let mut holders: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); hidden.len()];
    for (at, row) in rows.iter().enumerate() {
        row.keys().for_each(|&cell| _ = holders[cell as usize].insert(at));
    }
    let mut by_length: BTreeSet<(usize, usize)> = rows.iter().enumerate().map(|(at, row)| (row.len(), at)).collect();
    let mut steps = Vec::new();
    while let Some((length, at)) = by_length.pop_first() {
        if length == 0 {
            continue;
        }
        let row = std::mem::take(&mut rows[at]);
        row.keys().for_each(|cell| _ = holders[*cell as usize].remove(&at));
        let (&pivot, &factor) = row.iter().min_by_key(|(cell, _)| holders[**cell as usize].len()).expect("not empty");
        let inverse = power(factor, prime - 2, prime);
        let rest: Vec<(u32, u64)> = row
            .iter()
            .filter(|&(&cell, _)| cell != pivot)
            .map(|(&cell, &factor)| (cell, factor * inverse % prime))
            .collect();
        for other in std::mem::take(&mut holders[pivot as usize]) {
            by_length.remove(&(rows[other].len(), other));
            let times = rows[other].remove(&pivot).expect("it holds the pivot");
            for &(cell, factor) in &rest {
                let sum = rows[other].entry(cell).or_insert(0);
                *sum = (*sum + (prime - times) * factor) % prime;
                if *sum == 0 {
                    rows[other].remove(&cell);
                    holders[cell as usize].remove(&other);
                } else {
                    holders[cell as usize].insert(other);
                }
            }
            by_length.insert((rows[other].len(), other));
        }
        steps.push((pivot, rest));
    }
    steps
}

fn power(base: u64, mut exponent: u64, prime: u64) -> u64 {
    let (mut base, mut result) = (base % prime, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % prime;
        }
        base = base * base % prime;
        exponent >>= 1;
    }
    result
}

/// The total that tells it, if there is one, and published cells of which hiding one would keep it.
fn explain(system: &System, hidden: &[bool], cell: u32) -> Finding {
    let alone = system.relations().iter().find(|relation| {
        let cells = std::iter::once(relation.total).chain(relation.parts.iter().copied());
        let mut open = cells.filter(|&other| hidden[other as usize]);
        open.next() == Some(cell) && open.next().is_none()
    });
    // Cells of sums that hold hidden cells; few enough to be tried one by one.
    let mut near: BTreeSet<u32> = BTreeSet::new();
    for relation in system.relations() {
        let cells: Vec<u32> = std::iter::once(relation.total).chain(relation.parts.iter().copied()).collect();
        if cells.iter().any(|&other| hidden[other as usize]) {
            near.extend(cells.into_iter().filter(|&other| {
                !hidden[other as usize] && matches!(system.cells()[other as usize].role, crate::Role::Open)
            }));
        }
    }
    let helps = |&other: &u32| {
        let mut more = hidden.to_vec();
        more[other as usize] = true;
        free_solution(system, &more, PRIMES[0])[cell as usize] != 0
    };
    let repair = if near.len() > 200 { Vec::new() } else { near.into_iter().filter(helps).take(5).collect() };
    Finding::Computed { cell, total: alone.map(|relation| relation.total), repair }
}
