//! Which parts of tables cannot come out beside what earlier editions told, and why. Refuses to know how the rest is
//! protected.

use romduol_disclosure::{Lost, Refusal, ShapeError};
use romduol_plan::Period;
use serde::{Deserialize, Serialize};

use super::counts::{Counts, NotACount};
use super::protect::{Outlet, Wanted, running_year};
use super::remembered::Unlike;

/// What is decided on as a whole: a table in one period, or a year that is not over.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    /// The place of its measure among those that are protected together.
    pub measure: usize,
    /// The place of its table among those that are wanted.
    table: usize,
    pub wanted: Wanted,
    pub planned: bool,
}

/// A part of a table that is withheld. Why is a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Withheld {
    /// Whether it is broken down by places, and by which dimensions of the measure.
    pub places: bool,
    pub dimensions: Vec<usize>,
    pub periods: Vec<Period>,
    pub cause: Cause,
}

/// Why something is withheld.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cause {
    /// A small count would be known beside what was told before: where it stands, by dimension and code.
    Told(Vec<(String, String)>),
    /// What was told before is another measure.
    Unlike(Unlike),
    /// A number that should be a count of people is none.
    NotACount(NotACount),
    /// Too many cells to be protected together.
    TooFine,
    /// A fault of the program: the numbers contradict each other, or the second look refuses.
    Fault(String),
}

impl Slice {
    /// All that is wanted, period by period. Behind that, what nobody reads yet: nothing shall be told that would keep it
    /// from being told later.
    pub fn all(measure: usize, counts: &Counts, wanted: &[Wanted]) -> Vec<Slice> {
        let each = |(table, wanted): (usize, &Wanted)| {
            let of = |period: &Period| Wanted { periods: vec![*period], ..wanted.clone() };
            let slice = |period| Slice { measure, table, wanted: of(period), planned: false };
            wanted.periods.iter().map(slice).collect::<Vec<_>>()
        };
        let planned = |(table, wanted): (usize, &Wanted)| {
            let wanted = Wanted { periods: vec![running_year(counts, wanted)?], ..wanted.clone() };
            Some(Slice { measure, table, wanted, planned: true })
        };
        let now = wanted.iter().enumerate().flat_map(each);
        now.chain(wanted.iter().enumerate().filter_map(planned)).collect()
    }

    pub fn name(&self) -> String {
        let periods: Vec<String> = self.wanted.periods.iter().map(Period::to_string).collect();
        format!("{} {} {} {}", self.measure, self.table, periods.join(" "), self.planned)
    }

    /// The part of a table that is withheld with it, and of which measure; none where readers would see no table.
    pub fn withheld(self, cause: Cause) -> Option<(usize, Withheld)> {
        let Wanted { outlet, areas, periods, dimensions } = self.wanted;
        let seen = outlet == Outlet::Table && !self.planned;
        seen.then_some((self.measure, Withheld { places: areas.len() > 1, dimensions, periods, cause }))
    }

    /// What is only planned is given up first, then the finest.
    fn rank(&self) -> (bool, usize, usize, usize, usize) {
        (self.planned, self.wanted.dimensions.len(), self.wanted.areas.len(), self.table, self.measure)
    }
}

/// Takes away what stands in the way: of the slices of each count that cannot be protected the finest.
pub(super) fn away(refusal: &Refusal, slices: &mut Vec<Slice>, withheld: &mut Vec<(usize, Withheld)>) {
    let finest = |slices: &[Slice], fits: &dyn Fn(&Slice) -> bool| {
        slices
            .iter()
            .enumerate()
            .filter(|(_, slice)| fits(slice))
            .max_by_key(|(_, slice)| slice.rank())
            .map(|(at, _)| at)
    };
    let take = |slices: &mut Vec<Slice>, withheld: &mut Vec<(usize, Withheld)>, at: usize, cause: Cause| {
        withheld.extend(slices.remove(at).withheld(cause));
    };
    match refusal {
        Refusal::Unprotectable { lost } => {
            let mut gone: Vec<(usize, &Lost)> = Vec::new();
            for lost in lost {
                let holds = |slice: &Slice| lost.tables.contains(&slice.name());
                let at = finest(slices, &holds).or_else(|| finest(slices, &|_| true));
                let Some(at) = at.filter(|at| gone.iter().all(|(other, _)| other != at)) else { continue };
                gone.push((at, lost));
            }
            gone.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
            gone.into_iter().for_each(|(at, lost)| take(slices, withheld, at, Cause::Told(lost.at.clone())));
        }
        Refusal::Shape(ShapeError::TooFine { .. }) => {
            if let Some(at) = finest(slices, &|_| true) {
                let (measure, table) = (slices[at].measure, slices[at].table);
                let same = |slice: &Slice| (slice.measure, slice.table) == (measure, table);
                while let Some(at) = slices.iter().position(same) {
                    take(slices, withheld, at, Cause::TooFine);
                }
            }
        }
        Refusal::Shape(_) | Refusal::Memory(_) | Refusal::Audit { .. } => {
            away_all(refusal, slices, withheld);
        }
    }
}

/// Takes everything away because of a fault.
pub(super) fn away_all(refusal: &Refusal, slices: &mut Vec<Slice>, withheld: &mut Vec<(usize, Withheld)>) {
    tracing::error!("an edition withholds tables: {refusal}");
    let fault = || Cause::Fault(refusal.to_string());
    withheld.extend(slices.drain(..).filter_map(|slice| slice.withheld(fault())));
}
