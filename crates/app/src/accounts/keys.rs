//! Keys that a phone or a computer keeps (WebAuthn): made, asked, checked. The library does the cryptography; here it is
//! tied to accounts, and every question is asked once.

use romduol_plan::Say;
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid,
    Webauthn,
};

use super::second::KEY;
use super::steps::lapsed;
use super::{Doors, Person};
use crate::{App, AppError};

/// The tickets of questions that wait for an answer.
const MAKE: &str = "key-make";
const ASK: &str = "key-ask";
const MOST_KEYS: usize = 10;

/// What a browser asks a key, and the ticket that belongs to the answer.
pub struct Question {
    pub ticket: String,
    /// JSON.
    pub options: String,
}

fn refused() -> AppError {
    AppError::Bad(Say::new("refused-key"))
}

fn fault(error: impl std::fmt::Display) -> AppError {
    AppError::fault(format!("keys: {error}"))
}

/// A number for the account that tells its owner's device nothing.
fn handle(account: &str) -> Uuid {
    let hash = romduol_ledger::Ledger::key_of(account);
    Uuid::from_u128(u128::from_str_radix(&hash[..32], 16).unwrap_or_default())
}

fn webauthn(doors: &Doors) -> Result<&Webauthn, AppError> {
    doors.webauthn.as_ref().ok_or_else(refused)
}

impl App {
    async fn keys_of(&self, account: &str) -> Result<Vec<(String, Passkey, i64)>, AppError> {
        let mut keys = Vec::new();
        for factor in self.ledger.factors_of(account).await?.into_iter().filter(|factor| factor.kind == KEY) {
            keys.push((factor.id, serde_json::from_str(&factor.secret).map_err(fault)?, factor.used));
        }
        Ok(keys)
    }

    /// Asks the browser to make a key for the person.
    pub async fn begin_key(&self, doors: &Doors, person: &Person) -> Result<Question, AppError> {
        let account = self.ledger.account(&person.account).await?.ok_or_else(lapsed)?;
        let known = self.keys_of(&person.account).await?;
        if known.len() >= MOST_KEYS {
            return Err(AppError::Bad(Say::new("refused-many-keys").number("most", MOST_KEYS as f64)));
        }
        let known = known.into_iter().map(|(_, key, _)| key.cred_id().clone()).collect();
        let begun = webauthn(doors)?.start_passkey_registration(
            handle(&account.id),
            &account.login,
            &account.name,
            Some(known),
        );
        let (options, state) = begun.map_err(fault)?;
        let state = serde_json::to_string(&state).map_err(fault)?;
        let ticket = self.begin_step(MAKE, Some(&person.account), &state).await?;
        Ok(Question { ticket, options: serde_json::to_string(&options).map_err(fault)? })
    }

    /// Takes the key that the browser has made. Gives codes for paper with the first proof of all.
    pub async fn finish_key(
        &self,
        doors: &Doors,
        person: &Person,
        session: &str,
        ticket: &str,
        answer: &str,
        name: &str,
    ) -> Result<Vec<String>, AppError> {
        let begun = self.take_step(MAKE, &person.account, ticket).await?;
        let state: PasskeyRegistration = serde_json::from_str(&begun).map_err(fault)?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| refused())?;
        let key = webauthn(doors)?.finish_passkey_registration(&answer, &state).map_err(|_| refused())?;
        let name: String = name.trim().chars().take(60).collect();
        let secret = serde_json::to_string(&key).map_err(fault)?;
        self.ledger.add_factor(&person.account, KEY, &name, &secret, 0, self.now().unix).await?;
        self.second_added(person, session).await
    }

    /// Asks for one of the account's keys; `None` if it has none or this site takes none.
    pub async fn ask_key(&self, doors: &Doors, account: &str) -> Result<Option<Question>, AppError> {
        let keys: Vec<Passkey> = self.keys_of(account).await?.into_iter().map(|(_, key, _)| key).collect();
        let Some(webauthn) = doors.webauthn.as_ref().filter(|_| !keys.is_empty()) else { return Ok(None) };
        let (options, state) = webauthn.start_passkey_authentication(&keys).map_err(fault)?;
        let state = serde_json::to_string(&state).map_err(fault)?;
        let ticket = self.begin_step(ASK, Some(account), &state).await?;
        Ok(Some(Question { ticket, options: serde_json::to_string(&options).map_err(fault)? }))
    }

    /// Whether a key of the account has answered its question.
    pub async fn is_key(&self, doors: &Doors, account: &str, ticket: &str, answer: &str) -> Result<bool, AppError> {
        let asked = self.take_step(ASK, account, ticket).await?;
        let state: PasskeyAuthentication = serde_json::from_str(&asked).map_err(fault)?;
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(false) };
        let Ok(result) = webauthn(doors)?.finish_passkey_authentication(&answer, &state) else { return Ok(false) };
        if !result.user_verified() {
            return Ok(false);
        }
        for (id, mut key, used) in self.keys_of(account).await? {
            if key.update_credential(&result).is_some() {
                let counter = i64::from(result.counter());
                // A counter that stands still is one that was copied; keys without one always say nought.
                if counter > 0 && counter <= used {
                    return Ok(false);
                }
                let secret = serde_json::to_string(&key).map_err(fault)?;
                return Ok(counter == 0 || self.ledger.use_factor(&id, counter, &secret).await?);
            }
        }
        Ok(false)
    }

    /// Proves again who one is, by a key.
    pub async fn prove_with_key(
        &self,
        doors: &Doors,
        person: &Person,
        session: &str,
        ticket: &str,
        answer: &str,
    ) -> Result<(), AppError> {
        match self.is_key(doors, &person.account, ticket, answer).await? {
            true => Ok(self.ledger.prove_session(session, self.now().unix, true).await?),
            false => Err(refused()),
        }
    }
}
