//! What happens to everything that is sent before a page sees it, one layer over the table of routes: it is read, what
//! points to a person is stopped, and what was sent before is answered as it was then. Refuses to know pages.

mod answer;
mod carried;
mod kept;
mod labels;
mod onward;
mod refill;
mod screened;
mod sent;
mod told;

use axum::body::{Body, Bytes};
use axum::extract::{Query, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use romduol_app::once::Before;
use romduol_app::{AppError, CHANGED};
use romduol_edition::manifest::hex;
use romduol_plan::Say;
use sha2::{Digest, Sha256};

pub(crate) use answer::done;
pub(crate) use carried::Seals;
pub(crate) use onward::{Again, Onward, Pages, show, without_turn};
pub use screened::Texts;
pub(crate) use screened::{Stopped, sentence};
pub(crate) use sent::{Content, LARGEST_FILE, Sent, SentFile, read};
pub(crate) use told::{Told, told};

use crate::Site;
use crate::address::{encoded, query};
use crate::error::{Page, PageError, Refusal};
use crate::gate::{Asking, OwnTurn};
use crate::limits::asker;
use crate::viewer::{SESSION, came_from, cookie, local};
use answer::{Answer, is_done};
use carried::Carried;
use sent::{Room, is_multipart};

/// How a route takes what is sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// It is asked for a page.
    Nothing,
    /// A form of a page, done once however often it is sent.
    Form(Texts),
    /// Signing in or out, proving who one is: changes no record, and has to be done again each time.
    Passage,
    /// A program; done once where it names what it sends.
    Program,
}

/// What stands in the address of a form beside its path.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Address {
    /// The token of this one showing of the form.
    once: String,
    /// The page on which it stands.
    from: String,
    /// Whom that page was shown to, by the mark of their account.
    who: String,
    /// Up to which entry of the ledger that page knew the plan.
    seen: Option<u64>,
}

/// Who sends: the account, or nobody.
pub(crate) async fn sender(site: &Site, headers: &HeaderMap) -> Result<Option<String>, AppError> {
    let Some(token) = cookie(headers, SESSION) else { return Ok(None) };
    Ok(site.app.person(&token).await?.map(|person| person.account))
}

/// Names somebody to their own browser and to nobody else.
pub(crate) fn mark_of(account: &str) -> String {
    hex(&Sha256::digest(format!("browser\0{account}")))[..16].to_string()
}

/// A new token for a form; empty where the machine gives no randomness, and then nothing is remembered of the form.
pub(crate) fn token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map(|()| hex(&bytes)).unwrap_or_default()
}

/// Asks a route for the page of a form that stands only on the answer to what was sent: nothing is done.
#[derive(Clone, Copy)]
pub(crate) struct Reshow;

/// Something that was sent to a route.
struct Sending {
    site: Site,
    path: String,
    page: String,
    once: String,
    seen: Option<u64>,
    /// Whose page it stood on; empty where the address does not say.
    who: String,
    account: Option<String>,
    sent: Sent,
    texts: Texts,
}

pub(crate) async fn receive(site: Site, takes: Takes, open: bool, request: Request, next: Next) -> Response {
    // No page of ours has a zero byte in its name, and one engine of the store keeps none.
    if request.uri().path().contains("%00") {
        return PageError::from(AppError::Bad(Say::new("refused-bad-address"))).into_response();
    }
    if takes != Takes::Nothing {
        // Reading it may take as long as the line does.
        OwnTurn::of(request.extensions()).give_back();
    }
    match takes {
        Takes::Nothing => next.run(request).await,
        Takes::Program => program(site, request, next).await,
        Takes::Passage => passage(site, request, next).await.unwrap_or_else(PageError::into_response),
        Takes::Form(texts) => form(site, texts, open, request, next).await.unwrap_or_else(PageError::into_response),
    }
}

fn address(parts: &Parts) -> Address {
    Query::try_from_uri(&parts.uri).map(|Query(address)| address).unwrap_or_default()
}

