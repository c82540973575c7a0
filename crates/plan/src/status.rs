//! Progress against the expected path, and the status it gives. Refuses to know where values come from.
//!
//! The rule: the expected path is linear from the baseline through the targets; progress is the way gone divided by the
//! way to the last target; the ratio to the expected progress decides the status. Where no path leads to the target, and
//! once the target's period has ended, a value is held against the target itself (`docs/adr/0041`). A value of which too
//! little came takes only a status that nothing which is missing can change (`docs/adr/0030`).

use crate::completeness::Lacks;
use crate::kinds::{Direction, Indicator};
use crate::say::Say;
use crate::vocabulary;

/// Printed with every report: a change of the rule is a new version.
pub const RULE_VERSION: &str = "3";

pub const ON_TRACK_FROM: f64 = 0.90;
pub const AT_RISK_FROM: f64 = 0.60;

vocabulary! {
    /// Worst first, then what cannot be judged; grey is not red.
    Status {
        OffTrack = "off-track",
        AtRisk = "at-risk",
        OnTrack = "on-track",
        Achieved = "achieved",
        /// Not all of the value has come, and what is missing could change the judgement.
        Incomplete = "incomplete",
        NoData = "no-data",
        Stale = "stale",
        NoBaseline = "no-baseline",
        NoTarget = "no-target",
    }
}

impl Status {
    /// The status of an indicator in words. What the program counts itself is never without data: nothing was there to
    /// count.
    pub fn say(self, indicator: &Indicator) -> Say {
        match self {
            Status::NoData if indicator.computed.is_some() => Say::new("computed-none"),
            status => Say::new(format!("status-{}", status.code())),
        }
    }

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
    pub lacks: Lacks,
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
    /// The same for people.
    pub on_path: Option<OnPath>,
}

impl Judgement {
    fn of(status: Status) -> Judgement {
        Judgement { status, progress: None, expected: None, ratio: None, on_path: None }
    }
}

/// Where a value stands beside its path, for words: a percentage below 0 or beyond 100 says nothing to a reader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OnPath {
    /// A share of the way that was expected by now, from 0 to 1.
    Share(f64),
    /// Further than was expected by now.
    Beyond,
    /// At least what is due, where that is nothing yet or a step back.
    NothingDue,
    /// Moved away from the target, to the other side of the baseline.
    Below,
    Above,
    /// Behind what is due, where that is a step back.
    Behind,
    /// Not at the target, whose period has ended.
    Missed,
    /// Not at the target, to which no path leads: it is not later than the baseline, or no better.
    NoPath,
}

impl OnPath {
    pub fn say(self) -> Say {
        match self {
            OnPath::Share(share) => Say::new("path-share").number("share", (share * 100.0).round()),
            OnPath::Beyond => Say::new("path-beyond"),
            OnPath::NothingDue => Say::new("path-nothing-due"),
            OnPath::Below => Say::new("path-below-baseline"),
            OnPath::Above => Say::new("path-above-baseline"),
            OnPath::Behind => Say::new("path-behind"),
            OnPath::Missed => Say::new("path-missed"),
            OnPath::NoPath => Say::new("path-none"),
        }
    }
}

/// Judges a case. What is missing is named before anything is computed: no data, no target, stale, no baseline; and then
/// whether what has not come could change what was computed.
pub fn judge(case: &Case) -> Judgement {
    let computed = compute(case);
    match computed.status.judged() && !is_certain(case, computed.status) {
        // A share of the path would be one of the part that came.
        true => Judgement { status: Status::Incomplete, progress: None, ratio: None, on_path: None, ..computed },
        false => computed,
    }
}

/// Whether the status is what it is whatever has not come: a sum can only grow.
fn is_certain(case: &Case, status: Status) -> bool {
    let above = |limit: f64| case.value.is_some_and(|value| value.value > limit);
    match (case.lacks, case.direction) {
        (Lacks::Nothing, _) => true,
        (Lacks::Base, _) => false,
        (Lacks::Sum, Direction::Up | Direction::Neutral) => status == Status::Achieved,
        (Lacks::Sum, Direction::Down) => status == Status::OffTrack,
        (Lacks::Sum, Direction::Range) => case.range.is_some_and(|(_, high)| above(high)),
    }
}

