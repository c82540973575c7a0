//! The one thing that every door fills with what a unit reports: a form, a file, another system. It puts each number in
//! its place or says why it has none. Refuses to know how the door reads, and to judge the numbers (see `answers`).

mod field;
mod questions;
mod refusal;

use std::sync::Arc;

pub use field::{Field, UnknownField};
pub use questions::{Place, Questions};
pub use refusal::Refusal;

use crate::answers::{Problem, Severity, has_base};
use crate::kinds::*;
use crate::number::{self, BadNumber};

/// A return that is being filled.
pub struct Intake {
    questions: Arc<Questions>,
    filled: Vec<Filled>,
}

/// An answer that is being filled, with all cells of its grid.
struct Filled {
    answer: Answer,
    /// The door said whether there is a number.
    state: Option<AnswerState>,
    /// The door said whether the number is an estimate.
    estimate: Option<bool>,
}

impl Intake {
    /// A return that says nothing yet.
    pub fn new(questions: Arc<Questions>) -> Intake {
        let empty = |question: &crate::answers::Question| {
            let cells = question.grid.0.len();
            let bases = if has_base(question.indicator.kind) { cells } else { 0 };
            let cells = Cells { grid: question.grid.clone(), values: vec![None; cells], bases: vec![None; bases] };
            Filled { answer: Answer { cells, ..Answer::to(&question.indicator.id) }, state: None, estimate: None }
        };
        Intake { filled: questions.list().iter().map(empty).collect(), questions }
    }

    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// A text as the number of a place; none where it is empty.
    pub fn number(&self, question: usize, place: Place, text: &[u8]) -> Result<Option<f64>, Refusal> {
        let text = text.trim_ascii();
        match read(text) {
            Err(BadNumber::Empty) => Ok(None),
            Err(bad) => Err(self.not_a_number(question, place, text, bad)),
            Ok(value) => Ok(Some(value)),
        }
    }

    /// The refusal of a text that a door could not read as the number of a place.
    pub fn not_a_number(&self, question: usize, place: Place, typed: &[u8], bad: BadNumber) -> Refusal {
        Refusal::NotANumber { categories: self.questions.names(question, place), typed: questions::short(typed), bad }
    }

    /// Puts a count, numerator or sum, and a denominator or number of cases, where they belong. Both or none is taken.
    pub fn put(&mut self, question: usize, place: Place, value: Option<f64>, base: Option<f64>) -> Result<(), Refusal> {
        let indicator = &self.questions.list()[question].indicator;
        let names = || self.questions.names(question, place);
        let given = || [value, base].into_iter().flatten();
        if let Some(bad) = given().find(|number| !number::is_usable(*number)) {
            return Err(self.not_a_number(question, place, bad.to_string().as_bytes(), BadNumber::NotANumber));
        }
        if let Some(number) = given().next().filter(|_| indicator.kind == ValueKind::Narrative) {
            return Err(Refusal::NumberNotAsked { value: number.to_string() });
        }
        if let Some(base) = base.filter(|_| !has_base(indicator.kind)) {
            return Err(Refusal::BaseNotAsked { categories: names(), base: base.to_string() });
        }
        let Answer { cells, total, total_base, .. } = &mut self.filled[question].answer;
        let (mut none, bases) = (None, &mut cells.bases);
        let (value_slot, base_slot) = match place {
            Place::Total => (total, total_base),
            Place::Cell(cell) => (&mut cells.values[cell], bases.get_mut(cell).unwrap_or(&mut none)),
        };
        if (value.is_some() && value_slot.is_some()) || (base.is_some() && base_slot.is_some()) {
            return Err(Refusal::Twice { categories: names() });
        }
        *value_slot = value.or(*value_slot);
        *base_slot = base.or(*base_slot);
        Ok(())
    }

    /// Adds a remark, or the answer of an indicator that is answered in words. The same words again add nothing.
    pub fn remark(&mut self, question: usize, words: &str) {
        let (words, comment) = (words.trim(), &mut self.filled[question].answer.comment);
        if words.is_empty() || comment == words || comment.split('\n').any(|line| line == words) {
            return;
        }
        if !comment.is_empty() {
            comment.push('\n');
        }
        comment.push_str(words);
    }

    /// Whether there is a number, by the code of an [`AnswerState`]. What is empty says nothing.
    pub fn state(&mut self, question: usize, code: &str) -> Result<(), Refusal> {
        let code = code.trim();
        if code.is_empty() {
            return Ok(());
        }
        let state =
            AnswerState::parse(code).ok_or_else(|| Refusal::UnknownChoice(questions::short(code.as_bytes())))?;
        let said = &mut self.filled[question].state;
        if said.is_some_and(|said| said != state) {
            return Err(Refusal::TwoStates);
        }
        *said = Some(state);
        Ok(())
    }

    /// Whether the number is an estimate. One estimated cell makes the answer one.
    pub fn estimate(&mut self, question: usize, estimate: bool) {
        let said = &mut self.filled[question].estimate;
        *said = Some(said.unwrap_or(false) || estimate);
    }

    pub fn attach(&mut self, question: usize, file: File) {
        let files = &mut self.filled[question].answer.files;
        if !files.contains(&file) {
            files.push(file);
        }
    }

