//! What units were asked and did not give, as rows. Refuses to guess why: remarks are not exported.

use std::collections::HashSet;

use romduol_plan::State;
use romduol_plan::kinds::*;

use crate::ColumnKind::{Boolean, Integer, Text};
use crate::observations::{when, when_columns};
use crate::table::{Column, Filled, Row, Table, Value};

pub fn filled<'a>(state: &'a State, readable: &'a HashSet<Id>) -> Filled<'a> {
    let batches = state.accepted().map(move |record| rows(state, readable, record));
    Filled { table: table(), batches: Box::new(batches) }
}

fn rows(state: &State, readable: &HashSet<Id>, record: &Return) -> Vec<Row> {
    let Some(assignment) = state.find::<Assignment>(&record.assignment) else { return Vec::new() };
    let answers = record.answers.open();
    let missing = answers
        .iter()
        .filter(|answer| answer.state != AnswerState::Given && readable.contains(&answer.indicator))
        .map(|answer| {
            let mut row = vec![Value::text(&assignment.id), Value::text(&assignment.institution)];
            row.extend([Value::text(&assignment.area), Value::text(&answer.indicator)]);
            row.extend(when(record.period));
            row.extend([Value::text(answer.state.code()), Value::Boolean(record.illustrative)]);
            row.extend([Value::text(&record.id), Value::Integer(i64::from(record.version))]);
            row
        });
    missing.collect()
}

fn table() -> Table {
    let mut columns = vec![
        Column::new("unit", Text, "The unit that was asked: an id of `assignments`."),
        Column::new("institution", Text, "The unit's institution: an id of `institutions`."),
        Column::new("area", Text, "The unit's place: an id of `areas`."),
        Column::new("indicator", Text, "An id of `indicators`."),
    ];
    columns.extend(when_columns());
    columns.extend([
        Column::new(
            "state",
            Text,
            "`missing`: the unit should know but does not; `not-applicable`: the question does not apply to it.",
        ),
        Column::new("illustrative", Boolean, "Made up to show the program at work."),
        Column::new("return_id", Text, "The return that says so: an id of `returns`."),
        Column::new("return_version", Integer, "Version of that return as accepted."),
    ]);
    let description = "Questions of accepted returns without a number. Missing is not zero: where a unit is listed here, \
                       a sum over units is too low or not known.";
    Table { name: "answers_missing".into(), description: description.into(), columns }
}
