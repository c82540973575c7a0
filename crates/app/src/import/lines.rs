//! CSV records with their bytes and rows, as a spreadsheet counts them. A record without quotes, which is nearly every one
//! of a large file, is split where its separators are; one with quotes is given to the CSV library. Refuses to know columns.

use std::io::{BufRead, ErrorKind};
use std::ops::Range;

use csv::{ByteRecord, ReaderBuilder};

/// What a record may take at most. A quotation mark that nobody closes would make one of the rest of the file.
const LARGEST: usize = 1 << 20;

/// How a file of records is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    pub delimiter: u8,
    /// Each record begins with the row that it had in the file it was taken from: the records were put in order.
    pub numbered: bool,
}

/// Where in a file reading begins: at which byte, and how many rows are before it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Start {
    pub position: u64,
    pub row: u64,
}

pub(super) struct Lines<R> {
    source: R,
    layout: Layout,
    /// The text of the present record, without its end of line.
    text: Vec<u8>,
    /// Where its fields lie in `text`.
    fields: Vec<Range<usize>>,
    /// The fields of a record with quotes, unquoted.
    quoted: Option<ByteRecord>,
    has_quotes: bool,
    stopped: bool,
    position: u64,
    /// How many rows have been read, the present one among them. A spreadsheet counts empty rows, and a record with ends of
    /// lines in it as one.
    row: u64,
    /// The first field that is not ours, and the byte of the text at which it begins.
    first: usize,
    begin: usize,
}

/// Where in a field a text ends. A quotation mark opens a field only at its beginning: `a 5" pipe` is as it stands.
#[derive(Clone, Copy, PartialEq)]
enum Field {
    Start,
    Plain,
    Quoted,
    /// Behind a mark that closes the field, or is the first of two that mean one.
    Closed,
}

impl Field {
    fn after(self, text: &[u8], delimiter: u8) -> Field {
        text.iter().fold(self, |field, byte| match (field, byte) {
            (Field::Quoted, b'"') => Field::Closed,
            (Field::Quoted, _) | (Field::Start | Field::Closed, b'"') => Field::Quoted,
            (_, byte) if *byte == delimiter => Field::Start,
            _ => Field::Plain,
        })
    }
}

impl<R: BufRead> Lines<R> {
    /// Reads on from `start`, where `source` stands already.
    pub fn new(source: R, layout: Layout, start: Start) -> Lines<R> {
        let Start { position, row } = start;
        let (text, fields, first) = (Vec::new(), Vec::new(), usize::from(layout.numbered));
        Lines {
            source,
            layout,
            text,
            fields,
            quoted: None,
            has_quotes: false,
            stopped: false,
            position,
            row,
            first,
            begin: 0,
        }
    }

    /// Where the next record begins.
    pub fn here(&self) -> Start {
        Start { position: self.position, row: self.row }
    }

    /// No more can be read of the file.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// The row of the present record.
    pub fn row(&self) -> u64 {
        if self.layout.numbered {
            let digits = self.text.iter().take_while(|byte| byte.is_ascii_digit());
            return digits.fold(0, |row, digit| row * 10 + u64::from(digit - b'0'));
        }
        self.row
    }

    /// The text of the present record as it stood in the file, without its end of line.
    pub fn raw(&self) -> &[u8] {
        &self.text[self.begin..]
    }

    pub fn delimiter(&self) -> u8 {
        self.layout.delimiter
    }

    pub fn has_quotes(&self) -> bool {
        self.has_quotes
    }

    /// Goes to the next record that is not empty and splits it; false at the end of the file.
    pub fn advance(&mut self) -> std::io::Result<bool> {
        Ok(self.next_record()? && self.split().map(|()| true)?)
    }

    /// Goes to the next record that is not empty, without splitting it.
    pub fn next_record(&mut self) -> std::io::Result<bool> {
        loop {
            self.text.clear();
            if self.stopped || !self.read_line()? {
                return Ok(false);
            }
            self.row += 1;
            // A quoted field may hold ends of lines.
            self.has_quotes = memchr::memchr(b'"', &self.text).is_some();
            let mut field =
                if self.has_quotes { Field::Start.after(&self.text, self.layout.delimiter) } else { Field::Start };
            while field == Field::Quoted && self.text.len() <= LARGEST {
                let before = self.text.len();
                if !self.read_line()? {
                    break;
                }
                field = field.after(&self.text[before..], self.layout.delimiter);
            }
            if field == Field::Quoted || self.text.len() > LARGEST {
                const WHY: &str = "a row does not end; look for a quotation mark that is not closed";
                return Err(std::io::Error::new(ErrorKind::InvalidData, WHY));
            }
            while let Some(b'\n' | b'\r') = self.text.last() {
                self.text.pop();
            }
            if self.layout.numbered {
                self.begin = memchr::memchr(self.layout.delimiter, &self.text).map_or(0, |at| at + 1);
            }
            if !self.is_blank() {
                return Ok(true);
            }
        }
    }

    /// Nothing but separators: a spreadsheet writes them for rows that once held something.
    fn is_blank(&self) -> bool {
        let nothing = |byte: &u8| *byte == self.layout.delimiter || byte.is_ascii_whitespace();
        self.raw().iter().all(nothing)
    }

    /// As `BufRead::read_until`, which looks at each byte in turn. Of a line without end only the beginning.
    fn read_line(&mut self) -> std::io::Result<bool> {
        let before = self.text.len();
        loop {
            let buffer = self.source.fill_buf()?;
            let end = memchr::memchr(b'\n', buffer).map_or(buffer.len(), |at| at + 1);
            self.text.extend_from_slice(&buffer[..end]);
            let done = end == 0 || buffer[end - 1] == b'\n' || self.text.len() > LARGEST;
            self.source.consume(end);
            if done {
                break;
            }
        }
        let read = self.text.len() - before;
        self.position += read as u64;
        Ok(read > 0)
    }

