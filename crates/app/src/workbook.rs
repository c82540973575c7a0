//! A sheet of an Excel workbook as rows of text, so that a table comes in as it went out. Refuses to know kinds: the
//! columns are checked where CSV is checked, too.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use romduol_plan::package::Sheet;

/// What is wrong, and what to do.
pub struct Unreadable(pub String, pub &'static str);

/// What a workbook may unpack to. A table of a plan is far below.
const LARGEST: u64 = 200 << 20;

pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The sheet of a name, or the first one.
pub fn sheet(bytes: &[u8], name: &str) -> Result<Sheet, Unreadable> {
    let mend = "save it from the spreadsheet as XLSX or as CSV UTF-8";
    if unpacked(bytes) > LARGEST {
        return Err(Unreadable("is larger than a table can be".into(), "take in fewer rows at once"));
    }
    let unreadable = |error: calamine::XlsxError| Unreadable(format!("is not readable as a workbook: {error}"), mend);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let names = book.sheet_names();
    let asked = names.iter().find(|known| *known == name).or(names.first()).cloned();
    let asked = asked.ok_or_else(|| Unreadable("holds no sheet".into(), mend))?;
    let range = book.worksheet_range(&asked).map_err(unreadable)?;
    let mut rows = range.rows().map(|row| row.iter().map(cell).collect::<Vec<String>>());
    let mut header = rows.next().unwrap_or_default();
    // Empty columns at the end are only formatted, not meant.
    while header.last().is_some_and(|name| name.trim().is_empty()) {
        header.pop();
    }
    let fits = |mut row: Vec<String>| {
        while row.len() > header.len() && row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        row
    };
    let rows: Vec<Vec<String>> = rows.map(fits).filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
    Ok(Sheet { header: header.iter().map(|name| name.trim().to_string()).collect(), rows })
}

/// A cell as it would stand in CSV.
fn cell(data: &Data) -> String {
    match data {
        Data::String(text) => text.strip_prefix('\'').unwrap_or(text).to_string(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => digits(*number),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTime(moment) => digits(moment.as_f64()),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.get(..10).unwrap_or(text).to_string(),
        // It would be a value if it could be computed: the check says that it is not one.
        Data::Error(error) => format!("{error}"),
        Data::Empty => String::new(),
    }
}

/// The fifteen digits a spreadsheet keeps, so that a computed 0.1 + 0.2 is the 0.3 that is seen. An amount with two
/// decimals below ten trillion has no more, so it comes through as it was typed.
fn digits(number: f64) -> String {
    let kept: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{kept}")
}

/// The size that the workbook's own directory gives for everything in it.
fn unpacked(bytes: &[u8]) -> u64 {
    let entries = bytes.windows(28).filter(|window| window.starts_with(b"PK\x01\x02"));
    entries.map(|entry| u64::from(u32::from_le_bytes([entry[24], entry[25], entry[26], entry[27]]))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use romduol_report::{Field, xlsx};

    #[test]
    fn a_table_comes_in_as_it_went_out() {
        let amount = |digits: &str| Field::Amount { digits: digits.into(), illustrative: false };
        let rows = vec![
            vec![Field::text("id"), Field::text("amount"), Field::text("note")],
            vec![Field::text("A"), amount("9999999999999.99"), Field::text("ស្ត្រី")],
            vec![Field::text("B"), amount("0.1"), Field::Empty],
            vec![Field::Empty, Field::Empty, Field::Empty],
        ];
        let out = romduol_report::Sheet { name: "cost_lines".into(), heads: 1, names: 1, rows };
        let bytes = xlsx("t", &[out], 1_795_392_000).unwrap();
        assert!(is_workbook(&bytes));
        let back = sheet(&bytes, "cost_lines").ok().unwrap();
        assert_eq!(back.header, ["id", "amount", "note"]);
        assert_eq!(back.rows, [vec!["A", "9999999999999.99", "ស្ត្រី"], vec!["B", "0.1", ""]]);
        assert_eq!(digits(0.1 + 0.2), "0.3");
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        assert!(sheet(b"PK\x03\x04 and then nothing", "x").is_err());
        let mut bomb = b"PK\x03\x04PK\x01\x02".to_vec();
        bomb.extend([0; 20]);
        bomb.extend(u32::MAX.to_le_bytes());
        assert!(matches!(sheet(&bomb, "x"), Err(Unreadable(problem, _)) if problem.contains("larger")));
    }
}
