//! The first answer to what was sent, kept for whoever sends it again. It is sealed with the form's own token, which is
//! stored nowhere: an answer can hold what is shown once. Refuses to know what was sent.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use http_body_util::BodyExt;
use romduol_edition::manifest::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Page;

/// Marks a page that says what has been done and is shown once; any other page is a form again, and nothing was done.
#[derive(Clone)]
struct Done;

/// A page that says what has been done.
pub(crate) fn done(page: Page) -> Page {
    page.map(|mut response| {
        response.extensions_mut().insert(Done);
        response
    })
}

const KEPT: [HeaderName; 3] = [CONTENT_TYPE, LOCATION, SET_COOKIE];

#[derive(Serialize, Deserialize)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Whether something was done, so that sending it again is to do nothing.
pub(super) fn is_done(response: &Response) -> bool {
    response.status().is_redirection() || response.extensions().get::<Done>().is_some()
}

impl Answer {
    /// Takes an answer down; the answer itself goes on.
    pub async fn of(response: Response) -> (Answer, Response) {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_string();
        let named = |name: &HeaderName| {
            let values = parts.headers.get_all(name).iter();
            values.map(|value| (name.to_string(), text(value))).collect::<Vec<_>>()
        };
        let headers = KEPT.iter().flat_map(named).collect();
        let answer = Answer { status: parts.status.as_u16(), headers, body: body.to_vec() };
        (answer, Response::from_parts(parts, Body::from(body)))
    }

    pub fn location(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| *name == LOCATION.as_str()).map(|(_, value)| value.as_str())
    }

    /// Nothing where the machine gives no randomness: then the answer is not kept.
    pub fn seal(&self, secret: &str) -> Option<String> {
        seal(&serde_json::to_vec(self).ok()?, secret)
    }

    pub fn open(sealed: &str, secret: &str) -> Option<Answer> {
        serde_json::from_slice(&open(sealed, secret)?).ok()
    }
}

/// Encrypted for whoever has the secret; nothing where the machine gives no randomness.
pub(super) fn seal(plain: &[u8], secret: &str) -> Option<String> {
    let mut nonce = [0; 12];
    getrandom::fill(&mut nonce).ok()?;
    let sealed = cipher(secret).encrypt(Nonce::from_slice(&nonce), plain).ok()?;
    Some(hex(&[nonce.as_slice(), &sealed].concat()))
}

pub(super) fn open(sealed: &str, secret: &str) -> Option<Vec<u8>> {
    let bytes = unhex(sealed)?;
    let (nonce, sealed) = bytes.split_at_checked(12)?;
    cipher(secret).decrypt(Nonce::from_slice(nonce), sealed).ok()
}

fn cipher(secret: &str) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(Key::from_slice(&Sha256::digest(format!("answer\0{secret}"))))
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = (status, self.body).into_response();
        response.headers_mut().remove(CONTENT_TYPE);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_opens_with_its_own_token_only() {
        let page = ([(CONTENT_TYPE, "text/html"), (SET_COOKIE, "a=b")], "the code is 7").into_response();
        let (answer, page) = Answer::of(page).await;
        assert_eq!(page.into_body().collect().await.unwrap().to_bytes(), "the code is 7");
        let sealed = answer.seal("token").unwrap();
        assert!(!sealed.contains("code") && !sealed.contains(&hex(b"code")));
        assert!(Answer::open(&sealed, "other").is_none() && Answer::open("zz", "token").is_none());
        let opened = Answer::open(&sealed, "token").unwrap().into_response();
        assert_eq!(opened.headers()[SET_COOKIE], "a=b");
        assert_eq!(opened.into_body().collect().await.unwrap().to_bytes(), "the code is 7");
    }
}
