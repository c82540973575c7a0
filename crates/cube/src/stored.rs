//! How one number is kept: in the smallest width that holds it. It refuses to know where it is kept, and whether it is
//! there.

/// A kept number.
pub(crate) trait Stored: Copy + Default + PartialEq + std::fmt::Debug {
    const WIDTH: Width;

    fn number(self) -> f64;

    /// Keeps a number that fits the width.
    fn put(value: f64) -> Self;
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
        // The comparison is also false for what is negative, not whole or too large.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::float_cmp)]
        let whole = f64::from(value as u32) == value;
        match value {
            _ if !whole => Self::F64,
            v if v <= f64::from(u8::MAX) => Self::U8,
            v if v <= f64::from(u16::MAX) => Self::U16,
            _ => Self::U32,
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

macro_rules! whole {
    ($word:ty, $width:expr) => {
        impl Stored for $word {
            const WIDTH: Width = $width;

            fn number(self) -> f64 {
                f64::from(self)
            }

            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            fn put(value: f64) -> Self {
                value as Self
            }
        }
    };
}

whole!(u8, Width::U8);
whole!(u16, Width::U16);
whole!(u32, Width::U32);

impl Stored for f64 {
    const WIDTH: Width = Width::F64;

    fn number(self) -> f64 {
        self
    }

    fn put(value: f64) -> Self {
        // A negative zero would be a second way to keep the same number.
        value + 0.0
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
            (255.0, Width::U8),
            (256.0, Width::U16),
            (65_535.0, Width::U16),
            (65_536.0, Width::U32),
            (4_294_967_295.0, Width::U32),
            (4_294_967_296.0, Width::F64),
            (0.5, Width::F64),
            (-1.0, Width::F64),
            (f64::MAX, Width::F64),
        ] {
            assert_eq!(Width::of(value), width, "{value}");
            let back = match width {
                Width::U8 => u8::put(value).number(),
                Width::U16 => u16::put(value).number(),
                Width::U32 => u32::put(value).number(),
                Width::F64 => f64::put(value).number(),
            };
            assert_eq!(back.to_bits(), (value + 0.0).to_bits());
        }
    }
}
