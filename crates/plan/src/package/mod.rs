//! A plan package as rows: reading them into records and finding every fault, each with its place and its mend.
//! Refuses to know files and folders: sheets come in as strings.

mod analysis;
mod areas;
mod coordination;
mod money;
mod rules;
mod script;
mod shared;
pub(crate) use script::is_old_font;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::cell::Cell;
use crate::clean;
use crate::column::{self, CellType, Column, Row};
use crate::id;
use crate::kinds::{Body, Kind};
use crate::number::{Evidence, Marks};
use crate::say::Say;
use crate::screen;

/// The row of a record that is there already.
const OLD: usize = usize::MAX;

/// The column of a table that was taken home: the entry that last touched the record, so that a change by somebody else is
/// noticed when the table comes back. No field of any record.
pub const VERSION: &str = "_version";

/// Something wrong in a package: where, what, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub file: String,
    /// The row as a spreadsheet counts: the header is row 1. 0 where it is about the whole file.
    pub row: usize,
    pub column: String,
    /// The address of the cell in a workbook, such as J2; empty where the file has none.
    pub cell: String,
    pub value: String,
    /// What is wrong. The sentence with `-mend` behind its key says, of the same parts, what to do.
    pub problem: Say,
}

impl Fault {
    /// The whole sentence, for a list of faults of many rows.
    pub fn say(&self) -> Say {
        let key = match (self.row, self.column.as_str(), self.cell.as_str()) {
            (0, ..) => "fault-in-file",
            (_, "", "") => "fault-in-row",
            (_, _, "") => "fault-in-cell",
            (_, "", _) => "fault-at-address",
            _ => "fault-in-cell-at",
        };
        let place = Say::new(key).words("file", &self.file).words("row", self.row.to_string());
        let place = place.words("cell", &self.cell);
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

/// One table: a file of a package, a sheet of a workbook, the fields of a form.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// What sentences call it; the file of the package where it is empty.
    pub file: String,
    /// Which mark starts the decimals of its numbers, as far as the kind of file tells.
    pub marks: Marks,
    pub header: Vec<String>,
    /// The row of the header, as a spreadsheet counts.
    pub header_row: usize,
    /// The letters of the columns in a workbook; empty where it is none.
    pub letters: Vec<String>,
    pub rows: Vec<SheetRow>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetRow {
    /// As a spreadsheet counts, empty rows and the header included.
    pub number: usize,
    pub cells: Vec<Cell>,
}

impl Sheet {
    /// A table of texts whose header is its first row.
    pub fn of_texts(header: Vec<String>, rows: Vec<Vec<String>>) -> Sheet {
        let row = |(n, cells): (usize, Vec<String>)| SheetRow {
            number: n + 2,
            cells: cells.into_iter().map(Cell::Text).collect(),
        };
        let rows = rows.into_iter().enumerate().map(row).collect();
        Sheet { header, header_row: 1, rows, ..Sheet::default() }
    }

    /// The marks of its numbers, from the columns that hold numbers.
    fn marks(&self, columns: &[Column]) -> Marks {
        if self.marks != Marks::Unsaid {
            return self.marks;
        }
        let holds_numbers = |name: &String| {
            let column = columns.iter().find(|column| column.name == *name);
            column.is_some_and(|c| matches!(c.cell, CellType::Number | CellType::Integer | CellType::Decimal))
        };
        let mut evidence = Evidence::default();
        for (at, _) in self.header.iter().enumerate().filter(|(_, name)| holds_numbers(name)) {
            let cells = self.rows.iter().filter_map(|row| row.cells.get(at));
            let texts = cells.filter_map(|cell| if let Cell::Text(text) = cell { Some(text) } else { None });
            texts.for_each(|text| evidence.note(text.trim_end_matches('%')));
        }
        evidence.marks(Marks::Unsaid)
    }

    /// Something wrong in a cell of it.
    pub fn fault(&self, row: usize, column: &str, value: &str, problem: Say) -> Fault {
        let (column, value) = (column::beginning(column, 80), column::beginning(value, 80));
        let mut fault = Fault { file: String::new(), row, column, cell: String::new(), value, problem };
        self.locate(&mut fault);
        fault
    }

    /// Puts the name of the file and the address of the cell into a fault.
    fn locate(&self, fault: &mut Fault) {
        if !self.file.is_empty() {
            fault.file.clone_from(&self.file);
        }
        let column = self.header.iter().position(|name| *name == fault.column);
        if let Some(letters) = column.and_then(|at| self.letters.get(at)).filter(|_| fault.row > 0) {
            fault.cell = format!("{letters}{}", fault.row);
        }
    }
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
                Some(sheet) => package.read_sheet(kind, sheet, &HashMap::new()),
                None if !kind.is_essential() => {}
                None => {
                    let problem = Say::new("fault-file-missing").words("file", file(kind));
                    package.faults.push(fault(0, kind, "", "", problem));
                }
            }
        }
        package.check_ids(&[]);
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
        let existing: Vec<Body> = existing.into_iter().collect();
        let mut package = Package::default();
        let old = existing.iter().filter(|body| body.kind() == kind).map(|body| (body.id(), body)).collect();
        package.read_sheet(kind, sheet, &old);
        package.check_ids(&existing);
        let new: HashSet<String> = package.records.iter().map(|(_, body)| body.id().to_string()).collect();
        let others = existing.into_iter().filter(|body| body.kind() != kind || !new.contains(body.id()));
        // Before the new ones: of two records that cannot both be, the later one is told, and that must be the new one.
        let new = std::mem::take(&mut package.records);
        package.records.extend(others.map(|body| (OLD, body)).chain(new));
        package.check(retired);
        package.records.retain(|(row, _)| *row != OLD);
        package.screen();
        package.faults.retain(|fault| fault.row != OLD && fault.file == file(kind));
        package.faults.iter_mut().for_each(|fault| sheet.locate(fault));
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

