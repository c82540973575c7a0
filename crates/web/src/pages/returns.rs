//! The list of returns a person's units owe, and the form that fills one. Works without a script.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use romduol_app::filing::{Filed, Saved};
use romduol_app::{AppError, attach};
use romduol_ledger::Draft;
use romduol_plan::answers::{self, Problem, Severity, check, has_base, not_a_number, questions};
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::returns::{self, Due};
use romduol_plan::state::return_id;
use romduol_plan::{Date, Period, Say, number};

use super::home::{return_status_key, unit_name};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::Viewer;

/// What was typed, by field name; kept as text so that a draft can hold anything.
type Typed = BTreeMap<String, String>;

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
    files: bool,
    locks: Vec<(String, Vec<Period>)>,
    may_lock: bool,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReturn)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let drafts = viewer.site.app.ledger.drafts().await?;
    let readable = |a: &&Arc<Assignment>| viewer.person.post.may_for(Act::ReadReturn, a, state).is_ok();
    let mut owed: Vec<Due> =
        state.all::<Assignment>().filter(readable).flat_map(|a| returns::owed(state, a, today)).collect();
    owed.sort_by(|a, b| {
        (!a.overdue(today), b.period, &a.assignment.id).cmp(&(!b.overdue(today), a.period, &b.assignment.id))
    });
    owed.truncate(200);
    let listed = owed.into_iter().map(|due| {
        let draft = drafts.iter().any(|draft| draft.return_id == due.id());
        Listed { unit: unit_name(&viewer, &due.assignment.id), draft, due }
    });
    let list = listed.collect();
    let mut locks: BTreeMap<String, Vec<Period>> =
        state.all::<Form>().map(|form| (form.id.clone(), Vec::new())).collect();
    for lock in state.all::<Lock>() {
        locks.entry(lock.form.clone()).or_default().push(lock.period);
    }
    let (files, may_lock) = (viewer.may(Act::File), viewer.may(Act::Lock));
    let locks = locks.into_iter().collect();
    render(&Returns { c: Chrome::of(&viewer, viewer.locale.t("menu-returns")), today, list, files, locks, may_lock })
}

/// One cell of the form.
struct Field {
    label: String,
    value_name: String,
    value: String,
    /// What somebody else has saved there meanwhile, if that is another text.
    other: Option<String>,
    base_name: Option<String>,
    base: String,
    overlapping: bool,
}

/// The cells of two crossed dimensions as rows and columns, with the sums of what has been typed so far.
struct Grid {
    columns: Vec<String>,
    rows: Vec<(String, Vec<Field>, String)>,
    sums: Vec<String>,
    total: String,
}

/// One question of the form.
struct Question {
    indicator: Arc<Indicator>,
    grid: Option<Grid>,
    /// The cells that are not in the grid.
    fields: Vec<Field>,
    state: String,
    comment: String,
    total: String,
    last: String,
    problems: Vec<(Severity, String)>,
    files: Vec<File>,
}

impl Question {
    fn has_total(&self) -> bool {
        let parts = self.fields.iter().filter(|f| !f.overlapping).count();
        (self.grid.is_some() || parts > 1) && !has_base(self.indicator.kind)
    }
}

#[derive(askama::Template)]
#[template(path = "return.html")]
struct ReturnForm {
    c: Chrome,
    due: Due,
    unit: String,
    form_name: String,
    questions: Vec<Question>,
    revision: u64,
    notice: Notice,
    correction: bool,
    reason: String,
    sent_back: Option<String>,
}

pub(crate) async fn form(viewer: Viewer, Path((assignment, period)): Path<(String, String)>) -> Page {
    let due = open(&viewer, &assignment, &period)?;
    let draft = viewer.site.app.ledger.draft(&due.id()).await?;
    let typed = match &draft {
        Some(draft) => serde_json::from_str(&draft.body).unwrap_or_default(),
        None => due.record.as_ref().map(|record| typed_from(record)).unwrap_or_default(),
    };
    let notice = if viewer.asked("saved").is_some() { Notice::Saved } else { Notice::None };
    // An unfinished draft is checked on what is there; what is still empty needs no reminder.
    let problems = match &draft {
        Some(_) => checks(&viewer, &due, &typed).into_iter().filter(|p| p.say.key != "check-empty").collect(),
        None => Vec::new(),
    };
    let filled = Filled { revision: draft.map_or(0, |draft| draft.revision), typed, other: None, problems, notice };
    show(&viewer, due, filled).await
}

