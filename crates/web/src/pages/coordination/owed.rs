//! Who owes what, the plan's year, and what somebody finds who takes over a seat.

use std::sync::Arc;

use axum::extract::Path;
use romduol_app::AppError;
use romduol_app::calendar::{Entry, ics};
use romduol_plan::coordination::{ANSWER_DAYS, Owed, next, owed};
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Due};
use romduol_plan::{Date, Kind};

use super::{DutyLine, duties};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::pages::take_home;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "coordination/owed.html")]
struct OwedPage {
    c: Chrome,
    list: Vec<(Ref, Owed)>,
    overdue: Vec<DutyLine>,
    days: usize,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let list = owed(state, today, viewer.illustrative).into_iter();
    render(&OwedPage {
        c: Chrome::of(&viewer, viewer.locale.t("menu-owed")),
        list: list.map(|(id, owed)| (Ref::to(&viewer, Kind::Institution, &id), owed)).collect(),
        overdue: duties(&viewer, |duty| duty.overdue(today)),
        days: usize::from(ANSWER_DAYS),
    })
}

struct When {
    occasion: Arc<Occasion>,
    kind: String,
    first: Date,
    last: Date,
}

fn year(viewer: &Viewer, c: &Chrome) -> Vec<When> {
    let today = viewer.site.app.now().date;
    let all = viewer.snapshot.state.all::<Occasion>().filter_map(|occasion| {
        let (first, last) = next(occasion, today)?;
        Some(When { kind: c.code(occasion.kind.code()), occasion: occasion.clone(), first, last })
    });
    let mut all: Vec<When> = all.collect();
    all.sort_by_key(|when| (when.first, when.occasion.id.clone()));
    all
}

#[derive(askama::Template)]
#[template(path = "coordination/year.html")]
struct Year {
    c: Chrome,
    list: Vec<When>,
    edits: bool,
}

pub(crate) async fn the_year(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-year"));
    render(&Year { list: year(&viewer, &c), edits: viewer.may(Act::EditPlan) && viewer.at.is_none(), c })
}

pub(crate) async fn calendar(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-year"));
    let stamp = viewer.site.app.now().unix;
    let plan = viewer.snapshot.state.plan().map(|plan| plan.id.clone()).unwrap_or_default();
    let entry = |when: When| Entry {
        uid: format!("{}-{}@{plan}", when.occasion.id, when.first.year),
        title: c.plain(&when.occasion.title),
        text: c.plain(&when.occasion.note),
        first: when.first,
        last: when.last,
        stamp,
    };
    let entries: Vec<Entry> = year(&viewer, &c).into_iter().map(entry).collect();
    let text = ics(&c.title, &entries);
    Ok(take_home::file("year.ics", "text/calendar; charset=utf-8", text.into_bytes()))
}

#[derive(askama::Template)]
#[template(path = "coordination/handover.html")]
struct Handover {
    c: Chrome,
    institution: Arc<Institution>,
    seats: Vec<(Ref, String)>,
    leads: Vec<Ref>,
    indicators: Vec<Ref>,
    open: Vec<DutyLine>,
    due: Vec<Due>,
    filed: usize,
    reads_returns: bool,
    ratings: Vec<Ref>,
}

/// What an institution has to do, for whoever takes over its seat.
pub(crate) async fn handover(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let missing = || AppError::NotFound { kind: Kind::Institution, id: id.clone() };
    let institution = state.find::<Institution>(&id).ok_or_else(missing)?.clone();
    let c = Chrome::of(&viewer, institution.name.get(viewer.lang()));
    let held = state.all::<Seat>().filter(|seat| {
        let mine = seat.institution.as_ref() == Some(&id) || seat.alternate.as_ref() == Some(&id);
        mine && seat.until.is_none_or(|until| today <= until)
    });
    let own: Vec<&Arc<Assignment>> = state.all::<Assignment>().filter(|a| a.institution == id).collect();
    let mut due: Vec<Due> = own.iter().flat_map(|assignment| returns::owed(state, assignment, today)).collect();
    due.retain(Due::open);
    let waiting = state.all::<Rating>().filter(|rating| {
        let shown = viewer.illustrative || !rating.illustrative;
        shown && rating.answered.is_none() && romduol_plan::coordination::answers_for(state, rating) == id
    });
    render(&Handover {
        seats: held.map(|seat| (Ref::to(&viewer, Kind::Committee, &seat.body), c.code(seat.role.code()))).collect(),
        leads: state
            .all::<Node>()
            .filter(|node| node.leads.contains(&id))
            .map(|node| Ref::to(&viewer, Kind::Node, &node.id))
            .collect(),
        indicators: state
            .all::<Indicator>()
            .filter(|indicator| indicator.owner == id)
            .map(|indicator| Ref::to(&viewer, Kind::Indicator, &indicator.id))
            .collect(),
        open: duties(&viewer, |duty| duty.owner == id),
        filed: own.iter().map(|assignment| state.filed(&assignment.id) as usize).sum(),
        reads_returns: viewer.may(Act::ReadReturn),
        ratings: waiting.map(|rating| Ref::to(&viewer, Kind::Rating, &rating.id)).collect(),
        due,
        institution,
        c,
    })
}
