//! Answers of a return as JSON, before and after a correction: packing loses nothing, and an amendment makes of the old
//! ones exactly the new ones.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use romduol_plan::kinds::Answers;

fuzz_target!(|text: &str| -> Corpus {
    let (before, after) = text.split_once('\n').unwrap_or((text, ""));
    let Some(before) = read(before) else { return Corpus::Keep };
    let Some(after) = read(after) else { return Corpus::Keep };
    let amended = before.amend(&after);
    for answer in after.open() {
        assert!(amended.about(&answer.indicator).is_some());
    }
    assert!(amended.open().len() <= before.open().len() + after.open().len());
    if let Some(changed) = after.since(&before) {
        assert_eq!(before.amend(&Answers::pack(&changed)), after);
    }
    Corpus::Keep
});

/// Answers that are read, after everything that reading has to keep.
fn read(text: &str) -> Option<Answers> {
    let answers: Answers = serde_json::from_str(text).ok()?;
    let open = answers.open();
    assert_eq!(Answers::pack(&open).open(), open);
    assert_eq!(answers.is_empty(), open.is_empty());
    let json = serde_json::to_string(&answers).expect("answers are written");
    let again: Answers = serde_json::from_str(&json).expect("answers are read as they were written");
    assert_eq!(again, answers);
    Some(answers)
}
