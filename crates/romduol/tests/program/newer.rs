//! What a newer program has made, met by this one: a ledger and a backup are refused with the sentence that docs/operations.md
//! quotes, a snapshot is not read and made anew; nothing is changed by having been looked at. The newer program is made up: only
//! its numbers are higher.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use romduol_app::sound::{self, Beside};
use romduol_ledger::{BlobId, FILE_NAME, Ledger, SCHEMA_VERSION};
use romduol_plan::kinds::{Body, Kind};
use romduol_plan::{Actor, Change, Entry, Nonce};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

use crate::release_folders;

const NEWER: u32 = SCHEMA_VERSION + 1;

fn romduol(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_romduol")).args(arguments).output().unwrap()
}

#[track_caller]
fn done(arguments: &[&str]) {
    let output = romduol(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[track_caller]
fn refused(arguments: &[&str], sentence: &str) {
    let output = romduol(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        (output.status.code(), said.trim_end()),
        (Some(1), format!("romduol: {sentence}").as_str()),
        "{arguments:?}"
    );
}

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(contents(&path)),
            false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
        }
    }
    found
}

fn new_ledger(data: &str) {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    done(&["init", "--data", data, "--plan", plan.to_str().unwrap()]);
}

/// As the next program's migration leaves it.
async fn raise_schema(data: &Path) {
    let options = SqliteConnectOptions::new().filename(data.join(FILE_NAME));
    let mut raw = SqliteConnection::connect_with(&options).await.unwrap();
    let raise = format!("UPDATE meta SET value = '{NEWER}' WHERE key = 'schema'");
    assert_eq!(sqlx::query(AssertSqlSafe(raise)).execute(&mut raw).await.unwrap().rows_affected(), 1);
    raw.close().await.unwrap();
}

/// The paper for operators quotes a sentence, with other names and numbers in it.
#[track_caller]
fn is_quoted(words: &[&str]) {
    let paper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let paper = fs::read_to_string(paper).unwrap();
    let (_, chapter) = paper.split_once("## Upgrade and downgrade").unwrap();
    assert!(chapter.lines().any(|line| words.iter().all(|words| line.contains(words))), "the paper lacks {words:?}");
}

fn newer_schema(what: &str) -> String {
    format!(
        "The ledger {what} has schema version {NEWER}, this program knows up to {SCHEMA_VERSION}; install the newer program."
    )
}

#[tokio::test]
async fn a_newer_ledger_is_refused_by_every_command_and_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let data = at("data");
    new_ledger(&data);
    raise_schema(Path::new(&data)).await;
    let before = contents(Path::new(&data));
    assert_eq!(before.len(), 1, "the ledger alone: {:?}", before.keys());
    let (backup, copy, tables, site, returns) = (at("backup"), at("copy"), at("tables"), at("site"), at("returns.csv"));
    fs::write(&returns, "form,area,period,indicator,value\n").unwrap();
    for command in [
        &["serve", "--port", "0", "--log-filter", "off"][..],
        &["demo", "--port", "0"],
        &["verify"],
        &["backup", &backup],
        &["copy", "--to", &copy],
        &["export", "csv", &tables],
        &["import", "returns", &returns],
        &["publish", "--out", &site],
        &["edition", "list"],
        &["user", "link", "dara"],
    ] {
        let sentence = newer_schema(&format!("{data}/{FILE_NAME}"));
        refused(&[command, &["--data", &data]].concat(), &sentence);
        assert!(contents(Path::new(&data)) == before, "{command:?} changed something");
    }
    assert!(!Path::new(&backup).exists());
    is_quoted(&["The ledger ", " has schema version ", ", this program knows up to ", "; install the newer program."]);
    let output = romduol(&["doctor", "--data", &data]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(&format!("LOOK  ledger: {}", newer_schema(&format!("{data}/{FILE_NAME}")))), "{said}");
    assert!(contents(Path::new(&data)) == before, "the doctor changed something");
}

/// Not every new kind of record needs a new schema.
#[tokio::test]
async fn a_record_that_only_a_newer_program_knows_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let place = data.to_str().unwrap();
    new_ledger(place);
    let said = json!({ "id": "C", "consultation": "K", "said": { "en": "Rain" }, "consent": "public", "source": "" });
    let changes = vec![Change::Put(Body::read(Kind::Contribution, said).unwrap())];
    let actor = Actor { account: "a".into(), post: "p".into() };
    let entry = Entry { at: "2027-01-01T00:00:00Z".into(), actor, why: String::new(), changes }.to_stored(Nonce(1));
    let ledger = Ledger::open(&data).await.unwrap();
    let newer = entry.replace("\"contributions\"", "\"weather\"");
    assert_ne!(newer, entry);
    ledger.append(&ledger.head().await.unwrap(), &[newer]).await.unwrap();
    ledger.close().await;
    let before = contents(&data);
    let sentence = "entry 2 of the ledger cannot be read: it holds a record of kind “weather”, which this version does not know; \
                    use a newer program.";
    is_quoted(&[
        "of the ledger cannot be read: it holds a record of kind ",
        ", which this version does not know; use a newer",
    ]);
    for command in
        [&["serve", "--port", "0", "--log-filter", "off"][..], &["edition", "list"], &["user", "link", "dara"]]
    {
        refused(&[command, &["--data", place]].concat(), sentence);
        assert!(contents(&data) == before, "{command:?} changed something");
    }
}

