//! Local plans: which areas chose which actions of the national plan, what they adapted, what nobody chose.

use std::collections::BTreeMap;

use axum::extract::Form;
use romduol_plan::Kind;
use romduol_plan::coordination::chosen;
use romduol_plan::kinds::{Choice, Id};
use romduol_plan::permission::Act;

use super::local_cost::{Costs, Typed, section};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::viewer::Viewer;

struct Area {
    to: Ref,
    choices: Vec<(Ref, std::sync::Arc<Choice>)>,
}

#[derive(askama::Template)]
#[template(path = "coordination/local.html")]
struct Local {
    c: Chrome,
    areas: Vec<Area>,
    /// An action, the areas that chose it, and how many only copied it.
    actions: Vec<(Ref, Vec<Ref>, usize)>,
    nobody: usize,
    chooses: bool,
    costs: Option<Costs>,
    edits: bool,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    page(&viewer, Typed::default())
}

pub(super) fn page(viewer: &Viewer, typed: Typed) -> Page {
    let state = &viewer.snapshot.state;
    let mut areas: BTreeMap<&Id, Vec<&std::sync::Arc<Choice>>> = BTreeMap::new();
    for choice in state.all::<Choice>().filter(|choice| viewer.illustrative || !choice.illustrative) {
        areas.entry(&choice.area).or_default().push(choice);
    }
    let to_node = |choice: &std::sync::Arc<Choice>| (Ref::to(viewer, Kind::Node, &choice.node), choice.clone());
    let area = |(id, choices): (&Id, Vec<&std::sync::Arc<Choice>>)| Area {
        to: Ref::to(viewer, Kind::Area, id),
        choices: choices.into_iter().map(to_node).collect(),
    };
    let actions = chosen(state, viewer.illustrative).into_iter().map(|one| {
        let areas = one.choices.iter().map(|choice| Ref::to(viewer, Kind::Area, &choice.area)).collect::<Vec<_>>();
        (Ref::to(viewer, Kind::Node, &one.node.id), areas, one.copies())
    });
    let actions: Vec<_> = actions.collect();
    let c = Chrome::of(viewer, viewer.locale.t("menu-local"));
    render(&Local {
        costs: section(viewer, &c, typed),
        c,
        areas: areas.into_iter().map(area).collect(),
        nobody: actions.iter().filter(|(_, areas, _)| areas.is_empty()).count(),
        actions,
        chooses: viewer.may(Act::PlanLocally) && viewer.person.post.area.is_some() && viewer.at.is_none(),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
    })
}

#[derive(serde::Deserialize)]
pub(crate) struct Chosen {
    node: Id,
    #[serde(default)]
    adaptation: String,
    #[serde(default)]
    target: String,
}

/// Takes an action into the plan of the area whose post the person holds.
pub(crate) async fn choose(viewer: Viewer, Form(given): Form<Chosen>) -> Page {
    viewer.must(Act::PlanLocally)?;
    let app = &viewer.site.app;
    app.choose(&viewer.person, &given.node, &given.adaptation, &given.target, viewer.lang()).await?;
    Ok(see("/local"))
}
