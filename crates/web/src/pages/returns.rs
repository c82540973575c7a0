//! The list of returns that a person's units owe, in pages, and the periods that are closed.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Due};
use romduol_plan::{Date, Period};

use super::home::{return_status_key, unit_name};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

/// How many returns a page has.
const SHOWN: usize = 200;

struct Listed {
    due: Due,
    unit: String,
    draft: bool,
}

#[derive(askama::Template)]
#[template(path = "returns.html")]
struct Returns {
    c: Chrome,
    today: Date,
    list: Vec<Listed>,
    /// How many there are; the number of the first one here, from 1; the pages before and behind.
    found: usize,
    first: usize,
    before: Option<usize>,
    after: Option<usize>,
    files: bool,
    locks: Vec<(String, Vec<Period>)>,
    may_lock: bool,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReturn)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let drafts = viewer.site.app.ledger.drafts().await?;
    let drafts: HashSet<&str> = drafts.iter().map(|draft| draft.return_id.as_str()).collect();
    let readable = |a: &&Arc<Assignment>| viewer.person.post.may_for(Act::ReadReturn, a, state).is_ok();
    let mut owed: Vec<Due> =
        state.all::<Assignment>().filter(readable).flat_map(|a| returns::owed(state, a, today)).collect();
    owed.sort_by(|a, b| {
        (!a.overdue(today), b.period, &a.assignment.id).cmp(&(!b.overdue(today), a.period, &b.assignment.id))
    });
    let found = owed.len();
    let last = found.saturating_sub(1) / SHOWN;
    let page = viewer.asked("page").and_then(|page| page.parse().ok()).unwrap_or(0).min(last);
    let listed = owed.into_iter().skip(page * SHOWN).take(SHOWN).map(|due| {
        let draft = drafts.contains(due.id().as_str());
        Listed { unit: unit_name(&viewer, &due.assignment.id), draft, due }
    });
    let list = listed.collect();
    let mut locks: BTreeMap<String, Vec<Period>> =
        state.all::<Form>().map(|form| (form.id.clone(), Vec::new())).collect();
    for lock in state.all::<Lock>() {
        locks.entry(lock.form.clone()).or_default().push(lock.period);
    }
    render(&Returns {
        c: Chrome::of(&viewer, viewer.locale.t("menu-returns")),
        today,
        list,
        found,
        first: page * SHOWN + 1,
        before: page.checked_sub(1),
        after: (page < last).then_some(page + 1),
        files: viewer.may(Act::File),
        may_lock: viewer.may(Act::Lock),
        locks: locks.into_iter().collect(),
    })
}

impl Listed {
    fn status_key(&self, today: &Date) -> String {
        match &self.due.record {
            Some(record) => return_status_key(record.status),
            None if self.due.overdue(*today) => "return-overdue".into(),
            None => "return-due".into(),
        }
    }

    fn may_open(&self) -> bool {
        self.due.record.as_ref().is_none_or(|r| matches!(r.status, ReturnStatus::SentBack | ReturnStatus::Accepted))
    }
}
