//! Whole numbers modulo the prime 2^61 - 1: sums of counts are solved without rounding. It knows nothing of counts.

pub(crate) const PRIME: u64 = (1 << 61) - 1;

pub(crate) fn reduce(value: i64) -> u64 {
    value.rem_euclid(PRIME.cast_signed()).cast_unsigned()
}

pub(crate) fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

pub(crate) fn negate(a: u64) -> u64 {
    if a == 0 { 0 } else { PRIME - a }
}

pub(crate) fn subtract(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

#[allow(clippy::cast_possible_truncation)]
pub(crate) fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    // 2^61 = 1, so the upper bits are added to the lower ones.
    add((product >> 61) as u64, (product as u64) & PRIME)
}

/// The number that times `a` is 1; `a` is not 0.
pub(crate) fn invert(a: u64) -> u64 {
    if a == 1 || a == PRIME - 1 {
        return a;
    }
    let (mut power, mut exponent, mut result) = (a, PRIME - 2, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, power);
        }
        power = multiply(power, power);
        exponent >>= 1;
    }
    result
}

/// A number that looks as if it had nothing to do with the other.
pub(crate) fn mix(mut mixed: u64) -> u64 {
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Numbers that look random and are the same for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A step of SplitMix64.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// One of the field, never 0.
    pub(crate) fn element(&mut self) -> u64 {
        self.next() % (PRIME - 1) + 1
    }

    /// One below `end`, which is not 0.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// Between 0 and 1.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_has_an_inverse() {
        let mut draw = Draw::new(1);
        for _ in 0..100 {
            let a = draw.element();
            assert_eq!(multiply(a, invert(a)), 1);
            assert_eq!(add(a, negate(a)), 0);
            assert_eq!(subtract(negate(a), negate(a)), 0);
        }
    }
}
