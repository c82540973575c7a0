//! The file of refused rows: each as it stood, with its row and the reason, so that it can be mended and imported again.
//! It appears when it is whole. Refuses to know why a row was refused.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use csv::{Writer, WriterBuilder};
use romduol_locale::Locale;
use romduol_plan::{Lang, Say, clean, number};
use romduol_spreadsheet::header;

use super::columns::OF_REJECTS;
use super::lines::{Layout, Lines};
use super::rows::{GroupRows, Rejected, Stretch};
use super::source::Source;
use crate::AppError;

/// Written from the reading and from the filing side.
#[derive(Clone)]
pub(super) struct Rejects(Arc<Mutex<Inner>>);

struct Inner {
    to: PathBuf,
    /// Whether that is the file that is read.
    is_source: bool,
    source: File,
    layout: Layout,
    locale: &'static Locale,
    /// The columns of the source that go along: all but those that an earlier file of refused rows has brought.
    columns: Vec<usize>,
    width: usize,
    writer: Writer<File>,
}

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Rows were refused or held back.
    Refused,
    Clean,
    /// It did not get to the end.
    Failed,
}

impl Rejects {
    pub fn create(to: &Path, source: &Source, lang: Lang) -> Result<Rejects, AppError> {
        let part = part(to);
        let mut file = File::create(&part).map_err(|error| super::cannot_open(&part, &error))?;
        let broken = |error: std::io::Error| AppError::io(&part, &error);
        // Without it a spreadsheet reads Khmer as something else.
        file.write_all("\u{feff}".as_bytes()).map_err(broken)?;
        // Rows of other lengths than the header are among what is refused.
        let mut writer = WriterBuilder::new().delimiter(source.layout.delimiter).flexible(true).from_writer(file);
        let names = &source.header.columns.names;
        let own = |name: &str| OF_REJECTS.contains(&header::name(name).as_str());
        let columns: Vec<usize> = (0..names.len()).filter(|n| !own(&names[*n])).collect();
        let header = OF_REJECTS.into_iter().chain(columns.iter().map(|n| names[*n].as_str()));
        writer.write_record(header).map_err(|error| broken(error.into()))?;
        let inner = Inner {
            to: to.to_path_buf(),
            is_source: to.file_name().is_some_and(|name| name.to_string_lossy() == source.name),
            source: source.copy().map_err(broken)?,
            layout: source.layout,
            locale: Locale::of(lang),
            width: names.len(),
            columns,
            writer,
        };
        Ok(Rejects(Arc::new(Mutex::new(inner))))
    }

    /// Copies one row.
    pub fn write(&self, rejected: &Rejected) -> Result<(), AppError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = inner.copy(&rejected.stretch, 0, |_, _| Some(rejected.reason.clone()))?;
        // What could not be split when it was read is named all the same.
        if found == 0 { inner.record(rejected.row, &rejected.reason, Vec::new()) } else { Ok(()) }
    }

    /// Copies the rows of a return for which there is a reason; it is asked with each row and its indicator.
    pub fn write_group(
        &self,
        rows: &GroupRows,
        indicator: usize,
        reason: impl Fn(u64, &[u8]) -> Option<Say>,
    ) -> Result<(), AppError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.copy(&rows.stretch, indicator, reason).map(|_| ())
    }

    /// The file appears if any row was refused. If none was, the one of an earlier try goes: what it says is mended.
    pub fn finish(self, end: End) -> Result<(), AppError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let part = part(&inner.to);
        let done = match end {
            End::Refused => inner.writer.flush().and_then(|()| std::fs::rename(&part, &inner.to)),
            End::Clean if inner.is_outdated() => {
                std::fs::remove_file(&part).and_then(|()| std::fs::remove_file(&inner.to))
            }
            End::Clean | End::Failed => std::fs::remove_file(&part),
        };
        done.map_err(|error| inner.fault(error))
    }
}

impl Inner {
    /// Whether what stands where the file goes is a file of refused rows, and not the one that is being read.
    fn is_outdated(&self) -> bool {
        let begins = format!("\u{feff}{}", OF_REJECTS.join(char::from(self.layout.delimiter).to_string().as_str()));
        let mut head = vec![0; begins.len()];
        let read = File::open(&self.to).and_then(|mut file| file.read_exact(&mut head));
        read.is_ok() && head == begins.as_bytes() && !self.is_source
    }

    /// Copies the rows of a stretch for which there is a reason, and says how many.
    fn copy(
        &mut self,
        stretch: &Stretch,
        column: usize,
        reason: impl Fn(u64, &[u8]) -> Option<Say>,
    ) -> Result<u64, AppError> {
        let mut source = self.source.try_clone().map_err(|error| self.fault(error))?;
        source.seek(SeekFrom::Start(stretch.from.position)).map_err(|error| self.fault(error))?;
        let bytes = source.take(stretch.end - stretch.from.position);
        let mut rows = Lines::new(BufReader::new(bytes), self.layout, stretch.from);
        let mut copied = 0;
        while rows.advance().unwrap_or(false) {
            let Some(reason) = reason(rows.row(), rows.field(column)) else { continue };
            let further = self.width..rows.len().max(self.width);
            let kept = self.columns.iter().copied().chain(further).map(|n| guarded(rows.field(n))).collect();
            self.record(rows.row(), &reason, kept)?;
            copied += 1;
        }
        Ok(copied)
    }

    fn record(&mut self, row: u64, reason: &Say, kept: Vec<Vec<u8>>) -> Result<(), AppError> {
        let own = [row.to_string(), self.locale.tell(reason)].map(String::into_bytes);
        self.writer.write_record(own.into_iter().chain(kept)).map_err(|error| self.fault(error.into()))
    }

    fn fault(&self, error: std::io::Error) -> AppError {
        AppError::io(&self.to, &error)
    }
}

/// What a spreadsheet would compute is text; a number may stay one.
fn guarded(field: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(field) {
        Ok(text) if number::parse(text).is_err() => clean::guarded(clean::bare(text)).into_owned().into_bytes(),
        _ => field.to_vec(),
    }
}

fn part(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    to.with_file_name(name)
}
