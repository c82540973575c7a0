//! What must hold between the rows of a package: references, trees, and rules of one kind about another.

use std::collections::{HashMap, HashSet};

use super::{Fault, Package, areas, fault, file};
use crate::column::{self, CellType};
use crate::kinds::*;
use crate::say::Say;
use crate::text::{Lang, Text};

pub(super) fn check(package: &mut Package, retired: &dyn Fn(Kind, &str) -> bool) {
    let mut faults = Vec::new();
    references(package, retired, &mut faults);
    one_plan(package, &mut faults);
    areas::check(package, &mut faults);
    node_levels(package, &mut faults);
    indicators(package, &mut faults);
    targets(package, &mut faults);
    one_reporter_per_number(package, &mut faults);
    package.faults.extend(faults);
}

/// Every reference must point to a row. A pillar given by number is answered with a question: the numbers clash.
fn references(package: &Package, retired: &dyn Fn(Kind, &str) -> bool, faults: &mut Vec<Fault>) {
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
                        let problem = unknown(package, retired, *to, item);
                        faults.push(fault(*row, kind, &column.name, item, problem));
                    }
                }
            }
        }
    }
}

/// What is wrong with a link that leads nowhere.
fn unknown(package: &Package, retired: &dyn Fn(Kind, &str) -> bool, to: Kind, item: &str) -> Say {
    match () {
        () if numbered_pillar(to, item) => Say::new("fault-pillar-number").names("pillars", pillars(package)),
        () if retired(to, item) => Say::new("fault-retired"),
        () => Say::new("fault-no-such-id").words("file", file(to)),
    }
}

/// A number alone, or behind the word for a pillar in either language.
fn numbered_pillar(to: Kind, item: &str) -> bool {
    // The word has two spellings, which look alike in most fonts.
    let lower = item.trim().to_lowercase().replace("្ដ", "្ត");
    let named = ["pillar", "សសរស្តម្ភ"].iter().any(|word| lower.starts_with(word));
    to == Kind::Node && (named || lower.chars().all(char::is_numeric))
}

/// The pillars there are, each with its code.
fn pillars(package: &Package) -> Vec<Text> {
    let pillar = |body: &Body| match body {
        Body::Node(node) if node.level == NodeLevel::Pillar => {
            let named = |lang| format!("{} {}", node.id, node.title.get(lang));
            Some(Text { en: named(Lang::En), km: named(Lang::Km) })
        }
        _ => None,
    };
    package.records.iter().filter_map(|(_, body)| pillar(body)).collect()
}

