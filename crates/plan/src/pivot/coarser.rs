//! What to ask instead of a table of which much is kept back: coarser tables, of which more is told. Refuses to know why
//! a number is kept back.

use super::{Axis, Choice, Table, table};
use crate::period::Frequency;
use crate::readings::View;
use crate::say::Say;

/// A coarser table, and what makes it so.
pub struct Coarser {
    pub how: Say,
    pub choice: Choice,
}

/// Coarser tables of which a smaller part is kept back than of this one.
pub fn coarser(view: &View, choice: &Choice, than: &Table) -> Vec<Coarser> {
    let kept_back = |table: &Table| {
        let back = table.cells().filter(|cell| cell.kept_back).count();
        (back, table.cells().count())
    };
    let (back, all) = kept_back(than);
    if back == 0 {
        return Vec::new();
    }
    let tells_more = |one: &Coarser| {
        table(view, &one.choice).is_ok_and(|table| {
            let (own, of) = kept_back(&table);
            own < of && own * all < back * of
        })
    };
    candidates(choice).into_iter().filter(tells_more).collect()
}

fn candidates(choice: &Choice) -> Vec<Coarser> {
    let mut found = Vec::new();
    let mut add = |how: &'static str, choice: Choice| found.push(Coarser { how: Say::new(how), choice });
    if choice.every != Frequency::Year {
        add("pivot-coarser-year", Choice { every: Frequency::Year, ..choice.clone() });
    }
    let whole = |axis: &Axis| if let Axis::Dimension(_) = axis { Axis::Whole } else { axis.clone() };
    let (rows, columns) = (whole(&choice.rows), whole(&choice.columns));
    if (&rows, &columns) != (&choice.rows, &choice.columns) {
        add("pivot-coarser-groups", Choice { rows, columns, ..choice.clone() });
    }
    if choice.level.is_some() && choice.has(&Axis::Place) {
        add("pivot-coarser-place", Choice { level: None, ..choice.clone() });
    }
    found
}
