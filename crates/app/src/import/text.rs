//! A file as UTF-8 rows that can be read twice at the same time: a CSV file as it is or converted, a workbook written out.
//! Refuses to know what columns mean.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, ErrorKind, Write};
use std::path::Path;

use csv::WriterBuilder;
use romduol_plan::Say;
use romduol_plan::cell::Cell;
use romduol_plan::package::{Fault, Sheet, SheetRow};
use romduol_spreadsheet::{ContentKind, NotText, Separator, Table, Unreadable, Wanted};
use tempfile::NamedTempFile;

use super::lines::{Layout, Start};
use crate::AppError;

/// Only the beginning tells how a text is laid out.
const HEAD: usize = 64 << 10;

pub(super) struct Text {
    pub file: File,
    /// The same file, read elsewhere at the same time.
    pub copy: File,
    pub layout: Layout,
    /// How a number may be read that could mean two, as far as the kind of file tells.
    pub custom: Custom,
    /// Where the header begins.
    pub start: Start,
    /// What is wrong with single rows, by their number.
    pub faults: HashMap<u64, Say>,
    /// What the reader should know of the file, such as rows that are hidden.
    pub notes: Vec<Say>,
}

/// What the kind of a file tells of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Custom {
    /// Commas separate its columns, so that a decimal comma is no custom of its.
    Commas,
    /// Something else does, or it is a workbook, whose texts are in any language.
    Open,
}

impl Text {
    /// `known` says whether a cleaned name is that of a column.
    pub fn open(path: &Path, name: &str, known: &dyn Fn(&str) -> bool) -> Result<Text, AppError> {
        let broken = |error: std::io::Error| AppError::io(path, &error);
        let file = File::open(path).map_err(|error| super::cannot_open(path, &error))?;
        let failed = |error: std::io::Error| said(&error, name).unwrap_or_else(|| broken(error));
        match romduol_spreadsheet::Text::open(&file) {
            Ok(mut text) => {
                let ends = Ends::of(text.fill_buf().map_err(failed)?);
                if text.begins().is_some() && ends == Ends::Lines {
                    let copy = File::open(path).map_err(broken)?;
                    return laid_out(file.try_clone().map_err(broken)?, copy, text, known).map_err(broken);
                }
                let mut whole = NamedTempFile::new().map_err(broken)?;
                converted(text, ends, &mut whole).map_err(failed)?;
                let (file, copy) = twice(&whole).map_err(broken)?;
                let text = romduol_spreadsheet::Text::open(&file).map_err(broken)?;
                laid_out(file.try_clone().map_err(broken)?, copy, text, known).map_err(broken)
            }
            Err(error) => match NotText::of(&error) {
                Some(NotText::Other(ContentKind::Workbook)) => workbook(path, name, known),
                _ => Err(said(&error, name).unwrap_or_else(|| broken(error))),
            },
        }
    }
}

/// How the rows of a text end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Lines,
    /// With a carriage return alone, as old programs write.
    Returns,
}

impl Ends {
    fn of(head: &[u8]) -> Ends {
        if head.contains(&b'\r') && !head.contains(&b'\n') { Ends::Returns } else { Ends::Lines }
    }
}

/// Copies a text as UTF-8 whose rows end as lines.
fn converted(mut text: romduol_spreadsheet::Text<&File>, ends: Ends, to: &mut NamedTempFile) -> std::io::Result<()> {
    loop {
        let chunk = text.fill_buf()?;
        if chunk.is_empty() {
            return to.flush();
        }
        match ends {
            Ends::Lines => to.write_all(chunk)?,
            Ends::Returns => {
                let lines: Vec<u8> = chunk.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect();
                to.write_all(&lines)?;
            }
        }
        let taken = chunk.len();
        text.consume(taken);
    }
}

/// Why a file is no text, if that is what went wrong.
pub(super) fn said(error: &std::io::Error, name: &str) -> Option<AppError> {
    NotText::of(error).map(|why| AppError::Bad(why.say(name)))
}

/// What is said of a row that does not end. It would take in all that stands below it, so nothing of the file is taken.
pub(super) fn endless(error: &std::io::Error, row: u64) -> Option<AppError> {
    let say = || AppError::Bad(Say::new("import-endless-row").words("row", row.to_string()));
    (error.kind() == ErrorKind::InvalidData).then(say)
}

