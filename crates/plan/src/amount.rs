//! Exact amounts: of money, of things, of a rate. Refuses floating point, and what is too long to stay exact.
//!
//! An amount has at most two decimals and less than ten trillion, so that quantity × frequency × unit cost × share × rate
//! stays inside the 28 digits of the decimal. Nothing is rounded before it is shown.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::number::{self, BadNumber, Marks};
use crate::say::Say;

/// What is written down has at most so many decimals; what is computed may have more.
const DECIMALS: u32 = 2;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

/// Why a text is no amount; the display is the mend in one clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAmount {
    #[error("{0}")]
    Number(#[from] BadNumber),
    #[error("write at most two decimals")]
    Decimals,
    #[error("write less than 10,000,000,000,000")]
    TooLarge,
}

impl BadAmount {
    /// The mend as a clause in the reader's language.
    pub fn say(&self) -> Say {
        match self {
            BadAmount::Number(number) => number.say(),
            BadAmount::Decimals => Say::new("amount-decimals"),
            BadAmount::TooLarge => Say::new("amount-too-large"),
        }
    }
}

impl Amount {
    pub const ZERO: Amount = Amount(Decimal::ZERO);
    pub const HUNDRED: Amount = Amount(Decimal::ONE_HUNDRED);

    pub fn whole(value: i64) -> Amount {
        Amount(Decimal::from(value))
    }

    /// Reads what a person wrote, in the ways of [`number::parse`].
    pub fn read(text: &str) -> Result<Amount, BadAmount> {
        Amount::read_in(text, Marks::Point)
    }

    /// Reads an amount of a file with these marks.
    pub fn read_in(text: &str, marks: Marks) -> Result<Amount, BadAmount> {
        let plain = number::plain_in(text, marks)?;
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > DECIMALS as usize {
            return Err(BadAmount::Decimals);
        }
        let whole_digits = whole.trim_start_matches(['-', '0']);
        if whole_digits.len() > 13 {
            return Err(BadAmount::TooLarge);
        }
        let sign = if whole.starts_with('-') { "-" } else { "" };
        let value =
            Decimal::from_str(&format!("{sign}0{whole_digits}.{fraction}0")).map_err(|_| BadAmount::TooLarge)?;
        Ok(Amount(value.normalize()))
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    pub fn is_positive(self) -> bool {
        self > Amount::ZERO
    }

    pub fn is_negative(self) -> bool {
        self < Amount::ZERO
    }

    /// A share given in percent of it.
    pub fn percent(self, share: Amount) -> Amount {
        self * share * Amount(Decimal::new(1, 2))
    }

    /// Divided to 28 digits; none by zero.
    pub fn over(self, by: Amount) -> Option<Amount> {
        self.0.checked_div(by.0).map(Amount)
    }

    /// How many percent it is of a whole; none of nothing.
    pub fn share_of(self, whole: Amount) -> Option<Amount> {
        (self * Amount::HUNDRED).over(whole)
    }

    /// Rounded half away from zero, as people round, with exactly so many decimals: the one place where a digit is lost.
    pub fn shown(self, decimals: u32) -> String {
        let rounded = self.0.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        let rounded = if rounded.is_zero() { Decimal::ZERO } else { rounded };
        format!("{rounded:.*}", decimals as usize)
    }
}

/// Without separators and without needless zeros, as it stands in files.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

// What is written down is bounded, so that these cannot overflow before a quadrillion of largest lines is added up; a
// sum beyond that stands still rather than stopping the program.
impl Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount(self.0.saturating_add(other.0))
    }
}

impl Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }
}

impl Mul for Amount {
    type Output = Amount;
    fn mul(self, other: Amount) -> Amount {
        Amount(self.0.saturating_mul(other.0))
    }
}

impl Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount(-self.0)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        *self = *self + other;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, Add::add)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a string only: a JSON number has been through floating point before we see it.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Amount::read(&text).map_err(|bad| serde::de::Error::custom(format!("“{text}” is not an amount: {bad}")))
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "decimal" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let cases = [
            ("4,100", "4100"),
            ("0.10", "0.1"),
            ("១.២៣៤,៥", "1234.5"),
            ("-3", "-3"),
            ("9999999999999.99", "9999999999999.99"),
        ];
        for (text, plain) in cases {
            assert_eq!(Amount::read(text).unwrap().to_string(), plain, "{text}");
        }
        assert_eq!(Amount::read("0.125"), Err(BadAmount::Decimals));
        assert_eq!(Amount::read("10000000000000"), Err(BadAmount::TooLarge));
        assert!(Amount::read("many").is_err());
    }

    #[test]
    fn rounding_happens_at_the_end() {
        let third = Amount::whole(100).over(Amount::whole(3)).unwrap();
        assert_eq!((third + third + third).shown(2), "100.00");
        assert_eq!(Amount::read("0.5").unwrap().shown(0), "1");
        assert_eq!(Amount::read("-0.4").unwrap().shown(0), "0");
        assert_eq!(Amount::read("2.675").err(), Some(BadAmount::Decimals));
        assert_eq!(Amount::whole(7).over(Amount::ZERO), None);
    }

    proptest! {
        /// Tenths are where floating point fails first; the oracle counts in cents.
        #[test]
        fn sums_are_exact(cents in proptest::collection::vec(-1_000_000_000i64..1_000_000_000, 0..60)) {
            let read = |c: &i64| Amount::read(&format!("{}{}.{:02}", if *c < 0 { "-" } else { "" }, c.abs() / 100, c.abs() % 100));
            let sum: Amount = cents.iter().map(|c| read(c).unwrap()).sum();
            let oracle: i64 = cents.iter().sum();
            let sign = if oracle < 0 { "-" } else { "" };
            prop_assert_eq!(sum.shown(2), format!("{sign}{}.{:02}", oracle.abs() / 100, oracle.abs() % 100));
        }

        #[test]
        fn print_and_read_agree(cents in -999_999_999_999_999i64..999_999_999_999_999) {
            let amount = Amount(Decimal::new(cents, 2));
            prop_assert_eq!(Amount::read(&amount.to_string()).unwrap(), amount);
        }
    }
}
