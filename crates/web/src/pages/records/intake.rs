//! Taking in a table of records: first what it would do, row by row and field by field, then exactly that or nothing.

use std::borrow::Cow;

use axum::Extension;
use axum::extract::Path;
use romduol_app::AppError;
use romduol_app::naming;
use romduol_app::records::intake::{Conflict, Disputed, Intake, Proposed, Ready, Taken};
use romduol_locale::Arg;
use romduol_plan::diff::Changed;
use romduol_plan::{Kind, Say, Text, clean, column};

use super::{path_of, written};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::form::{Content, LARGEST_FILE, Reshow, Sent, Told, read, told};
use crate::viewer::Viewer;

/// So many rows are shown of each sort; a page must stay one.
const SHOWN: usize = 200;

#[derive(askama::Template)]
#[template(path = "records/intake.html")]
struct Import {
    c: Chrome,
    kind: Kind,
    columns: Vec<(String, bool)>,
    looked: Option<Looked>,
}

struct Looked {
    /// Something has changed since the look before.
    again: bool,
    added: Shown<Row>,
    changed: Shown<Row>,
    conflicts: Shown<Dispute>,
    same: usize,
    faults: Shown<String>,
    warnings: Vec<String>,
    /// The rows themselves, which come back with the confirmation.
    ready: String,
    why: String,
}

impl Looked {
    fn lists(&self) -> [&Shown<Row>; 2] {
        [&self.changed, &self.added]
    }
}

/// The first of a list, and how many there are beyond.
struct Shown<T> {
    all: usize,
    first: Vec<T>,
}

impl<T> Shown<T> {
    fn of<S>(list: &[S], show: impl FnMut(&S) -> T) -> Shown<T> {
        Shown { all: list.len(), first: list.iter().take(SHOWN).map(show).collect() }
    }

    fn beyond(&self) -> usize {
        self.all - self.first.len()
    }
}

struct Row {
    row: usize,
    id: String,
    title: Text,
    path: String,
    fields: Vec<Changed>,
}

struct Dispute {
    row: Row,
    retired: bool,
    fields: Vec<Disputed>,
}

pub(crate) async fn show(viewer: Viewer, Path(code): Path<String>) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    page(&viewer, kind, None)
}

pub(crate) async fn look(
    viewer: Viewer,
    Path(code): Path<String>,
    reshow: Option<Extension<Reshow>>,
    sent: Sent,
) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    let (app, why) = (viewer.site.app.clone(), sent.get("why").unwrap_or_default().to_string());
    let (gate, person) = (&viewer.site.gate, viewer.person.clone());
    // A file to look at first, then the rows that were shown, to be kept.
    let Some(ready) = sent.get("ready").map(String::from) else {
        let look = async move {
            let (name, table) = file(&sent)?;
            app.look_over(&person, kind, &name, &table).await
        };
        let intake = gate.work(&viewer.person.account, look).await?;
        return page(&viewer, kind, Some(looked(&viewer, intake, false, why)));
    };
    let shown = async move { serde_json::from_str(&ready).map_err(|_| AppError::Bad(Say::new("refused-upload"))) };
    let ready: Ready = gate.work(&viewer.person.account, shown).await?;
    if reshow.is_some() {
        let look = async move { app.look_again(kind, ready).await };
        let intake = gate.work(&viewer.person.account, look).await?;
        return page(&viewer, kind, Some(looked(&viewer, intake, false, why)));
    }
    let over = sent.pairs.iter().filter(|(name, _)| name == "over").map(|(_, id)| id.clone()).collect();
    match app.take_in(&viewer.person, kind, ready, over, &why).await? {
        Taken::Kept { added, changed, left } => {
            let [added, changed, left] = [added, changed, left].map(|list| list.len().to_string());
            let counts = [("added", added), ("changed", changed), ("left", left)];
            let args = counts.each_ref().map(|(name, count)| (*name, Arg::Text(count)));
            let said = Told::of(viewer.locale.say("done-table", &args));
            Ok(told(see(&format!("/records/{}", kind.code())), said))
        }
        Taken::Again(intake) => page(&viewer, kind, Some(looked(&viewer, intake, true, why))),
    }
}

/// The file to look at, under its own name.
fn file(sent: &Sent) -> Result<(String, Cow<'_, [u8]>), AppError> {
    let Some(file) = sent.files.first() else {
        return Ok((String::new(), sent.get("table").unwrap_or_default().as_bytes().into()));
    };
    match &file.content {
        Content::Kept(kept) => Ok((file_name(&file.name), read(kept)?.into())),
        Content::NotKept => {
            let say = Say::new("file-too-large").words("name", &file.name);
            Err(AppError::Bad(say.number("most", (LARGEST_FILE >> 20) as f64)))
        }
    }
}

/// The name without folders, as short as a name is.
fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    clean::code(name).chars().take(80).collect()
}

fn looked(viewer: &Viewer, intake: Intake, again: bool, why: String) -> Looked {
    let locale = viewer.locale;
    Looked {
        again,
        added: Shown::of(&intake.added, |one| row(viewer, one)),
        changed: Shown::of(&intake.changed, |one| row(viewer, one)),
        conflicts: Shown::of(&intake.conflicts, |one| dispute(viewer, one)),
        same: intake.same,
        faults: Shown::of(&intake.faults, |fault| locale.tell(&fault.say())),
        warnings: intake.warnings.iter().map(|say| locale.tell(say)).collect(),
        ready: serde_json::to_string(&intake.ready).unwrap_or_default(),
        why,
    }
}

fn row(viewer: &Viewer, one: &Proposed) -> Row {
    let kind = one.body.kind();
    let fields = one.fields.iter().filter(|changed| changed.field != "id");
    Row {
        row: one.row,
        id: one.body.id().into(),
        title: one.body.title(),
        path: path_of(kind, one.body.id()),
        fields: fields.map(|changed| naming::changed(viewer.locale, kind, changed)).collect(),
    }
}

fn dispute(viewer: &Viewer, one: &Conflict) -> Dispute {
    let kind = one.mine.kind();
    let words = |field: &Disputed| {
        let side = |text: &str| {
            let changed = Changed { field: field.field.clone(), before: text.into(), after: text.into() };
            naming::changed(viewer.locale, kind, &changed)
        };
        let Changed { field: name, before: base, .. } = side(&field.base);
        Disputed { field: name, base, theirs: side(&field.theirs).after, mine: side(&field.mine).after }
    };
    let shown = Proposed { row: one.row, body: one.mine.clone(), fields: Vec::new() };
    Dispute { row: row(viewer, &shown), retired: one.retired, fields: one.fields.iter().map(words).collect() }
}

fn page(viewer: &Viewer, kind: Kind, looked: Option<Looked>) -> Page {
    let columns = column::columns(kind).into_iter().map(|column| (column.name, column.required)).collect();
    render(&Import { c: Chrome::of(viewer, viewer.locale.t("import-table")), kind, columns, looked })
}
