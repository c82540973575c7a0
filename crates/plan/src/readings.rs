//! What an indicator says: its values over time from returns and figures, which one counts, and how it is judged.
//! Refuses to know who is looking and in which language.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::aims::Aim;
use crate::answers::has_base;
use crate::completeness::{Completeness, Lacks, Parts};
use crate::computed::{self, ByProgram};
use crate::kinds::*;
use crate::period::{Frequency, Period};
use crate::say::Say;
use crate::state::State;
use crate::status::{self, Case, Judgement, Point, Status};
use crate::totals::{Totals, months};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Rolled up from accepted returns, of which not all may have come.
    Returns(Completeness),
    /// A figure of a document.
    Figure(Arc<Evidence>),
    /// Counted by the program in its own records.
    Program(ByProgram),
}

/// One value of an indicator for one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub period: Period,
    pub value: f64,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub source: Source,
    /// Rests on made-up returns.
    pub illustrative: bool,
    /// Why this one counts, where several sources disagree and a person chose.
    pub preference: Option<Arc<Preference>>,
}

impl Reading {
    /// The mark of a value of which too little came, to be told wherever the value is.
    pub fn incomplete(&self) -> Option<Say> {
        self.completeness().and_then(Completeness::mark)
    }

    /// The sign before its number; see [`Completeness::sign`].
    pub fn sign(&self) -> &'static str {
        self.completeness().map_or("", Completeness::sign)
    }

    /// What of it came in; none for the figure of a document, which is as it was printed, and for what the program counts,
    /// which has all its records.
    pub fn completeness(&self) -> Option<&Completeness> {
        match &self.source {
            Source::Returns(completeness) => Some(completeness),
            Source::Figure(_) | Source::Program(_) => None,
        }
    }

    /// The parts of its period, where it is a roll-up of several.
    pub fn parts(&self) -> Option<Parts> {
        self.completeness().and_then(|completeness| completeness.parts)
    }

    /// The moment that it is of, in decimal years: the end of its period. A share of a period that is not over is of what
    /// is over, and so is what the program counts: a target of that period is still to come.
    fn moment(&self, indicator: &Indicator) -> f64 {
        match &self.source {
            Source::Program(ByProgram { until: Some(day), .. }) => {
                Period::containing(*day, Frequency::Month).previous().end_as_year()
            }
            Source::Returns(Completeness { parts: Some(Parts { running: true, last, .. }), .. })
                if has_base(indicator.kind) =>
            {
                last.end_as_year()
            }
            Source::Returns(_) | Source::Figure(_) | Source::Program(_) => self.period.end_as_year(),
        }
    }

    pub(crate) fn lacks(&self, indicator: &Indicator) -> Lacks {
        match &self.source {
            Source::Returns(completeness) => completeness.lacks,
            // A flow that is counted up to a day within its period.
            Source::Program(by) if by.until.is_some() && indicator.time == TimeRule::Sum => {
                match has_base(indicator.kind) {
                    true => Lacks::Nothing,
                    false => Lacks::Sum,
                }
            }
            Source::Program(_) | Source::Figure(_) => Lacks::Nothing,
        }
    }
}

/// The values of an indicator for one area, oldest first: those that count, and those that stand beside them.
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub counted: Vec<Reading>,
    pub beside: Vec<Reading>,
}

/// An indicator as it stands at the end of a period.
#[derive(Clone, Debug)]
pub struct Standing {
    pub indicator: Arc<Indicator>,
    pub reading: Option<Reading>,
    pub baseline: Option<(f64, Period)>,
    /// What it is held against, oldest first.
    pub aims: Vec<Aim>,
    pub judgement: Judgement,
    /// A status set for this value by a person.
    pub set_by_person: Option<Arc<Override>>,
    /// One that was set for this period when it had another value, and counts no longer.
    pub lapsed: Option<Arc<Override>>,
}

impl Standing {
    /// The status shown: a person's, if one was set with a reason, otherwise the computed one.
    pub fn status(&self) -> Status {
        self.set_by_person.as_ref().map_or(self.judgement.status, |o| o.status)
    }

