//! Words of a text in any language: Khmer has no spaces between words, so a dictionary finds them. Refuses to know what
//! is searched.

use std::sync::OnceLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use crate::spelling::fold;

/// Too frequent to say anything about a text.
const EMPTY: &[&str] = &[
    "an",
    "and",
    "as",
    "at",
    "by",
    "for",
    "from",
    "in",
    "into",
    "is",
    "it",
    "its",
    "of",
    "on",
    "or",
    "that",
    "the",
    "their",
    "them",
    "they",
    "this",
    "to",
    "with",
    "ជា",
    "នៅ",
    "និង",
    "នៃ",
    "ក្នុង",
    "ដោយ",
    "របស់",
    "សម្រាប់",
    "លើ",
    "ដែល",
];

/// The words of a text as they are compared, plain plurals cut, frequent words left out.
pub fn words(text: &str) -> Vec<String> {
    static SEGMENTER: OnceLock<WordSegmenterBorrowed<'static>> = OnceLock::new();
    let segmenter = SEGMENTER.get_or_init(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));
    let text = fold(text);
    let mut start = 0;
    let mut words = Vec::new();
    for (end, kind) in segmenter.segment_str(&text).iter_with_word_type() {
        if kind.is_word_like() {
            let word = stem(&text[start..end]);
            // A single letter says nothing; a single digit may be the number of a plan.
            let long = word.chars().nth(1).is_some() || word.starts_with(char::is_numeric);
            if long && !EMPTY.contains(&word) {
                words.push(word.to_string());
            }
        }
        start = end;
    }
    words
}

/// English plurals.
fn stem(word: &str) -> &str {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    let cut = |ending: &str, keep: usize| word.strip_suffix(ending).filter(|rest| rest.len() >= keep);
    match word.ends_with("ss") {
        true => word,
        false => cut("s", 3).unwrap_or(word),
    }
}

/// The tokenizer of the search engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words;

impl bm25::Tokenizer for Words {
    fn tokenize(&self, text: &str) -> Vec<String> {
        words(text)
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn khmer_is_cut_into_its_words() {
        // Women and peace and security.
        assert_eq!(words("ស្ត្រី សន្តិភាព និងសន្តិសុខ"), ["ស្ត្រី", "សន្តិភាព", "សន្តិសុខ"]);
        // A word is found inside a sentence that has no space in it.
        for (sentence, word) in
            [("អំពើហិង្សាលើស្ត្រីកើនឡើងក្នុងវិបត្តិ", "ហិង្សា"), ("ប៉ូលិសជាតិមានស្ត្រីតិចណាស់", "ប៉ូលិស"), ("ការប្រែប្រួលអាកាសធាតុ", "អាកាសធាតុ")]
        {
            let found = words(sentence);
            assert!(found.iter().any(|found| found.contains(word)), "{word} in {found:?}");
        }
    }

    #[test]
    fn women_are_found_however_they_are_spelt() {
        for typed in ["ស្ត្រី", "ស្រ្តី", "ស្ដ្រី", "ស្រ្ដី", "ស្ត្រី\u{200B}"]
        {
            assert_eq!(words(typed), ["ស្ត្រី"], "{typed}");
        }
        assert_eq!(words("Women"), ["women"]);
    }

    #[test]
    fn english_words_meet_their_plurals() {
        assert_eq!(words("The Policies of Cyber-crimes, access"), ["policie", "cyber", "crime", "access"]);
        assert_eq!(words(""), Vec::<String>::new());
    }
}
