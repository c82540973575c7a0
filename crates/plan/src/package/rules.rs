//! What must hold between the rows of a package: references, trees, and rules of one kind about another.

use std::collections::{HashMap, HashSet};

use super::{Fault, Package, areas, fault, whole_file};
use crate::column::{self, CellType};
use crate::kinds::*;

pub(super) fn check(package: &mut Package) {
    let mut faults = Vec::new();
    references(package, &mut faults);
    one_plan(package, &mut faults);
    areas::check(package, &mut faults);
    node_levels(package, &mut faults);
    indicators(package, &mut faults);
    targets(package, &mut faults);
    one_reporter_per_number(package, &mut faults);
    package.faults.extend(faults);
}

/// Every reference must point to a row. A pillar given by number is answered with a question: the numbers clash.
fn references(package: &Package, faults: &mut Vec<Fault>) {
    let mut ids: HashMap<Kind, HashSet<&str>> = HashMap::new();
    for (_, body) in &package.records {
        ids.entry(body.kind()).or_default().insert(body.id());
    }
    for kind in Kind::of_package() {
        let columns = column::columns(kind);
        let referring: Vec<_> = columns.iter().filter_map(|c| c.refers.map(|to| (c, to))).collect();
        for (row, body) in package.news().filter(|(_, body)| body.kind() == kind) {
            let cells = column::write_row(&columns, body);
            for (column, to) in &referring {
                let place = columns.iter().position(|c| c == *column).expect("taken from the same list");
                let known = ids.get(to);
                let items = match column.cell {
                    CellType::List(_) => cells[place].split(';').collect(),
                    _ => vec![cells[place].as_str()],
                };
                for item in items.into_iter().filter(|item| !item.is_empty()) {
                    if known.is_none_or(|known| !known.contains(item)) {
                        faults.push(fault(
                            *row,
                            kind,
                            &column.name,
                            item,
                            unknown(*to, item),
                            mend_reference(*to, item),
                        ));
                    }
                }
            }
        }
    }
}

fn unknown(to: Kind, item: &str) -> String {
    match numbered_pillar(to, item) {
        true => "names a pillar by number, and sources number the pillars differently".into(),
        false => format!("is not an id in {}.csv", to.code()),
    }
}

fn mend_reference(to: Kind, item: &str) -> String {
    match numbered_pillar(to, item) {
        true => "which pillar is meant? write its code from nodes.csv".into(),
        false => format!("correct it, or add the row to {}.csv", to.code()),
    }
}

fn numbered_pillar(to: Kind, item: &str) -> bool {
    let lower = item.to_lowercase();
    to == Kind::Node && (lower.starts_with("pillar") || item.chars().all(|c| c.is_ascii_digit()))
}

fn one_plan(package: &Package, faults: &mut Vec<Fault>) {
    let plans = package.records.iter().filter(|(_, body)| body.kind() == Kind::Plan).count();
    if plans != 1 {
        faults.push(Fault {
            problem: format!("holds {plans} plans"),
            mend: "a package describes exactly one plan; keep one row".into(),
            ..whole_file(Kind::Plan)
        });
    }
}

fn node_levels(package: &Package, faults: &mut Vec<Fault>) {
    let nodes: HashMap<&str, &Node> = package
        .records
        .iter()
        .filter_map(|(_, body)| if let Body::Node(node) = body { Some((node.id.as_str(), &**node)) } else { None })
        .collect();
    for (row, body) in &package.records {
        let Body::Node(node) = body else { continue };
        if node.parents.is_empty() && node.level != NodeLevel::Pillar {
            let mend = "name the node or nodes it serves";
            faults.push(fault(*row, Kind::Node, "parents", "", format!("is empty for an {}", node.level.code()), mend));
        }
        for parent in node.parents.iter().filter_map(|id| nodes.get(id.as_str())) {
            if parent.level >= node.level {
                let problem = format!("is an {}, which an {} cannot serve", parent.level.code(), node.level.code());
                faults.push(fault(*row, Kind::Node, "parents", &parent.id, problem, "name a node of a higher level"));
            }
        }
    }
}

/// The smallest k a class allows (design.md 6): overrides go upwards only.
fn smallest_k(class: Class) -> u32 {
    match class {
        Class::Restricted | Class::Prohibited => 10,
        _ => 0,
    }
}

fn indicators(package: &Package, faults: &mut Vec<Fault>) {
    for (row, body) in &package.records {
        let Body::Indicator(indicator) = body else { continue };
        let mut say = |column: &str, value: &str, problem: &str, mend: &str| {
            faults.push(fault(*row, Kind::Indicator, column, value, problem, mend));
        };
        let ratio = indicator.kind == ValueKind::Ratio;
        if ratio && indicator.denominator.is_empty() {
            say("denominator", "", "is empty for a ratio", "say what the share is taken of");
        }
        if ratio != (indicator.place == PlaceRule::Ratio) && indicator.place != PlaceRule::None {
            say(
                "place",
                indicator.place.code(),
                "does not fit the kind of value",
                "use `ratio` for ratios and only there",
            );
        }
        let never_rolled = matches!(indicator.kind, ValueKind::Index | ValueKind::Rank | ValueKind::Narrative);
        if never_rolled && indicator.place != PlaceRule::None {
            say("place", indicator.place.code(), "cannot be rolled up", "use `none`");
        }
        if indicator.direction == Direction::Range && (indicator.range_low.is_none() || indicator.range_high.is_none())
        {
            say("direction", "range", "has no limits", "fill in range_low and range_high");
        }
        if indicator.baseline.is_some() != indicator.baseline_period.is_some() {
            say("baseline_period", "", "does not go with the baseline", "give both or neither");
        }
        if indicator.k < smallest_k(indicator.class) {
            let k = indicator.k.to_string();
            say("k", &k, "is below the smallest of its class", "use 10 or more for restricted indicators");
        }
        if indicator.class == Class::Restricted && indicator.floor > AreaLevel::Province {
            say("floor", indicator.floor.code(), "is too fine for a restricted indicator", "use `province` or larger");
        }
    }
}

fn targets(package: &Package, faults: &mut Vec<Fault>) {
    let mut seen = HashMap::new();
    for (row, body) in &package.records {
        let Body::Target(target) = body else { continue };
        let key =
            (target.indicator.clone(), target.area.clone(), target.categories.clone(), target.period, target.kind);
        if target.kind == TargetKind::Target
            && let Some(first) = seen.insert(key, *row)
        {
            let problem = format!("has the same indicator, area and period as row {first}");
            faults.push(fault(*row, Kind::Target, "id", &target.id, problem, "keep one of them"));
        }
    }
}

/// A number of an area comes from one unit: two forms asking it would count it twice.
fn one_reporter_per_number(package: &Package, faults: &mut Vec<Fault>) {
    let mut seen = HashMap::new();
    for (row, body) in &package.records {
        let Body::Assignment(assignment) = body else { continue };
        let key = (assignment.form.clone(), assignment.area.clone(), assignment.institution.clone());
        if let Some(first) = seen.insert(key, *row) {
            let problem = format!("asks the same unit for the same form as row {first}");
            faults.push(fault(*row, Kind::Assignment, "id", &assignment.id, problem, "keep one of them"));
        }
    }
}
