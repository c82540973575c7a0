//! The pivot page: what the reader chose as a table with its coverage and a chart, and the same to take home. The address
//! holds the whole choice, so that a link keeps it.

mod chart;
mod form;

use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use romduol_app::AppError;
use romduol_app::pivot_book::{Book, KEPT_BACK, axis_name, decimals, head_name, level_key, measure_name};
use romduol_plan::Say;
use romduol_plan::completeness::Lacks;
use romduol_plan::kinds::Indicator;
use romduol_plan::permission::Act;
use romduol_plan::pivot::{Axis, Cell, Choice, Head, Measure, Section, ShowCoverage, Table, coarser, table};
use romduol_report::Markup;

use self::form::Form;
use super::scorecard::with_unit;
use crate::address::path;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

type Pairs = Query<Vec<(String, String)>>;

/// A cell as it stands on the page. Blank where a number would have no meaning.
#[derive(Default)]
struct Shown {
    value: String,
    coverage: String,
    incomplete: bool,
    illustrative: bool,
}

struct Line {
    /// The code of an indicator.
    code: String,
    name: String,
    link: Option<String>,
    total: bool,
    cells: Vec<Shown>,
}

struct Part {
    id: String,
    title: String,
    caption: String,
    corner: String,
    columns: Vec<String>,
    lines: Vec<Line>,
    chart: Markup,
    incomplete: bool,
    illustrative: bool,
}

#[derive(askama::Template)]
#[template(path = "pivot.html")]
struct PivotPage {
    c: Chrome,
    form: Form,
    says: Vec<String>,
    parts: Vec<Part>,
    /// Coverage in columns of its own, rather than below the number.
    own_columns: bool,
    query: String,
    /// Coarser tables of which more is told: what they are, and where.
    coarser: Vec<(String, String)>,
}

/// What was asked for: the choice, what could not be read of it, and its table or why there is none.
struct Asked {
    choice: Choice,
    says: Vec<Say>,
    table: Result<Table, Say>,
}

fn ask(viewer: &Viewer, pairs: &[(String, String)]) -> Result<Asked, AppError> {
    viewer.person.post.may(Act::ReadPlan)?;
    let view = viewer.view();
    let may_read = |indicator: &Indicator| viewer.may_read(indicator);
    let read = Choice::read(&view, pairs, &may_read);
    let (choice, mut says) = read.ok_or_else(|| AppError::Bad(Say::new("pivot-nothing")))?;
    let table = table(&view, &choice);
    if table.as_ref().is_ok_and(Table::keeps_back) {
        says.push(Say::new("pivot-kept-back"));
    } else if table.as_ref().is_ok_and(Table::is_empty) {
        says.push(Say::new("pivot-empty"));
    }
    Ok(Asked { choice, says, table })
}

async fn note(viewer: &Viewer, choice: &Choice) {
    for indicator in &choice.indicators {
        viewer.note_reading(indicator).await;
    }
}

pub(crate) async fn show(viewer: Viewer, Query(pairs): Pairs) -> Page {
    let Asked { choice, mut says, table } = ask(&viewer, &pairs)?;
    note(&viewer, &choice).await;
    let mut parts = Vec::new();
    match &table {
        Ok(table) if !table.is_empty() || table.keeps_back() => {
            parts = table.sections.iter().map(|section| part(&viewer, &choice, table, section)).collect();
        }
        Ok(_) => {}
        Err(too_many) => says.push(too_many.clone()),
    }
    render(&PivotPage {
        c: Chrome::of(&viewer, viewer.locale.t("menu-pivot")),
        form: Form::of(&viewer, &choice),
        says: says.iter().map(|say| viewer.locale.tell(say)).collect(),
        own_columns: choice.coverage == ShowCoverage::Columns,
        query: form::address(&viewer, &choice),
        coarser: table.iter().flat_map(|table| instead(&viewer, &choice, table)).collect(),
        parts,
    })
}

fn instead(viewer: &Viewer, choice: &Choice, of: &Table) -> Vec<(String, String)> {
    let found = coarser(&viewer.view(), choice, of).into_iter();
    found.map(|one| (viewer.locale.tell(&one.how), form::address(viewer, &one.choice))).collect()
}

/// The indicator that a cell is about.
fn about<'a>(section: &'a Section, row: &'a Head, column: &'a Head) -> Option<&'a Indicator> {
    section.indicator.as_deref().or(of_indicator(row)).or(of_indicator(column))
}

fn of_indicator(head: &Head) -> Option<&Indicator> {
    if let Head::Indicator(indicator) = head { Some(indicator) } else { None }
}

/// A number as the page writes it.
fn written(viewer: &Viewer, measure: Measure, indicator: Option<&Indicator>, value: f64) -> String {
    let places = indicator.map_or(0, |indicator| decimals(indicator, measure));
    let unit = indicator.filter(|_| measure == Measure::Value).map_or("", |indicator| &indicator.unit);
    // As many decimals in every cell, so that a column stands in line.
    with_unit(&viewer.locale.fixed(value, places.into()), unit)
}

