//! Which records and numbers a post may read, and what is left out of a record for whom. Refuses to know acts: who may do
//! what stands in `crate::permission`.

use crate::kinds::{Body, Class, Consent, Contribution};
use crate::permission::{Post, Role};

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
            true => Some(without_event(body)),
            false => None,
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
