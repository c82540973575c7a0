//! Workbooks as people save them, made by a library and by hand: what a person sees is what is read, and what nobody can
//! know is refused with its address.

use std::io::{Cursor, Write};

use romduol_plan::cell::Shown;
use romduol_plan::{Date, Lang};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;

const NAMES: [&str; 6] = ["id", "node", "year", "likely", "plan_share", "note"];

fn wanted() -> Wanted<'static> {
    Wanted { names: vec!["cost_lines".into(), "Cost lines".into()], knows: &|name| NAMES.contains(&name) }
}

fn told(say: &Say) -> String {
    romduol_locale::Locale::of(Lang::En).tell(say)
}

#[track_caller]
fn table_of(bytes: &[u8]) -> Table {
    read(bytes, &wanted()).unwrap_or_else(|why| panic!("{} {}", why.cell, told(&why.problem)))
}

/// The keys of what is told, and the cells below the header.
#[track_caller]
fn notes(table: &Table) -> Vec<&str> {
    table.notes.iter().map(|note| &*note.key).collect()
}

#[track_caller]
fn refusal(bytes: &[u8]) -> (String, String) {
    let why = read(bytes, &wanted()).unwrap_err();
    (why.cell, why.problem.key.to_string())
}

fn text(text: &str) -> Cell {
    Cell::from(text)
}

/// A workbook with a header in its first row, and whatever is put below.
fn made(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (at, name) in (0..).zip(NAMES) {
        page.write_string(0, at, name).unwrap();
    }
    fill(page);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_cell_is_what_is_seen() {
    let bytes = made(|page| {
        page.write_number_with_format(1, 4, 0.45, &Format::new().set_num_format("0%")).unwrap();
        page.write_number_with_format(1, 3, 0.07, &Format::new().set_num_format("0.00 %")).unwrap();
        page.write_number_with_format(2, 4, 45, &Format::new().set_num_format("0\" %\"")).unwrap();
        let day = ExcelDateTime::from_ymd(2026, 11, 30).unwrap();
        page.write_datetime_with_format(2, 3, &day, &Format::new().set_num_format("d/m/yyyy")).unwrap();
        page.write_datetime_with_format(3, 3, &day, &Format::new().set_num_format("mmm-yy")).unwrap();
        page.write_number_with_format(3, 4, 0.354_166_666_666, &Format::new().set_num_format("hh:mm")).unwrap();
        page.write_boolean(3, 5, false).unwrap();
        page.write_number(4, 3, 0.1 + 0.2).unwrap();
        page.write_string(4, 0, "'=1+1").unwrap();
        page.write_string(4, 5, "'quoted").unwrap();
    });
    let rows = table_of(&bytes).sheet.rows;
    let cell = |row: usize, column: usize| rows[row].cells[column].clone();
    assert_eq!((cell(0, 4), cell(0, 3)), (Cell::Percent("45".into()), Cell::Percent("7".into())));
    assert_eq!(cell(1, 4), Cell::Number("45".into()));
    let day = Date { year: 2026, month: 11, day: 30 };
    assert_eq!((cell(1, 3), cell(2, 3)), (Cell::Day(day, Shown::Day), Cell::Day(day, Shown::Month)));
    assert_eq!((cell(2, 4), cell(2, 5)), (text("08:30"), Cell::Boolean(false)));
    assert_eq!(cell(3, 3), Cell::Number("0.3".into()));
    assert_eq!((cell(3, 0), cell(3, 5)), (text("=1+1"), text("'quoted")));
}

#[test]
fn what_nobody_has_computed_is_unknown() {
    let bytes = made(|page| {
        page.write_formula(1, 4, "=40+5").unwrap();
    });
    assert_eq!(table_of(&bytes).sheet.rows[0].cells[4], Cell::Unknown(Say::new("fault-formula")));
    let cells = |cell: &str| {
        let sheet = crafted(
            "",
            &format!("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c></row><row r=\"2\">{cell}</row>"),
        );
        table_of(&sheet).sheet.rows.first().map(|row| row.cells[0].clone())
    };
    let formula = Some(Cell::Unknown(Say::new("fault-formula")));
    assert_eq!(cells("<c r=\"A2\"><f>40+5</f><v></v></c>"), formula);
    assert_eq!(cells("<c r=\"A2\"><f>40+5</f></c>"), formula);
    assert_eq!(cells("<c r=\"A2\" t=\"str\"><f>A9</f></c>"), formula);
    assert_eq!(cells("<c r=\"A2\"><f>40+5</f><v>45</v></c>"), Some(Cell::Number("45".into())));
    // An empty text is a result.
    assert_eq!(cells("<c r=\"A2\" t=\"str\"><f>\"\"</f><v></v></c>"), None);
    assert_eq!(cells("<c r=\"A2\" t=\"e\"><v>#N/A</v></c>"), Some(text("#N/A")));
    assert_eq!(cells("<c r=\"A2\" t=\"e\"><v>#NEW!</v></c>"), Some(Cell::Unknown(Say::new("fault-error-cell"))));
}

#[test]
fn rows_have_the_numbers_of_the_sheet() {
    let bytes = made(|page| {
        page.write_string(1, 0, "A").unwrap();
        page.write_string(4, 0, "B").unwrap();
    });
    let sheet = table_of(&bytes).sheet;
    assert_eq!(sheet.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 5]);
    assert_eq!((sheet.header_row, sheet.letters[3].as_str()), (1, "D"));
}

