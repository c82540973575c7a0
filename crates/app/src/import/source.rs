//! A file of returns, opened: its header known, and the rows of each return together. Refuses to know what rows say.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use romduol_plan::number::{Evidence, Marks};
use romduol_plan::{Say, State};

use super::columns::Columns;
use super::lines::{Layout, Lines, Start};
use super::order;
use super::text::{self, Custom, Text};
use super::units::Units;
use crate::AppError;

/// What is known before the rows are read.
pub(super) struct Header {
    pub columns: Columns,
    pub units: Units,
    /// How the numbers are written.
    pub marks: Marks,
    /// What is wrong with single rows, by their number, such as a formula without a value.
    pub faults: HashMap<u64, Say>,
}

pub(super) struct Source {
    pub name: String,
    pub bytes: u64,
    pub layout: Layout,
    pub header: Header,
    /// What the reader should know of the file.
    pub notes: Vec<Say>,
    file: File,
    /// The same file, read elsewhere at the same time.
    copy: File,
    start: Start,
}

impl Source {
    /// Reads the whole file once, quickly: whether it is text, how its rows stand, how its numbers are written.
    pub fn open(state: &State, path: &Path) -> Result<Source, AppError> {
        let name = path.file_name().map(|name| name.to_string_lossy().to_string()).unwrap_or_default();
        let text = Text::open(path, &name, &|name| Columns::knows(state, name))?;
        let broken = |error: std::io::Error| text::said(&error, &name).unwrap_or_else(|| AppError::io(path, &error));
        let mut rows = looked_at(&text).map_err(broken)?;
        let failed = |error, row| text::endless(&error, row).unwrap_or_else(|| broken(error));
        let columns = Columns::read(state, &mut rows);
        let columns = columns.map_err(|error| failed(error, text.start.row + 1))?.map_err(AppError::Bad)?;
        let units = Units::new(state, columns.unit, columns.beside.clone(), columns.period);
        let start = rows.here();
        let mut evidence = Evidence::default();
        let commas = text.layout.delimiter == b',';
        // Where commas separate, a decimal comma stands between quotation marks; elsewhere anywhere.
        let looked = if commas { order::Looked::Quoted } else { order::Looked::All };
        let look = |row: &Lines<_>| note_numbers(row, &columns, &mut evidence);
        let grouped = order::is_grouped(&mut rows, &units, looked, look);
        let row = rows.here().row;
        let grouped = grouped.map_err(|error| failed(error, row))?;
        let marks = marks(text.custom, evidence);
        let bytes = rows.here().position;
        drop(rows);
        let Text { file, copy, layout, faults, notes, .. } = text;
        let header = Header { columns, units, marks, faults };
        let mut source = Source { name, bytes, layout, header, notes, file, copy, start };
        if !grouped {
            source.sort().map_err(|error| AppError::io(path, &error))?;
        }
        Ok(source)
    }

    /// Puts the rows of each return together, in a temporary file that is gone when it is closed.
    fn sort(&mut self) -> std::io::Result<()> {
        let sorted = order::sorted(&mut self.lines()?, &self.header.units, self.layout.delimiter)?;
        (self.file, self.copy) = (sorted.reopen()?, sorted.reopen()?);
        (self.start, self.layout.numbered) = (Start::default(), true);
        self.bytes = self.file.metadata()?.len();
        Ok(())
    }

    /// All rows below the header, from the first one.
    pub fn lines(&self) -> std::io::Result<Lines<BufReader<File>>> {
        lines(&self.file, self.layout, self.start)
    }

    /// The file, to be read elsewhere at the same time.
    pub fn copy(&self) -> std::io::Result<File> {
        self.copy.try_clone()
    }
}

fn lines(file: &File, layout: Layout, start: Start) -> std::io::Result<Lines<BufReader<File>>> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(start.position))?;
    Ok(Lines::new(BufReader::with_capacity(1 << 20, file), layout, start))
}

/// The rows from the header on, each looked at whether it is text.
fn looked_at(text: &Text) -> std::io::Result<Lines<impl BufRead + use<'_>>> {
    let mut from = &text.file;
    from.seek(SeekFrom::Start(0))?;
    let mut rows = romduol_spreadsheet::Text::open(from)?;
    let begins = rows.begins().unwrap_or(0);
    std::io::copy(&mut rows.by_ref().take(text.start.position - begins), &mut std::io::sink())?;
    Ok(Lines::new(rows, text.layout, text.start))
}

fn note_numbers<R: BufRead>(row: &Lines<R>, columns: &Columns, evidence: &mut Evidence) {
    let numbers = [Some(columns.value), columns.base].into_iter().flatten();
    numbers.filter_map(|n| std::str::from_utf8(row.field(n)).ok()).for_each(|text| evidence.note(text));
}

/// Where commas separate, numbers are read as in a form, unless one of them says that a comma starts decimals in this file;
/// elsewhere a decimal comma is read where no number says otherwise. What could mean two numbers is never read.
fn marks(custom: Custom, evidence: Evidence) -> Marks {
    let unsaid = match custom {
        Custom::Commas => Marks::Point,
        Custom::Open => Marks::Unsaid,
    };
    match (custom, evidence.marks(unsaid)) {
        (Custom::Commas, Marks::Point) => Marks::Point,
        (Custom::Open, Marks::Comma) => Marks::Comma,
        (Custom::Commas | Custom::Open, _) => Marks::Unsaid,
    }
}
