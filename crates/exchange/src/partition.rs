//! The observations as a folder per country, year and indicator, in the layout that engines call Hive partitions.
//! Refuses to hold more rows than fit: it reads the returns again for each batch of partitions.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use romduol_plan::State;
use romduol_plan::id::encoded;
use romduol_plan::kinds::{Id, Return};

use crate::ExportError;
use crate::about::Origin;
use crate::observations::Observations;
use crate::parquet_file::{GROUP, ParquetFile};
use crate::table::{Row, Table, Tally};

/// The columns that become folders, in their order.
const FOLDERS: [&str; 3] = ["country", "year", "indicator"];
/// How the layout names a folder of nulls.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";
/// Rows in memory. A row of a partition takes about a hundred bytes.
const ROWS: usize = 1_000_000;

/// What lies in one country and one year.
type Part = (Option<Id>, i32);

/// Writes the folders below `out` and returns their files.
pub fn write(
    state: &State,
    observations: &Observations,
    out: &Path,
    origin: &Origin,
) -> Result<(Tally, Vec<PathBuf>), ExportError> {
    let table = inner(&observations.table);
    let places = places(&observations.table);
    let mut tally = Tally::default();
    let mut paths = Vec::new();
    for (part, counts) in count(state, observations) {
        for batch in batches(&counts) {
            let mut files = HashMap::new();
            for indicator in batch {
                let path = folder(out, &part, indicator)?.join("part-0.parquet");
                paths.push(path.clone());
                files.insert(indicator, ParquetFile::new(path, &table, origin));
            }
            for record in state.accepted().filter(|record| is_in(observations, record, &part)) {
                let rows = observations.rows(record, |indicator| files.contains_key(indicator));
                tally.add(&rows, observations.table.position("illustrative"));
                share(&rows, &places, &mut files)?;
            }
            files.into_values().try_for_each(ParquetFile::finish)?;
        }
    }
    Ok((tally, paths))
}

/// Gives each row to the file of its indicator.
fn share(rows: &[Row], places: &Places, files: &mut HashMap<&str, ParquetFile>) -> Result<(), ExportError> {
    for row in rows {
        let crate::Value::Text(indicator) = &row[places.indicator] else { continue };
        if let Some(file) = files.get_mut(&**indicator) {
            file.push(places.kept.iter().map(|place| &row[*place]))?;
        }
    }
    Ok(())
}

/// Which cells of a row go into a file, and which one says into which.
struct Places {
    indicator: usize,
    kept: Vec<usize>,
}

fn places(table: &Table) -> Places {
    let is_kept = |place: &usize| !FOLDERS.contains(&table.columns[*place].name.as_str());
    let indicator = table.position("indicator").unwrap_or_default();
    Places { indicator, kept: (0..table.columns.len()).filter(is_kept).collect() }
}

/// The table of a file: what the folders say is not repeated inside.
fn inner(table: &Table) -> Table {
    let mut inner = table.clone();
    inner.columns.retain(|column| !FOLDERS.contains(&column.name.as_str()));
    inner
}

/// The rows of each indicator, by country and year. One look at all returns.
fn count(state: &State, observations: &Observations) -> BTreeMap<Part, BTreeMap<Id, usize>> {
    let mut counts: BTreeMap<Part, BTreeMap<Id, usize>> = BTreeMap::new();
    for record in state.accepted() {
        let part = counts.entry((observations.country(record), record.period.end_year())).or_default();
        for (indicator, rows) in observations.counts(record).into_iter().filter(|(_, rows)| *rows > 0) {
            *part.entry(indicator).or_default() += rows;
        }
    }
    counts
}

/// Indicators in batches whose rows fit into memory together. A large one is written by row groups, so no more than a
/// group of it is ever held.
fn batches(counts: &BTreeMap<Id, usize>) -> Vec<Vec<&str>> {
    let mut batches: Vec<Vec<&str>> = Vec::new();
    let mut held = 0;
    for (indicator, rows) in counts {
        let rows = (*rows).min(GROUP);
        match batches.last_mut() {
            Some(batch) if held + rows <= ROWS => {
                held += rows;
                batch.push(indicator);
            }
            _ => {
                held = rows;
                batches.push(vec![indicator]);
            }
        }
    }
    batches
}

fn is_in(observations: &Observations, record: &Return, part: &Part) -> bool {
    record.period.end_year() == part.1 && observations.country(record) == part.0
}

fn folder(out: &Path, (country, year): &Part, indicator: &str) -> Result<PathBuf, ExportError> {
    let country = country.as_deref().map_or(NULL.to_string(), encoded);
    let path = out.join(format!("{}={country}", FOLDERS[0])).join(format!("{}={year}", FOLDERS[1])).join(format!(
        "{}={}",
        FOLDERS[2],
        encoded(indicator)
    ));
    fs::create_dir_all(&path).map_err(|error| ExportError::io(&path, &error))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_fit_into_memory() {
        let counts = BTreeMap::from([("a", 400_000), ("b", 900_000), ("c", 200_000), ("d", 262_144), ("e", 262_144)]);
        let counts = counts.into_iter().map(|(id, rows)| (id.to_string(), rows)).collect();
        assert_eq!(batches(&counts), [vec!["a", "b", "c", "d"], vec!["e"]]);
    }

    #[test]
    fn a_name_of_a_folder_holds_no_path() {
        assert_eq!(encoded("PAR-03"), "PAR-03");
        assert_eq!(encoded("../a b=ក"), "..%2Fa%20b%3D%E1%9E%80");
    }
}
