//! How an account begins, changes hands and ends: an invitation by link, another post, a successor, erasure. The ledger's
//! entries keep the opaque id of whoever wrote them, so that the past stays as it was.

use romduol_ledger::{Account, LookedThrough, NewAccount, Ticket};
use romduol_plan::kinds::{Area, Institution};
use romduol_plan::permission::{Act, Role};
use romduol_plan::{Deed, Lang, Say, clean};

use super::steps::lapsed;
use super::{Person, strong, unknown};
use crate::{App, AppError};

/// The ticket of a link with which a password is set.
const JOIN: &str = "join";
/// Who acts in the trail when it is nobody who is signed in.
const PROGRAM: &str = "program";
/// How long such a link counts.
pub const LINK_DAYS: i64 = 7;

/// Somebody who is invited, or an account as it should be from now on.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Guest {
    pub login: String,
    pub name: String,
    pub role: String,
    pub institution: String,
    pub area: String,
    pub language: String,
    pub email: String,
}

fn bad(key: &'static str, value: &str) -> AppError {
    AppError::Bad(Say::new(key).words("value", value.chars().take(60).collect::<String>()))
}

fn some(text: &str) -> Option<String> {
    Some(clean::text(text).into_owned()).filter(|text| !text.is_empty())
}

/// An address to write to, or none. Whether it is somebody's shows when a letter is sent.
pub(crate) fn email(text: &str) -> Result<Option<String>, AppError> {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    match some(text) {
        Some(address) if !address.contains('@') || address.contains(odd) => Err(bad("refused-bad-email", &address)),
        address => Ok(address),
    }
}

impl App {
    /// What an account would be, checked against the plan.
    fn checked(&self, guest: &Guest) -> Result<NewAccount, AppError> {
        let login = guest.login.trim();
        let odd = |c: char| c.is_whitespace() || c.is_control();
        if login.is_empty() || login.chars().count() > 64 || login.contains(odd) {
            return Err(bad("refused-login", login));
        }
        let role = Role::parse(guest.role.trim()).ok_or_else(|| bad("refused-role", &guest.role))?;
        let (institution, area) = (some(&guest.institution), some(&guest.area));
        let state = &self.snapshot().state;
        if let Some(id) = institution.as_ref().filter(|id| state.find::<Institution>(id).is_none()) {
            return Err(bad("refused-institution", id));
        }
        if let Some(id) = area.as_ref().filter(|id| state.find::<Area>(id).is_none()) {
            return Err(bad("refused-area", id));
        }
        if institution.is_none() && area.is_none() && role.belongs_somewhere() {
            return Err(AppError::Bad(
                Say::new("refused-no-place").clause("role", Say::new(format!("role-{}", role.code()))),
            ));
        }
        email(&guest.email)?;
        let name = some(&guest.name).unwrap_or_else(|| login.to_string());
        let language = Lang::parse(guest.language.trim()).unwrap_or(Lang::Km).code().to_string();
        Ok(NewAccount { id: None, login: login.into(), name, role: role.code().into(), institution, area, language })
    }

    /// Makes an account without a password and gives the secret of the link with which its owner sets one.
    pub async fn invite(&self, person: &Person, guest: &Guest) -> Result<String, AppError> {
        person.post.may(Act::ManageAccounts)?;
        self.invite_as(&person.account, guest).await
    }

    /// The same by whoever has the ledger in their hands and needs no permission: the first administrator comes in so.
    pub async fn invite_by_hand(&self, guest: &Guest) -> Result<String, AppError> {
        self.invite_as(PROGRAM, guest).await
    }

    async fn invite_as(&self, account: &str, guest: &Guest) -> Result<String, AppError> {
        let new = self.ledger.add_account(self.checked(guest)?, None, self.now().unix).await?;
        self.ledger.set_contact(&new.id, email(&guest.email)?.as_deref()).await?;
        self.trace(account, Deed::Invite, &new.id).await;
        self.join_link(&new.id).await
    }

    /// The secret of a link for whoever has no password yet or has lost it; earlier links no longer count. With
    /// `lost_phone` the second proof is forgotten as well.
    pub async fn new_link(&self, person: &Person, id: &str, lost_phone: bool) -> Result<String, AppError> {
        person.post.may(Act::ManageAccounts)?;
        self.other(person, id).await?;
        self.new_link_as(&person.account, id, lost_phone).await
    }

    /// The same by whoever has the ledger in their hands: for the only administrator, when the password or the phone is
    /// lost.
    pub async fn new_link_by_hand(&self, login: &str, lost_phone: bool) -> Result<String, AppError> {
        let accounts = self.ledger.accounts().await?;
        let account = accounts.iter().find(|account| account.login == login);
        let account = account.ok_or_else(|| bad("refused-no-login", login))?;
        self.new_link_as(PROGRAM, &account.id, lost_phone).await
    }

