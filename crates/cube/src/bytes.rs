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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AreaTree, Change, Dimension, Measure, PlaceRule, Shape, TimeRule};
    use proptest::prelude::*;

    fn cube() -> Cube {
        let parents: Vec<Option<u32>> = (0..40_u32).map(|n| (n > 0).then_some(0)).collect();
        let mut tree = AreaTree::new(&parents).unwrap();
        tree.set_valid(2, 1..9).unwrap();
        let mut cube = Cube::new(tree);
        // The first one is scattered, the second one becomes dense.
        for size in [40, 1] {
            let shape = Shape::new(vec![Dimension { size, additive: true }]).unwrap();
            cube.add_measure(Measure { shape, place: PlaceRule::Sum, time: TimeRule::Sum });
        }
        cube.expect(0, 1, &[1, 2]).unwrap();
        let change = |n: u32| {
            let (measure, combination) = if n.is_multiple_of(2) { (0, n % 41) } else { (1, n / 40 % 2) };
            Change { measure, period: 1, area: n % 40, combination, value: Some(2.0) }
        };
        cube.apply(&(0..200).map(change).collect::<Vec<_>>()).unwrap();
        cube.apply(&[Change { period: 4, ..change(0) }]).unwrap();
        assert!(cube.columns[1].slices[&1].is_dense() && !cube.columns[0].slices[&1].is_dense());
        cube
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// Bytes with a right checksum, as nobody but a forger would make them: no panic, and if they can be read they
        /// can be used.
        #[test]
        fn forged_bytes_do_no_harm(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
            let mut bytes = cube().to_bytes();
            for (at, byte) in changes {
                let at = HEAD + at.index(bytes.len() - HEAD);
                bytes[at] = byte;
            }
            let sum = checksum(&bytes[HEAD..]);
            bytes[24..32].copy_from_slice(&sum.to_le_bytes());
            if let Ok(cube) = Cube::from_bytes(&bytes) {
                for measure in 0..cube.measures() {
                    prop_assert!(cube.observations(measure).unwrap().all(|seen| seen.value.is_finite()));
                    prop_assert!(cube.coverage(measure, 1, 0).is_ok());
                }
                prop_assert_eq!(Cube::from_bytes(&cube.to_bytes()).map(|read| read.to_bytes()), Ok(cube.to_bytes()));
            }
        }
    }
}
