//! The turn of a request, so that the many requests of one asker do not stand before the one of somebody else. Refuses to know
//! what is asked.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::http::HeaderMap;
use romduol_app::AppError;
use tokio::sync::OwnedSemaphorePermit;

use super::{Cost, Held, Who, who};
use crate::Site;
use crate::limits::asker;

/// The turn of the request at hand. Whoever waits for something else, such as the rest of a form on a slow line, gives it back
/// meanwhile.
#[derive(Clone, Default)]
pub(crate) struct OwnTurn(Arc<Mutex<Option<Taken>>>);

/// Held for as long as it is kept.
enum Taken {
    /// Few are at work: nobody is asked who they are.
    Few {
        _permit: OwnedSemaphorePermit,
    },
    Own {
        _held: Held,
    },
}

/// Whose turn it is, read from the head of a request.
pub(crate) struct Asking<'a> {
    site: &'a Site,
    headers: &'a HeaderMap,
    place: IpAddr,
}

impl<'a> Asking<'a> {
    pub fn of(site: &'a Site, request: &'a Request) -> Asking<'a> {
        Asking { site, headers: request.headers(), place: asker(request, site.limits.proxy) }
    }

    pub fn at(site: &'a Site, headers: &'a HeaderMap, place: IpAddr) -> Asking<'a> {
        Asking { site, headers, place }
    }

    async fn who(&self) -> Result<Who, AppError> {
        who(self.site, self.headers, self.place).await
    }
}

impl OwnTurn {
    /// Waits for the turn of whoever asks.
    pub async fn take(&self, asking: Asking<'_>) -> Result<(), AppError> {
        let gate = &asking.site.gate;
        let taken = match gate.few.clone().try_acquire_owned() {
            Ok(permit) => Taken::Few { _permit: permit },
            Err(_) => {
                let who = asking.who().await?;
                Taken::Own { _held: gate.enter(gate.lane(Cost::Light, &who), who).await? }
            }
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(taken);
        // Pages are made without waiting for anything. Those who came meanwhile take their turns first, or the next in the
        // row would be whoever has sent the most.
        tokio::task::yield_now().await;
        Ok(())
    }

    /// Whether there was one.
    pub fn give_back(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    /// That of a request, which has none where it was made by the program itself.
    pub fn of(extensions: &axum::http::Extensions) -> OwnTurn {
        extensions.get::<OwnTurn>().cloned().unwrap_or_default()
    }
}
