//! Plan packages: files after `=name` lines. What is taken in is written and read the same; each fault names its file, a
//! row that exists, and has a sentence with its mend.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::{Corpus, fuzz_target};
use romduol_fuzz::{sheet, told};
use romduol_plan::cell::Cell;
use romduol_plan::column::{Row, columns, read_row, write_row};
use romduol_plan::number::Marks;
use romduol_plan::package::{Fault, Package, Sheet};
use romduol_plan::{Body, Kind, diff};

fuzz_target!(|text: &str| -> Corpus {
    let Some(sheets) = sheets(text) else { return Corpus::Reject };
    let package = Package::read(&sheets);
    for fault in &package.faults {
        named(fault, &sheets, text);
    }
    for (_, body) in &package.records {
        again(body);
    }
    let Some((kind, sheet)) = sheets.iter().next() else { return Corpus::Keep };
    let there = package.records.iter().map(|(_, body)| body.clone());
    let amended = Package::amend(there, &|_, _| false, *kind, sheet);
    assert!(amended.records.iter().all(|(_, body)| body.kind() == *kind));
    amended.faults.iter().for_each(|fault| named(fault, &sheets, text));
    Corpus::Keep
});

fn sheets(text: &str) -> Option<BTreeMap<Kind, Sheet>> {
    let files = text.split("\n=").filter_map(|file| file.split_once('\n'));
    files.map(|(name, rows)| Some((Kind::parse(name.trim_start_matches('='))?, sheet(rows)?))).collect()
}

fn named(fault: &Fault, sheets: &BTreeMap<Kind, Sheet>, text: &str) {
    let kind = fault.file.strip_suffix(".csv").and_then(Kind::parse).expect("a fault names a file");
    let rows = sheets.get(&kind).map_or(0, |sheet| sheet.rows.len() + 1);
    assert!(fault.row <= rows, "{} has no row {}", fault.file, fault.row);
    told(&fault.say(), text);
    told(&fault.say_in_place(), text);
}

fn again(body: &Body) {
    let columns = columns(body.kind());
    let cells = write_row(&columns, body);
    let cells: Vec<Cell> = cells.into_iter().map(Cell::Text).collect();
    let named = columns.iter().map(|column| column.name.as_str()).zip(&cells).collect();
    let read = read_row(body.kind(), &columns, &Row { cells: named, marks: Marks::Point, old: None });
    assert_eq!(read.as_ref(), Ok(body), "{cells:?}");
    let json = body.to_json();
    assert_eq!(Body::read(body.kind(), json.clone()).as_ref().ok(), Some(body));
    assert!(diff::between(Some(&json), Some(&json)).is_empty());
}
