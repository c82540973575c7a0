//! What a return says about each indicator. Refuses to know what is asked and how answers are kept.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Id;
use crate::vocabulary;

vocabulary! {
    AnswerState {
        Given = "given",
        /// The unit should know but does not.
        Missing = "missing",
        /// The question does not apply to the unit.
        NotApplicable = "not-applicable",
    }
}

/// What a return says about one indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub indicator: Id,
    pub state: AnswerState,
    pub cells: Cells,
    /// A total given beside the cells, kept as given: the count, numerator or sum.
    pub total: Option<f64>,
    /// The denominator or number of cases of that total, for ratios and means.
    pub total_base: Option<f64>,
    pub estimate: bool,
    /// For a text indicator the answer itself, otherwise the reporter's remark.
    pub comment: String,
    /// Evidence files by content id.
    pub files: Vec<File>,
}

impl Answer {
    /// An answer to an indicator that says nothing yet.
    pub fn to(indicator: &str) -> Answer {
        Answer {
            indicator: indicator.into(),
            state: AnswerState::Given,
            cells: Cells::default(),
            total: None,
            total_base: None,
            estimate: false,
            comment: String::new(),
            files: Vec::new(),
        }
    }

    /// The total given beside the cells, as the cell of no category that it is.
    pub fn total_cell(&self) -> Option<Cell<'static>> {
        self.total.map(|value| Cell { categories: &[], value, base: self.total_base })
    }

    /// Whether it holds a number.
    pub fn has_numbers(&self) -> bool {
        let any = |list: &[Option<f64>]| list.iter().any(Option::is_some);
        any(&self.cells.values) || any(&self.cells.bases) || self.total.is_some() || self.total_base.is_some()
    }
}

/// An attached file: its content id and the name it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    pub blob: String,
    pub name: String,
}

/// Combinations of categories, in the order in which their numbers stand: the category ids in the order of the
/// indicator's dimensions, one id for a group that stands beside the total, none for the total itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Grid(pub Vec<Vec<Id>>);

/// The numbers of an answer. Answers that are broken down alike share their grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    pub grid: Arc<Grid>,
    /// The count, numerator or sum of each combination; none where it was left empty.
    pub values: Vec<Option<f64>>,
    /// The denominator or number of cases, for ratios and means; otherwise empty.
    pub bases: Vec<Option<f64>>,
}

/// One number of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell<'a> {
    pub categories: &'a [Id],
    pub value: f64,
    pub base: Option<f64>,
}

impl Cells {
    /// The cells that have a value.
    pub fn iter(&self) -> impl Iterator<Item = Cell<'_>> {
        self.grid.0.iter().enumerate().filter_map(|(n, categories)| {
            let value = self.values.get(n).copied().flatten()?;
            Some(Cell { categories, value, base: self.bases.get(n).copied().flatten() })
        })
    }

    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }
}
