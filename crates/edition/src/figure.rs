//! A number of an edition and the leave to print it: there is no other way to make one. Refuses to know which counts are
//! hidden; those that are told come from what decides it, [`romduol_disclosure`].

use romduol_disclosure::{Policy, Released};
use romduol_plan::kinds::{Indicator, ValueKind};
use romduol_plan::readings::Reading;
use romduol_plan::totals::Total;
use serde::{Deserialize, Serialize};

/// What may be told of a number. There is one mark for all that is hidden: two would tell the small counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    Shown(Shown),
    Hidden,
}

/// Numbers that somebody gave leave to print.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(Numbers);

/// A value, and the counts that it was divided from where it was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    pub value: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numerator: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
}

/// Why a number that is not itself a count of people may be printed.
#[derive(Clone, Copy, Debug)]
pub enum Leave<'a> {
    /// It points to nobody: such is the kind of its indicator.
    Kind(&'a Indicator),
    /// How many people it is about is told.
    About(Released),
    /// A document that anybody can read has it, and no count in it is small by this rule.
    Document(&'a Indicator, Policy),
}

impl Figure {
    #[must_use]
    pub fn count(count: Released) -> Figure {
        Figure::shown_as(Numbers { value: count.count() as f64, numerator: None, denominator: None })
    }

    /// In per cent, divided anew from what is told. Nothing where there is nothing to divide by.
    #[must_use]
    pub fn share(some: Released, all: Released) -> Option<Figure> {
        let (some, all) = (some.count() as f64, all.count() as f64);
        let numbers = Numbers { value: some / all * 100.0, numerator: Some(some), denominator: Some(all) };
        (all != 0.0).then(|| Figure::shown_as(numbers))
    }

    /// The mean of so many.
    #[must_use]
    pub fn mean(value: f64, of: Released) -> Figure {
        Figure::shown_as(Numbers { value, numerator: None, denominator: Some(of.count() as f64) })
    }

    /// Numbers as they are, where the leave is one; hidden otherwise.
    #[must_use]
    pub fn with(numbers: Numbers, leave: Leave) -> Figure {
        if leave.holds(&numbers) { Figure::shown_as(numbers) } else { Figure::Hidden }
    }

    /// In fifteen digits: any reader gets back the number that was written, and all formats agree to the last digit.
    fn shown_as(Numbers { value, numerator, denominator }: Numbers) -> Figure {
        let short = |number: f64| format!("{number:.14e}").parse().unwrap_or(number);
        let (numerator, denominator) = (numerator.map(short), denominator.map(short));
        Figure::Shown(Shown(Numbers { value: short(value), numerator, denominator }))
    }

    /// The numbers; nothing where they are hidden.
    #[must_use]
    pub fn numbers(&self) -> Option<Numbers> {
        match self {
            Figure::Shown(Shown(numbers)) => Some(*numbers),
            Figure::Hidden => None,
        }
    }
}

impl Leave<'_> {
    fn holds(&self, numbers: &Numbers) -> bool {
        match self {
            Leave::Kind(indicator) => indicator.k <= 1 || indicator.computed.is_some(),
            Leave::About(_) => true,
            Leave::Document(indicator, policy) => {
                !numbers.counts(indicator).iter().any(|count| policy.is_small(*count))
            }
        }
    }
}

impl Numbers {
    /// The counts of people that they say, where the indicator is about people: the value itself, both parts of a share, and
    /// what the one lacks to the other.
    #[must_use]
    pub fn counts(&self, indicator: &Indicator) -> Vec<i64> {
        let value = (indicator.kind == ValueKind::Count).then_some(self.value);
        let rest = self.denominator.zip(self.numerator).map(|(all, some)| all - some);
        let numbers = [value, self.numerator, self.denominator, rest].into_iter().flatten();
        numbers.filter(|count| *count >= 0.0 && count.fract() == 0.0).map(|count| count as i64).collect()
    }
}

impl From<Total> for Numbers {
    fn from(total: Total) -> Numbers {
        Numbers { value: total.value, numerator: total.numerator, denominator: total.denominator }
    }
}

impl From<&Reading> for Numbers {
    fn from(reading: &Reading) -> Numbers {
        Numbers { value: reading.value, numerator: reading.numerator, denominator: reading.denominator }
    }
}
