//! One export from beginning to end: the tables, the format, the codebook beside them. Refuses to know how each format
//! is written.

use std::collections::HashSet;
use std::path::Path;

use romduol_plan::State;
use romduol_plan::kinds::{Id, Indicator, Kind};

use crate::about::{About, Origin};
use crate::folder::Part;
use crate::observations::Observations;
use crate::sqlite::Sqlite;
use crate::table::{Filled, Table, Tally};
use crate::{ExportError, codebook, comma, computed, datapackage, missing, parquet_file, partition, records};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A CSV file for each table.
    Csv,
    /// One SQLite file.
    Sqlite,
    /// A Parquet file for each table.
    Parquet,
    /// The same, with the observations in folders by country, year and indicator.
    PartitionedParquet,
}

/// What an export holds.
#[derive(Clone, Debug)]
pub struct Summary {
    pub tables: Vec<Written>,
    /// Indicators whose numbers the caller may not read; no number that a unit reported for them is inside. Their
    /// definitions and what documents say about them are part of the plan, and are.
    pub withheld: Vec<Id>,
    /// Numbers whose indicator, unit, place or categories the plan no longer has. No total counts them either.
    pub without_place: u64,
}

/// A table of an export.
#[derive(Clone, Debug)]
pub struct Written {
    pub table: Table,
    pub tally: Tally,
    /// Its files, relative to the export, with `/`.
    pub files: Vec<String>,
}

impl Summary {
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|written| written.tally.rows).sum()
    }

    pub fn illustrative(&self) -> u64 {
        self.tables.iter().map(|written| written.tally.illustrative).sum()
    }
}

/// Writes the folder `out`. It appears when everything is in it; until then there is `out.part`.
///
/// Takes as long as the plan is large and runs on a thread of its own; it needs Tokio's runtime with time and IO.
///
/// # Errors
/// Those of [`ExportError`]: `out` is taken, the disk is full, a file cannot be written.
pub async fn export(
    state: &State,
    about: &About,
    format: Format,
    out: &Path,
    may_read: &(dyn Fn(&Indicator) -> bool + Sync),
) -> Result<Summary, ExportError> {
    let readable = state.all::<Indicator>().filter(|indicator| may_read(indicator));
    let readable: HashSet<Id> = readable.map(|indicator| indicator.id.clone()).collect();
    let (state, about, path) = (state.clone(), about.clone(), out.to_path_buf());
    let work = tokio::task::spawn_blocking(move || whole(&state, &about, format, &path, &readable));
    work.await.map_err(|error| ExportError::other(out, &error))?
}

fn whole(
    state: &State,
    about: &About,
    format: Format,
    out: &Path,
    readable: &HashSet<Id>,
) -> Result<Summary, ExportError> {
    let plan = state.plan().ok_or(ExportError::NoPlan)?;
    let origin = Origin::new(plan, state, about);
    let part = Part::begin(out)?;
    let observations = Observations::new(state, readable);
    let tables = match format {
        Format::Csv => each(tables(state, &observations, readable), part.path(), "csv", comma::write)?,
        Format::Parquet => each(tables(state, &observations, readable), part.path(), "parquet", |path, filled| {
            parquet_file::write(path, filled, &origin)
        })?,
        Format::PartitionedParquet => partitioned(state, &observations, readable, part.path(), &origin)?,
        Format::Sqlite => one_file(tables(state, &observations, readable), part.path(), &origin)?,
    };
    let withheld = state.all::<Indicator>().filter(|indicator| !readable.contains(&indicator.id));
    let withheld = withheld.map(|indicator| indicator.id.clone()).collect();
    let summary = Summary { tables, withheld, without_place: observations.without_place() };
    part.write("codebook.md", &codebook::text(&origin, &summary))?;
    part.write("datapackage.json", &datapackage::text(&origin, format, &summary))?;
    part.finish()?;
    Ok(summary)
}

/// All tables, the observations first.
fn tables<'a>(
    state: &'a State,
    observations: &'a Observations,
    readable: &'a HashSet<Id>,
) -> impl Iterator<Item = Filled<'a>> {
    std::iter::once(observations.filled()).chain(other_tables(state, readable))
}

fn other_tables<'a>(state: &'a State, readable: &'a HashSet<Id>) -> impl Iterator<Item = Filled<'a>> {
    let records = Kind::ALL.iter().map(|kind| records::filled(state, *kind));
    [missing::filled(state, readable), computed::filled(state, readable)].into_iter().chain(records)
}

/// Writes each table into a file of its name.
fn each<'a>(
    tables: impl Iterator<Item = Filled<'a>>,
    folder: &Path,
    ending: &str,
    write: impl Fn(&Path, Filled<'a>) -> Result<Tally, ExportError>,
) -> Result<Vec<Written>, ExportError> {
    let written = tables.map(|filled| {
        let table = filled.table.clone();
        let file = format!("{}.{ending}", table.name);
        let tally = write(&folder.join(&file), filled)?;
        Ok(Written { table, tally, files: vec![file] })
    });
    written.collect()
}

fn one_file<'a>(
    tables: impl Iterator<Item = Filled<'a>>,
    folder: &Path,
    origin: &Origin,
) -> Result<Vec<Written>, ExportError> {
    const FILE: &str = "plan.sqlite";
    let mut sqlite = Sqlite::create(&folder.join(FILE), tokio::runtime::Handle::current())?;
    let mut written = Vec::new();
    for filled in tables {
        let table = filled.table.clone();
        let tally = sqlite.write(filled)?;
        written.push(Written { table, tally, files: vec![FILE.into()] });
    }
    sqlite.finish(origin, &written)?;
    Ok(written)
}

fn partitioned(
    state: &State,
    observations: &Observations,
    readable: &HashSet<Id>,
    folder: &Path,
    origin: &Origin,
) -> Result<Vec<Written>, ExportError> {
    let (tally, paths) = partition::write(state, observations, &folder.join("observations"), origin)?;
    let files = paths.iter().map(|path| relative(path, folder)).collect();
    let others = each(other_tables(state, readable), folder, "parquet", |path, filled| {
        parquet_file::write(path, filled, origin)
    })?;
    Ok([vec![Written { table: observations.table.clone(), tally, files }], others].concat())
}

fn relative(path: &Path, folder: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    inside.iter().map(|step| step.to_string_lossy()).collect::<Vec<_>>().join("/")
}
