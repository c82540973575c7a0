//! Instruments that a text of the plan cites by number and that its list of instruments lacks. Refuses to know which
//! frameworks there are: those that the plan lists by number are the ones that are looked for.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::answers::Severity;
use crate::kinds::*;
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    let mut listed: BTreeMap<Framework, BTreeSet<String>> = BTreeMap::new();
    for instrument in state.all::<Instrument>() {
        let numbers = [&instrument.paragraph, &instrument.title.en].into_iter().flat_map(|text| numbers(text));
        listed.entry(instrument.framework).or_default().extend(numbers);
    }
    // A framework without numbers has nothing that could be looked for.
    listed.retain(|_, numbers| numbers.len() > 1);
    let mut lacking: BTreeMap<(Framework, String), Vec<(Kind, Id)>> = BTreeMap::new();
    for (record, text) in texts(state) {
        for (framework, known) in &listed {
            for number in cited(&text, framework.code()).into_iter().filter(|number| !is_known(number, known)) {
                let records = lacking.entry((*framework, number)).or_default();
                if !records.contains(&record) {
                    records.push(record.clone());
                }
            }
        }
    }
    for ((framework, number), records) in lacking {
        let finding = Finding::new("finding-instrument-not-listed", Severity::Warning)
            .word("instrument", format!("{} {number}", framework.code()))
            .number("count", records.len() as f64)
            .records(records)
            .named(format!("{} {number}", framework.code()));
        found.push(finding);
    }
}

/// What sources and plan say in words, with the record that says it.
fn texts(state: &State) -> Vec<((Kind, Id), String)> {
    let mut texts = Vec::new();
    let mut add = |kind: Kind, id: &Id, words: &[&str]| texts.push(((kind, id.clone()), words.join(" \n ")));
    for one in state.all::<Contradiction>() {
        add(Kind::Contradiction, &one.id, &[&one.first_quote, &one.second_quote]);
    }
    for one in state.all::<Evidence>() {
        add(Kind::Evidence, &one.id, &[&one.label.en, &one.group, &one.cited_source]);
    }
    for one in state.all::<Gap>() {
        add(Kind::Gap, &one.id, &[&one.summary.en]);
    }
    for one in state.all::<Policy>() {
        add(Kind::Policy, &one.id, &[&one.name.en, &one.note]);
    }
    for one in state.all::<Node>() {
        add(Kind::Node, &one.id, &[&one.title.en]);
    }
    for one in state.all::<NextStep>() {
        add(Kind::NextStep, &one.id, &[&one.title.en]);
    }
    for one in state.all::<Contribution>() {
        add(Kind::Contribution, &one.id, &[&one.said.en]);
    }
    texts
}

/// A number is known where it is listed, or a part of it, or what it is a part of: 5.5.1 by 5.5, and 5 by 5.5.
fn is_known(number: &str, listed: &BTreeSet<String>) -> bool {
    let within = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
    listed.iter().any(|one| within(number, one) || within(one, number))
}

/// The numbers in a text, with their dots: `Goal 5`, `5.5.1–5.5.5`.
fn numbers(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|part| part.trim_matches('.'));
    parts.filter(|part| !part.is_empty()).map(String::from).collect()
}

/// The numbers that stand behind the code of a framework: `UNSCRs 2106 and 2122 (2013)`. A year in brackets is none of
/// them, and a list ends with the first other word.
fn cited(text: &str, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(code) {
        let begins = !text[..at].ends_with(char::is_alphanumeric);
        let rest = text[at + code.len()..].trim_start_matches('s');
        if !begins || !rest.starts_with([' ', '\u{a0}', '-']) {
            continue;
        }
        let mut depth = 0;
        for word in rest.split([' ', '\u{a0}', '-', ',', ';', '/']).filter(|word| !word.is_empty()) {
            if word.starts_with('(') || depth > 0 {
                depth = usize::from(!word.ends_with(')'));
                continue;
            }
            let number = word.trim_end_matches(['.', ':']);
            let is_number = number.starts_with(|c: char| c.is_ascii_digit())
                && number.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
            match is_number {
                true => found.push(number.trim_end_matches(|c: char| c.is_ascii_alphabetic()).to_string()),
                false if matches!(number, "No" | "Nos") => continue,
                false if matches!(number, "and" | "&" | "to" | "target" | "targets" | "Goal") => {}
                false => break,
            }
            // The end of a sentence ends its list.
            if number.len() < word.len() {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_numbers_is_read_behind_its_framework() {
        assert_eq!(cited("UNSCRs 2567 and 2493 (2019), UNSCR 2538 (2020)", "UNSCR"), ["2567", "2493", "2538"]);
        assert_eq!(cited("meets SDG 5 and SDG 16 targets. 12 more", "SDG"), ["5", "16"]);
        assert_eq!(cited("SDG 5.5.1a. In 2024", "SDG"), ["5.5.1"]);
        assert_eq!(cited("under CSDG 5.5", "SDG"), [""; 0]);
        assert_eq!(cited("the SDGs, adopted in 2015", "SDG"), [""; 0]);
        assert_eq!(cited("UNSCR", "UNSCR"), [""; 0]);
    }

    #[test]
    fn a_part_of_what_is_listed_is_known() {
        let listed = BTreeSet::from(["5.5".to_string(), "1325".to_string()]);
        assert!(is_known("5.5.1", &listed) && is_known("5", &listed) && is_known("1325", &listed));
        assert!(!is_known("5.51", &listed) && !is_known("132", &listed) && !is_known("8.8", &listed));
    }
}
