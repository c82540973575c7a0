//! However the rows of a file are sorted and whatever it was saved as, the same returns come out of it.

use romduol_plan::Period;
use romduol_plan::kinds::*;
use romduol_report::{Field, Sheet, xlsx};

use crate::import::{Folder, HEADER, folder, rows};

/// Two units and two periods, and what stands between that belongs to nobody.
async fn file() -> (Folder, Vec<String>) {
    let folder = folder().await;
    let state = folder.app.snapshot().state.clone();
    let mut text = String::new();
    for (unit, period, value) in
        [("KH-01", "2026Q1", 3.0), ("KH-01", "2026Q2", 4.0), ("KH-02", "2026Q1", 5.0), ("KH-02", "2026Q2", 6.0)]
    {
        text += &rows(&state, &format!("province-quarter.{unit}"), period, value);
    }
    (folder, text.lines().map(String::from).collect())
}

fn text(lines: &[String]) -> String {
    HEADER.to_string() + &lines.join("\n")
}

fn returns(folder: &Folder) -> Vec<Return> {
    folder.app.snapshot().state.all::<Return>().map(|record| Return::clone(record)).collect()
}

/// By indicator, by period, or not at all.
#[tokio::test]
async fn rows_may_stand_in_any_order() {
    let (whole, lines) = file().await;
    let tally = whole.import(text(&lines), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (4, 0), "{}", whole.rejected());
    let by = |column: usize| {
        let mut sorted = lines.clone();
        sorted.sort_by_key(|line| line.split(',').nth(column).unwrap().to_string());
        sorted
    };
    let mixed: Vec<String> = (0..lines.len()).map(|n| lines[n * 7 % lines.len()].clone()).collect();
    assert!(lines.len() % 7 != 0, "every row comes up once");
    for sorted in [by(3), by(2), by(12), mixed] {
        let folder = folder().await;
        let tally = folder.import(text(&sorted), |_| {}).await;
        assert_eq!((tally.filed, tally.rejected_rows), (4, 0), "{}", folder.rejected());
        assert_eq!(returns(&folder), returns(&whole));
        // And once more.
        assert_eq!(folder.import(text(&lines), |_| {}).await.already, 4);
    }
}

/// A refused row is named by the row in which a spreadsheet shows it, wherever it was moved to.
#[tokio::test]
async fn a_moved_row_keeps_its_number() {
    let (folder, mut lines) = file().await;
    lines.sort_by_key(|line| line.split(',').nth(3).unwrap().to_string());
    lines.insert(3, String::new());
    lines.insert(6, "province-quarter,KH-99,2026Q1,RAR-04,sex.f,age.0-17,,,,,,,1,".into());
    let mut cells: Vec<&str> = lines[9].split(',').collect();
    cells[12] = "\"three\n or four\"";
    lines[9] = cells.join(",");
    lines.push("province-quarter,KH-02,2026Q2,RAR-04,sex.f,age.0-17,,,,,,,x,".into());
    let tally = folder.import(text(&lines), |_| {}).await;
    assert_eq!((tally.rejected_rows, tally.held.len()), (3, 2), "{}", folder.rejected());
    let rejected = folder.rejected();
    for (row, part) in [(8, "KH-99"), (11, "three"), (lines.len() + 1, ",x,")] {
        assert!(rejected.lines().any(|line| line.starts_with(&format!("{row},"))), "{row} {part} in {rejected}");
    }
    let rejects = csv::ReaderBuilder::new().from_reader(rejected.as_bytes()).into_records().count() as u64;
    assert_eq!(rejects, tally.rejected_rows + tally.held_rows);
    assert_eq!(tally.rows, lines.len() as u64 - 1);
}

/// A workbook is the same as the CSV file that it would be saved as.
#[tokio::test]
async fn a_workbook_is_taken_as_well() {
    let (whole, lines) = file().await;
    whole.import(text(&lines), |_| {}).await;
    let table = text(&lines);
    let field = |text: &str| match text.parse::<f64>() {
        Ok(value) => Field::Number { value, decimals: 0, illustrative: false },
        Err(_) if text.is_empty() => Field::Empty,
        Err(_) => Field::text(text),
    };
    let rows: Vec<Vec<Field>> = table.lines().map(|line| line.split(',').map(field).collect()).collect();
    let sheet = Sheet { name: "returns".into(), heads: 1, names: 1, rows };
    let bytes = xlsx("returns", &[sheet], 1_795_392_000).unwrap();
    let folder = folder().await;
    let path = folder.path("returns.xlsx");
    std::fs::write(&path, bytes).unwrap();
    let tally = folder.app.import_returns(&path, &folder.options(), |_| {}).await.unwrap();
    assert_eq!((tally.filed, tally.rejected_rows), (4, 0), "{}", folder.rejected());
    let period: Period = "2026Q2".parse().unwrap();
    let value = |folder: &Folder| {
        let snapshot = folder.app.snapshot();
        let indicator = snapshot.state.find::<Indicator>("RAR-04").unwrap().clone();
        snapshot.view(false).totals.total(&indicator, "KH", period).unwrap().value
    };
    assert_eq!(value(&folder), value(&whole));
    assert_eq!(returns(&folder).len(), 4);
}
