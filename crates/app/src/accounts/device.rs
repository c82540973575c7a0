//! Who guesses passwords, and who does not: a browser from which somebody has signed in to an account is known for a while, on
//! every node and after a restart, and guesses of strangers are counted over all nodes. Refuses to know cookies and addresses.

use romduol_ledger::{Ledger, Ticket};

use crate::{App, AppError};

/// The ticket that a browser keeps.
const DEVICE: &str = "device";
/// How long a browser is known.
pub const DEVICE_DAYS: i64 = 90;
/// How many browsers an account is known by. Some browsers forget at every end what they were given, and whoever signs in from
/// one each morning would fill the table.
const MOST_DEVICES: u32 = 20;
/// The ticket that notes a guess.
const GUESS: &str = "guess";
/// How many guesses of one login strangers have together, and in how long.
const MOST_GUESSES: u64 = 60;
const GUESS_SECONDS: i64 = 600;

/// As it is compared where guesses are counted. Nobody reads from the table which logins were tried.
fn key(login: &str) -> String {
    Ledger::key_of(&login.trim().to_lowercase())
}

/// A browser from which somebody has signed in to an account before.
pub struct Browser {
    pub account: String,
    pub secret: String,
}

impl App {
    /// Which of the secrets of a browser is that of an account, if one is.
    pub async fn known_device(&self, login: &str, secrets: &[String]) -> Result<Option<String>, AppError> {
        for Browser { account, secret } in self.browsers(secrets).await? {
            if self.ledger.account(&account).await?.is_some_and(|account| account.login == login.trim()) {
                return Ok(Some(secret));
            }
        }
        Ok(None)
    }

    /// The accounts for which a browser is known by its secrets, the newest first.
    pub async fn browsers(&self, secrets: &[String]) -> Result<Vec<Browser>, AppError> {
        let (now, mut known) = (self.now().unix, Vec::new());
        for secret in secrets {
            let ticket = self.ledger.ticket(DEVICE, secret, now).await?;
            let account = ticket.and_then(|ticket| ticket.account);
            known.extend(account.map(|account| Browser { account, secret: secret.clone() }));
        }
        Ok(known)
    }

    /// A secret for the browser from which somebody has just signed in. It opens nothing. Shutting the account out ends it, and
    /// so does signing in from many others.
    pub async fn know_device(&self, login: &str) -> Result<Option<String>, AppError> {
        let now = self.now().unix;
        let accounts = self.ledger.accounts().await?;
        let Some(account) = accounts.into_iter().find(|account| account.login == login.trim()) else { return Ok(None) };
        self.ledger.keep_tickets(DEVICE, &account.id, MOST_DEVICES - 1).await?;
        let expires = now + DEVICE_DAYS * 86_400;
        let ticket = Ticket { account: Some(account.id), data: String::new(), expires };
        Ok(Some(self.ledger.add_ticket(DEVICE, &ticket, now).await?))
    }

    /// Refuses a stranger's guess where there were too many on all nodes together. A ledger in a folder has one node, which
    /// counts in memory.
    pub async fn may_guess(&self, login: &str) -> Result<(), AppError> {
        match self.ledger.folder() {
            Some(_) => Ok(()),
            None => self.few_guesses(login).await,
        }
    }

    /// Counts a stranger's wrong guess.
    pub async fn note_guess(&self, login: &str) -> Result<(), AppError> {
        match self.ledger.folder() {
            Some(_) => Ok(()),
            None => self.count_guess(login).await,
        }
    }

    async fn few_guesses(&self, login: &str) -> Result<(), AppError> {
        let guesses = self.ledger.count_tickets(GUESS, &key(login), self.now().unix).await?;
        match guesses < MOST_GUESSES {
            true => Ok(()),
            // By then some of them are forgotten.
            false => Err(AppError::TooOften { seconds: GUESS_SECONDS.cast_unsigned() / 10 }),
        }
    }

    async fn count_guess(&self, login: &str) -> Result<(), AppError> {
        let now = self.now().unix;
        let ticket = Ticket { account: None, data: key(login), expires: now + GUESS_SECONDS };
        self.ledger.add_ticket(GUESS, &ticket, now).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use romduol_ledger::NewAccount;

    use super::*;
    use crate::Clock;

    const NOW: i64 = 1_795_392_000;

    async fn app(folder: &std::path::Path) -> App {
        App::start(Ledger::create(folder).await.unwrap(), Clock::Fixed(NOW)).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_browser_is_known_for_its_own_account_until_its_days_are_over_or_all_is_shut() {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path()).await;
        for login in ["dara", "sokha"] {
            let new = NewAccount { login: login.into(), role: "reporter".into(), ..NewAccount::default() };
            app.ledger.add_account(new, None, NOW).await.unwrap();
        }
        let own = app.know_device(" dara").await.unwrap().unwrap();
        assert_eq!(app.know_device("nobody").await.unwrap(), None);
        let secrets = ["made up".to_string(), own.clone()];
        let known = async |app: &App, login: &str| app.known_device(login, &secrets).await.unwrap();
        assert_eq!((known(&app, "dara").await, known(&app, "sokha").await), (Some(own.clone()), None));
        // Another node, or the same one after a restart.
        let later = |days: i64| App { clock: Clock::Fixed(NOW + days * 86_400), ..app.clone() };
        assert_eq!(known(&later(89), "dara").await, Some(own));
        assert_eq!(known(&later(90), "dara").await, None);
        let id = app.ledger.accounts().await.unwrap().remove(0).id;
        app.ledger.shut_out(&id, NOW).await.unwrap();
        assert_eq!(known(&app, "dara").await, None, "whoever has the phone is a stranger");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_account_is_known_by_its_newest_browsers_only() {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path()).await;
        let new = NewAccount { login: "dara".into(), role: "reporter".into(), ..NewAccount::default() };
        app.ledger.add_account(new, None, NOW).await.unwrap();
        let mut secrets = Vec::new();
        for second in 0..=i64::from(MOST_DEVICES) + 1 {
            let app = App { clock: Clock::Fixed(NOW + second), ..app.clone() };
            secrets.push(app.know_device("dara").await.unwrap().unwrap());
        }
        let mut known = Vec::new();
        for secret in &secrets {
            known.extend(app.known_device("dara", std::slice::from_ref(secret)).await.unwrap());
        }
        assert_eq!(known, secrets[2..], "the two that were known first are strangers again");
        // Many in one second: whoever has just signed in is known.
        for _ in 0..3 {
            let newest = app.know_device("dara").await.unwrap().unwrap();
            assert!(app.known_device("dara", &[newest]).await.unwrap().is_some());
        }
        assert_eq!(app.ledger.tickets_waiting(DEVICE, NOW).await.unwrap().len(), MOST_DEVICES as usize);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn guesses_are_counted_for_one_login_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path()).await;
        for _ in 0..MOST_GUESSES {
            assert!(app.few_guesses("dara").await.is_ok());
            app.count_guess("Dara ").await.unwrap();
        }
        assert!(matches!(app.few_guesses("dara").await, Err(AppError::TooOften { .. })));
        assert!(app.few_guesses("sokha").await.is_ok() && app.may_guess("dara").await.is_ok());
        let later = App { clock: Clock::Fixed(NOW + GUESS_SECONDS), ..app.clone() };
        assert!(later.few_guesses("dara").await.is_ok());
    }
}
