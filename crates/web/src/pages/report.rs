//! The progress report, as a page and as PDF: two writings of one document.

use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use romduol_app::{AppError, progress_report};
use romduol_plan::Period;
use romduol_plan::permission::Act;
use romduol_report::Document;

use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "report.html")]
struct ReportPage {
    c: Chrome,
    period: Period,
    body: String,
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
    let unix = viewer.site.app.now().unix;
    let made =
        tokio::task::spawn_blocking(move || romduol_report::pdf(&document, romduol_report::Timestamp::from_unix(unix)));
    let bytes = made.await.map_err(|_| AppError::Stopping)?.map_err(|error| AppError::fault(error.to_string()))?;
    let name = format!("attachment; filename=\"progress-{period}-{}.pdf\"", viewer.lang().code());
    Ok(([(CONTENT_TYPE, "application/pdf".to_string()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}
