//! Periods of the calendar (month, quarter, half-year, year) as plain arithmetic. Refuses to know today's date.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clean;
use crate::number::latin_digits;
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

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadDate {
    NotADate,
    /// `03/04/2025` is a day of April to some and of March to others.
    TwoReadings(Date, Date),
    /// The number by which a spreadsheet counts days, without the format of a date: what it would be.
    Counted(Date),
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

    pub fn first_month(self) -> i32 {
        self.first_month
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

    /// The end of the period as a decimal year (end of 2024 = 2025.0), for the path on which values are judged.
    pub fn end_as_year(self) -> f64 {
        f64::from(self.last_month() + 1) / 12.0
    }

    /// The middle of the period as a decimal year (2024 = 2024.5), for axes: a value stands over its period.
    pub fn middle_as_year(self) -> f64 {
        (f64::from(self.first_month) + f64::from(self.months) / 2.0) / 12.0
    }

    pub fn in_years(self) -> f64 {
        f64::from(self.months) / 12.0
    }

    /// The period of a length that a place on an axis belongs to; the other way of [`Period::middle_as_year`].
    pub fn over(middle: f64, frequency: Frequency) -> Period {
        let months = i32::from(frequency.months());
        let month = (middle * 12.0).floor() as i32;
        Period { first_month: month.div_euclid(months) * months, months: frequency.months() }
    }

    /// The period of a length in which it begins: the year of a quarter.
    pub fn within(self, frequency: Frequency) -> Period {
        let months = i32::from(frequency.months());
        Period { first_month: self.first_month.div_euclid(months) * months, months: frequency.months() }
    }

    /// The periods of a shorter length that make it up, in their order.
    pub fn parts(self, frequency: Frequency) -> impl Iterator<Item = Period> {
        let (first, months) = (self.first_month, frequency.months());
        let starts = (0..self.months).step_by(usize::from(months));
        starts.map(move |start| Period { first_month: first + i32::from(start), months })
    }
}

impl Date {
    /// Reads `2024-07-31`, in Latin or Khmer digits, alone or before a time of day as in `2024-07-31T10:00:00Z`.
    pub fn parse(text: &str) -> Option<Date> {
        if !text.is_ascii() {
            return Some(latin_digits(text)).filter(|text| text.is_ascii()).and_then(|text| Date::parse(&text));
        }
        let (day, rest) = text.split_at_checked(10)?;
        let mut parts = day.splitn(3, '-');
        let mut part = |length| parts.next().filter(|part| part.len() == length && is_number(part));
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        if !rest.is_empty() && !rest.starts_with(['T', ' ']) {
            return None;
        }
        Date::of(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// A day that the calendar has.
    pub fn of(year: i32, month: u8, day: u8) -> Option<Date> {
        let valid = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        valid.then_some(Date { year, month, day })
    }

    /// Reads a date as people write it: the year first (`2024-7-31`, `2024/07/31`), or last where only one order of day and
    /// month makes a date (`31/07/2024`).
    pub fn read(text: &str) -> Result<Date, BadDate> {
        let text = latin_digits(&clean::code(text));
        if let Some(date) = Date::parse(&text) {
            return Ok(date);
        }
        // A spreadsheet writes midnight behind a day.
        let day = text.split_once([' ', 'T']).map_or(text.as_str(), |(day, _)| day);
        let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
        let numbers: Option<Vec<u32>> =
            parts.iter().map(|part| part.parse().ok().filter(|_| part.len() <= 5 && is_number(part))).collect();
        let date = |year: u32, month: u32, day: u32| {
            Date::of(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        };
        match numbers.as_deref() {
            Some(&[year, month, day]) if parts[0].len() == 4 => date(year, month, day).ok_or(BadDate::NotADate),
            Some(&[first, second, year]) if parts[2].len() == 4 => {
                match (date(year, second, first), date(year, first, second)) {
                    (Some(one), Some(other)) if one != other => Err(BadDate::TwoReadings(one, other)),
                    (one, other) => one.or(other).ok_or(BadDate::NotADate),
                }
            }
            // From 1954 to 2077.
            Some(&[count]) if (20_000..=65_000).contains(&count) => Err(BadDate::Counted(Date::counted(count as u16))),
            _ => Err(BadDate::NotADate),
        }
    }

    /// The day that a spreadsheet counts so: 1 is the first of 1900, and it believes in the 29th of February of that year.
    fn counted(days: u16) -> Date {
        Date { year: 1899, month: 12, day: 30 }.plus_days(days)
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
        let text = Cow::<str>::deserialize(deserializer)?;
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

    fn from_str(written: &str) -> Result<Period, BadPeriod> {
        let bad = || BadPeriod(written.chars().take(40).collect());
        let text = match written.is_ascii() {
            true => Cow::Borrowed(written),
            false => latin_digits(&clean::code(written)).into(),
        };
        let year = text.get(..4).filter(|year| is_number(year)).ok_or_else(bad)?;
        let year: i32 = year.parse().map_err(|_| bad())?;
        let part = |digits: &str, parts: u8| -> Result<u8, BadPeriod> {
            let number = Some(digits).filter(|digits| is_number(digits)).and_then(|digits| digits.parse().ok());
            number.filter(|n| (1..=parts).contains(n)).ok_or_else(bad)
        };
        match &text[4..] {
            "" => Ok(Period::year(year)),
            rest if rest.len() == 2 && rest.starts_with(['Q', 'q']) => Ok(Period::quarter(year, part(&rest[1..], 4)?)),
            rest if rest.len() == 2 && rest.starts_with(['S', 's']) => {
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
        for text in ["", "24", "2024Q5", "2024-13", "២០២", "2024Q", "20244", "2024-+1"] {
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
    fn khmer_digits_are_digits() {
        for (written, period) in
            [("២០២៤", "2024"), ("២០២៤Q៣", "2024Q3"), ("២០២៤-០៧", "2024-07"), ("2024q3\u{a0}", "2024Q3")]
        {
            assert_eq!(written.parse::<Period>().unwrap().to_string(), period);
        }
        assert_eq!(Date::parse("២០២៤-០៧-៣១"), Date::parse("2024-07-31"));
        assert_eq!(Date::read("៣១/០៧/២០២៤"), Ok(Date { year: 2024, month: 7, day: 31 }));
    }

    #[test]
    fn a_date_has_one_reading_or_none() {
        let day = |month, day| Date { year: 2025, month, day };
        for text in ["2025-11-30", "2025-11-30 00:00:00", "2025/11/30", "30.11.2025", "11/30/2025", " 2025-11-30\u{a0}"]
        {
            assert_eq!(Date::read(text), Ok(day(11, 30)), "{text}");
        }
        assert_eq!(Date::read("03/03/2025"), Ok(day(3, 3)));
        assert_eq!(Date::read("03/04/2025"), Err(BadDate::TwoReadings(day(4, 3), day(3, 4))));
        assert_eq!(Date::read("46356"), Err(BadDate::Counted(Date { year: 2026, month: 11, day: 30 })));
        for text in ["30/11/25", "31/02/2025", "2025", "2025-11", "30 Nov", "", "1/2/3/2025"] {
            assert_eq!(Date::read(text), Err(BadDate::NotADate), "{text}");
        }
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
            prop_assert_eq!(Period::over(period.middle_as_year(), frequency), period);
            for longer in Frequency::ALL.iter().filter(|longer| longer.months() >= frequency.months()) {
                let parts: Vec<Period> = period.within(*longer).parts(frequency).collect();
                prop_assert!(parts.contains(&period) && parts.len() == usize::from(longer.months() / frequency.months()));
            }
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "\\PC*") {
            let _ = text.parse::<Period>();
            let _ = Date::parse(&text);
            let _ = Date::read(&text);
        }
    }
}
