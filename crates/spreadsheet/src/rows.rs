//! The records of a CSV text with the row in which a spreadsheet shows each: empty lines count, lines inside quotes do not.
//! Refuses to know headers.

use std::io::Cursor;

use csv::{ReaderBuilder, StringRecord};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts.
    pub number: usize,
    /// Where the record begins: in bytes, and in lines.
    pub at: usize,
    pub line: u64,
    pub cells: Vec<String>,
}

/// A quotation mark that nobody closes, and the row in which it was opened. Everything behind it would be one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenQuote {
    pub row: usize,
}

/// A last record of our own. What comes out in one piece with it was never closed.
const END: &str = "\u{1}end\u{1}";

pub fn rows(text: &str, separator: u8) -> impl Iterator<Item = Result<Row, OpenQuote>> {
    let text = format!("{text}\n{END}");
    let source = Cursor::new(text.clone().into_bytes());
    let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(source);
    let (mut number, mut line) = (0, 1);
    std::iter::from_fn(move || {
        let from = reader.position().byte() as usize;
        let mut record = StringRecord::new();
        if !reader.read_record(&mut record).ok()? {
            return None;
        }
        // The library passes by empty lines, and by the second half of an end of line.
        let half = text[..from].ends_with('\r') && text[from..].starts_with('\n');
        let from = from + usize::from(half);
        let at = text.len() - text[from..].trim_start_matches(['\r', '\n']).len();
        let skipped = breaks(&text[from..at]);
        number += skipped + 1;
        let row = Row { number, at, line: line + skipped as u64, cells: record.iter().map(String::from).collect() };
        line = row.line + breaks(&text[at..reader.position().byte() as usize]) as u64;
        match row.cells.last().map(String::as_str) {
            Some(END) if row.cells.len() == 1 => None,
            Some(last) if last.ends_with(END) => Some(Err(OpenQuote { row: number })),
            _ => Some(Ok(row)),
        }
    })
}

fn breaks(text: &str) -> usize {
    text.matches(['\r', '\n']).count() - text.matches("\r\n").count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "a;b\n\n\n1;\"x\ny\"\n2;3\n\n".replace('\n', end);
            let found: Vec<_> =
                rows(&text, b';').map(Result::unwrap).map(|row| (row.number, row.line, row.cells.len())).collect();
            assert_eq!(found, [(1, 1, 2), (4, 4, 2), (5, 6, 2)], "{end:?}");
            assert!(rows(&text, b';').all(|row| text[row.clone().unwrap().at..].starts_with(&row.unwrap().cells[0])));
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_told() {
        let found: Vec<_> = rows("a,b\n1,2\n3,\"x\n4,5\n6,7\n", b',').collect();
        assert_eq!(found[2..], [Err(OpenQuote { row: 3 })]);
        // An inch is no quotation.
        let found: Vec<_> = rows("a,b\n1,12\" screen\n2,3\n", b',').map(Result::unwrap).collect();
        assert_eq!((found.len(), found[1].cells[1].as_str()), (3, "12\" screen"));
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_library(text in "[a,;\"\n\r ]{0,60}") {
            let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(String::from).collect()).collect();
            let ours: Vec<_> = rows(&text, b',').collect();
            if ours.iter().all(Result::is_ok) {
                prop_assert_eq!(ours.into_iter().map(|row| row.unwrap().cells).collect::<Vec<_>>(), theirs);
            } else {
                prop_assert_eq!(ours.len(), theirs.len());
            }
        }
    }
}
