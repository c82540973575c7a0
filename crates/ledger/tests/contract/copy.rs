//! Copies: from a file to the other engine and back without loss, again and again, and never over another ledger.

use std::collections::BTreeSet;

use romduol_ledger::{Copied, Copy, Head, Ledger, LedgerError, NewAccount};

use crate::home::Home;
use crate::{bodies, filled, fresh};

pub async fn lived_in() -> (Home, Ledger) {
    let (home, ledger, _) = filled(1_200).await;
    let new = NewAccount { login: "dara".into(), area: Some("KH-12".into()), ..NewAccount::default() };
    let account = ledger.add_account(new, "lotus-42", 7).await.unwrap();
    ledger.set_contact(&account.id, Some("dara@example.org")).await.unwrap();
    ledger.add_session(&account.id, 0, 100, false).await.unwrap();
    ledger.save_draft("R-1", "{\"note\":\"ភ្នំពេញ\"}", 0, "a1", 0).await.unwrap();
    ledger.add_comment("V1", "{}", 3).await.unwrap();
    ledger.secret("signing").await.unwrap();
    ledger.blobs().put(vec![0, 255, 7]).await.unwrap();
    (home, ledger)
}

/// Everything that a ledger can be asked for.
pub async fn all_of(ledger: &Ledger) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {} {:?}",
        ledger.verify().await.unwrap().into_result().unwrap(),
        ledger.accounts().await.unwrap(),
        ledger.sign_in("dara", "lotus-42").await.unwrap(),
        ledger.contacts().await.unwrap(),
        ledger.draft("R-1").await.unwrap(),
        ledger.comments_waiting().await.unwrap(),
        ledger.secret("signing").await.unwrap(),
        ledger.blobs().list().await.unwrap(),
    )
}

#[tokio::test]
async fn there_and_back_without_loss() {
    let (_home, ledger) = lived_in().await;
    let expected = all_of(&ledger).await;
    let (middle, folder) = (Home::empty().await, tempfile::tempdir().unwrap());
    let mut there = Copy::new(&ledger, middle.place()).await.unwrap();
    assert_eq!(there.pass(Some(&BTreeSet::new())).await.unwrap().entries, 1_200);
    let copied = Ledger::open(middle.place()).await.unwrap();
    assert_eq!(all_of(&copied).await, expected);
    let mut back = Copy::new(&copied, &folder.path().join("data").into()).await.unwrap();
    back.pass(Some(&BTreeSet::new())).await.unwrap();
    let again = Ledger::open(folder.path().join("data")).await.unwrap();
    assert_eq!(all_of(&again).await, expected);
}

#[tokio::test]
async fn a_copy_follows() {
    let (_home, ledger) = lived_in().await;
    let other = Home::empty().await;
    let mut copy = Copy::new(&ledger, other.place()).await.unwrap();
    copy.pass(Some(&BTreeSet::new())).await.unwrap();
    let head = ledger.append(&ledger.head().await.unwrap(), &bodies(3)).await.unwrap();
    ledger.blobs().put(b"minutes".to_vec()).await.unwrap();
    ledger.erase_account(&ledger.accounts().await.unwrap()[0].id).await.unwrap();
    let copied = copy.pass(Some(&BTreeSet::new())).await.unwrap();
    assert_eq!(
        copied,
        Copied { head, entries: 3, files: 1, holds: ledger.blobs().list().await.unwrap().into_iter().collect() }
    );
    let there = Ledger::open(other.place()).await.unwrap();
    assert!(there.accounts().await.unwrap().is_empty() && there.contacts().await.unwrap().is_empty());
    assert_eq!(there.blobs().list().await.unwrap(), ledger.blobs().list().await.unwrap());
    let idle = copy.pass(Some(&BTreeSet::new())).await.unwrap();
    assert_eq!((idle.entries, idle.files), (0, 0));
}

#[tokio::test]
async fn another_ledger_is_not_overwritten() {
    let (_home, ledger, _) = filled(3).await;
    let (other, theirs) = fresh().await;
    theirs.append(&Head::genesis(), &["{\"theirs\":1}".into()]).await.unwrap();
    let error = Copy::new(&ledger, other.place()).await.unwrap().pass(Some(&BTreeSet::new())).await.unwrap_err();
    assert!(matches!(error, LedgerError::NotACopy { seq: 1, .. }), "{error:?}");
    assert_eq!(theirs.head().await.unwrap().seq, 1);
}

#[tokio::test]
async fn a_file_that_was_lost_here_stays_there_and_one_that_was_erased_goes() {
    let (_home, ledger, _) = filled(3).await;
    let lost = ledger.blobs().put(b"lost".to_vec()).await.unwrap();
    let erased = ledger.blobs().put(b"erased".to_vec()).await.unwrap();
    let other = Home::empty().await;
    let mut copy = Copy::new(&ledger, other.place()).await.unwrap();
    copy.pass(None).await.unwrap();
    for id in [&lost, &erased] {
        ledger.blobs().erase(id).await.unwrap();
    }
    let named = BTreeSet::from([lost.clone()]);
    assert_eq!(copy.pass(None).await.unwrap().holds.len(), 2, "who cannot say what is named erases nothing");
    assert_eq!(copy.pass(Some(&named)).await.unwrap().holds, named);
    let there = Ledger::open(other.place()).await.unwrap();
    assert_eq!(there.blobs().list().await.unwrap(), [lost]);
}
