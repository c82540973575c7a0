//! One meeting: what to talk about, who was there, what was decided; the minutes to take home, the date for a calendar,
//! and closing a decision or task.

use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::calendar::{Entry, EventStatus, ics};
use romduol_app::meetings::{Point, agenda};
use romduol_app::{AppError, late, minutes};
use romduol_locale::Locale;
use romduol_plan::commands::duties::CloseDuty;
use romduol_plan::commands::meetings::{Attended, Decided, HoldMeeting};
use romduol_plan::coordination::{Room, attendance, seats};
use romduol_plan::kinds::*;
use romduol_plan::permission::{Act, writing};
use romduol_plan::{Kind, Say, Text};

use super::{DutyLine, institutions};
use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::one_of;
use crate::pages::records::{Ref, path_of};
use crate::pages::take_home;
use crate::viewer::Viewer;

/// Lines for institutions without a seat.
const GUESTS: usize = 3;

/// Lines for decisions in the form; more can be entered by sending it again.
const LINES: usize = 10;

struct Present {
    institution: Ref,
    women: u32,
    men: u32,
}

#[derive(askama::Template)]
#[template(path = "coordination/meeting.html")]
struct MeetingPage {
    c: Chrome,
    meeting: Arc<Meeting>,
    state: String,
    body: Ref,
    room: Room,
    quorum: &'static str,
    /// The body's quorum in per cent, and where that stands.
    rule: (Option<u32>, Text),
    present: Vec<Present>,
    /// Open proposals to the body.
    proposals: Vec<(Arc<Proposal>, Option<Ref>)>,
    overdue: Vec<DutyLine>,
    late: Vec<(Ref, String)>,
    off_track: Vec<Ref>,
    decisions: Vec<(Arc<Decision>, Ref, String)>,
    institutions: Vec<Arc<Institution>>,
    /// What is in the minutes in the reader's language.
    minutes: String,
    lines: std::ops::Range<usize>,
    guests: std::ops::Range<usize>,
    /// May enter what happened; may change the record; may take the minutes home.
    enters: bool,
    edits: bool,
    takes: bool,
}

pub(crate) fn found(viewer: &Viewer, id: &str) -> Result<Arc<Meeting>, AppError> {
    let meeting = viewer.snapshot.state.find::<Meeting>(id);
    meeting.cloned().ok_or_else(|| AppError::NotFound { kind: Kind::Meeting, id: id.into() })
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let meeting = found(&viewer, &id)?;
    let c = Chrome::of(&viewer, meeting.title.get(viewer.lang()));
    let (mut overdue, mut late, mut off_track) = (Vec::new(), Vec::new(), Vec::new());
    for point in agenda(viewer.view(), today, 10) {
        match point {
            Point::Overdue(duty) => overdue.push(DutyLine::of(&viewer, duty)),
            Point::Late(id, owed) => {
                late.push((Ref::to(&viewer, Kind::Institution, &id), late::forms(state, viewer.locale, &owed.returns)))
            }
            Point::OffTrack(id) => off_track.push(Ref::to(&viewer, Kind::Indicator, &id)),
        }
    }
    let room = attendance(state, &meeting);
    let rule = state.find::<Committee>(&meeting.body);
    let mine = state.all::<Decision>().filter(|decision| decision.meeting.as_ref() == Some(&id));
    let decisions = mine.map(|decision| {
        let owner = Ref::to(&viewer, Kind::Institution, &decision.owner);
        (decision.clone(), owner, c.code(decision.state.code()))
    });
    render(&MeetingPage {
        state: c.code(meeting.state.code()),
        body: Ref::to(&viewer, Kind::Committee, &meeting.body),
        quorum: minutes::quorum_key(room.quorum),
        rule: rule.map(|body| (body.quorum, body.quorum_source.clone())).unwrap_or_default(),
        room,
        present: present(&viewer, &meeting),
        proposals: proposals(&viewer, &meeting.body),
        overdue,
        late,
        off_track,
        decisions: decisions.collect(),
        institutions: institutions(&viewer),
        minutes: own_words(&viewer, &meeting.minutes),
        lines: 0..LINES,
        guests: 0..GUESTS,
        enters: viewer.may(Act::Coordinate) && viewer.at.is_none(),
        edits: viewer.may(writing(Kind::Meeting)) && viewer.at.is_none(),
        takes: viewer.may(Act::ReadReport),
        meeting,
        c,
    })
}

