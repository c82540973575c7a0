//! Who owes what, and the plan's year.

use std::sync::Arc;

use romduol_app::calendar::{Entry, ics};
use romduol_app::late;
use romduol_plan::coordination::{ANSWER_DAYS, Owed, next, owed};
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
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
    /// With the forms that are late.
    list: Vec<(Ref, Owed, String)>,
    overdue: Vec<DutyLine>,
    days: usize,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let list = owed(state, today, viewer.illustrative).into_iter().map(|(id, owed)| {
        let forms = late::forms(state, viewer.locale, &owed.returns);
        (Ref::to(&viewer, Kind::Institution, &id), owed, forms)
    });
    render(&OwedPage {
        c: Chrome::of(&viewer, viewer.locale.t("menu-owed")),
        list: list.collect(),
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
        place: String::new(),
        status: None,
        first: when.first,
        last: when.last,
        stamp,
    };
    let entries: Vec<Entry> = year(&viewer, &c).into_iter().map(entry).collect();
    let text = ics(&c.title, &entries);
    Ok(take_home::file("year.ics", "text/calendar; charset=utf-8", text.into_bytes()))
}
