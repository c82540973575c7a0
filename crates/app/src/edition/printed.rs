//! Figures of documents and baselines beside protected counts: each is told only where the count that it stands for is.
//! Refuses to know how counts are protected.

use std::collections::{BTreeMap, BTreeSet};

use romduol_edition::content::Key;
use romduol_edition::figure::Numbers;
use romduol_plan::kinds::*;
use romduol_plan::readings::Source;
use romduol_plan::{Id, Period};

use super::counts::Counts;
use super::numbers::Work;
use super::pool::ToldCells;
use super::protect::{Outlet, Wanted, policy};

/// What is printed beside the counts of an indicator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Print {
    /// A figure of a document.
    Figure(Id),
    Baseline,
}

/// A number that stays out of an edition because it would tell a count that is hidden, or is a small one itself.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintWithheld {
    pub what: Print,
    pub at: Key,
}

/// What is printed of an indicator, and which of its counts each says something about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prints {
    /// By what and its period: the period whose count it would tell, if there is one.
    stands_for: BTreeMap<(Print, Period), Option<Period>>,
    /// The counts of people that it says itself.
    says: BTreeMap<(Print, Period), Vec<i64>>,
}

impl Prints {
    /// All that is printed of the whole plan's area. The counts, where there are any, get a code for every period that needs
    /// one.
    pub fn of(work: Work, indicator: &Indicator, mut counts: Option<&mut Counts>) -> Prints {
        let mut prints = Prints::default();
        let mut stand_in = |period| counts.as_deref_mut().and_then(|counts| counts.stand_in(indicator.time, period));
        for reading in &work.view.series(indicator, &work.country()).counted {
            let Source::Figure(figure) = &reading.source else { continue };
            if reading.period.last_month() > work.choice.until.last_month() {
                continue;
            }
            let at = (Print::Figure(figure.id.clone()), reading.period);
            prints.says.insert(at.clone(), Numbers::from(reading).counts(indicator));
            prints.stands_for.insert(at, stand_in(reading.period));
        }
        if let (Some(value), Some(period)) = (indicator.baseline, indicator.baseline_period) {
            let at = (Print::Baseline, period);
            let baseline = Numbers { value, numerator: None, denominator: None };
            prints.says.insert(at.clone(), baseline.counts(indicator));
            prints.stands_for.insert(at, stand_in(period));
        }
        prints
    }

    /// The table whose cells they would tell.
    pub fn wanted(&self, country: &Id) -> Option<Wanted> {
        let periods: BTreeSet<Period> = self.stands_for.values().flatten().copied().collect();
        let periods: Vec<Period> = periods.into_iter().collect();
        let table =
            |periods| Wanted { outlet: Outlet::Beside, areas: vec![country.clone()], periods, dimensions: Vec::new() };
        (!periods.is_empty()).then(|| table(periods))
    }

    /// Whether it may be printed, given the cells that are told: not where it says a count that is small by the rule of the
    /// strictest of those that were protected together.
    pub fn may_tell(&self, what: &Print, period: Period, k: u32, told: &ToldCells, country: &Id) -> bool {
        let at = (what.clone(), period);
        let is_told =
            |period: Period| told.contains_key(&Key { area: country.clone(), period, categories: Vec::new() });
        let says_small = self.says.get(&at).is_some_and(|says| says.iter().any(|count| policy(k).is_small(*count)));
        !says_small && self.stands_for.get(&at).is_none_or(|stands| stands.is_none_or(is_told))
    }
}