/// A text in the reader's language, without the other one where that is all there is: the form writes this one.
fn own_words(viewer: &Viewer, text: &Text) -> String {
    if text.lacks(viewer.lang()) { String::new() } else { text.get(viewer.lang()).to_string() }
}

/// What members want a body to talk about, oldest first.
pub(crate) fn proposals(viewer: &Viewer, body: &str) -> Vec<(Arc<Proposal>, Option<Ref>)> {
    let state = &viewer.snapshot.state;
    let open = state.all::<Proposal>().filter(|p| p.body == body && p.state == TaskState::Open);
    let by = |p: &Arc<Proposal>| p.institution.as_ref().map(|id| Ref::to(viewer, Kind::Institution, id));
    let mut open: Vec<_> = open.map(|proposal| (proposal.clone(), by(proposal))).collect();
    open.sort_by_key(|(proposal, _)| (proposal.date, proposal.id.clone()));
    open
}

/// Everybody with a seat, and whoever else was entered.
fn present(viewer: &Viewer, meeting: &Meeting) -> Vec<Present> {
    let state = &viewer.snapshot.state;
    let mut ids: Vec<Id> = Vec::new();
    for seat in seats(state, &meeting.body, meeting.date) {
        ids.extend(seat.institution.iter().chain(&seat.alternate).cloned());
    }
    ids.extend(state.all::<Presence>().filter(|p| p.meeting == meeting.id).map(|p| p.institution.clone()));
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    let line = |id: &Id| {
        let entered = state.find::<Presence>(&format!("{}.{id}", meeting.id));
        let institution = Ref::to(viewer, Kind::Institution, id);
        Present { institution, women: entered.map_or(0, |p| p.women), men: entered.map_or(0, |p| p.men) }
    };
    ids.iter().map(line).collect()
}

pub(crate) async fn hold(viewer: Viewer, Path(id): Path<String>, Form(pairs): Form<Vec<(String, String)>>) -> Page {
    viewer.must(Act::Coordinate)?;
    let lang = viewer.lang();
    let mut held = HoldMeeting { id, present: Vec::new(), decisions: Vec::new(), minutes: String::new(), lang };
    let mut decisions: Vec<Decided> = (0..LINES).map(|_| Decided::default()).collect();
    let mut guests: Vec<Attended> = vec![nobody(""); GUESTS];
    for (name, value) in pairs {
        match name.split_once('.').unwrap_or((&name, "")) {
            ("minutes", _) => held.minutes = value,
            ("women", institution) => entry(&mut held, institution).women = count(&value)?,
            ("men", institution) => entry(&mut held, institution).men = count(&value)?,
            (field @ ("guest" | "guest_women" | "guest_men"), line) => {
                let Some(guest) = line.parse::<usize>().ok().and_then(|n| guests.get_mut(n)) else { continue };
                match field {
                    "guest_women" => guest.women = count(&value)?,
                    "guest_men" => guest.men = count(&value)?,
                    _ => guest.institution = value,
                }
            }
            (field, line) => {
                let Some(decided) = line.parse::<usize>().ok().and_then(|n| decisions.get_mut(n)) else { continue };
                match field {
                    "title" => decided.title = value,
                    "owner" => decided.owner = value,
                    "due" => decided.due = value,
                    "dissent" => decided.dissent = value,
                    "evidence" => decided.evidence = value,
                    _ => {}
                }
            }
        }
    }
    seatless(&mut held, guests)?;
    held.decisions = decisions;
    let to = path(&["meetings", &held.id]);
    viewer.execute(held).await?;
    Ok(see(&to))
}

