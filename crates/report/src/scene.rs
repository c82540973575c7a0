//! A drawing as shapes and labels with roles instead of colours, the one source of the web's SVG and the PDF's figures.
//! Refuses to know what is drawn, and how any role is painted.

use serde::{Deserialize, Serialize};

use crate::status::Status;

/// Width in scene units that fills a phone's column; one unit is about one CSS pixel there.
pub const PHONE_WIDTH: f64 = 340.0;
/// Width in scene units that fills the text column of the PDF page.
pub const PAGE_WIDTH: f64 = 680.0;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    pub width: f64,
    pub height: f64,
    /// Short name, read aloud first.
    pub title: String,
    /// What a reader who cannot see the drawing should know; also the PDF's alternative text.
    pub description: String,
    pub shapes: Vec<Shape>,
    pub labels: Vec<Label>,
}

pub type Point = (f64, f64);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    pub form: Form,
    pub role: Role,
    /// Shown by the browser when the mark is pointed at; ignored on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<String>,
    /// Where a click leads, a path of the site or an https address; ignored on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    Line {
        from: Point,
        to: Point,
    },
    Polyline(Vec<Point>),
    /// Rings of one area, the holes included (even-odd).
    Polygon(Vec<Vec<Point>>),
    Rect {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    },
    Circle {
        x: f64,
        y: f64,
        radius: f64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Ink,
    /// A mark on a dark ground.
    Paper,
    Muted,
    /// The measured thing itself.
    Accent,
    /// The second series beside the accent.
    Second,
    /// Expected path and target mark.
    Target,
    Band(Band),
    Grid,
    Axis,
    /// Hatched.
    NoData,
    /// Choropleth class, 0 the lowest of five.
    Level(u8),
    Threshold,
    /// A value that another source gives.
    Other,
    /// A value that is not real data.
    Illustrative,
    /// A value of which not all has come: hollow.
    Incomplete,
    /// The symbol of a status or its share of a strip.
    Status(Status),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    OnTrack,
    AtRisk,
    OffTrack,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    pub x: f64,
    /// The baseline, not the top.
    pub y: f64,
    pub text: String,
    pub anchor: Anchor,
    pub size: Size,
    pub bold: bool,
    pub tone: Tone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    Small,
    Normal,
    Large,
}

impl Size {
    /// Type size in scene units: still 10 px where a 340-unit drawing is squeezed into a 288 px column.
    pub const fn units(self) -> f64 {
        match self {
            Size::Small => 12.0,
            Size::Normal => 13.0,
            Size::Large => 17.0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Ink,
    Muted,
    Accent,
    /// On a dark ground.
    Paper,
}

impl Scene {
    pub fn new(width: f64, title: &str, description: &str) -> Self {
        let width = if width.is_finite() { width.clamp(160.0, 4000.0) } else { PHONE_WIDTH };
        Scene {
            width,
            height: 0.0,
            title: title.into(),
            description: description.into(),
            shapes: Vec::new(),
            labels: Vec::new(),
        }
    }

    pub fn shape(&mut self, form: Form, role: Role) -> &mut Shape {
        self.shapes.push(Shape { form, role, tooltip: None, href: None });
        self.shapes.last_mut().expect("just pushed")
    }

    pub fn line(&mut self, from: Point, to: Point, role: Role) {
        self.shape(Form::Line { from, to }, role);
    }

    pub fn label(&mut self, at: Point, text: impl Into<String>, anchor: Anchor) -> &mut Label {
        self.labels.push(Label {
            x: at.0,
            y: at.1,
            text: text.into(),
            anchor,
            size: Size::Small,
            bold: false,
            tone: Tone::Ink,
        });
        self.labels.last_mut().expect("just pushed")
    }

    /// True when every coordinate is a number that a renderer accepts.
    pub fn is_finite(&self) -> bool {
        let ok = |p: &Point| p.0.is_finite() && p.1.is_finite();
        let shape = |s: &Shape| match &s.form {
            Form::Line { from, to } => ok(from) && ok(to),
            Form::Polyline(points) => points.iter().all(ok),
            Form::Polygon(rings) => rings.iter().flatten().all(ok),
            Form::Rect { x, y, width, height } => ok(&(*x, *y)) && ok(&(*width, *height)),
            Form::Circle { x, y, radius } => ok(&(*x, *y)) && radius.is_finite(),
        };
        ok(&(self.width, self.height)) && self.shapes.iter().all(shape) && self.labels.iter().all(|l| ok(&(l.x, l.y)))
    }
}

impl Shape {
    pub fn tip(&mut self, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.tooltip = Some(text.into());
        }
        self
    }
}

impl Label {
    pub fn size(&mut self, size: Size) -> &mut Self {
        self.size = size;
        self
    }

    pub fn bold(&mut self) -> &mut Self {
        self.bold = true;
        self
    }

    pub fn tone(&mut self, tone: Tone) -> &mut Self {
        self.tone = tone;
        self
    }
}
