//! How long somebody slow is waited for, so that nobody holds the program by never finishing a sentence. Refuses to know
//! what is asked.

use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use romduol_plan::Say;

use crate::error::page;

/// How long each part of a request may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request, and between two requests on one connection.
    pub head: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// For a page or a form, until its answer begins.
    pub form: Duration,
    /// For a form with files: 96 MB over a telephone at the edge of the network.
    pub files: Duration,
    /// For an answer that is not read.
    pub unread: Duration,
    /// For requests that are under way when the program is asked to stop.
    pub stop: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        let seconds = Duration::from_secs;
        Patience {
            head: seconds(30),
            idle: seconds(30),
            form: seconds(120),
            files: seconds(1_200),
            unread: seconds(60),
            stop: seconds(30),
        }
    }
}

/// Answers in time, with or without what was asked. A bulk upload has no longest time: only its pauses are limited.
pub(crate) async fn wait(longest: Option<Duration>, request: Request, next: Next) -> Response {
    let Some(longest) = longest else { return next.run(request).await };
    let late = |_| page(StatusCode::REQUEST_TIMEOUT, Say::new("refused-slow"));
    tokio::time::timeout(longest, next.run(request)).await.unwrap_or_else(late)
}
