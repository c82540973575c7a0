//! Jumps: a value that changes faster from one year to the next than such values do. Refuses to say why: a break of the
//! measure, another population, or a slip are for a person to tell apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Finding;
use super::figures::grouped;
use crate::answers::Severity;
use crate::kinds::*;
use crate::readings::figure_period;
use crate::state::State;

/// Percentage points in a year, and how many times the smaller value, that make a jump of a share.
const POINTS: f64 = 2.5;
const TIMES: f64 = 1.5;

/// Growth of a count in a year that is a jump, where it also doubles.
const GROWTH: f64 = 1.5;

/// The figures of one line, by the month in which their period ends.
type Line<'a> = BTreeMap<i32, Vec<&'a Arc<Evidence>>>;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    let key = |figure: &Evidence| figure.series.clone().filter(|_| figure.kind == FigureKind::Observed);
    for (series, figures) in grouped(state, key) {
        let mut lines: BTreeMap<(Sex, &str, Unit), Line> = BTreeMap::new();
        for figure in figures.iter().filter(|figure| figure.value.is_some()) {
            if let Some(period) = figure_period(&figure.date) {
                let line = lines.entry((figure.sex, &figure.place, figure.unit)).or_default();
                line.entry(period.last_month()).or_default().push(figure);
            }
        }
        for line in lines.values() {
            found.extend(line.iter().zip(line.iter().skip(1)).filter_map(|(from, to)| jump(&series, from, to)));
        }
    }
}

/// The smallest step from one moment to the next, if even that is a jump.
fn jump(series: &str, from: (&i32, &Vec<&Arc<Evidence>>), to: (&i32, &Vec<&Arc<Evidence>>)) -> Option<Finding> {
    let years = f64::from(to.0 - from.0) / 12.0;
    let steps = from.1.iter().flat_map(|a| to.1.iter().map(move |b| (*a, *b)));
    let valued = steps.filter_map(|(a, b)| Some((a, b, a.value?, b.value?)));
    let (a, b, x, y) = valued.min_by(|(.., x, y), (.., v, w)| (y - x).abs().total_cmp(&(w - v).abs()))?;
    let times = x.max(y) / x.min(y);
    let is_jump = match a.unit {
        Unit::Percent => (y - x).abs() / years >= POINTS && times >= TIMES,
        Unit::Count => times >= 2.0 && times.powf(1.0 / years) >= GROWTH,
        Unit::Rank | Unit::Index | Unit::Year | Unit::Years => false,
    };
    let finding = Finding::new("finding-jump", Severity::Warning)
        .about([a, b])
        .name("label", &b.label)
        .word("measure", series)
        .word("first", &a.printed)
        .word("first-date", &a.date)
        .word("second", &b.printed)
        .word("second-date", &b.date)
        .word("section-a", &a.section)
        .word("section-b", &b.section);
    is_jump.then_some(finding)
}
