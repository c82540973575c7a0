//! What the lists of those who were heard contradict: heads, rows, women and men, the figures that count the same people,
//! and bodies in a row of others. Refuses to say which number is right.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Finding;
use super::figures::hedge;
use crate::answers::Severity;
use crate::kinds::*;
use crate::people::{self, Counts};
use crate::readings::figure_period;
use crate::say::Say;
use crate::state::State;
use crate::text::Text;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    for event in state.all::<Consultation>() {
        consultation(state, event, found);
    }
    counted(state, found);
    strangers(state, found);
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
        let (Some(head_count), Some(sum)) = (counts.printed[place], rows(state, event, place)) else { continue };
        if sum == head_count {
            continue;
        }
        let mut finding = judged("finding-consultation-head", counts.corrected[place].is_some())
            .name("event", &event.title)
            .number("head", f64::from(head_count))
            .number("rows", f64::from(sum))
            .records([head.clone()])
            .named(format!("{}.{part}", event.id));
        finding.say = finding.say.clause("part", Say::new(format!("people-{part}")));
        found.push(finding);
    }
}

/// The sum of the rows of a table, as printed; none where a row says nothing, or where there is no row.
fn rows(state: &State, event: &Consultation, place: usize) -> Option<u32> {
    let printed: Option<Vec<u32>> =
        people::groups(state, &event.id).map(|group| people::counts_of_group(group).printed[place]).collect();
    printed.filter(|rows| !rows.is_empty()).map(|rows| rows.iter().sum())
}

fn adds_up(record: &(Kind, Id), event: &Text, name: &Text, counts: Counts, found: &mut Vec<Finding>) {
    let [Some(total), Some(female), Some(male)] = counts.printed else { return };
    if female + male != total {
        let finding = judged("finding-consultation-sexes", counts.corrected.iter().any(Option::is_some))
            .name("event", event)
            .name("group", name)
            .number("total", f64::from(total))
            .number("women", f64::from(female))
            .number("men", f64::from(male))
            .number("sum", f64::from(female + male));
        found.push(finding.records([record.clone()]));
    }
}

/// A fault of the source stays a finding after somebody has corrected it, but nobody has to act on it any more.
fn judged(rule: &'static str, corrected: bool) -> Finding {
    Finding::new(rule, if corrected { Severity::Note } else { Severity::Error })
}

/// The events that each figure counts together.
fn counted(state: &State, found: &mut Vec<Finding>) {
    let mut events: BTreeMap<&Id, Vec<&Arc<Consultation>>> = BTreeMap::new();
    for event in state.all::<Consultation>() {
        for figure in &event.counted_by {
            events.entry(figure).or_default().push(event);
        }
    }
    for (figure, events) in events {
        if let Some(figure) = state.find::<Evidence>(figure) {
            found.extend(count_of_events(state, figure, &events));
        }
    }
}

/// What a figure says of the people of events, against their heads and their rows.
fn count_of_events(state: &State, figure: &Arc<Evidence>, events: &[&Arc<Consultation>]) -> Option<Finding> {
    let value = figure.value?;
    let place = match figure.sex {
        Sex::Total | Sex::NotApplicable => 0,
        Sex::Female => 1,
        Sex::Male => 2,
    };
    let sum = |events: &[&Arc<Consultation>], count: &dyn Fn(&Consultation) -> Option<u32>| {
        let counts: Option<Vec<u32>> = events.iter().map(|event| count(event)).collect();
        counts.map(|counts| f64::from(counts.iter().sum::<u32>()))
    };
    let heads = sum(events, &|event| people::counts_of_event(event).printed[place])?;
    let rows = sum(events, &|event| rows(state, event, place)).unwrap_or(heads);
    if value == heads && value == rows {
        return None;
    }
    let corrected = sum(events, &|event| people::counts_of_event(event).valid()[place]);
    let inside: Vec<_> = events.iter().copied().filter(|event| may_be_within(&event.date, &figure.date)).collect();
    let within = sum(&inside, &|event| rows_or_head(state, event, place)).filter(|_| inside.len() < events.len());
    let severity = match () {
        () if hedge(figure).is_some() => Severity::Warning,
        () if within == Some(value) => Severity::Note,
        () if corrected == Some(value) && rows == value => Severity::Note,
        () => Severity::Error,
    };
    let printed = match hedge(figure) {
        Some(_) => format!("{} {}", figure.qualifier, figure.printed),
        None => figure.printed.clone(),
    };
    let rule = if within.is_some() { "finding-count-of-events-in-time" } else { "finding-count-of-events" };
    let finding = Finding::new(rule, severity)
        .name("label", &figure.label)
        .word("printed", printed)
        .word("section", &figure.section)
        .number("events", events.len() as f64)
        .number("heads", heads)
        .number("rows", rows)
        .word("date", &figure.date)
        .number("within", within.unwrap_or(rows))
        .named(&figure.id);
    let events = events.iter().map(|event| (Kind::Consultation, event.id.clone()));
    Some(finding.records(std::iter::once((Kind::Evidence, figure.id.clone())).chain(events)))
}

fn rows_or_head(state: &State, event: &Consultation, place: usize) -> Option<u32> {
    rows(state, event, place).or(people::counts_of_event(event).valid()[place])
}

/// Whether a date may lie inside another; one that is not known may.
fn may_be_within(date: &str, outer: &str) -> bool {
    let months = |date: &str| {
        let first = figure_period(date.split('/').next()?)?;
        Some((first.first_month(), figure_period(date)?.last_month()))
    };
    match (months(date), months(outer)) {
        (Some((first, last)), Some((from, to))) => from <= first && last <= to,
        _ => true,
    }
}

/// The kind to which more than half of a row's institutions belong.
fn home(state: &State, group: &Attendance) -> Option<InstitutionKind> {
    let kinds: Vec<InstitutionKind> =
        group.institutions.iter().filter_map(|id| state.find::<Institution>(id)).map(|one| one.kind).collect();
    kinds.iter().copied().find(|kind| kinds.iter().filter(|other| *other == kind).count() * 2 > kinds.len())
}

/// A body in a row of others, though elsewhere its kind has a row of its own.
fn strangers(state: &State, found: &mut Vec<Finding>) {
    let own: Vec<(&Arc<Attendance>, InstitutionKind)> = state
        .all::<Attendance>()
        .filter_map(|group| Some((group, home(state, group)?)))
        .filter(|(group, kind)| {
            let mut institutions = group.institutions.iter().filter_map(|id| state.find::<Institution>(id));
            group.institutions.len() > 1 && institutions.all(|one| one.kind == *kind)
        })
        .collect();
    for group in state.all::<Attendance>() {
        let Some(kind) = home(state, group) else { continue };
        for one in group.institutions.iter().filter_map(|id| state.find::<Institution>(id)) {
            let elsewhere = own.iter().find(|(other, its)| *its == one.kind && other.group != group.group);
            if let Some((other, _)) = elsewhere.filter(|_| one.kind != kind) {
                let finding = Finding::new("finding-group-mixed", Severity::Warning)
                    .name("group", &group.group)
                    .name("who", &one.name)
                    .name("other", &other.group)
                    .word("source", &group.source)
                    .records([(Kind::Attendance, group.id.clone()), (Kind::Institution, one.id.clone())]);
                found.push(finding);
            }
        }
    }
}
