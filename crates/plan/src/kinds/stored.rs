//! Answers as they are written: as JSON in the ledger, and in memory as `bytes`. Refuses to know what becomes of either.

mod bytes;

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::{Answer, AnswerState, Cells, File, Grid};

/// The grids once, then the answers.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Stored<'a> {
    /// Each a list of combinations of category ids.
    grids: Vec<Arc<Grid>>,
    #[serde(borrow)]
    of: Vec<Line<'a>>,
}

/// One answer.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Line<'a> {
    #[serde(borrow)]
    #[schemars(extend("x-refers" = "indicators"))]
    indicator: Cow<'a, str>,
    #[serde(default = "given", skip_serializing_if = "is_given")]
    state: AnswerState,
    /// Which grid the numbers follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grid: Option<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<Option<Number>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bases: Vec<Option<Number>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<Number>,
    /// The denominator or number of cases of the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total_base: Option<Number>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    estimate: bool,
    #[serde(default, skip_serializing_if = "str::is_empty", borrow)]
    comment: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "<[File]>::is_empty")]
    files: Cow<'a, [File]>,
}

fn given() -> AnswerState {
    AnswerState::Given
}

fn is_given(state: &AnswerState) -> bool {
    *state == AnswerState::Given
}

/// A number that is written without `.0` where it is whole: most are counts.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Number(f64);

/// Beyond 2^53 not every whole number is its own.
const WHOLE: f64 = 9e15;

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            whole if whole.fract() == 0.0 && whole.abs() < WHOLE => serializer.serialize_i64(whole as i64),
            other => serializer.serialize_f64(other),
        }
    }
}

fn numbers(values: &[Option<f64>]) -> Vec<Option<Number>> {
    values.iter().map(|value| value.map(Number)).collect()
}

fn plain(values: Vec<Option<Number>>) -> Vec<Option<f64>> {
    values.into_iter().map(|value| value.map(|number| number.0)).collect()
}

impl<'a> Stored<'a> {
    pub fn of(answers: &'a [Answer]) -> Stored<'a> {
        let mut grids: Vec<Arc<Grid>> = Vec::new();
        let mut lines = Vec::with_capacity(answers.len());
        for answer in answers {
            let cells = &answer.cells;
            let grid = (!cells.values.is_empty() || !cells.bases.is_empty()).then(|| {
                // Equal pointers are equal grids, and are found first.
                let known = grids.iter().position(|g| Arc::ptr_eq(g, &cells.grid));
                known.or_else(|| grids.iter().position(|g| **g == *cells.grid)).unwrap_or_else(|| {
                    grids.push(cells.grid.clone());
                    grids.len() - 1
                })
            });
            lines.push(Line {
                indicator: Cow::Borrowed(&answer.indicator),
                state: answer.state,
                grid,
                values: numbers(&cells.values),
                bases: numbers(&cells.bases),
                total: answer.total.map(Number),
                total_base: answer.total_base.map(Number),
                estimate: answer.estimate,
                comment: Cow::Borrowed(&answer.comment),
                files: Cow::Borrowed(&answer.files),
            });
        }
        Stored { grids, of: lines }
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether no answer says anything but that there is nothing to say.
    pub fn holds_nothing(&self) -> bool {
        let any = |list: &[Option<Number>]| list.iter().any(Option::is_some);
        self.of.iter().all(|line| match line.state {
            AnswerState::Missing => true,
            AnswerState::NotApplicable => false,
            AnswerState::Given => {
                line.comment.is_empty() && line.total.is_none() && !any(&line.values) && !any(&line.bases)
            }
        })
    }

    /// The indicator of an answer whose numbers do not fit the grid that it names.
    pub fn misfit(&self) -> Option<&str> {
        let misfit = |line: &&Line| {
            let cells = line.grid.map_or(Some(0), |grid| self.grids.get(grid).map(|grid| grid.0.len()));
            cells.is_none_or(|cells| line.values.len() > cells || line.bases.len() > cells)
        };
        self.of.iter().find(misfit).map(|line| &*line.indicator)
    }

    /// The answers to those indicators that are wanted.
    pub fn answers(self, wanted: impl Fn(&str) -> bool) -> Vec<Answer> {
        let Stored { grids, of } = self;
        let answer = |line: Line| Answer {
            indicator: line.indicator.into_owned(),
            state: line.state,
            cells: Cells {
                // A grid without numbers says nothing, and is not written, either.
                grid: match line.values.is_empty() && line.bases.is_empty() {
                    true => Arc::default(),
                    false => line.grid.and_then(|grid| grids.get(grid)).cloned().unwrap_or_default(),
                },
                values: plain(line.values),
                bases: plain(line.bases),
            },
            total: line.total.map(|total| total.0),
            total_base: line.total_base.map(|base| base.0),
            estimate: line.estimate,
            comment: line.comment.into_owned(),
            files: line.files.into_owned(),
        };
        of.into_iter().filter(|line| wanted(&line.indicator)).map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = Option<f64>> {
        proptest::option::of(prop_oneof![
            (0_u32..2000).prop_map(f64::from),
            any::<i32>().prop_map(|n| f64::from(n) / 8.0),
            Just(0.1),
            Just(1e18)
        ])
    }

    fn answer() -> impl Strategy<Value = Answer> {
        let numbers = || proptest::collection::vec(number(), 0..4);
        let words = ("[A-Z]{1,3}", 0..3_usize, any::<bool>(), ".{0,5}");
        (words, numbers(), numbers(), (number(), number()), 0..3_usize).prop_map(
            |((indicator, state, estimate, comment), values, bases, (total, total_base), files)| Answer {
                indicator,
                state: AnswerState::ALL[state],
                cells: Cells {
                    grid: match values.is_empty() {
                        true => Arc::default(),
                        false => Arc::new(Grid(vec![vec!["sex.f".into()]; values.len().max(bases.len())])),
                    },
                    values,
                    bases,
                },
                total,
                total_base,
                estimate,
                files: vec![File { blob: comment.clone(), name: "a.pdf".into() }; files],
                comment,
            },
        )
    }

    #[test]
    fn a_long_number_is_read_as_it_was_written() {
        let text = r#"{"grids":[],"of":[{"indicator":"A","total":666666666666666660000000000000000000000000000000000000001955037035}]}"#;
        let read: Stored = serde_json::from_str(text).unwrap();
        let json = serde_json::to_string(&read).unwrap();
        let again: Stored = serde_json::from_str(&json).unwrap();
        assert_eq!(again.answers(|_| true), read.answers(|_| true));
    }

    #[test]
    fn bases_without_values_keep_their_grid() {
        let grid = Arc::new(Grid(vec![vec!["sex.f".into()]]));
        let cells = Cells { grid, values: Vec::new(), bases: vec![Some(9.0)] };
        let answers = [Answer { cells, ..Answer::to("A") }];
        let stored = Stored::of(&answers);
        assert_eq!(stored.misfit(), None);
        assert_eq!(Stored::from_bytes(&stored.to_bytes()).unwrap().answers(|_| true), answers);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(answers in proptest::collection::vec(answer(), 0..6)) {
            let stored = Stored::of(&answers);
            let (bytes, json) = (stored.to_bytes(), serde_json::to_string(&stored).unwrap());
            prop_assert_eq!(&Stored::from_bytes(&bytes).unwrap().answers(|_| true), &answers);
            let read: Stored = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&read.answers(|_| true), &answers);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Stored::from_bytes(&bytes);
        }
    }
}
