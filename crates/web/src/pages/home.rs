//! The home page: what waits for this person, and the plan in one line.

use romduol_app::{filing, late, verification};
use romduol_plan::kinds::ReturnStatus;
use romduol_plan::permission::Act;
use romduol_plan::returns::Due;
use romduol_plan::status::Status;
use romduol_plan::{Date, Kind, Period, coordination};

use super::coordination::{DutyLine, duties};
use super::scorecard::{counts, standings, year};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::viewer::Viewer;

/// A home page is for what comes first; the list of returns has the rest.
const SHOWN: usize = 50;

#[derive(askama::Template)]
#[template(path = "home.html")]
struct Home {
    c: Chrome,
    role: String,
    today: Date,
    /// Decisions and tasks: overdue ones for those who decided, open ones for those who have to do them.
    duties: Vec<DutyLine>,
    files: bool,
    due: Vec<Due>,
    due_count: usize,
    verifies: bool,
    waiting: Vec<(String, String, Period)>,
    waiting_count: usize,
    /// Institutions that are late, with how many returns and of which forms.
    late: Vec<(Ref, usize, String)>,
    late_more: usize,
    sees_late: bool,
    at: Period,
    counts: Vec<(Status, usize)>,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    let view = viewer.view();
    let (state, today) = (view.state, viewer.site.app.now().date);
    let mut due = filing::owed_by(state, &viewer.person, today);
    due.retain(Due::open);
    let due_count = due.len();
    due.truncate(SHOWN);
    let waiting = verification::waiting(state, &viewer.person);
    let waiting_count = waiting.len();
    let waiting =
        waiting.into_iter().take(SHOWN).map(|r| (r.id.clone(), unit_name(&viewer, &r.assignment), r.period)).collect();
    let sees_late = viewer.may(Act::ReadFindings);
    let mut late = if sees_late { coordination::owed(state, today, viewer.illustrative) } else { Vec::new() };
    late.retain(|(_, owed)| owed.returns() > 0);
    late.sort_by_key(|(_, owed)| std::cmp::Reverse(owed.returns()));
    let late_more = late.len().saturating_sub(SHOWN);
    let late = late.into_iter().take(SHOWN).map(|(id, owed)| {
        let forms = late::forms(state, viewer.locale, &owed.returns);
        (Ref::to(&viewer, Kind::Institution, &id), owed.returns(), forms)
    });
    let late = late.collect();
    let (at, _) = year(&viewer);
    let standings = standings(&viewer, at);
    render(&Home {
        c: Chrome::of(&viewer, viewer.locale.t("menu-home")),
        role: viewer.locale.word("role", viewer.person.post.role.code()),
        today,
        duties: duties(&viewer, |duty| match viewer.may(Act::Coordinate) {
            true => duty.overdue(today),
            false => viewer.person.post.institution.as_ref() == Some(&duty.owner),
        }),
        files: viewer.may(Act::File),
        due,
        due_count,
        verifies: viewer.may(Act::Verify),
        waiting,
        waiting_count,
        late,
        late_more,
        sees_late,
        at,
        counts: counts(&viewer, standings.iter()),
    })
}

impl Home {
    fn late(&self, due: &Due) -> bool {
        due.overdue(self.today)
    }
}

/// The institution or area that reports, by name.
pub(crate) fn unit_name(viewer: &Viewer, assignment: &str) -> String {
    use romduol_plan::kinds::{Area, Assignment, Audience, Form, Institution};
    let state = &viewer.snapshot.state;
    let Some(assignment) = state.find::<Assignment>(assignment) else { return assignment.to_string() };
    let by_area = state.find::<Form>(&assignment.form).is_some_and(|form| form.audience == Audience::Area);
    let name = match by_area {
        true => state.find::<Area>(&assignment.area).map(|area| &area.name),
        false => state.find::<Institution>(&assignment.institution).map(|body| &body.name),
    };
    name.map(|name| name.get(viewer.lang()).to_string()).unwrap_or_else(|| assignment.id.clone())
}

pub(crate) fn return_status_key(status: ReturnStatus) -> String {
    format!("return-{}", status.code())
}
