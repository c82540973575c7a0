//! One's own account: the password, what proves one beside it, where one is signed in, the tokens of one's programs.

use axum::extract::{Form, Path};
use romduol_app::AppError;
use romduol_app::accounts::{MAX_TOKEN_DAYS, OwnSession, Second};
use romduol_plan::permission::Scope;
use romduol_plan::{Date, Say};

use crate::chrome::{Chrome, render, see};
use crate::error::{Page, PageError};
use crate::form::done;
use crate::given::whole;
use crate::limits::Asking;
use crate::viewer::Own;

/// A token as the page shows it.
struct Token {
    key: String,
    name: String,
    scope: String,
    expires: Date,
    expired: bool,
    used: Option<Date>,
}

#[derive(askama::Template)]
#[template(path = "account.html")]
struct Account {
    c: Chrome,
    login: String,
    post: String,
    second: Second,
    /// The post asks for a second proof, and nothing else is open until there is one.
    wants_second: bool,
    takes_keys: bool,
    sessions: Vec<OwnSession>,
    tokens: Vec<Token>,
    scopes: &'static [Scope],
    most_days: i64,
}

pub(crate) async fn show(own: Own) -> Page {
    let Own { viewer, token } = own;
    let app = &viewer.site.app;
    let (now, calendar) = (app.now().unix, app.calendar());
    let account = app.ledger.account(&viewer.person.account).await?;
    let role = viewer.locale.word("role", viewer.person.post.role.code());
    let place = viewer.person.post.area.clone().or(viewer.person.post.institution.clone());
    let tokens = app.tokens(&viewer.person).await?.into_iter().map(|token| Token {
        key: token.key,
        name: token.name,
        scope: token.scope,
        expires: calendar.day(token.expires),
        expired: token.expires <= now,
        used: token.used.map(|used| calendar.day(used)),
    });
    render(&Account {
        login: account.map(|account| account.login).unwrap_or_default(),
        post: place.map_or_else(|| role.clone(), |place| format!("{role}, {place}")),
        second: app.second(&viewer.person).await?,
        wants_second: viewer.site.doors.want_more_of(&viewer.person),
        takes_keys: viewer.site.doors.take_keys(),
        sessions: app.own_sessions(&viewer.person, &token).await?,
        tokens: tokens.collect(),
        scopes: Scope::ALL,
        most_days: MAX_TOKEN_DAYS,
        c: Chrome::of(&viewer, viewer.locale.t("account")),
    })
}

#[derive(serde::Deserialize)]
pub(crate) struct Change {
    old: String,
    new: String,
    again: String,
}

pub(crate) async fn change(own: Own, Asking(place): Asking, Form(given): Form<Change>) -> Page {
    let viewer = own.viewer;
    viewer.site.limits.account(&viewer.person.account, place)?;
    if given.new != given.again {
        return Err(AppError::Bad(Say::new("refused-password-again")).into());
    }
    viewer.site.app.change_password(&viewer.person, &given.old, &given.new).await?;
    Ok(see("/sign-in"))
}

#[derive(serde::Deserialize)]
pub(crate) struct Ended {
    key: String,
}

pub(crate) async fn end(own: Own, Form(given): Form<Ended>) -> Page {
    own.viewer.site.app.end_session(&own.viewer.person, &given.key).await?;
    Ok(see("/account"))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct NewToken {
    name: String,
    scope: String,
    days: String,
}

#[derive(askama::Template)]
#[template(path = "secret.html")]
struct Secret {
    c: Chrome,
    hint: String,
    secrets: Vec<String>,
}

/// What is shown once and never again.
pub(crate) fn shown_once(own: &Own, title: &str, hint: &str, secrets: Vec<String>) -> Page {
    let locale = own.viewer.locale;
    done(render(&Secret { c: Chrome::of(&own.viewer, locale.t(title)), hint: locale.t(hint), secrets }))
}

/// Ends the request for whoever has to set up a second proof, or to prove again who they are, first.
pub(crate) fn proved(own: &Own) -> Result<(), PageError> {
    let (site, person) = (&own.viewer.site, &own.viewer.person);
    if site.doors.want_more_of(person) {
        return Err(PageError::Second);
    }
    match person.proof.is_fresh(site.app.now().unix) {
        true => Ok(()),
        false => Err(PageError::Prove("/account".into())),
    }
}

pub(crate) async fn add_token(own: Own, Form(given): Form<NewToken>) -> Page {
    proved(&own)?;
    let days = whole("days", &given.days)?;
    let secret = own.viewer.site.app.add_token(&own.viewer.person, &given.name, &given.scope, days).await?;
    shown_once(&own, "token-made", "token-made-hint", vec![secret])
}

pub(crate) async fn drop_token(own: Own, Path(key): Path<String>) -> Page {
    own.viewer.site.app.drop_token(&own.viewer.person, &key).await?;
    Ok(see("/account"))
}
