//! Money: need and gap, what is unfunded, tags, and the budget note. What all of them share: the choice from the address and
//! a grid as rows of cells.

pub(crate) mod gap;
pub(crate) mod note;
pub(crate) mod tags;
pub(crate) mod unfunded;

use std::collections::BTreeSet;

use romduol_app::AppError;
use romduol_app::money::{Cell, Grid};
use romduol_plan::State;
use romduol_plan::kinds::{Area, AreaLevel, CostLine, Currency, Funding, Theme};
use romduol_plan::money::gap::Choice;

use crate::chrome::Chrome;
use crate::viewer::Viewer;

/// A grid ready to be shown: the cells are text.
pub(crate) struct Shown {
    pub title: String,
    /// What a column is called, and whether it holds numbers.
    pub heads: Vec<(String, bool)>,
    pub rows: Vec<Row>,
    /// Something made up is in it; the caption says so in words.
    pub made_up: bool,
}

pub(crate) struct Row {
    pub name: String,
    pub path: Option<String>,
    /// The text of a cell, and whether it is a made-up amount.
    pub cells: Vec<(String, bool)>,
    pub total: bool,
}

pub(crate) fn shown(viewer: &Viewer, grid: &Grid) -> Shown {
    let row = |line: &romduol_app::money::Line| {
        let mut cells = line.cells.iter().map(|cell| grid.shown(viewer.locale, cell));
        let made_up = |cell: &Cell| line.made_up && matches!(cell, Cell::Amount(amount) if !amount.is_zero());
        Row {
            name: cells.next().unwrap_or_default(),
            path: line.path.clone(),
            cells: cells.zip(line.cells[1..].iter().map(made_up)).collect(),
            total: line.total,
        }
    };
    Shown {
        title: grid.title.clone(),
        heads: grid.heads.iter().map(|head| (head.label.clone(), head.numbers)).collect(),
        rows: grid.rows.iter().map(row).collect(),
        made_up: grid.rows.iter().any(|line| line.made_up),
    }
}

/// The currency that the address asks for; riel where it asks for none.
pub(crate) fn currency(viewer: &Viewer) -> Result<Currency, AppError> {
    Ok(viewer.chosen("currency")?.unwrap_or(Currency::Khr))
}

/// What the address asks for. An unknown place or issue is refused, not ignored: it would show everything.
pub(crate) fn choice(viewer: &Viewer) -> Result<Choice, AppError> {
    let state = &viewer.snapshot.state;
    let bad = |value: &str| AppError::Bad(romduol_plan::Say::new("refused-bad-choice").words("value", value));
    let year = viewer.asked("year").map(|year| year.parse().map_err(|_| bad(year))).transpose()?;
    let theme =
        viewer.asked("theme").map(|id| state.find::<Theme>(id).map(|theme| theme.id.clone()).ok_or_else(|| bad(id)));
    let area = viewer.asked("area").map(|id| state.find::<Area>(id).map(|area| area.id.clone()).ok_or_else(|| bad(id)));
    Ok(Choice { year, theme: theme.transpose()?, area: area.transpose()? })
}

/// An option of a list: value, name, chosen.
pub(crate) type Options = Vec<(String, String, bool)>;

/// The years that any cost or money belongs to.
pub(crate) fn years(state: &State, chosen: Option<i32>) -> Options {
    let costs = state.all::<CostLine>().map(|line| line.year);
    let all: BTreeSet<i32> = costs.chain(state.all::<Funding>().map(|one| one.year)).chain(chosen).collect();
    all.into_iter().map(|year| (year.to_string(), year.to_string(), Some(year) == chosen)).collect()
}

pub(crate) fn themes(viewer: &Viewer, c: &Chrome, chosen: Option<&str>) -> Options {
    let option = |theme: &std::sync::Arc<Theme>| {
        (theme.id.clone(), format!("{} {}", theme.id, c.plain(&theme.title)), Some(theme.id.as_str()) == chosen)
    };
    viewer.snapshot.state.all::<Theme>().map(option).collect()
}

/// The areas of the level that the plan shows on its map, by name.
pub(crate) fn areas(viewer: &Viewer, c: &Chrome, chosen: Option<&str>) -> Options {
    let state = &viewer.snapshot.state;
    let level = state.plan().map_or(AreaLevel::Province, |plan| plan.map_level);
    let wanted = |area: &&std::sync::Arc<Area>| area.level == level || Some(area.id.as_str()) == chosen;
    let option = |area: &std::sync::Arc<Area>| (area.id.clone(), c.plain(&area.name), Some(area.id.as_str()) == chosen);
    let mut list: Options = state.all::<Area>().filter(wanted).map(option).collect();
    viewer.locale.sort_by_name(&mut list, |(_, name, _)| name);
    list
}

pub(crate) fn currencies(c: &Chrome, chosen: Currency) -> Options {
    Currency::ALL.iter().map(|one| (one.code().to_string(), c.code(one.code()), *one == chosen)).collect()
}
