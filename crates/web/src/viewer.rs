//! Who is looking, in which language, at which moment of the plan: read from cookies and the address.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri, Query};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use romduol_app::accounts::Person;
use romduol_app::{AppError, Snapshot};
use romduol_locale::Locale;
use romduol_plan::permission::Act;
use romduol_plan::readings::View;
use romduol_plan::{Body, Lang, Say};

use crate::Site;
use crate::error::PageError;

pub(crate) const SESSION: &str = "session";
pub(crate) const LANG: &str = "lang";
pub(crate) const ILLUSTRATIVE: &str = "illustrative";

/// A signed-in person and everything a page needs to know about the request.
pub(crate) struct Viewer {
    pub site: Site,
    pub person: Person,
    pub locale: &'static Locale,
    pub snapshot: Arc<Snapshot>,
    /// Set when the page shows an earlier moment.
    pub at: Option<u64>,
    pub illustrative: bool,
    pub path: String,
    pub query: HashMap<String, String>,
}

impl Viewer {
    pub fn view(&self) -> View<'_> {
        self.snapshot.view(self.illustrative)
    }

    pub fn lang(&self) -> Lang {
        self.locale.lang
    }

    pub fn may(&self, act: Act) -> bool {
        self.person.post.may(act).is_ok()
    }

    /// Whether the reader may see a record and wants to: made-up money is hidden with everything that is made up.
    pub fn shows(&self, body: &Body) -> bool {
        self.person.post.may_see(body) && (self.illustrative || !body.is_made_up_money())
    }

    /// Ends the request for whoever may not do `act` at all.
    pub fn must(&self, act: Act) -> Result<(), PageError> {
        Ok(self.person.post.may(act)?)
    }

    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

pub(crate) fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
}

/// The language chosen by cookie, else the browser's.
pub(crate) fn language(parts: &Parts) -> Lang {
    let accepted = || {
        let header = parts.headers.get("accept-language").and_then(|v| v.to_str().ok()).unwrap_or("");
        if header.trim_start().starts_with("km") { Lang::Km } else { Lang::En }
    };
    cookie(parts, LANG).and_then(|code| Lang::parse(&code)).unwrap_or_else(accepted)
}

impl FromRequestParts<Site> for Viewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Viewer, PageError> {
        let token = cookie(parts, SESSION).ok_or(PageError::SignIn)?;
        let person = site.app.person(&token).await?.ok_or(PageError::SignIn)?;
        let Query(query) = Query::<HashMap<String, String>>::from_request_parts(parts, site)
            .await
            .map_err(|_| AppError::Bad(Say::new("refused-bad-address")))?;
        let at: Option<u64> = query.get("at").and_then(|at| at.parse().ok());
        let snapshot = match at {
            Some(position) => site.app.at(position).await?,
            None => site.app.snapshot(),
        };
        let OriginalUri(uri) =
            OriginalUri::from_request_parts(parts, site).await.unwrap_or_else(|never| match never {});
        Ok(Viewer {
            site: site.clone(),
            person,
            locale: Locale::of(language(parts)),
            illustrative: cookie(parts, ILLUSTRATIVE).as_deref() != Some("off"),
            path: uri.path().to_string(),
            snapshot,
            at,
            query,
        })
    }
}
