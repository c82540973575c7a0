//! Where the numbers of an indicator's answers belong in the cube. Refuses to know areas and periods.

use std::collections::HashMap;
use std::sync::Arc;

use romduol_cube::{Cube, Dimension, Measure, Shape};
use romduol_cube::{PlaceRule as CubePlace, TimeRule as CubeTime};

use crate::answers::{has_base, question};
use crate::kinds::*;
use crate::period::Frequency;
use crate::state::State;

/// The two numbers of a ratio or mean are two measures of one shape; a count has the first only.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub value: u32,
    pub base: Option<u32>,
    shape: Shape,
}

impl Pair {
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<> {
        [Some(self.value), self.base].into_iter().flatten()
    }
}

/// Where one cell of a grid belongs: which pair, and the combination there.
type Place = Option<(usize, u32)>;

/// The measures of one indicator: its crossed dimensions first, then each overlapping dimension by itself.
pub(super) struct Layout {
    /// How often its form asks; a period of that length needs no combining.
    pub reported: Frequency,
    pairs: Vec<Pair>,
    /// Counts the returns that left groups empty.
    pub partial: Option<u32>,
    /// How many groups make up the whole.
    parts: usize,
    overlapping: Vec<Id>,
    dimensions: Vec<Id>,
    /// The cube's number of each category, by dimension.
    categories: HashMap<Id, HashMap<Id, u16>>,
    /// The grid that the form asks for today, and its places: nearly every return follows it.
    grid: Arc<Grid>,
    places: Vec<Place>,
}

/// A measure and its cells in the order of its combinations.
pub(super) type Cells = (u32, Vec<Option<f64>>);

impl Layout {
    /// Adds the measures of an indicator to the cube.
    pub fn new(state: &State, indicator: &Arc<Indicator>, cube: &mut Cube) -> Layout {
        let mut categories: HashMap<Id, HashMap<Id, u16>> = HashMap::new();
        for dimension in indicator.dimensions.iter().chain(&indicator.overlapping) {
            let numbers = state.categories(dimension).into_iter().map(|c| c.id.clone()).zip(0..).collect();
            categories.insert(dimension.clone(), numbers);
        }
        let dimension = |id: &Id, additive| Dimension { size: categories[id].len() as u16, additive };
        let mut shapes = vec![Shape::new(indicator.dimensions.iter().map(|id| dimension(id, true)).collect())];
        shapes.extend(indicator.overlapping.iter().map(|id| Shape::new(vec![dimension(id, false)])));
        let (place, time) = (place_rule(indicator.place), time_rule(indicator.time));
        let mut pair = |shape: Shape| {
            let mut measure = || cube.add_measure(Measure { shape: shape.clone(), place, time });
            let (value, base) = (measure(), has_base(indicator.kind).then(&mut measure));
            Pair { value, base, shape }
        };
        // More combinations than the cube can number are a fault of the package; the indicator then has its total only.
        let pairs = shapes.into_iter().map(|shape| pair(shape.unwrap_or_default())).collect();
        let partial = (!indicator.dimensions.is_empty())
            .then(|| cube.add_measure(Measure { shape: Shape::default(), place: CubePlace::Sum, time: CubeTime::Sum }));
        let mut layout = Layout {
            reported: reported(state, indicator),
            pairs,
            partial,
            parts: 0,
            overlapping: indicator.overlapping.clone(),
            dimensions: indicator.dimensions.clone(),
            categories,
            grid: question(state, indicator).grid,
            places: Vec::new(),
        };
        layout.places = layout.places_of(&layout.grid);
        layout.parts = layout.places.iter().filter(|place| layout.is_part(**place)).count();
        layout
    }

    pub fn whole(&self) -> &Pair {
        &self.pairs[0]
    }

    /// The measures of the crossed dimensions, or of one overlapping dimension.
    pub fn pair(&self, overlapping: Option<&str>) -> Option<&Pair> {
        let Some(dimension) = overlapping else { return self.pairs.first() };
        self.pairs.get(1 + self.overlapping.iter().position(|id| id == dimension)?)
    }

