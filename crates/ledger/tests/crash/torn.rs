//! What a power cut leaves: a log that ends in the middle of a commit, sectors of it that never reached the disk, a file
//! that the log was folded into by halves. Each is made by hand from the files of a whole ledger.

use std::fs;
use std::path::Path;
use std::time::Instant;

use romduol_ledger::{FILE_NAME, Head, Ledger};

use crate::{Dice, rounds};

/// What a disk writes whole.
const SECTOR: usize = 512;

/// A ledger's file and log, as they were at one moment.
#[derive(Clone)]
struct Files {
    database: Vec<u8>,
    log: Vec<u8>,
}

impl Files {
    fn of(dir: &Path) -> Self {
        let database = fs::read(dir.join(FILE_NAME)).unwrap();
        Self { database, log: fs::read(dir.join(format!("{FILE_NAME}-wal"))).unwrap_or_default() }
    }

    /// Where a ledger of these files ends. It must open, and verify.
    async fn end(&self) -> Head {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE_NAME), &self.database).unwrap();
        fs::write(dir.path().join(format!("{FILE_NAME}-wal")), &self.log).unwrap();
        let ledger = Ledger::open(dir.path()).await.expect("the ledger opens by itself");
        let head = ledger.verify().await.unwrap().into_result().expect("the chain verifies");
        ledger.close().await;
        head
    }
}

/// A ledger before its last commit, after it, and with the log folded into the file.
struct Story {
    before: Files,
    after: Files,
    folded: Files,
    old: Head,
    new: Head,
}

async fn story(entries: usize) -> Story {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(dir.path()).await.unwrap();
    let bodies = |count: usize, seed: usize| -> Vec<String> {
        (0..count).map(|n| format!("{n} {}", "lotus".repeat((n * 37 + seed) % 90))).collect()
    };
    let old = ledger.append(&Head::genesis(), &bodies(entries, 1)).await.unwrap();
    let before = Files::of(dir.path());
    let new = ledger.append(&old, &bodies(12, 2)).await.unwrap();
    let after = Files::of(dir.path());
    ledger.close().await;
    let folded = Files::of(dir.path());
    assert_eq!(after.log[..before.log.len()], before.log, "the log only grew");
    Story { before, after, folded, old, new }
}

/// Cuts the log inside the last commit, at places a step apart, and fills what is missing in different ways.
async fn cut_everywhere(story: &Story, step: usize) -> usize {
    let (from, to) = (story.before.log.len(), story.after.log.len());
    let mut tried = 0;
    for at in (from..to).step_by(step) {
        let torn = story.after.log[..at].to_vec();
        for rest in [vec![], vec![0; to - at], vec![0xA5; to - at]] {
            let files = Files { log: [torn.clone(), rest].concat(), ..story.after.clone() };
            let end = files.end().await;
            // The frames of a commit end with the one that commits; all of it or nothing counts. What does not fit its
            // page's checksum is nothing, and bytes of a page that are zero anyway may be cut and filled up again.
            assert!(end == story.old || end == story.new, "cut at byte {at}: {end:?}");
            assert!(!files.log[from..].is_empty() || end == story.old);
            if files.log.len() < to {
                assert_eq!(end, story.old, "half a commit counts, cut at byte {at}");
            }
            tried += 1;
        }
    }
    tried
}

/// Leaves sectors of the last commit unwritten, in any order: the commit was not acknowledged yet.
async fn lose_sectors(story: &Story, dice: &mut Dice, times: usize) -> usize {
    let from = story.before.log.len();
    for _ in 0..times {
        let mut files = story.after.clone();
        for sector in files.log[from..].chunks_mut(SECTOR) {
            if dice.below(4) == 0 {
                sector.fill(0);
            }
        }
        let end = files.end().await;
        assert!(end == story.old || end == story.new, "{end:?}");
    }
    times
}

/// The power goes while the log is folded into the file: the log is whole, the file is old here and new there.
async fn fold_by_halves(story: &Story, dice: &mut Dice, times: usize) -> usize {
    for _ in 0..times {
        let mut files = story.after.clone();
        let length = files.database.len().max(story.folded.database.len());
        files.database.resize(length, 0);
        let sectors = files.database.chunks_mut(SECTOR).zip(story.folded.database.chunks(SECTOR));
        for (old, new) in sectors.filter(|_| dice.below(2) == 0) {
            old.copy_from_slice(new);
        }
        assert_eq!(files.end().await, story.new, "an acknowledged commit is lost");
    }
    times
}

async fn tear(step: usize, times: usize) {
    let (mut dice, start) = (Dice::new(), Instant::now());
    let (mut cuts, mut sectors, mut folds) = (0, 0, 0);
    for entries in [1, 40, 700] {
        let story = story(entries).await;
        assert_eq!(story.after.end().await, story.new);
        cuts += cut_everywhere(&story, step).await;
        sectors += lose_sectors(&story, &mut dice, times).await;
        folds += fold_by_halves(&story, &mut dice, times).await;
    }
    println!(
        "{cuts} torn logs, {sectors} with lost sectors, {folds} half-folded files in {:.1} s: all or nothing of the \
         last commit, nothing acknowledged lost",
        start.elapsed().as_secs_f64()
    );
}

#[tokio::test]
async fn some_torn_writes() {
    tear(4_999, 4).await;
}

#[tokio::test]
#[ignore = "takes a while; CRASH_ROUNDS says how finely (300)"]
async fn many_torn_writes() {
    let rounds = rounds(300);
    tear((60_000 / rounds).max(1), rounds / 3).await;
}
