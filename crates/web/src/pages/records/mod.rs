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
use romduol_report::Markup;

use crate::address;
use crate::chrome::Chrome;
use crate::error::PageError;
use crate::viewer::Viewer;

/// Where a record can be read.
pub(crate) fn path_of(kind: Kind, id: &str) -> String {
    let page = match kind {
        Kind::Indicator => "indicators",
        Kind::Node => "nodes",
        Kind::Theme => "issues",
        Kind::Consultation => "consultations",
        Kind::Committee => "bodies",
        Kind::Meeting => "meetings",
        Kind::Return => "review",
        _ => return address::path(&["records", kind.code(), id]),
    };
    address::path(&[page, id])
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

    pub fn html(&self, c: &Chrome) -> Markup {
        let id = Markup::element("span", &[("class", "code")], self.id.as_str());
        let link = Markup::element("a", &[("href", &self.path)], id + " " + c.text(&self.title));
        let Some(via) = self.via.as_deref() else { return link };
        let path = path_of(Kind::Alignment, via);
        link + " " + Markup::element("a", &[("class", "hint"), ("href", &path)], via)
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
