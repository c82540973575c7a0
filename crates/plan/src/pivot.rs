//! A table of any two of places, periods, groups and indicators, each cell with its coverage. Refuses to know languages
//! and how a table looks.

mod choice;
mod coarser;
mod fill;

use std::sync::Arc;

use fill::Filler;

pub use choice::{Axis, Choice, Measure, ShowCoverage, levels, periods};
pub use coarser::{Coarser, coarser};

use crate::completeness::Lacks;
use crate::kinds::*;
use crate::period::Period;
use crate::readings::View;
use crate::say::Say;

/// The most cells that a table may have: more are neither read nor sent over a slow line.
pub const MOST_CELLS: usize = 5_000;

/// What a row or a column is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    Place(Arc<Area>),
    Period(Period),
    Indicator(Arc<Indicator>),
    Category(Arc<Category>),
    NotStated,
    /// All in one, where nothing lies along the axis.
    Whole,
    /// A roll-up of its own: what the parts add up to, or the ratio of their sums.
    Total,
}

/// A number, and how much of what was to come is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// None where nobody reported.
    pub value: Option<f64>,
    pub reported: u32,
    pub expected: u32,
    /// What the number lacks where not all came.
    pub lacks: Lacks,
    pub illustrative: bool,
    /// There may be a number that the reader is not shown.
    pub kept_back: bool,
}

/// The numbers of all chosen indicators (where they lie along an axis), or of one.
#[derive(Clone, Debug)]
pub struct Section {
    pub indicator: Option<Arc<Indicator>>,
    /// By row, then by column. None where such a number would have no meaning.
    pub cells: Vec<Vec<Option<Cell>>>,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub rows: Vec<Head>,
    pub columns: Vec<Head>,
    pub sections: Vec<Section>,
    /// The period of all numbers, where time lies along no axis.
    pub at: Option<Period>,
}

impl Table {
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.sections.iter().flat_map(|section| section.cells.iter().flatten().flatten())
    }

    /// Whether there is any number in it.
    pub fn is_empty(&self) -> bool {
        self.cells().all(|cell| cell.value.is_none())
    }

    pub fn keeps_back(&self) -> bool {
        self.cells().any(|cell| cell.kept_back)
    }

    pub fn incomplete(&self) -> bool {
        self.cells().any(|cell| cell.lacks != Lacks::Nothing && cell.value.is_some())
    }

    pub fn illustrative(&self) -> bool {
        self.cells().any(|cell| cell.illustrative && cell.value.is_some())
    }
}

/// The table of a choice, or the sentence that says how to make it smaller.
pub fn table(view: &View, choice: &Choice) -> Result<Table, Say> {
    let all = periods(view, &choice.indicators, choice.every);
    let inside = |p: &Period| {
        choice.from.is_none_or(|from| p.last_month() >= from.last_month())
            && choice.to.is_none_or(|to| p.last_month() <= to.last_month())
    };
    let all: Vec<Period> = all.into_iter().filter(inside).collect();
    let at = newest(view, choice, &all).filter(|_| !choice.has(&Axis::Period));
    let times = if at.is_some() { at.into_iter().collect() } else { all };
    let filler = Filler {
        view,
        choice,
        rows: parts(view, choice, &choice.rows, &times),
        columns: parts(view, choice, &choice.columns, &times),
        times,
    };
    let sections = if choice.has(&Axis::Indicator) { 1 } else { choice.indicators.len() };
    let cells = (filler.rows.len() + 1) * (filler.columns.len() + 1) * sections;
    if cells > MOST_CELLS {
        return Err(Say::new("pivot-too-many").number("cells", cells as f64).number("limit", MOST_CELLS as f64));
    }
    let mut table = filler.table(at);
    drop_unused(&mut table);
    Ok(table)
}

/// The newest period in which the place has a number: its own return may be late where others have reported.
fn newest(view: &View, choice: &Choice, periods: &[Period]) -> Option<Period> {
    let place = &choice.place.id;
    let known = |period: &&Period| choice.indicators.iter().any(|i| view.totals.total(i, place, **period).is_some());
    periods.iter().rev().find(known).or(periods.last()).copied()
}

/// What lies along an axis, without its total.
fn parts(view: &View, choice: &Choice, axis: &Axis, times: &[Period]) -> Vec<Head> {
    let state = view.state;
    match axis {
        Axis::Place => match choice.level {
            None => vec![Head::Place(choice.place.clone())],
            Some(level) => state
                .all::<Area>()
                .filter(|area| area.level == level && state.within(&area.id, &choice.place.id))
                .filter(|area| times.is_empty() || times.iter().any(|period| area.exists_in(*period)))
                .map(|area| Head::Place(area.clone()))
                .collect(),
        },
        Axis::Period => times.iter().map(|period| Head::Period(*period)).collect(),
        Axis::Indicator => choice.indicators.iter().map(|indicator| Head::Indicator(indicator.clone())).collect(),
        Axis::Dimension(id) => {
            let named = state.categories(id).into_iter().map(|category| Head::Category(category.clone()));
            named.chain([Head::NotStated]).collect()
        }
        Axis::Whole => vec![Head::Whole],
    }
}

/// Whether the total along an axis means something for an indicator: it adds up there, or is divided anew.
fn has_total(indicator: &Indicator, axis: &Axis, parts: usize) -> bool {
    let composed = matches!(indicator.kind, ValueKind::Index | ValueKind::Rank | ValueKind::Score);
    parts > 1
        && match axis {
            Axis::Place => !composed && indicator.place != PlaceRule::None,
            Axis::Period => !composed && indicator.time == TimeRule::Sum,
            Axis::Dimension(_) => !composed,
            Axis::Indicator | Axis::Whole => false,
        }
}

/// Takes away the rows and columns of “not stated” where everything was stated.
fn drop_unused(table: &mut Table) {
    // Whether anything was not stated may not be told, either.
    let unused = |cell: &Option<Cell>| cell.is_none_or(|cell| cell.value.is_none());
    if let Some(row) = table.rows.iter().position(|head| *head == Head::NotStated)
        && table.sections.iter().all(|section| section.cells[row].iter().all(unused))
    {
        table.rows.remove(row);
        for section in &mut table.sections {
            section.cells.remove(row);
        }
    }
    if let Some(column) = table.columns.iter().position(|head| *head == Head::NotStated)
        && table.sections.iter().flat_map(|section| &section.cells).all(|row| unused(&row[column]))
    {
        table.columns.remove(column);
        for row in table.sections.iter_mut().flat_map(|section| &mut section.cells) {
            row.remove(column);
        }
    }
}
