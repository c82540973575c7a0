//! How one number is kept: in the smallest width that holds it, with a mark for "not there". It refuses to know where
//! it is kept.

/// A kept number, or the mark that there is none.
pub(crate) trait Stored: Copy + Default + std::fmt::Debug {
    const WIDTH: Width;
    const MISSING: Self;

    /// The number, if there is one.
    fn get(self) -> Option<f64>;

    /// Keeps a number that fits the width.
    fn put(value: f64) -> Self;

    /// The number, or nothing to add. Kept apart from `get` because the loops need it without a branch.
    fn or_zero(self) -> f64;

    fn is_missing(self) -> bool;
}

/// Widths, narrow to wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    U8,
    U16,
    U32,
    F64,
}

impl Width {
    /// The smallest that holds a finite number.
    pub(crate) fn of(value: f64) -> Self {
        // The comparison is also false for what is negative or not whole; the largest word is needed for the mark.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::float_cmp)]
        let whole = f64::from(value as u32) == value;
        match value {
            _ if !whole => Self::F64,
            v if v < f64::from(u8::MAX) => Self::U8,
            v if v < f64::from(u16::MAX) => Self::U16,
            v if v < f64::from(u32::MAX) => Self::U32,
            _ => Self::F64,
        }
    }

    /// The smallest that holds all of these.
    pub(crate) fn of_all(values: impl Iterator<Item = f64>) -> Self {
        values.map(Self::of).max().unwrap_or(Self::U8)
    }

    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 => 4,
            Self::F64 => 8,
        }
    }
}

/// Whole numbers are kept one larger, and 0 is the mark: adding up needs no test for missing.
macro_rules! whole {
    ($word:ty, $width:expr) => {
        impl Stored for $word {
            const WIDTH: Width = $width;
            const MISSING: Self = 0;

            fn get(self) -> Option<f64> {
                self.checked_sub(1).map(f64::from)
            }

            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            fn put(value: f64) -> Self {
                (value as Self).saturating_add(1)
            }

            fn or_zero(self) -> f64 {
                f64::from(self.saturating_sub(1))
            }

            fn is_missing(self) -> bool {
                self == 0
            }
        }
    };
}

whole!(u8, Width::U8);
whole!(u16, Width::U16);
whole!(u32, Width::U32);

impl Stored for f64 {
    const WIDTH: Width = Width::F64;
    const MISSING: Self = Self::NAN;

    fn get(self) -> Option<f64> {
        (!self.is_nan()).then_some(self)
    }

    fn put(value: f64) -> Self {
        // A negative zero would be a second way to keep the same number.
        value + 0.0
    }

    fn or_zero(self) -> f64 {
        if self.is_nan() { 0.0 } else { self }
    }

    fn is_missing(self) -> bool {
        self.is_nan()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_gets_the_smallest_width_that_gives_it_back() {
        for (value, width) in [
            (0.0, Width::U8),
            (-0.0, Width::U8),
            (254.0, Width::U8),
            (255.0, Width::U16),
            (65_534.0, Width::U16),
            (65_535.0, Width::U32),
            (4_294_967_294.0, Width::U32),
            (4_294_967_295.0, Width::F64),
            (0.5, Width::F64),
            (-1.0, Width::F64),
            (f64::MAX, Width::F64),
        ] {
            assert_eq!(Width::of(value), width, "{value}");
            let back = match width {
                Width::U8 => u8::put(value).get(),
                Width::U16 => u16::put(value).get(),
                Width::U32 => u32::put(value).get(),
                Width::F64 => f64::put(value).get(),
            };
            assert_eq!(back, Some(value));
        }
        assert_eq!([u8::MISSING.get(), u16::MISSING.get(), u32::MISSING.get(), f64::MISSING.get()], [None; 4]);
    }
}
