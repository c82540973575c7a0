//! Taking in a table of records: first what it would do, row by row, then all of it or nothing.

use axum::extract::{Multipart, Path};
use romduol_app::AppError;
use romduol_app::records::Intake;
use romduol_plan::{Kind, Say, column};

use super::{Ref, path_of, written};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "records/intake.html")]
struct Import {
    c: Chrome,
    kind: Kind,
    columns: Vec<(String, bool)>,
    looked: Option<Looked>,
}

struct Looked {
    added: Vec<(usize, Ref)>,
    changed: Vec<(usize, Ref)>,
    same: usize,
    faults: Vec<String>,
    warnings: Vec<String>,
    /// The table itself, which comes back with the confirmation.
    table: String,
}

pub(crate) async fn show(viewer: Viewer, Path(code): Path<String>) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    page(&viewer, kind, None)
}

pub(crate) async fn look(viewer: Viewer, Path(code): Path<String>, mut parts: Multipart) -> Page {
    let Some(kind) = written(&viewer, &code)? else { return Ok(crate::error::not_found()) };
    let unreadable = |_| AppError::Bad(Say::new("refused-upload"));
    let (mut bytes, mut why) = (Vec::new(), None);
    while let Some(field) = parts.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("why") => why = Some(field.text().await.map_err(unreadable)?),
            _ => bytes = field.bytes().await.map_err(unreadable)?.to_vec(),
        }
    }
    let bytes = romduol_app::records::as_csv(kind, bytes)?;
    if let Some(why) = why {
        let taken = viewer.site.app.take_in(&viewer.person, kind, bytes.clone(), &why).await?;
        if taken.faults.is_empty() {
            return Ok(see(&format!("/records/{}", kind.code())));
        }
        return page(&viewer, kind, Some(looked(&viewer, taken, bytes)));
    }
    let intake = viewer.site.app.look_over(&viewer.person, kind, &bytes)?;
    page(&viewer, kind, Some(looked(&viewer, intake, bytes)))
}

fn looked(viewer: &Viewer, intake: Intake, bytes: Vec<u8>) -> Looked {
    let refs = |rows: Vec<(usize, romduol_plan::kinds::Body)>| {
        let to = |(row, body): (usize, romduol_plan::kinds::Body)| {
            (row, Ref { path: path_of(body.kind(), body.id()), id: body.id().into(), title: body.title(), via: None })
        };
        rows.into_iter().map(to).collect()
    };
    Looked {
        added: refs(intake.added),
        changed: refs(intake.changed),
        same: intake.same,
        faults: intake.faults.iter().map(|fault| viewer.locale.tell(&fault.say())).collect(),
        warnings: intake.warnings.iter().map(|say| viewer.locale.tell(say)).collect(),
        table: String::from_utf8(bytes).unwrap_or_default(),
    }
}

fn page(viewer: &Viewer, kind: Kind, looked: Option<Looked>) -> Page {
    let columns = column::columns(kind).into_iter().map(|column| (column.name, column.required)).collect();
    render(&Import { c: Chrome::of(viewer, viewer.locale.t("import-table")), kind, columns, looked })
}
