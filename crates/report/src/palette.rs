//! How each role is painted when no style sheet says otherwise: paper and ink, one green, yellow for attention.
//! Refuses to know shapes and positions.

use crate::scene::{Band, Role, Tone};
use crate::status::Status;

pub const PAPER: &str = "#ffffff";
pub const INK: &str = "#1b211e";
pub const MUTED: &str = "#5a645f";
pub const HAIRLINE: &str = "#d3d9d5";
pub const ACCENT: &str = "#0f5b40";
pub const SECOND: &str = "#8fb8a4";
pub const ATTENTION: &str = "#f4e3a1";

/// Five greens whose lightness falls evenly, so the map also reads in grey.
const LEVELS: [&str; 5] = ["#e3efe8", "#b5d5c4", "#7fb39a", "#438a6b", "#0f5b40"];

/// Paint of one mark. `fill` and `stroke` are SVG paint values; `None` means none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    pub fill: Option<&'static str>,
    pub stroke: Option<&'static str>,
    pub width: f64,
    pub dash: Option<&'static str>,
    pub hatch: bool,
}

const fn filled(fill: &'static str) -> Paint {
    Paint { fill: Some(fill), stroke: None, width: 0.0, dash: None, hatch: false }
}

const fn drawn(stroke: &'static str, width: f64) -> Paint {
    Paint { fill: None, stroke: Some(stroke), width, dash: None, hatch: false }
}

const fn open(stroke: &'static str, width: f64) -> Paint {
    Paint { fill: Some(PAPER), stroke: Some(stroke), width, dash: None, hatch: false }
}

/// A line takes a stroke where an area takes a fill, hence the two cases.
pub fn paint(role: Role, is_line: bool) -> Paint {
    if is_line { line(role) } else { area(role) }
}

fn line(role: Role) -> Paint {
    match role {
        Role::Ink => drawn(INK, 1.2),
        Role::Paper => drawn(PAPER, 1.2),
        Role::Band(_) => drawn("#8b948f", 0.5),
        Role::Accent => drawn(ACCENT, 2.0),
        Role::Second => drawn(SECOND, 2.0),
        Role::Illustrative => Paint { dash: Some("1.5 3"), ..drawn(ACCENT, 1.8) },
        Role::Incomplete => Paint { dash: Some("3 3"), ..drawn(ACCENT, 1.0) },
        Role::Target => Paint { dash: Some("5 4"), ..drawn(INK, 1.2) },
        Role::Threshold => Paint { dash: Some("1 2.5"), ..drawn(INK, 1.0) },
        Role::Axis => drawn(MUTED, 1.0),
        Role::Grid => drawn(HAIRLINE, 0.75),
        Role::Status(status) => drawn(status_colour(status), 1.5),
        Role::Muted | Role::Other | Role::NoData | Role::Level(_) => drawn(MUTED, 1.0),
    }
}

fn area(role: Role) -> Paint {
    match role {
        Role::Ink => filled(INK),
        Role::Paper => filled(PAPER),
        Role::Muted => filled(MUTED),
        Role::Accent => filled(ACCENT),
        Role::Second => Paint { stroke: Some(ACCENT), width: 0.75, ..filled(SECOND) },
        Role::Target => open(INK, 1.4),
        Role::Threshold | Role::Axis | Role::Grid => filled(HAIRLINE),
        Role::Other => open(MUTED, 1.1),
        Role::Illustrative => Paint { fill: Some(ATTENTION), ..open(ACCENT, 1.3) },
        Role::Incomplete => Paint { dash: Some("2.5 2"), ..open(ACCENT, 1.4) },
        Role::NoData => Paint { hatch: true, ..open(MUTED, 0.6) },
        Role::Level(level) => {
            let fill = LEVELS[usize::from(level).min(LEVELS.len() - 1)];
            Paint { stroke: Some(PAPER), width: 0.8, ..filled(fill) }
        }
        Role::Band(Band::OnTrack) => filled("#f2f8f5"),
        Role::Band(Band::AtRisk) => filled("#f7ecc6"),
        Role::Band(Band::OffTrack) => filled("#f0e2dd"),
        Role::Status(status) if status.is_open() => open(status_colour(status), 1.4),
        Role::Status(status) => filled(status_colour(status)),
    }
}

/// Each has at least 4.5:1 contrast on paper, because words are set in it too.
pub const fn status_colour(status: Status) -> &'static str {
    match status {
        Status::Achieved => "#0b3f2d",
        Status::OnTrack => "#1c7a55",
        Status::AtRisk => "#8a5b00",
        Status::OffTrack => "#a02d22",
        Status::Incomplete | Status::NoData | Status::Stale | Status::NoBaseline | Status::NoTarget => MUTED,
    }
}

pub const fn tone_colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Ink => INK,
        Tone::Muted => MUTED,
        Tone::Accent => ACCENT,
        Tone::Paper => PAPER,
    }
}

/// The CSS class of a role.
pub const fn class(role: Role) -> &'static str {
    match role {
        Role::Ink => "c-ink",
        Role::Paper => "c-paper",
        Role::Muted => "c-muted",
        Role::Accent => "c-accent",
        Role::Second => "c-second",
        Role::Target => "c-target",
        Role::Band(Band::OnTrack) => "c-band-on",
        Role::Band(Band::AtRisk) => "c-band-risk",
        Role::Band(Band::OffTrack) => "c-band-off",
        Role::Grid => "c-grid",
        Role::Axis => "c-axis",
        Role::NoData => "c-nodata",
        Role::Level(0) => "c-level-0",
        Role::Level(1) => "c-level-1",
        Role::Level(2) => "c-level-2",
        Role::Level(3) => "c-level-3",
        Role::Level(_) => "c-level-4",
        Role::Threshold => "c-threshold",
        Role::Other => "c-other",
        Role::Illustrative => "c-illustrative",
        Role::Incomplete => "c-incomplete",
        Role::Status(Status::Achieved) => "c-achieved",
        Role::Status(Status::OnTrack) => "c-on_track",
        Role::Status(Status::AtRisk) => "c-at_risk",
        Role::Status(Status::OffTrack) => "c-off_track",
        Role::Status(Status::Incomplete) => "c-status-incomplete",
        Role::Status(Status::NoData) => "c-no_data",
        Role::Status(Status::Stale) => "c-stale",
        Role::Status(Status::NoBaseline) => "c-no_baseline",
        Role::Status(Status::NoTarget) => "c-no_target",
    }
}
