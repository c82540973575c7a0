//! Tokens with which a program asks in a person's name: what they allow, and for how long.

use romduol_ledger::AccessToken;
use romduol_plan::permission::Scope;
use romduol_plan::{Deed, Say, clean};

use super::{Person, Proof};
use crate::{App, AppError};

/// The longest life of a token.
pub const MAX_TOKEN_DAYS: i64 = 366;
const MOST_TOKENS: usize = 20;

impl App {
    /// Makes a token and gives its secret, which is shown once.
    pub async fn add_token(&self, person: &Person, name: &str, scope: &str, days: i64) -> Result<String, AppError> {
        let scope =
            Scope::parse(scope).ok_or_else(|| AppError::Bad(Say::new("refused-scope").words("value", scope)))?;
        if !(1..=MAX_TOKEN_DAYS).contains(&days) {
            return Err(AppError::Bad(Say::new("refused-token-days").number("most", MAX_TOKEN_DAYS as f64)));
        }
        if self.ledger.tokens_of(&person.account).await?.len() >= MOST_TOKENS {
            return Err(AppError::Bad(Say::new("refused-many-tokens").number("most", MOST_TOKENS as f64)));
        }
        let name: String = clean::text(name).chars().take(60).collect();
        let now = self.now().unix;
        let secret = self.ledger.add_token(&person.account, &name, scope.code(), now, now + days * 86_400).await?;
        self.trace(&person.account, Deed::AddToken, &name).await;
        Ok(secret)
    }

    /// One's own tokens.
    pub async fn tokens(&self, person: &Person) -> Result<Vec<AccessToken>, AppError> {
        Ok(self.ledger.tokens_of(&person.account).await?)
    }

    /// Ends one of one's own tokens.
    pub async fn drop_token(&self, person: &Person, key: &str) -> Result<(), AppError> {
        if self.ledger.revoke_token(&person.account, key).await? {
            self.trace(&person.account, Deed::DropToken, "").await;
        }
        Ok(())
    }

    /// The person in whose name a program asks, and what it may. A token is made with a second proof where the account has
    /// one, and is worth no more than that. A program proves nothing lately: what is dangerous is for people.
    pub async fn person_of_token(&self, secret: &str) -> Result<Option<(Person, Scope)>, AppError> {
        let Some((account, scope)) = self.ledger.token(secret, self.now().unix).await? else { return Ok(None) };
        let scope =
            Scope::parse(&scope).ok_or_else(|| AppError::fault(format!("a token has the unknown scope {scope}")))?;
        let strong = self.has_second(&account.id).await?;
        Ok(Some((Person::of(account, Proof { strong, ..Proof::default() })?, scope)))
    }
}
