//! A draft as answers, through the intake that every door fills, and answers as they would be typed.

use std::sync::Arc;

use romduol_app::draft::{Draft, Typed};
use romduol_plan::answers::Problem;
use romduol_plan::intake::{Field, Intake, Questions};
use romduol_plan::kinds::{Answer, Return};
use romduol_plan::returns::Due;

use crate::viewer::Viewer;

/// A return as it would be typed.
pub(super) fn typed_from(record: &Return) -> Typed {
    let mut typed = Typed::new();
    for answer in record.answers.open() {
        let id = &answer.indicator;
        let mut put = |field: Field, text: String| typed.insert(field.to_string(), text);
        put(Field::State(id.clone()), answer.state.code().into());
        put(Field::Comment(id.clone()), answer.comment.clone());
        if answer.estimate {
            put(Field::Estimate(id.clone()), "on".into());
        }
        if let Some(total) = answer.total_cell() {
            put(Field::Total(id.clone()), total.value.to_string());
            total.base.map(|base| put(Field::TotalBase(id.clone()), base.to_string()));
        }
        for cell in answer.cells.iter() {
            put(Field::value(id, cell.categories), cell.value.to_string());
            cell.base.map(|base| put(Field::base(id, cell.categories), base.to_string()));
        }
    }
    typed
}

/// What somebody typed on something older, over what is kept now: a field that they left empty stays as it is kept.
pub(super) fn over(mut typed: Typed, kept: &Typed) -> Typed {
    for (name, text) in kept {
        let mine = typed.entry(name.clone()).or_default();
        if mine.trim().is_empty() {
            mine.clone_from(text);
        }
    }
    typed
}

/// The answers as typed, with the files of the draft. What has no place, or is no number, is a problem that names it.
pub(super) fn read_answers(viewer: &Viewer, due: &Due, draft: &Draft) -> (Vec<Answer>, Vec<Problem>) {
    let mut intake = Intake::new(Arc::new(Questions::of(&viewer.snapshot.state, &due.assignment)));
    let fields: Vec<(Field, &str)> =
        draft.typed.iter().filter_map(|(name, text)| Some((name.parse().ok()?, text.as_str()))).collect();
    let problems = intake.fields(fields.iter().map(|(field, text)| (field, *text)));
    let mut answers = intake.finish();
    for answer in &mut answers {
        answer.files = draft.files.get(&answer.indicator).cloned().unwrap_or_default();
    }
    (answers, problems)
}
