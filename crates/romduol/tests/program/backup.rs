//! The drill as a secretariat does it: the program serves, is backed up, its folder is lost, the backup is restored to
//! a moment. And the sentences for whoever holds the wrong file.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

    let (early, never) = (at("early"), at("never"));
    done(&["restore", &file, "--data", &early, "--to", "2020-01-01"]);
    assert!(last_line(&done(&["verify", "--data", &early])).starts_with("The chain holds: 0 entries"));
    refused(&["restore", &file, "--data", &never, "--to", "Monday"], "“Monday” is neither a position nor a moment");
    refused(&["restore", &file, "--data", &never, "--to", "99"], "There is no entry 99");
    let day = at("day");
    done(&["restore", &file, "--data", &day, "--to", "2999-12-31T10:00"]);
    assert_eq!(done(&["verify", "--data", &day]), before);
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
