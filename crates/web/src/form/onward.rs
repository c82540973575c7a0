//! Where a person is led after something was sent that did not end there: back to its form with everything that was typed,
//! or through the sign-in with it. Refuses to keep any of it: it goes to the browser and comes back from there.

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE,
    WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http_body_util::BodyExt;
use romduol_app::AppError;
use romduol_locale::Locale;
use romduol_plan::{Lang, Say};
use romduol_report::Markup;
use tower::ServiceExt;

use super::Reshow;
use super::carried::Carried;
use super::refill::{Filling, carry, refill, said};
use super::screened::Stopped;
use super::sent::Sent;
use super::told::{TOLD, Told};
use crate::Site;
use crate::address::query;
use crate::chrome::Chrome;
use crate::error::PageError;
use crate::gate::{Asking, OwnTurn};
use crate::pages::sign_in::Back;
use crate::viewer::{SESSION, cookie, language, local};

/// The field of a form that stands only on the answer to what was sent before.
const STEP: &str = "_step";

const TOLD_GONE: &str = "told=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";

/// Between these the page of a refusal says its sentence; with what was typed it is said anew.
const SAID: [&str; 2] = ["<!--said-->", "<!--typed-->"];

/// What is to be shown in place of an answer.
#[derive(Clone)]
pub(crate) enum Onward {
    Again(Again),
    Carry(Carried),
}

/// The page of a form, with what was typed in it and why it is there again.
#[derive(Clone)]
pub(crate) struct Again {
    /// Where the form stands.
    pub page: String,
    /// Where the form goes.
    pub path: String,
    pub typed: Vec<(String, String)>,
    pub say: Say,
    pub stopped: Vec<Stopped>,
    /// By which whoever runs the program finds a fault.
    pub number: Option<String>,
}

impl Onward {
    /// With the number of a fault, where the answer has one.
    pub fn numbered(self, number: Option<&str>) -> Onward {
        match self {
            Onward::Again(again) => Onward::Again(Again { number: number.map(String::from), ..again }),
            Onward::Carry(carried) => Onward::Carry(carried),
        }
    }
}

pub(super) fn new_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.filter_map(|line| line.split(';').next()?.split_once('='));
    pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value.to_string())
}

/// The pages behind the layer, and what is needed to dress one that cannot be shown.
#[derive(Clone)]
pub(crate) struct Pages {
    pub site: Site,
    pub router: Router,
}

/// What an inner request for a page takes along from the outer one.
struct Asker {
    headers: HeaderMap,
    peer: Option<ConnectInfo<std::net::SocketAddr>>,
    lang: Lang,
}

/// Answers a request, and shows the page that an answer leads on to.
pub(crate) async fn show(State(pages): State<Pages>, mut request: Request) -> Response {
    // Until the answer is whole, with the form that it goes back to.
    let turn = OwnTurn::default();
    match turn.take(Asking::of(&pages.site, &request)).await {
        Ok(()) => drop(request.extensions_mut().insert(turn.clone())),
        Err(error) => drop(request.extensions_mut().insert(NoTurn(error))),
    }
    let response = pages.answer(request).await;
    turn.give_back();
    response
}

/// There was no turn for a request; the layer that writes refusals says so.
#[derive(Clone)]
pub(crate) struct NoTurn(AppError);

pub(crate) async fn without_turn(request: Request, next: Next) -> Response {
    match request.extensions().get::<NoTurn>() {
        Some(NoTurn(error)) => PageError::from(error.clone()).into_response(),
        None => next.run(request).await,
    }
}

async fn ask(router: &Router, request: Request) -> Response {
    router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
}

fn is_to(response: &Response, path: &str) -> bool {
    response.headers().get(LOCATION).is_some_and(|to| to == path)
}

