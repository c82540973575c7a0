//! The cells that a form asks for. What was filled in is checked in `check`, the same in every channel.

mod check;
mod last;

use std::borrow::Cow;
use std::sync::Arc;

pub use check::*;
pub use last::*;

use crate::kinds::*;
use crate::state::State;

/// What a form asks about one indicator.
#[derive(Clone, Debug)]
pub struct Question {
    pub indicator: Arc<Indicator>,
    /// The combinations to fill: first the partition dimensions crossed, then each group that stands beside the total.
    pub grid: Arc<Grid>,
    /// How many of them are parts of the total. One for an indicator without dimensions: the total itself.
    pub parts: usize,
}

/// Whether the indicator asks for two numbers per cell.
pub fn has_base(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::Ratio | ValueKind::Mean)
}

/// The questions that a unit is asked, in order of their indicators.
pub fn questions(state: &State, assignment: &Assignment) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for indicator in state.asked(assignment) {
        let alike = questions.iter().find(|q| {
            (&q.indicator.dimensions, &q.indicator.overlapping) == (&indicator.dimensions, &indicator.overlapping)
        });
        let question = match alike {
            Some(alike) => Question { indicator: indicator.clone(), ..alike.clone() },
            None => question(state, indicator),
        };
        questions.push(question);
    }
    questions
}

/// What is asked about an indicator.
pub fn question(state: &State, indicator: &Arc<Indicator>) -> Question {
    let mut crossed: Vec<Vec<Id>> = vec![Vec::new()];
    for dimension in &indicator.dimensions {
        let categories = state.categories(dimension);
        let with = |prefix: &Vec<Id>| -> Vec<Vec<Id>> {
            categories.iter().map(|category| [prefix.as_slice(), std::slice::from_ref(&category.id)].concat()).collect()
        };
        crossed = crossed.iter().flat_map(with).collect();
    }
    let parts = crossed.len();
    for dimension in &indicator.overlapping {
        crossed.extend(state.categories(dimension).into_iter().map(|category| vec![category.id.clone()]));
    }
    Question { indicator: indicator.clone(), grid: Arc::new(Grid(crossed)), parts }
}

impl Question {
    /// Each combination, and whether it stands beside the total.
    pub fn cells(&self) -> impl Iterator<Item = (&[Id], bool)> {
        self.grid.0.iter().enumerate().map(|(n, categories)| (categories.as_slice(), n >= self.parts))
    }

    /// The values and bases of an answer in the order of this question's grid, and the first combination that was not
    /// asked for.
    pub(crate) fn aligned<'a>(&self, cells: &'a Cells) -> (Cow<'a, Cells>, Option<Vec<Id>>) {
        let size = self.grid.0.len();
        let same = cells.grid == self.grid;
        if same && cells.values.len() == size && [0, size].contains(&cells.bases.len()) {
            return (Cow::Borrowed(cells), None);
        }
        let (mut values, mut bases, mut foreign) = (vec![None; size], vec![None; size], None);
        for (n, categories) in cells.grid.0.iter().enumerate() {
            let number = |list: &[Option<f64>]| list.get(n).copied().flatten();
            let (value, base) = (number(&cells.values), number(&cells.bases));
            if value.is_none() && base.is_none() {
                continue;
            }
            match self.grid.0.iter().position(|asked| asked == categories) {
                Some(n) => (values[n], bases[n]) = (value, base),
                None => foreign = foreign.or(Some(categories.clone())),
            }
        }
        (Cow::Owned(Cells { grid: self.grid.clone(), values, bases }), foreign)
    }
}
