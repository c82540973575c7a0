//! What the program counts in its own records for an indicator: returns on time, decisions carried out, funded actions and
//! local plans. Refuses to know today's date: it knows as much as the last entry of the ledger, so that the same state
//! always gives the same numbers.
//!
//! Days are those of the plan's clock. What falls due on a day is counted from the day after.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::kinds::*;
use crate::money::Books;
use crate::money::above::Above;
use crate::money::gap::Figures;
use crate::period::{Date, Frequency, Period};
use crate::say::Say;
use crate::state::{State, return_id};

/// How many records of a period meet the measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub met: u32,
    /// Of so many.
    pub of: u32,
    /// Something illustrative is among them.
    pub illustrative: bool,
}

impl Count {
    fn add(&mut self, met: bool, illustrative: bool) {
        self.met += u32::from(met);
        self.of += 1;
        self.illustrative |= illustrative;
    }
}

/// How a value that the program computed came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByProgram {
    pub measure: Computed,
    pub met: u32,
    pub of: u32,
    /// The day up to which it is counted, where the period was not over by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl ByProgram {
    pub fn say(&self) -> Say {
        let counted = Say::new(format!("computed-{}", self.measure.code()))
            .number("met", f64::from(self.met))
            .number("of", f64::from(self.of));
        match self.until {
            Some(day) => Say::new("computed-until").clause("counted", counted).date("day", day),
            None => counted,
        }
    }
}

/// Why there is no number of an indicator that the program computes: none is missing, as it is where nobody reported.
pub fn nothing(indicator: &Indicator) -> Option<Say> {
    indicator.computed.map(|measure| Say::new(format!("computed-none-{}", measure.code())))
}

/// What was counted since the state last changed. Every state of a plan shares it with its clones until then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memo(Arc<Mutex<Known>>);

/// By measure, frequency and area, with or without illustrative records.
type Known = HashMap<(Computed, Frequency, Id, bool), Option<Arc<Counted>>>;

/// It says nothing that the state does not.
impl PartialEq for Memo {
    fn eq(&self, _: &Memo) -> bool {
        true
    }
}

/// Counts of an indicator, and up to which day they reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub measure: Computed,
    pub as_of: Date,
    pub periods: BTreeMap<Period, Count>,
}

impl Counted {
    pub fn how(&self, period: Period, count: &Count) -> ByProgram {
        let until = (self.as_of <= period.last_day()).then_some(self.as_of);
        ByProgram { measure: self.measure, met: count.met, of: count.of, until }
    }
}

/// What the program counts for an area; none where it computes nothing, or where the measure knows no smaller places.
pub fn counted(state: &State, indicator: &Indicator, area: &str, illustrative: bool) -> Option<Arc<Counted>> {
    let measure = indicator.computed?;
    let key = (measure, indicator.frequency, area.to_string(), illustrative);
    let memo = || state.counted.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = memo().get(&key) {
        return known.clone();
    }
    // Computed without the lock, so that no reader waits for another one's question.
    let counted = count(state, measure, indicator.frequency, area, illustrative).map(Arc::new);
    memo().insert(key, counted.clone());
    counted
}

fn count(state: &State, measure: Computed, frequency: Frequency, area: &str, illustrative: bool) -> Option<Counted> {
    let as_of = state.today()?;
    let desk = Desk { state, area, illustrative, as_of, frequency };
    let whole = state.plan().is_some_and(|plan| plan.area == area);
    let periods = match measure {
        Computed::ReturnsOnTime => desk.returns(),
        Computed::LocalPlansFunded => desk.local_plans(),
        Computed::DecisionsOnTime if whole => desk.decisions(),
        Computed::ActionsFunded if whole => desk.actions(),
        Computed::DecisionsOnTime | Computed::ActionsFunded => return None,
    };
    Some(Counted { measure, as_of, periods })
}

struct Desk<'a> {
    state: &'a State,
    area: &'a str,
    illustrative: bool,
    as_of: Date,
    frequency: Frequency,
}

