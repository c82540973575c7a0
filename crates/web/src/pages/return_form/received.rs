//! What the form of a return has sent: its fields, which button was pressed, and its files, each stored or refused with a
//! sentence that keeps the rest.

use romduol_app::draft::{FileChanges, Opened, Typed};
use romduol_app::{AppError, attach};
use romduol_plan::intake::Field;
use romduol_plan::kinds::{File, Id};
use romduol_plan::{Say, screen};

use crate::form::{Content, LARGEST_FILE, Sent, SentFile, read};
use crate::viewer::Viewer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Submit,
    Save,
    /// By the script, while somebody types.
    AutoSave,
}

pub(super) struct Received {
    pub typed: Typed,
    pub opened: Opened,
    pub pressed: Act,
    pub files: FileChanges,
    /// The indicator of a file that was refused, and why.
    pub refused: Vec<(Id, Say)>,
}

pub(super) async fn receive(viewer: &Viewer, sent: Sent) -> Result<Received, AppError> {
    let bad = |value: &str| AppError::Bad(Say::new("refused-bad-choice").words("value", value));
    let mut received = Received {
        typed: Typed::new(),
        opened: Opened::default(),
        pressed: Act::Save,
        files: FileChanges::default(),
        refused: Vec::new(),
    };
    for (name, value) in sent.pairs {
        match name.parse() {
            Ok(Field::Revision) => received.opened.revision = value.parse().map_err(|_| bad(&value))?,
            Ok(Field::Version) => received.opened.version = Some(value.parse().map_err(|_| bad(&value))?),
            Ok(Field::Action) => received.pressed = pressed(&value).ok_or_else(|| bad(&value))?,
            Ok(Field::RemoveFile { indicator, blob }) => received.files.removed.push((indicator, blob)),
            Ok(_) => drop(received.typed.insert(name, value)),
            Err(_) => return Err(bad(&name)),
        }
    }
    for file in sent.files {
        let Ok(Field::File(indicator)) = file.field.parse() else { return Err(bad(&file.field)) };
        match take(viewer, file).await? {
            Ok(file) => received.files.added.push((indicator, file)),
            Err(say) => received.refused.push((indicator, say)),
        }
    }
    Ok(received)
}

fn pressed(value: &str) -> Option<Act> {
    match value {
        "submit" => Some(Act::Submit),
        "save" => Some(Act::Save),
        "autosave" => Some(Act::AutoSave),
        _ => None,
    }
}

/// Stores a file, or says why not. Only a fault of the store ends the request.
async fn take(viewer: &Viewer, file: SentFile) -> Result<Result<File, Say>, AppError> {
    if let Some(what) = screen::kept_out(&file.name) {
        return Ok(Err(Say::new("file-name-personal").clause("what", what)));
    }
    let Content::Kept(kept) = file.content else {
        let say = Say::new("file-too-large").words("name", file.name);
        return Ok(Err(say.number("most", (LARGEST_FILE >> 20) as f64)));
    };
    let app = viewer.site.app.clone();
    let store = async move { attach::store(&app, &file.name, read(&kept)?).await };
    match viewer.site.gate.work(&viewer.person.account, store).await {
        Ok(file) => Ok(Ok(file)),
        Err(AppError::Bad(say)) => Ok(Err(say)),
        Err(error) => Err(error),
    }
}
