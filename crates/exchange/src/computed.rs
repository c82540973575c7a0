//! What the program counted in the plan's own records, as rows. Refuses to know how it is counted.

use std::collections::HashSet;

use romduol_plan::State;
use romduol_plan::answers::has_base;
use romduol_plan::computed::counted;
use romduol_plan::kinds::*;

use crate::ColumnKind::{Boolean, Date, Integer, Number, Text};
use crate::observations::{when, when_columns};
use crate::table::{Column, Filled, Row, Table, Value};

pub fn filled<'a>(state: &'a State, readable: &'a HashSet<Id>) -> Filled<'a> {
    let own = state.all::<Indicator>().filter(|indicator| readable.contains(&indicator.id));
    Filled { table: table(), batches: Box::new(own.map(move |indicator| rows(state, indicator))) }
}

fn rows(state: &State, indicator: &Indicator) -> Vec<Row> {
    let Some(plan) = state.plan() else { return Vec::new() };
    let Some(counted) = counted(state, indicator, &plan.area, true) else { return Vec::new() };
    let rows = counted.periods.iter().map(|(period, count)| {
        let how = counted.how(*period, count);
        let (met, of) = (f64::from(count.met), f64::from(count.of));
        let mut row = vec![Value::text(&indicator.id), Value::text(&plan.area)];
        row.extend(when(*period));
        row.push(Value::Number(if has_base(indicator.kind) { met / of * 100.0 } else { met }));
        row.extend([Value::Integer(i64::from(count.met)), Value::Integer(i64::from(count.of))]);
        row.push(Value::text(how.measure.code()));
        row.push(how.until.map_or(Value::Null, Value::Date));
        row.push(Value::Boolean(count.illustrative));
        row
    });
    rows.collect()
}

fn table() -> Table {
    let mut columns = vec![
        Column::new("indicator", Text, "An id of `indicators`."),
        Column::new("area", Text, "The plan's area: an id of `areas`."),
    ];
    columns.extend(when_columns());
    columns.extend([
        Column::new("value", Number, "As shown: a share in per cent, or how many."),
        Column::new("met", Integer, "How many records meet the measure."),
        Column::new("of", Integer, "Of how many."),
        Column::new("measure", Text, "What was counted: a code of `indicators.computed`."),
        Column::new("until", Date, "The day up to which it was counted, where the period was not over by then."),
        Column::new("illustrative", Boolean, "Something made up to show the program at work is in it."),
    ]);
    let description = "Indicators that the program counts in the plan's own records. No unit reports them.";
    Table { name: "computed".into(), description: description.into(), columns }
}
