//! Steps over time as bars, with what must be done before drawn as a line from its end. A step without dates has no bar
//! and says so. Refuses to order the steps: the caller's order is the message.

use super::{AxisText, Scale, extent, is_drawable, years};
use crate::scene::{Anchor, Form, Role, Scene, Size, Tone};
use crate::text;

#[derive(Debug, Clone, Default)]
pub struct GanttInput {
    pub title: String,
    pub description: String,
    pub width: f64,
    pub steps: Vec<Step>,
    /// Today as a decimal year.
    pub today: Option<f64>,
    /// Written where a step has no dates.
    pub undated: String,
}

#[derive(Debug, Clone, Default)]
pub struct Step {
    pub label: String,
    /// Decimal years.
    pub span: Option<(f64, f64)>,
    /// Filled when it is done, hatched when its dates are made up.
    pub done: bool,
    pub illustrative: bool,
    /// The steps, by their place in the list, that must be done before.
    pub after: Vec<usize>,
    pub tooltip: String,
}

const LINE: f64 = 40.0;
const BAR: f64 = 12.0;

pub fn gantt(input: &GanttInput, axis: &AxisText) -> Scene {
    let mut scene = Scene::new(input.width, &input.title, &input.description);
    let ends = input.steps.iter().filter_map(|step| step.span).flat_map(|(from, to)| [from, to]);
    let Some((low, high)) = extent(ends.chain(input.today)) else {
        return undated(scene, input);
    };
    let margin = ((high - low) * 0.03).max(0.05);
    let x = Scale::new((low - margin, high + margin), (0.0, scene.width));
    let bottom = 8.0 + LINE * input.steps.len() as f64;
    // A tick stands where its year begins.
    let years = years(low - margin, high + margin, (scene.width / 60.0) as usize).into_iter();
    for year in years.filter(|year| *year >= low - margin) {
        scene.line((x.at(year), 0.0), (x.at(year), bottom), Role::Grid);
        scene.label((x.at(year), bottom + 15.0), (axis.time)(year), Anchor::Middle).tone(Tone::Muted);
    }
    if let Some(today) = input.today.filter(|today| is_drawable(*today)) {
        scene.line((x.at(today), 0.0), (x.at(today), bottom), Role::Target);
    }
    let middle = |at: usize| 8.0 + LINE * at as f64 + 26.0;
    for (at, step) in input.steps.iter().enumerate() {
        for before in &step.after {
            let first = input.steps.get(*before).and_then(|first| first.span);
            if let (Some((_, end)), Some((start, _))) = (first, step.span) {
                scene.line((x.at(end), middle(*before)), (x.at(start), middle(at)), Role::Axis);
            }
        }
    }
    for (at, step) in input.steps.iter().enumerate() {
        draw(&mut scene, input, step, &x, middle(at));
    }
    scene.height = bottom + 22.0;
    scene
}

fn draw(scene: &mut Scene, input: &GanttInput, step: &Step, x: &Scale, middle: f64) {
    scene.label((0.0, middle - BAR), one_line(&step.label, scene.width), Anchor::Start);
    let Some((from, to)) = step.span.filter(|(from, to)| is_drawable(*from) && is_drawable(*to)) else {
        scene.label((0.0, middle + 4.0), input.undated.clone(), Anchor::Start).tone(Tone::Muted);
        return;
    };
    let (left, right) = (x.at(from), x.at(to).max(x.at(from) + 3.0));
    let role = match (step.illustrative, step.done) {
        (true, _) => Role::Illustrative,
        (false, true) => Role::Accent,
        (false, false) => Role::Second,
    };
    let bar = Form::Rect { x: left, y: middle - BAR / 2.0, width: right - left, height: BAR };
    scene.shape(bar, role).tip(&step.tooltip);
}

/// Nothing has a date yet: the order of the steps is all there is to show.
fn undated(mut scene: Scene, input: &GanttInput) -> Scene {
    for (at, step) in input.steps.iter().enumerate() {
        let y = 8.0 + LINE * at as f64;
        scene.label((0.0, y + 14.0), one_line(&step.label, scene.width), Anchor::Start);
        scene.label((0.0, y + 30.0), input.undated.clone(), Anchor::Start).tone(Tone::Muted);
    }
    scene.height = 8.0 + LINE * input.steps.len() as f64;
    scene
}

fn one_line(label: &str, room: f64) -> String {
    text::wrap(label, Size::Small.units(), room, 1).concat()
}
