//! Formats in and out. Refuses to know HTTP, the ledger and permissions: the caller brings a state, the facts about it
//! and what may be read.

mod about;
mod codebook;
mod comma;
mod computed;
mod datapackage;
mod error;
mod folder;
mod missing;
mod observations;
mod parquet_file;
mod partition;
mod records;
mod row_group;
pub mod sdmx;
mod sqlite;
mod table;
mod write;
pub mod xml;

pub use about::About;
pub use error::ExportError;
pub use table::{Column, ColumnKind, Row, Table, Tally, Value};
pub use write::{Format, Summary, Written, export};
