//! Data folders that earlier programs have left (`fixtures/releases/*.folder`): this one opens, upgrades, backs up and restores
//! them, and they say what they said. A fixture is made once, at its release, by [`make_the_folders_of_this_release`], and never
//! again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use romduol_app::accounts::{Person, Proof};
use romduol_app::draft::{FileChanges, Opened, Typed};
use romduol_app::filing::Filed;
use romduol_app::import::Options;
use romduol_app::sound::{self, Beside};
use romduol_app::{App, Clock, attach, demo, package};
use romduol_ledger::{Ledger, NewAccount, SCHEMA_VERSION};
use romduol_plan::answers::{Question, has_base, questions};
use romduol_plan::commands::returns::SubmitReturn;
use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Actor, Lang, Period};

use crate::import;

/// 23 November 2026.
const TODAY: i64 = 1_795_392_000;
const LOGIN: &str = "dara";
const PASSWORD: &str = "nine lotus flowers";

/// A folder that a program has left.
struct Left {
    name: &'static str,
    schema: u32,
    /// What this program sees in the snapshot beside the ledger. When the format of snapshots changes, that is nothing for all
    /// folders before: the ledger is folded, and a new snapshot written.
    snapshot: Beside,
    account: (&'static str, &'static str),
    says: &'static str,
}

/// `real` was left by a program that was killed: its last entries stand in the log beside the file and are not in the
/// snapshot. `demo` was put to rest, and its ledger is too short for a snapshot. Its edition is in the backup of its release.
const FOLDERS: [Left; 2] = [
    Left {
        name: "0.1-real",
        schema: 8,
        snapshot: Beside::Sound,
        account: (LOGIN, PASSWORD),
        says: "502 entries, fingerprint 14266380f869d2a58e1acca23cd23c80bc2b4879fceeaa20bdf4a4513c0066aa; \
               52 indicators, 1888 areas, 251 returns, 250 accepted; 1 accounts, 1 drafts, 1 files; \
               RAR-04 in 2026Q2 is 1000 from 25 of 25",
    },
    Left {
        name: "0.1-demo",
        schema: 8,
        snapshot: Beside::None,
        account: ("reporter", demo::PASSWORD),
        says: "32 entries, fingerprint 8f76b3fca36ccdfd98045560f85a67be28ad31e87fb8dc7ff4e684179ac1dfb6; \
               52 indicators, 1888 areas, 392 returns, 384 accepted; 9 accounts, 0 drafts, 0 files; \
               RAR-04 in 2026Q2 is 133 from 24 of 25",
    },
];

/// What is read from a folder, whatever way it came here.
async fn says(app: &App) -> String {
    let (snapshot, ledger) = (app.snapshot(), &app.ledger);
    let (state, totals, quarter) = (&snapshot.state, snapshot.view(true).totals, "2026Q2".parse::<Period>().unwrap());
    let indicator = state.find::<Indicator>("RAR-04").unwrap();
    let total = totals.total(indicator, "KH", quarter).unwrap();
    let records = format!(
        "{} indicators, {} areas, {} returns, {} accepted",
        state.count::<Indicator>(),
        state.count::<Area>(),
        state.count::<Return>(),
        state.accepted().count()
    );
    let beside = format!(
        "{} accounts, {} drafts, {} files",
        ledger.accounts().await.unwrap().len(),
        ledger.drafts().await.unwrap().len(),
        ledger.blobs().list().await.unwrap().len()
    );
    let (head, value) = (&snapshot.head, total.value);
    let total = format!("RAR-04 in {quarter} is {value} from {} of {}", total.reported, total.expected);
    format!("{} entries, fingerprint {}; {records}; {beside}; {total}", head.seq, head.hash)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/program/fixtures/releases/{name}.folder"))
}

/// The folder as it was left.
pub(crate) fn unpack(name: &str, to: &Path) {
    let packed = zstd::Decoder::new(File::open(fixture(name)).unwrap()).unwrap();
    tar::Archive::new(packed).unpack(to).unwrap();
}

pub(crate) async fn open(folder: &Path) -> App {
    App::open(folder, Clock::Fixed(TODAY)).await.unwrap()
}

/// Looks without touching: the schema, and the snapshot beside the ledger.
async fn look(folder: &Path) -> (u32, Beside) {
    let ledger = Ledger::open_as_it_is(folder).await.unwrap();
    let seen = (ledger.schema().await.unwrap(), sound::beside(&ledger).await.unwrap());
    ledger.close().await;
    seen
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_romduol")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_programs_left_is_opened_upgraded_backed_up_and_restored() {
    for left in FOLDERS {
        let (name, dir) = (left.name, tempfile::tempdir().unwrap());
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
        let (data, again, backup) = (dir.path().join("data"), dir.path().join("again"), at("backup"));
        unpack(name, &data);
        assert_eq!(look(&data).await, (left.schema, left.snapshot), "{name}: looking upgrades nothing");
        let kept = || fs::read(data.join("romduol.snapshot")).ok();
        let before = kept();

        let app = open(&data).await;
        assert_eq!(says(&app).await, left.says, "{name}");
        let (login, password) = left.account;
        assert!(app.sign_in(login, password).await.unwrap().session().is_some(), "{name}");
        app.close().await;
        let is_read = left.snapshot == Beside::Sound || before.is_none();
        assert_eq!(kept() == before, is_read, "{name}: a snapshot that is not read is replaced");
        let beside = if before.is_some() { Beside::Sound } else { Beside::None };
        assert_eq!(look(&data).await, (SCHEMA_VERSION, beside), "{name}");

        let (end, _) = left.says.split_once(';').unwrap();
        assert!(done(&["verify", "--data", &at("data")]).contains(end), "{name}");
        done(&["backup", &backup, "--data", &at("data")]);
        assert!(done(&["verify", &backup]).contains(end), "{name}");
        done(&["restore", &backup, "--data", &at("again")]);
        let app = open(&again).await;
        assert_eq!(says(&app).await, left.says, "{name}, restored");
        app.close().await;
    }
}

