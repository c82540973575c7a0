//! Two nodes of the program, each in a network of its own, on one database; the cable between a node and the database is
//! cut while both write. Run by `.ci/postgres`, which brings a server; `CUT_ROUNDS` says how often (100).

mod network;
mod node;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use network::{Cut, Network};
use node::Node;
use romduol_app::{App, Clock, package};
use romduol_ledger::{Head, Ledger, Place};
use romduol_plan::Entry;

use crate::nodes::{database, plan};

/// Whatever is waited for comes sooner on any machine; a node that does not come back is a failure.
const LONGEST: Duration = Duration::from_secs(90);
/// Longer than the server keeps a connection on which nobody answers.
const GIVEN_UP: Duration = Duration::from_secs(13);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs root, and the server that .ci/postgres brings"]
async fn nodes_are_cut_off_and_come_back() {
    let networks = match (Network::new(1), Network::new(2)) {
        (Ok(one), Ok(two)) => [one, two],
        (one, two) => {
            return println!("skipped: this machine lets nobody make networks ({:?})", one.err().or(two.err()));
        }
    };
    let address = database("cut");
    let place: Place = address.parse().unwrap();
    App::create(&place, Clock::System, &package::files(&plan()).unwrap()).await.unwrap().close().await;
    let nodes = [0, 1].map(|at| Node::start(at, &networks[at], &address));
    let (mut dice, start, mut waits) = (Dice::new(), Instant::now(), Vec::new());
    let rounds: usize = std::env::var("CUT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(100);
    let mut told_not_ready = 0;
    for round in 0..rounds {
        for node in &nodes {
            node.writes_after(Instant::now(), LONGEST);
        }
        let cut = [&[0][..], &[1], &[0, 1]][dice.below(3)];
        let way = [Cut::Both, Cut::Both, Cut::Answers, Cut::Requests][dice.below(4)];
        cut.iter().for_each(|at| networks[*at].cut(way));
        match round % 10 {
            2 | 5 => std::thread::sleep(GIVEN_UP),
            // So long that whoever asks is told, and the other node goes on meanwhile.
            0 | 4 | 8 => {
                cut.iter().for_each(|at| nodes[*at].is_ready(false, LONGEST));
                told_not_ready += cut.len();
                if let [at] = cut {
                    nodes[1 - at].writes_after(Instant::now(), LONGEST);
                }
            }
            _ => std::thread::sleep(Duration::from_millis(50 + dice.below(1_500) as u64)),
        }
        networks.iter().for_each(Network::mend);
        let back = Instant::now();
        for node in &nodes {
            node.writes_after(back, LONGEST);
            node.is_ready(true, LONGEST);
        }
        waits.push(back.elapsed().as_secs_f64());
    }
    let told = nodes.map(Node::stop);
    let entries = examine(&place, &told.iter().flat_map(|told| told.written.clone()).collect()).await;
    waits.sort_by(f64::total_cmp);
    println!(
        "{rounds} times one node or both were cut off, {:.0} s: {entries} entries, {} acknowledged, 0 lost, none twice; {} \
         refused; {told_not_ready} times a node was asked and said that it is not ready; both wrote again {:.1} s (median), \
         {:.1} s (longest) after the cable was whole",
        start.elapsed().as_secs_f64(),
        told.iter().map(|told| told.written.len()).sum::<usize>(),
        told.iter().map(|told| told.refused).sum::<usize>(),
        waits[rounds / 2],
        waits[rounds - 1]
    );
}

/// Every write that a node was told of stands where it was told, and none stands there twice. Gives how many there are.
async fn examine(place: &Place, written: &HashMap<String, Head>) -> usize {
    let ledger = Ledger::open(place).await.unwrap();
    ledger.verify().await.unwrap().into_result().expect("the chain verifies");
    let (mut head, mut there) = (Head::genesis(), HashMap::new());
    loop {
        let entries = ledger.read_after(&head).await.unwrap();
        let Some(last) = entries.last() else { break };
        head = last.head();
        for entry in &entries {
            let why = Entry::from_stored(&entry.body).unwrap().why;
            let before = there.insert(why.clone(), entry.head());
            assert!(before.is_none() || !why.starts_with("node"), "{why} is there twice");
        }
    }
    for (why, head) in written {
        assert_eq!(there.get(why), Some(head), "{why} was acknowledged and is lost");
    }
    ledger.close().await;
    there.len()
}

/// Numbers without pattern (xorshift), repeatable from a seed that is printed.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let given = std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from(std::process::id()) * 0x9E37_79B9 + 1);
        println!("CRASH_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit) as usize
    }
}