impl Pages {
    async fn answer(&self, request: Request) -> Response {
        let mut headers = HeaderMap::new();
        for name in [COOKIE, ACCEPT_LANGUAGE] {
            for value in request.headers().get_all(&name) {
                headers.append(&name, value.clone());
            }
        }
        let asked = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_string();
        let gets = request.method() == Method::GET;
        let asker = Asker { lang: language(&headers), headers, peer: request.extensions().get().cloned() };
        let mut response = ask(&self.router, request).await;
        match response.extensions_mut().remove::<Onward>() {
            Some(Onward::Again(again)) => self.again(again, response, asker).await,
            Some(Onward::Carry(carried)) => self.carry(&carried, response, asker).await,
            None if gets && asked != "/" && is_to(&response, "/sign-in") => {
                Redirect::to(&format!("/sign-in?{}", query([("back", &asked)]))).into_response()
            }
            None if gets && asked.starts_with("/sign-in?") => self.back(&asked, response).await,
            None => self.finished(response, gets, asker).await,
        }
    }

    /// A page as the person would get it now, with the cookies that an answer has just set.
    async fn page(&self, path: &str, asker: &Asker, new: &HeaderMap) -> Option<String> {
        self.shown(Request::builder().uri(path).body(Body::empty()).ok()?, asker, new).await
    }

    /// The page of a form that stands on the answer to what was sent before, such as the confirmation of a table.
    async fn step(&self, again: &Again, asker: &Asker, new: &HeaderMap) -> Option<String> {
        let uri = format!("{}?{}", again.path, query([("from", &again.page)]));
        let mut request = Request::builder().method(Method::POST).uri(uri).body(Body::empty()).ok()?;
        request.extensions_mut().insert(Sent { pairs: again.typed.clone(), files: Vec::new() });
        request.extensions_mut().insert(Reshow);
        self.shown(request, asker, new).await
    }

