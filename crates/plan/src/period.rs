//! Periods of the calendar (month, quarter, half-year, year) as plain arithmetic. Refuses to know today's date.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::say::Say;
use crate::vocabulary;

vocabulary! {
    /// How often something is reported.
    Frequency {
        Month = "month",
        Quarter = "quarter",
        Half = "half-year",
        Year = "year",
    }
}

impl Frequency {
    pub fn months(self) -> u8 {
        match self {
            Frequency::Month => 1,
            Frequency::Quarter => 3,
            Frequency::Half => 6,
            Frequency::Year => 12,
        }
    }
}

/// A stretch of whole months: `2024`, `2024S1`, `2024Q3` or `2024-07`.
///
/// Counted in months since year 0, so that order, length and neighbours are arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    first_month: i32,
    months: u8,
}

/// A calendar date, only as precise as deadlines need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    pub year: i32,
    pub month: u8,
    pub day: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a period; write a year (2024), half-year (2024S1), quarter (2024Q3) or month (2024-07)")]
pub struct BadPeriod(pub String);

impl BadPeriod {
    pub fn say(&self) -> Say {
        Say::new("refused-bad-period").words("value", &self.0)
    }
}

impl Period {
    pub fn year(year: i32) -> Period {
        Period { first_month: year * 12, months: 12 }
    }

    pub fn quarter(year: i32, quarter: u8) -> Period {
        Period { first_month: year * 12 + (i32::from(quarter) - 1) * 3, months: 3 }
    }

    pub fn month(year: i32, month: u8) -> Period {
        Period { first_month: year * 12 + i32::from(month) - 1, months: 1 }
    }

    /// The period of that frequency that contains `date`.
    pub fn containing(date: Date, frequency: Frequency) -> Period {
        let months = frequency.months();
        let month = date.year * 12 + i32::from(date.month) - 1;
        Period { first_month: month.div_euclid(i32::from(months)) * i32::from(months), months }
    }

    pub fn frequency(self) -> Frequency {
        match self.months {
            1 => Frequency::Month,
            3 => Frequency::Quarter,
            6 => Frequency::Half,
            _ => Frequency::Year,
        }
    }

    /// The number under which the cube files a period: its last month, so that later means larger.
    pub fn ordinal(self) -> u32 {
        self.last_month().max(0) as u32
    }

    /// The period of a frequency that ends with a month as the cube files it; the other way of [`Period::ordinal`].
    pub fn ending(ordinal: u32, frequency: Frequency) -> Period {
        let months = frequency.months();
        Period { first_month: ordinal as i32 + 1 - i32::from(months), months }
    }

    pub fn next(self) -> Period {
        Period { first_month: self.first_month + i32::from(self.months), ..self }
    }

    pub fn previous(self) -> Period {
        Period { first_month: self.first_month - i32::from(self.months), ..self }
    }

    pub fn contains(self, other: Period) -> bool {
        self.first_month <= other.first_month && other.last_month() <= self.last_month()
    }

    pub fn last_month(self) -> i32 {
        self.first_month + i32::from(self.months) - 1
    }

    /// The year in which the period ends.
    pub fn end_year(self) -> i32 {
        self.last_month().div_euclid(12)
    }

    pub fn last_day(self) -> Date {
        let (year, month) = (self.end_year(), self.last_month().rem_euclid(12) as u8 + 1);
        Date { year, month, day: days_in_month(year, month) }
    }

    /// The end of the period as a decimal year (end of 2024 = 2025.0), for paths and chart axes.
    pub fn end_as_year(self) -> f64 {
        f64::from(self.last_month() + 1) / 12.0
    }
}

