//! What was sent once: one decides it, everybody gets its answer, and its entry is written with the mark or not at all.

use romduol_ledger::{Claim, Head, Ledger, Written};

use crate::home::fresh;
use crate::{bodies, body};

fn done(print: &str, answer: &str) -> Claim {
    Claim::Done { print: print.into(), answer: answer.into() }
}

#[tokio::test]
async fn one_decides_and_the_others_get_the_answer() {
    let (_home, ledger) = fresh().await;
    assert_eq!(ledger.claim("k", 100, 90).await.unwrap(), Claim::Mine);
    assert_eq!(ledger.claim("k", 101, 91).await.unwrap(), Claim::Busy);
    assert_eq!(ledger.claim("other", 101, 91).await.unwrap(), Claim::Mine, "another key is another matter");
    ledger.settle_claim("k", "p", "a", 102).await.unwrap();
    assert_eq!(ledger.claim("k", 500, 490).await.unwrap(), done("p", "a"));
}

#[tokio::test]
async fn of_many_at_once_one_gets_it() {
    let (_home, ledger) = fresh().await;
    let ask = || {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.claim("k", 100, 90).await.unwrap() })
    };
    let mut asked: Vec<Claim> = Vec::new();
    for task in (0..12).map(|_| ask()).collect::<Vec<_>>() {
        asked.push(task.await.unwrap());
    }
    assert_eq!(asked.iter().filter(|claim| **claim == Claim::Mine).count(), 1);
}

#[tokio::test]
async fn a_key_goes_on_when_its_holder_is_lost_or_gives_it_back() {
    let (_home, ledger) = fresh().await;
    ledger.claim("k", 100, 90).await.unwrap();
    ledger.hold_claim("k", 105).await.unwrap();
    assert_eq!(ledger.claim("k", 114, 104).await.unwrap(), Claim::Busy, "it lived at 105");
    assert_eq!(ledger.claim("k", 116, 106).await.unwrap(), Claim::Mine);
    assert_eq!(ledger.claim("k", 117, 107).await.unwrap(), Claim::Busy);
    ledger.release_claim("k").await.unwrap();
    assert_eq!(ledger.claim("k", 117, 107).await.unwrap(), Claim::Mine);
}

#[tokio::test]
async fn the_mark_and_the_entry_are_one() {
    let (_home, ledger) = fresh().await;
    let mark = |seq| [Written { key: "k".into(), seq }];
    let genesis = Head::genesis();
    let chain = |after: &Head, text: String| {
        let head = after.next(&text);
        [romduol_ledger::Entry { seq: head.seq, body: text, hash: head.hash }]
    };
    ledger.claim("k", 100, 90).await.unwrap();
    assert_eq!(ledger.written_for("k").await.unwrap(), None);
    // Somebody else was faster: neither entry nor mark.
    let head = ledger.append(&genesis, &bodies(1)).await.unwrap();
    ledger.append_chained(&genesis, &chain(&genesis, body(7)), &mark(1)).await.unwrap_err();
    assert_eq!(ledger.written_for("k").await.unwrap(), None);
    ledger.append_chained(&head, &chain(&head, body(7)), &mark(2)).await.unwrap();
    assert_eq!(ledger.written_for("k").await.unwrap(), Some(2));
    // Given back with an error behind the entry: the entry is known, and nothing is decided again.
    ledger.release_claim("k").await.unwrap();
    assert_eq!(ledger.claim("k", 100, 90).await.unwrap(), Claim::Kept { seq: 2 });
    assert_eq!(ledger.written_for("k").await.unwrap(), Some(2));
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    let (_home, ledger) = fresh().await;
    let kept = |ledger: Ledger| async move { ledger.claim("k", 100, 90).await.unwrap() };
    ledger.claim("k", 100, 90).await.unwrap();
    ledger.settle_claim("k", "p", "a", 100).await.unwrap();
    ledger.erase_submissions(100).await.unwrap();
    assert_eq!(kept(ledger.clone()).await, done("p", "a"));
    ledger.erase_submissions(101).await.unwrap();
    assert_eq!(kept(ledger).await, Claim::Mine);
}
