//! A table as a Parquet file: row groups of bounded size, zstd, and the codebook in its key-value metadata.
//! Refuses to know where rows come from.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::about::Origin;
use crate::row_group::Runs;
use crate::table::{Column, ColumnKind, Filled, Table, Tally, Value};
use crate::{ExportError, folder};

/// Rows of a row group. Readers skip and share work by row group; writing one takes memory.
pub const GROUP: usize = 1 << 18;

/// A file while it is written. It is opened when its first row group is full, so that many can wait at once.
pub struct ParquetFile<'a> {
    path: PathBuf,
    table: &'a Table,
    origin: &'a Origin,
    columns: Vec<Runs>,
    rows: usize,
    writer: Option<SerializedFileWriter<File>>,
}

impl<'a> ParquetFile<'a> {
    pub fn new(path: PathBuf, table: &'a Table, origin: &'a Origin) -> ParquetFile<'a> {
        let columns = table.columns.iter().map(|_| Runs::default()).collect();
        ParquetFile { path, table, origin, columns, rows: 0, writer: None }
    }

    pub fn push<'v>(&mut self, row: impl Iterator<Item = &'v Value>) -> Result<(), ExportError> {
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.push(value);
        }
        self.rows += 1;
        if self.rows == GROUP { self.flush() } else { Ok(()) }
    }

    pub fn finish(mut self) -> Result<(), ExportError> {
        self.flush()?;
        let fault = |error: ParquetError| ExportError::parquet(&self.path, &error);
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(fault)?;
        }
        folder::sync(&self.path).map_err(|error| ExportError::io(&self.path, &error))
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        if self.writer.is_none() {
            let file = File::create_new(&self.path).map_err(|error| ExportError::io(&self.path, &error))?;
            let writer = open(file, self.table, self.origin);
            self.writer = Some(writer.map_err(|error| ExportError::parquet(&self.path, &error))?);
        }
        self.write_group().map_err(|error| ExportError::parquet(&self.path, &error))?;
        self.rows = 0;
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let Some(writer) = self.writer.as_mut().filter(|_| self.rows > 0) else { return Ok(()) };
        let mut group = writer.next_row_group()?;
        for (column, runs) in self.table.columns.iter().zip(&mut self.columns) {
            let Some(mut to) = group.next_column()? else { break };
            runs.write(column.kind, &mut to)?;
            to.close()?;
        }
        group.close().map(drop)
    }
}

/// A whole table in one file.
pub fn write(path: &Path, filled: Filled, origin: &Origin) -> Result<Tally, ExportError> {
    let table = filled.table.clone();
    let mut file = ParquetFile::new(path.into(), &table, origin);
    let tally = filled.drain(|batch| batch.iter().try_for_each(|row| file.push(row.iter())))?;
    file.finish()?;
    Ok(tally)
}

fn open(file: File, table: &Table, origin: &Origin) -> Result<SerializedFileWriter<File>, ParquetError> {
    let fields = table.columns.iter().map(|column| field(column).map(Arc::new));
    let schema = Type::group_type_builder("row").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(Default::default()))
        .set_created_by(origin.about.program.clone())
        .set_key_value_metadata(Some(metadata(table, origin)))
        .build();
    SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Integer => (Physical::INT64, None),
        ColumnKind::Number => (Physical::DOUBLE, None),
        ColumnKind::Boolean => (Physical::BOOLEAN, None),
        ColumnKind::Date => (Physical::INT32, Some(LogicalType::Date)),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

/// `romduol.…` says where the file comes from, `table` what a row is, `column.NAME` what a cell means.
fn metadata(table: &Table, origin: &Origin) -> Vec<KeyValue> {
    let entry = |key: String, value: &str| KeyValue::new(key, value.to_string());
    let mut entries = vec![entry("table".into(), &table.description)];
    entries.extend(origin.facts().iter().map(|(key, value)| entry(format!("romduol.{key}"), value)));
    entries.extend(table.columns.iter().map(|c| entry(format!("column.{}", c.name), &c.description)));
    entries
}
