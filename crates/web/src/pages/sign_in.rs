//! Signing in and out, choosing the language, switching illustrative data on and off.

use axum::extract::{Form, FromRequestParts, Path, Request, State};
use axum::http::header::{REFERER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use romduol_app::{demo, edition};
use romduol_locale::Locale;
use romduol_plan::Lang;

use crate::Site;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::{ILLUSTRATIVE, LANG, SESSION, Viewer, cookie, language};

#[derive(askama::Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    c: Chrome,
    failed: bool,
    /// The demo's accounts: login and role.
    accounts: Vec<(&'static str, &'static str)>,
    password: &'static str,
    /// There is something that anybody may read.
    public: bool,
}

fn page(site: &Site, lang: Lang, failed: bool) -> SignIn {
    let c = Chrome::open(site, lang, "/sign-in", Locale::of(lang).t("sign-in"));
    let accounts =
        if site.demo { demo::ACCOUNTS.iter().map(|(login, role, ..)| (*login, *role)).collect() } else { Vec::new() };
    let public = edition::newest(&site.app.snapshot().state).is_some();
    SignIn { c, failed, accounts, password: demo::PASSWORD, public }
}

pub(crate) async fn show(State(site): State<Site>, request: Request) -> Page {
    let (parts, _) = request.into_parts();
    render(&page(&site, language(&parts), false))
}

#[derive(serde::Deserialize)]
pub(crate) struct Credentials {
    login: String,
    password: String,
}

pub(crate) async fn enter(State(site): State<Site>, headers: HeaderMap, Form(given): Form<Credentials>) -> Page {
    site.limits.account(&given.login)?;
    match site.app.sign_in(&given.login, &given.password).await? {
        Some(token) => Ok(with_cookie(see("/"), SESSION, token.as_str())),
        None => {
            let mut request = Request::new(axum::body::Body::empty());
            *request.headers_mut() = headers;
            let (parts, _) = request.into_parts();
            let body = render(&page(&site, language(&parts), true))?;
            Ok((StatusCode::UNAUTHORIZED, body).into_response())
        }
    }
}

pub(crate) async fn leave(State(site): State<Site>, request: Request) -> Page {
    let (mut parts, _) = request.into_parts();
    if Viewer::from_request_parts(&mut parts, &site).await.is_ok()
        && let Some(token) = cookie(&parts, SESSION)
    {
        site.app.sign_out(&token).await?;
    }
    Ok(with_cookie(see("/sign-in"), SESSION, ""))
}

fn choose(headers: &HeaderMap, name: &str, value: &str) -> Response {
    with_cookie(see(&back(headers)), name, value)
}

pub(crate) async fn language_page(Path(code): Path<String>, headers: HeaderMap) -> Response {
    let lang = Lang::parse(&code).unwrap_or_default();
    choose(&headers, LANG, lang.code())
}

pub(crate) async fn illustrative(Path(on): Path<String>, headers: HeaderMap) -> Response {
    choose(&headers, ILLUSTRATIVE, if on == "off" { "off" } else { "on" })
}

/// The page the person came from, on this site only.
fn back(headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok()).unwrap_or("");
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    path.filter(|path| path.starts_with('/') && !path.starts_with("//")).unwrap_or("/").to_string()
}

fn with_cookie(response: Response, name: &str, value: &str) -> Response {
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
    ([(SET_COOKIE, cookie)], response).into_response()
}
