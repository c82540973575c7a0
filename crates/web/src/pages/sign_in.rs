//! Signing in and out: the password or the identity provider, then the second proof where the account has one. Choosing
//! the language, switching illustrative data on and off.

use axum::extract::{Form, Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use romduol_app::accounts::{DEVICE_DAYS, Entered, Half, Question};
use romduol_app::{AppError, demo, edition};
use romduol_locale::Locale;
use romduol_plan::{Lang, Say};

use crate::Site;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::limits::{Asking, Codes};
use crate::viewer::{ILLUSTRATIVE, LANG, SESSION, came_from, cookie, language, local};

/// The ticket of who has given the password and not yet the second proof.
const HALF: &str = "half";
/// The ticket of who is at the identity provider.
const AWAY: &str = "away";
/// What tells a browser from those of strangers who guess; it opens nothing.
const DEVICE: &str = "device";
/// How many accounts a browser is known for: that of an office is shared.
const MOST_DEVICES: usize = 4;

#[derive(askama::Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    c: Chrome,
    failed: bool,
    /// The demo's accounts: login and role.
    accounts: Vec<(&'static str, &'static str)>,
    password: &'static str,
    provider: Option<String>,
    /// There is something that anybody may read.
    public: bool,
}

fn page(site: &Site, lang: Lang, failed: bool) -> SignIn {
    let c = Chrome::open(site, lang, "/sign-in", Locale::of(lang).t("sign-in"));
    let accounts =
        if site.demo { demo::ACCOUNTS.iter().map(|(login, role, ..)| (*login, *role)).collect() } else { Vec::new() };
    let public = edition::newest(&site.app.snapshot().state).is_some();
    let provider = site.doors.provider.as_ref().map(|provider| provider.name.clone());
    SignIn { c, failed, accounts, password: demo::PASSWORD, provider, public }
}

pub(crate) async fn show(State(site): State<Site>, headers: HeaderMap) -> Page {
    render(&page(&site, language(&headers), false))
}

#[derive(serde::Deserialize)]
pub(crate) struct Credentials {
    login: String,
    password: String,
}

