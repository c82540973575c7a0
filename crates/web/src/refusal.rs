//! A refusal as an answer: a page inside the frame with the way on, or problem details for a program (RFC 9457). What the
//! framework refuses by itself is told the same way. Refuses to know why something was refused, and what was typed: that
//! goes back to its form (`form`).

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use romduol_locale::Locale;
use romduol_plan::{Lang, Say};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Site;
use crate::address::query;
use crate::chrome::Chrome;
use crate::error::Refusal;
use crate::form::Onward;
use crate::viewer::{Viewer, bearer, came_from, language};
use crate::watch::RequestId;

/// A refusal as RFC 9457 has it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Problem {
    r#type: String,
    /// What happened, in few words.
    title: String,
    status: u16,
    /// One sentence in the reader's language.
    detail: String,
    /// The number of a fault, by which whoever runs the program finds it in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
}

/// What is known of a request after it was answered.
struct Asked {
    method: Method,
    headers: HeaderMap,
    path: String,
    /// The address that a form was sent to.
    address: String,
    id: Option<RequestId>,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        Asked {
            method: request.method().clone(),
            headers: request.headers().clone(),
            path: request.uri().path().to_string(),
            address: request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_string(),
            id: request.extensions().get().cloned(),
        }
    }

    /// Whether a program asks, which reads no pages.
    fn is_program(&self) -> bool {
        bearer(&self.headers).is_some() || self.path.starts_with("/api/") || self.path.starts_with("/sdmx/")
    }

    /// Where a form stood, or the page before this one.
    fn back(&self) -> Option<String> {
        let back = came_from(&self.headers);
        (back != "/" && (back != self.address || self.method == Method::POST)).then_some(back)
    }
}

/// Writes the refusal of a request, if it was refused, in the language of its reader.
pub(crate) async fn dress(State(site): State<Site>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = next.run(request).await;
    let Some(refusal) = refusal(&mut response, &asked) else { return response };
    let number = note(&refusal, response.status(), &asked);
    let locale = Locale::of(language(&asked.headers));
    let told = number.as_deref().map(|id| locale.tell(&Say::new("error-number").words("value", id)));
    let title = locale.t(title(response.status(), &asked.method));
    if asked.is_program() {
        return problem(response, &refusal, title, locale, number);
    }
    let onward = response.extensions_mut().remove::<Onward>().map(|onward| onward.numbered(told.as_deref()));
    let c = frame(&site, &asked, title).await;
    let mut response = page(response, &refusal, &asked, c, told);
    if let Some(onward) = onward {
        response.extensions_mut().insert(onward);
    }
    response
}

/// What the program has refused, or the framework before it.
fn refusal(response: &mut Response, asked: &Asked) -> Option<Refusal> {
    let own = response.extensions_mut().remove::<Refusal>();
    let plain = response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    // Machines ask there, and read one line.
    let line = ["/healthz", "/readyz"].contains(&asked.path.as_str()) || asked.path.starts_with("/sdmx/");
    own.or_else(|| of_framework(response.status()).filter(|_| plain && !line).map(Refusal::from))
}

/// What the framework means: its own words are English, for programmers.
fn of_framework(status: StatusCode) -> Option<Say> {
    Some(Say::new(match status {
        StatusCode::BAD_REQUEST => "refused-unreadable",
        StatusCode::FORBIDDEN => "refused-other-site",
        StatusCode::NOT_FOUND => "refused-no-page",
        StatusCode::METHOD_NOT_ALLOWED => "refused-method",
        StatusCode::REQUEST_TIMEOUT => "refused-slow",
        StatusCode::PAYLOAD_TOO_LARGE => "refused-too-large",
        StatusCode::URI_TOO_LONG => "refused-bad-address",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "refused-media",
        StatusCode::UNPROCESSABLE_ENTITY => "refused-fields",
        StatusCode::INTERNAL_SERVER_ERROR => "refused-broken",
        _ => return None,
    }))
}

/// What happened, in few words.
fn title(status: StatusCode, method: &Method) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "refusal-unknown",
        StatusCode::FORBIDDEN => "refusal-denied",
        StatusCode::NOT_FOUND => "refusal-not-found",
        StatusCode::METHOD_NOT_ALLOWED => "refusal-method",
        StatusCode::REQUEST_TIMEOUT => "refusal-slow",
        StatusCode::PAYLOAD_TOO_LARGE => "refusal-too-large",
        StatusCode::TOO_MANY_REQUESTS => "refusal-too-often",
        StatusCode::SERVICE_UNAVAILABLE => "refusal-unavailable",
        status if status.is_server_error() => "refusal-broken",
        _ if method == Method::POST => "refusal-not-saved",
        _ => "refusal-not-shown",
    }
}

/// The number of a fault, once it stands in the log. What a visitor did wrong is nobody's business.
fn note(refusal: &Refusal, status: StatusCode, asked: &Asked) -> Option<String> {
    let RequestId(id) = asked.id.as_ref().filter(|_| status.is_server_error())?;
    let said = refusal.cause.clone().unwrap_or_else(|| Locale::of(Lang::En).tell(&refusal.say));
    tracing::error!(request = &**id, status = status.as_u16(), ?said);
    Some(id.to_string())
}

/// The answer without what the framework had written into it; its headers stay (`Allow`, `Retry-After` …).
fn emptied(response: Response) -> (StatusCode, HeaderMap) {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    (parts.status, parts.headers)
}

fn problem(response: Response, refusal: &Refusal, title: String, locale: &Locale, request: Option<String>) -> Response {
    let (status, mut headers) = emptied(response);
    let (kind, detail) = (format!("/problems/{}", refusal.say.key), locale.tell(&refusal.say));
    let problem = Problem { r#type: kind, title, status: status.as_u16(), detail, request };
    let mut response = axum::Json(problem).into_response();
    headers.insert(CONTENT_TYPE, axum::http::HeaderValue::from_static("application/problem+json"));
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}

/// The frame of whoever asks; where that cannot be found out now, the one for everybody.
async fn frame(site: &Site, asked: &Asked, title: String) -> Chrome {
    let mut c = match Viewer::of_refused(site, &asked.headers, &asked.path).await {
        Some(viewer) => Chrome::of(&viewer, title),
        None => Chrome::open(site, language(&asked.headers), &asked.path, title),
    };
    if asked.method == Method::POST {
        // A change of language leads to the form, not to where the form was sent.
        c.back = format!("?{}", query([("back", asked.back().unwrap_or_else(|| "/".into()))]));
    }
    c
}

#[derive(askama::Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    c: Chrome,
    sentence: &'a str,
    /// By which whoever runs the program finds what happened.
    number: Option<String>,
    back: Option<String>,
    home: &'static str,
}

fn page(response: Response, refusal: &Refusal, asked: &Asked, c: Chrome, number: Option<String>) -> Response {
    let (status, headers) = emptied(response);
    let sentence = c.locale.tell(&refusal.say);
    let page = RefusalPage {
        sentence: &sentence,
        number,
        back: asked.back(),
        home: if c.who.is_empty() { home(&asked.path) } else { "/" },
        c,
    };
    let html = askama::Template::render(&page).unwrap_or_else(|_| sentence.clone());
    (status, headers, Html(html)).into_response()
}

/// Where those go on who are not signed in.
fn home(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("public") => "/public",
        Some("consult" | "consult-answer") => "/consult",
        _ => "/sign-in",
    }
}
