//! The cost lines of a local plan: those of the reader's own place with their sum, and the form for one more.

use std::collections::BTreeMap;

use axum::extract::Form;
use romduol_app::local_cost::{around, own};
use romduol_app::money::decimals;
use romduol_app::records::Written;
use romduol_plan::kinds::{Area, CostLine, Currency, InputType, Institution, UnitCost};
use romduol_plan::money::{Books, cost, library};
use romduol_plan::package::Fault;
use romduol_plan::permission::Act;
use romduol_plan::{Amount, Kind, column};

use crate::chrome::{Chrome, see};
use crate::error::Page;
use crate::pages::money::Options;
use crate::pages::records::{Ref, label};
use crate::viewer::Viewer;

pub(crate) struct Line {
    pub to: Ref,
    pub title: String,
    pub cost: String,
    pub part_of: Option<Ref>,
    pub illustrative: bool,
}

pub(crate) struct Costs {
    /// The place or the institution whose costs these are.
    pub whose: String,
    pub lines: Vec<Line>,
    pub sum: String,
    /// Empty where no action may be costed yet.
    pub actions: Options,
    pub wholes: Options,
    pub inputs: Options,
    pub prices: Options,
    pub currencies: Options,
    /// The line that is changed; empty for a new one.
    pub id: String,
    pub cells: BTreeMap<String, String>,
    pub faults: Vec<String>,
}

impl Costs {
    pub fn value(&self, name: &str) -> &str {
        self.cells.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What the form holds when it is shown: what was typed, or the line that the address asks for.
#[derive(Default)]
pub(crate) struct Typed {
    id: String,
    cells: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

/// The section of the page, for those who have costs to enter.
pub(crate) fn section(viewer: &Viewer, c: &Chrome, typed: Typed) -> Option<Costs> {
    let (state, post) = (&viewer.snapshot.state, &viewer.person.post);
    let place = post.area.as_deref().and_then(|id| state.find::<Area>(id)).map(|area| &area.name);
    let of = post.institution.as_deref().and_then(|id| state.find::<Institution>(id)).map(|body| &body.name);
    let whose = place.or(of).filter(|_| viewer.may(Act::CostLocally) && viewer.at.is_none())?;
    let Typed { id, cells, faults } = asked_for(viewer, typed);
    let on = |name: &str, value: &str| cells.get(name).is_some_and(|cell| cell == value);
    let shown = |illustrative: bool| viewer.illustrative || !illustrative;
    let wholes = around(state, post).into_iter().filter(|line| shown(line.illustrative) && line.id != id);
    let prices = state.all::<UnitCost>().filter(|unit| shown(unit.illustrative));
    let lines: Vec<&CostLine> =
        own(state, post).into_iter().map(|line| &**line).filter(|line| shown(line.illustrative)).collect();
    let books = Books::of(state, Currency::Khr, viewer.illustrative);
    let mine = books.costs.iter().filter(|cost| post.may_cost(cost.line).is_ok());
    let sum: Amount = mine.filter_map(|cost| cost.range).map(|range| range.likely).sum();
    Some(Costs {
        whose: c.text(whose),
        sum: format!("{} {}", c.locale.amount(sum, decimals(Currency::Khr)), c.code(Currency::Khr.code())),
        lines: lines.into_iter().map(|line| shown_line(viewer, c, line)).collect(),
        actions: post
            .costs(state)
            .map(|node| (node.id.clone(), format!("{} {}", node.id, c.plain(&node.title)), on("node", &node.id)))
            .collect(),
        wholes: wholes.map(|line| (line.id.clone(), whole(viewer, c, line), on("part_of", &line.id))).collect(),
        inputs: InputType::ALL
            .iter()
            .map(|one| (one.code().into(), c.code(one.code()), on("input", one.code())))
            .collect(),
        prices: prices
            .map(|unit| {
                (unit.id.clone(), format!("{} ({})", c.plain(&unit.title), unit.measure), on("unit_cost", &unit.id))
            })
            .collect(),
        currencies: Currency::ALL
            .iter()
            .map(|one| (one.code().into(), c.code(one.code()), on("currency", one.code())))
            .collect(),
        faults: faults.iter().map(|fault| told(c, fault)).collect(),
        id,
        cells,
    })
}

/// A line of one's own that the address names is put into the form.
fn asked_for(viewer: &Viewer, typed: Typed) -> Typed {
    let state = &viewer.snapshot.state;
    let line = viewer.asked("line").and_then(|id| state.find::<CostLine>(id));
    match line.filter(|line| typed.cells.is_empty() && viewer.person.post.may_cost(line).is_ok()) {
        Some(line) => {
            let columns = column::columns(Kind::CostLine);
            let cells = column::write_row(&columns, &(**line).clone().into());
            let cells = columns.into_iter().map(|column| column.name).zip(cells).collect();
            Typed { id: line.id.clone(), cells, faults: Vec::new() }
        }
        None => typed,
    }
}

fn amount(viewer: &Viewer, c: &Chrome, line: &CostLine) -> String {
    match cost(line, library(&viewer.snapshot.state, line)) {
        Some((range, currency, _)) => {
            format!("{} {}", c.locale.amount(range.likely, decimals(currency)), c.code(currency.code()))
        }
        None => c.t("not-costed"),
    }
}

fn whole(viewer: &Viewer, c: &Chrome, line: &CostLine) -> String {
    let node = line.node.as_deref().unwrap_or_default();
    format!("{node} · {} · {} · {} ({})", line.year, c.code(line.input.code()), amount(viewer, c, line), line.id)
}

fn shown_line(viewer: &Viewer, c: &Chrome, line: &CostLine) -> Line {
    let title = c.plain(&line.title);
    let node = line.node.as_deref().unwrap_or_default();
    Line {
        to: Ref::to(viewer, Kind::CostLine, &line.id),
        title: format!(
            "{node} · {} · {}{}{title}",
            line.year,
            c.code(line.input.code()),
            if title.is_empty() { "" } else { " · " }
        ),
        cost: amount(viewer, c, line),
        part_of: line.part_of.as_deref().map(|id| Ref::to(viewer, Kind::CostLine, id)),
        illustrative: line.illustrative,
    }
}

/// A fault with the field it is about in the reader's words.
fn told(c: &Chrome, fault: &Fault) -> String {
    let columns = column::columns(Kind::CostLine);
    let field = columns.iter().find(|column| column.name == fault.column).map(|column| label(c, column));
    let said = c.locale.tell(&fault.say_in_place());
    field.map_or(said.clone(), |field| format!("{field}: {said}"))
}

pub(crate) async fn write(viewer: Viewer, Form(mut given): Form<BTreeMap<String, String>>) -> Page {
    viewer.must(Act::CostLocally)?;
    let id = given.remove("_line").unwrap_or_default();
    match viewer.site.app.cost_locally(&viewer.person, &id, &given).await? {
        Written::Kept(_) => Ok(see("/local#costs")),
        Written::Faults(faults) => super::local::page(&viewer, Typed { id, cells: given, faults }),
    }
}
