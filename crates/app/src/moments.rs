//! Earlier moments of the plan. One is folded when somebody asks for it and kept for the next who does; one at a time, so
//! that nobody can make the program fold without end. Refuses to know who asks and why.

use std::sync::{Arc, Mutex, PoisonError};

use romduol_ledger::Ledger;
use tokio::sync::{OnceCell, Semaphore};

use crate::{AppError, Snapshot, fold};

/// How many are kept. A national plan takes some 35 MB for each.
const KEPT: usize = 4;
/// How many different ones may wait for their turn. A national plan is folded in two seconds.
const LINE: usize = 16;
/// By then several of those who wait have had their turn.
const COME_BACK_S: u64 = 15;

/// A moment, folded or waiting to be.
#[derive(Clone)]
struct Moment {
    position: u64,
    folded: Arc<OnceCell<Arc<Snapshot>>>,
    allowed: Arc<Mutex<Option<Allowed>>>,
}

/// A moment as it may be read, worked out or being so.
#[derive(Clone)]
struct Allowed {
    /// What tells what was taken back.
    newest: Arc<Snapshot>,
    snapshot: Arc<OnceCell<Arc<Snapshot>>>,
}

/// The moments that were asked for lately.
pub(crate) struct Moments {
    /// The one that was asked for last stands last.
    known: Mutex<Vec<Moment>>,
    turn: Semaphore,
}

impl Default for Moments {
    fn default() -> Moments {
        Moments { known: Mutex::default(), turn: Semaphore::new(1) }
    }
}

impl Moments {
    /// The plan after the entry `position`, without what was taken back up to `newest`.
    pub async fn at(
        self: &Arc<Self>,
        ledger: &Ledger,
        position: u64,
        newest: &Arc<Snapshot>,
    ) -> Result<Arc<Snapshot>, AppError> {
        let moment = self.known(position)?;
        let folded = match moment.folded.get() {
            Some(folded) => folded.clone(),
            None => self.folded(&moment, ledger).await?,
        };
        moment.allowed(folded, newest).await
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Moment>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, position: u64) -> Result<Moment, AppError> {
        let mut known = self.list();
        if let Some(at) = known.iter().position(|moment| moment.position == position) {
            let moment = known.remove(at);
            known.push(moment.clone());
            return Ok(moment);
        }
        if known.iter().filter(|moment| !moment.folded.initialized()).count() >= LINE {
            return Err(AppError::Crowded { seconds: COME_BACK_S });
        }
        let moment = Moment { position, folded: Arc::default(), allowed: Arc::default() };
        known.push(moment.clone());
        Ok(moment)
    }

    /// Whoever asks may go away meanwhile: it is folded all the same, and not once more for each who comes and goes.
    async fn folded(self: &Arc<Self>, moment: &Moment, ledger: &Ledger) -> Result<Arc<Snapshot>, AppError> {
        let (moments, moment, ledger) = (self.clone(), moment.clone(), ledger.clone());
        let work = tokio::spawn(async move {
            let fold = || moments.fold(&ledger, moment.position);
            let folded = moment.folded.get_or_try_init(fold).await.cloned();
            moments.settle(moment.position);
            folded
        });
        work.await.map_err(|error| AppError::fault(format!("an earlier moment could not be folded: {error}")))?
    }

    async fn fold(&self, ledger: &Ledger, position: u64) -> Result<Arc<Snapshot>, AppError> {
        let _turn = self.turn.acquire().await.map_err(|_| AppError::Stopping)?;
        let near = self.nearest(position).map_or_else(Snapshot::empty, |near| Snapshot::clone(&near));
        Ok(Arc::new(fold::up_to(ledger, near, position).await?))
    }

    /// The last one before a moment, from which less has to be folded.
    fn nearest(&self, position: u64) -> Option<Arc<Snapshot>> {
        let known = self.list();
        let earlier = known.iter().filter(|moment| moment.position <= position);
        earlier.filter_map(|moment| moment.folded.get().cloned()).max_by_key(|snapshot| snapshot.head.seq)
    }

    /// Forgets what could not be folded, and what nobody has asked for the longest.
    fn settle(&self, position: u64) {
        let mut known = self.list();
        known.retain(|moment| moment.position != position || moment.folded.initialized());
        while known.iter().filter(|moment| moment.folded.initialized()).count() > KEPT {
            let Some(oldest) = known.iter().position(|moment| moment.folded.initialized()) else { break };
            known.remove(oldest);
        }
    }
}

impl Moment {
    /// Worked out anew where the plan has changed since, once for all who ask. Mostly nothing was taken back, and it is the
    /// moment itself.
    async fn allowed(&self, folded: Arc<Snapshot>, newest: &Arc<Snapshot>) -> Result<Arc<Snapshot>, AppError> {
        let Allowed { newest, snapshot } = self.allowed_by(newest);
        if let Some(allowed) = snapshot.get() {
            return Ok(allowed.clone());
        }
        // Whoever asks may go away meanwhile.
        let work = tokio::spawn(async move {
            let allow = move || folded.as_allowed(&newest).map_or(folded, Arc::new);
            snapshot.get_or_try_init(|| tokio::task::spawn_blocking(allow)).await.cloned()
        });
        work.await.flatten().map_err(|error| AppError::fault(format!("an earlier moment could not be shown: {error}")))
    }

    /// The one for the newest end that anybody has asked with: what was taken back by then is gone for all.
    fn allowed_by(&self, newest: &Arc<Snapshot>) -> Allowed {
        let mut kept = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(allowed) if allowed.newest.head.seq >= newest.head.seq => allowed.clone(),
            _ => kept.insert(Allowed { newest: newest.clone(), snapshot: Arc::default() }).clone(),
        }
    }
}

#[cfg(test)]
mod tests;
