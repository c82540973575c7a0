//! Any ledger, any files missing, damaged or named by nothing: what is looked at, backed up, checked, copied and restored
//! agrees, and nothing that can be read is lost.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use romduol_ledger::{BLOB_FOLDER, Copy, Ledger, Place, check_backup, unpack_backup};
use romduol_plan::kinds::*;
use romduol_plan::{Actor, Change, Nonce, Period};
use serde_json::json;

use super::*;

/// What has happened to a file on the disk.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Sound,
    Missing,
    Flipped,
    Cut,
    Empty,
    /// A folder stands in its place.
    Folder,
}

/// What names a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Where {
    Return,
    Edition,
    Draft,
    /// A return that names it no more.
    Before,
}

#[derive(Clone, Debug)]
struct Stored {
    bytes: Vec<u8>,
    fate: Fate,
    named: Vec<Where>,
}

fn stored() -> impl Strategy<Value = Stored> {
    use Fate::*;
    let fate = prop_oneof![3 => Just(Sound), 1 => Just(Missing), 1 => Just(Flipped), 1 => Just(Cut), 1 => Just(Empty),
        1 => Just(Folder)];
    let named = prop::sample::subsequence(vec![Where::Return, Where::Edition, Where::Draft, Where::Before], 0..=3);
    (prop::collection::vec(any::<u8>(), 1..200), fate, named).prop_map(|(bytes, fate, named)| Stored {
        bytes,
        fate,
        named,
    })
}

fn report(id: usize, version: u32, files: Vec<File>) -> Change {
    let answer = Answer { files, ..Answer::to("A") };
    Change::Put(
        Return {
            id: format!("q.{id}.2024Q1"),
            assignment: format!("q.{id}"),
            period: Period::year(2024),
            version,
            status: ReturnStatus::Submitted,
            steps_done: 0,
            answers: Answers::pack(&[answer]),
            illustrative: false,
        }
        .into(),
    )
}

fn edition(id: usize, bundle: &BlobId) -> Change {
    let body = json!({ "id": id.to_string(), "position": 1, "until": "2024", "level": "province", "sections": [],
        "tables": [], "state": "published", "prepared": "2026-01-01", "prepared_by": "a", "content": "",
        "bundle": bundle.to_string() });
    Change::Put(Body::read(Kind::Edition, body).unwrap())
}

async fn write(ledger: &Ledger, change: Change) {
    let actor = Actor { account: "a".into(), post: "test".into() };
    let entry = Entry { at: "2026-01-01T00:00:00Z".into(), actor, why: String::new(), changes: vec![change] };
    let head = ledger.head().await.unwrap();
    ledger.append(&head, &[entry.to_stored(Nonce(1))]).await.unwrap();
}

/// Stores the files, names them, and only then lets happen to them what happens.
async fn lived_in(folder: &Path, files: &[Stored]) -> Ledger {
    let ledger = Ledger::create(folder).await.unwrap();
    for (at, file) in files.iter().enumerate() {
        let id = ledger.blobs().put(file.bytes.clone()).await.unwrap();
        let named = || vec![File { blob: id.to_string(), name: format!("{at}.pdf") }];
        for place in &file.named {
            match place {
                Where::Return => write(&ledger, report(at, 1, named())).await,
                Where::Edition => write(&ledger, edition(at, &id)).await,
                Where::Draft => {
                    let files = BTreeMap::from([("A".to_string(), named())]);
                    let body = serde_json::to_string(&Draft { files, ..Draft::default() }).unwrap();
                    ledger.save_draft(&format!("q.{at}.2024Q2"), &body, 0, "a", 0).await.unwrap();
                }
                Where::Before => {
                    write(&ledger, report(at + 100, 1, named())).await;
                    write(&ledger, report(at + 100, 2, Vec::new())).await;
                }
            }
        }
    }
    ledger
}

fn place_of(folder: &Path, id: &BlobId) -> PathBuf {
    let id = id.as_str();
    folder.join(BLOB_FOLDER).join(&id[..2]).join(&id[2..4]).join(id)
}

fn suffer(folder: &Path, file: &Stored) {
    let path = place_of(folder, &BlobId::of(&file.bytes));
    let mut bytes = file.bytes.clone();
    match file.fate {
        Fate::Sound => return,
        Fate::Missing => return fs::remove_file(path).unwrap(),
        Fate::Folder => {
            fs::remove_file(&path).unwrap();
            return fs::create_dir(path).unwrap();
        }
        Fate::Flipped => bytes[0] ^= 1,
        Fate::Cut => drop(bytes.pop()),
        Fate::Empty => bytes.clear(),
    }
    fs::write(path, bytes).unwrap();
}

