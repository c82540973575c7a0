//! What a local plan adds to the national one: what its actions cost here, what money there is for them, which targets the
//! place sets itself. What such a record must be is checked as everywhere; here stands only whose it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use romduol_plan::commands::records::Draft;
use romduol_plan::kinds::{Area, CostLine, Fund, FundKind, Funding, Id, Node};
use romduol_plan::permission::{Act, Denied, Post};
use romduol_plan::{Body, Kind, State, column};

use crate::accounts::Person;
use crate::records::{Written, last_touched};
use crate::{App, AppError};

/// A record that a place, or an institution, writes for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    Cost,
    Money,
    Target,
}

impl Local {
    pub fn kind(self) -> Kind {
        match self {
            Local::Cost => Kind::CostLine,
            Local::Money => Kind::Funding,
            Local::Target => Kind::Target,
        }
    }

    /// The columns that the form asks for. Whose it is and the day come from the post and the clock.
    pub fn asked(self) -> &'static [&'static str] {
        match self {
            Local::Cost => &[
                "node",
                "part_of",
                "title",
                "title_km",
                "input",
                "year",
                "quantity",
                "frequency",
                "unit_cost",
                "low",
                "likely",
                "high",
                "currency",
                "shared_share",
            ],
            Local::Money => &["fund", "node", "year", "state", "amount", "currency", "from", "note"],
            Local::Target => &["indicator", "period", "value", "note", "note_km"],
        }
    }

    /// The records of the post.
    pub fn own(self, state: &State, post: &Post) -> Vec<Body> {
        let all = state.ids(self.kind()).into_iter().filter_map(|id| state.body(self.kind(), id));
        all.filter(|body| post.may_write_locally(body).is_ok()).collect()
    }
}

/// The lines that may hold a cost of the post already: of its actions, and of no place or of one that holds its own.
pub fn around<'a>(state: &'a State, post: &Post) -> Vec<&'a Arc<CostLine>> {
    let actions: Vec<&Id> = post.costs(state).map(|node| &node.id).collect();
    let all = state.all::<CostLine>().filter(|line| line.node.as_ref().is_some_and(|node| actions.contains(&node)));
    all.filter(|line| is_wider(state, post, line.area.as_ref()) && !is_own(post, &Body::CostLine((*line).clone())))
        .collect()
}

/// The money that may be passed on to the post: of no place or of one that holds its own.
pub fn above<'a>(state: &'a State, post: &Post) -> Vec<&'a Arc<Funding>> {
    let all = state.all::<Funding>();
    all.filter(|one| is_wider(state, post, one.area.as_ref()) && !is_own(post, &Body::Funding((*one).clone())))
        .collect()
}

fn is_own(post: &Post, body: &Body) -> bool {
    post.may_write_locally(body).is_ok()
}

fn is_wider(state: &State, post: &Post, outer: Option<&Id>) -> bool {
    match (outer, &post.area) {
        (None, _) => true,
        (Some(outer), Some(area)) => state.within(area, outer),
        (Some(_), None) => false,
    }
}

impl App {
    /// Writes a record of the person's own place or institution; `id` is empty for a new one.
    pub async fn write_locally(
        &self,
        person: &Person,
        local: Local,
        id: &str,
        asked: &BTreeMap<String, String>,
    ) -> Result<Written, AppError> {
        person.post.may(Act::CostLocally)?;
        let snapshot = self.snapshot();
        let (state, post, kind) = (&snapshot.state, &person.post, local.kind());
        let mut cells = before(state, post, kind, id)?;
        let given = asked.iter().filter(|(name, _)| local.asked().contains(&name.as_str()));
        cells.extend(given.map(|(name, value)| (name.clone(), value.trim().to_string())));
        let cell = |name: &str| cells.get(name).cloned().unwrap_or_default();
        let subject = match local {
            Local::Target => cell("indicator"),
            Local::Cost | Local::Money => action(state, post, &cell("node"))?,
        };
        let place = post.area.as_deref().or(post.institution.as_deref()).unwrap_or_default();
        let stem = format!("{place}.{subject}.{}", cell(if local == Local::Target { "period" } else { "year" }));
        let id = if id.is_empty() { free(state, kind, &stem) } else { id.to_string() };
        let (beside, set) = match local {
            Local::Cost => (None, self.of_cost(state, post, &cells)),
            Local::Money => self.of_money(state, post, &cells),
            Local::Target => (None, vec![("kind", "target".to_string()), ("area", area(post)?)]),
        };
        cells.extend(set.into_iter().chain([("id", id.clone())]).map(|(name, value)| (name.to_string(), value)));
        let seen = last_touched(state, kind, &id);
        self.keep_locally(person, Draft::new(kind, &cells, seen).with(beside)).await
    }

