//! The issues of the situation analysis, and the page of one: what exists, what is missing, what the plan does, and the
//! figures as small charts.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Path;
use romduol_app::{AppError, analysis_tables};
use romduol_plan::coherence::{Tally, tally};
use romduol_plan::kinds::{Contribution, Evidence, FigureKind, Gap, Node, Theme, Unit};
use romduol_plan::permission::Act;
use romduol_plan::{Kind, coherence};
use romduol_report::chart::bars::{Bar, BarRow, BarsInput};
use romduol_report::{Markup, bars, scene, svg};

use super::{GapLine, PolicyLine};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::pages::take_home;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "analysis/issues.html")]
struct Issues {
    c: Chrome,
    rows: Vec<(Arc<Theme>, Tally)>,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let rows = state.all::<Theme>().map(|theme| (theme.clone(), tally(state, &theme.id, today))).collect();
    render(&Issues { c: Chrome::of(&viewer, viewer.locale.t("menu-issues")), rows })
}

fn table(viewer: &Viewer) -> romduol_report::Sheet {
    analysis_tables::issues(&viewer.snapshot.state, viewer.locale, viewer.site.app.now().date)
}

pub(crate) async fn csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    take_home::csv(&table(&viewer), "issues")
}

pub(crate) async fn xlsx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    take_home::xlsx(&viewer, table(&viewer), "issues")
}

/// Figures that belong side by side.
struct Group {
    chart: Markup,
    figures: Vec<Arc<Evidence>>,
}

#[derive(askama::Template)]
#[template(path = "analysis/issue.html")]
struct Issue {
    c: Chrome,
    theme: Arc<Theme>,
    tally: Tally,
    gaps: Vec<GapLine>,
    policies: Vec<PolicyLine>,
    actions: Vec<Ref>,
    voices: Vec<Ref>,
    groups: Vec<Group>,
    single: Vec<Arc<Evidence>>,
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let theme = state.find::<Theme>(&id).ok_or_else(|| AppError::NotFound { kind: Kind::Theme, id: id.clone() })?;
    let c = Chrome::of(&viewer, theme.title.get(viewer.lang()));
    let (groups, single) = figures(&viewer, &c, &id);
    let voices = state.all::<Contribution>().filter(|said| said.themes.contains(&id));
    let seen = voices.filter(|said| viewer.person.post.may_see(&(***said).clone().into()));
    render(&Issue {
        tally: tally(state, &id, today),
        gaps: state.all::<Gap>().filter(|gap| gap.theme == id).map(|gap| GapLine::of(&viewer, &c, gap)).collect(),
        policies: coherence::policies_of(state, &id).map(|policy| PolicyLine::of(&viewer, &c, policy)).collect(),
        actions: state
            .all::<Node>()
            .filter(|node| node.themes.contains(&id))
            .map(|node| Ref::to(&viewer, Kind::Node, &node.id))
            .collect(),
        voices: seen.map(|said| Ref::to(&viewer, Kind::Contribution, &said.id)).collect(),
        groups,
        single,
        theme: theme.clone(),
        c,
    })
}

/// Figures of one comparison or series share a chart; the others stand alone.
fn figures(viewer: &Viewer, c: &Chrome, theme: &str) -> (Vec<Group>, Vec<Arc<Evidence>>) {
    let mut groups: BTreeMap<(String, Unit), Vec<Arc<Evidence>>> = BTreeMap::new();
    let mut single = Vec::new();
    for figure in viewer.snapshot.state.all::<Evidence>().filter(|figure| figure.topic == theme) {
        match figure.comparison.as_ref().or(figure.series.as_ref()).filter(|_| figure.value.is_some()) {
            Some(key) => groups.entry((key.clone(), figure.unit)).or_default().push(figure.clone()),
            None => single.push(figure.clone()),
        }
    }
    let mut charts = Vec::new();
    for ((_, unit), figures) in groups {
        match figures.len() {
            1 => single.extend(figures),
            _ => charts.push(Group { chart: chart(c, unit, &figures), figures }),
        }
    }
    single.sort_by(|a, b| a.id.cmp(&b.id));
    charts.sort_by(|a, b| a.figures[0].id.cmp(&b.figures[0].id));
    (charts, single)
}

/// Whether a figure says what should be, and not what is.
fn is_aim(figure: &Evidence) -> bool {
    matches!(figure.kind, FigureKind::Target | FigureKind::Threshold)
}

/// What is has a bar; a target or threshold is a tick with its value behind its name, and, where it is the only one, also
/// a tick on every bar.
fn chart(c: &Chrome, unit: Unit, figures: &[Arc<Evidence>]) -> Markup {
    let aims: Vec<&Arc<Evidence>> = figures.iter().filter(|figure| is_aim(figure)).collect();
    let only = if let [aim] = aims.as_slice() { aim.value } else { None };
    let percent = if unit == Unit::Percent { " %" } else { "" };
    let row = |figure: &Arc<Evidence>| {
        let when = if figure.date.is_empty() { String::new() } else { format!(" ({})", figure.date) };
        let label = format!("{}{when}", c.plain(&figure.label));
        let text = format!("{}{percent}", figure.value.map(|value| c.number(value)).unwrap_or_default());
        if is_aim(figure) {
            return BarRow { label: format!("{label}: {text}"), target: figure.value, ..BarRow::default() };
        }
        let bars = vec![Bar { value: figure.value, text, ..Bar::default() }];
        BarRow { label, bars, target: only, ..BarRow::default() }
    };
    let kind_of_aim = match aims.iter().map(|aim| aim.kind).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        kinds if kinds.iter().all(|kind| *kind == FigureKind::Target) => c.t("target-target"),
        kinds if kinds.iter().all(|kind| *kind == FigureKind::Threshold) => c.t("target-threshold"),
        _ => c.t("target-or-threshold"),
    };
    let title = c.plain(&figures[0].label);
    let input = BarsInput {
        description: format!("{title}. {}", c.t("as-table")),
        title,
        width: scene::PHONE_WIDTH,
        rows: figures.iter().map(row).collect(),
        max: (unit == Unit::Percent).then_some(100.0),
        target_name: kind_of_aim,
        ..BarsInput::default()
    };
    svg::svg(&bars(&input))
}
