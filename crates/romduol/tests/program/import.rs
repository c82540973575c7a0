//! Returns from a file: what fits is filed once, what does not is named with its row and its mend.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use romduol_app::correction::Correction;
use romduol_app::import::{Options, Tally};
use romduol_app::{App, Clock, ErrorClass, package};
use romduol_plan::answers::questions;
use romduol_plan::kinds::*;
use romduol_plan::{Actor, Kind, Lang, Period, State};

/// 23 November 2026.
const TODAY: i64 = 1_795_392_000;
const DIMENSIONS: [&str; 8] = ["sex", "age", "disability", "rank", "seat", "trafficking", "hazard", "group"];
pub const HEADER: &str =
    "form,area,period,indicator,sex,age,disability,rank,seat,trafficking,hazard,group,value,base\n";

pub struct Folder {
    dir: tempfile::TempDir,
    pub app: App,
}

pub async fn folder() -> Folder {
    let dir = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let app = App::create(dir.path(), Clock::Fixed(TODAY), &package::files(&plan).unwrap()).await.unwrap();
    Folder { dir, app }
}

/// Every cell of a unit's return, in the order of its form.
pub fn rows(state: &State, unit: &str, period: &str, value: f64) -> String {
    let assignment = state.find::<Assignment>(unit).unwrap();
    let mut text = String::new();
    for question in questions(state, assignment) {
        if question.indicator.kind == ValueKind::Narrative {
            continue;
        }
        for (categories, beside) in question.cells() {
            let of = |dimension: &str| {
                let own =
                    categories.iter().find(|id| state.find::<Category>(id).is_some_and(|c| c.dimension == dimension));
                own.cloned().unwrap_or_default()
            };
            let known = DIMENSIONS.map(of);
            let base = if romduol_plan::answers::has_base(question.indicator.kind) { "100" } else { "" };
            let (form, area) = (&assignment.form, &assignment.area);
            let value = if beside { 0.0 } else { value };
            text += &format!("{form},{area},{period},{},{},{value},{base}\n", question.indicator.id, known.join(","));
        }
    }
    text
}

impl Folder {
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub async fn import(&self, text: impl AsRef<[u8]>, change: impl FnOnce(&mut Options)) -> Tally {
        self.import_as("returns.csv", text, change).await
    }

    pub async fn import_as(&self, name: &str, text: impl AsRef<[u8]>, change: impl FnOnce(&mut Options)) -> Tally {
        let file = self.path(name);
        std::fs::write(&file, text).unwrap();
        let mut options = self.options();
        change(&mut options);
        self.app.import_returns(&file, &options, |_| {}).await.unwrap()
    }

    pub fn options(&self) -> Options {
        Options {
            actor: Actor { account: "program".into(), post: "import".into() },
            accept: true,
            correct: None,
            dry_run: false,
            all_or_nothing: false,
            partial: false,
            rejects: Some(self.path("rejected.csv")),
            lang: Lang::En,
        }
    }

    /// The refused rows of the last import.
    pub fn rejected(&self) -> String {
        std::fs::read_to_string(self.path("rejected.csv")).unwrap_or_default()
    }

    pub fn returns(&self) -> usize {
        self.app.snapshot().state.count::<Return>()
    }
}

#[tokio::test]
async fn a_file_is_filed_once_and_counts() {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let text = HEADER.to_string()
        + &rows(&state, "province-quarter.KH-01", "2026Q1", 3.0)
        + &rows(&state, "province-quarter.KH-02", "2026Q1", 4.0);
    let dry = folder.import(&text, |options| options.dry_run = true).await;
    assert_eq!((dry.filed, dry.rejected_rows, folder.returns()), (2, 0, 0), "{:?}", dry.reasons);
    let tally = folder.import(&text, |_| {}).await;
    assert_eq!((tally.filed, tally.already, tally.rejected_rows, folder.returns()), (2, 0, 0, 2));
    let snapshot = folder.app.snapshot();
    let indicator = snapshot.state.find::<Indicator>("RAR-04").unwrap().clone();
    let period: Period = "2026Q1".parse().unwrap();
    let total = snapshot.view(false).totals.total(&indicator, "KH", period).unwrap();
    assert_eq!((total.value, total.reported, total.expected), (70.0, 2, 25), "two sexes by five ages, 3 and 4");
    // A second run finds everything in place, as after a kill.
    let again = folder.import(&text, |_| {}).await;
    assert_eq!((again.filed, again.already, folder.returns()), (0, 2, 2));
    assert!(folder.app.ledger.verify().await.unwrap().broken.is_none());
    assert_eq!(folder.rejected(), "", "no row was refused, so no file is left");
}

