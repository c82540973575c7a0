//! The table of `docs/findings.md` against the reference plan: every finding that it names is there, every number of the
//! two lists has one row, and a number without a finding has its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use romduol_app::package;
use romduol_plan::quality::findings;
use romduol_plan::{Actor, Date, Entry, State};

const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

fn found() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let changes = package::changes(&package::files(&folder).unwrap()).unwrap();
    let mut state = State::default();
    let actor = Actor { account: "test".into(), post: "test".into() };
    state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
    findings(&state, TODAY).iter().map(|finding| finding.code()).collect()
}

/// `IN08, IN21–IN23` as its numbers.
fn numbers(cell: &str) -> Vec<String> {
    let one = |part: &str| {
        let (first, last) = part.split_once('–').unwrap_or((part, part));
        let (list, number) = first.split_at(2);
        let range = number.parse::<u32>().unwrap()..=last[2..].parse().unwrap();
        range.map(|n| format!("{list}{n:02}")).collect::<Vec<_>>()
    };
    cell.split(", ").flat_map(one).collect()
}

/// The numbers of the table with the findings that its row names.
fn table() -> BTreeMap<String, (Vec<String>, String)> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings.md")).unwrap();
    let mut table = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| CC") || line.starts_with("| IN")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [of, _, by] = cells[..] else { panic!("three cells: {line}") };
        let codes: Vec<String> = by.split('`').skip(1).step_by(2).map(String::from).collect();
        for number in numbers(of) {
            assert!(table.insert(number.clone(), (codes.clone(), by.to_string())).is_none(), "{number} has two rows");
        }
    }
    table
}

#[test]
fn the_table_of_the_reports_faults_is_true() {
    let (found, table) = (found(), table());
    let all: BTreeSet<String> =
        (1..=17).map(|n| format!("CC{n:02}")).chain((1..=72).map(|n| format!("IN{n:02}"))).collect();
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), all);
    for (number, (codes, by)) in &table {
        assert!(!codes.is_empty() || by.starts_with("not "), "{number} has neither a finding nor a reason");
        for code in codes {
            assert!(found.contains(code), "{number}: no finding {code}");
        }
    }
    let with = |list: &str| table.iter().filter(|(n, (codes, _))| n.starts_with(list) && !codes.is_empty()).count();
    assert_eq!(with("CC"), 17);
    println!("{} of 17, {} of 72", with("CC"), with("IN"));
}

/// A finding is called by one name, so that what settles one does not settle another.
#[test]
fn every_finding_of_the_reference_plan_has_a_name_of_its_own() {
    let found = found();
    let names: BTreeSet<&String> = found.iter().collect();
    assert_eq!(
        names.len(),
        found.len(),
        "{:#?}",
        found.iter().filter(|c| found.iter().filter(|d| d == c).count() > 1).collect::<Vec<_>>()
    );
}
