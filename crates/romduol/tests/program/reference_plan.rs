//! The reference plan that ships with the program: no faults, the counts of its sources, and the findings of theirs.

use std::path::Path;

use romduol_app::package;
use romduol_locale::Locale;
use romduol_plan::kinds::*;
use romduol_plan::package::descriptor;
use romduol_plan::quality::findings;
use romduol_plan::readings::{Source, View};
use romduol_plan::status::Status;
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Date, Entry, Lang, Period, State};

const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps")
}

fn state() -> State {
    let changes = package::changes(&package::files(&folder()).unwrap()).unwrap();
    let mut state = State::default();
    let actor = Actor { account: "test".into(), post: "test".into() };
    state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
    state
}

#[test]
fn has_no_faults_and_the_counts_of_its_sources() {
    let checked = package::check(&package::files(&folder()).unwrap());
    assert_eq!(checked.faults, []);
    let state = state();
    let level = |level| state.all::<Node>().filter(|n| n.level == level).count();
    assert_eq!(
        [level(NodeLevel::Pillar), level(NodeLevel::Outcome), level(NodeLevel::Output), level(NodeLevel::Action)],
        [4, 5, 14, 33]
    );
    let of_report =
        |body: &&std::sync::Arc<Institution>| body.source.contains("Table") || body.source.starts_with("8.2");
    assert_eq!(state.all::<Institution>().filter(of_report).count(), 61);
    assert_eq!(state.count::<Evidence>(), 240);
    assert_eq!(state.count::<Slot>(), 5);
    let areas = |level| state.all::<Area>().filter(|a| a.level == level).count();
    assert_eq!([areas(AreaLevel::Province), areas(AreaLevel::District), areas(AreaLevel::Commune)], [25, 210, 1652]);
    let two_outputs = state.all::<Node>().filter(|n| n.level == NodeLevel::Action && n.parents.len() == 2).count();
    assert_eq!(two_outputs, 2);
}

#[test]
fn descriptor_in_the_folder_is_the_one_of_the_program() {
    let stored: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder().join("datapackage.json")).unwrap()).unwrap();
    assert_eq!(stored, descriptor("cambodia-wps"), "run: romduol plan describe plans/cambodia-wps");
}

/// The report's contradictions are found by rule, with their numbers.
#[test]
fn contradictions_of_the_report_are_findings() {
    let state = state();
    let found = findings(&state, TODAY);
    let about = |rule: &str, id: &str| {
        let of_rule = found.iter().filter(|f| f.say.key.strip_prefix("finding-") == Some(rule));
        of_rule.filter(|f| f.records.iter().any(|(_, record)| record == id)).count()
    };
    assert_eq!(about("two-values-chosen", "ST125"), 1, "21.4 and 21.2 for peacekeepers");
    assert_eq!(about("two-values-chosen", "ST073"), 1, "41 and 42 for the civil service");
    assert_eq!(about("two-values-rounded", "ST083"), 1, "14.8 is 14.77 rounded");
    assert_eq!(about("total-outside-sexes", "ST130"), 1, "89 % of all, 93 % of men, 91 % of women");
    assert_eq!(about("part-exceeds-whole", "ST056"), 1, "more social-media users than internet users");
    assert_eq!(about("sexes-do-not-add-up", "ST001"), 1, "250 people, 205 women, 43 men");
    assert_eq!(about("parts-not-100-rounding", "ST175"), 1, "13 + 57 + 31");
    assert!(found.iter().all(|f| f.say.key != "finding-two-values"), "every disagreement has a preferred value");
}

/// Golden cases: what the report's own figures say of the plan's indicators at the end of 2024.
#[test]
fn figures_of_the_report_give_these_standings() {
    let state = state();
    let totals = Totals::build(&state, false);
    let view = View { state: &state, totals: &totals, illustrative: false };
    let standing = |id: &str| view.standing(state.find::<Indicator>(id).unwrap(), Period::year(2024));
    let golden = [
        ("PAR-01", Some(14.4), Status::NoTarget),
        ("PAR-06", Some(27.0), Status::Achieved),
        ("PAR-09", Some(21.4), Status::Achieved),
        ("PAR-17", Some(42.0), Status::OffTrack),
        ("PRV-08", Some(11.0), Status::NoTarget),
        ("PAR-08", None, Status::NoData),
        ("PRT-03", None, Status::NoData),
    ];
    for (id, value, status) in golden {
        let standing = standing(id);
        assert_eq!(standing.reading.as_ref().map(|r| r.value), value, "{id}");
        assert_eq!(standing.status(), status, "{id}");
    }
    let peacekeepers = view.series(state.find::<Indicator>("PAR-09").unwrap(), "KH");
    assert_eq!(peacekeepers.counted.len() + peacekeepers.beside.len(), 2);
    assert!(peacekeepers.counted[0].preference.is_some());
    assert!(matches!(&peacekeepers.beside[0].source, Source::Figure(f) if f.id == "ST126"));
}

/// A wrong package: one clear sentence for each fault, with its place and its mend.
#[test]
fn faults_name_their_place_and_their_mend() {
    let mut files = package::files(&folder()).unwrap();
    let nodes = String::from_utf8(files["nodes.csv"].clone()).unwrap();
    files.insert("nodes.csv".into(), nodes.replacen(",PROT,", ",Pillar 2,", 1).into_bytes());
    let targets = String::from_utf8(files["targets.csv"].clone()).unwrap();
    files.insert("targets.csv".into(), targets.replacen(",27,", ",27%,", 1).into_bytes());
    files.insert("slots.csv".into(), b"%PDF-1.7 not a table".to_vec());
    files.remove("themes.csv");
    let told = |lang: Lang| -> Vec<String> {
        package::check(&files).faults.iter().map(|fault| Locale::of(lang).tell(&fault.say())).collect()
    };
    let faults = told(Lang::En);
    let has = |part: &str| assert!(faults.iter().any(|f| f.contains(part)), "{part} in {faults:#?}");
    has("names a pillar by number");
    has("which pillar is meant?");
    has("column value: “27%” is a percentage, and this column holds none");
    has("slots.csv: is no table: it is a file of type PDF");
    has("themes.csv: is missing");
    assert!(told(Lang::Km).iter().any(|fault| fault.contains("«27%» ជាភាគរយ")));
    assert!(package::changes(&files).is_err());
}
