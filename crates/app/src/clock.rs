//! What time it is, and which day that is where the plan is carried out: the one place that asks the machine. Tests bring
//! their own time.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use romduol_plan::zone::Zone;
use romduol_plan::{Date, State};

/// A moment, as the parts of the program need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// `2026-11-23T09:34:37Z`, as ledger entries keep it.
    pub stamp: String,
    /// Seconds since 1970, for sessions.
    pub unix: i64,
    /// The date where the plan is carried out, for deadlines.
    pub date: Date,
    /// That date as a number, for what happens once a day.
    pub day: i64,
}

#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    /// Always this second.
    Fixed(i64),
}

impl Clock {
    /// Seconds since 1970.
    pub fn unix(self) -> i64 {
        match self {
            Clock::System => Timestamp::now().as_second(),
            Clock::Fixed(unix) => unix,
        }
    }

    /// Now, as ledger entries keep it.
    pub fn stamp(self) -> String {
        stamp(self.unix())
    }
}

/// Says which day a moment belongs to. A deadline ends at midnight of the plan's country, wherever the server stands.
#[derive(Clone, Debug)]
pub struct Calendar(TimeZone);

impl Calendar {
    /// By the time zone of the plan; by the machine's where the plan names none.
    pub fn of(state: &State, clock: Clock) -> Calendar {
        let named = state.plan().and_then(|plan| Zone::named(plan.time_zone.as_deref()?));
        Calendar(match (named, clock) {
            (Some(zone), _) => zone.time_zone(),
            (None, Clock::System) => TimeZone::system(),
            (None, Clock::Fixed(_)) => TimeZone::UTC,
        })
    }

    pub fn at(&self, unix: i64) -> Now {
        let date = self.day(unix);
        let since_1970 = civil(date) - civil(Date { year: 1970, month: 1, day: 1 });
        Now { stamp: stamp(unix), unix, date, day: i64::from(since_1970.get_days()) }
    }

    /// The first second of a day.
    pub fn midnight(&self, date: Date) -> i64 {
        civil(date).to_zoned(self.0.clone()).map_or(0, |zoned| zoned.timestamp().as_second())
    }

    /// The day of a moment.
    pub fn day(&self, unix: i64) -> Date {
        let local = Timestamp::from_second(unix).unwrap_or_default().to_zoned(self.0.clone());
        Date { year: local.year().into(), month: local.month() as u8, day: local.day() as u8 }
    }

    /// A moment of the ledger on the clock of the plan's country, to the minute: `2026-11-23 16:34`.
    pub fn told(&self, stamp: &str) -> String {
        match stamp.parse::<Timestamp>() {
            Ok(moment) => moment.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            Err(_) => stamp.to_string(),
        }
    }
}

/// A moment as ledger entries keep it.
pub fn stamp(unix: i64) -> String {
    Timestamp::from_second(unix).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn civil(date: Date) -> jiff::civil::Date {
    jiff::civil::Date::new(date.year as i16, date.month as i8, date.day as i8).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_plans_country() {
        let cambodia = Calendar(Zone::named("Asia/Phnom_Penh").unwrap().time_zone());
        // 30 November 2026, 16:59:59 and 17:00:00 in UTC.
        let last = 1_796_057_999;
        let (before, after) = (cambodia.at(last), cambodia.at(last + 1));
        assert_eq!((before.date, after.date), (date(2026, 11, 30), date(2026, 12, 1)));
        assert_eq!(after.day, before.day + 1);
        assert_eq!(after.stamp, "2026-11-30T17:00:00Z", "entries keep UTC");
        assert_eq!(cambodia.midnight(date(2026, 12, 1)), last + 1);
        assert_eq!(cambodia.told(&after.stamp), "2026-12-01 00:00");
        assert_eq!(Calendar(TimeZone::UTC).at(86_399).day, 0);
        assert_eq!(Calendar(TimeZone::UTC).at(-1).day, -1);
    }
}
