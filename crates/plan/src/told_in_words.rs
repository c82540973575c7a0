//! Small counts of people that a text tells: a reason, a note or a narrative beside a table that hides them. Refuses to judge
//! whether they are secret: whoever approves reads the sentence.

use crate::number::latin_digits;

/// Counts below it are small wherever people are.
const SMALL: u32 = 10;
/// So many words may stand between a number and whom it counts.
const NEAR: usize = 4;

const NUMBERS: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
/// Singular and plural of whom a text counts; names of groups of the plan come beside.
const PEOPLE: [&str; 30] = [
    "woman",
    "women",
    "man",
    "men",
    "girl",
    "girls",
    "boy",
    "boys",
    "child",
    "children",
    "person",
    "persons",
    "people",
    "survivor",
    "survivors",
    "victim",
    "victims",
    "case",
    "cases",
    "migrant",
    "migrants",
    "member",
    "members",
    "officer",
    "officers",
    "worker",
    "workers",
    "widow",
    "widows",
    "recipients",
];
/// What is counted without anybody in it, although a place is named.
const THINGS: [&str; 19] = [
    "year",
    "years",
    "quarter",
    "quarters",
    "month",
    "months",
    "week",
    "weeks",
    "day",
    "days",
    "percent",
    "per",
    "province",
    "provinces",
    "district",
    "districts",
    "action",
    "actions",
    "times",
];
/// What stands before a number that is a name.
const NAMING: [&str; 12] = [
    "article",
    "section",
    "chapter",
    "pillar",
    "annex",
    "paragraph",
    "page",
    "table",
    "quarter",
    "no",
    "goal",
    "version",
];
/// Numbers as Khmer writes them before its word for counted people.
const KHMER_NUMBERS: [&str; 9] = ["មួយ", "ពីរ", "បី", "បួន", "ប្រាំមួយ", "ប្រាំពីរ", "ប្រាំបី", "ប្រាំបួន", "ប្រាំ"];
const KHMER_PERSONS: &str = "នាក់";
const KHMER_ONE_PERSON: &str = "ម្នាក់";

/// The sentences of a text that tell a small count of people, or a small number together with one of these places. Names of
/// places and groups are compared in whole words, in any case.
pub fn small_counts<'a>(text: &'a str, places: &[&str], groups: &[&str]) -> Vec<&'a str> {
    sentences(text).filter(|sentence| tells(sentence, places, groups)).collect()
}

/// A full stop inside a number or before a small letter ends nothing.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| matches!(c, '\n' | '!' | '?' | '។' | ';');
    text.split(ends).flat_map(|part| part.split(". ")).map(str::trim).filter(|sentence| !sentence.is_empty())
}

fn tells(sentence: &str, places: &[&str], groups: &[&str]) -> bool {
    if tells_in_khmer(sentence) {
        return true;
    }
    let sentence = &latin_digits(sentence);
    let words: Vec<String> = sentence.split_whitespace().map(|word| word.to_lowercase()).collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_string();
    let groups: Vec<String> = groups.iter().map(|group| group.to_lowercase()).collect();
    let named = |place: &&&str| contains_words(&sentence.to_lowercase(), &place.to_lowercase());
    let in_place = places.iter().any(|place| !place.is_empty() && named(&place));
    (0..words.len()).filter(|at| is_small(&words[*at]) && !is_name(&words, *at)).any(|at| {
        let after = words[at + 1..].iter().take(NEAR);
        let after: Vec<String> = after.map(|word| bare(word)).collect();
        let before = at.checked_sub(1).map(|at| bare(&words[at]));
        let follows = after.join(" ");
        let of_people = |word: &String| PEOPLE.contains(&word.as_str());
        let of_group = groups.iter().any(|group| !group.is_empty() && contains_words(&follows, group));
        let thing = after.first().is_some_and(|word| THINGS.contains(&word.as_str()));
        let people = after.iter().take_while(|word| !THINGS.contains(&word.as_str())).any(of_people);
        people
            || of_group
            || before.is_some_and(|word| of_people(&word))
            || (in_place && !thing && !after.is_empty())
            || (in_place && after.is_empty())
    })
}

