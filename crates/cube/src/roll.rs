//! Answers queries by the four steps of the crate's page. It refuses to change anything.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::cube::Column;
use crate::shape::Projection;
use crate::slice::Slice;
use crate::{AreaTree, Areas, Cell, Cells, Coverage, Cube, CubeError, Key, Periods, PlaceRule, Query, Time, TimeRule};

impl Cube {
    /// Answers a query.
    ///
    /// # Errors
    /// Unknown measure, area or dimension; [`CubeError::NotAdditive`]; [`CubeError::NotOverTime`].
    pub fn query(&self, query: &Query) -> Result<Cells, CubeError> {
        let column = self.column(query.measure)?;
        query.check(&column.measure)?;
        let roll = Roll { tree: &self.tree, column, projection: column.measure.shape.projection(query.keep) };
        let slices = column.slices_of(&query.periods);
        let mut cells = Vec::new();
        for area in self.areas(query.areas)? {
            match query.time {
                Time::PerPeriod => roll.per_period(area, &slices, &mut cells),
                Time::Rolled => roll.rolled(area, &slices, &mut cells),
            }
        }
        Ok(Cells::new(column.measure.shape.kept(query.keep), cells))
    }

    /// How many units of an area reported in a period, also where nobody did. For a measure that is known only where
    /// it was measured: whether the area itself was, of one.
    ///
    /// # Errors
    /// Unknown measure or area.
    pub fn coverage(&self, measure: u32, period: u32, area: u32) -> Result<Coverage, CubeError> {
        let column = self.column(measure)?;
        self.position(area)?;
        let Some(slice) = column.slices.get(&period) else {
            return Ok(Coverage::default());
        };
        let roll = Roll {
            tree: &self.tree,
            column,
            // Nothing kept: present is then counted over any value, also of overlapping categories.
            projection: column.measure.shape.projection(0),
        };
        let place = roll.place(area, slice);
        Ok(Coverage { present: place.sums.get(&0).map_or(0, |sum| sum.present), expected: place.expected })
    }

    /// The areas whose own observations make up the value of an area in a period, depth first.
    ///
    /// # Errors
    /// Unknown measure or area.
    pub fn sources(&self, measure: u32, period: u32, area: u32) -> Result<Vec<u32>, CubeError> {
        let column = self.column(measure)?;
        let position = self.position(area)?;
        let Some(slice) = column.slices.get(&period) else {
            return Ok(Vec::new());
        };
        let within = match column.measure.place {
            PlaceRule::OnlyWhereMeasured => position..position + 1,
            PlaceRule::Sum | PlaceRule::Max => self.tree.subtree_at(position),
        };
        Ok(speakers(&self.tree, slice, within).filter_map(|(at, _)| self.tree.area_at(at)).collect())
    }

    fn areas(&self, areas: Areas) -> Result<Vec<u32>, CubeError> {
        let (Areas::One(within) | Areas::ChildrenOf(within) | Areas::AtLevel { within, .. }) = areas;
        self.position(within)?;
        Ok(match areas {
            Areas::One(area) => vec![area],
            Areas::ChildrenOf(area) => self.tree.children(area).collect(),
            Areas::AtLevel { within, level } => self.tree.at_level(within, level).collect(),
        })
    }
}

impl Column {
    /// The periods that are asked for and have data or expectations, in order.
    fn slices_of(&self, periods: &Periods) -> Vec<(u32, &Slice)> {
        match periods {
            Periods::Range(range) if range.is_empty() => Vec::new(),
            Periods::Range(range) => {
                self.slices.range(range.clone()).map(|(&period, slice)| (period, slice.as_ref())).collect()
            }
            Periods::List(list) => {
                let mut list = list.clone();
                list.sort_unstable();
                list.dedup();
                list.into_iter().filter_map(|period| Some((period, self.slices.get(&period)?.as_ref()))).collect()
            }
        }
    }
}

/// What is the same for all areas and periods of a query.
struct Roll<'a> {
    tree: &'a AreaTree,
    column: &'a Column,
    projection: Projection,
}

/// One area in one period.
#[derive(Default)]
struct Place {
    expected: u32,
    /// By combination of the kept dimensions.
    sums: BTreeMap<u32, Sum>,
}

#[derive(Clone, Copy)]
struct Sum {
    value: f64,
    present: u32,
}

