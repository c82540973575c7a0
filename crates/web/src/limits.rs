//! How often an address or an account may knock: at the sign-in and where people write without an account. Kept in memory
//! only; no address is written anywhere. Refuses to know what was asked.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use romduol_app::AppError;

use crate::error::PageError;
use crate::metrics::Limit;

/// What a route is protected against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    Free,
    /// Guessing passwords.
    Door,
    /// Flooding with comments, and guessing their codes.
    Voice,
}

/// The counters of a running site.
#[derive(Clone)]
pub struct Limits {
    door: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    voice: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    accounts: Arc<DefaultKeyedRateLimiter<String>>,
    codes: Arc<DefaultKeyedRateLimiter<String>>,
    asked: Arc<AtomicU32>,
    /// A proxy on another machine.
    pub(crate) proxy: Option<IpAddr>,
    pub(crate) refused: Family<Limit, Counter>,
}

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
            voice: Arc::new(DefaultKeyedRateLimiter::keyed(quota(20, Duration::from_secs(30)))),
            accounts: Arc::new(DefaultKeyedRateLimiter::keyed(quota(15, Duration::from_secs(30)))),
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
            Rate::Voice => (&self.voice, "voice"),
        };
        self.forget();
        limiter.check_key(&address).map_err(|early| self.refuse(limit, &early))
    }

    /// Attempts to sign in to one account, from wherever they come.
    pub(crate) fn account(&self, login: &str) -> Result<(), PageError> {
        // A login may be as long as a request; its beginning tells accounts apart.
        let login: String = login.trim().to_lowercase().chars().take(64).collect();
        self.accounts.check_key(&login).map_err(|early| self.refuse("account", &early))
    }

    /// Wrong codes of one account. Its password was right before, so that nobody is held by strangers.
    pub(crate) fn code(&self, account: &str) -> Result<(), PageError> {
        self.codes.check_key(&account.to_string()).map_err(|early| self.refuse("code", &early))
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
            self.voice.retain_recent();
            self.accounts.retain_recent();
            self.codes.retain_recent();
        }
    }
}

/// Lets a request through, or says how long to wait.
pub(crate) async fn hold(limits: Limits, rate: Rate, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    match limits.address(rate, address(peer, limits.proxy, request.headers())) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
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

    #[test]
    fn an_account_is_held_whoever_asks_and_others_are_not() {
        let limits = Limits::default();
        let refused = (0..40).position(|_| limits.account(" Secretariat").is_err()).unwrap();
        assert_eq!(refused, 15);
        assert!(limits.account("secretariat").is_err(), "a login is one, however it is written");
        assert!(limits.account("committee").is_ok());
    }
}
