//! Which records and numbers a post may read, and what is left out of a record for whom. Refuses to know acts: who may do
//! what stands in `crate::permission`.

use std::collections::BTreeSet;

use crate::kinds::{Assignment, Audience, Body, Class, Consent, Contribution, Form, Id, Indicator, Kind, Task};
use crate::period::Date;
use crate::permission::{Act, Post, Reach, Role, reach};
use crate::quality::{self, Finding};
use crate::state::State;
use crate::totals::Own;

impl Post {
    /// Whether the post may read a record as it stands; for others there are pages that leave it out.
    pub fn may_see(&self, body: &Body) -> bool {
        match body {
            Body::Return(_) => false,
            body => !is_restricted(body) || self.may_read(Class::Restricted),
        }
    }

    /// A record as the post sees it, if at all: what was said without the event where its author asked for that.
    pub fn as_seen(&self, body: Body) -> Option<Body> {
        match self.may_see(&body) {
            true if self.may_read(Class::Restricted) => Some(body),
            true => Some(without_counts(without_event(body))),
            false => None,
        }
    }

    /// The counts of people that are in returns which the post may read.
    pub fn own_counts(&self, state: &State) -> Own {
        match (reach(self.role, Act::ReadReturn), &self.institution, &self.area) {
            (Reach::Own, _, Some(area)) => Own::Within(area.clone()),
            (Reach::Own, Some(institution), None) => Own::Indicators(reported_by(institution, state)),
            _ => Own::Nothing,
        }
    }

    /// Whether the post may see numbers of a class in detail.
    pub fn may_read(&self, class: Class) -> bool {
        match class {
            Class::Public | Class::Partners => true,
            Class::Restricted => matches!(self.role, Role::Secretariat | Role::Committee),
            Class::Prohibited => false,
        }
    }

    /// Whether the post is told a finding: it says the numbers of the records that it is about, and those of a consultation
    /// may be hidden on its page, which tells what of them may be read. Whoever is to settle it is told the consultation's.
    fn may_be_told(&self, finding: &Finding, state: &State) -> bool {
        let is_own = || {
            let task = quality::task_of(state, &finding.code());
            self.institution.is_some() && task.map(|task| &task.owner) == self.institution.as_ref()
        };
        self.may_read(Class::Restricted)
            || finding.records.iter().all(|(kind, id)| match kind {
                Kind::Attendance => false,
                Kind::Consultation => is_own(),
                _ => state.body(*kind, id).is_none_or(|body| !is_restricted(&body)),
            })
    }

    /// The findings that the post is told.
    pub fn findings(&self, state: &State, today: Date) -> Vec<Finding> {
        let all = quality::findings(state, today);
        all.into_iter().filter(|finding| self.may_be_told(finding, state)).collect()
    }
}

/// The indicators on which an institution reports and no other.
fn reported_by(institution: &Id, state: &State) -> BTreeSet<Id> {
    let others = state.all::<Assignment>().filter(|unit| unit.institution != *institution);
    let of_others: BTreeSet<&Id> = others.map(|unit| &unit.form).collect();
    let own = |indicator: &&std::sync::Arc<Indicator>| {
        let form = indicator.form.as_ref().and_then(|id| state.find::<Form>(id));
        form.is_some_and(|form| match form.audience {
            Audience::Area => !of_others.contains(&form.id),
            _ => indicator.owner == *institution,
        })
    };
    state.all::<Indicator>().filter(own).map(|indicator| indicator.id.clone()).collect()
}

/// Whether a record is for those who work on the plan only: small groups of people, and what was said in confidence.
pub fn is_restricted(body: &Body) -> bool {
    match body {
        Body::Attendance(_) => true,
        Body::Contribution(said) => said.consent == Consent::Internal,
        _ => false,
    }
}

/// What may be shown without saying from which event loses the event, and its source, which may name it.
pub fn without_event(body: Body) -> Body {
    match body {
        Body::Contribution(said) if said.consent != Consent::Public => {
            Contribution { consultation: String::new(), source: String::new(), ..(*said).clone() }.into()
        }
        body => body,
    }
}

/// A task that settled a finding keeps what that said, with its numbers: those are for whoever reads findings.
pub fn without_counts(body: Body) -> Body {
    match body {
        Body::Task(task) if !task.finding_said.is_empty() => {
            Task { finding_said: String::new(), ..(*task).clone() }.into()
        }
        body => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_shown_as_its_author_agreed() {
        let post = |role| Post { role, institution: None, area: None };
        let seen = |role, consent| {
            let json = serde_json::json!({
                "id": "C", "consultation": "CON", "said": { "en": "Words" }, "consent": consent, "source": "Workshop"
            });
            let said: Contribution = serde_json::from_value(json).unwrap();
            post(role).as_seen(said.into()).map(|body| match body {
                Body::Contribution(said) => (said.consultation.clone(), said.source.clone()),
                _ => unreachable!("a contribution stays one"),
            })
        };
        let whole = Some(("CON".to_string(), "Workshop".to_string()));
        assert_eq!(seen(Role::CivilSociety, "public"), whole);
        assert_eq!(seen(Role::CivilSociety, "anonymous"), Some(Default::default()));
        assert_eq!(seen(Role::CivilSociety, "internal"), None);
        for consent in ["public", "anonymous", "internal"] {
            assert_eq!(seen(Role::Secretariat, consent), whole);
        }
    }
}
