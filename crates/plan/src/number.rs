//! Numbers as people write them: Latin or Khmer digits, with or without thousands separators.
//! Refuses to guess: what could mean two numbers is sent back with both ways to write it.

use crate::say::Say;

/// Why a text is not a number. The display is the mend in one clause, for the program's own log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNumber {
    #[error("write a number, or choose “no data”")]
    Empty,
    #[error("write digits only (0–9 or ០–៩), with a point for decimals")]
    NotANumber,
    #[error("“{0}” can be read as {1} or as {2}; write it without separator, or with a decimal point")]
    Ambiguous(String, String, String),
    #[error("the groups of digits are not thousands; write it without separators")]
    BadGroups,
}

impl BadNumber {
    /// The mend as a clause in the reader's language.
    pub fn say(&self) -> Say {
        match self {
            BadNumber::Empty => Say::new("number-empty"),
            BadNumber::NotANumber => Say::new("number-digits-only"),
            BadNumber::Ambiguous(text, first, second) => {
                Say::new("number-ambiguous").words("text", text).words("first", first).words("second", second)
            }
            BadNumber::BadGroups => Say::new("number-groups"),
        }
    }
}

/// Reads a number. Khmer digits follow the Khmer custom (`១.២៣៤,៥`), Latin digits the English one (`1,234.5`).
pub fn parse(text: &str) -> Result<f64, BadNumber> {
    let value: f64 = plain(text)?.parse().map_err(|_| BadNumber::NotANumber)?;
    if !value.is_finite() || value.abs() > 1e15 {
        return Err(BadNumber::NotANumber);
    }
    Ok(value)
}

/// A number in Latin digits with a point for decimals and nothing else, every digit as it was written.
pub fn plain(text: &str) -> Result<String, BadNumber> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadNumber::Empty);
    }
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let khmer = digits.chars().any(|c| ('០'..='៩').contains(&c));
    let plain: String =
        digits.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{200b}')).map(latin).collect();
    if plain.chars().any(|c| !c.is_ascii_digit() && c != '.' && c != ',')
        || !plain.contains(|c: char| c.is_ascii_digit())
    {
        return Err(BadNumber::NotANumber);
    }
    let (group, decimal) = separators(&plain, khmer)?;
    let (whole, fraction) = match decimal.and_then(|mark| plain.split_once(mark)) {
        Some((whole, fraction)) => (whole, fraction),
        None => (plain.as_str(), ""),
    };
    if fraction.contains(['.', ',']) || (group.is_some_and(|mark| !grouped(whole, mark))) {
        return Err(BadNumber::BadGroups);
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    Ok(format!("{}0{whole}.{fraction}0", if negative { "-" } else { "" }))
}

/// Which mark groups and which one starts the decimals.
fn separators(plain: &str, khmer: bool) -> Result<(Option<char>, Option<char>), BadNumber> {
    let last_dot = plain.rfind('.');
    let last_comma = plain.rfind(',');
    Ok(match (last_dot, last_comma) {
        (None, None) => (None, None),
        // With both marks the later one starts the decimals, whoever wrote it.
        (Some(dot), Some(comma)) if dot > comma => (Some(','), Some('.')),
        (Some(_), Some(_)) => (Some('.'), Some(',')),
        (Some(_), None) if !khmer && plain.matches('.').count() == 1 => (None, Some('.')),
        (Some(_), None) => (Some('.'), None),
        (None, Some(_)) if khmer && plain.matches(',').count() == 1 => (None, Some(',')),
        (None, Some(at)) if grouped(plain, ',') => {
            // `1,234` is a thousand in English; nobody writes a count of people with three decimals.
            debug_assert!(plain.len() - at == 4);
            (Some(','), None)
        }
        (None, Some(_)) => {
            let dotted = plain.replacen(',', ".", 1);
            return Err(BadNumber::Ambiguous(plain.into(), dotted, plain.replace(',', "")));
        }
    })
}

/// Whether every group after the first has exactly three digits.
fn grouped(whole: &str, mark: char) -> bool {
    let mut groups = whole.split(mark);
    let first = groups.next().unwrap_or("");
    let mut rest = groups.peekable();
    if rest.peek().is_none() {
        return first.chars().all(|c| c.is_ascii_digit());
    }
    (1..=3).contains(&first.len()) && rest.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
}

fn latin(c: char) -> char {
    match c {
        '០'..='៩' => char::from(b'0' + (c as u32 - '០' as u32) as u8),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_write_numbers_in_many_ways() {
        let cases = [
            ("12", 12.0),
            ("1,234", 1234.0),
            ("1,234,567.5", 1_234_567.5),
            ("១២", 12.0),
            ("១.២៣៤", 1234.0),
            ("១.២៣៤,៥", 1234.5),
            ("២១,៤", 21.4),
            ("21.4", 21.4),
            ("1 234", 1234.0),
            ("1.234,5", 1234.5),
            ("-3", -3.0),
        ];
        for (text, value) in cases {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_unclear_is_sent_back() {
        assert_eq!(parse("21,4").unwrap_err(), BadNumber::Ambiguous("21,4".into(), "21.4".into(), "214".into()));
        assert_eq!(parse("1,23,456.5").unwrap_err(), BadNumber::BadGroups);
        for text in ["N/A", "-", "12%", "១២ នាក់", "", "1e5", "0x10", "½"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn plain_and_khmer_digits_agree(number in 0u64..10_000_000) {
            let khmer: String = number.to_string().chars()
                .map(|c| char::from_u32('០' as u32 + c.to_digit(10).unwrap()).unwrap()).collect();
            prop_assert_eq!(parse(&number.to_string()), Ok(number as f64));
            prop_assert_eq!(parse(&khmer), Ok(number as f64));
        }
    }
}
