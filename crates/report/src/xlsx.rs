//! Sheets as an Excel workbook: numbers stay numbers, heads stay in sight, what is made up is marked. Refuses to know the
//! time: it comes in as an argument, so that the same sheets make the same file.

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::sheet::{Field, Sheet};

/// The yellow that marks what needs attention, as on the pages.
const ATTENTION: Color = Color::RGB(0x00FB_F0BD);
/// Column widths in characters.
const NARROWEST: f64 = 9.0;
const WIDEST: f64 = 44.0;

/// Writes the sheets in their order.
pub fn xlsx(title: &str, sheets: &[Sheet], unix: i64) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(unix)?;
    book.set_properties(&DocProperties::new().set_title(title).set_author("Romduol").set_creation_datetime(&made));
    for sheet in sheets {
        write(book.add_worksheet(), sheet)?;
    }
    book.save_to_buffer()
}

fn write(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    page.set_name(name(&sheet.name))?;
    page.set_freeze_panes(sheet.heads as u32, sheet.names as u16)?;
    for (at, row) in (0..).zip(&sheet.rows) {
        for (column, field) in (0..).zip(row) {
            let head = (at as usize) < sheet.heads;
            write_field(page, (at, column), field, head)?;
        }
    }
    let columns = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
    for column in 0..columns {
        let widths = sheet.rows.iter().filter_map(|row| row.get(column)).map(width);
        page.set_column_width(column as u16, widths.fold(NARROWEST, f64::max).min(WIDEST))?;
    }
    Ok(())
}

fn write_field(page: &mut Worksheet, (row, column): (u32, u16), field: &Field, head: bool) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    match field {
        Field::Empty => Ok(()),
        Field::Text(text) if head => page.write_string_with_format(row, column, text, &wrapped.set_bold()).map(drop),
        // A text is never computed here; only one that a CSV file would have to guard anew is, so that both read the same.
        Field::Text(text) if text.starts_with('\'') => {
            page.write_string_with_format(row, column, crate::sheet::guarded(text), &wrapped).map(drop)
        }
        Field::Text(text) => page.write_string_with_format(row, column, text, &wrapped).map(drop),
        Field::Number { value, decimals, illustrative } => {
            let format = number_format(usize::from(*decimals), *illustrative);
            page.write_number_with_format(row, column, *value, &format).map(drop)
        }
        // Digits that are too many for the spreadsheet's numbers stay as they are, as text.
        Field::Amount { digits, illustrative } => match digits.parse::<f64>() {
            Ok(value) if digits.bytes().filter(u8::is_ascii_digit).count() <= 15 => {
                let places = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                page.write_number_with_format(row, column, value, &number_format(places, *illustrative)).map(drop)
            }
            _ => page.write_string_with_format(row, column, digits, &wrapped).map(drop),
        },
    }
}

fn number_format(places: usize, illustrative: bool) -> Format {
    let shown = if places == 0 { "#,##0".to_string() } else { format!("#,##0.{}", "0".repeat(places)) };
    let format = Format::new().set_num_format(shown).set_align(FormatAlign::Top);
    if illustrative { format.set_background_color(ATTENTION) } else { format }
}

fn width(field: &Field) -> f64 {
    match field {
        Field::Text(text) => text.chars().count() as f64 + 2.0,
        // With the marks between the thousands.
        Field::Amount { digits, .. } => digits.len() as f64 * 4.0 / 3.0 + 2.0,
        _ => 0.0,
    }
}

/// Excel refuses some marks in the name of a sheet, and more than 31 characters.
fn name(name: &str) -> String {
    name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_sheets_make_the_same_file() {
        let number = Field::Number { value: 12.5, decimals: 1, illustrative: true };
        let rows = vec![vec![Field::text("=1+1"), Field::text("ស្ត្រី")], vec![number, Field::Empty]];
        let sheet = Sheet { name: "reported / expected: [all] of them, and more".into(), heads: 1, names: 1, rows };
        let made = |sheet: &Sheet| xlsx("Title", std::slice::from_ref(sheet), 1_795_392_000).unwrap();
        assert!(made(&sheet).starts_with(b"PK"));
        assert_eq!(made(&sheet), made(&sheet));
    }
}
