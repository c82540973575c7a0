//! Texts that stand beside the tables of an edition and may tell what these hide: its note, the reasons of statuses, notes of
//! targets, decisions. Refuses to judge them: whoever approves reads the sentences.

use romduol_edition::content::Body;
use romduol_plan::kinds::*;
use romduol_plan::told_in_words;
use romduol_plan::{Kind, State, Text};

/// Sentences that tell a small count of people, or a small number beside a place, with the record that each stands in.
pub(super) fn small_counts(state: &State, body: &Body, choice: &Edition) -> Vec<((Kind, Id), String)> {
    let mut texts: Vec<((Kind, Id), &Text)> = vec![((Kind::Edition, choice.id.clone()), &body.note)];
    for measured in &body.indicators {
        let set = measured.standing.official.iter().map(|set| ((Kind::Override, set.id.clone()), &set.reason));
        texts.extend(set);
        texts.extend(measured.targets.iter().map(|target| ((Kind::Target, target.id.clone()), &target.note)));
    }
    if choice.sections.contains(&EditionSection::Decisions) {
        let told = state.all::<Decision>().filter(|decision| choice.demonstration || !decision.illustrative);
        texts.extend(told.map(|decision| ((Kind::Decision, decision.id.clone()), &decision.title)));
    }
    let country = body.country();
    let places: Vec<&str> = state
        .all::<Area>()
        .filter(|area| area.id != country && area.level <= AreaLevel::District)
        .flat_map(|area| [area.name.en.as_str(), area.name.km.as_str()])
        .collect();
    let groups: Vec<&str> = body.categories.iter().map(|category| category.name.en.as_str()).collect();
    let mut found = Vec::new();
    for (record, text) in texts {
        for words in [&text.en, &text.km] {
            let told = told_in_words::small_counts(words, &places, &groups).into_iter();
            found.extend(told.map(|sentence| (record.clone(), sentence.to_string())));
        }
    }
    found
}
