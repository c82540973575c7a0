//! The form that fills a return: opening it, saving it as a draft, submitting it. Works without a script.

mod answers;
mod page;
mod received;

use romduol_plan::commands::returns::SubmitReturn;
use std::collections::BTreeSet;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use romduol_app::draft::{Draft, FileChanges, Saved, Typed, version_of};
use romduol_app::filing::Filed;
use romduol_app::{AppError, attach};
use romduol_locale::Arg;
use romduol_plan::answers::{Problem, check};
use romduol_plan::intake::Field;
use romduol_plan::kinds::File;
use romduol_plan::permission::Act;
use romduol_plan::returns::Due;
use romduol_plan::{Kind, Say};
use serde::Serialize;

use crate::chrome::see;
use crate::error::Page;
use crate::form::{Sent, Told, told};
use crate::pages::home::unit_name;
use crate::viewer::Viewer;
use answers::{over, read_answers, typed_from};
use page::{Filled, Notice, show};
pub(crate) use page::{Weight, last_time, summary};
use received::{Act as Pressed, Received};

/// A return: its assignment and period.
type Which = Path<(String, String)>;

fn open(viewer: &Viewer, assignment: &str, period: &str) -> Result<Due, AppError> {
    viewer.person.post.may(Act::File)?;
    viewer.site.app.open_return(&viewer.snapshot.state, &viewer.person, assignment, period.parse()?)
}

/// What the return says that has come in.
fn sent_before(due: &Due) -> Option<Draft> {
    let record = due.record.as_ref()?;
    let files = Draft::files_of(&record.answers.open());
    Some(Draft { typed: typed_from(record), files, ..Draft::default() })
}

/// The draft, or what the return says already.
async fn begun(viewer: &Viewer, due: &Due) -> Result<(bool, Draft), AppError> {
    let draft = viewer.site.app.draft(due).await?;
    Ok((draft.is_some(), draft.or_else(|| sent_before(due)).unwrap_or_default()))
}

/// A draft that was begun before the newest version came in by another door: what came in stands beside it.
fn overtaken(due: &Due, draft: Draft) -> Result<(Draft, Typed), Draft> {
    let older = draft.version.is_some_and(|version| version != version_of(due));
    let Some(sent) = sent_before(due).filter(|_| older) else { return Err(draft) };
    let mut files = sent.files;
    for (indicator, more) in draft.files {
        let there = files.entry(indicator).or_default();
        let new: Vec<File> = more.into_iter().filter(|file| !there.contains(file)).collect();
        there.extend(new);
    }
    Ok((Draft { typed: over(draft.typed, &sent.typed), files, ..draft }, sent.typed))
}

pub(crate) async fn form(viewer: Viewer, Path((assignment, period)): Which) -> Page {
    let due = open(&viewer, &assignment, &period)?;
    let (saved, draft) = begun(&viewer, &due).await?;
    let (draft, other, notice) = match overtaken(&due, draft) {
        Ok((draft, sent)) => (draft, Some(sent), Notice::OlderDraft),
        Err(draft) if draft.erased.is_empty() => (draft, None, Notice::None),
        Err(draft) => (draft, None, Notice::Erased),
    };
    // An unfinished draft is checked on what is there; what is still empty needs no reminder.
    let problems = match saved {
        true => checks(&viewer, &due, &draft).into_iter().filter(|p| p.say.key != "check-empty").collect(),
        false => Vec::new(),
    };
    show(&viewer, due, Filled { draft, other, problems, stopped: Vec::new(), refused: Vec::new(), notice }).await
}

/// Everything that is to be met, at once: an indicator with a number that cannot be read is not judged by what is left of it.
fn checks(viewer: &Viewer, due: &Due, draft: &Draft) -> Vec<Problem> {
    let (answers, mut problems) = read_answers(viewer, due, draft);
    let unread: BTreeSet<_> = problems.iter().map(|problem| problem.indicator.clone()).collect();
    let found = check(&viewer.snapshot.state, &due.assignment, due.period, &answers);
    problems.extend(found.into_iter().filter(|problem| !unread.contains(&problem.indicator)));
    problems
}

/// A file of the draft, or of the return that it corrects, for whoever may fill it.
pub(crate) async fn file(viewer: Viewer, Path((assignment, period, blob)): Path<(String, String, String)>) -> Page {
    let due = open(&viewer, &assignment, &period)?;
    let (_, draft) = begun(&viewer, &due).await?;
    let found = draft.files.into_values().flatten().find(|file| file.blob == blob);
    let file = found.ok_or_else(|| AppError::NotFound { kind: Kind::Return, id: due.id() })?;
    let bytes = attach::bytes(&viewer.site.app, &file).await?;
    Ok(handed_out(&file, bytes))
}

