//! What the sums say about hidden cells alone, solved: every sum is `pivot + rest = 0`, and a cell can leave for good.
//! It refuses to know which cells are small.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::field::{Draw, add, invert, multiply, negate, reduce, subtract};
use crate::system::System;

const NONE: u32 = u32::MAX;

type Terms = Vec<(u32, u64)>;

/// Two random changes of the hidden cells that leave every sum as it is. A cell that both leave alone can be computed;
/// two cells that both change in the same proportion tell each other.
pub(crate) type Changes = [Vec<u64>; 2];

/// Columns are hidden cells, numbered as in `cells`.
#[derive(Clone, Debug)]
pub(crate) struct Reduced {
    pub cells: Vec<u32>,
    /// Sorted by column, without the pivot, whose factor is 1.
    rows: Vec<Terms>,
    pivot: Vec<u32>,
    /// The row whose pivot a column is.
    row_of: Vec<u32>,
    /// Rows that a column is in; may also name rows that it has left, and a row twice.
    rows_with: Vec<Vec<u32>>,
    pub changes: Changes,
}

impl Reduced {
    /// Solves the sums over the given cells; all others are known.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn new(system: &System, cells: Vec<u32>, touching: &[Vec<u32>], seed: u64) -> Self {
        let mut column = vec![NONE; if cells.is_empty() { 0 } else { system.len() }];
        for (at, &cell) in (0..).zip(&cells) {
            column[cell as usize] = at;
        }
        let mut relations: Vec<u32> = cells.iter().flat_map(|&cell| &touching[cell as usize]).copied().collect();
        relations.sort_unstable();
        relations.dedup();
        let terms = relations.iter().map(|&relation| {
            let terms = system.relations()[relation as usize].terms();
            let hidden = terms.filter(|&(cell, _)| column[cell as usize] != NONE);
            hidden.map(|(cell, sign)| (column[cell as usize], reduce(sign))).collect()
        });
        let rows: Vec<Terms> = terms.map(collect_like_terms).filter(|row| !row.is_empty()).collect();
        let mut rows_with = vec![Vec::new(); cells.len()];
        for (at, row) in (0..).zip(&rows) {
            for &(column, _) in row {
                rows_with[column as usize].push(at);
            }
        }
        let (pivot, row_of) = (vec![NONE; rows.len()], vec![NONE; cells.len()]);
        let mut reduced = Self { cells, rows, pivot, row_of, rows_with, changes: [Vec::new(), Vec::new()] };
        reduced.solve();
        reduced.draw_changes(seed);
        reduced
    }

    /// Shortest row first, in it the rarest column: few new terms come in.
    #[allow(clippy::cast_possible_truncation)]
    fn solve(&mut self) {
        let mut waiting: BinaryHeap<_> = (0..).zip(&self.rows).map(|(at, row)| Reverse((row.len(), at))).collect();
        while let Some(Reverse((length, at))) = waiting.pop() {
            let row = &self.rows[at];
            if row.len() != length {
                // It has changed since; what came to nothing was said by other rows.
                if !row.is_empty() {
                    waiting.push(Reverse((row.len(), at)));
                }
                continue;
            }
            let rarity = |&&(column, _): &&(u32, u64)| (self.rows_with[column as usize].len(), column);
            let Some(&(column, _)) = row.iter().min_by_key(rarity) else { continue };
            self.make_pivot(at as u32, column);
        }
    }

    /// Solves a row for one of its columns and puts that into all other rows.
    fn make_pivot(&mut self, row: u32, column: u32) {
        let mut terms = std::mem::take(&mut self.rows[row as usize]);
        let at = terms.binary_search_by_key(&column, |term| term.0).expect("a column of this row");
        let (_, factor) = terms.remove(at);
        scale(&mut terms, invert(factor));
        for other in self.rows_of(column) {
            if other != row {
                let factor = self.take_term(other, column);
                self.add_to_row(other, &terms, negate(factor));
            }
        }
        self.rows[row as usize] = terms;
        self.pivot[row as usize] = column;
        self.row_of[column as usize] = row;
    }

    /// The rows that a column is in, and an empty list in their place.
    fn rows_of(&mut self, column: u32) -> Vec<u32> {
        let mut rows = std::mem::take(&mut self.rows_with[column as usize]);
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|&row| self.rows[row as usize].binary_search_by_key(&column, |term| term.0).is_ok());
        rows
    }

    fn take_term(&mut self, row: u32, column: u32) -> u64 {
        let terms = &mut self.rows[row as usize];
        let at = terms.binary_search_by_key(&column, |term| term.0).expect("a column of this row");
        terms.remove(at).1
    }

    fn add_to_row(&mut self, row: u32, terms: &[(u32, u64)], factor: u64) {
        let old = std::mem::take(&mut self.rows[row as usize]);
        let mut sum = Vec::with_capacity(old.len() + terms.len());
        let mut old = old.into_iter().peekable();
        for &(column, value) in terms {
            while let Some(term) = old.next_if(|term| term.0 < column) {
                sum.push(term);
            }
            let value = multiply(value, factor);
            match old.next_if(|term| term.0 == column) {
                Some((_, before)) => {
                    let value = add(before, value);
                    if value != 0 {
                        sum.push((column, value));
                    }
                }
                None => {
                    self.rows_with[column as usize].push(row);
                    sum.push((column, value));
                }
            }
        }
        sum.extend(old);
        self.rows[row as usize] = sum;
    }

    fn draw_changes(&mut self, seed: u64) {
        for (which, draw) in (0..2).zip([Draw::new(seed), Draw::new(!seed)]) {
            let mut draw = draw;
            let mut change: Vec<u64> = (0..self.cells.len()).map(|_| draw.element()).collect();
            for (row, &pivot) in self.rows.iter().zip(&self.pivot).filter(|&(_, &pivot)| pivot != NONE) {
                change[pivot as usize] =
                    negate(row.iter().fold(0, |sum, &(c, f)| add(sum, multiply(f, change[c as usize]))));
            }
            self.changes[which] = change;
        }
    }

    /// Takes a column out: its cell is published. `changed` is told the columns whose changes are others now.
    pub(crate) fn publish(&mut self, column: u32, mut changed: impl FnMut(u32, &Changes)) {
        let own = [0, 1].map(|which| std::mem::take(&mut self.changes[which][column as usize]));
        let row = std::mem::replace(&mut self.row_of[column as usize], NONE);
        if row == NONE {
            for row in self.rows_of(column) {
                let factor = self.take_term(row, column);
                self.change(self.pivot[row as usize], own, factor, &mut changed);
            }
            return;
        }
        let mut terms = std::mem::take(&mut self.rows[row as usize]);
        self.pivot[row as usize] = NONE;
        let rarity = |&&(column, _): &&(u32, u64)| (self.rows_with[column as usize].len(), column);
        let Some(&(next, factor)) = terms.iter().min_by_key(rarity) else { return };
        let inverse = invert(factor);
        terms.retain(|term| term.0 != next);
        scale(&mut terms, inverse);
        for other in self.rows_of(next) {
            if other != row {
                let factor = negate(self.take_term(other, next));
                self.add_to_row(other, &terms, factor);
                self.change(self.pivot[other as usize], own, multiply(factor, inverse), &mut changed);
            }
        }
        self.rows[row as usize] = terms;
        self.pivot[row as usize] = next;
        self.row_of[next as usize] = row;
        self.change(next, own, inverse, &mut changed);
    }

    fn change(&mut self, column: u32, by: [u64; 2], factor: u64, changed: &mut impl FnMut(u32, &Changes)) {
        for (change, by) in self.changes.iter_mut().zip(by) {
            let value = &mut change[column as usize];
            *value = add(*value, multiply(factor, by));
        }
        changed(column, &self.changes);
    }
}

fn scale(terms: &mut Terms, factor: u64) {
    if factor != 1 {
        for (_, value) in terms {
            *value = multiply(*value, factor);
        }
    }
}

fn collect_like_terms(mut terms: Terms) -> Terms {
    terms.sort_unstable();
    let mut sum: Terms = Vec::with_capacity(terms.len());
    for (column, value) in terms {
        match sum.last_mut() {
            Some(last) if last.0 == column => last.1 = add(last.1, value),
            _ => sum.push((column, value)),
        }
    }
    sum.retain(|&(_, value)| subtract(value, 0) != 0);
    sum
}
