//! Everything that can go wrong in a use case, each as one clear sentence that can be said in any language. A refusal, a
//! store that is away and a fault of the program are different things here, so that nobody takes one for another.

use std::sync::Arc;

use romduol_ledger::{LedgerError, Remedy};
use romduol_locale::Locale;
use romduol_plan::command::Refusal;
use romduol_plan::permission::Denied;
use romduol_plan::returns::Refused;
use romduol_plan::{BadPeriod, Kind, Lang, Say};

/// The key of the refusal after which both versions are shown.
pub use romduol_plan::commands::records::CHANGED;

#[derive(Clone, Debug)]
pub enum AppError {
    /// The store cannot do it now, or is damaged; [`LedgerError::remedy`] says which.
    Ledger(Arc<LedgerError>),
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
    /// Too many ask for something costly at once; when to come back.
    Crowded {
        seconds: u64,
    },
    Stopping,
    /// A service of others that the program needs is away.
    Away(Say),
    /// The program has a fault, or what it keeps cannot be read. For whoever runs it: a visitor is told only that.
    Internal {
        what: String,
    },
}

/// What an error is to whoever meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// What was asked for is refused; asked otherwise it may succeed.
    Refused,
    Denied,
    NotFound,
    TooOften,
    /// Nothing is wrong with what was asked; it may succeed later.
    Unavailable,
    /// Only whoever runs the program can do something about it.
    Internal,
}

impl AppError {
    /// A fault that only the machine's owner can mend, in the words of its finder.
    pub fn fault(words: impl Into<String>) -> AppError {
        AppError::Internal { what: words.into() }
    }

    /// Somebody else has changed what was to be changed.
    pub fn changed(id: &str) -> AppError {
        AppError::Bad(Say::new(CHANGED).words("value", id))
    }

    /// A file of the program's own that could not be read or written: a full disk is no fault of the program.
    pub fn io(path: &std::path::Path, error: &std::io::Error) -> AppError {
        LedgerError::of_io(path, error).into()
    }

    pub fn class(&self) -> ErrorClass {
        match self {
            AppError::Refused(_) | AppError::Bad(_) => ErrorClass::Refused,
            AppError::Denied(_) => ErrorClass::Denied,
            AppError::NotFound { .. } => ErrorClass::NotFound,
            AppError::TooOften { .. } => ErrorClass::TooOften,
            AppError::Crowded { .. } | AppError::Stopping | AppError::Away(_) => ErrorClass::Unavailable,
            AppError::Internal { .. } => ErrorClass::Internal,
            AppError::Ledger(error) => match error.remedy() {
                Remedy::AskOtherwise => ErrorClass::Refused,
                Remedy::NotThere => ErrorClass::NotFound,
                Remedy::TryAgain => ErrorClass::Unavailable,
                Remedy::Repair => ErrorClass::Internal,
            },
        }
    }

    /// In full, for whoever runs the program.
    pub fn say(&self) -> Say {
        match self {
            AppError::Ledger(error) => {
                // The store's words are a whole sentence, and so is a fault.
                told(error).unwrap_or_else(|| Say::new("fault").words("what", error.to_string().trim_end_matches('.')))
            }
            AppError::Refused(refused) => refused.say(),
            AppError::Denied(denied) => {
                Say::new("refused-denied").clause("act", Say::new(format!("act-{}", denied.0.code())))
            }
            AppError::NotFound { kind, id } => Say::new("refused-not-found")
                .clause("kind", Say::new(format!("kind-{}", kind.code().replace('_', "-"))))
                .words("value", id.chars().take(60).collect::<String>()),
            AppError::Bad(say) | AppError::Away(say) => say.clone(),
            AppError::TooOften { seconds } => Say::new("refused-too-often").number("seconds", *seconds as f64),
            AppError::Crowded { seconds } => Say::new("refused-crowded").number("seconds", *seconds as f64),
            AppError::Stopping => Say::new("refused-stopping"),
            AppError::Internal { what } => Say::new("fault").words("what", what),
        }
    }

    /// For a visitor: what the machine looks like inside is not told.
    pub fn to_visitor(&self) -> Say {
        match self {
            AppError::Internal { .. } => Say::new("refused-broken"),
            AppError::Ledger(error) => told(error).unwrap_or_else(|| match error.remedy() {
                Remedy::Repair => Say::new("refused-broken"),
                Remedy::AskOtherwise | Remedy::NotThere | Remedy::TryAgain => Say::new("refused-away"),
            }),
            _ => self.say(),
        }
    }
}

/// What a person at a page can meet, in their language and without paths of the machine. The rest is for whoever runs
/// the program, in the store's own words.
fn told(error: &LedgerError) -> Option<Say> {
    Some(match error {
        LedgerError::DiskFull { .. } => Say::new("ledger-disk-full"),
        LedgerError::ReadOnly { .. } => Say::new("ledger-read-only"),
        LedgerError::Busy { waited_s, .. } => Say::new("ledger-busy").number("seconds", *waited_s as f64),
        LedgerError::Unreachable { .. } => Say::new("ledger-unreachable"),
        LedgerError::LoginTaken { login } => Say::new("ledger-login-taken").words("value", login),
        LedgerError::BadBlobId { .. } | LedgerError::BlobMissing { .. } => Say::new("ledger-file-missing"),
        LedgerError::BlobDamaged { .. } => Say::new("ledger-file-damaged"),
        _ => return None,
    })
}

/// In English, for the command line and the log.
impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&Locale::of(Lang::En).tell(&self.say()))
    }
}

impl std::error::Error for AppError {}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::Return(refused) => AppError::Refused(refused),
            Refusal::Denied(denied) => AppError::Denied(denied),
            Refusal::NotFound { kind, id } => AppError::NotFound { kind, id },
            Refusal::Bad(say) => AppError::Bad(say),
        }
    }
}

impl From<LedgerError> for AppError {
    fn from(error: LedgerError) -> Self {
        AppError::Ledger(Arc::new(error))
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
