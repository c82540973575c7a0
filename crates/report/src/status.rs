//! The nine states of progress as shapes, so that colour is never needed to tell them apart and no font has to hold them.
//! Refuses to know how a status is computed and what it is called in any language.

use serde::{Deserialize, Serialize};

use crate::markup::Markup;
use crate::scene::{Form, Point, Role, Scene, Shape};
use crate::svg;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Filled diamond.
    Achieved,
    /// Filled circle.
    OnTrack,
    /// Filled triangle.
    AtRisk,
    /// Filled square.
    OffTrack,
    /// Circle with a missing quarter.
    Incomplete,
    /// Open circle.
    NoData,
    /// Half-filled circle: a value, but an old one.
    Stale,
    /// Open square.
    NoBaseline,
    /// Open diamond.
    NoTarget,
}

impl Status {
    pub const ALL: [Status; 9] = [
        Status::Achieved,
        Status::OnTrack,
        Status::AtRisk,
        Status::OffTrack,
        Status::Incomplete,
        Status::NoData,
        Status::Stale,
        Status::NoBaseline,
        Status::NoTarget,
    ];

    /// The name used in CSS classes, file names and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Achieved => "achieved",
            Status::OnTrack => "on_track",
            Status::AtRisk => "at_risk",
            Status::OffTrack => "off_track",
            Status::Incomplete => "incomplete",
            Status::NoData => "no_data",
            Status::Stale => "stale",
            Status::NoBaseline => "no_baseline",
            Status::NoTarget => "no_target",
        }
    }

    /// The symbol as a letter, where a shape cannot be drawn.
    pub const fn letter(self) -> char {
        match self {
            Status::Achieved => '◆',
            Status::OnTrack => '●',
            Status::AtRisk => '▲',
            Status::OffTrack => '■',
            Status::Incomplete => '◔',
            Status::NoData => '○',
            Status::Stale => '◐',
            Status::NoBaseline => '□',
            Status::NoTarget => '◇',
        }
    }

    /// Open symbols say that a judgement could not be made.
    pub const fn is_open(self) -> bool {
        matches!(self, Status::Incomplete | Status::NoData | Status::Stale | Status::NoBaseline | Status::NoTarget)
    }
}

/// The symbol centred at a point; `size` is the height of a capital letter beside it.
pub fn symbol(status: Status, (x, y): Point, size: f64) -> Vec<Shape> {
    let r = size / 2.0;
    let role = Role::Status(status);
    let shape = |form| Shape { form, role, tooltip: None, href: None };
    // Equal radii look unequal: a diamond or triangle needs more reach than a circle, a square less.
    let diamond = |r: f64| Form::Polygon(vec![vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)]]);
    let square = |r: f64| Form::Rect { x: x - r, y: y - r, width: 2.0 * r, height: 2.0 * r };
    let circle = |r: f64| Form::Circle { x, y, radius: r };
    match status {
        Status::Achieved => vec![shape(diamond(r * 1.2))],
        Status::OnTrack => vec![shape(circle(r))],
        Status::AtRisk => {
            let (up, down, side) = (r * 1.05, r * 0.85, r * 1.1);
            vec![shape(Form::Polygon(vec![vec![(x, y - up), (x + side, y + down), (x - side, y + down)]]))]
        }
        Status::OffTrack => vec![shape(square(r * 0.88))],
        Status::NoData => vec![shape(circle(r * 0.88))],
        Status::NoBaseline => vec![shape(square(r * 0.78))],
        Status::NoTarget => vec![shape(diamond(r * 1.1))],
        Status::Stale => vec![shape(circle(r * 0.88)), half_disc((x, y), r * 0.88)],
        Status::Incomplete => vec![shape(circle(r * 0.88)), sector((x, y), r * 0.88)],
    }
}

/// The left half of a disc as a polygon: sixteen corners are round enough at symbol size.
fn half_disc((x, y): Point, r: f64) -> Shape {
    filled(arc((x, y), r, (0.5, 1.5)))
}

/// The first quarter of a disc: a part has come.
fn sector(centre: Point, r: f64) -> Shape {
    filled([vec![centre], arc(centre, r, (0.0, 0.5))].concat())
}

/// Points on a circle from one half-turn to another.
fn arc((x, y): Point, r: f64, (from, to): (f64, f64)) -> Vec<Point> {
    let corner = |i: u32| {
        let angle = std::f64::consts::PI * (from + (to - from) * f64::from(i) / 16.0);
        (x + r * angle.cos(), y - r * angle.sin())
    };
    (0..=16).map(corner).collect()
}

fn filled(ring: Vec<Point>) -> Shape {
    Shape { form: Form::Polygon(vec![ring]), role: Role::Muted, tooltip: None, href: None }
}

/// The symbol alone as an inline SVG of one em, hidden from screen readers because a word always stands beside it.
pub fn status_icon(status: Status) -> Markup {
    let mut scene = Scene::new(160.0, "", "");
    (scene.width, scene.height) = (16.0, 16.0);
    scene.shapes = symbol(status, (8.0, 8.0), 12.0);
    svg::icon(&scene, status.name())
}
