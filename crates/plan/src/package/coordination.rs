//! What must hold in the rows of coordination: seats that do not overlap, dates of the year that exist, a closed task that
//! says why, a rating that says of what.

use std::collections::HashMap;

use super::{Fault, Package, fault, file};
use crate::kinds::*;
use crate::period::Date;
use crate::say::Say;

pub(super) fn check(package: &mut Package) {
    let mut faults = Vec::new();
    for (row, body) in &package.records {
        let mut say = |column: &str, value: &str, key: &'static str| {
            faults.push(fault(*row, body.kind(), column, value, Say::new(key)));
        };
        match body {
            Body::Committee(committee) => {
                if let Some(quorum) = committee.quorum.filter(|quorum| !(1..=100).contains(quorum)) {
                    say("quorum", &quorum.to_string(), "fault-no-quorum");
                }
            }
            Body::Seat(seat) => {
                if let (Some(from), Some(to)) = (seat.since, seat.until)
                    && to < from
                {
                    say("until", &to.to_string(), "fault-seat-ends-early");
                }
            }
            Body::Occasion(occasion) => days(occasion, &mut say),
            Body::Decision(decision) if decision.state != TaskState::Open && decision.closed.is_empty() => {
                say("closed", "", "fault-closed-unexplained");
            }
            Body::Task(task) if task.state != TaskState::Open && task.closed.is_empty() => {
                say("closed", "", "fault-closed-unexplained");
            }
            Body::Rating(rating) if rating.node.is_some() == rating.indicator.is_some() => {
                say("node", &rating.id, "fault-nothing-rated");
            }
            _ => {}
        }
    }
    subjects(package, &mut faults);
    seats(package, &mut faults);
    chairs(package, &mut faults);
    choices(package, &mut faults);
    package.faults.extend(faults);
}

/// What a task is about must be there, as with every other link.
fn subjects(package: &Package, faults: &mut Vec<Fault>) {
    for (row, body) in package.news() {
        let Body::Task(task) = body else { continue };
        let mut say = |column: &str, value: &str, problem: Say| {
            faults.push(fault(*row, Kind::Task, column, value, problem));
        };
        match (task.about_kind.is_empty(), task.about.is_empty(), task.subject()) {
            (true, true, _) => {}
            (true, false, _) => say("about_kind", "", Say::new("fault-about-half")),
            (false, true, _) => say("about", "", Say::new("fault-about-half")),
            (false, false, None) => say("about_kind", &task.about_kind, Say::new("fault-no-such-kind")),
            (false, false, Some((kind, id))) => {
                if !package.records.iter().any(|(_, other)| other.kind() == kind && other.id() == id) {
                    say("about", id, Say::new("fault-no-such-id").words("file", file(kind)));
                }
            }
        }
    }
}

fn days(occasion: &Occasion, say: &mut impl FnMut(&str, &str, &'static str)) {
    // A leap year, so that the last of February is a day.
    let exists = |day: &str| Date::parse(&format!("2024-{day}")).is_some() && day.len() == 5;
    if !exists(&occasion.first) {
        say("first", &occasion.first, "fault-no-day");
    }
    if !occasion.last.is_empty() && !exists(&occasion.last) {
        say("last", &occasion.last, "fault-no-day");
    }
}

/// One institution holds one seat of a role in a body at a time.
fn seats(package: &Package, faults: &mut Vec<Fault>) {
    let mut held: HashMap<(&str, &str, SeatRole), Vec<&Seat>> = HashMap::new();
    for (row, body) in &package.records {
        let Body::Seat(seat) = body else { continue };
        let Some(institution) = &seat.institution else { continue };
        let others = held.entry((&seat.body, institution, seat.role)).or_default();
        if let Some(other) = others.iter().find(|other| overlap(seat, other)) {
            let problem = Say::new("fault-seat-held").words("institution", institution).words("other", &other.id);
            faults.push(fault(*row, Kind::Seat, "institution", &seat.id, problem));
        }
        others.push(seat);
    }
}

/// A body has one chair on a day. Two seats of one institution are told by the rule above.
fn chairs(package: &Package, faults: &mut Vec<Fault>) {
    let mut chaired: HashMap<&str, Vec<&Seat>> = HashMap::new();
    for (row, body) in &package.records {
        let Body::Seat(seat) = body else { continue };
        if seat.role != SeatRole::Chair || seat.institution.is_none() {
            continue;
        }
        let others = chaired.entry(&seat.body).or_default();
        let other = others.iter().find(|other| other.institution != seat.institution && overlap(seat, other));
        if let Some(other) = other {
            let institution = other.institution.as_deref().unwrap_or_default();
            let problem = Say::new("fault-chair-held").words("institution", institution).words("other", &other.id);
            faults.push(fault(*row, Kind::Seat, "role", &seat.id, problem));
        }
        others.push(seat);
    }
}

fn overlap(a: &Seat, b: &Seat) -> bool {
    let before = |end: Option<Date>, start: Option<Date>| end.zip(start).is_some_and(|(end, start)| end < start);
    !before(a.until, b.since) && !before(b.until, a.since)
}

fn choices(package: &Package, faults: &mut Vec<Fault>) {
    let mut seen: HashMap<(&str, &str), &str> = HashMap::new();
    for (row, body) in &package.records {
        let Body::Choice(choice) = body else { continue };
        if let Some(first) = seen.insert((&choice.area, &choice.node), &choice.id) {
            let problem = Say::new("fault-chosen-twice").words("first", first);
            faults.push(fault(*row, Kind::Choice, "node", &choice.id, problem));
        }
    }
}
