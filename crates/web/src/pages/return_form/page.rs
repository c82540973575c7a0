//! The page of a return's form: each question with what was typed, what was said last time, and the files that are there.

use std::sync::Arc;

use romduol_app::draft::{Draft, Typed, version_of};
use romduol_plan::answers::{LastTime, LastTimes, Problem, Question as Asked, Severity};
use romduol_plan::answers::{has_base, last_times, questions};
use romduol_plan::intake::Field;
use romduol_plan::kinds::*;
use romduol_plan::returns::Due;
use romduol_plan::{Say, number};

use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::home::unit_name;
use crate::viewer::Viewer;

/// What is said above the form.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Notice {
    None,
    /// Kept, but for something that is told where it stands.
    SavedPartly,
    /// Sent, but something has to be met first.
    Blocked,
    /// Somebody else saved meanwhile.
    Conflict,
    /// Another version came in since the form was opened; nothing of what was typed is kept.
    Overtaken,
    /// Another version came in since the draft was begun, which is kept as it was.
    OlderDraft,
    /// A text of an older draft was erased.
    Erased,
}

impl Notice {
    /// What was typed stands in the page itself: `saved` where it is also kept, empty where it is not.
    fn again(self) -> Option<&'static str> {
        match self {
            Notice::SavedPartly | Notice::Blocked => Some("saved"),
            Notice::Conflict | Notice::Overtaken => Some(""),
            Notice::None | Notice::Erased | Notice::OlderDraft => None,
        }
    }
}

/// A form as it is to be shown.
pub(super) struct Filled {
    /// What is in the fields, with the files and the revision that the next save is about.
    pub draft: Draft,
    pub other: Option<Typed>,
    pub problems: Vec<Problem>,
    pub stopped: Vec<(String, Say)>,
    /// Files that were refused: the indicator and why.
    pub refused: Vec<(Id, Say)>,
    pub notice: Notice,
}

/// What a finding asks for before the return can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Blocks,
    NeedsRemark,
    /// It needs a remark, and has one.
    Explained,
    Note,
}

impl Weight {
    pub fn of(severity: Severity, remark: &str) -> Weight {
        match severity {
            Severity::Error => Weight::Blocks,
            Severity::Warning if remark.trim().is_empty() => Weight::NeedsRemark,
            Severity::Warning => Weight::Explained,
            Severity::Note => Weight::Note,
        }
    }

    /// As it stands in the keys.
    pub fn code(self) -> &'static str {
        match self {
            Weight::Blocks => "blocks",
            Weight::NeedsRemark => "needs-remark",
            Weight::Explained => "explained",
            Weight::Note => "note",
        }
    }
}

/// A finding where it stands.
struct Finding {
    severity: Severity,
    weight: Weight,
    sentence: String,
}

/// What has to be met, said above the form with the way to it.
struct Fault {
    /// Where it stands in the page.
    at: String,
    code: String,
    name: String,
    sentence: String,
}

/// One cell of the form.
struct Cell {
    label: String,
    value: Line,
    base: Option<Line>,
    overlapping: bool,
}

/// One field: its name, what is typed, and what somebody else has saved there, if that is another text.
struct Line {
    name: String,
    value: String,
    other: Option<String>,
    stopped: Option<String>,
}

/// The cells of two crossed dimensions as rows and columns, with the sums of what has been typed so far.
struct Grid {
    columns: Vec<String>,
    rows: Vec<(String, Vec<Cell>, String)>,
    sums: Vec<String>,
    total: String,
}

/// One question of the form.
struct Question {
    indicator: Arc<Indicator>,
    grid: Option<Grid>,
    /// The cells that are not in the grid.
    cells: Vec<Cell>,
    state: Line,
    comment: Line,
    total: Line,
    total_base: Option<Line>,
    estimate: Line,
    last: String,
    problems: Vec<Finding>,
    files: Vec<File>,
    refused: Vec<String>,
}

impl Question {
    fn has_total(&self) -> bool {
        let parts = self.cells.iter().filter(|cell| !cell.overlapping).count();
        self.grid.is_some() || parts > 1
    }

    fn takes_numbers(&self) -> bool {
        self.indicator.kind != ValueKind::Narrative
    }

    fn file_name(&self) -> Field {
        Field::File(self.indicator.id.clone())
    }

