//! Plan packages as folders of CSV files: reading them for a check, and loading them into a new ledger.

use std::collections::BTreeMap;
use std::path::Path;

use romduol_plan::package::{Fault, Package, Sheet};
use romduol_plan::{Change, Kind, Say};

use crate::AppError;

/// The files of a package, wherever they come from.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads the files of a package folder.
pub fn files(folder: &Path) -> Result<Files, AppError> {
    let unreadable =
        |error| AppError::fault(format!("the package folder {} cannot be read: {error}", folder.display()));
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name().and_then(|n| n.to_str())) {
            files.insert(name.to_string(), std::fs::read(&path).map_err(unreadable)?);
        }
    }
    Ok(files)
}

/// Reads and checks a package. Files that are no CSV text become faults of the package.
pub fn check(files: &Files) -> Package {
    let mut sheets = BTreeMap::new();
    let mut faults = Vec::new();
    for kind in Kind::of_package() {
        let name = format!("{}.csv", kind.code());
        let Some(bytes) = files.get(&name) else { continue };
        match sheet(bytes) {
            Ok(sheet) => {
                sheets.insert(kind, sheet);
            }
            Err((row, problem)) => {
                let (value, column) = (String::new(), String::new());
                faults.push(Fault { file: name, row, column, value, problem });
                sheets.insert(kind, Sheet::default());
            }
        }
    }
    let mut package = Package::read(&sheets);
    // What follows from an unreadable file would only bury its one fault.
    let broken: Vec<String> = faults.iter().map(|fault| fault.file.clone()).collect();
    package.faults.retain(|fault| !broken.contains(&fault.file));
    package.faults.extend(faults);
    romduol_plan::package::sort(&mut package.faults);
    package
}

pub(crate) fn sheet(bytes: &[u8]) -> Result<Sheet, (usize, Say)> {
    if let Some(kind) = infer::get(bytes) {
        return Err((0, Say::new("fault-no-table").words("kind", kind.mime_type())));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Err(error) = std::str::from_utf8(bytes) {
        let row = bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        return Err((row, Say::new("fault-not-utf8")));
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let bad = |error: csv::Error| {
        let row = error.position().map_or(0, |p| p.line() as usize);
        (row, Say::new("fault-not-csv").words("what", error.to_string()))
    };
    let header = reader.headers().map_err(bad)?.iter().map(|h| h.trim().to_string()).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(record.map_err(bad)?.iter().map(String::from).collect());
    }
    Ok(Sheet { header, rows })
}

/// The changes that load a checked package; refused where it has faults.
pub fn changes(files: &Files) -> Result<Vec<Change>, AppError> {
    let package = check(files);
    match package.faults.as_slice() {
        [] => Ok(package.records.into_iter().map(|(_, body)| Change::Put(body)).collect()),
        [first, ..] => {
            let say = Say::new("refused-package").number("count", package.faults.len() as f64);
            Err(AppError::Bad(say.clause("first", first.say())))
        }
    }
}
