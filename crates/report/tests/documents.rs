//! Documents as PDF and HTML: pages break, bytes repeat, Khmer and hostile text pass.

use romduol_report::document::*;
use romduol_report::pdf::page_count;
use romduol_report::*;

fn time() -> Timestamp {
    Timestamp::from_unix(1_795_392_000)
}

fn with_rows(rows: usize) -> Document {
    let mut document = Document::new("en", "Rows");
    document.blocks.push(Block::Table(Table {
        caption: "Many".into(),
        columns: vec![Column::text("Name", 1.0), Column::number("Value")],
        rows: (0..rows).map(|i| vec![Cell::text("row"), Cell::text(i.to_string())]).collect(),
        note: String::new(),
    }));
    document
}

fn every_block(lang: &str, text: &str) -> Document {
    let mut document = Document::new(lang, text);
    document.organisation = text.into();
    document.marker = Some(text.into());
    document.contents_title = text.into();
    document.cover_lines = vec![text.into()];
    document.fingerprint = vec![text.into()];
    let mut scene = Scene::new(340.0, text, text);
    scene.height = 40.0;
    scene.label((10.0, 20.0), text, scene::Anchor::Middle);
    scene.shape(scene::Form::Rect { x: 0.0, y: 0.0, width: 10.0, height: 10.0 }, scene::Role::NoData);
    let spans = || vec![Span::plain(text), Span::bold(text), Span::status(Status::Stale, text)];
    let cells = || Status::ALL.iter().map(|s| vec![Cell::status(*s, text), Cell::text(text).illustrative()]).collect();
    document.blocks = vec![
        Block::heading(1, text),
        Block::heading(1, text),
        Block::heading(1, text),
        Block::heading(1, text),
        Block::heading(9, text),
        Block::Paragraph { spans: spans() },
        Block::KeyNumbers { items: vec![KeyNumber { value: text.into(), label: text.into(), note: text.into() }] },
        Block::KeyNumbers { items: vec![] },
        Block::Table(Table {
            columns: vec![Column::text(text, 0.0), Column::number(text), Column::default()],
            rows: cells(),
            caption: text.into(),
            note: text.into(),
        }),
        Block::Table(Table::default()),
        Block::Figure(Figure { scene, caption: text.into(), source: text.into() }),
        Block::Callout { tone: CalloutTone::Attention, text: spans() },
        Block::List { ordered: true, items: vec![spans()] },
        Block::PageBreak,
        Block::paragraph(text),
    ];
    document
}

#[test]
fn a_long_table_breaks_over_pages() {
    let short = page_count(&with_rows(10)).unwrap();
    assert_eq!(short, 2);
    assert!(page_count(&with_rows(200)).unwrap() >= 6);
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = every_block("km", "ស្ត្រី សន្តិភាព និងសន្តិសុខ");
    let first = pdf(&document, time()).unwrap();
    typst::comemo::evict(0);
    let second = pdf(&document, time()).unwrap();
    assert!(first.starts_with(b"%PDF-1.7"));
    assert!(first == second);
}

#[test]
fn hostile_text_is_only_text() {
    for text in ["<b>&\"", "#panic()", "$x$ *a* _b_ @c <d> `e` \\u{0} [", "", "\u{202E}rtl", "😀\u{FE0F} ฿ 中"] {
        let bytes = pdf(&every_block("en", text), time());
        assert!(bytes.is_ok(), "{text:?}: {bytes:?}");
    }
}

#[test]
fn an_odd_language_tag_does_not_stop_the_report() {
    for lang in ["", "km-KH", "KM", "x", "longer-tag"] {
        pdf(&every_block(lang, "text"), time()).unwrap();
    }
}

#[test]
fn a_wrong_time_is_refused() {
    let wrong = Timestamp { month: 13, ..time() };
    assert!(matches!(pdf(&Document::new("en", "t"), wrong), Err(PdfError::Time(_))));
}

#[test]
fn html_has_the_same_content_and_no_inline_style() {
    let written = html::fragment(&every_block("km", "<b>&\"ស្ត្រី"));
    assert!(written.contains("&lt;b&gt;&amp;&quot;ស្ត្រី") && !written.contains("<b>"));
    assert!(
        written.contains("<th scope=\"col\"") && written.contains("<th scope=\"row\"") && written.contains("<caption>")
    );
    assert!(!written.contains("style=") && !written.contains("<script"));
}

#[test]
fn a_document_survives_json() {
    let document = every_block("km", "ស្ត្រី");
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<Document>(&text).unwrap(), document);
}
