//! A plan package as rows: reading them into records and finding every fault, each with its place and its mend.
//! Refuses to know files and folders: sheets come in as strings.

mod analysis;
mod areas;
mod coordination;
mod money;
mod rules;
mod script;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::column::{self, Column};
use crate::kinds::{Body, Kind};

/// The row of a record that is there already.
const OLD: usize = usize::MAX;

/// Something wrong in a package: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: String,
    /// The row as a spreadsheet counts: the header is row 1. 0 where it is about the whole file.
    pub row: usize,
    pub column: String,
    pub value: String,
    pub problem: String,
    pub mend: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        if self.row > 0 {
            write!(f, ", row {}", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        write!(f, ": ")?;
        if !self.value.is_empty() {
            write!(f, "“{}” ", self.value)?;
        }
        write!(f, "{}; {}.", self.problem, self.mend)
    }
}

/// One file of a package as text.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The records of a package with the rows they stand in.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub records: Vec<(usize, Body)>,
    pub faults: Vec<Fault>,
}

impl Package {
    /// Reads all sheets and checks them together.
    pub fn read(sheets: &BTreeMap<Kind, Sheet>) -> Package {
        let mut package = Package::default();
        for kind in Kind::of_package() {
            match sheets.get(&kind) {
                Some(sheet) => package.read_sheet(kind, sheet),
                None if !kind.is_essential() => {}
                None => package.faults.push(Fault {
                    problem: "is missing".into(),
                    mend: format!("add {}.csv, at least with its header row", kind.code()),
                    ..whole_file(kind)
                }),
            }
        }
        package.check();
        package
    }

    /// Reads rows of one kind into a plan that exists: the new rows take the place of records with the same id. What
    /// comes back holds the new rows only, and the faults that concern them.
    pub fn amend(existing: impl IntoIterator<Item = Body>, kind: Kind, sheet: &Sheet) -> Package {
        let mut package = Package::default();
        package.read_sheet(kind, sheet);
        let new: HashSet<String> = package.records.iter().map(|(_, body)| body.id().to_string()).collect();
        let others = existing.into_iter().filter(|body| body.kind() != kind || !new.contains(body.id()));
        package.records.extend(others.map(|body| (OLD, body)));
        package.check();
        package.records.retain(|(row, _)| *row != OLD);
        package.faults.retain(|fault| fault.row != OLD && fault.file == file(kind));
        package
    }

    /// The records that are to be judged by themselves: those that are there already were judged when they came.
    fn news(&self) -> impl Iterator<Item = &(usize, Body)> {
        self.records.iter().filter(|(row, _)| *row != OLD)
    }

    fn check(&mut self) {
        script::check(self);
        rules::check(self);
        analysis::check(self);
        coordination::check(self);
        money::check(self);
        self.faults.sort();
    }

    fn read_sheet(&mut self, kind: Kind, sheet: &Sheet) {
        let columns = column::columns(kind);
        self.check_header(kind, &columns, sheet);
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (index, cells) in sheet.rows.iter().enumerate() {
            let row = index + 2;
            if cells.len() > sheet.header.len() {
                self.faults.push(Fault {
                    row,
                    value: cells[sheet.header.len()..].join(","),
                    problem: format!("stands beyond the last of {} columns", sheet.header.len()),
                    mend: "put text that contains commas in double quotes".into(),
                    ..whole_file(kind)
                });
                continue;
            }
            let named = sheet.header.iter().map(String::as_str).zip(cells.iter().map(String::as_str)).collect();
            match column::read_row(kind, &columns, &named) {
                Err(bad) => self.faults.extend(bad.into_iter().map(|bad| Fault {
                    file: file(kind),
                    row,
                    column: bad.column,
                    value: bad.value,
                    problem: bad.problem,
                    mend: bad.mend,
                })),
                Ok(body) => match seen.insert(body.id().to_string(), row) {
                    Some(first) => self.faults.push(Fault {
                        row,
                        column: "id".into(),
                        value: body.id().into(),
                        problem: format!("stands already in row {first}"),
                        mend: "give every row its own id".into(),
                        ..whole_file(kind)
                    }),
                    None => self.records.push((row, body)),
                },
            }
        }
    }

