//! What whoever runs the program sees of a request: its number, one line in the log, its place in the counts. Refuses to
//! know who asks and for which record. A line has the pattern of the route, never the address: there are secrets in some.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::metrics::Metrics;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// By which a request is found in the log.
#[derive(Clone)]
pub(crate) struct RequestId(pub Arc<str>);

impl RequestId {
    /// The proxy's, if nothing but a number could be hidden in it; otherwise twelve digits, which can be said on the
    /// telephone in every language.
    fn of(headers: &HeaderMap) -> RequestId {
        let plain = |id: &&str| {
            (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(plain);
        RequestId(given.map_or_else(new_id, Into::into))
    }
}

fn new_id() -> Arc<str> {
    // Without randomness the number tells less, and nothing else depends on it.
    let random = getrandom::u64().unwrap_or_default();
    format!("{:012}", random % 1_000_000_000_000).into()
}

/// Methods that routes have. Whatever else is sent is somebody's own word.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

pub(crate) async fn watch(metrics: Metrics, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = RequestId::of(request.headers());
    let method = known(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(id.clone());

    let mut response = next.run(request).await;

    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let (status, seconds) = (response.status().as_u16(), start.elapsed().as_secs_f64());
    metrics.answered(route, method, status, seconds);
    let (request, ms) = (&*id.0, (seconds * 10_000.0).round() / 10.0);
    match route {
        // Asked every few seconds by machines.
        "/healthz" | "/readyz" => tracing::debug!(method, route, status, ms, request),
        _ => tracing::info!(method, route, status, ms, request),
    }
    if let Ok(value) = HeaderValue::from_str(request) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_number_is_taken_from_a_proxy() {
        let given = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_bytes(id.as_bytes()).unwrap());
            RequestId::of(&headers).0.to_string()
        };
        assert_eq!(given("7f3a-09B"), "7f3a-09B");
        assert_eq!(given(&"a".repeat(64)), "a".repeat(64));
        for bad in ["", "a b", "a\"b", "<b>", "១២៣", "a;b", &"a".repeat(65)] {
            let id = given(bad);
            assert!(id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()), "{bad} became {id}");
        }
    }

    #[test]
    fn a_made_up_method_is_no_label() {
        assert_eq!(known(&Method::from_bytes(b"SECRET").unwrap()), "other");
        assert_eq!(known(&Method::POST), "POST");
    }
}
