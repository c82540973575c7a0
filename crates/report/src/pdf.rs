//! Writes a document as PDF with typst: A4, cover, contents, running heads; same document and time, same bytes.
//! Refuses to read a clock: the time stamp is an argument.

use typst::comemo;
use typst::diag::{EcoVec, SourceDiagnostic};
use typst::foundations::{Datetime, Smart};
use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::document::Document;
use crate::fit::{self, fitted};
use crate::payload::payload;
use crate::text_layer;
use crate::world::ReportWorld;

#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("the time stamp {0:?} is not a time of the calendar")]
    Time(Timestamp),
    #[error("the report could not be set: {0}")]
    Layout(String),
    #[error("the report could not be written as an accessible, archivable PDF: {0}")]
    Export(String),
}

/// A moment in UTC, printed into the file's metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

impl Timestamp {
    /// From seconds since 1970 (UTC).
    pub fn from_unix(seconds: i64) -> Self {
        let (day, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Days are counted from 1 March of year 0, so that the leap day is the last of its year.
        let day = day + 719_468;
        let era = day.div_euclid(146_097);
        let of_era = day.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Timestamp {
            year: (year_of_era + era * 400 + i64::from(month <= 2)) as i32,
            month: month as u8,
            day: (of_year - (153 * march_month + 2) / 5 + 1) as u8,
            hour: (rest / 3600) as u8,
            minute: (rest / 60 % 60) as u8,
            second: (rest % 60) as u8,
        }
    }
}

/// A PDF/A-2a and PDF/UA-1 file. Takes tens of milliseconds: call it off the async threads.
pub fn pdf(document: &Document, timestamp: Timestamp) -> Result<Vec<u8>, PdfError> {
    let pages = text_layer::readable(&layout(document)?);
    let time = Datetime::from_ymd_hms(
        timestamp.year,
        timestamp.month,
        timestamp.day,
        timestamp.hour,
        timestamp.minute,
        timestamp.second,
    )
    .ok_or(PdfError::Time(timestamp))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| PdfError::Export(error.message().to_string()))?;
    let options = PdfOptions {
        timestamp: Some(typst_pdf::Timestamp::new_utc(time)),
        creator: Smart::Custom(Some("Romduol".into())),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&pages, &options).map_err(|errors| PdfError::Export(first(&errors)));
    // A server sets many different reports: keep only what the last few shared (the template).
    comemo::evict(0);
    bytes
}

/// How many pages the document has.
pub fn page_count(document: &Document) -> Result<usize, PdfError> {
    layout(document).map(|pages| pages.pages().len())
}

/// The words of each page as they are set: what a reader of the paper can check.
pub fn page_texts(document: &Document) -> Result<Vec<String>, PdfError> {
    fn collect(frame: &Frame, words: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => collect(&group.frame, words),
                FrameItem::Text(text) => {
                    // Places where a long word may break are nothing to read.
                    words.extend(text.text.chars().filter(|c| *c != fit::MAY_BREAK));
                    words.push('\n');
                }
                _ => {}
            }
        }
    }
    let pages = layout(document)?;
    let page = |frame: &Frame| {
        let mut words = String::new();
        collect(frame, &mut words);
        words
    };
    Ok(pages.pages().iter().map(|it| page(&it.frame)).collect())
}

pub(crate) fn layout(document: &Document) -> Result<PagedDocument, PdfError> {
    let world = ReportWorld::new(payload(&fitted(document)));
    typst::compile::<PagedDocument>(&world).output.map_err(|errors| PdfError::Layout(first(&errors)))
}

fn first(errors: &EcoVec<SourceDiagnostic>) -> String {
    errors.first().map(|error| error.message.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_seconds_become_calendar_days() {
        let at = |year, month, day| Timestamp { year, month, day, hour: 0, minute: 0, second: 0 };
        assert_eq!(Timestamp::from_unix(0), at(1970, 1, 1));
        assert_eq!(Timestamp::from_unix(951_782_400), at(2000, 2, 29));
        assert_eq!(Timestamp::from_unix(-86_400), at(1969, 12, 31));
        assert_eq!(
            Timestamp::from_unix(1_795_392_000 + 3_661),
            Timestamp { hour: 1, minute: 1, second: 1, ..at(2026, 11, 23) }
        );
    }
}
