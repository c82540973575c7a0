//! Answers queries by the four steps of the crate's page. It refuses to change anything.

use std::rc::Rc;

use crate::cube::Column;
use crate::groups::Groups;
use crate::kernel::Sum;
use crate::place::{Ground, Place, View};
use crate::slice::Slice;
use crate::{Areas, Cell, Cells, Coverage, Cube, CubeError, Key, Periods, PlaceRule, Query, Time, TimeRule};

impl Cube {
    /// Answers a query.
    ///
    /// # Errors
    /// Unknown measure, area or dimension; [`CubeError::NotAdditive`]; [`CubeError::NotOverTime`].
    pub fn query(&self, query: &Query) -> Result<Cells, CubeError> {
        let column = self.column(query.measure)?;
        query.check(&column.measure)?;
        let ground = self.ground(column, query.keep);
        let mut groups: Option<Rc<Groups>> = None;
        let slices = column.slices_of(&query.periods);
        let views: Vec<(u32, View<'_>)> = slices
            .into_iter()
            .map(|(period, slice)| (period, View::new(slice, &ground.projection, &mut groups)))
            .collect();
        let mut roll = Roll { ground, time: column.measure.time, place: Place::default(), cells: Vec::new() };
        let mut answer = |position: u32| {
            let area = self.tree.area_at(position).unwrap_or(u32::MAX);
            match query.time {
                Time::PerPeriod => roll.per_period(area, position, &views),
                Time::Rolled => roll.rolled(area, position, &views),
            }
        };
        let (Areas::One(within) | Areas::ChildrenOf(within) | Areas::AtLevel { within, .. }) = query.areas;
        let position = self.position(within)?;
        match query.areas {
            Areas::One(_) => answer(position),
            Areas::ChildrenOf(area) => self.tree.children(area).filter_map(|c| self.tree.position(c)).for_each(answer),
            Areas::AtLevel { level, .. } => {
                self.tree.positions_at(&self.tree.subtree_at(position), level).iter().copied().for_each(answer);
            }
        }
        Ok(Cells::new(column.measure.shape.kept(query.keep), roll.cells))
    }

    /// How many units of an area reported in a period, also where nobody did. For a measure that is known only where
    /// it was measured: whether the area itself was, of one.
    ///
    /// # Errors
    /// Unknown measure or area.
    pub fn coverage(&self, measure: u32, period: u32, area: u32) -> Result<Coverage, CubeError> {
        let column = self.column(measure)?;
        let position = self.position(area)?;
        let Some(slice) = column.slices.get(&period) else {
            return Ok(Coverage::default());
        };
        // Nothing kept: present is then counted over any value, also of overlapping categories.
        let ground = self.ground(column, 0);
        let mut place = Place::default();
        ground.place(position, &View::new(slice, &ground.projection, &mut None), &mut place);
        let present = place.sums.first().map_or(0, |(_, sum)| sum.present);
        Ok(Coverage { present, expected: place.expected })
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
        let ground = self.ground(column, 0);
        let speaking = ground.speaking(slice, ground.within(position));
        Ok(speaking.into_iter().filter_map(|at| self.tree.area_at(at)).collect())
    }

    pub(crate) fn ground(&self, column: &Column, keep: u32) -> Ground<'_> {
        let measure = &column.measure;
        Ground { tree: &self.tree, rule: measure.place, projection: measure.shape.projection(keep) }
    }
}

impl Column {
    /// The periods that are asked for and have data or expectations, in order.
    pub(crate) fn slices_of(&self, periods: &Periods) -> Vec<(u32, &Slice)> {
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

/// A query on its way.
struct Roll<'a> {
    ground: Ground<'a>,
    time: TimeRule,
    place: Place,
    cells: Vec<(Key, Cell)>,
}

impl Roll<'_> {
    fn per_period(&mut self, area: u32, position: u32, views: &[(u32, View<'_>)]) {
        for (period, view) in views {
            self.ground.place(position, view, &mut self.place);
            self.tell(area, *period);
        }
    }

    /// Step 4: places first, then time.
    fn rolled(&mut self, area: u32, position: u32, views: &[(u32, View<'_>)]) {
        if matches!(self.time, TimeRule::Last | TimeRule::None) {
            // `None` reaches this point with a single period only.
            for (period, view) in views.iter().rev() {
                self.ground.place(position, view, &mut self.place);
                if !self.place.sums.is_empty() {
                    return self.tell(area, *period);
                }
            }
            return;
        }
        let mut total = Rolled::default();
        for (period, view) in views {
            self.ground.place(position, view, &mut self.place);
            total.add(*period, &self.place);
        }
        let average = self.time == TimeRule::Average;
        self.place.expected = total.expected;
        self.place.sums.clear();
        self.place.sums.extend(total.sums.into_iter().map(|(combination, mut sum, periods)| {
            sum.value /= f64::from(if average { periods } else { 1 });
            (combination, sum)
        }));
        self.tell(area, total.last);
    }

    /// Makes cells of the place.
    fn tell(&mut self, area: u32, period: u32) {
        let expected = self.place.expected;
        self.cells.extend(self.place.sums.iter().map(|&(combination, sum)| {
            let key = Key { area, period, combination };
            (key, Cell { value: sum.value, present: sum.present, expected })
        }));
    }
}

/// Several periods of one area, added up.
#[derive(Default)]
struct Rolled {
    expected: u32,
    last: u32,
    /// By combination, sorted; with the number of periods that had it.
    sums: Vec<(u32, Sum, u32)>,
}

impl Rolled {
    fn add(&mut self, period: u32, place: &Place) {
        self.expected += place.expected;
        for &(combination, sum) in &place.sums {
            self.last = period;
            match self.sums.binary_search_by_key(&combination, |all| all.0) {
                Ok(at) => {
                    self.sums[at].1.add(sum, PlaceRule::Sum);
                    self.sums[at].2 += 1;
                }
                Err(at) => self.sums.insert(at, (combination, sum, 1)),
            }
        }
    }
}
