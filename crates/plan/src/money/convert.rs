//! From riel to dollars and back, by the rate of the day. Refuses to guess a rate that is not known.

use crate::amount::Amount;
use crate::kinds::{Currency, Rate};
use crate::period::Date;

/// The rates by day.
#[derive(Clone, Debug, Default)]
pub struct Rates(Vec<(Date, Amount)>);

/// What an amount is multiplied or divided with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Factor {
    Same,
    Times(Amount),
    By(Amount),
}

impl Factor {
    pub fn apply(self, amount: Amount) -> Amount {
        match self {
            Factor::Same => amount,
            Factor::Times(rate) => amount * rate,
            // A rate of nothing is refused where rates are written.
            Factor::By(rate) => amount.over(rate).unwrap_or_default(),
        }
    }
}

impl Rates {
    pub fn of<'a>(rates: impl IntoIterator<Item = &'a Rate>) -> Rates {
        let mut list: Vec<_> = rates.into_iter().map(|rate| (rate.date, rate.khr_per_usd)).collect();
        list.sort_unstable();
        Rates(list)
    }

    /// The rate that holds on a day: the last one on or before it.
    pub fn on(&self, date: Date) -> Option<(Date, Amount)> {
        let after = self.0.partition_point(|(from, _)| *from <= date);
        self.0[..after].last().copied()
    }

    pub fn factor(&self, from: Currency, to: Currency, date: Date) -> Option<Factor> {
        match (from, to) {
            (Currency::Khr, Currency::Khr) | (Currency::Usd, Currency::Usd) => Some(Factor::Same),
            (Currency::Usd, Currency::Khr) => self.on(date).map(|(_, rate)| Factor::Times(rate)),
            (Currency::Khr, Currency::Usd) => self.on(date).map(|(_, rate)| Factor::By(rate)),
        }
    }

    pub fn convert(&self, amount: Amount, from: Currency, to: Currency, date: Date) -> Option<Amount> {
        self.factor(from, to, date).map(|factor| factor.apply(amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(date: &str, khr: i64) -> Rate {
        Rate {
            id: date.into(),
            date: Date::parse(date).unwrap(),
            khr_per_usd: Amount::whole(khr),
            source: String::new(),
            illustrative: false,
        }
    }

    #[test]
    fn the_rate_of_a_day_is_the_last_one_before_it() {
        let rates = Rates::of(&[rate("2027-01-01", 4_000), rate("2026-01-01", 4_100)]);
        let on = |day: &str| rates.on(Date::parse(day).unwrap()).map(|(_, rate)| rate);
        assert_eq!(on("2025-12-31"), None);
        assert_eq!(on("2026-01-01"), Some(Amount::whole(4_100)));
        assert_eq!(on("2026-12-31"), Some(Amount::whole(4_100)));
        assert_eq!(on("2030-06-01"), Some(Amount::whole(4_000)));
    }

    proptest! {
        /// The oracle reckons in hundredths, as whole numbers.
        #[test]
        fn dollars_become_riel_exactly(cents in 0i64..1_000_000_000, rate_cents in 300_000i64..500_000) {
            let day = Date { year: 2027, month: 5, day: 1 };
            let read = |hundredths: i64| Amount::read(&format!("{}.{:02}", hundredths / 100, hundredths % 100)).unwrap();
            let rates = Rates(vec![(day, read(rate_cents))]);
            let riel = rates.convert(read(cents), Currency::Usd, Currency::Khr, day).unwrap();
            let oracle = i128::from(cents) * i128::from(rate_cents);
            prop_assert_eq!(riel.shown(4), format!("{}.{:04}", oracle / 10_000, oracle % 10_000));
            // And back, to far below a cent.
            let back = rates.convert(riel, Currency::Khr, Currency::Usd, day).unwrap();
            prop_assert_eq!(back.shown(10), read(cents).shown(10));
        }
    }
}