    fn remove(&self, file: &File) -> Field {
        Field::RemoveFile { indicator: self.indicator.id.clone(), blob: file.blob.clone() }
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
    /// The version of the return that the page shows.
    version: u32,
    faults: Vec<Fault>,
    notice: Notice,
    correction: bool,
    reason: Line,
    sent_back: Option<String>,
    /// The help line of the plan, where a text was stopped.
    help: Option<String>,
    /// The largest file in MB.
    most: usize,
}

pub(super) async fn show(viewer: &Viewer, due: Due, filled: Filled) -> Page {
    let state = &viewer.snapshot.state;
    let asked = questions(state, &due.assignment);
    let last = last_times(state, &due.assignment, &asked, due.period);
    let words = Words { viewer, filled: &filled, last: &last };
    let questions = asked.iter().map(|asked| words.question(asked)).collect();
    let sent_back = match &due.record {
        Some(record) if record.status == ReturnStatus::SentBack => {
            let events = viewer.site.app.history(&viewer.snapshot, romduol_plan::Kind::Return, &record.id).await?;
            events.first().map(|event| event.why.clone())
        }
        _ => None,
    };
    let help = state.plan().map(|plan| plan.hotline.get(viewer.lang()).to_string()).unwrap_or_default();
    let help = if help.is_empty() { viewer.locale.t("help-none") } else { help };
    render(&ReturnForm {
        c: Chrome::of(viewer, viewer.locale.t("return-title")),
        unit: unit_name(viewer, &due.assignment.id),
        form_name: due.form.name.get(viewer.lang()).to_string(),
        questions,
        revision: filled.draft.revision,
        version: version_of(&due),
        faults: words.faults(&asked),
        notice: filled.notice,
        correction: due.record.as_ref().is_some_and(|r| r.status == ReturnStatus::Accepted),
        reason: words.line(Field::Reason),
        sent_back,
        help: (!filled.stopped.is_empty()).then_some(help),
        most: crate::form::LARGEST_FILE >> 20,
        due,
    })
}

/// Puts what is in a form into the reader's words.
struct Words<'a> {
    viewer: &'a Viewer,
    filled: &'a Filled,
    last: &'a LastTimes,
}

impl Words<'_> {
    fn line(&self, field: Field) -> Line {
        let name = field.to_string();
        let value = self.filled.draft.typed.get(&name).cloned().unwrap_or_default();
        let theirs = self.filled.other.as_ref().map(|other| other.get(&name).cloned().unwrap_or_default());
        let stopped = self.filled.stopped.iter().find(|(field, _)| *field == name);
        let told = |say: &Say| self.viewer.locale.tell(&Say::new("screen-here").clause("what", say.clone()));
        Line {
            other: theirs.filter(|theirs| *theirs != value),
            stopped: stopped.map(|(_, say)| told(say)),
            name,
            value,
        }
    }

    fn question(&self, asked: &Asked) -> Question {
        let (viewer, indicator) = (self.viewer, &asked.indicator);
        let of = |field: fn(Id) -> Field| self.line(field(indicator.id.clone()));
        let told = self.filled.problems.iter().filter(|p| p.indicator == indicator.id);
        let refused = self.filled.refused.iter().filter(|(id, _)| *id == indicator.id);
        let mut cells: Vec<Cell> = asked.cells().map(|(cell, beside)| self.cell(indicator, cell, beside)).collect();
        Question {
            grid: self.grid(indicator, &mut cells),
            cells,
            state: of(Field::State),
            comment: of(Field::Comment),
            total: of(Field::Total),
            total_base: has_base(indicator.kind).then(|| of(Field::TotalBase)),
            estimate: of(Field::Estimate),
            last: self.last.get(&indicator.id).map(|last| last_time(viewer, last)).unwrap_or_default(),
            problems: told.map(|problem| self.finding(problem)).collect(),
            files: self.filled.draft.files.get(&indicator.id).cloned().unwrap_or_default(),
            refused: refused.map(|(_, say)| viewer.locale.tell(say)).collect(),
            indicator: indicator.clone(),
        }
    }

    fn finding(&self, problem: &Problem) -> Finding {
        let remark = self.filled.draft.typed.get(&Field::Comment(problem.indicator.clone()).to_string());
        Finding {
            severity: problem.severity,
            weight: Weight::of(problem.severity, remark.map_or("", String::as_str)),
            sentence: self.viewer.locale.tell(&problem.say),
        }
    }

    /// Everything that was not kept or not sent, in the order of the form.
    fn faults(&self, asked: &[Asked]) -> Vec<Fault> {
        let locale = self.viewer.locale;
        let mut faults = Vec::new();
        for Asked { indicator, .. } in asked {
            let found = self.filled.problems.iter().filter(|problem| problem.indicator == indicator.id);
            let found = found.map(|problem| self.finding(problem));
            let blocking = found.filter(|found| matches!(found.weight, Weight::Blocks | Weight::NeedsRemark));
            let mut told: Vec<String> = blocking.map(|found| found.sentence).collect();
            let about = |name: &String| name.parse::<Field>().is_ok_and(|f| f.indicator() == Some(&indicator.id));
            let stopped = self.filled.stopped.iter().filter(|(name, _)| about(name));
            told.extend(stopped.map(|(_, say)| locale.tell(&Say::new("screen-here").clause("what", say.clone()))));
            let refused = self.filled.refused.iter().filter(|(id, _)| *id == indicator.id);
            told.extend(refused.map(|(_, say)| locale.tell(say)));
            faults.extend(told.into_iter().map(|sentence| Fault {
                at: indicator.id.clone(),
                code: indicator.id.clone(),
                name: indicator.name.get(self.viewer.lang()).to_string(),
                sentence,
            }));
        }
        let reason = Field::Reason.to_string();
        let stopped = self.filled.stopped.iter().filter(|(name, _)| *name == reason);
        faults.extend(stopped.map(|(_, say)| Fault {
            at: reason.clone(),
            code: String::new(),
            name: locale.t("reason"),
            sentence: locale.tell(&Say::new("screen-here").clause("what", say.clone())),
        }));
        faults
    }

    fn cell(&self, indicator: &Indicator, categories: &[Id], overlapping: bool) -> Cell {
        let viewer = self.viewer;
        let found = categories.iter().filter_map(|id| viewer.snapshot.state.find::<Category>(id));
        let label = found.map(|c| c.name.get(viewer.lang())).collect::<Vec<_>>().join(" · ");
        Cell {
            label: if label.is_empty() { viewer.locale.t("total") } else { label },
            value: self.line(Field::value(&indicator.id, categories)),
            base: has_base(indicator.kind).then(|| self.line(Field::base(&indicator.id, categories))),
            overlapping,
        }
    }

    /// Takes the crossed cells of a count out of `cells`: the first dimension across, the second one down.
    fn grid(&self, indicator: &Indicator, cells: &mut Vec<Cell>) -> Option<Grid> {
        let [across, down] = indicator.dimensions.as_slice() else { return None };
        if has_base(indicator.kind) {
            return None;
        }
        let (viewer, state) = (self.viewer, &self.viewer.snapshot.state);
        let names = |dimension| -> Vec<String> {
            state.categories(dimension).iter().map(|c| c.name.get(viewer.lang()).to_string()).collect()
        };
        let (columns, rows) = (names(across), names(down));
        // The cells come column by column.
        let mut crossed: Vec<Cell> = cells.drain(..columns.len() * rows.len()).collect();
        let typed: Vec<Option<f64>> = crossed.iter().map(|cell| number::parse(&cell.value.value).ok()).collect();
        let sum = |of: &dyn Fn(usize) -> bool| -> String {
            let values: Vec<f64> = typed.iter().enumerate().filter(|(n, _)| of(*n)).filter_map(|(_, v)| *v).collect();
            if values.is_empty() { "–".into() } else { viewer.locale.number(values.iter().sum(), 2) }
        };
        let count = rows.len();
        let mut lines: Vec<(String, Vec<Cell>, String)> =
            rows.into_iter().enumerate().map(|(row, name)| (name, Vec::new(), sum(&|n| n % count == row))).collect();
        for (n, cell) in crossed.drain(..).enumerate() {
            lines[n % count].1.push(cell);
        }
        let sums = (0..columns.len()).map(|column| sum(&|n| n / count == column)).collect();
        Some(Grid { columns, rows: lines, sums, total: sum(&|_| true) })
    }
}

