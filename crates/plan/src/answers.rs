//! The cells that a form asks for, and the checks on what was filled in: the same in every channel.

use std::borrow::Cow;
use std::sync::Arc;

use crate::kinds::*;
use crate::number::BadNumber;
use crate::say::Say;
use crate::screen;
use crate::state::{State, return_id};
use crate::text::Text;
use crate::vocabulary;

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
    fn aligned<'a>(&self, cells: &'a Cells) -> (Cow<'a, Cells>, Option<Vec<Id>>) {
        if Arc::ptr_eq(&cells.grid, &self.grid) || cells.grid == self.grid {
            return (Cow::Borrowed(cells), None);
        }
        let (mut values, mut bases, mut foreign) = (vec![None; self.grid.0.len()], vec![None; self.grid.0.len()], None);
        for cell in cells.iter() {
            match self.grid.0.iter().position(|asked| asked == cell.categories) {
                Some(n) => (values[n], bases[n]) = (Some(cell.value), cell.base),
                None => foreign = foreign.or(Some(cell.categories.to_vec())),
            }
        }
        (Cow::Owned(Cells { grid: self.grid.clone(), values, bases }), foreign)
    }
}

vocabulary! {
    Severity {
        /// Blocks submission.
        Error = "error",
        /// Needs a comment.
        Warning = "warning",
        Note = "note",
    }
}

/// A check that found something in a return, as the sentence it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub indicator: Id,
    pub severity: Severity,
    pub say: Say,
}

fn problem(indicator: &Indicator, severity: Severity, say: Say) -> Problem {
    Problem { indicator: indicator.id.clone(), severity, say }
}

/// What stands in a cell is no number. The clause says how to write it.
pub fn not_a_number(state: &State, indicator: &Indicator, categories: &[Id], typed: &str, bad: &BadNumber) -> Problem {
    let say = Say::new("check-not-a-number").names("category", names(state, categories)).words("value", typed);
    problem(indicator, Severity::Error, say.clause("mend", bad.say()))
}

/// The names of a cell's categories; the word for the total where it has none.
fn names(state: &State, categories: &[Id]) -> Vec<Text> {
    categories.iter().filter_map(|id| state.find::<Category>(id)).map(|category| category.name.clone()).collect()
}

/// All problems of a filled form. Errors block; a warning is met by a comment on that indicator.
pub fn check(state: &State, assignment: &Assignment, period: crate::Period, answers: &[Answer]) -> Vec<Problem> {
    let previous = state.accepted_return(&return_id(&assignment.id, period.previous())).map(|r| r.answers.open());
    check_against(state, &questions(state, assignment), previous.as_deref(), answers)
}

/// The same where questions and the answers of the last period are at hand.
pub fn check_against(
    state: &State,
    questions: &[Question],
    previous: Option<&[Answer]>,
    answers: &[Answer],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (n, question) in questions.iter().enumerate() {
        // Answers mostly come in the order of the questions.
        let of = |list: &'_ [Answer]| -> Option<usize> {
            let here = list.get(n).filter(|answer| answer.indicator == question.indicator.id).map(|_| n);
            here.or_else(|| list.iter().position(|answer| answer.indicator == question.indicator.id))
        };
        match of(answers) {
            None => problems.push(problem(&question.indicator, Severity::Error, Say::new("check-empty"))),
            Some(at) => {
                let last = previous.and_then(|list| of(list).map(|at| &list[at]));
                check_answer(state, question, &answers[at], last, &mut problems);
            }
        }
    }
    problems
}

/// Whether the return can be submitted: no error, and every warning has a comment.
pub fn submittable(problems: &[Problem], answers: &[Answer]) -> bool {
    problems.iter().all(|problem| match problem.severity {
        Severity::Error => false,
        Severity::Warning => answers.iter().any(|a| a.indicator == problem.indicator && !a.comment.trim().is_empty()),
        Severity::Note => true,
    })
}

