//! The cells that a form asks for, and the checks on what was filled in: the same in every channel.

use std::sync::Arc;

use crate::kinds::*;
use crate::number::BadNumber;
use crate::say::Say;
use crate::state::{State, return_id};
use crate::text::Text;
use crate::vocabulary;

/// One cell to be filled: which categories, and what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Category ids in the order of the indicator's dimensions; empty for the total.
    pub categories: Vec<Id>,
    /// The categories of an overlapping dimension are beside the total, never part of it.
    pub overlapping: bool,
}

/// Whether the indicator asks for two numbers per cell.
pub fn has_base(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::Ratio | ValueKind::Mean)
}

/// The cells of an indicator: its partition dimensions crossed, then each overlapping dimension by itself.
pub fn asked_cells(state: &State, indicator: &Indicator) -> Vec<Asked> {
    let mut crossed: Vec<Vec<Id>> = vec![Vec::new()];
    for dimension in &indicator.dimensions {
        let categories = state.categories(dimension);
        crossed = crossed
            .iter()
            .flat_map(|prefix| {
                categories.iter().map(|category| {
                    let mut cell = prefix.clone();
                    cell.push(category.id.clone());
                    cell
                })
            })
            .collect();
    }
    let mut cells: Vec<Asked> =
        crossed.into_iter().map(|categories| Asked { categories, overlapping: false }).collect();
    for dimension in &indicator.overlapping {
        let single = state.categories(dimension).into_iter();
        cells.extend(single.map(|c| Asked { categories: vec![c.id.clone()], overlapping: true }));
    }
    cells
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
    let previous = state.accepted_return(&return_id(&assignment.id, period.previous()));
    let mut problems = Vec::new();
    for indicator in state.asked(assignment) {
        match answers.iter().find(|answer| answer.indicator == indicator.id) {
            None => problems.push(problem(indicator, Severity::Error, Say::new("check-empty"))),
            Some(answer) => {
                let last = previous.and_then(|r| r.answers.iter().find(|a| a.indicator == indicator.id));
                check_answer(state, indicator, answer, last, &mut problems);
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

fn check_answer(
    state: &State,
    indicator: &Arc<Indicator>,
    answer: &Answer,
    last: Option<&Answer>,
    out: &mut Vec<Problem>,
) {
    if answer.state != AnswerState::Given {
        if answer.comment.trim().is_empty() {
            out.push(problem(indicator, Severity::Warning, Say::new("check-why-missing")));
        }
        return;
    }
    if indicator.kind == ValueKind::Narrative {
        if answer.comment.trim().is_empty() {
            out.push(problem(indicator, Severity::Error, Say::new("check-empty")));
        }
        return;
    }
    let asked = asked_cells(state, indicator);
    let parts: Vec<&Cell> = answer.cells.iter().filter(|cell| is_part(&asked, cell)).collect();
    if parts.is_empty() && answer.total.is_none() {
        out.push(problem(indicator, Severity::Error, Say::new("check-empty")));
        return;
    }
    let expected_parts = asked.iter().filter(|cell| !cell.overlapping).count();
    if !parts.is_empty() && parts.len() < expected_parts {
        let say = Say::new("check-some-cells-empty");
        let say = say.number("given", parts.len() as f64).number("asked", expected_parts as f64);
        out.push(problem(indicator, Severity::Error, say));
    }
    answer.cells.iter().for_each(|cell| check_cell(state, indicator, cell, out));
    let sum: f64 = parts.iter().map(|cell| cell.value).sum();
    if let Some(total) = answer.total
        && !parts.is_empty()
        && (total - sum).abs() > 1e-9
    {
        let say = Say::new("check-total-differs").number("total", total).number("sum", sum);
        out.push(problem(indicator, Severity::Warning, say));
    }
    let whole = if parts.is_empty() { answer.total.unwrap_or(0.0) } else { sum };
    for cell in answer.cells.iter().filter(|cell| !is_part(&asked, cell)) {
        if indicator.kind == ValueKind::Count && cell.value > whole {
            let say = Say::new("check-group-exceeds-total").names("category", names(state, &cell.categories));
            let say = say.number("group", cell.value).number("total", whole);
            out.push(problem(indicator, Severity::Error, say));
        }
    }
    if let Some(before) = last.filter(|a| a.state == AnswerState::Given).map(|a| total_of(&asked, a)) {
        compare_with_last(indicator, before, whole, out);
    }
}

/// A cell of the crossed dimensions, or the single total of an indicator without dimensions.
fn is_part(asked: &[Asked], cell: &Cell) -> bool {
    asked.iter().any(|a| !a.overlapping && a.categories == cell.categories)
}

fn total_of(asked: &[Asked], answer: &Answer) -> f64 {
    let parts: Vec<f64> = answer.cells.iter().filter(|c| is_part(asked, c)).map(|c| c.value).collect();
    if parts.is_empty() { answer.total.unwrap_or(0.0) } else { parts.iter().sum() }
}

fn check_cell(state: &State, indicator: &Indicator, cell: &Cell, out: &mut Vec<Problem>) {
    let mut say = |rule: &'static str, numbers: &[(&'static str, f64)]| {
        let say = Say::new(rule).names("category", names(state, &cell.categories));
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
