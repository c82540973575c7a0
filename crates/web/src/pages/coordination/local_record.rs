//! What the reader's own place or institution adds to the local plan: costs, money, targets. Each is a table of what is
//! there and a form for one more.

use std::collections::BTreeMap;

use axum::extract::{Form, Path};
use romduol_app::AppError;
use romduol_app::local_record::{Local, above, around, cells_of};
use romduol_app::money::decimals;
use romduol_app::records::Written;
use romduol_plan::kinds::{
    Area, CostLine, Currency, Fund, Funding, Id, Indicator, InputType, Institution, Ladder, UnitCost,
};
use romduol_plan::money::{Books, cost, library};
use romduol_plan::package::Fault;
use romduol_plan::permission::Act;
use romduol_plan::{Amount, Body, Kind, Say, column};
use romduol_report::Markup;

use crate::chrome::{Chrome, see};
use crate::error::Page;
use crate::pages::money::Options;
use crate::pages::records::{Ref, label};
use crate::viewer::Viewer;

const PARTS: [(&str, Local); 3] = [("costs", Local::Cost), ("money", Local::Money), ("targets", Local::Target)];

pub(crate) struct Line {
    pub to: Ref,
    pub title: String,
    pub number: String,
    /// What it is a part of, or taken out of.
    pub beside: Option<Ref>,
    pub illustrative: bool,
}

pub(crate) struct Field {
    pub name: &'static str,
    pub label: String,
    pub value: String,
    /// What can be chosen; a line to write where there is nothing to choose from.
    pub options: Option<Options>,
    /// What stands where nothing is chosen, if that is allowed.
    pub empty: Option<String>,
    /// The keyboard of a phone.
    pub mode: Option<&'static str>,
    pub required: bool,
}

pub(crate) struct Part {
    pub anchor: &'static str,
    pub kind: Kind,
    /// The place or the institution whose records these are.
    pub whose: Markup,
    pub lines: Vec<Line>,
    pub beside: String,
    pub sum: Option<String>,
    /// Empty where no action was chosen yet.
    pub fields: Vec<Field>,
    /// The record that is changed; empty for a new one.
    pub id: Id,
    pub faults: Vec<String>,
}

/// What a form holds when it is shown again: what was typed, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Typed {
    anchor: &'static str,
    id: Id,
    cells: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

/// The parts of the page, for those who have something to enter.
pub(crate) fn parts(viewer: &Viewer, c: &Chrome, typed: &Typed) -> Vec<Part> {
    let (state, post) = (&viewer.snapshot.state, &viewer.person.post);
    let place = post.area.as_deref().and_then(|id| state.find::<Area>(id)).map(|area| &area.name);
    let of = post.institution.as_deref().and_then(|id| state.find::<Institution>(id)).map(|body| &body.name);
    let Some(whose) = place.or(of).filter(|_| viewer.may(Act::CostLocally) && viewer.at.is_none()) else {
        return Vec::new();
    };
    // Targets are of places.
    let here = PARTS.into_iter().filter(|(_, local)| *local != Local::Target || post.area.is_some());
    here.map(|(anchor, local)| Desk { viewer, c, anchor, local }.part(c.text(whose), typed)).collect()
}

/// One part of the page for its reader.
struct Desk<'a> {
    viewer: &'a Viewer,
    c: &'a Chrome,
    anchor: &'static str,
    local: Local,
}