    /// New ids have a shape, and no two of a kind look alike. What is there already keeps the id that it has.
    fn check_ids(&mut self, existing: &[Body]) {
        let mut seen: HashMap<(Kind, String), String> = HashMap::new();
        let known = |body: &Body| ((body.kind(), id::twin_key(body.id())), body.id().to_string());
        seen.extend(existing.iter().map(known));
        let there: HashSet<(Kind, &str)> = existing.iter().map(|body| (body.kind(), body.id())).collect();
        let mut faults = Vec::new();
        for (row, body) in self.records.iter().filter(|(_, body)| !there.contains(&(body.kind(), body.id()))) {
            let (key, own) = known(body);
            let twin = seen.get(&key).filter(|other| **other != own);
            let twin = twin.map(|other| Say::new("fault-id-twin").words("other", other));
            if let Some(problem) = id::fault(&own).or(twin) {
                faults.push(fault(*row, body.kind(), "id", &own, problem));
            }
            seen.entry(key).or_insert(own);
        }
        self.faults.extend(faults);
    }

    fn check(&mut self, retired: &dyn Fn(Kind, &str) -> bool) {
        script::check(self);
        rules::check(self, retired);
        analysis::check(self);
        coordination::check(self);
        money::check(self);
        shared::check(self);
        sort(&mut self.faults);
    }

    /// Reads the rows. `old` holds the records that are there: what the table has no column for stays as it is.
    fn read_sheet(&mut self, kind: Kind, sheet: &Sheet, old: &HashMap<&str, &Body>) {
        let columns = column::columns(kind);
        // Every row would only say again what the header lacks.
        if !self.check_header(kind, &columns, sheet, old) {
            return;
        }
        let marks = sheet.marks(&columns);
        let mut seen: HashMap<String, usize> = HashMap::new();
        for SheetRow { number: row, cells } in &sheet.rows {
            let row = *row;
            if cells.len() > sheet.header.len() {
                let beyond = cells[sheet.header.len()..].iter().map(Cell::written).collect::<Vec<_>>().join(",");
                let problem = Say::new("fault-beyond-columns").number("count", sheet.header.len() as f64);
                self.faults.push(fault(row, kind, "", &beyond, problem));
                continue;
            }
            let cells: BTreeMap<&str, &Cell> = sheet.header.iter().map(String::as_str).zip(cells).collect();
            let id = cells.get("id").map(|cell| cell.written()).unwrap_or_default();
            let old = old.get(&*clean::id(&id)).copied();
            match column::read_row(kind, &columns, &Row { cells, marks, old }) {
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

    /// Whether the rows below the header can be read. What is required may be missing where every row is about a record
    /// that is there.
    fn check_header(&mut self, kind: Kind, columns: &[Column], sheet: &Sheet, old: &HashMap<&str, &Body>) -> bool {
        let row = sheet.header_row;
        for (at, name) in sheet.header.iter().enumerate() {
            if !columns.iter().any(|column| column.name == *name) && name != VERSION {
                let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                let problem = Say::new("fault-unknown-column").words("names", names.join(", "));
                self.faults.push(fault(row, kind, name, name, problem));
            }
            if sheet.header[..at].contains(name) {
                self.faults.push(fault(row, kind, name, name, Say::new("fault-column-twice")));
            }
        }
        let id = sheet.header.iter().position(|name| name == "id");
        let is_old = |row: &SheetRow| {
            let cell = id.and_then(|at| row.cells.get(at));
            cell.is_some_and(|cell| old.contains_key(&*clean::id(&cell.written())))
        };
        let all_old = id.is_some() && !sheet.rows.is_empty() && sheet.rows.iter().all(is_old);
        let lacking: Vec<_> = columns.iter().filter(|c| c.required && !sheet.header.contains(&c.name)).collect();
        if all_old || lacking.is_empty() {
            return true;
        }
        for column in &lacking {
            let problem = Say::new("fault-no-column").words("name", &column.name);
            self.faults.push(fault(row, kind, &column.name, "", problem));
        }
        false
    }
}

fn file(kind: Kind) -> String {
    format!("{}.csv", kind.code())
}

/// A fault in a cell of a row. Of a long value the beginning tells which one it is.
fn fault(row: usize, kind: Kind, column: &str, value: &str, problem: Say) -> Fault {
    let (column, value) = (column::beginning(column, 80), column::beginning(value, 80));
    Fault { file: file(kind), row, column, cell: String::new(), value, problem }
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
