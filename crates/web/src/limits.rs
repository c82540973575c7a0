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
use governor::{DefaultKeyedRateLimiter, Quota};
use romduol_app::AppError;

use crate::error::PageError;

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
        }
    }
}

impl Limits {
    fn address(&self, rate: Rate, address: IpAddr) -> Result<(), PageError> {
        let limiter = match rate {
            Rate::Free => return Ok(()),
            Rate::Door => &self.door,
            Rate::Voice => &self.voice,
        };
        self.forget();
        limiter.check_key(&address).map_err(|early| too_often(early.wait_time_from(DefaultClock::default().now())))
    }

    /// Attempts to sign in to one account, from wherever they come.
    pub(crate) fn account(&self, login: &str) -> Result<(), PageError> {
        // A login may be as long as a request; its beginning tells accounts apart.
        let login: String = login.trim().to_lowercase().chars().take(64).collect();
        let checked = self.accounts.check_key(&login);
        checked.map_err(|early| too_often(early.wait_time_from(DefaultClock::default().now())))
    }

    /// Wrong codes of one account. Its password was right before, so that nobody is held by strangers.
    pub(crate) fn code(&self, account: &str) -> Result<(), PageError> {
        let checked = self.codes.check_key(&account.to_string());
        checked.map_err(|early| too_often(early.wait_time_from(DefaultClock::default().now())))
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

fn too_often(wait: Duration) -> PageError {
    PageError::App(AppError::TooOften { seconds: wait.as_secs() + 1 })
}

/// Lets a request through, or says how long to wait.
pub(crate) async fn hold(limits: Limits, rate: Rate, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    match limits.address(rate, address(peer, request.headers())) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Who asks. Only a proxy on the same machine is believed about whom it speaks for, and only its own last word.
fn address(peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    if !peer.is_loopback() {
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
    fn only_a_proxy_on_this_machine_speaks_for_others() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "6.6.6.6, 198.51.100.7".parse().unwrap());
        let local = Some(IpAddr::from([127, 0, 0, 1]));
        let far = IpAddr::from([203, 0, 113, 5]);
        assert_eq!(address(local, &headers), IpAddr::from([198, 51, 100, 7]));
        assert_eq!(address(Some(far), &headers), far, "a header from afar is no proof");
        headers.insert("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(address(local, &headers), IpAddr::from([127, 0, 0, 1]));
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