#[tokio::test]
async fn semicolons_and_khmer_digits_are_read() {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let text = HEADER.to_string() + &rows(&state, "province-quarter.KH-01", "2026Q1", 3.0);
    let text = text.replace(',', ";").replace(";3;", ";៣;");
    let tally = folder.import("\u{feff}".to_string() + &text, |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{:?} {}", tally.reasons, folder.rejected());
}

#[tokio::test]
async fn what_does_not_fit_is_named_and_other_returns_go_in() {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let good = rows(&state, "province-quarter.KH-01", "2026Q1", 3.0);
    let mut text = HEADER.to_string() + &good;
    text += "province-quarter,KH-99,2026Q1,RAR-04,sex.f,age.0-17,,,,,,,1,\n";
    text += "province-quarter,KH-02,2026Q9,RAR-04,sex.f,age.0-17,,,,,,,1,\n";
    text += "province-quarter,KH-03,2030Q1,RAR-04,sex.f,age.0-17,,,,,,,1,\n";
    let one_bad = rows(&state, "province-quarter.KH-04", "2026Q1", 3.0).replacen(",3,", ",three,", 1);
    text += &one_bad;
    let ratio = rows(&state, "province-year.KH-05", "2025", 1.0);
    let ratio = ratio.replacen("PAR-03,,,,,,,,,1,100", "PAR-03,,,,,,,,,1000000000,100", 1);
    text += &ratio;
    text += "province-quarter,KH-06,20";
    let tally = folder.import(&text, |_| {}).await;
    let rejected = folder.rejected();
    assert_eq!(tally.filed, 1, "{rejected}");
    for reason in [
        "No unit reports as “province-quarter, KH-99”",
        "“2026Q9” is not a period",
        "quarter 1 of 2030 has not ended",
        "“three” is not a number",
        "Nothing of this return was filed because of what was refused in row",
        "1,000,000,000 out of 100 is more than all",
        "Nothing of this return was filed because of PAR-03",
    ] {
        assert!(rejected.contains(reason), "{reason} is missing in\n{rejected}");
    }
    assert_eq!((tally.rejected_rows, tally.held.len()), (6, 2));
    assert_eq!(tally.held_rows as usize, one_bad.lines().count() + ratio.lines().count() - 2);
    assert_eq!(tally.rows as usize, text.lines().count() - 1);
    let place = format!("{},", 2 + good.lines().count());
    assert!(
        rejected.lines().any(|line| line.starts_with(&place) && line.contains("KH-99")),
        "the row is that of the file"
    );
}

#[tokio::test]
async fn all_or_nothing_means_nothing() {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let text = HEADER.to_string() + &rows(&state, "province-quarter.KH-01", "2026Q1", 3.0) + "x,y,z\n";
    let tally = folder.import(&text, |options| options.all_or_nothing = true).await;
    assert_eq!((tally.rejected_rows, folder.returns()), (1, 0));
}

#[tokio::test]
async fn other_numbers_need_a_reason() {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let text = |value| HEADER.to_string() + &rows(&state, "province-quarter.KH-01", "2026Q1", value);
    folder.import(text(3.0), |_| {}).await;
    let refused = folder.import(text(5.0), |_| {}).await;
    assert_eq!(refused.filed, 0);
    assert!(folder.rejected().contains("is there with other numbers"));
    let corrected = folder.import(text(5.0), |options| options.correct = Some("late registers".into())).await;
    assert_eq!(corrected.filed, 1);
    let state = folder.app.snapshot().state.clone();
    assert_eq!(state.find::<Return>("province-quarter.KH-01.2026Q1").unwrap().version, 2);
}

/// A corrected number is durable and visible, short in the ledger, told by the history, and not seen in what was before.
#[tokio::test]
async fn a_correction_says_what_it_changed() {
    let folder = folder().await;
    let unit = "province-quarter.KH-01";
    let text = HEADER.to_string() + &rows(&folder.app.snapshot().state, unit, "2026Q1", 3.0);
    folder.import(&text, |_| {}).await;
    let (before, period): (_, Period) = (folder.app.snapshot(), "2026Q1".parse().unwrap());
    let actor = Actor { account: "program".into(), post: "secretariat".into() };
    let categories: Vec<Id> = vec!["sex.f".into(), "age.0-17".into()];
    let cell = |indicator: &str, categories: &[Id], value| {
        let correction = Correction { indicator: indicator.into(), categories: categories.to_vec(), value };
        BTreeMap::from([((unit.to_string(), period), vec![correction])])
    };
    for value in [5.0, 6.0] {
        folder.app.correct_cells(&actor, "a slip", &cell("RAR-04", &categories, value)).await.unwrap();
    }
    let value = |app: &App, snapshot: &romduol_app::Snapshot| {
        let indicator = app.snapshot().state.find::<Indicator>("RAR-04").unwrap().clone();
        snapshot.view(false).totals.total(&indicator, "KH-01", period).unwrap().value
    };
    let now = folder.app.snapshot();
    assert_eq!((value(&folder.app, &now), value(&folder.app, &before)), (33.0, 30.0));
    let then = folder.app.at(now.head.seq - 1).await.unwrap();
    assert_eq!(value(&folder.app, &then), 32.0, "as of the first correction");
    let stored = folder.app.ledger.entry(now.head.seq).await.unwrap().unwrap();
    assert!(stored.body.contains("\"amend\"") && stored.body.len() < 900, "{}", stored.body);

    let events = folder.app.history(&now, Kind::Return, &format!("{unit}.2026Q1")).await.unwrap();
    let lines: Vec<String> =
        events[0].changed.iter().map(|c| format!("{}: {} -> {}", c.field, c.before, c.after)).collect();
    assert_eq!(lines, ["version: 2 -> 3", "answers.RAR-04.cells.sex.f · age.0-17: 5 -> 6"]);
    assert_eq!((events.len(), events[0].why.as_str()), (3, "a slip"));

    // What the return has not got is refused, and nothing of it is filed.
    for (indicator, categories) in [("RAR-04", &categories[..1]), ("NO-SUCH", &categories[..])] {
        assert!(folder.app.correct_cells(&actor, "a slip", &cell(indicator, categories, 1.0)).await.is_err());
    }
    assert_eq!(folder.app.snapshot().head, now.head);

    // And another start finds the same.
    folder.app.clone().close().await;
    let again = App::open(folder.dir.path(), Clock::Fixed(TODAY)).await.unwrap();
    assert_eq!(value(&again, &again.snapshot()), 33.0);
    assert!(again.snapshot().state.all::<Return>().eq(now.state.all::<Return>()));
}

#[tokio::test]
async fn old_encodings_and_other_files_are_refused_in_one_sentence() {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let mut latin = (HEADER.to_string() + &rows(&state, "province-quarter.KH-01", "2026Q1", 3.0)).into_bytes();
    latin.extend(b"province-quarter,KH-02,2026Q1,RAR-04,sex.f,\xe9ge,,,,,,,1,\n");
    let files: [(&str, &[u8], &str); 6] = [
        ("latin.csv", &latin, "UTF-8"),
        ("sheet.csv", b"PK\x03\x04 a workbook", "sheet.csv"),
        ("narrow.csv", b"area,period,value\n", "no column “assignment"),
        ("paper.csv", b"%PDF-1.7\n1 0 obj\n", "PDF"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "image/png"),
        ("empty.csv", b"", "no column “assignment"),
    ];
    for (file, bytes, words) in files {
        std::fs::write(folder.path(file), bytes).unwrap();
        let options = Options { rejects: None, ..folder.options() };
        let error = folder.app.import_returns(&folder.path(file), &options, |_| {}).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!((error.class(), folder.returns()), (ErrorClass::Refused, 0));
    }
}

/// Letters with which other files begin, too.
#[tokio::test]
async fn a_file_may_begin_as_it_likes() {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let rows = rows(&state, "province-quarter.KH-01", "2026Q1", 3.0);
    for title in ["BM", "GIF89a", "ID3", "PK"] {
        let tally = folder.import(format!("{title} returns\n\n{HEADER}{rows}"), |_| {}).await;
        assert_eq!((tally.filed + tally.already, tally.rejected_rows), (1, 0), "{}", folder.rejected());
        assert_eq!(tally.notes.len(), 1, "the title above the header is told");
    }
}

/// A snapshot that was kept gives the same plan, and a damaged or foreign one is not read.
#[tokio::test]
async fn a_kept_state_is_the_same_state() {
    let folder = folder().await;
    folder.app.fill_demo(true).await.unwrap();
    let state = folder.app.snapshot().state.clone();
    let bytes = state.to_bytes();
    let kept = State::from_bytes(&bytes).unwrap();
    assert_eq!(kept.to_bytes(), bytes);
    assert_eq!(kept.position(), state.position());
    for kind in romduol_plan::Kind::ALL {
        assert_eq!(kept.ids(*kind), state.ids(*kind));
        for id in state.ids(*kind) {
            assert_eq!(kept.body(*kind, id), state.body(*kind, id));
            assert_eq!(kept.touched_by(*kind, id), state.touched_by(*kind, id));
        }
    }
    assert!(State::from_bytes(&bytes[..bytes.len() / 2]).is_none());
    assert!(State::from_bytes(b"something else").is_none());
}

/// Counting late returns gives what looking at each one gives.
#[tokio::test]
async fn late_returns_are_counted_right() {
    let folder = folder().await;
    folder.app.fill_demo(true).await.unwrap();
    let (state, today) = (folder.app.snapshot().state.clone(), folder.app.now().date);
    let mut all = 0;
    for day in [today, today.plus_days(30), today.plus_days(60)] {
        for assignment in state.all::<Assignment>() {
            let slow = romduol_plan::returns::owed(&state, assignment, day).iter().filter(|d| d.overdue(day)).count();
            assert_eq!(romduol_plan::returns::late(&state, assignment, day), slow, "{} {day}", assignment.id);
            all += slow;
        }
    }
    assert!(all > 0, "some are late");
}