/// Institutions without a seat that were there; people without an institution are refused.
fn seatless(held: &mut HoldMeeting, guests: Vec<Attended>) -> Result<(), AppError> {
    for (n, Attended { institution, women, men }) in guests.into_iter().enumerate() {
        match (institution.is_empty(), women + men) {
            (true, 0) => {}
            (true, _) => {
                let say = Say::new("refused-guest-without-institution").number("number", (n + 1) as f64);
                return Err(AppError::Bad(say));
            }
            (false, _) => {
                let line = entry(held, &institution);
                (line.women, line.men) = (line.women + women, line.men + men);
            }
        }
    }
    Ok(())
}

fn entry<'a>(held: &'a mut HoldMeeting, institution: &str) -> &'a mut Attended {
    let at = held.present.iter().position(|there| there.institution == institution).unwrap_or_else(|| {
        held.present.push(nobody(institution));
        held.present.len() - 1
    });
    &mut held.present[at]
}

fn nobody(institution: &str) -> Attended {
    Attended { institution: institution.into(), women: 0, men: 0 }
}

/// Khmer digits are digits; an empty field is nobody.
fn count(text: &str) -> Result<u32, AppError> {
    if text.trim().is_empty() {
        return Ok(0);
    }
    let number = romduol_plan::number::parse(text).ok().filter(|n| n.fract() == 0.0 && (0.0..=100_000.0).contains(n));
    number.map(|n| n as u32).ok_or_else(|| AppError::Bad(Say::new("refused-bad-count").words("value", text)))
}

fn document(viewer: &Viewer, id: &str) -> Result<romduol_report::Document, AppError> {
    let meeting = found(viewer, id)?;
    let lang = viewer.chosen("in")?.unwrap_or(viewer.lang());
    Ok(minutes::compose(&viewer.snapshot.state, Locale::of(lang), &meeting))
}

pub(crate) async fn pdf(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::pdf(&viewer, document(&viewer, &id)?, &format!("minutes-{id}")).await
}

pub(crate) async fn docx(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::docx(&document(&viewer, &id)?, &format!("minutes-{id}"))
}

pub(crate) async fn calendar(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let meeting = found(&viewer, &id)?;
    let entry = Entry {
        uid: format!("{id}@{}", viewer.snapshot.state.plan().map_or("plan", |plan| &plan.id)),
        title: meeting.title.get(viewer.lang()).to_string(),
        text: meeting.agenda.get(viewer.lang()).to_string(),
        place: meeting.place.get(viewer.lang()).to_string(),
        status: Some(match meeting.state {
            MeetingState::Cancelled => EventStatus::Cancelled,
            MeetingState::Planned | MeetingState::Held => EventStatus::Confirmed,
        }),
        first: meeting.date,
        last: meeting.date,
        stamp: viewer.site.app.now().unix,
    };
    let text = ics(meeting.title.get(viewer.lang()), &[entry]);
    Ok(take_home::file(&format!("{id}.ics"), "text/calendar; charset=utf-8", text.into_bytes()))
}

#[derive(serde::Deserialize)]
pub(crate) struct Close {
    state: String,
    why: String,
    /// Of a decision: what it rests on besides.
    #[serde(default)]
    evidence: String,
}

/// Closes a decision or a task; who may, the use case decides.
pub(crate) async fn close(viewer: Viewer, Path((code, id)): Path<(String, String)>, Form(given): Form<Close>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let kind = Kind::parse(&code).filter(|kind| matches!(kind, Kind::Decision | Kind::Task | Kind::Proposal));
    let Some(kind) = kind else { return Ok(crate::error::not_found()) };
    let closed = TaskState::ALL.iter().filter(|state| **state != TaskState::Open);
    let closed: Vec<_> = closed.map(|state| (state.code(), *state)).collect();
    let state = one_of("state", &given.state, &closed)?;
    let (to, Close { why: words, evidence, .. }) = (path_of(kind, &id), given);
    viewer.execute(CloseDuty { kind, id, to: state, words, evidence, lang: viewer.lang() }).await?;
    Ok(see(&to))
}