pub(crate) async fn enter(
    State(site): State<Site>,
    Asking(place): Asking,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Page {
    let devices = devices(&headers);
    let device = site.app.known_device(&given.login, &devices).await?;
    match &device {
        Some(secret) => site.limits.device(secret)?,
        None => {
            site.limits.account(&given.login, place)?;
            site.app.may_guess(&given.login).await?;
        }
    }
    let entered = site.app.sign_in(&given.login, &given.password).await?;
    count(&site, &entered);
    match entered {
        Entered::No => {
            if device.is_none() {
                site.app.note_guess(&given.login).await?;
            }
            let body = render(&page(&site, language(&headers), true))?;
            Ok((StatusCode::UNAUTHORIZED, body).into_response())
        }
        entered => {
            site.limits.signed_in(&given.login, place);
            let response = go_on(&site, entered);
            match device {
                Some(_) => Ok(response),
                // Where nothing can be written, whoever is in is in all the same.
                None => {
                    Ok(remember(&site, response, devices, site.app.know_device(&given.login).await.unwrap_or_default()))
                }
            }
        }
    }
}

/// What this browser is known by: a secret for each account that was signed in to from it, the newest first.
pub(crate) fn devices(headers: &HeaderMap) -> Vec<String> {
    let kept = cookie(headers, DEVICE).unwrap_or_default();
    kept.split('.').filter(|secret| !secret.is_empty()).take(MOST_DEVICES).map(String::from).collect()
}

fn remember(site: &Site, response: Response, known: Vec<String>, new: Option<String>) -> Response {
    let kept: Vec<String> = new.into_iter().chain(known).take(MOST_DEVICES).collect();
    with_cookie_for(site, response, DEVICE, &kept.join("."), Some(DEVICE_DAYS * 86_400))
}

fn count(site: &Site, entered: &Entered) {
    site.metrics.signed_in(match entered {
        Entered::In(_) => "in",
        Entered::Half(_) => "second",
        Entered::No => "no",
    });
}

fn go_on(site: &Site, entered: Entered) -> Response {
    match entered {
        Entered::In(token) => with_cookie(site, see("/"), SESSION, token.as_str()),
        Entered::Half(ticket) => with_cookie(site, see("/sign-in/second"), HALF, &ticket),
        Entered::No => see("/sign-in"),
    }
}

#[derive(askama::Template)]
#[template(path = "sign_in_second.html")]
struct Second {
    c: Chrome,
    half: Half,
    key: Option<Question>,
    problem: Option<String>,
}

async fn second_page(site: &Site, lang: Lang, half: Half, problem: Option<Say>) -> Page {
    let key = if half.has_keys { site.app.ask_key(&site.doors, &half.account).await? } else { None };
    let locale = Locale::of(lang);
    let c = Chrome::open(site, lang, "/sign-in/second", locale.t("second-title"));
    render(&Second { c, half, key, problem: problem.map(|say| locale.tell(&say)) })
}

pub(crate) async fn second(State(site): State<Site>, headers: HeaderMap) -> Page {
    let ticket = cookie(&headers, HALF).unwrap_or_default();
    let Some(half) = site.app.half(&ticket).await? else { return Ok(see("/sign-in")) };
    second_page(&site, language(&headers), half, None).await
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct SecondProof {
    code: String,
    ticket: String,
    answer: String,
}

pub(crate) async fn enter_second(State(site): State<Site>, headers: HeaderMap, Form(given): Form<SecondProof>) -> Page {
    let ticket = cookie(&headers, HALF).unwrap_or_default();
    let Some(half) = site.app.half(&ticket).await? else { return Ok(see("/sign-in")) };
    let known = site.app.browsers(&devices(&headers)).await?.into_iter().find(|known| known.account == half.account);
    site.limits.code(match &known {
        Some(browser) => Codes::Browser(&browser.secret),
        None => Codes::Account(&half.account),
    })?;
    let right = match given.answer.is_empty() {
        true => site.app.is_code(&half.account, &given.code).await?,
        false => site.app.is_key(&site.doors, &half.account, &given.ticket, &given.answer).await?,
    };
    site.metrics.signed_in(if right { "in" } else { "no" });
    if !right {
        let problem = if given.answer.is_empty() { "refused-code" } else { "refused-key" };
        let body = second_page(&site, language(&headers), half, Some(Say::new(problem))).await?;
        return Ok((StatusCode::UNAUTHORIZED, body).into_response());
    }
    let token = site.app.finish_half(&half, &ticket).await?;
    let response = with_cookie(&site, see("/"), HALF, "");
    Ok(with_cookie(&site, response, SESSION, token.as_str()))
}

pub(crate) async fn to_provider(State(site): State<Site>) -> Page {
    let (url, ticket) = site.app.begin_sso(&site.doors).await?;
    Ok(with_cookie(&site, axum::response::Redirect::to(&url).into_response(), AWAY, &ticket))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Returned {
    state: String,
    code: String,
}

pub(crate) async fn from_provider(State(site): State<Site>, Query(given): Query<Returned>, headers: HeaderMap) -> Page {
    let ticket = cookie(&headers, AWAY).unwrap_or_default();
    if given.code.is_empty() {
        return Err(AppError::Bad(Say::new("refused-provider")).into());
    }
    let entered = site.app.finish_sso(&site.doors, &ticket, &given.state, &given.code).await?;
    count(&site, &entered);
    Ok(with_cookie(&site, go_on(&site, entered), AWAY, ""))
}

pub(crate) async fn leave(State(site): State<Site>, headers: HeaderMap) -> Page {
    if let Some(token) = cookie(&headers, SESSION) {
        site.app.sign_out(&token).await?;
    }
    let mut response = with_cookie(&site, see("/sign-in"), SESSION, "");
    // Pages that an older program let the browser keep.
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// Where to go on after the language has been changed, if it is not where one comes from.
#[derive(serde::Deserialize)]
pub(crate) struct Back {
    pub back: Option<String>,
}

pub(crate) async fn language_page(
    State(site): State<Site>,
    Path(code): Path<String>,
    Query(Back { back }): Query<Back>,
    headers: HeaderMap,
) -> Response {
    let Some(lang) = Lang::parse(&code) else { return crate::error::not_found() };
    let back = back.map_or_else(|| came_from(&headers), |back| local(&back).to_string());
    with_cookie(&site, see(&back), LANG, lang.code())
}

pub(crate) async fn illustrative(State(site): State<Site>, Path(on): Path<String>, headers: HeaderMap) -> Response {
    match on.as_str() {
        "on" | "off" => with_cookie(&site, see(&came_from(&headers)), ILLUSTRATIVE, &on),
        _ => crate::error::not_found(),
    }
}

pub(crate) fn with_cookie(site: &Site, response: Response, name: &str, value: &str) -> Response {
    // An empty one goes at once, any other with the browser's session.
    with_cookie_for(site, response, name, value, value.is_empty().then_some(0))
}

fn with_cookie_for(site: &Site, mut response: Response, name: &str, value: &str, seconds: Option<i64>) -> Response {
    let secure = if site.doors.is_secure() { "; Secure" } else { "" };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    // Lax: whoever follows a link in a letter is still signed in.
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    // Values are tokens and codes of ours: hexadecimal digits and letters.
    if let Ok(cookie) = cookie.parse() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
