//! Progress against the expected path, and the status it gives. Refuses to know where values come from.
//!
//! The rule (design.md 4.6–4.7): the expected path is linear from the baseline through the targets; progress is the
//! way gone divided by the way to the last target; the ratio to the expected progress decides the status.

use crate::kinds::Direction;
use crate::vocabulary;

/// Printed with every report: a change of the rule is a new version.
pub const RULE_VERSION: &str = "1";

pub const ON_TRACK_FROM: f64 = 0.90;
pub const AT_RISK_FROM: f64 = 0.60;

vocabulary! {
    /// Worst first, then what cannot be judged; grey is not red.
    Status {
        OffTrack = "off-track",
        AtRisk = "at-risk",
        OnTrack = "on-track",
        Achieved = "achieved",
        NoData = "no-data",
        Stale = "stale",
        NoBaseline = "no-baseline",
        NoTarget = "no-target",
    }
}

impl Status {
    /// Whether it is a judgement rather than a gap in the data.
    pub fn judged(self) -> bool {
        matches!(self, Status::OffTrack | Status::AtRisk | Status::OnTrack | Status::Achieved)
    }
}

/// A value at a moment in decimal years.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub at: f64,
    pub value: f64,
}

/// What is known of an indicator when it is judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub direction: Direction,
    /// For [`Direction::Range`].
    pub range: Option<(f64, f64)>,
    pub baseline: Option<Point>,
    /// In order of time.
    pub targets: Vec<Point>,
    pub value: Option<Point>,
    /// The moment of judging.
    pub now: f64,
    /// The age in years from which a value no longer counts as fresh.
    pub stale_after: f64,
}

/// The result with everything needed to explain it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    pub status: Status,
    /// Way gone as a share of the way to the last target; beyond 1 when passed, negative when moving away.
    pub progress: Option<f64>,
    /// The value the path expects at the moment of the value.
    pub expected: Option<f64>,
    /// Progress divided by expected progress.
    pub ratio: Option<f64>,
}

impl Judgement {
    fn of(status: Status) -> Judgement {
        Judgement { status, progress: None, expected: None, ratio: None }
    }
}

/// Judges a case. What is missing is named before anything is computed: no data, no target, stale, no baseline.
pub fn judge(case: &Case) -> Judgement {
    let Some(value) = case.value else { return Judgement::of(Status::NoData) };
    if case.direction == Direction::Range {
        return judge_range(case, value);
    }
    let Some(target) = case.targets.last() else { return Judgement::of(Status::NoTarget) };
    let numbers = Judgement {
        progress: case.baseline.and_then(|base| share(base.value, target.value, value.value)),
        expected: case.baseline.map(|base| expected(base, &case.targets, value.at)),
        ..Judgement::of(Status::NoBaseline)
    };
    if case.now - value.at > case.stale_after {
        return Judgement { status: Status::Stale, ..numbers };
    }
    if reached(case.direction, value.value, target.value) {
        return Judgement { status: Status::Achieved, ..numbers };
    }
    let Some(base) = case.baseline else { return numbers };
    let ratio = path_ratio(base, &case.targets, value);
    let status = match ratio {
        ratio if ratio >= ON_TRACK_FROM => Status::OnTrack,
        ratio if ratio >= AT_RISK_FROM => Status::AtRisk,
        _ => Status::OffTrack,
    };
    Judgement { status, ratio: Some(ratio), ..numbers }
}

fn judge_range(case: &Case, value: Point) -> Judgement {
    let Some((low, high)) = case.range else { return Judgement::of(Status::NoTarget) };
    if case.now - value.at > case.stale_after {
        return Judgement::of(Status::Stale);
    }
    let inside = (low..=high).contains(&value.value);
    Judgement::of(if inside { Status::OnTrack } else { Status::OffTrack })
}

fn reached(direction: Direction, value: f64, target: f64) -> bool {
    match direction {
        Direction::Down => value <= target,
        _ => value >= target,
    }
}

/// The share of the way from `base` to `target` that `value` has gone; none where there is no way to go.
fn share(base: f64, target: f64, value: f64) -> Option<f64> {
    let way = target - base;
    (way != 0.0).then(|| (value - base) / way)
}

/// The value of the path at a moment: linear between baseline and targets, flat before and after.
pub fn expected(base: Point, targets: &[Point], at: f64) -> f64 {
    let mut from = base;
    for to in targets {
        if at <= from.at {
            return from.value;
        }
        if at < to.at {
            return from.value + (to.value - from.value) * (at - from.at) / (to.at - from.at);
        }
        from = *to;
    }
    from.value
}

