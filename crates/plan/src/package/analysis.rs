//! What must hold in the rows of the situation analysis: years, dates, links and the order of steps. Contradictions of
//! a source's numbers are no faults of a package; `crate::quality` finds those.

use std::collections::HashMap;

use super::{Fault, Package, fault};
use crate::kinds::*;
use crate::say::Say;

pub(super) fn check(package: &mut Package) {
    let mut faults = Vec::new();
    for (row, body) in &package.records {
        match body {
            Body::Policy(policy) => years(*row, policy, &mut faults),
            Body::Alignment(link) => ends(*row, link, &mut faults),
            Body::NextStep(step) => dates(*row, step, &mut faults),
            Body::Attendance(group) => {
                let corrected = [group.corrected_total, group.corrected_female, group.corrected_male];
                correction(*row, Kind::Attendance, corrected, &group.correction_reason, &mut faults);
            }
            Body::Consultation(event) => {
                let corrected = [event.corrected_total, event.corrected_female, event.corrected_male];
                correction(*row, Kind::Consultation, corrected, &event.correction_reason, &mut faults);
            }
            Body::Contradiction(one) => quotes(*row, one, &mut faults),
            Body::Contribution(said) if said.answered.is_some() && said.answer.is_empty() => {
                faults.push(fault(*row, Kind::Contribution, "answer", "", Say::new("fault-answer-empty")));
            }
            _ => {}
        }
    }
    circles(package, Kind::NextStep, "after", &mut faults, |body| match body {
        Body::NextStep(step) => step.after.clone(),
        _ => Vec::new(),
    });
    circles(package, Kind::Instrument, "part_of", &mut faults, |body| match body {
        Body::Instrument(instrument) => instrument.part_of.iter().cloned().collect(),
        _ => Vec::new(),
    });
    package.faults.extend(faults);
}

/// Two quotes that are one cannot contradict each other, and a day without an answer says nothing.
fn quotes(row: usize, one: &Contradiction, faults: &mut Vec<Fault>) {
    if one.first_quote == one.second_quote && one.first_place == one.second_place {
        faults.push(fault(row, Kind::Contradiction, "second_quote", &one.second_quote, Say::new("fault-quote-twice")));
    }
    if one.answered.is_some() && one.answer.is_empty() {
        faults.push(fault(row, Kind::Contradiction, "answer", "", Say::new("fault-answer-empty")));
    }
}

fn years(row: usize, policy: &Policy, faults: &mut Vec<Fault>) {
    if let (Some(start), Some(end)) = (policy.start_year, policy.end_year)
        && end < start
    {
        let problem = Say::new("fault-before-first-year").words("start", start.to_string());
        faults.push(fault(row, Kind::Policy, "end_year", &end.to_string(), problem));
    }
}

fn ends(row: usize, link: &Alignment, faults: &mut Vec<Fault>) {
    let given = |ends: [&Option<Id>; 3]| ends.iter().filter(|end| end.is_some()).count();
    if given([&link.node, &link.indicator, &link.evidence]) != 1 {
        faults.push(fault(row, Kind::Alignment, "node", &link.id, Say::new("fault-nothing-answers")));
    }
    if given([&link.gap, &link.instrument, &link.policy]) != 1 {
        faults.push(fault(row, Kind::Alignment, "gap", &link.id, Say::new("fault-nothing-answered")));
    }
}

fn dates(row: usize, step: &NextStep, faults: &mut Vec<Fault>) {
    if let (Some(start), Some(end)) = (step.start, step.end)
        && end < start
    {
        let problem = Say::new("fault-before-start").date("start", start);
        faults.push(fault(row, Kind::NextStep, "end", &end.to_string(), problem));
    }
}

fn correction(row: usize, kind: Kind, corrected: [Option<u32>; 3], reason: &str, faults: &mut Vec<Fault>) {
    if corrected.iter().any(Option::is_some) && reason.is_empty() {
        faults.push(fault(row, kind, "correction_reason", "", Say::new("fault-correction-unexplained")));
    }
}

/// A record that comes after itself, over however many others. Each circle is told once, at its first id.
pub(super) fn circles(
    package: &Package,
    kind: Kind,
    column: &str,
    faults: &mut Vec<Fault>,
    before: impl Fn(&Body) -> Vec<Id>,
) {
    let of_kind = package.records.iter().filter(|(_, body)| body.kind() == kind);
    let edges: HashMap<&str, (usize, Vec<Id>)> = of_kind.map(|(row, body)| (body.id(), (*row, before(body)))).collect();
    let mut ids: Vec<&str> = edges.keys().copied().collect();
    ids.sort_unstable();
    for id in ids {
        let Some(way) = way_back(&edges, id) else { continue };
        // The same circle starts at each of its members; the smallest id tells it.
        if way.iter().any(|other| other.as_str() < id) {
            continue;
        }
        // Told where it was just written: what stood there before has no row.
        let Some((row, id)) = way.iter().map(|id| (edges[id.as_str()].0, id)).min() else { continue };
        let problem = Say::new("fault-circle").words("way", way.join(" → "));
        faults.push(fault(row, kind, column, id, problem));
    }
}

/// The shortest way from a record back to itself.
fn way_back(edges: &HashMap<&str, (usize, Vec<Id>)>, id: &str) -> Option<Vec<Id>> {
    let mut came_from: HashMap<Id, Id> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([id.to_string()]);
    while let Some(at) = queue.pop_front() {
        for next in edges.get(at.as_str()).into_iter().flat_map(|(_, next)| next) {
            if next == id {
                let mut way = vec![id.to_string()];
                let mut step = at.clone();
                while step != id {
                    way.push(step.clone());
                    step = came_from[&step].clone();
                }
                way.push(id.to_string());
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next.clone(), at.clone());
                queue.push_back(next.clone());
            }
        }
    }
    None
}
