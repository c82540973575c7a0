//! Charts: values in, scene out. This file holds what they share: text of axes, scales and round tick values.
//! Refuses to format a number or a year itself: the caller brings the language's way of writing them.

pub mod bars;
pub mod gantt;
pub mod multiples;
pub mod status;
pub mod trend;

use crate::scene::{Form, Point, Role, Scene};

/// How the caller's language writes a value and a time (a decimal year) on an axis.
#[derive(Clone, Copy)]
pub struct AxisText<'a> {
    pub value: &'a dyn Fn(f64) -> String,
    pub time: &'a dyn Fn(f64) -> String,
    /// That an axis does not start at zero, but at this value.
    pub cut: &'a dyn Fn(f64) -> String,
}

/// From so many points on a course can be seen on an axis that leaves zero out; fewer would look like a crash.
const COURSE: usize = 3;

/// Round values of an axis from zero; without zero only where it is far from a course of values all on one side of it.
pub(crate) fn value_steps((low, high): (f64, f64), points: usize, count: usize) -> Vec<f64> {
    let far = points >= COURSE && low >= high * 0.6 && low > 0.0;
    if far { ticks(low, high, count) } else { ticks(low.min(0.0), high.max(0.0), count) }
}

/// The value at which an axis starts that leaves zero out.
pub(crate) fn cut_at(steps: &[f64]) -> Option<f64> {
    steps.first().copied().filter(|low| *low > 0.0)
}

/// The sign of a cut axis: a break at its foot.
pub(crate) fn break_sign(scene: &mut Scene, (x, y): Point) {
    scene.shape(Form::Rect { x: x - 5.0, y: y - 9.0, width: 10.0, height: 6.0 }, Role::Paper);
    for lift in [3.0, 9.0] {
        let zigzag = [(-6.0, 1.5), (-2.0, -1.5), (2.0, 1.5), (6.0, -1.5)];
        let points = zigzag.map(|(dx, dy)| (x + dx, y - lift + dy));
        scene.shape(Form::Polyline(points.to_vec()), Role::Axis);
    }
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

/// The years that lie between two times, thinned out so that `most` labels fit; the last year is always among them.
pub(crate) fn years(low: f64, high: f64, most: usize) -> Vec<f64> {
    let (first, last) = (low.floor() as i64, (high.ceil() as i64 - 1).max(low.floor() as i64));
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
        assert_eq!(years(2020.0, 2031.0, 4), [2020.0, 2025.0, 2030.0]);
        assert_eq!(years(2024.4, 2026.9, 6), [2024.0, 2025.0, 2026.0]);
        assert_eq!(years(2024.0, 2025.0, 6), [2024.0]);
    }

    #[test]
    fn an_axis_starts_at_zero_or_is_cut_for_a_course_far_from_it() {
        let starts = |extent, points| value_steps(extent, points, 4)[0];
        assert_eq!(starts((33.7, 32.7), 2), 0.0, "two points far from zero are no crash");
        assert_eq!(starts((90.0, 98.0), 3), 90.0);
        assert_eq!(starts((50.0, 98.0), 3), 0.0);
        assert_eq!(starts((-20.0, -5.0), 9), -20.0);
        assert_eq!(value_steps((-20.0, -5.0), 9, 4).last(), Some(&0.0), "zero is on it from below, too");
        assert_eq!([cut_at(&[90.0, 95.0]), cut_at(&[0.0, 5.0]), cut_at(&[-5.0, 0.0])], [Some(90.0), None, None]);
    }
}
