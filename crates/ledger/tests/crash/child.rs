//! The process that is to die: writes entries, drafts and files as fast as it can and says on its standard output what
//! it was told to be durable, at once and never earlier.

use std::io::Write;
use std::process::{Command, Stdio};

use romduol_ledger::{Ledger, LedgerError, Place};

use crate::power::backups;

const FOLDER: &str = "CRASH_FOLDER";
const TURNS: &str = "CRASH_TURNS";
/// Where backups are made, too, if anywhere.
pub(crate) const BACKUPS: &str = "CRASH_BACKUPS";
/// More than one process may be told to write in a batch.
pub(crate) const BATCH: u64 = 5;

/// The command that starts this process on a folder; `before` is what it runs under. It ends by itself after `turns`.
pub(crate) fn command(before: &[&str], folder: impl AsRef<std::ffi::OsStr>, turns: u64) -> Command {
    let mut command = start("child::write", before, folder);
    command.env(TURNS, turns.to_string());
    command
}

/// The same for a process that only stores a file.
pub(crate) fn storing(before: &[&str], folder: impl AsRef<std::ffi::OsStr>) -> Command {
    start("child::store", before, folder)
}

fn start(what: &str, before: &[&str], folder: impl AsRef<std::ffi::OsStr>) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut words = before.iter().map(std::ffi::OsString::from).chain([own.into()]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args(["--exact", what, "--ignored", "--nocapture", "--test-threads", "1"]);
    command.env(FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

#[tokio::test]
#[ignore = "started by the other tests as a process of its own"]
async fn write() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let turns: u64 = std::env::var(TURNS).unwrap().parse().unwrap();
    let place: Place = folder.parse().unwrap();
    let ledger = match Ledger::open(&place).await {
        Err(LedgerError::Missing { .. }) => Ledger::create(&place).await.unwrap(),
        opened => opened.unwrap(),
    };
    say("ack made");
    let mut head = ledger.head().await.unwrap();
    let mut draft = ledger.draft("R-1").await.unwrap().map_or(0, |draft| draft.revision);
    for turn in 0..turns {
        match ledger.append(&head, &batch(head.seq, turn)).await {
            Ok(next) => {
                say(&format!("ack entry {} {}", next.seq, next.hash));
                head = next;
            }
            Err(error) => {
                say(&format!("ack no entry: {error}"));
                // Another one was faster, or the database is away.
                head = ledger.head().await.unwrap_or(head);
            }
        }
        if turn % 3 == 0 {
            match ledger.save_draft("R-1", &format!("draft {turn}"), draft, "a1", 0).await {
                Ok(saved) => {
                    draft = saved.revision;
                    say(&format!("ack draft {draft} saved"));
                }
                Err(_) => say("ack no draft"),
            }
        }
        if turn % 5 == 0 {
            match ledger.blobs().put(format!("file {} {turn}", head.seq).repeat(500).into_bytes()).await {
                Ok(id) => say(&format!("ack blob {id} kept")),
                Err(_) => say("ack no blob"),
            }
        }
        if let (2, Ok(folder)) = (turn % 40, std::env::var(BACKUPS)) {
            backups::make(&ledger, folder.as_ref()).await;
        }
    }
    ledger.close().await;
}

/// Only stores a file, always the same one.
#[tokio::test]
#[ignore = "started by another test as a process of its own"]
async fn store() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let ledger = Ledger::open(folder.parse::<Place>().unwrap()).await.unwrap();
    let id = ledger.blobs().put(b"the same file".to_vec()).await.unwrap();
    say(&format!("ack blob {id} kept"));
}

/// Bodies that say which part of their batch they are: short ones, and some that fill several pages.
fn batch(seq: u64, turn: u64) -> Vec<String> {
    let of = 1 + (seq + turn) % BATCH;
    let padding = |part: u64| {
        let length = if (seq + part).is_multiple_of(7) { 9_000 } else { 40 + seq % 200 };
        (0..length).map(|n| char::from(b'a' + ((n * n + seq * 31 + part) % 26) as u8)).collect::<String>()
    };
    (1..=of).map(|part| format!("{turn} {part} {of} {}", padding(part))).collect()
}

pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}