fn part(viewer: &Viewer, choice: &Choice, table: &Table, section: &Section) -> Part {
    let (locale, state) = (viewer.locale, &viewer.snapshot.state);
    let line = |(row, cells): (&Head, &Vec<Option<Cell>>)| Line {
        name: head_name(locale, choice.measure, row),
        code: of_indicator(row).map(|indicator| indicator.id.clone()).unwrap_or_default(),
        link: of_indicator(row).map(|indicator| path(&["indicators", &indicator.id])),
        total: *row == Head::Total,
        cells: cells
            .iter()
            .zip(&table.columns)
            .map(|(cell, column)| cell.map(|cell| shown(viewer, choice, about(section, row, column), &cell)))
            .map(Option::unwrap_or_default)
            .collect(),
    };
    let lines: Vec<Line> = table.rows.iter().zip(&section.cells).map(line).collect();
    let mut caption = vec![choice.place.name.get(viewer.lang()).to_string()];
    if choice.has(&Axis::Place) && choice.level.is_some() {
        caption.push(locale.t(&level_key(choice)));
    }
    caption.extend(table.at.map(|period| locale.period(period)));
    caption.push(match choice.measure {
        Measure::Value => section.indicator.as_ref().map_or(locale.t("value"), |indicator| {
            format!("{} ({})", locale.t("value"), locale.word("unit", &indicator.unit))
        }),
        measure => measure_name(locale, measure),
    });
    let title = section.indicator.as_ref().map(|indicator| indicator.name.get(viewer.lang()).to_string());
    Part {
        id: section.indicator.as_ref().map(|indicator| indicator.id.clone()).unwrap_or_default(),
        title: title.unwrap_or_else(|| locale.t("indicators")),
        caption: caption.join(" · "),
        corner: axis_name(state, locale, &choice.rows),
        columns: table.columns.iter().map(|head| head_name(locale, choice.measure, head)).collect(),
        chart: chart::draw(viewer, choice, table, section),
        incomplete: lines.iter().flat_map(|line| &line.cells).any(|cell| cell.incomplete),
        illustrative: lines.iter().flat_map(|line| &line.cells).any(|cell| cell.illustrative),
        lines,
    }
}

fn shown(viewer: &Viewer, choice: &Choice, indicator: Option<&Indicator>, cell: &Cell) -> Shown {
    let count = |n: u32| viewer.locale.number(f64::from(n), 0);
    let counted = choice.coverage != ShowCoverage::No && cell.expected > 0;
    Shown {
        value: match cell.value {
            Some(value) => format!("{}{}", cell.lacks.sign(), written(viewer, choice.measure, indicator, value)),
            None if cell.kept_back => KEPT_BACK.into(),
            None => "–".into(),
        },
        incomplete: cell.lacks != Lacks::Nothing && cell.value.is_some(),
        coverage: if counted { format!("{}/{}", count(cell.reported), count(cell.expected)) } else { String::new() },
        illustrative: cell.illustrative && cell.value.is_some(),
    }
}

pub(crate) async fn csv(viewer: Viewer, Query(pairs): Pairs) -> Page {
    let bytes = with_book(&viewer, &pairs, |book| {
        romduol_report::csv(&book.single()).map_err(|error| AppError::fault(error.to_string()))
    })
    .await?;
    Ok(download(&viewer, "text/csv; charset=utf-8", "csv", bytes))
}

pub(crate) async fn xlsx(viewer: Viewer, Query(pairs): Pairs) -> Page {
    let unix = viewer.site.app.now().unix;
    let title = viewer.locale.t("menu-pivot");
    let bytes = with_book(&viewer, &pairs, |book| {
        romduol_report::xlsx(&title, &book.sheets(), unix).map_err(|error| AppError::fault(error.to_string()))
    })
    .await?;
    Ok(download(&viewer, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", bytes))
}

async fn with_book(
    viewer: &Viewer,
    pairs: &[(String, String)],
    write: impl FnOnce(&Book) -> Result<Vec<u8>, AppError>,
) -> Result<Vec<u8>, AppError> {
    let Asked { choice, says, table } = ask(viewer, pairs)?;
    note(viewer, &choice).await;
    let table = table.map_err(AppError::Bad)?;
    write(&Book {
        snapshot: &viewer.snapshot,
        locale: viewer.locale,
        choice: &choice,
        table: &table,
        notes: &says,
        illustrative: viewer.illustrative,
        today: viewer.site.app.now().date,
    })
}

fn download(viewer: &Viewer, kind: &str, ending: &str, bytes: Vec<u8>) -> axum::response::Response {
    let name = format!("attachment; filename=\"pivot-{}.{ending}\"", viewer.site.app.now().date);
    ([(CONTENT_TYPE, kind.to_string()), (CONTENT_DISPOSITION, name)], bytes).into_response()
}
