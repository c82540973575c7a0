//! Writes a document as an HTML fragment: the readable, searchable twin of the PDF.
//! Refuses to write a page: head, navigation and style sheet belong to whoever embeds the fragment.

use crate::document::{Align, Block, CalloutTone, Cell, Document, Figure, KeyNumber, Span, Table, heading_level};
use crate::markup::{Markup, push_escaped};
use crate::status::status_icon;
use crate::svg;

/// One `<article class="report">` with the document's language.
pub fn fragment(document: &Document) -> Markup {
    let mut out = String::with_capacity(4096);
    out.push_str("<article class=\"report\" lang=\"");
    push_escaped(&mut out, &document.lang);
    out.push_str("\">\n<header class=\"report-head\">\n");
    line(&mut out, "p", "report-organisation", &document.organisation);
    line(&mut out, "h1", "report-title", &document.title);
    line(&mut out, "p", "report-subtitle", &document.subtitle);
    line(&mut out, "p", "report-date", &document.date_line);
    line(&mut out, "p", "report-marker", document.marker.as_deref().unwrap_or(""));
    for cover in &document.cover_lines {
        line(&mut out, "p", "report-line", cover);
    }
    out.push_str("</header>\n");
    let mut level = 0;
    for block in &document.blocks {
        write_block(&mut out, block, &mut level);
    }
    if !document.fingerprint.is_empty() {
        out.push_str("<footer class=\"report-fingerprint\">\n");
        for entry in &document.fingerprint {
            line(&mut out, "p", "", entry);
        }
        out.push_str("</footer>\n");
    }
    out.push_str("</article>\n");
    Markup::written(out)
}

/// An element with text on a line of its own; nothing when the text is empty.
fn line(out: &mut String, name: &str, class: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    out.push('<');
    out.push_str(name);
    if !class.is_empty() {
        out.push_str(" class=\"");
        out.push_str(class);
        out.push('"');
    }
    out.push('>');
    push_escaped(out, text);
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

fn write_block(out: &mut String, block: &Block, last: &mut u8) {
    match block {
        // The title is the page's h1, so the document's first level is h2.
        Block::Heading { text, .. } if text.trim().is_empty() => {}
        Block::Heading { level, text } => {
            *last = heading_level(*last, *level);
            let name = ["h2", "h3", "h4", "h5"][usize::from(*last - 1)];
            line(out, name, "", text);
        }
        Block::Paragraph { spans: text } => wrapped(out, "p", "", text),
        Block::KeyNumbers { items } => key_numbers(out, items),
        Block::Table(table) => write_table(out, table),
        Block::Figure(figure) => write_figure(out, figure),
        Block::Callout { tone: CalloutTone::Note, text } => wrapped(out, "p", "callout", text),
        Block::Callout { tone: CalloutTone::Attention, text } => wrapped(out, "p", "callout attention", text),
        Block::List { ordered, items } => {
            let name = if *ordered { "ol" } else { "ul" };
            out.push_str(if *ordered { "<ol>\n" } else { "<ul>\n" });
            for item in items {
                wrapped(out, "li", "", item);
            }
            out.push_str("</");
            out.push_str(name);
            out.push_str(">\n");
        }
        Block::PageBreak => {}
    }
}

fn wrapped(out: &mut String, name: &str, class: &str, text: &[Span]) {
    out.push('<');
    out.push_str(name);
    if !class.is_empty() {
        out.push_str(" class=\"");
        out.push_str(class);
        out.push('"');
    }
    out.push('>');
    text.iter().for_each(|span| write_span(out, span));
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

fn write_span(out: &mut String, span: &Span) {
    if let Some(status) = span.status {
        out.push_str("<span class=\"status status-");
        out.push_str(status.name());
        out.push_str("\">");
        out.push_str(&status_icon(status));
        out.push(' ');
    }
    out.push_str(if span.bold { "<strong>" } else { "" });
    if span.link.is_empty() {
        push_escaped(out, &span.text);
    } else {
        out.push_str("<a href=\"");
        push_escaped(out, &span.link);
        out.push_str("\">");
        push_escaped(out, &span.text);
        out.push_str("</a>");
    }
    out.push_str(if span.bold { "</strong>" } else { "" });
    out.push_str(if span.status.is_some() { "</span>" } else { "" });
}

fn key_numbers(out: &mut String, items: &[KeyNumber]) {
    out.push_str("<dl class=\"key-numbers\">\n");
    for item in items {
        out.push_str("<div>\n");
        line(out, "dt", "", &item.label);
        line(out, "dd", "key-value", &item.value);
        line(out, "dd", "key-note", &item.note);
        out.push_str("</div>\n");
    }
    out.push_str("</dl>\n");
}

/// In a frame that scrolls sideways by itself, so that a wide table never widens a phone's page.
fn write_table(out: &mut String, table: &Table) {
    out.push_str("<div class=\"table-scroll\" tabindex=\"0\">\n<table>\n");
    line(out, "caption", "", &table.caption);
    out.push_str("<thead><tr>");
    for column in &table.columns {
        out.push_str("<th scope=\"col\"");
        out.push_str(align(column.align));
        out.push('>');
        push_escaped(out, &column.label);
        out.push_str("</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let empty = Cell::default();
    for row in &table.rows {
        out.push_str("<tr>");
        for (i, column) in table.columns.iter().enumerate() {
            let cell = row.get(i).unwrap_or(&empty);
            // The first column names the row.
            let open = if i == 0 { "<th scope=\"row\"" } else { "<td" };
            out.push_str(open);
            out.push_str(align(column.align));
            out.push_str(if cell.illustrative { " data-illustrative>" } else { ">" });
            let (text, link) = (cell.text.clone(), cell.link.clone());
            let span = Span { text, bold: cell.bold, status: cell.status, link };
            write_span(out, &span);
            out.push_str(if i == 0 { "</th>" } else { "</td>" });
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
    line(out, "p", "table-note", &table.note);
    out.push_str("</div>\n");
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "",
        Align::Center => " class=\"center\"",
        Align::Right => " class=\"number\"",
    }
}

fn write_figure(out: &mut String, figure: &Figure) {
    out.push_str("<figure>\n");
    line(out, "figcaption", "", &figure.caption);
    out.push_str(&svg::svg(&figure.scene));
    out.push('\n');
    line(out, "p", "figure-source", &figure.source);
    out.push_str("</figure>\n");
}