    /// The status as it may be told to whoever may read the value, or may not: it says what the value is beside a target that
    /// everybody knows.
    pub fn told_status(&self, may_read: bool) -> Option<Status> {
        may_read.then(|| self.status())
    }

    /// The status in words.
    pub fn say(&self) -> Say {
        self.status().say(&self.indicator)
    }

    /// Why there is no value of an indicator that the program computes.
    pub fn why_nothing(&self) -> Option<Say> {
        computed::nothing(&self.indicator).filter(|_| self.reading.is_none())
    }

    pub fn illustrative(&self) -> bool {
        self.reading.as_ref().is_some_and(|r| r.illustrative) || self.aims.iter().any(|aim| aim.illustrative)
    }
}

/// What everything is read from: a state, its totals, and whether made-up data counts.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub state: &'a State,
    pub totals: &'a Totals,
    pub illustrative: bool,
}

impl<'a> View<'a> {
    /// All values of an indicator for an area.
    pub fn series(&self, indicator: &Indicator, area: &str) -> Series {
        let mut all = self.reported(indicator, area, self.totals.reported(indicator));
        all.extend(self.printed(indicator, area));
        all.extend(self.computed(indicator, area));
        self.sorted(indicator, all)
    }

    /// The values that are held against the targets: a flow's over the length of their periods, all others as they are.
    pub fn held_series(&self, indicator: &Indicator, area: &str) -> Series {
        self.series_over(indicator, area, self.held_over(indicator, &self.targets(indicator, area)))
    }

    fn series_over(&self, indicator: &Indicator, area: &str, length: Option<Frequency>) -> Series {
        let Some(length) = length else { return self.series(indicator, area) };
        let mut all = self.reported(indicator, area, length);
        // What a document counted for a shorter time is no part of a sum that it does not know.
        let fits = |r: &Reading| has_base(indicator.kind) || r.period.frequency() == length;
        let others = self.printed(indicator, area).into_iter().chain(self.computed(indicator, area));
        all.extend(others.filter(fits));
        self.sorted(indicator, all)
    }

    fn sorted(&self, indicator: &Indicator, mut all: Vec<Reading>) -> Series {
        all.sort_by_key(|reading| reading.period);
        let mut series = Series::default();
        let mut rest = all.as_slice();
        while let Some(first) = rest.first() {
            let same = rest.iter().take_while(|r| r.period == first.period).count();
            let (group, tail) = rest.split_at(same);
            let chosen = self.choose(indicator, group);
            for (n, reading) in group.iter().enumerate() {
                if n == chosen.0 {
                    series.counted.push(Reading { preference: chosen.1.clone(), ..reading.clone() });
                } else {
                    series.beside.push(reading.clone());
                }
            }
            rest = tail;
        }
        series
    }

    /// Which of several values for one period counts: the preferred one, else verified returns or what the program
    /// counted, else the first figure.
    fn choose(&self, indicator: &Indicator, group: &[Reading]) -> (usize, Option<Arc<Preference>>) {
        for preference in self.state.all::<Preference>().filter(|p| p.indicator == indicator.id) {
            let at = group.iter().position(|r| matches!(&r.source, Source::Figure(f) if f.id == preference.evidence));
            if let Some(at) = at {
                return (at, Some(preference.clone()));
            }
        }
        (group.iter().position(|r| !matches!(r.source, Source::Figure(_))).unwrap_or(0), None)
    }

