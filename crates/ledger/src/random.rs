//! Random ids and tokens from the operating system. With the salts in `password.rs` the only randomness in the
//! project; refuses to know what they are for.

use crate::chain::hex;
use crate::{Ledger, LedgerError};

impl Ledger {
    /// 128 random bits, for whoever must write what nobody can guess.
    ///
    /// # Errors
    /// [`LedgerError::Random`] where the operating system has none.
    pub fn random_bits() -> Result<u128, LedgerError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|e| LedgerError::Random { detail: e.to_string() })?;
        Ok(u128::from_be_bytes(bytes))
    }
}

/// `N` random bytes as hexadecimal digits.
pub(crate) fn hex_bytes<const N: usize>() -> Result<String, LedgerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| LedgerError::Random { detail: e.to_string() })?;
    Ok(hex(&bytes))
}
