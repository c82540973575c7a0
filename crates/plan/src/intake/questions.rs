//! What a unit is asked, ready to be looked up by the names that a door brings. Refuses to know what is answered.

use std::collections::HashMap;
use std::sync::Arc;

use super::Refusal;
use crate::answers::{Question, questions};
use crate::kinds::*;
use crate::state::State;
use crate::text::Text;

/// The questions of one kind of unit. Made once, then looked up without taking memory: a national file has millions of
/// rows.
pub struct Questions {
    list: Vec<Question>,
    by_id: HashMap<Box<[u8]>, usize>,
    /// By question; shared where the grid is.
    places: Vec<Arc<Places>>,
    /// The dimensions for which the door can bring a category, in its order.
    columns: Vec<Id>,
    /// All asked dimensions and categories, for sentences.
    dimensions: HashMap<Id, Text>,
    categories: HashMap<Id, Column>,
}

/// A category's dimension as a column of the door, if it has that one, and its name.
struct Column {
    number: Option<usize>,
    name: Text,
}

/// Where a number belongs in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A cell of the question's grid.
    Cell(usize),
    /// The total beside the cells.
    Total,
}

/// The cells of one grid by what stands in the door's columns.
struct Places {
    /// What stands in each column for each cell; none where a category of the cell has no column.
    keys: Vec<Option<Key>>,
    /// What each column means here.
    roles: Vec<Role>,
    /// The crossed dimensions. All of them make a cell.
    crossed: Vec<Id>,
}

enum Role {
    NotAsked,
    /// One of the crossed dimensions: the numbers of its categories, and how far apart their cells are.
    Crossed {
        numbers: Numbers,
        stride: usize,
    },
    /// Its categories stand beside the total, each by itself, from this cell on.
    Beside {
        numbers: Numbers,
        first: usize,
    },
}

/// What stands in each column.
type Key = Box<[Box<[u8]>]>;
type Numbers = HashMap<Box<[u8]>, usize>;

impl Questions {
    /// The questions of a unit for a door that can bring any category.
    pub fn of(state: &State, assignment: &Assignment) -> Questions {
        let all: Vec<Id> = state.all::<Dimension>().map(|dimension| dimension.id.clone()).collect();
        Questions::by_columns(state, assignment, &all)
    }

    /// The questions of a unit for a door that brings categories of these dimensions only, in this order.
    pub fn by_columns(state: &State, assignment: &Assignment, columns: &[Id]) -> Questions {
        let list = questions(state, assignment);
        let mut known: Vec<(&Question, Arc<Places>)> = Vec::new();
        for question in &list {
            let alike = known.iter().find(|(other, _)| Arc::ptr_eq(&other.grid, &question.grid));
            let places = alike.map_or_else(|| Arc::new(Places::of(state, question, columns)), |(_, p)| p.clone());
            known.push((question, places));
        }
        let places = known.into_iter().map(|(_, places)| places).collect();
        let category = |category: &Arc<Category>| {
            let number = columns.iter().position(|id| *id == category.dimension);
            (category.id.clone(), Column { number, name: category.name.clone() })
        };
        Questions {
            by_id: list.iter().zip(0..).map(|(question, n)| (question.indicator.id.as_bytes().into(), n)).collect(),
            list,
            places,
            columns: columns.to_vec(),
            dimensions: state.all::<Dimension>().map(|d| (d.id.clone(), d.name.clone())).collect(),
            categories: state.all::<Category>().map(category).collect(),
        }
    }

    pub fn list(&self) -> &[Question] {
        &self.list
    }

    /// The question about an indicator. Rows mostly come in the order of the form: `guess` is the one before.
    pub fn about(&self, indicator: &[u8], guess: usize) -> Result<usize, Refusal> {
        let here = |n: &usize| self.list.get(*n).is_some_and(|q| q.indicator.id.as_bytes() == indicator);
        let near = [guess, guess + 1].into_iter().find(here);
        let unknown = || Refusal::UnknownIndicator(short(indicator));
        near.or_else(|| self.by_id.get(indicator).copied()).ok_or_else(unknown)
    }

