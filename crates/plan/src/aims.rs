//! What an indicator is held against and with which of its values: a target of a year is met by a year. Refuses to judge.
//!
//! A flow is counted anew in every period, so its values and targets are compared only over periods of one length: that of
//! the last target, or of what is reported at once where that is longer. Shorter targets add up to it. All other measures
//! are of a moment or a mean, and a value of any period may stand beside a target of any other.

use std::collections::BTreeMap;

use crate::answers::has_base;
use crate::kinds::{Indicator, Target, TimeRule};
use crate::period::{Frequency, Period};
use crate::readings::View;
use crate::status::Point;
use std::sync::Arc;

/// A value to be reached by the end of a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    pub period: Period,
    pub value: f64,
    /// A made-up target is in it.
    pub illustrative: bool,
}

impl Aim {
    pub fn point(&self) -> Point {
        Point { at: self.period.end_as_year(), value: self.value }
    }

    fn of(target: &Target) -> Aim {
        Aim { period: target.period, value: target.value, illustrative: target.illustrative }
    }
}

impl View<'_> {
    /// The length of the periods over which a flow is held against its targets; none where any two may be compared.
    pub fn held_over(&self, indicator: &Indicator, targets: &[Arc<Target>]) -> Option<Frequency> {
        let last =
            targets.iter().map(|target| target.period).max_by_key(|p| (p.last_month(), p.frequency().months()))?;
        let reported = self.totals.reported(indicator);
        let longer = [reported, last.frequency()].into_iter().max_by_key(|length| length.months());
        longer.filter(|_| indicator.time == TimeRule::Sum)
    }

    /// The targets as they are held against values, oldest first.
    pub fn aims(&self, indicator: &Indicator, targets: &[Arc<Target>]) -> Vec<Aim> {
        let Some(length) = self.held_over(indicator, targets) else {
            return targets.iter().map(|target| Aim::of(target)).collect();
        };
        let mut of_period: BTreeMap<Period, Vec<&Arc<Target>>> = BTreeMap::new();
        for target in targets.iter().filter(|target| target.period.frequency().months() <= length.months()) {
            of_period.entry(target.period.within(length)).or_default().push(target);
        }
        let aim = |(period, parts): (Period, Vec<&Arc<Target>>)| in_one(indicator, period, &parts);
        of_period.into_iter().filter_map(aim).collect()
    }
}

/// The target of a period: its own, or what those of all its parts come to.
fn in_one(indicator: &Indicator, period: Period, parts: &[&Arc<Target>]) -> Option<Aim> {
    if let Some(own) = parts.iter().find(|target| target.period == period) {
        return Some(Aim::of(own));
    }
    let last = parts.last()?;
    if has_base(indicator.kind) {
        // Shares do not add up: the last of the year is what the year is to come to.
        return Some(Aim { period, ..Aim::of(last) });
    }
    let each = last.period.frequency();
    let has = |part: Period| parts.iter().find(|target| target.period == part);
    let all: Vec<_> = period.parts(each).map(has).collect::<Option<_>>()?;
    let value = all.iter().map(|target| target.value).sum();
    Some(Aim { period, value, illustrative: all.iter().any(|target| target.illustrative) })
}
