//! The accounts of everybody, for who manages them: inviting, changing, handing over, closing, erasing. And the page on
//! which an invited person sets a password.

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use romduol_app::accounts::{Guest, LINK_DAYS};
use romduol_app::{AppError, ErrorClass};
use romduol_ledger::{Account, LookedThrough};
use romduol_locale::Arg;
use romduol_plan::kinds::{Area, AreaLevel, Institution};
use romduol_plan::permission::{Act, Role};
use romduol_plan::{Date, Lang, Say};

use crate::Site;
use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::form::done;
use crate::given::spoken;
use crate::viewer::{LANG, Viewer, cookie, language};

/// An account in the list.
struct Line {
    account: Account,
    /// Until when a link with which its owner sets a password counts.
    waits: Option<Date>,
    has_second: bool,
}

#[derive(askama::Template)]
#[template(path = "accounts/list.html")]
struct List {
    c: Chrome,
    lines: Vec<Line>,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ManageAccounts)?;
    let app = &viewer.site.app;
    let waiting = app.links_waiting().await?;
    let second = app.accounts_with_second(&viewer.person).await?;
    let line = |account: Account| Line {
        waits: waiting.iter().find(|(id, _)| *id == account.id).map(|(_, until)| *until),
        has_second: second.contains(&account.id),
        account,
    };
    let lines = app.accounts(&viewer.person).await?.into_iter().map(line).collect();
    render(&List { lines, c: Chrome::of(&viewer, viewer.locale.t("menu-accounts")) })
}

/// What can be chosen from: code and name.
type Choices = Vec<(String, String)>;

/// The fields of an account, filled in.
struct Fields {
    guest: Guest,
    roles: &'static [Role],
    institutions: Choices,
    areas: Choices,
}

fn fields(viewer: &Viewer, guest: Guest) -> Fields {
    let (state, lang) = (&viewer.snapshot.state, viewer.lang());
    let institutions =
        state.all::<Institution>().map(|i| (i.id.clone(), format!("{} {}", i.id, i.name.get(lang)))).collect();
    // Communes are too many for a list; an account for one is rare and its code can be typed.
    let areas = state.all::<Area>().filter(|a| matches!(a.level, AreaLevel::Country | AreaLevel::Province));
    let areas = areas.map(|a| (a.id.clone(), format!("{} {}", a.id, a.name.get(lang)))).collect();
    Fields { guest, roles: Role::ALL, institutions, areas }
}

#[derive(askama::Template)]
#[template(path = "accounts/one.html")]
struct One {
    c: Chrome,
    f: Fields,
    /// Nobody yet, for a new account.
    account: Option<Account>,
    own: bool,
    /// What the account was like when the form was opened.
    seen: String,
    problem: Option<String>,
}

/// Tells one standing of an account from another.
fn standing(account: &Account) -> String {
    let Account { login, name, role, institution, area, language, active, .. } = account;
    crate::form::mark_of(&format!("{:?}", (login, name, role, institution, area, language, active)))
}

/// The page of an account, or of one that is to be; with what was typed and why it was refused.
fn page(viewer: &Viewer, account: Option<Account>, guest: Guest, refused: Option<&AppError>) -> Page {
    let own = account.as_ref().is_some_and(|account| account.id == viewer.person.account);
    let title = account.as_ref().map_or_else(|| viewer.locale.t("account-invite"), |account| account.name.clone());
    let problem = refused.map(|error| viewer.locale.tell(&error.say()));
    let seen = account.as_ref().map(standing).unwrap_or_default();
    let body = render(&One { f: fields(viewer, guest), account, own, seen, problem, c: Chrome::of(viewer, title) })?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, body).into_response())
}

/// Whether a refusal is about what was typed, so that the form is shown again.
fn is_about_input(error: &AppError) -> bool {
    error.class() == ErrorClass::Refused
}

pub(crate) async fn new(viewer: Viewer) -> Page {
    viewer.must(Act::ManageAccounts)?;
    let language = viewer.lang().code().to_string();
    page(&viewer, None, Guest { language, ..Guest::default() }, None)
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ManageAccounts)?;
    let app = &viewer.site.app;
    let Some(account) = app.ledger.account(&id).await? else { return Ok(crate::error::not_found()) };
    let contacts = app.ledger.contacts().await?;
    let email = contacts.into_iter().find(|contact| contact.account.id == id).map(|contact| contact.email);
    let guest = Guest {
        login: account.login.clone(),
        name: account.name.clone(),
        role: account.role.clone(),
        institution: account.institution.clone().unwrap_or_default(),
        area: account.area.clone().unwrap_or_default(),
        language: account.language.clone(),
        email: email.unwrap_or_default(),
    };
    page(&viewer, Some(account), guest, None)
}

#[derive(askama::Template)]
#[template(path = "accounts/link.html")]
struct Link {
    c: Chrome,
    link: String,
    days: usize,
}

/// The link is shown to whoever invites: it goes the way that people really use, and is stored nowhere.
fn link(viewer: &Viewer, secret: &str) -> Page {
    let link = viewer.site.doors.link(&path(&["join", secret]));
    done(render(&Link { link, days: LINK_DAYS as usize, c: Chrome::of(viewer, viewer.locale.t("account-link")) }))
}

