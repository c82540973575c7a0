//! Addresses: one for an account, erased with it, reminded once a day.

use romduol_ledger::NewAccount;

use crate::fresh;

#[tokio::test]
async fn an_address_goes_with_its_account() {
    let (_dir, ledger) = fresh().await;
    let new =
        NewAccount { login: "sok".into(), role: "reporter".into(), language: "km".into(), ..NewAccount::default() };
    let account = ledger.add_account(new, "a long password", 1).await.unwrap();
    assert!(ledger.contacts().await.unwrap().is_empty());
    ledger.set_contact(&account.id, Some("old@example.org")).await.unwrap();
    ledger.set_contact(&account.id, Some("new@example.org")).await.unwrap();
    let contacts = ledger.contacts().await.unwrap();
    assert_eq!((contacts.len(), contacts[0].email.as_str(), contacts[0].reminded), (1, "new@example.org", None));
    assert!(ledger.mark_reminded(&account.id, 20_000).await.unwrap());
    assert!(!ledger.mark_reminded(&account.id, 20_000).await.unwrap(), "once a day");
    assert!(ledger.mark_reminded(&account.id, 20_001).await.unwrap());
    assert!(ledger.set_contact("nobody", Some("x@example.org")).await.is_err());
    ledger.erase_account(&account.id).await.unwrap();
    assert!(ledger.contacts().await.unwrap().is_empty());
}
