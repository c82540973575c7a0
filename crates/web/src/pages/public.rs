//! What anybody may read: the files of published editions, and nothing else. Refuses to know the plan itself: it has no
//! way to a number but the signed files.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use romduol_app::AppError;
use romduol_app::edition::{Opened, newest, published};
use romduol_plan::Kind;

use crate::Site;
use crate::error::{Page, not_found};
use crate::pages::take_home;

/// The kind of a file by its ending.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "jsonld" => "application/ld+json",
        "csv" => "text/csv; charset=utf-8",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "woff2" => "font/woff2",
        "docx" => take_home::DOCX,
        "xlsx" => take_home::XLSX,
        _ => "text/plain; charset=utf-8",
    }
}

pub(crate) async fn enter(State(site): State<Site>) -> Page {
    Ok(match newest(&site.app.snapshot().state) {
        Some(_) => Redirect::to("/public/index.html").into_response(),
        None => not_found(),
    })
}

/// A file of the newest edition.
pub(crate) async fn file(State(site): State<Site>, Path(path): Path<String>) -> Page {
    let Some(id) = newest(&site.app.snapshot().state).map(|edition| edition.id.clone()) else {
        return Ok(not_found());
    };
    Ok(answer(&*site.app.edition(&id).await?, &path, false))
}

/// A file of an edition by its number.
pub(crate) async fn file_of(State(site): State<Site>, Path((id, path)): Path<(String, String)>) -> Page {
    let known = published(&site.app.snapshot().state).any(|edition| edition.id == id);
    if !known {
        return Err(AppError::NotFound { kind: Kind::Edition, id }.into());
    }
    let opened: Arc<Opened> = site.app.edition(&id).await?;
    Ok(answer(&opened, &path, true))
}

/// An edition by its number never changes; the newest one does.
fn answer(opened: &Opened, path: &str, for_ever: bool) -> Response {
    let cache = if for_ever { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    if path == "edition.zip" {
        let name = format!("edition-{}.zip", opened.content.number);
        return take_home::file(&name, "application/zip", opened.bundle.clone());
    }
    match opened.files.get(path) {
        Some(bytes) => ([(CONTENT_TYPE, kind(path)), (CACHE_CONTROL, cache)], bytes.clone()).into_response(),
        None => not_found(),
    }
}