    /// Finds the fields of the present record.
    pub fn split(&mut self) -> std::io::Result<()> {
        self.quoted = None;
        self.fields.clear();
        if self.has_quotes {
            let mut reader = ReaderBuilder::new()
                .delimiter(self.layout.delimiter)
                .flexible(true)
                .has_headers(false)
                .from_reader(self.text.as_slice());
            let mut record = ByteRecord::new();
            reader.read_byte_record(&mut record).map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))?;
            self.quoted = Some(record);
            return Ok(());
        }
        let mut from = 0;
        for at in memchr::memchr_iter(self.layout.delimiter, &self.text) {
            self.fields.push(from..at);
            from = at + 1;
        }
        self.fields.push(from..self.text.len());
        Ok(())
    }

    /// How many fields the record has.
    pub fn len(&self) -> usize {
        self.quoted.as_ref().map_or(self.fields.len(), ByteRecord::len) - self.first
    }

    /// How many bytes of the raw text the first fields take, with the separator behind them; none where quotes hide it.
    pub fn prefix(&self, fields: usize) -> Option<usize> {
        let last = self.fields.get(fields + self.first - 1).filter(|_| !self.has_quotes)?;
        Some((last.end + 1).min(self.text.len()) - self.begin)
    }

    /// A field without space around it; empty where the record is too short.
    pub fn field(&self, n: usize) -> &[u8] {
        let field = match &self.quoted {
            Some(record) => record.get(n + self.first),
            None => self.fields.get(n + self.first).map(|range| &self.text[range.clone()]),
        };
        field.unwrap_or_default().trim_ascii()
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|n| self.field(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMAS: Layout = Layout { delimiter: b',', numbered: false };

    fn of(text: &[u8]) -> Lines<&[u8]> {
        Lines::new(text, COMMAS, Start::default())
    }

    fn all(text: &[u8]) -> Vec<(u64, Vec<Vec<u8>>)> {
        let mut lines = of(text);
        let mut records = Vec::new();
        while lines.advance().unwrap() {
            records.push((lines.row(), lines.iter().map(<[u8]>::to_vec).collect()));
        }
        assert_eq!(lines.here().position, text.len() as u64);
        records
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let found = all(b"a,b\r\n\n1,\"x\ny, \"\"z\"\"\"\n , \r\n2,3");
        let record = |row, fields: [&str; 2]| (row, fields.map(|f| f.as_bytes().to_vec()).to_vec());
        assert_eq!(found, [record(1, ["a", "b"]), record(3, ["1", "x\ny, \"z\""]), record(5, ["2", "3"])]);
    }

    #[test]
    fn a_mark_within_a_field_is_a_letter() {
        let found = all(b"a,5\" pipe\nb,\"c\"\n\"d\"e,f\n");
        let fields: Vec<Vec<String>> = found
            .into_iter()
            .map(|(_, row)| row.into_iter().map(|f| String::from_utf8(f).unwrap()).collect())
            .collect();
        assert_eq!(fields, [["a", "5\" pipe"], ["b", "c"], ["de", "f"]]);
    }

    #[test]
    fn a_row_that_was_moved_knows_where_it_stood() {
        let layout = Layout { delimiter: b';', numbered: true };
        let mut lines = Lines::new(&b"7;a;b\n40;\"c;d\";e"[..], layout, Start::default());
        let mut found = Vec::new();
        while lines.advance().unwrap() {
            let fields = lines.iter().map(|field| String::from_utf8(field.to_vec()).unwrap());
            found.push((lines.row(), lines.len(), fields.collect::<Vec<_>>().join("|")));
        }
        assert_eq!(found, [(7, 2, "a|b".to_string()), (40, 2, "c;d|e".to_string())]);
    }

    /// What stands behind it is no part of its cell, and to find that out takes no hours.
    #[test]
    fn a_quotation_mark_that_is_not_closed_is_told() {
        let mut lines = of(b"a,b\n1,\"2\n3,4\n");
        assert!(lines.advance().unwrap());
        assert_eq!((lines.advance().unwrap_err().kind(), lines.row()), (ErrorKind::InvalidData, 2));
        let text = format!("a,\"b\n{}", "1,2\n".repeat(600_000));
        let mut lines = of(text.as_bytes());
        assert_eq!(lines.advance().unwrap_err().kind(), ErrorKind::InvalidData);
        assert!(lines.advance().unwrap());
        assert_eq!(lines.iter().collect::<Vec<_>>(), [b"1", b"2"]);
        let mut lines = Lines::new(std::io::BufReader::new(std::io::repeat(b'x')), COMMAS, Start::default());
        assert!(lines.advance().is_err());
    }

    proptest! {
        /// What the CSV library reads, this reads; and it stops at no bytes at all.
        #[test]
        fn agrees_with_the_library(rows in proptest::collection::vec(proptest::collection::vec("[a-z\", \n]{0,6}", 1..5), 0..8)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| row.iter().any(|field| field.contains(|c| c != ' '))).collect();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let found: Vec<Vec<String>> = all(&writer.into_inner().unwrap()).into_iter()
                .map(|(_, row)| row.into_iter().map(|f| String::from_utf8(f).unwrap()).collect()).collect();
            let trimmed: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(|f| f.trim_matches([' ', '\n']).to_string()).collect()).collect();
            prop_assert_eq!(found, trimmed);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut lines = of(bytes.as_slice());
            while lines.advance().unwrap_or(false) {}
        }
    }
}
