//! The cells of one sheet as people see them, with their addresses. Refuses to know which row is the header.

use std::collections::BTreeMap;

use romduol_plan::cell::{self, Cell, Shown};
use romduol_plan::{Date, Say, clean};

use super::parts::{Element, MEGABYTES, Node, Xml};
use super::styles::Format;
use super::{Limit, Refusal};

/// What a sheet may hold. A table of a plan is far below.
pub const ROWS: usize = 100_000;
pub const COLUMNS: u32 = 500;
pub const CELLS: usize = 1_000_000;

/// What the cells of a workbook share.
pub struct Shared {
    pub strings: Vec<String>,
    pub formats: Vec<Format>,
    /// Whether days are counted from 1904.
    pub from_1904: bool,
    /// Whether the program that wrote it left the formulas to be computed by the next one, so that their values are not
    /// what is seen.
    pub stale: bool,
}

/// Corners of a range, counted from 0: first row and column, last row and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub first: (u32, u32),
    pub last: (u32, u32),
}

/// The cells that hold something, by row and column, counted from 0.
#[derive(Default)]
pub struct Cells {
    pub rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    pub merged: Vec<Range>,
    pub hidden_rows: Vec<u32>,
    pub hidden_columns: Vec<u32>,
}

/// One cell under way.
#[derive(Default)]
struct Open {
    at: (u32, u32),
    kind: String,
    style: usize,
    value: Option<String>,
    inline: String,
    formula: bool,
}

pub fn cells(mut xml: Xml, shared: &Shared) -> Result<Cells, Refusal> {
    let mut sheet = Sheet::new(shared);
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(element) => sheet.open(&element)?,
            Node::Text(text) => sheet.text(&text),
            Node::Close(name) => sheet.close(&name)?,
        }
    }
    Ok(sheet.cells)
}

/// A sheet as far as it has been read.
struct Sheet<'a> {
    shared: &'a Shared,
    cells: Cells,
    open: Open,
    row: Option<u32>,
    column: Option<u32>,
    /// How many cells and letters were taken in.
    count: usize,
    letters: u64,
    /// The element whose text is wanted, and whether it is the reading aid of a text.
    inside: Vec<u8>,
    aid: bool,
}

