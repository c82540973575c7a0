//! How a text is laid out as a table: what separates its columns, and in which row the header stands. Refuses to know what
//! the columns mean; which names are known is the caller's to say.

use super::rows::{Row, rows};

/// So many rows are searched for a header. Above it stand a title, a date, an office.
pub const TITLES: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Comma,
    Semicolon,
    Tab,
    Bar,
}

impl Separator {
    const ALL: [Separator; 4] = [Separator::Comma, Separator::Semicolon, Separator::Tab, Separator::Bar];

    pub fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
            Separator::Bar => b'|',
        }
    }

    fn of(byte: u8) -> Option<Separator> {
        Separator::ALL.into_iter().find(|one| one.byte() == byte)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub separator: Separator,
    /// Where the record of the header begins, in bytes.
    pub header_at: usize,
    /// The row of the header as a spreadsheet counts.
    pub header_row: usize,
    /// The line on which it begins.
    pub header_line: u64,
    /// Whether rows with something in them stand above it.
    pub titled: bool,
}

/// Finds out from the beginning of a text. `known` says whether a cleaned name of a column is one.
pub fn layout(head: &str, known: &dyn Fn(&str) -> bool) -> Layout {
    let said = said(head);
    let tries = Separator::ALL.into_iter().filter(|one| said.is_none_or(|said| said == *one));
    let layouts: Vec<(Layout, usize, usize)> = tries.map(|one| best(head, one, said.is_some(), known)).collect();
    // Of equals the one with more columns; then the first, which is the comma.
    let most = layouts.iter().map(|(_, names, columns)| (*names, *columns)).max().unwrap_or_default();
    let found = layouts.into_iter().find(|(_, names, columns)| (*names, *columns) == most);
    found.map_or_else(|| plain(Separator::Comma), |(layout, ..)| layout)
}

fn plain(separator: Separator) -> Layout {
    Layout { separator, header_at: 0, header_row: 1, header_line: 1, titled: false }
}

/// `sep=;` on the first line, by which a spreadsheet is told.
fn said(head: &str) -> Option<Separator> {
    let line = head.split(['\n', '\r']).next().unwrap_or_default();
    let text = line.trim_matches(['"', ' ']);
    let rest = text.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &text[4..])?;
    Separator::of(*rest.as_bytes().first()?)
}

/// The layout with one separator, with how many known names its header has and how many columns.
fn best(head: &str, separator: Separator, said: bool, known: &dyn Fn(&str) -> bool) -> (Layout, usize, usize) {
    let filled = |row: &Row| row.cells.iter().any(|cell| !cell.trim().is_empty());
    let first: Vec<Row> =
        rows(head, separator.byte()).flatten().filter(filled).take(TITLES + usize::from(said)).collect();
    let names = |row: &Row| {
        let mut names: Vec<String> = row.cells.iter().map(|cell| super::header::name(cell)).collect();
        names.sort();
        names.dedup();
        names.iter().filter(|name| known(name)).count()
    };
    let candidates = || first.iter().skip(usize::from(said));
    let most = candidates().map(&names).max().unwrap_or(0);
    let header = candidates().find(|row| names(row) == most);
    let above = header.map(|header| candidates().take_while(|row| row.number < header.number).count());
    let layout = header.map_or_else(
        || plain(separator),
        |row| Layout {
            separator,
            header_at: row.at,
            header_row: row.number,
            header_line: row.line,
            titled: above.is_some_and(|above| above > 0),
        },
    );
    (layout, most, header.map_or(0, |row| row.cells.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Layout {
        layout(text, &|name| ["id", "title", "year", "likely"].contains(&name))
    }

    #[test]
    fn each_separator_is_found() {
        for (separator, byte) in Separator::ALL.map(|one| (one, char::from(one.byte()))) {
            let text = "id,title,year\nA,b,2027\n".replace(',', &byte.to_string());
            assert_eq!(of(&text), plain(separator), "{text}");
        }
        // One column has no separator.
        assert_eq!(of("id\nA;B,C\n"), plain(Separator::Comma));
        // The header's own text may hold the others.
        assert_eq!(of("id;\"title\";likely\nA;\"a, b, c, d\";1,5\n").separator, Separator::Semicolon);
        assert_eq!(of("\"a,b,c,d\";id;title\nx;A;t\n").separator, Separator::Semicolon);
    }

    #[test]
    fn a_spreadsheet_may_be_told_its_separator() {
        for first in ["sep=;", "SEP=;", "\"sep=;\"", "sep=;;;"] {
            let found = of(&format!("{first}\r\nid;title\r\nA;b,c\r\n"));
            assert_eq!((found.separator, found.header_row, found.titled), (Separator::Semicolon, 2, false), "{first}");
        }
    }

    #[test]
    fn the_header_may_stand_below_a_title() {
        let found = of("Cost lines, as agreed, in riel, today, by all\n\nid;title;year\nA;b;2027\n");
        assert_eq!((found.separator, found.header_row, found.titled), (Separator::Semicolon, 3, true));
        // Nothing is known: the first row is the header, so that the check says what is wrong with it.
        assert_eq!(of("name;value\n1;2\n"), plain(Separator::Semicolon));
    }
}
