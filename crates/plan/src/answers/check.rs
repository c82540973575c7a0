//! The checks on what was filled in, the same in every channel. Refuses to know how it was brought (see `intake`).

use super::{LastTime, LastTimes, Question, has_base, last_times, questions};
use crate::kinds::*;
use crate::number::{self, BadNumber};
use crate::say::Say;
use crate::screen;
use crate::state::State;
use crate::text::Text;
use crate::vocabulary;

vocabulary! {
    Severity {
        /// Blocks submission.
        Error = "error",
        /// Needs a comment.
        Warning = "warning",
        Note = "note",
    }
}

vocabulary! {
    /// What a check looks for; the code is the key of its sentence.
    Check {
        /// Two answers to one question.
        AnsweredTwice = "check-answered-twice",
        BaseEmpty = "check-base-empty",
        /// A denominator or number of cases for an indicator that has none.
        BaseNotAsked = "check-base-not-asked",
        BaseZero = "check-base-zero",
        Empty = "check-empty",
        GroupExceedsTotal = "check-group-exceeds-total",
        /// An answer about an indicator that is not asked.
        IndicatorNotAsked = "check-indicator-not-asked",
        Jump = "check-jump",
        MoreThanBase = "check-more-than-base",
        Negative = "check-negative",
        NotANumber = "check-not-a-number",
        /// A number for a combination of categories that is not asked.
        NotAsked = "check-not-asked",
        NotWhole = "check-not-whole",
        NotYesNo = "check-not-yes-no",
        /// A number beside the word that there is none.
        NumberWithoutAnswer = "check-number-without-answer",
        /// A remark that nobody can read.
        OldFont = "check-old-font",
        Personal = "check-personal",
        RunningTotalFell = "check-running-total-fell",
        SomeCellsEmpty = "check-some-cells-empty",
        TotalBaseDiffers = "check-total-base-differs",
        TotalDiffers = "check-total-differs",
        /// Groups beside a total that is not given.
        TotalMissing = "check-total-missing",
        /// A denominator or number of cases without the upper number.
        ValueEmpty = "check-value-empty",
        WhyMissing = "check-why-missing",
    }
}

impl Check {
    pub fn severity(self) -> Severity {
        match self {
            Check::Jump | Check::SomeCellsEmpty | Check::TotalBaseDiffers | Check::TotalDiffers | Check::WhyMissing => {
                Severity::Warning
            }
            Check::AnsweredTwice
            | Check::BaseEmpty
            | Check::BaseNotAsked
            | Check::BaseZero
            | Check::Empty
            | Check::GroupExceedsTotal
            | Check::IndicatorNotAsked
            | Check::MoreThanBase
            | Check::Negative
            | Check::NotANumber
            | Check::NotAsked
            | Check::NotWhole
            | Check::NotYesNo
            | Check::NumberWithoutAnswer
            | Check::OldFont
            | Check::Personal
            | Check::RunningTotalFell
            | Check::TotalMissing
            | Check::ValueEmpty => Severity::Error,
        }
    }

    fn say(self) -> Say {
        Say::new(self.code())
    }
}

/// A check that found something in a return, as the sentence it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub indicator: Id,
    pub severity: Severity,
    pub say: Say,
}

/// All problems of a filled form. Errors block; a warning is met by a comment on that indicator.
pub fn check(state: &State, assignment: &Assignment, period: crate::Period, answers: &[Answer]) -> Vec<Problem> {
    let questions = questions(state, assignment);
    check_against(state, &questions, &last_times(state, assignment, &questions, period), answers)
}

/// The same where questions and the last answers are at hand.
pub fn check_against(state: &State, questions: &[Question], last: &LastTimes, answers: &[Answer]) -> Vec<Problem> {
    let mut found = Found { state, problems: Vec::new() };
    // Answers mostly come in the order of the questions.
    let of = |list: &'_ [Answer], n: usize, id: &str| -> Option<usize> {
        let here = list.get(n).filter(|answer| answer.indicator == id).map(|_| n);
        here.or_else(|| list.iter().position(|answer| answer.indicator == id))
    };
    for (n, question) in questions.iter().enumerate() {
        let id = &question.indicator.id;
        match of(answers, n, id) {
            None => found.add(id, Check::Empty, |say| say),
            Some(at) => check_answer(question, &answers[at], last.get(id), &mut found),
        }
    }
    foreign(questions, answers, &mut found);
    found.problems
}

