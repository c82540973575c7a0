//! Periods of time as SDMX writes them, as months. Refuses to know calendars other than the usual one.

/// The first and the last month, counted from the year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: i32,
    pub last: i32,
}

/// Reads `2024`, `2024-A1`, `2024-S1`, `2024-Q3`, `2024-M07`, `2024-07` and `2024-07-31`.
pub fn span(text: &str) -> Option<Span> {
    let (year, rest) = text.split_at_checked(4)?;
    let year = number(year, 0, 9999)?;
    let months = |months: i32, place: i32| {
        let first = year * 12 + (place - 1) * months;
        Some(Span { first, last: first + months - 1 })
    };
    let Some(rest) = rest.strip_prefix('-') else {
        return if rest.is_empty() { months(12, 1) } else { None };
    };
    match rest.as_bytes().first()? {
        b'A' => months(12, number(&rest[1..], 1, 1)?),
        b'S' => months(6, number(&rest[1..], 1, 2)?),
        b'T' => months(4, number(&rest[1..], 1, 3)?),
        b'Q' => months(3, number(&rest[1..], 1, 4)?),
        b'M' => months(1, number(&rest[1..], 1, 12)?),
        _ => {
            let (month, day) = rest.split_once('-').unwrap_or((rest, "1"));
            number(day.split('T').next()?, 1, 31)?;
            months(1, number(month, 1, 12)?)
        }
    }
}

fn number(text: &str, low: i32, high: i32) -> Option<i32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits.then(|| text.parse().ok()).flatten()?;
    (low..=high).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_period() {
        let months = |text| span(text).map(|span| (span.first - 2024 * 12, span.last - 2024 * 12));
        assert_eq!(months("2024"), Some((0, 11)));
        assert_eq!(months("2024-A1"), Some((0, 11)));
        assert_eq!(months("2024-S2"), Some((6, 11)));
        assert_eq!(months("2024-Q3"), Some((6, 8)));
        assert_eq!(months("2024-07"), Some((6, 6)));
        assert_eq!(months("2024-M07"), Some((6, 6)));
        assert_eq!(months("2024-07-31T10:00:00"), Some((6, 6)));
        for bad in ["", "24", "2024-", "2024-Q5", "2024Q1", "2024-13", "២០២៤", "2024-é", "2024-07-99"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }
}
