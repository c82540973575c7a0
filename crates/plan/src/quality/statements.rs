//! The contradictions between quoted statements that somebody recorded: open ones by how they clash, answered ones as a
//! note. Refuses to know which statement holds.

use super::Finding;
use crate::answers::Severity;
use crate::kinds::*;
use crate::say::Say;
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    for one in state.all::<Contradiction>() {
        let answered = !one.answer.is_empty();
        let severity = match one.clash {
            _ if answered => Severity::Note,
            Clash::Exclusive => Severity::Error,
            Clash::Unexplained => Severity::Warning,
            Clash::Wording => Severity::Note,
        };
        let next = match one.settler.as_ref().and_then(|id| state.find::<Institution>(id)) {
            _ if answered => Say::new("finding-contradiction-answer").name("answer", &one.answer),
            Some(institution) => Say::new("finding-contradiction-settler").name("who", &institution.name),
            None => Say::new("finding-contradiction-nobody"),
        };
        let mut finding = Finding::new("finding-contradiction", severity)
            .name("title", &one.title)
            .word("first", &one.first_quote)
            .word("first-place", &one.first_place)
            .word("second", &one.second_quote)
            .word("second-place", &one.second_place)
            .records([(Kind::Contradiction, one.id.clone())]);
        finding.say = finding.say.clause("clash", Say::new(format!("clash-{}", one.clash.code()))).clause("next", next);
        found.push(finding);
    }
}
