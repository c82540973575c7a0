//! One row of a return: its numbers and words, cleaned, into their place. Refuses to know other rows and what is right.

use std::borrow::Cow;
use std::io::BufRead;

use romduol_plan::intake::{Intake, Place, Questions, Refusal};
use romduol_plan::kinds::ValueKind;
use romduol_plan::number::{self, BadNumber, Marks};
use romduol_plan::{Say, cell, clean, yes_no};

use super::columns::Columns;
use super::lines::Lines;
use super::rows::Group;

/// The question and cell that are tried first: rows mostly come in the order of the form.
#[derive(Default)]
pub(super) struct Next {
    question: usize,
    cell: usize,
}

pub(super) struct Row<'a, R> {
    pub lines: &'a Lines<R>,
    pub columns: &'a Columns,
    pub marks: Marks,
}

/// What a row says beside where it belongs.
struct Said<'a> {
    value: Option<f64>,
    base: Option<f64>,
    state: Cow<'a, str>,
    estimate: Option<bool>,
    comment: Cow<'a, str>,
}

impl<R: BufRead> Row<'_, R> {
    /// Puts what the row says where it belongs, all of it or nothing.
    pub fn put(&self, group: &mut Group, next: &mut Next) -> Result<(), Say> {
        self.fits_the_header()?;
        let question = self.question(group.intake.questions(), next.question).map_err(|refusal| refusal.say())?;
        let cell = if question == next.question { next.cell } else { 0 };
        let cell = match self.about(question, cell, group)? {
            Place::Cell(cell) => cell + 1,
            Place::Total => 0,
        };
        *next = Next { question, cell };
        Ok(())
    }

    /// Puts what the row says about a question where it belongs, and says where.
    fn about(&self, question: usize, guess: usize, group: &mut Group) -> Result<Place, Say> {
        let place = self.place(group.intake.questions(), question, guess).map_err(|refusal| refusal.say())?;
        let said = self.said(&group.intake, question, place)?;
        group.intake.state(question, &said.state).map_err(|refusal| refusal.say())?;
        group.intake.put(question, place, said.value, said.base).map_err(|refusal| refusal.say())?;
        if let Some(estimate) = said.estimate {
            group.intake.estimate(question, estimate);
        }
        group.intake.remark(question, &said.comment);
        group.rows.by_question[question] += 1;
        Ok(place)
    }

    /// A number with a decimal comma that nobody put between quotation marks makes two cells of one.
    fn fits_the_header(&self) -> Result<(), Say> {
        let (given, named) = (self.lines.len(), self.columns.names.len());
        if given <= self.columns.value {
            return Err(Say::new("import-short-row").number("given", given as f64));
        }
        let more = given > named
            && (self.lines.delimiter() == b',' || (named..given).any(|n| !self.lines.field(n).is_empty()));
        if more {
            return Err(Say::new("import-long-row").number("given", given as f64).number("named", named as f64));
        }
        match self.columns.nameless.iter().map(|n| self.words(*n)).find(|words| !words.is_empty()) {
            Some(words) => {
                Err(Say::new("import-nameless-cell").words("value", words.chars().take(60).collect::<String>()))
            }
            None => Ok(()),
        }
    }

    /// Codes are looked up as they stand; only one that is not found is cleaned of what nobody sees.
    fn question(&self, questions: &Questions, guess: usize) -> Result<usize, Refusal> {
        let code = self.lines.field(self.columns.indicator);
        let cleaned = || questions.about(clean::id(&String::from_utf8_lossy(code)).as_bytes(), guess);
        questions.about(code, guess).or_else(|refusal| cleaned().map_err(|_| refusal))
    }

    fn place(&self, questions: &Questions, question: usize, guess: usize) -> Result<Place, Refusal> {
        let column = |n: usize| self.lines.field(self.columns.dimensions[n].1);
        questions.place(question, guess, column).or_else(|refusal| {
            let lossy = |n| String::from_utf8_lossy(column(n)).into_owned();
            let cleaned: Vec<String> =
                (0..self.columns.dimensions.len()).map(|n| clean::id(&lossy(n)).into_owned()).collect();
            questions.place(question, guess, |n| cleaned[n].as_bytes()).map_err(|_| refusal)
        })
    }

    fn said(&self, intake: &Intake, question: usize, place: Place) -> Result<Said<'_>, Say> {
        let text = |column: Option<usize>| column.map_or(Ok(Cow::Borrowed("")), |n| self.text(n));
        // In this order: of two numbers that cannot be read, the one that was asked for is told first.
        let said = Said {
            value: self.number(intake, question, place, self.columns.value)?,
            base: self.columns.base.map_or(Ok(None), |n| self.number(intake, question, place, n))?,
            state: text(self.columns.state)?,
            estimate: self.columns.estimate.map_or(Ok(None), |n| self.yes_no(n))?,
            comment: text(self.columns.comment)?,
        };
        if let Some(apart) = self.number_apart(&said.comment) {
            return Err(Say::new("import-number-apart").words("value", apart));
        }
        let wordless = said.state.is_empty() && said.comment.is_empty();
        if said.value.is_none() && (said.base.is_some() || wordless) {
            return Err(Say::new("import-no-value"));
        }
        Ok(said)
    }

    /// A number with a comma of thousands that nobody put between quotation marks, where the column behind it takes any text.
    fn number_apart(&self, comment: &str) -> Option<String> {
        let value = std::str::from_utf8(self.lines.field(self.columns.value)).ok()?.trim();
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let beside = self.columns.comment == Some(self.columns.value + 1) && self.lines.delimiter() == b',';
        let apart = beside && digits(value) && value.len() <= 3 && digits(comment) && comment.len() == 3;
        apart.then(|| format!("{value},{comment}"))
    }

    /// Most numbers are short and plain; the rest takes the careful way.
    fn number(&self, intake: &Intake, question: usize, place: Place, column: usize) -> Result<Option<f64>, Say> {
        let bytes = self.lines.field(column);
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() <= 15 && bytes.iter().all(u8::is_ascii_digit) {
            return Ok(Some(bytes.iter().fold(0_u64, |n, digit| n * 10 + u64::from(digit - b'0')) as f64));
        }
        let text = self.text(column)?;
        let kind = intake.questions().list()[question].indicator.kind;
        match number::parse_in(&text, self.marks) {
            Ok(number) => Ok(Some(number)),
            Err(BadNumber::Empty) => Ok(None),
            Err(_) if kind == ValueKind::YesNo && yes_no::read(&text).is_some() => {
                Ok(yes_no::read(&text).map(|yes| f64::from(u8::from(yes))))
            }
            Err(bad) => Err(intake.not_a_number(question, place, text.as_bytes(), bad).say()),
        }
    }

    fn yes_no(&self, column: usize) -> Result<Option<bool>, Say> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        let unknown = || Say::new("refused-bad-choice").words("value", text.chars().take(60).collect::<String>());
        yes_no::read(&text).map(Some).ok_or_else(unknown)
    }

    /// A cell as it was meant: without what nobody sees around it, and without a spreadsheet's apostrophe.
    fn text(&self, column: usize) -> Result<Cow<'_, str>, Say> {
        let text = std::str::from_utf8(self.lines.field(column)).map_err(|_| Say::new("import-not-utf8"))?;
        if cell::is_error(text) {
            return Err(Say::new("import-error-cell").words("value", text.trim()));
        }
        Ok(clean::text(clean::bare(text)))
    }

    fn words(&self, column: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.lines.field(column))
    }
}
