//! Small multiples: the same little line for many places or groups, all on one scale, so that only shape and height differ.
//! Refuses a scale per panel.

use super::{AxisText, Scale, break_sign, cut_at, extent, is_drawable, value_steps};
use crate::scene::{Anchor, Form, Point, Role, Scene, Size, Tone};
use crate::status::{Status, symbol};
use crate::text;

#[derive(Debug, Clone, Default)]
pub struct MultiplesInput {
    pub title: String,
    pub description: String,
    pub width: f64,
    pub panels: Vec<Panel>,
    /// A dashed line through all panels.
    pub target: Option<f64>,
    /// Written in a panel without points.
    pub no_data: String,
}

#[derive(Debug, Clone, Default)]
pub struct Panel {
    pub label: String,
    /// Decimal year and value.
    pub points: Vec<Point>,
    /// Of which points not all has come, by their place among the points.
    pub incomplete: Vec<usize>,
    /// Written at the last point.
    pub end_label: String,
    pub status: Option<Status>,
    pub tooltip: String,
    pub illustrative: bool,
}

const NARROWEST: f64 = 150.0;
const GAP: f64 = 18.0;
const PLOT: f64 = 62.0;
const HEAD: f64 = 22.0;
const FOOT: f64 = 20.0;

pub fn multiples(input: &MultiplesInput, axis: &AxisText) -> Scene {
    let mut scene = Scene::new(input.width, &input.title, &input.description);
    let usable = |p: &&Point| is_drawable(p.0) && is_drawable(p.1);
    let all = || input.panels.iter().flat_map(|panel| &panel.points).filter(usable);
    let xs = extent(all().map(|p| p.0)).unwrap_or((0.0, 1.0));
    let ys = extent(all().map(|p| p.1).chain(input.target)).unwrap_or((0.0, 1.0));
    let parts = input.panels.iter().any(|panel| !panel.incomplete.is_empty());
    let most = if parts { 0 } else { input.panels.iter().map(|panel| panel.points.len()).max().unwrap_or(0) };
    let steps = value_steps(ys, most, 2);
    let domain = (steps.first().copied().unwrap_or(0.0), steps.last().copied().unwrap_or(1.0));
    let columns = ((scene.width + GAP) / (NARROWEST + GAP)).floor().max(1.0) as usize;
    let columns = columns.min(input.panels.len().max(1));
    let wide = (scene.width - GAP * (columns - 1) as f64) / columns as f64;
    let above = match cut_at(&steps) {
        Some(start) => {
            scene.label((0.0, 13.0), (axis.cut)(start), Anchor::Start).tone(Tone::Muted);
            22.0
        }
        None => 0.0,
    };
    for (i, panel) in input.panels.iter().enumerate() {
        let row = (i / columns) as f64;
        let corner = ((i % columns) as f64 * (wide + GAP), above + row * (HEAD + PLOT + FOOT + 10.0));
        draw(&mut scene, input, panel, axis, (corner, wide), (xs, domain));
    }
    let rows = input.panels.len().div_ceil(columns);
    scene.height = (above + rows as f64 * (HEAD + PLOT + FOOT + 10.0)).max(24.0);
    scene
}

type Place = (Point, f64);
type Domain = ((f64, f64), (f64, f64));

fn draw(scene: &mut Scene, input: &MultiplesInput, panel: &Panel, axis: &AxisText, place: Place, domain: Domain) {
    let ((left, top), wide) = place;
    let (xs, ys) = domain;
    head(scene, panel, (left, top), wide);
    let end_room = text::width(&panel.end_label, Size::Small.units()).min(wide / 2.0) + 10.0;
    let x = Scale::new(xs, (left + 5.0, left + wide - end_room));
    let y = Scale::new(ys, (top + HEAD + PLOT, top + HEAD + 4.0));
    scene.line((left, y.at(ys.0)), (left + wide, y.at(ys.0)), Role::Axis);
    if ys.0 > 0.0 {
        break_sign(scene, (left + 5.0, y.at(ys.0)));
    }
    let marked = panel.points.iter().enumerate().map(|(n, point)| (*point, panel.incomplete.contains(&n)));
    let mut line: Vec<(Point, bool)> = marked.filter(|(p, _)| is_drawable(p.0) && is_drawable(p.1)).collect();
    line.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    let line: Vec<(Point, bool)> = line.iter().map(|(p, part)| ((x.at(p.0), y.at(p.1)), *part)).collect();
    let Some((end, is_part)) = line.last().copied() else {
        let hatch = Form::Rect { x: left, y: top + HEAD + 4.0, width: wide, height: PLOT - 4.0 };
        scene.shape(hatch, Role::NoData).tip(&panel.tooltip);
        scene.label((left, top + HEAD + PLOT + 15.0), input.no_data.clone(), Anchor::Start).tone(Tone::Muted);
        return;
    };
    let target = input.target.filter(|t| is_drawable(*t)).map(|t| y.at(t));
    if let Some(at) = target {
        scene.line((left, at), (left + wide, at), Role::Target);
    }
    let role = if panel.illustrative { Role::Illustrative } else { Role::Accent };
    // No line leads to what has come in part, and none away.
    for run in line.split(|(_, part)| *part) {
        let form = match run {
            [] => continue,
            [((x, y), _)] => Form::Circle { x: *x, y: *y, radius: 2.0 },
            run => Form::Polyline(run.iter().map(|(point, _)| *point).collect()),
        };
        scene.shape(form, role);
    }
    for (point, _) in line.iter().filter(|(_, part)| *part) {
        scene.shape(Form::Circle { x: point.0, y: point.1, radius: 2.6 }, Role::Incomplete);
    }
    let mark = if is_part { Role::Incomplete } else { role };
    scene.shape(Form::Circle { x: end.0, y: end.1, radius: 3.2 }, mark).tip(&panel.tooltip);
    let label = beside_target(end.1 + 4.0, target);
    scene.label((end.0 + 6.0, label), panel.end_label.clone(), Anchor::Start).bold().tone(Tone::Accent);
    let foot = top + HEAD + PLOT + 15.0;
    scene.label((left, foot), (axis.time)(xs.0), Anchor::Start).tone(Tone::Muted);
    if xs.1 > xs.0 {
        let last = (axis.time)(xs.1);
        let half = text::width(&last, Size::Small.units()) / 2.0;
        // At the edge it ends there, so that no font writes it beyond.
        let (at, anchor) = match x.at(xs.1) {
            at if at + half > left + wide => (left + wide, Anchor::End),
            at => (at, Anchor::Middle),
        };
        scene.label((at, foot), last, anchor).tone(Tone::Muted);
    }
}

/// The baseline of the last value's label, moved off the target line to the side where the value is.
fn beside_target(baseline: f64, target: Option<f64>) -> f64 {
    match target {
        Some(line) if baseline > line - 3.0 && baseline < line + 4.0 => line - 3.0,
        Some(line) if baseline >= line + 4.0 && baseline < line + 12.0 => line + 12.0,
        _ => baseline,
    }
}

fn head(scene: &mut Scene, panel: &Panel, (left, top): Point, wide: f64) {
    let shift = if let Some(status) = panel.status {
        scene.shapes.extend(symbol(status, (left + 5.5, top + 8.5), 10.0));
        16.0
    } else {
        0.0
    };
    let size = Size::Small.units();
    let name = text::wrap(&panel.label, size, wide - shift, 1).swap_remove(0);
    scene.label((left + shift, top + 13.0), name, Anchor::Start);
}
