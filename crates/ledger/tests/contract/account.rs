//! Accounts, passwords, sessions, drafts.

use std::time::Instant;

use romduol_ledger::{Account, DraftError, FILE_NAME, Ledger, LedgerError, NewAccount};

use crate::{fresh, on_server};

const NOW: i64 = 1_800_000_000;

async fn dara(ledger: &Ledger) -> Account {
    let new = NewAccount {
        login: "dara".into(),
        name: "Dara / ដារា".into(),
        role: "focal-point".into(),
        institution: Some("MOI".into()),
        language: "km".into(),
        ..NewAccount::default()
    };
    ledger.add_account(new, "lotus-42", NOW).await.unwrap()
}

#[tokio::test]
async fn an_account_is_added_changed_and_erased() {
    let (_dir, ledger) = fresh().await;
    let mut account = dara(&ledger).await;
    assert_eq!(account.id.len(), 16);
    assert!(account.active && account.area.is_none() && account.created == NOW);
    assert_eq!(ledger.account(&account.id).await.unwrap().as_ref(), Some(&account));

    account.area = Some("KH-12".into());
    account.role = "verifier".into();
    ledger.update_account(&account).await.unwrap();
    assert_eq!(ledger.accounts().await.unwrap(), [account.clone()]);

    ledger.erase_account(&account.id).await.unwrap();
    assert!(ledger.accounts().await.unwrap().is_empty());
    let error = ledger.erase_account(&account.id).await.unwrap_err();
    assert!(matches!(error, LedgerError::NoAccount { .. }));
    assert!(matches!(ledger.update_account(&account).await, Err(LedgerError::NoAccount { .. })));
}

#[tokio::test]
async fn a_login_is_taken_once_and_an_id_can_be_given() {
    let (_dir, ledger) = fresh().await;
    dara(&ledger).await;
    let new = NewAccount { id: Some("demo-1".into()), login: "dara".into(), ..NewAccount::default() };
    let error = ledger.add_account(new.clone(), "x", NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "The login dara is taken; choose another one.");
    let new = NewAccount { login: "sokha".into(), ..new };
    let mut sokha = ledger.add_account(new, "x", NOW).await.unwrap();
    assert_eq!(sokha.id, "demo-1");
    sokha.login = "dara".into();
    assert!(matches!(ledger.update_account(&sokha).await, Err(LedgerError::LoginTaken { .. })));
}

#[tokio::test]
async fn signing_in_takes_the_right_password_and_an_active_account() {
    let (_dir, ledger) = fresh().await;
    let mut account = dara(&ledger).await;
    let right = ledger.sign_in("dara", "lotus-42").await.unwrap();
    assert_eq!(right.as_ref(), Some(&account));
    for (login, password) in [("dara", "lotus-43"), ("dara", ""), ("Dara", "lotus-42"), ("nobody", "lotus-42")] {
        assert_eq!(ledger.sign_in(login, password).await.unwrap(), None);
    }
    account.active = false;
    ledger.update_account(&account).await.unwrap();
    assert_eq!(ledger.sign_in("dara", "lotus-42").await.unwrap(), None);
}

#[tokio::test]
async fn the_time_of_an_answer_does_not_tell_which_logins_exist() {
    let (_dir, ledger) = fresh().await;
    dara(&ledger).await;
    let mut best = [f64::MAX; 2];
    for _ in 0..4 {
        for (n, login) in ["dara", "nobody"].into_iter().enumerate() {
            let start = Instant::now();
            assert_eq!(ledger.sign_in(login, "wrong").await.unwrap(), None);
            best[n] = best[n].min(start.elapsed().as_secs_f64());
        }
    }
    // Without the same work the unknown login answers a hundred times sooner; a loaded machine only blurs it.
    assert!(best[1] > best[0] * 0.3, "{best:?}");
}