fn one_plan(package: &Package, faults: &mut Vec<Fault>) {
    let plans = package.records.iter().filter(|(_, body)| body.kind() == Kind::Plan).count();
    if plans != 1 {
        faults.push(fault(0, Kind::Plan, "", "", Say::new("fault-plans").number("count", plans as f64)));
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
            let problem = Say::new("fault-node-alone").code("level", node.level.code());
            faults.push(fault(*row, Kind::Node, "parents", "", problem));
        }
        for parent in node.parents.iter().filter_map(|id| nodes.get(id.as_str())) {
            if parent.level >= node.level {
                let say = Say::new("fault-node-too-low").code("parent", parent.level.code());
                faults.push(fault(*row, Kind::Node, "parents", &parent.id, say.code("level", node.level.code())));
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
        let mut say = |column: &str, value: &str, key: &'static str| {
            faults.push(fault(*row, Kind::Indicator, column, value, Say::new(key)));
        };
        let ratio = indicator.kind == ValueKind::Ratio;
        if ratio && indicator.denominator.is_empty() {
            say("denominator", "", "fault-no-denominator");
        }
        if ratio != (indicator.place == PlaceRule::Ratio) && indicator.place != PlaceRule::None {
            say("place", indicator.place.code(), "fault-place-misfit");
        }
        let never_rolled = matches!(indicator.kind, ValueKind::Index | ValueKind::Rank | ValueKind::Narrative);
        if never_rolled && indicator.place != PlaceRule::None {
            say("place", indicator.place.code(), "fault-never-rolled-up");
        }
        if indicator.direction == Direction::Range && (indicator.range_low.is_none() || indicator.range_high.is_none())
        {
            say("direction", "range", "fault-no-limits");
        }
        if indicator.baseline.is_some() != indicator.baseline_period.is_some() {
            say("baseline_period", "", "fault-baseline-half");
        }
        if let Some(measure) = indicator.computed {
            let counts = matches!(indicator.kind, ValueKind::Ratio | ValueKind::Count | ValueKind::YesNo);
            if !counts || !indicator.dimensions.is_empty() || !indicator.overlapping.is_empty() {
                say("computed", measure.code(), "fault-computed-kind");
            }
            if indicator.form.is_some() {
                say("computed", measure.code(), "fault-computed-form");
            }
        }
        if indicator.k < smallest_k(indicator.class) {
            let k = indicator.k.to_string();
            say("k", &k, "fault-k-small");
        }
        if indicator.class == Class::Restricted && indicator.floor > AreaLevel::Province {
            say("floor", indicator.floor.code(), "fault-floor-fine");
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
            && let Some(first) = seen.insert(key, &target.id)
        {
            let problem = Say::new("fault-target-twice").words("first", first);
            faults.push(fault(*row, Kind::Target, "id", &target.id, problem));
        }
    }
}

/// A number of an area comes from one unit at a time: of two that are asked, only one could be counted. Institutions that
/// are asked for what they own report different numbers of one area.
fn one_reporter_per_number(package: &Package, faults: &mut Vec<Fault>) {
    let forms = package.records.iter().filter_map(|(_, body)| match body {
        Body::Form(form) if form.audience == Audience::Area => Some(form.id.as_str()),
        _ => None,
    });
    let by_area: HashSet<&str> = forms.collect();
    let mut seen: HashMap<(&str, &str, &str), Vec<&Assignment>> = HashMap::new();
    for (row, body) in &package.records {
        let Body::Assignment(assignment) = body else { continue };
        let who = if by_area.contains(assignment.form.as_str()) { "" } else { assignment.institution.as_str() };
        let others = seen.entry((&assignment.form, &assignment.area, who)).or_default();
        if let Some(first) = others.iter().find(|other| other.overlaps(assignment)) {
            let problem = Say::new("fault-asked-twice").words("first", &first.id);
            faults.push(fault(*row, Kind::Assignment, "id", &assignment.id, problem));
        }
        others.push(assignment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pillar_by_number_is_known_in_both_languages() {
        for item in ["Pillar 2", "pillar II", "2", "២", "សសរស្តម្ភទី២", "សសរស្តម្ភ 2", "សសរស្ដម្ភទី២"]
        {
            assert!(numbered_pillar(Kind::Node, item), "{item}");
        }
        assert!(!numbered_pillar(Kind::Node, "A2.01") && !numbered_pillar(Kind::Theme, "2"));
    }

    #[test]
    fn two_units_never_report_one_number() {
        use crate::package::Sheet;
        let sheet = |header: &[&str], rows: &[&[&str]]| {
            let strings = |row: &[&str]| row.iter().map(|cell| cell.to_string()).collect::<Vec<_>>();
            Sheet::of_texts(strings(header), rows.iter().map(|row| strings(row)).collect())
        };
        let forms = sheet(
            &["id", "name", "audience", "frequency", "due_days", "chain", "source"],
            &[
                &["place", "P", "area", "year", "9", "secretariat", "s"],
                &["own", "O", "institution", "year", "9", "secretariat", "s"],
            ],
        );
        let faults = |rows: &[&[&str]]| {
            let units = sheet(&["id", "form", "institution", "area", "from", "to"], rows);
            let package = Package::read(&[(Kind::Form, forms.clone()), (Kind::Assignment, units)].into());
            let own = package.faults.into_iter().filter(|fault| fault.problem.key == "fault-asked-twice");
            own.map(|fault| fault.value).collect::<Vec<_>>()
        };
        // Two offices for one place in one year; one after the other is a handover.
        assert_eq!(faults(&[&["A", "place", "X", "KH", "2024", ""], &["B", "place", "Y", "KH", "2025", ""]]), ["B"]);
        let handover: &[&[&str]] =
            &[&["A", "place", "X", "KH", "2024", "2024"], &["B", "place", "Y", "KH", "2025", ""]];
        assert!(faults(handover).is_empty());
        // Institutions report what they own.
        assert!(faults(&[&["A", "own", "X", "KH", "2024", ""], &["B", "own", "Y", "KH", "2024", ""]]).is_empty());
        assert_eq!(faults(&[&["A", "own", "X", "KH", "2024", ""], &["B", "own", "X", "KH", "2024", ""]]), ["B"]);
    }
}
