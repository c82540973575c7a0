//! The page of an indicator: the value, where it stands against its path, where it comes from, how it differs by
//! place and group.

use std::sync::Arc;

use axum::extract::Path;
use romduol_app::progress_report::{cut, on_axis};
use romduol_app::{AppError, analysis_tables};
use romduol_plan::kinds::{Area, Category, Dimension, Evidence, EvidenceUse, Indicator, Institution, Node, Target};
use romduol_plan::permission::Act;
use romduol_plan::readings::{Reading, Series, Source};
use romduol_plan::status::{self, Point};
use romduol_plan::totals::{Total, months};
use romduol_plan::{Kind, Period};
use romduol_report::chart::trend::{BandLimits, Mark, Threshold, TrendInput, TrendPoint};
use romduol_report::map::{AreaValue, Breaks, MapInput};
use romduol_report::{AxisText, Markup, Scene, scene, svg};

use super::coordination::ratings::{self, RatingLine};
use super::records::links::{Referring, referring};
use super::scorecard::{Notes, Row, notes, row, with_unit, year};
use super::take_home;
use crate::address::path;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

/// One line of a table beside a chart.
pub(crate) struct Line {
    pub name: String,
    pub value: String,
    pub note: String,
    pub notes: Notes,
    pub illustrative: bool,
    /// Where to read how the number came about.
    pub explain: Option<String>,
    /// This value counts where several sources disagree.
    pub counted: bool,
}

struct Breakdown {
    title: String,
    lines: Vec<Line>,
}