/// A whole number from 1 to 9 that stands by itself, in digits or in words.
fn is_small(word: &str) -> bool {
    let word = word.trim_matches(|c: char| matches!(c, ',' | '(' | ')' | '"' | '“' | '”' | ':' | '.'));
    let value =
        word.parse::<u32>().ok().or_else(|| Some(NUMBERS.iter().position(|number| *number == word)? as u32 + 1));
    value.is_some_and(|value| (1..SMALL).contains(&value))
}

/// Whether a number names something, as in “article 4”, or is a share.
fn is_name(words: &[String], at: usize) -> bool {
    let named = at.checked_sub(1).is_some_and(|before| {
        let before = words[before].trim_matches(|c: char| !c.is_alphanumeric());
        NAMING.contains(&before)
    });
    named || words.get(at + 1).is_some_and(|next| next.starts_with('%'))
}

/// Whether a name stands in a text between other characters than letters and digits.
fn contains_words(text: &str, name: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(name)
        .any(|(at, found)| apart(text[..at].chars().next_back()) && apart(text[at + found.len()..].chars().next()))
}

/// Khmer writes no spaces between words, but a word of its own behind every count of people.
fn tells_in_khmer(sentence: &str) -> bool {
    let plain: String = sentence.chars().filter(|c| !matches!(c, ' ' | '\u{200b}' | '\u{a0}')).collect();
    if plain.contains(KHMER_ONE_PERSON) {
        return true;
    }
    plain.match_indices(KHMER_PERSONS).any(|(at, _)| {
        let before = &plain[..at];
        let digits: String =
            before.chars().rev().take_while(|c| c.is_ascii_digit() || ('០'..='៩').contains(c)).collect();
        let continues = before.chars().rev().nth(digits.chars().count()).is_some_and(|c| matches!(c, '.' | ','));
        let one = digits.chars().count() == 1 && !digits.starts_with(['0', '០']) && !continues;
        one || KHMER_NUMBERS.iter().any(|number| before.ends_with(number) && !is_tens(before, number))
    })
}

/// Whether a Khmer number is the end of a larger one.
fn is_tens(before: &str, number: &str) -> bool {
    let rest = before.strip_suffix(number).unwrap_or_default();
    ["ដប់", "ម្ភៃ", "សិប", "រយ", "ពាន់"].iter().any(|tens| rest.ends_with(tens))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [&str; 2] = ["Banteay Meanchey", "Kep"];
    const GROUPS: [&str; 1] = ["with a disability"];

    fn found(text: &str) -> usize {
        small_counts(text, &PLACES, &GROUPS).len()
    }

    #[test]
    fn sentences_that_tell_a_small_count_are_found() {
        for text in [
            "In Banteay Meanchey only 1 woman with a disability was reached in 2025.",
            "This edition adds returns of two provinces and reached 3 women",
            "Seven young survivors were cared for.",
            "Only 2 were reached in Kep.",
            "Kep: 4",
            "In the province five with a disability came.",
            "Women: 6",
            "Kep: ៤",
            "ស្ត្រី 3 នាក់បានទទួលសេវា",
            "មានស្ត្រីបីនាក់",
            "ជនរងគ្រោះម្នាក់",
            "ស្ត្រី\u{200B}៥\u{200B}នាក់",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "Reached 30 women in Kep in 2025.",
            "The training of article 4 was held for many women.",
            "Returns of 3 provinces are late, Kep among them.",
            "A rise of 5 % among women.",
            "1,204 women and 2.5 million riel.",
            "After two years women lead.",
            "See section 3 for women.",
            "ស្ត្រី 35 នាក់",
            "ស្ត្រីម្ភៃបីនាក់",
            "The second quarter was good.",
            "Kepler wrote 3 books.",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
        let both = "All is well. Kep has 2 cases. Nothing else";
        assert_eq!(small_counts(both, &PLACES, &GROUPS), ["Kep has 2 cases"]);
    }
}
