//! Tickets, proofs beside the password, tokens of programs, persons of providers, the trail of access.

use romduol_ledger::{Access, Account, Ledger, NewAccount, Ticket};

use crate::fresh;
use crate::home::texts;

const NOW: i64 = 1_800_000_000;

async fn account(ledger: &Ledger, login: &str) -> Account {
    ledger.add_account(NewAccount { login: login.into(), ..NewAccount::default() }, None, NOW).await.unwrap()
}

fn ticket(account: &Account, expires: i64) -> Ticket {
    Ticket { account: Some(account.id.clone()), data: "{}".into(), expires }
}

#[tokio::test]
async fn without_a_password_nobody_signs_in_until_one_is_set() {
    let (_home, ledger) = fresh().await;
    let dara = account(&ledger, "dara").await;
    for password in ["", "lotus-42", "\0"] {
        assert_eq!(ledger.sign_in("dara", password).await.unwrap(), None);
    }
    assert_eq!(ledger.sign_in("dara\0", "lotus-42").await.unwrap(), None);
    ledger.set_password(&dara.id, "lotus-42").await.unwrap();
    assert!(ledger.sign_in("dara", "lotus-42").await.unwrap().is_some());
}

#[tokio::test]
async fn a_ticket_opens_its_own_thing_once_and_until_its_time() {
    let (home, ledger) = fresh().await;
    let dara = account(&ledger, "dara").await;
    let secret = ledger.add_ticket("invite", &ticket(&dara, NOW + 10), NOW).await.unwrap();
    assert_eq!(secret.len(), 64);
    assert!(!texts(&home, "SELECT hash FROM ticket").await.contains(&secret));
    let good = Some(ticket(&dara, NOW + 10));
    assert_eq!(ledger.ticket("invite", &secret, NOW + 9).await.unwrap(), good);
    for (purpose, secret, now) in [("reset", secret.as_str(), NOW), ("invite", "", NOW), ("invite", &secret, NOW + 10)]
    {
        assert_eq!(ledger.ticket(purpose, secret, now).await.unwrap(), None);
        assert_eq!(ledger.take_ticket(purpose, secret, now).await.unwrap(), None);
    }
    assert_eq!(ledger.tickets_waiting("invite", NOW).await.unwrap(), [(dara.id.clone(), NOW + 10)]);
    let taken = tokio::join!(ledger.take_ticket("invite", &secret, NOW), ledger.take_ticket("invite", &secret, NOW));
    let taken = [taken.0.unwrap(), taken.1.unwrap()];
    assert_eq!(taken.iter().flatten().count(), 1, "of two who bring the same secret one gets it");

    for until in [NOW + 10, NOW + 11] {
        let guess = Ticket { account: None, data: "a".into(), expires: until };
        ledger.add_ticket("guess", &guess, NOW).await.unwrap();
    }
    for (data, now, count) in [("a", NOW, 2), ("a", NOW + 10, 1), ("b", NOW, 0)] {
        assert_eq!(ledger.count_tickets("guess", data, now).await.unwrap(), count, "{data} {now}");
    }

    let void = ledger.add_ticket("invite", &ticket(&dara, NOW + 10), NOW).await.unwrap();
    ledger.void_tickets("invite", &dara.id).await.unwrap();
    assert_eq!(ledger.ticket("invite", &void, NOW).await.unwrap(), None);
    let late = ledger.add_ticket("invite", &ticket(&dara, NOW + 10), NOW).await.unwrap();
    ledger.add_ticket("half", &Ticket { account: None, ..ticket(&dara, NOW + 99) }, NOW + 50).await.unwrap();
    assert_eq!(texts(&home, "SELECT purpose FROM ticket").await, ["half"], "{late} expired and went");
    assert!(
        ledger.add_ticket("invite", &Ticket { account: Some("nobody".into()), ..ticket(&dara, 1) }, 0).await.is_err()
    );
}