    async fn new_link_as(&self, account: &str, id: &str, lost_phone: bool) -> Result<String, AppError> {
        if lost_phone {
            self.forget_second(id).await?;
            // Whoever has the phone may be in, here and at the identity provider.
            self.ledger.erase_identities(id).await?;
            self.ledger.shut_out(id, self.now().unix).await?;
        }
        self.trace(account, if lost_phone { Deed::ResetAll } else { Deed::ResetPassword }, id).await;
        self.join_link(id).await
    }

    async fn join_link(&self, id: &str) -> Result<String, AppError> {
        let now = self.now().unix;
        self.ledger.void_tickets(JOIN, id).await?;
        let ticket = Ticket { account: Some(id.into()), data: String::new(), expires: now + LINK_DAYS * 86_400 };
        Ok(self.ledger.add_ticket(JOIN, &ticket, now).await?)
    }

    /// Whose links have not been used yet, and until when they count.
    pub async fn links_waiting(&self) -> Result<Vec<(String, romduol_plan::Date)>, AppError> {
        let waiting = self.ledger.tickets_waiting(JOIN, self.now().unix).await?;
        let calendar = self.calendar();
        Ok(waiting.into_iter().map(|(account, until)| (account, calendar.day(until))).collect())
    }

    /// Whom a link invites. Looking at it does not use it up: messengers look at links, too.
    pub async fn invited(&self, secret: &str) -> Result<Option<Account>, AppError> {
        let ticket = self.ledger.ticket(JOIN, secret, self.now().unix).await?;
        let Some(id) = ticket.and_then(|ticket| ticket.account) else { return Ok(None) };
        Ok(self.ledger.account(&id).await?.filter(|account| account.active))
    }

    /// Sets the password of whom a link invites; the link is used up.
    pub async fn join(&self, secret: &str, password: &str) -> Result<(), AppError> {
        let account = self.invited(secret).await?.ok_or_else(lapsed)?;
        strong(password, &[&account.login, &account.name])?;
        self.ledger.take_ticket(JOIN, secret, self.now().unix).await?.ok_or_else(lapsed)?;
        self.ledger.set_password(&account.id, password).await?;
        self.trace(&account.id, Deed::SetPassword, "").await;
        Ok(())
    }

    /// Another name, post or address for an account. Its sessions and tokens end: they were begun with the old post. Another
    /// address may be another person's, so that it unties the account from identity providers.
    pub async fn change_account(&self, person: &Person, id: &str, guest: &Guest) -> Result<(), AppError> {
        person.post.may(Act::ManageAccounts)?;
        let old = self.other(person, id).await?;
        let new = self.checked(guest)?;
        let changed = Account {
            login: new.login,
            name: new.name,
            role: new.role,
            institution: new.institution,
            area: new.area,
            language: new.language,
            ..old.clone()
        };
        if changed != old {
            self.ledger.change_account(&changed, self.now().unix).await?;
        }
        let address = email(&guest.email)?;
        if address != self.address_of(id).await? {
            self.ledger.erase_identities(id).await?;
            self.ledger.set_contact(id, address.as_deref()).await?;
        }
        self.trace(&person.account, Deed::ChangeAccount, id).await;
        Ok(())
    }

    /// Invites a successor to the same post and closes the account of who held it.
    pub async fn hand_over(&self, person: &Person, id: &str, guest: &Guest) -> Result<String, AppError> {
        person.post.may(Act::ManageAccounts)?;
        let old = self.other(person, id).await?;
        let post = Guest {
            role: old.role,
            institution: old.institution.unwrap_or_default(),
            area: old.area.unwrap_or_default(),
            ..guest.clone()
        };
        let secret = self.invite(person, &post).await?;
        self.set_active(person, id, false).await?;
        self.trace(&person.account, Deed::HandOver, id).await;
        Ok(secret)
    }

    /// Erases who a person is: login, name, address, proofs, sessions. What they entered stays, under a number that no
    /// longer leads to anybody. Then the files of the ledger are looked through for what they were called; none where the
    /// files are a server's.
    pub async fn erase_account(&self, person: &Person, id: &str) -> Result<Option<LookedThrough>, AppError> {
        person.post.may(Act::ManageAccounts)?;
        let account = self.other(person, id).await?;
        let words = [account.login, account.name].into_iter().chain(self.address_of(id).await?).collect();
        self.ledger.erase_account(id).await?;
        self.trace(&person.account, Deed::EraseAccount, id).await;
        Ok(self.ledger.look_through(words).await?)
    }

    async fn address_of(&self, id: &str) -> Result<Option<String>, AppError> {
        let contacts = self.ledger.contacts().await?;
        Ok(contacts.into_iter().find(|contact| contact.account.id == id).map(|contact| contact.email))
    }

    /// Somebody else's account: nobody locks themselves out or raises themselves up.
    async fn other(&self, person: &Person, id: &str) -> Result<Account, AppError> {
        if id == person.account {
            return Err(AppError::Bad(Say::new("refused-own-account")));
        }
        self.ledger.account(id).await?.ok_or_else(unknown)
    }
}
