//! What of the counts of people a person sees: everything, all but small ones, or what the newest edition told; and the
//! right to see small ones, which is used with a reason. Refuses to know pages.

use std::sync::Arc;

use romduol_edition::content::{Content, Observation};
use romduol_edition::figure::Numbers;
use romduol_plan::permission::{Act, Reach, reach};
use romduol_plan::totals::{Own, Seen, Sight, Told, ToldTotal, Total};
use romduol_plan::{Completeness, Deed, Id, State};

use crate::accounts::Person;
use crate::edition::newest;
use crate::said::reason;
use crate::{App, AppError, Snapshot};

/// How long small counts are seen for one reason.
pub const SMALL_COUNTS_SECONDS: i64 = 3_600;

/// What a person sees of the counts of people of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sees {
    /// All of them, for a reason that was given.
    All,
    /// All but small ones, until a reason is given.
    NothingSmall,
    /// What that edition told, or nothing before there is one.
    AsTold(Option<Id>),
}

impl App {
    /// The snapshot as a person sees it. Where the edition that is to be told from cannot be read nothing of it is told.
    pub async fn snapshot_for(&self, person: &Person, snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
        let seen = match self.sees(person, &snapshot.state) {
            Sees::All => return snapshot,
            Sees::NothingSmall => Seen { sight: Sight::NothingSmall, own: Own::Nothing },
            Sees::AsTold(edition) => {
                let told = self.told(edition).await;
                Seen { sight: Sight::AsTold(told), own: person.post.own_counts(&snapshot.state) }
            }
        };
        Arc::new(snapshot.seen(&seen))
    }

    /// What the person sees of a plan as it stood.
    pub fn sees(&self, person: &Person, state: &State) -> Sees {
        match reach(person.post.role, Act::ReadSmallCounts) {
            Reach::All if self.sees_small_counts(person) => Sees::All,
            Reach::All => Sees::NothingSmall,
            Reach::Own | Reach::No => Sees::AsTold(newest(state).map(|edition| edition.id.clone())),
        }
    }

    /// Whether the person has said why it looks at small counts, and the time is not over.
    pub fn sees_small_counts(&self, person: &Person) -> bool {
        self.now().unix < person.proof.small_counts
    }

    async fn told(&self, edition: Option<Id>) -> Arc<Told> {
        let Some(edition) = edition else { return Arc::default() };
        match self.edition(&edition).await {
            Ok(opened) => opened.told(),
            Err(error) => {
                tracing::error!(edition, "the edition cannot be read, so nothing of it is shown: {error}");
                Arc::default()
            }
        }
    }

    /// Lets the holder of a session see small counts for a time; the trail keeps who and why.
    pub async fn see_small_counts(&self, person: &Person, token: &str, why: &str) -> Result<(), AppError> {
        person.post.may(Act::ReadSmallCounts)?;
        let why = reason(why)?;
        self.trace_with(&person.account, Deed::SeeSmallCounts, "", &why).await?;
        Ok(self.ledger.set_small_counts(token, self.now().unix + SMALL_COUNTS_SECONDS).await?)
    }

    /// Ends it before its time.
    pub async fn see_no_small_counts(&self, person: &Person, token: &str) -> Result<(), AppError> {
        person.post.may(Act::ReadSmallCounts)?;
        Ok(self.ledger.set_small_counts(token, 0).await?)
    }
}

/// What an edition told of counts of people.
pub(crate) fn told(content: &Content) -> Told {
    let mut told = Told::default();
    for measured in &content.body.indicators {
        // A figure of a document is read where the document is.
        for at in measured.observations.iter().filter(|at| at.source.is_none() && at.by_program.is_none()) {
            let one = ToldTotal {
                area: at.area.clone(),
                period: at.period,
                categories: at.categories.clone(),
                total: total(at),
                illustrative: at.illustrative,
            };
            told.add(&measured.indicator.id, one);
        }
    }
    told
}

fn total(at: &Observation) -> Option<Total> {
    let Numbers { value, numerator, denominator } = at.figure.numbers()?;
    let (reported, expected) = at.coverage.unwrap_or_default();
    let came = at.incomplete.unwrap_or_else(|| Completeness::of(reported, expected));
    let (reported, expected) = (came.reported, came.expected);
    Some(Total { value, numerator, denominator, reported, expected, partial: came.partial, came: Some(came) })
}
