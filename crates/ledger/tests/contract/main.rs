//! The contract of the store, through its public interface only; both engines pass it: files, and with
//! `.ci/postgres cargo test --workspace --test contract` a PostgreSQL server.
//! It refuses to know tables, except where a test plays the attacker.

mod account;
mod backup;
mod blob;
mod comment;
mod contact;
mod copy;
mod doors;
mod entry;
mod fault;
mod full_disk;
mod home;
mod offsite;
mod old_file;
mod private;
mod submission;
mod tamper;

use home::{Home, execute, fresh, on_server};
use romduol_ledger::{Head, Ledger};

/// `count` small bodies.
fn bodies(count: usize) -> Vec<String> {
    (1..=count).map(body).collect()
}

fn body(n: usize) -> String {
    format!(r#"{{"put":"PAR-{n:02}","value":{n}}}"#)
}

/// A ledger of `count` entries.
async fn filled(count: usize) -> (Home, Ledger, Head) {
    let (dir, ledger) = fresh().await;
    let head = ledger.append(&Head::genesis(), &bodies(count)).await.unwrap();
    (dir, ledger, head)
}
