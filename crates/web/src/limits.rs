//! How often an address or an account may knock: at the sign-in and where people write without an account. Kept in memory
//! only; no address is written anywhere. Refuses to know what was asked.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use romduol_app::AppError;
use romduol_app::accounts::Browser;

use crate::Site;
use crate::error::PageError;
use crate::metrics::Limit;
use crate::pages::sign_in::devices;

/// What a route is protected against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    Free,
    /// Guessing passwords.
    Door,
    /// Guessing the links by which accounts are set up.
    Link,
    /// Flooding with comments, and guessing their codes.
    Voice,
    /// Reading without an account what is made for each reader.
    Reading,
}

/// Whose wrong codes are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Codes<'a> {
    Account(&'a str),
    Session(&'a str),
    Browser(&'a str),
}

/// An account and a place, and when somebody last signed in so.
type Known = HashMap<(String, IpAddr), Instant>;

/// The counters of a running site.
#[derive(Clone)]
pub struct Limits {
    door: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    links: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    /// Of a browser that is known for some account, whatever its neighbours do.
    browsers: Arc<DefaultKeyedRateLimiter<String>>,
    voice: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    reading: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    /// Of one account from one place.
    accounts: Arc<DefaultKeyedRateLimiter<(String, IpAddr)>>,
    /// Of one account from places where nobody has signed in to it lately.
    strangers: Arc<DefaultKeyedRateLimiter<String>>,
    /// From where somebody has signed in to an account, and when.
    known: Arc<Mutex<Known>>,
    /// Of a browser from which somebody has signed in to the account before.
    devices: Arc<DefaultKeyedRateLimiter<String>>,
    codes: Arc<DefaultKeyedRateLimiter<String>>,
    asked: Arc<AtomicU32>,
    /// A proxy on another machine.
    pub(crate) proxy: Option<IpAddr>,
    pub(crate) refused: Family<Limit, Counter>,
}

/// A login may be as long as a request; its beginning tells accounts apart.
fn short(login: &str) -> String {
    login.trim().to_lowercase().chars().take(64).collect()
}

/// How long a place is known from which somebody has signed in, and how many places are.
const KNOWN_FOR: Duration = Duration::from_secs(90 * 86_400);
const MOST_KNOWN: usize = 20_000;

/// So many at once, and one more after each interval.
fn quota(burst: u32, interval: Duration) -> Quota {
    let quota = Quota::with_period(interval).expect("intervals are not zero");
    quota.allow_burst(NonZeroU32::new(burst).expect("bursts are not zero"))
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            // A ministry may come from one address with all its people.
            door: Arc::new(DefaultKeyedRateLimiter::keyed(quota(40, Duration::from_secs(3)))),
            links: Arc::new(DefaultKeyedRateLimiter::keyed(quota(40, Duration::from_secs(3)))),
            browsers: Arc::new(DefaultKeyedRateLimiter::keyed(quota(40, Duration::from_secs(3)))),
            voice: Arc::new(DefaultKeyedRateLimiter::keyed(quota(20, Duration::from_secs(30)))),
            // A village may come from one address.
            reading: Arc::new(DefaultKeyedRateLimiter::keyed(quota(120, Duration::from_millis(500)))),
            accounts: Arc::new(DefaultKeyedRateLimiter::keyed(quota(15, Duration::from_secs(30)))),
            // Whoever guesses from many places; the owner comes from where they were before.
            strangers: Arc::new(DefaultKeyedRateLimiter::keyed(quota(60, Duration::from_secs(10)))),
            known: Arc::default(),
            devices: Arc::new(DefaultKeyedRateLimiter::keyed(quota(15, Duration::from_secs(30)))),
            // Six digits are a million: so guessing for a year stays hopeless.
            codes: Arc::new(DefaultKeyedRateLimiter::keyed(quota(10, Duration::from_secs(600)))),
            asked: Arc::default(),
            proxy: None,
            refused: Family::default(),
        }
    }
}

impl Limits {
    fn address(&self, rate: Rate, address: IpAddr) -> Result<(), PageError> {
        let (limiter, limit) = match rate {
            Rate::Free => return Ok(()),
            Rate::Door => (&self.door, "door"),
            Rate::Link => (&self.links, "link"),
            Rate::Voice => (&self.voice, "voice"),
            Rate::Reading => (&self.reading, "reading"),
        };
        self.forget();
        limiter.check_key(&address).map_err(|early| self.refuse(limit, &early))
    }

    /// Attempts of a browser that is known for some account.
    fn browser(&self, secret: &str) -> Result<(), PageError> {
        self.browsers.check_key(&secret.to_string()).map_err(|early| self.refuse("door", &early))
    }

    /// Attempts to sign in to one account from one place, and from all strange places together: a stranger holds nobody who
    /// has signed in from elsewhere.
    pub(crate) fn account(&self, login: &str, from: IpAddr) -> Result<(), PageError> {
        let who = (short(login), from);
        self.accounts.check_key(&who).map_err(|early| self.refuse("account", &early))?;
        if self.known().contains_key(&who) {
            return Ok(());
        }
        self.strangers.check_key(&who.0).map_err(|early| self.refuse("account", &early))
    }

    /// Attempts from a browser that is known for the account: it is counted alone, whatever strangers do from wherever.
    pub(crate) fn device(&self, secret: &str) -> Result<(), PageError> {
        self.devices.check_key(&secret.to_string()).map_err(|early| self.refuse("account", &early))
    }

