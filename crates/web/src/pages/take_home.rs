//! Documents to take home: a report as PDF, as a Word file, and anything else as a file with a name.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use romduol_app::AppError;
use romduol_report::{Document, Sheet, Timestamp};

use crate::error::Page;
use crate::viewer::Viewer;

pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(crate) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

pub(crate) async fn pdf(viewer: &Viewer, document: Document, name: &str) -> Page {
    let unix = viewer.site.app.now().unix;
    let name = format!("{name}-{}.pdf", document.lang);
    // Setting a report takes tens of milliseconds of computing.
    let made = tokio::task::spawn_blocking(move || romduol_report::pdf(&document, Timestamp::from_unix(unix)));
    let bytes = made.await.map_err(|_| AppError::Stopping)?.map_err(|error| AppError::fault(error.to_string()))?;
    Ok(file(&name, "application/pdf", bytes))
}

pub(crate) fn docx(document: &Document, name: &str) -> Page {
    let bytes = romduol_report::docx(document).map_err(|error| AppError::fault(error.to_string()))?;
    Ok(file(&format!("{name}-{}.docx", document.lang), DOCX, bytes))
}

/// One table as CSV.
pub(crate) fn csv(sheet: &Sheet, name: &str) -> Page {
    let bytes = romduol_report::csv(sheet).map_err(|error| AppError::fault(error.to_string()))?;
    Ok(file(&format!("{name}.csv"), "text/csv; charset=utf-8", bytes))
}

/// The same as a workbook.
pub(crate) fn xlsx(viewer: &Viewer, sheet: Sheet, name: &str) -> Page {
    let bytes = romduol_report::xlsx(&sheet.name.clone(), &[sheet], viewer.site.app.now().unix);
    Ok(file(&format!("{name}.xlsx"), XLSX, bytes.map_err(|error| AppError::fault(error.to_string()))?))
}

/// A file with a name; what a header cannot hold is left out of the name.
pub(crate) fn file(name: &str, kind: &str, bytes: Vec<u8>) -> Response {
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' };
    let disposition = format!("attachment; filename=\"{}\"", name.chars().map(plain).collect::<String>());
    ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition.as_str())], bytes).into_response()
}
