//! Whether the program lives, and whether it should be sent people: for proxies and timers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::Site;

pub(crate) async fn alive() -> &'static str {
    "ok"
}

/// Anybody may ask, so the answer names no path and no address; those are in the log.
pub(crate) async fn ready(State(site): State<Site>) -> Response {
    match site.app.is_current().await {
        Ok(()) => "ready".into_response(),
        Err(not) => {
            tracing::warn!("not ready: {not:?}");
            (StatusCode::SERVICE_UNAVAILABLE, not.sentence()).into_response()
        }
    }
}
