//! What time it is: the one place that asks the machine. Tests bring their own time.

use romduol_plan::Date;

/// A moment, as the parts of the program need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// `2026-11-23T09:34:37Z`, as ledger entries keep it.
    pub stamp: String,
    /// Seconds since 1970, for sessions.
    pub unix: i64,
    /// The date where the program runs, for deadlines.
    pub date: Date,
}

#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    /// Always this second.
    Fixed(i64),
}

impl Clock {
    pub fn now(self) -> Now {
        let (instant, zone) = match self {
            Clock::System => (jiff::Timestamp::now(), jiff::tz::TimeZone::system()),
            Clock::Fixed(unix) => (jiff::Timestamp::from_second(unix).unwrap_or_default(), jiff::tz::TimeZone::UTC),
        };
        let unix = instant.as_second();
        Now { stamp: stamp(unix), unix, date: date(instant.to_zoned(zone)) }
    }
}

/// A moment as ledger entries keep it.
pub fn stamp(unix: i64) -> String {
    jiff::Timestamp::from_second(unix).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The first second of a day where the program runs.
pub fn midnight(date: Date) -> i64 {
    let day = jiff::civil::Date::new(date.year as i16, date.month as i8, date.day as i8).unwrap_or_default();
    day.to_zoned(jiff::tz::TimeZone::system()).map_or(0, |zoned| zoned.timestamp().as_second())
}

/// The day of a moment where the program runs.
pub fn day(unix: i64) -> Date {
    date(jiff::Timestamp::from_second(unix).unwrap_or_default().to_zoned(jiff::tz::TimeZone::system()))
}

fn date(local: jiff::Zoned) -> Date {
    Date { year: local.year().into(), month: local.month() as u8, day: local.day() as u8 }
}
