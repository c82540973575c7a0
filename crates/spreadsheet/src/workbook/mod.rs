//! A sheet of an Excel workbook as a table, as a person sees it: percentages, dates, merged cells, what is hidden. Refuses
//! to know kinds, and a value that nobody has computed. Why not a library: `docs/adr/0025-a-cell-is-what-is-seen.md`.

mod cells;
mod merged;
mod parts;
mod styles;

use std::collections::BTreeMap;

use romduol_plan::Say;
use romduol_plan::cell::Cell;
use romduol_plan::clean;
use romduol_plan::package::SheetRow;

use self::cells::{Cells, Shared};
use self::parts::{Node, Parts};
use super::separator::TITLES;
use super::{Table, Unreadable, Wanted, grid, header};

/// Why a workbook is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Damaged,
    /// Saved in the binary form, whose parts are no text.
    Binary,
    TooMuch(Limit),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Megabytes,
    Rows,
    Columns,
    Cells,
}

impl From<Refusal> for Unreadable {
    fn from(refusal: Refusal) -> Unreadable {
        let (key, most) = match refusal {
            Refusal::Damaged => return Unreadable::file(Say::new("fault-workbook-damaged")),
            Refusal::Binary => return Unreadable::file(Say::new("fault-old-workbook")),
            Refusal::TooMuch(Limit::Megabytes) => ("fault-workbook-megabytes", parts::MEGABYTES as f64),
            Refusal::TooMuch(Limit::Rows) => ("fault-workbook-rows", cells::ROWS as f64),
            Refusal::TooMuch(Limit::Columns) => ("fault-workbook-columns", f64::from(cells::COLUMNS)),
            Refusal::TooMuch(Limit::Cells) => ("fault-workbook-cells", cells::CELLS as f64),
        };
        Unreadable::file(Say::new(key).number("most", most))
    }
}

/// A sheet as the book lists it.
struct Listed {
    name: String,
    hidden: bool,
    path: String,
}

/// A sheet that was read, and where its header stands.
struct Found {
    listed: Listed,
    cells: Cells,
    header: Option<u32>,
    /// How many known names the header has.
    known: usize,
}

pub fn read(bytes: &[u8], wanted: &Wanted) -> Result<Table, Unreadable> {
    let parts = Parts::unpack(bytes)?;
    let (listed, shared) = open(&parts)?;
    let mut found = Vec::new();
    for one in listed {
        let cells = cells::cells(parts.part(&one.path)?, &shared)?;
        let (header, known) = header_of(&cells, wanted);
        found.push(Found { listed: one, cells, header, known });
    }
    let others: Vec<String> =
        found.iter().filter(|one| !one.cells.rows.is_empty()).map(|one| one.listed.name.clone()).collect();
    let chosen = choose(found, wanted)?;
    let others: Vec<String> = others.into_iter().filter(|name| *name != chosen.listed.name).collect();
    table(chosen, &others)
}

/// The sheets in their order, and what their cells share.
fn open(parts: &Parts) -> Result<(Vec<Listed>, Shared), Refusal> {
    let book = parts.links("")?.into_iter().find(|link| link.kind == "officeDocument").ok_or(Refusal::Damaged)?.path;
    if book.ends_with(".bin") {
        return Err(Refusal::Binary);
    }
    let links = parts.links(&book)?;
    let linked = |kind: &str| links.iter().find(|link| link.kind == kind).and_then(|link| parts.find(&link.path));
    let strings = cells::strings(linked("sharedStrings"))?;
    let formats = styles::formats(linked("styles"))?;
    let (mut sheets, mut from_1904, mut stale) = (Vec::new(), false, false);
    let mut xml = parts.part(&book)?;
    while let Some(node) = xml.next()? {
        let Node::Open(element) = node else { continue };
        match element.name() {
            b"workbookPr" => from_1904 = element.says("date1904")?,
            b"calcPr" => stale = element.says("fullCalcOnLoad")?,
            b"sheet" => {
                let id = element.linked()?.unwrap_or_default();
                // Sheets of charts hold no cells.
                if let Some(link) = links.iter().find(|link| link.id == id && link.kind == "worksheet") {
                    let hidden = element.value("state")?.is_some_and(|state| state != "visible");
                    let name = element.value("name")?.unwrap_or_default();
                    sheets.push(Listed { name, hidden, path: link.path.clone() });
                }
            }
            _ => {}
        }
    }
    Ok((sheets, Shared { strings, formats, from_1904, stale }))
}

