//! Fills a pivot table from the totals: the parts, the totals along each axis, and what was to come where nothing came.
//! Refuses to choose what lies along the axes.

use std::collections::HashMap;
use std::ops::Range;

use super::{Axis, Cell, Choice, Head, Measure, Section, Table, has_total};
use crate::answers::has_base;
use crate::completeness::Lacks;
use crate::kinds::*;
use crate::period::Period;
use crate::readings::View;
use crate::totals::{Corner, KeptBack, Total, months};

/// A table being filled.
pub(super) struct Filler<'a> {
    pub view: &'a View<'a>,
    pub choice: &'a Choice,
    /// The parts along the axes, without totals.
    pub rows: Vec<Head>,
    pub columns: Vec<Head>,
    pub times: Vec<Period>,
}

/// Whether the parts or the total along each axis are meant: rows, then columns.
type Whole = (bool, bool);

impl Filler<'_> {
    pub fn table(self, at: Option<Period>) -> Table {
        let (rows, columns) = (&self.choice.rows, &self.choice.columns);
        let indicators = &self.choice.indicators;
        let any = |axis: &Axis, parts| indicators.iter().any(|indicator| has_total(indicator, axis, parts));
        let whole = (any(rows, self.rows.len()), any(columns, self.columns.len()));
        let empty = vec![vec![None; self.columns.len() + usize::from(whole.1)]; self.rows.len() + usize::from(whole.0)];
        let mut sections: Vec<Section> = Vec::new();
        for (n, indicator) in indicators.iter().enumerate() {
            if sections.is_empty() || !self.choice.has(&Axis::Indicator) {
                let own = (!self.choice.has(&Axis::Indicator)).then(|| indicator.clone());
                sections.push(Section { indicator: own, cells: empty.clone() });
            }
            let Some(section) = sections.last_mut() else { continue };
            for which in [(false, false), (true, false), (false, true), (true, true)] {
                let allowed = (!which.0 || has_total(indicator, rows, self.rows.len()))
                    && (!which.1 || has_total(indicator, columns, self.columns.len()));
                if allowed {
                    self.fill(n, indicator, which, &mut section.cells);
                }
            }
        }
        let with = |heads: &[Head], total: bool| -> Vec<Head> {
            heads.iter().cloned().chain(total.then_some(Head::Total)).collect()
        };
        Table { rows: with(&self.rows, whole.0), columns: with(&self.columns, whole.1), sections, at }
    }

    /// Fills the parts, a total row, a total column or the corner of both, of the `n`th indicator.
    fn fill(&self, n: usize, indicator: &Indicator, whole: Whole, cells: &mut [Vec<Option<Cell>>]) {
        let (rows, columns) = (&self.choice.rows, &self.choice.columns);
        let along_rows = self.along(rows, &self.rows, n, whole.0);
        let along_columns = self.along(columns, &self.columns, n, whole.1);
        let parts = |axis: &Axis| (rows == axis && !whole.0) || (columns == axis && !whole.1);
        let spans = self.spans(whole);
        let dimension = |(axis, whole): (&Axis, bool)| match axis {
            Axis::Dimension(id) if !whole => Some(id.clone()),
            _ => None,
        };
        let keep: Vec<Id> = [(rows, whole.0), (columns, whole.1)].into_iter().filter_map(dimension).collect();
        let level = self.choice.level.filter(|_| parts(&Axis::Place));
        let corner = Corner { within: &self.choice.place.id, level, spans: &spans, keep: &keep };
        for placed in self.view.totals.table(self.view.state, indicator, &corner) {
            let mut categories = placed.categories.iter();
            let at = Spot { area: &placed.area, span: placed.span };
            let (row, column) = (along_rows.at(at, &mut categories), along_columns.at(at, &mut categories));
            let (Some(row), Some(column)) = (row, column) else { continue };
            let Total { reported, expected, .. } = placed.total;
            let value = self.measured(indicator, &placed.total);
            let came = self.view.totals.completeness(indicator, &spans[placed.span], &placed.total);
            // What stands above and below the line of a share are sums themselves.
            let is_sum = self.choice.measure != Measure::Value && has_base(indicator.kind);
            let lacks = if is_sum && !came.is_whole() { Lacks::Sum } else { came.lacks };
            let illustrative = placed.illustrative;
            cells[row][column] = Some(Cell { value, reported, expected, lacks, illustrative, kept_back: false });
        }
        let back = self.view.totals.is_kept_back(self.view.state, indicator, &corner);
        if let KeptBack::These(small) = &back {
            for (area, span, kept) in small {
                let at = Spot { area, span: *span };
                let mut categories = kept.iter();
                let (row, column) = (along_rows.at(at, &mut categories), along_columns.at(at, &mut categories));
                if let (Some(row), Some(column)) = (row, column) {
                    cells[row][column] = Some(Cell { kept_back: true, ..Cell::default() });
                }
            }
        }
        for row in along_rows.all(self.rows.len()) {
            for column in along_columns.all(self.columns.len()) {
                let missing = || match back {
                    KeptBack::WhateverIsNotTold if self.is_as_told(indicator, (row, column)) => {
                        Cell { kept_back: true, ..Cell::default() }
                    }
                    _ => Cell { expected: self.expected(indicator, (row, column), &spans), ..Cell::default() },
                };
                cells[row][column].get_or_insert_with(missing);
            }
        }
    }

    fn along(&self, axis: &Axis, parts: &[Head], n: usize, whole: bool) -> Along {
        if whole {
            return Along::At(parts.len());
        }
        match axis {
            Axis::Whole => Along::At(0),
            Axis::Indicator => Along::At(n),
            Axis::Period => Along::Span,
            Axis::Place => {
                let id = |head: &Head| if let Head::Place(area) = head { Some(area.id.clone()) } else { None };
                Along::Area(parts.iter().filter_map(id).zip(0..).collect())
            }
            Axis::Dimension(id) => {
                let categories = self.view.state.categories(id).into_iter();
                Along::Category(categories.map(|category| category.id.clone()).zip(0..).collect())
            }
        }
    }

    /// The stretches of months that are asked for: each period, or for a total all of them in one.
    fn spans(&self, whole: Whole) -> Vec<Range<u32>> {
        let in_one = (self.choice.rows == Axis::Period && whole.0) || (self.choice.columns == Axis::Period && whole.1);
        match (self.times.first(), self.times.last()) {
            (Some(first), Some(last)) if in_one => std::iter::once(months(*first).start..months(*last).end).collect(),
            _ => self.times.iter().copied().map(months).collect(),
        }
    }

    fn measured(&self, indicator: &Indicator, total: &Total) -> Option<f64> {
        match self.choice.measure {
            Measure::Value => Some(total.value),
            // What a count counts is its value.
            Measure::Numerator if !has_base(indicator.kind) => Some(total.value),
            Measure::Numerator => total.numerator,
            Measure::Denominator => total.denominator,
        }
    }

    fn is_as_told(&self, indicator: &Indicator, at: (usize, usize)) -> bool {
        self.view.totals.is_as_told(indicator, &self.place_of(at).id)
    }

    /// The place that a cell is about.
    fn place_of(&self, (row, column): (usize, usize)) -> &Area {
        let heads = [self.rows.get(row), self.columns.get(column)];
        let place =
            heads.into_iter().flatten().find_map(|head| if let Head::Place(area) = head { Some(area) } else { None });
        place.unwrap_or(&self.choice.place)
    }

    /// How many units were to report for a cell in which there is no number.
    fn expected(&self, indicator: &Indicator, (row, column): (usize, usize), spans: &[Range<u32>]) -> u32 {
        let heads = [self.rows.get(row), self.columns.get(column)];
        let period = heads.iter().flatten().find_map(|head| if let Head::Period(p) = head { Some(*p) } else { None });
        let span = period.map(months).or_else(|| spans.first().cloned());
        let area = self.place_of((row, column));
        span.map_or(0, |span| self.view.totals.expected(indicator, &area.id, &span))
    }
}

/// Where a number is from.
#[derive(Clone, Copy)]
struct Spot<'a> {
    area: &'a str,
    span: usize,
}

/// Where a number belongs along an axis.
enum Along {
    At(usize),
    Span,
    Area(HashMap<Id, usize>),
    /// What is not stated stands behind the named categories.
    Category(HashMap<Id, usize>),
}

impl Along {
    fn at<'a>(&self, spot: Spot, categories: &mut impl Iterator<Item = &'a Option<Id>>) -> Option<usize> {
        match self {
            Along::At(at) => Some(*at),
            Along::Span => Some(spot.span),
            Along::Area(of) => of.get(spot.area).copied(),
            Along::Category(of) => match categories.next()? {
                Some(category) => of.get(category).copied(),
                None => Some(of.len()),
            },
        }
    }

    fn all(&self, parts: usize) -> Range<usize> {
        match self {
            Along::At(at) => *at..*at + 1,
            _ => 0..parts,
        }
    }
}
