//! Who is looking, in which language, at which moment of the plan: read from cookies and the address.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri, Query};
use axum::http::header::{AUTHORIZATION, COOKIE, REFERER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use romduol_app::accounts::Person;
use romduol_app::{AppError, Snapshot, heard};
use romduol_locale::Locale;
use romduol_plan::kinds::Class;
use romduol_plan::permission::{Act, Denied, Scope};
use romduol_plan::readings::View;
use romduol_plan::text::Vocabulary;
use romduol_plan::{Body, Command, Kind, Lang, Say};

use crate::Site;
use crate::error::PageError;
use crate::gate::{Asking, OwnTurn};
use crate::given::{choice, whole};
use crate::limits::asker_of;

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
    /// The plan as the reader wants to see it and may: without illustrative data where that is switched off, without the
    /// counts of people that are not for the reader. What is written is decided against the plan as it is.
    pub snapshot: Arc<Snapshot>,
    /// Whether there is illustrative data at all.
    pub has_illustrative: bool,
    /// Set when the page shows an earlier moment.
    pub at: Option<u64>,
    pub illustrative: bool,
    pub path: String,
    /// Where to go on after a proof: the page that was asked for, or the one a form came from.
    pub back: String,
    pub query: HashMap<String, String>,
}

impl Viewer {
    /// Whoever asked for what was refused, if that can be found out now: for the frame around the refusal. Programs see none.
    pub async fn of_refused(site: &Site, headers: &HeaderMap, path: &str) -> Option<Viewer> {
        let person = site.app.person(&cookie(headers, SESSION)?).await.ok()??;
        let illustrative = cookie(headers, ILLUSTRATIVE).as_deref() != Some("off");
        let snapshot = site.app.snapshot();
        let has_illustrative = snapshot.state.has_illustrative();
        let snapshot = site.app.snapshot_for(&person, snapshot.shown(illustrative)).await;
        Some(Viewer {
            site: site.clone(),
            person,
            program: false,
            locale: Locale::of(language(headers)),
            has_illustrative,
            snapshot,
            at: None,
            illustrative,
            path: path.into(),
            back: path.into(),
            query: HashMap::new(),
        })
    }

    pub fn view(&self) -> View<'_> {
        self.snapshot.view(self.illustrative)
    }

    pub fn lang(&self) -> Lang {
        self.locale.lang
    }

    pub fn may(&self, act: Act) -> bool {
        self.person.post.may(act).is_ok()
    }

    /// Whether the reader may see a record.
    pub fn shows(&self, body: &Body) -> bool {
        self.person.post.may_see(body)
    }

    /// A record as the reader sees it, if at all.
    pub fn seen(&self, body: Body) -> Option<Body> {
        let body = self.person.post.as_seen(body)?;
        let whole = self.person.post.may_read(Class::Restricted);
        Some(if whole { body } else { heard::without_hidden_head(&self.snapshot.state, body) })
    }

    /// Ends the request for whoever may not do `act` at all, or has not lately proved who they are where it is dangerous.
    pub fn must(&self, act: Act) -> Result<(), PageError> {
        self.person.post.may(act)?;
        if !act.is_dangerous() || self.person.proof.is_fresh(self.site.app.now().unix) {
            return Ok(());
        }
        Err(if self.program { Denied(act).into() } else { PageError::Prove(self.back.clone()) })
    }

    /// Carries out a command in the person's name.
    pub async fn execute(&self, command: impl Command) -> Result<(), AppError> {
        self.site.app.execute(&self.person, command).await.map(|_| ())
    }

    /// Notes that the person reads what is restricted.
    pub async fn note(&self, kind: Kind, id: &str) {
        self.site.app.trace_reading(&self.person, kind, id).await;
    }

    /// What the address chooses of a fixed list, if anything. What is none of the list is refused: another view than the
    /// one that was asked for is easily taken for it.
    pub fn chosen<T: Vocabulary>(&self, name: &str) -> Result<Option<T>, AppError> {
        self.asked(name).map(|value| choice(name, value)).transpose()
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

/// The token with which a program asks. The word before it may be written in any case (RFC 9110).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Who asks: a person with a browser, or a program with a token, for which only what its scope allows is there.
async fn asker(parts: &Parts, site: &Site) -> Result<(Person, bool), PageError> {
    if let Some(secret) = bearer(&parts.headers) {
        let (person, scope) = site.app.person_of_token(secret).await?.ok_or(PageError::Token)?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let sends = scope == Scope::Send && parts.uri.path().starts_with("/api/");
        return if reads || sends { Ok((person, true)) } else { Err(PageError::Token) };
    }
    // A program that has no token gets no sign-in page: it would take it for an answer.
    let nobody = || if parts.uri.path().starts_with("/api/") { PageError::Token } else { PageError::SignIn };
    let token = cookie(&parts.headers, SESSION).ok_or_else(nobody)?;
    Ok((site.app.person(&token).await?.ok_or_else(nobody)?, false))
}

async fn viewer(parts: &mut Parts, site: &Site, person: Person, program: bool) -> Result<Viewer, PageError> {
    let Query(query) = Query::<HashMap<String, String>>::from_request_parts(parts, site)
        .await
        .map_err(|_| AppError::Bad(Say::new("refused-bad-address")))?;
    // A form that was sent is about the plan as it is.
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let at = query.get("at").filter(|_| reads);
    let at: Option<u64> = at.map(|at| whole("at", at)).transpose()?;
    let snapshot = match at {
        Some(position) => {
            let place = asker_of(&parts.extensions, &parts.headers, site.limits.proxy);
            let turn = OwnTurn::of(&parts.extensions);
            let had = turn.give_back();
            let fold = site.gate.fold(Some(&person.account), place).await?;
            let snapshot = site.app.at(position).await?;
            drop(fold);
            if had {
                turn.take(Asking::at(site, &parts.headers, place)).await?;
            }
            snapshot
        }
        None => site.app.snapshot(),
    };
    let illustrative = cookie(&parts.headers, ILLUSTRATIVE).as_deref() != Some("off");
    let has_illustrative = snapshot.state.has_illustrative();
    let OriginalUri(uri) = OriginalUri::from_request_parts(parts, site).await.unwrap_or_else(|never| match never {});
    let asked = uri.path_and_query().map_or("/", |path| path.as_str());
    let back = match query.get("from") {
        _ if parts.method == Method::GET => asked.to_string(),
        Some(page) => local(page).to_string(),
        None => came_from(&parts.headers),
    };
    let snapshot = site.app.snapshot_for(&person, snapshot.shown(illustrative || !reads)).await;
    Ok(Viewer {
        site: site.clone(),
        person,
        program,
        locale: Locale::of(language(&parts.headers)),
        illustrative,
        has_illustrative,
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
            return Err(if program { PageError::Token } else { PageError::Second });
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
    // Browsers drop tabs and line feeds from an address, and read a backslash as a slash.
    let plain = !path.contains(|c: char| c == '\\' || c.is_control());
    if plain && path.starts_with('/') && !path.starts_with("//") { path } else { "/" }
}
