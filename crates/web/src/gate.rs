//! How many things are done at once. Whoever comes too many waits in a line, and whoever asks for too much at once is told
//! when to come back, so that one visitor cannot take the machine from the others. Refuses to know what is asked.

mod turn;

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use romduol_app::AppError;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Site;
use crate::error::PageError;
use crate::form::sender;
use crate::limits::asker;
use crate::metrics::Limit;
use crate::viewer::bearer;
pub(crate) use turn::{Asking, OwnTurn};

/// A form of so many bytes is short: a sign-in, a comment.
const SHORT_FORM: usize = 16 * 1024;

/// What an answer costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// A page from what is at hand: some milliseconds.
    Light,
    /// Made anew for whoever asks: documents, tables to take home, searches, questions to the statistics.
    Heavy,
    /// More than a form is sent, however long that takes.
    Upload,
}

/// By whom something costly is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    Account(String),
    Address(IpAddr),
}

/// Everything of one cost.
struct Lane {
    name: &'static str,
    turns: Arc<Semaphore>,
    /// How many may be at work or wait, all together and of one asker.
    most: usize,
    share: usize,
    /// When to come back.
    seconds: u64,
    asked: Mutex<HashMap<Who, usize>>,
    /// How many turns one asker may have at a time, and the turns of those who have or want one.
    turns_of_one: usize,
    own: Mutex<HashMap<Who, Weak<Semaphore>>>,
}

/// Someone's turn: theirs first, so that whoever has asked for much waits for themselves and not before others.
pub(crate) struct Turn {
    _own: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

/// A place in a lane; leaving it makes room for the next.
pub(crate) struct Place {
    lane: Arc<Lane>,
    who: Who,
}

impl Lane {
    /// So many turns at once, of one asker and of all, and so many more who wait.
    fn new(
        name: &'static str,
        (turns_of_one, at_once): (usize, usize),
        line: usize,
        share: usize,
        seconds: u64,
    ) -> Arc<Lane> {
        let (turns, most) = (Arc::new(Semaphore::new(at_once)), at_once + line);
        let (asked, own) = (Mutex::default(), Mutex::default());
        Arc::new(Lane { name, turns, most, share, seconds, asked, turns_of_one, own })
    }

    async fn turn(&self, who: &Who) -> Result<Turn, AppError> {
        let own = self.own(who).acquire_owned().await.map_err(|_| AppError::Stopping)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| AppError::Stopping)?;
        Ok(Turn { _own: own, _turn: turn })
    }

    /// Whoever has no turn and wants none is forgotten.
    fn own(&self, who: &Who) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|_, turns| turns.strong_count() > 0);
        let known = own.get(who).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let turns = Arc::new(Semaphore::new(self.turns_of_one));
            own.insert(who.clone(), Arc::downgrade(&turns));
            turns
        })
    }

    fn enter(self: &Arc<Lane>, who: Who) -> Option<Place> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (asked.values().sum::<usize>(), asked.get(&who).copied().unwrap_or_default());
        if all >= self.most || own >= self.share {
            return None;
        }
        asked.insert(who.clone(), own + 1);
        Some(Place { lane: self.clone(), who })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut asked = self.lane.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = asked.get_mut(&self.who) {
            *own -= 1;
            if *own == 0 {
                asked.remove(&self.who);
            }
        }
    }
}

/// A place and the turn that came to it, for as long as both are needed.
pub(crate) type Held = (Place, Turn);

/// Where what is costly passes.
#[derive(Clone)]
pub struct Gate {
    /// As long as so few are at work nobody is asked who they are; then each asker has turns of their own.
    few: Arc<Semaphore>,
    pages: Arc<Lane>,
    heavy: Arc<Lane>,
    /// The same for people without an account, so that many of them leave the others their turns.
    visitors: Arc<Lane>,
    /// Earlier moments that are folded: a lane of their own, because documents are made of them, too.
    moments: Arc<Lane>,
    uploads: Arc<Lane>,
    /// What is sent by somebody without an account: nothing of it is kept, and it holds no place of those who have one.
    strangers: Arc<Lane>,
    /// Long forms of such people: what has come of one lies in memory until it is whole.
    forms: Arc<Lane>,
    /// And of people with one.
    own_forms: Arc<Lane>,
    refused: Family<Limit, Counter>,
}

