//! The process is killed at every single call that writes, and every such call fails once with a full or broken disk.
//! Needs `strace`, which puts itself between the process and the system.

use std::process::Command;
use std::time::Instant;

use romduol_ledger::Ledger;

use crate::{Acknowledged, child, examine};

/// The calls through which bytes and names reach a disk.
const CALLS: &str = "pwrite64,write,fdatasync,fsync,ftruncate,rename,renameat,renameat2,linkat,unlink,unlinkat";
/// Enough for every kind of write, and little enough to try each.
const TURNS: u64 = 4;
/// Far more than a run has; only a run that never ends gets there.
const LIMIT: usize = 3_000;

#[tokio::test]
#[ignore = "takes a while and needs strace"]
async fn killed_at_every_write() {
    let (mut tried, start) = (0, Instant::now());
    for call in CALLS.split(',') {
        for at in 1..LIMIT {
            let (told, ended) = run_with(&format!("inject={call}:signal=KILL:when={at}"), call).await;
            if ended {
                assert!(told.head.is_some() && told.blobs.len() == 1, "the untouched run does its work: {told:?}");
                break;
            }
            tried += 1;
        }
    }
    println!("killed at each of {tried} writes in {:.1} s: nothing lost", start.elapsed().as_secs_f64());
}

#[tokio::test]
#[ignore = "takes a while and needs strace"]
async fn every_write_fails_once() {
    let (mut tried, mut refused, start) = (0, 0, Instant::now());
    // Standard output goes through `write`; its failure only silences the process.
    for call in CALLS.split(',').filter(|call| *call != "write") {
        for error in ["ENOSPC", "EIO"] {
            let mut quiet = 0;
            for at in 1..LIMIT {
                let (told, _) = run_with(&format!("inject={call}:error={error}:when={at}"), call).await;
                refused += told.refused;
                tried += 1;
                // Behind the last call nothing fails any more. A failure that is nobody's business (tidying up) does
                // not refuse anything either, so a few quiet runs are waited for.
                quiet = if told.refused == 0 && told.head.is_some() { quiet + 1 } else { 0 };
                if quiet > 12 {
                    break;
                }
            }
        }
    }
    println!(
        "{tried} failing writes in {:.1} s: {refused} refusals, nothing acknowledged was lost",
        start.elapsed().as_secs_f64()
    );
}

/// One run on a new ledger under `strace`; also says whether the process came to its end.
async fn run_with(injection: &str, call: &str) -> (Acknowledged, bool) {
    let dir = tempfile::tempdir().unwrap();
    Ledger::create(dir.path()).await.unwrap().close().await;
    let trace = format!("trace={call}");
    let under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", injection];
    let mut command: Command = child::command(&under, dir.path(), TURNS);
    let output = command.output().expect("strace is installed (apt-get install strace)");
    let mut told = Acknowledged::default();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        told.hear(line);
    }
    examine(dir.path(), &told).await;
    (told, output.status.success())
}
