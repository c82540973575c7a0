//! One area in one period: steps 1 to 3 of the crate's page. It refuses to know time.

use std::ops::Range;
use std::rc::Rc;

use crate::dense::Dense;
use crate::groups::{Grouped, Groups};
use crate::kernel::Sum;
use crate::shape::Projection;
use crate::slice::{Slice, Store};
use crate::sparse::Sparse;
use crate::{AreaTree, PlaceRule};

/// What one area has in one period.
#[derive(Debug, Default)]
pub(crate) struct Place {
    pub(crate) expected: u32,
    /// By combination of the kept dimensions, sorted; only what was observed.
    pub(crate) sums: Vec<(u32, Sum)>,
}

/// A slice made ready for one question.
pub(crate) struct View<'a> {
    pub(crate) slice: &'a Slice,
    grouped: Option<Grouped<'a>>,
}

impl<'a> View<'a> {
    /// `groups` are the last ones that were made for the same projection.
    pub(crate) fn new(slice: &'a Slice, projection: &Projection, groups: &mut Option<Rc<Groups>>) -> Self {
        let grouped = match &slice.store {
            Store::Sparse(..) => None,
            Store::Dense(dense) => {
                let same = Groups::of(dense.combinations(), projection, groups.as_ref());
                *groups = Some(Rc::clone(&same));
                Some(Grouped::new(dense, same))
            }
        };
        Self { slice, grouped }
    }

    /// The lanes in groups, if the slice is dense.
    pub(crate) fn dense(&self) -> Option<(&'a Dense, &Grouped<'a>)> {
        match (&self.slice.store, &self.grouped) {
            (Store::Dense(dense), Some(grouped)) => Some((dense, grouped)),
            _ => None,
        }
    }
}

/// What is the same for all areas and periods of a question.
pub(crate) struct Ground<'a> {
    pub(crate) tree: &'a AreaTree,
    pub(crate) rule: PlaceRule,
    pub(crate) projection: Projection,
}

impl Ground<'_> {
    /// The positions whose observations count for the area at one.
    pub(crate) fn within(&self, position: u32) -> Range<u32> {
        match self.rule {
            PlaceRule::OnlyWhereMeasured => position..position + 1,
            PlaceRule::Sum | PlaceRule::Max => self.tree.subtree_at(position),
        }
    }

    /// Replaces what is in `place`.
    pub(crate) fn place(&self, position: u32, view: &View<'_>, place: &mut Place) {
        place.sums.clear();
        let within = self.within(position);
        match (&view.slice.store, view.dense()) {
            (Store::Sparse(sparse, _), _) => self.sparse(view.slice, sparse, within, place),
            (_, Some((dense, grouped))) => self.dense(view.slice, dense, grouped, within, place),
            (Store::Dense(_), None) => {}
        }
    }

    fn dense(&self, slice: &Slice, dense: &Dense, grouped: &Grouped<'_>, within: Range<u32>, place: &mut Place) {
        let speakers = Speakers::new(self, slice, dense, within);
        place.expected = speakers.expected;
        for (group, kept) in grouped.kept().enumerate() {
            let sum = speakers.sum(grouped, group, self.rule);
            if sum.present > 0 {
                place.sums.push((kept, sum));
            }
        }
    }

    fn sparse(&self, slice: &Slice, sparse: &Sparse, within: Range<u32>, place: &mut Place) {
        place.expected = slice.expected_in(&within);
        // By kept combination, then position: each area is added up first.
        let mut parts: Vec<(u32, u32, Sum)> = Vec::new();
        for (position, stretch) in speakers(self.tree, sparse, within) {
            let asked = slice.expected_in(&(position..position + 1));
            place.expected += 1 - asked;
            let present = 1 + self.spoken_for(slice, position);
            let cells = sparse.stretch(stretch);
            parts.extend(cells.map(|(c, value)| (self.projection.of(c), position, Sum { value, present })));
        }
        // Stable, so that sums are taken in the same order each time.
        parts.sort_by_key(|&(kept, position, _)| (kept, position));
        for same in parts.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (kept, _, first) = same[0];
            let value = same[1..].iter().fold(first.value, |sum, (_, _, part)| sum + part.value);
            let sum = Sum { value, ..first };
            match place.sums.last_mut() {
                Some((last, all)) if *last == kept => all.add(sum, self.rule),
                _ => place.sums.push((kept, sum)),
            }
        }
    }

    /// How many that were to report are below the area at a position, which speaks for them.
    fn spoken_for(&self, slice: &Slice, position: u32) -> u32 {
        match self.rule {
            PlaceRule::OnlyWhereMeasured => 0,
            PlaceRule::Sum | PlaceRule::Max => {
                let all = self.tree.subtree_at(position);
                slice.expected_in(&(position + 1..all.end))
            }
        }
    }

    /// The positions of the areas that speak inside a range.
    pub(crate) fn speaking(&self, slice: &Slice, within: Range<u32>) -> Vec<u32> {
        match &slice.store {
            Store::Sparse(sparse, _) => speakers(self.tree, sparse, within).map(|(at, _)| at).collect(),
            Store::Dense(dense) => {
                let mut at = 0;
                let rows = dense.rows().iter().skip_while(move |&p| p < within.start);
                let rows = rows.take_while(|&p| p < within.end);
                rows.filter(|&p| {
                    let speaks = p >= at;
                    if speaks {
                        at = self.tree.subtree_at(p).end;
                    }
                    speaks
                })
                .collect()
            }
        }
    }
}

