//! The second proof: codes of an app on a phone (RFC 6238) and codes on paper for the day the phone is lost. Keys are in
//! `keys.rs`.

use romduol_ledger::{Factor, Ledger, SessionToken};
use romduol_plan::permission::Act;
use romduol_plan::{Date, Deed, Say};
use totp_rs::{Builder, Secret, Totp};

use super::Person;
use super::steps::lapsed;
use crate::{App, AppError};

/// The kinds of a proof, as the ledger keeps them.
pub(super) const KEY: &str = "key";
const APP: &str = "app";
const CODE: &str = "code";
/// The ticket of who has given the password and not yet the second proof.
const HALF: &str = "half";
/// The ticket of an app's secret that has not been tried yet.
const SETUP: &str = "app-setup";
/// How many codes on paper.
const CODES: usize = 10;

/// A proof as its owner sees it.
pub struct Own {
    pub id: String,
    pub name: String,
    pub since: Date,
}

/// What an account has beside its password.
#[derive(Default)]
pub struct Second {
    pub apps: Vec<Own>,
    pub keys: Vec<Own>,
    /// How many codes on paper are left.
    pub codes: usize,
}

/// What an app on a phone has to be told.
pub struct AppSetup {
    pub ticket: String,
    /// For typing in.
    pub secret: String,
    /// For a picture that the phone reads.
    pub url: String,
}

/// Somebody between the first and the second question.
pub struct Half {
    pub account: String,
    pub login: String,
    pub has_keys: bool,
    /// An app or codes on paper.
    pub has_codes: bool,
}

fn wrong() -> AppError {
    AppError::Bad(Say::new("refused-code"))
}

fn totp(secret: &str, login: &str) -> Result<Totp, AppError> {
    let fault = |error: String| AppError::fault(format!("the secret of a second proof cannot be used: {error}"));
    let secret = Secret::try_from_base32(secret).map_err(|error| fault(error.to_string()))?;
    // A colon would end the name in the app's address.
    let login = login.replace(':', " ");
    let builder = Builder::new().with_secret(secret).with_account_name(login).with_issuer(Some("Romduol"));
    builder.build().map_err(|error| fault(error.to_string()))
}

/// As it may be typed: with blanks, hyphens, Khmer digits, capitals.
fn typed(code: &str) -> String {
    let plain = code.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{200b}'));
    let digit = |c: char| match c {
        '០'..='៩' => char::from_digit(c as u32 - '០' as u32, 10).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    };
    plain.map(digit).take(64).collect()
}

impl App {
    pub(super) async fn has_second(&self, account: &str) -> Result<bool, AppError> {
        Ok(self.ledger.factors_of(account).await?.iter().any(|factor| factor.kind != CODE))
    }

    /// The accounts that have a second proof, for who manages them.
    pub async fn accounts_with_second(&self, person: &Person) -> Result<Vec<String>, AppError> {
        person.post.may(Act::ManageAccounts)?;
        Ok(self.ledger.accounts_with_factor(&[APP, KEY]).await?)
    }

    /// What one has set up.
    pub async fn second(&self, person: &Person) -> Result<Second, AppError> {
        let (mut second, calendar) = (Second::default(), self.calendar());
        for factor in self.ledger.factors_of(&person.account).await? {
            let own = Own { since: calendar.day(factor.created), id: factor.id, name: factor.name };
            match factor.kind.as_str() {
                APP => second.apps.push(own),
                KEY => second.keys.push(own),
                _ => second.codes += 1,
            }
        }
        Ok(second)
    }

    /// A fresh secret for an app; it counts once a code of it has been shown.
    pub async fn begin_app(&self, person: &Person) -> Result<AppSetup, AppError> {
        let secret = Secret::generate().to_base32();
        let ticket = self.begin_step(SETUP, Some(&person.account), &secret).await?;
        self.app_setup(person, &ticket).await
    }

    /// The setup of a ticket, to be shown again after a wrong code.
    pub async fn app_setup(&self, person: &Person, ticket: &str) -> Result<AppSetup, AppError> {
        let secret = self.step(SETUP, &person.account, ticket).await?;
        let account = self.ledger.account(&person.account).await?.ok_or_else(lapsed)?;
        let url = totp(&secret, &account.login)?.to_url().map_err(|error| AppError::fault(error.to_string()))?;
        Ok(AppSetup { ticket: ticket.to_string(), secret, url })
    }

    /// The app shows the right code: it counts from now on. Gives codes for paper with the first proof of all.
    pub async fn finish_app(
        &self,
        person: &Person,
        session: &str,
        ticket: &str,
        code: &str,
    ) -> Result<Vec<String>, AppError> {
        let now = self.now().unix;
        let secret = self.step(SETUP, &person.account, ticket).await?;
        let step = totp(&secret, "")?.check(&typed(code), now.max(0) as u64).ok_or_else(wrong)?;
        self.take_step(SETUP, &person.account, ticket).await?;
        self.ledger.add_factor(&person.account, APP, "", &secret, step as i64, now).await?;
        self.second_added(person, session).await
    }

