//! A value over time against its baseline, targets and expected path. One measure, several sources, no legend.
//! Refuses to compute a status: the bands are only the shares of the expected path that the caller asks to show.

use super::{AxisText, Scale, break_sign, cut_at, extent, is_drawable, value_steps, years};
use crate::chart::trend::callouts::Callouts;
use crate::scene::{Anchor, Form, Point, Role, Scene, Size, Tone};
use crate::text;

mod bands;
mod callouts;
mod input;

pub use input::{BandLimits, Mark, Threshold, TrendInput, TrendPoint};

/// The plot's frame: where values go on the drawing.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    x: Scale,
    y: Scale,
    /// Round values with a grid line.
    steps: Vec<f64>,
}

impl Frame {
    fn at(&self, (x, y): Point) -> Point {
        (self.x.at(x), self.y.at(y))
    }
}

pub fn trend(input: &TrendInput, axis: &AxisText) -> Scene {
    let mut scene = Scene::new(input.width, &input.title, &input.description);
    let points = preferred(input);
    let path = path(input);
    let frame = frame(input, &mut scene, axis);
    if let (Some(limits), [first, .., last]) = (input.bands, path.as_slice())
        && first.1 != last.1
    {
        bands::draw(&mut scene, &frame, &path, limits);
    }
    unreported(&mut scene, &frame, &points);
    grid(&mut scene, &frame, input, axis);
    let way: Vec<Point> = path.iter().map(|p| frame.at(*p)).collect();
    if way.len() > 1 {
        scene.shape(Form::Polyline(way.clone()), Role::Target);
    }
    marks(&mut scene, &frame, input);
    values(&mut scene, &frame, &points);
    labels(&mut scene, &frame, input, &points, &way);
    scene
}

fn preferred(input: &TrendInput) -> Vec<&TrendPoint> {
    let usable = |p: &&TrendPoint| p.preferred && is_drawable(p.x) && is_drawable(p.y);
    let mut points: Vec<_> = input.points.iter().filter(usable).collect();
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    points
}

/// The baseline and the targets after it in order of time. A target that is no later than its baseline has no path: it
/// would run backwards.
fn path(input: &TrendInput) -> Vec<Point> {
    let usable = |m: &&Mark| is_drawable(m.x) && is_drawable(m.y);
    let base = input.baseline.as_ref().filter(usable);
    let later = |m: &&Mark| base.is_none_or(|base| m.x > base.x);
    let mut path: Vec<Point> = input.targets.iter().filter(usable).filter(later).map(|m| (m.x, m.y)).collect();
    path.extend(base.map(|base| (base.x, base.y)));
    path.sort_by(|a, b| a.0.total_cmp(&b.0));
    path
}

fn frame(input: &TrendInput, scene: &mut Scene, axis: &AxisText) -> Frame {
    let width = scene.width;
    let height = input.height.filter(|h| h.is_finite()).unwrap_or((width * 0.45).clamp(210.0, 290.0));
    scene.height = height.clamp(120.0, 2000.0);
    let drawable = input.points.iter().filter(|p| is_drawable(p.x) && is_drawable(p.y));
    let marks = || input.baseline.iter().chain(&input.targets).filter(|m| is_drawable(m.x) && is_drawable(m.y));
    let xs = drawable.clone().map(|p| p.x).chain(marks().map(|m| m.x));
    // Whole years, so that each value stands over its own.
    let (x_low, x_high) =
        extent(xs).map_or((0.0, 1.0), |(low, high)| (low.floor(), high.ceil().max(low.floor() + 1.0)));
    // What has come in part is no course that could be looked at closely.
    let points =
        if input.points.iter().any(|p| p.incomplete) { 0 } else { drawable.clone().filter(|p| p.preferred).count() };
    let ys = drawable.map(|p| p.y).chain(marks().map(|m| m.y)).chain(input.thresholds.iter().map(|t| t.y));
    let range = extent(ys).unwrap_or((0.0, 1.0));
    let steps = value_steps(range, points, 4);
    let steps = if input.whole { whole(&steps, range) } else { steps };
    let names = steps.iter().map(|v| text::width(&(axis.value)(*v), Size::Small.units()));
    let left = (names.fold(0.0, f64::max) + 8.0).min(width * 0.4);
    let top = if input.unit.is_empty() && cut_at(&steps).is_none() { 14.0 } else { 26.0 };
    let (right, bottom) = (width - 16.0, scene.height - 26.0);
    // The legend stands below the years.
    if input.points.iter().any(|p| p.incomplete) && !input.incomplete.is_empty() {
        legend(scene, &input.incomplete);
    }
    let y_range = (steps.first().copied().unwrap_or(0.0), steps.last().copied().unwrap_or(1.0));
    Frame {
        left,
        right,
        top,
        bottom,
        x: Scale::new((x_low, x_high), (left + 8.0, right)),
        y: Scale::new(y_range, (bottom, top)),
        steps,
    }
}

