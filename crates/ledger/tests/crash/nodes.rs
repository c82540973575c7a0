//! Several processes on one PostgreSQL ledger: they race for its end, are killed, and the server itself goes away in the
//! middle and comes back. Run by `.ci/postgres`, which brings a server.

mod silent;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use romduol_ledger::{Head, Ledger, Place};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{Acknowledged, Dice, child, rounds};

/// A process that writes to the shared ledger, and a thread that listens to it.
struct Node {
    process: Child,
    ears: JoinHandle<Acknowledged>,
}

impl Node {
    /// `heard` is told the moment of each answer.
    fn start(address: &str, heard: mpsc::Sender<Instant>) -> Self {
        let mut process = child::command(&[], address, u64::MAX).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ears = std::thread::spawn(move || {
            let mut told = Acknowledged::default();
            for line in lines.map_while(Result::ok) {
                let before = told.entries.len();
                told.hear(&line);
                if told.entries.len() > before {
                    let _ = heard.send(Instant::now());
                }
            }
            told
        });
        Self { process, ears }
    }

    fn kill(mut self) -> Acknowledged {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.ears.join().unwrap()
    }
}

async fn shared(name: &str) -> (Place, String) {
    let server = std::env::var("ROMDUOL_TEST_POSTGRES").expect("run by .ci/postgres, which brings a server");
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let name = format!("{name}{}", std::process::id());
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut connection).await.unwrap();
    let address = format!("{server}?options[search_path]={name}");
    let place = address.parse().unwrap();
    Ledger::create(&place).await.unwrap().close().await;
    (place, address)
}

/// Stops the server as a power cut would, or starts it again.
fn server(what: &str) {
    let command = std::env::var(format!("ROMDUOL_TEST_POSTGRES_{what}")).unwrap();
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
}

/// Every answer that any node was given holds, nothing is there by halves, and each entry once.
async fn examine(place: &Place, told: &[Acknowledged]) -> Head {
    let ledger = Ledger::open(place).await.expect("the ledger opens by itself");
    let head = ledger.verify().await.unwrap().into_result().expect("the chain verifies");
    for known in told.iter().flat_map(|told| &told.entries) {
        let there = ledger.entry(known.seq).await.unwrap().expect("an acknowledged entry is there");
        assert_eq!(there.hash, known.hash, "entry {} is another one than was acknowledged", known.seq);
    }
    let mut seen: Vec<u64> = told.iter().flat_map(|told| &told.entries).map(|head| head.seq).collect();
    seen.sort_unstable();
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "one entry was acknowledged to two nodes");
    if let Some(last) = ledger.entry(head.seq).await.unwrap() {
        let mut parts = last.body.split(' ').skip(1);
        assert_eq!(parts.next(), parts.next(), "the last batch is there by halves");
    }
    for id in told.iter().flat_map(|told| &told.blobs) {
        ledger.blobs().get(&id.parse().unwrap()).await.expect("an acknowledged file is there");
    }
    ledger.close().await;
    head
}

#[tokio::test]
#[ignore = "needs the server that .ci/postgres brings"]
async fn nodes_race_and_are_killed() {
    let (place, address) = shared("kills").await;
    let (mut dice, start, mut told) = (Dice::new(), Instant::now(), Vec::new());
    let (heard, _keep) = mpsc::channel();
    let rounds = rounds(300) / 10;
    for _ in 0..rounds {
        let nodes = [Node::start(&address, heard.clone()), Node::start(&address, heard.clone())];
        std::thread::sleep(Duration::from_millis(60 + dice.below(200)));
        for node in nodes {
            told.push(node.kill());
            std::thread::sleep(Duration::from_millis(dice.below(40)));
        }
        examine(&place, &told[told.len() - 2..]).await;
    }
    let head = examine(&place, &told).await;
    let (entries, refused) = (told.iter().map(|t| t.entries.len()).sum::<usize>(), refusals(&told));
    println!(
        "{} kills of two racing nodes in {:.1} s: {} entries, {entries} acknowledged appends, 0 lost, {refused} refused",
        told.len(),
        start.elapsed().as_secs_f64(),
        head.seq
    );
    assert!(entries > rounds, "the nodes did write");
}

#[tokio::test]
#[ignore = "needs the server that .ci/postgres brings, and stops it"]
async fn the_server_goes_away_and_comes_back() {
    let (place, address) = shared("away").await;
    let (mut told, mut gaps) = (Vec::new(), Vec::new());
    for _ in 0..(rounds(300) / 60).max(1) {
        let (heard, answers) = mpsc::channel();
        let nodes = [Node::start(&address, heard.clone()), Node::start(&address, heard)];
        answers.recv_timeout(Duration::from_secs(20)).expect("the nodes write");
        std::thread::sleep(Duration::from_millis(300));
        server("STOP");
        std::thread::sleep(Duration::from_secs(1));
        server("START");
        let back = Instant::now();
        while answers.recv_timeout(Duration::from_secs(30)).expect("the nodes write again by themselves") < back {}
        gaps.push(back.elapsed().as_secs_f64());
        std::thread::sleep(Duration::from_millis(300));
        told.extend(nodes.map(Node::kill));
        examine(&place, &told[told.len() - 2..]).await;
    }
    examine(&place, &told).await;
    gaps.sort_by(f64::total_cmp);
    println!(
        "{} times the server was cut off under two writing nodes: {} acknowledged appends, 0 lost, {} refused; first append \
         after it was back: {:.2} to {:.2} s",
        gaps.len(),
        told.iter().map(|t| t.entries.len()).sum::<usize>(),
        refusals(&told),
        gaps[0],
        gaps[gaps.len() - 1]
    );
}

fn refusals(told: &[Acknowledged]) -> usize {
    told.iter().map(|told| told.refused).sum()
}
