//! The accepted numbers as rows, one per cell of a return. Refuses to add anything up; the cube does that.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use romduol_plan::kinds::*;
use romduol_plan::{Frequency, Period, State};

use crate::ColumnKind::{Boolean, Date, Integer, Number, Text};
use crate::table::{Column, Filled, Row, Table, Value};

/// What is the same for all returns, looked up once: names, places, and the column of each category.
pub struct Observations<'a> {
    state: &'a State,
    indicators: HashMap<&'a str, Known<'a>>,
    places: HashMap<&'a str, Vec<Value>>,
    /// Of each category: its dimension, that dimension's column among the dimensions, and the cell.
    categories: HashMap<&'a str, (&'a str, usize, Value)>,
    dimensions: usize,
    pub table: Table,
}

/// An indicator that the caller may read, and its cells.
struct Known<'a> {
    indicator: &'a Indicator,
    cells: [Value; 4],
}

/// The numbers of one answer that count, each with whether it stands beside the total.
type Placed<'c> = Vec<(Cell<'c>, bool)>;

impl<'a> Observations<'a> {
    pub fn new(state: &'a State, readable: &'a HashSet<Id>) -> Observations<'a> {
        let readable = state.all::<Indicator>().filter(|indicator| readable.contains(&indicator.id));
        let dimensions: Vec<&Arc<Dimension>> = state.all::<Dimension>().collect();
        let column = |category: &'a Arc<Category>| {
            let column = dimensions.iter().position(|dimension| dimension.id == category.dimension)?;
            Some((category.id.as_str(), (category.dimension.as_str(), column, Value::text(&category.id))))
        };
        Observations {
            state,
            indicators: readable.map(|indicator| (indicator.id.as_str(), Known::new(indicator))).collect(),
            places: state.all::<Area>().map(|area| (area.id.as_str(), place(state, area))).collect(),
            categories: state.all::<Category>().filter_map(column).collect(),
            table: table(&dimensions),
            dimensions: dimensions.len(),
        }
    }

    pub fn filled(&self) -> Filled<'_> {
        let batches = self.state.accepted().map(|record| self.rows(record, |_| true));
        Filled { table: self.table.clone(), batches: Box::new(batches) }
    }

    /// The country of a return's area, if it has one.
    pub fn country(&self, record: &Return) -> Option<Id> {
        let assignment = self.state.find::<Assignment>(&record.assignment)?;
        self.state.ancestor_at(&assignment.area, AreaLevel::Country)
    }

    /// How many rows each indicator has in a return.
    pub fn counts(&self, record: &Return) -> Vec<(Id, usize)> {
        if self.place_of(record).is_none() {
            return Vec::new();
        }
        let answers = record.answers.open();
        let count = |answer: &Answer| {
            let known = self.indicators.get(answer.indicator.as_str())?;
            Some((answer.indicator.clone(), self.placed(known.indicator, answer).len()))
        };
        answers.iter().filter_map(count).collect()
    }

    /// The rows of a return about the indicators that are wanted.
    pub fn rows(&self, record: &Return, wanted: impl Fn(&str) -> bool) -> Vec<Row> {
        let Some((assignment, place)) = self.place_of(record) else { return Vec::new() };
        let mut unit = vec![Value::text(&assignment.id), Value::text(&assignment.institution)];
        unit.extend(place.iter().cloned());
        unit.extend(when(record.period));
        let origin =
            [Value::Boolean(record.illustrative), Value::text(&record.id), Value::Integer(i64::from(record.version))];
        let mut rows = Vec::new();
        for answer in record.answers.open().iter().filter(|answer| wanted(&answer.indicator)) {
            let Some(known) = self.indicators.get(answer.indicator.as_str()) else { continue };
            for (cell, beside) in self.placed(known.indicator, answer) {
                let mut row = Row::with_capacity(self.table.columns.len());
                row.extend(known.cells.iter().chain(&unit).cloned());
                self.add_categories(&mut row, cell.categories);
                row.extend([Value::Boolean(beside), Value::Number(cell.value), Value::number(cell.base)]);
                row.push(Value::Boolean(answer.estimate));
                row.extend(origin.iter().cloned());
                rows.push(row);
            }
        }
        rows
    }

    /// Numbers whose indicator, unit, place or categories the plan no longer has: no table and no total holds them.
    pub fn without_place(&self) -> u64 {
        let lost = |record: &Arc<Return>| {
            let placeless = self.place_of(record).is_none();
            let answers = record.answers.open();
            let given = answers.iter().filter(|answer| answer.state == AnswerState::Given);
            let lost = given.map(|answer| {
                let all = answer.cells.iter().count() + usize::from(answer.total.is_some());
                match self.state.find::<Indicator>(&answer.indicator) {
                    Some(_) if placeless => all,
                    Some(indicator) => all - self.placed(indicator, answer).len(),
                    None => all,
                }
            });
            lost.sum::<usize>() as u64
        };
        self.state.accepted().map(lost).sum()
    }

    fn place_of(&self, record: &Return) -> Option<(&'a Arc<Assignment>, &Vec<Value>)> {
        let assignment = self.state.find::<Assignment>(&record.assignment)?;
        let area = self.state.find::<Area>(&assignment.area).filter(|area| area.exists_in(record.period))?;
        Some((assignment, self.places.get(area.id.as_str())?))
    }

    /// The same choice as in the plan's totals, so that sums agree: a total without parts is a number that is not
    /// broken down; beside parts it is only compared with them.
    fn placed<'c>(&self, indicator: &Indicator, answer: &'c Answer) -> Placed<'c> {
        if answer.state != AnswerState::Given {
            return Vec::new();
        }
        let beside = |cell: Cell<'c>| Some((cell, self.stands_beside(indicator, cell.categories)?));
        let mut placed: Placed = answer.cells.iter().filter_map(beside).collect();
        if let Some(total) = answer.total_cell() {
            let has_parts = placed.iter().any(|(_, beside)| !beside);
            placed.push((total, has_parts));
        }
        placed
    }

    /// Whether a combination stands beside the total; none where the indicator does not ask for it.
    fn stands_beside(&self, indicator: &Indicator, categories: &[Id]) -> Option<bool> {
        let of = |category: &Id| self.categories.get(category.as_str()).map(|(dimension, ..)| *dimension);
        let crossed = categories.len() == indicator.dimensions.len()
            && categories.iter().zip(&indicator.dimensions).all(|(c, d)| of(c) == Some(d.as_str()));
        if categories.is_empty() || crossed {
            return Some(false);
        }
        let [single] = categories else { return None };
        indicator.overlapping.iter().any(|d| of(single) == Some(d.as_str())).then_some(true)
    }

    fn add_categories(&self, row: &mut Row, categories: &[Id]) {
        let first = row.len();
        row.resize(first + self.dimensions, Value::Null);
        for (_, column, cell) in categories.iter().filter_map(|category| self.categories.get(category.as_str())) {
            row[first + column] = cell.clone();
        }
    }
}

