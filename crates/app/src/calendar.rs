//! Dates to take into one's own calendar, as iCalendar (RFC 5545). Refuses to know what a date is about: the caller
//! brings the words.

pub use icalendar::EventStatus;
use icalendar::{Calendar, Component, Event, EventLike};
use romduol_plan::Date;

/// Something on one day or over several.
pub struct Entry {
    /// The same whenever the calendar is taken again, so that a calendar program replaces rather than repeats.
    pub uid: String,
    pub title: String,
    pub text: String,
    /// Empty where it has none.
    pub place: String,
    /// Whether it takes place, where somebody decides that.
    pub status: Option<EventStatus>,
    pub first: Date,
    pub last: Date,
    /// Seconds since 1970.
    pub stamp: i64,
}

pub fn ics(name: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    for entry in entries {
        let mut event = Event::new();
        event.uid(&entry.uid).summary(&entry.title).description(&entry.text);
        if !entry.place.is_empty() {
            event.location(&entry.place);
        }
        if let Some(status) = entry.status {
            event.status(status);
        }
        if let Some(stamp) = chrono::DateTime::from_timestamp(entry.stamp, 0) {
            event.timestamp(stamp);
        }
        // The end of whole days is the day after the last.
        if let (Some(first), Some(end)) = (day(entry.first), day(entry.last.plus_days(1))) {
            event.starts(first).ends(end);
        }
        calendar.push(event.done());
    }
    calendar.to_string()
}

fn day(date: Date) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_whole_days_ends_the_day_after() {
        let date = |day| Date { year: 2026, month: 12, day };
        let entry = Entry {
            uid: "N01@plan".into(),
            title: "ជំហានទី១, first; step".into(),
            text: "two\nlines".into(),
            place: "Hall 2, Phnom Penh".into(),
            status: Some(EventStatus::Cancelled),
            first: date(30),
            last: date(31),
            stamp: 0,
        };
        let text = ics("Road", &[entry]);
        for line in [
            "DTSTART;VALUE=DATE:20261230",
            "DTEND;VALUE=DATE:20270101",
            "UID:N01@plan",
            "\\, first\\; step",
            "LOCATION:Hall 2\\, Phnom Penh",
            "STATUS:CANCELLED",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
