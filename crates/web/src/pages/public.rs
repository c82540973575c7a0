//! What anybody may read: the files of published editions, and nothing else. Refuses to know the plan itself: it has no
//! way to a number but the signed files.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, RANGE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use romduol_app::AppError;
use romduol_app::edition::{Opened, newest, published};
use romduol_edition::manifest::{MANIFEST, sha256};
use romduol_plan::Kind;

use crate::Site;
use crate::error::{Page, not_found};
use crate::given_out::{COMPRESSED, PublicFile};
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
        let (kind, bytes) = ("application/zip", Bytes::from_owner(Shared { opened, file: Wanted::Bundle }));
        return PublicFile { kind, bytes, hash: &hash, modified, cache, name }.answer(asked);
    }
    let path = if path.ends_with('/') { format!("{path}{FIRST}") } else { path.to_string() };
    let Some(bytes) = opened.files.get(&path) else { return not_found() };
    // The list and its signature are not in the list.
    let hash = opened.manifest.files.get(&path).cloned().unwrap_or_else(|| sha256(bytes));
    let kind = kind(&path);
    let packs = is_packed_on_its_way(kind, bytes.len());
    let packed = packs && takes_gzip(asked) && !asked.contains_key(RANGE);
    let file = if packed { Wanted::Packed(path) } else { Wanted::File(path) };
    let bytes = Bytes::from_owner(Shared { opened, file });
    let mut answer = PublicFile { kind, bytes, hash: &hash, modified, cache, name: None }.answer(asked);
    if packed && answer.status() == StatusCode::OK {
        answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if packs {
        answer.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    answer
}

/// Small files, pictures and what is packed already gain nothing.
fn is_packed_on_its_way(kind: &str, size: usize) -> bool {
    let picture = kind.starts_with("image/") && kind != "image/svg+xml";
    size > 1024 && !picture && !COMPRESSED.contains(&kind)
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let told = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = told.flat_map(|value| value.split(',')).map(|kind| kind.split(';').map(str::trim));
    kinds.any(|mut kind| {
        let name = kind.next().unwrap_or_default();
        let refused = kind.any(|part| part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0));
        name.eq_ignore_ascii_case("gzip") && !refused
    })
}

/// A file of an edition, or its bundle, which stays where it is while many read it.
struct Shared {
    opened: Arc<Opened>,
    file: Wanted,
}

enum Wanted {
    Bundle,
    File(String),
    Packed(String),
}

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        match &self.file {
            Wanted::Bundle => &self.opened.bundle,
            Wanted::File(path) => self.opened.files.get(path).map(Vec::as_slice).unwrap_or_default(),
            Wanted::Packed(path) => self.opened.packed(path).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_takes_gzip_says_so() {
        let asked = |text: &str| takes_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, text.parse().unwrap())]));
        assert!(asked("gzip") && asked("br, gzip;q=0.5, deflate") && asked("GZIP"));
        assert!(!asked("br") && !asked("gzip;q=0") && !asked("gzip; q=0.0") && !takes_gzip(&HeaderMap::new()));
        assert!(is_packed_on_its_way("application/json", 5_000) && is_packed_on_its_way("image/svg+xml", 5_000));
        assert!(!is_packed_on_its_way("image/png", 5_000) && !is_packed_on_its_way("application/pdf", 5_000));
        assert!(!is_packed_on_its_way("application/json", 100));
    }
}
