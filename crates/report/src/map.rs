//! Choropleth maps from GeoJSON outlines: areas matched to values by id, shaded in at most five classes, hatched without data.
//! Refuses to know which country it draws; names of areas appear only in tooltips, the table beside the map has them all.

use std::collections::BTreeMap;

use crate::chart::is_drawable;
use crate::scene::{Anchor, Form, Point, Role, Scene, Size, Tone};
use crate::text;

pub mod outline;

pub use outline::{GeoError, Outlines};

#[derive(Debug, Clone, Default)]
pub struct MapInput {
    pub title: String,
    pub description: String,
    pub width: f64,
    /// By the id of the outline.
    pub values: BTreeMap<String, AreaValue>,
    pub breaks: Breaks,
    /// Legend of areas without a value.
    pub no_data: String,
    /// Written above the legend.
    pub unit: String,
    /// Licence line of the outlines, printed under the map.
    pub credit: String,
}

#[derive(Debug, Clone, Default)]
pub struct AreaValue {
    pub value: Option<f64>,
    pub tooltip: String,
    pub href: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub enum Breaks {
    /// Lower bounds of the classes after the first, rising; more than four are cut.
    Given(Vec<f64>),
    Equal(usize),
    /// As many areas in each of five classes as possible.
    #[default]
    Quintiles,
    Quantiles(usize),
}

/// One class: values from `low` up to `high`, the last class including it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Class {
    pub low: f64,
    pub high: f64,
}

/// Draws the map; `range` writes a class such as "10 to 19 %".
pub fn map(outlines: &Outlines, input: &MapInput, range: &dyn Fn(Class) -> String) -> Scene {
    let mut scene = Scene::new(input.width, &input.title, &input.description);
    let values: Vec<f64> = input.values.values().filter_map(|v| v.value).filter(|v| is_drawable(*v)).collect();
    let classes = classes(&values, &input.breaks);
    // On paper the legend stands beside the map, on a phone under it.
    let beside = scene.width >= 560.0;
    let map_width = if beside { (scene.width * 0.68).min(460.0) } else { scene.width };
    let placed = outlines.fitted(map_width, map_width * 1.15);
    let mut missing = false;
    for (id, rings) in placed.areas {
        let area = input.values.get(id);
        let value = area.and_then(|a| a.value).filter(|v| is_drawable(*v));
        missing |= value.is_none();
        let role = value.map_or(Role::NoData, |v| Role::Level(level(class_of(&classes, v), classes.len())));
        let shape = scene.shape(Form::Polygon(rings), role);
        if let Some(area) = area {
            shape.tip(&area.tooltip);
            shape.href.clone_from(&area.href);
        }
    }
    let corner = if beside { (map_width + 28.0, 14.0) } else { (0.0, placed.height + 14.0) };
    let foot = legend(&mut scene, &classes, input, range, missing, corner);
    scene.height = if beside { foot.max(placed.height) } else { foot }.max(24.0);
    credit(&mut scene, &input.credit);
    scene
}

fn credit(scene: &mut Scene, words: &str) {
    if words.is_empty() {
        return;
    }
    for line in text::wrap(words, Size::Small.units(), scene.width, 3) {
        scene.height += 17.0;
        scene.label((0.0, scene.height - 2.0), line, Anchor::Start).tone(Tone::Muted);
    }
    scene.height += 4.0;
}

/// Boundaries for the values; equal boundaries make one class, not an empty one.
pub fn classes(values: &[f64], breaks: &Breaks) -> Vec<Class> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| is_drawable(*v)).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else {
        return Vec::new();
    };
    let mut inner: Vec<f64> = match breaks {
        Breaks::Given(bounds) => bounds.clone(),
        Breaks::Equal(n) => {
            let n = (*n).clamp(1, 5);
            (1..n).map(|i| low + (high - low) * i as f64 / n as f64).collect()
        }
        Breaks::Quintiles => quantiles(&sorted, 5),
        Breaks::Quantiles(n) => quantiles(&sorted, (*n).clamp(1, 5)),
    };
    let given = matches!(breaks, Breaks::Given(_));
    inner.retain(|b| is_drawable(*b) && (given || (*b > low && *b <= high)));
    inner.sort_by(f64::total_cmp);
    inner.dedup();
    inner.truncate(4);
    let first = inner.first().map_or(low, |b| low.min(*b));
    let last = inner.last().map_or(high, |b| high.max(*b));
    let lows = std::iter::once(first).chain(inner.iter().copied());
    let highs = inner.iter().copied().chain(std::iter::once(last));
    lows.zip(highs).map(|(low, high)| Class { low, high }).collect()
}

fn quantiles(sorted: &[f64], n: usize) -> Vec<f64> {
    (1..n).map(|i| sorted[(i * sorted.len() / n).min(sorted.len() - 1)]).collect()
}

fn class_of(classes: &[Class], value: f64) -> usize {
    classes.iter().rposition(|class| value >= class.low).unwrap_or(0)
}

/// Spreads fewer than five classes over the five shades; a lone class takes the middle one.
fn level(class: usize, count: usize) -> u8 {
    let shade = if count < 2 { 2 } else { class * 4 / (count - 1) };
    shade.min(4) as u8
}

/// Writes unit and classes from a corner on and returns where it ends.
fn legend(
    scene: &mut Scene,
    classes: &[Class],
    input: &MapInput,
    range: &dyn Fn(Class) -> String,
    missing: bool,
    (left, top): Point,
) -> f64 {
    let (mut x, mut y) = (left, top);
    if !input.unit.is_empty() {
        for line in text::wrap(&input.unit, Size::Small.units(), scene.width - left, 3) {
            scene.label((x, y), line, Anchor::Start).tone(Tone::Muted);
            y += 18.0;
        }
    }
    let entries = classes.iter().enumerate().map(|(i, c)| (Role::Level(level(i, classes.len())), range(*c)));
    let entries: Vec<_> = entries.chain(missing.then(|| (Role::NoData, input.no_data.clone()))).collect();
    let widest = entries.iter().map(|e| text::width(&e.1, Size::Small.units())).fold(0.0, f64::max) + 40.0;
    for (role, name) in entries {
        // Beside the map the classes make one column, low to high.
        if x > left && (left > 0.0 || x + widest > scene.width) {
            (x, y) = (left, y + 20.0);
        }
        scene.shape(Form::Rect { x, y: y - 10.0, width: 18.0, height: 12.0 }, role);
        scene.label((x + 24.0, y), name, Anchor::Start);
        x += widest;
    }
    y + 10.0
}
