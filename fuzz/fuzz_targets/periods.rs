//! Periods and dates as they stand in files and addresses: print and parse agree, and arithmetic does not overflow.
#![no_main]

use libfuzzer_sys::fuzz_target;
use romduol_fuzz::told;
use romduol_locale::Locale;
use romduol_plan::{Date, Frequency, Lang, Period};

fuzz_target!(|text: &str| {
    match text.parse::<Period>() {
        Ok(period) => {
            let printed = period.to_string();
            assert_eq!(printed.parse(), Ok(period));
            assert!(!text.is_ascii() || printed.eq_ignore_ascii_case(text), "{text:?} is read as {printed}");
            assert_eq!(period.next().previous(), period);
            assert_eq!(Period::ending(period.ordinal(), period.frequency()), period);
            assert!(!Locale::of(Lang::Km).period(period).is_empty());
        }
        Err(bad) => told(&bad.say(), text),
    }
    let Some(date) = Date::parse(text) else { return };
    assert_eq!(Date::parse(&date.to_string()), Some(date), "{text:?}");
    assert_eq!(date.plus_days(u16::MAX).minus_days(u16::MAX), date);
    for frequency in Frequency::ALL {
        let period = Period::containing(date, *frequency);
        assert!(period.last_day() >= date && period.previous().last_day() < date, "{date} is not in {period}");
    }
});
