//! Plan packages as folders of CSV files: reading them for a check, and loading them into a new ledger.

use std::collections::BTreeMap;
use std::path::Path;

use romduol_locale::Locale;
use romduol_plan::kinds::Body;
use romduol_plan::package::{Fault, Package, Sheet};
use romduol_plan::zone::Zone;
use romduol_plan::{Change, Kind, Lang, Say, column};
use romduol_spreadsheet::{Table, Unreadable, Wanted};

use crate::AppError;

/// The files of a package, wherever they come from.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads the files of a package folder.
pub fn files(folder: &Path) -> Result<Files, AppError> {
    let unreadable = |error: std::io::Error| {
        let say = Say::new("import-cannot-open").words("value", folder.display().to_string());
        AppError::Bad(say.words("what", error.to_string()))
    };
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
        match table(kind, &name, bytes) {
            Ok(table) => {
                sheets.insert(kind, table.sheet);
            }
            Err(fault) => {
                faults.push(*fault);
                sheets.insert(kind, Sheet::default());
            }
        }
    }
    let mut package = Package::read(&sheets);
    faults.extend(time_zones(&package));
    // What follows from an unreadable file would only bury its one fault.
    let broken: Vec<String> = faults.iter().map(|fault| fault.file.clone()).collect();
    package.faults.retain(|fault| !broken.contains(&fault.file));
    package.faults.extend(faults);
    romduol_plan::package::sort(&mut package.faults);
    package
}

/// A plan's clock has to be one that the days of its ledger can be told by.
fn time_zones(package: &Package) -> Vec<Fault> {
    let fault = |row: usize, value: &str| Fault {
        file: format!("{}.csv", Kind::Plan.code()),
        row,
        column: "time_zone".into(),
        cell: String::new(),
        value: value.into(),
        problem: Say::new("fault-time-zone"),
    };
    let plans = package.records.iter().filter_map(|(row, body)| match body {
        Body::Plan(plan) => Some((*row, plan.time_zone.as_deref()?)),
        _ => None,
    });
    plans.filter(|(_, name)| Zone::named(name).is_none()).map(|(row, name)| fault(row, name)).collect()
}

/// A table of a kind, from a file of any name.
pub(crate) fn table(kind: Kind, file: &str, bytes: &[u8]) -> Result<Table, Box<Fault>> {
    let columns = column::columns(kind);
    let title = |lang: Lang| Locale::of(lang).word("kinds", kind.code());
    let names = std::iter::once(kind.code().to_string()).chain(Lang::ALL.map(title)).collect();
    let knows = |name: &str| columns.iter().any(|column| column.name == name);
    romduol_spreadsheet::read(file, bytes, &Wanted { names, knows: &knows }).map_err(|unreadable| {
        let Unreadable { row, cell, problem } = unreadable;
        Box::new(Fault { file: file.into(), row, column: String::new(), cell, value: String::new(), problem })
    })
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
