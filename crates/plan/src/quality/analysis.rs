//! What the situation analysis leaves open: policies past their end, gaps that nothing answers, bodies that were named but
//! never heard. Refuses to know who was counted where.

use super::{Finding, Subject};
use crate::answers::Severity;
use crate::kinds::*;
use crate::period::Date;
use crate::state::State;
use crate::{coherence, coordination, people};

pub(super) fn check(state: &State, today: Date, found: &mut Vec<Finding>) {
    policies(state, today, found);
    ended(state, today, found);
    below_quorum(state, found);
    let unanswered: Vec<_> = coherence::unanswered(state).map(|gap| (Kind::Gap, gap.id.clone())).collect();
    let asking = state.all::<Gap>().filter(|gap| coherence::asks(gap)).count();
    counted("finding-gaps-unanswered", unanswered, asking, found);
    if state.count::<Consultation>() > 0 {
        never_heard(state, found);
    }
    let open: Vec<_> = state
        .all::<Contribution>()
        .filter(|said| said.answer.is_empty() && said.changed.is_empty())
        .map(|said| (Kind::Contribution, said.id.clone()))
        .collect();
    counted("finding-contributions-unanswered", open, state.count::<Contribution>(), found);
}

pub(super) fn counted(rule: &'static str, records: Vec<(Kind, Id)>, all: usize, found: &mut Vec<Finding>) {
    if !records.is_empty() {
        let count = records.len() as f64;
        let finding = Finding::new(rule, Severity::Note).number("count", count).number("all", all as f64);
        found.push(Finding { records, subject: Subject::Rule, ..finding });
    }
}

/// A meeting that decides without the seats its own rule asks for.
fn below_quorum(state: &State, found: &mut Vec<Finding>) {
    for meeting in state.all::<Meeting>() {
        let decided: Vec<_> = state
            .all::<Decision>()
            .filter(|decision| decision.meeting.as_ref() == Some(&meeting.id))
            .map(|decision| (Kind::Decision, decision.id.clone()))
            .collect();
        let room = coordination::attendance(state, meeting);
        if room.quorum == Some(false) && !decided.is_empty() {
            let mut finding = Finding::new("finding-decided-below-quorum", Severity::Warning)
                .named(&meeting.id)
                .name("meeting", &meeting.title)
                .number("filled", room.filled as f64)
                .number("seats", room.seats as f64)
                .number("decisions", decided.len() as f64);
            finding.records = std::iter::once((Kind::Meeting, meeting.id.clone())).chain(decided).collect();
            found.push(finding);
        }
    }
}

fn never_heard(state: &State, found: &mut Vec<Finding>) {
    let bodies: Vec<_> = people::named_bodies(state).into_iter().filter(|body| !body.heard).collect();
    if bodies.is_empty() {
        return;
    }
    let names: Vec<&str> = bodies.iter().map(|body| body.name).collect();
    let mut finding = Finding::new("finding-named-never-heard", Severity::Note).word("names", names.join(", "));
    finding.subject = Subject::Rule;
    finding = finding.number("count", bodies.len() as f64);
    finding.records = bodies.iter().flat_map(|body| &body.nodes).map(|node| (Kind::Node, node.id.clone())).collect();
    finding.records.sort();
    finding.records.dedup();
    found.push(finding);
}

/// Policies whose years contradict what the source says of them.
fn policies(state: &State, today: Date, found: &mut Vec<Finding>) {
    for policy in state.all::<Policy>() {
        let computed = coherence::state_of(policy, today);
        if computed == policy.stated {
            continue;
        }
        let mut finding = Finding::new("finding-policy-state", Severity::Warning).name("policy", &policy.name);
        finding.say = finding.say.code("stated", policy.stated.code()).code("computed", computed.code());
        finding = finding.word("start", policy.start_year.map_or("–".into(), |year| year.to_string()));
        finding = finding.word("end", policy.end_year.map_or("–".into(), |year| year.to_string()));
        finding.records = vec![(Kind::Policy, policy.id.clone())];
        found.push(finding);
    }
}

/// A policy past its last year on which something of the plan still builds.
fn ended(state: &State, today: Date, found: &mut Vec<Finding>) {
    for policy in state.all::<Policy>().filter(|policy| coherence::state_of(policy, today) == PolicyState::Expired) {
        let built = state.all::<Alignment>().filter(|link| link.policy.as_ref() == Some(&policy.id));
        let built: Vec<&Id> = built.filter_map(|link| link.node.as_ref()).collect();
        let Some(end) = policy.end_year.filter(|_| !built.is_empty()) else { continue };
        let nodes = built.iter().map(|id| (Kind::Node, (*id).clone()));
        let finding = Finding::new("finding-policy-ended", Severity::Warning)
            .name("policy", &policy.name)
            .word("end", end.to_string())
            .word("nodes", built.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", "))
            .named(&policy.id);
        found.push(finding.records(std::iter::once((Kind::Policy, policy.id.clone())).chain(nodes)));
    }
}
