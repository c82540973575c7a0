//! Horizontal bars, one or two series, with a tick for the target. Missing is a hatched stub, never a bar of length 0.
//! Refuses to sort: the caller's order is the message.

use super::{Scale, extent, is_drawable};
use crate::scene::{Anchor, Form, Role, Scene, Size, Tone};
use crate::text;

#[derive(Debug, Clone, Default)]
pub struct BarsInput {
    pub title: String,
    pub description: String,
    pub width: f64,
    pub rows: Vec<BarRow>,
    /// Names of the series; written once above the bars when there are two.
    pub series: Vec<String>,
    /// End of the scale; the largest value or target when absent.
    pub max: Option<f64>,
    /// Written beside the stub of a missing value.
    pub no_data: String,
    /// What the target tick is called; no key when empty.
    pub target_name: String,
}

#[derive(Debug, Clone, Default)]
pub struct BarRow {
    pub label: String,
    /// One bar per series.
    pub bars: Vec<Bar>,
    pub target: Option<f64>,
    pub tooltip: String,
    /// Sets the label in bold, such as for the national value.
    pub emphasis: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Bar {
    pub value: Option<f64>,
    /// The value as the language writes it.
    pub text: String,
    pub illustrative: bool,
    /// Not all of it has come: hollow.
    pub incomplete: bool,
}

const THICK: f64 = 13.0;
const THIN: f64 = 11.0;
const LINE: f64 = 17.0;

struct Columns {
    /// Width of the label column; 0 when labels stand above their bars.
    label: f64,
    scale: Scale,
    zero: f64,
}

pub fn bars(input: &BarsInput) -> Scene {
    let mut scene = Scene::new(input.width, &input.title, &input.description);
    let columns = columns(input, scene.width);
    let mut y = 4.0;
    if input.series.len() > 1 || !input.target_name.is_empty() {
        y = key(&mut scene, input, y);
    }
    for row in &input.rows {
        y = draw_row(&mut scene, input, &columns, row, y);
    }
    scene.height = y.max(24.0);
    scene
}

/// On a phone labels stand above the bars; on paper in a column of their own.
fn columns(input: &BarsInput, width: f64) -> Columns {
    let size = Size::Small.units();
    let widest = input.rows.iter().map(|row| text::width(&row.label, size * 1.06)).fold(0.0, f64::max);
    let label = if width < 480.0 && widest > width * 0.3 { 0.0 } else { (widest + 10.0).min(width * 0.36) };
    let texts = input.rows.iter().flat_map(|row| &row.bars).map(|bar| text::width(&bar.text, size));
    let tail = (texts.fold(0.0, f64::max) + 10.0).min(width * 0.3);
    let values = input.rows.iter().flat_map(|row| row.bars.iter().filter_map(|bar| bar.value).chain(row.target));
    let (low, high) = extent(values.chain(input.max)).unwrap_or((0.0, 1.0));
    let (low, high) = (low.min(0.0), high.max(0.0));
    let high = if high - low > 0.0 { high } else { low + 1.0 };
    // A bar to the left needs room for its text on the left too.
    let left = if low < 0.0 { label + tail } else { label };
    let scale = Scale::new((low, high), (left + 1.0, width - tail));
    Columns { label, scale, zero: scale.at(0.0) }
}

fn key(scene: &mut Scene, input: &BarsInput, y: f64) -> f64 {
    let mut x = 0.0;
    let names = input.series.iter().filter(|_| input.series.len() > 1);
    for (i, name) in names.enumerate() {
        scene.shape(Form::Rect { x, y: y + 1.0, width: 11.0, height: 11.0 }, role(i, false));
        scene.label((x + 16.0, y + 11.0), name.clone(), Anchor::Start);
        x += 34.0 + text::width(name, Size::Small.units());
    }
    if !input.target_name.is_empty() {
        scene.shape(Form::Rect { x: x + 2.0, y: y - 1.0, width: 2.0, height: 15.0 }, Role::Ink);
        scene.label((x + 9.0, y + 11.0), input.target_name.clone(), Anchor::Start);
    }
    y + 26.0
}

fn role(series: usize, illustrative: bool) -> Role {
    match (illustrative, series) {
        (true, _) => Role::Illustrative,
        (false, 0) => Role::Accent,
        (false, _) => Role::Second,
    }
}

fn draw_row(scene: &mut Scene, input: &BarsInput, columns: &Columns, row: &BarRow, top: f64) -> f64 {
    let thick = if row.bars.len() > 1 { THIN } else { THICK };
    let size = Size::Small.units();
    let above = columns.label == 0.0;
    let room = if above { scene.width } else { columns.label - 8.0 };
    let lines = text::wrap(&row.label, size * if row.emphasis { 1.06 } else { 1.0 }, room, 2);
    let block = (thick + 2.0) * row.bars.len().max(1) as f64;
    let label_height = lines.len() as f64 * LINE;
    let (first_line, first_bar, height) = if above {
        (top + 11.0, top + label_height + 3.0, label_height + 3.0 + block)
    } else {
        let height = block.max(label_height);
        (top + (height - label_height) / 2.0 + 12.5, top + (height - block) / 2.0, height)
    };
    for (i, line) in lines.into_iter().enumerate() {
        let label = scene.label((0.0, first_line + i as f64 * LINE), line, Anchor::Start);
        if row.emphasis {
            label.bold();
        }
    }
    for (i, bar) in row.bars.iter().enumerate() {
        let y = first_bar + i as f64 * (thick + 2.0);
        draw_bar(scene, input, columns, bar, (i, y, thick), &row.tooltip);
    }
    scene.line((columns.zero, first_bar - 2.0), (columns.zero, first_bar + block), Role::Axis);
    if let Some(target) = row.target.filter(|t| is_drawable(*t)) {
        let x = columns.scale.at(target) - 1.0;
        scene.shape(Form::Rect { x, y: first_bar - 2.0, width: 2.0, height: block + 2.0 }, Role::Ink);
    }
    top + height + 10.0
}

fn draw_bar(scene: &mut Scene, input: &BarsInput, columns: &Columns, bar: &Bar, at: (usize, f64, f64), tip: &str) {
    let (series, y, thick) = at;
    let Some(value) = bar.value.filter(|v| is_drawable(*v)) else {
        let stub = Form::Rect { x: columns.zero, y, width: 24.0, height: thick };
        scene.shape(stub, Role::NoData).tip(tip);
        let label = if bar.text.is_empty() { &input.no_data } else { &bar.text };
        scene.label((columns.zero + 30.0, y + thick - 2.0), label.clone(), Anchor::Start).tone(Tone::Muted);
        return;
    };
    let end = columns.scale.at(value);
    let (x, width) = (end.min(columns.zero), (end - columns.zero).abs());
    let role = if bar.incomplete { Role::Incomplete } else { role(series, bar.illustrative) };
    scene.shape(Form::Rect { x, y, width, height: thick }, role).tip(tip);
    let (x, anchor) = if value < 0.0 { (end - 5.0, Anchor::End) } else { (end + 5.0, Anchor::Start) };
    scene.label((x, y + thick - 2.0), bar.text.clone(), anchor);
}
