//! Since when and until when areas exist, and what became of them: rename, move, split and merge. It refuses to know
//! dates (periods are numbers) and boundaries.

use std::ops::Range;

use crate::tree::NONE;
use crate::{AreaTree, TreeError};

const ALWAYS: Range<u32> = 0..u32::MAX;

/// By area; empty where everything exists always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lineage {
    /// What was declared, without what the areas above say.
    own: Vec<Range<u32>>,
    /// From which area into which, sorted.
    links: Vec<(u32, u32)>,
}

impl AreaTree {
    /// Declares that an area exists in a range of periods only. What is below it exists no longer than that either.
    /// An area that is renamed, moved, split or merged ends, and areas with new numbers begin; see
    /// [`AreaTree::succeed`].
    ///
    /// # Errors
    /// An unknown area; a range without periods.
    pub fn set_valid(&mut self, area: u32, periods: Range<u32>) -> Result<(), TreeError> {
        self.known(area)?;
        if periods.is_empty() {
            return Err(TreeError::NeverValid { area, from: periods.start, to: periods.end });
        }
        self.lineage.own.resize(self.len(), ALWAYS);
        self.lineage.own[area as usize] = periods;
        Ok(())
    }

    /// The periods in which an area exists: all of them unless it was said otherwise; none for an unknown area.
    #[must_use]
    pub fn valid(&self, area: u32) -> Range<u32> {
        if self.position(area).is_none() {
            return 0..0;
        }
        if self.lineage.own.is_empty() {
            return ALWAYS;
        }
        let own = |area: u32| self.lineage.own[area as usize].clone();
        self.ancestors(area).fold(own(area), |all, above| {
            let above = own(above);
            let start = all.start.max(above.start);
            start..all.end.min(above.end).max(start)
        })
    }

    /// Whether the area at a position, which must be one of this tree, exists in a period.
    pub(crate) fn exists_at(&self, position: u32, period: u32) -> bool {
        self.lineage.own.is_empty() || self.area_at(position).is_some_and(|area| self.valid(area).contains(&period))
    }

    /// Whether an area exists in any of these periods.
    #[must_use]
    pub fn is_valid_in(&self, area: u32, periods: &Range<u32>) -> bool {
        let valid = self.valid(area);
        valid.start.max(periods.start) < valid.end.min(periods.end)
    }

    /// [`AreaTree::children`] that exist in any of these periods.
    pub fn children_in(&self, area: u32, periods: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        self.children(area).filter(move |&child| self.is_valid_in(child, &periods))
    }

    /// [`AreaTree::at_level`] that exist in any of these periods.
    pub fn at_level_in(&self, within: u32, level: u32, periods: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        self.at_level(within, level).filter(move |&area| self.is_valid_in(area, &periods))
    }

    /// Declares that the ground of `from` went into `into`, all of it or a part. A rename or a move is one such link,
    /// a split is several from one area, a merge several into one. The same link twice is one.
    ///
    /// # Errors
    /// An unknown area; an area that would come from itself.
    pub fn succeed(&mut self, from: u32, into: u32) -> Result<(), TreeError> {
        self.known(from)?;
        self.known(into)?;
        if from == into || self.all_before(from).contains(&into) {
            return Err(TreeError::OwnSuccessor { area: into });
        }
        if let Err(at) = self.lineage.links.binary_search(&(from, into)) {
            self.lineage.links.insert(at, (from, into));
        }
        Ok(())
    }

    /// The areas that an area went into, by number.
    pub fn successors(&self, area: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.lineage.links.partition_point(|&(from, _)| from < area);
        self.lineage.links[from..].iter().take_while(move |&&(from, _)| from == area).map(|&(_, into)| into)
    }

    /// The areas that an area came from, by number.
    pub fn predecessors(&self, area: u32) -> impl Iterator<Item = u32> + '_ {
        self.lineage.links.iter().filter(move |&&(_, into)| into == area).map(|&(from, _)| from)
    }

    /// The areas that continue the series of an area backwards (it, what it came from, what that came from …), and the
    /// first period of which they together stand for the same ground. That goes back over renames, moves and merges,
    /// and ends where any of them began otherwise: newly, or as a part of another, because a part of a number is not
    /// known.
    #[must_use]
    pub fn same_ground(&self, area: u32) -> (Vec<u32>, u32) {
        let (mut ground, mut since) = (vec![area], 0);
        let mut next = 0;
        while let Some(&area) = ground.get(next) {
            next += 1;
            let begin = self.valid(area).start;
            // What exists on beside its successor kept a part of its ground.
            let whole = |&from: &u32| self.successors(from).count() == 1 && self.valid(from).end <= begin;
            let before: Vec<u32> = self.predecessors(area).collect();
            if before.is_empty() || !before.iter().all(whole) {
                since = since.max(begin);
            } else {
                ground.extend(before);
            }
        }
        (ground, since)
    }

    /// Everything that an area came from, however far back.
    fn all_before(&self, area: u32) -> Vec<u32> {
        let mut all: Vec<u32> = self.predecessors(area).collect();
        let mut next = 0;
        while let Some(&area) = all.get(next) {
            next += 1;
            let more: Vec<u32> = self.predecessors(area).filter(|from| !all.contains(from)).collect();
            all.extend(more);
        }
        all
    }

    fn known(&self, area: u32) -> Result<(), TreeError> {
        self.position(area).map(|_| ()).ok_or(TreeError::UnknownArea { area })
    }
}

impl Lineage {
    /// Declared ranges that are not "always", by area.
    pub(crate) fn declared(&self) -> Vec<(u32, Range<u32>)> {
        let own = (0_u32..NONE).zip(self.own.iter().cloned());
        own.filter(|(_, own)| *own != ALWAYS).collect()
    }

    pub(crate) fn links(&self) -> &[(u32, u32)] {
        &self.links
    }

    pub(crate) fn memory(&self) -> usize {
        (self.own.len() + self.links.len()) * 8
    }
}
