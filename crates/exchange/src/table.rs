//! What every format writes: a table with described columns, and its rows in batches. Refuses to know formats and plans.

use std::sync::Arc;

use romduol_plan::Date;

use crate::ExportError;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
}

impl ColumnKind {
    /// The word in the codebook; also the name of the type in a Frictionless schema, save for text.
    pub fn word(self) -> &'static str {
        match self {
            ColumnKind::Text => "text",
            ColumnKind::Integer => "integer",
            ColumnKind::Number => "number",
            ColumnKind::Boolean => "boolean",
            ColumnKind::Date => "date",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: ColumnKind,
    pub description: String,
}

impl Column {
    pub fn new(name: impl Into<String>, kind: ColumnKind, description: impl Into<String>) -> Column {
        Column { name: name.into(), kind, description: description.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub description: String,
    pub columns: Vec<Column>,
}

impl Table {
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }
}

/// One cell. Text is shared: most of it stands in thousands of rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(Arc<str>),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Date(Date),
}

impl Value {
    /// Text; null where it is empty.
    pub fn text(text: &str) -> Value {
        if text.is_empty() { Value::Null } else { Value::Text(text.into()) }
    }

    pub fn number(number: Option<f64>) -> Value {
        number.map_or(Value::Null, Value::Number)
    }
}

/// Cells in the order of the table's columns.
pub type Row = Vec<Value>;

/// A table and its rows. A batch is what one return or one record gives, so memory never holds the whole table.
pub struct Filled<'a> {
    pub table: Table,
    pub batches: Box<dyn Iterator<Item = Vec<Row>> + 'a>,
}

/// What was written of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub rows: u64,
    /// Rows whose column `illustrative` is true.
    pub illustrative: u64,
}

impl Filled<'_> {
    /// Hands on every batch and counts.
    pub fn drain(self, mut take: impl FnMut(&[Row]) -> Result<(), ExportError>) -> Result<Tally, ExportError> {
        let marked = self.table.position("illustrative");
        let mut tally = Tally::default();
        for batch in self.batches {
            tally.add(&batch, marked);
            take(&batch)?;
        }
        Ok(tally)
    }
}

impl Tally {
    /// Counts rows; `marked` is the place of the column `illustrative`.
    pub fn add(&mut self, batch: &[Row], marked: Option<usize>) {
        self.rows += batch.len() as u64;
        let made_up = |row: &&Row| marked.is_some_and(|place| row.get(place) == Some(&Value::Boolean(true)));
        self.illustrative += batch.iter().filter(made_up).count() as u64;
    }
}
