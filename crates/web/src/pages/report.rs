//! The progress report, as a page, as PDF and as a Word file: writings of one document.

use axum::extract::Path;
use romduol_app::{AppError, progress_report};
use romduol_plan::Period;
use romduol_plan::permission::Act;
use romduol_report::{Document, Markup};

use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::take_home;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "report.html")]
struct ReportPage {
    c: Chrome,
    period: Period,
    body: Markup,
}

fn document(viewer: &Viewer, period: &str) -> Result<(Document, Period), AppError> {
    viewer.person.post.may(Act::ReadReport)?;
    let period: Period = period.parse()?;
    let may_read = |indicator: &romduol_plan::kinds::Indicator| viewer.may_read(indicator);
    let now = viewer.site.app.now();
    Ok((
        progress_report::compose(&viewer.snapshot, viewer.illustrative, period, viewer.lang(), now.date, &may_read),
        period,
    ))
}

pub(crate) async fn html(viewer: Viewer, Path(period): Path<String>) -> Page {
    let (document, period) = document(&viewer, &period)?;
    let body = romduol_report::html::fragment(&document);
    render(&ReportPage { c: Chrome::of(&viewer, document.title), period, body })
}

pub(crate) async fn pdf(viewer: Viewer, Path(period): Path<String>) -> Page {
    let (document, period) = document(&viewer, &period)?;
    take_home::pdf(&viewer, document, &format!("progress-{period}")).await
}

pub(crate) async fn docx(viewer: Viewer, Path(period): Path<String>) -> Page {
    let (document, period) = document(&viewer, &period)?;
    take_home::docx(&document, &format!("progress-{period}"))
}
