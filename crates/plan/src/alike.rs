//! Like with like: the same units in two periods, where not all have reported; and who is missing. Refuses to know who
//! looks and how it is told.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::answers::has_base;
use crate::completeness::Completeness;
use crate::kinds::*;
use crate::period::Period;
use crate::readings::{Reading, Source, View};
use crate::say::Say;
use crate::state::return_id;
use crate::totals::{Total, months};

/// What the same units gave in two periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// How many units gave a number for the same part of both periods.
    pub units: usize,
    /// What they are, where all are of one level.
    pub level: Option<AreaLevel>,
    pub before: Period,
    pub was: f64,
    pub now: f64,
}

impl Alike {
    /// The comparison as a sentence; `unit` is what stands behind the numbers.
    pub fn say(&self, unit: &str) -> Say {
        let key = self.level.map_or("alike-units".to_string(), |level| format!("alike-{}", level.code()));
        let percent = if unit == "%" { "\u{a0}%" } else { "" };
        // As the values themselves are shown.
        let shown = |value: f64| (value * 10.0).round() / 10.0;
        let say = Say::new(key).number("units", self.units as f64);
        let say = say.number("was", shown(self.was)).number("now", shown(self.now));
        say.words("unit", percent).period("before", self.before)
    }
}

/// A unit whose number is not in a value.
#[derive(Clone, Debug)]
pub struct Absent {
    pub assignment: Arc<Assignment>,
    pub period: Period,
    pub why: Why,
}

/// Why a number is not in a value: a unit that has sent it is not blamed for those who verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    NotSent,
    /// It was sent back, and has to be sent again.
    SentBack,
    /// It was sent, and waits for somebody.
    Waits(Step),
    /// The unit answered, and has no number this time.
    NoData,
}

impl Why {
    pub fn say(self) -> Say {
        match self {
            Why::NotSent => Say::new("absent-not-sent"),
            Why::SentBack => Say::new("absent-sent-back"),
            Why::Waits(step) => Say::new(format!("absent-waits-{}", step.code())),
            Why::NoData => Say::new("absent-no-data"),
        }
    }

    /// Why the number of an indicator is not in a return that is not in a value; none where it does not apply.
    fn of(record: Option<&Return>, form: &Form, indicator: &str) -> Option<Why> {
        let Some(record) = record else { return Some(Why::NotSent) };
        let answer = record.answers.about(indicator).map(|answer| answer.state);
        match record.status {
            _ if answer == Some(AnswerState::NotApplicable) => None,
            ReturnStatus::SentBack => Some(Why::SentBack),
            _ if answer != Some(AnswerState::Given) => Some(Why::NoData),
            ReturnStatus::Submitted | ReturnStatus::Verified => {
                let step = form.chain.get(usize::from(record.steps_done)).or(form.chain.last());
                Some(step.map_or(Why::NoData, |step| Why::Waits(*step)))
            }
            ReturnStatus::Accepted => Some(Why::NoData),
        }
    }
}

