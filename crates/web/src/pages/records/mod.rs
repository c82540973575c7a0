//! Records of any kind: one with its links both ways, a kind as a list or a table, the form to write one, and taking in
//! a table. What a kind looks like comes from its columns; pages of its own are elsewhere.

pub(crate) mod edit;
pub(crate) mod intake;
pub(crate) mod links;
pub(crate) mod list;
pub(crate) mod one;

use romduol_plan::column::Column;
use romduol_plan::kinds::Body;
use romduol_plan::permission::{Act, writing};
use romduol_plan::{Kind, Text};

use crate::chrome::Chrome;
use crate::error::PageError;
use crate::viewer::Viewer;

/// Where a record can be read.
pub(crate) fn path_of(kind: Kind, id: &str) -> String {
    match kind {
        Kind::Indicator => format!("/indicators/{id}"),
        Kind::Node => format!("/nodes/{id}"),
        Kind::Theme => format!("/issues/{id}"),
        Kind::Consultation => format!("/consultations/{id}"),
        Kind::Committee => format!("/bodies/{id}"),
        Kind::Meeting => format!("/meetings/{id}"),
        Kind::Return => format!("/review/{id}"),
        _ => format!("/records/{}/{id}", kind.code()),
    }
}

/// A record as a link: where, its id and what it is called.
#[derive(Clone)]
pub(crate) struct Ref {
    pub path: String,
    pub id: String,
    pub title: Text,
    /// The link between the two, where it is a record of its own.
    pub via: Option<String>,
}

impl Ref {
    pub fn to(viewer: &Viewer, kind: Kind, id: &str) -> Ref {
        let body = viewer.snapshot.state.body(kind, id);
        let title = body.as_ref().filter(|body| viewer.shows(body)).map(Body::title).unwrap_or_default();
        Ref { path: path_of(kind, id), id: id.into(), title, via: None }
    }

    pub fn html(&self, c: &Chrome) -> String {
        let id = crate::chrome::escape(&self.id);
        let via = self.via.as_deref().map(crate::chrome::escape);
        let via = via.map(|id| format!(" <a class=\"hint\" href=\"/records/alignments/{id}\">{id}</a>"));
        let title = c.text(&self.title);
        format!("<a href=\"{}\"><span class=\"code\">{id}</span> {title}</a>{}", self.path, via.unwrap_or_default())
    }
}

/// The kind named in an address, where its records are shown at all.
pub(crate) fn kind(code: &str) -> Option<Kind> {
    Kind::parse(code).filter(|kind| Kind::of_package().chain([Kind::Version]).any(|shown| shown == *kind))
}

/// The kind named in an address, for whoever may write its records.
pub(crate) fn written(viewer: &Viewer, code: &str) -> Result<Option<Kind>, PageError> {
    let kind = kind(code);
    viewer.must(kind.map_or(Act::EditPlan, writing))?;
    Ok(kind.filter(|kind| kind.is_edited()))
}

/// What a column is called, with its language where it is one of two.
pub(crate) fn label(c: &Chrome, column: &Column) -> String {
    romduol_app::naming::label(c.locale, column)
}