/// Progress over expected progress. A path that expects nothing yet is met by standing still.
fn path_ratio(base: Point, targets: &[Point], value: Point) -> f64 {
    let way = expected(base, targets, value.at) - base.value;
    let gone = value.value - base.value;
    if way == 0.0 {
        let last = targets.last().map_or(base.value, |target| target.value);
        // Nothing is due: only a step back counts against it.
        return if gone * (last - base.value) >= 0.0 { 1.0 } else { 0.0 };
    }
    gone / way
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn case(direction: Direction, baseline: Option<(f64, f64)>, target: (f64, f64), value: (f64, f64)) -> Case {
        let point = |(at, value)| Point { at, value };
        Case {
            direction,
            range: None,
            baseline: baseline.map(point),
            targets: vec![point(target)],
            value: Some(point(value)),
            now: value.0,
            stale_after: 2.0,
        }
    }

    /// Golden cases from the report's own figures: (baseline, target, value) -> status.
    #[test]
    fn the_reports_figures() {
        let up = Direction::Up;
        let cases = [
            // PAR-09, peacekeepers: 21.4 (or 21.2) in December 2024 against a target of 20; no baseline needed.
            (None, (2025.0, 20.0), (2025.0, 21.4), Status::Achieved),
            (None, (2025.0, 20.0), (2025.0, 21.2), Status::Achieved),
            // PAR-06, decision posts: 24 in 2018, 27 in 2023, goal 27 in 2023.
            (Some((2019.0, 24.0)), (2024.0, 27.0), (2024.0, 27.0), Status::Achieved),
            // PAR-17, civil service: 22 in 2018, goal 44 in 2023. The two figures of 2024 give two statuses.
            (Some((2019.0, 22.0)), (2024.0, 44.0), (2025.0, 42.0), Status::OnTrack),
            (Some((2019.0, 22.0)), (2024.0, 44.0), (2025.0, 41.0), Status::AtRisk),
            // PAR-01, National Assembly: 21 in 2018 down to 14.4, were 30 the goal for 2030.
            (Some((2019.0, 21.0)), (2031.0, 30.0), (2025.0, 14.4), Status::OffTrack),
        ];
        for (baseline, target, value, status) in cases {
            assert_eq!(judge(&case(up, baseline, target, value)).status, status, "{value:?} against {target:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let full = case(Direction::Up, Some((2020.0, 10.0)), (2030.0, 20.0), (2025.0, 15.0));
        assert_eq!(judge(&full).status, Status::OnTrack);
        assert_eq!(judge(&Case { value: None, ..full.clone() }).status, Status::NoData);
        assert_eq!(judge(&Case { targets: vec![], ..full.clone() }).status, Status::NoTarget);
        assert_eq!(judge(&Case { baseline: None, ..full.clone() }).status, Status::NoBaseline);
        assert_eq!(judge(&Case { now: 2027.5, ..full }).status, Status::Stale);
    }

    #[test]
    fn a_falling_indicator_is_judged_the_same_way_round() {
        let down = |value| judge(&case(Direction::Down, Some((2020.0, 40.0)), (2030.0, 20.0), (2025.0, value)));
        assert_eq!(down(30.0).status, Status::OnTrack);
        assert_eq!(down(33.0).status, Status::AtRisk);
        assert_eq!(down(41.0).status, Status::OffTrack);
        assert_eq!(down(20.0).status, Status::Achieved);
    }

    /// The oracle walks the path in small steps instead of solving for the segment.
    fn naive_expected(base: Point, targets: &[Point], at: f64) -> f64 {
        let points: Vec<Point> = std::iter::once(base).chain(targets.iter().copied()).collect();
        if at <= base.at {
            return base.value;
        }
        for pair in points.windows(2) {
            if (pair[0].at..=pair[1].at).contains(&at) {
                let weight = (at - pair[0].at) / (pair[1].at - pair[0].at);
                return pair[0].value * (1.0 - weight) + pair[1].value * weight;
            }
        }
        points[points.len() - 1].value
    }

    proptest! {
        #[test]
        fn the_path_agrees_with_a_naive_walk(
            start in 2000.0..2010.0f64,
            gaps in prop::collection::vec((0.25..5.0f64, -100.0..100.0f64), 1..5),
            base in -100.0..100.0f64,
            at in 1995.0..2040.0f64,
        ) {
            let mut time = start;
            let targets: Vec<Point> = gaps.iter().map(|(gap, value)| { time += gap; Point { at: time, value: *value } }).collect();
            let base = Point { at: start, value: base };
            prop_assert!((expected(base, &targets, at) - naive_expected(base, &targets, at)).abs() < 1e-9);
        }

        #[test]
        fn mirrored_values_give_the_same_status(base in 0.0..50.0f64, target in 51.0..100.0f64, value in 0.0..100.0f64, at in 2020.0..2031.0f64) {
            let up = judge(&case(Direction::Up, Some((2020.0, base)), (2030.0, target), (at, value)));
            let down = judge(&case(Direction::Down, Some((2020.0, -base)), (2030.0, -target), (at, -value)));
            prop_assert_eq!(up.status, down.status);
        }

        #[test]
        fn more_is_never_worse_when_up_is_good(base in 0.0..50.0f64, target in 51.0..100.0f64, value in 0.0..99.0f64, more in 0.0..50.0f64, at in 2020.0..2031.0f64) {
            let rank = |value: f64| judge(&case(Direction::Up, Some((2020.0, base)), (2030.0, target), (at, value))).status;
            prop_assert!(rank(value + more) >= rank(value));
        }
    }
}
