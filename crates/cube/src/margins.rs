//! Many areas and several breakdowns of many measures in one pass: what a publication needs. Period by period; refuses
//! to roll time.

use std::rc::Rc;
use std::thread;

use crate::asked::Asked;
use crate::cube::Column;
use crate::groups::Groups;
use crate::kernel::Sum;
use crate::place::{Ground, Place, View};
use crate::query::check_keep;
use crate::slice::Slice;
use crate::strip::Strip;
use crate::{Cell, Cube, CubeError, Periods};

/// A question about many measures at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Margins {
    /// Of which measures; each must have the dimensions that are kept.
    pub measures: Vec<u32>,
    /// In which periods, each by itself.
    pub periods: Periods,
    /// For which areas, of any levels.
    pub areas: Vec<u32>,
    /// By which dimensions, several times: each as in [`crate::Query`].
    pub keeps: Vec<u32>,
}

/// The answer for one measure and period. It has a *column* for each mask and each combination of the kept dimensions
/// that was observed anywhere in the period, and in it a place for each area that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Which measure.
    pub measure: u32,
    /// Which period.
    pub period: u32,
    /// By area as asked: units that should be in its cells.
    pub expected: Vec<u32>,
    /// By column: place of the mask in [`Margins::keeps`], and combination of the dimensions it keeps
    /// ([`crate::Shape::kept`]). Sorted.
    pub columns: Vec<(usize, u32)>,
    values: Vec<f64>,
    present: Vec<u32>,
}

impl Block {
    /// The values of a column, by area as asked; 0 where there is none.
    #[must_use]
    pub fn values(&self, column: usize) -> &[f64] {
        self.values.get(self.stretch(column)).unwrap_or_default()
    }

    /// Units in the values of a column, by area as asked; 0 where there is no value.
    #[must_use]
    pub fn present(&self, column: usize) -> &[u32] {
        self.present.get(self.stretch(column)).unwrap_or_default()
    }

    /// One cell, by column and by number of the area as asked; `None` where nothing was observed.
    #[must_use]
    pub fn cell(&self, column: usize, area: usize) -> Option<Cell> {
        let (value, present) = (*self.values(column).get(area)?, *self.present(column).get(area)?);
        let expected = *self.expected.get(area)?;
        (present > 0).then_some(Cell { value, present, expected })
    }

    fn stretch(&self, column: usize) -> std::ops::Range<usize> {
        let areas = self.expected.len();
        column * areas..(column + 1) * areas
    }
}

/// So many observations are looked at before a second thread is worth its start.
const WORTH_A_THREAD: usize = 2_000_000;

/// From so many areas on it is faster to add up all rows beforehand.
const MANY: usize = 16;

impl Cube {
    /// Answers for each measure and period that is asked for and has data or expectations, in order: `each` makes of
    /// the block what the caller wants to keep of it. A large question is shared by all cores.
    ///
    /// # Errors
    /// Unknown measure, area or dimension; [`CubeError::NotAdditive`].
    pub fn margins<T: Send>(&self, ask: &Margins, each: impl Fn(&Block) -> T + Sync) -> Result<Vec<T>, CubeError> {
        let positions = ask.areas.iter().map(|&area| self.position(area)).collect::<Result<Vec<_>, _>>()?;
        let mut jobs = Vec::with_capacity(ask.measures.len());
        for &measure in &ask.measures {
            let column = self.column(measure)?;
            ask.keeps.iter().try_for_each(|&keep| check_keep(keep, &column.measure))?;
            jobs.push((measure, column));
        }
        let work: usize = jobs.iter().flat_map(|(_, c)| c.slices_of(&ask.periods)).map(|(_, s)| s.len()).sum();
        let run = |jobs: &[(u32, &Column)]| -> Vec<T> {
            let (block, strip, answers) = (Block::default(), Strip::default(), Vec::new());
            let mut pass = Pass { cube: self, ask, positions: &positions, block, asked: None, strip, answers };
            jobs.iter().for_each(|&(measure, column)| pass.column(measure, column, &each));
            pass.answers
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = cores.min(work * ask.keeps.len() / WORTH_A_THREAD).clamp(1, jobs.len().max(1));
        if threads == 1 {
            return Ok(run(&jobs));
        }
        let shares = jobs.chunks(jobs.len().div_ceil(threads));
        Ok(thread::scope(|scope| {
            let running: Vec<_> = shares.map(|share| scope.spawn(|| run(share))).collect();
            let done = running.into_iter().map(|thread| thread.join());
            done.flat_map(|answers| answers.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        }))
    }
}

/// One thread's share of the question.
struct Pass<'a, T> {
    cube: &'a Cube,
    ask: &'a Margins,
    positions: &'a [u32],
    block: Block,
    /// Of the last dense slice.
    asked: Option<Asked>,
    strip: Strip,
    answers: Vec<T>,
}

impl<T> Pass<'_, T> {
    fn column(&mut self, measure: u32, column: &Column, each: &(impl Fn(&Block) -> T + Sync)) {
        let grounds: Vec<Ground<'_>> = self.ask.keeps.iter().map(|&keep| self.cube.ground(column, keep)).collect();
        let mut groups: Vec<Option<Rc<Groups>>> = vec![None; grounds.len()];
        let keep = self.ask.keeps.iter().fold(0, |all, keep| all | keep);
        let mut parts = Parts { ground: self.cube.ground(column, keep), groups: None, columns: groups.clone() };
        for (period, slice) in column.slices_of(&self.ask.periods) {
            let ready = grounds.iter().zip(&mut groups);
            let views: Vec<View<'_>> = ready.map(|(g, last)| View::new(slice, &g.projection, last)).collect();
            let block = &mut self.block;
            (block.measure, block.period) = (measure, period);
            block.expected.clear();
            block.columns.clear();
            if slice.is_dense() {
                self.dense(slice, &grounds, &views, &mut parts);
            } else {
                self.sparse(&grounds, &views);
            }
            self.answers.push(each(&self.block));
        }
    }