/// What is said above the form.
#[derive(Clone, Copy, PartialEq)]
enum Notice {
    None,
    Saved,
    /// Sent, but something has to be met first.
    Blocked,
    /// Somebody else saved meanwhile.
    Conflict,
}

/// A form as it is to be shown.
struct Filled {
    revision: u64,
    typed: Typed,
    other: Option<Typed>,
    problems: Vec<Problem>,
    notice: Notice,
}

fn checks(viewer: &Viewer, due: &Due, typed: &Typed) -> Vec<Problem> {
    let (answers, mut problems) = read_answers(viewer, due, typed, BTreeMap::new());
    if problems.is_empty() {
        problems = check(&viewer.snapshot.state, &due.assignment, due.period, &answers);
    }
    problems
}

fn open(viewer: &Viewer, assignment: &str, period: &str) -> Result<Due, AppError> {
    viewer.person.post.may(Act::File)?;
    viewer.site.app.open_return(&viewer.snapshot.state, &viewer.person, assignment, period.parse()?)
}

async fn show(viewer: &Viewer, due: Due, filled: Filled) -> Page {
    let state = &viewer.snapshot.state;
    let last = state.accepted_return(&return_id(&due.assignment.id, due.period.previous()));
    let last = last.map(|record| record.answers.open()).unwrap_or_default();
    let kept = due.record.as_ref().map(|record| record.answers.open()).unwrap_or_default();
    let asked = questions(state, &due.assignment);
    let questions = asked.iter().map(|asked| question(viewer, asked, &filled, &last, &kept)).collect();
    let sent_back = match &due.record {
        Some(record) if record.status == ReturnStatus::SentBack => {
            let events = viewer.site.app.history(&viewer.snapshot, romduol_plan::Kind::Return, &record.id).await?;
            events.first().map(|event| event.why.clone())
        }
        _ => None,
    };
    render(&ReturnForm {
        c: Chrome::of(viewer, viewer.locale.t("return-title")),
        unit: unit_name(viewer, &due.assignment.id),
        form_name: due.form.name.get(viewer.lang()).to_string(),
        questions,
        revision: filled.revision,
        notice: filled.notice,
        correction: due.record.as_ref().is_some_and(|r| r.status == ReturnStatus::Accepted),
        reason: filled.typed.get("reason").cloned().unwrap_or_default(),
        sent_back,
        due,
    })
}

/// A question with what was typed, what was said last time and the files that were kept.
fn question(viewer: &Viewer, asked: &answers::Question, filled: &Filled, last: &[Answer], kept: &[Answer]) -> Question {
    let (state, indicator) = (&viewer.snapshot.state, &asked.indicator);
    let get = |name: String| filled.typed.get(&name).cloned().unwrap_or_default();
    let other = |name: &str| {
        let theirs = filled.other.as_ref()?.get(name).cloned().unwrap_or_default();
        (theirs != get(name.to_string())).then_some(theirs)
    };
    let field = |(categories, overlapping): (&[Id], bool)| {
        let names = categories.iter().filter_map(|id| state.find::<Category>(id)).map(|c| c.name.get(viewer.lang()));
        let label = names.collect::<Vec<_>>().join(" · ");
        let (value_name, base_name) = (name('v', indicator, categories), name('b', indicator, categories));
        Field {
            label: if label.is_empty() { viewer.locale.t("total") } else { label },
            value: get(value_name.clone()),
            other: other(&value_name),
            base: get(base_name.clone()),
            base_name: has_base(indicator.kind).then_some(base_name),
            value_name,
            overlapping,
        }
    };
    let said = filled
        .problems
        .iter()
        .filter(|p| p.indicator == indicator.id)
        .map(|p| (p.severity, viewer.locale.tell(&p.say)));
    let of = |list: &[Answer]| list.iter().find(|a| a.indicator == indicator.id).cloned();
    let last = of(last).map(|answer| summary(viewer, &answer));
    let files = of(kept).map(|answer| answer.files);
    let mut fields: Vec<Field> = asked.cells().map(field).collect();
    Question {
        grid: grid(viewer, indicator, &mut fields),
        fields,
        state: get(format!("s|{}", indicator.id)),
        comment: get(format!("c|{}", indicator.id)),
        total: get(format!("t|{}", indicator.id)),
        last: last.unwrap_or_default(),
        problems: said.collect(),
        files: files.unwrap_or_default(),
        indicator: indicator.clone(),
    }
}

