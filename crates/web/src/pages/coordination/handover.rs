//! What somebody finds who takes over the seat of an institution: what it has to do, what it owes, and what it reported.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Path;
use romduol_app::AppError;
use romduol_plan::coordination::answers_for;
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Due};
use romduol_plan::{Kind, Period};

use super::{DutyLine, duties};
use crate::address::path;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::home::unit_name;
use crate::pages::records::Ref;
use crate::viewer::Viewer;

/// A return as a line; the address is empty where the reader may not open it.
struct Reported {
    due: Due,
    unit: String,
    path: String,
    made_up: bool,
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
    due: Vec<Reported>,
    /// What was accepted, the newest period first.
    past: Vec<(Period, Vec<Reported>)>,
    filed: usize,
    reads_returns: bool,
    ratings: Vec<Ref>,
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
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
    let owed: Vec<Due> = own.iter().flat_map(|assignment| returns::owed(state, assignment, today)).collect();
    let waiting = state.all::<Rating>().filter(|rating| rating.answered.is_none() && answers_for(state, rating) == id);
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
        past: past(&viewer, &owed),
        due: owed.into_iter().filter(Due::open).map(|due| reported(&viewer, due)).collect(),
        institution,
        c,
    })
}

/// A return that was accepted, also where a correction of it is under way.
fn past(viewer: &Viewer, owed: &[Due]) -> Vec<(Period, Vec<Reported>)> {
    let mut past: BTreeMap<Period, Vec<Reported>> = BTreeMap::new();
    for due in owed {
        if let Some(record) = viewer.snapshot.state.accepted_return(&due.id()) {
            let due = Due { record: Some(record.clone()), ..due.clone() };
            past.entry(due.period).or_default().push(reported(viewer, due));
        }
    }
    past.into_iter().rev().collect()
}

fn reported(viewer: &Viewer, due: Due) -> Reported {
    let may = |act| viewer.person.post.may_for(act, &due.assignment, &viewer.snapshot.state).is_ok();
    let path = match &due.record {
        _ if due.open() && may(Act::File) => path(&["returns", &due.assignment.id, &due.period.to_string()]),
        Some(_) if may(Act::ReadReturn) => path(&["review", &due.id()]),
        _ => String::new(),
    };
    let made_up = due.record.as_ref().is_some_and(|record| record.illustrative);
    Reported { made_up, unit: unit_name(viewer, &due.assignment.id), path, due }
}
