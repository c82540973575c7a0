//! SIGKILL at any moment: while opening, while writing, while the log is folded into the file.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use romduol_ledger::Ledger;

use crate::{Acknowledged, Dice, adopt, child, examine, rounds};

/// After so many crashes a ledger is replaced by an empty one, so that the first commits are hit, too.
const LIFE: usize = 50;

#[tokio::test]
async fn a_few_kills() {
    crash(12).await;
}

#[tokio::test]
#[ignore = "takes a while; CRASH_ROUNDS says how often (300)"]
async fn many_kills() {
    crash(rounds(300)).await;
}

async fn crash(rounds: usize) {
    let (mut dice, start) = (Dice::new(), Instant::now());
    let (mut acknowledged, mut extra, mut early) = (0, 0, 0);
    let mut dir = tempfile::tempdir().unwrap();
    let mut told = Acknowledged::default();
    for round in 0..rounds {
        if round % LIFE == 0 {
            dir = tempfile::tempdir().unwrap();
            told = Acknowledged::default();
            Ledger::create(dir.path()).await.unwrap().close().await;
        }
        let before = told.count;
        run_and_kill(dir.path(), &mut dice, &mut told);
        let unknown = examine(dir.path(), &told).await;
        assert!(unknown <= child::BATCH, "{unknown} entries that nobody was told about");
        acknowledged += told.count - before;
        extra += usize::from(unknown > 0);
        early += usize::from(told.count == before);
        adopt(dir.path(), &mut told).await;
    }
    println!(
        "{rounds} kills in {:.1} s: {acknowledged} acknowledgements, 0 lost; {extra} times the batch under way was there \
         whole without an answer; {early} times killed before the first answer",
        start.elapsed().as_secs_f64()
    );
}

/// Starts the process, kills it after a while or after some answers, and takes in all that it has said.
fn run_and_kill(folder: &std::path::Path, dice: &mut Dice, told: &mut Acknowledged) {
    let mut process = child::command(&[], folder, u64::MAX).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    if dice.below(3) > 0 {
        for _ in 0..dice.below(40) {
            if let Some(Ok(line)) = lines.next() {
                told.hear(&line);
            }
        }
        std::thread::sleep(Duration::from_micros(dice.below(4_000)));
    } else {
        std::thread::sleep(Duration::from_micros(dice.below(40_000)));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        told.hear(&line);
    }
}
