//! A set of positions that knows how many of its members come before a position. It refuses to know what is at them.

use std::ops::Range;

/// Members are below the length that it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    /// By word: members in the words before it. One more than there are words; the last is the number of members.
    before: Vec<u32>,
}

impl Bits {
    /// An empty set for positions below `len`.
    pub(crate) fn new(len: usize) -> Self {
        // One bit more, so that `len` itself can be asked for.
        let words = len / 64 + 1;
        Self { words: vec![0; words], before: vec![0; words + 1] }
    }

    /// Refuses words of another length and members at or beyond `len`.
    pub(crate) fn from_words(words: Vec<u64>, len: usize) -> Option<Self> {
        let beyond = u64::MAX << (len % 64);
        let fits = words.len() == len / 64 + 1 && words.last().is_some_and(|last| last & beyond == 0);
        fits.then(|| {
            let mut before = vec![0; words.len() + 1];
            for (n, word) in words.iter().enumerate() {
                before[n + 1] = before[n] + word.count_ones();
            }
            Self { words, before }
        })
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(crate) fn len(&self) -> usize {
        self.before[self.words.len()] as usize
    }

    pub(crate) fn contains(&self, at: u32) -> bool {
        self.words[at as usize / 64] >> (at % 64) & 1 == 1
    }

    /// How many members are before a position.
    pub(crate) fn rank(&self, at: u32) -> usize {
        let word = at as usize / 64;
        let lower = self.words[word] & ((1 << (at % 64)) - 1);
        (self.before[word] + lower.count_ones()) as usize
    }

    /// The ranks of the members in a range.
    pub(crate) fn ranks(&self, range: &Range<u32>) -> Range<usize> {
        self.rank(range.start)..self.rank(range.end)
    }

    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn count(&self, range: &Range<u32>) -> u32 {
        self.ranks(range).len() as u32
    }

    /// How many members in a range are members of both.
    pub(crate) fn shared(&self, other: &Self, range: &Range<u32>) -> u32 {
        let (first, last) = (range.start as usize / 64, range.end as usize / 64);
        let words = self.words[first..=last].iter().zip(&other.words[first..=last]);
        let mut count = 0;
        for (at, (a, b)) in (first..).zip(words) {
            let from = if at == first { u64::MAX << (range.start % 64) } else { u64::MAX };
            let to = if at == last { (1 << (range.end % 64)) - 1 } else { u64::MAX };
            count += (a & b & from & to).count_ones();
        }
        count
    }

    pub(crate) fn insert(&mut self, at: u32) {
        if !self.contains(at) {
            self.words[at as usize / 64] |= 1 << (at % 64);
            self.before[at as usize / 64 + 1..].iter_mut().for_each(|n| *n += 1);
        }
    }

    pub(crate) fn remove(&mut self, at: u32) {
        if self.contains(at) {
            self.words[at as usize / 64] &= !(1 << (at % 64));
            self.before[at as usize / 64 + 1..].iter_mut().for_each(|n| *n -= 1);
        }
    }

    /// The members in order.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(n, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(n as u32 * 64 + bit)
            })
        })
    }

    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + self.words.capacity() * 8 + self.before.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_counts_as_a_set_does(
            len in 1_usize..300,
            moves in prop::collection::vec((0_u32..300, any::<bool>()), 0..200),
            others in prop::collection::vec(0_u32..300, 0..100),
            range in (0_u32..300, 0_u32..300),
        ) {
            let fit = |at: u32| at % len as u32;
            let (mut bits, mut other) = (Bits::new(len), Bits::new(len));
            let mut set = BTreeSet::new();
            for (at, add) in moves {
                if add { bits.insert(fit(at)); set.insert(fit(at)); } else { bits.remove(fit(at)); set.remove(&fit(at)); }
            }
            others.iter().for_each(|&at| other.insert(fit(at)));
            let (a, b) = (range.0 % (len as u32 + 1), range.1 % (len as u32 + 1));
            let range = a.min(b)..a.max(b);
            prop_assert_eq!(bits.len(), set.len());
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), set.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(bits.count(&range) as usize, set.range(range.clone()).count());
            let both = set.range(range.clone()).filter(|&&at| other.contains(at)).count();
            prop_assert_eq!(bits.shared(&other, &range) as usize, both);
            prop_assert_eq!(Bits::from_words(bits.words().to_vec(), len), Some(bits.clone()));
            prop_assert_eq!(Bits::from_words(vec![u64::MAX; len / 64 + 1], len), None);
        }
    }
}