impl View<'_> {
    /// What is to be said beside a value of which not all came: the mark, or how much came where it is judged all the same,
    /// and like compared with like.
    pub fn notes(&self, indicator: &Indicator, area: &str, reading: &Reading) -> Vec<Say> {
        let alike = self.alike(indicator, area, reading).map(|alike| alike.say(&indicator.unit));
        let coverage = reading.completeness().filter(|came| !came.is_whole()).map(Completeness::coverage);
        reading.incomplete().or(coverage).into_iter().chain(alike).collect()
    }

    /// The value of a reading beside that of the period before, over the units that are in both. None where both are whole
    /// and of the same units, and where nothing can be compared. A unit to which the number does not apply any more is not
    /// missing, and makes the value smaller all the same.
    pub fn alike(&self, indicator: &Indicator, area: &str, reading: &Reading) -> Option<Alike> {
        let (period, before) = (reading.period, reading.period.previous());
        // Units that are chosen by what came in are no table that was told.
        if self.totals.is_as_told(indicator, area) {
            return None;
        }
        let total = self.totals.total(indicator, area, before)?;
        let came_before = self.totals.completeness(indicator, &months(before), &total);
        let whole = reading.completeness()?.is_whole() && came_before.is_whole();
        let key = (indicator.id.clone(), area.to_string(), period);
        self.totals.compared(key, || {
            let same = whole && self.are_of_the_same(indicator, area, period, before);
            if same { None } else { self.compare(indicator, area, period, before) }
        })
    }

    /// Whether the same units gave the numbers of two periods, part by part.
    fn are_of_the_same(&self, indicator: &Indicator, area: &str, period: Period, before: Period) -> bool {
        let each = self.totals.reported(indicator);
        let mut parts = period.parts(each).zip(before.parts(each));
        parts.all(|(part, earlier)| self.given(indicator, area, part) == self.given(indicator, area, earlier))
    }

    fn compare(&self, indicator: &Indicator, area: &str, period: Period, before: Period) -> Option<Alike> {
        let each = self.totals.reported(indicator);
        let (mut now, mut was) = (Sum::default(), Sum::default());
        let mut units: BTreeSet<u32> = BTreeSet::new();
        for (part, earlier) in period.parts(each).zip(before.parts(each)) {
            let gave = self.totals.units(indicator, area, earlier);
            for (unit, here) in self.totals.units(indicator, area, part) {
                let Some(there) = gave.get(&unit) else { continue };
                now.add(indicator, &here);
                was.add(indicator, there);
                units.insert(unit);
            }
        }
        let (now, was) = (now.value(indicator)?, was.value(indicator)?);
        Some(Alike { units: units.len(), level: self.level_of(&units), before, was, now })
    }

    fn given(&self, indicator: &Indicator, area: &str, period: Period) -> HashSet<Id> {
        self.totals.sources(indicator, area, period).into_iter().map(|(area, _)| area).collect()
    }

    fn level_of(&self, units: &BTreeSet<u32>) -> Option<AreaLevel> {
        let ids = units.iter().filter_map(|number| self.totals.area_id(*number));
        let mut levels = ids.filter_map(|id| self.state.find::<Area>(id)).map(|area| area.level);
        let first = levels.next()?;
        levels.all(|level| level == first).then_some(first)
    }

    /// The units of which a value has no number, by part and unit, and why. Parts that are still to come are not missing.
    pub fn absent(&self, indicator: &Indicator, area: &str, reading: &Reading) -> Vec<Absent> {
        let (Source::Returns(_), Some(form)) = (&reading.source, &indicator.form) else { return Vec::new() };
        let last =
            reading.parts().map_or(reading.period, |parts| if parts.running { parts.last } else { reading.period });
        let Some(form) = self.state.find::<Form>(form) else { return Vec::new() };
        let by_area = form.audience == Audience::Area;
        let asks = |unit: &&Arc<Assignment>| {
            unit.form == form.id
                && (by_area || unit.institution == indicator.owner)
                && self.state.within(&unit.area, area)
        };
        let units: Vec<&Arc<Assignment>> = self.state.all::<Assignment>().filter(asks).collect();
        let mut absent = Vec::new();
        let parts = reading.period.parts(self.totals.reported(indicator));
        for part in parts.filter(|part| part.last_month() <= last.last_month()) {
            let given = self.given(indicator, area, part);
            // A province that gave the number of all its districts speaks for them.
            let spoken_for = |unit: &Assignment| self.state.ancestry(&unit.area).any(|area| given.contains(&area.id));
            for unit in units.iter().filter(|unit| unit.owes(part) && !spoken_for(unit)) {
                let record = self.state.find::<Return>(&return_id(&unit.id, part));
                // Made-up returns that are not shown have not been sent.
                let record = record.filter(|record| self.illustrative || !record.illustrative);
                let why = Why::of(record.map(|record| &**record), form, &indicator.id);
                absent.extend(why.map(|why| Absent { assignment: (*unit).clone(), period: part, why }));
            }
        }
        absent
    }
}

/// Numbers of units, put together by the rule of the indicator.
#[derive(Default)]
struct Sum {
    value: Option<f64>,
    base: f64,
}

impl Sum {
    fn add(&mut self, indicator: &Indicator, total: &Total) {
        let number = total.numerator.unwrap_or(total.value);
        self.value = Some(match (self.value, indicator.place) {
            (Some(value), PlaceRule::Max) => value.max(number),
            (value, _) => value.unwrap_or_default() + number,
        });
        self.base += total.denominator.unwrap_or_default();
    }

