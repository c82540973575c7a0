//! Numbers as people write them: Latin or Khmer digits, with or without thousands separators.
//! Refuses to guess: what could mean two numbers is sent back with both ways to write it.

use crate::clean;
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
    #[error("it has more than 15 digits; write a smaller number")]
    TooLarge,
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
            BadNumber::TooLarge => Say::new("number-too-large"),
        }
    }
}

/// Which mark starts the decimals of a number in Latin digits, where its own writing leaves that open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marks {
    /// `1,234.5`, as the pages of the program have it.
    #[default]
    Point,
    /// `21,4`, as spreadsheets of many countries write. `1,450` is a thousand in a form, so it is sent back all the same.
    Comma,
    /// Nobody has said: what could mean two numbers is sent back.
    Unsaid,
}

/// What the numbers of one file tell of its marks together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    point: bool,
    comma: bool,
}

impl Evidence {
    /// Takes a text into account, if it is a number that can be read in one way only. Khmer digits have their own custom.
    pub fn note(&mut self, text: &str) {
        let alone = |mark: char| {
            text.matches(mark).count() == 1 && grouped(clean::code(text).trim_start_matches(['-', '−']), Some(mark))
        };
        if !text.contains(['.', ',']) || text.chars().any(is_khmer_digit) || alone('.') || alone(',') {
            return;
        }
        let (point, comma) = (plain_in(text, Marks::Point), plain_in(text, Marks::Comma));
        match (point, comma) {
            (Ok(_), Err(_)) => self.point = true,
            (Err(_), Ok(_)) => self.comma = true,
            // With both marks, or one of them twice, a number tells by itself.
            (Ok(point), Ok(comma)) if point == comma => match decimals_begin(text) {
                '.' => self.point = true,
                _ => self.comma = true,
            },
            _ => {}
        }
    }

    /// The marks of the file: `unsaid` where no number tells, and nobody's where they contradict each other.
    pub fn marks(self, unsaid: Marks) -> Marks {
        match (self.point, self.comma) {
            (true, false) => Marks::Point,
            (false, true) => Marks::Comma,
            (false, false) => unsaid,
            (true, true) => Marks::Unsaid,
        }
    }
}

/// The mark of the decimals in a number that leaves no doubt.
fn decimals_begin(text: &str) -> char {
    match (text.matches('.').count(), text.matches(',').count()) {
        // One of them beside groups that are set apart by spaces.
        (1, 0) => '.',
        (0, 1) => ',',
        // Twice the same groups.
        (0, _) => '.',
        (_, 0) => ',',
        _ if text.rfind('.') > text.rfind(',') => '.',
        _ => ',',
    }
}

/// Reads a number. Khmer digits follow the Khmer custom (`១.២៣៤,៥`), Latin digits the English one (`1,234.5`).
pub fn parse(text: &str) -> Result<f64, BadNumber> {
    parse_in(text, Marks::Point)
}

/// Reads a number of a file with these marks.
pub fn parse_in(text: &str, marks: Marks) -> Result<f64, BadNumber> {
    let value: f64 = plain_in(text, marks)?.parse().map_err(|_| BadNumber::NotANumber)?;
    if is_usable(value) { Ok(value) } else { Err(BadNumber::TooLarge) }
}

/// Whether it is a number at all, and one that a count can be added to without a loss.
pub fn is_usable(value: f64) -> bool {
    value.abs() <= 1e15
}

/// A number in Latin digits with a point for decimals and nothing else, every digit as it was written.
pub fn plain(text: &str) -> Result<String, BadNumber> {
    plain_in(text, Marks::Point)
}

