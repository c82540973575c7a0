//! Signing in, and the post that a person holds. What is asked for beside a password, and who is let in from elsewhere,
//! is in the files beside this one.

mod device;
mod doors;
mod invite;
mod keys;
mod second;
mod sso;
mod steps;
pub(crate) mod times;
mod tokens;
mod trail;

use romduol_ledger::{Account, Ledger, LedgerError, NewAccount, SessionToken};
use romduol_plan::command::{By, LastProof};
use romduol_plan::permission::{Act, Post, Role};
use romduol_plan::{Actor, Date, Deed, Lang, Say};

use crate::{App, AppError, Now};

pub use device::{Browser, DEVICE_DAYS};
pub use doors::{Doors, Proof};
pub(crate) use invite::email;
pub use invite::{Guest, LINK_DAYS};
pub use keys::Question;
pub use second::{AppSetup, Half, Second};
pub use sso::{Provider, RETURN_PATH};
pub use tokens::MAX_TOKEN_DAYS;
pub use trail::{Trace, TrailFilter};

/// How long a session lasts without being used.
pub const SESSION_SECONDS: i64 = 12 * 3600;

/// How long a session lasts at most, however much it is used.
pub const LONGEST_SESSION_SECONDS: i64 = 7 * 86_400;

/// How long a session is used before its end moves.
const EXTEND_AFTER: i64 = 600;

/// The fewest characters of a password.
const SHORTEST_PASSWORD: usize = 10;

/// A person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub account: String,
    pub name: String,
    pub post: Post,
    pub lang: Lang,
    pub proof: Proof,
}

/// What became of an attempt to sign in.
#[derive(Debug)]
pub enum Entered {
    In(SessionToken),
    /// The password is right; the ticket of the second question.
    Half(String),
    No,
}

impl Entered {
    /// The session, if one has begun.
    pub fn session(self) -> Option<SessionToken> {
        match self {
            Entered::In(token) => Some(token),
            Entered::Half(_) | Entered::No => None,
        }
    }
}

impl Person {
    pub(crate) fn of(account: Account, proof: Proof) -> Result<Person, AppError> {
        let role = Role::parse(&account.role).ok_or_else(|| {
            AppError::fault(format!(
                "the account {} has the unknown role “{}”; ask an administrator to set it",
                account.login, account.role
            ))
        })?;
        Ok(Person {
            account: account.id,
            name: account.name,
            post: Post { role, institution: account.institution, area: account.area },
            lang: Lang::parse(&account.language).unwrap_or_default(),
            proof,
        })
    }

    /// As commands know the person.
    pub(crate) fn by(&self, now: &Now) -> By {
        let proof = if self.proof.is_fresh(now.unix) { LastProof::Lately } else { LastProof::LongAgo };
        By { account: self.account.clone(), post: self.post.clone(), today: now.date, proof }
    }

    /// As the ledger knows the person: the opaque id and the post, never the name.
    pub fn actor(&self) -> Actor {
        let place = self.post.area.as_ref().or(self.post.institution.as_ref());
        let post = match place {
            Some(place) => format!("{}, {place}", self.post.role.code()),
            None => self.post.role.code().to_string(),
        };
        Actor { account: self.account.clone(), post }
    }
}

/// A session of one's own.
pub struct OwnSession {
    pub key: String,
    /// The one that asks.
    pub current: bool,
    pub begun: Date,
    pub seen: Date,
}

fn unknown() -> AppError {
    AppError::Bad(Say::new("refused-no-account"))
}

/// Refuses a password that is short, common, or made of what everybody knows of the person.
pub fn strong(password: &str, known: &[&str]) -> Result<(), AppError> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(AppError::Bad(Say::new("refused-password-short").number("least", SHORTEST_PASSWORD as f64)));
    }
    // Guessing it has to take more than 10^8 tries; a long one is judged by its beginning.
    let beginning: String = password.chars().take(100).collect();
    let inputs: Vec<&str> = known.iter().copied().chain(["romduol", "mowa", "cambodia"]).collect();
    match zxcvbn::zxcvbn(&beginning, &inputs).score() >= zxcvbn::Score::Three {
        true => Ok(()),
        false => Err(AppError::Bad(Say::new("refused-password-common"))),
    }
}