impl Desk<'_> {
    fn part(&self, whose: Markup, typed: &Typed) -> Part {
        let (state, post) = (&self.viewer.snapshot.state, &self.viewer.person.post);
        let (id, cells, faults) = self.asked_for(typed);
        let own = self.local.own(state, post);
        let lines = own.iter().filter_map(|body| self.line(body));
        Part {
            anchor: self.anchor,
            kind: self.local.kind(),
            whose,
            lines: lines.collect(),
            beside: match self.local {
                Local::Cost => self.c.t("field-part-of"),
                Local::Money => self.c.t("field-from"),
                Local::Target => self.c.t("field-evidence"),
            },
            sum: self.sum(),
            fields: if post.costs(state).next().is_none() { Vec::new() } else { self.fields(&id, &cells) },
            faults: faults.iter().map(|fault| self.told(fault)).collect(),
            id,
        }
    }

    /// What was typed, or the record of one's own that the address names.
    fn asked_for<'t>(&self, typed: &'t Typed) -> (Id, BTreeMap<String, String>, &'t [Fault]) {
        if typed.anchor == self.anchor {
            return (typed.id.clone(), typed.cells.clone(), &typed.faults);
        }
        let asked = self.viewer.asked(self.anchor);
        let body = asked.and_then(|id| self.viewer.snapshot.state.body(self.local.kind(), id));
        match body.filter(|body| self.viewer.person.post.may_write_locally(body).is_ok()) {
            Some(body) => (body.id().to_string(), cells_of(&body), &[]),
            None => Default::default(),
        }
    }

    fn line(&self, body: &Body) -> Option<Line> {
        let (viewer, c) = (self.viewer, self.c);
        let to = Ref::to(viewer, body.kind(), body.id());
        let (parts, number, beside, illustrative) = match body {
            Body::CostLine(line) => {
                let node = line.node.clone().unwrap_or_default();
                let parts = [node, line.year.to_string(), c.code(line.input.code()), c.plain(&line.title)];
                let whole = line.part_of.as_deref().map(|id| Ref::to(viewer, Kind::CostLine, id));
                (parts, self.cost(line), whole, line.illustrative)
            }
            Body::Funding(one) => {
                let fund = viewer.snapshot.state.find::<Fund>(&one.fund).map(|fund| c.plain(&fund.name));
                let node = one.node.clone().unwrap_or_default();
                let parts = [node, one.year.to_string(), c.code(one.state.code()), fund.unwrap_or_default()];
                let from = one.from.as_deref().map(|id| Ref::to(viewer, Kind::Funding, id));
                (parts, self.amount(one.amount, one.currency), from, one.illustrative)
            }
            Body::Target(target) => {
                let parts = [target.indicator.clone(), c.period(target.period), c.plain(&target.note), String::new()];
                let figure = target.evidence.as_deref().map(|id| Ref::to(viewer, Kind::Evidence, id));
                (parts, c.locale.number(target.value, 2), figure, target.illustrative)
            }
            _ => return None,
        };
        let title = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        Some(Line { to, title, number, beside, illustrative })
    }

    fn cost(&self, line: &CostLine) -> String {
        match cost(line, library(&self.viewer.snapshot.state, line)) {
            Some((range, currency, _)) => self.amount(range.likely, currency),
            None => self.c.t("not-costed"),
        }
    }

    fn amount(&self, amount: Amount, currency: Currency) -> String {
        format!("{} {}", self.c.locale.amount(amount, decimals(currency)), self.c.code(currency.code()))
    }

    /// What counts here: each need once, each amount where it is now.
    fn sum(&self) -> Option<String> {
        let post = &self.viewer.person.post;
        let books = Books::of(&self.viewer.snapshot.state, Currency::Khr, self.viewer.illustrative);
        let own = |body: Body| post.may_write_locally(&body).is_ok();
        let sum: Amount = match self.local {
            Local::Cost => {
                let mine = books.costs.iter().filter(|cost| own(cost.line.clone().into()));
                mine.filter_map(|cost| cost.range).map(|range| range.likely).sum()
            }
            Local::Money => {
                let mine = books.money.iter().filter(|held| own(held.funding.clone().into()));
                mine.map(|held| held.left).sum()
            }
            Local::Target => return None,
        };
        Some(self.amount(sum, Currency::Khr))
    }

    fn fields(&self, id: &str, cells: &BTreeMap<String, String>) -> Vec<Field> {
        let columns = column::columns(self.local.kind());
        let other = if self.c.locale.lang.code() == "km" { ["title", "note"] } else { ["title_km", "note_km"] };
        let two = |name: &str| self.local.asked().contains(&format!("{name}_km").as_str()) || name.ends_with("_km");
        let asked = self.local.asked().iter().filter(|name| !(two(name) && other.contains(name)));
        let field = |name: &&'static str| {
            let column = columns.iter().find(|column| column.name == **name)?;
            let value = cells.get(*name).cloned().unwrap_or_default();
            let (options, empty) = self.options(name, &value, id);
            Some(Field {
                name,
                label: match (self.local, *name) {
                    (Local::Cost, "part_of") => self.c.t("local-cost-part"),
                    (_, "node") => self.c.tk("level-", "action"),
                    _ => label(self.c, column),
                },
                mode: match *name {
                    "year" => Some("numeric"),
                    "quantity" | "frequency" | "low" | "likely" | "high" | "shared_share" | "amount" | "value" => {
                        Some("decimal")
                    }
                    _ => None,
                },
                // Whoever writes for a place writes for an action of its plan.
                required: (column.required || *name == "node") && empty.is_none(),
                value,
                options,
                empty,
            })
        };
        asked.filter_map(field).collect()
    }

    /// What a field lets choose from, and what it says where nothing is chosen, if nothing may be.
    fn options(&self, name: &str, value: &str, id: &str) -> (Option<Options>, Option<String>) {
        let (state, post, c) = (&self.viewer.snapshot.state, &self.viewer.person.post, self.c);
        let one = |id: &str, name: String| (id.to_string(), name, id == value);
        let code = |code: &str| one(code, c.code(code));
        let dash = || Some("–".to_string());
        let (options, empty): (Options, _) = match name {
            "node" => {
                let own = post.costs(state);
                (own.map(|node| one(&node.id, format!("{} {}", node.id, c.plain(&node.title)))).collect(), None)
            }
            "part_of" => {
                let wider = around(state, post).into_iter();
                let named = |line: &CostLine| one(&line.id, self.named(&line.clone().into()));
                let options = wider.filter(|line| line.id != id).map(|line| named(line)).collect();
                (options, Some(c.t("local-alone-costs")))
            }
            "from" => {
                let wider = above(state, post).into_iter();
                let named = |from: &Funding| one(&from.id, self.named(&from.clone().into()));
                (wider.map(|from| named(from)).collect(), Some(c.t("local-alone-money")))
            }
            "fund" => {
                let funds = state.all::<Fund>();
                (funds.map(|fund| one(&fund.id, c.plain(&fund.name))).collect(), Some(c.t("local-own-fund")))
            }
            "unit_cost" => {
                let prices = state.all::<UnitCost>();
                let named = |unit: &UnitCost| one(&unit.id, format!("{} ({})", c.plain(&unit.title), unit.measure));
                (prices.map(|unit| named(unit)).collect(), dash())
            }
            "indicator" => {
                let named = |i: &Indicator| one(&i.id, format!("{} {}", i.id, c.plain(&i.name)));
                (state.all::<Indicator>().map(|indicator| named(indicator)).collect(), None)
            }
            "input" => (InputType::ALL.iter().map(|one| code(one.code())).collect(), None),
            "state" => (Ladder::ALL.iter().map(|one| code(one.code())).collect(), None),
            "currency" => {
                let empty = if self.local == Local::Cost { dash() } else { None };
                (Currency::ALL.iter().map(|one| code(one.code())).collect(), empty)
            }
            _ => return (None, None),
        };
        (Some(options), empty)
    }

    /// A record in a list to choose from.
    fn named(&self, body: &Body) -> String {
        let line = self.line(body);
        line.map(|line| format!("{} · {} ({})", line.title, line.number, body.id())).unwrap_or_default()
    }

    /// A fault with the field it is about in the reader's words.
    fn told(&self, fault: &Fault) -> String {
        let columns = column::columns(self.local.kind());
        let field = columns.iter().find(|column| column.name == fault.column).map(|column| label(self.c, column));
        let said = self.c.locale.tell(&fault.say_in_place());
        field.map_or(said.clone(), |field| format!("{field}: {said}"))
    }
}

pub(crate) async fn write(
    viewer: Viewer,
    Path(part): Path<String>,
    Form(mut given): Form<BTreeMap<String, String>>,
) -> Page {
    viewer.must(Act::CostLocally)?;
    let found = PARTS.into_iter().find(|(anchor, _)| *anchor == part);
    let (anchor, local) = found.ok_or_else(|| AppError::Bad(Say::new("refused-bad-address")))?;
    let id = given.remove("_id").unwrap_or_default();
    match viewer.site.app.write_locally(&viewer.person, local, &id, &given).await? {
        Written::Kept(_) => Ok(see(&format!("/local#{anchor}"))),
        Written::Faults(faults) => super::local::page(&viewer, Typed { anchor, id, cells: given, faults }),
    }
}
