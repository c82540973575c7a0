//! What goes wrong on the machine, through the whole program: one clear sentence, exit code 1, nothing half-written.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn romduol(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_romduol")).args(arguments).output().unwrap()
}

fn plan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The refusal on standard error: one line that begins with the program's name and holds these words.
#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr).to_string();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("romduol: ") && said.trim_end().lines().count() == 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{said} lacks “{word}”");
    }
}

fn new_ledger() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = romduol(&["init", "--data", text(folder.path()), "--plan", text(&plan())]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

/// Changes bytes of the ledger past the program, wherever the engine keeps them.
fn replace_in_ledger(folder: &Path, from: &[u8], to: &[u8]) {
    let mut found = false;
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let mut bytes = std::fs::read(&file).unwrap();
        while let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            found = true;
        }
        std::fs::write(&file, bytes).unwrap();
    }
    assert!(found, "the words stand in the ledger");
}

#[test]
fn a_ledger_with_a_changed_entry_is_neither_verified_nor_served() {
    let folder = new_ledger();
    let data = text(folder.path());
    let verified = romduol(&["verify", "--data", data]);
    assert!(verified.status.success());
    let said = String::from_utf8_lossy(&verified.stdout).to_string();
    let fingerprint = said.rsplit(' ').next().unwrap().trim().trim_end_matches('.').to_string();
    // A forger who writes another fingerprint everywhere has still not changed what is hashed.
    replace_in_ledger(folder.path(), fingerprint.as_bytes(), "5".repeat(fingerprint.len()).as_bytes());
    for command in [&["verify", "--data", data][..], &["serve", "--data", data, "--port", "0"]] {
        refused(&romduol(command), &["entry 1", "hash chain", "backup"]);
    }
    let report = folder.path().join("report.pdf");
    let made = romduol(&["report", "progress", "--data", data, "--period", "2024", "-o", text(&report)]);
    refused(&made, &["hash chain"]);
    assert!(!report.exists());
}

#[test]
fn a_file_that_is_no_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    refused(&romduol(&["verify", "--data", data]), &["no ledger", "romduol init"]);
    let file = folder.path().join(romduol_ledger::FILE_NAME);
    std::fs::write(&file, "these are minutes of a meeting").unwrap();
    refused(&romduol(&["verify", "--data", data]), &["not a Romduol ledger"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "these are minutes of a meeting");
    refused(&romduol(&["init", "--data", data, "--plan", text(&plan())]), &["already"]);
}

#[test]
fn a_wrong_package_makes_no_ledger() {
    let package = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(plan()).unwrap().map(|entry| entry.unwrap()) {
        std::fs::copy(entry.path(), package.path().join(entry.file_name())).unwrap();
    }
    let targets = package.path().join("targets.csv");
    let wrong = std::fs::read_to_string(&targets).unwrap().replacen("PAR-09", "PAR-99", 2);
    std::fs::write(&targets, wrong).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    refused(&romduol(&["plan", "check", text(package.path())]), &["fault"]);
    refused(&romduol(&["init", "--data", text(&data), "--plan", text(package.path())]), &["targets.csv", "PAR-99"]);
    assert!(!data.join(romduol_ledger::FILE_NAME).exists(), "nothing half-written");
}

#[test]
fn words_that_make_no_sense_are_sent_back() {
    let folder = new_ledger();
    let (data, out) = (text(folder.path()), folder.path().join("r.pdf"));
    let report = |period: &str, lang: &str, out: &str| {
        romduol(&["report", "progress", "--data", data, "--period", period, "--lang", lang, "-o", out])
    };
    refused(&report("last year", "en", text(&out)), &["last year", "2024Q3"]);
    refused(&report("2024", "fr", text(&out)), &["fr", "en or km"]);
    refused(&report("2024", "en", "report.txt"), &["report.txt", ".pdf"]);
    refused(&report("2024", "en", "/no/such/folder/r.pdf"), &["/no/such/folder"]);
    assert_eq!(romduol(&["no-such-command"]).status.code(), Some(2));
}
