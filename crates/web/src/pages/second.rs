//! Setting up a second proof, and proving again who one is before something dangerous.

use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use fast_qr::qr::{QRBuilder, QRCode};
use romduol_app::accounts::{AppSetup, Question};
use romduol_app::{AppError, ErrorClass};
use romduol_report::Markup;

use super::account::{proved, shown_once};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::limits::Codes;
use crate::viewer::{Own, local};

#[derive(askama::Template)]
#[template(path = "second_app.html")]
struct AppPage {
    c: Chrome,
    setup: AppSetup,
    /// A picture of the address, which a phone reads.
    picture: Markup,
    problem: Option<String>,
}

fn app_page(own: &Own, setup: AppSetup, problem: Option<&AppError>) -> Page {
    let code = QRBuilder::new(setup.url.as_str()).build();
    let code = code.map_err(|error| AppError::fault(format!("the picture of the code: {error}")))?;
    let picture = picture(&code);
    let problem = problem.map(|error| own.viewer.locale.tell(&error.say()));
    render(&AppPage { c: Chrome::of(&own.viewer, own.viewer.locale.t("second-app")), setup, picture, problem })
}

/// The dark modules as one path on white, with the quiet margin that readers ask for.
fn picture(code: &QRCode) -> Markup {
    const MARGIN: usize = 4;
    let side = code.size + 2 * MARGIN;
    let dark = (0..code.size).flat_map(|row| (0..code.size).map(move |column| (row, column)));
    let dark = dark.filter(|(row, column)| code[*row][*column].value());
    let squares: String = dark.map(|(y, x)| format!("M{},{}h1v1h-1z", x + MARGIN, y + MARGIN)).collect();
    let all = format!("M0,0h{side}v{side}h-{side}z");
    let ground = Markup::element("path", &[("d", &all), ("fill", "#fff")], "");
    let path = Markup::element("path", &[("d", &squares), ("fill", "#000")], "");
    let view = format!("0 0 {side} {side}");
    let named =
        [("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", view.as_str()), ("shape-rendering", "crispEdges")];
    Markup::element("svg", &named, ground + path)
}

/// Whoever has one proof adds another only after showing it.
fn may_add(own: &Own, has: bool) -> Result<(), crate::error::PageError> {
    if has { proved(own) } else { Ok(()) }
}

async fn has_any(own: &Own) -> Result<bool, AppError> {
    let second = own.viewer.site.app.second(&own.viewer.person).await?;
    Ok(!second.apps.is_empty() || !second.keys.is_empty())
}

pub(crate) async fn begin_app(own: Own) -> Page {
    may_add(&own, has_any(&own).await?)?;
    let setup = own.viewer.site.app.begin_app(&own.viewer.person).await?;
    app_page(&own, setup, None)
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    code: String,
}

pub(crate) async fn finish_app(own: Own, Path(ticket): Path<String>, Form(given): Form<Typed>) -> Page {
    let (site, person) = (&own.viewer.site, &own.viewer.person);
    site.limits.code(Codes::Session(&own.token))?;
    match site.app.finish_app(person, &own.token, &ticket, &given.code).await {
        Ok(codes) => added(&own, codes),
        // The same picture again: the phone may have read it already.
        Err(error) if error.class() != ErrorClass::Refused => Err(error.into()),
        Err(error) => match site.app.app_setup(person, &ticket).await {
            Ok(setup) => Ok((StatusCode::UNPROCESSABLE_ENTITY, app_page(&own, setup, Some(&error))?).into_response()),
            Err(_) => Err(error.into()),
        },
    }
}

fn added(own: &Own, codes: Vec<String>) -> Page {
    match codes.is_empty() {
        true => Ok(see("/account")),
        false => shown_once(own, "second-codes", "second-codes-hint", codes),
    }
}

#[derive(askama::Template)]
#[template(path = "second_key.html")]
struct KeyPage {
    c: Chrome,
    question: Question,
}

pub(crate) async fn begin_key(own: Own) -> Page {
    may_add(&own, has_any(&own).await?)?;
    let question = own.viewer.site.app.begin_key(&own.viewer.site.doors, &own.viewer.person).await?;
    render(&KeyPage { c: Chrome::of(&own.viewer, own.viewer.locale.t("second-key")), question })
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Answer {
    answer: String,
    name: String,
}

pub(crate) async fn finish_key(own: Own, Path(ticket): Path<String>, Form(given): Form<Answer>) -> Page {
    let (site, person) = (&own.viewer.site, &own.viewer.person);
    let codes = site.app.finish_key(&site.doors, person, &own.token, &ticket, &given.answer, &given.name).await?;
    added(&own, codes)
}

pub(crate) async fn drop(own: Own, Path(id): Path<String>) -> Page {
    proved(&own)?;
    own.viewer.site.app.drop_second(&own.viewer.person, &id).await?;
    Ok(see("/account"))
}

pub(crate) async fn codes(own: Own) -> Page {
    proved(&own)?;
    if !has_any(&own).await? {
        return Ok(see("/account"));
    }
    let codes = own.viewer.site.app.new_codes(&own.viewer.person).await?;
    shown_once(&own, "second-codes", "second-codes-hint", codes)
}

#[derive(askama::Template)]
#[template(path = "prove.html")]
struct Prove {
    c: Chrome,
    back: String,
    /// A code is asked for, otherwise the password.
    by_code: bool,
    key: Option<Question>,
    problem: Option<String>,
}

async fn prove_page(own: &Own, back: &str, problem: Option<&AppError>) -> Page {
    let (site, person) = (&own.viewer.site, &own.viewer.person);
    render(&Prove {
        back: local(back).to_string(),
        by_code: has_any(own).await?,
        key: site.app.ask_key(&site.doors, &person.account).await?,
        problem: problem.map(|error| own.viewer.locale.tell(&error.say())),
        c: Chrome::of(&own.viewer, own.viewer.locale.t("prove-title")),
    })
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Proof {
    back: String,
    given: String,
    ticket: String,
    answer: String,
}

pub(crate) async fn ask(own: Own, Query(given): Query<Proof>) -> Page {
    if own.viewer.site.doors.want_more_of(&own.viewer.person) {
        return Ok(see("/account"));
    }
    prove_page(&own, &given.back, None).await
}

pub(crate) async fn prove(own: Own, Form(given): Form<Proof>) -> Page {
    let (site, person) = (&own.viewer.site, &own.viewer.person);
    site.limits.code(Codes::Session(&own.token))?;
    let proved = match given.answer.is_empty() {
        true => site.app.prove(person, &own.token, &given.given).await,
        false => site.app.prove_with_key(&site.doors, person, &own.token, &given.ticket, &given.answer).await,
    };
    match proved {
        Ok(()) => Ok(see(local(&given.back))),
        Err(error @ AppError::Bad(_)) => {
            let body = prove_page(&own, &given.back, Some(&error)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
