//! Where figures and wordings come from: figures that stand in a summary only, sources older than their figure,
//! instruments that are cited and not listed, targets worded otherwise than in the official list.

mod cited;
mod wording;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Finding;
use crate::answers::Severity;
use crate::kinds::*;
use crate::number::latin_digits;
use crate::readings::figure_period;
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    only_in_summary(state, found);
    for figure in state.all::<Evidence>() {
        found.extend(older_source(figure));
    }
    cited::check(state, found);
    wording::check(state, found);
}

fn is_summary(section: &str) -> bool {
    section.to_lowercase().contains("summary") || section.contains("សង្ខេប")
}

/// Figures of a summary that the body of the same document does not print, by section of the summary.
fn only_in_summary(state: &State, found: &mut Vec<Finding>) {
    let (summary, body): (Vec<_>, Vec<_>) = state.all::<Evidence>().partition(|figure| is_summary(&figure.section));
    if body.is_empty() {
        return;
    }
    let elsewhere = |figure: &Evidence| {
        let named = figure.also_in.split(';').any(|section| !section.trim().is_empty() && !is_summary(section));
        let same = |other: &&Arc<Evidence>| {
            figure.series.is_some()
                && (&figure.series, figure.sex, &figure.date) == (&other.series, other.sex, &other.date)
        };
        named || body.iter().any(same)
    };
    let mut alone: BTreeMap<&str, Vec<&Arc<Evidence>>> = BTreeMap::new();
    for figure in summary.into_iter().filter(|figure| !elsewhere(figure)) {
        let section = figure.section.split(" (").next().unwrap_or_default();
        alone.entry(section).or_default().push(figure);
    }
    for (section, figures) in alone {
        let count = |lacks: &dyn Fn(&Evidence) -> bool| figures.iter().filter(|figure| lacks(figure)).count() as f64;
        let (uncited, undated) = (count(&|one| one.cited_source.is_empty()), count(&|one| one.date.is_empty()));
        let severity = if uncited + undated > 0.0 { Severity::Warning } else { Severity::Note };
        let finding = Finding::new("finding-only-in-summary", severity)
            .word("section", section)
            .number("count", figures.len() as f64)
            .number("uncited", uncited)
            .number("undated", undated)
            .about(figures)
            .named(section);
        found.push(finding);
    }
}

/// A source that is older than the moment its figure is of cannot know it.
fn older_source(figure: &Arc<Evidence>) -> Option<Finding> {
    let observed = matches!(figure.kind, FigureKind::Observed | FigureKind::Ranking);
    let of = figure_period(&figure.date).filter(|_| observed && figure.date_basis != YearBasis::SourcePublication)?;
    let source = newest(&figure.cited_source)?;
    let older = match source.month {
        Some(month) => source.year * 12 + i32::from(month) - 1 < of.first_month(),
        None => source.year < of.first_month().div_euclid(12),
    };
    let told = source.month.map_or(source.year.to_string(), |month| format!("{}-{month:02}", source.year));
    let finding = Finding::new("finding-source-older", Severity::Warning)
        .about([figure])
        .name("label", &figure.label)
        .word("printed", &figure.printed)
        .word("date", &figure.date)
        .word("source", &figure.cited_source)
        .word("source-date", told)
        .word("section", &figure.section);
    older.then_some(finding)
}

/// A year in a text, with its month where one stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mentioned {
    year: i32,
    month: Option<u8>,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const KHMER_MONTHS: [&str; 12] =
    ["មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"];

fn month(word: &str) -> Option<u8> {
    let lower = word.to_lowercase();
    let named = |names: &[&str; 12], fits: &dyn Fn(&str) -> bool| names.iter().position(|name| fits(name));
    // A name or its first letters: `Sept`, not `mayor`.
    let full = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let latin = (3..=9).contains(&lower.len()).then(|| named(&MONTHS, &|name| lower.starts_with(name))).flatten();
    let latin = latin.filter(|n| full[*n].starts_with(&lower));
    latin.or_else(|| named(&KHMER_MONTHS, &|name| word.ends_with(name))).and_then(|n| u8::try_from(n + 1).ok())
}

/// The newest date that a source names, in words or in an address.
fn newest(source: &str) -> Option<Mentioned> {
    let text = latin_digits(source);
    let words = words(&text);
    let year = |word: &str| {
        let plain = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
        word.parse::<i32>().ok().filter(|year| plain && (1900..2100).contains(year))
    };
    let dated = words.iter().enumerate().filter_map(|(n, word)| {
        let year = year(word)?;
        // A month before the year, or before words such as `ឆ្នាំ`.
        let before = words[n.saturating_sub(2)..n].iter().rev().find_map(|word| month(word));
        Some(Mentioned { year, month: before })
    });
    dated.max()
}

/// Words and numbers, also where nothing stands between them: `ឆ្នាំ2024`, `may2024`. Signs above and below Khmer letters are
/// part of a word.
fn words(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Part {
        Digit,
        Letter,
        Gap,
    }
    let part = |c: char| match c {
        c if c.is_ascii_digit() => Part::Digit,
        c if c.is_alphabetic() || ('\u{1780}'..='\u{17dd}').contains(&c) => Part::Letter,
        _ => Part::Gap,
    };
    let (mut words, mut from) = (Vec::new(), 0);
    let mut before = Part::Gap;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let now = part(c);
        if now != before {
            if before != Part::Gap {
                words.push(&text[from..at]);
            }
            (from, before) = (at, now);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_date_of_a_source_is_read_from_words_and_addresses() {
        let date = |source| newest(source).map(|date| (date.year, date.month));
        assert_eq!(date("https://x.org/files/women_peacekeepers_74_may_2024.pdf"), Some((2024, Some(5))));
        assert_eq!(date("Survey 2021; Yearbook 2023, Jakarta, December 2023"), Some((2023, Some(12))));
        assert_eq!(date("Regional report, 2020"), Some((2020, None)));
        assert_eq!(date("របាយការណ៍ ខែធ្នូ ឆ្នាំ២០២៤"), Some((2024, Some(12))));
        assert_eq!(date("https://x.org/en/179373"), None);
        assert_eq!(date("The Mayor 2024"), Some((2024, None)));
        assert_eq!(date("12 December 2019 to Sept 2020"), Some((2020, Some(9))));
    }
}
