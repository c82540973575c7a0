//! A table as a CSV file: UTF-8, a header, RFC 4180. Refuses to format for people: numbers have a point, null is empty. A
//! text that a spreadsheet would compute has an apostrophe before it, as everywhere; `clean::bare` takes it off.

use std::fs::File;
use std::path::Path;

use romduol_plan::clean;

use crate::table::{Filled, Tally, Value};
use crate::{ExportError, folder};

pub fn write(path: &Path, filled: Filled) -> Result<Tally, ExportError> {
    let file = File::create_new(path).map_err(|error| ExportError::io(path, &error))?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
    let fault = |error| ExportError::csv(path, error);
    writer.write_record(filled.table.columns.iter().map(|column| &column.name)).map_err(fault)?;
    let mut text = String::new();
    let tally = filled.drain(|batch| {
        for row in batch {
            for value in row {
                text.clear();
                show(value, &mut text);
                writer.write_field(&text).map_err(fault)?;
            }
            writer.write_record(None::<&[u8]>).map_err(fault)?;
        }
        Ok(())
    })?;
    writer.flush().and_then(|()| folder::sync(path)).map_err(|error| ExportError::io(path, &error))?;
    Ok(tally)
}

fn show(value: &Value, text: &mut String) {
    use std::fmt::Write;
    let written = match value {
        Value::Null => Ok(()),
        Value::Text(words) => text.write_str(&clean::guarded(words)),
        Value::Integer(number) => write!(text, "{number}"),
        Value::Number(number) => write!(text, "{number}"),
        Value::Boolean(flag) => write!(text, "{flag}"),
        Value::Date(date) => write!(text, "{date}"),
    };
    written.expect("writing to memory does not fail");
}
