//! An earlier moment is what folding the ledger up to it gives, whoever asks with whom, and no more are kept than a few.

use romduol_plan::kinds::{Body, Consent, Contribution, Kind};
use romduol_plan::{Actor, Change, Entry, Nonce};
use serde_json::json;

use super::*;
use crate::fold;

fn said(id: &str, consent: &str) -> Change {
    let body = json!({ "id": id, "consultation": "K", "said": { "en": "Words" }, "consent": consent, "source": "" });
    Change::Put(Body::read(Kind::Contribution, body).unwrap())
}

/// A ledger of as many entries as changes.
async fn ledger(changes: Vec<Change>) -> (tempfile::TempDir, Ledger, Arc<Snapshot>) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(dir.path()).await.unwrap();
    let entry = |change| {
        let actor = Actor { account: "a".into(), post: "p".into() };
        Entry { at: "2026-01-01T00:00:00Z".into(), actor, why: String::new(), changes: vec![change] }
            .to_stored(Nonce(1))
    };
    let bodies: Vec<String> = changes.into_iter().map(entry).collect();
    ledger.append(&ledger.head().await.unwrap(), &bodies).await.unwrap();
    let newest = Arc::new(fold::to_the_end(&ledger, Snapshot::empty()).await.unwrap());
    (dir, ledger, newest)
}

fn many() -> Vec<Change> {
    (0..30).map(|n| said(&format!("C{n:02}"), "public")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_one_moment_at_once_shares_it() {
    let (_dir, ledger, newest) = ledger(many()).await;
    let moments = Arc::new(Moments::default());
    let asked = (0..60).map(|_| {
        let (moments, ledger, newest) = (moments.clone(), ledger.clone(), newest.clone());
        tokio::spawn(async move { moments.at(&ledger, 7, &newest).await.unwrap() })
    });
    let asked: Vec<_> = asked.collect();
    let first = moments.at(&ledger, 7, &newest).await.unwrap();
    for other in asked {
        assert!(Arc::ptr_eq(&first, &other.await.unwrap()), "it was folded twice");
    }
    assert_eq!((first.head.seq, first.state.count::<Contribution>()), (7, 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_of_moments_gives_what_folding_gives_and_few_are_kept() {
    let (_dir, ledger, newest) = ledger(many()).await;
    let moments = Arc::new(Moments::default());
    for position in [20, 3, 3, 9, 29, 1, 14, 0, 20, 9] {
        let moment = moments.at(&ledger, position, &newest).await.unwrap();
        let entries = ledger.read_after(&romduol_ledger::Head::genesis()).await.unwrap();
        let folded = Snapshot::empty().after(&entries[..position as usize]).unwrap();
        assert_eq!((&moment.state, &moment.head), (&folded.state, &folded.head));
        assert!(moments.list().len() <= KEPT);
    }
    let kept: Vec<u64> = moments.list().iter().map(|moment| moment.position).collect();
    assert_eq!(kept, [14, 0, 20, 9], "those that were asked for last");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_is_bounded_and_moves_on() {
    let (_dir, ledger, newest) = ledger(many()).await;
    let moments = Arc::new(Moments::default());
    let held = moments.turn.acquire().await.unwrap();
    let ask = |position| {
        let (moments, ledger, newest) = (moments.clone(), ledger.clone(), newest.clone());
        tokio::spawn(async move { moments.at(&ledger, position, &newest).await })
    };
    let waiting: Vec<_> = (1..=LINE as u64).map(ask).collect();
    while moments.list().len() < LINE {
        tokio::task::yield_now().await;
    }
    let late = moments.at(&ledger, 25, &newest).await.err().unwrap();
    assert!(matches!(late, AppError::Crowded { .. }), "{late}");
    let same = ask(3);
    drop(held);
    assert_eq!(same.await.unwrap().unwrap().head.seq, 3);
    for (at, one) in waiting.into_iter().enumerate() {
        assert_eq!(one.await.unwrap().unwrap().head.seq, at as u64 + 1);
    }
    assert_eq!(moments.at(&ledger, 25, &newest).await.unwrap().head.seq, 25);
    assert!(moments.list().len() <= KEPT);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_while_a_moment_is_kept_is_gone_from_it() {
    let (_dir, ledger, newest) = ledger(many()).await;
    let moments = Arc::new(Moments::default());
    let whole = moments.at(&ledger, 10, &newest).await.unwrap();
    assert_eq!(whole.state.count::<Contribution>(), 10);
    let actor = Actor { account: "a".into(), post: "p".into() };
    let changes = vec![Change::Retire(Kind::Contribution, "C01".into()), said("C02", "internal")];
    let entry = Entry { at: "2026-01-02T00:00:00Z".into(), actor, why: "withdrawn".into(), changes };
    ledger.append(&ledger.head().await.unwrap(), &[entry.to_stored(Nonce(1))]).await.unwrap();
    let newest = Arc::new(fold::to_the_end(&ledger, Snapshot::clone(&newest)).await.unwrap());
    let allowed = moments.at(&ledger, 10, &newest).await.unwrap();
    assert_eq!(allowed.state.count::<Contribution>(), 9);
    assert_eq!(allowed.state.find::<Contribution>("C02").unwrap().consent, Consent::Internal);
    assert!(Arc::ptr_eq(&allowed, &moments.at(&ledger, 10, &newest).await.unwrap()), "worked out once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_read_of_a_moment_is_worked_out_once_after_each_write() {
    let (_dir, ledger, mut newest) = ledger(many()).await;
    let moments = Arc::new(Moments::default());
    let first = newest.clone();
    for n in 0..5 {
        let actor = Actor { account: "a".into(), post: "p".into() };
        let changes = vec![Change::Retire(Kind::Contribution, format!("C{n:02}"))];
        let entry = Entry { at: "2026-01-02T00:00:00Z".into(), actor, why: "withdrawn".into(), changes };
        ledger.append(&ledger.head().await.unwrap(), &[entry.to_stored(Nonce(1))]).await.unwrap();
        newest = Arc::new(fold::to_the_end(&ledger, Snapshot::clone(&newest)).await.unwrap());
        // Some still ask with what was the newest a moment ago.
        let asked: Vec<_> = (0..40)
            .map(|k| {
                let (moments, ledger) = (moments.clone(), ledger.clone());
                let known = if k % 4 == 3 { first.clone() } else { newest.clone() };
                tokio::spawn(async move { moments.at(&ledger, 10, &known).await.unwrap() })
            })
            .collect();
        let own = moments.at(&ledger, 10, &newest).await.unwrap();
        let mut others = Vec::new();
        for one in asked {
            others.push(one.await.unwrap());
        }
        let same = others.iter().filter(|other| Arc::ptr_eq(&own, other)).count();
        assert!(same >= 30, "{same} of those who ask with the newest share it");
        let last = moments.at(&ledger, 10, &first).await.unwrap();
        assert_eq!(last.state.count::<Contribution>(), 9 - n, "what was taken back is gone for all");
    }
}
