//! Who has not reported although the day has passed, as a table. Refuses to know where it stands.

use romduol_locale::Locale;
use romduol_plan::kinds::{Assignment, Institution};
use romduol_plan::returns::{Due, owed};
use romduol_plan::{Date, Period, State};
use romduol_report::Block;
use romduol_report::document::{Cell, Column, Table};

/// The late returns of the periods that are asked for, a row for each unit; none where nothing is late.
pub(crate) fn table(state: &State, locale: &Locale, today: Date, asked: impl Fn(Period) -> bool) -> Option<Block> {
    let mut rows = Vec::new();
    for assignment in state.all::<Assignment>() {
        let owed = owed(state, assignment, today);
        let late: Vec<&Due> = owed.iter().filter(|due| due.overdue(today) && asked(due.period)).collect();
        let Some(newest) = late.first() else { continue };
        let body = state.find::<Institution>(&assignment.institution);
        let periods: Vec<String> = late.iter().rev().map(|due| locale.period(due.period)).collect();
        rows.push(vec![
            Cell::text(body.map(|body| body.name.get(locale.lang).to_string()).unwrap_or_default()),
            Cell::text(newest.form.name.get(locale.lang)),
            Cell::text(periods.join(", ")),
        ]);
    }
    let columns = vec![
        Column::text(locale.t("institution"), 2.0),
        Column::text(locale.t("form"), 1.5),
        Column::text(locale.t("period"), 1.5),
    ];
    let table = Table { caption: locale.t("late-rule"), columns, rows, note: String::new() };
    (!table.rows.is_empty()).then_some(Block::Table(table))
}
