//! Who is looking, in which language, at which moment of the plan: read from cookies and the address.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri, Query};
use axum::http::header::{AUTHORIZATION, COOKIE, REFERER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use romduol_app::accounts::Person;
use romduol_app::{AppError, Snapshot};
use romduol_locale::Locale;
use romduol_plan::permission::{Act, Denied, Scope};
use romduol_plan::readings::View;
use romduol_plan::{Body, Kind, Lang, Say};

use crate::Site;
use crate::error::PageError;

pub(crate) const SESSION: &str = "session";
pub(crate) const LANG: &str = "lang";
pub(crate) const ILLUSTRATIVE: &str = "illustrative";

/// A signed-in person and everything a page needs to know about the request.
pub(crate) struct Viewer {
    pub site: Site,
    pub person: Person,
    /// A program asks with a token in the person's name.
    pub program: bool,
    pub locale: &'static Locale,
    pub snapshot: Arc<Snapshot>,
    /// Set when the page shows an earlier moment.
    pub at: Option<u64>,
    pub illustrative: bool,
    pub path: String,
    /// Where to go on after a proof: the page that was asked for, or the one a form came from.
    pub back: String,
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

    /// A record as the reader sees it, if at all.
    pub fn seen(&self, body: Body) -> Option<Body> {
        self.person.post.as_seen(body).filter(|body| self.shows(body))
    }

    /// Ends the request for whoever may not do `act` at all, or has not lately proved who they are where it is dangerous.
    pub fn must(&self, act: Act) -> Result<(), PageError> {
        self.person.post.may(act)?;
        if !act.is_dangerous() || self.site.doors.are_fresh_for(&self.person, self.site.app.now().unix) {
            return Ok(());
        }
        Err(if self.program { Denied(act).into() } else { PageError::Prove(self.back.clone()) })
    }

    /// Notes that the person reads what is restricted.
    pub async fn note(&self, kind: Kind, id: &str) {
        self.site.app.trace_reading(&self.person, kind, id).await;
    }

    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
}

/// The language chosen by cookie, else the browser's.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let accepted = || {
        let header = headers.get("accept-language").and_then(|v| v.to_str().ok()).unwrap_or("");
        if header.trim_start().starts_with("km") { Lang::Km } else { Lang::En }
    };
    cookie(headers, LANG).and_then(|code| Lang::parse(&code)).unwrap_or_else(accepted)
}

/// Who asks: a person with a browser, or a program with a token, for which only what its scope allows is there.
async fn asker(parts: &Parts, site: &Site) -> Result<(Person, bool), PageError> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(secret) = header.and_then(|value| value.strip_prefix("Bearer ")) {
        let (person, scope) = site.app.person_of_token(secret.trim()).await?.ok_or(PageError::Token)?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let sends = scope == Scope::Send && parts.uri.path().starts_with("/api/");
        return if reads || sends { Ok((person, true)) } else { Err(PageError::Token) };
    }
    let token = cookie(&parts.headers, SESSION).ok_or(PageError::SignIn)?;
    Ok((site.app.person(&token).await?.ok_or(PageError::SignIn)?, false))
}

async fn viewer(parts: &mut Parts, site: &Site, person: Person, program: bool) -> Result<Viewer, PageError> {
    let Query(query) = Query::<HashMap<String, String>>::from_request_parts(parts, site)
        .await
        .map_err(|_| AppError::Bad(Say::new("refused-bad-address")))?;
    let at: Option<u64> = query.get("at").and_then(|at| at.parse().ok());
    let snapshot = match at {
        Some(position) => site.app.at(position).await?,
        None => site.app.snapshot(),
    };
    let OriginalUri(uri) = OriginalUri::from_request_parts(parts, site).await.unwrap_or_else(|never| match never {});
    let asked = uri.path_and_query().map_or("/", |path| path.as_str());
    let back = if parts.method == Method::GET { asked.to_string() } else { came_from(&parts.headers) };
    Ok(Viewer {
        site: site.clone(),
        person,
        program,
        locale: Locale::of(language(&parts.headers)),
        illustrative: cookie(&parts.headers, ILLUSTRATIVE).as_deref() != Some("off"),
        path: uri.path().to_string(),
        back,
        snapshot,
        at,
        query,
    })
}

impl FromRequestParts<Site> for Viewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Viewer, PageError> {
        let (person, program) = asker(parts, site).await?;
        if site.doors.want_more_of(&person) {
            return Err(PageError::Second);
        }
        viewer(parts, site, person, program).await
    }
}

/// A person with a browser, for the pages of one's own account: they are there before a second proof is set up, and no
/// program comes here.
pub(crate) struct Own {
    pub viewer: Viewer,
    pub token: String,
}

impl FromRequestParts<Site> for Own {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Own, PageError> {
        let token = cookie(&parts.headers, SESSION).ok_or(PageError::SignIn)?;
        let person = site.app.person(&token).await?.ok_or(PageError::SignIn)?;
        Ok(Own { viewer: viewer(parts, site, person, false).await?, token })
    }
}

/// The page the person came from, on this site only.
pub(crate) fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok()).unwrap_or("");
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    local(path.unwrap_or("/")).to_string()
}

/// An address if it is one of this site, the first page otherwise.
pub(crate) fn local(path: &str) -> &str {
    let inside = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    if inside { path } else { "/" }
}
