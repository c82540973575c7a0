//! Explain this number: the formula, the inputs, who gave and accepted them; and the status set by a person.

use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::{AppError, incomplete};
use romduol_plan::commands::status::{OverrideStatus, WithdrawStatus, judged};
use romduol_plan::kinds::{Computed, Indicator, Override};
use romduol_plan::permission::Act;
use romduol_plan::readings::{Reading, Source, holds, override_id};
use romduol_plan::status::{RULE_VERSION, Status};
use romduol_plan::{Kind, Period};

use super::home::unit_name;
use super::indicator::valued;
use super::scorecard::{Notes, notes};
use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::choice;
use crate::viewer::Viewer;

/// More returns than this are counted, not listed.
const INPUTS: usize = 100;

/// A value with everything that is to be said of it.
struct Explained {
    reading: Reading,
    shown: String,
    notes: Notes,
    coverage: String,
    /// Who has not reported.
    missing: String,
    counted: bool,
}

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
    readings: Vec<Explained>,
    formula: String,
    inputs: Vec<Input>,
    /// How many more there are.
    more: usize,
    rule: &'static str,
    may_override: bool,
    /// The value counts and is held against the targets.
    takes_status: bool,
    /// The status that a person set for this period, and whether it was for another value.
    set: Option<Arc<Override>>,
    lapsed: bool,
    /// Where to read what was set and withdrawn.
    history: Option<String>,
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
    let (series, held) = (view.series(&indicator, &country), view.held_series(&indicator, &country));
    let explained = |r: &Reading, counted: bool| Explained {
        shown: valued(&viewer, &indicator, r, 2),
        notes: notes(&viewer, &indicator, r),
        coverage: r.completeness().map(|came| viewer.locale.tell(&came.coverage())).unwrap_or_default(),
        missing: incomplete::names(view, viewer.locale, &view.absent(&indicator, &country, r)),
        counted,
        reading: r.clone(),
    };
    let of_period = |list: &[Reading], counted: bool| -> Vec<Explained> {
        list.iter().filter(|r| r.period == period).map(|r| explained(r, counted)).collect()
    };
    let mut readings = of_period(&series.counted, true);
    readings.extend(of_period(&series.beside, false));
    // A sum that is held against a target is no value of its own period's returns.
    let sums: Vec<Reading> = held.counted.iter().filter(|r| r.parts().is_some()).cloned().collect();
    readings.extend(of_period(&sums, true));
    let link = viewer.may(Act::ReadHistory);
    let takes_status = judged(view, &indicator, period).filter(|reading| reading.period == period);
    let set = state.find::<Override>(&override_id(&indicator.id, period)).cloned();
    let holds = |set: &Arc<Override>| takes_status.as_ref().is_some_and(|r| holds(set, r));
    let touched = !state.touched_by(Kind::Override, &override_id(&indicator.id, period)).is_empty();
    let history = (link && touched).then(|| format!("/history/overrides/{}", override_id(&indicator.id, period)));
    let lapsed = set.as_ref().is_some_and(|set| !holds(set));
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
    let place = viewer.locale.word("place", indicator.place.code());
    let time = viewer.locale.word("time", indicator.time.code());
    render(&Explain {
        c: Chrome::of(&viewer, viewer.locale.t("explain-title")),
        readings,
        formula: format!("{place} {time}"),
        more: rests_on.len().saturating_sub(INPUTS),
        inputs,
        rule: RULE_VERSION,
        may_override: viewer.may(Act::Override) && viewer.at.is_none(),
        takes_status: takes_status.is_some(),
        set,
        lapsed,
        history,
        statuses: Status::ALL
            .iter()
            .filter(|s| s.judged())
            .map(|s| (s.code(), viewer.locale.word("status", s.code())))
            .collect(),
        period,
        indicator,
    })
}

impl Explain {
    fn figure<'a>(&self, reading: &'a Reading) -> Option<&'a Arc<romduol_plan::kinds::Evidence>> {
        match &reading.source {
            Source::Figure(figure) => Some(figure),
            Source::Returns(_) | Source::Program(_) => None,
        }
    }

    /// How the program came to a value, and the list that it was counted in.
    fn counted(&self, reading: &Reading) -> Option<(String, &'static str, String)> {
        let Source::Program(by) = &reading.source else { return None };
        let (path, key) = match by.measure {
            Computed::ReturnsOnTime => ("/owed", "menu-owed"),
            Computed::DecisionsOnTime => ("/bodies", "menu-bodies"),
            Computed::LocalPlansFunded => ("/local", "menu-local"),
            Computed::ActionsFunded => ("/money/unfunded", "menu-unfunded"),
        };
        Some((self.c.locale.tell(&by.say()), path, self.c.t(key)))
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Given {
    period: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn set_status(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Given>) -> Page {
    viewer.must(Act::Override)?;
    let period: Period = given.period.parse()?;
    let status = choice("status", &given.status)?;
    let command = OverrideStatus::of_today(viewer.view(), (&id, period), status, given.reason, viewer.lang())?;
    viewer.execute(command).await?;
    Ok(see(&format!("{}?year={}", path(&["indicators", &id]), period.end_year())))
}

pub(crate) async fn withdraw_status(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Given>) -> Page {
    viewer.must(Act::Override)?;
    let period: Period = given.period.parse()?;
    viewer.execute(WithdrawStatus { indicator: id.clone(), period, reason: given.reason }).await?;
    Ok(see(&format!("{}?year={}", path(&["indicators", &id]), period.end_year())))
}
