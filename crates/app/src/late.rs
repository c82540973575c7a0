//! Who has not reported although the day has passed, form by form. Refuses to know where it stands.

use std::collections::BTreeSet;

use romduol_locale::Locale;
use romduol_plan::kinds::{Area, Assignment, Form, Id, Institution};
use romduol_plan::returns::{Due, owed};
use romduol_plan::{Date, Period, State};
use romduol_report::Block;
use romduol_report::document::{Cell, Column, Table};

/// The forms with which a unit is late and how often, as `Quarterly form: 2, Yearly form: 1`. A unit that reports about
/// several places is late with a form for each.
pub fn forms(state: &State, locale: &Locale, late: &[(Id, usize)]) -> String {
    let areas: BTreeSet<&Id> =
        late.iter().filter_map(|(id, _)| state.find::<Assignment>(id)).map(|assignment| &assignment.area).collect();
    let told = |(id, count): &(Id, usize)| {
        let assignment = state.find::<Assignment>(id)?;
        let form = state.find::<Form>(&assignment.form)?.name.get(locale.lang);
        let area = state.find::<Area>(&assignment.area).filter(|_| areas.len() > 1);
        let area = area.map(|area| format!(" ({})", area.name.get(locale.lang))).unwrap_or_default();
        Some(format!("{form}{area}: {}", locale.number(*count as f64, 0)))
    };
    late.iter().filter_map(told).collect::<Vec<_>>().join(", ")
}

/// The returns that are late of all periods up to the end of one, a row for each unit and form; none where nothing is
/// late. A return of a year is asked for in the next one, so a year alone would leave out what its report prints.
pub(crate) fn table(state: &State, locale: &Locale, today: Date, until: Period) -> Option<Block> {
    let mut rows = Vec::new();
    let asked = |due: &&Due| due.period.last_month() <= until.last_month();
    for assignment in state.all::<Assignment>() {
        let owed = owed(state, assignment, today);
        let late: Vec<&Due> = owed.iter().filter(|due| due.overdue(today) && asked(due)).collect();
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
    let (until, today) = (locale.period(until), locale.date(today));
    let covers = [("until", (&until).into()), ("date", (&today).into())];
    let caption = format!("{} {}", locale.t("late-rule"), locale.say("late-covers", &covers));
    let table = Table { caption, columns, rows, note: String::new() };
    (!table.rows.is_empty()).then_some(Block::Table(table))
}
