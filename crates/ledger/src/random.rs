//! Random ids and tokens from the operating system. With the salts in `password.rs` the only randomness in the
//! project; refuses to know what they are for.

use crate::LedgerError;
use crate::chain::hex;

/// `N` random bytes as hexadecimal digits.
pub(crate) fn hex_bytes<const N: usize>() -> Result<String, LedgerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| LedgerError::Random { detail: e.to_string() })?;
    Ok(hex(&bytes))
}
