//! A report in Khmer, written to standard output, for looking at what readers find in it.
use std::io::Write;

use romduol_report::document::*;
use romduol_report::*;

fn main() {
    let lines = std::env::args().nth(1).expect("a text file");
    let text = std::fs::read_to_string(lines).expect("a text file");
    let mut document = Document::new("km", "ផែនការសកម្មភាពជាតិស្តីពីស្ត្រី សន្តិភាព និងសន្តិសុខ");
    document.contents_title = "មាតិកា".into();
    for (n, line) in text.lines().enumerate() {
        if n % 12 == 0 {
            document.blocks.push(Block::heading(1, line));
        }
        document.blocks.push(Block::paragraph(line));
        document.blocks.push(Block::Table(Table {
            caption: line.into(),
            columns: vec![Column::text("សូចនាករ", 2.0), Column::number("តម្លៃ")],
            rows: vec![vec![Cell::text(line), Cell::text("១២៣")]],
            note: String::new(),
        }));
    }
    let start = std::time::Instant::now();
    let bytes = pdf(&document, Timestamp::from_unix(1_795_392_000)).expect("a report");
    eprintln!("{} ms, {} bytes", start.elapsed().as_millis(), bytes.len());
    std::io::stdout().write_all(&bytes).expect("written");
}
