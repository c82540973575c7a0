//! The age of one person, and the day on which somebody was born. Refuses to take the ages of groups for them.

use crate::number::latin_digits;
use crate::period::Date;

/// What tells that an age is the end of a range, of a group.
const RANGES: [&str; 8] = ["and", "or", "to", "plus", "-", "–", "+", "years"];

/// Whether a text tells how old one person is.
pub(super) fn tells_of_one(text: &str) -> bool {
    is_years_old(text) || is_aged(text) || is_aged_in_khmer(&latin_digits(text)) || is_born(text)
}

/// “a 14-year-old”, “one 9 year old girl”: the age of one person. Of several it is a group (“14-year-olds”, “18-year-old women”).
fn is_years_old(text: &str) -> bool {
    let lower = text.to_lowercase().replace('-', " ");
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.windows(4).any(|four| {
        let one = ["a", "an", "one", "the", "her", "his"].contains(&four[0]);
        let age = four[1].parse::<u8>().is_ok_and(|age| age < 120);
        one && age && four[2] == "year" && four[3].trim_matches(|c: char| !c.is_alphabetic()) == "old"
    })
}

/// “the girl, aged 14, of Prek Pra”, “a child aged 9”.
fn is_aged(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).enumerate().any(|(at, two)| {
        let before = at.checked_sub(1).map_or("", |at| words[at]);
        let after = words.get(at + 2).map_or(String::new(), |word| word.to_lowercase());
        let apart = before.ends_with(',') || super::names::is_person(&before.to_lowercase());
        let ends = two[1].ends_with([',', '.', ';', ')']);
        let group = !ends && RANGES.contains(&after.as_str());
        two[0].eq_ignore_ascii_case("aged") && apart && is_age(two[1]) && !group
    })
}

fn is_age(word: &str) -> bool {
    latin_digits(word.trim_matches(|c: char| !c.is_alphanumeric()))
        .parse::<u8>()
        .is_ok_and(|age| (1..120).contains(&age))
}

/// “អាយុ ១៤ ឆ្នាំ” with a village beside it.
fn is_aged_in_khmer(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{200b}' | '\u{a0}')).collect();
    let one = text.match_indices("អាយុ").any(|(at, word)| {
        let rest = &text[at + word.len()..];
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let behind = rest[digits..].strip_prefix("ឆ្នាំ");
        (1..=2).contains(&digits)
            && behind.is_some_and(|behind| !["ឡើង", "ចុះ", "និង", "ដល់"].iter().any(|w| behind.starts_with(w)))
    });
    one && text.contains("ភូមិ")
}

/// “born 12/03/2010”, “date of birth: 2010-03-12”.
fn is_born(text: &str) -> bool {
    let lower = text.to_lowercase();
    let day = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.contains(['/', '-', '.']) && !matches!(Date::read(word), Err(crate::period::BadDate::NotADate))
    };
    ["born", "birth", "dob", "កំណើត", "កើត"].iter().any(|told| {
        lower.match_indices(told).any(|(at, _)| lower[at + told.len()..].split_whitespace().take(3).any(day))
    })
}
