//! What an indicator says: its values over time from returns and figures, which one counts, and how it is judged.
//! Refuses to know who is looking and in which language.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::kinds::*;
use crate::period::{Frequency, Period};
use crate::state::State;
use crate::status::{self, Case, Judgement, Point, Status};
use crate::totals::Totals;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Rolled up from accepted returns: how many of how many units reported.
    Returns { reported: u32, expected: u32 },
    /// A figure of a document.
    Figure(Arc<Evidence>),
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
    pub baseline: Option<Point>,
    /// Targets that count for progress, oldest first.
    pub targets: Vec<Arc<Target>>,
    pub judgement: Judgement,
    pub set_by_person: Option<Arc<Override>>,
}

impl Standing {
    /// The status shown: a person's, if one was set with a reason, otherwise the computed one.
    pub fn status(&self) -> Status {
        self.set_by_person.as_ref().map_or(self.judgement.status, |o| o.status)
    }

    pub fn illustrative(&self) -> bool {
        self.reading.as_ref().is_some_and(|r| r.illustrative) || self.targets.iter().any(|t| t.illustrative)
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
        let mut all = self.reported(indicator, area);
        all.extend(self.printed(indicator, area));
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

    /// Which of several values for one period counts: the preferred one, else verified returns, else the first figure.
    fn choose(&self, indicator: &Indicator, group: &[Reading]) -> (usize, Option<Arc<Preference>>) {
        for preference in self.state.all::<Preference>().filter(|p| p.indicator == indicator.id) {
            let at = group.iter().position(|r| matches!(&r.source, Source::Figure(f) if f.id == preference.evidence));
            if let Some(at) = at {
                return (at, Some(preference.clone()));
            }
        }
        (group.iter().position(|r| matches!(r.source, Source::Returns { .. })).unwrap_or(0), None)
    }

    fn reported(&self, indicator: &Indicator, area: &str) -> Vec<Reading> {
        let form = indicator.form.as_ref().and_then(|form| self.state.find::<Form>(form));
        let frequency = form.map_or(indicator.frequency, |form| form.frequency);
        let reading = |(period, illustrative)| {
            let total = self.totals.total(indicator, area, period)?;
            let source = Source::Returns { reported: total.reported, expected: total.expected };
            let (numerator, denominator) = (total.numerator, total.denominator);
            Some(Reading { period, value: total.value, numerator, denominator, source, illustrative, preference: None })
        };
        self.totals.periods(indicator, frequency).into_iter().filter_map(reading).collect()
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

    /// The standing of an indicator at the end of a period, for the plan's whole area.
    pub fn standing(&self, indicator: &Arc<Indicator>, at: Period) -> Standing {
        let area = self.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
        let reading =
            self.series(indicator, &area).counted.into_iter().rfind(|r| r.period.last_month() <= at.last_month());
        let baseline =
            indicator.baseline.zip(indicator.baseline_period).map(|(value, p)| Point { at: p.end_as_year(), value });
        let targets = self.targets(indicator, &area);
        let case = Case {
            direction: indicator.direction,
            range: indicator.range_low.zip(indicator.range_high),
            baseline,
            targets: targets.iter().map(|t| Point { at: t.period.end_as_year(), value: t.value }).collect(),
            value: reading.as_ref().map(|r| Point { at: r.period.end_as_year(), value: r.value }),
            now: at.end_as_year(),
            stale_after: self.stale_after(indicator),
        };
        let set_by_person =
            self.state.all::<Override>().find(|o| o.indicator == indicator.id && o.period == at).cloned();
        Standing {
            indicator: indicator.clone(),
            reading,
            baseline,
            targets,
            judgement: status::judge(&case),
            set_by_person,
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
    let years: BTreeSet<i32> = figures.chain(returns).map(Period::end_year).collect();
    years.into_iter().rev().map(Period::year).collect()
}
