//! A sheet of an Excel workbook as rows of text, so that a table comes in as it went out. Refuses to know kinds: the
//! columns are checked where CSV is checked, too.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use romduol_plan::Say;
use romduol_plan::package::Sheet;
use zip::ZipArchive;

/// What a workbook may unpack to, in megabytes, and what its sheet may hold. A table of a plan is far below.
const MEGABYTES: u64 = 64;
const ROWS: usize = 100_000;
const COLUMNS: usize = 500;
const CELLS: usize = 1_000_000;

/// The cells that hold something, by row and column.
type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The sheet of a name, or the first one. What is wrong comes back as a sentence with what to do.
pub fn sheet(bytes: &[u8], name: &str) -> Result<Sheet, Say> {
    within_bounds(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let names = book.sheet_names();
    let asked = names.iter().find(|known| *known == name).or(names.first()).cloned();
    let asked = asked.ok_or_else(|| refused(Say::new("workbook-empty"), "workbook-save"))?;
    let cells = cells(&mut book, &asked)?;
    // A table may stand beside empty columns.
    let first = cells.values().filter_map(|row| row.keys().next()).min().copied().unwrap_or(0);
    let end = cells.values().filter_map(|row| row.keys().next_back()).max().map_or(first, |last| last + 1);
    let width = (end - first) as usize;
    bounded("workbook-columns", width, COLUMNS)?;
    bounded("workbook-cells", width * cells.len(), CELLS)?;
    let whole = |mut row: BTreeMap<u32, String>| (first..end).map(|at| row.remove(&at).unwrap_or_default()).collect();
    let mut rows = cells.into_values().map(whole);
    let mut header: Vec<String> = rows.next().unwrap_or_default();
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
    let rows: Vec<Vec<String>> = rows.map(fits).collect();
    Ok(Sheet { header: header.iter().map(|name| name.trim().to_string()).collect(), rows })
}

fn refused(problem: Say, mend: &'static str) -> Say {
    Say::new("refused-workbook").clause("problem", problem).clause("mend", Say::new(mend))
}

fn unreadable(error: impl std::fmt::Display) -> Say {
    refused(Say::new("workbook-unreadable").words("what", error.to_string()), "workbook-save")
}

fn too_large() -> Say {
    refused(Say::new("workbook-large").number("most", MEGABYTES as f64), "workbook-fewer")
}

fn bounded(key: &'static str, count: usize, most: usize) -> Result<(), Say> {
    match count <= most {
        true => Ok(()),
        false => Err(refused(Say::new(key).number("most", most as f64), "workbook-fewer")),
    }
}

/// Unpacks everything once and counts: the sizes and counts that a workbook gives of itself may be made up, and few bytes
/// can unpack to many.
fn within_bounds(bytes: &[u8]) -> Result<(), Say> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut room = MEGABYTES << 20;
    for at in 0..archive.len() {
        let mut part = Vec::new();
        let entry = archive.by_index(at).map_err(unreadable)?;
        entry.take(room + 1).read_to_end(&mut part).map_err(unreadable)?;
        let size = part.len() as u64;
        if size > room {
            return Err(too_large());
        }
        room -= size;
        // The reader makes room for as many strings as the workbook says it has.
        if strings_promised(&part) > size {
            return Err(unreadable("sharedStrings.xml"));
        }
    }
    Ok(())
}

fn strings_promised(part: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let number = |at: usize| {
        let digits = part[at + NAME.len()..].iter().skip_while(|b| b"=\"' \t\r\n".contains(b));
        digits
            .take_while(|b| b.is_ascii_digit())
            .fold(0u64, |n, b| n.saturating_mul(10).saturating_add((b - b'0').into()))
    };
    memchr::memmem::find_iter(part, NAME).map(number).max().unwrap_or(0)
}

fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Cells, Say> {
    let mut reader = book.worksheet_cells_reader(name).map_err(unreadable)?;
    let (mut cells, mut count, mut letters) = (Cells::new(), 0, 0);
    while let Some(one) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = one.get_position();
        let text = cell(&one.get_value().clone().into());
        if text.is_empty() {
            continue;
        }
        // One long text may be said by every cell.
        (count, letters) = (count + 1, letters + text.len() as u64);
        bounded("workbook-cells", count, CELLS)?;
        if letters > MEGABYTES << 20 {
            return Err(too_large());
        }
        cells.entry(row).or_default().insert(column, text);
        bounded("workbook-rows", cells.len(), ROWS)?;
    }
    Ok(cells)
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

    /// A workbook with these parts in place of the strings and the sheet.
    fn crafted(strings: &str, rows: &str) -> Vec<u8> {
        use std::io::Write;
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let links = |of: &[(&str, &str)]| {
            let link = |(kind, target): &(&str, &str)| {
                format!("<Relationship Id=\"{kind}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
            };
            let all: String = of.iter().map(link).collect();
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
            )
        };
        let inside = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")];
        let book = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>\
             <sheet name=\"t\" sheetId=\"1\" r:id=\"worksheet\"/></sheets></workbook>"
        );
        let parts = [
            ("_rels/.rels", links(&[("officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", links(&inside)),
            ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\" {strings}</sst>")),
            (
                "xl/worksheets/sheet1.xml",
                format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>"),
            ),
        ];
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    const TWO: &str = "uniqueCount=\"2\"><si><t>id</t></si><si><t>A</t></si>";

    #[track_caller]
    fn refusal(bytes: &[u8]) -> String {
        romduol_locale::Locale::of(romduol_plan::Lang::En).tell(&sheet(bytes, "t").unwrap_err())
    }

    #[test]
    fn a_table_may_stand_anywhere() {
        let rows =
            "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c></row><row r=\"9\"><c r=\"B9\" t=\"s\"><v>1</v></c></row>";
        let read = sheet(&crafted(TWO, rows), "t").unwrap();
        assert_eq!((read.header, read.rows), (vec!["id".to_string()], vec![vec!["A".to_string()]]));
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        assert!(refusal(b"PK\x03\x04 and then nothing").starts_with("The workbook is not readable ("));
    }

    /// Few bytes that unpack to many, cells at the far corner, one text in every cell, counts that are made up.
    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_refused() {
        let bomb = crafted(&format!("><si><t>{}</t></si>", "0".repeat((MEGABYTES as usize + 1) << 20)), "");
        assert!(bomb.len() < 200_000, "{}", bomb.len());
        assert!(refusal(&bomb).contains("unpacks to more than 64 megabytes"));
        // The directory says one byte; nobody asks it.
        let mut lying = bomb.clone();
        let at = memchr::memmem::rfind(&lying, b"xl/sharedStrings.xml").unwrap() - 46;
        lying[at + 24..at + 28].copy_from_slice(&1u32.to_le_bytes());
        refusal(&lying);
        let corners =
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
        assert!(refusal(&crafted(TWO, corners)).contains("more than 500 columns"));
        let rows: String = (1..=ROWS + 1).map(|row| format!("<row r=\"{row}\"><c><v>1</v></c></row>")).collect();
        assert!(refusal(&crafted(TWO, &rows)).contains("more than 100,000 rows"));
        let long = format!("><si><t>{}</t></si>", "0".repeat(1 << 20));
        let rows: String = (1..=66).map(|row| format!("<row r=\"{row}\"><c t=\"s\"><v>0</v></c></row>")).collect();
        assert!(refusal(&crafted(&long, &rows)).contains("64 megabytes"));
        assert!(refusal(&crafted("uniqueCount = '99999999999999'>", "")).contains("sharedStrings.xml"));
    }

    proptest::proptest! {
        /// A good workbook, changed anywhere: it is read within its bounds, or refused with a sentence in both languages.
        #[test]
        fn a_damaged_workbook_is_read_or_refused(
            edits in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), 0..=255_u8), 1..6),
            cut in proptest::option::of(proptest::prelude::any::<proptest::sample::Index>()),
        ) {
            let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\"><v>7</v></c></row>";
            let mut bytes = crafted(TWO, rows);
            for (at, value) in edits {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            match sheet(&bytes, "t") {
                Ok(sheet) => assert!(sheet.rows.len() <= ROWS && sheet.header.len() <= COLUMNS),
                Err(say) => {
                    for lang in romduol_plan::Lang::ALL {
                        let text = romduol_locale::Locale::of(lang).tell(&say);
                        assert!(text.len() > 20 && text != say.key, "{text}");
                    }
                }
            }
        }
    }
}