#[test]
fn a_table_may_stand_below_a_title_and_beside_an_empty_column() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.merge_range(0, 1, 0, 4, "Cost lines 2027 as agreed", &Format::new()).unwrap();
    for (at, name) in (1..).zip(["ID", " Node ", "Year\u{a0}"]) {
        page.write_string(2, at, name).unwrap();
    }
    page.write_string(3, 1, "A").unwrap();
    let table = table_of(&book.save_to_buffer().unwrap());
    assert_eq!(table.sheet.header, ["id", "node", "year"]);
    assert_eq!((table.sheet.letters[0].as_str(), table.sheet.rows[0].number), ("B", 4));
    assert_eq!(notes(&table), ["table-titled"]);
}

#[test]
fn merged_cells_are_filled_where_they_can_mean_one_thing() {
    let merged = |column: u16, value: &str| {
        made(|page| {
            page.write_string(1, 0, "A").unwrap();
            page.write_string(2, 0, "B").unwrap();
            match value.parse::<f64>() {
                Ok(number) => {
                    page.merge_range(1, column, 2, column, "", &Format::new()).unwrap();
                    page.write_number(1, column, number).unwrap();
                }
                Err(_) => {
                    page.merge_range(1, column, 2, column, value, &Format::new()).unwrap();
                }
            }
        })
    };
    let table = table_of(&merged(1, "A1.01"));
    assert_eq!(table.sheet.rows[1].cells[1], text("A1.01"));
    assert_eq!(told(&table.notes[0]), "The cells B2:B3 are merged; their value was taken for each row.");
    assert_eq!(table_of(&merged(2, "2027")).sheet.rows[1].cells[2], Cell::Number("2027".into()));
    // An amount over two rows may be that of both together.
    assert_eq!(refusal(&merged(3, "1000")), ("D2".into(), "fault-merged-number".into()));
    let wide = made(|page| {
        page.merge_range(1, 0, 1, 2, "A", &Format::new()).unwrap();
    });
    assert_eq!(refusal(&wide), ("A2".into(), "fault-merged-columns".into()));
    let head = made(|page| {
        page.merge_range(0, 5, 1, 5, "note", &Format::new()).unwrap();
    });
    assert_eq!(refusal(&head), ("F1".into(), "fault-merged-header".into()));
}

#[test]
fn what_is_hidden_is_told() {
    let bytes = made(|page| {
        page.write_string(1, 0, "A").unwrap();
        page.write_string(2, 0, "B").unwrap();
        page.set_row_hidden(2).unwrap();
        page.set_column_hidden(5).unwrap();
    });
    let table = table_of(&bytes);
    assert_eq!(table.sheet.rows.len(), 2);
    let told: Vec<String> = table.notes.iter().map(told).collect();
    assert_eq!(told, ["1 hidden row was read, too: 3.", "1 hidden column was read, too: F."]);
}

