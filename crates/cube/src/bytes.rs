//! A cube as bytes and back: to start without folding everything again. Refuses to read what it did not write: other
//! formats, cut off or changed bytes, and bytes that contradict themselves.
//!
//! All numbers are little-endian. The head: 8 bytes that say "cube", format (u32), 4 zero bytes, length of the body
//! (u64), checksum of the body (u64). The body is written by `bytes/write.rs` and read by `bytes/read.rs`, in the same
//! order.

mod read;
mod write;

use crate::{BytesError, Cube};

const MAGIC: &[u8; 8] = b"rmdlCUBE";
const FORMAT: u32 = 1;
const HEAD: usize = 32;

/// How a slice is kept.
const SPARSE: u8 = 0;
const DENSE: u8 = 1;

impl Cube {
    /// The whole cube as bytes. The same cube gives the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + self.memory());
        bytes.resize(HEAD, 0);
        write::body(self, &mut bytes);
        let length = (bytes.len() - HEAD) as u64;
        let sum = checksum(&bytes[HEAD..]);
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[16..24].copy_from_slice(&length.to_le_bytes());
        bytes[24..32].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// The cube that [`Cube::to_bytes`] wrote. Never takes much more memory than there are bytes.
    ///
    /// # Errors
    /// Everything that was not written so.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BytesError> {
        let Some((head, body)) = bytes.split_first_chunk::<HEAD>().filter(|(head, _)| head.starts_with(MAGIC)) else {
            return Err(BytesError::Foreign);
        };
        let word = |at: usize| head[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        // The format and the four zero bytes behind it.
        match u32::try_from(word(8)) {
            Ok(FORMAT) => {}
            found => return Err(BytesError::Format { found: found.unwrap_or(u32::MAX), known: FORMAT }),
        }
        let (found, expected) = (body.len() as u64, word(16));
        if found != expected {
            return Err(BytesError::Length { found, expected });
        }
        if checksum(body) != word(24) {
            return Err(BytesError::Checksum);
        }
        read::body(body)
    }
}

/// Against damage, not against forgery. Four sums side by side, because one would wait for each multiplication; each
/// step can be undone, so that a single changed byte never goes unseen.
fn checksum(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(ODD).rotate_left(29);
    let mut sums = [1_u64, 2, 3, 4];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        for (sum, word) in sums.iter_mut().zip(block.as_chunks::<8>().0) {
            *sum = step(*sum, u64::from_le_bytes(*word));
        }
    }
    let all = sums.into_iter().fold(bytes.len() as u64, step);
    rest.iter().fold(all, |sum, &byte| step(sum, u64::from(byte)))
}
