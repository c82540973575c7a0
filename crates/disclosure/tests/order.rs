//! The first step against a slow one that works the other way round and exactly: what is published is a growing set of
//! vectors over the inner cells, in whole numbers. It knows nothing of sums, primes and random changes.

mod common;

use common::table;
use romduol_disclosure::*;

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn order(&mut self, size: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..size).collect();
        for at in (1..size).rev() {
            order.swap(at, self.below(at as u64 + 1) as usize);
        }
        order
    }
}

/// Rows whose cells that are not small all weigh differently, so that there is one order to publish them in.
fn tables(wanted: usize) -> Vec<Vec<Vec<i64>>> {
    let mut numbers = Numbers(1);
    let mut found = Vec::new();
    while found.len() < wanted {
        let (height, width) = (2 + numbers.below(4) as usize, 2 + numbers.below(4) as usize);
        let mut value = || if numbers.below(3) == 0 { 1 + numbers.below(4) } else { 5 + numbers.below(400) } as i64;
        let rows: Vec<Vec<i64>> = (0..height).map(|_| (0..width).map(|_| value()).collect()).collect();
        let system = made(&rows);
        let mut weights: Vec<u64> = system.cells().iter().filter(|c| !c.is_primary()).map(|c| c.weight).collect();
        let all = weights.len();
        weights.sort_unstable();
        weights.dedup();
        if weights.len() == all && all < system.cells().len() {
            found.push(rows);
        }
    }
    found
}

fn made(rows: &[Vec<i64>]) -> System {
    table(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), 5)
}

/// Which inner cells each cell of `common::table` adds up.
fn vectors(height: usize, width: usize) -> Vec<Vec<i128>> {
    let vector = |holds: &dyn Fn(usize, usize) -> bool| -> Vec<i128> {
        (0..height * width).map(|at| i128::from(holds(at / width, at % width))).collect()
    };
    let inner = (0..height * width).map(|cell| vector(&|y, x| y * width + x == cell));
    let rows = (0..height).map(|row| vector(&|y, _| y == row));
    let columns = (0..width).map(|column| vector(&|_, x| x == column));
    inner.chain(rows).chain(columns).chain([vector(&|_, _| true)]).collect()
}

/// What is left of a vector when everything that follows from others is taken away.
fn rest(span: &[(usize, Vec<i128>)], mut vector: Vec<i128>) -> Vec<i128> {
    for (pivot, known) in span {
        let (own, other) = (known[*pivot], vector[*pivot]);
        if other != 0 {
            vector.iter_mut().zip(known).for_each(|(value, known)| *value = *value * own - known * other);
            let common = vector.iter().fold(0, |common, &value| gcd(common, value.abs()));
            vector.iter_mut().for_each(|value| *value /= common.max(1));
        }
    }
    vector
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Publishes dearest first what lets no small count be added up from what is published.
fn publish_in_order(system: &System, vectors: &[Vec<i128>]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..vectors.len()).filter(|&at| !system.cells()[at].is_primary()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(system.cells()[at].weight));
    let small: Vec<usize> = (0..vectors.len()).filter(|&at| system.cells()[at].is_primary()).collect();
    let mut hidden = vec![true; vectors.len()];
    let mut span: Vec<(usize, Vec<i128>)> = Vec::new();
    for at in order {
        let mut more = span.clone();
        let new = rest(&span, vectors[at].clone());
        if let Some(pivot) = new.iter().position(|&value| value != 0) {
            more.push((pivot, new));
        }
        if small.iter().all(|&small| rest(&more, vectors[small].clone()).iter().any(|&value| value != 0)) {
            (span, hidden[at]) = (more, false);
        }
    }
    hidden
}

/// P5.
#[test]
fn publishing_from_nothing_comes_to_the_same_as_from_everything_hidden() {
    for rows in tables(400) {
        let system = made(&rows);
        let expected = publish_in_order(&system, &vectors(rows.len(), rows[0].len()));
        assert_eq!(uncomputable(&system, 0, 1), expected, "{rows:?}");
    }
}

/// P6. Only of the first step: search and witnesses draw lots by the number of a cell.
#[test]
fn the_order_of_rows_and_columns_does_not_matter() {
    let mut numbers = Numbers(2);
    for rows in tables(400) {
        let (height, width) = (rows.len(), rows[0].len());
        let (down, across) = (numbers.order(height), numbers.order(width));
        let moved: Vec<Vec<i64>> = down.iter().map(|&y| across.iter().map(|&x| rows[y][x]).collect()).collect();
        let (before, after) = (uncomputable(&made(&rows), 0, 1), uncomputable(&made(&moved), 0, 7));
        let cells = |y: usize, x: usize| y * width + x;
        for (to_y, &y) in down.iter().enumerate() {
            assert_eq!(before[height * width + y], after[height * width + to_y], "a row total of {rows:?}");
            for (to_x, &x) in across.iter().enumerate() {
                assert_eq!(before[cells(y, x)], after[cells(to_y, to_x)], "{rows:?}");
            }
        }
        for (to_x, &x) in across.iter().enumerate() {
            assert_eq!(before[height * (width + 1) + x], after[height * (width + 1) + to_x], "a column of {rows:?}");
        }
        assert_eq!(before.last(), after.last());
    }
}
