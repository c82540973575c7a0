//! Appending, reading, following.

use proptest::prelude::*;
use romduol_ledger::{AppendError, Entry, GENESIS_HASH, Head, Ledger, READ_LIMIT, entry_hash};

use crate::{bodies, body, filled, fresh};

#[tokio::test]
async fn what_was_appended_is_read_and_verifies() {
    let (dir, ledger, head) = filled(600).await;
    assert_eq!(head.seq, 600);
    ledger.close().await;

    let ledger = Ledger::open(dir.place()).await.unwrap();
    assert_eq!(ledger.head().await.unwrap(), head);
    let read = ledger.read_after(&Head::genesis()).await.unwrap();
    let read_bodies: Vec<_> = read.iter().map(|e| e.body.clone()).collect();
    assert_eq!(read_bodies, bodies(600));
    assert_eq!(ledger.read_from(1).await.unwrap(), read);
    assert_eq!(ledger.read_from(599).await.unwrap(), read[598..]);
    assert_eq!(ledger.entry(7).await.unwrap().as_ref(), Some(&read[6]));
    assert_eq!(ledger.entry(601).await.unwrap(), None);

    let verified = ledger.verify().await.unwrap();
    assert_eq!((verified.entries, verified.broken), (600, None));
    assert_eq!(verified.into_result().unwrap(), head);
}

#[tokio::test]
async fn an_empty_ledger_is_a_ledger() {
    let (_dir, ledger) = fresh().await;
    assert_eq!(ledger.head().await.unwrap(), Head::genesis());
    assert_eq!(ledger.verify().await.unwrap().entries, 0);
    assert!(ledger.read_after(&Head::genesis()).await.unwrap().is_empty());
    assert!(ledger.read_from(0).await.unwrap().is_empty());
}

#[tokio::test]
async fn no_bodies_is_no_write() {
    let (_dir, ledger, head) = filled(2).await;
    assert_eq!(ledger.append(&head, &[]).await.unwrap(), head);
    assert_eq!(ledger.head().await.unwrap(), head);
}

#[tokio::test]
async fn bodies_come_back_byte_for_byte() {
    let (_dir, ledger) = fresh().await;
    let odd = vec![
        "{\"a\":  1,\r\n\t\"b\":\"ស្ត្រី\"}".to_owned(),
        "  ".to_owned(),
        "123".to_owned(),
        format!("\"{}\"", "x".repeat(300_000)),
    ];
    ledger.append(&Head::genesis(), &odd).await.unwrap();
    let read = ledger.read_after(&Head::genesis()).await.unwrap();
    assert_eq!(read.into_iter().map(|e| e.body).collect::<Vec<_>>(), odd);
}

#[tokio::test]
async fn a_stale_head_is_a_conflict_and_writes_nothing() {
    let (_dir, ledger, head) = filled(3).await;
    let newer = ledger.append(&head, &[body(4)]).await.unwrap();
    let lost = ledger.append(&head, &bodies(2)).await;
    assert!(matches!(lost, Err(AppendError::Conflict { after: 3 })));
    assert_eq!(ledger.head().await.unwrap(), newer);
    assert_eq!(ledger.verify().await.unwrap().entries, 4);
}

#[tokio::test]
async fn a_head_of_another_ledger_is_not_a_conflict_to_retry() {
    let (_dir, ledger, head) = filled(3).await;
    let ahead = head.next("{}");
    let wrong = ledger.append(&ahead, &[body(1)]).await.unwrap_err();
    assert!(wrong.to_string().contains("restart the program"), "{wrong}");
    assert!(ledger.read_after(&ahead).await.is_err());
}

#[tokio::test]
async fn a_follower_sees_what_another_process_wrote() {
    let (dir, one, head) = filled(3).await;
    let two = Ledger::open(dir.place()).await.unwrap();
    assert!(!two.changed(&head).await.unwrap());
    let newer = one.append(&head, &bodies(2)).await.unwrap();
    assert!(two.changed(&head).await.unwrap());
    let seen = two.read_after(&head).await.unwrap();
    assert_eq!(seen.last().map(Entry::head), Some(newer));
}

