//! What the situation analysis contradicts or leaves open: consultations that do not add up, policies past their end,
//! gaps that nothing answers, bodies that were named but never heard.

use std::sync::Arc;

use super::Finding;
use crate::answers::Severity;
use crate::kinds::*;
use crate::period::Date;
use crate::state::State;
use crate::text::Text;
use crate::{coherence, coordination, people};

pub(super) fn check(state: &State, today: Date, found: &mut Vec<Finding>) {
    for event in state.all::<Consultation>() {
        consultation(state, event, found);
    }
    policies(state, today, found);
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
        found.push(Finding { records, ..finding });
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
    finding = finding.number("count", bodies.len() as f64);
    finding.records = bodies.iter().flat_map(|body| &body.nodes).map(|node| (Kind::Node, node.id.clone())).collect();
    finding.records.sort();
    finding.records.dedup();
    found.push(finding);
}

/// The head of a table against its rows, and women and men against each total.
fn consultation(state: &State, event: &Arc<Consultation>, found: &mut Vec<Finding>) {
    let groups: Vec<&Arc<Attendance>> = people::groups(state, &event.id).collect();
    let head = (Kind::Consultation, event.id.clone());
    let counts = people::counts_of_event(event);
    adds_up(&head, &event.title, &event.title, counts, found);
    for group in &groups {
        let row = (Kind::Attendance, group.id.clone());
        adds_up(&row, &event.title, &group.group, people::counts_of_group(group), found);
    }
    for (place, part) in ["total", "female", "male"].into_iter().enumerate() {
        let printed: Option<Vec<u32>> =
            groups.iter().map(|group| people::counts_of_group(group).printed[place]).collect();
        let (Some(head_count), Some(rows)) = (counts.printed[place], printed) else { continue };
        let sum: u32 = rows.iter().sum();
        if rows.is_empty() || sum == head_count {
            continue;
        }
        let mut finding = judged("finding-consultation-head", counts.corrected[place].is_some())
            .name("event", &event.title)
            .number("head", f64::from(head_count))
            .number("rows", f64::from(sum));
        finding.say = finding.say.clause("part", crate::say::Say::new(format!("people-{part}")));
        finding.records = vec![head.clone()];
        found.push(finding);
    }
}

fn adds_up(record: &(Kind, Id), event: &Text, name: &Text, counts: people::Counts, found: &mut Vec<Finding>) {
    let [Some(total), Some(female), Some(male)] = counts.printed else { return };
    if female + male != total {
        let mut finding = judged("finding-consultation-sexes", counts.corrected.iter().any(Option::is_some))
            .name("event", event)
            .name("group", name)
            .number("total", f64::from(total))
            .number("women", f64::from(female))
            .number("men", f64::from(male))
            .number("sum", f64::from(female + male));
        finding.records = vec![record.clone()];
        found.push(finding);
    }
}

/// A fault of the source stays a finding after somebody has corrected it, but nobody has to act on it any more.
fn judged(rule: &'static str, corrected: bool) -> Finding {
    Finding::new(rule, if corrected { Severity::Note } else { Severity::Error })
}

/// Policies whose years contradict what the source says of them.
fn policies(state: &State, today: Date, found: &mut Vec<Finding>) {
    for policy in state.all::<Policy>() {
        let computed = coherence::state_of(policy, today);
        if computed == policy.stated {
            continue;
        }
        let word = |state: PolicyState| crate::say::Say::new(format!("code-{}", state.code().replace(' ', "-")));
        let mut finding = Finding::new("finding-policy-state", Severity::Warning).name("policy", &policy.name);
        finding.say = finding.say.clause("stated", word(policy.stated)).clause("computed", word(computed));
        finding = finding.word("start", policy.start_year.map_or("–".into(), |year| year.to_string()));
        finding = finding.word("end", policy.end_year.map_or("–".into(), |year| year.to_string()));
        finding.records = vec![(Kind::Policy, policy.id.clone())];
        found.push(finding);
    }
}
