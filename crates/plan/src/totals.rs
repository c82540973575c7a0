//! The bridge between returns and the cube: which answer becomes which observation, and the roll-ups by name.
//! Refuses to judge; see `readings` and `status` for that.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use romduol_cube::{
    AreaTree, Areas, Change, Cube, Dimension as CubeDimension, Measure, Periods, Query, Shape, Time, ratio,
};
use romduol_cube::{PlaceRule as CubePlace, TimeRule as CubeTime};

use crate::answers::has_base;
use crate::kinds::*;
use crate::period::Period;
use crate::state::State;

/// The measures of one indicator. The two numbers of a ratio or mean (value and base) are two measures; each overlapping
/// dimension has measures of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    whole: [Option<u32>; 2],
    overlapping: HashMap<Id, [Option<u32>; 2]>,
}

/// The cube's number of each category, by dimension; looked up for every cell of every return.
#[derive(Default)]
struct Categories(HashMap<Id, HashMap<Id, u16>>);

impl Categories {
    fn new(state: &State) -> Categories {
        let mut numbers: HashMap<Id, HashMap<Id, u16>> = HashMap::new();
        for category in state.all::<Category>() {
            if !numbers.contains_key(&category.dimension) {
                let ordered = state.categories(&category.dimension).into_iter().map(|c| c.id.clone());
                numbers.insert(category.dimension.clone(), ordered.zip(0..).collect());
            }
        }
        Categories(numbers)
    }

    fn number(&self, dimension: &str, category: &str) -> Option<u16> {
        self.0.get(dimension)?.get(category).copied()
    }

    /// How many a dimension has, which is also the number of "not stated".
    fn count(&self, dimension: &str) -> u16 {
        self.0.get(dimension).map_or(0, |numbers| numbers.len() as u16)
    }
}

/// All accepted numbers, ready to be rolled up. Cloning is cheap.
#[derive(Clone)]
pub struct Totals {
    /// Whether illustrative returns count.
    illustrative: bool,
    areas: Arc<HashMap<Id, u32>>,
    area_ids: Arc<Vec<Id>>,
    categories: Arc<Categories>,
    measures: Arc<HashMap<Id, Parts>>,
    expected: HashSet<(Id, Period)>,
    cube: Cube,
}

/// A rolled-up number and how much of what was to come is in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total {
    pub value: f64,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub reported: u32,
    pub expected: u32,
}

impl Totals {
    /// Builds the totals of a state from its accepted returns.
    pub fn build(state: &State, illustrative: bool) -> Totals {
        let area_ids: Vec<Id> = state.all::<Area>().map(|area| area.id.clone()).collect();
        let areas: HashMap<Id, u32> = area_ids.iter().enumerate().map(|(n, id)| (id.clone(), n as u32)).collect();
        let parents: Vec<Option<u32>> =
            state.all::<Area>().map(|a| a.parent.as_ref().and_then(|p| areas.get(p).copied())).collect();
        // The package check has refused circles; an empty tree keeps a damaged state readable.
        let tree = AreaTree::new(&parents).or_else(|_| AreaTree::new(&[])).expect("an empty tree has no circle");
        let mut cube = Cube::new(tree);
        let categories = Categories::new(state);
        let parts = |i: &Arc<Indicator>| (i.id.clone(), add_measures(&categories, i, &mut cube));
        let measures = state.all::<Indicator>().map(parts).collect();
        let mut totals = Totals {
            illustrative,
            areas: Arc::new(areas),
            area_ids: Arc::new(area_ids),
            categories: Arc::new(categories),
            measures: Arc::new(measures),
            expected: HashSet::new(),
            cube,
        };
        for record in state.accepted() {
            totals.put(state, None, record);
        }
        totals
    }

    /// Takes in a newly accepted return; `old` is the version it corrects.
    pub fn put(&mut self, state: &State, old: Option<&Return>, record: &Return) {
        if record.illustrative && !self.illustrative {
            return;
        }
        let Some(assignment) = state.find::<Assignment>(&record.assignment) else { return };
        self.expect(state, &assignment.form, record.period);
        let mut changes: Vec<Change> = Vec::new();
        for old in old.into_iter().filter(|old| self.illustrative || !old.illustrative) {
            changes.extend(self.changes(state, assignment, old).into_iter().map(|c| Change { value: None, ..c }));
        }
        changes.extend(self.changes(state, assignment, record));
        self.cube.apply(&changes).expect("changes are made from the cube's own areas, measures and shapes");
    }

