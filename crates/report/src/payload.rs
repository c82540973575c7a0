//! Turns a document into what the typst template reads: one JSON value, and the drawings as files without text.
//! Refuses to build markup: text stays data, so that nothing a user types can become a command.

use serde_json::{Value, json};

use crate::document::{Block, Document, Figure, heading_level};
use crate::palette;
use crate::scene::{Label, Scene};
use crate::status::{Status, symbol};
use crate::svg;

pub struct Payload {
    pub data: String,
    /// Name and content.
    pub drawings: Vec<(String, String)>,
}

pub fn payload(document: &Document) -> Payload {
    let mut drawings: Vec<_> = Status::ALL.iter().map(|s| (format!("status-{}.svg", s.name()), icon(*s))).collect();
    let mut level = 0;
    let blocks: Vec<Value> = document
        .blocks
        .iter()
        .filter(|block| !is_empty_heading(block))
        .map(|block| write_block(block, &mut drawings, &mut level))
        .collect();
    let headings = document.blocks.iter().filter(|b| matches!(b, Block::Heading { level: 0 | 1, .. })).count();
    let head = if document.running_head.is_empty() { &document.title } else { &document.running_head };
    let digits: Vec<char> = document.digits.chars().collect();
    let colours: serde_json::Map<String, Value> =
        Status::ALL.iter().map(|s| (s.name().to_owned(), json!(palette::status_colour(*s)))).collect();
    let data = json!({
        "lang": language(&document.lang),
        "title": first_of(&[&document.title, &document.organisation]),
        "subtitle": document.subtitle,
        "organisation": document.organisation,
        "date_line": document.date_line,
        "running_head": head,
        "marker": document.marker,
        "cover_lines": document.cover_lines,
        "contents_title": document.contents_title,
        "brief": document.brief,
        "has_contents": headings > 3 && !document.brief,
        "digits": if digits.len() == 10 { json!(digits) } else { Value::Null },
        "blocks": blocks,
        "fingerprint": document.fingerprint,
        "colours": colours,
    });
    Payload { data: data.to_string(), drawings }
}

/// An empty heading would be a hole in the outline, which the standards refuse.
fn is_empty_heading(block: &Block) -> bool {
    matches!(block, Block::Heading { text, .. } if text.trim().is_empty())
}

/// The two or three letters typst accepts; anything else would stop the whole report.
fn language(tag: &str) -> String {
    let first = tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
    let plain = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
    if plain { first } else { "en".into() }
}

fn write_block(block: &Block, drawings: &mut Vec<(String, String)>, last: &mut u8) -> Value {
    match block {
        Block::Heading { level, text } => {
            *last = heading_level(*last, *level);
            json!({ "kind": "heading", "level": *last, "text": text })
        }
        Block::Figure(figure) => {
            let name = format!("drawing-{}.svg", drawings.len());
            drawings.push((name.clone(), svg::shapes_only(&figure.scene)));
            write_figure(figure, &name)
        }
        other => serde_json::to_value(other).unwrap_or(Value::Null),
    }
}

fn write_figure(figure: &Figure, file: &str) -> Value {
    let scene = &figure.scene;
    let label = |label: &Label| {
        json!({
            "x": label.x,
            "y": label.y,
            "text": label.text,
            "anchor": label.anchor,
            "size": label.size.units(),
            "bold": label.bold,
            "colour": palette::tone_colour(label.tone),
        })
    };
    let name = first_of(&[&scene.title, &figure.caption]);
    let alt = [name, &scene.description].join(". ");
    json!({
        "kind": "figure",
        "file": file,
        "width": scene.width.max(1.0),
        "height": scene.height.max(1.0),
        "labels": scene.labels.iter().map(label).collect::<Vec<_>>(),
        "alt": alt.trim_matches(['.', ' ']),
        "caption": figure.caption,
        "source": figure.source,
    })
}

/// The first text that says something. The standards demand a title and a name for each picture, so a dash stands in
/// for a missing one rather than no report at all.
fn first_of<'a>(texts: &[&'a str]) -> &'a str {
    texts.iter().copied().find(|text| !text.trim().is_empty()).unwrap_or("\u{2013}")
}

fn icon(status: Status) -> String {
    let mut scene = Scene::new(160.0, "", "");
    (scene.width, scene.height) = (16.0, 16.0);
    scene.shapes = symbol(status, (8.0, 8.0), 12.0);
    svg::shapes_only(&scene)
}