impl<'a> Sheet<'a> {
    fn new(shared: &'a Shared) -> Sheet<'a> {
        let (cells, open, inside) = (Cells::default(), Open::default(), Vec::new());
        Sheet { shared, cells, open, row: None, column: None, count: 0, letters: 0, inside, aid: false }
    }

    fn open(&mut self, element: &Element) -> Result<(), Refusal> {
        match element.name() {
            b"col" if element.says("hidden")? => {
                let from = element.number("min")?.unwrap_or(1);
                let to = element.number("max")?.unwrap_or(from).min(COLUMNS);
                self.cells.hidden_columns.extend((from..=to).map(|one| one.saturating_sub(1)));
            }
            b"row" => {
                let next = self.row.map_or(0, |row| row + 1);
                let number = element.number("r")?.map_or(next, |number| number.saturating_sub(1));
                (self.row, self.column) = (Some(number), None);
                let flat = element.value("ht")?.is_some_and(|height| height.trim().parse() == Ok(0.0));
                if element.says("hidden")? || flat {
                    self.cells.hidden_rows.push(number);
                }
            }
            b"c" => {
                let next = (self.row.unwrap_or(0), self.column.map_or(0, |column| column + 1));
                let at = element.value("r")?.and_then(|at| address(&at)).unwrap_or(next);
                self.column = Some(at.1);
                self.open = begin(element, at)?;
            }
            b"f" => self.open.formula = true,
            b"v" => self.open.value = Some(String::new()),
            b"rPh" => self.aid = true,
            b"mergeCell" => self.cells.merged.extend(element.value("ref")?.and_then(|range| self::range(&range))),
            _ => {}
        }
        self.inside = element.name().to_vec();
        Ok(())
    }

    fn text(&mut self, text: &str) {
        match self.inside.as_slice() {
            b"v" => self.open.value.get_or_insert_default().push_str(text),
            b"t" if !self.aid => self.open.inline.push_str(text),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) -> Result<(), Refusal> {
        self.inside.clear();
        match name {
            b"rPh" => self.aid = false,
            b"c" => self.keep()?,
            _ => {}
        }
        Ok(())
    }

    /// Takes in the cell that was read.
    fn keep(&mut self) -> Result<(), Refusal> {
        let at = self.open.at;
        let cell = seen(std::mem::take(&mut self.open), self.shared)?;
        if cell == Cell::default() {
            return Ok(());
        }
        // One long text may be said by every cell.
        (self.count, self.letters) = (self.count + 1, self.letters + cell.written().len() as u64);
        bounded(self.count <= CELLS, Limit::Cells)?;
        bounded(self.letters <= MEGABYTES << 20, Limit::Megabytes)?;
        bounded(at.1 < COLUMNS, Limit::Columns)?;
        self.cells.rows.entry(at.0).or_default().insert(at.1, cell);
        bounded(self.cells.rows.len() <= ROWS, Limit::Rows)
    }
}

fn bounded(within: bool, limit: Limit) -> Result<(), Refusal> {
    if within { Ok(()) } else { Err(Refusal::TooMuch(limit)) }
}

fn begin(element: &Element, at: (u32, u32)) -> Result<Open, Refusal> {
    let kind = element.value("t")?.unwrap_or_default();
    let style = element.number("s")?.unwrap_or(0) as usize;
    Ok(Open { at, kind, style, ..Open::default() })
}

/// The shared texts of a workbook.
pub fn strings(xml: Option<Xml>) -> Result<Vec<String>, Refusal> {
    let Some(mut xml) = xml else { return Ok(Vec::new()) };
    let (mut strings, mut text, mut wanted, mut aid) = (Vec::new(), String::new(), false, false);
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(element) => match element.name() {
                b"si" => text.clear(),
                b"t" => wanted = true,
                b"rPh" => aid = true,
                _ => {}
            },
            Node::Text(part) if wanted && !aid => text.push_str(&part),
            Node::Text(_) => {}
            Node::Close(name) => match name.as_slice() {
                b"si" => strings.push(unescaped(&text)),
                b"t" => wanted = false,
                b"rPh" => aid = false,
                _ => {}
            },
        }
    }
    Ok(strings)
}

/// Characters that XML cannot hold stand as `_x000D_`.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("_x");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let code = part.get(..4).filter(|_| part.as_bytes().get(4) == Some(&b'_'));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(letter) => {
                out.push(letter);
                out.push_str(&part[5..]);
            }
            None => {
                out.push_str("_x");
                out.push_str(part);
            }
        }
    }
    out
}

/// What a person sees in the cell.
fn seen(open: Open, shared: &Shared) -> Result<Cell, Refusal> {
    let Open { kind, style, value, inline, formula, .. } = open;
    let text = |text: &str| Cell::Text(clean::bare(text).to_string());
    let nothing = value.as_deref().is_none_or(str::is_empty);
    // The result of a formula may be an empty text; without a value of another kind nobody has computed it.
    if formula && (shared.stale || value.is_none() || nothing && kind != "str") {
        return Ok(Cell::Unknown(Say::new("fault-formula")));
    }
    let value = value.unwrap_or_default();
    Ok(match kind.as_str() {
        "s" if nothing => Cell::default(),
        "s" => {
            let at: usize = value.trim().parse().map_err(|_| Refusal::Damaged)?;
            text(shared.strings.get(at).ok_or(Refusal::Damaged)?)
        }
        "inlineStr" => text(&unescaped(&inline)),
        "str" => text(&unescaped(&value)),
        "b" if nothing => Cell::default(),
        "b" => Cell::Boolean(value.trim() == "1" || value.trim() == "true"),
        "e" if cell::is_error(&value) => Cell::Text(value),
        "e" => Cell::Unknown(Say::new("fault-error-cell")),
        "d" => Date::parse(value.trim()).map_or_else(|| text(&value), |date| Cell::Day(date, Shown::Day)),
        _ if nothing => Cell::default(),
        _ => match value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => shown(number, shared.formats.get(style).copied(), shared.from_1904),
            _ => text(&value),
        },
    })
}

