//! The drill as a secretariat does it: the program serves, is backed up, its folder is lost, the backup is restored to
//! a moment. And the sentences for whoever holds the wrong file.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use romduol_plan::kinds::Body;
use romduol_plan::{Actor, Change, Entry, Kind, Nonce};

fn romduol(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_romduol")).args(arguments).output().unwrap()
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = romduol(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(arguments: &[&str], words: &str) {
    let output = romduol(arguments);
    let said = String::from_utf8_lossy(&output.stderr).to_string();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(words) && said.trim_end().lines().count() == 1, "{said} lacks “{words}”");
}

fn plan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps")
}

/// As an edition does: the file first, then the entry that names it.
fn name_a_file(data: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let ledger = romduol_ledger::Ledger::open(data).await.unwrap();
        let blob = ledger.blobs().put(b"an edition".to_vec()).await.unwrap();
        let edition = serde_json::json!({ "id": "1", "position": 1, "until": "2024", "level": "province",
            "sections": [], "tables": [], "state": "published", "prepared": "2026-01-01", "prepared_by": "a",
            "content": "", "bundle": blob.to_string() });
        let body = Body::read(Kind::Edition, edition).unwrap();
        let actor = Actor { account: "a".into(), post: "test".into() };
        let entry =
            Entry { at: "2026-01-01T00:00:00Z".into(), actor, why: "".into(), changes: vec![Change::Put(body)] };
        let head = ledger.head().await.unwrap();
        ledger.append(&head, &[entry.to_stored(Nonce(1))]).await.unwrap();
        ledger.close().await;
    });
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap()
}

#[test]
fn back_up_lose_restore_compare() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (data, file, sealed, key) = (at("data"), at("monday.backup"), at("sealed.backup"), at("passphrase"));
    done(&["init", "--data", &data, "--plan", plan().to_str().unwrap()]);
    let before = done(&["verify", "--data", &data]);
    let said = done(&["backup", &file, "--data", &data]);
    assert!(said.contains("was written and read back"), "{said}");
    std::fs::write(&key, "too short\n").unwrap();
    refused(&["backup", &sealed, "--data", &data, "--passphrase-file", &key], "choose a longer passphrase");
    std::fs::write(&key, "nine lotus flowers\n").unwrap();
    done(&["backup", &sealed, "--data", &data, "--passphrase-file", &key]);
    refused(&["backup", &file, "--data", &data], "is there already");
    refused(&["restore", &file, "--data", &data], "choose a new place or an empty folder");
    std::fs::remove_dir_all(&data).unwrap();

    assert_eq!(last_line(&done(&["verify", &file])), last_line(&before));
    refused(&["verify", &sealed], "--passphrase-file");
    done(&["restore", &sealed, "--data", &data, "--passphrase-file", &key]);
    assert_eq!(done(&["verify", "--data", &data]), before);

    let never = at("never");
    for nothing in ["2020-01-01", "0"] {
        refused(&["restore", &file, "--data", &never, "--to", nothing], "choose a later moment");
    }
    refused(&["restore", &file, "--data", &never, "--to", "Monday"], "“Monday” is neither a position nor a moment");
    refused(&["restore", &file, "--data", &never, "--to", "99"], "There is no entry 99");
    let day = at("day");
    done(&["restore", &file, "--data", &day, "--to", "2999-12-31T10:00"]);
    assert_eq!(done(&["verify", "--data", &day]), before);
}

/// The store and name of the only file.
fn only_file(folder: &Path) -> PathBuf {
    let mut path = folder.join("blobs");
    while path.is_dir() {
        path = std::fs::read_dir(path).unwrap().next().unwrap().unwrap().path();
    }
    path
}