fn twice(file: &NamedTempFile) -> std::io::Result<(File, File)> {
    Ok((file.reopen()?, file.reopen()?))
}

fn laid_out(
    file: File,
    copy: File,
    mut text: romduol_spreadsheet::Text<&File>,
    known: &dyn Fn(&str) -> bool,
) -> std::io::Result<Text> {
    let begins = text.begins().unwrap_or(0);
    let head = String::from_utf8_lossy(text.fill_buf()?).into_owned();
    let found = romduol_spreadsheet::layout(&head[..head.floor_char_boundary(HEAD)], known);
    let notes = found.titled.then(|| Say::new("table-titled").number("row", found.header_row as f64));
    Ok(Text {
        file,
        copy,
        layout: Layout { delimiter: found.separator.byte(), numbered: false },
        custom: if found.separator == Separator::Comma { Custom::Commas } else { Custom::Open },
        start: Start { position: begins + found.header_at as u64, row: found.header_row as u64 - 1 },
        faults: HashMap::new(),
        notes: notes.into_iter().collect(),
    })
}

/// Between the cells of a workbook that is written out: where commas stood, one inside a number would be read as one of
/// thousands, and what was asked about in the workbook no more in the file of what was refused.
const BETWEEN: u8 = b';';

/// The sheet of a workbook, written out as rows behind their numbers.
fn workbook(path: &Path, name: &str, known: &dyn Fn(&str) -> bool) -> Result<Text, AppError> {
    let broken = |error: std::io::Error| AppError::io(path, &error);
    let bytes = std::fs::read(path).map_err(broken)?;
    let wanted = Wanted { names: vec!["returns".into()], knows: known };
    let Table { sheet, notes } =
        romduol_spreadsheet::read(name, &bytes, &wanted).map_err(|why| unreadable(why, name))?;
    let whole = NamedTempFile::new().map_err(broken)?;
    write(&sheet, &whole).map_err(|error| broken(error.into()))?;
    let (file, copy) = twice(&whole).map_err(broken)?;
    let faults = sheet.rows.iter().filter_map(|row| Some((row.number as u64, fault(&sheet, row, name)?))).collect();
    let layout = Layout { delimiter: BETWEEN, numbered: true };
    Ok(Text { file, copy, layout, custom: Custom::Open, start: Start::default(), faults, notes })
}

fn write(sheet: &Sheet, to: &NamedTempFile) -> Result<(), csv::Error> {
    let mut writer = WriterBuilder::new().delimiter(BETWEEN).flexible(true).from_writer(to);
    let mut record =
        |row: usize, cells: Vec<String>| writer.write_record(std::iter::once(row.to_string()).chain(cells));
    record(sheet.header_row, sheet.header.clone())?;
    for row in &sheet.rows {
        record(row.number, row.cells.iter().map(written).collect())?;
    }
    writer.flush()?;
    Ok(())
}

/// A number is written so that nobody takes its decimals for thousands.
fn written(cell: &Cell) -> String {
    match cell {
        Cell::Number(digits) if digits.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3) => {
            format!("{digits}0")
        }
        // Nothing would be an empty cell, which says something else; this is refused again until somebody mends it.
        Cell::Unknown(problem) => match problem.word("value") {
            Some(value) => format!("{NO_VALUE} {value}"),
            None => NO_VALUE.into(),
        },
        other => other.written(),
    }
}

/// What spreadsheets write where they have no value.
const NO_VALUE: &str = "#VALUE!";

/// The first cell of a row that holds no value, with its address, and what to do.
fn fault(sheet: &Sheet, row: &SheetRow, name: &str) -> Option<Say> {
    let problem = |cell: &Cell| if let Cell::Unknown(problem) = cell { Some(problem.clone()) } else { None };
    let (n, problem) = row.cells.iter().enumerate().find_map(|(n, cell)| Some((n, problem(cell)?)))?;
    let letter = sheet.letters.get(n).map(String::as_str).unwrap_or_default();
    Some(
        Fault {
            file: name.into(),
            row: row.number,
            column: sheet.header.get(n).cloned().unwrap_or_default(),
            cell: format!("{letter}{}", row.number),
            value: String::new(),
            problem,
        }
        .say(),
    )
}

fn unreadable(why: Unreadable, name: &str) -> AppError {
    let Unreadable { row, cell, problem } = why;
    let (column, value) = (String::new(), String::new());
    AppError::Bad(Fault { file: name.into(), row, column, cell, value, problem }.say())
}
