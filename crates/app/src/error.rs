//! Everything that can go wrong in a use case, each with one clear sentence.

use romduol_ledger::LedgerError;
use romduol_plan::permission::Denied;
use romduol_plan::returns::Refused;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("{0}")]
    Refused(#[from] Refused),
    #[error("this account may not do that ({})", .0.0.code())]
    Denied(Denied),
    #[error("there is no {kind} “{id}”")]
    NotFound { kind: &'static str, id: String },
    /// A sentence for the person, complete as it stands.
    #[error("{0}")]
    Bad(String),
    #[error("the program is stopping; nothing was saved, send it again in a moment")]
    Stopping,
}

impl From<Denied> for AppError {
    fn from(denied: Denied) -> Self {
        AppError::Denied(denied)
    }
}