/// Step 2 for dense rows: stretches of rows that speak.
pub(crate) struct Speakers {
    pub(crate) expected: u32,
    first: Range<usize>,
    more: Vec<Range<usize>>,
    /// Rows that speak for several units, and for how many besides themselves.
    many: Vec<(usize, u32)>,
}

impl Speakers {
    pub(crate) fn new(ground: &Ground<'_>, slice: &Slice, dense: &Dense, within: Range<u32>) -> Self {
        let mut speakers =
            Self { expected: slice.expected_in(&within), first: 0..0, more: Vec::new(), many: Vec::new() };
        let mut from = within.start;
        for &position in dense.inner(&within) {
            if position < from {
                // It is below one that speaks.
                continue;
            }
            let more = ground.spoken_for(slice, position);
            if more > 0 {
                speakers.many.push((dense.rows().rank(position), more));
            }
            let end = ground.tree.subtree_at(position).end.min(within.end);
            if position + 1 < end && dense.rows().count(&(position + 1..end)) > 0 {
                speakers.run(slice, dense, from..position + 1);
                from = end;
            }
        }
        speakers.run(slice, dense, from..within.end);
        speakers
    }

    /// All rows at these positions speak.
    #[allow(clippy::cast_possible_truncation)]
    fn run(&mut self, slice: &Slice, dense: &Dense, positions: Range<u32>) {
        let rows = dense.rows().ranks(&positions);
        if rows.is_empty() {
            return;
        }
        let asked = slice.expected.as_ref().map_or(0, |expected| dense.rows().shared(expected, &positions));
        self.expected += rows.len() as u32 - asked;
        if self.first.is_empty() {
            self.first = rows;
        } else {
            self.more.push(rows);
        }
    }

    /// The only stretch of rows, if there is one and each row stands for itself.
    pub(crate) fn plain(&self) -> Option<&Range<usize>> {
        (self.more.is_empty() && self.many.is_empty()).then_some(&self.first)
    }

    /// Step 3: what they add up to in one group of lanes.
    pub(crate) fn sum(&self, grouped: &Grouped<'_>, group: usize, rule: PlaceRule) -> Sum {
        let mut sum = Sum::default();
        for rows in std::iter::once(&self.first).chain(&self.more) {
            grouped.add(group, rows.clone(), rule, &mut sum);
        }
        for &(row, more) in &self.many {
            let mut own = Sum::default();
            grouped.add(group, row..row + 1, rule, &mut own);
            sum.present += own.present * more;
        }
        sum
    }
}

/// Step 2 for sparse observations: the areas that speak inside a range of positions, each with the stretch of its
/// values.
fn speakers<'a>(
    tree: &'a AreaTree,
    sparse: &'a Sparse,
    within: Range<u32>,
) -> impl Iterator<Item = (u32, Range<usize>)> + 'a {
    let mut at = sparse.find(0, within.start);
    std::iter::from_fn(move || {
        let (position, stretch) = sparse.area(at)?;
        if position >= within.end {
            return None;
        }
        // What is below it has been said.
        at = sparse.find(stretch.end, tree.subtree_at(position).end);
        Some((position, stretch))
    })
}