#[tokio::test]
async fn a_session_counts_until_it_expires() {
    let (_dir, ledger) = fresh().await;
    let account = dara(&ledger).await;
    let token = ledger.add_session(&account.id, NOW, NOW + 100, false).await.unwrap();
    assert_eq!(token.as_str().len(), 64);
    assert_eq!(format!("{token:?}"), "SessionToken(…)");
    let session = ledger.session(token.as_str(), NOW + 99).await.unwrap();
    let session = session.unwrap();
    assert_eq!((session.created, session.seen), (NOW, NOW));
    assert_eq!(session.account, account);
    assert_eq!(ledger.session(token.as_str(), NOW + 100).await.unwrap(), None);
    assert_eq!(ledger.session("", NOW).await.unwrap(), None);

    ledger.extend_session(token.as_str(), NOW + 50, NOW + 200).await.unwrap();
    let session = ledger.session(token.as_str(), NOW + 150).await.unwrap();
    assert_eq!(session.unwrap().seen, NOW + 50);
    // What has ended is not woken.
    ledger.extend_session(token.as_str(), NOW + 300, NOW + 900).await.unwrap();
    assert_eq!(ledger.session(token.as_str(), NOW + 300).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_ends_by_sign_out_lost_phone_new_password_or_erasure() {
    let (_dir, ledger) = fresh().await;
    let account = dara(&ledger).await;
    let mut tokens = Vec::new();
    for _ in 0..5 {
        let token = ledger.add_session(&account.id, NOW, NOW + 100, false).await.unwrap();
        tokens.push(token);
    }
    let counts = async |n: usize| {
        let session = ledger.session(tokens[n].as_str(), NOW + 1).await.unwrap();
        session.is_some()
    };
    ledger.revoke_session(tokens[0].as_str(), NOW + 1).await.unwrap();
    assert!(!counts(0).await && counts(1).await);
    ledger.shut_out_beside(&account.id, tokens[1].as_str(), NOW + 1).await.unwrap();
    assert!(counts(1).await && !counts(2).await && !counts(4).await, "all but the one that asks");
    assert_eq!(ledger.shut_out(&account.id, NOW + 1).await.unwrap(), 1);
    assert!(!counts(1).await && !counts(4).await);
    assert_eq!(ledger.erase_sessions(NOW + 50).await.unwrap(), 5);

    let token = ledger.add_session(&account.id, NOW, NOW + 100, false).await.unwrap();
    ledger.set_password(&account.id, "new").await.unwrap();
    assert_eq!(ledger.session(token.as_str(), NOW).await.unwrap(), None);
    assert!(ledger.sign_in("dara", "new").await.unwrap().is_some());

    let token = ledger.add_session(&account.id, NOW, NOW + 100, false).await.unwrap();
    let mut inactive = account.clone();
    inactive.active = false;
    ledger.update_account(&inactive).await.unwrap();
    assert_eq!(ledger.session(token.as_str(), NOW).await.unwrap(), None);
    ledger.erase_account(&account.id).await.unwrap();
    assert!(matches!(ledger.add_session(&account.id, NOW, NOW + 1, false).await, Err(LedgerError::NoAccount { .. })));
}

#[tokio::test]
async fn what_an_account_becomes_and_the_end_of_what_it_was_are_one() {
    let (_dir, ledger) = fresh().await;
    let account = dara(&ledger).await;
    ledger.add_account(NewAccount { login: "sokha".into(), ..NewAccount::default() }, None, NOW).await.unwrap();
    let session = ledger.add_session(&account.id, NOW, NOW + 100, false).await.unwrap();
    let token = ledger.add_token(&account.id, "", "read", NOW, NOW + 100).await.unwrap();
    let counts = async || {
        let session = ledger.session(session.as_str(), NOW + 1).await.unwrap().is_some();
        (session, ledger.token(&token, NOW + 1).await.unwrap().is_some())
    };
    let taken = Account { login: "sokha".into(), role: "secretariat".into(), ..account.clone() };
    assert!(matches!(ledger.change_account(&taken, NOW).await, Err(LedgerError::LoginTaken { .. })));
    assert_eq!((counts().await, ledger.account(&account.id).await.unwrap()), ((true, true), Some(account.clone())));
    let changed = Account { role: "secretariat".into(), ..account.clone() };
    ledger.change_account(&changed, NOW).await.unwrap();
    assert_eq!((counts().await, ledger.account(&account.id).await.unwrap()), ((false, false), Some(changed)));
    let nobody = Account { id: "nobody".into(), login: "nobody".into(), ..account };
    assert!(matches!(ledger.change_account(&nobody, NOW).await, Err(LedgerError::NoAccount { .. })));
}

#[tokio::test]
async fn the_file_holds_neither_token_nor_password() {
    if on_server() {
        return;
    }
    let (dir, ledger) = fresh().await;
    let account = dara(&ledger).await;
    let token = ledger.add_session(&account.id, NOW, NOW + 100, false).await.unwrap();
    ledger.close().await;
    let file = std::fs::read(dir.path().join(FILE_NAME)).unwrap();
    let holds = |text: &str| file.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds("dara"));
    assert!(!holds(token.as_str()));
    assert!(!holds("lotus-42"));
}

#[tokio::test]
async fn a_stale_draft_gets_the_newer_one_back() {
    let (_dir, ledger) = fresh().await;
    let first = ledger.save_draft("R-1", "{\"a\":1}", 0, "dara", NOW).await.unwrap();
    assert_eq!(first.revision, 1);
    let second = ledger.save_draft("R-1", "{\"a\":2}", 1, "sokha", NOW + 5).await.unwrap();
    assert_eq!(second.revision, 2);

    for stale in [0, 1, 3] {
        match ledger.save_draft("R-1", "{}", stale, "dara", NOW).await {
            Err(DraftError::Conflict(Some(newer))) => assert_eq!(*newer, second),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(ledger.draft("R-1").await.unwrap(), Some(second));
    let list = ledger.drafts().await.unwrap();
    assert_eq!((list.len(), list[0].revision), (1, 2));
}

#[tokio::test]
async fn a_draft_that_was_submitted_does_not_come_back() {
    let (_dir, ledger) = fresh().await;
    ledger.save_draft("R-1", "{}", 0, "dara", NOW).await.unwrap();
    ledger.erase_draft("R-1").await.unwrap();
    ledger.erase_draft("R-1").await.unwrap();
    let late = ledger.save_draft("R-1", "{}", 1, "dara", NOW).await;
    assert!(matches!(late, Err(DraftError::Conflict(None))));
    assert_eq!(ledger.draft("R-1").await.unwrap(), None);
}