/// Steps of whole things that still cover the values.
fn whole(steps: &[f64], (low, high): (f64, f64)) -> Vec<f64> {
    let mut whole: Vec<f64> = steps.iter().copied().filter(|step| step.fract() == 0.0).collect();
    whole.extend((!whole.iter().any(|step| *step <= low)).then(|| low.floor()));
    whole.extend((!whole.iter().any(|step| *step >= high)).then(|| high.ceil()));
    whole.sort_by(f64::total_cmp);
    whole
}

/// What the hatching means.
fn legend(scene: &mut Scene, words: &str) {
    for (n, line) in text::wrap(words, Size::Small.units(), scene.width - 24.0, 3).into_iter().enumerate() {
        scene.height += 17.0;
        let y = scene.height - 5.0;
        if n == 0 {
            scene.shape(Form::Rect { x: 0.0, y: y - 10.0, width: 18.0, height: 12.0 }, Role::NoData);
        }
        scene.label((24.0, y), line, Anchor::Start).tone(Tone::Muted);
    }
}

fn grid(scene: &mut Scene, frame: &Frame, input: &TrendInput, axis: &AxisText) {
    for &value in &frame.steps {
        let y = frame.y.at(value);
        let role = if value == frame.y.low { Role::Axis } else { Role::Grid };
        scene.line((frame.left, y), (frame.right, y), role);
        scene.label((frame.left - 6.0, y + 4.0), (axis.value)(value), Anchor::End).tone(Tone::Muted);
    }
    let mut room = scene.width - 4.0;
    if let Some(start) = cut_at(&frame.steps) {
        break_sign(scene, (frame.left, frame.bottom));
        let words = (axis.cut)(start);
        room -= text::width(&words, Size::Small.units()) + 8.0;
        scene.label((scene.width, 12.0), words, Anchor::End).tone(Tone::Muted);
    }
    if !input.unit.is_empty() {
        let unit = text::wrap(&input.unit, Size::Small.units(), room, 1).swap_remove(0);
        scene.label((0.0, 12.0), unit, Anchor::Start).tone(Tone::Muted);
    }
    let widest = text::width(&(axis.time)(frame.x.high), Size::Small.units()).max(20.0);
    let most = ((frame.right - frame.left) / (widest + 14.0)).floor().max(1.0) as usize;
    let years = years(frame.x.low, frame.x.high, most);
    let mut edges: Vec<f64> = years.iter().flat_map(|year| [*year, year + 1.0]).collect();
    edges.dedup();
    for x in edges.into_iter().map(|edge| frame.x.at(edge)) {
        scene.line((x, frame.bottom), (x, frame.bottom + 4.0), Role::Axis);
    }
    for year in years {
        let x = frame.x.at(year + 0.5);
        let name = (axis.time)(year);
        let half = text::width(&name, Size::Small.units()) / 2.0;
        let x = x.clamp(half.min(scene.width / 2.0), (scene.width - half).max(scene.width / 2.0));
        scene.label((x, frame.bottom + 18.0), name, Anchor::Middle).tone(Tone::Muted);
    }
}