impl Desk<'_> {
    fn shows(&self, illustrative: bool) -> bool {
        self.illustrative || !illustrative
    }

    fn period_of(&self, day: Date) -> Period {
        Period::containing(day, self.frequency)
    }

    /// Returns by the period in which they fell due. One that was sent back has not come in, as in the list of who owes what.
    fn returns(&self) -> BTreeMap<Period, Count> {
        let mut periods: BTreeMap<Period, Count> = BTreeMap::new();
        for unit in self.state.all::<Assignment>().filter(|unit| self.state.within(&unit.area, self.area)) {
            let Some(form) = self.state.find::<Form>(&unit.form) else { continue };
            let place = self.state.find::<Area>(&unit.area);
            let mut period = Period::containing(self.as_of, form.frequency).previous();
            while period >= unit.from {
                let due = period.last_day().plus_days(form.due_days);
                if due < self.as_of && unit.owes(period) && place.is_none_or(|place| place.exists_in(period)) {
                    let id = return_id(&unit.id, period);
                    let record = self.state.find::<Return>(&id).filter(|record| self.shows(record.illustrative));
                    let came = record.filter(|record| record.has_come_in());
                    let met = came.is_some() && self.state.received(&id).is_some_and(|day| day <= due);
                    let count = periods.entry(self.period_of(due)).or_default();
                    count.add(met, record.is_some_and(|record| record.illustrative));
                }
                period = period.previous();
            }
        }
        periods
    }

    /// Decisions by the period in which they fell due; what was dropped is owed no more.
    fn decisions(&self) -> BTreeMap<Period, Count> {
        let mut periods: BTreeMap<Period, Count> = BTreeMap::new();
        for decision in self.state.all::<Decision>().filter(|decision| self.shows(decision.illustrative)) {
            let Some(due) = decision.due.filter(|due| *due < self.as_of && decision.state != TaskState::Dropped) else {
                continue;
            };
            let met = self.state.carried_out(&decision.id).is_some_and(|day| day <= due);
            periods.entry(self.period_of(due)).or_default().add(met, decision.illustrative);
        }
        periods
    }

    /// Actions with a price for all of their lines and firm money for all of it, as it is now: earlier states of money are
    /// in the plan as it stood then.
    fn actions(&self) -> BTreeMap<Period, Count> {
        let books = Books::of(self.state, Currency::Khr, self.illustrative);
        let above = Above::of(self.state);
        let mut sums: HashMap<&str, Figures> = HashMap::new();
        let mut add = |node: Option<&str>, put: &dyn Fn(&mut Figures)| {
            let nodes = above.of_node(node.unwrap_or(""));
            for action in nodes.iter().filter(|node| node.level == NodeLevel::Action) {
                put(sums.entry(action.id.as_str()).or_default());
            }
        };
        books.costs.iter().for_each(|cost| add(cost.line.node.as_deref(), &|sum| sum.add_cost(cost)));
        books.money.iter().for_each(|held| add(held.node(), &|sum| sum.add_money(held)));
        let mut count = Count::default();
        for action in self.state.all::<Node>().filter(|node| node.level == NodeLevel::Action) {
            let sum = sums.get(action.id.as_str()).copied().unwrap_or_default();
            count.add(sum.unpriced == 0 && sum.gap() == Some(Amount::ZERO), sum.made_up);
        }
        self.now(count)
    }

    /// Places of the map's level that have chosen actions and have firm money for the year. A year is told from the first
    /// choice on.
    fn local_plans(&self) -> BTreeMap<Period, Count> {
        let Some(level) = self.state.plan().map(|plan| plan.map_level) else { return BTreeMap::new() };
        let books = Books::of(self.state, Currency::Khr, self.illustrative);
        let places = self.state.all::<Area>().filter(|place| place.level == level);
        let places: Vec<&Id> = places.map(|place| &place.id).filter(|id| self.state.within(id, self.area)).collect();
        let chosen = self.first_choices(level);
        let now = self.period_of(self.as_of);
        let mut periods = BTreeMap::new();
        let first = chosen.values().map(|(day, _)| self.period_of(*day)).min().unwrap_or(now);
        let mut period = now;
        while period >= first && !places.is_empty() {
            let funded = self.funded(&books, level, period.end_year());
            let mut count = Count::default();
            for place in &places {
                let choice = chosen.get(*place).filter(|(day, _)| *day <= period.last_day());
                let money = funded.get(*place);
                let made_up = choice.is_some_and(|(_, made_up)| *made_up) || money == Some(&true);
                count.add(choice.is_some() && money.is_some(), made_up);
            }
            periods.insert(period, count);
            period = period.previous();
        }
        periods
    }

    /// The day of the first choice of each place of a level, and whether its choices are all illustrative.
    fn first_choices(&self, level: AreaLevel) -> BTreeMap<Id, (Date, bool)> {
        let mut first: BTreeMap<Id, (Date, bool)> = BTreeMap::new();
        for choice in self.state.all::<Choice>().filter(|choice| self.shows(choice.illustrative)) {
            let touched = self.state.touched_by(Kind::Choice, &choice.id);
            let day = touched.first().and_then(|position| self.state.day_of(*position)).unwrap_or(self.as_of);
            let Some(place) = self.state.ancestor_at(&choice.area, level) else { continue };
            let known = first.entry(place).or_insert((day, true));
            *known = (known.0.min(day), known.1 && choice.illustrative);
        }
        first
    }

    /// The places of a level with firm money for a year, and whether all of it is illustrative.
    fn funded(&self, books: &Books, level: AreaLevel, year: i32) -> BTreeMap<Id, bool> {
        let mut funded: BTreeMap<Id, bool> = BTreeMap::new();
        let firm = |state: Ladder| matches!(state, Ladder::Committed | Ladder::Released | Ladder::Spent);
        for held in books.money.iter().filter(|held| held.left.is_positive() && firm(held.funding.state)) {
            let place = held.area().filter(|_| held.funding.year == year);
            if let Some(place) = place.and_then(|area| self.state.ancestor_at(area, level)) {
                *funded.entry(place).or_insert(true) &= held.funding.illustrative;
            }
        }
        funded
    }

    fn now(&self, count: Count) -> BTreeMap<Period, Count> {
        if count.of == 0 { BTreeMap::new() } else { [(self.period_of(self.as_of), count)].into() }
    }
}

#[cfg(test)]
mod tests;
