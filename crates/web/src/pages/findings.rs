//! Findings of the data-quality rules: the most serious first, by group; those that wait for the reader; one by itself with
//! what became of it, and the forms to assign and to settle it. Refuses to know what a rule says.

use romduol_app::findings::task_title;
use romduol_plan::commands::duties::{AssignFinding, SettleFinding};
use std::collections::BTreeSet;

use axum::extract::{Form, Path};
use romduol_app::{AppError, analysis_tables};
use romduol_plan::answers::Severity;
use romduol_plan::kinds::{Id, Institution, Task};
use romduol_plan::permission::{Act, Role};
use romduol_plan::quality::{Finding, Group, Standing, standing};
use romduol_plan::{Date, Kind, Say};

use super::coordination::institutions;
use super::records::{Ref, path_of};
use super::take_home;
use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::date;
use crate::viewer::Viewer;

/// Which findings a list shows, by what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// All that nobody has settled as they stand.
    Waiting,
    /// Those that the reader's institution has to settle.
    Mine,
    Settled,
    All,
}

impl Which {
    const ALL: [(Which, &'static str); 4] =
        [(Which::Waiting, "waiting"), (Which::Mine, "mine"), (Which::Settled, "settled"), (Which::All, "all")];

    fn holds(self, standing: &Standing, own: Option<&Id>) -> bool {
        match self {
            Which::Waiting => !standing.is_settled(),
            Which::Mine => own.is_some_and(|own| standing.waits_for(own)),
            Which::Settled => standing.is_settled(),
            Which::All => true,
        }
    }
}

/// A finding as a line: what it says, what it is about, what became of it.
struct Line {
    code: String,
    severity: Severity,
    sentence: String,
    records: Vec<(String, Id)>,
    more: usize,
    standing: &'static str,
    task: Option<Told>,
}

/// What a task says of its finding.
struct Told {
    to: Ref,
    owner: Ref,
    due: Option<Date>,
    overdue: bool,
    words: romduol_plan::Text,
}

impl Told {
    fn of(viewer: &Viewer, task: &Task) -> Told {
        let today = viewer.site.app.now().date;
        Told {
            to: Ref::to(viewer, Kind::Task, &task.id),
            owner: Ref::to(viewer, Kind::Institution, &task.owner),
            due: task.due,
            overdue: task.due.is_some_and(|due| due < today),
            words: task.closed.clone(),
        }
    }
}

impl Line {
    fn of(viewer: &Viewer, finding: &Finding, standing: &Standing) -> Line {
        const SHOWN: usize = 6;
        Line {
            code: finding.code(),
            severity: finding.severity,
            sentence: viewer.locale.tell(&finding.say),
            records: finding.records.iter().take(SHOWN).map(|(kind, id)| (path_of(*kind, id), id.clone())).collect(),
            more: finding.records.len().saturating_sub(SHOWN),
            standing: standing.code(),
            task: standing.task().map(|task| Told::of(viewer, task)),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "findings/list.html")]
struct List {
    c: Chrome,
    /// Groups with their findings, the group of the most serious one first.
    groups: Vec<(Group, Vec<Line>)>,
    /// The choices, how many findings each holds, and whether it is the one shown.
    which: Vec<(&'static str, usize, bool)>,
    /// The groups to choose from, and whether it is the one shown.
    kinds: Vec<(&'static str, bool)>,
    /// How many of those shown cannot hold, should be looked at, are notes.
    counts: [(&'static str, usize); 3],
    /// The choice, as it stands in the address.
    asked: String,
    /// The reader's institution, for which findings may wait.
    own: Option<Ref>,
}

/// The institution whose findings are the reader's: that of the post, or the one that keeps the plan.
fn own(viewer: &Viewer) -> Option<Id> {
    let plan = || viewer.snapshot.state.plan().map(|plan| plan.secretariat.clone());
    let post = &viewer.person.post;
    post.institution.clone().or_else(|| plan().filter(|_| post.role == Role::Secretariat))
}

/// The findings that the reader may see, each with what became of it. What is about small groups of people is for those
/// who may read them, and that it was read is noted.
async fn seen(viewer: &Viewer) -> Vec<(Finding, Standing)> {
    let state = &viewer.snapshot.state;
    let shown = |finding: &Finding| {
        let mut bodies = finding.records.iter().filter_map(|(kind, id)| state.body(*kind, id));
        bodies.all(|body| viewer.shows(&body))
    };
    let found: Vec<Finding> = viewer.person.post.findings(state, viewer.site.app.now().date);
    let found: Vec<Finding> = found.into_iter().filter(shown).collect();
    let groups = found.iter().flat_map(|finding| &finding.records).filter(|(kind, _)| *kind == Kind::Attendance);
    for (kind, id) in groups.collect::<BTreeSet<_>>() {
        viewer.note(*kind, id).await;
    }
    let found = found.into_iter();
    found.map(|finding| (standing(state, &finding), finding)).map(|(standing, finding)| (finding, standing)).collect()
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadFindings)?;
    let group = viewer.chosen::<Group>("group")?;
    let words: Vec<_> = Which::ALL.iter().map(|(which, word)| (*word, *which)).collect();
    let asked = viewer.asked("which").unwrap_or("waiting");
    let which = crate::given::one_of("which", asked, &words)?;
    let own = own(&viewer);
    let found = seen(&viewer).await;
    let in_group = |finding: &Finding| group.is_none_or(|group| finding.group == group);
    let of_group: Vec<_> = found.iter().filter(|(finding, _)| in_group(finding)).collect();
    let count = |which: Which| of_group.iter().filter(|(_, standing)| which.holds(standing, own.as_ref())).count();
    let shown: Vec<_> = of_group.iter().filter(|(_, standing)| which.holds(standing, own.as_ref())).collect();
    let of = |severity| shown.iter().filter(|(finding, _)| finding.severity == severity).count();
    let mut groups: Vec<(Group, Vec<Line>)> = Vec::new();
    for (finding, standing) in &shown {
        let line = Line::of(&viewer, finding, standing);
        match groups.iter_mut().find(|(group, _)| *group == finding.group) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((finding.group, vec![line])),
        }
    }
    render(&List {
        which: Which::ALL.iter().map(|(one, word)| (*word, count(*one), *one == which)).collect(),
        kinds: Group::ALL.iter().map(|one| (one.code(), group == Some(*one))).collect(),
        counts: [Severity::Error, Severity::Warning, Severity::Note].map(|one| (one.code(), of(one))),
        asked: asked.into(),
        own: own.map(|id| Ref::to(&viewer, Kind::Institution, &id)),
        groups,
        c: Chrome::of(&viewer, viewer.locale.t("menu-findings")),
    })
}

#[derive(askama::Template)]
#[template(path = "findings/one.html")]
struct One {
    c: Chrome,
    line: Line,
    group: Group,
    /// Every record it is about.
    records: Vec<Ref>,
    institutions: Vec<std::sync::Arc<Institution>>,
    /// Who should settle it: whoever has to, else whom the record names.
    owner: Id,
    assigns: bool,
    settles: bool,
}

async fn found(viewer: &Viewer, code: &str) -> Result<(Finding, Standing), AppError> {
    let gone = || AppError::Bad(Say::new("refused-finding-gone").words("value", code));
    seen(viewer).await.into_iter().find(|(finding, _)| finding.code() == code).ok_or_else(gone)
}

pub(crate) async fn show(viewer: Viewer, Path(code): Path<String>) -> Page {
    viewer.must(Act::ReadFindings)?;
    let (finding, standing) = found(&viewer, &code).await?;
    let mine = own(&viewer).is_some_and(|own| standing.waits_for(&own));
    let owner = standing.task().map(|task| task.owner.clone()).or_else(|| settler(&viewer, &finding));
    let writes = viewer.at.is_none();
    render(&One {
        line: Line::of(&viewer, &finding, &standing),
        group: finding.group,
        records: finding.records.iter().map(|(kind, id)| Ref::to(&viewer, *kind, id)).collect(),
        institutions: institutions(&viewer),
        owner: owner.unwrap_or_default(),
        assigns: writes && viewer.may(Act::Coordinate),
        settles: writes && (mine || viewer.may(Act::Coordinate)),
        c: Chrome::of(&viewer, viewer.locale.t("finding")),
    })
}

/// Whom a recorded contradiction names to settle it.
fn settler(viewer: &Viewer, finding: &Finding) -> Option<Id> {
    let state = &viewer.snapshot.state;
    let named = finding.records.iter().filter(|(kind, _)| *kind == Kind::Contradiction);
    named.filter_map(|(_, id)| state.find::<romduol_plan::kinds::Contradiction>(id)).find_map(|one| one.settler.clone())
}

#[derive(serde::Deserialize)]
pub(crate) struct Assign {
    owner: String,
    #[serde(default)]
    due: String,
}

pub(crate) async fn assign(viewer: Viewer, Path(code): Path<String>, Form(given): Form<Assign>) -> Page {
    viewer.must(Act::Coordinate)?;
    let due = date("due", &given.due)?;
    let to = path(&["findings", &code]);
    let title = task_title(&viewer.site.app.snapshot().state, viewer.site.app.now().date, &code)?;
    viewer.execute(AssignFinding { code, owner: given.owner, due, title }).await?;
    Ok(see(&to))
}

#[derive(serde::Deserialize)]
pub(crate) struct Settle {
    words: String,
}

/// Settles a finding; who may, the use case decides.
pub(crate) async fn settle(viewer: Viewer, Path(code): Path<String>, Form(given): Form<Settle>) -> Page {
    viewer.must(Act::ReadFindings)?;
    let to = path(&["findings", &code]);
    let title = task_title(&viewer.site.app.snapshot().state, viewer.site.app.now().date, &code)?;
    viewer.execute(SettleFinding { code, words: given.words, title, lang: viewer.lang() }).await?;
    Ok(see(&to))
}

async fn table(viewer: &Viewer) -> romduol_report::Sheet {
    analysis_tables::findings(&viewer.snapshot.state, viewer.locale, &seen(viewer).await)
}

pub(crate) async fn csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadFindings)?;
    take_home::csv(&table(&viewer).await, "findings")
}

pub(crate) async fn xlsx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadFindings)?;
    take_home::xlsx(&viewer, table(&viewer).await, "findings")
}
