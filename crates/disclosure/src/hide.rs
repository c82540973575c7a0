//! Decides for a system of sums which cells to hide, and finds the witnesses. It refuses to know tables and names.

use rayon::prelude::*;

use crate::boxes::Boxes;
use crate::compile::Grid;
use crate::eliminate::{self, Hidden, Search};
use crate::mover::Change;
use crate::pieces::{Piece, Pieces};
use crate::system::System;
use crate::witness::Witnesses;
use crate::{Effort, Policy};

/// Hidden cells, by cell, such that no small count can be computed by adding and subtracting; dear ones are published
/// first, and so many rounds look for cheaper answers. It does not keep anybody from using that counts are not below 0:
/// that takes the witnesses of [`hide`].
#[must_use]
pub fn uncomputable(system: &System, rounds: u32, seed: u64) -> Vec<bool> {
    uncomputable_with(system, &system.touching(), rounds, seed)
}

fn uncomputable_with(system: &System, touching: &[Vec<u32>], rounds: u32, seed: u64) -> Hidden {
    let mut hidden = eliminate::all_hidden(system);
    eliminate::eliminate(system, touching, &mut hidden, seed);
    Search::new(system, touching, &hidden, seed).run(&mut hidden, u64::from(rounds));
    hidden
}

/// Hidden cells, by cell, and witnesses: changes of the counts that leave everything published as it is, one for every
/// small count in which it reaches what it has to.
///
/// # Errors
/// Small counts that cannot be protected beside what is known already.
pub fn hide(system: &System, policy: &Policy) -> Result<(Vec<bool>, Vec<Change>), Vec<u32>> {
    hide_with(system, policy, &vec![true; system.len()], None)
}

/// The same of what is told anew, `news` by cell, with a look at the grid that the sums come from. What only stays as it was
/// told needs no new protection. Pieces are worked at on whichever core is free.
pub(crate) fn hide_with(
    system: &System,
    policy: &Policy,
    news: &[bool],
    grid: Option<&Grid>,
) -> Result<(Vec<bool>, Vec<Change>), Vec<u32>> {
    let pieces = Pieces::of(system);
    let touched = system.touched(news);
    let boxes = grid.map(|grid| Boxes::new(grid, system, &pieces));
    let effort = policy.effort.unwrap_or_else(|| Effort::for_cells(system.len()));
    let all: usize = pieces.pieces.iter().map(|piece| piece.system.len()).sum();
    let own = |piece: &Piece| Policy { effort: Some(effort.share(piece.system.len(), all)), ..*policy };
    let rests = |piece: &Piece| piece.members.iter().flatten().all(|&cell| !touched[cell as usize]);
    let done = |piece: &Piece| {
        if rests(piece) { Ok(as_told(piece)) } else { hide_piece(piece, &own(piece), boxes.as_ref()) }
    };
    let done: Vec<_> = pieces.pieces.par_iter().map(done).collect();
    let (mut hidden, mut witnesses, mut lost) = (vec![false; system.len()], Vec::new(), Vec::new());
    for (piece, done) in pieces.pieces.iter().zip(done) {
        match done {
            Ok((own, changes)) => {
                let members = piece.members.iter().zip(own).filter(|(_, own)| *own);
                members.flat_map(|(members, _)| members).for_each(|&cell| hidden[cell as usize] = true);
                witnesses.extend(changes.iter().map(|change| piece.spread(change)));
            }
            Err(cells) => lost.extend(cells.into_iter().filter_map(|cell| piece.members[cell as usize].first())),
        }
    }
    // What no table shows stays unsaid, also where a table shows the same number.
    let untold = (0..).zip(system.cells()).filter(|(_, cell)| cell.must_hide());
    untold.for_each(|(at, _): (usize, _)| hidden[at] = true);
    lost.sort_unstable();
    if lost.is_empty() { Ok((hidden, witnesses)) } else { Err(lost) }
}

/// Nothing is hidden but what is hidden in any case.
fn as_told(piece: &Piece) -> (Vec<bool>, Vec<Change>) {
    (piece.system.cells().iter().map(crate::Cell::must_hide).collect(), Vec::new())
}

fn hide_piece(piece: &Piece, policy: &Policy, boxes: Option<&Boxes>) -> Result<(Vec<bool>, Vec<Change>), Vec<u32>> {
    let system = &piece.system;
    if system.primaries().next().is_none() {
        return Ok(as_told(piece));
    }
    let touching = system.touching();
    let lost = eliminate::lost(system, &touching, policy.seed);
    if !lost.is_empty() {
        return Err(lost);
    }
    let effort = policy.effort.unwrap_or_else(|| Effort::for_cells(system.len()));
    let start = uncomputable_with(system, &touching, effort.search, policy.seed);
    let mut witnesses = Witnesses::new(piece, &touching, boxes, start, effort, policy.seed);
    let mut cells: Vec<u32> = system.primaries().collect();
    cells.sort_by_key(|&cell| (system.cell(cell).value, cell));
    witnesses.cover(&cells);
    if !witnesses.lost.is_empty() {
        return Err(witnesses.lost);
    }
    witnesses.prune(effort.prune, policy.seed);
    if policy.insiders {
        let open = witnesses.guard_from_insiders();
        if !open.is_empty() {
            return Err(open.into_iter().map(|(cell, _)| cell).collect());
        }
    }
    Ok((witnesses.hidden.clone(), witnesses.in_use()))
}
