//! Sheets of rows, and their writing as CSV. Refuses to know what is in them: texts arrive translated, numbers as numbers.

/// One sheet of a workbook.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub name: String,
    /// How many of the first rows are heads.
    pub heads: usize,
    /// How many of the first columns name the row.
    pub names: usize,
    pub rows: Vec<Vec<Field>>,
}

/// What stands in a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Field {
    /// Missing; never zero.
    #[default]
    Empty,
    Text(String),
    /// An exact decimal in plain digits. A spreadsheet holds it as its own number; CSV keeps every digit.
    Amount {
        digits: String,
        illustrative: bool,
    },
    Number {
        value: f64,
        decimals: u8,
        /// Made up to show the program at work.
        illustrative: bool,
    },
}

impl Field {
    pub fn text(text: impl Into<String>) -> Field {
        Field::Text(text.into())
    }

    pub fn count(count: u32) -> Field {
        Field::Number { value: f64::from(count), decimals: 0, illustrative: false }
    }

    /// As CSV has it: a number with all its digits and a point, whatever the language.
    fn plain(&self) -> String {
        match self {
            Field::Empty => String::new(),
            Field::Text(text) => guarded(text),
            Field::Amount { digits, .. } => digits.clone(),
            Field::Number { value, .. } => value.to_string(),
        }
    }
}

/// A text as it may stand in a CSV file: one that a spreadsheet would compute gets an apostrophe before it. Text that has
/// apostrophes there already gets one more, so that a reader can give back exactly what was there.
pub fn guarded(text: &str) -> String {
    const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    match text.trim_start_matches('\'').starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text.to_string(),
    }
}

/// A sheet as CSV in UTF-8, without a mark at its start.
pub fn csv(sheet: &Sheet) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &sheet.rows {
        writer.write_record(row.iter().map(Field::plain))?;
    }
    writer.into_inner().map_err(|unwritten| csv::Error::from(unwritten.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_is_empty_and_a_formula_is_text() {
        let number = Field::Number { value: 12.5, decimals: 1, illustrative: false };
        let rows = vec![vec![Field::text("=1+1"), Field::text("a,b"), number, Field::Empty, Field::count(0)]];
        let written = csv(&Sheet { rows, ..Sheet::default() }).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "'=1+1,\"a,b\",12.5,,0\n");
    }
}
