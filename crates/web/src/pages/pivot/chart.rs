//! The chart beside a pivot table: small lines where time lies along an axis, bars elsewhere; none where units differ or
//! where it would be too long to read.

use romduol_app::pivot_book::head_name;
use romduol_app::progress_report::cut;
use romduol_plan::Period;
use romduol_plan::answers::has_base;
use romduol_plan::completeness::Lacks;
use romduol_plan::pivot::{Axis, Cell, Choice, Head, Measure, Section, Table};
use romduol_report::chart::bars::{Bar, BarRow, BarsInput};
use romduol_report::chart::multiples::{MultiplesInput, Panel};
use romduol_report::{AxisText, Markup, scene, svg};

use super::{about, written};
use crate::viewer::Viewer;

/// More panels or bars than this are a long way to scroll and say less than the table.
const MOST_PANELS: usize = 30;
const MOST_BARS: usize = 40;

/// The cells of one row or column, with what they are about.
type Strip<'a> = (&'a Head, Vec<(&'a Head, Option<Cell>)>);

pub(super) fn draw(viewer: &Viewer, choice: &Choice, table: &Table, section: &Section) -> Markup {
    if !one_unit(choice, section) {
        return Markup::default();
    }
    // A sum beside its parts would flatten them; a ratio of all is of their size.
    let sums = section.indicator.as_ref().is_none_or(|i| !has_base(i.kind)) || choice.measure != Measure::Value;
    let drawn = |head: &Head| !sums || *head != Head::Total;
    let by_row: Vec<Strip> = table
        .rows
        .iter()
        .zip(&section.cells)
        .filter(|(row, _)| drawn(row))
        .map(|(row, cells)| (row, table.columns.iter().zip(cells.iter().copied()).collect()))
        .collect();
    let by_column: Vec<Strip> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| drawn(column))
        .map(|(n, column)| (column, table.rows.iter().zip(section.cells.iter().map(|row| row[n])).collect()))
        .collect();
    let over_time = |axis: &Axis, heads: &[Head]| *axis == Axis::Period && heads.len() > 1;
    if over_time(&choice.columns, &table.columns) {
        lines(viewer, choice, section, &by_row)
    } else if over_time(&choice.rows, &table.rows) {
        lines(viewer, choice, section, &by_column)
    } else {
        bars(viewer, choice, table, section, &by_row)
    }
}

fn one_unit(choice: &Choice, section: &Section) -> bool {
    let same = choice.indicators.windows(2).all(|pair| pair[0].unit == pair[1].unit);
    section.indicator.is_some() || choice.measure != Measure::Value || same
}

fn title(viewer: &Viewer, section: &Section) -> String {
    let name = section.indicator.as_ref().map(|indicator| indicator.name.get(viewer.lang()).to_string());
    name.unwrap_or_else(|| viewer.locale.t("indicators"))
}

/// A long name is cut in a chart, so an indicator's begins with its code.
fn label(viewer: &Viewer, choice: &Choice, head: &Head) -> String {
    let name = head_name(viewer.locale, choice.measure, head);
    if let Head::Indicator(indicator) = head { format!("{} {name}", indicator.id) } else { name }
}

fn text(viewer: &Viewer, choice: &Choice, section: &Section, heads: (&Head, &Head), value: f64) -> String {
    written(viewer, choice.measure, about(section, heads.0, heads.1), value)
}