/// The same backup with other bytes in one of its members.
fn repack(from: &str, to: &str, changed: &str, bytes: &[u8]) {
    let mut old = tar::Archive::new(zstd::Decoder::new(File::open(from).unwrap()).unwrap());
    let mut new = tar::Builder::new(zstd::Encoder::new(File::create_new(to).unwrap(), 1).unwrap());
    for member in old.entries().unwrap() {
        let mut member = member.unwrap();
        let (path, mut header) = (member.path().unwrap().into_owned(), member.header().clone());
        if path == Path::new(changed) {
            header.set_size(bytes.len() as u64);
            new.append_data(&mut header, path, bytes).unwrap();
        } else {
            new.append_data(&mut header, path, &mut member).unwrap();
        }
    }
    new.into_inner().unwrap().finish().unwrap();
}

#[tokio::test]
async fn a_newer_backup_is_refused_and_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (data, ours, schema, format) = (at("data"), at("ours"), at("schema"), at("format"));
    new_ledger(&data);
    done(&["backup", &ours, "--data", &data]);
    raise_schema(Path::new(&data)).await;
    repack(&ours, &schema, FILE_NAME, &fs::read(Path::new(&data).join(FILE_NAME)).unwrap());
    repack(&ours, &format, "BACKUP", b"romduol backup 2\nof which this program knows nothing\n");
    let newer_format =
        format!("The backup {format} has format 2, this program knows up to 1; install the newer program.");
    for (backup, sentence) in [(&schema, newer_schema(&schema)), (&format, newer_format)] {
        let before = fs::read(backup).unwrap();
        refused(&["verify", backup], &sentence);
        refused(&["restore", backup, "--data", &at("again")], &sentence);
        assert_eq!(fs::read_dir(at("again")).unwrap().count(), 0, "nothing is restored");
        assert!(fs::read(backup).unwrap() == before);
    }
    is_quoted(&["The backup ", " has format ", ", this program knows up to ", "; install the newer program."]);
    // The way back: the backup from before the upgrade.
    done(&["restore", &ours, "--data", &at("again")]);
    done(&["verify", "--data", &at("again")]);
}

/// The snapshot with another number of its format.
fn newer_snapshot(snapshot: &[u8]) -> Vec<u8> {
    let line = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut rest = snapshot[line(snapshot)..].to_vec();
    // Behind the line that says where it ends the state begins, with its format.
    let format = line(&rest);
    rest[format] += 1;
    [format!("{}\n", BlobId::of(&rest)).as_bytes(), &rest].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_snapshot_is_not_read_and_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let place = data.to_str().unwrap();
    release_folders::unpack("0.1-real", &data);
    let (file, beside) = (data.join("romduol.snapshot"), async || {
        let ledger = Ledger::open_as_it_is(&data).await.unwrap();
        let beside = sound::beside(&ledger).await.unwrap();
        ledger.close().await;
        beside
    });
    // Whatever the fixture's is, from here on it is one of this program's format.
    release_folders::open(&data).await.close().await;
    let ours = fs::read(&file).unwrap();
    assert_eq!(beside().await, Beside::Sound);

    let newer = newer_snapshot(&ours);
    fs::write(&file, &newer).unwrap();
    assert_eq!(beside().await, Beside::None);
    done(&["verify", "--data", place]);
    done(&["backup", dir.path().join("backup").to_str().unwrap(), "--data", place]);
    let told = String::from_utf8(romduol(&["doctor", "--data", place]).stdout).unwrap();
    assert!(told.contains("no snapshot beside the ledger: the next start folds all of it"), "{told}");
    assert!(fs::read(&file).unwrap() == newer, "looking changes nothing");

    let app = release_folders::open(&data).await;
    let head = app.snapshot().head.clone();
    app.close().await;
    assert_eq!(beside().await, Beside::Sound);
    assert!(fs::read(&file).unwrap() != newer);
    assert_eq!(release_folders::open(&data).await.snapshot().head, head);
}
