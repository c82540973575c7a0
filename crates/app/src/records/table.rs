//! The records of a kind as a table to take home, in the columns of the package, so that it can be mended and taken in
//! again. Beside each record stands the entry that last touched it.

use romduol_plan::column::{self, CellType, Column};
use romduol_plan::kinds::Body;
use romduol_plan::package::VERSION;
use romduol_plan::{Kind, State};
use romduol_report::Field;

use super::last_touched;
use crate::AppError;

/// As CSV.
pub fn table<'a>(state: &State, kind: Kind, records: impl IntoIterator<Item = &'a Body>) -> Result<Vec<u8>, AppError> {
    let faulty = |error| AppError::fault(format!("the table could not be written: {error}"));
    romduol_report::csv(&sheet(state, kind, records)).map_err(faulty)
}

/// The same table as a workbook.
pub fn book<'a>(
    state: &State,
    kind: Kind,
    title: &str,
    records: impl IntoIterator<Item = &'a Body>,
    unix: i64,
) -> Result<Vec<u8>, AppError> {
    let faulty = |error| AppError::fault(format!("the workbook could not be written: {error}"));
    romduol_report::xlsx(title, &[sheet(state, kind, records)], unix).map_err(faulty)
}

fn sheet<'a>(state: &State, kind: Kind, records: impl IntoIterator<Item = &'a Body>) -> romduol_report::Sheet {
    let columns = column::columns(kind);
    let mut sheet =
        romduol_report::Sheet { name: kind.code().into(), heads: 1, names: 1, ..romduol_report::Sheet::default() };
    let names = columns.iter().map(|column| column.name.as_str()).chain([VERSION]);
    sheet.rows.push(names.map(Field::text).collect());
    for body in records {
        let cells = column::write_row(&columns, body).into_iter().zip(&columns);
        let version = Field::text(last_touched(state, kind, body.id()).to_string());
        sheet.rows.push(cells.map(|(cell, column)| field(cell, column)).chain([version]).collect());
    }
    sheet
}

fn field(cell: String, column: &Column) -> Field {
    // A spreadsheet would set a year in thousands.
    if column.field == "year" || column.field.ends_with("_year") {
        return if cell.is_empty() { Field::Empty } else { Field::text(cell) };
    }
    let kind = &column.cell;
    if *kind == CellType::Decimal && !cell.is_empty() {
        return Field::Amount { digits: cell, illustrative: false };
    }
    match (kind, cell.parse::<f64>()) {
        (CellType::Number | CellType::Integer, Ok(value)) => {
            // A share of 21.4 is not shown as 21.
            let places = cell.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(6));
            Field::Number { value, decimals: places as u8, illustrative: false }
        }
        _ if cell.is_empty() => Field::Empty,
        _ => Field::text(cell),
    }
}

#[cfg(test)]
mod tests {
    use romduol_plan::cell::Cell;
    use romduol_plan::clean;
    use romduol_plan::number::Marks;
    use romduol_plan::package::Package;

    use super::*;

    /// A measure with this text, as a form would keep it.
    fn gap(summary: &str) -> Option<Body> {
        let cells = ["G1", "gap", summary, "I1", "draft", "test"].map(Cell::from);
        let names = ["id", "kind", "summary", "theme", "khmer", "source"];
        let row = column::Row { cells: names.into_iter().zip(&cells).collect(), marks: Marks::Point, old: None };
        column::read_row(Kind::Gap, &column::columns(Kind::Gap), &row).ok()
    }

    proptest::proptest! {
        /// Whatever is written, the table that goes home brings it back, as CSV and as a workbook.
        #[test]
        fn any_text_comes_back(summary in "'{0,2}[=+@\t\u{a0} ＝-]?(\\PC|[\n\"',;]){0,12}x") {
            let Some(body) = gap(&summary) else { return Ok(()) };
            let bytes = [
                table(&State::default(), Kind::Gap, [&body]).unwrap(),
                book(&State::default(), Kind::Gap, "t", [&body], 1_795_392_000).unwrap(),
            ];
            for bytes in bytes {
                let table = crate::package::table(Kind::Gap, "t.csv", &bytes).unwrap();
                let package = Package::amend([], &|_, _| false, Kind::Gap, &table.sheet);
                proptest::prop_assert_eq!(package.records.first().map(|(_, back)| back), Some(&body), "{:?}", package.faults);
            }
        }

        /// The writer of sheets knows nothing of plans, and guards as they do.
        #[test]
        fn one_guard_everywhere(text in "'{0,2}[=+@\t＝-]?\\PC{0,3}") {
            proptest::prop_assert_eq!(romduol_report::guarded(&text), clean::guarded(&text).into_owned());
        }
    }

    #[test]
    fn a_year_is_no_amount() {
        let columns = column::columns(Kind::Policy);
        let cell = |name: &str| {
            let column = columns.iter().find(|column| column.name == name).unwrap();
            field("2024".into(), column)
        };
        assert!(matches!(cell("start_year"), Field::Text(year) if year == "2024"));
        assert!(matches!(cell("end_year"), Field::Text(_)));
    }
}
