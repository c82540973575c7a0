//! Which day a moment belongs to where the plan is carried out: a deadline ends at midnight of that place, wherever the
//! server stands. Refuses to know what time it is now, and asks no machine: the time zone database is compiled in, so that
//! the same ledger gives the same days everywhere.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::period::Date;

/// The clock of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The time zone of a name such as `Asia/Phnom_Penh`, as the IANA time zone database has it.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZoneDatabase::bundled().get(name).ok().map(Zone)
    }

    pub fn time_zone(&self) -> TimeZone {
        self.0.clone()
    }

    /// The day of a moment of the ledger such as `2026-11-23T18:34:37Z`; none where the text is no moment.
    pub fn day_of(&self, at: &str) -> Option<Date> {
        let local = self.0.to_datetime(at.parse::<Timestamp>().ok()?);
        Date::of(local.year().into(), local.month().unsigned_abs(), local.day().unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_belongs_to_the_day_of_its_place() {
        let day = |zone: &str, at: &str| Zone::named(zone).unwrap().day_of(at).map(|day| day.to_string());
        assert_eq!(day("Asia/Phnom_Penh", "2026-04-15T16:59:59Z").as_deref(), Some("2026-04-15"));
        assert_eq!(day("Asia/Phnom_Penh", "2026-04-15T17:00:00Z").as_deref(), Some("2026-04-16"));
        // The offset of a summer's day is not that of a winter's.
        assert_eq!(day("Europe/Paris", "2026-01-15T22:30:00Z").as_deref(), Some("2026-01-15"));
        assert_eq!(day("Europe/Paris", "2026-07-15T22:30:00Z").as_deref(), Some("2026-07-16"));
        assert_eq!(day("Europe/Paris", "yesterday"), None);
        let unknown = ["Asia/Phnom Penh", "+07:00", ""];
        assert!(unknown.iter().all(|name| Zone::named(name).is_none()));
    }
}
