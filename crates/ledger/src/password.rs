//! Hashes and checks passwords with Argon2id. It refuses to know accounts, and to say how long a password must be.
//!
//! Randomness: each hash has its own salt from the operating system.

use argon2::Argon2;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::LedgerError;

/// Each computation takes 19 MiB and a core for some ten milliseconds; more at once would only starve the pages.
static SLOTS: Semaphore = Semaphore::const_new(2);

/// No password has this hash. An unknown login is checked against it, so that the time of the answer does not tell
/// which logins exist. Its parameters are the ones that `hash` uses.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The PHC string of a password, parameters and salt included.
pub(crate) async fn hash(password: &str) -> Result<String, LedgerError> {
    let password = password.to_owned();
    compute(move || {
        let hash = Argon2::default().hash_password(password.as_bytes()).map_err(fault)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password has this hash. `None` (no such login) takes as long and says no.
pub(crate) async fn verify(password: &str, hash: Option<String>) -> Result<bool, LedgerError> {
    let password = password.to_owned();
    compute(move || {
        let hash = hash.as_deref().unwrap_or(NOBODY);
        match Argon2::default().verify_password(password.as_bytes(), hash) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(e) => Err(fault(e)),
        }
    })
    .await
}

async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    // The semaphore is never closed and the work does not panic; both would be faults of the program, not of a user.
    let slot = SLOTS.acquire().await.map_err(fault)?;
    let done = tokio::task::spawn_blocking(move || {
        // Held by the work itself: a caller that goes away does not free the slot early.
        let _slot = slot;
        work()
    })
    .await;
    done.map_err(fault)?
}

fn fault(error: impl std::fmt::Display) -> LedgerError {
    LedgerError::Password { detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::Params;

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let p = Params::default();
        let params = format!("$argon2id$v=19$m={},t={},p={}$", p.m_cost(), p.t_cost(), p.p_cost());
        assert!(NOBODY.starts_with(&params));
    }

    #[tokio::test]
    async fn right_wrong_and_nobody() {
        let hash = hash("ផ្កា romduol").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("ផ្កា romduol", Some(hash.clone())).await.unwrap());
        assert!(!verify("romduol", Some(hash)).await.unwrap());
        assert!(!verify("", None).await.unwrap());
    }

    #[tokio::test]
    async fn an_unreadable_hash_is_an_error_not_a_no() {
        assert!(verify("x", Some("plain".into())).await.is_err());
    }
}