    /// Somebody has signed in to an account from there.
    pub(crate) fn signed_in(&self, login: &str, from: IpAddr) {
        let mut known = self.known();
        if known.len() >= MOST_KNOWN {
            known.retain(|_, since| since.elapsed() < KNOWN_FOR);
        }
        if known.len() < MOST_KNOWN {
            known.insert((short(login), from), Instant::now());
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wrong codes: of one account from wherever, and alone of a session or a browser that is known for it, so that whoever
    /// has nothing but the password does not keep its owner out.
    pub(crate) fn code(&self, whose: Codes) -> Result<(), PageError> {
        let key = match whose {
            Codes::Account(account) => account.to_string(),
            Codes::Session(token) => format!("session {token}"),
            Codes::Browser(secret) => format!("browser {secret}"),
        };
        self.codes.check_key(&key).map_err(|early| self.refuse("code", &early))
    }

    fn refuse(&self, limit: &'static str, early: &NotUntil<<DefaultClock as Clock>::Instant>) -> PageError {
        self.refused.get_or_create(&Limit { limit }).inc();
        let wait = early.wait_time_from(DefaultClock::default().now());
        PageError::App(AppError::TooOften { seconds: wait.as_secs() + 1 })
    }

    /// Forgets who has not come for long, so that memory does not grow with every address of the world.
    fn forget(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % 1_000 == 999 {
            self.door.retain_recent();
            self.links.retain_recent();
            self.browsers.retain_recent();
            self.voice.retain_recent();
            self.reading.retain_recent();
            self.accounts.retain_recent();
            self.strangers.retain_recent();
            self.devices.retain_recent();
            self.codes.retain_recent();
        }
    }
}

/// Lets a request through, or says how long to wait.
pub(crate) async fn hold(site: Site, rate: Rate, request: Request, next: Next) -> Response {
    let secrets = if rate == Rate::Door { devices(request.headers()) } else { Vec::new() };
    let known = site.app.browsers(&secrets).await.map(|known| known.into_iter().next());
    let held = match known {
        Ok(Some(Browser { secret, .. })) => site.limits.browser(&secret),
        Ok(None) => site.limits.address(rate, asker(&request, site.limits.proxy)),
        Err(error) => Err(error.into()),
    };
    match held {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// The place that asks: an address, or of version 6 the network that one subscriber has.
pub(crate) fn asker(request: &Request, proxy: Option<IpAddr>) -> IpAddr {
    asker_of(request.extensions(), request.headers(), proxy)
}

pub(crate) fn asker_of(extensions: &Extensions, headers: &HeaderMap, proxy: Option<IpAddr>) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    place(address(peer, proxy, headers))
}

fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) >> 64 << 64).into(),
        address => address,
    }
}

/// The place that asks, for pages that hold an account to its attempts.
pub(crate) struct Asking(pub IpAddr);

impl FromRequestParts<Site> for Asking {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Asking, Infallible> {
        Ok(Asking(asker_of(&parts.extensions, &parts.headers, site.limits.proxy)))
    }
}

/// Who asks. Only a proxy on the same machine, or the one that was named, is believed about whom it speaks for, and only its own last word.
fn address(peer: Option<IpAddr>, proxy: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    // A machine with both families shows an IPv4 neighbour as ::ffff:10.0.0.5.
    if !peer.to_canonical().is_loopback() && Some(peer.to_canonical()) != proxy {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).next_back();
    let last = forwarded.and_then(|list| list.rsplit(',').next());
    last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_proxy_speaks_for_others() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "6.6.6.6, 198.51.100.7".parse().unwrap());
        let local = Some(IpAddr::from([127, 0, 0, 1]));
        let far = IpAddr::from([203, 0, 113, 5]);
        assert_eq!(address(local, None, &headers), IpAddr::from([198, 51, 100, 7]));
        assert_eq!(address(Some(far), Some(far), &headers), IpAddr::from([198, 51, 100, 7]));
        assert_eq!(address(Some(far), None, &headers), far, "a header from afar is no proof");
        headers.insert("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(address(local, None, &headers), IpAddr::from([127, 0, 0, 1]));
    }

    fn from(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    #[test]
    fn a_place_is_held_for_one_account_and_others_are_not() {
        let limits = Limits::default();
        let refused = (0..40).position(|_| limits.account(" Secretariat", from(1)).is_err()).unwrap();
        assert_eq!(refused, 15);
        assert!(limits.account("secretariat", from(1)).is_err(), "a login is one, however it is written");
        assert!(limits.account("committee", from(1)).is_ok());
        assert!(limits.account("secretariat", from(2)).is_ok(), "its owner, from elsewhere");
    }

    #[test]
    fn whoever_guesses_from_everywhere_is_held_and_the_owner_gets_in() {
        let limits = Limits::default();
        limits.signed_in("secretariat", from(250));
        let tried = (0..200).filter(|n| limits.account("secretariat", from(*n)).is_ok()).count();
        assert_eq!(tried, 60, "all strange places together");
        for _ in 0..10 {
            assert!(limits.account("Secretariat", from(250)).is_ok());
        }
    }

    #[test]
    fn a_subscriber_of_version_6_is_one_place() {
        let place_of = |text: &str| place(text.parse().unwrap());
        assert_eq!(place_of("2001:db8:1:2:3:4:5:6"), place_of("2001:db8:1:2::1"));
        assert_ne!(place_of("2001:db8:1:2::1"), place_of("2001:db8:1:3::1"));
        assert_eq!(place_of("::ffff:10.0.0.5"), from(5));
    }
}