fn compute(case: &Case) -> Judgement {
    let Some(value) = case.value else { return Judgement::of(Status::NoData) };
    if case.direction == Direction::Range {
        return judge_range(case, value);
    }
    let Some(target) = case.targets.last() else { return Judgement::of(Status::NoTarget) };
    let path = case.baseline.filter(|base| leads(case.direction, *base, *target));
    let numbers = Judgement {
        progress: path.map(|base| (value.value - base.value) / (target.value - base.value)),
        expected: path.map(|base| expected(base, &case.targets, value.at)),
        ..Judgement::of(Status::NoBaseline)
    };
    if case.now - value.at > case.stale_after {
        return Judgement { status: Status::Stale, ..numbers };
    }
    if reached(case.direction, value.value, target.value) {
        return Judgement { status: Status::Achieved, ..numbers };
    }
    let not_there = |why| Judgement { status: Status::OffTrack, on_path: Some(why), ..numbers };
    match (path, case.baseline) {
        (None, Some(_)) => not_there(OnPath::NoPath),
        _ if value.at >= target.at => not_there(OnPath::Missed),
        (None, None) => numbers,
        (Some(base), _) => on_path(case, base, value, numbers),
    }
}

/// Whether a path leads from the baseline to the target: the target is later, and better.
pub fn leads(direction: Direction, base: Point, target: Point) -> bool {
    target.at > base.at && better(direction, target.value - base.value) > 0.0
}

/// A difference with the sign of what is good.
fn better(direction: Direction, difference: f64) -> f64 {
    match direction {
        Direction::Down => -difference,
        Direction::Up | Direction::Neutral | Direction::Range => difference,
    }
}

