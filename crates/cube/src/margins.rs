//! Many areas and several breakdowns of many measures in one pass: what a publication needs. Period by period; refuses
//! to roll time.

use std::thread;

use crate::cube::Column;
use crate::groups::Groups;
use crate::kernel::Sum;
use crate::place::{Ground, Place, Speakers, View};
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

    /// A column more.
    fn extend(&mut self, sums: impl ExactSizeIterator<Item = Sum>) {
        let from = self.values.len();
        self.values.resize(from + sums.len(), 0.0);
        self.present.resize(from + sums.len(), 0);
        let places = self.values[from..].iter_mut().zip(&mut self.present[from..]);
        for ((value, present), sum) in places.zip(sums) {
            (*value, *present) = (sum.value, sum.present);
        }
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
            let (block, strip) = (Block::default(), Strip::default());
            let mut pass = Pass { cube: self, ask, positions: &positions, block, strip, answers: Vec::new() };
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
    strip: Strip,
    answers: Vec<T>,
}

impl<T> Pass<'_, T> {
    fn column(&mut self, measure: u32, column: &Column, each: &(impl Fn(&Block) -> T + Sync)) {
        let grounds: Vec<Ground<'_>> = self.ask.keeps.iter().map(|&keep| self.cube.ground(column, keep)).collect();
        let mut groups: Vec<Option<std::rc::Rc<Groups>>> = vec![None; grounds.len()];
        for (period, slice) in column.slices_of(&self.ask.periods) {
            let ready = grounds.iter().zip(&mut groups);
            let views: Vec<View<'_>> = ready.map(|(g, last)| View::new(slice, &g.projection, last)).collect();
            let block = &mut self.block;
            (block.measure, block.period) = (measure, period);
            block.expected.clear();
            block.columns.clear();
            block.values.clear();
            block.present.clear();
            if slice.is_dense() {
                self.dense(slice, &grounds, &views);
            } else {
                self.sparse(&grounds, &views);
            }
            self.answers.push(each(&self.block));
        }
    }

    /// Column by column: the lanes of one group stay in the nearest cache for all areas.
    fn dense(&mut self, slice: &Slice, grounds: &[Ground<'_>], views: &[View<'_>]) {
        let mut speakers: Vec<Speakers> = Vec::new();
        for (number, (ground, view)) in grounds.iter().zip(views).enumerate() {
            let Some((dense, grouped)) = view.dense() else { continue };
            if speakers.is_empty() {
                // Who speaks does not depend on what is kept.
                let of = |&at: &u32| Speakers::new(ground, slice, dense, ground.within(at));
                speakers = self.positions.iter().map(of).collect();
                self.block.expected.extend(speakers.iter().map(|s| s.expected));
            }
            for (group, kept) in grouped.kept().enumerate() {
                self.block.columns.push((number, kept));
                let ready = speakers.len() >= MANY && grouped.fill(group, ground.rule, &mut self.strip);
                let strip = &self.strip;
                self.block.extend(speakers.iter().map(|speakers| match speakers.plain() {
                    Some(rows) if ready => strip.sum(rows),
                    _ => speakers.sum(grouped, group, ground.rule),
                }));
            }
        }
    }

    fn sparse(&mut self, grounds: &[Ground<'_>], views: &[View<'_>]) {
        let areas = self.positions.len();
        let mut found: Vec<((usize, u32), usize, Sum)> = Vec::new();
        let mut place = Place::default();
        self.block.expected.resize(areas, 0);
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
