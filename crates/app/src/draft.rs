//! A return that is being filled: what was typed, field by field, and the files chosen for it. Nothing in it points to a
//! person: such a text is not taken in, and one that an older program took in is erased. Refuses to know numbers: a draft
//! may hold anything until it is submitted.

use std::collections::BTreeMap;

use romduol_ledger::{Draft as Stored, DraftError, Ledger};
use romduol_plan::intake::Field;
use romduol_plan::kinds::{Answer, File, Id};
use romduol_plan::returns::Due;
use romduol_plan::{Say, number, screen};
use serde::{Deserialize, Serialize};

use crate::accounts::Person;
use crate::{App, AppError};

/// What was typed, by the name of its field.
pub type Typed = BTreeMap<String, String>;

/// The draft of a return.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub typed: Typed,
    /// All files that the return will have, by indicator: also those that an earlier version of it had.
    pub files: BTreeMap<Id, Vec<File>>,
    /// Fields whose text was erased since, until somebody saves again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<String>,
    /// The version of the return on which it was begun; none in drafts of older programs. A newer one may have come in by
    /// another door: then the draft is not what is kept now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    #[serde(skip)]
    pub revision: u64,
}

/// What a form was opened at: text that was typed on something else is never put over what is there now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The version of the return, 0 before the first; none where the form does not say.
    pub version: Option<u32>,
    /// The revision of the draft, 0 where there was none.
    pub revision: u64,
}

/// The version of a return that has come in; 0 before the first.
pub fn version_of(due: &Due) -> u32 {
    due.record.as_ref().map_or(0, |record| record.version)
}

/// What saving came to.
pub enum Saved {
    /// Kept, but for the fields that were stopped: these are as they were kept before.
    Kept { revision: u64, stopped: Vec<(String, Say)> },
    /// Something else was saved or sent since the form was opened: the draft that is there, or none if it has been sent.
    /// Files that were chosen now are in that draft.
    Conflict { theirs: Option<Draft>, stopped: Vec<(String, Say)> },
}

/// Files that come to a draft and that go.
#[derive(Clone, Debug, Default)]
pub struct FileChanges {
    pub added: Vec<(Id, File)>,
    /// The indicator and the content id.
    pub removed: Vec<(Id, String)>,
}

impl Draft {
    /// Older programs kept the fields alone.
    pub(crate) fn read(stored: &Stored) -> Draft {
        let draft = serde_json::from_str::<Draft>(&stored.body).ok().filter(|draft| *draft != Draft::default());
        let typed = || serde_json::from_str::<Typed>(&stored.body).unwrap_or_default();
        let draft = draft.unwrap_or_else(|| Draft { typed: typed(), ..Draft::default() });
        Draft { revision: stored.revision, ..draft }
    }

    fn write(&self) -> String {
        serde_json::to_string(self).expect("texts become JSON")
    }

    /// The files that a return has already.
    pub fn files_of(answers: &[Answer]) -> BTreeMap<Id, Vec<File>> {
        let with = answers.iter().filter(|answer| !answer.files.is_empty());
        with.map(|answer| (answer.indicator.clone(), answer.files.clone())).collect()
    }

    fn change(&mut self, changes: &FileChanges) {
        for (indicator, blob) in &changes.removed {
            if let Some(files) = self.files.get_mut(indicator) {
                files.retain(|file| file.blob != *blob);
            }
        }
        for (indicator, file) in &changes.added {
            let files = self.files.entry(indicator.clone()).or_default();
            // The same file again, because the form was sent again.
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        self.files.retain(|_, files| !files.is_empty());
    }

    /// Takes out the texts that must not be kept; gives their fields with the reason.
    fn screened(&mut self) -> Vec<(String, Say)> {
        let bad = self.typed.iter().filter_map(|(name, value)| Some((name.clone(), stopped(name, value)?)));
        let bad: Vec<(String, Say)> = bad.collect();
        for (name, _) in &bad {
            self.typed.remove(name);
        }
        bad
    }
}

/// Why a text must not be kept. In a field for a number a number is a number, however many digits it has.
fn stopped(field: &str, value: &str) -> Option<Say> {
    let found = screen::kept_out(value)?;
    let numeric = field.parse::<Field>().is_ok_and(|field| field.holds_a_number());
    (!numeric || number::parse(value).is_err()).then_some(found)
}

impl App {
    /// The draft of a return, if there is one.
    pub async fn draft(&self, due: &Due) -> Result<Option<Draft>, AppError> {
        Ok(self.ledger.draft(&due.id()).await?.as_ref().map(Draft::read))
    }

