//! What was typed, on its way through the sign-in: sealed for the browser that carries it, and given back to nobody but whoever
//! typed it. Refuses to know the pages on the way.

use std::sync::Arc;

use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use romduol_app::AppError;
use romduol_ledger::Ticket;
use romduol_plan::Say;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::onward::{Again, Onward, new_cookie};
use super::{answer, mark_of};
use crate::Site;
use crate::viewer::{SESSION, local};

/// The field in which what was typed goes through the sign-in.
pub(super) const FIELD: &str = "carried";

/// The purpose of the tickets that hold the keys.
const CARRY: &str = "carry";

/// How long a key seals what comes, and how long what it has sealed can be opened after that, in seconds.
const SEALS_S: i64 = 86_400;
const OPENS_S: i64 = 2 * 86_400;

/// Where a person is only led on.
const NOTHING_SAID: &str = "";

/// With what this process seals at present: one key for all who come in a day, so that strangers who send much leave one row
/// behind and not one each.
#[derive(Clone, Default)]
pub(crate) struct Seals(Arc<Mutex<Option<Key>>>);

#[derive(Clone)]
struct Key {
    secret: String,
    /// By which any process on this ledger finds it.
    ticket: String,
    /// In unix seconds.
    until: i64,
}

impl Seals {
    async fn key(&self, site: &Site) -> Result<Key, AppError> {
        let now = site.app.now().unix;
        let mut kept = self.0.lock().await;
        if let Some(key) = kept.as_ref().filter(|key| now < key.until) {
            return Ok(key.clone());
        }
        let (secret, until) = (super::token(), now + SEALS_S);
        if secret.is_empty() {
            return Err(no_randomness());
        }
        let ticket = Ticket { account: None, data: secret.clone(), expires: until + OPENS_S };
        let ticket = site.app.ledger.add_ticket(CARRY, &ticket, now).await?;
        Ok(kept.insert(Key { secret, ticket, until }).clone())
    }
}

fn no_randomness() -> AppError {
    AppError::fault("the machine gives no randomness".to_string())
}

/// What was typed, on its way through the sign-in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Carried {
    pub page: String,
    pub path: String,
    pub typed: Vec<(String, String)>,
    /// Files were chosen, which do not come along.
    #[serde(default)]
    pub files: bool,
    /// Who typed it; empty where nobody can tell.
    pub who: String,
}

impl Carried {
    /// What a form of the sign-in has brought back.
    pub async fn read(site: &Site, text: &str) -> Result<Option<Carried>, AppError> {
        let Some((ticket, sealed)) = text.split_once('.').filter(|_| !text.starts_with('{')) else {
            // Without words of anybody it only says where to go on.
            return Ok(serde_json::from_str(text).ok().filter(|carried: &Carried| carried.typed.is_empty()));
        };
        let ticket = site.app.ledger.ticket(CARRY, ticket, site.app.now().unix).await?;
        let plain = ticket.and_then(|ticket| answer::open(sealed, &ticket.data));
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
    }

    /// As it stands in a page that whoever sits there next can look into: the words are sealed, and the key stays here.
    pub async fn write(&self, site: &Site) -> Result<String, AppError> {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        if self.typed.is_empty() {
            return Ok(String::from_utf8(plain).unwrap_or_default());
        }
        let key = site.seals.key(site).await?;
        let sealed = answer::seal(&plain, &key.secret).ok_or_else(no_randomness)?;
        Ok(format!("{}.{sealed}", key.ticket))
    }

    /// Where it goes behind a step of the sign-in: further on, or back to its form.
    /// `stays` is the account whose session the step was taken in, if there was one.
    pub async fn after(
        self,
        site: &Site,
        stays: Option<&str>,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Onward, AppError> {
        let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        if !status.is_redirection() || to.starts_with("/sign-in") || to.starts_with("/prove") {
            return Ok(Onward::Carry(self));
        }
        let account = match new_cookie(headers, SESSION) {
            Some(token) => site.app.person(&token).await?.map(|person| mark_of(&person.account)),
            // A proof leaves the session as it is.
            None => stays.map(mark_of),
        };
        // Whose it is has to be known: it is shown to nobody else.
        let same = !self.who.is_empty() && account.is_some_and(|account| account == self.who);
        let Carried { page, path, typed, files, .. } = self;
        let (typed, say) = match same {
            _ if typed.is_empty() && !files => (typed, Say::new(NOTHING_SAID)),
            true => (typed, Say::new("again-signed-in")),
            false => (Vec::new(), Say::new("again-other-account")),
        };
        Ok(Onward::Again(Again { page: local(&page).into(), path, typed, say, stopped: Vec::new(), number: None }))
    }
}
