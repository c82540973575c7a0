//! How ready the plan is: what each side says of the ten elements, over time, and the models of other countries.

use romduol_plan::commands::analysis::Assess;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Form;
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_report::Markup;

use crate::address::encoded;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::choice;
use crate::viewer::Viewer;

/// An element with the newest word of each side, and how many earlier ones there are.
struct Row {
    element: Arc<Element>,
    said: Vec<Vec<Arc<Assessment>>>,
}

#[derive(askama::Template)]
#[template(path = "analysis/readiness.html")]
struct ReadinessPage {
    c: Chrome,
    rows: Vec<Row>,
    sides: Vec<String>,
    levels: Vec<(&'static str, String)>,
    groups: Vec<(String, Vec<Arc<Model>>)>,
    decisions: Vec<Arc<Decision>>,
    assesses: bool,
    edits: bool,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let state = &viewer.snapshot.state;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-readiness"));
    let mut elements: Vec<Arc<Element>> = state.all::<Element>().cloned().collect();
    elements.sort_by_key(|element| element.order);
    let said = |element: &Element, side: Assessor| {
        let own = state.all::<Assessment>().filter(|a| a.element == element.id && a.assessor == side);
        let mut list: Vec<Arc<Assessment>> = own.cloned().collect();
        list.sort_by_key(|assessment| std::cmp::Reverse(assessment.date));
        list
    };
    let rows = elements
        .into_iter()
        .map(|element| Row { said: Assessor::ALL.iter().map(|side| said(&element, *side)).collect(), element });
    let rows: Vec<Row> = rows.collect();
    let mut groups: BTreeMap<ModelGroup, Vec<Arc<Model>>> = BTreeMap::new();
    for model in state.all::<Model>() {
        groups.entry(model.group).or_default().push(model.clone());
    }
    let decisions = state.all::<Decision>().filter(|decision| !decision.models.is_empty());
    render(&ReadinessPage {
        rows,
        sides: Assessor::ALL.iter().map(|side| c.code(side.code())).collect(),
        levels: Readiness::ALL.iter().map(|level| (level.code(), c.code(level.code()))).collect(),
        groups: groups.into_iter().map(|(group, models)| (c.code(group.code()), models)).collect(),
        decisions: decisions.cloned().collect(),
        assesses: viewer.may(Act::Assess) && viewer.at.is_none(),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
        c,
    })
}

/// A level as four steps: `■■□□`.
fn level(c: &Chrome, readiness: &Readiness) -> Markup {
    let filled = Readiness::ALL.iter().position(|level| level == readiness).unwrap_or(0);
    let steps: String = (1..Readiness::ALL.len()).map(|step| if step <= filled { '■' } else { '□' }).collect();
    let steps = Markup::element("span", &[("aria-hidden", "true")], steps);
    Markup::element("span", &[("class", "status")], steps + " " + c.code(readiness.code()))
}

#[derive(serde::Deserialize)]
pub(crate) struct Said {
    element: String,
    readiness: String,
    reason: String,
    #[serde(default)]
    evidence: String,
}

pub(crate) async fn assess(viewer: Viewer, Form(said): Form<Said>) -> Page {
    viewer.must(Act::Assess)?;
    let to = format!("/readiness#{}", encoded(&said.element));
    let rests_on = said.evidence.split([';', ',', ' ']).map(str::trim).filter(|id| !id.is_empty()).map(String::from);
    let command = Assess {
        readiness: choice("readiness", &said.readiness)?,
        rests_on: rests_on.collect(),
        element: said.element,
        reason: said.reason,
        lang: viewer.lang(),
    };
    viewer.execute(command).await?;
    Ok(see(&to))
}