#[derive(askama::Template)]
#[template(path = "indicator.html")]
struct IndicatorPage {
    c: Chrome,
    indicator: Arc<Indicator>,
    row: Row,
    /// Where the value comes from, in one line.
    source: String,
    owner: Option<Arc<Institution>>,
    nodes: Vec<Arc<Node>>,
    /// Where the value stands beside its path, in words.
    on_path: Option<String>,
    /// Whether the reader may set a status in place of the computed one.
    sets_status: bool,
    trend: Markup,
    values: Vec<Line>,
    map: Markup,
    attribution: String,
    places: Vec<Line>,
    breakdowns: Vec<Breakdown>,
    context: Vec<Arc<Evidence>>,
    targets: Vec<Line>,
    /// What it answers: commitments, gaps and policies, over the links between them.
    referring: Vec<Referring>,
    ratings: Vec<RatingLine>,
    /// What a rating would be of.
    rated: (&'static str, String),
    rates: bool,
    history: bool,
    edits: bool,
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let view = viewer.view();
    let state = view.state;
    let not_found = || AppError::NotFound { kind: Kind::Indicator, id: id.clone() };
    let indicator = state.find::<Indicator>(&id).ok_or_else(not_found)?.clone();
    let country = state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let (at, _) = year(&viewer);
    let readable = viewer.may_read(&indicator);
    viewer.note_reading(&indicator).await;
    let series = if readable { view.series(&indicator, &country) } else { Series::default() };
    let held = if readable { view.held_series(&indicator, &country) } else { Series::default() };
    let standing = view.standing(&indicator, at);
    let latest = standing.reading.clone().filter(|_| readable);
    let latest = latest.as_ref();
    let (map, places) = latest.map(|latest| by_place(&viewer, &indicator, &country, latest)).unwrap_or_default();
    let plan = state.plan();
    let c = Chrome::of(&viewer, indicator.name.get(viewer.lang()));
    render(&IndicatorPage {
        ratings: ratings::lines(&viewer, &c, |rating| rating.indicator.as_ref() == Some(&id)),
        rated: (Kind::Indicator.code(), id.clone()),
        rates: viewer.may(Act::Rate) && viewer.at.is_none(),
        c,
        on_path: standing.judgement.on_path.filter(|_| readable).map(|path| viewer.locale.tell(&path.say())),
        sets_status: viewer.may(Act::Override) && viewer.at.is_none(),
        row: row(&viewer, standing),
        source: latest.map(|latest| source_line(&viewer, latest)).unwrap_or_default(),
        owner: state.find::<Institution>(&indicator.owner).cloned(),
        nodes: indicator.nodes.iter().filter_map(|n| state.find::<Node>(n)).cloned().collect(),
        trend: if held.counted.is_empty() {
            Markup::default()
        } else {
            svg::svg(&trend_scene(&viewer, &indicator, &held, scene::PHONE_WIDTH))
        },
        values: value_lines(&viewer, &indicator, &series, &held),
        attribution: plan.map(|p| p.map_attribution.get(viewer.lang()).to_string()).unwrap_or_default(),
        map,
        places,
        breakdowns: latest.map(|latest| breakdowns(&viewer, &indicator, &country, latest)).unwrap_or_default(),
        context: state
            .all::<Evidence>()
            .filter(|f| f.indicator.as_ref() == Some(&id) && f.indicator_use == Some(EvidenceUse::Context))
            .cloned()
            .collect(),
        targets: target_lines(&viewer, &indicator, &country),
        referring: referring(&viewer, Kind::Indicator, &id)
            .into_iter()
            // Those stand on the page in a form of their own.
            .filter(|group| !matches!(group.kind, Kind::Target | Kind::Rating | Kind::Evidence))
            .collect(),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
        history: viewer.may(Act::ReadHistory),
        indicator,
    })
}

/// Everything the page shows in numbers.
pub(crate) async fn csv(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let missing = || AppError::NotFound { kind: Kind::Indicator, id: id.clone() };
    let indicator = viewer.snapshot.state.find::<Indicator>(&id).ok_or_else(missing)?.clone();
    viewer.note_reading(&indicator).await;
    let mut table = analysis_tables::indicator(&viewer.view(), viewer.locale, &indicator, year(&viewer).0);
    if !viewer.may_read(&indicator) {
        table.rows.truncate(table.heads);
    }
    take_home::csv(&table, &id)
}

fn source_line(viewer: &Viewer, reading: &Reading) -> String {
    match &reading.source {
        Source::Returns(came) => viewer.locale.tell(&came.coverage()),
        Source::Figure(figure) => format!("{} · {}", figure.id, figure.section),
        Source::Program(by) => viewer.locale.tell(&by.say()),
    }
}

/// Every value, and the sums of them that are held against targets.
fn value_lines(viewer: &Viewer, indicator: &Indicator, series: &Series, held: &Series) -> Vec<Line> {
    let line = |reading: &Reading, counted: bool| Line {
        name: viewer.locale.period(reading.period),
        value: valued(viewer, indicator, reading, 2),
        note: source_line(viewer, reading),
        notes: notes(viewer, indicator, reading),
        illustrative: reading.illustrative,
        explain: Some(path(&["indicators", &indicator.id, "explain", &reading.period.to_string()])),
        counted,
    };
    let sums = held.counted.iter().filter(|reading| reading.parts().is_some());
    let counted = series.counted.iter().chain(sums);
    let mut lines: Vec<(Period, Line)> = counted.map(|r| (r.period, line(r, true))).collect();
    lines.extend(series.beside.iter().map(|r| (r.period, line(r, false))));
    lines.sort_by_key(|(period, _)| std::cmp::Reverse(*period));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The number as it is shown: with its unit, and the sign of a sum of which something is missing.
pub(crate) fn valued(viewer: &Viewer, indicator: &Indicator, reading: &Reading, decimals: i16) -> String {
    let number = with_unit(&viewer.locale.number(reading.value, decimals), &indicator.unit);
    format!("{}{number}", reading.sign())
}

fn target_lines(viewer: &Viewer, indicator: &Indicator, country: &str) -> Vec<Line> {
    let view = viewer.view();
    let targets = view.targets(indicator, country).into_iter().chain(view.thresholds(indicator, country));
    let targets = targets.chain(view.for_groups(indicator, country));
    let group = |id: &String| {
        let category = view.state.find::<Category>(id);
        category.map_or(id.clone(), |category| category.name.get(viewer.lang()).to_string())
    };
    let name = |t: &Target| {
        let kind = viewer.locale.word("target", t.kind.code());
        let parts = [kind, viewer.locale.period(t.period)].into_iter().chain(t.categories.iter().map(group));
        parts.collect::<Vec<_>>().join(" · ")
    };
    let line = |t: Arc<Target>| Line {
        name: name(&t),
        value: with_unit(&viewer.locale.number(t.value, 1), &indicator.unit),
        note: t.note.get(viewer.lang()).to_string(),
        notes: Notes::default(),
        illustrative: t.illustrative,
        explain: None,
        counted: true,
    };
    targets.map(line).collect()
}

/// The trend of the values that count, with the others beside them, against the path to the targets.
pub(crate) fn trend_scene(viewer: &Viewer, indicator: &Indicator, series: &Series, width: f64) -> Scene {
    let view = viewer.view();
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let locale = viewer.locale;
    let number = |value: f64| with_unit(&on_axis(locale, indicator, value), &indicator.unit);
    let told = |r: &Reading| match r.incomplete() {
        Some(mark) => format!("{}{} ({})", r.sign(), number(r.value), locale.tell(&mark)),
        None => number(r.value),
    };
    let point = |reading: &Reading, preferred: bool| TrendPoint {
        x: reading.period.middle_as_year(),
        y: reading.value,
        span: reading.period.in_years(),
        tooltip: format!("{}: {}", locale.period(reading.period), told(reading)),
        incomplete: reading.incomplete().is_some(),
        illustrative: reading.illustrative,
        preferred,
    };
    let mut points: Vec<TrendPoint> = series.counted.iter().map(|r| point(r, true)).collect();
    points.extend(series.beside.iter().map(|r| point(r, false)));
    let mark = |x: f64, y: f64, label: String| Mark { x, y, label };
    let aims = view.aims(indicator, &view.targets(indicator, &country));
    let base = indicator.baseline.zip(indicator.baseline_period);
    let base = base.map(|(value, period)| Point { at: period.end_as_year(), value });
    // Where no path leads to the target there is no ahead and behind to shade.
    let leads = base.zip(aims.last()).is_some_and(|(base, aim)| status::leads(indicator.direction, base, aim.point()));
    let input = TrendInput {
        title: indicator.name.get(viewer.lang()).to_string(),
        description: series
            .counted
            .last()
            .map(|r| format!("{}: {}", locale.period(r.period), told(r)))
            .unwrap_or_default(),
        width,
        height: None,
        unit: locale.word("unit", &indicator.unit),
        points,
        baseline: indicator
            .baseline
            .zip(indicator.baseline_period)
            .map(|(v, p)| mark(p.middle_as_year(), v, locale.t("baseline"))),
        targets: aims
            .iter()
            .map(|t| {
                let made_up = if t.illustrative { format!(" ({})", locale.t("illustrative")) } else { String::new() };
                let when = locale.period(t.period);
                let label = format!("{} {} ({when}){made_up}", locale.t("target-target"), number(t.value));
                mark(t.period.middle_as_year(), t.value, label)
            })
            .collect(),
        thresholds: view
            .thresholds(indicator, &country)
            .iter()
            .map(|t| Threshold { y: t.value, label: number(t.value) })
            .collect(),
        bands: leads.then_some(BandLimits { on_track: status::ON_TRACK_FROM, at_risk: status::AT_RISK_FROM }),
        end_label: series.counted.last().map(|r| format!("{}{}", r.sign(), number(r.value))).unwrap_or_default(),
        incomplete: locale.t("chart-incomplete"),
        whole: indicator.kind.is_whole(),
    };
    let axis =
        AxisText { value: &|v| on_axis(locale, indicator, v), time: &|x| format!("{x:.0}"), cut: &|v| cut(locale, v) };
    romduol_report::trend(&input, &axis)
}

/// The map of the areas below the plan's area, and the same as a table.
fn by_place(viewer: &Viewer, indicator: &Indicator, country: &str, latest: &Reading) -> (Markup, Vec<Line>) {
    let view = viewer.view();
    let (state, locale) = (view.state, viewer.locale);
    let totals = view.totals.children(indicator, country, latest.period);
    let mut lines = Vec::new();
    let mut values = std::collections::BTreeMap::new();
    for (area, total) in totals {
        let Some(area) = state.find::<Area>(&area) else { continue };
        let (value, notes, incomplete) = shown(viewer, indicator, latest, &total);
        let name = area.name.get(viewer.lang()).to_string();
        if let Some(id) = &area.map_id {
            let mark = notes.mark.as_ref().map(|words| format!(", {words}")).unwrap_or_default();
            let tooltip = format!("{name}: {value}{mark}");
            values.insert(id.clone(), AreaValue { value: Some(total.value), incomplete, tooltip, href: None });
        }
        let illustrative = latest.illustrative;
        lines.push(Line { name, value, note: String::new(), notes, illustrative, explain: None, counted: true });
    }
    locale.sort_by_name(&mut lines, |line| &line.name);
    let Some(outlines) = viewer.site.outlines.as_ref().filter(|_| !values.is_empty()) else {
        return (Markup::default(), lines);
    };
    let input = MapInput {
        title: indicator.name.get(viewer.lang()).to_string(),
        description: locale.period(latest.period),
        width: scene::PHONE_WIDTH,
        values,
        breaks: Breaks::default(),
        no_data: locale.t("status-no-data"),
        incomplete: locale.t("status-incomplete"),
        unit: locale.word("unit", &indicator.unit),
        credit: String::new(),
    };
    let range = |class: romduol_report::map::Class| class.told(|value| locale.number(value, 1));
    (svg::svg(&romduol_report::map(outlines, &input, &range)), lines)
}

/// A roll-up at the time of a reading, with its sign and its mark, and whether not all of it came.
fn shown(viewer: &Viewer, indicator: &Indicator, at: &Reading, total: &Total) -> (String, Notes, bool) {
    let came = viewer.view().totals.completeness(indicator, &months(at.period), total);
    let number = with_unit(&viewer.locale.number(total.value, 1), &indicator.unit);
    let mark = came.mark().map(|say| viewer.locale.tell(&say));
    (format!("{}{number}", came.sign()), Notes { mark, alike: None }, came.is_short())
}

fn breakdowns(viewer: &Viewer, indicator: &Indicator, country: &str, latest: &Reading) -> Vec<Breakdown> {
    let view = viewer.view();
    let state = view.state;
    let dimensions =
        indicator.dimensions.iter().chain(&indicator.overlapping).filter_map(|d| state.find::<Dimension>(d));
    let breakdown = |dimension: &Arc<Dimension>| {
        let lines = view.totals.breakdown(state, indicator, &dimension.id, country, latest.period).into_iter().map(
            |(category, total)| {
                let category = category.and_then(|id| state.find::<Category>(&id));
                let (value, notes, _) = shown(viewer, indicator, latest, &total);
                Line {
                    name: category
                        .map(|c| c.name.get(viewer.lang()).to_string())
                        .unwrap_or_else(|| viewer.locale.t("not-stated")),
                    value,
                    note: String::new(),
                    notes,
                    illustrative: latest.illustrative,
                    explain: None,
                    counted: true,
                }
            },
        );
        Breakdown { title: dimension.name.get(viewer.lang()).to_string(), lines: lines.collect() }
    };
    dimensions.map(breakdown).filter(|b| !b.lines.is_empty()).collect()
}
