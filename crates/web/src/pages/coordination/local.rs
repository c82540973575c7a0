//! Local plans: which areas chose which actions of the national plan, what they adapted, what nobody chose.

use romduol_plan::commands::local::ChooseAction;
use std::collections::BTreeMap;

use axum::extract::Form;
use romduol_app::money::decimals;
use romduol_plan::coordination::chosen;
use romduol_plan::kinds::{Choice, Currency, Id, Indicator, Ladder, Target};
use romduol_plan::money::Books;
use romduol_plan::permission::Act;
use romduol_plan::{Amount, Kind};

use super::local_record::{Part, Typed, parts};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::viewer::Viewer;

struct Area {
    to: Ref,
    choices: Vec<(Ref, std::sync::Arc<Choice>)>,
    /// What is needed there and what is firm: each need and each amount counted once.
    need: String,
    firm: String,
    /// Own targets: the record, the number, the indicator's title.
    targets: Vec<(Ref, String, String)>,
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
    parts: Vec<Part>,
    edits: bool,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    page(&viewer, Typed::default())
}

pub(super) fn page(viewer: &Viewer, typed: Typed) -> Page {
    let state = &viewer.snapshot.state;
    let mut areas: BTreeMap<&Id, Vec<&std::sync::Arc<Choice>>> = BTreeMap::new();
    for choice in state.all::<Choice>() {
        areas.entry(&choice.area).or_default().push(choice);
    }
    let to_node = |choice: &std::sync::Arc<Choice>| (Ref::to(viewer, Kind::Node, &choice.node), choice.clone());
    let c = Chrome::of(viewer, viewer.locale.t("menu-local"));
    let books = Books::of(state, Currency::Khr, viewer.illustrative);
    let area = |(id, choices): (&Id, Vec<&std::sync::Arc<Choice>>)| {
        let (need, firm) = sums(&books, id);
        let riel = |amount| format!("{} {}", c.locale.amount(amount, decimals(Currency::Khr)), c.code("KHR"));
        let set = state.all::<Target>().filter(|t| t.area == *id);
        Area {
            to: Ref::to(viewer, Kind::Area, id),
            choices: choices.into_iter().map(to_node).collect(),
            need: riel(need),
            firm: riel(firm),
            targets: set.map(|target| own_target(viewer, &c, target)).collect(),
        }
    };
    let actions = chosen(state, viewer.illustrative).into_iter().map(|one| {
        let areas = one.choices.iter().map(|choice| Ref::to(viewer, Kind::Area, &choice.area)).collect::<Vec<_>>();
        (Ref::to(viewer, Kind::Node, &one.node.id), areas, one.copies())
    });
    let actions: Vec<_> = actions.collect();
    let areas = areas.into_iter().map(area).collect();
    render(&Local {
        parts: parts(viewer, &c, &typed),
        areas,
        c,
        nobody: actions.iter().filter(|(_, areas, _)| areas.is_empty()).count(),
        actions,
        chooses: viewer.may(Act::PlanLocally) && viewer.person.post.area.is_some() && viewer.at.is_none(),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
    })
}

/// Need and firm money of an area.
fn sums(books: &Books, area: &str) -> (Amount, Amount) {
    let costs = books.costs.iter().filter(|cost| cost.line.area.as_deref() == Some(area));
    let money = books.money.iter().filter(|held| held.area() == Some(area));
    let firm = money.filter(|held| held.funding.state >= Ladder::Committed);
    (costs.filter_map(|cost| cost.range).map(|range| range.likely).sum(), firm.map(|held| held.left).sum())
}

fn own_target(viewer: &Viewer, c: &Chrome, target: &Target) -> (Ref, String, String) {
    let indicator = viewer.snapshot.state.find::<Indicator>(&target.indicator);
    let title = indicator.map(|indicator| c.plain(&indicator.name)).unwrap_or_default();
    let number = format!("{} ({})", c.locale.number(target.value, 2), c.period(target.period));
    (Ref::to(viewer, Kind::Target, &target.id), number, title)
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
    let Chosen { node, adaptation, target } = given;
    viewer.execute(ChooseAction { node, adaptation, target, lang: viewer.lang() }).await?;
    Ok(see("/local"))
}
