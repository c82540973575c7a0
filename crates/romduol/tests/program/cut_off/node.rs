//! A node in a process of its own: it serves, writes without a pause, and says what it was told and whether its `/readyz`
//! calls it ready. The other half, in the test, listens to it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use romduol_app::accounts::Doors;
use romduol_app::{App, Clock};
use romduol_ledger::{Head, Place};
use romduol_web::Site;

use super::network::Network;
use crate::nodes::{seen, write};

const PLACE: &str = "NODE_PLACE";
const NAME: &str = "NODE_NAME";
/// A network of its own has all ports free.
const PORT: u16 = 8080;

/// What a node has said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// What each acknowledged entry says it is for, and where it was told to stand.
    pub(crate) written: HashMap<String, Head>,
    pub(crate) refused: usize,
    last: Option<Instant>,
    ready: Option<bool>,
}

impl Told {
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').skip_while(|word| *word != "node").collect();
        match words[..] {
            ["node", _, _, "wrote", seq, hash] => {
                let head = Head { seq: seq.parse().unwrap(), hash: hash.into() };
                self.written.insert(words[..3].join(" "), head);
                self.last = Some(Instant::now());
            }
            ["node", _, "ready", ready] => self.ready = Some(ready == "yes"),
            ["node", _, _, "refused", ..] => self.refused += 1,
            _ => {}
        }
    }
}

pub(crate) struct Node {
    process: Child,
    told: Arc<Mutex<Told>>,
    ears: JoinHandle<()>,
}

impl Node {
    pub(crate) fn start(number: usize, network: &Network, address: &str) -> Self {
        let mut command = network.command(&std::env::current_exe().unwrap());
        command.args(["--exact", "cut_off::node::lives", "--ignored", "--nocapture", "--test-threads", "1"]);
        command.env(NAME, number.to_string()).env(PLACE, address.replace("127.0.0.1", &network.home));
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let told = Arc::new(Mutex::new(Told::default()));
        let hears = told.clone();
        let ears =
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| hears.lock().unwrap().hear(&line)));
        Self { process, told, ears }
    }

    /// Waits until it was told that something it wrote after a moment is durable.
    pub(crate) fn writes_after(&self, moment: Instant, longest: Duration) {
        self.wait(longest, "writes", |told| told.last.is_some_and(|last| last > moment));
    }

    pub(crate) fn is_ready(&self, ready: bool, longest: Duration) {
        self.wait(longest, "says whether it is ready", |told| told.ready == Some(ready));
    }

    fn wait(&self, longest: Duration, what: &str, is: impl Fn(&Told) -> bool) {
        let start = Instant::now();
        while !is(&self.told.lock().unwrap()) {
            assert!(start.elapsed() < longest, "the node {what} within {longest:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn stop(mut self) -> Told {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.ears.join().unwrap();
        self.told.lock().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by another test as a process of its own"]
async fn lives() {
    let (Ok(place), Ok(name)) = (std::env::var(PLACE), std::env::var(NAME)) else { return };
    let app = App::open(&place.parse::<Place>().unwrap(), Clock::System).await.unwrap();
    tokio::spawn(app.clone().follow());
    let site = Site::new(app.clone(), None, Doors::new(None, false, None).unwrap(), false);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", PORT)).await.unwrap();
    tokio::spawn(romduol_web::serve(site, listener, None, std::future::pending()));
    let own = name.clone();
    std::thread::spawn(move || tell_whether_ready(&own));
    for number in 0_u64.. {
        let why = format!("node {name} {number}");
        match write(&app, seen(&app), why.clone()).await {
            Ok(Head { seq, hash }) => println!("{why} wrote {seq} {hash}"),
            // Another node was faster, or the database is away.
            Err(_) => println!("{why} refused"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn tell_whether_ready(name: &str) {
    loop {
        let ready = asked().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"));
        println!("node {name} ready {}", if ready { "yes" } else { "no" });
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn asked() -> std::io::Result<String> {
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], PORT)))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map(|_| answer)
}
