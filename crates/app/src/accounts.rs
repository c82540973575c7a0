//! Signing in, and the post that a person holds.

use romduol_ledger::{Account, NewAccount, SessionToken};
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Actor, Lang};

use crate::{App, AppError};

/// How long a session lasts without being used.
pub const SESSION_SECONDS: i64 = 12 * 3600;

/// A person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub account: String,
    pub name: String,
    pub post: Post,
    pub lang: Lang,
}

impl Person {
    pub(crate) fn of(account: Account) -> Result<Person, AppError> {
        let role = Role::parse(&account.role).ok_or_else(|| {
            AppError::fault(format!(
                "the account {} has the unknown role “{}”; ask an administrator to set it",
                account.login, account.role
            ))
        })?;
        Ok(Person {
            account: account.id,
            name: account.name,
            post: Post { role, institution: account.institution, area: account.area },
            lang: Lang::parse(&account.language).unwrap_or_default(),
        })
    }

    /// As the ledger knows the person: the opaque id and the post, never the name.
    pub fn actor(&self) -> Actor {
        let place = self.post.area.as_ref().or(self.post.institution.as_ref());
        let post = match place {
            Some(place) => format!("{}, {place}", self.post.role.code()),
            None => self.post.role.code().to_string(),
        };
        Actor { account: self.account.clone(), post }
    }
}

impl App {
    /// Begins a session. `None` for a wrong login or password: which one is not told.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Option<SessionToken>, AppError> {
        let Some(account) = self.ledger.sign_in(login.trim(), password).await? else { return Ok(None) };
        let now = self.now().unix;
        Ok(Some(self.ledger.add_session(&account.id, now, now + SESSION_SECONDS).await?))
    }

    /// The person of a session token, if the session still counts.
    pub async fn person(&self, token: &str) -> Result<Option<Person>, AppError> {
        let now = self.now().unix;
        let Some(session) = self.ledger.session(token, now).await? else { return Ok(None) };
        Person::of(session.account).map(Some)
    }

    /// The person of an active account, for commands on the machine that holds the data.
    pub async fn person_by_login(&self, login: &str) -> Result<Option<Person>, AppError> {
        let found = self.ledger.accounts().await?.into_iter().find(|a| a.login == login.trim() && a.active);
        found.map(Person::of).transpose()
    }

    pub async fn sign_out(&self, token: &str) -> Result<(), AppError> {
        Ok(self.ledger.revoke_session(token, self.now().unix).await?)
    }

    pub async fn add_account(&self, account: NewAccount, password: &str) -> Result<(), AppError> {
        if Role::parse(&account.role).is_none() {
            let roles: Vec<&str> = Role::ALL.iter().map(|r| r.code()).collect();
            return Err(AppError::fault(format!("“{}” is not a role; use one of: {}", account.role, roles.join(", "))));
        }
        self.ledger.add_account(account, password, self.now().unix).await?;
        Ok(())
    }
}
