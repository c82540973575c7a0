//! What a reader chose to see in a pivot table, read from the words of an address and written back to them. Refuses to
//! fail: what it does not know is named in a sentence and left out.

use std::sync::Arc;

use crate::answers::has_base;
use crate::kinds::*;
use crate::period::{Frequency, Period};
use crate::readings::View;
use crate::say::Say;
use crate::totals::reported;
use crate::vocabulary;

/// What lies along the rows or the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    Place,
    Period,
    Indicator,
    /// A crossed dimension that all chosen indicators have.
    Dimension(Id),
    /// Everything in one.
    Whole,
}

vocabulary! {
    /// Which of the numbers is shown.
    Measure {
        Value = "value",
        Numerator = "numerator",
        Denominator = "denominator",
    }
}

vocabulary! {
    /// Where it says how many of how many units reported.
    ShowCoverage {
        /// As a second line in each cell.
        Line = "line",
        /// In columns of its own.
        Columns = "columns",
        No = "no",
    }
}

/// The whole choice; a link keeps it.
#[derive(Clone, Debug)]
pub struct Choice {
    /// At least one.
    pub indicators: Vec<Arc<Indicator>>,
    pub place: Arc<Area>,
    /// The level to break down to; `None` for the place itself.
    pub level: Option<AreaLevel>,
    pub every: Frequency,
    pub from: Option<Period>,
    pub to: Option<Period>,
    pub rows: Axis,
    pub columns: Axis,
    pub measure: Measure,
    pub coverage: ShowCoverage,
}

impl Axis {
    pub fn code(&self) -> String {
        match self {
            Axis::Place => "place".into(),
            Axis::Period => "period".into(),
            Axis::Indicator => "indicator".into(),
            Axis::Whole => "whole".into(),
            // Marked, because a plan may call a dimension “place”.
            Axis::Dimension(id) => format!("group-{id}"),
        }
    }

    /// The axes that fit all the indicators.
    pub fn offered(indicators: &[Arc<Indicator>]) -> Vec<Axis> {
        let mut axes = vec![Axis::Place, Axis::Period];
        let shared = indicators.first().into_iter().flat_map(|first| &first.dimensions);
        let shared = shared.filter(|d| indicators.iter().all(|indicator| indicator.dimensions.contains(d)));
        axes.extend(shared.cloned().map(Axis::Dimension));
        axes.extend([Axis::Indicator, Axis::Whole]);
        axes
    }
}

/// The levels below a place that have areas in it.
pub fn levels(view: &View, place: &Area) -> Vec<AreaLevel> {
    let inside = |level: &AreaLevel| {
        view.state.all::<Area>().any(|area| area.level == *level && view.state.within(&area.id, &place.id))
    };
    AreaLevel::ALL.iter().copied().filter(|level| *level > place.level).filter(inside).collect()
}

/// The periods of a length in which anybody gave a number for one of the indicators, without gaps, oldest first.
pub fn periods(view: &View, indicators: &[Arc<Indicator>], every: Frequency) -> Vec<Period> {
    let known = indicators.iter().flat_map(|indicator| {
        let own = reported(view.state, indicator);
        let fits = own.months() <= every.months();
        let ends = if fits { view.totals.periods(indicator, own) } else { Vec::new() };
        ends.into_iter().map(|(period, _)| Period::containing(period.last_day(), every))
    });
    let known: Vec<Period> = known.collect();
    let (Some(first), Some(last)) = (known.iter().min(), known.iter().max()) else { return Vec::new() };
    std::iter::successors(Some(*first), |period| Some(period.next())).take_while(|period| period <= last).collect()
}

impl Choice {
    /// Reads a choice from the pairs of an address. What is not said is chosen sensibly; none where the plan has no place
    /// or no indicator that may be read.
    pub fn read(
        view: &View,
        pairs: &[(String, String)],
        may_read: &dyn Fn(&Indicator) -> bool,
    ) -> Option<(Choice, Vec<Say>)> {
        let mut reader = Reader { view, pairs, says: Vec::new() };
        let indicators = reader.indicators(may_read)?;
        let country = view.state.find::<Area>(&view.state.plan()?.area)?;
        let place = reader.word("place", |id| view.state.find::<Area>(id).cloned()).unwrap_or(country.clone());
        let below = levels(view, &place);
        let level = reader.word("level", |code| match code {
            "itself" => Some(None),
            code => AreaLevel::parse(code).filter(|level| below.contains(level)).map(Some),
        });
        let level = level.unwrap_or(below.first().copied());
        let every = reader.every(&indicators);
        let period = |text: &str| text.parse::<Period>().ok();
        let (from, to) = (reader.word("from", period), reader.word("to", period));
        let (rows, columns) = reader.axes(&indicators, level);
        let measure = reader.measure(&indicators);
        let coverage = reader.word("coverage", ShowCoverage::parse).unwrap_or(ShowCoverage::Line);
        let choice = Choice { indicators, place, level, every, from, to, rows, columns, measure, coverage };
        Some((choice, reader.says))
    }

    /// The pairs that lead back to this choice.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<_> = self.indicators.iter().map(|indicator| ("indicator", indicator.id.clone())).collect();
        pairs.push(("place", self.place.id.clone()));
        pairs.push(("level", self.level.map_or("itself", AreaLevel::code).to_string()));
        pairs.push(("every", self.every.code().to_string()));
        pairs.extend(self.from.map(|period| ("from", period.to_string())));
        pairs.extend(self.to.map(|period| ("to", period.to_string())));
        pairs.push(("rows", self.rows.code()));
        pairs.push(("columns", self.columns.code()));
        pairs.push(("measure", self.measure.code().to_string()));
        pairs.push(("coverage", self.coverage.code().to_string()));
        pairs
    }

    /// Whether something lies along the rows or the columns.
    pub fn has(&self, axis: &Axis) -> bool {
        self.rows == *axis || self.columns == *axis
    }
}

