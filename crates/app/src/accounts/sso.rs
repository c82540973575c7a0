//! Signing in through an identity provider (OpenID Connect, authorization code with PKCE). The provider takes the place of
//! the password only: posts are given here, and a second proof that was set up here is asked for all the same.

use std::time::Duration;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::reqwest::{Client, redirect};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, TokenResponse,
};
use romduol_ledger::{Account, Ledger};
use romduol_plan::Say;
use serde::{Deserialize, Serialize};

use super::steps::lapsed;
use super::{Doors, Entered};
use crate::{App, AppError};

/// The ticket of somebody who is at the provider.
const AWAY: &str = "sso";
/// Where the provider sends people back to.
pub const RETURN_PATH: &str = "/sso/back";

/// An identity provider that the site trusts to know people.
#[derive(Clone)]
pub struct Provider {
    /// As shown on the button.
    pub name: String,
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    http: Client,
}

/// What has to be the same when somebody comes back.
#[derive(Serialize, Deserialize)]
struct Kept {
    state: String,
    nonce: String,
    verifier: String,
}

/// What the provider says, checked by the library: signature, audience, issuer, time, nonce.
struct Known {
    subject: String,
    verified_email: Option<String>,
}

fn away(error: impl std::fmt::Debug) -> AppError {
    // What a provider answers is for the log; it may hold anything.
    tracing::warn!("the identity provider: {error:?}");
    AppError::Away(Say::new("refused-provider"))
}

impl Provider {
    pub fn new(name: &str, issuer: &str, client: &str, secret: Option<&str>) -> Result<Provider, AppError> {
        let bad = |error: String| AppError::fault(format!("the identity provider “{issuer}”: {error}"));
        // Redirects are not followed: the provider's own addresses are the only ones that are asked.
        let http = Client::builder().redirect(redirect::Policy::none()).timeout(Duration::from_secs(10));
        Ok(Provider {
            name: name.to_string(),
            issuer: IssuerUrl::new(issuer.to_string()).map_err(|error| bad(error.to_string()))?,
            client: ClientId::new(client.to_string()),
            secret: secret.map(|secret| ClientSecret::new(secret.to_string())),
            http: http.build().map_err(|error| bad(error.to_string()))?,
        })
    }

    async fn metadata(&self) -> Result<CoreProviderMetadata, AppError> {
        CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await.map_err(away)
    }

    /// Where to send somebody, and what to keep until they come back.
    async fn begin(&self, back: RedirectUrl) -> Result<(String, Kept), AppError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client.clone(), self.secret.clone());
        let client = client.set_redirect_uri(back);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".into()))
            .set_pkce_challenge(challenge)
            .url();
        let kept = Kept { state: state.into_secret(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        Ok((url.to_string(), kept))
    }

    async fn finish(&self, back: RedirectUrl, kept: Kept, code: &str) -> Result<Known, AppError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client.clone(), self.secret.clone());
        let client = client.set_redirect_uri(back);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_string()))
            .map_err(away)?
            .set_pkce_verifier(PkceCodeVerifier::new(kept.verifier))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                // It knows no such code: whoever comes with it has made it up, or comes twice.
                RequestTokenError::ServerResponse(_) => lapsed(),
                other => away(other),
            })?;
        let token = answer.id_token().ok_or_else(|| away("no identity in the answer"))?;
        let claims = token.claims(&client.id_token_verifier(), &Nonce::new(kept.nonce)).map_err(away)?;
        let verified_email = claims.email().filter(|_| claims.email_verified() == Some(true));
        Ok(Known {
            subject: claims.subject().to_string(),
            verified_email: verified_email.map(|email| email.to_lowercase()),
        })
    }
}

impl App {
    /// Where to send somebody, and the ticket with which they come back.
    pub async fn begin_sso(&self, doors: &Doors) -> Result<(String, String), AppError> {
        let provider = doors.provider.as_ref().ok_or_else(lapsed)?;
        let (url, kept) = provider.begin(back(doors)?).await?;
        let kept = serde_json::to_string(&kept).map_err(|error| AppError::fault(error.to_string()))?;
        Ok((url, self.begin_step(AWAY, None, &kept).await?))
    }

    /// Lets in who comes back, if the provider's person has an account.
    pub async fn finish_sso(&self, doors: &Doors, ticket: &str, state: &str, code: &str) -> Result<Entered, AppError> {
        let provider = doors.provider.as_ref().ok_or_else(lapsed)?;
        let found = self.ledger.take_ticket(AWAY, ticket, self.now().unix).await?.ok_or_else(lapsed)?;
        let kept: Kept = serde_json::from_str(&found.data).map_err(|error| AppError::fault(error.to_string()))?;
        // Hashes are compared, so that the time tells nothing.
        if Ledger::key_of(&kept.state) != Ledger::key_of(state) {
            return Err(lapsed());
        }
        let known = provider.finish(back(doors)?, kept, code).await?;
        match self.account_known_as(provider, &known).await? {
            Some(account) => self.let_in(&account).await,
            None => Err(AppError::Bad(Say::new("refused-stranger"))),
        }
    }

    /// Whoever came before; or, the first time, the one account whose address the provider has verified.
    async fn account_known_as(&self, provider: &Provider, known: &Known) -> Result<Option<Account>, AppError> {
        let issuer = provider.issuer.as_str();
        if let Some(account) = self.ledger.account_of_identity(issuer, &known.subject).await? {
            return Ok(Some(account));
        }
        let Some(email) = &known.verified_email else { return Ok(None) };
        let contacts = self.ledger.contacts().await?;
        let mut same = contacts.into_iter().filter(|contact| contact.email.to_lowercase() == *email);
        // An address of two accounts is nobody's.
        let (Some(contact), None) = (same.next(), same.next()) else { return Ok(None) };
        match self.ledger.add_identity(issuer, &known.subject, &contact.account.id).await? {
            true => Ok(Some(contact.account)),
            false => Ok(None),
        }
    }
}

fn back(doors: &Doors) -> Result<RedirectUrl, AppError> {
    RedirectUrl::new(doors.link(RETURN_PATH)).map_err(|error| AppError::fault(error.to_string()))
}