/// Run at a release, by its own program: `cargo test --workspace --test program make_the_folders -- --ignored`. What it prints
/// belongs into [`FOLDERS`]. A fixture that is there is never made anew.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes fixtures/releases/*.folder; run by hand at a release"]
async fn make_the_folders_of_this_release() {
    let (release, _) = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (real, made_up) = (dir.path().join("real"), dir.path().join("demo"));
    let app = worked_in(&real).await;
    pack(&real, &format!("{release}-real"));
    println!("{release}-real, schema {SCHEMA_VERSION}: {}", says(&app).await);
    let app = App::begin_demo(&made_up, Clock::Fixed(TODAY), &plan(), true).await.unwrap();
    println!("{release}-demo, schema {SCHEMA_VERSION}: {}", says(&app).await);
    app.close().await;
    pack(&made_up, &format!("{release}-demo"));
}

fn plan() -> package::Files {
    package::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps")).unwrap()
}

fn pack(folder: &Path, name: &str) {
    let mut packed = zstd::Encoder::new(File::create_new(fixture(name)).unwrap(), 19).unwrap();
    packed.window_log(25).unwrap();
    packed.long_distance_matching(true).unwrap();
    let mut tar = tar::Builder::new(packed);
    tar.append_dir_all("", folder).unwrap();
    tar.into_inner().unwrap().finish().unwrap();
}

/// A plan in use: returns of years, corrected ones, one with a file, a draft, somebody who is signed in.
async fn worked_in(folder: &Path) -> App {
    let app = App::create(folder, Clock::Fixed(TODAY), &plan()).await.unwrap();
    let dara = NewAccount {
        login: LOGIN.into(),
        name: "Dara".into(),
        role: "reporter".into(),
        institution: Some("PDWA-12".into()),
        area: Some("KH-12".into()),
        language: "km".into(),
        ..NewAccount::default()
    };
    app.add_account(dara, PASSWORD).await.unwrap();
    import_years(&app, 3.0, None).await;
    import_years(&app, 4.0, Some("counted again".into())).await;
    app.keep_snapshot().await;
    app.ledger.scrub().await.unwrap();

    let post = Post { role: Role::Reporter, institution: Some("PDWA-12".into()), area: Some("KH-12".into()) };
    let account = app.ledger.accounts().await.unwrap().remove(0).id;
    let dara = Person { account, name: "Dara".into(), post, lang: Lang::Km, proof: Proof::default() };
    file_with_evidence(&app, &dara).await;
    let due = app.open_return(&app.snapshot().state, &dara, "province-year.KH-12", Period::year(2025)).unwrap();
    let typed = Typed::from([("c|RAR-04".into(), "asked again".into())]);
    app.save_draft(&dara, &due, typed, Opened::default(), &FileChanges::default()).await.unwrap();
    app.sign_in(LOGIN, PASSWORD).await.unwrap().session().unwrap();
    app
}

/// All provinces, every quarter from 2024 to the second one of 2026.
async fn import_years(app: &App, value: f64, correct: Option<String>) {
    let state = app.snapshot().state.clone();
    let mut text = import::HEADER.to_string();
    let quarters = (2024..=2026).flat_map(|year| (1..=4).map(move |quarter| format!("{year}Q{quarter}"))).take(10);
    for quarter in quarters {
        for unit in state.all::<Assignment>().filter(|unit| unit.form == "province-quarter") {
            text += &import::rows(&state, &unit.id, &quarter, value);
        }
    }
    let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    fs::write(file.path(), text).unwrap();
    let options = Options {
        actor: Actor { account: "program".into(), post: "import".into() },
        accept: true,
        correct,
        dry_run: false,
        all_or_nothing: false,
        partial: false,
        rejects: None,
        lang: Lang::En,
    };
    let tally = app.import_returns(file.path(), &options, |_| {}).await.unwrap();
    assert_eq!(tally.rejected_rows, 0, "{:?}", tally.reasons);
}

async fn file_with_evidence(app: &App, dara: &Person) {
    let due =
        app.open_return(&app.snapshot().state, dara, "province-quarter.KH-12", "2026Q3".parse().unwrap()).unwrap();
    let evidence = attach::store(app, "minutes.csv", b"topic,women\npatrols,7\n".to_vec()).await.unwrap();
    let answer = |question: Question| Answer {
        cells: Cells {
            values: question.cells().map(|(_, beside)| Some(if beside { 0.0 } else { 7.0 })).collect(),
            bases: question.cells().map(|_| has_base(question.indicator.kind).then_some(100.0)).collect(),
            grid: question.grid.clone(),
        },
        files: vec![evidence.clone()],
        ..Answer::to(&question.indicator.id)
    };
    let answers = questions(&app.snapshot().state, &due.assignment).into_iter().map(answer).collect();
    let (assignment, period, reason) = (due.assignment.id.clone(), due.period, String::new());
    let submitted = app.submit(dara, SubmitReturn { assignment, period, answers, reason }).await;
    assert!(matches!(submitted.unwrap(), Filed::Submitted));
}
