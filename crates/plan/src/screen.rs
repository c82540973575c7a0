//! Finds what points to a single person in a text before it is kept: telephone numbers, e-mail addresses, numbers of
//! papers, names after a title. Refuses to mend a text: its author is asked to.

use crate::say::Say;

/// What was found first; its words are not repeated, because a refusal may be logged.
pub fn personal(text: &str) -> Option<Say> {
    let found = if has_email(text) {
        "screen-email"
    } else if longest_number(text) >= 8 {
        "screen-number"
    } else if names_somebody(text) {
        "screen-name"
    } else {
        return None;
    };
    Some(Say::new("refused-personal").clause("what", Say::new(found)))
}

fn has_email(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let Some((user, host)) = word.split_once('@') else { return false };
        user.chars().last().is_some_and(char::is_alphanumeric) && host.contains('.') && host.len() > 3
    })
}

/// The most digits, Khmer or Latin, in one number as people write them: `012 345 678`, `+855-12-345-678`. Years and
/// ranges of years are no such numbers.
fn longest_number(text: &str) -> usize {
    let mut longest = 0;
    // Digits of each group of the number at hand, and how many signs stand behind its last one.
    let (mut groups, mut gap): (Vec<usize>, usize) = (Vec::new(), 0);
    for c in text.chars().chain(['x']) {
        let joins = matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+' | '\u{200b}') && gap < 2;
        if is_digit(c) {
            match groups.last_mut().filter(|_| gap == 0) {
                Some(digits) => *digits += 1,
                None => groups.push(1),
            }
            gap = 0;
        } else if joins && !groups.is_empty() {
            gap += 1;
        } else {
            let years = (2..=3).contains(&groups.len()) && groups.iter().all(|digits| *digits == 4);
            longest = longest.max(if years { 0 } else { groups.iter().sum() });
            (groups, gap) = (Vec::new(), 0);
        }
    }
    longest
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('០'..='៩').contains(&c)
}

/// A title with a name behind it. Titles of posts (“the Minister”) are no names.
fn names_somebody(text: &str) -> bool {
    let latin = ["Mr", "Mrs", "Ms", "Miss", "Mr.", "Mrs.", "Ms.", "named", "called"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let after_title = words.windows(2).any(|pair| {
        let capital = pair[1].chars().next().is_some_and(char::is_uppercase);
        latin.contains(&pair[0]) && capital
    });
    // Khmer has no capitals: the words for “named” and “aged” give a person away, and so does a title before a space-less name.
    let khmer = ["ឈ្មោះ", "លោកស្រី ", "អ្នកស្រី ", "កញ្ញា ", "លោក "];
    let told = khmer.iter().any(|title| {
        text.split(title).skip(1).any(|rest| rest.trim_start().chars().next().is_some_and(|c| ('ក'..='អ').contains(&c)))
    });
    after_title || told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_to_a_person_is_found() {
        for text in [
            "call me at 012 345 678",
            "tel +855-12-345-678",
            "ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨",
            "write to sok.dara@example.org please",
            "ID 0101234567",
            "Mrs. Chan was beaten",
            "a girl named Sreymom",
            "ស្ត្រីឈ្មោះសុភា",
            "លោក សុខ បាននិយាយ",
        ] {
            assert!(personal(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_does_not_is_left_alone() {
        for text in [
            "from 2024 to 2028, see 2019-2023",
            "Women are 21.4 percent of 1,042 peacekeepers",
            "In 2024 we asked for 3 shelters, 25 provinces and 1 652 communes.",
            "The Minister of Women's Affairs and Ms",
            "ស្ត្រី ១០០ នាក់ ក្នុងឆ្នាំ ២០២៤",
            "UNSCR 1325 (2000)",
            "",
        ] {
            assert_eq!(personal(text), None, "{text}");
        }
    }
}
