//! Lets a word that is wider than its place on paper break anywhere: an address, an id, a name without spaces. Refuses to
//! know fonts; how wide a word is and how wide its place are estimates, taken a little wide and a little narrow.

use icu_segmenter::{GraphemeClusterSegmenter, GraphemeClusterSegmenterBorrowed};

use crate::document::{Block, Cell, Document, KeyNumber, Span, Table};
use crate::text::{breaks, width};

/// Where a line may break and nothing is seen. `text_layer` leaves it out of what readers copy.
pub(crate) const MAY_BREAK: char = '\u{200B}';

/// Points between the margins of the template, and what a table's cell keeps free.
const REPORT: f64 = 470.0;
const BRIEF: f64 = 498.0;
const INSET: f64 = 13.0;

/// What a column of text needs to be one.
const LEAST: f64 = 60.0;

/// Sizes of the template's type, Khmer ones, because they are the larger ones.
const BODY: f64 = 10.8;
const SMALL: f64 = 9.0;
const TABLE: f64 = 9.6;
const HEADINGS: [f64; 4] = [17.0, 13.0, 11.0, 10.0];
const TITLE: f64 = 29.0;
const SUBTITLE: f64 = 14.0;
const KEY_NUMBER: f64 = 22.0;

/// Bold letters are wider.
const BOLD: f64 = 1.1;

pub(crate) fn fitted(document: &Document) -> Document {
    let mut fitted = document.clone();
    let room = if document.brief { BRIEF } else { REPORT };
    fit(&mut fitted.title, TITLE * BOLD, room * 0.9);
    fit(&mut fitted.subtitle, SUBTITLE, room * 0.83);
    // In the head of a page half the line is kept for the marker.
    fit(&mut fitted.running_head, SMALL, room * 0.5);
    fitted.marker.iter_mut().for_each(|marker| fit(marker, SMALL * BOLD, room * 0.45));
    for line in [&mut fitted.organisation, &mut fitted.date_line, &mut fitted.contents_title] {
        fit(line, BODY, room * 0.8);
    }
    fitted.cover_lines.iter_mut().chain(&mut fitted.fingerprint).for_each(|line| fit(line, SMALL, room));
    fitted.blocks.iter_mut().for_each(|block| fit_block(block, room));
    fitted
}

fn fit_block(block: &mut Block, room: f64) {
    match block {
        // In the contents a heading shares its line with the number of its page.
        Block::Heading { level, text } => {
            fit(text, HEADINGS[usize::from(level.saturating_sub(1).min(3))] * BOLD, room - 50.0)
        }
        Block::Paragraph { spans } => fit_spans(spans, room),
        Block::Callout { text, .. } => fit_spans(text, room - 26.0),
        Block::List { items, .. } => items.iter_mut().for_each(|item| fit_spans(item, room - 24.0)),
        Block::KeyNumbers { items } => {
            let columns = if items.len() == 4 { 4 } else { items.len().clamp(1, 3) };
            let room = (room + 18.0) / columns as f64 - 18.0;
            items.iter_mut().for_each(|item| fit_key_number(item, room));
        }
        Block::Table(table) => fit_table(table, room),
        Block::Figure(figure) => {
            fit(&mut figure.caption, BODY * BOLD, room);
            fit(&mut figure.source, SMALL, room);
        }
        Block::PageBreak => {}
    }
}

fn fit_spans(spans: &mut [Span], room: f64) {
    // The last word of the span before, which goes on where no space parts them.
    let mut before = 0.0;
    for span in spans {
        let size = BODY * BOLD;
        let first = breaks(&span.text).first().map_or("", |end| &span.text[..*end]).trim_end();
        let goes_on = before > 0.0 && before + width(first, size) > room;
        let last = breaks(&span.text).iter().rev().nth(1).map_or(span.text.as_str(), |end| &span.text[*end..]);
        before = if last.ends_with(char::is_whitespace) { 0.0 } else { width(last, size) };
        fit(&mut span.text, size, room - 14.0);
        if goes_on {
            span.text.insert(0, MAY_BREAK);
        }
    }
}

fn fit_key_number(item: &mut KeyNumber, room: f64) {
    fit(&mut item.value, KEY_NUMBER * BOLD, room);
    fit(&mut item.label, BODY, room);
    fit(&mut item.note, SMALL, room);
}