    /// The returns of an indicator over periods of a length, each with what of it came in.
    fn reported(&self, indicator: &Indicator, area: &str, length: Frequency) -> Vec<Reading> {
        let each = self.totals.reported(indicator);
        let mut periods: Vec<(Period, bool)> = self.totals.periods(indicator, each);
        if length.months() > each.months() {
            periods.iter_mut().for_each(|(period, _)| *period = period.within(length));
            periods.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 |= same && next.1;
                same
            });
        }
        let reading = |(period, illustrative)| {
            let total = self.totals.total(indicator, area, period)?;
            let source = Source::Returns(self.totals.completeness(indicator, &months(period), &total));
            let (numerator, denominator) = (total.numerator, total.denominator);
            Some(Reading { period, value: total.value, numerator, denominator, source, illustrative, preference: None })
        };
        periods.into_iter().filter_map(reading).collect()
    }

    fn printed(&self, indicator: &Indicator, area: &str) -> Vec<Reading> {
        let figures = self.state.all::<Evidence>().filter(|f| {
            f.indicator.as_ref() == Some(&indicator.id)
                && f.area.as_deref() == Some(area)
                && f.kind != FigureKind::Target
        });
        let readings = figures.filter_map(|figure| {
            let value = match figure.indicator_use? {
                EvidenceUse::Value => figure.value?,
                EvidenceUse::Complement => 100.0 - figure.value?,
                _ => return None,
            };
            let (numerator, denominator) = (figure.numerator, figure.denominator);
            let source = Source::Figure(figure.clone());
            let period = figure_period(&figure.date)?;
            Some(Reading { period, value, numerator, denominator, source, illustrative: false, preference: None })
        });
        readings.collect()
    }

    fn computed(&self, indicator: &Indicator, area: &str) -> Vec<Reading> {
        let Some(counted) = computed::counted(self.state, indicator, area, self.illustrative) else {
            return Vec::new();
        };
        let reading = |(period, count): (&Period, &computed::Count)| {
            let (met, of) = (f64::from(count.met), f64::from(count.of));
            let (value, numerator, denominator) = match has_base(indicator.kind) {
                true => (met / of * 100.0, Some(met), Some(of)),
                false => (met, None, None),
            };
            let source = Source::Program(counted.how(*period, count));
            let illustrative = count.illustrative;
            Reading { period: *period, value, numerator, denominator, source, illustrative, preference: None }
        };
        counted.periods.iter().map(reading).collect()
    }

    /// The standing of an indicator at the end of a period, for the plan's whole area.
    pub fn standing(&self, indicator: &Arc<Indicator>, at: Period) -> Standing {
        let area = self.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
        let targets = self.targets(indicator, &area);
        let (aims, length) = (self.aims(indicator, &targets), self.held_over(indicator, &targets));
        let series = self.series_over(indicator, &area, length);
        let known = |r: &Reading| r.period.last_month() <= at.last_month();
        let held = series.counted.into_iter().rfind(known);
        // Before the first whole period is over there are parts of it only, and a part is what the sum is at least.
        let lacks = match (&held, length) {
            (Some(whole), _) => whole.lacks(indicator),
            (None, Some(_)) if has_base(indicator.kind) => Lacks::Base,
            (None, Some(_)) => Lacks::Sum,
            (None, None) => Lacks::Nothing,
        };
        let reading = held.or_else(|| self.series(indicator, &area).counted.into_iter().rfind(known));
        let baseline = indicator.baseline.zip(indicator.baseline_period);
        let point = |(value, period): (f64, Period)| Point { at: period.end_as_year(), value };
        // A flow of a quarter is no beginning of the way to a year's.
        let comparable = |period: Period| length.is_none_or(|l| has_base(indicator.kind) || period.frequency() == l);
        let case = Case {
            direction: indicator.direction,
            range: indicator.range_low.zip(indicator.range_high),
            baseline: baseline.filter(|(_, period)| comparable(*period)).map(point),
            targets: aims.iter().map(Aim::point).collect(),
            value: reading.as_ref().map(|r| Point { at: r.moment(indicator), value: r.value }),
            now: at.end_as_year(),
            stale_after: self.stale_after(indicator),
            lacks,
        };
        let (set_by_person, lapsed) = reading.as_ref().map_or((None, None), |r| self.set_status(indicator, r));
        Standing {
            indicator: indicator.clone(),
            reading,
            baseline,
            aims,
            judgement: status::judge(&case),
            set_by_person,
            lapsed,
        }
    }

    /// The status that a person set for a value, and one that was set for an earlier value of the same period.
    fn set_status(&self, indicator: &Indicator, of: &Reading) -> (Option<Arc<Override>>, Option<Arc<Override>>) {
        let Some(set) = self.state.find::<Override>(&override_id(&indicator.id, of.period)) else {
            return (None, None);
        };
        match holds(set, of) {
            true => (Some(set.clone()), None),
            false => (None, Some(set.clone())),
        }
    }

    /// The age in years from which a value is stale: two of its periods, or of its form's where that asks less often.
    fn stale_after(&self, indicator: &Indicator) -> f64 {
        let form = indicator.form.as_ref().and_then(|id| self.state.find::<Form>(id)).map(|form| form.frequency);
        let months = form.map_or(0, Frequency::months).max(indicator.frequency.months());
        2.0 * f64::from(months) / 12.0
    }

    /// The targets of the total that count for progress, oldest first.
    pub fn targets(&self, indicator: &Indicator, area: &str) -> Vec<Arc<Target>> {
        self.of_kind(indicator, area, TargetKind::Target)
    }

    pub fn thresholds(&self, indicator: &Indicator, area: &str) -> Vec<Arc<Target>> {
        self.of_kind(indicator, area, TargetKind::Threshold)
    }

    /// Targets and thresholds for single groups: they are shown, and do not judge the whole.
    pub fn for_groups(&self, indicator: &Indicator, area: &str) -> Vec<Arc<Target>> {
        let of_group = |t: &&Arc<Target>| t.indicator == indicator.id && t.area == area && !t.categories.is_empty();
        self.state.all::<Target>().filter(of_group).filter(|t| self.illustrative || !t.illustrative).cloned().collect()
    }

    fn of_kind(&self, indicator: &Indicator, area: &str, kind: TargetKind) -> Vec<Arc<Target>> {
        let mut targets: Vec<Arc<Target>> = self
            .state
            .all::<Target>()
            .filter(|t| t.kind == kind && t.indicator == indicator.id && t.area == area && t.categories.is_empty())
            .filter(|t| self.illustrative || !t.illustrative)
            .cloned()
            .collect();
        targets.sort_by_key(|target| target.period);
        targets
    }

    fn asks_areas(&self, form: &str) -> bool {
        self.state.find::<Form>(form).is_some_and(|form| form.audience == Audience::Area)
    }

    /// The accepted returns that a value rests on.
    pub fn inputs(&self, indicator: &Indicator, area: &str, period: Period) -> Vec<Arc<Return>> {
        let sources = self.totals.sources(indicator, area, period);
        let inside = |record: &&Arc<Return>| {
            (self.illustrative || !record.illustrative)
                && period.contains(record.period)
                && self.state.find::<Assignment>(&record.assignment).is_some_and(|unit| {
                    sources.contains(&(unit.area.clone(), record.period))
                        && indicator.form.as_ref() == Some(&unit.form)
                        && (unit.institution == indicator.owner || self.asks_areas(&unit.form))
                })
        };
        self.state.accepted().filter(inside).cloned().collect()
    }
}