impl Roll<'_> {
    fn per_period(&self, area: u32, slices: &[(u32, &Slice)], cells: &mut Vec<(Key, Cell)>) {
        for &(period, slice) in slices {
            self.place(area, slice).into_cells(area, period, cells);
        }
    }

    /// Step 4: places first, then time.
    fn rolled(&self, area: u32, slices: &[(u32, &Slice)], cells: &mut Vec<(Key, Cell)>) {
        let places = slices.iter().map(|&(p, slice)| (p, self.place(area, slice)));
        let rule = self.column.measure.time;
        if matches!(rule, TimeRule::Last | TimeRule::None) {
            // `None` reaches this point with a single period only.
            let last = places.rev().find(|(_, place)| !place.sums.is_empty());
            if let Some((period, place)) = last {
                place.into_cells(area, period, cells);
            }
            return;
        }
        let mut total = Place::default();
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        let mut last = 0;
        for (period, place) in places {
            total.expected += place.expected;
            for (combination, sum) in place.sums {
                total.add(combination, sum, PlaceRule::Sum);
                *counts.entry(combination).or_default() += 1;
                last = period;
            }
        }
        if rule == TimeRule::Average {
            for (combination, sum) in &mut total.sums {
                sum.value /= f64::from(counts[combination]);
            }
        }
        total.into_cells(area, last, cells);
    }

    /// Steps 1 to 3.
    fn place(&self, area: u32, slice: &Slice) -> Place {
        let rule = self.column.measure.place;
        let within = self.tree.subtree(area);
        if rule == PlaceRule::OnlyWhereMeasured {
            return self.measured(within.start, slice);
        }
        let mut place = Place { expected: slice.expected_in(&within), ..Place::default() };
        for (position, stretch) in speakers(self.tree, slice, within) {
            let below = slice.expected_in(&self.tree.subtree_at(position));
            let itself = slice.expected_in(&(position..position + 1));
            // It speaks for all that were to report below it, and for itself if nobody asked.
            let unasked = 1 - itself;
            place.expected += unasked;
            for (combination, value) in self.collapse(slice, stretch) {
                let present = below + unasked;
                place.add(combination, Sum { value, present }, rule);
            }
        }
        place
    }

    /// An area that counts only if it was measured itself; others do not report in its place, nor it in theirs.
    fn measured(&self, position: u32, slice: &Slice) -> Place {
        let itself = position..position + 1;
        let mut place = Place { expected: slice.expected_in(&itself), ..Place::default() };
        for (_, stretch) in speakers(self.tree, slice, itself) {
            place.expected = 1;
            for (combination, value) in self.collapse(slice, stretch) {
                place.add(combination, Sum { value, present: 1 }, PlaceRule::Sum);
            }
        }
        place
    }

    /// Step 1: the values of one area by combination of the kept dimensions, sorted.
    fn collapse(&self, slice: &Slice, stretch: Range<usize>) -> Vec<(u32, f64)> {
        let mut values: Vec<(u32, f64)> =
            slice.stretch(stretch).map(|(combination, value)| (self.projection.of(combination), value)).collect();
        // Stable, so that sums are taken in the same order each time.
        values.sort_by_key(|&(combination, _)| combination);
        values.dedup_by(|next, sum| {
            let same = next.0 == sum.0;
            if same {
                sum.1 += next.1;
            }
            same
        });
        values
    }
}

/// Step 2: the areas that speak inside a range of positions, each with the stretch of its values.
fn speakers<'a>(
    tree: &'a AreaTree,
    slice: &'a Slice,
    within: Range<u32>,
) -> impl Iterator<Item = (u32, Range<usize>)> + 'a {
    let mut at = slice.find(0, within.start);
    std::iter::from_fn(move || {
        let (position, stretch) = slice.area(at)?;
        if position >= within.end {
            return None;
        }
        // What is below it has been said.
        at = slice.find(stretch.end, tree.subtree_at(position).end);
        Some((position, stretch))
    })
}

impl Place {
    fn add(&mut self, combination: u32, sum: Sum, rule: PlaceRule) {
        let entry = self.sums.entry(combination);
        entry
            .and_modify(|all| {
                all.present += sum.present;
                all.value = match rule {
                    PlaceRule::Max => all.value.max(sum.value),
                    PlaceRule::Sum | PlaceRule::OnlyWhereMeasured => all.value + sum.value,
                };
            })
            .or_insert(sum);
    }

    fn into_cells(self, area: u32, period: u32, cells: &mut Vec<(Key, Cell)>) {
        let expected = self.expected;
        cells.extend(self.sums.into_iter().map(|(combination, sum)| {
            let key = Key { area, period, combination };
            let cell = Cell { value: sum.value, present: sum.present, expected };
            (key, cell)
        }));
    }
}
