//! The wording of a target in the source against the official list: another target's words, or none of its own. Refuses
//! to judge how well a wording is shortened.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Finding;
use crate::answers::Severity;
use crate::kinds::*;
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    let official: Vec<&Arc<Instrument>> = state.all::<Instrument>().filter(|one| !one.official.is_empty()).collect();
    for one in official.iter().filter(|one| !one.printed.is_empty()) {
        let others = official.iter().filter(|other| other.framework == one.framework && other.id != one.id);
        found.extend(misworded(one, others.copied()));
    }
}

fn misworded<'a>(one: &Arc<Instrument>, others: impl Iterator<Item = &'a Arc<Instrument>> + Clone) -> Option<Finding> {
    let (printed, own) = (words(&one.printed), words(&one.official));
    let shared = printed.intersection(&own).count();
    // Words that only the one official text or only the other has tell which of the two is meant.
    let swapped = others.clone().find(|other| {
        let theirs = words(&other.official);
        let only = |mine: &BTreeSet<String>, not: &BTreeSet<String>| {
            printed.iter().filter(|word| mine.contains(*word) && !not.contains(*word)).count()
        };
        // A word or two that two targets share by chance is no swap.
        only(&theirs, &own) > 0 && only(&theirs, &own) * 2 >= printed.len() && only(&own, &theirs) == 0
    });
    let (rule, other) = match (swapped, shared) {
        (Some(other), _) => ("finding-target-of-another", Some(other)),
        (None, 0) if !printed.is_empty() => ("finding-target-worded-otherwise", None),
        (None, _) => return None,
    };
    let mut records = vec![(Kind::Instrument, one.id.clone())];
    records.extend(other.map(|other| (Kind::Instrument, other.id.clone())));
    let finding = Finding::new(rule, Severity::Warning)
        .name("target", &one.title)
        .word("printed", &one.printed)
        .word("official", &one.official)
        .word("other", other.map_or("", |other| &other.paragraph))
        .records(records)
        .named(&one.id);
    Some(finding)
}

/// The words that carry a meaning, in their shortest form; what every target does is left out.
fn words(text: &str) -> BTreeSet<String> {
    const SAID_EVERYWHERE: [&str; 31] = [
        "end",
        "eliminate",
        "ensure",
        "promote",
        "increase",
        "achieve",
        "protect",
        "encourage",
        "take",
        "effective",
        "including",
        "include",
        "their",
        "with",
        "from",
        "that",
        "all",
        "for",
        "and",
        "the",
        "women",
        "girl",
        "people",
        "level",
        "form",
        "measure",
        "role",
        "full",
        "equal",
        "other",
        "against",
    ];
    let word = |word: &str| {
        let lower = word.to_lowercase();
        let stem = lower.strip_suffix("'s").or(lower.strip_suffix("’s")).unwrap_or(&lower).to_string();
        let stem = match stem.strip_suffix("ies") {
            Some(root) => format!("{root}y"),
            None => stem.strip_suffix('s').filter(|root| !root.ends_with('s')).unwrap_or(&stem).to_string(),
        };
        (stem.chars().count() > 2 && !SAID_EVERYWHERE.contains(&stem.as_str())).then_some(stem)
    };
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’')).filter_map(word).collect()
}
