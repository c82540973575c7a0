//! One's own account: the password, and where one is signed in; and for administrators the list of all accounts.

use axum::extract::{Form, Path, Request, State};
use romduol_app::accounts::OwnSession;
use romduol_ledger::Account;
use romduol_plan::permission::Act;

use crate::Site;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::{SESSION, Viewer, cookie};

#[derive(askama::Template)]
#[template(path = "account.html")]
struct Own {
    c: Chrome,
    login: String,
    post: String,
    sessions: Vec<OwnSession>,
}

pub(crate) async fn show(State(site): State<Site>, request: Request) -> Page {
    let (mut parts, _) = request.into_parts();
    let token = cookie(&parts, SESSION).unwrap_or_default();
    let viewer = <Viewer as axum::extract::FromRequestParts<Site>>::from_request_parts(&mut parts, &site).await?;
    let sessions = site.app.own_sessions(&viewer.person, &token).await?;
    let account = site.app.ledger.account(&viewer.person.account).await?;
    let role = viewer.locale.t(&format!("role-{}", viewer.person.post.role.code()));
    let place = viewer.person.post.area.clone().or(viewer.person.post.institution.clone());
    render(&Own {
        login: account.map(|account| account.login).unwrap_or_default(),
        post: place.map_or_else(|| role.clone(), |place| format!("{role}, {place}")),
        sessions,
        c: Chrome::of(&viewer, viewer.locale.t("account")),
    })
}

#[derive(serde::Deserialize)]
pub(crate) struct Change {
    old: String,
    new: String,
    again: String,
}

pub(crate) async fn change(viewer: Viewer, Form(given): Form<Change>) -> Page {
    viewer.site.limits.account(&viewer.person.account)?;
    if given.new != given.again {
        return Err(romduol_app::AppError::Bad(romduol_plan::Say::new("refused-password-again")).into());
    }
    viewer.site.app.change_password(&viewer.person, &given.old, &given.new).await?;
    Ok(see("/sign-in"))
}

#[derive(serde::Deserialize)]
pub(crate) struct Ended {
    key: String,
}

pub(crate) async fn end(viewer: Viewer, Form(given): Form<Ended>) -> Page {
    viewer.site.app.end_session(&viewer.person, &given.key).await?;
    Ok(see("/account"))
}

#[derive(askama::Template)]
#[template(path = "accounts.html")]
struct Accounts {
    c: Chrome,
    list: Vec<Account>,
    own: String,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ManageAccounts)?;
    let list = viewer.site.app.accounts(&viewer.person).await?;
    let own = viewer.person.account.clone();
    render(&Accounts { list, own, c: Chrome::of(&viewer, viewer.locale.t("menu-accounts")) })
}

#[derive(serde::Deserialize)]
pub(crate) struct Activity {
    #[serde(default)]
    active: String,
}

pub(crate) async fn set(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Activity>) -> Page {
    viewer.must(Act::ManageAccounts)?;
    viewer.site.app.set_active(&viewer.person, &id, given.active == "yes").await?;
    Ok(see("/accounts"))
}