    /// Notes, once per form and period, which areas were to report.
    fn expect(&mut self, state: &State, form: &str, period: Period) {
        if !self.expected.insert((form.to_string(), period)) {
            return;
        }
        let owing = |a: &&Arc<Assignment>| a.form == form && a.from <= period && a.to.is_none_or(|to| period <= to);
        let mut expected: HashMap<u32, Vec<u32>> = HashMap::new();
        for assignment in state.all::<Assignment>().filter(owing) {
            let Some(area) = self.areas.get(&assignment.area) else { continue };
            for indicator in state.asked(assignment) {
                for measure in [false, true].into_iter().filter_map(|base| self.measure(&indicator.id, None, base)) {
                    expected.entry(measure).or_default().push(*area);
                }
            }
        }
        for (measure, areas) in expected {
            self.cube.expect(measure, period.ordinal(), &areas).expect("areas and measures are the cube's own");
        }
    }

    fn changes(&self, state: &State, assignment: &Assignment, record: &Return) -> Vec<Change> {
        let Some(area) = self.areas.get(&assignment.area).copied() else { return Vec::new() };
        let mut changes = Vec::new();
        for answer in record.answers.open().iter().filter(|answer| answer.state == AnswerState::Given) {
            let Some(indicator) = state.find::<Indicator>(&answer.indicator) else { continue };
            let has_parts = answer.cells.iter().any(|c| self.place(indicator, &c).is_some_and(|(o, _)| o.is_none()));
            let whole = Cell { categories: &[], value: answer.total.unwrap_or(0.0), base: None };
            // A total without parts counts as "not stated"; beside parts it is only compared with them.
            let total = (!has_parts && answer.total.is_some()).then_some(whole);
            for cell in answer.cells.iter().chain(total) {
                let Some((overlapping, categories)) = self.place(indicator, &cell) else { continue };
                for (base, value) in [(false, Some(cell.value)), (true, cell.base)] {
                    let measure = self.measure(&indicator.id, overlapping, base);
                    let (Some(value), Some(measure)) = (value, measure) else { continue };
                    let Ok(combination) = self.cube.measure(measure).and_then(|m| m.shape.combination(&categories))
                    else {
                        continue;
                    };
                    let (period, value) = (record.period.ordinal(), Some(value));
                    changes.push(Change { measure, period, area, combination, value });
                }
            }
        }
        changes
    }

    fn measure(&self, indicator: &str, overlapping: Option<&str>, base: bool) -> Option<u32> {
        let parts = self.measures.get(indicator)?;
        let both = match overlapping {
            None => &parts.whole,
            Some(dimension) => parts.overlapping.get(dimension)?,
        };
        both[usize::from(base)]
    }

