//! The invitation to a meeting as a page and to take home; taking the suggested points into the agenda.

use axum::extract::Path;
use romduol_app::{AppError, invitation};
use romduol_locale::Locale;
use romduol_plan::permission::Act;
use romduol_report::{Document, Markup, html};

use super::meetings::found;
use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::pages::take_home;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "coordination/invitation.html")]
struct InvitationPage {
    c: Chrome,
    id: String,
    body: Markup,
    takes: bool,
}

/// The invitation in the asked language, or in the reader's.
fn document(viewer: &Viewer, id: &str) -> Result<Document, AppError> {
    let meeting = found(viewer, id)?;
    let lang = viewer.chosen("in")?.unwrap_or(viewer.lang());
    Ok(invitation::compose(viewer.view(), Locale::of(lang), &meeting, viewer.site.app.now().date))
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let body = html::fragment(&document(&viewer, &id)?);
    let c = Chrome::of(&viewer, viewer.locale.t("invitation"));
    render(&InvitationPage { c, id, body, takes: viewer.may(Act::ReadReport) })
}

pub(crate) async fn pdf(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::pdf(&viewer, document(&viewer, &id)?, &format!("invitation-{id}")).await
}

pub(crate) async fn docx(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::docx(&document(&viewer, &id)?, &format!("invitation-{id}"))
}

pub(crate) async fn take_agenda(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::Coordinate)?;
    viewer.execute(invitation::suggested(viewer.view(), &id, viewer.site.app.now().date)?).await?;
    Ok(see(&path(&["meetings", &id])))
}