/// A value on its way to a target that is still to come.
fn on_path(case: &Case, base: Point, value: Point, numbers: Judgement) -> Judgement {
    let expected = expected(base, &case.targets, value.at);
    let (due, gone) = (better(case.direction, expected - base.value), better(case.direction, value.value - base.value));
    let away = if value.value < base.value { OnPath::Below } else { OnPath::Above };
    // Where nothing is due, or a step back on the way, there is no share to be of.
    let (ratio, words) = match due > 0.0 {
        true if gone < 0.0 => (gone / due, away),
        true if gone > due => (gone / due, OnPath::Beyond),
        true => (gone / due, OnPath::Share(gone / due)),
        false if gone > due && gone > 0.0 => (1.0, OnPath::Beyond),
        false if gone >= due => (1.0, OnPath::NothingDue),
        false if due < 0.0 => (0.0, OnPath::Behind),
        false => (0.0, away),
    };
    let status = match ratio {
        ratio if ratio >= ON_TRACK_FROM => Status::OnTrack,
        ratio if ratio >= AT_RISK_FROM => Status::AtRisk,
        _ => Status::OffTrack,
    };
    Judgement { status, ratio: Some(ratio), on_path: Some(words), ..numbers }
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
            lacks: Lacks::Nothing,
        }
    }

    #[test]
    fn what_has_not_come_takes_no_status_and_changes_none() {
        let judged = |direction, base, target, value, lacks| {
            let full = case(direction, Some((2020.0, base)), (2030.0, target), (2025.0, value));
            judge(&Case { range: Some((10.0, 20.0)), lacks, ..full })
        };
        use Direction::{Down, Neutral, Range, Up};
        use Status::{Achieved, Incomplete, OffTrack, OnTrack};
        let cases = [
            (Up, 10.0, 20.0, 9.0, Lacks::Nothing, OffTrack),
            // A part of a sum is no fall, and no step on the way either …
            (Up, 10.0, 20.0, 9.0, Lacks::Sum, Incomplete),
            (Up, 10.0, 20.0, 15.0, Lacks::Sum, Incomplete),
            // … but what is reached already stays reached,
            (Up, 10.0, 20.0, 20.0, Lacks::Sum, Achieved),
            (Neutral, 10.0, 20.0, 20.0, Lacks::Sum, Achieved),
            // and what is too much already will not become less.
            (Down, 40.0, 20.0, 19.0, Lacks::Sum, Incomplete),
            (Down, 40.0, 20.0, 30.0, Lacks::Sum, Incomplete),
            (Down, 40.0, 20.0, 41.0, Lacks::Sum, OffTrack),
            (Range, 0.0, 0.0, 9.0, Lacks::Sum, Incomplete),
            (Range, 0.0, 0.0, 15.0, Lacks::Sum, Incomplete),
            (Range, 0.0, 0.0, 21.0, Lacks::Sum, OffTrack),
            (Range, 0.0, 0.0, 15.0, Lacks::Nothing, OnTrack),
            // A share of a few may be anything.
            (Up, 10.0, 20.0, 20.0, Lacks::Base, Incomplete),
            (Down, 40.0, 20.0, 41.0, Lacks::Base, Incomplete),
        ];
        for (direction, base, target, value, lacks, status) in cases {
            let found = judged(direction, base, target, value, lacks);
            assert_eq!(found.status, status, "{direction:?} {value} {lacks:?}");
            assert!(status != Incomplete || found.on_path.is_none() && found.progress.is_none());
        }
    }

    #[test]
    fn beside_the_path_there_are_words() {
        let up = |value| judge(&case(Direction::Up, Some((2020.0, 10.0)), (2030.0, 30.0), (2025.0, value))).on_path;
        let down = |value| judge(&case(Direction::Down, Some((2020.0, 30.0)), (2030.0, 10.0), (2025.0, value))).on_path;
        assert_eq!([up(9.0), up(10.0), up(15.0)], [OnPath::Below, OnPath::Share(0.0), OnPath::Share(0.5)].map(Some));
        assert_eq!([up(20.0), up(29.0)], [OnPath::Share(1.0), OnPath::Beyond].map(Some));
        assert_eq!([down(31.0), down(25.0), down(11.0)], [OnPath::Above, OnPath::Share(0.5), OnPath::Beyond].map(Some));
        // Before anything is due a step back is one all the same.
        let early = |value| judge(&case(Direction::Up, Some((2020.0, 10.0)), (2030.0, 30.0), (2020.0, value))).on_path;
        assert_eq!([early(9.0), early(10.0)], [OnPath::Below, OnPath::NothingDue].map(Some));
        assert_eq!(early(11.0), Some(OnPath::Beyond));
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
            // PAR-17, civil service: 22 in 2018, goal 44 in 2023. Its year is over, and both figures of 2024 miss it.
            (Some((2019.0, 22.0)), (2024.0, 44.0), (2025.0, 42.0), Status::OffTrack),
            (Some((2019.0, 22.0)), (2024.0, 44.0), (2025.0, 41.0), Status::OffTrack),
            (Some((2019.0, 22.0)), (2024.0, 44.0), (2023.0, 40.0), Status::OnTrack),
            // PAR-01, were the goal not to fall below 21.
            (Some((2019.0, 21.0)), (2031.0, 21.0), (2025.0, 14.4), Status::OffTrack),
            (Some((2019.0, 21.0)), (2031.0, 21.0), (2025.0, 21.0), Status::Achieved),
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

    #[test]
    fn without_a_path_a_value_is_held_against_its_target() {
        use Direction::{Down, Neutral, Up};
        use Status::{Achieved, NoBaseline, OffTrack, OnTrack};
        let base = Some((2020.0, 20.0));
        let cases = [
            // As good as the baseline: kept or not, however far the end is.
            (Up, base, (2030.0, 20.0), (2025.0, 19.9), OffTrack, Some(OnPath::NoPath)),
            (Up, base, (2030.0, 20.0), (2025.0, 20.0), Achieved, None),
            (Neutral, base, (2030.0, 20.0), (2025.0, 14.0), OffTrack, Some(OnPath::NoPath)),
            (Down, base, (2030.0, 20.0), (2025.0, 20.1), OffTrack, Some(OnPath::NoPath)),
            (Down, base, (2030.0, 20.0), (2025.0, 15.0), Achieved, None),
            // Less than the baseline had: a fall is no progress on the way down to it.
            (Up, base, (2030.0, 15.0), (2025.0, 14.0), OffTrack, Some(OnPath::NoPath)),
            (Up, base, (2030.0, 15.0), (2025.0, 17.0), Achieved, None),
            // The target lies before its baseline, or with it.
            (Up, base, (2020.0, 30.0), (2025.0, 29.0), OffTrack, Some(OnPath::NoPath)),
            (Up, base, (2019.0, 30.0), (2025.0, 30.0), Achieved, None),
            // Its period has ended: met or missed, and nearly is missed.
            (Up, base, (2024.0, 44.0), (2025.0, 43.0), OffTrack, Some(OnPath::Missed)),
            (Up, base, (2024.0, 44.0), (2024.0, 43.9), OffTrack, Some(OnPath::Missed)),
            (Up, base, (2024.0, 44.0), (2024.0, 44.0), Achieved, None),
            (Down, base, (2024.0, 10.0), (2025.0, 10.5), OffTrack, Some(OnPath::Missed)),
            (Up, None, (2024.0, 44.0), (2025.0, 43.0), OffTrack, Some(OnPath::Missed)),
            // It has not: there is a path.
            (Up, base, (2024.0, 44.0), (2023.75, 43.0), OnTrack, Some(OnPath::Beyond)),
            (Up, None, (2024.0, 44.0), (2023.75, 43.0), NoBaseline, None),
        ];
        for (direction, base, target, value, status, words) in cases {
            let found = judge(&case(direction, base, target, value));
            assert_eq!((found.status, found.on_path), (status, words), "{direction:?} {base:?} {target:?} {value:?}");
        }
    }

    #[test]
    fn a_step_back_that_was_planned_is_no_way_to_go() {
        let of = |value: f64| {
            let full = case(Direction::Up, Some((2020.0, 20.0)), (2030.0, 30.0), (2024.0, value));
            let dip = Point { at: 2024.0, value: 18.0 };
            let judged = judge(&Case { targets: vec![dip, full.targets[0]], ..full });
            (judged.status, judged.on_path)
        };
        assert_eq!(of(17.0), (Status::OffTrack, Some(OnPath::Behind)), "no one and a half times the way");
        assert_eq!(of(18.0), (Status::OnTrack, Some(OnPath::NothingDue)));
        assert_eq!(of(21.0), (Status::OnTrack, Some(OnPath::Beyond)));
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
        fn no_more_that_comes_changes_a_status_that_was_given(base in 0.0..50.0f64, target in 0.0..50.0f64, value in 0.0..100.0f64, more in 0.0..100.0f64, direction in 0usize..3, at in 2020.5..2029.0f64) {
            let direction = [Direction::Up, Direction::Down, Direction::Range][direction];
            let of = |value, lacks| {
                let full = case(direction, Some((2020.0, base)), (2030.0, target), (at, value));
                judge(&Case { range: Some((20.0, 60.0)), lacks, ..full }).status
            };
            let (part, whole) = (of(value, Lacks::Sum), of(value + more, Lacks::Nothing));
            prop_assert!(part == Status::Incomplete || part == whole);
        }

        #[test]
        fn more_is_never_worse_when_up_is_good(base in 0.0..50.0f64, target in 0.0..100.0f64, value in 0.0..99.0f64, more in 0.0..50.0f64, at in 2018.0..2033.0f64) {
            let rank = |value: f64| judge(&case(Direction::Up, Some((2020.0, base)), (2030.0, target), (at, value))).status;
            prop_assert!(rank(value + more) >= rank(value));
        }

        #[test]
        fn what_is_worse_than_baseline_and_target_is_off_track(up in any::<bool>(), base in 0u8..5, target in 0u8..5, value in 0u8..5, start in 2018u16..2032, at in 2018u16..2034, end in 2018u16..2032) {
            let direction = if up { Direction::Up } else { Direction::Down };
            let [base, target, value] = [base, target, value].map(f64::from);
            let [start, at, end] = [start, at, end].map(f64::from);
            let found = judge(&case(direction, Some((start, base)), (end, target), (at, value))).status;
            let worse = |than: f64| if up { value < than } else { value > than };
            prop_assert_eq!(found == Status::Achieved, !worse(target));
            prop_assert!(!(worse(target) && (worse(base) || at >= end)) || found == Status::OffTrack);
        }
    }
}
