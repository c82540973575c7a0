//! Writes a document as an editable Word file: the same headings, tables and texts as the PDF. Refuses to draw: a chart
//! is named with its source, and stands in the PDF.

use docx_rs::{
    AbstractNumbering, AlignmentType, Docx, IndentLevel, Level, LevelJc, LevelText, NumberFormat, Numbering,
    NumberingId, Paragraph, Run, RunFonts, Start, Style, StyleType, Table, TableCell, TableLayoutType, TableRow,
    WidthType,
};

use crate::document::{self, Align, Block, Cell, Document, Figure, KeyNumber, Span, heading_level};

/// Khmer is shaped by the font of the complex script; Latin by the other.
const LATIN: &str = "Noto Sans";
const KHMER: &str = "Khmer OS Siemreap";

/// Half points.
const BODY: usize = 21;
const SMALL: usize = 18;

/// Twentieths of a point: the text column of an A4 page.
const COLUMN: usize = 9_600;

const BULLETS: usize = 2;

pub fn docx(document: &Document) -> Result<Vec<u8>, std::io::Error> {
    let mut docx = styled(Docx::new());
    docx = docx.add_paragraph(styled_line("Small", &document.organisation));
    docx = docx.add_paragraph(styled_line("Title", &document.title));
    for line in [&document.subtitle, &document.date_line].into_iter().chain(&document.cover_lines) {
        if !line.is_empty() {
            docx = docx.add_paragraph(styled_line("Small", line));
        }
    }
    if let Some(marker) = &document.marker {
        docx = docx.add_paragraph(Paragraph::new().add_run(run(marker).bold().highlight("yellow")));
    }
    let mut level = 0;
    for block in &document.blocks {
        docx = write(docx, block, &mut level);
    }
    for line in &document.fingerprint {
        docx = docx.add_paragraph(styled_line("Small", line));
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.into_inner())
}

fn styled(docx: Docx) -> Docx {
    let fonts = RunFonts::new().ascii(LATIN).hi_ansi(LATIN).cs(KHMER);
    let mut docx = docx.default_fonts(fonts).default_size(BODY);
    // Word and others look the style of plain text up under this id.
    docx = docx.add_style(Style::new("Normal", StyleType::Paragraph).name("Normal"));
    docx = docx.add_style(Style::new("Title", StyleType::Paragraph).name("Title").size(40).bold());
    docx = docx.add_style(Style::new("Small", StyleType::Paragraph).name("Small").size(SMALL).color("56605b"));
    for (level, size) in [(1, 32), (2, 27), (3, 24), (4, 22)] {
        let style = Style::new(format!("Heading{level}"), StyleType::Paragraph).name(format!("heading {level}"));
        docx = docx.add_style(style.size(size).bold().color("0b5d3b"));
    }
    let bullet = Level::new(0, Start::new(1), NumberFormat::new("bullet"), LevelText::new("•"), LevelJc::new("left"));
    let list = AbstractNumbering::new(BULLETS).add_level(bullet.indent(Some(360), None, None, None));
    docx.add_abstract_numbering(list).add_numbering(Numbering::new(BULLETS, BULLETS))
}

fn write(docx: Docx, block: &Block, last: &mut u8) -> Docx {
    match block {
        Block::Heading { level, text } => {
            *last = heading_level(*last, *level);
            docx.add_paragraph(styled_line(&format!("Heading{}", *last), text))
        }
        Block::Paragraph { spans } | Block::Callout { text: spans, .. } => docx.add_paragraph(paragraph(spans)),
        Block::KeyNumbers { items } => items.iter().fold(docx, |docx, item| docx.add_paragraph(key_number(item))),
        Block::Table(table) => write_table(docx, table),
        Block::Figure(figure) => docx.add_paragraph(styled_line("Small", &caption(figure))),
        Block::List { items, .. } => items.iter().fold(docx, |docx, item| {
            docx.add_paragraph(paragraph(item).numbering(NumberingId::new(BULLETS), IndentLevel::new(0)))
        }),
        Block::PageBreak => docx.add_paragraph(Paragraph::new().page_break_before(true)),
    }
}

fn write_table(docx: Docx, table: &document::Table) -> Docx {
    let widths = widths(table);
    let head =
        table.columns.iter().zip(&widths).map(|(column, width)| cell(&Cell::bold(&column.label), column.align, *width));
    let mut rows = vec![TableRow::new(head.collect())];
    for row in &table.rows {
        let cells = table.columns.iter().zip(&widths).enumerate().map(|(at, (column, width))| {
            row.get(at)
                .map_or_else(|| cell(&Cell::default(), column.align, *width), |text| cell(text, column.align, *width))
        });
        rows.push(TableRow::new(cells.collect()));
    }
    let mut docx = docx.add_paragraph(styled_line("Small", &table.caption));
    docx =
        docx.add_table(Table::new(rows).set_grid(widths).width(COLUMN, WidthType::Dxa).layout(TableLayoutType::Fixed));
    docx.add_paragraph(styled_line("Small", &table.note))
}

/// A column without a weight is as wide as a number.
fn widths(table: &document::Table) -> Vec<usize> {
    let weight = |column: &document::Column| if column.weight > 0.0 { column.weight } else { 0.8 };
    let all: f64 = table.columns.iter().map(weight).sum();
    table.columns.iter().map(|column| (COLUMN as f64 * weight(column) / all.max(0.1)) as usize).collect()
}

fn cell(cell: &Cell, align: Align, width: usize) -> TableCell {
    let mark = cell.status.map(|status| format!("{} ", status.letter())).unwrap_or_default();
    let mut text = run(&format!("{mark}{}", cell.text));
    if cell.bold {
        text = text.bold();
    }
    if cell.illustrative {
        text = text.highlight("yellow");
    }
    let align = match align {
        Align::Left => AlignmentType::Left,
        Align::Center => AlignmentType::Center,
        Align::Right => AlignmentType::Right,
    };
    TableCell::new().width(width, WidthType::Dxa).add_paragraph(Paragraph::new().align(align).add_run(text))
}

fn key_number(item: &KeyNumber) -> Paragraph {
    let rest = if item.note.is_empty() { item.label.clone() } else { format!("{} ({})", item.label, item.note) };
    Paragraph::new().add_run(run(&item.value).bold()).add_run(run(&format!(" {rest}")))
}

fn caption(figure: &Figure) -> String {
    [&figure.caption, &figure.scene.description, &figure.source].map(String::as_str).join(" · ")
}

fn styled_line(style: &str, text: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(Run::new().add_text(text))
}

fn paragraph(spans: &[Span]) -> Paragraph {
    spans.iter().fold(Paragraph::new(), |paragraph, span| {
        let mark = span.status.map(|status| format!("{} ", status.letter())).unwrap_or_default();
        let run = run(&format!("{mark}{}", span.text));
        paragraph.add_run(if span.bold { run.bold() } else { run })
    })
}

fn run(text: &str) -> Run {
    Run::new().add_text(text)
}