async fn form(site: Site, texts: Texts, open: bool, request: Request, next: Next) -> Page {
    let place = asker(&request, site.limits.proxy);
    let (parts, body) = request.into_parts();
    if parts.extensions.get::<Reshow>().is_some() {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    }
    let sender = sender(&site, &parts.headers).await;
    let folder = site.app.ledger.folder().map_or_else(std::env::temp_dir, std::path::Path::to_path_buf);
    let room = if matches!(&sender, Ok(Some(_))) { Room::Folder(&folder) } else { Room::None };
    let account = sender.as_ref().ok().and_then(Option::as_deref);
    // Files go to the disk and have had a place before.
    let held = match is_multipart(&parts) && account.is_some() {
        true => None,
        false => site.gate.long_form(&parts.headers, account, place).await?,
    };
    let (sent, bytes) = Sent::read(&parts, body, room).await?;
    OwnTurn::of(&parts.extensions).take(Asking::at(&site, &parts.headers, place)).await?;
    let read = Read { site, texts, open, sender, sent, bytes };
    match held {
        Some(held) => {
            aside(async move {
                let answer = read.form(parts, next).await;
                drop(held);
                answer.unwrap_or_else(PageError::into_response)
            })
            .await
        }
        None => read.form(parts, next).await,
    }
}

/// Beside the threads that answer the others.
async fn aside(work: impl Future<Output = Response> + Send + 'static) -> Page {
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work));
    Ok(done.await.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => crate::error::broken(&*panic),
        Err(_) => PageError::from(AppError::Stopping).into_response(),
    }))
}

/// A form of which all was read.
struct Read {
    site: Site,
    texts: Texts,
    open: bool,
    sender: Result<Option<String>, AppError>,
    sent: Sent,
    bytes: Bytes,
}

