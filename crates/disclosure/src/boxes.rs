//! Changes that are easy to see: along each dimension one code gives to another, and everything that holds only one of
//! them follows. They are whole and quickly found, though rarely the cheapest. It refuses to know sums.

use crate::compile::{Grid, Key};
use crate::field::Draw;
use crate::mover::{Change, Wish};
use crate::pieces::{Piece, Pieces};
use crate::system::System;

/// Codes along one dimension with the sign of their change.
type Line = Vec<(u32, i64)>;

/// What a cell costs that cannot change as it should.
const IMPOSSIBLE: u64 = 1 << 40;
const STARTS: usize = 6;
const TURNS: usize = 24;

pub(crate) struct Boxes<'a> {
    grid: &'a Grid,
    whole: &'a System,
    pieces: &'a Pieces,
    /// By face, dimension and code: the codes that it is a part of.
    parents: Vec<Vec<Vec<Vec<u32>>>>,
}

impl<'a> Boxes<'a> {
    pub(crate) fn new(grid: &'a Grid, whole: &'a System, pieces: &'a Pieces) -> Self {
        Self { parents: grid.parents(), grid, whole, pieces }
    }

    /// The cheapest of some random boxes that raise a cell of a piece by so much.
    pub(crate) fn find(&self, piece: &Piece, wish: &Wish, draw: &mut Draw) -> Option<Change> {
        let cell = *piece.members[wish.cell as usize].first()?;
        let number = self.pieces.place[cell as usize].0;
        let mut best: Option<(u64, Vec<Line>)> = None;
        for face in self.grid.faces_of(cell) {
            for start in 0..STARTS {
                let key = self.grid.key(cell);
                let mut lines: Vec<Line> =
                    (0..key.len()).map(|d| self.line(face, d, key[d], start % 2, draw)).collect();
                let mut cost = self.cost(number, wish, &lines);
                for turn in 0..TURNS {
                    let d = turn % key.len();
                    let before = std::mem::replace(&mut lines[d], self.line(face, d, key[d], 1, draw));
                    match self.cost(number, wish, &lines) {
                        now if now <= cost => cost = now,
                        _ => lines[d] = before,
                    }
                }
                if cost < IMPOSSIBLE && best.as_ref().is_none_or(|best| cost < best.0) {
                    best = Some((cost, lines));
                }
            }
        }
        let mut change = Change::new();
        self.each(&best?.1, &mut |cell, sign| change.push((self.pieces.place[cell as usize].1, sign * wish.by)));
        change.sort_unstable();
        change.dedup();
        Some(change)
    }

    /// A code rises; above it all that hold it do, up to where another falls for it, if any; below each, one of its
    /// parts.
    fn line(&self, face: usize, dimension: usize, code: u32, falling: usize, draw: &mut Draw) -> Line {
        let mut line = vec![(code, 1)];
        self.descend(face, dimension, code, 1, &mut line, draw);
        let mut at = code;
        loop {
            let parents = &self.parents[face][dimension][at as usize];
            if parents.is_empty() || line.len() > 12 {
                return line;
            }
            let parent = parents[draw.below(parents.len())];
            let others: Vec<u32> =
                self.grid.parts_in(face, dimension, parent).iter().copied().filter(|&part| part != at).collect();
            if !others.is_empty() && draw.below(5) * falling > 0 {
                let other = others[draw.below(others.len())];
                line.push((other, -1));
                self.descend(face, dimension, other, -1, &mut line, draw);
                return line;
            }
            line.push((parent, 1));
            at = parent;
        }
    }

    fn descend(&self, face: usize, dimension: usize, code: u32, sign: i64, line: &mut Line, draw: &mut Draw) {
        let mut parts = self.grid.parts_in(face, dimension, code);
        while !parts.is_empty() {
            let at = parts[draw.below(parts.len())];
            line.push((at, sign));
            parts = self.grid.parts_in(face, dimension, at);
        }
    }

    /// Every cell of a box with its sign.
    fn each(&self, lines: &[Line], tell: &mut dyn FnMut(u32, i64)) {
        let mut at = vec![0; lines.len()];
        let mut key: Key = lines.iter().map(|line| line[0].0).collect();
        loop {
            if let Some(cell) = self.grid.find(&key) {
                tell(cell, lines.iter().zip(&at).map(|(line, &at)| line[at].1).product());
            }
            let mut d = 0;
            while d < lines.len() {
                at[d] = (at[d] + 1) % lines[d].len();
                key[d] = lines[d][at[d]].0;
                if at[d] != 0 {
                    break;
                }
                d += 1;
            }
            if d == lines.len() {
                return;
            }
        }
    }

    /// What has to be hidden besides.
    fn cost(&self, piece: u32, wish: &Wish, lines: &[Line]) -> u64 {
        if lines.iter().map(Vec::len).product::<usize>() > 500 {
            return u64::MAX;
        }
        let mut cost = 0;
        self.each(lines, &mut |cell, sign| {
            let (at, (other, own)) = (self.whole.cell(cell), self.pieces.place[cell as usize]);
            let short = at.value.saturating_add(sign * wish.by) < at.least;
            if other != piece || short || wish.frozen == own {
                cost += IMPOSSIBLE;
            } else if !(wish.hidden)(own) {
                cost += at.weight;
            }
        });
        cost
    }
}
