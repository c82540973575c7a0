//! Numbers as ICU4X writes them. Refuses to know units, and to round what comes as exact digits.

use fixed_decimal::{Decimal, FloatPrecision, SignDisplay, SignedRoundingMode, UnsignedRoundingMode};
use icu_decimal::DecimalFormatter;
use romduol_plan::Lang;

pub(crate) struct Numbers {
    formatter: DecimalFormatter,
}

impl Numbers {
    pub fn new(lang: Lang) -> Numbers {
        let locale: icu_locale_core::Locale = lang.code().parse().expect("language codes are well formed");
        let formatter =
            DecimalFormatter::try_new(locale.into(), Default::default()).expect("both languages are compiled in");
        Numbers { formatter }
    }

    pub fn exactly(&self, value: f64, decimals: i16) -> String {
        match rounded(value, decimals) {
            Some(mut decimal) => {
                decimal.absolute.pad_end(-decimals);
                self.formatter.format(&decimal).to_string()
            }
            None => "–".into(),
        }
    }

    /// A decimal as it stands in plain digits; nothing is rounded here.
    pub fn plain(&self, digits: &str) -> String {
        digits
            .parse::<Decimal>()
            .map_or_else(|_| digits.to_string(), |decimal| self.formatter.format(&decimal).to_string())
    }

    pub fn at_most(&self, value: f64, decimals: i16) -> String {
        match rounded(value, decimals) {
            Some(mut decimal) => {
                decimal.absolute.trim_end();
                self.formatter.format(&decimal).to_string()
            }
            None => "–".into(),
        }
    }
}

/// Half away from zero, as people round; none for what is not a number.
fn rounded(value: f64, decimals: i16) -> Option<Decimal> {
    let mut decimal = Decimal::try_from_f64(value, FloatPrecision::RoundTrip).ok()?;
    decimal.round_with_mode(-decimals, SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand));
    if decimal.absolute.is_zero() {
        decimal.apply_sign_display(SignDisplay::Never);
    }
    Some(decimal)
}