/// Takes the crossed cells of a count out of `fields`: the first dimension across, the second one down.
fn grid(viewer: &Viewer, indicator: &Indicator, fields: &mut Vec<Field>) -> Option<Grid> {
    let [across, down] = indicator.dimensions.as_slice() else { return None };
    if has_base(indicator.kind) {
        return None;
    }
    let state = &viewer.snapshot.state;
    let names = |dimension| -> Vec<String> {
        state.categories(dimension).iter().map(|c| c.name.get(viewer.lang()).to_string()).collect()
    };
    let (columns, rows) = (names(across), names(down));
    // The cells come column by column.
    let mut cells: Vec<Field> = fields.drain(..columns.len() * rows.len()).collect();
    let typed: Vec<Option<f64>> = cells.iter().map(|cell| number::parse(&cell.value).ok()).collect();
    let sum = |of: &dyn Fn(usize) -> bool| -> String {
        let values: Vec<f64> = typed.iter().enumerate().filter(|(n, _)| of(*n)).filter_map(|(_, v)| *v).collect();
        if values.is_empty() { "–".into() } else { viewer.locale.number(values.iter().sum(), 2) }
    };
    let count = rows.len();
    let mut lines: Vec<(String, Vec<Field>, String)> =
        rows.into_iter().enumerate().map(|(row, name)| (name, Vec::new(), sum(&|n| n % count == row))).collect();
    for (n, cell) in cells.drain(..).enumerate() {
        lines[n % count].1.push(cell);
    }
    let sums = (0..columns.len()).map(|column| sum(&|n| n / count == column)).collect();
    Some(Grid { columns, rows: lines, sums, total: sum(&|_| true) })
}

fn name(part: char, indicator: &Indicator, categories: &[String]) -> String {
    format!("{part}|{}|{}", indicator.id, categories.join("/"))
}

/// The numbers of an answer in one line, for "last time" and for the reviewer.
pub(crate) fn summary(viewer: &Viewer, answer: &Answer) -> String {
    if answer.state != AnswerState::Given {
        return viewer.locale.t(&format!("answer-{}", answer.state.code()));
    }
    let number = |n: f64| viewer.locale.number(n, 2);
    let cells = answer.cells.iter().map(|cell| {
        let names = cell
            .categories
            .iter()
            .filter_map(|id| viewer.snapshot.state.find::<Category>(id))
            .map(|c| c.name.get(viewer.lang()));
        let label = names.collect::<Vec<_>>().join(" · ");
        let value = cell.base.map_or(number(cell.value), |base| format!("{} / {}", number(cell.value), number(base)));
        if label.is_empty() { value } else { format!("{label}: {value}") }
    });
    let mut parts: Vec<String> = cells.collect();
    parts.extend(answer.total.map(|total| format!("{}: {}", viewer.locale.t("total"), number(total))));
    parts.join("; ")
}

fn typed_from(record: &Return) -> Typed {
    let mut typed = Typed::new();
    let plain = |n: f64| format!("{n}");
    for answer in record.answers.open() {
        let id = &answer.indicator;
        typed.insert(format!("s|{id}"), answer.state.code().into());
        typed.insert(format!("c|{id}"), answer.comment.clone());
        if let Some(total) = answer.total {
            typed.insert(format!("t|{id}"), plain(total));
        }
        for cell in answer.cells.iter() {
            let key = cell.categories.join("/");
            typed.insert(format!("v|{id}|{key}"), plain(cell.value));
            if let Some(base) = cell.base {
                typed.insert(format!("b|{id}|{key}"), plain(base));
            }
        }
    }
    typed
}

