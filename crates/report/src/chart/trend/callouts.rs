//! Finds a free place for the few labels that stand at a mark: off the lines, off each other, inside the drawing.
//! Refuses to know what the marks mean.

use crate::scene::{Anchor, Form, Point, Scene, Size, Tone};
use crate::text;

/// Left, top, right, bottom.
type Frame = (f64, f64, f64, f64);

pub struct Callouts {
    taken: Vec<Frame>,
    segments: Vec<(Point, Point)>,
    marks: Vec<Frame>,
    width: f64,
    top: f64,
    bottom: f64,
}

impl Callouts {
    /// Labels that the scene already has keep their place.
    pub fn new(scene: &Scene, (top, bottom): (f64, f64), lines: &[&[Point]]) -> Self {
        let taken = scene.labels.iter().map(|label| {
            let width = text::width(&label.text, label.size.units());
            let left = match label.anchor {
                Anchor::Start => label.x,
                Anchor::Middle => label.x - width / 2.0,
                Anchor::End => label.x - width,
            };
            (left, label.y - 11.0, left + width, label.y + 3.0)
        });
        let segments = lines.iter().flat_map(|line| line.windows(2).map(|pair| (pair[0], pair[1])));
        let marks = scene.shapes.iter().filter_map(|shape| match shape.form {
            Form::Circle { x, y, radius } => Some((x - radius, y - radius, x + radius, y + radius)),
            _ => None,
        });
        Callouts {
            taken: taken.collect(),
            segments: segments.collect(),
            marks: marks.collect(),
            width: scene.width,
            top,
            bottom,
        }
    }

    /// Writes the label at the best of a few places around the mark; the earlier place wins a draw.
    pub fn write(&mut self, scene: &mut Scene, mark: Point, label: &str, bold: bool, tone: Tone) {
        if label.is_empty() {
            return;
        }
        let size = if bold { Size::Normal } else { Size::Small };
        let line = text::wrap(label, size.units(), self.width * 0.8, 1).swap_remove(0);
        let wide = text::width(&line, size.units()) * if bold { 1.08 } else { 1.0 };
        let best = self
            .places(mark, wide)
            .into_iter()
            .min_by(|a, b| self.cost(*a).total_cmp(&self.cost(*b)))
            .unwrap_or((mark.0, mark.1, mark.0, mark.1));
        self.taken.push(best);
        let label = scene.label(((best.0 + best.2) / 2.0, best.3 - 4.0), line, Anchor::Middle);
        label.size(size).tone(tone);
        if bold {
            label.bold();
        }
    }

    fn places(&self, (x, y): Point, wide: f64) -> Vec<Frame> {
        let tall = 16.0;
        let shifts = [0.0, -wide / 2.0 + 4.0, wide / 2.0 - 4.0];
        let heights = [y - 7.0 - tall, y + 7.0, y - 20.0 - tall, y + 20.0, y - 34.0 - tall, y + 34.0];
        let over = heights.iter().flat_map(|top| shifts.iter().map(move |shift| (x - wide / 2.0 + shift, *top)));
        let beside = [(x + 9.0, y - tall / 2.0), (x - 9.0 - wide, y - tall / 2.0)];
        over.chain(beside)
            .map(|(left, top)| {
                let left = left.min(self.width - wide - 1.0).max(0.0);
                (left, top, left + wide, top + tall)
            })
            .collect()
    }

    /// Overlapping words cannot be read; a line through a word is ugly; far away is merely worse.
    fn cost(&self, frame: Frame) -> f64 {
        let overlaps = self.taken.iter().filter(|other| meet(frame, **other)).count() as f64;
        let crossed = self.segments.iter().filter(|(a, b)| crosses(frame, *a, *b)).count() as f64;
        let outside = f64::from(frame.1 < self.top || frame.3 > self.bottom);
        let covered = self.marks.iter().filter(|mark| meet(frame, **mark)).count() as f64;
        overlaps * 10.0 + covered * 3.0 + outside * 6.0 + crossed * 2.0
    }
}

fn meet(a: Frame, b: Frame) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// True when the segment enters the frame, tried at points close enough that a word cannot slip through.
fn crosses(frame: Frame, a: Point, b: Point) -> bool {
    let length = (b.0 - a.0).hypot(b.1 - a.1);
    let steps = (length / 4.0).ceil().clamp(1.0, 500.0);
    (0..=steps as u32).any(|i| {
        let t = f64::from(i) / steps;
        let (x, y) = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        x > frame.0 && x < frame.2 && y > frame.1 && y < frame.3
    })
}