    /// The session has just shown a second proof, and whoever has one for the first time gets codes for paper.
    pub(super) async fn second_added(&self, person: &Person, session: &str) -> Result<Vec<String>, AppError> {
        self.ledger.prove_session(session, self.now().unix, true).await?;
        self.trace(&person.account, Deed::AddSecond, "").await;
        if self.second(person).await?.codes > 0 {
            return Ok(Vec::new());
        }
        // The first one: what the password alone has opened until now is closed.
        self.ledger.shut_out_beside(&person.account, session, self.now().unix).await?;
        self.new_codes(person).await
    }

    /// Codes for paper; those from before no longer count.
    pub async fn new_codes(&self, person: &Person) -> Result<Vec<String>, AppError> {
        let now = self.now().unix;
        self.ledger.take_factors(&person.account, CODE).await?;
        let mut codes = Vec::with_capacity(CODES);
        for _ in 0..CODES {
            let code = Ledger::code()?;
            self.ledger.add_factor(&person.account, CODE, "", &Ledger::key_of(&code), 0, now).await?;
            // In fours, for eyes.
            let fours: Vec<&str> = (0..code.len()).step_by(4).map(|at| &code[at..at + 4]).collect();
            codes.push(fours.join("-"));
        }
        self.trace(&person.account, Deed::NewCodes, "").await;
        Ok(codes)
    }

    /// Takes one of one's own proofs away. With the last one the codes on paper go as well.
    pub async fn drop_second(&self, person: &Person, id: &str) -> Result<(), AppError> {
        self.ledger.take_factor(&person.account, id).await?;
        if !self.has_second(&person.account).await? {
            self.ledger.take_factors(&person.account, CODE).await?;
        }
        self.trace(&person.account, Deed::DropSecond, "").await;
        Ok(())
    }

    /// Every second proof of an account is forgotten: the phone was lost.
    pub(super) async fn forget_second(&self, account: &str) -> Result<(), AppError> {
        for kind in [APP, KEY, CODE] {
            self.ledger.take_factors(account, kind).await?;
        }
        Ok(())
    }

    /// The ticket of who has given the password and not yet the second proof.
    pub(super) async fn half_ticket(&self, account: &str) -> Result<String, AppError> {
        self.begin_step(HALF, Some(account), "").await
    }

    /// Who has given the password and not yet the second proof.
    pub async fn half(&self, ticket: &str) -> Result<Option<Half>, AppError> {
        let found = self.ledger.ticket(HALF, ticket, self.now().unix).await?;
        let Some(id) = found.and_then(|found| found.account) else { return Ok(None) };
        let Some(account) = self.ledger.account(&id).await?.filter(|account| account.active) else { return Ok(None) };
        let factors = self.ledger.factors_of(&id).await?;
        Ok(Some(Half {
            account: id,
            login: account.login,
            has_keys: factors.iter().any(|factor| factor.kind == KEY),
            has_codes: factors.iter().any(|factor| factor.kind != KEY),
        }))
    }

    /// The second half of signing in. The ticket is used up; a wrong code leaves it for another try.
    pub async fn finish_half(&self, half: &Half, ticket: &str) -> Result<SessionToken, AppError> {
        self.take_step(HALF, &half.account, ticket).await?;
        self.begin(&half.account, true).await
    }

    /// Whether a code of the account's app, or one of its codes on paper, is right. Each counts once.
    pub async fn is_code(&self, account: &str, code: &str) -> Result<bool, AppError> {
        let (now, code) = (self.now().unix.max(0), typed(code));
        for factor in self.ledger.factors_of(account).await? {
            let right = match factor.kind.as_str() {
                APP => self.is_app_code(&factor, &code, now).await?,
                // Hashes are compared, so that the time tells nothing of the code.
                CODE => factor.secret == Ledger::key_of(&code) && self.ledger.take_factor(account, &factor.id).await?,
                _ => false,
            };
            if right {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn is_app_code(&self, factor: &Factor, code: &str, now: i64) -> Result<bool, AppError> {
        match totp(&factor.secret, "")?.check(code, now as u64) {
            Some(step) => Ok(self.ledger.use_factor(&factor.id, step as i64, &factor.secret).await?),
            None => Ok(false),
        }
    }

    /// Proves again who one is: by a code where the account has one, by the password otherwise.
    pub async fn prove(&self, person: &Person, session: &str, given: &str) -> Result<(), AppError> {
        let strong = self.has_second(&person.account).await?;
        let right = if strong {
            self.is_code(&person.account, given).await?
        } else {
            let account = self.ledger.account(&person.account).await?.ok_or_else(lapsed)?;
            self.ledger.sign_in(&account.login, given).await?.is_some()
        };
        if !right {
            return Err(AppError::Bad(Say::new(if strong { "refused-code" } else { "refused-old-password" })));
        }
        Ok(self.ledger.prove_session(session, self.now().unix, strong).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(typed(" 123 456 "), "123456");
        assert_eq!(typed("១២៣\u{200b}៤៥៦"), "123456");
        assert_eq!(typed("AB12-cd34"), "ab12cd34");
        assert_eq!(typed(&"9".repeat(100_000)).len(), 64);
    }

    /// RFC 6238, appendix B, with the algorithm and the six digits that apps use.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = Secret::from(*b"12345678901234567890").to_base32();
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp(&secret, "dara").unwrap().check(code, time), Some(time / 30));
            assert_eq!(totp(&secret, "dara").unwrap().check(code, time + 90), None, "too late");
        }
    }
}