/// The record of a status that a person sets for the value of a period.
pub fn override_id(indicator: &str, period: Period) -> Id {
    format!("{indicator}.{period}")
}

/// Whether a status that a person set is for the value that stands there now.
pub fn holds(set: &Override, of: &Reading) -> bool {
    set.value.is_none_or(|value| same(value, of.value))
}

/// Whether a value is the one that was looked at: computed anew it may differ in its last digits.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// The period a figure's date stands for. A span counts from its end; a day counts as its month.
pub fn figure_period(date: &str) -> Option<Period> {
    let end = date.rsplit('/').next()?.trim();
    end.parse().ok().or_else(|| end.get(..7)?.parse().ok())
}

/// The periods that a scorecard can be read for: the years with any value, newest first.
pub fn years(view: &View) -> Vec<Period> {
    let value = |f: &&Arc<Evidence>| matches!(f.indicator_use, Some(EvidenceUse::Value | EvidenceUse::Complement));
    let figures = view.state.all::<Evidence>().filter(value).filter_map(|f| figure_period(&f.date));
    let returns = view.state.accepted().filter(|r| view.illustrative || !r.illustrative).map(|r| r.period);
    let computes = view.state.all::<Indicator>().any(|indicator| indicator.computed.is_some());
    let counted = view.state.today().filter(|_| computes).map(|day| day.year);
    let years: BTreeSet<i32> = figures.chain(returns).map(Period::end_year).chain(counted).collect();
    years.into_iter().rev().map(Period::year).collect()
}
