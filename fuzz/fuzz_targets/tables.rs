//! Tables as spreadsheets write them: any bytes as a file, and any text as the parts of a workbook. What is read has rows with
//! numbers that a spreadsheet shows; what is not has a sentence.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use romduol_fuzz::told;
use romduol_plan::package::Sheet;
use romduol_spreadsheet::{Unreadable, Wanted, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What leads to the parts that the input is.
const LEADS: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="r1" Type="t/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    ("xl/workbook.xml", r#"<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="r1" Type="t/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2"
        Type="t/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="t/styles" Target="styles.xml"/></Relationships>"#,
    ),
];
const PARTS: [&str; 3] = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"];

fuzz_target!(|bytes: &[u8]| {
    look(bytes, bytes);
    let parts = PARTS.into_iter().zip(bytes.split(|byte| *byte == b'\0'));
    let leads = LEADS.into_iter().map(|(path, part)| (path, part.as_bytes()));
    look(&workbook(leads.chain(parts)), bytes);
});

fn workbook<'a>(parts: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, part) in parts {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(path, stored).expect("memory takes it");
        zip.write_all(part).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

fn look(file: &[u8], input: &[u8]) {
    let wanted = Wanted { names: vec!["a".into()], knows: &|name| matches!(name, "id" | "title" | "value") };
    let input = String::from_utf8_lossy(input);
    match read("file", file, &wanted) {
        Ok(table) => {
            table.notes.iter().for_each(|note| told(note, &input));
            in_order(&table.sheet);
        }
        Err(Unreadable { problem, .. }) => told(&problem, &input),
    }
}

/// Rows as a spreadsheet counts them: after the header, and each after the one before.
fn in_order(sheet: &Sheet) {
    let numbers = sheet.rows.iter().map(|row| row.number);
    assert!(numbers.clone().all(|number| number > sheet.header_row));
    assert!(numbers.clone().zip(numbers.skip(1)).all(|(one, next)| one < next));
}