/// The row with most known names among the first, and how many it has.
fn header_of(cells: &Cells, wanted: &Wanted) -> (Option<u32>, usize) {
    let known = |row: &BTreeMap<u32, Cell>| {
        let mut names: Vec<String> = row.values().map(|cell| header::name(&cell.written())).collect();
        names.sort();
        names.dedup();
        names.iter().filter(|name| (wanted.knows)(name)).count()
    };
    let first = || cells.rows.iter().take(TITLES);
    let most = first().map(|(_, row)| known(row)).max().unwrap_or(0);
    (first().find(|(_, row)| known(row) == most).map(|(row, _)| *row), most)
}

/// The sheet by its name, or the only one that has such a table.
fn choose(mut found: Vec<Found>, wanted: &Wanted) -> Result<Found, Unreadable> {
    let simple = |name: &str| clean::code(name).to_lowercase().replace('_', " ");
    let names: Vec<String> = wanted.names.iter().map(|name| simple(name)).collect();
    let filled = |one: &Found| one.header.is_some();
    let named = found.iter().position(|one| names.contains(&simple(&one.listed.name)) && filled(one));
    if let Some(at) = named {
        return Ok(found.swap_remove(at));
    }
    let most = found.iter().map(|one| one.known).max().unwrap_or(0);
    let best = |one: &Found| filled(one) && one.known == most;
    let visible = found.iter().any(|one| best(one) && !one.listed.hidden);
    found.retain(|one| best(one) && (!one.listed.hidden || !visible));
    match found.len() {
        0 => Err(Unreadable::file(Say::new("fault-empty-table"))),
        1 => Ok(found.swap_remove(0)),
        _ => {
            let sheets: Vec<String> = found.iter().map(|one| one.listed.name.clone()).collect();
            let wanted = wanted.names.first().cloned().unwrap_or_default();
            Err(Unreadable::file(
                Say::new("fault-which-sheet").words("sheets", sheets.join(", ")).words("name", wanted),
            ))
        }
    }
}

fn table(found: Found, others: &[String]) -> Result<Table, Unreadable> {
    let Found { listed, mut cells, header, .. } = found;
    let top = header.unwrap_or(0);
    let mut notes = Vec::new();
    if listed.hidden {
        notes.push(Say::new("table-hidden-sheet").words("sheet", &listed.name));
    }
    if !others.is_empty() {
        notes.push(Say::new("table-other-sheets").words("sheet", &listed.name).words("others", others.join(", ")));
    }
    if cells.rows.range(..top).next().is_some() {
        notes.push(Say::new("table-titled").number("row", f64::from(top + 1)));
    }
    notes.extend(merged::fill(&mut cells, top)?);
    notes.extend(hidden(&cells, top));
    let width = cells.rows.values().filter_map(|row| row.keys().next_back()).max().map_or(0, |last| last + 1);
    let within = cells.rows.range(top..).count() * width as usize <= cells::CELLS;
    if !within {
        return Err(Refusal::TooMuch(Limit::Cells).into());
    }
    let row = |(number, mut row): (u32, BTreeMap<u32, Cell>)| SheetRow {
        number: number as usize + 1,
        cells: (0..width).map(|at| row.remove(&at).unwrap_or_default()).collect(),
    };
    let rows = cells.rows.into_iter().filter(|(number, _)| *number >= top).map(row).collect();
    let mut table = grid::table(rows)?;
    // A number that is written as a text: nobody says in which language.
    table.sheet.marks = romduol_plan::number::Marks::Unsaid;
    table.notes = notes;
    Ok(table)
}

/// What is read although nobody sees it.
fn hidden(cells: &Cells, top: u32) -> Vec<Say> {
    let list = |names: Vec<String>| match names.len() {
        0..=10 => names.join(", "),
        _ => format!("{} …", names[..10].join(", ")),
    };
    let filled = |row: &&u32| **row > top && cells.rows.contains_key(row);
    let rows: Vec<String> = cells.hidden_rows.iter().filter(filled).map(|row| (row + 1).to_string()).collect();
    let used = |column: &&u32| cells.rows.values().any(|row| row.contains_key(column));
    let columns: Vec<String> =
        cells.hidden_columns.iter().filter(used).map(|column| header::letters(*column as usize)).collect();
    let say = |key: &'static str, name: &'static str, names: Vec<String>| {
        let count = names.len() as f64;
        (count > 0.0).then(|| Say::new(key).number("count", count).words(name, list(names)))
    };
    [say("table-hidden-rows", "rows", rows), say("table-hidden-columns", "columns", columns)]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests;
