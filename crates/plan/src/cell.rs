//! What a cell of a table holds: as written, or as a spreadsheet kept it with what it shows. Refuses to know columns.

use crate::period::Date;
use crate::say::Say;

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// As somebody wrote it.
    Text(String),
    /// A number of a spreadsheet in plain digits with a point, whatever the language of the sheet.
    Number(String),
    /// The same, shown as a percentage: 45 where 45 % is seen.
    Percent(String),
    Day(Date, Shown),
    Boolean(bool),
    /// Something is there and cannot be known, such as a formula without a result; the sentence is that of a fault.
    Unknown(Say),
}

/// How much of a date a spreadsheet shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Day,
    Month,
    Year,
}

impl Default for Cell {
    fn default() -> Cell {
        Cell::Text(String::new())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.into())
    }
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Text(text) if crate::clean::text(text).is_empty())
    }

    /// The cell as it would be written.
    pub fn written(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Number(text) => text.clone(),
            Cell::Percent(digits) => format!("{digits}%"),
            Cell::Day(date, Shown::Day) => date.to_string(),
            Cell::Day(date, Shown::Month) => format!("{:04}-{:02}", date.year, date.month),
            Cell::Day(date, Shown::Year) => format!("{:04}", date.year),
            Cell::Boolean(yes) => yes.to_string(),
            Cell::Unknown(_) => String::new(),
        }
    }
}

/// What spreadsheets write where a formula has no value, in the languages met here.
const ERRORS: [&str; 28] = [
    "#N/A",
    "#NA",
    "#REF!",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#UNKNOWN!",
    "#CONNECT!",
    "#BUSY!",
    "#PYTHON!",
    "#EXTERNAL!",
    "#GETTING_DATA",
    "#ERROR!",
    "#NV",
    "#WERT!",
    "#BEZUG!",
    "#VALEUR!",
    "#NOM?",
    "#NOMBRE!",
    "#NUL!",
    "#MACRO!",
    "#CIRCULAR!",
];

/// Whether a text is a spreadsheet's word for “no value”, or the hashes of a column that was too narrow.
pub fn is_error(text: &str) -> bool {
    let text = crate::clean::code(text);
    let text = text.strip_prefix('\'').unwrap_or(&text);
    let hashes = text.len() >= 3 && text.bytes().all(|byte| byte == b'#');
    let libre = text.strip_prefix("Err:").is_some_and(|n| n.len() == 3 && n.bytes().all(|b| b.is_ascii_digit()));
    hashes || libre || ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::is_error;

    #[test]
    fn errors_are_told_from_words() {
        for error in ["#N/A", "#n/a", " #REF!\u{a0}", "#DIV/0!", "########", "Err:502", "#NAME?"] {
            assert!(is_error(error), "{error}");
        }
        for word in ["", "#", "##", "#1", "no #N/A here", "Err:", "N/A", "#MeToo"] {
            assert!(!is_error(word), "{word}");
        }
    }
}