/// An evidence file to take home; never shown inside the site.
pub(crate) fn handed_out(file: &File, bytes: Vec<u8>) -> Response {
    let plain: String =
        file.name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let name: String = file.name.bytes().map(|b| format!("%{b:02X}")).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}");
    let kind = "application/octet-stream".to_string();
    ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// What the script of the form is told after it saved by itself.
#[derive(Serialize)]
struct AutoSaved {
    revision: u64,
    /// Fields that were not kept, each with the reason.
    stopped: Vec<(String, String)>,
}

pub(crate) async fn submit(viewer: Viewer, Path((assignment, period)): Which, sent: Sent) -> Page {
    let due = open(&viewer, &assignment, &period)?;
    let Received { typed, opened, pressed, files, refused } = received::receive(&viewer, sent).await?;
    // Saved first, whatever comes next: what was typed is never lost to a fault in it.
    let saved = viewer.site.app.save_draft(&viewer.person, &due, typed.clone(), opened, &files).await?;
    let (revision, stopped) = match saved {
        Saved::Kept { revision, stopped } => (revision, stopped),
        Saved::Conflict { .. } if pressed == Pressed::AutoSave => return Ok(StatusCode::CONFLICT.into_response()),
        Saved::Conflict { theirs, stopped } => {
            let refused = refused.into_iter().chain(not_taken(theirs.as_ref(), files)).collect();
            return conflict(&viewer, due, typed, theirs, stopped, refused).await;
        }
    };
    if pressed == Pressed::AutoSave {
        let told = |say: Say| viewer.locale.tell(&Say::new("screen-here").clause("what", say));
        let stopped = stopped.into_iter().map(|(name, say)| (name, told(say))).collect();
        return Ok(axum::Json(AutoSaved { revision, stopped }).into_response());
    }
    let (_, kept) = begun(&viewer, &due).await?;
    let draft = Draft { typed, files: kept.files, revision, ..Draft::default() };
    let whole = stopped.is_empty() && refused.is_empty();
    if pressed == Pressed::Save && whole {
        let saved = Told::of(viewer.locale.t("draft-is-saved"));
        return Ok(told(see(&format!("/returns/{assignment}/{period}")), saved));
    }
    let (answers, unread) = read_answers(&viewer, &due, &draft);
    let mut problems = if pressed == Pressed::Submit { checks(&viewer, &due, &draft) } else { unread.clone() };
    if pressed == Pressed::Submit && whole && unread.is_empty() {
        let reason = draft.typed.get(&Field::Reason.to_string()).cloned().unwrap_or_default();
        let command = SubmitReturn { assignment: assignment.clone(), period: due.period, answers, reason };
        match viewer.site.app.submit(&viewer.person, command).await? {
            Filed::Submitted => return Ok(told(see("/"), was_sent(&viewer, &due))),
            Filed::Problems(found) => problems = found,
        }
    }
    let notice = if pressed == Pressed::Submit { Notice::Blocked } else { Notice::SavedPartly };
    show(&viewer, due, Filled { draft, other: None, problems, stopped, refused, notice }).await
}

/// What is said once a return is on its way, with where to look at it.
fn was_sent(viewer: &Viewer, due: &Due) -> Told {
    let what = format!("{}, {}", unit_name(viewer, &due.assignment.id), viewer.locale.period(due.period));
    let version = (version_of(due) + 1).to_string();
    let said = viewer.locale.say("done-return-sent", &[("version", Arg::Text(&version))]);
    Told::of(said).with(crate::address::path(&["review", &due.id()]), what)
}

/// Files that were chosen on a form whose draft is gone have nothing to go into.
fn not_taken(theirs: Option<&Draft>, files: FileChanges) -> Vec<(String, Say)> {
    let added = files.added.into_iter().filter(|_| theirs.is_none());
    added.map(|(indicator, file)| (indicator, Say::new("file-choose-again").words("name", file.name))).collect()
}

/// Two people filled the same return, or it was sent since the form was opened: both versions are shown side by side, and the
/// next save decides.
async fn conflict(
    viewer: &Viewer,
    due: Due,
    typed: Typed,
    theirs: Option<Draft>,
    stopped: Vec<(String, Say)>,
    refused: Vec<(String, Say)>,
) -> Page {
    let sent = sent_before(&due).filter(|_| theirs.is_none());
    let notice = if sent.is_some() { Notice::Overtaken } else { Notice::Conflict };
    let other = theirs.or(sent);
    let kept = other.clone().unwrap_or_default();
    let draft =
        Draft { typed: over(typed, &kept.typed), files: kept.files, revision: kept.revision, ..Draft::default() };
    let other = other.map(|draft| draft.typed);
    show(viewer, due, Filled { draft, other, problems: Vec::new(), stopped, refused, notice }).await
}