fn check_answer(state: &State, question: &Question, answer: &Answer, last: Option<&Answer>, out: &mut Vec<Problem>) {
    let indicator = &question.indicator;
    let empty = || problem(indicator, Severity::Error, Say::new("check-empty"));
    if let Some(what) = screen::found(&answer.comment) {
        out.push(problem(indicator, Severity::Error, Say::new("check-personal").clause("what", what)));
    }
    if answer.state != AnswerState::Given {
        if answer.comment.trim().is_empty() {
            out.push(problem(indicator, Severity::Warning, Say::new("check-why-missing")));
        }
        return;
    }
    if indicator.kind == ValueKind::Narrative {
        if answer.comment.trim().is_empty() {
            out.push(empty());
        }
        return;
    }
    let (cells, foreign) = question.aligned(&answer.cells);
    if let Some(categories) = foreign {
        let say = Say::new("check-not-asked").words("category", categories.join(" · "));
        out.push(problem(indicator, Severity::Error, say));
    }
    let parts = &cells.values[..question.parts.min(cells.values.len())];
    let given = parts.iter().flatten().count();
    if given == 0 && answer.total.is_none() {
        out.push(empty());
        return;
    }
    if given > 0 && given < question.parts {
        let say = Say::new("check-some-cells-empty").number("given", given as f64);
        out.push(problem(indicator, Severity::Warning, say.number("asked", question.parts as f64)));
    }
    cells.iter().for_each(|cell| check_cell(state, indicator, cell, out));
    let sum: f64 = parts.iter().flatten().sum();
    if let Some(total) = answer.total.filter(|total| given > 0 && (total - sum).abs() > 1e-9) {
        let say = Say::new("check-total-differs").number("total", total).number("sum", sum);
        out.push(problem(indicator, Severity::Warning, say));
    }
    let whole = if given == 0 { answer.total.unwrap_or(0.0) } else { sum };
    for (value, categories) in cells.values.iter().zip(&question.grid.0).skip(question.parts) {
        if indicator.kind == ValueKind::Count
            && let Some(value) = value.filter(|value| *value > whole)
        {
            let say = Say::new("check-group-exceeds-total").names("category", names(state, categories));
            out.push(problem(indicator, Severity::Error, say.number("group", value).number("total", whole)));
        }
    }
    if let Some(before) = last.filter(|a| a.state == AnswerState::Given).map(|a| total_of(question, a)) {
        compare_with_last(indicator, before, whole, out);
    }
}

fn total_of(question: &Question, answer: &Answer) -> f64 {
    let (cells, _) = question.aligned(&answer.cells);
    let parts = &cells.values[..question.parts.min(cells.values.len())];
    if parts.iter().all(Option::is_none) { answer.total.unwrap_or(0.0) } else { parts.iter().flatten().sum() }
}

fn check_cell(state: &State, indicator: &Indicator, cell: Cell, out: &mut Vec<Problem>) {
    let mut say = |rule: &'static str, numbers: &[(&'static str, f64)]| {
        let say = Say::new(rule).names("category", names(state, cell.categories));
        let say = numbers.iter().fold(say, |say, (name, value)| say.number(name, *value));
        out.push(problem(indicator, Severity::Error, say));
    };
    let counted = matches!(indicator.kind, ValueKind::Count | ValueKind::Ratio | ValueKind::Milestone);
    if cell.value < 0.0 && indicator.kind != ValueKind::Index {
        say("check-negative", &[("value", cell.value)]);
    }
    if counted && cell.value.fract() != 0.0 {
        say("check-not-whole", &[("value", cell.value)]);
    }
    if indicator.kind == ValueKind::YesNo && cell.value != 0.0 && cell.value != 1.0 {
        say("check-not-yes-no", &[("value", cell.value)]);
    }
    if !has_base(indicator.kind) {
        return;
    }
    match cell.base {
        None => say("check-base-empty", &[]),
        Some(base) if base < 0.0 => say("check-negative", &[("value", base)]),
        Some(base) if base == 0.0 && cell.value != 0.0 => say("check-base-zero", &[("value", cell.value)]),
        Some(base) if indicator.kind == ValueKind::Ratio && cell.value > base => {
            say("check-more-than-base", &[("value", cell.value), ("base", base)]);
        }
        Some(_) => {}
    }
}

/// A running total must not fall; a jump to more than three times or less than a third needs a word.
fn compare_with_last(indicator: &Indicator, before: f64, now: f64, out: &mut Vec<Problem>) {
    let say = |rule| Say::new(rule).number("before", before).number("now", now);
    if indicator.time == TimeRule::RunningTotal && now < before {
        out.push(problem(indicator, Severity::Error, say("check-running-total-fell")));
    } else if before >= 5.0 && (now > before * 3.0 || now * 3.0 < before) {
        out.push(problem(indicator, Severity::Warning, say("check-jump")));
    }
}