#[tokio::test]
async fn two_processes_write_in_turns() {
    let (dir, one) = fresh().await;
    let two = Ledger::open(dir.place()).await.unwrap();
    let mut head = Head::genesis();
    for n in 0..20 {
        let writer = if n % 2 == 0 { &one } else { &two };
        head = writer.append(&head, &[body(n)]).await.unwrap();
    }
    assert_eq!(two.verify().await.unwrap().into_result().unwrap(), head);
}

/// Optimistic writers: read the head, try, and try again after a conflict.
async fn race(ledger: Ledger, name: usize) -> u32 {
    let mut conflicts = 0;
    for n in 0..25 {
        loop {
            let head = ledger.head().await.unwrap();
            match ledger.append(&head, &[format!("[{name},{n}]")]).await {
                Ok(_) => break,
                Err(AppendError::Conflict { .. }) => conflicts += 1,
                Err(e) => panic!("{e}"),
            }
        }
    }
    conflicts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_writers_lose_nothing_and_write_nothing_twice() {
    let (dir, ledger) = fresh().await;
    let mut races = tokio::task::JoinSet::new();
    for name in 0..4 {
        let process = Ledger::open(dir.place()).await.unwrap();
        races.spawn(race(process, name));
    }
    races.join_all().await;
    assert_eq!(ledger.verify().await.unwrap().entries, 100);
    let mut found: Vec<_> = ledger.read_from(1).await.unwrap().into_iter().map(|e| e.body).collect();
    let mut expected: Vec<_> = (0..4).flat_map(|name| (0..25).map(move |n| format!("[{name},{n}]"))).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_long_ledger_is_read_in_parts() {
    let (_dir, ledger, head) = filled(READ_LIMIT + 5).await;
    let mut at = Head::genesis();
    let mut sizes = Vec::new();
    loop {
        let part = ledger.read_after(&at).await.unwrap();
        let Some(last) = part.last() else { break };
        at = last.head();
        sizes.push(part.len());
    }
    assert_eq!(sizes, [READ_LIMIT, 5]);
    assert_eq!(at, head);
    assert_eq!(ledger.verify().await.unwrap().entries, head.seq);
}

#[test]
fn the_framing_is_unambiguous() {
    // The same bytes cut at other places are another entry.
    assert_ne!(entry_hash(GENESIS_HASH, 1, "ab"), entry_hash(GENESIS_HASH, 1, "a"));
    assert_ne!(entry_hash(GENESIS_HASH, 1, "a"), entry_hash(GENESIS_HASH, 2, "a"));
    let other = entry_hash(GENESIS_HASH, 1, "");
    assert_ne!(entry_hash(&other, 1, "a"), entry_hash(GENESIS_HASH, 1, "a"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// How entries are grouped into commits does not show in the chain. (Bodies are JSON, which has no zero byte.)
    #[test]
    fn any_batching_gives_the_same_chain(
        texts in prop::collection::vec("[^\\x00\n]{0,40}", 1..40),
        cuts in prop::collection::vec(0_usize..12, 1..40),
    ) {
        let expected = texts.iter().fold(Head::genesis(), |head, text| head.next(text));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let found = runtime.block_on(async {
            let (_dir, ledger) = fresh().await;
            let mut head = Head::genesis();
            let mut rest = &texts[..];
            let mut cuts = cuts.iter().cycle();
            while !rest.is_empty() {
                // A cut of nothing is tried too, but a cycle of nothing must end.
                let size = cuts.next().copied().unwrap_or(1).min(rest.len());
                head = ledger.append(&head, &rest[..size]).await.unwrap();
                let (one, left) = rest.split_at(size.max(1));
                if size == 0 {
                    head = ledger.append(&head, one).await.unwrap();
                }
                rest = left;
            }
            ledger.verify().await.unwrap().into_result().unwrap()
        });
        prop_assert_eq!(found, expected);
    }
}