    /// A part of a made-up line is part of the demonstration.
    fn of_cost(&self, state: &State, post: &Post, cells: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
        let cell = |name: &str| cells.get(name).map(String::as_str).unwrap_or_default();
        let date = match (cell("date"), cell("likely")) {
            ("", likely) if !likely.is_empty() => self.now().date.to_string(),
            (date, _) => date.to_string(),
        };
        let made_up = state.find::<CostLine>(cell("part_of")).is_some_and(|whole| whole.illustrative);
        let mut set = whose(post);
        set.extend([("date", date), ("illustrative", made_up.to_string())]);
        set
    }

    /// Money of no named source is the place's own: its fund is made with its first amount.
    fn of_money(
        &self,
        state: &State,
        post: &Post,
        cells: &BTreeMap<String, String>,
    ) -> (Option<Body>, Vec<(&'static str, String)>) {
        let cell = |name: &str| cells.get(name).map(String::as_str).unwrap_or_default();
        let mut set = whose(post);
        let from = state.find::<Funding>(cell("from")).is_some_and(|from| from.illustrative);
        let made_up = from || state.find::<Fund>(cell("fund")).is_some_and(|fund| fund.illustrative);
        set.extend([("date", self.now().date.to_string()), ("illustrative", made_up.to_string())]);
        if !cell("fund").is_empty() {
            return (None, set);
        }
        let own = own_fund(state, post);
        set.push(("fund", own.id.clone()));
        let is_new = state.find::<Fund>(&own.id).is_none();
        (is_new.then(|| own.into()), set)
    }
}

fn own_fund(state: &State, post: &Post) -> Fund {
    let place = post.area.as_deref().and_then(|id| state.find::<Area>(id));
    let of = post.institution.as_deref().and_then(|id| state.find::<romduol_plan::kinds::Institution>(id));
    let (kind, name) = match place {
        Some(place) => (FundKind::SubNational, place.name.clone()),
        None => (FundKind::National, of.map(|of| of.name.clone()).unwrap_or_default()),
    };
    let id = post.area.as_deref().or(post.institution.as_deref()).unwrap_or_default();
    Fund {
        id: format!("FUND-{id}"),
        name,
        kind,
        institution: post.institution.clone(),
        note: String::new(),
        illustrative: false,
    }
}

fn whose(post: &Post) -> Vec<(&'static str, String)> {
    let part = |part: &Option<Id>| part.clone().unwrap_or_default();
    vec![("area", part(&post.area)), ("institution", part(&post.institution))]
}

/// Targets are of places.
fn area(post: &Post) -> Result<Id, AppError> {
    Ok(post.area.clone().ok_or(Denied(Act::CostLocally))?)
}

/// The record as it stands, or nothing where it is new. Another place's is refused.
fn before(state: &State, post: &Post, kind: Kind, id: &str) -> Result<BTreeMap<String, String>, AppError> {
    if id.is_empty() {
        return Ok(BTreeMap::new());
    }
    let body = state.body(kind, id).ok_or_else(|| AppError::NotFound { kind, id: id.into() })?;
    post.may_write_locally(&body)?;
    Ok(cells_of(&body))
}

/// A record as the cells of a form.
pub fn cells_of(body: &Body) -> BTreeMap<String, String> {
    let columns = column::columns(body.kind());
    let cells = column::write_row(&columns, body);
    columns.into_iter().map(|column| column.name).zip(cells).collect()
}

fn action(state: &State, post: &Post, asked: &str) -> Result<Id, AppError> {
    let own: Option<&Arc<Node>> = post.costs(state).find(|node| node.id == asked);
    Ok(own.ok_or(Denied(Act::CostLocally))?.id.clone())
}

fn free(state: &State, kind: Kind, stem: &str) -> Id {
    let tries = (1..).map(|n| format!("{stem}.{n}"));
    tries.into_iter().find(|id| state.body(kind, id).is_none()).unwrap_or_default()
}