#[tokio::test]
async fn an_account_keeps_so_many_tickets_of_a_purpose_and_the_first_to_end_goes() {
    let (home, ledger) = fresh().await;
    let (dara, sokha) = (account(&ledger, "dara").await, account(&ledger, "sokha").await);
    let mut secrets = Vec::new();
    for until in [3, 1, 4, 2] {
        secrets.push(ledger.add_ticket("device", &ticket(&dara, NOW + until), NOW).await.unwrap());
    }
    ledger.add_ticket("device", &ticket(&sokha, NOW + 1), NOW).await.unwrap();
    ledger.add_ticket("invite", &ticket(&dara, NOW + 1), NOW).await.unwrap();
    ledger.keep_tickets("device", &dara.id, 9).await.unwrap();
    ledger.keep_tickets("device", &dara.id, 2).await.unwrap();
    for (secret, stays) in secrets.iter().zip([true, false, true, false]) {
        assert_eq!(ledger.ticket("device", secret, NOW).await.unwrap().is_some(), stays);
    }
    assert_eq!(
        texts(&home, "SELECT purpose FROM ticket ORDER BY purpose").await,
        ["device", "device", "device", "invite"]
    );
    ledger.keep_tickets("device", &dara.id, 0).await.unwrap();
    assert_eq!(texts(&home, "SELECT account FROM ticket WHERE purpose = 'device'").await, [sokha.id]);
}