impl<'a> Known<'a> {
    fn new(indicator: &'a Indicator) -> Known<'a> {
        let Indicator { id, name, unit, .. } = indicator;
        Known { indicator, cells: [id, &name.en, &name.km, unit].map(|text| Value::text(text)) }
    }
}

/// The cells of a place: its code, its level, and the codes of what contains it.
pub fn place(state: &State, area: &Area) -> Vec<Value> {
    let mut cells = vec![Value::text(&area.id), Value::text(area.level.code())];
    for level in AreaLevel::ALL {
        cells.push(state.ancestor_at(&area.id, *level).map_or(Value::Null, |id| Value::text(&id)));
    }
    cells
}

/// The cells of a period.
pub fn when(period: Period) -> [Value; 4] {
    let quarter = match period.frequency() {
        Frequency::Quarter => Value::Integer(i64::from(period.last_month().rem_euclid(12) / 3 + 1)),
        _ => Value::Null,
    };
    [
        Value::text(&period.to_string()),
        Value::Date(period.last_day()),
        Value::Integer(i64::from(period.end_year())),
        quarter,
    ]
}

/// The columns of [`when`].
pub fn when_columns() -> [Column; 4] {
    [
        Column::new("period", Text, "What the number is about: 2024, 2024S1, 2024Q3 or 2024-07."),
        Column::new("period_end", Date, "Last day of the period."),
        Column::new("year", Integer, "Year in which the period ends."),
        Column::new("quarter", Integer, "1 to 4 where the period is a quarter, otherwise null."),
    ]
}

fn table(dimensions: &[&Arc<Dimension>]) -> Table {
    let mut columns = vec![
        Column::new("indicator", Text, "An id of `indicators`."),
        Column::new("indicator_name", Text, "In English."),
        Column::new("indicator_name_km", Text, "In Khmer."),
        Column::new("unit_of_measure", Text, "Unit as shown beside the number, e.g. `%`."),
        Column::new("unit", Text, "The unit that reported: an id of `assignments`."),
        Column::new("institution", Text, "The unit's institution: an id of `institutions`."),
        Column::new("area", Text, "The place the number is about: an id of `areas`."),
        Column::new("area_level", Text, "Level of that place."),
    ];
    for level in AreaLevel::ALL {
        let said =
            format!("Code of the {0} that contains the place or is it; null for places above a {0}.", level.code());
        columns.push(Column::new(level.code(), Text, said));
    }
    columns.extend(when_columns());
    let taken = columns.len();
    columns.extend([
        Column::new("beside", Boolean, "The number stands beside the total and must never be summed: a group of an overlapping dimension, or a total given beside its parts."),
        Column::new("value", Number, "The number: the count or amount; for a ratio the numerator, for a mean the sum."),
        Column::new("base", Number, "The denominator of a ratio, the number of cases of a mean; otherwise null."),
        Column::new("estimate", Boolean, "The unit said that the number is an estimate."),
        Column::new("illustrative", Boolean, "Made up to show the program at work."),
        Column::new("return_id", Text, "The return that holds the number: an id of `returns`."),
        Column::new("return_version", Integer, "Version of that return as accepted; a correction is a new version."),
    ]);
    let named = dimensions.iter().map(|dimension| dimension_column(dimension, &columns)).collect::<Vec<_>>();
    columns.splice(taken..taken, named);
    let description = "Every accepted number, one row per cell of a return. Add up `value` only where `beside` is false, \
                       only over periods and places where the columns `time` and `place` of `indicators` allow it, and \
                       divide sums (a ratio in per cent is 100 * sum(value) / sum(base)) rather than average ratios.";
    Table { name: "observations".into(), description: description.into(), columns }
}

/// A dimension's column bears its id; SQLite takes `Year` and `year` for the same name.
fn dimension_column(dimension: &Dimension, taken: &[Column]) -> Column {
    let clash = taken.iter().any(|column| column.name.eq_ignore_ascii_case(&dimension.id));
    let name = if clash { format!("dimension_{}", dimension.id) } else { dimension.id.clone() };
    let said = format!(
        "{} ({}): an id of `categories`; null where it is not stated or the number is not broken down by it.",
        dimension.name.en,
        dimension.additivity.code()
    );
    Column::new(name, Text, said)
}