    /// Takes in what was typed in a field of a form. What belongs to the whole return, and files, are the door's own.
    pub fn field(&mut self, field: &Field, typed: &str) -> Result<(), Refusal> {
        let Some(indicator) = field.indicator() else { return Ok(()) };
        let question = self.questions.about(indicator.as_bytes(), 0)?;
        let typed = typed.trim();
        match field {
            Field::Value { categories, .. } => self.typed(question, categories, |n| (n, None), typed),
            Field::Base { categories, .. } => self.typed(question, categories, |n| (None, n), typed),
            Field::Total(_) => self.typed(question, &[], |n| (n, None), typed),
            Field::TotalBase(_) => self.typed(question, &[], |n| (None, n), typed),
            Field::State(_) => self.state(question, typed),
            Field::Comment(_) => {
                self.remark(question, typed);
                Ok(())
            }
            Field::Estimate(_) => match typed {
                "" => Ok(()),
                "on" | "yes" => {
                    self.estimate(question, true);
                    Ok(())
                }
                other => Err(Refusal::UnknownChoice(questions::short(other.as_bytes()))),
            },
            Field::File(_)
            | Field::RemoveFile { .. }
            | Field::Reason
            | Field::Revision
            | Field::Version
            | Field::Action => Ok(()),
        }
    }

    fn typed(
        &mut self,
        question: usize,
        categories: &[Id],
        which: impl Fn(Option<f64>) -> (Option<f64>, Option<f64>),
        typed: &str,
    ) -> Result<(), Refusal> {
        let place = self.questions.place_of(question, categories)?;
        let (value, base) = which(self.number(question, place, typed.as_bytes())?);
        self.put(question, place, value, base)
    }

    /// Takes in all fields of a form. What has no place is a problem that blocks.
    pub fn fields<'t>(&mut self, typed: impl IntoIterator<Item = (&'t Field, &'t str)>) -> Vec<Problem> {
        let refused = |(field, typed): (&Field, &str)| {
            let say = self.field(field, typed).err()?.say();
            let indicator = field.indicator().unwrap_or_default().to_string();
            Some(Problem { indicator, severity: Severity::Error, say })
        };
        typed.into_iter().filter_map(refused).collect()
    }

    /// Whether anything was said about an indicator.
    pub fn says(&self, question: usize) -> bool {
        let Filled { answer, state, estimate } = &self.filled[question];
        state.is_some()
            || estimate.is_some()
            || answer.has_numbers()
            || !answer.comment.is_empty()
            || !answer.files.is_empty()
    }

    /// An answer that got no number is missing, not zero and not empty; where nothing else was said, with this remark.
    pub fn close_gaps(&mut self, remark: &str) {
        for (n, question) in self.questions.list().iter().enumerate() {
            let Filled { answer, state, .. } = &mut self.filled[n];
            let in_words = question.indicator.kind == ValueKind::Narrative && !answer.comment.is_empty();
            if state.is_none() && !answer.has_numbers() && !in_words {
                *state = Some(AnswerState::Missing);
                if answer.comment.is_empty() {
                    answer.comment = remark.into();
                }
            }
        }
    }

    /// The answers as they were given.
    pub fn finish(self) -> Vec<Answer> {
        self.filled.into_iter().map(Filled::finish).collect()
    }

    /// The answers of an earlier version with what was given put over them: what nothing was said about stays.
    pub fn onto(self, before: &[Answer]) -> Vec<Answer> {
        let said: Vec<bool> = (0..self.filled.len()).map(|n| self.says(n)).collect();
        let questions = self.questions.clone();
        let over = |(n, filled): (usize, Filled)| {
            let id = &questions.list()[n].indicator.id;
            match before.iter().find(|answer| answer.indicator == *id) {
                Some(old) if !said[n] => old.clone(),
                Some(old) => filled.over(old, &questions.list()[n]),
                None => filled.finish(),
            }
        };
        self.filled.into_iter().enumerate().map(over).collect()
    }
}

impl Filled {
    fn finish(self) -> Answer {
        let Filled { mut answer, state, estimate } = self;
        answer.state = state.unwrap_or(AnswerState::Given);
        answer.estimate = estimate.unwrap_or(false);
        if answer.cells.is_empty() && answer.cells.bases.iter().all(Option::is_none) {
            answer.cells = Cells::default();
        }
        answer
    }

    /// What was given, and elsewhere what the earlier answer says.
    fn over(mut self, old: &Answer, question: &crate::answers::Question) -> Answer {
        let new = &mut self.answer;
        let keeps_numbers = self.state.is_none_or(|state| state == AnswerState::Given);
        if keeps_numbers && old.state == AnswerState::Given {
            let earlier = question.aligned(&old.cells).0;
            let fill = |new: &mut [Option<f64>], old: &[Option<f64>]| {
                new.iter_mut().zip(old).for_each(|(new, old)| *new = new.or(*old));
            };
            fill(&mut new.cells.values, &earlier.values);
            fill(&mut new.cells.bases, &earlier.bases);
            (new.total, new.total_base) = (new.total.or(old.total), new.total_base.or(old.total_base));
        }
        if self.state.is_none() && !new.has_numbers() {
            self.state = Some(old.state);
        }
        if new.comment.is_empty() {
            new.comment.clone_from(&old.comment);
        }
        self.estimate = self.estimate.or(Some(old.estimate));
        let files = old.files.iter().filter(|file| !new.files.contains(file)).cloned().collect::<Vec<_>>();
        new.files.splice(0..0, files);
        self.finish()
    }
}

/// Most numbers are short and plain; the rest takes the careful way.
fn read(bytes: &[u8]) -> Result<f64, BadNumber> {
    if (1..=15).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        return Ok(bytes.iter().fold(0_u64, |n, digit| n * 10 + u64::from(digit - b'0')) as f64);
    }
    number::parse(std::str::from_utf8(bytes).map_err(|_| BadNumber::NotANumber)?)
}

#[cfg(test)]
mod tests;