/// The same in a file with these marks.
pub fn plain_in(text: &str, marks: Marks) -> Result<String, BadNumber> {
    let text = clean::code(text);
    if text.is_empty() {
        return Err(BadNumber::Empty);
    }
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", &*text),
    };
    let khmer = digits.chars().any(is_khmer_digit);
    let digits = latin_digits(digits);
    if digits.chars().any(|c| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' '))
        || !digits.contains(|c: char| c.is_ascii_digit())
    {
        return Err(BadNumber::NotANumber);
    }
    let (group, decimal) = separators(&digits, khmer, marks)?;
    let (whole, fraction) = match decimal.and_then(|mark| digits.rsplit_once(mark)) {
        Some((whole, fraction)) => (whole, fraction),
        None => (digits.as_str(), ""),
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || !grouped(whole, group) {
        return Err(BadNumber::BadGroups);
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    Ok(format!("{sign}0{whole}.{fraction}0"))
}

/// Which mark groups and which one starts the decimals.
fn separators(digits: &str, khmer: bool, marks: Marks) -> Result<(Option<char>, Option<char>), BadNumber> {
    let (dots, commas) = (digits.matches('.').count(), digits.matches(',').count());
    let space = digits.contains(' ').then_some(' ');
    Ok(match (dots, commas) {
        (0, 0) => (space, None),
        // With both marks the later one starts the decimals, whoever wrote it.
        (1.., 1..) if space.is_some() => return Err(BadNumber::BadGroups),
        (1.., 1..) if digits.rfind('.') > digits.rfind(',') => (Some(','), Some('.')),
        (1.., 1..) => (Some('.'), Some(',')),
        (2.., 0) => (Some('.'), None),
        (0, 2..) => (Some(','), None),
        // Where a space groups, the other mark does not.
        (1, 0) if space.is_some() && !khmer => (space, Some('.')),
        (0, 1) if space.is_some() => (space, Some(',')),
        (1, 0) if khmer => (Some('.'), None),
        (1, 0) => match marks {
            Marks::Comma | Marks::Unsaid if grouped(digits, Some('.')) => return Err(ambiguous(digits, '.')),
            Marks::Comma => (Some('.'), None),
            Marks::Point | Marks::Unsaid => (None, Some('.')),
        },
        // `1,450` is a thousand to some and one and a half to others, in digits of either script.
        (0, 1) => match (marks, grouped(digits, Some(','))) {
            (Marks::Comma, grouped) if khmer || !grouped => (None, Some(',')),
            (_, false) if khmer => (None, Some(',')),
            (Marks::Point, true) if !khmer => (Some(','), None),
            _ => return Err(ambiguous(digits, ',')),
        },
    })
}

fn ambiguous(digits: &str, mark: char) -> BadNumber {
    BadNumber::Ambiguous(digits.into(), digits.replacen(mark, ".", 1), digits.replace(mark, ""))
}

/// Whether every group after the first has exactly three digits. Nobody begins a thousand with a zero.
fn grouped(whole: &str, mark: Option<char>) -> bool {
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    match mark.and_then(|mark| Some((mark, whole.split_once(mark)?))) {
        None => digits(whole),
        Some((mark, (first, rest))) => {
            let thousands = rest.split(mark).all(|group| group.len() == 3 && digits(group));
            thousands && digits(first) && (1..=3).contains(&first.len()) && !first.starts_with('0')
        }
    }
}

fn is_khmer_digit(c: char) -> bool {
    ('០'..='៩').contains(&c)
}

/// Khmer digits as Latin ones; everything else stays.
pub fn latin_digits(text: &str) -> String {
    let latin = |c: char| match c {
        '០'..='៩' => char::from(b'0' + (c as u32 - '០' as u32) as u8),
        other => other,
    };
    text.chars().map(latin).collect()
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
            ("1 234,5", 1234.5),
            ("1\u{a0}234\u{a0}567.5", 1_234_567.5),
            ("\u{feff}12\u{200b}", 12.0),
            ("0.450", 0.45),
            ("-3", -3.0),
        ];
        for (text, value) in cases {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
    }

    /// The same table as the script of the form is held to, which adds up while somebody types.
    #[test]
    fn a_form_reads_what_its_script_adds_up() {
        for row in include_str!("../tests/numbers.csv").lines().skip(1) {
            let (typed, number) = row.rsplit_once(',').unwrap();
            let typed = typed.trim_matches('"');
            assert_eq!(parse(typed).ok(), number.parse().ok(), "{typed:?}");
        }
    }

    #[test]
    fn what_is_unclear_is_sent_back() {
        assert_eq!(parse("21,4").unwrap_err(), BadNumber::Ambiguous("21,4".into(), "21.4".into(), "214".into()));
        assert_eq!(parse("1,23,456.5").unwrap_err(), BadNumber::BadGroups);
        // Two numbers in one cell are not one.
        assert_eq!(parse("10 20").unwrap_err(), BadNumber::BadGroups);
        // Nobody writes 450 like this.
        assert!(matches!(parse("0,450").unwrap_err(), BadNumber::Ambiguous(..)));
        for text in ["N/A", "-", "12%", "១២ នាក់", "", "1e5", "0x10", "½"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    /// `1,450` in each kind of file and in both scripts: one number, or sent back with both readings, and never another.
    #[test]
    fn a_comma_means_one_thing_in_one_file() {
        let both =
            |text: &str, first: &str, second: &str| Err(BadNumber::Ambiguous(text.into(), first.into(), second.into()));
        let asked = || both("1,450", "1.450", "1450");
        assert_eq!(parse_in("1,450", Marks::Point), Ok(1450.0));
        assert_eq!(parse_in("1,450", Marks::Comma), asked());
        assert_eq!(parse_in("1,450", Marks::Unsaid), asked());
        assert_eq!(parse_in("1.450", Marks::Point), Ok(1.45));
        assert_eq!(parse_in("1.450", Marks::Comma), both("1.450", "1.450", "1450"));
        assert_eq!((parse_in("21,4", Marks::Comma), parse_in("0,450", Marks::Comma)), (Ok(21.4), Ok(0.45)));
        assert_eq!(parse_in("1.450", Marks::Unsaid), both("1.450", "1.450", "1450"));
        for marks in [Marks::Point, Marks::Unsaid] {
            assert_eq!(parse_in("១,៤៥០", marks), asked());
            assert_eq!(parse_in("21,4", marks), both("21,4", "21.4", "214"));
        }
        for marks in [Marks::Point, Marks::Comma, Marks::Unsaid] {
            assert_eq!(parse_in("១.៤៥០", marks), Ok(1450.0));
            assert_eq!(parse_in("1.234.567,5", marks), Ok(1_234_567.5));
            assert_eq!(parse_in("1,234,567", marks), Ok(1_234_567.0));
        }
        assert_eq!(parse_in("21.4", Marks::Comma), Err(BadNumber::BadGroups));
        assert_eq!(parse_in("21.4", Marks::Unsaid), Ok(21.4));
    }

    #[test]
    fn a_file_tells_its_marks() {
        let marks = |numbers: &[&str]| {
            let mut evidence = Evidence::default();
            numbers.iter().for_each(|number| evidence.note(number));
            evidence.marks(Marks::Unsaid)
        };
        assert_eq!(marks(&["12", "1,450", "1.450", "many", "១,៥"]), Marks::Unsaid);
        assert_eq!(marks(&["1,450", "21,4"]), Marks::Comma);
        assert_eq!(marks(&["1,450", "21.4"]), Marks::Point);
        assert_eq!(marks(&["1.450,50"]), Marks::Comma);
        assert_eq!(marks(&["1 450,5"]), Marks::Comma);
        assert_eq!(marks(&["1,450.50"]), Marks::Point);
        assert_eq!(marks(&["1.234.567"]), Marks::Comma);
        assert_eq!(marks(&["1,234,567"]), Marks::Point);
        assert_eq!(marks(&["21,4", "21.4"]), Marks::Unsaid);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        /// Whatever door a text comes through and whatever its file says, it is one number, or sent back.
        #[test]
        fn a_text_is_never_two_numbers(text in "-?[0-9០-៩]{1,4}[., ]?[0-9០-៩]{0,4}[., ]?[0-9០-៩]{0,3}") {
            let all = [Marks::Point, Marks::Comma, Marks::Unsaid].map(|marks| parse_in(&text, marks));
            let read: Vec<f64> = all.into_iter().flatten().collect();
            prop_assert!(read.windows(2).all(|two| two[0] == two[1]), "{} is {:?}", text, read);
        }

        #[test]
        fn unsaid_is_never_a_guess(text in "[0-9]{1,4}[., ]?[0-9]{0,4}[.,]?[0-9]{0,3}") {
            if let Ok(number) = parse_in(&text, Marks::Unsaid) {
                for marks in [Marks::Point, Marks::Comma] {
                    prop_assert!(parse_in(&text, marks).map_or(true, |other| other == number), "{}", text);
                }
            }
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
