//! What only its owner may read, whatever the program was started with; and what is erased in the files as well.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use romduol_ledger::{Copy, FILE_NAME, Ledger, NewAccount, unpack_backup};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::home::Home;
use crate::{filled, on_server};

fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_path_buf()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all(&path)) } else { found.push(path) }
    }
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[track_caller]
fn is_private(folder: &Path) {
    for path in all(folder) {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[tokio::test]
async fn folders_and_files_are_their_owners() {
    if on_server() {
        return;
    }
    let away = tempfile::tempdir().unwrap();
    let at = |name: &str| away.path().join(name);
    let ledger = Ledger::create(at("data")).await.unwrap();
    ledger.append(&ledger.head().await.unwrap(), &crate::bodies(3)).await.unwrap();
    ledger.blobs().put(b"minutes".to_vec()).await.unwrap();
    is_private(&at("data"));
    ledger.backup(&at("backup"), None).await.unwrap().close().await;
    assert_eq!(mode(&at("backup")), 0o600);
    unpack_backup(&at("backup"), None, &at("again")).await.unwrap().finish().await.unwrap();
    is_private(&at("again"));
    Copy::new(&ledger, &at("copy").into()).await.unwrap().pass(None).await.unwrap();
    is_private(&at("copy"));
}

#[tokio::test]
async fn what_an_older_program_left_open_is_closed_and_what_is_of_others_is_left() {
    let (home, ledger, _) = filled(3).await;
    if on_server() {
        return;
    }
    ledger.blobs().put(b"minutes".to_vec()).await.unwrap();
    ledger.close().await;
    let open = || {
        for path in all(home.path()) {
            let mode = if path.is_dir() { 0o755 } else { 0o644 };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    open();
    Ledger::open_as_it_is(home.path()).await.unwrap().close().await;
    assert_eq!(mode(home.path()), 0o755, "looking changes nothing");
    Ledger::open(home.path()).await.unwrap().close().await;
    is_private(home.path());
    fs::write(home.path().join("letter.txt"), "to somebody").unwrap();
    open();
    Ledger::open(home.path()).await.unwrap().close().await;
    assert_eq!(
        (mode(home.path()), mode(&home.path().join("letter.txt"))),
        (0o755, 0o644),
        "others use the folder, too"
    );
    let ours = all(home.path()).into_iter().filter(|path| path != home.path() && !path.ends_with("letter.txt"));
    assert!(ours.map(|path| mode(&path)).all(|mode| mode & 0o077 == 0));
}

#[tokio::test]
async fn whoever_is_erased_is_erased_in_the_files() {
    let home = Home::empty().await;
    let ledger = Ledger::create(home.place()).await.unwrap();
    let name = "Quokka Erased".to_string();
    let new = NewAccount { login: "quokka-login".into(), name, role: "reporter".into(), ..NewAccount::default() };
    let account = ledger.add_account(new, "a long password", 0).await.unwrap();
    ledger.set_contact(&account.id, Some("quokka@example.org")).await.unwrap();
    ledger.erase_account(&account.id).await.unwrap();
    if on_server() {
        return;
    }
    for path in all(home.path()).into_iter().filter(|path| path.is_file()) {
        let bytes = fs::read(&path).unwrap();
        for word in ["Quokka Erased", "quokka-login", "quokka@example.org"] {
            let found = bytes.windows(word.len()).any(|part| part == word.as_bytes());
            assert!(!found, "{word} is still in {}", path.display());
        }
    }
}

#[tokio::test]
async fn whoever_is_still_read_is_said_to_be_there_until_nobody_reads() {
    let (home, ledger, _) = filled(3).await;
    if on_server() {
        assert_eq!(ledger.look_through(vec!["Quokka".into()]).await.unwrap(), None);
        return;
    }
    let new = NewAccount { login: "quokka-login".into(), name: "Quokka Erased".into(), ..NewAccount::default() };
    let account = ledger.add_account(new, None, 0).await.unwrap();
    let looked =
        async || ledger.look_through(vec!["Quokka Erased".into(), "quokka-login".into()]).await.unwrap().unwrap();
    assert!(!looked().await.found.is_empty(), "the test finds what is there");
    // Another program that reads what was there before.
    let options = SqliteConnectOptions::new().filename(home.path().join(FILE_NAME));
    let mut reader = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM account").fetch_all(&mut reader).await.unwrap();
    assert!(!ledger.erase_account(&account.id).await.unwrap(), "the log could not be emptied");
    assert_eq!(looked().await.found, ["romduol.sqlite-wal"]);
    reader.close().await.unwrap();
    assert!(ledger.scrub().await.unwrap());
    let looked = looked().await;
    assert_eq!((looked.found.len(), looked.files), (0, vec!["romduol.sqlite".into(), "romduol.sqlite-wal".into()]));
    assert_eq!(looked.bytes, fs::metadata(home.path().join(FILE_NAME)).unwrap().len(), "the log is empty");
}

#[tokio::test]
async fn an_account_that_is_tied_to_a_person_elsewhere_is_taken_over_by_no_other() {
    let home = Home::empty().await;
    let ledger = Ledger::create(home.place()).await.unwrap();
    let login = |login: &str| NewAccount { login: login.into(), ..NewAccount::default() };
    let one = ledger.add_account(login("one"), None, 0).await.unwrap().id;
    let two = ledger.add_account(login("two"), None, 0).await.unwrap().id;
    assert!(ledger.add_identity("issuer", "first", &one).await.unwrap());
    assert!(!ledger.add_identity("issuer", "successor", &one).await.unwrap());
    assert!(ledger.account_of_identity("issuer", "successor").await.unwrap().is_none());
    assert!(!ledger.add_identity("issuer", "first", &two).await.unwrap());
    assert!(ledger.add_identity("another", "first", &one).await.unwrap(), "another provider is another");
}
