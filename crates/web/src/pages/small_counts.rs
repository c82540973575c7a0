//! The right to see small counts of people, for whoever has it: asked for with a reason, for a time.

use axum::extract::Form;
use romduol_plan::permission::Act;

use crate::chrome::{Chrome, render, see};
use crate::error::{Page, PageError};
use crate::viewer::{Own, Viewer};

#[derive(askama::Template)]
#[template(path = "small_counts.html")]
struct SmallCounts {
    c: Chrome,
    /// They are shown now.
    shown: bool,
}

/// A program has no session to which a time could belong.
fn viewer(own: &Own) -> Result<&Viewer, PageError> {
    let viewer = &own.viewer;
    if viewer.site.doors.want_more_of(&viewer.person) {
        return Err(PageError::Second);
    }
    viewer.must(Act::ReadSmallCounts)?;
    Ok(viewer)
}

pub(crate) async fn show(own: Own) -> Page {
    let viewer = viewer(&own)?;
    let shown = viewer.site.app.sees_small_counts(&viewer.person);
    render(&SmallCounts { c: Chrome::of(viewer, viewer.locale.t("small-counts")), shown })
}

#[derive(serde::Deserialize)]
pub(crate) struct Given {
    #[serde(default)]
    reason: String,
    /// They are seen no longer.
    #[serde(default)]
    end: String,
}

pub(crate) async fn decide(own: Own, Form(given): Form<Given>) -> Page {
    let viewer = viewer(&own)?;
    let app = &viewer.site.app;
    match given.end.is_empty() {
        true => app.see_small_counts(&viewer.person, &own.token, &given.reason).await?,
        false => app.see_no_small_counts(&viewer.person, &own.token).await?,
    }
    Ok(see("/small-counts"))
}
