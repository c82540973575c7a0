//! What must hold between the areas of a package: which contains which, and what became of those that changed.

use std::collections::HashMap;

use super::fault;
use super::{Fault, Package};
use crate::kinds::*;
use crate::say::Say;

type Areas<'a> = HashMap<&'a str, (usize, &'a Area)>;

pub(super) fn check(package: &Package, faults: &mut Vec<Fault>) {
    let areas: Areas = package
        .records
        .iter()
        .filter_map(|(row, body)| match body {
            Body::Area(area) => Some((area.id.as_str(), (*row, &**area))),
            _ => None,
        })
        .collect();
    tree(&areas, faults);
    lineage(&areas, faults);
}

fn tree(areas: &Areas, faults: &mut Vec<Fault>) {
    for (row, area) in areas.values() {
        let Some(parent) = area.parent.as_deref().and_then(|id| areas.get(id)) else {
            if area.parent.is_none() && area.level != AreaLevel::Country {
                faults.push(fault(*row, Kind::Area, "parent", "", Say::new("fault-area-alone")));
            }
            continue;
        };
        if parent.1.level >= area.level {
            let say = Say::new("fault-area-too-small").code("parent", parent.1.level.code());
            let problem = say.code("level", area.level.code());
            faults.push(fault(*row, Kind::Area, "parent", &parent.1.id, problem));
        }
    }
}

/// An area ends before what it became begins, and nothing comes from itself. One that exists on without an end gave away a
/// part of its ground.
fn lineage(areas: &Areas, faults: &mut Vec<Fault>) {
    for (row, area) in areas.values() {
        let mut say = |value: &str, key: &'static str| {
            faults.push(fault(*row, Kind::Area, "successors", value, Say::new(key)));
        };
        for (_, into) in area.successors.iter().filter_map(|id| areas.get(id.as_str())) {
            if into.id == area.id {
                say(&into.id, "fault-becomes-itself");
            } else if comes_from(areas, into, &area.id) {
                say(&into.id, "fault-becomes-its-past");
            } else if into.valid_from.is_none() {
                say(&into.id, "fault-becomes-undated");
            } else if area.valid_to.is_some() && into.months().start < area.months().end {
                say(&into.id, "fault-becomes-older");
            }
        }
    }
}

/// Whether what an area became, and what that became …, ends at another.
fn comes_from(areas: &Areas, area: &Area, end: &str) -> bool {
    let mut next: Vec<&str> = area.successors.iter().map(String::as_str).collect();
    let mut seen = 0;
    while let Some(&id) = next.get(seen) {
        if id == end {
            return true;
        }
        seen += 1;
        let more = areas.get(id).into_iter().flat_map(|(_, area)| &area.successors);
        let more: Vec<&str> = more.map(String::as_str).filter(|id| !next.contains(id)).collect();
        next.extend(more);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Sheet;

    /// The faults of the column in a package with these areas below one country: id, from, to and successors.
    fn faults(rows: &[[&str; 4]]) -> Vec<String> {
        let header = ["id", "name", "level", "parent", "valid_from", "valid_to", "successors"];
        let row =
            |[id, from, to, into]: &[&str; 4]| [id, id, "province", "KH", from, to, into].map(String::from).to_vec();
        let country = ["KH", "Cambodia", "country", "", "", "", ""].map(String::from).to_vec();
        let rows = std::iter::once(country).chain(rows.iter().map(row)).collect();
        let sheet = Sheet::of_texts(header.map(String::from).to_vec(), rows);
        let package = Package::read(&[(Kind::Area, sheet)].into());
        let own = package.faults.iter().filter(|fault| fault.column == "successors");
        own.map(|fault| format!("{} {} {}", fault.row, fault.value, fault.problem.key)).collect()
    }

    #[test]
    fn what_became_of_an_area_is_checked() {
        let fine = [["A", "", "2019-12-31", "B;C"], ["B", "2020-01-01", "", ""], ["C", "2020-01-01", "", ""]];
        assert!(faults(&fine).is_empty());
        // A part was given away: the area exists on.
        assert!(faults(&[["A", "", "", "B"], ["B", "2013-12-31", "", ""]]).is_empty());
        assert_eq!(faults(&[["A", "", "", "X"]]), ["3 X fault-no-such-id"]);
        assert_eq!(faults(&[["A", "", "", "A"]]), ["3 A fault-becomes-itself"]);
        assert_eq!(faults(&[["A", "", "2019-12-31", "B"], ["B", "", "", ""]]), ["3 B fault-becomes-undated"]);
        let early = [["A", "", "2019-12-31", "B"], ["B", "2019-06-01", "", ""]];
        assert_eq!(faults(&early), ["3 B fault-becomes-older"]);
        let circle = [["A", "", "", "B"], ["B", "2020-01-01", "", "C"], ["C", "2021-01-01", "", "A"]];
        let came = "fault-becomes-its-past";
        assert_eq!(faults(&circle), [format!("3 B {came}"), format!("4 C {came}"), format!("5 A {came}")]);
    }
}