    fn dense(&mut self, slice: &Slice, grounds: &[Ground<'_>], views: &[View<'_>], parts: &mut Parts<'_>) {
        // Who speaks does not depend on what is kept.
        let Some((ground, (dense, _))) = grounds.first().zip(views.first().and_then(View::dense)) else { return };
        let asked = match self.asked.take_if(|asked| asked.holds_for(ground, slice, dense)) {
            Some(asked) => asked,
            None => Asked::new(ground, slice, dense, self.positions),
        };
        let Block { expected, columns, values, present, .. } = &mut self.block;
        expected.extend(asked.speakers.iter().map(|speakers| speakers.expected));
        let grouped = || views.iter().filter_map(|view| Some(view.dense()?.1));
        for (number, grouped) in grouped().enumerate() {
            columns.extend(grouped.kept().map(|kept| (number, kept)));
        }
        let areas = asked.speakers.len();
        // What is there from the last time is written over.
        values.resize(columns.len() * areas, 0.0);
        present.resize(columns.len() * areas, 0);
        let ready = areas >= MANY && parts.fill(slice, grounds, &asked, &mut self.strip);
        let groups =
            grouped().enumerate().flat_map(|(n, grouped)| (0..grouped.kept().count()).map(move |g| (n, grouped, g)));
        let columns = values.chunks_mut(areas.max(1)).zip(present.chunks_mut(areas.max(1)));
        for ((number, grouped, group), (values, present)) in groups.zip(columns) {
            if let Some(columns) = parts.columns[number].as_ref().filter(|_| ready) {
                self.strip.column(columns.lanes(group), &asked.marks, values, present);
            }
            let mut tell = |area: usize| {
                let sum = asked.speakers[area].sum(grouped, group, ground.rule);
                (values[area], present[area]) = (sum.value, sum.present);
            };
            if ready {
                asked.apart.iter().for_each(|&area| tell(area));
            } else {
                (0..areas).for_each(tell);
            }
        }
        self.asked = Some(asked);
    }

    fn sparse(&mut self, grounds: &[Ground<'_>], views: &[View<'_>]) {
        let areas = self.positions.len();
        let mut found: Vec<((usize, u32), usize, Sum)> = Vec::new();
        let mut place = Place::default();
        self.block.expected.resize(areas, 0);
        self.block.values.clear();
        self.block.present.clear();
        for (number, (ground, view)) in grounds.iter().zip(views).enumerate() {
            for (area, &position) in self.positions.iter().enumerate() {
                ground.place(position, view, &mut place);
                self.block.expected[area] = place.expected;
                found.extend(place.sums.iter().map(|&(kept, sum)| ((number, kept), area, sum)));
            }
        }
        found.sort_unstable_by_key(|&(column, area, _)| (column, area));
        for same in found.chunk_by(|a, b| a.0 == b.0) {
            self.block.columns.push(same[0].0);
            let from = self.block.values.len();
            self.block.values.resize(from + areas, 0.0);
            self.block.present.resize(from + areas, 0);
            for &(_, area, sum) in same {
                self.block.values[from + area] = sum.value;
                self.block.present[from + area] = sum.present;
            }
        }
    }
}

/// The finest groups of lanes that any breakdown needs, and which of them make the columns of each breakdown.
struct Parts<'a> {
    ground: Ground<'a>,
    groups: Option<Rc<Groups>>,
    columns: Vec<Option<Rc<Groups>>>,
}

impl Parts<'_> {
    /// Adds up the parts of a slice, if that is exact.
    fn fill(&mut self, slice: &Slice, grounds: &[Ground<'_>], asked: &Asked, strip: &mut Strip) -> bool {
        let view = View::new(slice, &self.ground.projection, &mut self.groups);
        let (Some((_, grouped)), Some(groups)) = (view.dense(), &self.groups) else { return false };
        let examples = groups.examples();
        for (ground, last) in grounds.iter().zip(&mut self.columns) {
            *last = Some(Groups::of(&examples, &ground.projection, last.as_ref()));
        }
        grouped.fill(self.ground.rule, &asked.marks, strip)
    }
}