    /// Which measure of an indicator a cell belongs to, and its category numbers there.
    fn place<'a>(&self, indicator: &'a Indicator, cell: &Cell) -> Option<(Option<&'a str>, Vec<u16>)> {
        if cell.categories.is_empty() {
            return Some((None, indicator.dimensions.iter().map(|d| self.categories.count(d)).collect()));
        }
        if cell.categories.len() == indicator.dimensions.len() {
            let numbers = indicator.dimensions.iter().zip(cell.categories).map(|(d, c)| self.categories.number(d, c));
            if let Some(numbers) = numbers.collect::<Option<Vec<u16>>>() {
                return Some((None, numbers));
            }
        }
        let [single] = cell.categories else { return None };
        let number = |d: &'a Id| self.categories.number(d, single).map(|n| (Some(d.as_str()), vec![n]));
        indicator.overlapping.iter().find_map(number)
    }

    /// The value of an indicator for an area over one period (by its time rule where the period has several parts).
    pub fn total(&self, indicator: &Indicator, area: &str, period: Period) -> Option<Total> {
        let area = *self.areas.get(area)?;
        self.ask(indicator, None, Areas::One(area), period, 0).pop().map(|(_, _, total)| total)
    }

    /// The values of all areas directly below `area`.
    pub fn children(&self, indicator: &Indicator, area: &str, period: Period) -> Vec<(Id, Total)> {
        let Some(area) = self.areas.get(area) else { return Vec::new() };
        let cells = self.ask(indicator, None, Areas::ChildrenOf(*area), period, 0);
        cells.into_iter().map(|(area, _, total)| (self.area_ids[area as usize].clone(), total)).collect()
    }

    /// The values by the categories of one dimension; `None` is "not stated".
    pub fn breakdown(
        &self,
        state: &State,
        indicator: &Indicator,
        dimension: &str,
        area: &str,
        period: Period,
    ) -> Vec<(Option<Id>, Total)> {
        let Some(area) = self.areas.get(area).copied() else { return Vec::new() };
        let crossed = indicator.dimensions.iter().position(|d| d == dimension);
        let overlapping = crossed.is_none().then_some(dimension);
        let keep = 1 << crossed.unwrap_or(0);
        let categories = state.categories(dimension);
        let cells = self.ask(indicator, overlapping, Areas::One(area), period, keep);
        let named = cells.into_iter().map(|(_, kept, total)| {
            let category = kept.first().and_then(|n| categories.get(*n as usize));
            (category.map(|c| c.id.clone()), total)
        });
        named.collect()
    }

    /// One question to the cube, for the value and, for ratios and means, its base.
    fn ask(
        &self,
        indicator: &Indicator,
        overlapping: Option<&str>,
        areas: Areas,
        period: Period,
        keep: u32,
    ) -> Vec<(u32, Vec<u16>, Total)> {
        let cells = |base| {
            let measure = self.measure(&indicator.id, overlapping, base)?;
            let months = period.ordinal() + 1 - u32::from(period.frequency().months())..period.ordinal() + 1;
            self.cube.query(&Query { measure, areas, periods: Periods::Range(months), time: Time::Rolled, keep }).ok()
        };
        let Some(values) = cells(false) else { return Vec::new() };
        let bases = if has_base(indicator.kind) { cells(true) } else { None };
        let scale = if indicator.kind == ValueKind::Ratio { 100.0 } else { 1.0 };
        let mut totals = Vec::new();
        for (key, cell) in values.iter() {
            let kept = values.categories(key);
            let base = bases.as_ref().and_then(|b| b.of(key.area, &kept).ok().flatten()).map(|(_, cell)| cell);
            let value = match has_base(indicator.kind) {
                true => ratio(Some(*cell), base).map(|share| share * scale),
                false => Some(cell.value),
            };
            let Some(value) = value else { continue };
            let denominator = base.map(|b| b.value);
            let numerator = denominator.map(|_| cell.value);
            totals.push((
                key.area,
                kept,
                Total { value, numerator, denominator, reported: cell.present, expected: cell.expected },
            ));
        }
        totals
    }
}

fn add_measures(categories: &Categories, indicator: &Indicator, cube: &mut Cube) -> Parts {
    let dimension = |id: &Id, additive| CubeDimension { size: categories.count(id), additive };
    let (place, time) = (place_rule(indicator.place), time_rule(indicator.time));
    let mut add = |dimensions: Vec<CubeDimension>| {
        let Ok(shape) = Shape::new(dimensions) else { return [None; 2] };
        let mut measure = || Some(cube.add_measure(Measure { shape: shape.clone(), place, time }));
        [measure(), if has_base(indicator.kind) { measure() } else { None }]
    };
    let whole = add(indicator.dimensions.iter().map(|id| dimension(id, true)).collect());
    let overlapping = indicator.overlapping.iter().map(|id| (id.clone(), add(vec![dimension(id, false)]))).collect();
    Parts { whole, overlapping }
}

fn place_rule(rule: PlaceRule) -> CubePlace {
    match rule {
        PlaceRule::Sum | PlaceRule::Ratio => CubePlace::Sum,
        PlaceRule::Max => CubePlace::Max,
        PlaceRule::None => CubePlace::OnlyWhereMeasured,
    }
}

fn time_rule(rule: TimeRule) -> CubeTime {
    match rule {
        TimeRule::Sum => CubeTime::Sum,
        TimeRule::Last | TimeRule::RunningTotal => CubeTime::Last,
        TimeRule::Average => CubeTime::Average,
        TimeRule::None => CubeTime::None,
    }
}
