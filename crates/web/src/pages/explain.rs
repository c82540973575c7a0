//! Explain this number: the formula, the inputs, who gave and accepted them; and the status set by a person.

use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::AppError;
use romduol_plan::kinds::{Indicator, Override};
use romduol_plan::permission::Act;
use romduol_plan::readings::{Reading, Source};
use romduol_plan::status::{RULE_VERSION, Status};
use romduol_plan::{Kind, Period, Say, Text};

use super::home::unit_name;
use super::scorecard::with_unit;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::Viewer;

/// More returns than this are counted, not listed.
const INPUTS: usize = 100;

struct Input {
    id: String,
    unit: String,
    period: Period,
    version: u32,
    illustrative: bool,
    link: bool,
}

#[derive(askama::Template)]
#[template(path = "explain.html")]
struct Explain {
    c: Chrome,
    indicator: Arc<Indicator>,
    period: Period,
    readings: Vec<(Reading, String, bool)>,
    formula: String,
    inputs: Vec<Input>,
    /// How many more there are.
    more: usize,
    rule: &'static str,
    may_override: bool,
    statuses: Vec<(&'static str, String)>,
}

pub(crate) async fn show(viewer: Viewer, Path((id, period)): Path<(String, String)>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let period: Period = period.parse()?;
    let view = viewer.view();
    let state = view.state;
    let indicator = state.find::<Indicator>(&id).ok_or(AppError::NotFound { kind: Kind::Indicator, id })?.clone();
    if !viewer.may_read(&indicator) {
        return Err(romduol_plan::permission::Denied(Act::ReadPlan).into());
    }
    viewer.note_reading(&indicator).await;
    let country = state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let series = view.series(&indicator, &country);
    let shown = |r: &Reading| with_unit(&viewer.locale.number(r.value, 2), &indicator.unit);
    let of_period = |list: &[Reading], counted: bool| -> Vec<(Reading, String, bool)> {
        list.iter().filter(|r| r.period == period).map(|r| (r.clone(), shown(r), counted)).collect()
    };
    let mut readings = of_period(&series.counted, true);
    readings.extend(of_period(&series.beside, false));
    let link = viewer.may(Act::ReadHistory);
    let input = |r: &Arc<romduol_plan::kinds::Return>| Input {
        id: r.id.clone(),
        unit: unit_name(&viewer, &r.assignment),
        period: r.period,
        version: r.version,
        illustrative: r.illustrative,
        link,
    };
    let rests_on = view.inputs(&indicator, &country, period);
    let inputs = rests_on.iter().take(INPUTS).map(input).collect();
    let place = viewer.locale.t(&format!("place-{}", indicator.place.code()));
    let time = viewer.locale.t(&format!("time-{}", indicator.time.code()));
    render(&Explain {
        c: Chrome::of(&viewer, viewer.locale.t("explain-title")),
        readings,
        formula: format!("{place} {time}"),
        more: rests_on.len().saturating_sub(INPUTS),
        inputs,
        rule: RULE_VERSION,
        may_override: viewer.may(Act::Override),
        statuses: Status::ALL
            .iter()
            .filter(|s| s.judged())
            .map(|s| (s.code(), viewer.locale.t(&format!("status-{}", s.code()))))
            .collect(),
        period,
        indicator,
    })
}

impl Explain {
    fn figure<'a>(&self, reading: &'a Reading) -> Option<&'a Arc<romduol_plan::kinds::Evidence>> {
        match &reading.source {
            Source::Figure(figure) => Some(figure),
            Source::Returns { .. } => None,
        }
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Wanted {
    period: String,
    status: String,
    reason: String,
}

pub(crate) async fn set_status(viewer: Viewer, Path(id): Path<String>, Form(wanted): Form<Wanted>) -> Page {
    let period = Period::year(wanted.period.parse::<Period>()?.end_year());
    let status = Status::parse(&wanted.status)
        .ok_or_else(|| AppError::Bad(Say::new("refused-bad-status").words("value", &wanted.status)))?;
    let reason = Text::of(viewer.lang(), wanted.reason.trim());
    let record = Override { id: format!("{id}.{period}"), indicator: id.clone(), period, status, reason };
    viewer.site.app.set_status(&viewer.person, record).await?;
    Ok(see(&format!("/indicators/{id}?year={period}")))
}
