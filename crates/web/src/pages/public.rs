//! What anybody may read: the files of published editions, and nothing else. Refuses to know the plan itself: it has no
//! way to a number but the signed files.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use romduol_app::AppError;
use romduol_app::edition::{Opened, newest, published};
use romduol_edition::manifest::{MANIFEST, sha256};
use romduol_plan::Kind;

use crate::Site;
use crate::error::{Page, not_found};
use crate::given_out::PublicFile;
use crate::pages::take_home;

const FIRST: &str = "index.html";

/// The kind of a file by its ending.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "geojson" => "application/geo+json",
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
pub(crate) async fn file(State(site): State<Site>, Path(path): Path<String>, asked: HeaderMap) -> Page {
    let Some(id) = newest(&site.app.snapshot().state).map(|edition| edition.id.clone()) else {
        return Ok(not_found());
    };
    Ok(answer(&site, site.app.edition(&id).await?, &path, false, &asked))
}

/// A file of an edition by its number.
pub(crate) async fn file_of(
    State(site): State<Site>,
    Path((id, path)): Path<(String, String)>,
    asked: HeaderMap,
) -> Page {
    let known = published(&site.app.snapshot().state).any(|edition| edition.id == id);
    if !known {
        return Err(AppError::NotFound { kind: Kind::Edition, id }.into());
    }
    Ok(answer(&site, site.app.edition(&id).await?, &path, true, &asked))
}

/// The first page of an edition by its number.
pub(crate) async fn enter_of(site: State<Site>, Path(id): Path<String>, asked: HeaderMap) -> Page {
    file_of(site, Path((id, FIRST.into())), asked).await
}

/// An edition by its number never changes; the newest one does.
fn answer(site: &Site, opened: Arc<Opened>, path: &str, for_ever: bool, asked: &HeaderMap) -> Response {
    let cache = if for_ever { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    let modified = site.app.calendar().midnight(opened.content.date);
    if path == "edition.zip" {
        // The list of files says what is in it.
        let hash = opened.files.get(MANIFEST).map(|list| sha256(list)).unwrap_or_default();
        let name = Some(format!("edition-{}.zip", opened.content.number));
        let (kind, bytes) = ("application/zip", Bytes::from_owner(Shared { opened, file: None }));
        return PublicFile { kind, bytes, hash: &hash, modified, cache, name }.answer(asked);
    }
    let path = if path.ends_with('/') { format!("{path}{FIRST}") } else { path.to_string() };
    let Some(bytes) = opened.files.get(&path) else { return not_found() };
    // The list and its signature are not in the list.
    let hash = opened.manifest.files.get(&path).cloned().unwrap_or_else(|| sha256(bytes));
    let (kind, bytes) = (kind(&path), Bytes::from_owner(Shared { opened, file: Some(path) }));
    PublicFile { kind, bytes, hash: &hash, modified, cache, name: None }.answer(asked)
}

/// A file of an edition, or its bundle, which stays where it is while many read it.
struct Shared {
    opened: Arc<Opened>,
    file: Option<String>,
}

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        match &self.file {
            Some(path) => self.opened.files.get(path).map(Vec::as_slice).unwrap_or_default(),
            None => &self.opened.bundle,
        }
    }
}
