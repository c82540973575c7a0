//! The framework as a tree with the records behind it, and the page of one node: what it serves, what serves it, what
//! measures it.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::Path;
use romduol_app::money::sentence;
use romduol_app::{AppError, analysis_tables};
use romduol_plan::Kind;
use romduol_plan::kinds::{Currency, Indicator, Node, NodeLevel, Slot, Theme};
use romduol_plan::money::Books;
use romduol_plan::money::above::Above;
use romduol_plan::money::gap::of_nodes;
use romduol_plan::permission::Act;
use romduol_report::Markup;

use super::coordination::ratings::{self, RatingLine};
use super::records::links::{Referring, referring};
use super::records::list::seen;
use super::scorecard::{Row, row, year};
use super::take_home;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

/// A node with what lies below it.
pub(crate) struct Branch {
    node: Arc<Node>,
    indicators: usize,
    slots: Vec<Arc<Slot>>,
    branches: Vec<Branch>,
}

#[derive(askama::Template)]
#[template(path = "framework.html")]
struct Framework {
    c: Chrome,
    pillars: Vec<Branch>,
    behind: Vec<Behind>,
}

/// The records of a kind behind the plan: how many there are for the reader, and how many no link reaches.
struct Behind {
    kind: Kind,
    count: usize,
    alone: usize,
}

/// What the plan rests on. From here every one of these records is two taps away: its list, and the record.
const BEHIND: [Kind; 23] = [
    Kind::Theme,
    Kind::Gap,
    Kind::Policy,
    Kind::Instrument,
    Kind::Position,
    Kind::Alignment,
    Kind::CountLink,
    Kind::Evidence,
    Kind::Preference,
    Kind::Institution,
    Kind::Consultation,
    Kind::Attendance,
    Kind::Contribution,
    Kind::Contradiction,
    Kind::Element,
    Kind::Assessment,
    Kind::Model,
    Kind::Committee,
    Kind::Decision,
    Kind::NextStep,
    Kind::Indicator,
    Kind::Slot,
    Kind::Version,
];

fn behind(viewer: &Viewer) -> Vec<Behind> {
    let links = viewer.snapshot.links();
    let of = |kind: Kind| {
        let seen = seen(viewer, kind);
        let alone = seen.iter().filter(|body| links.is_alone(kind, body.id())).count();
        Behind { kind, count: seen.len(), alone }
    };
    BEHIND.into_iter().map(of).filter(|kind| kind.count > 0).collect()
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let nodes: Vec<&Arc<Node>> = viewer.snapshot.state.all::<Node>().collect();
    let pillars =
        nodes.iter().filter(|node| node.level == NodeLevel::Pillar).map(|node| branch(&viewer, node, 5)).collect();
    render(&Framework { c: Chrome::of(&viewer, viewer.locale.t("menu-framework")), pillars, behind: behind(&viewer) })
}

fn branch(viewer: &Viewer, node: &Arc<Node>, depth: u8) -> Branch {
    let state = &viewer.snapshot.state;
    let below = state.all::<Node>().filter(|n| depth > 0 && n.parents.contains(&node.id));
    Branch {
        node: node.clone(),
        indicators: state.all::<Indicator>().filter(|i| i.nodes.contains(&node.id)).count(),
        slots: state.all::<Slot>().filter(|slot| slot.node == node.id).cloned().collect(),
        branches: below.map(|n| branch(viewer, n, depth - 1)).collect(),
    }
}

#[derive(askama::Template)]
#[template(path = "branch.html")]
struct BranchPart<'a> {
    c: &'a Chrome,
    branch: &'a Branch,
}

impl Branch {
    fn html(&self, c: &Chrome) -> askama::Result<Markup> {
        Markup::rendered(&BranchPart { c, branch: self })
    }
}

#[derive(askama::Template)]
#[template(path = "node.html")]
struct NodePage {
    c: Chrome,
    node: Arc<Node>,
    parents: Vec<Arc<Node>>,
    children: Vec<Arc<Node>>,
    themes: Vec<Arc<Theme>>,
    rows: Vec<Row>,
    slots: Vec<Arc<Slot>>,
    /// Need, money and gap in one sentence, and whether it is made up.
    money: (String, bool),
    /// Gaps and commitments it answers, voices that changed it, decisions about it.
    referring: Vec<Referring>,
    ratings: Vec<RatingLine>,
    /// What a rating would be of.
    rated: (&'static str, String),
    rates: bool,
    history: bool,
    edits: bool,
}

fn one(viewer: &Viewer, id: &str) -> Result<Arc<Node>, AppError> {
    let missing = || AppError::NotFound { kind: Kind::Node, id: id.into() };
    viewer.snapshot.state.find::<Node>(id).cloned().ok_or_else(missing)
}

/// The indicators that measure a node, as they stand.
pub(crate) async fn node_csv(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    one(&viewer, &id)?;
    let (view, (at, _)) = (viewer.view(), year(&viewer));
    let measuring: Vec<_> = view.state.all::<Indicator>().filter(|i| i.nodes.contains(&id)).collect();
    let may_read = |indicator: &Indicator| viewer.may_read(indicator);
    take_home::csv(&analysis_tables::standings(&view, viewer.locale, &measuring, at, &may_read), &id)
}

pub(crate) async fn node(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let view = viewer.view();
    let state = view.state;
    let node = one(&viewer, &id)?;
    let (at, _) = year(&viewer);
    let measuring = state.all::<Indicator>().filter(|i| i.nodes.contains(&id));
    let c = Chrome::of(&viewer, node.title.get(viewer.lang()));
    render(&NodePage {
        ratings: ratings::lines(&viewer, &c, |rating| rating.node.as_ref() == Some(&id)),
        rated: (Kind::Node.code(), id.clone()),
        rates: viewer.may(Act::Rate) && viewer.at.is_none(),
        c,
        parents: node.parents.iter().filter_map(|p| state.find::<Node>(p)).cloned().collect(),
        children: state.all::<Node>().filter(|n| n.parents.contains(&id)).cloned().collect(),
        themes: node.themes.iter().filter_map(|t| state.find::<Theme>(t)).cloned().collect(),
        rows: measuring.map(|i| row(&viewer, view.standing(i, at))).collect(),
        slots: state.all::<Slot>().filter(|slot| slot.node == id).cloned().collect(),
        money: {
            let books = Books::of(state, Currency::Khr, viewer.illustrative);
            let figures = of_nodes(&books, &Above::of(state), &HashSet::from([id.as_str()]));
            (sentence(viewer.locale, &figures, books.currency), figures.made_up)
        },
        referring: referring(&viewer, Kind::Node, &id)
            .into_iter()
            .filter(|group| !matches!(group.kind, Kind::Node | Kind::Indicator | Kind::Slot | Kind::Rating))
            .collect(),
        history: viewer.may(Act::ReadHistory),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
        node,
    })
}
