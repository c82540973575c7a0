//! What a form has sent, read once: its fields and its files. Refuses to know what they mean.

use std::borrow::Cow;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Form, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use http_body_util::{BodyExt, LengthLimitError};
use romduol_app::AppError;
use romduol_edition::manifest::hex;
use romduol_plan::{Say, clean};
use sha2::{Digest, Sha256};

use super::kept::{Coming, Kept};
use crate::error::PageError;

/// The largest file, in bytes.
pub(crate) const LARGEST_FILE: usize = 10 << 20;

/// All texts of a form with files together, in bytes: the rows of a table that were shown go back as one.
const LARGEST_TEXT: usize = LARGEST_FILE;

/// And of somebody who is not signed in: a form of ours with long texts in all its fields.
const LARGEST_OF_NOBODY: usize = 3 << 17;

/// What goes along through the sign-in: all that, sealed and written in letters.
const LARGEST_PASSING: usize = 3 << 19;

/// A field needs memory also where it is empty: ours have some thousand at most, and some files.
const MOST_FIELDS: usize = 10_000;
const MOST_FILES: usize = 100;

/// A file that somebody has chosen.
#[derive(Clone)]
pub(crate) struct SentFile {
    pub field: String,
    pub name: String,
    pub content: Content,
}

/// What a file holds.
#[derive(Clone)]
pub(crate) enum Content {
    Kept(Arc<Kept>),
    /// More than [`LARGEST_FILE`], or of somebody who is not signed in; it was read past and not kept.
    NotKept,
}

/// All of a file, for whoever works on it now.
pub(crate) fn read(kept: &Kept) -> Result<Vec<u8>, AppError> {
    kept.read().map_err(|error| AppError::io(Path::new("an uploaded file"), &error))
}

/// Where files go while they are looked at. Those of nobody go nowhere.
#[derive(Clone, Copy)]
pub(crate) enum Room<'a> {
    Folder(&'a Path),
    None,
    /// A sign-in, with what was typed before it.
    Passage,
}

/// The fields in their order, and the files.
#[derive(Clone, Default)]
pub(crate) struct Sent {
    pub pairs: Vec<(String, String)>,
    pub files: Vec<SentFile>,
}

impl Sent {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Tells what was sent from anything else, and only to whoever has the secret: a short text could be guessed from a
    /// plain hash.
    pub fn print(&self, secret: &str) -> String {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(secret.as_bytes());
        for (name, value) in &self.pairs {
            part(name.as_bytes());
            part(value.as_bytes());
        }
        for file in &self.files {
            part(file.field.as_bytes());
            part(file.name.as_bytes());
            match &file.content {
                Content::Kept(kept) => part(&kept.hash),
                Content::NotKept => part(b"too large"),
            }
        }
        hex(&hash.finalize())
    }

    /// Reads a body by its type. What is neither kind of form has no fields: its handler says so.
    pub async fn read(head: &Parts, body: Body, room: Room<'_>) -> Result<(Sent, Bytes), PageError> {
        let request = |body: Body| {
            let mut parts = head.clone();
            parts.method = Method::POST;
            Request::from_parts(parts, body)
        };
        if is_multipart(head) {
            let parts = Multipart::from_request(request(body), &()).await.map_err(|_| broken())?;
            return Ok((of_parts(parts, room).await?.whole()?, Bytes::new()));
        }
        // Whoever sends a form without files to a route for files has no more text than others.
        let bytes = whole(body, room.largest_text()).await?;
        let pairs = Form::<Vec<(String, String)>>::from_request(request(Body::from(bytes.clone())), &()).await;
        let sent = Sent { pairs: pairs.map(|Form(pairs)| pairs).unwrap_or_default(), files: Vec::new() };
        Ok((sent.whole()?, bytes))
    }

    /// No keyboard writes a zero byte, and one engine of the store keeps none.
    fn whole(self) -> Result<Sent, PageError> {
        let typed = self.pairs.iter().flat_map(|(name, value)| [name, value]);
        let chosen = self.files.iter().flat_map(|file| [&file.field, &file.name]);
        let zero = typed.chain(chosen).any(|text| text.contains('\0'));
        if zero { Err(broken().into()) } else { Ok(self) }
    }