pub(crate) async fn invite(viewer: Viewer, Form(guest): Form<Guest>) -> Page {
    viewer.must(Act::ManageAccounts)?;
    match viewer.site.app.invite(&viewer.person, &guest).await {
        Ok(secret) => link(&viewer, &secret),
        Err(error) if is_about_input(&error) => page(&viewer, None, guest, Some(&error)),
        Err(error) => Err(error.into()),
    }
}

/// A form of the page of an account: what to do, and the fields for it.
#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    act: String,
    #[serde(default, rename = "_seen")]
    seen: String,
    #[serde(flatten)]
    guest: Guest,
}

/// Whether somebody else has changed the account since the form was opened.
async fn changed_since(viewer: &Viewer, id: &str, seen: &str) -> Result<bool, AppError> {
    let account = viewer.site.app.ledger.account(id).await?;
    Ok(!seen.is_empty() && account.is_some_and(|account| standing(&account) != seen))
}

pub(crate) async fn change(viewer: Viewer, Path(id): Path<String>, Form(asked): Form<Asked>) -> Page {
    viewer.must(Act::ManageAccounts)?;
    let (app, person) = (&viewer.site.app, &viewer.person);
    match asked.act.as_str() {
        "change" if changed_since(&viewer, &id, &asked.seen).await? => return Err(AppError::changed(&id).into()),
        "change" => match app.change_account(person, &id, &asked.guest).await {
            Err(error) if is_about_input(&error) => {
                let account = app.ledger.account(&id).await?;
                return page(&viewer, account, asked.guest, Some(&error));
            }
            changed => changed?,
        },
        "close" => app.set_active(person, &id, false).await?,
        "open" => app.set_active(person, &id, true).await?,
        "erase" => {
            let looked = app.erase_account(person, &id).await?;
            return erased(&viewer, looked);
        }
        "link" => return link(&viewer, &app.new_link(person, &id, false).await?),
        "reset" => return link(&viewer, &app.new_link(person, &id, true).await?),
        "hand-over" => return link(&viewer, &app.hand_over(person, &id, &asked.guest).await?),
        _ => return Err(AppError::Bad(Say::new("refused-act").words("value", asked.act)).into()),
    }
    Ok(see(&path(&["accounts", &id])))
}

#[derive(askama::Template)]
#[template(path = "accounts/erased.html")]
struct Erased {
    c: Chrome,
    /// What was looked through, and what was found.
    said: String,
    left: bool,
}

/// Says what was looked through after somebody was erased, so that nobody has to take our word for it.
fn erased(viewer: &Viewer, looked: Option<LookedThrough>) -> Page {
    let Some(looked) = looked else {
        let said = viewer.locale.t("account-erased-server").to_string();
        return erased_page(viewer, said, false);
    };
    let left = !looked.found.is_empty();
    let (files, found) = (looked.files.join(", "), looked.found.join(", "));
    let (bytes, free) = (looked.bytes as f64, looked.free_pages as f64);
    let args = [
        ("files", Arg::Text(&files)),
        ("found", Arg::Text(&found)),
        ("bytes", Arg::Number(bytes)),
        ("free", Arg::Number(free)),
    ];
    let said = viewer.locale.say(if left { "account-erased-left" } else { "account-erased-gone" }, &args);
    erased_page(viewer, said, left)
}

fn erased_page(viewer: &Viewer, said: String, left: bool) -> Page {
    done(render(&Erased { said, left, c: Chrome::of(viewer, viewer.locale.t("account-erased")) }))
}

#[derive(askama::Template)]
#[template(path = "accounts/join.html")]
struct Join {
    c: Chrome,
    account: Account,
    secret: String,
    problem: Option<String>,
}

fn lapsed() -> AppError {
    AppError::Bad(Say::new("refused-lapsed"))
}

/// In the language of the invited person, unless the browser's owner chose another.
async fn join_page(site: &Site, lang: Lang, secret: String, problem: Option<AppError>) -> Page {
    let account = site.app.invited(&secret).await?.ok_or_else(lapsed)?;
    let locale = romduol_locale::Locale::of(lang);
    let c = Chrome::open(site, lang, &path(&["join", &secret]), locale.t("join-title"));
    render(&Join { c, account, secret, problem: problem.map(|error| locale.tell(&error.say())) })
}

pub(crate) async fn join(State(site): State<Site>, Path(secret): Path<String>, headers: HeaderMap) -> Page {
    let chosen = cookie(&headers, LANG).is_some();
    let own = site.app.invited(&secret).await?.and_then(|account| Lang::parse(&account.language));
    let lang = own.filter(|_| !chosen).unwrap_or_else(|| language(&headers));
    join_page(&site, lang, secret, None).await
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Passwords {
    lang: String,
    new: String,
    again: String,
}

pub(crate) async fn set(State(site): State<Site>, Path(secret): Path<String>, Form(given): Form<Passwords>) -> Page {
    let lang = spoken(&given.lang)?;
    let joined = match given.new == given.again {
        true => site.app.join(&secret, &given.new).await,
        false => Err(AppError::Bad(Say::new("refused-password-again"))),
    };
    match joined {
        Ok(()) => Ok(see("/sign-in")),
        Err(error @ AppError::Bad(_)) => {
            let body = join_page(&site, lang, secret, Some(error)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
