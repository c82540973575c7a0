//! What an import came to, for people and for programs. Refuses to know how it came to it.

use std::collections::BTreeMap;

use romduol_locale::Locale;
use romduol_plan::kinds::Id;
use romduol_plan::{Period, Say};
use schemars::JsonSchema;
use serde::Serialize;

/// Of what is named one by one, the first ones are enough; the numbers beside them are exact.
const NAMED: usize = 1_000;

/// How far an import is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    pub bytes: u64,
    pub of_bytes: u64,
    pub rows: u64,
    pub filed: u64,
    pub refused_rows: u64,
}

/// What an import came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub rows: u64,
    pub filed: u64,
    /// Returns that were in the ledger with the same numbers.
    pub already: u64,
    pub rejected_rows: u64,
    /// Good rows of returns that were not filed because others of their rows were refused.
    pub held_rows: u64,
    /// Refused rows by the key of their reason.
    pub reasons: BTreeMap<String, Reason>,
    /// Answers with a warning, by its key. Each got a remark that it is so in the file.
    pub warnings: BTreeMap<String, u64>,
    /// The returns that were held back, and why.
    pub held: Vec<About>,
    /// The answers with a warning.
    pub warned: Vec<About>,
    pub changed_cells: u64,
    pub changes: Vec<Change>,
    /// What the reader should know of the file, such as rows of a workbook that are hidden.
    pub notes: Vec<Say>,
}

/// The rows that were refused for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub rows: u64,
    /// What is said of one of them.
    pub such_as: Say,
}

/// A sentence about a return, or about one of its indicators.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub unit: Id,
    pub period: Period,
    pub indicator: Option<Id>,
    pub say: Say,
}

/// Something that the file makes other than it was.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    pub unit: Id,
    pub period: Period,
    pub indicator: Id,
    /// The cell's categories; none for the total.
    pub categories: Vec<Id>,
    pub what: What,
    /// Nothing stood there.
    pub old: Option<Kept>,
    pub new: Option<Kept>,
}

/// What changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum What {
    Value,
    Base,
    State,
    Estimate,
    Remark,
    /// The number that counts, where a total takes the place of groups or groups that of a total.
    Counts,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Kept {
    Number(f64),
    Words(String),
}

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kept::Number(number) => write!(f, "{number}"),
            Kept::Words(words) => f.write_str(words),
        }
    }
}

impl Tally {
    /// Whether every row was taken.
    pub fn is_clean(&self) -> bool {
        self.rejected_rows == 0 && self.held_rows == 0
    }

    pub(super) fn refuse(&mut self, reason: &Say, rows: u64) {
        self.rejected_rows += rows;
        self.count(reason.key.to_string(), Reason { rows, such_as: reason.clone() });
    }

    fn count(&mut self, key: String, reason: Reason) {
        let rows = reason.rows;
        let counted = self.reasons.entry(key).or_insert(Reason { rows: 0, ..reason });
        counted.rows += rows;
    }

    pub(super) fn warn(&mut self, about: About) {
        *self.warnings.entry(about.say.key.to_string()).or_default() += 1;
        push(&mut self.warned, about);
    }

    pub(super) fn hold(&mut self, about: About, rows: u64) {
        self.held_rows += rows;
        push(&mut self.held, about);
    }

    /// Takes in what another part of the work came to.
    pub(super) fn add(&mut self, other: Tally) {
        self.rows += other.rows;
        self.filed += other.filed;
        self.already += other.already;
        self.rejected_rows += other.rejected_rows;
        self.held_rows += other.held_rows;
        self.changed_cells += other.changed_cells;
        other.reasons.into_iter().for_each(|(key, reason)| self.count(key, reason));
        other.warnings.into_iter().for_each(|(key, answers)| *self.warnings.entry(key).or_default() += answers);
        self.held.extend(other.held);
        self.warned.extend(other.warned);
        self.changes.extend(other.changes);
        self.notes.extend(other.notes);
    }

    pub(super) fn change(&mut self, changes: Vec<Change>) {
        self.changed_cells += changes.len() as u64;
        changes.into_iter().for_each(|change| push(&mut self.changes, change));
    }
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < NAMED {
        list.push(item);
    }
}

/// The same for a program, in the words of a language.
#[derive(Serialize, JsonSchema)]
pub struct Report {
    /// Rows read, without the header.
    rows: u64,
    /// Returns that were filed; in a dry run, that would be.
    filed: u64,
    /// Returns that were there with the same numbers.
    already: u64,
    rejected_rows: u64,
    /// Good rows of returns that were not filed because others of their rows were refused.
    held_rows: u64,
    /// Rejected rows by the key of their reason.
    reasons: BTreeMap<String, u64>,
    /// Answers with a warning, by its key. Each got a remark that it is so in the file.
    warnings: BTreeMap<String, u64>,
    /// The first 1,000 returns that were held back, each with its reason.
    held: Vec<Sentence>,
    /// The first 1,000 answers with a warning.
    warned: Vec<Sentence>,
    /// How many cells, remarks and marks of returns become other than they were.
    changed_cells: u64,
    /// The first 1,000 of them.
    changes: Vec<Change>,
    /// What should be known of the file, such as rows of a workbook that are hidden.
    notes: Vec<String>,
}

/// A sentence about a return, or about one of its indicators.
#[derive(Serialize, JsonSchema)]
struct Sentence {
    unit: Id,
    period: Period,
    indicator: Option<Id>,
    /// The key of the sentence.
    rule: String,
    sentence: String,
}

impl Report {
    pub fn of(tally: Tally, locale: &Locale) -> Report {
        let told = |about: About| Sentence {
            rule: about.say.key.to_string(),
            sentence: locale.tell(&about.say),
            unit: about.unit,
            period: about.period,
            indicator: about.indicator,
        };
        Report {
            rows: tally.rows,
            filed: tally.filed,
            already: tally.already,
            rejected_rows: tally.rejected_rows,
            held_rows: tally.held_rows,
            reasons: tally.reasons.into_iter().map(|(key, reason)| (key, reason.rows)).collect(),
            warnings: tally.warnings,
            held: tally.held.into_iter().map(told).collect(),
            warned: tally.warned.into_iter().map(told).collect(),
            changed_cells: tally.changed_cells,
            changes: tally.changes,
            notes: tally.notes.iter().map(|note| locale.tell(note)).collect(),
        }
    }
}