    /// Takes out the marks that turn the direction of a text: it would be shown otherwise than it is. Whether there were any.
    pub fn unturn(&mut self) -> bool {
        let mut turned = false;
        let typed = self.pairs.iter_mut().map(|(_, value)| value);
        for text in typed.chain(self.files.iter_mut().map(|file| &mut file.name)) {
            let plain = match clean::unturned(text) {
                Cow::Owned(plain) => plain,
                Cow::Borrowed(_) => continue,
            };
            (*text, turned) = (plain, true);
        }
        turned
    }
}

/// Whether the form may have files.
pub(super) fn is_multipart(head: &Parts) -> bool {
    head.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"))
}

fn broken() -> AppError {
    AppError::Bad(Say::new("refused-form-broken"))
}

/// A form without files in one piece. The pieces in which it comes can be a byte each, and each would keep what it was read into.
async fn whole(mut body: Body, most: usize) -> Result<Bytes, PageError> {
    let (mut bytes, mut fields) = (Vec::new(), 1);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| if is_too_long(&error) { PageError::TooLarge } else { broken().into() })?;
        let Some(piece) = frame.data_ref() else { continue };
        fields += piece.iter().filter(|byte| **byte == b'&').count();
        if bytes.len() + piece.len() > most || fields > MOST_FIELDS {
            return Err(PageError::TooLarge);
        }
        bytes.extend_from_slice(piece);
    }
    Ok(bytes.into())
}

/// Whether the limit of the route is why there is no more.
fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The form ended before its end: it is larger than its route takes, or the line broke.
fn cut_off(status: StatusCode) -> PageError {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        _ => broken().into(),
    }
}

impl Room<'_> {
    fn largest_text(self) -> usize {
        match self {
            Room::Folder(_) => LARGEST_TEXT,
            Room::None => LARGEST_OF_NOBODY,
            Room::Passage => LARGEST_PASSING,
        }
    }
}

async fn of_parts(mut parts: Multipart, room: Room<'_>) -> Result<Sent, PageError> {
    let (mut sent, mut fields, mut left) = (Sent::default(), 0, room.largest_text());
    while let Some(field) = parts.next_field().await.map_err(broken_off)? {
        let name = field.name().unwrap_or("").to_string();
        fields += 1;
        left = left.checked_sub(name.len()).filter(|_| fields <= MOST_FIELDS).ok_or(PageError::TooLarge)?;
        match field.file_name().map(String::from) {
            Some(_) if sent.files.len() == MOST_FILES => return Err(PageError::TooLarge),
            Some(file) => sent.files.extend(file_of(field, name, file, room).await?),
            None => {
                let text = text_of(field, left).await?;
                left -= text.len();
                sent.pairs.push((name, text));
            }
        }
    }
    Ok(sent)
}

fn broken_off(error: MultipartError) -> PageError {
    cut_off(error.status())
}

