//! Everything that can go wrong in a use case, each as one clear sentence that can be said in any language.

use romduol_ledger::LedgerError;
use romduol_locale::Locale;
use romduol_plan::permission::Denied;
use romduol_plan::returns::Refused;
use romduol_plan::{BadPeriod, Kind, Lang, Say};

#[derive(Debug)]
pub enum AppError {
    Ledger(LedgerError),
    Refused(Refused),
    Denied(Denied),
    NotFound {
        kind: Kind,
        id: String,
    },
    /// What was given cannot be used; the sentence says why and what to do.
    Bad(Say),
    /// Asked too often; how long to wait.
    TooOften {
        seconds: u64,
    },
    Stopping,
}

impl AppError {
    /// A fault that only the machine's owner can mend, in the words of its finder.
    pub fn fault(words: impl Into<String>) -> AppError {
        AppError::Bad(Say::new("fault").words("what", words))
    }

    pub fn say(&self) -> Say {
        match self {
            AppError::Ledger(error) => of_ledger(error),
            AppError::Refused(refused) => refused.say(),
            AppError::Denied(denied) => {
                Say::new("refused-denied").clause("act", Say::new(format!("act-{}", denied.0.code())))
            }
            AppError::NotFound { kind, id } => Say::new("refused-not-found")
                .clause("kind", Say::new(format!("kind-{}", kind.code())))
                .words("value", id.chars().take(60).collect::<String>()),
            AppError::Bad(say) => say.clone(),
            AppError::TooOften { seconds } => Say::new("refused-too-often").number("seconds", *seconds as f64),
            AppError::Stopping => Say::new("refused-stopping"),
        }
    }
}

/// What a person at a page can meet is said in their language and without paths of the machine; the rest is for whoever
/// runs the program, in the store's own words.
fn of_ledger(error: &LedgerError) -> Say {
    match error {
        LedgerError::DiskFull { .. } => Say::new("ledger-disk-full"),
        LedgerError::ReadOnly { .. } => Say::new("ledger-read-only"),
        LedgerError::Busy { waited_s, .. } => Say::new("ledger-busy").number("seconds", *waited_s as f64),
        LedgerError::Unreachable { .. } => Say::new("ledger-unreachable"),
        LedgerError::LoginTaken { login } => Say::new("ledger-login-taken").words("value", login),
        LedgerError::BadBlobId { .. } | LedgerError::BlobMissing { .. } => Say::new("ledger-file-missing"),
        LedgerError::BlobDamaged { .. } => Say::new("ledger-file-damaged"),
        other => Say::new("fault").words("what", other.to_string()),
    }
}

/// In English, for the command line and the log.
impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&Locale::of(Lang::En).tell(&self.say()))
    }
}

impl std::error::Error for AppError {}

impl From<LedgerError> for AppError {
    fn from(error: LedgerError) -> Self {
        AppError::Ledger(error)
    }
}

impl From<Refused> for AppError {
    fn from(refused: Refused) -> Self {
        AppError::Refused(refused)
    }
}

impl From<Denied> for AppError {
    fn from(denied: Denied) -> Self {
        AppError::Denied(denied)
    }
}

impl From<BadPeriod> for AppError {
    fn from(bad: BadPeriod) -> Self {
        AppError::Bad(bad.say())
    }
}
