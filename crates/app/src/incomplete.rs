//! The values of which not all has come, and whose numbers are missing, and why: told before a report or an edition uses them, and in it.
//! Refuses to decide what becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use romduol_locale::Locale;
use romduol_plan::alike::{Absent, Why};
use romduol_plan::kinds::*;
use romduol_plan::readings::{Standing, View};
use romduol_plan::{Id, Period};
use romduol_report::Block;
use romduol_report::document::{Cell, Column, Table};

/// More names than this are counted.
const NAMED: usize = 12;

/// An indicator whose value at the end of a period is incomplete.
pub struct Incomplete {
    pub indicator: Arc<Indicator>,
    /// The value with its period and its mark.
    pub value: String,
    /// Whose numbers are not in it, and why.
    pub missing: String,
}

/// The incomplete values that a report on the end of a period would use, by indicator.
pub fn incomplete(
    view: View<'_>,
    locale: &'static Locale,
    at: Period,
    may_read: &dyn Fn(&Indicator) -> bool,
) -> Vec<Incomplete> {
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let readable = view.state.all::<Indicator>().filter(|indicator| may_read(indicator));
    let of = |standing: Standing| {
        let reading = standing.reading.filter(|reading| reading.incomplete().is_some())?;
        let notes = view.notes(&standing.indicator, &country, &reading);
        let notes: Vec<String> = notes.iter().map(|say| locale.tell(say)).collect();
        let number = format!("{}{}", reading.sign(), locale.number(reading.value, 1));
        let percent = if standing.indicator.unit == "%" { "\u{a0}%" } else { "" };
        Some(Incomplete {
            value: format!("{number}{percent} ({}): {}", locale.period(reading.period), notes.join("; ")),
            missing: names(view, locale, &view.absent(&standing.indicator, &country, &reading)),
            indicator: standing.indicator,
        })
    };
    readable.filter_map(|indicator| of(view.standing(indicator, at))).collect()
}

/// Those whose numbers are missing with the periods that they are missing for, why by why, as many as can be read at a
/// glance.
pub fn names(view: View, locale: &Locale, absent: &[Absent]) -> String {
    let mut by_why: BTreeMap<Why, BTreeMap<&Id, Vec<Period>>> = BTreeMap::new();
    for one in absent {
        by_why.entry(one.why).or_default().entry(&one.assignment.id).or_default().push(one.period);
    }
    let told = |(why, units): (&Why, &BTreeMap<&Id, Vec<Period>>)| {
        format!("{}: {}", locale.tell(&why.say()), units_of(view, locale, units))
    };
    by_why.iter().map(told).collect::<Vec<_>>().join(". ")
}

fn units_of(view: View, locale: &Locale, units: &BTreeMap<&Id, Vec<Period>>) -> String {
    let mut named: Vec<(String, String)> = units
        .iter()
        .take(NAMED)
        .map(|(id, periods)| {
            let periods: Vec<String> = periods.iter().map(|period| locale.period(*period)).collect();
            (unit(view, locale, id), periods.join(", "))
        })
        .collect();
    locale.sort_by_name(&mut named, |(name, _)| name);
    let mut parts: Vec<String> = named.into_iter().map(|(name, periods)| format!("{name} ({periods})")).collect();
    let more = units.len().saturating_sub(NAMED);
    parts.extend((more > 0).then(|| locale.say("and-more", &[("count", more.into())])));
    parts.join("; ")
}

/// A unit by the name of what it reports for: its place, or its institution.
fn unit(view: View<'_>, locale: &Locale, id: &str) -> String {
    let Some(unit) = view.state.find::<Assignment>(id) else { return id.to_string() };
    let by_area = view.state.find::<Form>(&unit.form).is_some_and(|form| form.audience == Audience::Area);
    let name = match by_area {
        true => view.state.find::<Area>(&unit.area).map(|area| &area.name),
        false => view.state.find::<Institution>(&unit.institution).map(|body| &body.name),
    };
    name.map_or_else(|| id.to_string(), |name| name.get(locale.lang).to_string())
}

/// The same as a table of a report; none where every value is whole.
pub fn table(
    view: View<'_>,
    locale: &'static Locale,
    at: Period,
    may_read: &dyn Fn(&Indicator) -> bool,
) -> Option<Block> {
    let found = incomplete(view, locale, at, may_read);
    let row = |one: &Incomplete| {
        let name = format!("{} {}", one.indicator.id, one.indicator.name.get(locale.lang));
        [name, one.value.clone(), one.missing.clone()].map(Cell::text).into()
    };
    let columns = vec![
        Column::text(locale.t("indicator"), 1.6),
        Column::text(locale.t("value"), 2.0),
        Column::text(locale.t("not-reported"), 2.4),
    ];
    let rows: Vec<Vec<Cell>> = found.iter().map(row).collect();
    let caption = locale.t("incomplete-values");
    (!rows.is_empty()).then_some(Block::Table(Table { caption, columns, rows, note: locale.t("incomplete-hint") }))
}
