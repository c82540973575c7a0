//! The file of refused rows: each as it stood, with its line and the reason, so that it can be mended and imported again.
//! It appears when it is whole. Refuses to know why a row was refused.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use csv::{ByteRecord, ReaderBuilder, Writer, WriterBuilder};
use romduol_locale::Locale;
use romduol_plan::{Lang, Say};

use super::rows::Rejected;
use crate::AppError;

/// Written from the reading and from the filing side.
#[derive(Clone)]
pub(super) struct Rejects(Arc<Mutex<Inner>>);

struct Inner {
    to: PathBuf,
    source: File,
    delimiter: u8,
    writer: Writer<File>,
}

impl Rejects {
    pub fn create(to: &Path, from: &Path, delimiter: u8) -> Result<Rejects, AppError> {
        let cannot = |path: &Path| {
            let path = path.display().to_string();
            move |error: std::io::Error| {
                AppError::Bad(Say::new("import-cannot-open").words("value", path).words("what", error.to_string()))
            }
        };
        let mut source = File::open(from).map_err(cannot(from))?;
        let part = part(to);
        let file = File::create(&part).map_err(cannot(&part))?;
        // Rows of other lengths than the header are among what is refused.
        let mut writer = WriterBuilder::new().flexible(true).from_writer(file);
        let mut header = ByteRecord::from(vec!["line", "reason"]);
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(&mut source);
        reader.byte_headers().map_err(fault)?.iter().for_each(|name| header.push_field(name));
        writer.write_byte_record(&header).map_err(fault)?;
        let inner = Inner { to: to.to_path_buf(), source, delimiter, writer };
        Ok(Rejects(Arc::new(Mutex::new(inner))))
    }

    /// Copies the refused rows out of the source.
    pub fn write(&mut self, rejected: &Rejected) -> Result<(), AppError> {
        let mut inner = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Inner { source, delimiter, writer, .. } = &mut *inner;
        let reason = Locale::of(Lang::En).tell(&rejected.reason);
        let range = &rejected.place.bytes;
        source.seek(SeekFrom::Start(range.start)).map_err(|error| fault(error.into()))?;
        let rows = source.take(range.end - range.start);
        let mut rows = ReaderBuilder::new().delimiter(*delimiter).flexible(true).has_headers(false).from_reader(rows);
        for (n, row) in rows.byte_records().enumerate() {
            let line = (rejected.place.line + n as u64).to_string();
            let mut record = ByteRecord::from(vec![line.as_str(), reason.as_str()]);
            row.map_err(fault)?.iter().for_each(|field| record.push_field(field));
            writer.write_byte_record(&record).map_err(fault)?;
        }
        Ok(())
    }

    /// The file appears if any row was refused; otherwise nothing is left.
    pub fn finish(self, any: bool) -> Result<(), AppError> {
        let mut inner = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        inner.writer.flush().map_err(|error| fault(error.into()))?;
        let part = part(&inner.to);
        let done = if any { std::fs::rename(&part, &inner.to) } else { std::fs::remove_file(&part) };
        done.map_err(|error| fault(error.into()))
    }
}

fn part(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    to.with_file_name(name)
}

fn fault(error: csv::Error) -> AppError {
    AppError::fault(format!("the file of refused rows could not be written: {error}"))
}