impl Read {
    async fn form(self, mut parts: Parts, next: Next) -> Page {
        let Read { site, texts, open, sender, mut sent, mut bytes } = self;
        let Address { once, from, seen, who } = address(&parts);
        // A password is what was typed, whatever that is.
        if texts != Texts::Secret && sent.unturn() && !is_multipart(&parts) {
            bytes = query(sent.pairs.iter().map(|(name, value)| (name, value))).into();
            parts.headers.remove(CONTENT_LENGTH);
        }
        let page = if from.is_empty() { came_from(&parts.headers) } else { local(&from).to_string() };
        let path = parts.uri.path().to_string();
        let mut sending = Sending { path, site, page, once, seen, who, account: None, sent, texts };
        match sender {
            Ok(account) => sending.account = account,
            // Nobody can be asked who it is; what was typed goes back all the same.
            Err(error) => return Ok(sending.answered(PageError::from(error).into_response())),
        }
        if !open && sending.account.is_none() {
            return Ok(sending.ended(&parts.headers).await?);
        }
        // A page that somebody else left open is not sent in the name of whoever is signed in now.
        if !sending.who.is_empty() && sending.account.as_deref().is_some_and(|account| mark_of(account) != sending.who)
        {
            return Ok(crate::error::page(StatusCode::FORBIDDEN, Say::new("refused-other-account")));
        }
        let stopped = screened::stopped(&sending.site.app, texts, &sending.sent);
        if !stopped.is_empty() {
            return Ok(sending.refused(StatusCode::UNPROCESSABLE_ENTITY, sentence(&stopped), stopped));
        }
        if is_multipart(&parts) {
            parts.extensions.insert(sending.sent.clone());
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        if sending.once.is_empty() {
            let response = next.run(request).await;
            return Ok(sending.answered(response));
        }
        sending.once(request, next).await
    }
}

impl Sending {
    /// Does it, or gives the answer that it got before.
    async fn once(self, request: Request, next: Next) -> Page {
        let account = self.account.clone().unwrap_or_default();
        let secret = format!("{}\0{account}\0{}", self.once, self.path);
        let (key, print) = (hex(&Sha256::digest(&secret)), self.sent.print(&secret));
        let before = match self.site.app.begin_once(&key).await {
            Ok(before) => before,
            // Nothing was done yet, so what was typed goes back.
            Err(error) => return Ok(self.answered(PageError::from(error).into_response())),
        };
        match before {
            Before::New => {}
            Before::Kept => return Ok(Redirect::to(&self.page).into_response()),
            Before::Answered { print: first, answer } => {
                let Some(answer) = Answer::open(&answer, &secret) else {
                    return Ok(Redirect::to(&self.page).into_response());
                };
                if first == print {
                    return Ok(answer.into_response());
                }
                let say = Say::new("again-sent").words("where", answer.location().unwrap_or(&self.page));
                return Ok(self.refused(StatusCode::CONFLICT, say, Vec::new()));
            }
        }
        // Whoever sent it may hang up: it is finished all the same, for when it is sent again.
        let work = tokio::spawn(async move {
            let app = self.site.app.clone();
            let response = app.under(&key, self.seen, next.run(request)).await;
            let response = self.answered(response);
            let (kept, response) = settle(&app, &key, &print, &secret, response).await;
            if let Err(error) = kept {
                tracing::warn!("what became of something that was sent could not be kept: {error}");
            }
            response
        });
        Ok(work.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => crate::error::broken(&*panic),
            Err(_) => PageError::from(AppError::Stopping).into_response(),
        }))
    }

    /// An answer that refuses goes to the page of the form, with everything that was typed.
    fn answered(&self, mut response: Response) -> Response {
        let refused = response.status().is_client_error() || response.status().is_server_error();
        let said = response.extensions().get::<Refusal>().map(|refusal| refusal.say.clone());
        if let Some(say) = said.filter(|_| refused && self.texts != Texts::Secret) {
            if say.key == CHANGED {
                *response.status_mut() = StatusCode::CONFLICT;
            }
            response.extensions_mut().insert(Onward::Again(self.again(say, Vec::new())));
        }
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        if to.starts_with("/prove?") && self.texts != Texts::Secret {
            response.extensions_mut().insert(Onward::Carry(self.carried()));
        }
        if is_done(&response) && self.account.is_some() {
            self.told(&mut response);
            // Tells the page that comes next that the browser's own copy has had its use. No secret, and no name.
            let secure = if self.site.doors.is_secure() { "; Secure" } else { "" };
            let path = encoded(&self.path);
            if let Ok(cookie) = format!("sent={path}; Path=/; Max-Age=600; SameSite=Lax{secure}").parse() {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
        }
        response
    }

    /// The page that comes next says what was done, unless it is a step on the way.
    fn told(&self, response: &mut Response) {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        if to.is_empty() || to.starts_with("/sign-in") || to.starts_with("/prove") || self.texts == Texts::Secret {
            return;
        }
        let secure = if self.site.doors.is_secure() { "; Secure" } else { "" };
        if let Ok(cookie) = told::cookie(response, secure).parse() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }

    fn again(&self, say: Say, stopped: Vec<Stopped>) -> Again {
        Again {
            page: self.page.clone(),
            path: self.path.clone(),
            typed: self.sent.pairs.clone(),
            say,
            stopped,
            number: None,
        }
    }

    fn carried(&self) -> Carried {
        let who = self.account.as_deref().map(mark_of).unwrap_or_default();
        let files = !self.sent.files.is_empty();
        Carried { page: self.page.clone(), path: self.path.clone(), typed: self.sent.pairs.clone(), files, who }
    }

    fn refused(&self, status: StatusCode, say: Say, stopped: Vec<Stopped>) -> Response {
        let mut response = crate::error::page(status, say.clone());
        if self.texts != Texts::Secret {
            response.extensions_mut().insert(Onward::Again(self.again(say, stopped)));
        }
        response
    }

    /// The session has ended: what was typed goes along through the sign-in.
    async fn ended(&self, headers: &HeaderMap) -> Result<Response, AppError> {
        // Whose page it was is known even where the session is not any more.
        let was = match cookie(headers, SESSION).filter(|_| self.who.is_empty()) {
            Some(token) => self.site.app.ledger.session_was_of(&token).await?,
            None => None,
        };
        let mut response = Redirect::to("/sign-in").into_response();
        if self.texts != Texts::Secret {
            let who = was.as_deref().map_or_else(|| self.who.clone(), mark_of);
            response.extensions_mut().insert(Onward::Carry(Carried { who, ..self.carried() }));
        }
        Ok(response)
    }
}

