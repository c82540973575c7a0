//! From rows of cells to a table: the header with its names, the rows below it, and what is no part of either. Refuses to
//! know where the rows come from.

use romduol_plan::Say;
use romduol_plan::cell::Cell;
use romduol_plan::clean;
use romduol_plan::package::{Sheet, SheetRow};

use super::rows::Row;
use super::{Layout, Table, Unreadable, header};

pub(super) fn of_texts(rows: Vec<Row>, layout: Layout) -> Result<Table, Unreadable> {
    let cell = |text: String| Cell::Text(clean::bare(&text).to_string());
    let row = |row: Row| SheetRow { number: row.number, cells: row.cells.into_iter().map(cell).collect() };
    let rows = rows.into_iter().filter(|row| row.number >= layout.header_row).map(row).collect();
    let mut table = table(rows)?;
    // A text has rows; whether its columns have letters depends on who opens it.
    table.sheet.letters.clear();
    if layout.titled {
        table.notes.push(Say::new("table-titled").number("row", layout.header_row as f64));
    }
    Ok(table)
}

/// The first row is the header. Empty rows and empty columns without a name are only formatted, not meant.
pub(super) fn table(rows: Vec<SheetRow>) -> Result<Table, Unreadable> {
    let mut rows = rows.into_iter();
    let Some(head) = rows.next().filter(|head| head.cells.iter().any(|cell| !cell.is_empty())) else {
        return Err(Unreadable::file(Say::new("fault-empty-table")));
    };
    let names: Vec<String> = head.cells.iter().map(|cell| header::name(&cell.written())).collect();
    let mut kept: Vec<SheetRow> = rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty())).collect();
    for row in &kept {
        let beyond = row
            .cells
            .iter()
            .enumerate()
            .find(|(at, cell)| !cell.is_empty() && *at < names.len() && names[*at].is_empty());
        if let Some((at, cell)) = beyond {
            let problem = Say::new("fault-column-unnamed").words("column", header::letters(at));
            let value: String = cell.written().chars().take(60).collect();
            return Err(Unreadable::row(row.number, problem.words("value", value)));
        }
    }
    let named: Vec<usize> = (0..names.len()).filter(|at| !names[*at].is_empty()).collect();
    for row in &mut kept {
        let over = row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let beyond: Vec<Cell> = row.cells.get(names.len()..over).map(<[Cell]>::to_vec).unwrap_or_default();
        let cells = named.iter().map(|at| row.cells.get(*at).cloned().unwrap_or_default());
        row.cells = cells.chain(beyond).collect();
    }
    let sheet = Sheet {
        header: named.iter().map(|at| names[*at].clone()).collect(),
        header_row: head.number,
        letters: named.iter().map(|at| header::letters(*at)).collect(),
        rows: kept,
        ..Sheet::default()
    };
    Ok(Table { sheet, notes: Vec::new() })
}
