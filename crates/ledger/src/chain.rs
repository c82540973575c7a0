//! Entries, heads and the hash that chains them. Pure; refuses to know where entries are kept.

use sha2::{Digest, Sha256};

/// The hash "before" entry 1.
pub const GENESIS_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Sets this hash apart from any other use of SHA-256; its version changes if the framing ever does.
const FRAME: &[u8] = b"romduol entry 1\n";

/// One entry as stored. Numbers start at 1 and have no gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position in the ledger, from 1.
    pub seq: u64,
    /// JSON text, opaque to this crate; exactly the text that was appended.
    pub body: String,
    /// 64 hexadecimal digits, see [`entry_hash`].
    pub hash: String,
}

impl Entry {
    /// The head of a ledger that ends with this entry.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash.clone() }
    }
}

/// Where a ledger ends: number and hash of its last entry. Two ledgers with the same head have the same content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 for an empty ledger.
    pub seq: u64,
    /// Its hash; [`GENESIS_HASH`] for an empty ledger.
    pub hash: String,
}

impl Head {
    /// The head of an empty ledger.
    #[must_use]
    pub fn genesis() -> Self {
        Self { seq: 0, hash: GENESIS_HASH.to_owned() }
    }

    /// The head after one more body.
    #[must_use]
    pub fn next(&self, body: &str) -> Self {
        let seq = self.seq + 1;
        Self { seq, hash: entry_hash(&self.hash, seq, body) }
    }

    /// Whether `entry` is what follows.
    ///
    /// # Errors
    /// The break, without looking further (a swapped entry counts as [`Why::Changed`] here).
    pub fn check_next(&self, entry: &Entry) -> Result<Self, Break> {
        let seq = self.seq + 1;
        if entry.seq != seq {
            return Err(Break { seq, why: Why::Missing });
        }
        let next = self.next(&entry.body);
        if next.hash != entry.hash {
            return Err(Break { seq, why: Why::Changed });
        }
        Ok(next)
    }

    pub(crate) fn to_text(&self) -> String {
        format!("{} {}", self.seq, self.hash)
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let (seq, hash) = text.split_once(' ')?;
        Some(Self { seq: seq.parse().ok()?, hash: hash.to_owned() })
    }
}

/// The first place where a chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// Number of the entry.
    pub seq: u64,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its body or hash, or those of the entry before it, were changed.
    Changed,
    /// It is not there.
    Missing,
    /// What stands in its place belongs somewhere else.
    Order,
    /// It stands behind the end and was never appended.
    Extra,
}

/// Hash of an entry: SHA-256 over a fixed line, the previous hash (64 hexadecimal digits), the number (8 bytes, big
/// endian), the length of the body in bytes (8 bytes, big endian) and the body; as 64 lower-case hexadecimal digits.
/// The lengths make the framing unambiguous.
#[must_use]
pub fn entry_hash(previous: &str, seq: u64, body: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(FRAME);
    hasher.update(previous.as_bytes());
    hasher.update(seq.to_be_bytes());
    hasher.update((body.len() as u64).to_be_bytes());
    hasher.update(body.as_bytes());
    hex(&hasher.finalize())
}

/// Hexadecimal SHA-256 of some bytes.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_documented_one() {
        // Computed independently with `sha256sum` over the documented bytes.
        assert_eq!(entry_hash(GENESIS_HASH, 1, "{}"), EXPECTED);
    }

    const EXPECTED: &str = "b3e72588377173c77a148c7114026212af7603b910c8028619cbb015d214526d";

    #[test]
    fn head_text_round_trip() {
        let head = Head::genesis().next("{}");
        assert_eq!(Head::from_text(&head.to_text()), Some(head));
        assert_eq!(Head::from_text("one two"), None);
    }
}