/// Keeps the answer where something was done; gives the token back where nothing was.
async fn settle(
    app: &romduol_app::App,
    key: &str,
    print: &str,
    secret: &str,
    response: Response,
) -> (Result<(), AppError>, Response) {
    if !is_done(&response) {
        return (app.drop_once(key).await, response);
    }
    let (answer, response) = Answer::of(response).await;
    match answer.seal(secret) {
        Some(sealed) => (app.end_once(key, print, &sealed).await, response),
        None => (app.drop_once(key).await, response),
    }
}

/// Signing in takes along what was typed before it, and gives it back behind it.
async fn passage(site: Site, request: Request, next: Next) -> Page {
    let place = asker(&request, site.limits.proxy);
    let (parts, body) = request.into_parts();
    let _held = site.gate.long_form(&parts.headers, None, place).await?;
    let (sent, bytes) = Sent::read(&parts, body, Room::Passage).await?;
    OwnTurn::of(&parts.extensions).take(Asking::at(&site, &parts.headers, place)).await?;
    // Whoever proves more in a session that goes on is who they were.
    let stays = sender(&site, &parts.headers).await?;
    let carried = match sent.get(carried::FIELD) {
        Some(carried) => Carried::read(&site, carried).await?,
        None => None,
    };
    let mut response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if let Some(carried) = carried {
        let onward = carried.after(&site, stays.as_deref(), response.status(), response.headers()).await?;
        response.extensions_mut().insert(onward);
    }
    Ok(response)
}

/// A program names what it sends in a header, as the draft of the IETF has it (`Idempotency-Key`).
async fn program(site: Site, request: Request, next: Next) -> Response {
    let name = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok()).map(String::from);
    let Some(name) = name else { return next.run(request).await };
    match named(site, &name, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn named(site: Site, name: &str, request: Request, next: Next) -> Page {
    if !(8..=255).contains(&name.len()) {
        return Err(AppError::Bad(Say::new("refused-idempotency-key")).into());
    }
    let who = request.headers().get(AUTHORIZATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let who = who.or_else(|| cookie(request.headers(), SESSION)).unwrap_or_default();
    let secret = format!("{name}\0{who}\0{}", request.uri());
    let key = hex(&Sha256::digest(&secret));
    let hash = std::sync::Arc::new(std::sync::Mutex::new(Sha256::new_with_prefix(&secret)));
    let (parts, body) = request.into_parts();
    let body = hashed(body, hash.clone());
    let print = move || hex(&hash.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone().finalize());
    match site.app.begin_once(&key).await? {
        Before::New => {}
        // What had come of it before the process was lost is found again by the import itself.
        Before::Kept => {}
        Before::Answered { print: first, answer } => {
            drain(body).await;
            return match Answer::open(&answer, &secret).filter(|_| first == print()) {
                Some(answer) => Ok(answer.into_response()),
                None => Err(AppError::Bad(Say::new("refused-idempotency-other")).into()),
            };
        }
    }
    let app = site.app.clone();
    let response = app.under(&key, None, next.run(Request::from_parts(parts, body))).await;
    let done = response.status().is_success();
    if !done {
        app.drop_once(&key).await?;
        return Ok(response);
    }
    let (answer, response) = Answer::of(response).await;
    if let Some(sealed) = answer.seal(&secret) {
        app.end_once(&key, &print(), &sealed).await?;
    }
    Ok(response)
}

/// The body, counted into a hash as it is read.
fn hashed(body: Body, hash: std::sync::Arc<std::sync::Mutex<Sha256>>) -> Body {
    use http_body_util::BodyExt;
    Body::new(body.map_frame(move |frame| {
        if let (Some(bytes), Ok(mut hash)) = (frame.data_ref(), hash.lock()) {
            hash.update(bytes);
        }
        frame
    }))
}

async fn drain(mut body: Body) {
    use http_body_util::BodyExt;
    while let Some(Ok(_)) = body.frame().await {}
}