async fn text_of(mut field: Field<'_>, most: usize) -> Result<String, PageError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken_off)? {
        if bytes.len() + chunk.len() > most {
            return Err(PageError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| cut_off(StatusCode::BAD_REQUEST))
}

/// A file; none for a field for files where none was chosen. Read to its end, so that what stands behind it is not lost.
async fn file_of(
    mut field: Field<'_>,
    name: String,
    file: String,
    room: Room<'_>,
) -> Result<Option<SentFile>, PageError> {
    let (mut coming, mut size) = (None, 0);
    while let Some(chunk) = field.chunk().await.map_err(broken_off)? {
        size += chunk.len();
        let Room::Folder(folder) = room else { continue };
        if size > LARGEST_FILE {
            coming = None;
            continue;
        }
        let full = |error: std::io::Error| AppError::io(folder, &error);
        let into = match coming.take() {
            Some(coming) => Ok(coming),
            None => Coming::begin(folder),
        };
        let mut into = into.map_err(full)?;
        into.take(&chunk).map_err(full)?;
        coming = Some(into);
    }
    if size == 0 && file.is_empty() {
        return Ok(None);
    }
    let content = match (coming, room) {
        (Some(coming), _) => Content::Kept(Arc::new(coming.finish())),
        (None, Room::Folder(folder)) if size == 0 => {
            let empty = Coming::begin(folder).map_err(|error| AppError::io(folder, &error))?;
            Content::Kept(Arc::new(empty.finish()))
        }
        (None, _) => Content::NotKept,
    };
    Ok(Some(SentFile { field: name, name: file, content }))
}

/// A form with files, as the layer has read it.
impl<S: Sync> FromRequestParts<S> for Sent {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Sent, PageError> {
        parts.extensions.remove::<Sent>().ok_or_else(|| broken().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
        Sent { pairs, files: Vec::new() }
    }

    fn head(kind: &str) -> Parts {
        axum::http::Request::builder().header(CONTENT_TYPE, kind).body(()).unwrap().into_parts().0
    }

    #[tokio::test]
    async fn a_form_of_many_fields_or_files_is_refused_before_it_takes_memory() {
        let pairs = |fields: usize| Body::from(vec!["a=1"; fields].join("&"));
        let form = head("application/x-www-form-urlencoded");
        let most = Sent::read(&form, pairs(MOST_FIELDS), Room::None).await;
        assert!(most.is_ok_and(|(sent, _)| sent.pairs.len() == MOST_FIELDS));
        let read = async |body: Body| matches!(Sent::read(&form, body, Room::None).await, Err(PageError::TooLarge));
        assert!(read(pairs(MOST_FIELDS + 1)).await && read(Body::from(vec![b'a'; LARGEST_OF_NOBODY + 1])).await);
        let part = |more: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{more}\r\n\r\n1\r\n");
        let parts = head("multipart/form-data; boundary=x");
        let read = async |part: String, times: usize| {
            let body = Body::from(part.repeat(times) + "--x--\r\n");
            Sent::read(&parts, body, Room::None).await.map(|(sent, _)| sent.pairs.len() + sent.files.len())
        };
        assert_eq!(read(part("a\""), 100).await.ok(), Some(100));
        assert!(matches!(read(part("a\""), MOST_FIELDS + 1).await, Err(PageError::TooLarge)));
        assert!(matches!(read(part(&format!("{}\"", "a".repeat(4_000))), 100).await, Err(PageError::TooLarge)));
        let file = part("a\"; filename=\"b.pdf\"");
        assert_eq!(read(file.clone(), MOST_FILES).await.ok(), Some(MOST_FILES));
        assert!(matches!(read(file, MOST_FILES + 1).await, Err(PageError::TooLarge)));
    }

    #[test]
    fn what_turns_a_text_goes_and_a_zero_byte_is_refused() {
        let mut turned = sent(&[("remark", "seen \u{202e}nees\u{2069} ខ្មែ\u{200b}រ"), ("b", "2")]);
        assert!(turned.unturn() && !turned.unturn());
        assert_eq!(turned.get("remark"), Some("seen nees ខ្មែ\u{200b}រ"), "what Khmer is written with stays");
        assert!(sent(&[("a", "1\0")]).whole().is_err() && sent(&[("a\0", "1")]).whole().is_err());
        assert!(sent(&[("a", "1")]).whole().is_ok());
    }

    #[test]
    fn a_print_tells_one_form_from_another() {
        let one = sent(&[("a", "1"), ("b", "2")]);
        assert_eq!(one.print("s"), sent(&[("a", "1"), ("b", "2")]).print("s"));
        for other in [sent(&[("a", "1"), ("b", "3")]), sent(&[("a", "1b"), ("", "2")]), sent(&[("a", "1")])] {
            assert_ne!(one.print("s"), other.print("s"));
        }
        assert_ne!(one.print("s"), one.print("t"), "whoever has not got the secret cannot try texts");
        let file = |content| SentFile { field: "f".into(), name: "x.pdf".into(), content };
        let with = |content| Sent { files: vec![file(content)], ..one.clone() }.print("s");
        let dir = tempfile::tempdir().unwrap();
        let kept = |bytes: &[u8]| {
            let mut coming = Coming::begin(dir.path()).unwrap();
            coming.take(bytes).unwrap();
            Content::Kept(Arc::new(coming.finish()))
        };
        assert_eq!(with(kept(b"1")), with(kept(b"1")));
        assert_ne!(with(kept(b"1")), with(kept(b"2")));
        assert_ne!(with(Content::NotKept), one.print("s"));
    }
}
