//! A plan without what is not for everybody: small groups that were heard, what was said in confidence, statuses and
//! findings with numbers that an edition may hide, what is being prepared. Refuses to know the counts in returns; whoever
//! writes them out asks for the class of their indicator.

use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Actor, Change, Entry, State};

use crate::heard::without_hidden_head;

/// The records as somebody sees them who has no account here.
pub fn for_everybody(state: &State) -> State {
    let outside = Post { role: Role::CivilSociety, institution: None, area: None };
    let told = |body: Body| -> Option<Body> {
        match body {
            Body::Override(set) if state.find::<Indicator>(&set.indicator).is_none_or(|i| i.counts_people()) => None,
            Body::Edition(edition) if edition.state != EditionState::Published => None,
            Body::Edition(edition) => Some(Edition { memory: None, ..Edition::clone(&edition) }.into()),
            body => outside.as_seen(body).map(|body| without_hidden_head(state, body)),
        }
    };
    let mut changes = Vec::new();
    for kind in Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Return) {
        for id in state.ids(kind) {
            let Some(body) = state.body(kind, id) else { continue };
            match told(body.clone()) {
                None => changes.push(Change::Retire(kind, id.to_string())),
                Some(seen) if seen != body => changes.push(Change::Put(seen)),
                Some(_) => {}
            }
        }
    }
    let actor = Actor { account: String::new(), post: String::new() };
    let mut left = state.clone();
    left.apply(state.position(), &Entry { at: String::new(), actor, why: String::new(), changes })
        .expect("records are put and retired, none is amended");
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn put(kind: Kind, body: serde_json::Value) -> Change {
        Change::Put(Body::read(kind, body).unwrap())
    }

    #[test]
    fn what_is_not_for_everybody_is_not_there() {
        let group = |id: &str, total: u32| {
            put(
                Kind::Attendance,
                json!({ "id": id, "consultation": "K", "group": { "en": id }, "total": total, "class": "restricted", "source": "" }),
            )
        };
        let said = |id: &str, consent: &str| {
            put(
                Kind::Contribution,
                json!({ "id": id, "consultation": "K", "said": { "en": "Words" }, "consent": consent, "source": "Interview 7" }),
            )
        };
        let task = json!({ "id": "T", "title": { "en": "T" }, "owner": "MOWA", "due": "2026-12-31", "state": "open",
            "finding_said": "total=6; women=4" });
        let event = json!({ "id": "K", "title": { "en": "K" }, "method": "interviews and focus groups", "total": 6, "source": "" });
        let changes = vec![
            put(Kind::Consultation, event),
            group("G", 6),
            said("OPEN", "public"),
            said("HIDDEN", "internal"),
            said("NAMELESS", "anonymous"),
            put(Kind::Task, task),
        ];
        let actor = Actor { account: "a".into(), post: "p".into() };
        let mut state = State::default();
        state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
        let left = for_everybody(&state);
        assert!(left.find::<Attendance>("G").is_none());
        assert_eq!(left.find::<Consultation>("K").unwrap().total, None, "it is the number of the only group");
        assert!(left.find::<Contribution>("HIDDEN").is_none());
        assert_eq!(left.find::<Contribution>("OPEN").unwrap().source, "Interview 7");
        let nameless = left.find::<Contribution>("NAMELESS").unwrap();
        assert_eq!((nameless.consultation.as_str(), nameless.source.as_str()), ("", ""));
        assert_eq!(left.find::<Task>("T").unwrap().finding_said, "");
    }
}