/// A small line for each strip; its total over time, if any, is no point of it.
fn lines(viewer: &Viewer, choice: &Choice, section: &Section, strips: &[Strip]) -> Markup {
    if strips.len() > MOST_PANELS {
        return Markup::default();
    }
    let locale = viewer.locale;
    let panel = |(head, cells): &Strip| {
        let point = |(along, cell): &(&Head, Option<Cell>)| match (along, cell) {
            (Head::Period(period), Some(Cell { value: Some(value), lacks, .. })) => {
                Some(((period.middle_as_year(), *value), *lacks))
            }
            _ => None,
        };
        let (points, lacks): (Vec<(f64, f64)>, Vec<Lacks>) = cells.iter().filter_map(point).unzip();
        let newest = points.last().zip(lacks.last()).map(|((_, value), lacks)| {
            format!("{}{}", lacks.sign(), text(viewer, choice, section, (head, head), *value))
        });
        let label = label(viewer, choice, head);
        Panel {
            tooltip: format!("{label}: {}", newest.clone().unwrap_or_default()),
            label,
            points,
            incomplete: (0..lacks.len()).filter(|n| lacks[*n] != Lacks::Nothing).collect(),
            end_label: newest.unwrap_or_default(),
            status: None,
            illustrative: cells.iter().filter_map(|(_, cell)| *cell).any(|c| c.illustrative && c.value.is_some()),
        }
    };
    let input = MultiplesInput {
        title: title(viewer, section),
        description: choice.place.name.get(viewer.lang()).to_string(),
        width: scene::PHONE_WIDTH,
        panels: strips.iter().map(panel).collect(),
        target: None,
        no_data: locale.t("status-no-data"),
    };
    let time = |x: f64| Period::over(x, choice.every).to_string();
    let axis = AxisText { value: &|v| locale.number(v, 1), time: &time, cut: &|v| cut(locale, v) };
    svg::svg(&romduol_report::multiples(&input, &axis))
}

/// Up to two bars a row; of more columns the total, or each by itself where they are few.
fn bars(viewer: &Viewer, choice: &Choice, table: &Table, section: &Section, strips: &[Strip]) -> Markup {
    let locale = viewer.locale;
    let name = |head: &Head| label(viewer, choice, head);
    let parts = table.columns.iter().filter(|head| **head != Head::Total).count();
    let total = table.columns.len() > parts;
    let bar = |row: &Head, (column, cell): &(&Head, Option<Cell>)| {
        let value = cell.and_then(|cell| cell.value);
        let lacks = cell.map_or(Lacks::Nothing, |cell| cell.lacks);
        let text = value.map(|value| text(viewer, choice, section, (row, column), value)).unwrap_or_default();
        let text = format!("{}{text}", lacks.sign());
        let incomplete = value.is_some() && lacks != Lacks::Nothing;
        let illustrative = value.is_some() && cell.is_some_and(|cell| cell.illustrative);
        // Two series are told apart by their colours; what is made up then has the star of the table.
        let starred = illustrative && parts == 2;
        let text = if starred { format!("{text} *") } else { text };
        Bar { value, text, illustrative: illustrative && !starred, incomplete }
    };
    let row = |label: String, head: &Head, bars: Vec<Bar>| {
        let values: Vec<&str> = bars.iter().map(|bar| bar.text.as_str()).collect();
        let tooltip = format!("{label}: {}", values.join(" · "));
        BarRow { label, bars, target: None, tooltip, emphasis: *head == Head::Total }
    };
    let (rows, series): (Vec<BarRow>, Vec<String>) = if parts <= 2 {
        let of = |(head, cells): &Strip| row(name(head), head, cells[..parts].iter().map(|c| bar(head, c)).collect());
        (strips.iter().map(of).collect(), table.columns[..parts].iter().map(name).collect())
    } else if strips.len() * parts <= MOST_BARS {
        let of = |(head, cells): &Strip| {
            let each = |cell: &(&Head, Option<Cell>)| {
                row(format!("{} · {}", name(head), name(cell.0)), head, vec![bar(head, cell)])
            };
            cells[..parts].iter().map(each).collect::<Vec<_>>()
        };
        (strips.iter().flat_map(of).collect(), Vec::new())
    } else if total {
        let of = |(head, cells): &Strip| row(name(head), head, cells[parts..].iter().map(|c| bar(head, c)).collect());
        (strips.iter().map(of).collect(), Vec::new())
    } else {
        return Markup::default();
    };
    if rows.len() > MOST_BARS {
        return Markup::default();
    }
    let input = BarsInput {
        title: title(viewer, section),
        description: choice.place.name.get(viewer.lang()).to_string(),
        width: scene::PHONE_WIDTH,
        rows,
        series,
        max: None,
        no_data: locale.t("status-no-data"),
        target_name: String::new(),
    };
    svg::svg(&romduol_report::bars(&input))
}