impl Date {
    /// Reads `2024-07-31`, alone or before a time of day as in `2024-07-31T10:00:00Z`.
    pub fn parse(text: &str) -> Option<Date> {
        let (day, rest) = text.split_at_checked(10)?;
        let mut parts = day.splitn(3, '-');
        let mut part = |length| parts.next().filter(|part| part.len() == length && is_number(part));
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        if !rest.is_empty() && !rest.starts_with(['T', ' ']) {
            return None;
        }
        let date = Date { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        let valid = (1..=12).contains(&date.month) && (1..=days_in_month(date.year, date.month)).contains(&date.day);
        valid.then_some(date)
    }

    pub fn plus_days(self, days: u16) -> Date {
        let mut date = Date { day: 1, ..self };
        let mut left = i32::from(self.day) + i32::from(days);
        while left > i32::from(days_in_month(date.year, date.month)) {
            left -= i32::from(days_in_month(date.year, date.month));
            date = match date.month {
                12 => Date { year: date.year + 1, month: 1, day: 1 },
                month => Date { month: month + 1, ..date },
            };
        }
        Date { day: left as u8, ..date }
    }

    pub fn minus_days(self, days: u16) -> Date {
        let mut date = self;
        let mut left = i32::from(self.day) - i32::from(days);
        while left < 1 {
            date = match date.month {
                1 => Date { year: date.year - 1, month: 12, day: 1 },
                month => Date { month: month - 1, ..date },
            };
            left += i32::from(days_in_month(date.year, date.month));
        }
        Date { day: left as u8, ..date }
    }
}

/// Digits only: a sign would be read by the library, too, and printed by nobody.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn days_in_month(year: i32, month: u8) -> u8 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// By end, then the longer first: a year comes after its last quarter's start but sorts beside it.
impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.last_month().cmp(&other.last_month()).then(self.first_month.cmp(&other.first_month))
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first_month.div_euclid(12), self.first_month.rem_euclid(12));
        match self.months {
            1 => write!(f, "{year:04}-{:02}", month + 1),
            3 => write!(f, "{year:04}Q{}", month / 3 + 1),
            6 => write!(f, "{year:04}S{}", month / 6 + 1),
            _ => write!(f, "{year:04}"),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Date::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("“{text}” is not a date (YYYY-MM-DD)")))
    }
}

impl JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Period, BadPeriod> {
        let bad = || BadPeriod(text.chars().take(40).collect());
        let year = text.get(..4).filter(|year| is_number(year)).ok_or_else(bad)?;
        let year: i32 = year.parse().map_err(|_| bad())?;
        let part = |digits: &str, parts: u8| -> Result<u8, BadPeriod> {
            let number = Some(digits).filter(|digits| is_number(digits)).and_then(|digits| digits.parse().ok());
            number.filter(|n| (1..=parts).contains(n)).ok_or_else(bad)
        };
        match &text[4..] {
            "" => Ok(Period::year(year)),
            rest if rest.len() == 2 && rest.starts_with('Q') => Ok(Period::quarter(year, part(&rest[1..], 4)?)),
            rest if rest.len() == 2 && rest.starts_with('S') => {
                let half = part(&rest[1..], 2)?;
                Ok(Period { first_month: year * 12 + (i32::from(half) - 1) * 6, months: 6 })
            }
            rest if rest.len() == 3 && rest.starts_with('-') => Ok(Period::month(year, part(&rest[1..], 12)?)),
            _ => Err(bad()),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\d{4}(Q[1-4]|S[12]|-(0[1-9]|1[0-2]))?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quarter_knows_its_end_and_neighbours() {
        let q4: Period = "2024Q4".parse().unwrap();
        assert_eq!(q4.last_day().to_string(), "2024-12-31");
        assert_eq!(q4.next().to_string(), "2025Q1");
        assert!(Period::year(2024).contains(q4));
        assert_eq!(q4.last_day().plus_days(25).to_string(), "2025-01-25");
    }

    #[test]
    fn nonsense_is_named() {
        for text in ["", "24", "2024Q5", "2024-13", "២០២៤", "2024Q", "20244", "2024-+1"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        for text in
            ["", "2024-02-30", "2000000000-01-01", "-2024-01-01", "2024-1-1", "2024-01-+1", "2024-01-011", "2024-01-0é"]
        {
            assert!(Date::parse(text).is_none(), "{text}");
        }
        assert_eq!(Date::parse("2024-01-01T10:00:00Z"), Date::parse("2024-01-01"));
    }

    #[test]
    fn a_year_has_four_digits_when_it_is_printed_too() {
        for text in ["0033", "0033S2", "0000Q1", "0999-07"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn print_and_parse_agree(year in 1900i32..2200, part in 0u8..12, kind in 0usize..4) {
            let frequency = Frequency::ALL[kind];
            let period = Period::containing(Date { year, month: part + 1, day: 1 }, frequency);
            prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
            prop_assert_eq!(period.next().previous(), period);
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "\\PC*") {
            let _ = text.parse::<Period>();
            let _ = Date::parse(&text);
        }
    }
}