impl App {
    /// Begins a session, or asks for more. Whether the login or the password was wrong is not told.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Entered, AppError> {
        match self.ledger.sign_in(login.trim(), password).await? {
            Some(account) => self.let_in(&account).await,
            None => Ok(Entered::No),
        }
    }

    /// Whoever has shown who they are once: in, or on to the second question if the account has one.
    async fn let_in(&self, account: &Account) -> Result<Entered, AppError> {
        if self.has_second(&account.id).await? {
            return Ok(Entered::Half(self.half_ticket(&account.id).await?));
        }
        Ok(Entered::In(self.begin(&account.id, false).await?))
    }

    async fn begin(&self, account: &str, strong: bool) -> Result<SessionToken, AppError> {
        let now = self.now().unix;
        let token = self.ledger.add_session(account, now, now + SESSION_SECONDS, strong).await?;
        self.trace(account, Deed::SignIn, "").await;
        Ok(token)
    }

    /// The person of a session token, if the session still counts.
    pub async fn person(&self, token: &str) -> Result<Option<Person>, AppError> {
        let now = self.now().unix;
        let Some(session) = self.ledger.session(token, now).await? else { return Ok(None) };
        let last = session.created + LONGEST_SESSION_SECONDS;
        if last <= now {
            return Ok(None);
        }
        if session.seen + EXTEND_AFTER <= now {
            self.extend(token, now, last).await?;
        }
        let (strong, at, small_counts) = (session.strong, session.proved, session.small_counts);
        let proof = Proof { strong, at, small_counts };
        Person::of(session.account, proof).map(Some)
    }

    /// Whoever works on stays signed in. A disk that is full does not throw people out.
    async fn extend(&self, token: &str, now: i64, last: i64) -> Result<(), AppError> {
        match self.ledger.extend_session(token, now, last.min(now + SESSION_SECONDS)).await {
            Err(LedgerError::DiskFull { .. } | LedgerError::ReadOnly { .. }) => Ok(()),
            extended => Ok(extended?),
        }
    }

    /// The person of an active account, for commands on the machine that holds the data: whoever can give them has proved
    /// more than any password could.
    pub async fn person_by_login(&self, login: &str) -> Result<Option<Person>, AppError> {
        let found = self.ledger.accounts().await?.into_iter().find(|a| a.login == login.trim() && a.active);
        let proof = Proof { strong: true, at: self.now().unix, ..Proof::default() };
        found.map(|account| Person::of(account, proof)).transpose()
    }

    pub async fn sign_out(&self, token: &str) -> Result<(), AppError> {
        Ok(self.ledger.revoke_session(token, self.now().unix).await?)
    }

    /// Changes one's own password. All sessions and tokens end with it, so that whoever knew the old one is out.
    pub async fn change_password(&self, person: &Person, old: &str, new: &str) -> Result<(), AppError> {
        let account = self.ledger.account(&person.account).await?.ok_or_else(unknown)?;
        if self.ledger.sign_in(&account.login, old).await?.is_none() {
            return Err(AppError::Bad(Say::new("refused-old-password")));
        }
        strong(new, &[&account.login, &account.name])?;
        self.ledger.set_password(&account.id, new).await?;
        self.trace(&account.id, Deed::SetPassword, "").await;
        Ok(())
    }

    /// One's own sessions that count now.
    pub async fn own_sessions(&self, person: &Person, token: &str) -> Result<Vec<OwnSession>, AppError> {
        let (now, current, calendar) = (self.now().unix, Ledger::key_of(token), self.calendar());
        let list = self.ledger.sessions_of(&person.account, now).await?.into_iter();
        let own = |(key, begun, seen): (String, i64, i64)| OwnSession {
            current: key == current,
            key,
            begun: calendar.day(begun),
            seen: calendar.day(seen),
        };
        Ok(list.map(own).collect())
    }

    /// Ends one of one's own sessions, as on a phone that was lost.
    pub async fn end_session(&self, person: &Person, key: &str) -> Result<(), AppError> {
        Ok(self.ledger.revoke_session_of(&person.account, key, self.now().unix).await?)
    }

    /// All accounts, for who manages them.
    pub async fn accounts(&self, person: &Person) -> Result<Vec<Account>, AppError> {
        person.post.may(Act::ManageAccounts)?;
        Ok(self.ledger.accounts().await?)
    }

    /// Closes an account or opens it again; closing ends its sessions and tokens, and unties it from identity providers.
    /// Nobody locks themselves out.
    pub async fn set_active(&self, person: &Person, id: &str, active: bool) -> Result<(), AppError> {
        person.post.may(Act::ManageAccounts)?;
        if id == person.account {
            return Err(AppError::Bad(Say::new("refused-own-account")));
        }
        let account = self.ledger.account(id).await?.ok_or_else(unknown)?;
        let account = Account { active, ..account };
        if active {
            self.ledger.update_account(&account).await?;
        } else {
            self.ledger.erase_identities(id).await?;
            self.ledger.change_account(&account, self.now().unix).await?;
        }
        self.trace(&person.account, if active { Deed::OpenAccount } else { Deed::CloseAccount }, id).await;
        Ok(())
    }

    pub async fn add_account(&self, account: NewAccount, password: &str) -> Result<(), AppError> {
        if Role::parse(&account.role).is_none() {
            let roles: Vec<&str> = Role::ALL.iter().map(|r| r.code()).collect();
            let say = Say::new("refused-value").words("field", "role").words("value", account.role);
            return Err(AppError::Bad(say.words("choices", roles.join(", "))));
        }
        self.ledger.add_account(account, password, self.now().unix).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::strong;

    #[test]
    fn a_password_must_not_be_guessed() {
        for weak in ["short", "1234567890", "password123", "secretariat1", "romduol2026", "qwertyuiop", "ភាសាខ្មែរ"]
        {
            assert!(strong(weak, &["secretariat", "Sok Dara"]).is_err(), "{weak}");
        }
        for good in ["correct horse battery staple", "ទឹក-ភ្នំ-ផ្កា-ខៀវ-ឆ្ងាយ", "vL9#kq2!Zt"]
        {
            assert!(strong(good, &["secretariat", "Sok Dara"]).is_ok(), "{good}");
        }
        assert!(strong(&"a".repeat(100_000), &[]).is_err());
    }
}
