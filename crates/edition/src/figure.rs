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

#[cfg(test)]
mod tests {
    use romduol_disclosure::{Dimension, Edition, Figure as Cell, Memory, Table, suppress};
    use serde_json::json;

    use super::*;

    fn indicator(kind: &str, k: u32) -> Indicator {
        let text = json!({ "en": "", "km": "" });
        let body = json!({ "id": "I", "name": text, "definition": text, "kind": kind, "unit": "", "time": "sum",
            "place": "sum", "dimensions": [], "overlapping": [], "direction": "up", "owner": "MOI", "nodes": [],
            "level": "output", "frequency": "quarter", "form": "f", "data_source": "", "method": text, "class": "public",
            "k": k, "floor": "province", "source": "" });
        serde_json::from_value(body).unwrap()
    }

    fn value(value: f64) -> Numbers {
        Numbers { value, numerator: None, denominator: None }
    }

    /// Two counts that are told and one that is small.
    fn cells() -> Vec<Cell> {
        let mut edition = Edition::new(vec![Dimension::new("place", ["A", "B", "C"]).unwrap()], Policy::people());
        for (place, count) in [("A", 3), ("B", 12), ("C", 30)] {
            edition.count(&[place], count).unwrap();
        }
        edition.publish(Table::new("t").by("place", ["A", "B", "C"]));
        suppress(&edition, &Memory::new()).unwrap().tables[0].figures.clone()
    }

    #[test]
    fn counts_are_printed_with_the_leave_of_what_hides_them() {
        let cells = cells();
        assert_eq!(cells[0].released(), None);
        let (some, all) = (cells[1].released().unwrap(), cells[2].released().unwrap());
        assert_eq!(Figure::count(all).numbers(), Some(value(30.0)));
        let share = Figure::share(some, all).and_then(|share| share.numbers()).unwrap();
        assert_eq!(share, Numbers { value: 40.0, numerator: Some(12.0), denominator: Some(30.0) });
        assert_eq!(Figure::mean(2.5, all).numbers().unwrap().denominator, Some(30.0));
        let about = Figure::with(value(1_500.0), Leave::About(some));
        assert_eq!(about.numbers(), Some(value(1_500.0)), "an amount for people whose number is told");
    }

    #[test]
    fn a_leave_that_does_not_hold_prints_nothing() {
        let (open, counted) = (indicator("count", 1), indicator("count", 5));
        let shown = |numbers, leave| Figure::with(numbers, leave) != Figure::Hidden;
        assert!(shown(value(2.0), Leave::Kind(&open)) && !shown(value(200.0), Leave::Kind(&counted)));
        let rule = Policy { k: 5, ..Policy::people() };
        assert!(
            shown(value(5.0), Leave::Document(&counted, rule)) && !shown(value(4.0), Leave::Document(&counted, rule))
        );
        // Of a share both parts are counts, and what lies between them.
        let share = |some: f64| Numbers { value: some, numerator: Some(some), denominator: Some(100.0) };
        let percent = indicator("ratio", 5);
        let told = [4.0, 5.0, 95.0, 97.0].map(|some| shown(share(some), Leave::Document(&percent, rule)));
        assert_eq!(told, [false, true, true, false]);
        assert!(shown(value(2.0), Leave::Document(&percent, rule)), "two per cent are no count");
    }

    #[test]
    fn a_number_is_kept_as_it_was_before() {
        let kept = r#"{"shown":{"value":40.0,"numerator":12.0,"denominator":30.0}}"#;
        let figure: Figure = serde_json::from_str(kept).unwrap();
        assert_eq!(serde_json::to_string(&figure).unwrap(), kept);
        assert_eq!(serde_json::to_string(&Figure::Hidden).unwrap(), r#""hidden""#);
    }
}