    fn check_header(&mut self, kind: Kind, columns: &[Column], sheet: &Sheet) {
        for name in &sheet.header {
            if !columns.iter().any(|column| column.name == *name) {
                let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                self.faults.push(Fault {
                    row: 1,
                    column: name.clone(),
                    value: name.clone(),
                    problem: "is not a column of this file".into(),
                    mend: format!("remove it or use one of: {}", names.join(", ")),
                    ..whole_file(kind)
                });
            }
        }
        for column in columns.iter().filter(|column| column.required && !sheet.header.contains(&column.name)) {
            self.faults.push(Fault {
                row: 1,
                column: column.name.clone(),
                problem: "is missing from the header".into(),
                mend: format!("add the column `{}`: {}", column.name, column.description),
                ..whole_file(kind)
            });
        }
    }
}

fn file(kind: Kind) -> String {
    format!("{}.csv", kind.code())
}

/// A fault in a cell of a row.
fn fault(
    row: usize,
    kind: Kind,
    column: &str,
    value: &str,
    problem: impl Into<String>,
    mend: impl Into<String>,
) -> Fault {
    Fault {
        row,
        column: column.into(),
        value: value.into(),
        problem: problem.into(),
        mend: mend.into(),
        ..whole_file(kind)
    }
}

fn whole_file(kind: Kind) -> Fault {
    Fault {
        file: file(kind),
        row: 0,
        column: String::new(),
        value: String::new(),
        problem: String::new(),
        mend: String::new(),
    }
}

/// The kinds as a Frictionless data package descriptor, so that any tool that knows the standard can read the files.
pub fn descriptor(name: &str) -> serde_json::Value {
    use serde_json::{Map, Value, json};
    let resources: Vec<Value> = Kind::of_package()
        .map(|kind| {
            let columns = column::columns(kind);
            let fields: Vec<Value> = columns.iter().map(field).collect();
            let keys = columns.iter().filter(|c| !matches!(c.cell, column::CellType::List(_))).filter_map(|column| {
                let to = column.refers?;
                let resource = if to == kind { "" } else { to.code() };
                Some(json!({ "fields": column.name, "reference": { "resource": resource, "fields": "id" } }))
            });
            let mut schema =
                Map::from_iter([("fields".into(), Value::from(fields)), ("primaryKey".into(), "id".into())]);
            let keys: Vec<Value> = keys.collect();
            if !keys.is_empty() {
                schema.insert("foreignKeys".into(), keys.into());
            }
            json!({
                "name": kind.code(), "path": file(kind), "profile": "tabular-data-resource",
                "format": "csv", "encoding": "utf-8", "schema": schema,
            })
        })
        .collect();
    json!({ "name": name, "profile": "tabular-data-package", "resources": resources })
}

fn field(column: &Column) -> serde_json::Value {
    use column::CellType;
    use serde_json::json;
    let kind = match &column.cell {
        CellType::Number | CellType::Decimal => "number",
        CellType::Integer => "integer",
        CellType::Boolean => "boolean",
        CellType::Date => "date",
        _ => "string",
    };
    let mut field = json!({ "name": column.name, "type": kind });
    let mut description = column.description.clone();
    match &column.cell {
        CellType::Code(codes) => field["constraints"] = json!({ "enum": codes }),
        CellType::Period => field["constraints"] = json!({ "pattern": r"\d{4}(Q[1-4]|S[12]|-(0[1-9]|1[0-2]))?" }),
        CellType::List(_) => description.push_str(" (several: separated by ;)"),
        _ => {}
    }
    if column.required && column.cell != CellType::Boolean && !matches!(column.cell, CellType::List(_)) {
        field["constraints"]["required"] = json!(true);
    }
    if !description.is_empty() {
        field["description"] = json!(description.trim());
    }
    field
}
