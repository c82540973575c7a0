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
use crate::say::Say;
use crate::screen;

/// The row of a record that is there already.
const OLD: usize = usize::MAX;

/// Something wrong in a package: where, what, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub file: String,
    /// The row as a spreadsheet counts: the header is row 1. 0 where it is about the whole file.
    pub row: usize,
    pub column: String,
    pub value: String,
    /// What is wrong. The sentence with `-mend` behind its key says, of the same parts, what to do.
    pub problem: Say,
}

impl Fault {
    /// The whole sentence, for a list of faults of many rows.
    pub fn say(&self) -> Say {
        let key = match (self.row, self.column.as_str()) {
            (0, _) => "fault-in-file",
            (_, "") => "fault-in-row",
            _ => "fault-in-cell",
        };
        let place = Say::new(key).words("file", &self.file).words("row", self.row.to_string());
        Say::new("fault-at").clause("place", place.words("column", &self.column)).clause("fault", self.say_in_place())
    }

    /// The sentence without its place, for a form that shows it beside the field.
    pub fn say_in_place(&self) -> Say {
        let mend = Say { key: format!("{}-mend", self.problem.key).into(), parts: self.problem.parts.clone() };
        let said = match self.value.as_str() {
            "" => Say::new("fault-told"),
            value => Say::new("fault-told-of-value").words("value", value),
        };
        said.clause("problem", self.problem.clone()).clause("mend", mend)
    }

    fn order(&self) -> (&str, usize, &str, &str, &str) {
        (&self.file, self.row, &self.column, &self.value, &self.problem.key)
    }
}

/// In the order of their places.
pub fn sort(faults: &mut [Fault]) {
    faults.sort_by(|a, b| a.order().cmp(&b.order()));
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
                None => {
                    let problem = Say::new("fault-file-missing").words("file", file(kind));
                    package.faults.push(fault(0, kind, "", "", problem));
                }
            }
        }
        package.check(&|_, _| false);
        package
    }

    /// Reads rows of one kind into a plan that exists: the new rows take the place of records with the same id. What
    /// comes back holds the new rows only, and the faults that concern them. `retired` tells of an id that is not there
    /// whether it once was.
    pub fn amend(
        existing: impl IntoIterator<Item = Body>,
        retired: &dyn Fn(Kind, &str) -> bool,
        kind: Kind,
        sheet: &Sheet,
    ) -> Package {
        let mut package = Package::default();
        package.read_sheet(kind, sheet);
        let new: HashSet<String> = package.records.iter().map(|(_, body)| body.id().to_string()).collect();
        let others = existing.into_iter().filter(|body| body.kind() != kind || !new.contains(body.id()));
        // Before the new ones: of two records that cannot both be, the later one is told, and that must be the new one.
        let new = std::mem::take(&mut package.records);
        package.records.extend(others.map(|body| (OLD, body)).chain(new));
        package.check(retired);
        package.records.retain(|(row, _)| *row != OLD);
        package.screen();
        package.faults.retain(|fault| fault.row != OLD && fault.file == file(kind));
        package
    }

    /// The records that are to be judged by themselves: those that are there already were judged when they came.
    fn news(&self) -> impl Iterator<Item = &(usize, Body)> {
        self.records.iter().filter(|(row, _)| *row != OLD)
    }

    /// The new rows of one kind. A whole package is its author's and says what its sources say; what is written beside it afterwards is screened.
    fn screen(&mut self) {
        let Some((_, first)) = self.records.first() else { return };
        let columns = column::columns(first.kind());
        for (row, body) in &self.records {
            for (column, what) in screen::of_record(&columns, body) {
                let problem = Say::new("fault-personal").clause("what", what);
                self.faults.push(fault(*row, body.kind(), &column, "", problem));
            }
        }
    }

    fn check(&mut self, retired: &dyn Fn(Kind, &str) -> bool) {
        script::check(self);
        rules::check(self, retired);
        analysis::check(self);
        coordination::check(self);
        money::check(self);
        sort(&mut self.faults);
    }

    fn read_sheet(&mut self, kind: Kind, sheet: &Sheet) {
        let columns = column::columns(kind);
        // Every row would only say again what the header lacks.
        if !self.check_header(kind, &columns, sheet) {
            return;
        }
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (index, cells) in sheet.rows.iter().enumerate() {
            let row = index + 2;
            if cells.len() > sheet.header.len() {
                let beyond = cells[sheet.header.len()..].join(",");
                let problem = Say::new("fault-beyond-columns").number("count", sheet.header.len() as f64);
                self.faults.push(fault(row, kind, "", &beyond, problem));
                continue;
            }
            let named = sheet.header.iter().map(String::as_str).zip(cells.iter().map(String::as_str)).collect();
            match column::read_row(kind, &columns, &named) {
                Err(bad) => self
                    .faults
                    .extend(bad.into_iter().map(|bad| fault(row, kind, &bad.column, &bad.value, bad.problem))),
                Ok(body) => match seen.insert(body.id().to_string(), row) {
                    Some(first) => {
                        let problem = Say::new("fault-id-twice").words("first", first.to_string());
                        self.faults.push(fault(row, kind, "id", body.id(), problem));
                    }
                    None => self.records.push((row, body)),
                },
            }
        }
    }

    /// Whether the rows below the header can be read.
    fn check_header(&mut self, kind: Kind, columns: &[Column], sheet: &Sheet) -> bool {
        for name in &sheet.header {
            if !columns.iter().any(|column| column.name == *name) {
                let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                let problem = Say::new("fault-unknown-column").words("names", names.join(", "));
                self.faults.push(fault(1, kind, name, name, problem));
            }
        }
        let lacking: Vec<_> = columns.iter().filter(|c| c.required && !sheet.header.contains(&c.name)).collect();
        for column in &lacking {
            let problem = Say::new("fault-no-column").words("name", &column.name);
            self.faults.push(fault(1, kind, &column.name, "", problem));
        }
        lacking.is_empty()
    }
}

fn file(kind: Kind) -> String {
    format!("{}.csv", kind.code())
}

/// A fault in a cell of a row. Of a long value the beginning tells which one it is.
fn fault(row: usize, kind: Kind, column: &str, value: &str, problem: Say) -> Fault {
    Fault { file: file(kind), row, column: column::beginning(column, 80), value: column::beginning(value, 80), problem }
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
