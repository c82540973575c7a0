//! Texts as they are compared: what looks the same is the same, however it was typed. One pure function, for what is
//! searched and for what is asked. Refuses to know words.

use unicode_normalization::UnicodeNormalization;

/// Before a letter: it stands below the one before it.
const COENG: char = '\u{17D2}';
const RO: char = 'រ';

/// In small letters without accents, digits as Arabic ones, nothing that cannot be seen, and each Khmer syllable in one
/// order: first letter, letters below it (រ as the last), sign of the series, vowel, other signs.
pub fn fold(text: &str) -> String {
    let text = text.to_lowercase();
    let mut folded = String::with_capacity(text.len());
    let mut syllable = Syllable::default();
    let mut below = false;
    for c in text.nfd().filter(|c| !is_unseen(*c) && !is_accent(*c)).flat_map(letter) {
        match c {
            COENG => below = true,
            _ if std::mem::take(&mut below) && is_letter(c) => syllable.below.push(c),
            _ if is_mark(c) => syllable.marks.push(c),
            _ => {
                syllable.write(&mut folded);
                syllable.first = Some(c);
            }
        }
    }
    syllable.write(&mut folded);
    folded
}

/// Zero-width spaces and joiners, soft hyphens, marks of direction; inherent vowels that nobody should type.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{202A}'..='\u{202E}' | '\u{FEFF}' | '\u{AD}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{17B4}' | '\u{17B5}')
}

/// On Latin letters, left out by those in a hurry. Marks of other scripts are vowels.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// One letter for those that stand for each other, and Arabic digits.
fn letter(c: char) -> impl Iterator<Item = char> {
    let one = |c| [Some(c), None];
    let letters = match c {
        '០'..='៩' => one((b'0' + (u32::from(c) - 0x17E0) as u8) as char),
        '\u{17A3}' => one('អ'),
        '\u{17A4}' => [Some('អ'), Some('ា')],
        'ឲ' => one('ឱ'),
        '\u{17D3}' => one('ំ'),
        '\u{A0}' | '\u{202F}' => one(' '),
        c => one(c),
    };
    letters.into_iter().flatten()
}

fn is_letter(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17B3}')
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{17B6}'..='\u{17D1}' | '\u{17DD}')
}

/// Signs that change the series of the letter.
const MUUSIKATOAN: char = '\u{17C9}';
const TRIISAP: char = '\u{17CA}';

#[derive(Default)]
struct Syllable {
    first: Option<char>,
    below: Vec<char>,
    marks: Vec<char>,
}

impl Syllable {
    /// Writes the syllable out and forgets it.
    fn write(&mut self, out: &mut String) {
        out.extend(self.first);
        // Below, ដ and ត are drawn alike.
        self.below.iter_mut().for_each(|c| *c = if *c == 'ដ' { 'ត' } else { *c });
        self.below.sort_by_key(|c| (*c == RO, *c));
        out.extend(self.below.iter().flat_map(|c| [COENG, *c]));
        self.join_vowels();
        self.tell_series();
        self.marks.sort_by_key(|c| (rank(*c), *c));
        self.marks.dedup();
        out.extend(&self.marks);
        *self = Syllable::default();
    }

    /// Vowels on two sides, typed as their halves.
    fn join_vowels(&mut self) {
        for (halves, whole) in [(['េ', 'ី'], 'ើ'), (['េ', 'ា'], 'ោ')] {
            if halves.iter().all(|half| self.marks.contains(half)) {
                self.marks.retain(|c| !halves.contains(c));
                self.marks.push(whole);
            }
        }
    }

    /// Under a vowel that stands above, the sign of the series is drawn as ុ, and typed so.
    fn tell_series(&mut self) {
        let above = self.marks.iter().any(|c| matches!(c, 'ិ' | 'ី' | 'ឹ' | 'ឺ'));
        let sign = match self.first {
            Some('ស' | 'ហ' | 'អ' | 'ប') => TRIISAP,
            Some('ង' | 'ញ' | 'ម' | 'យ' | 'រ' | 'វ' | 'ន' | 'ល') => MUUSIKATOAN,
            _ => return,
        };
        if above {
            self.marks.iter_mut().for_each(|c| *c = if *c == '\u{17BB}' { sign } else { *c });
        }
    }
}

fn rank(mark: char) -> u8 {
    match mark {
        MUUSIKATOAN | TRIISAP | '\u{17CC}' => 0,
        '\u{17B6}'..='\u{17C5}' => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (typed, meant) in [
            ("ស្រ្តី", "ស្ត្រី"),                       // the two letters below the other way round
            ("ស្ដ្រី", "ស្ត្រី"),                       // ដ for ត
            ("ស្រ្ដី", "ស្ត្រី"),                       // both
            ("ស\u{200B}ន្តិ\u{200B}ភាព", "សន្តិភាព"), // zero-width spaces
            ("សន្តិ\u{200C}ភាព", "សន្តិភាព"),
            ("សន្តិ\u{AD}ភាព", "សន្តិភាព"),
            ("កំុ", "កុំ"), // vowel and sign the other way round
            ("ចំា", "ចាំ"),
            ("លេី", "លើ"), // a vowel as its halves
            ("កេា", "កោ"),
            ("ឲ្យ", "ឱ្យ"),
            ("ស៊ី", "សុី"), // the sign of the series as it is drawn
            ("មុឺន", "ម៉ឺន"),
            ("កិិ", "កិ"), // twice
            ("១២៣", "123"),
            ("ឆ្នាំ ២០២៦", "ឆ្នាំ 2026"),
            ("PAR-០៩", "par-09"),
            ("Égalité", "egalite"),
            ("VÕ", "vo"),
        ] {
            assert_eq!(fold(typed), fold(meant), "{typed} and {meant}");
        }
    }

    #[test]
    fn other_words_stay_others() {
        for (one, other) in [("ប៉ា", "បា"), ("ប៉ា", "ប៊ា"), ("កំ", "កុំ"), ("ដី", "តី"), ("កា", "ក"), ("ត្រ", "ត")]
        {
            assert_ne!(fold(one), fold(other));
        }
        assert_eq!(fold("ស្ត្រី និងសន្តិភាព"), "ស្ត្រី និងសន្តិភាព", "the right order is the usual one");
    }

    proptest! {
        #[test]
        fn folded_once_is_folded_for_good(text in "[ក-\u{17DD} ០-៩a-zé\u{200B}]{0,24}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
