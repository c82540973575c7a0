//! Plan packages as folders of CSV files: reading them for a check, and loading them into a new ledger.

use std::collections::BTreeMap;
use std::path::Path;

use romduol_plan::package::{Package, Sheet};
use romduol_plan::{Change, Kind};

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
            Err((row, problem, mend)) => {
                let (value, column) = (String::new(), String::new());
                faults.push(romduol_plan::package::Fault { file: name, row, column, value, problem, mend });
                sheets.insert(kind, Sheet::default());
            }
        }
    }
    let mut package = Package::read(&sheets);
    // What follows from an unreadable file would only bury its one fault.
    let broken: Vec<String> = faults.iter().map(|fault| fault.file.clone()).collect();
    package.faults.retain(|fault| !broken.contains(&fault.file));
    package.faults.extend(faults);
    package.faults.sort();
    package
}

pub(crate) fn sheet(bytes: &[u8]) -> Result<Sheet, (usize, String, String)> {
    if let Some(kind) = infer::get(bytes) {
        let problem = format!("is not what its name says: it is a file of type {}", kind.mime_type());
        return Err((0, problem, "save it from the spreadsheet as CSV (UTF-8)".into()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Err(error) = std::str::from_utf8(bytes) {
        let row = bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        return Err((
            row,
            "is not UTF-8 text".into(),
            "save it as CSV UTF-8; old Khmer fonts must be converted to Unicode".into(),
        ));
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let bad = |error: csv::Error| {
        let row = error.position().map_or(0, |p| p.line() as usize);
        (row, format!("is not readable as CSV: {error}"), "check the quotes around this row".to_string())
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
        [first, rest @ ..] => {
            let more =
                if rest.is_empty() { String::new() } else { format!(" ({} more: romduol plan check)", rest.len()) };
            Err(AppError::fault(format!("the plan package has faults; first {first}{more}")))
        }
    }
}