fn marks(scene: &mut Scene, frame: &Frame, input: &TrendInput) {
    for threshold in input.thresholds.iter().filter(|t| is_drawable(t.y)) {
        let y = frame.y.at(threshold.y);
        scene.line((frame.left, y), (frame.right, y), Role::Threshold);
        scene.label((frame.left + 4.0, y - 4.0), threshold.label.clone(), Anchor::Start);
    }
    for target in input.targets.iter().filter(|t| is_drawable(t.x) && is_drawable(t.y)) {
        let (x, y) = frame.at((target.x, target.y));
        scene.shape(Form::Circle { x, y, radius: 4.0 }, Role::Target).tip(&target.label);
    }
    if let Some(baseline) = input.baseline.as_ref().filter(|b| is_drawable(b.x) && is_drawable(b.y)) {
        let (x, y) = frame.at((baseline.x, baseline.y));
        let square = Form::Rect { x: x - 3.0, y: y - 3.0, width: 6.0, height: 6.0 };
        scene.shape(square, Role::Ink).tip(&baseline.label);
    }
    for other in input.points.iter().filter(|p| !p.preferred && is_drawable(p.x) && is_drawable(p.y)) {
        let (x, y) = frame.at((other.x, other.y));
        scene.shape(Form::Circle { x, y, radius: 2.8 }, Role::Other).tip(&other.tooltip);
    }
}

/// How high the hatching over a point is at most: nobody knows how much is missing, so it is no measure.
const HATCHED: f64 = 16.0;

/// Hatches what may still come on top of a part of a sum.
fn unreported(scene: &mut Scene, frame: &Frame, points: &[&TrendPoint]) {
    for point in points.iter().filter(|p| p.incomplete && is_drawable(p.span)) {
        let (from, to) = (frame.x.at(point.x - point.span / 2.0), frame.x.at(point.x + point.span / 2.0));
        let foot = frame.y.at(point.y);
        let height = (foot - frame.top).min(HATCHED);
        let column = Form::Rect { x: from, y: foot - height, width: to - from, height };
        scene.shape(column, Role::NoData).tip(&point.tooltip);
    }
}

/// The line, dotted wherever one of its two ends is illustrative, then its marks on top.
fn values(scene: &mut Scene, frame: &Frame, points: &[&TrendPoint]) {
    let role = |illustrative| {
        if illustrative { Role::Illustrative } else { Role::Accent }
    };
    let mut run: Vec<Point> = Vec::new();
    let mut run_role = Role::Accent;
    for pair in points.windows(2) {
        if pair.iter().any(|point| point.incomplete) {
            // A line from or to a part of a sum would be a rise or a fall that nobody knows.
            flush(scene, &mut run, run_role);
            continue;
        }
        let (from, to) = (frame.at((pair[0].x, pair[0].y)), frame.at((pair[1].x, pair[1].y)));
        let next = role(pair[0].illustrative || pair[1].illustrative);
        if run.is_empty() || next != run_role {
            flush(scene, &mut run, run_role);
            run.push(from);
        }
        run_role = next;
        run.push(to);
    }
    flush(scene, &mut run, run_role);
    for (i, point) in points.iter().enumerate() {
        let (x, y) = frame.at((point.x, point.y));
        let radius = if i + 1 == points.len() { 4.2 } else { 3.0 };
        let mark = if point.incomplete { Role::Incomplete } else { role(point.illustrative) };
        scene.shape(Form::Circle { x, y, radius }, mark).tip(&point.tooltip);
        if point.incomplete && point.illustrative {
            scene.shape(Form::Circle { x, y, radius: radius * 0.45 }, Role::Illustrative);
        }
    }
}

fn flush(scene: &mut Scene, run: &mut Vec<Point>, role: Role) {
    if run.len() > 1 {
        scene.shape(Form::Polyline(std::mem::take(run)), role);
    }
    run.clear();
}

fn labels(scene: &mut Scene, frame: &Frame, input: &TrendInput, points: &[&TrendPoint], way: &[Point]) {
    let line: Vec<Point> = points.iter().map(|p| frame.at((p.x, p.y))).collect();
    let mut callouts = Callouts::new(scene, (frame.top - 12.0, frame.bottom), &[way, &line]);
    if let Some(end) = line.last() {
        callouts.write(scene, *end, &input.end_label, true, Tone::Accent);
    }
    let usable = |m: &&Mark| is_drawable(m.x) && is_drawable(m.y);
    if let Some(target) = input.targets.iter().filter(usable).max_by(|a, b| a.x.total_cmp(&b.x)) {
        callouts.write(scene, frame.at((target.x, target.y)), &target.label, false, Tone::Ink);
    }
    if let Some(baseline) = input.baseline.as_ref().filter(usable) {
        callouts.write(scene, frame.at((baseline.x, baseline.y)), &baseline.label, false, Tone::Muted);
    }
}