#[test]
fn the_sheet_is_the_one_of_the_kind() {
    let book = |sheets: &[(&str, &[&str], bool)]| {
        let mut book = Workbook::new();
        for (name, header, hidden) in sheets {
            let page = book.add_worksheet();
            page.set_name(*name).unwrap().set_hidden(*hidden);
            for (at, name) in (0..).zip(*header) {
                page.write_string(0, at, *name).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    };
    let own = ["id", "node"].as_slice();
    let other = ["name", "value", "remark"].as_slice();
    for name in ["cost_lines", "Cost Lines", "COST LINES"] {
        let table = table_of(&book(&[("Notes", other, false), ("Old", own, false), (name, own, false)]));
        assert_eq!((table.sheet.header.len(), notes(&table)), (2, vec!["table-other-sheets"]));
    }
    // By its header, wherever it stands; a hidden one only where there is no other.
    assert_eq!(table_of(&book(&[("Notes", other, false), ("Sheet2", own, false)])).sheet.header, own);
    assert_eq!(table_of(&book(&[("Sheet1", own, false), ("Old", own, true)])).sheet.header, own);
    let hidden = table_of(&book(&[("Notes", other, false), ("Old", own, true)]));
    assert_eq!(notes(&hidden), ["table-hidden-sheet", "table-other-sheets"]);
    assert_eq!(refusal(&book(&[("Sheet1", own, false), ("Sheet2", own, false)])).1, "fault-which-sheet");
    assert_eq!(refusal(&book(&[("Sheet1", &[], false)])).1, "fault-empty-table");
}

/// A workbook with these parts in place of the strings and the rows.
fn crafted(strings: &str, rows: &str) -> Vec<u8> {
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
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\">{strings}</sst>")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const TWO: &str = "<si><t>id</t></si><si><r><t>A &amp; </t></r><r><t>B&#x17A0;</t></r><rPh><t>x</t></rPh></si>";

#[test]
fn shared_texts_may_be_in_pieces() {
    let rows = "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c></row><row r=\"9\"><c r=\"B9\" t=\"s\"><v>1</v></c></row>";
    let sheet = table_of(&crafted(TWO, rows)).sheet;
    assert_eq!((sheet.header, sheet.rows[0].cells.clone()), (vec!["id".to_string()], vec![text("A & Bហ")]));
    // A text that is not there, and one whose number is none.
    for wrong in ["7", "x"] {
        let rows = rows.replace("<v>1</v>", &format!("<v>{wrong}</v>"));
        assert_eq!(refusal(&crafted(TWO, &rows)).1, "fault-workbook-damaged");
    }
}

#[test]
fn what_is_no_workbook_is_refused() {
    assert_eq!(refusal(b"PK\x03\x04 and then nothing").1, "fault-workbook-damaged");
}

/// Few bytes that unpack to many, cells at the far corner, one text in every cell.
#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let megabytes = parts::MEGABYTES as usize;
    let bomb = crafted(&format!("<si><t>{}</t></si>", "0".repeat((megabytes + 1) << 20)), "");
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert_eq!(refusal(&bomb).1, "fault-workbook-megabytes");
    // The directory says one byte; nobody asks it.
    let mut lying = bomb.clone();
    let at = memchr::memmem::rfind(&lying, b"xl/sharedStrings.xml").unwrap() - 46;
    lying[at + 24..at + 28].copy_from_slice(&1u32.to_le_bytes());
    refusal(&lying);
    let corners =
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(refusal(&crafted(TWO, corners)).1, "fault-workbook-columns");
    let rows: String = (1..=cells::ROWS + 1).map(|row| format!("<row r=\"{row}\"><c><v>1</v></c></row>")).collect();
    assert_eq!(refusal(&crafted(TWO, &rows)).1, "fault-workbook-rows");
    let long = format!("<si><t>{}</t></si>", "0".repeat(1 << 20));
    let rows: String = (1..=66).map(|row| format!("<row r=\"{row}\"><c t=\"s\"><v>0</v></c></row>")).collect();
    assert_eq!(refusal(&crafted(&long, &rows)).1, "fault-workbook-megabytes");
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
        match super::super::read("t.xlsx", &bytes, &wanted()) {
            Ok(table) => assert!(table.sheet.rows.len() <= cells::ROWS),
            Err(why) => {
                let mend = Say { key: format!("{}-mend", why.problem.key).into(), parts: why.problem.parts.clone() };
                for lang in Lang::ALL {
                    for say in [&why.problem, &mend] {
                        let text = romduol_locale::Locale::of(lang).tell(say);
                        assert!(text.len() > 10 && text != say.key, "{text}");
                    }
                }
            }
        }
    }

    /// The parts themselves, changed anywhere behind the packing.
    #[test]
    fn damaged_parts_are_read_or_refused(
        edits in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), "[<>/\"a-z0-9 &;]"), 1..6),
    ) {
        let mut rows = "<row r=\"1\"><c r=\"A1\" t=\"s\" s=\"1\"><f>1</f><v>0</v></c></row><row r=\"2\" hidden=\"1\"><c r=\"A2\"><v>7</v></c></row>".to_string();
        for (at, value) in edits {
            let at = at.index(rows.len());
            rows.replace_range(at..at + 1, &value);
        }
        let _ = read(&crafted(TWO, &rows), &wanted());
    }
}