impl Gate {
    pub(crate) fn new(refused: Family<Limit, Counter>) -> Gate {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2);
        // As many of one asker as the machine can make at once: more would only stand before those of the others.
        let few = Arc::new(Semaphore::new(cores));
        let pages = Lane::new("pages", (cores, Semaphore::MAX_PERMITS / 2), 0, 1024, 2);
        // A browser opens six connections; an office sits behind one address.
        let heavy = Lane::new("heavy", (1, cores), 64, 12, 5);
        let visitors = Lane::new("visitors", (1, cores.div_ceil(2)), 64, 12, 5);
        // Slow lines hold a place for minutes, but no memory: what they send goes to a file.
        let uploads = Lane::new("uploads", (8, 48), 16, 8, 30);
        let strangers = Lane::new("strangers", (2, 8), 0, 2, 30);
        let forms = Lane::new("forms", (4, 64), 128, 24, 5);
        let moments = Lane::new("moments", (1, cores), 64, 12, 5);
        let own_forms = Lane::new("own forms", (4, 64), 256, 32, 5);
        Gate { few, pages, heavy, visitors, moments, uploads, strangers, forms, own_forms, refused }
    }

    /// Works on what an account has sent when it is its turn, beside the threads that answer the others.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        account: &str,
        work: impl Future<Output = Result<T, AppError>> + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = self.heavy.turn(&Who::Account(account.into())).await?;
        let runtime = Handle::current();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            runtime.block_on(work)
        });
        done.await.unwrap_or_else(|error| match error.try_into_panic() {
            // As if it had happened here.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(AppError::Stopping),
        })
    }

    /// A turn for a long form, to be held until it was dealt with; none is needed for a short one, so that whoever signs in is
    /// never kept out by those who send much.
    pub(crate) async fn long_form(
        &self,
        headers: &HeaderMap,
        account: Option<&str>,
        address: IpAddr,
    ) -> Result<Option<Held>, AppError> {
        let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| length <= SHORT_FORM) {
            return Ok(None);
        }
        let (lane, who) = match account {
            Some(account) => (&self.own_forms, Who::Account(account.into())),
            None => (&self.forms, Who::Address(address)),
        };
        self.enter(lane, who).await.map(Some)
    }

    /// A turn to fold an earlier moment, of which each asker has one at a time. Their pages are made meanwhile.
    pub(crate) async fn fold(&self, account: Option<&str>, address: IpAddr) -> Result<Held, AppError> {
        let who = account.map_or(Who::Address(address), |account| Who::Account(account.into()));
        self.enter(&self.moments, who).await
    }

    fn lane(&self, cost: Cost, who: &Who) -> &Arc<Lane> {
        match (cost, who) {
            (Cost::Light, _) => &self.pages,
            (Cost::Heavy, Who::Account(_)) => &self.heavy,
            (Cost::Heavy, Who::Address(_)) => &self.visitors,
            (Cost::Upload, Who::Account(_)) => &self.uploads,
            (Cost::Upload, Who::Address(_)) => &self.strangers,
        }
    }

    async fn enter(&self, lane: &Arc<Lane>, who: Who) -> Result<Held, AppError> {
        let Some(place) = lane.enter(who) else {
            self.refused.get_or_create(&Limit { limit: lane.name }).inc();
            return Err(AppError::Crowded { seconds: lane.seconds });
        };
        let turn = lane.turn(&place.who).await?;
        Ok((place, turn))
    }
}

pub(crate) async fn pass(site: Site, cost: Cost, request: Request, next: Next) -> Response {
    // It waits here for as long as it takes, and its asker's pages are made meanwhile.
    OwnTurn::of(request.extensions()).give_back();
    let place = asker(&request, site.limits.proxy);
    let passed = match who(&site, request.headers(), place).await {
        Ok(who) => site.gate.enter(site.gate.lane(cost, &who), who).await,
        Err(error) => Err(error),
    };
    let (place, turn) = match passed {
        Ok(held) => held,
        Err(error) => return PageError::from(error).into_response(),
    };
    // What is sent is finished by its own layer, whoever hangs up.
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let response = next.run(request).await;
        drop((turn, place));
        return response;
    }
    // Beside the threads that answer the others; and to its end, so that whoever hangs up gives no turn to a second one.
    let (runtime, work) = (Handle::current(), next.run(request));
    let done = tokio::task::spawn_blocking(move || {
        let response = runtime.block_on(work);
        drop(turn);
        response.map(|body| Body::new(Sending { body, _place: place }))
    });
    done.await.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => crate::error::broken(&*panic),
        Err(_) => PageError::from(AppError::Stopping).into_response(),
    })
}

/// An answer on its way. It needs memory until it is read, so that its place is taken for as long.
struct Sending {
    body: Body,
    _place: Place,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        HttpBody::size_hint(&self.body)
    }
}

