//! CSV records with their bytes and lines. A record without quotes, which is nearly every one of a large file, is split
//! where its separators are; one with quotes is given to the CSV library. Refuses to know columns.

use std::io::{BufRead, ErrorKind};
use std::ops::Range;

use csv::{ByteRecord, ReaderBuilder};

/// What a record may take at most. A quotation mark that nobody closes would make one of the rest of the file.
const LARGEST: usize = 1 << 20;

pub(super) struct Lines<R> {
    source: R,
    delimiter: u8,
    /// The text of the present record, without its end of line.
    text: Vec<u8>,
    /// Where its fields lie in `text`.
    fields: Vec<Range<usize>>,
    /// The fields of a record with quotes, unquoted.
    quoted: Option<ByteRecord>,
    has_quotes: bool,
    position: u64,
    line: u64,
    /// The lines that the present record takes.
    taken: u64,
}

impl<R: BufRead> Lines<R> {
    pub fn new(source: R, delimiter: u8) -> Lines<R> {
        let (text, fields) = (Vec::new(), Vec::new());
        Lines { source, delimiter, text, fields, quoted: None, has_quotes: false, position: 0, line: 1, taken: 0 }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The line on which the present record begins.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Goes to the next record that is not empty; false at the end of the file.
    pub fn advance(&mut self) -> std::io::Result<bool> {
        loop {
            self.line += self.taken;
            self.taken = 0;
            self.text.clear();
            if !self.read_line()? {
                return Ok(false);
            }
            // A quoted field may hold ends of lines.
            let mut quotes = self.quotes_from(0);
            self.has_quotes = quotes > 0;
            while quotes % 2 == 1 && self.text.len() <= LARGEST {
                let before = self.text.len();
                if !self.read_line()? {
                    break;
                }
                quotes += self.quotes_from(before);
            }
            if self.text.len() > LARGEST {
                const WHY: &str = "a row is longer than a megabyte; look for a quotation mark that is not closed";
                return Err(std::io::Error::new(ErrorKind::InvalidData, WHY));
            }
            while let Some(b'\n' | b'\r') = self.text.last() {
                self.text.pop();
            }
            if !self.text.is_empty() {
                break;
            }
        }
        self.split()?;
        Ok(true)
    }

    fn quotes_from(&self, at: usize) -> usize {
        memchr::memchr_iter(b'"', &self.text[at..]).count()
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
        self.taken += u64::from(read > 0);
        Ok(read > 0)
    }

    fn split(&mut self) -> std::io::Result<()> {
        self.quoted = None;
        self.fields.clear();
        if self.has_quotes {
            let mut reader = ReaderBuilder::new()
                .delimiter(self.delimiter)
                .flexible(true)
                .has_headers(false)
                .from_reader(self.text.as_slice());
            let mut record = ByteRecord::new();
            reader.read_byte_record(&mut record).map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))?;
            self.quoted = Some(record);
            return Ok(());
        }
        let mut from = 0;
        for at in memchr::memchr_iter(self.delimiter, &self.text) {
            self.fields.push(from..at);
            from = at + 1;
        }
        self.fields.push(from..self.text.len());
        Ok(())
    }

    /// How many fields the record has.
    pub fn len(&self) -> usize {
        self.quoted.as_ref().map_or(self.fields.len(), ByteRecord::len)
    }

    /// A field without space around it; empty where the record is too short.
    pub fn field(&self, n: usize) -> &[u8] {
        let field = match &self.quoted {
            Some(record) => record.get(n),
            None => self.fields.get(n).map(|range| &self.text[range.clone()]),
        };
        field.unwrap_or_default().trim_ascii()
    }

    /// All fields, for the header.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|n| self.field(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &[u8]) -> Vec<(u64, Vec<Vec<u8>>)> {
        let mut lines = Lines::new(text, b',');
        let mut records = Vec::new();
        while lines.advance().unwrap() {
            records.push((lines.line(), lines.iter().map(<[u8]>::to_vec).collect()));
        }
        assert_eq!(lines.position(), text.len() as u64);
        records
    }

    #[test]
    fn lines_are_counted_through_quotes_and_empty_lines() {
        let found = all(b"a,b\r\n\n1,\"x\ny, \"\"z\"\"\"\n2,3");
        let record = |line, fields: [&str; 2]| (line, fields.map(|f| f.as_bytes().to_vec()).to_vec());
        assert_eq!(found, [record(1, ["a", "b"]), record(3, ["1", "x\ny, \"z\""]), record(5, ["2", "3"])]);
    }

    /// Of a national load, one row is refused and not the rest of the file, and it takes no hours.
    #[test]
    fn a_quotation_mark_that_is_not_closed_ends() {
        let text = format!("a,\"b\n{}", "1,2\n".repeat(600_000));
        let mut lines = Lines::new(text.as_bytes(), b',');
        assert_eq!(lines.advance().unwrap_err().kind(), ErrorKind::InvalidData);
        assert!(lines.advance().unwrap());
        assert_eq!(lines.iter().collect::<Vec<_>>(), [b"1", b"2"]);
        let mut lines = Lines::new(std::io::BufReader::new(std::io::repeat(b'x')), b',');
        assert!(lines.advance().is_err());
    }

    proptest! {
        /// What the CSV library reads, this reads; and it stops at no bytes at all.
        #[test]
        fn agrees_with_the_library(rows in proptest::collection::vec(proptest::collection::vec("[a-z\", \n]{0,6}", 1..5), 0..8)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| row.len() > 1 || !row[0].is_empty()).collect();
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
            let mut lines = Lines::new(bytes.as_slice(), b',');
            while lines.advance().unwrap_or(false) {}
        }
    }
}