fn shown(number: f64, format: Option<Format>, from_1904: bool) -> Cell {
    let clock = |hours: i64, minutes: i64| Cell::Text(format!("{hours:02}:{minutes:02}"));
    let minutes = || (number * 24.0 * 60.0).round() as i64;
    match format.unwrap_or(Format::Number) {
        // A spreadsheet keeps 15 digits: what stands behind them is lost, as of a long number of a paper or an id.
        Format::Number if number.abs() >= 1e15 => {
            Cell::Unknown(Say::new("fault-long-number").words("value", format!("{number:e}")))
        }
        Format::Number => Cell::Number(digits(number)),
        Format::Percent => Cell::Percent(digits(number * 100.0)),
        Format::Scaled => Cell::Unknown(Say::new("fault-scaled-cell").words("value", digits(number))),
        Format::Duration => clock(minutes().div_euclid(60), minutes().rem_euclid(60)),
        Format::Time => clock(minutes().div_euclid(60).rem_euclid(24), minutes().rem_euclid(60)),
        Format::Date(shown) => match day(number, from_1904) {
            Some(date) => Cell::Day(date, shown),
            // Less than a day: only a time.
            None if (0.0..1.0).contains(&number) => {
                clock(minutes().div_euclid(60).rem_euclid(24), minutes().rem_euclid(60))
            }
            None => Cell::Number(digits(number)),
        },
    }
}

/// The day that a spreadsheet counts so. It believes in the 29th of February 1900.
fn day(number: f64, from_1904: bool) -> Option<Date> {
    let count = number.floor() as i64 + if from_1904 { 1462 } else { 0 };
    let count = match count {
        1..=59 if !from_1904 => count + 1,
        60 if !from_1904 => return None,
        1..=2_958_465 => count,
        _ => return None,
    };
    // Civil date from a count of days since 0000-03-01; 1899-12-30 is day 693,899 of it.
    let days = count + 693_899;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    Date::of((year + era * 400 + i64::from(month <= 2)) as i32, month as u8, day as u8)
}

/// The fifteen digits a spreadsheet keeps, so that a computed 0.1 + 0.2 is the 0.3 that is seen. An amount with two
/// decimals below ten trillion has no more, so it comes through as it was typed.
pub fn digits(number: f64) -> String {
    let kept: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{kept}")
}

/// `J2` as row and column, counted from 0.
fn address(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = text.split_at(split);
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        let letter = letter.to_ascii_uppercase();
        let value = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
        column.checked_mul(26)?.checked_add(value)
    })?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

fn range(text: &str) -> Option<Range> {
    let (first, last) = text.split_once(':')?;
    Some(Range { first: address(first)?, last: address(last)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_escapes() {
        assert_eq!(address("A1"), Some((0, 0)));
        assert_eq!(address("$AA$10"), Some((9, 26)));
        assert_eq!(address("1A"), None);
        assert_eq!(range("B2:B3"), Some(Range { first: (1, 1), last: (2, 1) }));
        assert_eq!(unescaped("a_x000D_b_x_c_xZZZZ_"), "a\rb_x_c_xZZZZ_");
    }

    #[test]
    fn days_are_counted_as_a_spreadsheet_counts() {
        let told = |number, from| day(number, from).map(|date| date.to_string());
        assert_eq!(told(46356.0, false).as_deref(), Some("2026-11-30"));
        assert_eq!(told(46356.75, false).as_deref(), Some("2026-11-30"));
        assert_eq!(told(44894.0, true).as_deref(), Some("2026-11-30"));
        assert_eq!(told(1.0, false).as_deref(), Some("1900-01-01"));
        assert_eq!(told(59.0, false).as_deref(), Some("1900-02-28"));
        assert_eq!(told(61.0, false).as_deref(), Some("1900-03-01"));
        assert_eq!(told(60.0, false), None);
        assert_eq!(told(36_585.0, false).as_deref(), Some("2000-02-29"));
        assert_eq!(digits(0.1 + 0.2), "0.3");
        assert_eq!(digits(0.07 * 100.0), "7");
    }
}
