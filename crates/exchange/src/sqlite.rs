//! All tables in one SQLite file, with their descriptions beside them. Refuses to know the ledger's own file.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tokio::runtime::Handle;

use crate::about::Origin;
use crate::table::{Column, ColumnKind, Filled, Row, Table, Tally, Value};
use crate::{ExportError, Written, folder};

/// Rows of one statement. More would gain little and come near SQLite's limit of 32,766 parameters.
const ROWS: usize = 100;

/// The file while it is written. The calls wait for the engine, so they belong on a thread that may wait.
pub struct Sqlite {
    path: PathBuf,
    runtime: Handle,
    connection: SqliteConnection,
}

impl Sqlite {
    pub fn create(path: &Path, runtime: Handle) -> Result<Sqlite, ExportError> {
        // The file is thrown away when anything fails, so it needs no journal, and it is synced once at the end.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off);
        let connection = runtime.block_on(SqliteConnection::connect_with(&options));
        let connection = connection.map_err(|error| ExportError::sqlite(path, &error))?;
        Ok(Sqlite { path: path.into(), runtime, connection })
    }

    pub fn write(&mut self, filled: Filled) -> Result<Tally, ExportError> {
        let name = filled.table.name.clone();
        let width = filled.table.columns.len();
        self.run(&create(&filled.table), &[])?;
        self.run("BEGIN", &[])?;
        let full = insert(&name, width, ROWS);
        let tally = filled.drain(|batch| {
            for rows in batch.chunks(ROWS) {
                match rows.len() {
                    ROWS => self.run(&full, rows)?,
                    few => self.run(&insert(&name, width, few), rows)?,
                }
            }
            Ok(())
        })?;
        self.run("COMMIT", &[])?;
        Ok(tally)
    }

    /// Closes the file after writing what its tables and columns mean and where it comes from.
    pub fn finish(mut self, origin: &Origin, tables: &[Written]) -> Result<(), ExportError> {
        for described in described(origin, tables) {
            self.write(described)?;
        }
        let closed = self.runtime.block_on(self.connection.close());
        closed.map_err(|error| ExportError::sqlite(&self.path, &error))?;
        folder::sync(&self.path).map_err(|error| ExportError::io(&self.path, &error))
    }

    fn run(&mut self, sql: &str, rows: &[Row]) -> Result<(), ExportError> {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in rows.iter().flatten() {
            query = match value {
                Value::Null => query.bind(None::<i64>),
                Value::Text(text) => query.bind(text.to_string()),
                Value::Integer(number) => query.bind(*number),
                Value::Number(number) => query.bind(*number),
                Value::Boolean(flag) => query.bind(*flag),
                Value::Date(date) => query.bind(date.to_string()),
            };
        }
        let done = self.runtime.block_on(query.execute(&mut self.connection));
        done.map(drop).map_err(|error| ExportError::sqlite(&self.path, &error))
    }
}

fn create(table: &Table) -> String {
    let columns = table.columns.iter().map(|column| {
        let kind = match column.kind {
            ColumnKind::Text | ColumnKind::Date => "TEXT",
            ColumnKind::Integer | ColumnKind::Boolean => "INTEGER",
            ColumnKind::Number => "REAL",
        };
        format!("{} {kind}", quoted(&column.name))
    });
    format!("CREATE TABLE {} ({})", quoted(&table.name), columns.collect::<Vec<_>>().join(", "))
}

fn insert(table: &str, width: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(","));
    format!("INSERT INTO {} VALUES {}", quoted(table), vec![row; rows].join(","))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn described<'a>(origin: &Origin, tables: &[Written]) -> [Filled<'a>; 3] {
    let about = origin.facts().map(|(key, value)| vec![Value::text(key), Value::text(&value)]);
    let listed = tables.iter().map(|Written { table, tally, .. }| {
        let rows = Value::Integer(tally.rows as i64);
        vec![Value::text(&table.name), Value::text(&table.description), rows]
    });
    let columns = tables.iter().flat_map(|Written { table, .. }| {
        table.columns.iter().enumerate().map(|(n, column)| {
            let kind = Value::text(column.kind.word());
            let place = Value::Integer(n as i64 + 1);
            vec![Value::text(&table.name), place, Value::text(&column.name), kind, Value::text(&column.description)]
        })
    });
    let text = |name| Column::new(name, ColumnKind::Text, "");
    let whole = |name| Column::new(name, ColumnKind::Integer, "");
    [
        own("_about", vec![text("key"), text("value")], about.to_vec()),
        own("_tables", vec![text("name"), text("description"), whole("rows")], listed.collect()),
        own(
            "_columns",
            vec![text("table_name"), whole("position"), text("name"), text("kind"), text("description")],
            columns.collect(),
        ),
    ]
}

fn own<'a>(name: &str, columns: Vec<Column>, rows: Vec<Row>) -> Filled<'a> {
    let table = Table { name: name.into(), description: String::new(), columns };
    Filled { table, batches: Box::new(std::iter::once(rows)) }
}
