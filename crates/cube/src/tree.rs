//! Areas numbered depth first, so that everything below an area is one range of positions. It refuses to know names,
//! codes and dates; since when areas exist is in `lineage.rs`.

use std::ops::Range;

use crate::TreeError;
use crate::lineage::Lineage;

pub(crate) const NONE: u32 = u32::MAX;

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
    /// Positions by level, and where each level begins.
    by_level: Vec<u32>,
    level_start: Vec<u32>,
    pub(crate) lineage: Lineage,
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
            None => {
                tree.index_levels();
                Ok(tree)
            }
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

    #[allow(clippy::cast_possible_truncation)]
    fn index_levels(&mut self) {
        let mut order: Vec<u32> = (0..self.level.len() as u32).collect();
        // Stable: within a level the positions stay in order.
        order.sort_by_key(|&at| self.level[at as usize]);
        let levels = order.last().map_or(0, |&deepest| self.level[deepest as usize] + 1);
        let start = |level| order.partition_point(|&at| self.level[at as usize] < level) as u32;
        self.level_start = (0..=levels).map(start).collect();
        self.by_level = order;
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

    /// The parent of each area, as given to [`AreaTree::new`].
    pub(crate) fn parents(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        self.position.iter().map(|&at| self.area_at(self.parent[at as usize]))
    }

    /// Whether there are areas below the one at a position.
    pub(crate) fn has_below(&self, position: u32) -> bool {
        self.end[position as usize] > position + 1
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
    #[allow(clippy::cast_possible_truncation)]
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        self.at_depth(0..self.area.len() as u32, 0)
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
        self.at_depth(self.subtree(within), level)
    }

    fn at_depth(&self, range: Range<u32>, level: u32) -> impl Iterator<Item = u32> + '_ {
        self.positions_at(&range, level).iter().map(|&at| self.area[at as usize])
    }

    /// Positions in a range that have a level.
    pub(crate) fn positions_at(&self, range: &Range<u32>, level: u32) -> &[u32] {
        let starts = self.level_start.get(level as usize).zip(self.level_start.get(level as usize + 1));
        let Some((&from, &to)) = starts else { return &[] };
        let all = &self.by_level[from as usize..to as usize];
        let from = all.partition_point(|&at| at < range.start);
        let to = all.partition_point(|&at| at < range.end);
        &all[from..to]
    }

    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + (self.area.len() * 6 + self.level_start.len()) * 4 + self.lineage.memory()
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
