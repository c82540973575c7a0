//! Tables as spreadsheets write them, whatever the file: CSV in any separator and encoding, or a workbook. One reading for
//! records, packages and returns. Refuses to know kinds: which columns are known is the caller's to say.

pub mod content;
mod grid;
pub mod header;
pub mod rows;
pub mod separator;
pub mod text;
mod workbook;

use romduol_plan::Say;
use romduol_plan::number::Marks;
use romduol_plan::package::Sheet;

pub use content::Kind as ContentKind;
pub use separator::{Layout, Separator, layout};
pub use text::{NotText, Text};

/// What a table is wanted for.
pub struct Wanted<'a> {
    /// What a sheet of it may be called, in any language.
    pub names: Vec<String>,
    /// Whether a cleaned name is that of a column.
    pub knows: &'a dyn Fn(&str) -> bool,
}

/// A table that was read, and what its reader should know of it.
#[derive(Debug)]
pub struct Table {
    pub sheet: Sheet,
    /// Hidden rows that were read, titles that were not, other sheets.
    pub notes: Vec<Say>,
}

/// Why a file is not read: a problem with its mend, as in a fault, and the row where it is about one.
#[derive(Debug)]
pub struct Unreadable {
    pub row: usize,
    /// The address of a cell in a workbook; empty where it is about none.
    pub cell: String,
    pub problem: Say,
}

impl Unreadable {
    fn file(problem: Say) -> Unreadable {
        Unreadable { row: 0, cell: String::new(), problem }
    }

    fn row(row: usize, problem: Say) -> Unreadable {
        Unreadable { row, cell: String::new(), problem }
    }
}

/// Only the beginning tells how a text is laid out.
const HEAD: usize = 64 << 10;

/// Reads a file of a name.
pub fn read(name: &str, bytes: &[u8], wanted: &Wanted) -> Result<Table, Unreadable> {
    let mut table = match content::look(bytes, true) {
        Err(content::Kind::Workbook) => workbook::read(bytes, wanted)?,
        Err(other) => return Err(Unreadable::file(other.problem())),
        Ok(_) => comma_separated(bytes, wanted)?,
    };
    table.sheet.file = name.to_string();
    Ok(table)
}

fn comma_separated(bytes: &[u8], wanted: &Wanted) -> Result<Table, Unreadable> {
    let whole = text::whole(bytes).map_err(|why| Unreadable::file(why.problem()))?;
    let head = &whole[..whole.floor_char_boundary(HEAD)];
    let layout = layout(head, wanted.knows);
    let mut all = Vec::new();
    for row in rows::rows(&whole, layout.separator.byte()) {
        match row {
            Ok(row) => all.push(row),
            Err(open) => return Err(Unreadable::row(open.row, Say::new("fault-open-quote"))),
        }
    }
    let mut table = grid::of_texts(all, layout)?;
    // A comma between columns is no comma of decimals.
    table.sheet.marks = if layout.separator == Separator::Comma { Marks::Point } else { Marks::Unsaid };
    Ok(table)
}
