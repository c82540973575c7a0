//! The situation analysis of the reference plan through the program's rules: what is in, linked and found, and what the
//! report contradicts.

use std::path::Path;

use romduol_app::search::Index;
use romduol_app::{package, records, similar};
use romduol_locale::Locale;
use romduol_plan::kinds::*;
use romduol_plan::links::Links;
use romduol_plan::package::{Package, Sheet};
use romduol_plan::quality::findings;
use romduol_plan::{Actor, Date, Entry, Kind, Lang, State, coherence, commitments, people};

const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

fn state() -> State {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let changes = package::changes(&package::files(&folder).unwrap()).unwrap();
    let mut state = State::default();
    let actor = Actor { account: "test".into(), post: "test".into() };
    state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
    state
}

#[test]
fn everything_of_the_report_is_in() {
    let state = state();
    let counts = [
        ("measures and gaps", state.count::<Gap>(), 52),
        ("policies", state.count::<Policy>(), 152),
        ("instruments, two of them parents that the report only implies", state.count::<Instrument>(), 82),
        ("consultations and their rows", state.count::<Consultation>() + state.count::<Attendance>(), 31),
        ("contradictions", state.count::<Contradiction>(), 103),
        ("elements", state.count::<Element>(), 10),
        ("models", state.count::<Model>(), 15),
        ("next steps", state.count::<NextStep>(), 17),
    ];
    for (what, found, expected) in counts {
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn links_reach_what_they_should() {
    let state = state();
    let links = Links::of(&state);
    let alone = |kind: Kind| state.ids(kind).into_iter().filter(|id| links.is_alone(kind, id)).count();
    assert_eq!(alone(Kind::Node), 0);
    assert_eq!(alone(Kind::Gap), 0);
    assert_eq!(alone(Kind::Contribution), 0);
    // What the report mentions without an issue, a link or a part is shown as such, not hidden.
    let without = [Kind::Evidence, Kind::Policy, Kind::Instrument, Kind::Institution, Kind::NextStep];
    assert_eq!(without.map(alone), [8, 0, 14, 18, 5], "{:?}", without.map(Kind::code));
    // A link can be walked both ways.
    let gap = state.all::<Alignment>().find_map(|link| link.gap.clone()).unwrap();
    let link = &links.to(Kind::Gap, &gap)[0];
    assert!(links.from(link.from.0, &link.from.1).contains(link));
    let unanswered: Vec<&str> = coherence::unanswered(&state).map(|gap| gap.id.as_str()).collect();
    assert_eq!(unanswered, ["G1.1.6", "G4.1.4", "G5.1.6", "G6.1.5", "G8.1.4", "G8.1.5"]);
    let covered = state.all::<Instrument>().filter(|one| !commitments::coverage(&state, &one.id).is_empty()).count();
    assert!(covered > 25, "{covered}");
}

/// Annex 9.3 as printed: two heads and two rows do not add up, and the program says so with the numbers.
#[test]
fn the_faults_of_the_consultation_tables_are_found() {
    let state = state();
    let found = findings(&state, TODAY);
    let of = |rule: &str| found.iter().filter(|f| f.say.key == rule).collect::<Vec<_>>();
    let sexes: Vec<[f64; 3]> = of("finding-consultation-sexes")
        .iter()
        .map(|f| ["total", "women", "men"].map(|part| f.say.number_of(part).unwrap()))
        .collect();
    for faulty in [[70.0, 63.0, 8.0], [33.0, 28.0, 4.0], [9.0, 8.0, 2.0], [70.0, 70.0, 70.0]] {
        assert!(sexes.contains(&faulty), "{faulty:?} in {sexes:?}");
    }
    assert_eq!(sexes.len(), 4);
    let heads: Vec<[f64; 2]> = of("finding-consultation-head")
        .iter()
        .map(|f| ["head", "rows"].map(|part| f.say.number_of(part).unwrap()))
        .collect();
    assert!(heads.contains(&[70.0, 91.0]), "{heads:?}");
    // After correction the interviews read 198 people, 166 women, 32 men (section 1.2).
    let interviews = state.all::<Consultation>().filter(|event| event.method == Method::Interviews);
    let sums = interviews.fold([0; 3], |sum, event| {
        let valid = people::counts_of_event(event).valid();
        std::array::from_fn(|i| sum[i] + valid[i].unwrap())
    });
    assert_eq!(sums, [198, 166, 32]);
}

/// Small groups at risk are hidden from whoever may not read them, and the rest does not give them away.
#[test]
fn small_groups_are_hidden_with_company() {
    let state = state();
    for event in state.all::<Consultation>() {
        let groups: Vec<_> = people::groups(&state, &event.id).collect();
        let hidden = romduol_app::heard::hidden(&groups).groups;
        let small = |group: &Attendance| group.class == Class::Restricted && group.total < Some(10);
        for group in groups.iter().filter(|group| small(group)) {
            assert!(hidden.contains(&group.id), "{}", group.id);
            assert!(hidden.len() > 1);
        }
    }
}

#[test]
fn search_finds_khmer_and_english() {
    let state = state();
    let index = Index::of(&state);
    let first = |asked: &str| index.find(asked).first().map(|hit| hit.record.1.clone()).unwrap_or_default();
    let finds = |asked: &str, id: &str| index.find(asked).iter().any(|hit| hit.record.1 == id);
    assert_eq!(first("par-09"), "PAR-09");
    assert!(finds("peacekeepers", "PAR-09"));
    assert!(finds("cybercrime", "A1.04"));
    assert!(finds("ក្រសួងកិច្ចការនារី", "MOWA"));
    assert!(finds("កិច្ចការនារី", "MOWA"), "a part of a compound");
    assert!(index.find("ហិង្សា").len() > 3);
    // Women, in a plan that is about them, however they are spelt.
    for asked in ["women", "ស្ត្រី", "ស្រ្តី", "ស្ដ្រី", "ស្រ្ដី", "ស\u{200B}្ត្រី\u{200B}", "ស្តី"]
    {
        let found = index.find(asked);
        let named = found.iter().filter(|hit| {
            let title = state.body(hit.record.0, &hit.record.1).unwrap().title();
            title.km.contains("ស្ត្រី") || title.en.to_lowercase().contains("women")
        });
        let named = named.count();
        assert!(named > 20, "{asked}: {named}");
    }
    assert_eq!(first("PAR-០៩"), "PAR-09");
    // The same order after every start, and nothing left out where there is much.
    let again = Index::of(&state);
    for asked in ["women", "ស្ត្រី", "PRT-08"] {
        assert_eq!(again.find(asked), index.find(asked), "{asked}");
    }
    assert!(index.find("women").len() > 60);
    assert!(index.find("zzzz").is_empty() && index.find("").is_empty());
}

#[test]
fn likeness_is_a_question_with_its_words() {
    let pairs = similar::pairs(&state());
    assert!(!pairs.is_empty());
    for pair in &pairs {
        assert!((0.0..=1.0).contains(&pair.likeness) && !pair.shared.is_empty(), "{pair:?}");
        assert_eq!(pair.first.0, Kind::Node);
    }
    assert!(pairs.windows(2).all(|pair| pair[0].likeness >= pair[1].likeness));
}

/// Every table goes out and comes back without a change.
#[test]
fn tables_come_back_as_they_went() {
    let state = state();
    for kind in Kind::of_package().filter(|kind| kind.is_edited()) {
        let bodies: Vec<Body> = state.ids(kind).into_iter().filter_map(|id| state.body(kind, id)).collect();
        let bytes = records::table(&state, kind, &bodies).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().iter().map(String::from).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
        let sheet = Sheet::of_texts(header, rows);
        let others = Kind::of_package()
            .flat_map(|other| state.ids(other).into_iter().filter_map(|id| state.body(other, id)).collect::<Vec<_>>());
        let package = Package::amend(others, &|_, _| false, kind, &sheet);
        assert_eq!(package.faults, []);
        assert!(package.records.iter().map(|(_, body)| body).eq(&bodies), "{}", kind.code());
    }
}

/// Bad rows: one sentence each, with the place, the value and the mend.
#[test]
fn bad_rows_are_told_apart() {
    let state = state();
    let amend = |kind: Kind, text: &str| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().iter().map(String::from).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
        let sheet = Sheet::of_texts(header, rows);
        let bodies = Kind::of_package()
            .flat_map(|other| state.ids(other).into_iter().filter_map(|id| state.body(other, id)).collect::<Vec<_>>());
        let faults = Package::amend(bodies, &|_, _| false, kind, &sheet).faults;
        faults.iter().map(|fault| Locale::of(Lang::En).tell(&fault.say())).collect::<Vec<_>>().join("\n")
    };
    let policy = "id,name,kind,start_year,end_year,stated,stated_basis,themes,source\n";
    let has = |text: &str, part: &str| assert!(text.contains(part), "{part} in {text}");
    has(
        &amend(Kind::Policy, &format!("{policy}X,Plan,law,2024,2020,in force,stated,I1,s\n")),
        "is before the first year, 2024",
    );
    has(
        &amend(Kind::Policy, &format!("{policy}X,Plan,law,,,in force,stated,I9,s\n")),
        "“I9” is not an id in themes.csv",
    );
    let link = "id,node,gap,basis,source\n";
    has(&amend(Kind::Alignment, &format!("{link}AL1,Pillar 2,G1.1.1,our reading,s\n")), "which pillar is meant?");
    has(&amend(Kind::Alignment, &format!("{link}AL1,A1.01,,our reading,s\n")), "does not say what is answered");
    let step = "id,stage,order,title,after,start,end,progress,source\n";
    let circle = format!("{step}N01,analysis,1,One,N02,,,planned,s\nN02,analysis,2,Two,N01,,,planned,s\n");
    has(&amend(Kind::NextStep, &circle), "leads back to itself over N01 → N02 → N01");
    has(
        &amend(Kind::NextStep, &format!("{step}X1,analysis,1,One,,2026-05-01,2026-04-01,planned,s\n")),
        "is before the start",
    );
    has(&amend(Kind::NextStep, &format!("{step}X1,analysis,1,One,,May 2026,,planned,s\n")), "is not a date");
    let issue = "id,title,title_km,source\nI1,Issue,RksYgkic©karnarI nigsuxmalPaB,s\n";
    has(&amend(Kind::Theme, issue), "is not Khmer in Unicode");
    let corrected = "id,consultation,group,total,corrected_total,class,source\nX,CON-3,Group,3,4,public,s\n";
    has(&amend(Kind::Attendance, corrected), "is empty for a corrected number");
}