    /// Saves what was typed on what the form was opened at. Drafts can hold any number: they are checked when submitted. A
    /// text that points to a person is not kept.
    pub async fn save_draft(
        &self,
        person: &Person,
        due: &Due,
        typed: Typed,
        opened: Opened,
        files: &FileChanges,
    ) -> Result<Saved, AppError> {
        let before = self.draft(due).await?;
        let kept = match &before {
            Some(draft) => draft.files.clone(),
            None => due.record.as_ref().map(|record| Draft::files_of(&record.answers.open())).unwrap_or_default(),
        };
        let version = version_of(due);
        let mut draft = Draft { typed, files: kept, version: Some(version), ..Draft::default() };
        let stopped = draft.screened();
        for (name, _) in &stopped {
            let last = before.as_ref().and_then(|draft| draft.typed.get(name));
            draft.typed.extend(last.map(|text| (name.clone(), text.clone())));
        }
        draft.change(files);
        let saved = match opened.version.is_some_and(|seen| seen != version) {
            true => Err(before),
            false => self.keep(person, due, &draft, opened.revision).await?,
        };
        match saved {
            Ok(revision) => Ok(Saved::Kept { revision, stopped }),
            Err(None) => Ok(Saved::Conflict { theirs: None, stopped }),
            // The same words once more: the answer to the first time was lost, or the page was left before it came.
            Err(Some(same)) if same.typed == draft.typed && same.files == draft.files => {
                Ok(Saved::Kept { revision: same.revision, stopped })
            }
            Err(Some(theirs)) => {
                let theirs = self.with_files(person, due, theirs, files).await?;
                Ok(Saved::Conflict { theirs: Some(theirs), stopped })
            }
        }
    }

    /// Files contradict nobody: they go into the draft that the other one has saved.
    async fn with_files(
        &self,
        person: &Person,
        due: &Due,
        mut theirs: Draft,
        files: &FileChanges,
    ) -> Result<Draft, AppError> {
        if files.added.is_empty() {
            return Ok(theirs);
        }
        theirs.change(&FileChanges { added: files.added.clone(), removed: Vec::new() });
        if let Ok(revision) = self.keep(person, due, &theirs, theirs.revision).await? {
            theirs.revision = revision;
        }
        Ok(theirs)
    }

    async fn keep(
        &self,
        person: &Person,
        due: &Due,
        draft: &Draft,
        revision: u64,
    ) -> Result<Result<u64, Option<Draft>>, AppError> {
        let now = self.now().unix;
        match self.ledger.save_draft(&due.id(), &draft.write(), revision, &person.account, now).await {
            Ok(stored) => Ok(Ok(stored.revision)),
            Err(DraftError::Conflict(theirs)) => Ok(Err(theirs.map(|draft| Draft::read(&draft)))),
            Err(DraftError::Ledger(error)) => Err(error.into()),
        }
    }
}

/// Erases from the drafts of an older program what would not be taken in today. Each says so when it is opened.
pub(crate) async fn erase_personal(ledger: &Ledger) -> Result<(), AppError> {
    let mut erased = false;
    for summary in ledger.drafts().await? {
        let Some(stored) = ledger.draft(&summary.return_id).await? else { continue };
        let mut draft = Draft::read(&stored);
        let bad = draft.screened();
        if bad.is_empty() {
            continue;
        }
        draft.erased.extend(bad.into_iter().map(|(name, _)| name));
        let (body, Stored { return_id, revision, saved_by, saved_at, .. }) = (draft.write(), stored);
        match ledger.save_draft(&return_id, &body, revision, &saved_by, saved_at).await {
            // Somebody has just saved it, with a program that screens.
            Ok(_) | Err(DraftError::Conflict(_)) => erased = true,
            Err(DraftError::Ledger(error)) => return Err(error.into()),
        }
    }
    if erased {
        ledger.scrub().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(body: &str) -> Stored {
        Stored { return_id: "r".into(), body: body.into(), revision: 3, saved_by: "a".into(), saved_at: 0 }
    }

    fn file(blob: &str) -> File {
        File { blob: blob.into(), name: format!("{blob}.pdf") }
    }

    #[test]
    fn a_draft_of_an_older_program_is_read() {
        let old = Draft::read(&stored(r#"{"c|PAR-09":"remark","v|PAR-09|":"12 people"}"#));
        assert_eq!((old.typed.len(), old.revision), (2, 3));
        let mut new = Draft { typed: old.typed.clone(), revision: 3, ..Draft::default() };
        new.change(&FileChanges { added: vec![("PAR-09".into(), file("a"))], removed: Vec::new() });
        assert_eq!(Draft::read(&stored(&new.write())), new);
    }

    #[test]
    fn a_file_is_there_once_and_goes() {
        let mut draft = Draft::default();
        let add = FileChanges { added: vec![("I".into(), file("a")), ("I".into(), file("b"))], removed: Vec::new() };
        draft.change(&add);
        draft.change(&add);
        assert_eq!(draft.files["I"], [file("a"), file("b")]);
        draft.change(&FileChanges {
            added: Vec::new(),
            removed: vec![("I".into(), "a".into()), ("J".into(), "b".into())],
        });
        assert_eq!(draft.files["I"], [file("b")]);
    }

    #[test]
    fn a_long_number_is_no_telephone_where_it_is_all_there_is() {
        let number = Field::value("I", &[]).to_string();
        assert_eq!(stopped(&number, "1234567890"), None);
        assert_eq!(stopped(&number, "១២៣៤៥៦៧៨៩"), None);
        assert!(stopped(&number, "call 012 345 678").is_some());
        let remark = Field::Comment("I".into()).to_string();
        assert!(stopped(&remark, "012987654").is_some() && stopped(&remark, "a girl named Sreymom").is_some());
        assert_eq!(stopped(&remark, "1450"), None);
    }
}
