//! Charts: values in, scene out. This file holds what they share: text of axes, scales and round tick values.
//! Refuses to format a number or a year itself: the caller brings the language's way of writing them.

pub mod bars;
pub mod gantt;
pub mod multiples;
pub mod status;
pub mod trend;

/// How the caller's language writes a value and a time (a decimal year) on an axis.
#[derive(Clone, Copy)]
pub struct AxisText<'a> {
    pub value: &'a dyn Fn(f64) -> String,
    pub time: &'a dyn Fn(f64) -> String,
}

/// Beyond this no chart is readable and differences of values overflow.
const LIMIT: f64 = 1e15;

pub(crate) fn is_drawable(value: f64) -> bool {
    value.is_finite() && value.abs() <= LIMIT
}

/// A linear map from values to units of the scene.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    pub fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        Scale { low, high, from, to }
    }

    /// Values outside the domain stop at its edge.
    pub fn at(&self, value: f64) -> f64 {
        let span = self.high - self.low;
        let share = if span > 0.0 { ((value - self.low) / span).clamp(0.0, 1.0) } else { 0.5 };
        self.from + share * (self.to - self.from)
    }
}

/// Smallest and largest drawable value.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|v| is_drawable(*v)).fold(None, |seen, v| match seen {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

/// Round values that cover the extent: about `count` of them, steps of 1, 2 or 5 times a power of ten.
/// Public, so that the table beside a chart can use the same ones.
pub fn ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    let (low, high) = if is_drawable(low) && is_drawable(high) { (low.min(high), low.max(high)) } else { (0.0, 1.0) };
    let (low, high) =
        if high - low < low.abs().max(high.abs()) * 1e-9 || high == low { around(low) } else { (low, high) };
    let step = round_step((high - low) / count.max(1) as f64);
    let first = (low / step).floor() as i64;
    let last = (high / step - 1e-9).ceil() as i64;
    (first..=last.min(first + 50)).map(|i| i as f64 * step).collect()
}

fn around(value: f64) -> (f64, f64) {
    if value == 0.0 { (0.0, 1.0) } else { (value.min(0.0), value.max(0.0)) }
}

fn round_step(rough: f64) -> f64 {
    let rough = rough.max(1e-12);
    let power = 10f64.powi(rough.log10().floor() as i32);
    let share = rough / power;
    let round = if share <= 1.0 {
        1.0
    } else if share <= 2.0 {
        2.0
    } else if share <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

/// Whole years between two times, far enough apart that `most` labels fit; the last year is always among them.
pub(crate) fn years(low: f64, high: f64, most: usize) -> Vec<f64> {
    let (first, last) = (low.ceil() as i64, high.floor() as i64);
    if last < first {
        return vec![low];
    }
    let most = most.max(1) as i64;
    let step = [1, 2, 5, 10, 20, 25, 50, 100].into_iter().find(|step| (last - first) / step < most);
    let step = step.unwrap_or_else(|| ((last - first) / most).max(1));
    let mut years: Vec<f64> = Vec::new();
    let mut year = last;
    while year >= first && years.len() < 60 {
        years.push(year as f64);
        year -= step;
    }
    years.reverse();
    years
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        assert_eq!(ticks(0.0, 38.0, 4), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(ticks(12.0, 12.0, 4), [0.0, 5.0, 10.0, 15.0]);
        assert_eq!(ticks(0.0, 0.0, 2), [0.0, 0.5, 1.0]);
        assert_eq!(ticks(f64::NAN, 1.0, 2), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn years_thin_out_and_keep_the_last() {
        assert_eq!(years(2020.0, 2030.0, 4), [2020.0, 2025.0, 2030.0]);
        assert_eq!(years(2024.4, 2026.9, 6), [2025.0, 2026.0]);
        assert_eq!(years(2024.4, 2024.6, 6), [2024.4]);
    }
}
