//! Prints how long durable appends and sign-ins take: `cargo run --release -p romduol-ledger --example throughput [DIR]`.
//! It refuses to judge: the figures belong to the disk that DIR is on (a folder for temporary files by default).

use std::time::Instant;

use romduol_ledger::{Head, Ledger, NewAccount};

const ENTRIES: usize = 1_000;
const SIGN_INS: usize = 200;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::args().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let dir = tempfile::tempdir_in(base)?;
    let ledger = Ledger::create(dir.path()).await?;
    let body = format!(r#"{{"by":"a1","put":[{{"note":"{}"}}]}}"#, "x".repeat(200));
    let bodies = vec![body; ENTRIES];
    let mut head = Head::genesis();

    let start = Instant::now();
    for body in &bodies {
        head = ledger.append(&head, std::slice::from_ref(body)).await?;
    }
    report("appended one by one", ENTRIES, start);

    let start = Instant::now();
    head = ledger.append(&head, &bodies).await?;
    report("appended as one batch", ENTRIES, start);

    let start = Instant::now();
    for _ in 0..50 {
        head = ledger.append(&head, &bodies).await?;
    }
    report("appended in batches of 1000", 50 * ENTRIES, start);

    let start = Instant::now();
    let verified = ledger.verify().await?;
    report("read and verified", verified.entries as usize, start);

    let start = Instant::now();
    for _ in 0..ENTRIES {
        ledger.changed(&head).await?;
    }
    report("asked whether the head moved", ENTRIES, start);

    let new = NewAccount { login: "dara".into(), ..NewAccount::default() };
    let dara = ledger.add_account(new, "seven lotus ponds", 0).await?;
    let start = Instant::now();
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..SIGN_INS {
        let ledger = ledger.clone();
        tries
            .spawn(async move { ledger.sign_in("dara", if n % 2 == 0 { "seven lotus ponds" } else { "wrong" }).await });
    }
    while let Some(tried) = tries.join_next().await {
        tried??;
    }
    report("signed in or refused", SIGN_INS, start);

    let token = ledger.add_session(&dara.id, 0, i64::MAX, true).await?;
    let start = Instant::now();
    for _ in 0..ENTRIES {
        ledger.session(token.as_str(), 1).await?;
    }
    report("sessions looked up", ENTRIES, start);
    Ok(())
}

fn report(what: &str, count: usize, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    let ms = seconds * 1e3;
    let rate = count as f64 / seconds;
    println!("{what:32} {count:7} in {ms:9.1} ms  {rate:10.0} per second");
}
