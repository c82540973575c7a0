//! Comments: a code opens its own comment only, and what has been dealt with is gone.

use crate::fresh;
use crate::home::texts;

#[tokio::test]
async fn a_code_opens_its_comment_and_the_file_does_not_hold_it() {
    let (dir, ledger) = fresh().await;
    let first = ledger.add_comment("V1", "{\"text\":\"more shelters\"}", 20_000).await.unwrap();
    let second = ledger.add_comment("V1", "{}", 20_001).await.unwrap();
    assert_ne!(first, second);
    let found = ledger.comment_of(&first).await.unwrap().unwrap();
    assert_eq!(found.body.as_deref(), Some("{\"text\":\"more shelters\"}"));
    assert_eq!(ledger.comment_of("0123456789abcdef").await.unwrap(), None);
    assert_eq!(ledger.comments_waiting().await.unwrap().len(), 2);
    let stored = texts(&dir, "SELECT code_hash FROM comment").await;
    assert!(!stored.contains(&first));
}

#[tokio::test]
async fn a_comment_is_dealt_with_once_and_then_erased() {
    let (_dir, ledger) = fresh().await;
    let code = ledger.add_comment("V1", "{\"text\":\"…\"}", 1).await.unwrap();
    let key = ledger.comment_of(&code).await.unwrap().unwrap().key;
    assert!(ledger.close_comment(&key, "{\"declined\":\"twice\"}").await.unwrap());
    assert!(!ledger.close_comment(&key, "{}").await.unwrap());
    let closed = ledger.comment_of(&code).await.unwrap().unwrap();
    assert_eq!((closed.body, closed.outcome.as_deref()), (None, Some("{\"declined\":\"twice\"}")));
    assert!(ledger.comments_waiting().await.unwrap().is_empty());
}
