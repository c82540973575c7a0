//! The database's machine loses its power in the middle of an append: it ends no connection and answers on none, and what
//! takes its place knows nothing of them. A node must find that out by itself.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use romduol_ledger::{Ledger, Place};
use sqlx::{Connection, PgConnection};

use super::shared;

/// Far longer than a node waits for an answer.
const LONGEST: Duration = Duration::from_secs(120);

/// Stands between a node and the server. Once silent, the connections that there are get no byte more and no end; new ones
/// find the server as it is.
struct Relay {
    port: u16,
    /// Of the connections that there are now.
    silent: Arc<std::sync::Mutex<Arc<AtomicBool>>>,
}

impl Relay {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent = Arc::new(std::sync::Mutex::new(Arc::new(AtomicBool::new(false))));
        let now = silent.clone();
        std::thread::spawn(move || {
            for node in listener.incoming().map_while(Result::ok) {
                let silent = now.lock().unwrap().clone();
                let server = TcpStream::connect(&server).unwrap();
                let (back, forth) = ((server.try_clone().unwrap(), node.try_clone().unwrap()), (node, server));
                for (from, to) in [back, forth] {
                    let silent = silent.clone();
                    std::thread::spawn(move || pass(from, to, &silent));
                }
            }
        });
        Self { port, silent }
    }

    fn fall_silent(&self) {
        let before = std::mem::take(&mut *self.silent.lock().unwrap());
        before.store(true, Ordering::SeqCst);
    }
}

/// Hands on what comes until one end closes; in silence neither bytes nor the end.
fn pass(mut from: TcpStream, mut to: TcpStream, silent: &AtomicBool) {
    let mut bytes = [0; 8_192];
    loop {
        let read = from.read(&mut bytes).unwrap_or(0);
        while silent.load(Ordering::SeqCst) {
            std::thread::park();
        }
        if read == 0 || to.write_all(&bytes[..read]).is_err() {
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the server that .ci/postgres brings"]
async fn the_server_vanishes_in_the_middle_of_an_append() {
    let (place, address) = shared("silent").await;
    let (_, host) = address.split_once('@').unwrap();
    let host = host.split('/').next().unwrap().to_string();
    let relay = Relay::to(host.clone());
    let through: Place = address.replace(&host, &format!("127.0.0.1:{}", relay.port)).parse().unwrap();
    let ledger = Ledger::open(&through).await.unwrap();
    let start = ledger.append(&ledger.head().await.unwrap(), &["one".into()]).await.unwrap();

    // Somebody else holds the end of the ledger, so that the append waits in the server when the power goes.
    let mut other = PgConnection::connect(&address).await.unwrap();
    let mut holds = other.begin().await.unwrap();
    sqlx::query("SELECT value FROM meta WHERE key = 'head' FOR UPDATE").fetch_one(&mut *holds).await.unwrap();
    let node = ledger.clone();
    let after = start.clone();
    let append = tokio::spawn(async move { node.append(&after, &["two".into()]).await });
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE meta%'";
    let mut asks = PgConnection::connect(&address).await.unwrap();
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut asks).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    relay.fall_silent();
    let silent = Instant::now();
    holds.rollback().await.unwrap();

    let answer = tokio::time::timeout(LONGEST, append).await.expect("the node does not wait for ever").unwrap();
    println!("told after {:.1} s of silence: {answer:?}", silent.elapsed().as_secs_f64());
    let goes_on = async {
        loop {
            // A program asks again and again.
            let Ok(head) = ledger.head().await else { continue };
            let Ok(next) = ledger.append(&head, &["three".into()]).await else { continue };
            return (head, next);
        }
    };
    let (head, next) = tokio::time::timeout(LONGEST, goes_on).await.expect("the node goes on by itself");
    let found = Ledger::open(&place).await.unwrap().verify().await.unwrap().into_result().unwrap();
    assert_eq!(found, next);
    assert!(answer.is_err() || head.seq == start.seq + 1, "what was acknowledged is there");
}