    /// Where a number belongs by the category in each column, which is empty where none is given. `guess` is the cell
    /// that is tried first.
    pub fn place<'v>(
        &self,
        question: usize,
        guess: usize,
        category: impl Fn(usize) -> &'v [u8],
    ) -> Result<Place, Refusal> {
        let fits = |key: &[Box<[u8]>]| key.iter().enumerate().all(|(column, wanted)| category(column) == &**wanted);
        match self.places[question].keys.get(guess) {
            Some(Some(key)) if fits(key) => Ok(Place::Cell(guess)),
            _ => self.find(&self.places[question], &category),
        }
    }

    /// Where a number belongs by its categories in any order.
    pub fn place_of(&self, question: usize, categories: &[Id]) -> Result<Place, Refusal> {
        let mut row: Vec<&[u8]> = vec![b""; self.columns.len()];
        let unasked = || Refusal::NotAsked { groups: categories.join(" · ") };
        for id in categories {
            let column = self.categories.get(id).and_then(|category| category.number).ok_or_else(unasked)?;
            if !row[column].is_empty() {
                return Err(unasked());
            }
            row[column] = id.as_bytes();
        }
        self.place(question, 0, |column| row[column])
    }

    fn find<'v>(&self, places: &Places, category: &impl Fn(usize) -> &'v [u8]) -> Result<Place, Refusal> {
        let (mut cell, mut crossed, mut beside, mut unasked) = (0, 0, None, false);
        for (column, role) in places.roles.iter().enumerate() {
            let given = category(column);
            if given.is_empty() {
                continue;
            }
            let number = |numbers: &Numbers| {
                let unknown = || Refusal::UnknownCategory {
                    value: short(given),
                    dimension: self.dimension(&self.columns[column]),
                };
                numbers.get(given).copied().ok_or_else(unknown)
            };
            match role {
                Role::NotAsked => unasked = true,
                Role::Crossed { numbers, stride } => {
                    cell += number(numbers)? * stride;
                    crossed += 1;
                }
                Role::Beside { numbers, first } => unasked |= beside.replace(first + number(numbers)?).is_some(),
            }
        }
        match (crossed, beside) {
            (0, Some(cell)) if !unasked => Ok(Place::Cell(cell)),
            (_, None) if !unasked && crossed == places.crossed.len() => Ok(Place::Cell(cell)),
            (0, None) if !unasked => Ok(Place::Total),
            (_, None) if !unasked => Err(self.missing(places, category)),
            _ => Err(self.not_asked(category)),
        }
    }

    fn not_asked<'v>(&self, category: &impl Fn(usize) -> &'v [u8]) -> Refusal {
        let groups = (0..self.columns.len()).map(category).filter(|given| !given.is_empty()).map(short);
        Refusal::NotAsked { groups: groups.collect::<Vec<_>>().join(" · ") }
    }

    fn missing<'v>(&self, places: &Places, category: &impl Fn(usize) -> &'v [u8]) -> Refusal {
        let has = |dimension: &&Id| {
            self.columns.iter().position(|own| own == *dimension).is_some_and(|n| !category(n).is_empty())
        };
        let (given, missing): (Vec<&Id>, Vec<&Id>) = places.crossed.iter().partition(has);
        let names = |ids: &[&Id]| ids.iter().map(|id| self.dimension(id)).collect();
        let columns = missing.iter().map(|id| (*id).clone()).collect();
        Refusal::MissingDimension { given: names(&given), missing: names(&missing), columns }
    }

    fn dimension(&self, id: &str) -> Text {
        self.dimensions.get(id).cloned().unwrap_or_else(|| Text::en(id))
    }

    /// The names of a place's categories; none for the total.
    pub(super) fn names(&self, question: usize, place: Place) -> Vec<Text> {
        let Place::Cell(cell) = place else { return Vec::new() };
        let ids = self.list[question].grid.0.get(cell).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.categories.get(id)).map(|category| category.name.clone()).collect()
    }
}

impl Places {
    fn of(state: &State, question: &Question, columns: &[Id]) -> Places {
        let numbers = |dimension: &Id| -> Numbers {
            state.categories(dimension).into_iter().zip(0..).map(|(c, n)| (c.id.as_bytes().into(), n)).collect()
        };
        let size = |dimension: &Id| state.categories(dimension).len();
        let (crossed, beside) = (&question.indicator.dimensions, &question.indicator.overlapping);
        let role = |column: &Id| {
            if let Some(at) = crossed.iter().position(|id| id == column) {
                return Role::Crossed {
                    numbers: numbers(column),
                    stride: crossed[at + 1..].iter().map(size).product(),
                };
            }
            match beside.iter().position(|id| id == column) {
                Some(at) => Role::Beside {
                    numbers: numbers(column),
                    first: question.parts + beside[..at].iter().map(size).sum::<usize>(),
                },
                None => Role::NotAsked,
            }
        };
        let key = |categories: &Vec<Id>| {
            let of = |column: &Id| -> Box<[u8]> {
                let own = |id: &&Id| state.find::<Category>(id).is_some_and(|c| c.dimension == *column);
                categories.iter().find(own).map_or(&b""[..], |id| id.as_bytes()).into()
            };
            let key: Key = columns.iter().map(of).collect();
            (key.iter().filter(|category| !category.is_empty()).count() == categories.len()).then_some(key)
        };
        Places {
            keys: question.grid.0.iter().map(key).collect(),
            roles: columns.iter().map(role).collect(),
            crossed: crossed.clone(),
        }
    }
}

/// What is repeated in a sentence, in a length that a sentence bears.
pub(super) fn short(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(60).collect()
}