    async fn shown(&self, mut request: Request, asker: &Asker, new: &HeaderMap) -> Option<String> {
        *request.headers_mut() = asker.headers.clone();
        if let Some(peer) = asker.peer {
            request.extensions_mut().insert(peer);
        }
        let session = new_cookie(new, SESSION);
        let half = new_cookie(new, "half");
        for (name, value) in [(SESSION, session), ("half", half)].into_iter().filter_map(|(n, v)| Some((n, v?))) {
            // The first one of a name counts.
            let before = request.headers().get(COOKIE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let cookies = HeaderValue::try_from(format!("{name}={value}; {before}")).ok()?;
            request.headers_mut().insert(COOKIE, cookies);
        }
        let response = ask(&self.router, request).await;
        if response.status() != StatusCode::OK || !is_html(&response) {
            return None;
        }
        text(response).await
    }

    /// An answer as it goes out: with what was done on the page before, and kept by no browser for whoever comes back to
    /// it or sits down there next.
    async fn finished(&self, response: Response, gets: bool, asker: Asker) -> Response {
        if !is_html(&response) || cookie(&asker.headers, SESSION).is_none() {
            return response;
        }
        let locale = Locale::of(asker.lang);
        let told = cookie(&asker.headers, TOLD).filter(|_| gets && response.status() == StatusCode::OK);
        let told = told.and_then(|told| Told::read(&told, locale));
        let (mut parts, body) = response.into_parts();
        parts.headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        let Some(told) = told else { return Response::from_parts(parts, body) };
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.append(SET_COOKIE, HeaderValue::from_static(TOLD_GONE));
        let page = text(Response::new(body)).await.unwrap_or_default();
        Response::from_parts(parts, Body::from(said(&page, &told.notice()).unwrap_or(page)))
    }

    /// The page of the form with what was typed in it; where there is no such page any more, the texts alone.
    async fn again(&self, again: Again, response: Response, asker: Asker) -> Response {
        let locale = Locale::of(asker.lang);
        let status = if response.status().is_redirection() { StatusCode::OK } else { response.status() };
        if again.typed.is_empty() && again.say.key.is_empty() {
            return with_cookies(Redirect::to(&again.page).into_response(), &response);
        }
        let page = match again.typed.iter().any(|(name, _)| name == STEP) {
            true => self.step(&again, &asker, response.headers()).await,
            false => None,
        };
        let page = match page {
            Some(page) => Some(page),
            None => self.page(&again.page, &asker, response.headers()).await,
        };
        let filling = Filling::of(&again, locale, self.help(asker.lang));
        match page.and_then(|page| refill(&page, &filling)) {
            Some(html) => kept((status, Html(html)).into_response(), &response),
            None => self.beside(&filling, status, response, asker.lang).await,
        }
    }

    /// The page of the refusal with what was typed, where the form is on no page any more.
    async fn beside(&self, filling: &Filling<'_>, status: StatusCode, response: Response, lang: Lang) -> Response {
        let notice = filling.notice(filling.typed);
        let (parts, body) = response.into_parts();
        let refusal = if status == parts.status { text(Response::new(body)).await } else { None };
        let refusal = refusal.and_then(|page| {
            let (before, rest) = page.split_once(SAID[0])?;
            let (_, after) = rest.split_once(SAID[1])?;
            Some(format!("{before}{notice}{after}"))
        });
        let html = refusal.or_else(|| self.alone(filling, lang)).unwrap_or_default();
        kept((status, Html(html)).into_response(), &Response::from_parts(parts, Body::empty()))
    }

    /// The help line of the plan, for whoever writes about a person in need.
    fn help(&self, lang: Lang) -> String {
        let snapshot = self.site.app.snapshot();
        snapshot.state.plan().map(|plan| plan.hotline.get(lang).to_string()).unwrap_or_default()
    }

    fn alone(&self, filling: &Filling, lang: Lang) -> Option<String> {
        let title = Locale::of(lang).t("refusal-not-saved");
        let c = Chrome::open(&self.site, lang, &filling.page, title);
        let page = Alone { c, notice: filling.notice(filling.typed) };
        askama::Template::render(&page).ok()
    }

    /// The next step of the sign-in, with what was typed in its forms.
    async fn carry(&self, carried: &Carried, response: Response, asker: Asker) -> Response {
        let locale = Locale::of(asker.lang);
        let written = match carried.write(&self.site).await {
            Ok(written) => written,
            Err(error) => return PageError::from(error).into_response(),
        };
        let say = match (carried.typed.is_empty(), carried.files) {
            (true, false) => String::new(),
            (true, true) => locale.t("session-ended-file"),
            (false, _) => locale.t("session-ended"),
        };
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(String::from);
        let (status, page) = match &to {
            Some(to) => (StatusCode::UNAUTHORIZED, self.page(local(to), &asker, response.headers()).await),
            None if is_html(&response) => {
                let (parts, body) = response.into_parts();
                let status = parts.status;
                let page = text(Response::from_parts(parts, body)).await;
                return (status, Html(page.and_then(|page| carry(&page, &written, &say)).unwrap_or_default()))
                    .into_response();
            }
            None => return response,
        };
        match page.and_then(|page| carry(&page, &written, &say)) {
            Some(html) => with_cookies((status, Html(html)).into_response(), &response),
            None => response,
        }
    }

    /// The sign-in that was asked for on the way to a page goes on to that page.
    async fn back(&self, asked: &str, response: Response) -> Response {
        let asked = asked.parse::<Uri>().ok().and_then(|asked| Query::<Back>::try_from_uri(&asked).ok());
        let back = asked.and_then(|Query(asked)| asked.back).unwrap_or_default();
        if response.status() != StatusCode::OK || !is_html(&response) || local(&back) == "/" {
            return response;
        }
        let carried = Carried { page: back, path: String::new(), typed: Vec::new(), files: false, who: String::new() };
        let (mut parts, body) = response.into_parts();
        parts.headers.remove(CONTENT_LENGTH);
        let page = text(Response::new(body)).await.unwrap_or_default();
        let written = serde_json::to_string(&carried).unwrap_or_default();
        let html = carry(&page, &written, "").unwrap_or(page);
        Response::from_parts(parts, Body::from(html))
    }
}

#[derive(askama::Template)]
#[template(path = "again.html")]
struct Alone {
    c: Chrome,
    notice: Markup,
}

fn is_html(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

async fn text(response: Response) -> Option<String> {
    let bytes = response.into_body().collect().await.ok()?.to_bytes();
    String::from_utf8(bytes.to_vec()).ok()
}

/// The answer with what the first one says to the browser and to programs beside its page.
fn kept(mut response: Response, from: &Response) -> Response {
    for name in [RETRY_AFTER, ALLOW, WWW_AUTHENTICATE] {
        if let Some(value) = from.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    with_cookies(response, from)
}

fn with_cookies(mut response: Response, from: &Response) -> Response {
    for cookie in from.headers().get_all(SET_COOKIE) {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
}
