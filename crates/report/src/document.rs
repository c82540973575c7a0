//! The one report model that every writer (HTML, PDF, later DOCX and XLSX) reads.
//! Refuses to know what a report is about: all text is already written, translated and formatted.

use serde::{Deserialize, Serialize};

use crate::scene::Scene;
use crate::status::Status;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// BCP 47 language of the text, "en" or "km".
    pub lang: String,
    pub title: String,
    #[serde(default)]
    pub subtitle: String,
    #[serde(default)]
    pub organisation: String,
    #[serde(default)]
    pub date_line: String,
    /// Printed small at the head of every page after the cover; the title when empty.
    #[serde(default)]
    pub running_head: String,
    /// A warning printed on every page, such as "Illustrative data".
    #[serde(default)]
    pub marker: Option<String>,
    /// Lines at the foot of the cover.
    #[serde(default)]
    pub cover_lines: Vec<String>,
    /// A note rather than a report: set tightly on one page, without cover and contents.
    #[serde(default)]
    pub brief: bool,
    /// Heading of the contents list.
    #[serde(default)]
    pub contents_title: String,
    /// The ten digits of page numbers, in order; "0123456789" when empty.
    #[serde(default)]
    pub digits: String,
    pub blocks: Vec<Block>,
    /// How the reader can check where the report came from: ledger position, hashes, versions of rules.
    #[serde(default)]
    pub fingerprint: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// Level 1 to 4.
    Heading {
        level: u8,
        text: String,
    },
    Paragraph {
        spans: Vec<Span>,
    },
    KeyNumbers {
        items: Vec<KeyNumber>,
    },
    Table(Table),
    Figure(Figure),
    Callout {
        tone: CalloutTone,
        text: Vec<Span>,
    },
    List {
        ordered: bool,
        items: Vec<Vec<Span>>,
    },
    PageBreak,
}

/// A run of text in one style.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Span {
    pub text: String,
    #[serde(default)]
    pub bold: bool,
    /// Puts the symbol of the status before the text and takes its colour.
    #[serde(default)]
    pub status: Option<Status>,
    /// Where it leads, on screen; paper and files show the text alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KeyNumber {
    pub value: String,
    pub label: String,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    /// Shorter rows are filled with empty cells, longer ones cut.
    pub rows: Vec<Vec<Cell>>,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Column {
    pub label: String,
    #[serde(default)]
    pub align: Align,
    /// Share of the table's width; 0 makes the column as wide as its content.
    #[serde(default)]
    pub weight: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    #[default]
    Left,
    Center,
    /// Numbers.
    Right,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Cell {
    pub text: String,
    #[serde(default)]
    pub bold: bool,
    #[serde(default)]
    pub status: Option<Status>,
    /// Marks a value that is not real data.
    #[serde(default)]
    pub illustrative: bool,
    /// As of a [`Span`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub scene: Scene,
    pub caption: String,
    #[serde(default)]
    pub source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalloutTone {
    #[default]
    Note,
    /// Needs the reader's attention: the only use of the pale yellow.
    Attention,
}

impl Document {
    pub fn new(lang: impl Into<String>, title: impl Into<String>) -> Self {
        Document {
            lang: lang.into(),
            title: title.into(),
            subtitle: String::new(),
            organisation: String::new(),
            date_line: String::new(),
            running_head: String::new(),
            marker: None,
            cover_lines: Vec::new(),
            brief: false,
            contents_title: String::new(),
            digits: String::new(),
            blocks: Vec::new(),
            fingerprint: Vec::new(),
        }
    }
}

/// The level at which a heading is written: a level is never skipped on the way down, because a screen reader's
/// outline (and PDF/UA) would have a hole there.
pub fn heading_level(previous: u8, wanted: u8) -> u8 {
    wanted.clamp(1, 4).min(previous + 1)
}

impl Block {
    pub fn heading(level: u8, text: impl Into<String>) -> Self {
        Block::Heading { level, text: text.into() }
    }

    pub fn paragraph(text: impl Into<String>) -> Self {
        Block::Paragraph { spans: vec![Span::plain(text)] }
    }
}

impl Span {
    pub fn plain(text: impl Into<String>) -> Self {
        Span { text: text.into(), ..Span::default() }
    }

    pub fn bold(text: impl Into<String>) -> Self {
        Span { text: text.into(), bold: true, ..Span::default() }
    }

    pub fn status(status: Status, text: impl Into<String>) -> Self {
        Span { text: text.into(), status: Some(status), ..Span::default() }
    }

    pub fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Span { text: text.into(), link: to.into(), ..Span::default() }
    }
}

impl Column {
    pub fn text(label: impl Into<String>, weight: f64) -> Self {
        Column { label: label.into(), align: Align::Left, weight }
    }

    pub fn number(label: impl Into<String>) -> Self {
        Column { label: label.into(), align: Align::Right, weight: 0.0 }
    }
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Cell { text: text.into(), ..Cell::default() }
    }

    pub fn bold(text: impl Into<String>) -> Self {
        Cell { text: text.into(), bold: true, ..Cell::default() }
    }

    pub fn status(status: Status, text: impl Into<String>) -> Self {
        Cell { text: text.into(), status: Some(status), ..Cell::default() }
    }

    pub fn link(mut self, to: impl Into<String>) -> Self {
        self.link = to.into();
        self
    }

    pub fn illustrative(mut self) -> Self {
        self.illustrative = true;
        self
    }
}