struct Reader<'a> {
    view: &'a View<'a>,
    pairs: &'a [(String, String)],
    says: Vec<Say>,
}

impl<'a> Reader<'a> {
    fn all(&self, name: &str) -> Vec<&'a str> {
        let named = self.pairs.iter().filter(|(key, value)| key == name && !value.is_empty());
        named.map(|(_, value)| value.as_str()).collect()
    }

    fn unknown(&mut self, word: &str) {
        self.says.push(Say::new("pivot-unknown").words("value", word.chars().take(40).collect::<String>()));
    }

    /// The word under a name, if it can be read.
    fn word<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let word = *self.all(name).first()?;
        let read = read(word);
        if read.is_none() {
            self.unknown(word);
        }
        read
    }

    /// Those asked for that may be read, in their order and once; else the one that shows most at first sight.
    fn indicators(&mut self, may_read: &dyn Fn(&Indicator) -> bool) -> Option<Vec<Arc<Indicator>>> {
        let view = self.view;
        let mut chosen: Vec<Arc<Indicator>> = Vec::new();
        for id in self.all("indicator") {
            match view.state.find::<Indicator>(id).filter(|indicator| may_read(indicator)) {
                Some(indicator) if !chosen.contains(indicator) => chosen.push(indicator.clone()),
                Some(_) => {}
                None => self.unknown(id),
            }
        }
        if chosen.is_empty() {
            let by_area =
                |i: &Indicator| i.form.as_ref().and_then(|id| view.state.find::<Form>(id)).map(|f| f.audience);
            let worth = |i: &&Arc<Indicator>| {
                let numbers = !view.totals.periods(i, i.frequency).is_empty();
                // Ties go to the first: `max_by_key` would take the last.
                (numbers, by_area(i) == Some(Audience::Area), !i.dimensions.is_empty(), std::cmp::Reverse(i.id.clone()))
            };
            chosen.extend(view.state.all::<Indicator>().filter(|i| may_read(i)).max_by_key(worth).cloned());
        }
        (!chosen.is_empty()).then_some(chosen)
    }

    /// Years or quarters; quarters only where something is reported that often.
    fn every(&mut self, indicators: &[Arc<Indicator>]) -> Frequency {
        let yearly = |i: &&Arc<Indicator>| reported(self.view.state, i).months() > Frequency::Quarter.months();
        let without: Vec<&Arc<Indicator>> = indicators.iter().filter(yearly).collect();
        let none = without.len() == indicators.len();
        let usual = if without.is_empty() { Frequency::Quarter } else { Frequency::Year };
        let names = without.iter().map(|indicator| indicator.name.clone()).collect();
        let offered = [Frequency::Quarter, Frequency::Year];
        let every = self.word("every", |code| Frequency::parse(code).filter(|every| offered.contains(every)));
        if every == Some(Frequency::Quarter) && !without.is_empty() {
            self.says.push(Say::new("pivot-not-by-quarter").names("indicators", names));
        }
        every.filter(|every| !none || *every == Frequency::Year).unwrap_or(usual)
    }

    fn axes(&mut self, indicators: &[Arc<Indicator>], level: Option<AreaLevel>) -> (Axis, Axis) {
        let offered = Axis::offered(indicators);
        let find = |code: &str| offered.iter().find(|axis| axis.code() == code).cloned();
        let (rows, columns) = (self.word("rows", find), self.word("columns", find));
        let by_place = level.is_some()
            && indicators.iter().any(|i| {
                let form = i.form.as_ref().and_then(|id| self.view.state.find::<Form>(id));
                form.is_some_and(|form| form.audience == Audience::Area)
            });
        let usual_rows = match (by_place, indicators.len()) {
            (true, _) => Axis::Place,
            (false, 1) => Axis::Period,
            (false, _) => Axis::Indicator,
        };
        let rows = rows.unwrap_or_else(|| match columns {
            Some(ref columns) if *columns == usual_rows => other(&offered, columns),
            _ => usual_rows,
        });
        let columns = match columns {
            Some(columns) if columns == rows && rows != Axis::Whole => {
                self.says.push(Say::new("pivot-same-axis"));
                other(&offered, &rows)
            }
            Some(columns) => columns,
            None if rows == Axis::Period => offered
                .iter()
                .find(|axis| matches!(axis, Axis::Dimension(_)))
                .cloned()
                .unwrap_or(if indicators.len() > 1 { Axis::Indicator } else { Axis::Whole }),
            None => other(&offered, &rows),
        };
        (rows, columns)
    }

    fn measure(&mut self, indicators: &[Arc<Indicator>]) -> Measure {
        let measure = self.word("measure", Measure::parse).unwrap_or(Measure::Value);
        if measure == Measure::Denominator && !indicators.iter().any(|i| has_base(i.kind)) {
            self.says.push(Say::new("pivot-no-base"));
            return Measure::Value;
        }
        measure
    }
}

/// Time if it is free, else places.
fn other(offered: &[Axis], taken: &Axis) -> Axis {
    let wanted = if *taken == Axis::Period { Axis::Place } else { Axis::Period };
    offered.iter().find(|axis| **axis == wanted).cloned().unwrap_or(Axis::Whole)
}
