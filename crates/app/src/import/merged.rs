//! The answers of a file put over those that stand: what the file says nothing about stays. Refuses to judge them.

use std::sync::Arc;

use romduol_plan::Period;
use romduol_plan::intake::{Intake, Questions};
use romduol_plan::kinds::*;

use super::tally::{Change, Kept, What};

/// The remark that an import meets a warning with. The file is not named: names of files name people.
pub(super) const AS_IN: &str = "as in the imported file";
/// The one that says why an indicator is missing.
pub(super) const NO_ROW: &str = "no row in the imported file";
/// How that one begins in every version of the program.
const NO_ROW_BEGINS: &str = "no row in ";

/// The answers of a return as the file makes them.
pub(super) struct Merged {
    questions: Arc<Questions>,
    /// Whether the file says anything, by question.
    said: Vec<bool>,
    before: Option<Vec<Answer>>,
    pub answers: Vec<Answer>,
}

impl Merged {
    /// A new return: what the file says nothing about is missing, not zero.
    pub fn new(mut intake: Intake, questions: Arc<Questions>, said: Vec<bool>) -> Merged {
        intake.close_gaps(NO_ROW);
        Merged { questions, said, before: None, answers: intake.finish() }
    }

    /// A correction.
    pub fn over(before: Vec<Answer>, intake: Intake, questions: Arc<Questions>, said: Vec<bool>) -> Merged {
        let mut bare = before.clone();
        // Where there is a number now, the program's own remark that there was none is no longer true.
        bare.iter_mut()
            .filter(|answer| answer.comment.starts_with(NO_ROW_BEGINS))
            .for_each(|answer| answer.comment.clear());
        let mut merged = Merged { questions, said, before: Some(before), answers: Vec::new() };
        let new = intake.onto(&bare);
        let mut answers = merged.before.clone().unwrap_or_default();
        for answer in new.into_iter().filter(|answer| merged.says(&answer.indicator)) {
            match answers.iter_mut().find(|old| old.indicator == answer.indicator) {
                Some(old) => *old = answer,
                None => answers.push(answer),
            }
        }
        merged.answers = answers;
        merged
    }

    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// Whether the file says anything about an indicator.
    pub fn says(&self, indicator: &str) -> bool {
        self.number_of(indicator).is_some_and(|n| self.said[n])
    }

    pub fn says_anything(&self) -> bool {
        self.said.contains(&true)
    }

    pub fn number_of(&self, indicator: &str) -> Option<usize> {
        self.questions.about(indicator.as_bytes(), 0).ok()
    }

    /// Leaves an indicator as it was.
    pub fn leave(&mut self, indicator: &str) {
        let Some(n) = self.number_of(indicator) else { return };
        self.said[n] = false;
        let missing = || Answer { state: AnswerState::Missing, comment: NO_ROW.into(), ..Answer::to(indicator) };
        let before = self.before.as_ref().map(|list| list.iter().find(|old| old.indicator == indicator).cloned());
        let position = self.answers.iter().position(|answer| answer.indicator == indicator);
        match (before.unwrap_or_else(|| Some(missing())), position) {
            (Some(answer), Some(at)) => self.answers[at] = answer,
            (None, Some(at)) => drop(self.answers.remove(at)),
            (_, None) => {}
        }
    }

    /// Whether answers that the file says nothing about hold numbers or words of before.
    pub fn keeps_others(&self) -> bool {
        let before = self.before.iter().flatten();
        before.filter(|old| old.state == AnswerState::Given).any(|old| !self.says(&old.indicator))
    }

    /// What becomes other than it was.
    pub fn changes(&self, unit: &Id, period: Period) -> Vec<Change> {
        let before = self.before.as_deref().unwrap_or_default();
        let mut changes = Vec::new();
        for answer in self.answers.iter().filter(|answer| self.says(&answer.indicator)) {
            let old = before.iter().find(|old| old.indicator == answer.indicator);
            let blank = Change {
                unit: unit.clone(),
                period,
                indicator: answer.indicator.clone(),
                categories: Vec::new(),
                what: What::Value,
                old: None,
                new: None,
            };
            changes.extend(differences(&blank, old, answer));
        }
        changes
    }
}

/// What an answer says otherwise than before, cell by cell.
fn differences(blank: &Change, old: Option<&Answer>, new: &Answer) -> Vec<Change> {
    let mut found = Vec::new();
    let mut add = |categories: &[Id], what, old: Option<Kept>, new: Option<Kept>| {
        if old != new {
            found.push(Change { categories: categories.to_vec(), what, old, new, ..blank.clone() });
        }
    };
    let number = |list: &[Option<f64>], n: Option<usize>| n.and_then(|n| list.get(n).copied().flatten());
    let cells_of = |answer: Option<&Answer>| answer.map(|answer| answer.cells.clone()).unwrap_or_default();
    let (before, after) = (cells_of(old), cells_of(Some(new)));
    let at = |cells: &Cells, categories: &Vec<Id>| cells.grid.0.iter().position(|own| own == categories);
    let gone = before.grid.0.iter().filter(|own| at(&after, own).is_none());
    for categories in after.grid.0.iter().chain(gone) {
        let (b, a) = (at(&before, categories), at(&after, categories));
        let kept =
            |cells: &Cells, n, base: bool| number(if base { &cells.bases } else { &cells.values }, n).map(Kept::Number);
        add(categories, What::Value, kept(&before, b, false), kept(&after, a, false));
        add(categories, What::Base, kept(&before, b, true), kept(&after, a, true));
    }
    let whole = |answer: Option<&Answer>, of: fn(&Answer) -> Option<f64>| answer.and_then(of).map(Kept::Number);
    add(&[], What::Value, whole(old, |a| a.total), whole(Some(new), |a| a.total));
    add(&[], What::Base, whole(old, |a| a.total_base), whole(Some(new), |a| a.total_base));
    if let (Some((before, grouped)), Some((after, groups))) = (old.and_then(counting), counting(new))
        && grouped != groups
    {
        add(&[], What::Counts, Some(Kept::Number(before)), Some(Kept::Number(after)));
    }
    let words = |text: &str| (!text.is_empty()).then(|| Kept::Words(text.into()));
    let state = |answer: &Answer| words(answer.state.code());
    if old.is_some_and(|old| old.state != new.state) {
        add(&[], What::State, old.and_then(state), state(new));
    }
    let estimate = |answer: &Answer| answer.estimate.then(|| Kept::Words("yes".into()));
    add(&[], What::Estimate, old.and_then(estimate), estimate(new));
    add(&[], What::Remark, old.and_then(|old| words(&old.comment)), words(&new.comment));
    found
}

/// The number of an answer that counts, and whether its groups make it up. A total beside them is only compared.
fn counting(answer: &Answer) -> Option<(f64, bool)> {
    let whole = |categories: &[Id]| categories.is_empty();
    let groups = answer.cells.iter().filter(|cell| !whole(cell.categories)).map(|cell| cell.value);
    match answer.cells.iter().any(|cell| !whole(cell.categories)) {
        true => Some((groups.sum(), true)),
        false => answer.total_cell().map(|cell| (cell.value, false)),
    }
}

#[cfg(test)]
mod tests;
