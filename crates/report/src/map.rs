//! Choropleth maps from GeoJSON outlines: areas matched to values by id, shaded in at most five classes, hatched without data.
//! Refuses to know which country it draws; names of areas appear only in tooltips, the table beside the map has them all.

use std::collections::BTreeMap;

use crate::chart::is_drawable;
use crate::scene::{Anchor, Form, Point, Role, Scene, Size, Tone};
use crate::text;

pub mod outline;

pub use outline::{GeoError, Outline, Outlines};

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
    /// Legend of areas of which not all has come.
    pub incomplete: String,
    /// Written above the legend.
    pub unit: String,
    /// Licence line of the outlines, printed under the map.
    pub credit: String,
}

#[derive(Debug, Clone, Default)]
pub struct AreaValue {
    pub value: Option<f64>,
    /// Not all of the value has come: its edge is broken.
    pub incomplete: bool,
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

/// One class: values from `low` to `high`, both included, as they are shown: whole numbers, or with one decimal. No value
/// is in two classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Class {
    pub low: f64,
    pub high: f64,
}

impl Class {
    /// In words, by how a number is written.
    pub fn told(&self, number: impl Fn(f64) -> String) -> String {
        if self.low == self.high { number(self.low) } else { format!("{}–{}", number(self.low), number(self.high)) }
    }
}

/// How finely values are told apart.
#[derive(Clone, Copy)]
struct Grain(f64);

impl Grain {
    fn of(values: &[f64]) -> Grain {
        Grain(if values.iter().all(|value| value.fract() == 0.0) { 1.0 } else { 10.0 })
    }

    fn shown(self, value: f64) -> f64 {
        (value * self.0).round() / self.0
    }

    fn not_below(self, value: f64) -> f64 {
        // A limit that is there already stays, whatever its last digit.
        (value * self.0 - 1e-6).ceil() / self.0
    }

    fn before(self, value: f64) -> f64 {
        self.shown(value - 1.0 / self.0)
    }
}

/// Draws the map; `range` writes a class such as "10 to 19 %".
pub fn map(outlines: &Outlines, input: &MapInput, range: &dyn Fn(Class) -> String) -> Scene {
    let mut scene = Scene::new(input.width, &input.title, &input.description);
    let values: Vec<f64> = input.values.values().filter_map(|v| v.value).filter(|v| is_drawable(*v)).collect();
    let (classes, grain) = (classes(&values, &input.breaks), Grain::of(&values));
    // On paper the legend stands beside the map, on a phone under it.
    let beside = scene.width >= 560.0;
    let map_width = if beside { (scene.width * 0.68).min(460.0) } else { scene.width };
    let placed = outlines.fitted(map_width, map_width * 1.15);
    let mut missing = false;
    let mut parts = Vec::new();
    for (id, rings) in placed.areas {
        let area = input.values.get(id);
        let value = area.and_then(|a| a.value).filter(|v| is_drawable(*v));
        missing |= value.is_none();
        if value.is_some() && area.is_some_and(|area| area.incomplete) {
            parts.extend(rings.iter().cloned());
        }
        let role =
            value.map_or(Role::NoData, |v| Role::Level(level(class_of(&classes, grain.shown(v)), classes.len())));
        let shape = scene.shape(Form::Polygon(rings), role);
        if let Some(area) = area {
            shape.tip(&area.tooltip);
            shape.href.clone_from(&area.href);
        }
    }
    let incomplete = !parts.is_empty();
    // Above their neighbours, whose edges would cover theirs.
    for ring in parts {
        scene.shape(Form::Polyline(ring), Role::Incomplete);
    }
    let corner = if beside { (map_width + 28.0, 14.0) } else { (0.0, placed.height + 14.0) };
    let foot = legend(&mut scene, &classes, input, range, (missing, incomplete), corner);
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
    let grain = Grain::of(&sorted);
    sorted.iter_mut().for_each(|value| *value = grain.shown(*value));
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
    inner.iter_mut().for_each(|limit| *limit = grain.not_below(*limit));
    inner.retain(|b| is_drawable(*b) && (given || (*b > low && *b <= high)));
    inner.sort_by(f64::total_cmp);
    inner.dedup();
    inner.truncate(4);
    let first = inner.first().map_or(low, |b| low.min(grain.before(*b)));
    let last = inner.last().map_or(high, |b| high.max(*b));
    let lows = std::iter::once(first).chain(inner.iter().copied());
    let highs = inner.iter().map(|next| grain.before(*next)).chain(std::iter::once(last));
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
    (missing, incomplete): (bool, bool),
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
    let entries = entries.chain(missing.then(|| (Role::NoData, input.no_data.clone())));
    let entries: Vec<_> = entries.chain(incomplete.then(|| (Role::Incomplete, input.incomplete.clone()))).collect();
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
