//! Errors as pages: one clear sentence and a way back.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use romduol_app::AppError;

/// What a page handler answers when it cannot show its page.
pub(crate) enum PageError {
    /// Nobody is signed in.
    SignIn,
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
        let error = match self {
            PageError::SignIn => return Redirect::to("/sign-in").into_response(),
            PageError::App(error) => error,
        };
        let status = match &error {
            AppError::Denied(_) => StatusCode::FORBIDDEN,
            AppError::NotFound { .. } => StatusCode::NOT_FOUND,
            AppError::Refused(_) | AppError::Bad(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AppError::Stopping | AppError::Ledger(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        page(status, &error.to_string())
    }
}

pub(crate) fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "this address has no page / គ្មានទំព័រនេះទេ")
}

#[derive(askama::Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    sentence: &'a str,
}

fn page(status: StatusCode, sentence: &str) -> Response {
    let html = askama::Template::render(&ErrorPage { sentence }).unwrap_or_else(|_| status.to_string());
    (status, Html(html)).into_response()
}
