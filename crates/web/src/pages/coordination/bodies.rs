//! The bodies of the plan by level, the models of coordination as templates, and the page of one body.

use romduol_plan::commands::bodies::{Propose, UseModel};
use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::AppError;
use romduol_plan::Kind;
use romduol_plan::coordination::{attendance, seats};
use romduol_plan::kinds::*;
use romduol_plan::permission::{Act, writing};

use super::meetings::proposals;
use super::{DutyLine, duties};
use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::viewer::Viewer;

struct Line {
    body: Arc<Committee>,
    state: String,
    seats: usize,
    vacant: usize,
    meetings: usize,
}

#[derive(askama::Template)]
#[template(path = "coordination/bodies.html")]
struct Bodies {
    c: Chrome,
    overdue: Vec<DutyLine>,
    levels: Vec<(String, Vec<Line>)>,
    /// A model with the bodies that it is made of.
    templates: Vec<(Ref, Vec<Arc<Committee>>)>,
    edits: bool,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-bodies"));
    let line = |body: &Arc<Committee>| {
        let held = seats(state, &body.id, today);
        Line {
            state: c.code(body.state.code()),
            vacant: held.iter().filter(|seat| seat.institution.is_none()).count(),
            seats: held.len(),
            meetings: state.all::<Meeting>().filter(|meeting| meeting.body == body.id).count(),
            body: body.clone(),
        }
    };
    let levels = BodyLevel::ALL.iter().map(|level| {
        let own = state.all::<Committee>().filter(|body| body.level == *level && body.template.is_none());
        (c.code(level.code()), own.map(line).collect::<Vec<_>>())
    });
    let templates = state.all::<Model>().map(|model| {
        let parts = state.all::<Committee>().filter(|body| body.template.as_ref() == Some(&model.id));
        (Ref::to(&viewer, Kind::Model, &model.id), parts.cloned().collect::<Vec<_>>())
    });
    render(&Bodies {
        overdue: duties(&viewer, |duty| duty.overdue(today)),
        levels: levels.filter(|(_, lines)| !lines.is_empty()).collect(),
        templates: templates.filter(|(_, parts)| !parts.is_empty()).collect(),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
        c,
    })
}

#[derive(serde::Deserialize)]
pub(crate) struct Template {
    model: String,
}

pub(crate) async fn use_template(viewer: Viewer, Form(given): Form<Template>) -> Page {
    viewer.must(Act::EditPlan)?;
    viewer.execute(UseModel { model: given.model }).await?;
    Ok(see("/bodies"))
}

struct SeatLine {
    seat: Arc<Seat>,
    role: String,
    reserved: String,
    institution: Option<Ref>,
    alternate: Option<Ref>,
}

struct MeetingLine {
    meeting: Arc<Meeting>,
    state: String,
    people: u32,
    share: Option<f64>,
    quorum: &'static str,
    decisions: usize,
}

#[derive(askama::Template)]
#[template(path = "coordination/body.html")]
struct BodyPage {
    c: Chrome,
    body: Arc<Committee>,
    state: String,
    parent: Option<Ref>,
    seats: Vec<SeatLine>,
    open: Vec<DutyLine>,
    meetings: Vec<MeetingLine>,
    proposals: Vec<(Arc<Proposal>, Option<Ref>)>,
    proposes: bool,
    closes: bool,
    edits: bool,
    /// May call a meeting.
    calls: bool,
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let missing = || AppError::NotFound { kind: Kind::Committee, id: id.clone() };
    let body = state.find::<Committee>(&id).ok_or_else(missing)?.clone();
    let c = Chrome::of(&viewer, body.name.get(viewer.lang()));
    let to = |id: &Id| Ref::to(&viewer, Kind::Institution, id);
    let seat = |seat: &Arc<Seat>| SeatLine {
        role: c.code(seat.role.code()),
        reserved: seat.reserved.map(|group| c.code(group.code())).unwrap_or_default(),
        institution: seat.institution.as_ref().map(to),
        alternate: seat.alternate.as_ref().map(to),
        seat: seat.clone(),
    };
    let own = state.all::<Meeting>().filter(|m| m.body == id);
    let mut meetings: Vec<MeetingLine> = own.map(|meeting| meeting_line(&viewer, &c, meeting)).collect();
    meetings.sort_by_key(|line| std::cmp::Reverse(line.meeting.date));
    let of_body = |meeting: &Id| state.find::<Meeting>(meeting).is_some_and(|meeting| meeting.body == id);
    let open = duties(&viewer, |duty| {
        let decision = state.find::<Decision>(&duty.id).filter(|_| duty.kind == Kind::Decision);
        decision.and_then(|decision| decision.meeting.as_ref()).is_some_and(of_body)
    });
    render(&BodyPage {
        state: c.code(body.state.code()),
        parent: body.parent.as_ref().map(|id| Ref::to(&viewer, Kind::Committee, id)),
        seats: seats(state, &id, today).into_iter().map(seat).collect(),
        open,
        meetings,
        proposals: proposals(&viewer, &id),
        proposes: viewer.may(Act::Propose) && viewer.at.is_none(),
        calls: viewer.may(writing(Kind::Meeting)) && viewer.at.is_none(),
        closes: viewer.may(Act::Coordinate) && viewer.at.is_none(),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
        body,
        c,
    })
}

fn meeting_line(viewer: &Viewer, c: &Chrome, meeting: &Arc<Meeting>) -> MeetingLine {
    let state = &viewer.snapshot.state;
    let room = attendance(state, meeting);
    MeetingLine {
        state: c.code(meeting.state.code()),
        people: room.people(),
        share: room.share(),
        quorum: romduol_app::minutes::quorum_key(room.quorum),
        decisions: state.all::<Decision>().filter(|d| d.meeting.as_ref() == Some(&meeting.id)).count(),
        meeting: meeting.clone(),
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Proposed {
    title: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn propose(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Proposed>) -> Page {
    viewer.must(Act::Propose)?;
    let (to, Proposed { title, reason }) = (path(&["bodies", &id]), given);
    viewer.execute(Propose { body: id, title, reason, lang: viewer.lang() }).await?;
    Ok(see(&to))
}
