//! An earlier plan as it may be read today: what was taken back since stays back, whatever moment is asked for. Refuses to
//! know who asks.

use super::State;
use crate::kinds::*;

impl State {
    /// This earlier state under the consent, the class and the retirements of `now`; nothing where it is the same.
    #[must_use]
    pub fn as_allowed(&self, now: &State) -> Option<State> {
        let mut changes = Vec::new();
        for kind in Kind::ALL.iter().copied().filter(|kind| ends_with_its_retirement(*kind)) {
            let gone = self.ids(kind).into_iter().filter(|id| now.body(kind, id).is_none());
            changes.extend(gone.map(|id| (kind, id.to_string(), None)));
        }
        let mut instead = |body: Body| changes.push((body.kind(), body.id().to_string(), Some(body)));
        for then in self.all::<Contribution>() {
            // Its words, too: they may have been made safer.
            if let Some(today) = now.find::<Contribution>(&then.id).filter(|today| *today != then) {
                instead(Body::Contribution(today.clone()));
            }
        }
        for then in self.all::<Attendance>() {
            if let Some(today) = now.find::<Attendance>(&then.id).filter(|today| *today != then) {
                instead(Body::Attendance(today.clone()));
            }
        }
        for then in self.all::<Indicator>() {
            let Some(today) = now.find::<Indicator>(&then.id) else { continue };
            let allowed = Indicator { class: today.class, k: today.k, floor: today.floor, ..Indicator::clone(then) };
            if allowed != **then {
                instead(allowed.into());
            }
        }
        if changes.is_empty() {
            return None;
        }
        let mut allowed = State { counted: Default::default(), ..self.clone() };
        for (kind, id, body) in changes {
            match body {
                Some(body) => allowed.put(body),
                None => {
                    allowed.remove(kind, &id);
                    allowed.history.remove(&(kind, id));
                }
            }
        }
        Some(allowed)
    }
}

/// Whether a record that was retired is not shown in an earlier plan either. What the plan itself said stays: that it said
/// so then is why one looks. What people said, were counted in, reported or judged, and somebody took back, is gone.
fn ends_with_its_retirement(kind: Kind) -> bool {
    match kind {
        Kind::Consultation
        | Kind::Attendance
        | Kind::Contribution
        | Kind::Contradiction
        | Kind::Presence
        | Kind::Rating
        | Kind::Evidence
        | Kind::Return => true,
        Kind::Plan
        | Kind::Area
        | Kind::Institution
        | Kind::Dimension
        | Kind::Category
        | Kind::Theme
        | Kind::Node
        | Kind::Indicator
        | Kind::Slot
        | Kind::CountLink
        | Kind::Target
        | Kind::Form
        | Kind::Assignment
        | Kind::Preference
        | Kind::Policy
        | Kind::Gap
        | Kind::Instrument
        | Kind::Position
        | Kind::Alignment
        | Kind::Element
        | Kind::Assessment
        | Kind::Model
        | Kind::Committee
        | Kind::Seat
        | Kind::Meeting
        | Kind::Proposal
        | Kind::Decision
        | Kind::Task
        | Kind::Occasion
        | Kind::Choice
        | Kind::NextStep
        | Kind::Rate
        | Kind::UnitCost
        | Kind::CostLine
        | Kind::Fund
        | Kind::Funding
        | Kind::Version
        | Kind::Edition
        | Kind::Override
        | Kind::Lock => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entry::{Actor, Change, Entry};

    fn after(state: &State, changes: Vec<Change>) -> State {
        let mut next = state.clone();
        let actor = Actor { account: "a".into(), post: "p".into() };
        let entry = Entry { at: "2026-01-01T00:00:00Z".into(), actor, why: String::new(), changes };
        next.apply(state.position() + 1, &entry).unwrap();
        next
    }

    fn said(consent: &str, words: &str) -> Change {
        let body = json!({ "id": "C", "consultation": "K", "said": { "en": words }, "consent": consent, "source": "" });
        Change::Put(Body::read(Kind::Contribution, body).unwrap())
    }

    #[test]
    fn what_was_taken_back_is_taken_back_at_every_moment() {
        let then = after(&State::default(), vec![said("public", "Words with a name")]);
        assert!(then.as_allowed(&then).is_none(), "nothing has changed");
        let now = after(&then, vec![said("internal", "Words")]);
        let allowed = then.as_allowed(&now).unwrap();
        assert_eq!(allowed.find::<Contribution>("C"), now.find::<Contribution>("C"));
        assert_eq!(allowed.position(), then.position(), "it is the earlier plan still");
        let now = after(&then, vec![Change::Retire(Kind::Contribution, "C".into())]);
        let allowed = then.as_allowed(&now).unwrap();
        assert!(allowed.find::<Contribution>("C").is_none() && allowed.touched_by(Kind::Contribution, "C").is_empty());
    }

    #[test]
    fn what_was_given_free_since_is_free_and_what_the_plan_said_stays() {
        let theme = json!({ "id": "T", "title": { "en": "Then" }, "source": "" });
        let theme = Change::Put(Body::read(Kind::Theme, theme).unwrap());
        let then = after(&State::default(), vec![said("internal", "Words"), theme]);
        let later = vec![said("public", "Words"), Change::Retire(Kind::Theme, "T".into())];
        let allowed = then.as_allowed(&after(&then, later)).unwrap();
        assert_eq!(allowed.find::<Contribution>("C").unwrap().consent, Consent::Public);
        assert_eq!((allowed.count::<Theme>(), then.count::<Theme>()), (1, 1));
    }
}