/// What was given the last time, when, and what it is worth.
pub(crate) fn last_time(viewer: &Viewer, last: &LastTime) -> String {
    let period = viewer.locale.period(last.period);
    let waits = (!last.accepted).then(|| viewer.locale.t("not-accepted-yet"));
    let made_up = last.illustrative.then(|| viewer.locale.t("illustrative"));
    let about: Vec<String> = [period].into_iter().chain(waits).chain(made_up).collect();
    format!("{} ({})", summary(viewer, &last.answer), about.join(", "))
}

/// The numbers of an answer in one line, for "last time" and for the reviewer.
pub(crate) fn summary(viewer: &Viewer, answer: &Answer) -> String {
    if answer.state != AnswerState::Given {
        return viewer.locale.word("answer", answer.state.code());
    }
    let number = |n: f64| viewer.locale.number(n, 2);
    let shown = |cell: &romduol_plan::kinds::Cell| match cell.base {
        Some(base) => format!("{} / {}", number(cell.value), number(base)),
        None => number(cell.value),
    };
    let cells = answer.cells.iter().map(|cell| {
        let names = cell
            .categories
            .iter()
            .filter_map(|id| viewer.snapshot.state.find::<Category>(id))
            .map(|c| c.name.get(viewer.lang()));
        let label = names.collect::<Vec<_>>().join(" · ");
        let value = shown(&cell);
        if label.is_empty() { value } else { format!("{label}: {value}") }
    });
    let mut parts: Vec<String> = cells.collect();
    parts.extend(answer.total_cell().map(|total| format!("{}: {}", viewer.locale.t("total"), shown(&total))));
    let estimate = if answer.estimate { format!(" ({})", viewer.locale.t("estimate")) } else { String::new() };
    parts.join("; ") + &estimate
}
