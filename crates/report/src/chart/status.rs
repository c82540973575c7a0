//! A strip of counts by status: one segment each, and under it symbol, number and word.
//! Refuses to make a score of the counts; the order is the caller's.

use crate::scene::{Anchor, Form, Role, Scene, Size};
use crate::status::{Status, symbol};
use crate::text;

#[derive(Debug, Clone, Default)]
pub struct StatusStripInput {
    pub title: String,
    pub description: String,
    pub width: f64,
    pub counts: Vec<StatusCount>,
}

#[derive(Debug, Clone)]
pub struct StatusCount {
    pub status: Status,
    pub count: u32,
    /// The count as the language writes it.
    pub number: String,
    pub word: String,
}

const STRIP: f64 = 20.0;
const LINE: f64 = 21.0;

pub fn status_strip(input: &StatusStripInput) -> Scene {
    let mut scene = Scene::new(input.width, &input.title, &input.description);
    strip(&mut scene, &input.counts);
    let mut x = 0.0;
    let mut y = STRIP + 20.0;
    for entry in &input.counts {
        let number = text::width(&entry.number, Size::Normal.units() * 1.08);
        let wide = 18.0 + number + 5.0 + text::width(&entry.word, Size::Small.units());
        if x > 0.0 && x + wide > scene.width {
            (x, y) = (0.0, y + LINE);
        }
        scene.shapes.extend(symbol(entry.status, (x + 6.0, y - 4.5), 11.0));
        scene.label((x + 18.0, y), entry.number.clone(), Anchor::Start).size(Size::Normal).bold();
        scene.label((x + 18.0 + number + 5.0, y), entry.word.clone(), Anchor::Start);
        x += wide + 18.0;
    }
    scene.height = if input.counts.is_empty() { STRIP } else { y + 8.0 };
    scene
}

fn strip(scene: &mut Scene, counts: &[StatusCount]) {
    let total: f64 = counts.iter().map(|c| f64::from(c.count)).sum();
    if total == 0.0 {
        scene.shape(Form::Rect { x: 0.0, y: 0.0, width: scene.width, height: STRIP }, Role::NoData);
        return;
    }
    let mut x = 0.0;
    for entry in counts.iter().filter(|c| c.count > 0) {
        let width = scene.width * f64::from(entry.count) / total;
        let role = if entry.status == Status::NoData { Role::NoData } else { Role::Status(entry.status) };
        let inset = if entry.status.is_open() { 0.6 } else { 0.0 };
        let segment = Form::Rect {
            x: x + 0.75 + inset,
            y: inset,
            width: (width - 1.5 - 2.0 * inset).max(1.0),
            height: STRIP - 2.0 * inset,
        };
        let tip = format!("{} {}", entry.number, entry.word);
        scene.shape(segment, role).tip(&tip);
        if width >= 18.0 {
            on_segment(scene, entry.status, x + width / 2.0);
        }
        x += width;
    }
}

/// The symbol on its segment, so that the strip can be read without colour.
fn on_segment(scene: &mut Scene, status: Status, x: f64) {
    let mut shapes = symbol(status, (x, STRIP / 2.0), 9.0);
    if !status.is_open() {
        shapes.iter_mut().for_each(|shape| shape.role = Role::Paper);
    }
    scene.shapes.extend(shapes);
}