pub(crate) async fn submit(
    viewer: Viewer,
    Path((assignment, period)): Path<(String, String)>,
    form: Multipart,
) -> Page {
    let due = open(&viewer, &assignment, &period)?;
    let (typed, files) = read(&viewer, form).await?;
    let revision = typed.get("revision").and_then(|r| r.parse().ok()).unwrap_or(0);
    let body = serde_json::to_string(&typed).map_err(|error| AppError::fault(error.to_string()))?;
    // Saved first, whatever comes next: what was typed is never lost to a fault in it.
    let draft = match viewer.site.app.save_draft(&viewer.person, &due, &body, revision).await? {
        Saved::Kept(draft) => draft,
        Saved::Conflict(_) if typed.get("action").map(String::as_str) == Some("autosave") => {
            return Ok(StatusCode::CONFLICT.into_response());
        }
        Saved::Conflict(theirs) => return conflict(&viewer, due, typed, theirs).await,
    };
    match typed.get("action").map(String::as_str) {
        Some("submit") => {}
        Some("autosave") => return Ok(draft.revision.to_string().into_response()),
        _ => return Ok(see(&format!("/returns/{assignment}/{period}?saved=1"))),
    }
    let (answers, mut problems) = read_answers(&viewer, &due, &typed, files);
    if problems.is_empty() {
        let reason = typed.get("reason").cloned().unwrap_or_default();
        match viewer.site.app.submit(&viewer.person, &due, answers, &reason).await? {
            Filed::Submitted => return Ok(see("/")),
            Filed::Problems(found) => problems = found,
        }
    }
    let filled = Filled { revision: draft.revision, typed, other: None, problems, notice: Notice::Blocked };
    show(&viewer, due, filled).await
}

/// Two people filled the same return: both versions are shown side by side, and the next save decides.
async fn conflict(viewer: &Viewer, due: Due, typed: Typed, theirs: Option<Draft>) -> Page {
    let revision = theirs.as_ref().map_or(0, |draft| draft.revision);
    let other = theirs.and_then(|draft| serde_json::from_str(&draft.body).ok());
    show(viewer, due, Filled { revision, typed, other, problems: Vec::new(), notice: Notice::Conflict }).await
}

/// Reads the fields, and stores the files that are what their names say.
async fn read(viewer: &Viewer, mut form: Multipart) -> Result<(Typed, BTreeMap<String, Vec<File>>), AppError> {
    let broken = |_: axum::extract::multipart::MultipartError| AppError::Bad(Say::new("refused-form-broken"));
    let mut typed = Typed::new();
    let mut files: BTreeMap<String, Vec<File>> = BTreeMap::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let key = field.name().unwrap_or("").to_string();
        match field.file_name().map(String::from) {
            None => {
                typed.insert(key, field.text().await.map_err(broken)?);
            }
            Some(file) => {
                let bytes = field.bytes().await.map_err(broken)?.to_vec();
                if let (false, Some((_, indicator))) = (bytes.is_empty(), key.split_once('|')) {
                    let stored = attach::store(&viewer.site.app, &file, bytes).await?;
                    files.entry(indicator.to_string()).or_default().push(stored);
                }
            }
        }
    }
    Ok((typed, files))
}

/// The answers as typed. A field that is no number is a problem that names the field and how to write it.
fn read_answers(
    viewer: &Viewer,
    due: &Due,
    typed: &Typed,
    files: BTreeMap<String, Vec<File>>,
) -> (Vec<Answer>, Vec<Problem>) {
    let state = &viewer.snapshot.state;
    let (mut answers, mut problems) = (Vec::new(), Vec::new());
    let before = due.record.as_ref().map(|record| record.answers.open()).unwrap_or_default();
    for asked in questions(state, &due.assignment) {
        let indicator = &asked.indicator;
        let mut number = |name: &str, label: &[String]| -> Option<f64> {
            let text = typed.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())?;
            let parsed = number::parse(text);
            if let Err(bad) = &parsed {
                problems.push(not_a_number(state, indicator, label, text, bad));
            }
            parsed.ok()
        };
        let (mut values, mut bases) = (Vec::new(), Vec::new());
        for (categories, _) in asked.cells() {
            values.push(number(&name('v', indicator, categories), categories));
            if has_base(indicator.kind) {
                bases.push(number(&name('b', indicator, categories), categories));
            }
        }
        let total = number(&format!("t|{}", indicator.id), &[]);
        let kept = before.iter().filter(|a| a.indicator == indicator.id).flat_map(|a| a.files.clone());
        let answer_state =
            typed.get(&format!("s|{}", indicator.id)).and_then(|s| AnswerState::parse(s)).unwrap_or(AnswerState::Given);
        let given = answer_state == AnswerState::Given;
        answers.push(Answer {
            indicator: indicator.id.clone(),
            state: answer_state,
            cells: if given { Cells { grid: asked.grid.clone(), values, bases } } else { Cells::default() },
            total: total.filter(|_| given),
            estimate: typed.contains_key(&format!("e|{}", indicator.id)),
            comment: typed.get(&format!("c|{}", indicator.id)).map(|c| c.trim().to_string()).unwrap_or_default(),
            files: kept.chain(files.get(&indicator.id).cloned().unwrap_or_default()).collect(),
        });
    }
    (answers, problems)
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
