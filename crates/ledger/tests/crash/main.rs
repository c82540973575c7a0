//! Crashes: a process that writes is killed, the power goes, files are cut and mixed as a power cut leaves them. Then the
//! ledger must open by itself, hold everything that was acknowledged, nothing by halves, and its chain must verify.
//!
//! `.ci/postgres cargo test --workspace --test crash -- --ignored nodes` does the same to nodes that share a database.
//! A few hundred rounds run with `.ci/run`; `CRASH_ROUNDS=5000 cargo test --workspace --test crash -- --ignored
//! --nocapture` runs more. `CRASH_SEED` repeats a run's choices.

mod boundary;
mod child;
mod kill;
mod nodes;
mod power;
mod torn;

use std::path::Path;

use romduol_ledger::{Head, Ledger};

/// How often something is tried: as many times as were asked for, or `usual`.
fn rounds(usual: usize) -> usize {
    std::env::var("CRASH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

/// Numbers without pattern (xorshift), repeatable from a seed that is printed.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let given = std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from(std::process::id()) * 0x9E37_79B9 + 1);
        println!("CRASH_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What a writing process was told to be durable before it died.
#[derive(Clone, Debug, Default)]
struct Acknowledged {
    /// There is a ledger.
    made: bool,
    entries: Vec<Head>,
    head: Option<Head>,
    draft: u64,
    blobs: Vec<String>,
    /// Each by the hash that its ledger ends at.
    backups: Vec<String>,
    restored: Vec<String>,
    count: usize,
    refused: usize,
}

impl Acknowledged {
    /// Takes in a line that the process has written; other lines are the test runner's.
    fn hear(&mut self, line: &str) {
        let mut words = line.split(' ').skip_while(|word| !word.ends_with("ack"));
        let told = (words.next(), words.next(), words.next(), words.next());
        match told {
            (Some(_), Some("entry"), Some(seq), Some(hash)) if hash.len() == 64 => {
                let head = Head { seq: seq.parse().unwrap(), hash: hash.into() };
                self.entries.push(head.clone());
                self.head = Some(head);
            }
            (Some(_), Some("draft"), Some(revision), Some("saved")) => self.draft = revision.parse().unwrap(),
            (Some(_), Some("blob"), Some(id), Some("kept")) => self.blobs.push(id.into()),
            (Some(_), Some("made"), ..) => return self.made = true,
            (Some(_), Some("backup"), Some(name), None) => self.backups.push(name.into()),
            (Some(_), Some("restored"), Some(name), None) => self.restored.push(name.into()),
            (Some(_), Some("no"), ..) => return self.refused += 1,
            _ => return,
        }
        self.count += 1;
    }
}

/// Opens what a dead process has left and compares it with what it was told. Gives how many entries there are that
/// nobody was told about: at most the one batch that was under way.
async fn examine(dir: &Path, told: &Acknowledged) -> u64 {
    let ledger = Ledger::open(dir).await.expect("the ledger opens by itself");
    let head = ledger.verify().await.unwrap().into_result().expect("the chain verifies");
    let known = told.head.clone().unwrap_or_else(Head::genesis);
    assert!(head.seq >= known.seq, "entries {} to {} were acknowledged and are lost", head.seq + 1, known.seq);
    if known.seq > 0 {
        let there = ledger.entry(known.seq).await.unwrap().unwrap();
        assert_eq!(there.hash, known.hash, "entry {} is another one than was acknowledged", known.seq);
    }
    if let Some(last) = ledger.entry(head.seq).await.unwrap() {
        let mut parts = last.body.split(' ').skip(1);
        assert_eq!(parts.next(), parts.next(), "the last batch is there by halves: {:.60}", last.body);
    }
    let draft = ledger.draft("R-1").await.unwrap().map_or(0, |draft| draft.revision);
    assert!(draft == told.draft || draft == told.draft + 1, "draft {draft} instead of {}", told.draft);
    for id in &told.blobs {
        ledger.blobs().get(&id.parse().unwrap()).await.expect("an acknowledged file is there");
    }
    for id in ledger.blobs().list().await.unwrap() {
        ledger.blobs().get(&id).await.expect("no file is there by halves");
    }
    ledger.close().await;
    head.seq - known.seq
}

/// What is there now is what the next round starts from.
async fn adopt(folder: &Path, told: &mut Acknowledged) {
    let ledger = Ledger::open(folder).await.unwrap();
    told.head = Some(ledger.head().await.unwrap());
    told.draft = ledger.draft("R-1").await.unwrap().map_or(0, |draft| draft.revision);
}
