//! Costs of a local plan: what a place, or an institution, knows of the cost of its own actions. What a cost line must be
//! is checked as everywhere; here stands only whose it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use romduol_plan::kinds::{CostLine, Id, Node};
use romduol_plan::permission::{Act, Denied, Post};
use romduol_plan::{Kind, State, column};

use crate::accounts::Person;
use crate::records::{Written, last_touched};
use crate::{App, AppError};

/// The columns that the form asks for. Place, institution and day come from the post and the clock.
pub const ASKED: [&str; 14] = [
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
];

/// The cost lines of the post.
pub fn own<'a>(state: &'a State, post: &Post) -> Vec<&'a Arc<CostLine>> {
    state.all::<CostLine>().filter(|line| post.may_cost(line).is_ok()).collect()
}

/// The lines that may hold a cost of the post already: of its actions, and of no place or of one that holds its own.
pub fn around<'a>(state: &'a State, post: &Post) -> Vec<&'a Arc<CostLine>> {
    let actions: Vec<&Id> = post.costs(state).map(|node| &node.id).collect();
    let wider = |line: &CostLine| match (&line.area, &post.area) {
        (None, _) => true,
        (Some(outer), Some(area)) => state.within(area, outer),
        (Some(_), None) => false,
    };
    let all = state.all::<CostLine>().filter(|line| line.node.as_ref().is_some_and(|node| actions.contains(&node)));
    all.filter(|line| wider(line) && post.may_cost(line).is_err()).collect()
}

impl App {
    /// Writes a cost line of the person's own place or institution; `id` is empty for a new one.
    pub async fn cost_locally(
        &self,
        person: &Person,
        id: &str,
        asked: &BTreeMap<String, String>,
    ) -> Result<Written, AppError> {
        person.post.may(Act::CostLocally)?;
        let snapshot = self.snapshot();
        let state = &snapshot.state;
        let mut cells = before(state, &person.post, id)?;
        let given = asked.iter().filter(|(name, _)| ASKED.contains(&name.as_str()));
        cells.extend(given.map(|(name, value)| (name.clone(), value.trim().to_string())));
        let node = action(state, &person.post, &cells)?;
        let cell = |name: &str| cells.get(name).cloned().unwrap_or_default();
        let whole = state.find::<CostLine>(&cell("part_of"));
        let date = match (cell("date"), cell("likely")) {
            (date, likely) if date.is_empty() && !likely.is_empty() => self.now().date.to_string(),
            (date, _) => date,
        };
        let place = person.post.area.as_deref().or(person.post.institution.as_deref()).unwrap_or_default();
        let id = if id.is_empty() { free(state, &format!("{place}.{node}.{}", cell("year"))) } else { id.to_string() };
        let set = [
            ("id", id.clone()),
            ("area", person.post.area.clone().unwrap_or_default()),
            ("institution", person.post.institution.clone().unwrap_or_default()),
            ("date", date),
            // A part of a made-up line is part of the demonstration.
            ("illustrative", whole.is_some_and(|whole| whole.illustrative).to_string()),
        ];
        cells.extend(set.map(|(name, value)| (name.to_string(), value)));
        let seen = last_touched(state, Kind::CostLine, &id);
        self.keep_record(person, Kind::CostLine, &cells, seen, "local cost".into()).await
    }
}

/// The line as it stands, or nothing where it is new. Another place's is refused.
fn before(state: &State, post: &Post, id: &str) -> Result<BTreeMap<String, String>, AppError> {
    if id.is_empty() {
        return Ok(BTreeMap::new());
    }
    let missing = || AppError::NotFound { kind: Kind::CostLine, id: id.into() };
    let line = state.find::<CostLine>(id).ok_or_else(missing)?;
    post.may_cost(line)?;
    let columns = column::columns(Kind::CostLine);
    let cells = column::write_row(&columns, &(**line).clone().into());
    Ok(columns.into_iter().map(|column| column.name).zip(cells).collect())
}

fn action(state: &State, post: &Post, cells: &BTreeMap<String, String>) -> Result<Id, AppError> {
    let asked = cells.get("node").map(String::as_str).unwrap_or_default();
    let own: Option<&Arc<Node>> = post.costs(state).find(|node| node.id == asked);
    Ok(own.ok_or(Denied(Act::CostLocally))?.id.clone())
}

fn free(state: &State, stem: &str) -> Id {
    let tries = (1..).map(|n| format!("{stem}.{n}"));
    tries.into_iter().find(|id| state.find::<CostLine>(id).is_none()).unwrap_or_default()
}