#[tokio::test]
async fn a_proof_is_used_forwards_only_and_a_code_once() {
    let (_home, ledger) = fresh().await;
    let (dara, sokha) = (account(&ledger, "dara").await, account(&ledger, "sokha").await);
    let app = ledger.add_factor(&dara.id, "app", "phone", "SECRET", 100, NOW).await.unwrap();
    assert!(!ledger.use_factor(&app, 100, "SECRET").await.unwrap(), "what was shown does not count again");
    let both = tokio::join!(ledger.use_factor(&app, 101, "SECRET"), ledger.use_factor(&app, 101, "SECRET"));
    assert!(both.0.unwrap() ^ both.1.unwrap());
    let code = ledger.add_factor(&dara.id, "code", "", "HASH", 0, NOW + 1).await.unwrap();
    let factors = ledger.factors_of(&dara.id).await.unwrap();
    assert_eq!(factors.iter().map(|f| (f.kind.as_str(), f.used)).collect::<Vec<_>>(), [("app", 101), ("code", 0)]);
    assert!(!format!("{factors:?}").contains("SECRET"));
    assert_eq!(ledger.accounts_with_factor(&["app", "key"]).await.unwrap(), std::slice::from_ref(&dara.id));
    assert!(!ledger.take_factor(&sokha.id, &code).await.unwrap(), "of another account");
    assert!(ledger.take_factor(&dara.id, &code).await.unwrap());
    assert!(!ledger.take_factor(&dara.id, &code).await.unwrap());
    ledger.take_factors(&dara.id, "app").await.unwrap();
    assert!(ledger.factors_of(&dara.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_counts_until_its_day_for_an_active_account() {
    let (home, ledger) = fresh().await;
    let mut dara = account(&ledger, "dara").await;
    let secret = ledger.add_token(&dara.id, "nightly", "read", NOW, NOW + 9_000).await.unwrap();
    assert!(secret.starts_with("romduol_") && secret.len() == 72);
    assert!(!texts(&home, "SELECT hash FROM token").await.contains(&secret));
    let good = Some((dara.clone(), "read".to_string()));
    assert_eq!(ledger.token(&secret, NOW).await.unwrap(), good);
    assert_eq!(ledger.token(&secret, NOW + 3_601).await.unwrap(), good);
    assert_eq!(ledger.token(&secret, NOW + 9_000).await.unwrap(), None);
    assert_eq!(ledger.token("romduol_0", NOW).await.unwrap(), None);
    let listed = ledger.tokens_of(&dara.id).await.unwrap();
    assert_eq!((listed.len(), listed[0].used), (1, Some(NOW + 3_601)));
    dara.active = false;
    ledger.update_account(&dara).await.unwrap();
    assert_eq!(ledger.token(&secret, NOW).await.unwrap(), None);
    let sokha = account(&ledger, "sokha").await;
    assert!(!ledger.revoke_token(&sokha.id, &listed[0].key).await.unwrap());
    assert!(ledger.revoke_token(&dara.id, &listed[0].key).await.unwrap());
}

#[tokio::test]
async fn a_new_password_ends_the_tokens_of_its_own_account_only() {
    let (_home, ledger) = fresh().await;
    let (dara, sokha) = (account(&ledger, "dara").await, account(&ledger, "sokha").await);
    let (of_dara, of_sokha) = (
        ledger.add_token(&dara.id, "", "send", NOW, NOW + 10).await.unwrap(),
        ledger.add_token(&sokha.id, "", "send", NOW, NOW + 10).await.unwrap(),
    );
    ledger.set_password(&dara.id, "lotus-42").await.unwrap();
    assert_eq!(ledger.token(&of_dara, NOW).await.unwrap(), None);
    assert!(ledger.token(&of_sokha, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_session_is_proved_again_and_becomes_strong() {
    let (_home, ledger) = fresh().await;
    let dara = account(&ledger, "dara").await;
    let token = ledger.add_session(&dara.id, NOW, NOW + 100, false).await.unwrap();
    let read = async || ledger.session(token.as_str(), NOW + 1).await.unwrap().map(|s| (s.proved, s.strong));
    assert_eq!(read().await, Some((NOW, false)));
    ledger.prove_session(token.as_str(), NOW + 1, true).await.unwrap();
    ledger.prove_session(token.as_str(), NOW + 2, false).await.unwrap();
    assert_eq!(read().await, Some((NOW + 2, true)), "strong stays strong");
    ledger.prove_session(token.as_str(), NOW + 200, true).await.unwrap();
    assert_eq!(read().await, Some((NOW + 2, true)), "what has ended is not woken");
}

#[tokio::test]
async fn a_person_of_a_provider_is_one_account_and_all_of_it_goes_with_the_account() {
    let (home, ledger) = fresh().await;
    let (dara, sokha) = (account(&ledger, "dara").await, account(&ledger, "sokha").await);
    assert!(ledger.add_identity("https://id.example", "7", &dara.id).await.unwrap());
    assert!(!ledger.add_identity("https://id.example", "7", &sokha.id).await.unwrap(), "tied already");
    let found = ledger.account_of_identity("https://id.example", "7").await.unwrap();
    assert_eq!(found.as_ref(), Some(&dara));
    assert_eq!(ledger.account_of_identity("https://other.example", "7").await.unwrap(), None);
    ledger.add_ticket("invite", &ticket(&dara, NOW), NOW - 1).await.unwrap();
    ledger.add_factor(&dara.id, "app", "", "S", 0, NOW).await.unwrap();
    ledger.add_token(&dara.id, "", "read", NOW, NOW + 1).await.unwrap();
    ledger.erase_account(&dara.id).await.unwrap();
    for left in [
        "SELECT account FROM identity",
        "SELECT account FROM ticket",
        "SELECT account FROM factor",
        "SELECT account FROM token",
    ] {
        assert!(texts(&home, left).await.is_empty(), "{left}");
    }
}

#[tokio::test]
async fn the_trail_is_read_by_time_and_erased_after_it() {
    let (_home, ledger) = fresh().await;
    let line =
        |at| Access { at, account: "a1".into(), act: "read-return".into(), object: "R-1".into(), why: "audit".into() };
    for at in [5, 9, 7] {
        ledger.note_access(&line(at)).await.unwrap();
    }
    assert_eq!(ledger.accesses(5, 9).await.unwrap(), [line(7), line(5)]);
    assert_eq!((ledger.last_access(9).await.unwrap(), ledger.last_access(5).await.unwrap()), (Some(7), None));
    assert_eq!(ledger.erase_accesses(7).await.unwrap(), 1);
    assert_eq!(ledger.accesses(0, 100).await.unwrap(), [line(9), line(7)]);
}