/// What the program prints when all is done but for files that are gone.
#[track_caller]
fn without_files(arguments: &[&str]) -> String {
    let output = romduol(arguments);
    let said = String::from_utf8_lossy(&output.stderr).to_string();
    assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
    assert!(said.contains("1 files that records name are missing or damaged:"), "{said}");
    assert!(said.contains("named by editions 1"), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// A ledger whose one edition has lost its file, or has another in its place.
fn loses(damage: impl Fn(&Path)) {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (data, file, numbers) = (at("data"), at("b.backup"), at("b.prom"));
    done(&["init", "--data", &data, "--plan", plan().to_str().unwrap()]);
    name_a_file(Path::new(&data));
    let path = only_file(Path::new(&data));
    let bytes = std::fs::read(&path).unwrap();
    damage(&path);
    without_files(&["verify", "--data", &data]);
    without_files(&["backup", &file, "--data", &data, "--metrics", &numbers]);
    assert!(std::fs::read_to_string(&numbers).unwrap().contains("romduol_backup_files_lost 1\n"));
    without_files(&["verify", &file]);
    without_files(&["restore", &file, "--data", &at("again")]);
    without_files(&["copy", "--data", &data, "--to", &at("copy")]);
    let (store, key) = (format!("file://{}", at("store")), at("passphrase"));
    std::fs::write(&key, "nine lotus flowers\n").unwrap();
    without_files(&["copy", "--data", &data, "--to", &store, "--passphrase-file", &key]);
    without_files(&["verify", &store, "--passphrase-file", &key]);
    without_files(&["restore", &store, "--data", &at("third"), "--passphrase-file", &key]);
    // The mend: the file is put back.
    std::fs::write(&path, bytes).unwrap();
    done(&["verify", "--data", &data]);
    done(&["copy", "--data", &data, "--to", &at("copy")]);
    assert!(done(&["backup", &at("second.backup"), "--data", &data]).contains("It holds 1 files"));
}

#[test]
fn a_backup_without_a_file_that_a_record_names_says_so_at_every_step() {
    loses(|path| std::fs::remove_file(path).unwrap());
    loses(|path| std::fs::write(path, "another").unwrap());
}

#[test]
fn the_doctor_tells_what_is_well_and_what_wants_somebody() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (data, backups) = (at("data"), at("backups"));
    done(&["init", "--data", &data, "--plan", plan().to_str().unwrap()]);
    std::fs::create_dir(&backups).unwrap();
    done(&["backup", &at("backups/monday.backup"), "--data", &data]);
    let well = done(&["doctor", "--data", &data, "--backups", &backups]);
    for words in
        ["the chain holds: 1 entries", "nothing to migrate", "only its owner may read it", "monday.backup, 0 hours"]
    {
        assert!(well.contains(words), "{well} lacks “{words}”");
    }
    assert!(!well.contains("LOOK"), "{well}");
    // A backup that restores, of somebody else's ledger.
    let other = at("other");
    done(&["init", "--data", &other, "--plan", plan().to_str().unwrap()]);
    let output = romduol(&["doctor", "--data", &other, "--backups", &backups]);
    let said = String::from_utf8_lossy(&output.stdout).to_string();
    assert!(
        output.status.code() == Some(3) && said.contains("LOOK  the newest backup is not of this ledger"),
        "{said}"
    );
    let file = Path::new(&data).join("romduol.sqlite");
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::remove_file(at("backups/monday.backup")).unwrap();
    let output = romduol(&["doctor", "--data", &data, "--backups", &backups, "--smtp", "smtp://127.0.0.1:9"]);
    let said = String::from_utf8_lossy(&output.stdout).to_string();
    assert_eq!(output.status.code(), Some(3), "{said}");
    for words in ["files or folders can be read by others, such as", "no backup in", "the mail server"] {
        assert!(said.lines().any(|line| line.starts_with("LOOK") && line.contains(words)), "{said} lacks “{words}”");
    }
}

#[test]
fn the_doctor_tells_the_rest_where_one_part_fails() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (data, backups, key) = (at("data"), at("backups"), at("passphrase"));
    done(&["init", "--data", &data, "--plan", plan().to_str().unwrap()]);
    std::fs::create_dir(&backups).unwrap();
    done(&["backup", &at("backups/monday.backup"), "--data", &data]);
    let look = |words: &[&str], arguments: &[&str]| {
        let output = romduol(&[&["doctor", "--data", &data, "--backups", &backups], arguments].concat());
        let said = String::from_utf8_lossy(&output.stdout).to_string();
        assert_eq!(output.status.code(), Some(3), "{said}");
        for words in words.iter().chain(&["free on its disk", "certificate:"]) {
            assert!(said.contains(words), "{said} lacks “{words}”");
        }
    };
    std::fs::write(&key, "short\n").unwrap();
    look(&["LOOK  backups: the first line of", "the chain holds"], &["--passphrase-file", &key]);
    look(&["LOOK  backups: ", "nothing to migrate"], &["--passphrase-file", &at("nothing")]);
    std::fs::write(Path::new(&data).join("romduol.sqlite"), "a letter").unwrap();
    look(&["LOOK  ledger: ", "monday.backup"], &[]);
}

#[test]
fn numbers_that_cannot_be_written_hide_nothing_of_the_backup() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (data, numbers) = (at("data"), at("no/such/folder/b.prom"));
    done(&["init", "--data", &data, "--plan", plan().to_str().unwrap()]);
    let output = romduol(&["backup", &at("b"), "--data", &data, "--metrics", &numbers]);
    let (said, told) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("b.prom cannot be written") && told.contains("was written and read back"), "{said}{told}");
    let output = romduol(&["backup", &at("b"), "--data", &at("nothing"), "--metrics", &numbers]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("There is no ledger at"), "{said}");
}

#[test]
fn a_backup_that_was_not_written_has_numbers_too() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let numbers = at("b.prom");
    refused(&["backup", &at("b"), "--data", &at("nothing"), "--metrics", &numbers], "There is no ledger at");
    assert!(std::fs::read_to_string(&numbers).unwrap().contains("romduol_backup_written 0\n"));
}

#[test]
fn a_copy_in_an_object_store() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (data, again, key) = (at("data"), at("again"), at("passphrase"));
    let store = format!("file://{}", at("store"));
    done(&["init", "--data", &data, "--plan", plan().to_str().unwrap()]);
    refused(&["copy", "--data", &data, "--to", &store], "--passphrase-file");
    std::fs::write(&key, "nine lotus flowers\n").unwrap();
    let said = done(&["copy", "--data", &data, "--to", &store, "--passphrase-file", &key]);
    assert!(said.contains("has 1 entries, 1 of them new"), "{said}");
    refused(&["verify", &store], "--passphrase-file");
    assert_eq!(
        last_line(&done(&["verify", &store, "--passphrase-file", &key])),
        last_line(&done(&["verify", "--data", &data]))
    );
    done(&["restore", &store, "--data", &again, "--passphrase-file", &key]);
    assert_eq!(done(&["verify", "--data", &again]), done(&["verify", "--data", &data]));
}

#[test]
fn a_file_that_is_no_backup() {
    let dir = tempfile::tempdir().unwrap();
    let letter = dir.path().join("letter.txt");
    std::fs::write(&letter, "Dear secretariat,").unwrap();
    let (letter, data) = (letter.to_str().unwrap(), dir.path().join("data"));
    refused(&["verify", letter], "is not a Romduol backup");
    refused(&["restore", letter, "--data", data.to_str().unwrap()], "is not a Romduol backup");
    assert!(!data.join("romduol.sqlite").exists());
}
