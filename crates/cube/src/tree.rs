//! Areas numbered depth first, so that everything below an area is one range of positions. It refuses to know names,
//! codes and dates.

use std::ops::Range;

use crate::TreeError;

const NONE: u32 = u32::MAX;

/// A forest of areas: any depth, any number of roots, ragged. Areas are `0..len` as the caller numbers them;
/// *positions* are `0..len` in depth-first order (roots and children by area number).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaTree {
    /// By area.
    position: Vec<u32>,
    /// By position, as everything below.
    area: Vec<u32>,
    parent: Vec<u32>,
    end: Vec<u32>,
    level: Vec<u32>,
}

impl AreaTree {
    /// `parents[a]` is the parent of area `a`, `None` for a root; in any order.
    ///
    /// # Errors
    /// A parent that is not in the list, a circle, or more areas than `u32` numbers.
    pub fn new(parents: &[Option<u32>]) -> Result<Self, TreeError> {
        let count = parents.len();
        if count >= NONE as usize {
            return Err(TreeError::TooMany { count });
        }
        let (roots, children) = families(parents)?;
        let mut tree = Self { position: vec![NONE; count], end: vec![0; count], ..Self::default() };
        // Each area is met twice: on the way down it gets its position, on the way up its end.
        let mut path: Vec<(u32, bool)> = roots.iter().rev().map(|&root| (root, false)).collect();
        while let Some((area, left)) = path.pop() {
            if left {
                tree.leave(area);
                continue;
            }
            tree.enter(area, parents[area as usize]);
            path.push((area, true));
            path.extend(children[area as usize].iter().rev().map(|&c| (c, false)));
        }
        match tree.position.iter().position(|&p| p == NONE) {
            #[allow(clippy::cast_possible_truncation)]
            Some(area) => Err(TreeError::Cycle { area: area as u32 }),
            None => Ok(tree),
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn enter(&mut self, area: u32, parent: Option<u32>) {
        self.position[area as usize] = self.area.len() as u32;
        self.area.push(area);
        let parent = parent.map_or(NONE, |p| self.position[p as usize]);
        self.parent.push(parent);
        let level = self.level.get(parent as usize).map_or(0, |l| l + 1);
        self.level.push(level);
    }

    #[allow(clippy::cast_possible_truncation)]
    fn leave(&mut self, area: u32) {
        let position = self.position[area as usize];
        self.end[position as usize] = self.area.len() as u32;
    }

    /// How many areas there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.area.len()
    }

    /// Whether there is no area.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Position of an area; `None` for an unknown one.
    #[must_use]
    pub fn position(&self, area: u32) -> Option<u32> {
        self.position.get(area as usize).copied()
    }

    /// Area at a position.
    #[must_use]
    pub fn area_at(&self, position: u32) -> Option<u32> {
        self.area.get(position as usize).copied()
    }

    /// Positions of an area and of everything below it; empty for an unknown area.
    #[must_use]
    pub fn subtree(&self, area: u32) -> Range<u32> {
        self.position(area).map_or(0..0, |at| self.subtree_at(at))
    }

    /// The same by position, which must be one of this tree.
    pub(crate) fn subtree_at(&self, position: u32) -> Range<u32> {
        position..self.end[position as usize]
    }

    /// The areas directly below an area, by number.
    pub fn children(&self, area: u32) -> impl Iterator<Item = u32> + '_ {
        let range = self.subtree(area);
        // Each child starts where the subtree of the one before ends.
        let mut next = range.start.saturating_add(1);
        std::iter::from_fn(move || {
            let child = (next < range.end).then_some(next)?;
            next = self.end[child as usize];
            Some(self.area[child as usize])
        })
    }

    /// The areas without a parent, by number.
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        self.at_depth(0..self.end.len(), 0)
    }

    /// Depth of an area; 0 for a root.
    #[must_use]
    pub fn level(&self, area: u32) -> Option<u32> {
        self.position(area).map(|at| self.level[at as usize])
    }

    /// The areas above an area, nearest first.
    pub fn ancestors(&self, area: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.position(area);
        std::iter::from_fn(move || {
            let parent = self.parent[at? as usize];
            at = (parent != NONE).then_some(parent);
            Some(self.area[at? as usize])
        })
    }

    /// The areas at or below `within` that have the given level (counted from the root), in depth-first order. Where
    /// the tree is ragged a branch may have none.
    pub fn at_level(&self, within: u32, level: u32) -> impl Iterator<Item = u32> + '_ {
        let range = self.subtree(within);
        self.at_depth(range.start as usize..range.end as usize, level)
    }

    fn at_depth(&self, range: Range<usize>, level: u32) -> impl Iterator<Item = u32> + '_ {
        range.filter(move |&at| self.level[at] == level).map(|at| self.area[at])
    }
}

/// Roots, and the children of each area, by number.
type Families = (Vec<u32>, Vec<Vec<u32>>);

fn families(parents: &[Option<u32>]) -> Result<Families, TreeError> {
    let mut roots = Vec::new();
    let mut children = vec![Vec::new(); parents.len()];
    for (area, parent) in (0_u32..).zip(parents) {
        match *parent {
            None => roots.push(area),
            Some(parent) => {
                children.get_mut(parent as usize).ok_or(TreeError::UnknownParent { area, parent })?.push(area)
            }
        }
    }
    Ok((roots, children))
}
