//! Why something that a door brings has no place in a return. Refuses to know the door.

use crate::kinds::Id;
use crate::number::BadNumber;
use crate::say::Say;
use crate::text::Text;

/// What was brought and cannot be taken, with the names that the sentence needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(strum::EnumDiscriminants))]
#[cfg_attr(test, strum_discriminants(derive(strum::VariantArray)))]
pub enum Refusal {
    /// The unit is not asked about it.
    UnknownIndicator(String),
    /// The dimension has no such category.
    UnknownCategory {
        value: String,
        dimension: Text,
    },
    /// The indicator is not broken down so.
    NotAsked {
        groups: String,
    },
    /// Some of the dimensions are given and some are not: neither a cell nor the total.
    MissingDimension {
        given: Vec<Text>,
        missing: Vec<Text>,
        columns: Vec<Id>,
    },
    /// The number was given before; the categories of its cell.
    Twice {
        categories: Vec<Text>,
    },
    NotANumber {
        categories: Vec<Text>,
        typed: String,
        bad: BadNumber,
    },
    /// A denominator or number of cases for an indicator that has none.
    BaseNotAsked {
        categories: Vec<Text>,
        base: String,
    },
    /// A number for an indicator that is answered in words.
    NumberNotAsked {
        value: String,
    },
    /// What was chosen is none of the choices.
    UnknownChoice(String),
    /// There is a number and there is none: both were said.
    TwoStates,
}

impl Refusal {
    /// The refusal as a sentence with its names.
    pub fn say(&self) -> Say {
        match self {
            Refusal::UnknownIndicator(value) => Say::new("import-unknown-indicator").words("value", value),
            Refusal::UnknownCategory { value, dimension } => {
                Say::new("intake-unknown-category").words("value", value).name("dimension", dimension)
            }
            Refusal::NotAsked { groups } => Say::new("check-not-asked").words("category", groups),
            Refusal::MissingDimension { given, missing, columns } => Say::new("intake-missing-dimension")
                .names("given", given.clone())
                .names("missing", missing.clone())
                .words("columns", columns.join(", ")),
            Refusal::Twice { categories } => Say::new("import-cell-twice").names("category", categories.clone()),
            Refusal::NotANumber { categories, typed, bad } => Say::new("check-not-a-number")
                .names("category", categories.clone())
                .words("value", typed)
                .clause("mend", bad.say()),
            Refusal::BaseNotAsked { categories, base } => {
                Say::new("check-base-not-asked").names("category", categories.clone()).words("value", base)
            }
            Refusal::NumberNotAsked { value } => Say::new("intake-number-not-asked").words("value", value),
            Refusal::UnknownChoice(value) => Say::new("refused-bad-choice").words("value", value),
            Refusal::TwoStates => Say::new("intake-two-states"),
        }
    }
}
