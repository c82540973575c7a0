//! The areas of a trend chart in which a value would be on track, at risk or off track.
//! Refuses to decide the limits.

use super::{BandLimits, Frame};
use crate::scene::{Band, Form, Point, Role, Scene};

/// Three areas: beyond the on-track share of the expected path, between the two shares, and the rest.
/// Hairlines part them, because three pale tints look alike in grey.
pub fn draw(scene: &mut Scene, frame: &Frame, path: &[Point], limits: BandLimits) {
    let (Some(first), Some(last)) = (path.first(), path.last()) else {
        return;
    };
    let share =
        |k: f64| -> Vec<Point> { path.iter().map(|p| frame.at((p.0, first.1 + k * (p.1 - first.1)))).collect() };
    let edge = |y: f64| vec![(frame.x.at(first.0), y), (frame.x.at(last.0), y)];
    let rising = last.1 > first.1;
    let (good, bad) = if rising { (frame.top, frame.bottom) } else { (frame.bottom, frame.top) };
    let between = |a: Vec<Point>, mut b: Vec<Point>| {
        b.reverse();
        Form::Polygon(vec![[a, b].concat()])
    };
    let (on, risk) = (share(limits.on_track), share(limits.at_risk));
    scene.shape(between(edge(good), on.clone()), Role::Band(Band::OnTrack));
    scene.shape(between(on.clone(), risk.clone()), Role::Band(Band::AtRisk));
    scene.shape(between(risk.clone(), edge(bad)), Role::Band(Band::OffTrack));
    scene.shape(Form::Polyline(on), Role::Band(Band::OnTrack));
    scene.shape(Form::Polyline(risk), Role::Band(Band::AtRisk));
}
