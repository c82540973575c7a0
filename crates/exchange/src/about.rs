//! Where an export comes from: what the caller has to say about it. Refuses to read the clock or the ledger.

use romduol_plan::kinds::Plan;
use romduol_plan::{Date, Lang, State};

/// What a state does not know of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// The day of the export.
    pub date: Date,
    /// The fingerprint of the last entry of the ledger, if it may be shown; the state knows that entry's number.
    pub hash: Option<String>,
    /// Under which licence the data may be used, as one line.
    pub licence: String,
    /// The program and its version.
    pub program: String,
}

/// The facts that every file of an export repeats, so that one that was passed on alone can still be traced.
#[derive(Clone, Debug)]
pub struct Origin {
    pub plan: String,
    pub title: String,
    pub position: u64,
    pub about: About,
}

impl Origin {
    pub fn new(plan: &Plan, state: &State, about: &About) -> Origin {
        Origin {
            plan: plan.id.clone(),
            title: plan.title.get(Lang::En).to_string(),
            position: state.position(),
            about: about.clone(),
        }
    }

    pub fn facts(&self) -> [(&'static str, String); 7] {
        let About { date, hash, licence, program } = &self.about;
        [
            ("plan", self.plan.clone()),
            ("title", self.title.clone()),
            ("ledger_position", self.position.to_string()),
            ("ledger_hash", hash.clone().unwrap_or_default()),
            ("date", date.to_string()),
            ("licence", licence.clone()),
            ("program", program.clone()),
        ]
    }
}