fn fit_table(table: &mut Table, room: f64) {
    fit(&mut table.caption, BODY * BOLD, room);
    fit(&mut table.note, SMALL, room);
    let rooms = rooms(table, room);
    for (column, room) in table.columns.iter_mut().zip(&rooms) {
        fit(&mut column.label, TABLE * BOLD, *room);
    }
    for row in &mut table.rows {
        for (cell, room) in row.iter_mut().zip(&rooms) {
            let room = beside_symbol(cell, *room);
            fit(&mut cell.text, TABLE * BOLD, room);
        }
    }
}

/// A status has its symbol before its first word.
fn beside_symbol(cell: &Cell, room: f64) -> f64 {
    if cell.status.is_some() { room - 12.0 } else { room }
}

/// How wide each column will be inside. Those without a weight are as wide as their widest text where that leaves room for
/// the others, and else no wider than their share of the page; the others share what is left.
fn rooms(table: &Table, room: f64) -> Vec<f64> {
    let share = room / table.columns.len().max(1) as f64 - INSET;
    let wide = |text: &str| width(text, TABLE * BOLD);
    let natural = |at: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(at)).map(|cell| wide(&cell.text));
        cells.fold(wide(&table.columns[at].label), f64::max)
    };
    let weighted = table.columns.iter().filter(|column| column.weight > 0.0).count();
    let mut fixed: Vec<Option<f64>> =
        table.columns.iter().enumerate().map(|(at, column)| (column.weight <= 0.0).then(|| natural(at))).collect();
    let taken = |fixed: &[Option<f64>]| fixed.iter().flatten().map(|width| width + INSET).sum::<f64>();
    if taken(&fixed) + weighted as f64 * LEAST > room {
        fixed.iter_mut().flatten().for_each(|width| *width = width.min(share));
    }
    let left = room - taken(&fixed);
    let weights: f64 = table.columns.iter().map(|column| column.weight.max(0.0)).sum();
    let rest = |weight: f64| (left * weight / weights.max(0.01) - INSET).max(TABLE);
    table.columns.iter().zip(fixed).map(|(column, fixed)| fixed.unwrap_or_else(|| rest(column.weight))).collect()
}

/// Puts breaks between the letters of every word that is wider than the room.
fn fit(text: &mut String, size: f64, room: f64) {
    if width(text, size) <= room {
        return;
    }
    let mut fitted = String::with_capacity(text.len());
    let mut start = 0;
    for end in breaks(text) {
        let word = &text[start..end];
        let (letters, space) = word.split_at(word.trim_end().len());
        match width(letters, size) > room {
            true => part(letters, &mut fitted),
            false => fitted.push_str(letters),
        }
        fitted.push_str(space);
        // Typesetting finds Khmer words in a way of its own and may see none here.
        if space.is_empty() && text[end..].starts_with(is_khmer) {
            fitted.push(MAY_BREAK);
        }
        start = end;
    }
    *text = fitted;
}

fn is_khmer(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17FF}')
}