    /// The rows of an answer. Measures it says nothing about get an empty row where an older answer has to be cleared.
    pub fn rows(&self, answer: &Answer, clear: bool, rows: &mut Vec<Cells>) {
        let empty = |pair: &Pair| vec![None; pair.shape.combinations() as usize];
        let mut values: Vec<Option<Vec<Option<f64>>>> =
            self.pairs.iter().map(|pair| clear.then(|| empty(pair))).collect();
        let mut bases = values.clone();
        let (mut has_parts, mut parts) = (false, 0);
        if answer.state == AnswerState::Given {
            let other;
            let places = match answer.cells.grid == self.grid {
                true => &self.places,
                false => {
                    other = self.places_of(&answer.cells.grid);
                    &other
                }
            };
            let put = |list: &mut Vec<Option<Vec<Option<f64>>>>, pair: usize, combination: u32, value: f64| {
                let cells = list[pair].get_or_insert_with(|| empty(&self.pairs[pair]));
                cells[combination as usize] = Some(value);
            };
            for (n, place) in places.iter().enumerate() {
                let Some((pair, combination)) = *place else { continue };
                if let Some(value) = answer.cells.values.get(n).copied().flatten() {
                    put(&mut values, pair, combination, value);
                    has_parts |= pair == 0;
                    parts += usize::from(self.is_part(*place));
                }
                if let Some(base) = answer.cells.bases.get(n).copied().flatten() {
                    put(&mut bases, pair, combination, base);
                }
            }
            // A total without parts counts as "not stated"; beside parts it is only compared with them.
            if let Some(total) = answer.total_cell().filter(|_| !has_parts) {
                let not_stated = self.pairs[0].shape.not_stated();
                put(&mut values, 0, not_stated, total.value);
                if let Some(base) = total.base {
                    put(&mut bases, 0, not_stated, base);
                }
            }
        }
        let lacks_parts = (1..self.parts).contains(&parts);
        let told = self.partial.filter(|_| clear || lacks_parts);
        rows.extend(told.map(|measure| (measure, vec![lacks_parts.then_some(1.0)])));
        for ((pair, value), base) in self.pairs.iter().zip(values).zip(bases) {
            rows.extend(value.map(|cells| (pair.value, cells)));
            rows.extend(pair.base.zip(base));
        }
    }

    /// Whether a place is one of the groups that make up the whole.
    fn is_part(&self, place: Place) -> bool {
        place.is_some_and(|(pair, combination)| pair == 0 && combination != self.pairs[0].shape.not_stated())
    }

    fn places_of(&self, grid: &Grid) -> Vec<Place> {
        grid.0.iter().map(|categories| self.place(categories)).collect()
    }

    fn place(&self, categories: &[Id]) -> Place {
        if categories.is_empty() {
            return Some((0, self.pairs[0].shape.not_stated()));
        }
        let number = |dimension: &Id, category: &Id| self.categories[dimension].get(category).copied();
        if categories.len() == self.dimensions.len() {
            let numbers =
                self.dimensions.iter().zip(categories).map(|(d, c)| number(d, c)).collect::<Option<Vec<u16>>>();
            if let Some(combination) = numbers.and_then(|numbers| self.pairs[0].shape.combination(&numbers).ok()) {
                return Some((0, combination));
            }
        }
        let [single] = categories else { return None };
        let found = self.overlapping.iter().enumerate().find_map(|(n, d)| number(d, single).map(|c| (n + 1, c)));
        found.and_then(|(pair, category)| Some((pair, self.pairs[pair].shape.combination(&[category]).ok()?)))
    }
}

/// How often an indicator is reported: as its form asks, else as it is defined.
pub(crate) fn reported(state: &State, indicator: &Indicator) -> Frequency {
    let form = indicator.form.as_ref().and_then(|form| state.find::<Form>(form));
    form.map_or(indicator.frequency, |form| form.frequency)
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