/// The account, where there is one, with a browser or a token: of an office behind one address each has a share, and a
/// program has the same from wherever it asks.
async fn who(site: &Site, headers: &HeaderMap, place: IpAddr) -> Result<Who, AppError> {
    let account = match bearer(headers) {
        Some(secret) => site.app.person_of_token(secret).await?.map(|(person, _)| person.account),
        None => sender(site, headers).await?,
    };
    Ok(account.map_or(Who::Address(place), Who::Account))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: usize) -> Who {
        Who::Account(n.to_string())
    }

    #[test]
    fn one_asker_has_a_share_and_the_line_an_end() {
        let lane = Lane::new("heavy", (1, 2), 6, 3, 5);
        let mut mine: Vec<Place> = (0..3).filter_map(|_| lane.enter(person(1))).collect();
        assert!(mine.len() == 3 && lane.enter(person(1)).is_none(), "a share");
        let others: Vec<Place> = (2..20).filter_map(|n| lane.enter(person(n))).collect();
        assert_eq!(others.len(), 5, "eight places in all");
        drop(mine.pop());
        assert!(lane.enter(person(30)).is_some(), "a place that was left is free");
        drop((mine, others));
        assert!(lane.asked.lock().unwrap().is_empty(), "nobody is remembered");
    }

    #[tokio::test]
    async fn long_forms_of_strangers_take_turns_and_short_ones_pass() {
        let gate = Gate::new(Family::default());
        let (here, there) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let head = |length: usize| HeaderMap::from_iter([(CONTENT_LENGTH, length.into())]);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(gate.long_form(&head(SHORT_FORM + 1), None, here).await.unwrap());
        }
        assert!(held.iter().all(Option::is_some));
        let soon = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, gate.long_form(&HeaderMap::new(), None, here)).await.is_err(), "it waits");
        assert!(gate.long_form(&head(SHORT_FORM), None, here).await.unwrap().is_none(), "a sign-in");
        assert!(gate.long_form(&HeaderMap::new(), None, there).await.unwrap().is_some(), "somebody else");
    }

    #[tokio::test]
    async fn whoever_gives_up_waiting_leaves_the_line() {
        let gate = Gate::new(Family::default());
        let lane = Lane::new("heavy", (1, 1), 1, 2, 5);
        let held = gate.enter(&lane, person(1)).await.unwrap();
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(20), gate.enter(&lane, person(2))).await;
        assert!(waiting.is_err());
        assert_eq!(lane.asked.lock().unwrap().len(), 1);
        let late = gate.enter(&lane, person(1));
        let (_, next) = tokio::join!(async { drop(held) }, late);
        assert!(next.is_ok());
    }

    #[tokio::test]
    async fn whoever_asks_for_much_waits_for_themselves_and_others_come_through() {
        let gate = Gate::new(Family::default());
        let lane = Lane::new("heavy", (1, 2), 64, 12, 5);
        let first = gate.enter(&lane, person(1)).await.unwrap();
        let more: Vec<_> = (0..11)
            .map(|_| {
                let (gate, lane) = (gate.clone(), lane.clone());
                tokio::spawn(async move { drop(gate.enter(&lane, person(1)).await.unwrap()) })
            })
            .collect();
        while lane.asked.lock().unwrap().get(&person(1)) != Some(&12) {
            tokio::task::yield_now().await;
        }
        for n in 2..30 {
            let soon = std::time::Duration::from_secs(5);
            let other = tokio::time::timeout(soon, gate.enter(&lane, person(n))).await;
            drop(other.expect("one turn is free for the others").unwrap());
        }
        assert!(more.iter().all(|one| !one.is_finished()), "one at a time");
        drop(first);
        for one in more {
            one.await.unwrap();
        }
        drop(lane.own(&person(1)));
        assert_eq!(lane.own.lock().unwrap().len(), 1, "whoever has gone is forgotten");
    }

    #[tokio::test]
    async fn whoever_asks_for_many_pages_does_not_stand_before_the_others() {
        let gate = Gate::new(Family::default());
        let ask = async |who: Who| gate.enter(gate.lane(Cost::Light, &who), who.clone()).await;
        let mut mine = Vec::new();
        while let Ok(held) = tokio::time::timeout(std::time::Duration::from_millis(20), ask(person(1))).await {
            mine.push(held.unwrap());
        }
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2);
        assert_eq!(mine.len(), cores, "as many at once as the machine can make");
        for n in 2..200 {
            let soon = std::time::Duration::from_secs(5);
            mine.push(tokio::time::timeout(soon, ask(person(n))).await.expect("nobody waits for another").unwrap());
        }
    }

    #[test]
    fn strangers_hold_no_place_of_those_who_have_an_account() {
        let gate = Gate::new(Family::default());
        let stranger = |n: u8| Who::Address(IpAddr::from([10, 0, 0, n]));
        let enter = |who: Who| gate.lane(Cost::Upload, &who).enter(who.clone());
        let held: Vec<Place> = (0..200).filter_map(|n| enter(stranger(n / 4))).collect();
        assert_eq!(held.len(), 8, "few places");
        let known: Vec<Place> = (0..64).filter_map(|n| enter(person(n))).collect();
        assert_eq!(known.len(), 64, "all of those who have an account");
        drop(held);
        let one: Vec<Place> = (0..9).filter_map(|_| enter(stranger(1))).collect();
        assert_eq!(one.len(), 2, "and few of one address");
    }

    #[tokio::test]
    async fn a_place_is_held_until_its_answer_is_read() {
        use http_body_util::BodyExt;
        let lane = Lane::new("heavy", (1, 1), 0, 1, 5);
        let place = lane.enter(person(1)).unwrap();
        let body = Body::new(Sending { body: Body::from("a report"), _place: place });
        assert_eq!(HttpBody::size_hint(&body).exact(), Some(8), "its length is told");
        assert!(lane.enter(person(1)).is_none());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "a report");
        assert!(lane.enter(person(1)).is_some());
    }
}