/// Whether the return can be submitted: no error, and every warning has a comment.
pub fn submittable(problems: &[Problem], answers: &[Answer]) -> bool {
    problems.iter().all(|problem| match problem.severity {
        Severity::Error => false,
        Severity::Warning => answers.iter().any(|a| a.indicator == problem.indicator && !a.comment.trim().is_empty()),
        Severity::Note => true,
    })
}

/// What has been found so far.
struct Found<'a> {
    state: &'a State,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn add(&mut self, indicator: &str, check: Check, say: impl FnOnce(Say) -> Say) {
        let (indicator, severity) = (indicator.to_string(), check.severity());
        self.problems.push(Problem { indicator, severity, say: say(check.say()) });
    }

    /// The names of a cell's categories; none for the total.
    fn names(&self, categories: &[Id]) -> Vec<Text> {
        categories.iter().filter_map(|id| self.state.find::<Category>(id)).map(|c| c.name.clone()).collect()
    }

    fn about(&mut self, indicator: &str, check: Check, categories: &[Id], numbers: &[(&'static str, f64)]) {
        let names = self.names(categories);
        self.add(indicator, check, |say| {
            numbers.iter().fold(say.names("category", names), |say, (name, value)| say.number(name, *value))
        });
    }
}

/// Answers that no question asks for, or that come twice: nothing is kept that was not looked at.
fn foreign(questions: &[Question], answers: &[Answer], found: &mut Found) {
    for (n, answer) in answers.iter().enumerate() {
        let id = &answer.indicator;
        // In the order of the questions, every answer has its own.
        if questions.get(n).is_some_and(|question| question.indicator.id == *id) {
            continue;
        }
        if !questions.iter().any(|question| question.indicator.id == *id) {
            found.add(id, Check::IndicatorNotAsked, |say| say.words("value", id));
        } else if answers[..n].iter().any(|other| other.indicator == *id) {
            found.add(id, Check::AnsweredTwice, |say| say.words("value", id));
        }
    }
}

fn check_answer(question: &Question, answer: &Answer, last: Option<&LastTime>, found: &mut Found) {
    let id = &question.indicator.id;
    if let Some(what) = screen::kept_out(&answer.comment) {
        match what.key == screen::OLD_FONT {
            true => found.add(id, Check::OldFont, |say| say),
            false => found.add(id, Check::Personal, |say| say.clause("what", what)),
        }
    }
    if answer.state != AnswerState::Given {
        if answer.has_numbers() {
            found.add(id, Check::NumberWithoutAnswer, |say| say);
        }
        if answer.comment.trim().is_empty() {
            found.add(id, Check::WhyMissing, |say| say);
        }
        return;
    }
    if question.indicator.kind == ValueKind::Narrative {
        if answer.comment.trim().is_empty() {
            found.add(id, Check::Empty, |say| say);
        }
        return;
    }
    check_numbers(question, answer, last, found);
}

fn check_numbers(question: &Question, answer: &Answer, last: Option<&LastTime>, found: &mut Found) {
    let (id, kind) = (&question.indicator.id, question.indicator.kind);
    let (cells, foreign) = question.aligned(&answer.cells);
    if let Some(categories) = foreign {
        found.add(id, Check::NotAsked, |say| say.words("category", categories.join(" · ")));
    }
    let bases = cells.bases.iter().copied().chain(std::iter::repeat(None));
    for ((categories, _), (value, base)) in question.cells().zip(cells.values.iter().copied().zip(bases)) {
        check_number(id, kind, categories, (value, base), found);
    }
    check_number(id, kind, &[], (answer.total, answer.total_base), found);
    let whole = Whole::of(question, &cells, answer);
    if whole.given == 0 && answer.total.is_none() {
        let groups = cells.values.iter().any(Option::is_some);
        return found.add(id, if groups { Check::TotalMissing } else { Check::Empty }, |say| say);
    }
    if whole.given > 0 && whole.given < question.parts {
        let (given, asked) = (whole.given as f64, question.parts as f64);
        found.add(id, Check::SomeCellsEmpty, |say| say.number("given", given).number("asked", asked));
    }
    whole.compare_with_total(id, answer, found);
    // What is added up is in each group at most what it is in all; so are those whom a share or a mean is over.
    let adds_up = !matches!(kind, ValueKind::Index | ValueKind::YesNo | ValueKind::Narrative);
    for (n, categories) in question.grid.0.iter().enumerate().skip(question.parts).filter(|_| adds_up) {
        for (list, total) in [(&cells.values, Some(whole.value)), (&cells.bases, whole.base)] {
            let pair = list.get(n).copied().flatten().zip(total);
            if let Some((group, total)) = pair.filter(|(group, total)| group > total) {
                found.about(id, Check::GroupExceedsTotal, categories, &[("group", group), ("total", total)]);
            }
        }
    }
    if let Some(last) = last.filter(|last| last.answer.state == AnswerState::Given) {
        let before = Whole::of(question, &question.aligned(&last.answer.cells).0, &last.answer);
        compare_with_last(&question.indicator, (last, before.value), whole.value, found);
    }
}

/// The whole that an answer gives: the sum of its parts, or else its total.
struct Whole {
    /// How many parts are given.
    given: usize,
    value: f64,
    base: Option<f64>,
}

impl Whole {
    fn of(question: &Question, cells: &Cells, answer: &Answer) -> Whole {
        let parts = |list: &[Option<f64>]| list[..question.parts.min(list.len())].to_vec();
        let (values, bases) = (parts(&cells.values), parts(&cells.bases));
        match values.iter().flatten().count() {
            0 => Whole { given: 0, value: answer.total.unwrap_or(0.0), base: answer.total_base },
            given => {
                let base = bases.iter().any(Option::is_some).then(|| bases.iter().flatten().sum());
                Whole { given, value: values.iter().flatten().sum(), base }
            }
        }
    }

    /// A total beside the parts counts for nothing, so a difference is told.
    fn compare_with_total(&self, indicator: &str, answer: &Answer, found: &mut Found) {
        let mut differs = |check, total: Option<f64>, sum: Option<f64>| {
            let Some((total, sum)) = total.zip(sum).filter(|(total, sum)| (total - sum).abs() > 1e-9) else { return };
            found.add(indicator, check, |say| say.number("total", total).number("sum", sum));
        };
        if self.given > 0 {
            differs(Check::TotalDiffers, answer.total, Some(self.value));
            differs(Check::TotalBaseDiffers, answer.total_base, self.base);
        }
    }
}

/// One cell, or the total: the same rules for both.
fn check_number(
    indicator: &str,
    kind: ValueKind,
    categories: &[Id],
    (value, base): (Option<f64>, Option<f64>),
    found: &mut Found,
) {
    if let Some(bad) = [value, base].into_iter().flatten().find(|number| !number::is_usable(*number)) {
        let names = found.names(categories);
        let say = |say: Say| say.names("category", names).words("value", bad.to_string());
        return found.add(indicator, Check::NotANumber, |s| say(s).clause("mend", BadNumber::TooLarge.say()));
    }
    let mut about = |check, numbers: &[(&'static str, f64)]| found.about(indicator, check, categories, numbers);
    let counted = matches!(kind, ValueKind::Count | ValueKind::Ratio | ValueKind::Milestone);
    // What a mean or a share is over are persons or things, too.
    let whole = [value.filter(|_| counted), base].into_iter().flatten();
    whole.filter(|number| number.fract() != 0.0).for_each(|number| about(Check::NotWhole, &[("value", number)]));
    let signed = |number: &f64| kind != ValueKind::Index && *number < 0.0;
    let below = [value.filter(signed), base.filter(|base| *base < 0.0)].into_iter().flatten();
    below.for_each(|number| about(Check::Negative, &[("value", number)]));
    if let Some(value) = value.filter(|value| kind == ValueKind::YesNo && *value != 0.0 && *value != 1.0) {
        about(Check::NotYesNo, &[("value", value)]);
    }
    match (value, base) {
        (_, Some(base)) if !has_base(kind) => about(Check::BaseNotAsked, &[("value", base)]),
        (Some(_), None) if has_base(kind) => about(Check::BaseEmpty, &[]),
        (None, Some(base)) => about(Check::ValueEmpty, &[("base", base)]),
        (Some(value), Some(base)) if base == 0.0 && value != 0.0 => about(Check::BaseZero, &[("value", value)]),
        (Some(value), Some(base)) if kind == ValueKind::Ratio && value > base && base > 0.0 => {
            about(Check::MoreThanBase, &[("value", value), ("base", base)]);
        }
        _ => {}
    }
}

/// A running total must not fall; a jump to more than three times or less than a third needs a word. What has not been
/// accepted may be wrong itself, so a fall from it needs a word only.
fn compare_with_last(indicator: &Indicator, (last, before): (&LastTime, f64), now: f64, found: &mut Found) {
    let numbers = |say: Say| say.number("before", before).period("last", last.period).number("now", now);
    let fell = indicator.time == TimeRule::RunningTotal && now < before;
    if fell && last.accepted {
        found.add(&indicator.id, Check::RunningTotalFell, numbers);
    } else if fell || before >= 5.0 && (now > before * 3.0 || now * 3.0 < before) {
        found.add(&indicator.id, Check::Jump, numbers);
    }
}

#[cfg(test)]
mod tests;
