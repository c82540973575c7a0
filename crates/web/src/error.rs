//! Errors as pages: one clear sentence and a way back.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use romduol_app::AppError;
use romduol_ledger::LedgerError;
use romduol_locale::Locale;
use romduol_plan::{Lang, Say};

use crate::viewer::language;
use crate::watch::RequestId;

/// What a page handler answers when it cannot show its page.
pub(crate) enum PageError {
    /// Nobody is signed in.
    SignIn,
    /// A program's token does not count, or not for this.
    Token,
    /// The post asks for a second proof, which has not been set up.
    Second,
    /// What is dangerous asks for a fresh proof; where to go on afterwards.
    Prove(String),
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
            PageError::Second => return Redirect::to("/account").into_response(),
            PageError::Prove(back) => {
                let back = form_urlencoded(&back);
                return Redirect::to(&format!("/prove?back={back}")).into_response();
            }
            PageError::Token => {
                let refused = page(StatusCode::UNAUTHORIZED, Say::new("refused-token"));
                return ([(WWW_AUTHENTICATE, "Bearer")], refused).into_response();
            }
            PageError::App(error) => error,
        };
        page(status(&error), error.say())
    }
}

pub(crate) fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::Denied(_) => StatusCode::FORBIDDEN,
        AppError::NotFound { .. } => StatusCode::NOT_FOUND,
        AppError::Refused(_) | AppError::Bad(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::Ledger(LedgerError::LoginTaken { .. }) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::Stopping | AppError::Ledger(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// An address inside an address.
pub(crate) fn form_urlencoded(text: &str) -> String {
    let kept = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes().map(|b| if kept(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

pub(crate) fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, Say::new("refused-no-page"))
}

/// What a visitor is told when the program itself has a fault. What it was stands in the log.
pub(crate) fn broken() -> Response {
    page(StatusCode::INTERNAL_SERVER_ERROR, Say::new("refused-broken"))
}

pub(crate) fn page(status: StatusCode, say: Say) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(say);
    response
}

#[derive(askama::Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    lang: &'a str,
    home: String,
    sentence: &'a str,
    /// By which whoever runs the program finds what happened.
    number: Option<String>,
}

/// Writes the page of an error in the language of its request.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let locale = Locale::of(language(request.headers()));
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let Some(say) = response.extensions_mut().remove::<Say>() else { return response };
    let sentence = locale.tell(&say);
    let id = id.filter(|_| response.status().is_server_error());
    let number = id.map(|RequestId(id)| {
        tracing::error!(request = &*id, said = ?Locale::of(Lang::En).tell(&say));
        locale.tell(&Say::new("error-number").words("value", &*id))
    });
    let page = ErrorPage { lang: locale.lang.code(), home: locale.t("menu-home"), sentence: &sentence, number };
    let html = askama::Template::render(&page).unwrap_or_else(|_| sentence.clone());
    (response.status(), Html(html)).into_response()
}