fn ids(lost: &[Lost]) -> BTreeSet<String> {
    lost.iter().map(|lost| lost.file.clone()).collect()
}

async fn holds_all_that_is_sound(ledger: &Ledger, files: &[Stored]) {
    for file in files.iter().filter(|file| file.fate == Fate::Sound) {
        assert_eq!(ledger.blobs().get(&BlobId::of(&file.bytes)).await.unwrap(), file.bytes);
    }
}

async fn agree(mut files: Vec<Stored>) {
    files.sort_by(|one, other| one.bytes.cmp(&other.bytes));
    files.dedup_by(|one, other| one.bytes == other.bytes);
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let (data, backups) = (at("data"), at("backups"));
    let ledger = lived_in(&data, &files).await;
    let mut early = Copy::new(&ledger, &Place::from(at("early"))).await.unwrap();
    early.pass(Some(&BTreeSet::new())).await.unwrap();
    files.iter().for_each(|file| suffer(&data, file));
    // A backup that was killed in the middle.
    let left = backups.join(".romduol-left");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("lock"), "").unwrap();

    let named_now = |file: &&Stored| file.named.iter().any(|place| *place != Where::Before);
    let lost = files.iter().filter(named_now).filter(|file| file.fate != Fate::Sound);
    let expected: BTreeSet<String> = lost.map(|file| BlobId::of(&file.bytes).to_string()).collect();

    let named = Named::by(&ledger).await.unwrap();
    assert_eq!(ids(&named.lost_in(&ledger).await.unwrap()), expected, "verify --data");
    let file = backups.join("monday.backup");
    let written = ledger.backup(&file, None).await.unwrap();
    let lost = Named::by(&written.ledger).await.unwrap().lost_from(&written.content.files);
    assert_eq!(ids(&lost), expected, "backup");
    for lost in &lost {
        let by = files.iter().find(|file| BlobId::of(&file.bytes).to_string() == lost.file).unwrap();
        assert_eq!(lost.named.len(), by.named.iter().filter(|place| **place != Where::Before).count(), "{lost}");
    }
    let content = written.close().await;
    let checked = check_backup(&file, None).await.unwrap();
    let lost = Named::by(&checked.ledger).await.unwrap().lost_from(&checked.content.files);
    assert_eq!(ids(&lost), expected, "verify FILE");
    assert_eq!(checked.close().await, content);
    assert_eq!(fs::read_dir(&backups).unwrap().count(), 1, "the backup and nothing else");

    unpack_backup(&file, None, &at("again")).await.unwrap().finish().await.unwrap();
    let again = Ledger::open(at("again")).await.unwrap();
    assert_eq!(again.verify().await.unwrap().into_result().unwrap(), content.head);
    assert_eq!(ids(&Named::by(&again).await.unwrap().lost_in(&again).await.unwrap()), expected, "restore");
    holds_all_that_is_sound(&again, &files).await;

    let mut late = Copy::new(&ledger, &Place::from(at("late"))).await.unwrap();
    let copied = late.pass(Some(&named.ids())).await.unwrap();
    assert_eq!(ids(&named.lost_from(&copied.holds)), expected, "copy");
    let copied = early.pass(Some(&named.ids())).await.unwrap();
    assert_eq!(ids(&named.lost_from(&copied.holds)), BTreeSet::new(), "what was lost here is still there");
    for name in ["early", "late"] {
        holds_all_that_is_sound(&Ledger::open(at(name)).await.unwrap(), &files).await;
    }
}

#[test]
fn a_backup_that_is_called_whole_restores_and_nothing_readable_is_lost() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let given = prop::collection::vec(stored(), 0..8);
    let run = |files: Vec<Stored>| {
        runtime.block_on(agree(files));
        Ok(())
    };
    runner.run(&given, run).unwrap();
}

#[test]
fn what_is_lost_is_told_with_what_names_it() {
    let naming = |by, name: &str| Naming { by, name: name.into() };
    let lost = Lost {
        file: "ab12".into(),
        named: vec![
            naming(Namer::Record(Kind::Return, "q.KH-01.2024Q1".into()), "list\n.pdf"),
            naming(Namer::Draft("q.KH-02.2024Q1".into()), ""),
        ],
    };
    let told = "ab12, named by returns q.KH-01.2024Q1 as “list\\n.pdf” and the draft of returns q.KH-02.2024Q1";
    assert_eq!(lost.to_string(), told);
}