    fn value(&self, indicator: &Indicator) -> Option<f64> {
        let value = self.value?;
        let scale = if indicator.kind == ValueKind::Ratio { 100.0 } else { 1.0 };
        match has_base(indicator.kind) {
            true => (self.base != 0.0).then(|| value / self.base * scale),
            false => Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Change;
    use crate::sample::{accepted, entry, plan};
    use crate::totals::Totals;

    /// Ten each in two provinces; then nine in one, and the other has nothing to count any more: that is no fall by eleven.
    #[test]
    fn a_unit_to_which_a_number_does_not_apply_any_more_makes_no_fall() {
        use AnswerState::{Given, NotApplicable};
        let filed = |unit: &str, quarter: u8, state: AnswerState, value: f64| {
            let period = Period::quarter(2025, quarter);
            let answer = Answer { state, total: (state == Given).then_some(value), ..Answer::to("COUNT") };
            Change::Put(accepted(unit, period, answer).into())
        };
        let mut state = plan();
        let changes = vec![
            filed("f.KH-01", 1, Given, 10.0),
            filed("f.KH-02", 1, Given, 10.0),
            filed("f.KH-01", 2, Given, 9.0),
            filed("f.KH-02", 2, NotApplicable, 0.0),
            filed("f.KH-01", 3, NotApplicable, 0.0),
            filed("f.KH-02", 3, Given, 4.0),
            filed("f.KH-01", 4, NotApplicable, 0.0),
            filed("f.KH-02", 4, Given, 3.0),
        ];
        state.apply(2, &entry(changes)).unwrap();
        let totals = Totals::build(&state, false);
        let view = View { state: &state, totals: &totals, illustrative: false };
        let indicator = state.find::<Indicator>("COUNT").unwrap();
        let series = view.series(indicator, "KH");
        let told = series.counted.iter().map(|reading| {
            let alike = view.alike(indicator, "KH", reading).map(|alike| (alike.units, alike.was, alike.now));
            (reading.value, reading.completeness().unwrap().is_whole(), alike)
        });
        // Of the third quarter nobody gave the second's number, so nothing is compared; of the fourth the same unit did.
        let expected = [(20.0, true, None), (9.0, true, Some((1, 10.0, 9.0))), (4.0, true, None), (3.0, true, None)];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn who_has_sent_a_number_is_not_said_to_have_sent_none() {
        use AnswerState::{Given, Missing, NotApplicable};
        use ReturnStatus::{Accepted, SentBack, Submitted, Verified};
        let state = plan();
        let form = state.find::<Form>("f").unwrap();
        let given = |answer: Option<AnswerState>, status, steps_done| {
            let mut answers = vec![Answer { total: Some(1.0), ..Answer::to("LAW") }];
            let own = |state| Answer { state, total: (state == Given).then_some(3.0), ..Answer::to("COUNT") };
            answers.extend(answer.map(own));
            let (id, period) = ("f.KH-01.2026Q1".to_string(), "2026Q1".parse().unwrap());
            let answers = Answers::pack(&answers);
            let unit = "f.KH-01".into();
            Return { id, assignment: unit, period, version: 1, status, steps_done, answers, illustrative: false }
        };
        let cases = [
            (given(Some(Given), Submitted, 0), Some(Why::Waits(Step::Province))),
            (given(Some(Given), Verified, 1), Some(Why::Waits(Step::Secretariat))),
            (given(Some(Given), SentBack, 0), Some(Why::SentBack)),
            (given(Some(Missing), SentBack, 0), Some(Why::SentBack)),
            (given(Some(Missing), Accepted, 2), Some(Why::NoData)),
            // Whoever verifies it, it will have no number.
            (given(Some(Missing), Submitted, 0), Some(Why::NoData)),
            (given(None, Accepted, 2), Some(Why::NoData)),
            (given(Some(NotApplicable), Submitted, 0), None),
            (given(Some(NotApplicable), Accepted, 2), None),
        ];
        assert_eq!(Why::of(None, form, "COUNT"), Some(Why::NotSent));
        for (record, why) in cases {
            assert_eq!(Why::of(Some(&record), form, "COUNT"), why, "{:?}", (record.status, record.answers.open()));
        }
    }
}
