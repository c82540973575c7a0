//! What a meeting should talk about. Refuses to know who was there and what was decided.

use romduol_plan::coordination;
use romduol_plan::kinds::*;
use romduol_plan::readings::View;
use romduol_plan::status::Status;
use romduol_plan::{Date, Period};

/// Something a meeting of the body should talk about.
#[derive(Clone, Debug)]
pub enum Point {
    Overdue(coordination::Duty),
    Late(Id, coordination::Owed),
    OffTrack(Id),
}

/// The agenda that follows from what is overdue, late and off track; at most `most` of each.
pub fn agenda(view: View<'_>, today: Date, most: usize) -> Vec<Point> {
    let state = view.state;
    let shown = |made_up: bool| view.illustrative || !made_up;
    let duties = coordination::duties(state).into_iter().filter(|d| d.overdue(today) && shown(d.illustrative));
    let mut points: Vec<Point> = duties.take(most).map(Point::Overdue).collect();
    let owed = coordination::owed(state, today, view.illustrative).into_iter().filter(|(_, owed)| owed.returns() > 0);
    points.extend(owed.take(most).map(|(id, owed)| Point::Late(id, owed)));
    let at = Period::year(today.year);
    let off = state.all::<Indicator>().filter(|indicator| view.standing(indicator, at).status() == Status::OffTrack);
    points.extend(off.take(most).map(|indicator| Point::OffTrack(indicator.id.clone())));
    points
}
