//! What a page handler answers when it cannot show its page, and with which status. Refuses to know how it is written:
//! `refusal.rs` does that, for pages and for programs.

use axum::http::StatusCode;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Redirect, Response};
use romduol_app::{AppError, ErrorClass};
use romduol_plan::Say;

use crate::address::query;

/// What a page handler answers when it cannot show its page.
pub(crate) enum PageError {
    /// Nobody is signed in.
    SignIn,
    /// A program's token is missing, or does not count, or not for this.
    Token,
    /// The post asks for a second proof, which has not been set up.
    Second,
    /// What is dangerous asks for a fresh proof; where to go on afterwards.
    Prove(String),
    /// More was sent than the route takes.
    TooLarge,
    App(AppError),
}

pub(crate) type Page = Result<Response, PageError>;

impl<E: Into<AppError>> From<E> for PageError {
    fn from(error: E) -> Self {
        PageError::App(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            PageError::SignIn => Redirect::to("/sign-in").into_response(),
            PageError::Second => Redirect::to("/account").into_response(),
            PageError::Prove(back) => Redirect::to(&format!("/prove?{}", query([("back", back)]))).into_response(),
            PageError::Token => {
                let refused = page(StatusCode::UNAUTHORIZED, Say::new("refused-token"));
                ([(WWW_AUTHENTICATE, "Bearer")], refused).into_response()
            }
            PageError::TooLarge => page(StatusCode::PAYLOAD_TOO_LARGE, Say::new("refused-form-long")),
            PageError::App(error) => refused(&error),
        }
    }
}

/// What a visitor is told, and what the log holds besides. An answer carries it until its page is written.
#[derive(Clone)]
pub(crate) struct Refusal {
    pub say: Say,
    /// What happened, for whoever runs the program; a visitor is not told.
    pub cause: Option<String>,
}

impl From<Say> for Refusal {
    fn from(say: Say) -> Refusal {
        Refusal { say, cause: None }
    }
}

fn status(error: &AppError) -> StatusCode {
    match error.class() {
        ErrorClass::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorClass::Denied => StatusCode::FORBIDDEN,
        ErrorClass::NotFound => StatusCode::NOT_FOUND,
        ErrorClass::TooOften => StatusCode::TOO_MANY_REQUESTS,
        ErrorClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorClass::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// After so many seconds a store that was away is asked again.
const RETRY_AFTER_S: u64 = 30;

fn refused(error: &AppError) -> Response {
    let wait = match (error, error.class()) {
        (AppError::TooOften { seconds } | AppError::Crowded { seconds }, _) => Some(*seconds),
        (_, ErrorClass::Unavailable) => Some(RETRY_AFTER_S),
        _ => None,
    };
    let mut response = answer(status(error), Refusal { say: error.to_visitor(), cause: Some(error.to_string()) });
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

pub(crate) fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, Say::new("refused-no-page"))
}

/// What a visitor is told when the program itself has panicked. What it said stands in the log.
pub(crate) fn broken(panic: &(dyn std::any::Any + Send)) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    let cause = Some(format!("panic: {}", said.unwrap_or("without words")));
    answer(StatusCode::INTERNAL_SERVER_ERROR, Refusal { say: Say::new("refused-broken"), cause })
}

pub(crate) fn page(status: StatusCode, say: Say) -> Response {
    answer(status, say.into())
}

fn answer(status: StatusCode, refusal: Refusal) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(refusal);
    response
}
