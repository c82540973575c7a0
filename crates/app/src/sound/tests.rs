//! A snapshot that somebody has written beside the ledger is found out, and so is an entry that was changed below it.

use romduol_plan::kinds::{Body, Contribution, Kind};
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Change, Entry, Lang, Nonce, State};
use serde_json::json;

use super::*;
use crate::current::NotCurrent;
use crate::{Clock, fold};

fn body(words: &str) -> String {
    let said = json!({ "id": "C", "consultation": "K", "said": { "en": words }, "consent": "public", "source": "" });
    let changes = vec![Change::Put(Body::read(Kind::Contribution, said).unwrap())];
    let actor = Actor { account: "a".into(), post: "p".into() };
    Entry { at: "2026-01-01T00:00:00Z".into(), actor, why: String::new(), changes }.to_stored(Nonce(1))
}

async fn ledger(folder: &std::path::Path) -> (Ledger, Snapshot) {
    let ledger = Ledger::create(folder).await.unwrap();
    ledger.append(&ledger.head().await.unwrap(), &[body("One"), body("Two"), body("Three")]).await.unwrap();
    let snapshot = fold::to_the_end(&ledger, Snapshot::empty()).await.unwrap();
    (ledger, snapshot)
}

/// The same end with other words.
fn forged(snapshot: &Snapshot) -> Snapshot {
    let mut state = snapshot.state.clone();
    state.apply(snapshot.head.seq, &Entry::from_stored(&body("Forged")).unwrap()).unwrap();
    let totals = Totals::build(&State::default(), false);
    Snapshot::with(state, totals, snapshot.head.clone(), true)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_was_written_by_somebody_else_is_found_out() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, snapshot) = ledger(dir.path()).await;
    assert_eq!(beside(&ledger).await.unwrap(), Beside::None);
    kept::keep(&ledger, &snapshot).unwrap();
    assert_eq!(beside(&ledger).await.unwrap(), Beside::Sound);
    ledger.append(&snapshot.head, &[body("Later")]).await.unwrap();
    assert_eq!(beside(&ledger).await.unwrap(), Beside::Sound, "an older one is compared with what was then");
    kept::keep(&ledger, &forged(&snapshot)).unwrap();
    assert_eq!(beside(&ledger).await.unwrap(), Beside::Forged);

    let app = App::start(ledger, Clock::Fixed(0)).await.unwrap();
    assert!(app.is_current().await.is_ok(), "a start believes it");
    assert_eq!(app.look_for_damage().await, Found::Replaced);
    assert!(matches!(app.is_current().await, Err(NotCurrent::Unsound)), "whoever runs the program is told");
    assert!(kept::restore(&app.ledger).await.unwrap().is_none(), "the next start does not believe it");
    assert_eq!(words(&app), "Later", "pages show what the ledger says");
    assert_eq!(app.look_for_damage().await, Found::Sound);
    assert!(app.is_current().await.is_ok(), "all is well again");
}

/// What pages say.
fn words(app: &App) -> String {
    let contribution = app.snapshot().state.find::<Contribution>("C").cloned().unwrap();
    contribution.said.get(Lang::En).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sound_is_not_kept_for_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, snapshot) = ledger(dir.path()).await;
    kept::keep(&ledger, &forged(&snapshot)).unwrap();
    let app = App::start(ledger, Clock::Fixed(0)).await.unwrap();
    let bodies: Vec<String> = (0..kept::WORTH_KEEPING).map(|n| body(&format!("Words {n}"))).collect();
    let end = app.ledger.append(&app.ledger.head().await.unwrap(), &bodies).await.unwrap();
    let actor = Actor { account: "a".into(), post: "p".into() };
    app.run(actor, "follows".into(), Box::new(|_| Ok(Vec::new()))).await.unwrap();
    app.unsound.store(true, Ordering::SeqCst);
    app.keep_snapshot().await;
    assert_eq!(kept::restore(&app.ledger).await.unwrap().unwrap().head.seq, 3, "the old file is not written over");
    assert_eq!(app.look_for_damage().await, Found::Replaced);
    app.keep_snapshot().await;
    assert!(kept::restore(&app.ledger).await.unwrap().is_none());
    assert_eq!(app.look_for_damage().await, Found::Sound);
    app.keep_snapshot().await;
    assert_eq!(kept::restore(&app.ledger).await.unwrap().unwrap().head, end);
    assert_eq!(beside(&app.ledger).await.unwrap(), Beside::Sound);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_was_changed_is_damage_and_a_ledger_that_is_away_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, snapshot) = ledger(dir.path()).await;
    kept::keep(&ledger, &snapshot).unwrap();
    let app = App::start(ledger, Clock::Fixed(0)).await.unwrap();
    assert_eq!(app.look_for_damage().await, Found::Sound);
    assert!(app.is_current().await.is_ok());
    // Another ledger in its place: it ends before the snapshot that pages are read from.
    let other = tempfile::tempdir().unwrap();
    let theirs = Ledger::create(other.path()).await.unwrap();
    let shorter = App { ledger: theirs, unsound: Arc::default(), ..app.clone() };
    assert_eq!(shorter.look_for_damage().await, Found::Damaged);
    assert!(shorter.unsound.load(Ordering::SeqCst));
    for (error, damage) in [
        (LedgerError::Diverged { known: 3, found: 2 }.into(), true),
        (LedgerError::Damaged { path: "a".into(), detail: "b".into() }.into(), true),
        (AppError::fault("entry 3 of the ledger cannot be read"), true),
        (LedgerError::Busy { path: "a".into(), waited_s: 10 }.into(), false),
        (LedgerError::Unreachable { path: "a".into(), detail: "b".into() }.into(), false),
        (AppError::Stopping, false),
    ] {
        assert_eq!(is_damage(&error), damage, "{error}");
    }
    app.ledger.clone().close().await;
    assert_eq!(app.look_for_damage().await, Found::Nothing);
    assert!(!app.unsound.load(Ordering::SeqCst), "what could not be looked at is not called damaged");
}
