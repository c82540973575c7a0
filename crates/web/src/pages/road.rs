//! The road to the plan: its stages, the next steps as a drawing and a table, and the dates for one's own calendar.

use std::sync::Arc;

use romduol_app::calendar::{Entry, ics};
use romduol_plan::Date;
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_report::chart::gantt::{GanttInput, Step};
use romduol_report::{AxisText, Markup, gantt, scene, svg};

use super::records::Ref;
use super::take_home;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

struct Row {
    step: Arc<NextStep>,
    stage: String,
    owners: Vec<Ref>,
    after: Vec<Ref>,
    same: Vec<Ref>,
    progress: String,
    late: bool,
}

#[derive(askama::Template)]
#[template(path = "road.html")]
struct Road {
    c: Chrome,
    chart: Markup,
    stages: Vec<(String, usize, usize)>,
    rows: Vec<Row>,
    dated: usize,
    edits: bool,
}

fn steps(viewer: &Viewer) -> Vec<Arc<NextStep>> {
    let mut steps: Vec<Arc<NextStep>> = viewer.snapshot.state.all::<NextStep>().cloned().collect();
    steps.sort_by_key(|step| (step.stage, step.order));
    steps
}

fn span(step: &NextStep) -> Option<(Date, Date)> {
    step.start.or(step.end).zip(step.end.or(step.start))
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (steps, today) = (steps(&viewer), viewer.site.app.now().date);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-road"));
    let row = |step: &Arc<NextStep>| Row {
        stage: c.code(step.stage.code()),
        owners: step.owners.iter().map(|id| Ref::to(&viewer, romduol_plan::Kind::Institution, id)).collect(),
        after: step.after.iter().map(|id| Ref::to(&viewer, romduol_plan::Kind::NextStep, id)).collect(),
        same: step.same_as.iter().map(|id| Ref::to(&viewer, romduol_plan::Kind::NextStep, id)).collect(),
        progress: c.code(step.progress.code()),
        late: !matches!(step.progress, Progress::Done | Progress::Dropped)
            && span(step).is_some_and(|(_, end)| end < today),
        step: step.clone(),
    };
    let stages = Stage::ALL.iter().map(|stage| {
        let of_stage = steps.iter().filter(|step| step.stage == *stage);
        let done = of_stage.clone().filter(|step| step.progress == Progress::Done).count();
        (c.code(stage.code()), done, of_stage.count())
    });
    render(&Road {
        chart: svg::svg(&gantt(&drawing(&c, &steps, today), &axis())),
        stages: stages.collect(),
        rows: steps.iter().map(row).collect(),
        dated: steps.iter().filter(|step| span(step).is_some()).count(),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
        c,
    })
}

fn axis() -> AxisText<'static> {
    AxisText { value: &|value| value.to_string(), time: &|year| format!("{year:.0}"), cut: &|_| String::new() }
}

fn decimal(date: Date) -> f64 {
    f64::from(date.year) + (f64::from(date.month - 1) + f64::from(date.day - 1) / 31.0) / 12.0
}

fn drawing(c: &Chrome, steps: &[Arc<NextStep>], today: Date) -> GanttInput {
    let place = |id: &Id| steps.iter().position(|step| step.id == *id);
    let step = |step: &Arc<NextStep>| Step {
        label: format!("{} {}", step.id, c.plain(&step.title)),
        span: span(step).map(|(from, to)| (decimal(from), decimal(to.plus_days(1)))),
        done: step.progress == Progress::Done,
        illustrative: step.illustrative,
        after: step.after.iter().filter_map(place).collect(),
        tooltip: span(step).map(|(from, to)| format!("{} – {}", c.date(from), c.date(to))).unwrap_or_default(),
    };
    GanttInput {
        title: c.title.clone(),
        description: c.t("as-table"),
        width: scene::PAGE_WIDTH,
        steps: steps.iter().map(step).collect(),
        today: Some(decimal(today)),
        undated: c.t("no-date-yet"),
    }
}

pub(crate) async fn calendar(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let stamp = viewer.site.app.now().unix;
    let plan = viewer.snapshot.state.plan().map(|plan| plan.id.clone()).unwrap_or_default();
    let entry = |step: &Arc<NextStep>| {
        let (first, last) = span(step)?;
        let mark = if step.illustrative { format!(" ({})", viewer.locale.t("illustrative")) } else { String::new() };
        Some(Entry {
            uid: format!("{}@{plan}", step.id),
            title: format!("{}{mark}", step.title.get(viewer.lang())),
            text: step.summary.get(viewer.lang()).to_string(),
            place: String::new(),
            status: None,
            first,
            last,
            stamp,
        })
    };
    let entries: Vec<Entry> = steps(&viewer).iter().filter_map(entry).collect();
    let text = ics(&viewer.locale.t("menu-road"), &entries);
    Ok(take_home::file("road.ics", "text/calendar; charset=utf-8", text.into_bytes()))
}