/// Never inside a syllable: its signs would stand alone.
fn part(word: &str, out: &mut String) {
    const SEGMENTER: GraphemeClusterSegmenterBorrowed<'static> = GraphemeClusterSegmenter::new();
    let mut start = 0;
    for end in SEGMENTER.segment_str(word).filter(|end| *end > 0) {
        let letter = &word[start..end];
        // A subscript belongs to the letter before it, whatever the rules of Unicode say of the two.
        if start > 0 && !out.ends_with('\u{17D2}') {
            out.push(MAY_BREAK);
        }
        out.push_str(letter);
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use typst::layout::{Abs, Frame, FrameItem};

    use super::*;
    use crate::document::{CalloutTone, Column};
    use crate::status::Status;

    fn fitting(text: &str, room: f64) -> String {
        let mut text = text.to_owned();
        fit(&mut text, 10.0, room);
        text
    }

    #[test]
    fn only_what_is_too_wide_may_break() {
        assert_eq!(fitting("a word or two and an id", 60.0), "a word or two and an id");
        assert_eq!(
            fitting("see ABCDEFGHIJ there", 40.0),
            "see A\u{200B}B\u{200B}C\u{200B}D\u{200B}E\u{200B}F\u{200B}G\u{200B}H\u{200B}I\u{200B}J there"
        );
        assert_eq!(fitting("", 0.0), "");
    }

    #[test]
    fn a_syllable_stays_whole() {
        let mut parted = String::new();
        part("ស្ត្រីស្ត្រី", &mut parted);
        assert_eq!(parted, "ស្ត្រី\u{200B}ស្ត្រី");
    }

    #[test]
    fn a_narrow_column_breaks_what_a_wide_one_holds() {
        let word = "KH-12-04-MINISTRY-OF-WOMENS_AFFAIRS_2026";
        let cell = |columns: usize| {
            let mut table = Table {
                columns: (0..columns).map(|_| Column::text("c", 1.0)).collect(),
                rows: vec![vec![Cell::text(word)]],
                ..Table::default()
            };
            fit_table(&mut table, REPORT);
            table.rows[0][0].text.clone()
        };
        assert_eq!(cell(1), word);
        assert!(cell(12).contains(MAY_BREAK));
    }

    /// Everything that a document has, said in one word that has no place to break.
    fn of_one_word(word: &str, brief: bool) -> Document {
        let span = || vec![Span::plain(word), Span::bold(word), Span::status(Status::OffTrack, word)];
        let table = |columns: usize, weight: f64| {
            Block::Table(Table {
                caption: word.into(),
                columns: (0..columns).map(|_| Column { label: word.into(), weight, ..Column::default() }).collect(),
                rows: vec![(0..columns).map(|_| Cell::status(Status::OffTrack, word)).collect()],
                note: word.into(),
            })
        };
        let key = || KeyNumber { value: word.into(), label: word.into(), note: word.into() };
        let mut document = Document::new("km", word);
        document.brief = brief;
        for line in [&mut document.subtitle, &mut document.organisation, &mut document.date_line] {
            *line = word.into();
        }
        document.contents_title = word.into();
        document.marker = Some(word.into());
        document.cover_lines = vec![word.into()];
        document.fingerprint = vec![word.into()];
        document.blocks = (1..=4).map(|level| Block::heading(level, word)).collect();
        document.blocks.extend([
            Block::Paragraph { spans: span() },
            Block::Callout { tone: CalloutTone::Note, text: span() },
            Block::List { ordered: true, items: vec![span()] },
            Block::KeyNumbers { items: (0..3).map(|_| key()).collect() },
            Block::KeyNumbers { items: (0..4).map(|_| key()).collect() },
        ]);
        document.blocks.extend([1, 2, 3, 5, 8].into_iter().flat_map(|n| [table(n, 1.0), table(n, 0.0)]));
        document
    }

    /// The words that begin or end outside the page's margins, with where.
    fn outside(frame: &Frame, x: Abs, found: &mut Vec<(String, f64, f64)>) {
        for (pos, item) in frame.items() {
            match item {
                FrameItem::Group(group) => outside(&group.frame, x + pos.x, found),
                FrameItem::Text(text) if text.size.to_pt() > 0.1 => {
                    let (start, end) = ((x + pos.x).to_pt(), (x + pos.x + text.width()).to_pt());
                    if start < 45.0 || end > 595.3 - 45.0 {
                        found.push((text.text.to_string(), start, end));
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn no_word_leaves_the_page() {
        for word in [
            "https://example.org/a_very_long_address_without_any_place_to_break_that_goes_on_and_on_and_on_2026",
            "KH120412041204120412041204120412041204120412041204120412041204120412041204120412041204",
            "ក្រសួងកិច្ចការនារីក្រសួងកិច្ចការនារីក្រសួងកិច្ចការនារីក្រសួងកិច្ចការនារី",
            "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអកខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ",
            "1,234,567,890,123,456,789,012,345,678,901,234,567,890,123,456,789",
        ] {
            for brief in [false, true] {
                let mut found = Vec::new();
                for page in crate::pdf::layout(&of_one_word(word, brief)).unwrap().pages() {
                    outside(&page.frame, Abs::zero(), &mut found);
                }
                assert!(found.is_empty(), "{found:?}");
            }
        }
    }
}
