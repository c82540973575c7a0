//! The values of indicators as tables: how those of a node stand, and everything one indicator's page shows. Refuses to
//! know who asks: what may be read comes in.

use std::sync::Arc;

use romduol_locale::Locale;
use romduol_plan::kinds::{Area, Category, Dimension, Indicator, Target};
use romduol_plan::readings::{Reading, Source, View};
use romduol_plan::totals::Total;
use romduol_plan::{Id, Period, Text};
use romduol_report::{Field, Sheet};

use super::{optional, sheet};

/// How the indicators of a node stand at the end of a period. What the reader may not read has its status only.
pub fn standings(
    view: &View,
    locale: &Locale,
    indicators: &[&Arc<Indicator>],
    at: Period,
    may_read: &dyn Fn(&Indicator) -> bool,
) -> Sheet {
    let heads = [
        "pivot-code",
        "indicator",
        "field-unit",
        "value",
        "period",
        "status",
        "target",
        "target-period",
        "coverage-or-source",
        "illustrative",
    ];
    let row = |indicator: &&Arc<Indicator>| {
        let standing = view.standing(indicator, at);
        let reading = standing.reading.as_ref().filter(|_| may_read(indicator));
        let target = standing.targets.last();
        let period = |period: Period| Field::text(period.to_string());
        let made_up = reading.is_some_and(|r| r.illustrative) || target.is_some_and(|t| t.illustrative);
        vec![
            Field::text(&indicator.id),
            Field::text(indicator.name.get(locale.lang)),
            optional(&indicator.unit),
            reading.map_or(Field::Empty, |r| number(r.value, r.illustrative)),
            reading.map_or(Field::Empty, |r| period(r.period)),
            Field::text(locale.t(&format!("status-{}", standing.status().code()))),
            target.map_or(Field::Empty, |t| number(t.value, t.illustrative)),
            target.map_or(Field::Empty, |t| period(t.period)),
            reading.map_or(Field::Empty, |r| source(locale, r)),
            mark(locale, made_up),
        ]
    };
    sheet(locale, "indicators", &heads, indicators.iter().map(row).collect())
}

/// Everything an indicator's page shows in numbers: values with their sources, targets, and the newest value by place and
/// by group.
pub fn indicator(view: &View, locale: &Locale, indicator: &Indicator, at: Period) -> Sheet {
    let heads =
        ["table-part", "field-title", "period", "value", "coverage-or-source", "counts-or-beside", "illustrative"];
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let series = view.series(indicator, &country);
    let mut rows: Vec<(Period, Vec<Field>)> = Vec::new();
    for (reading, key) in
        series.counted.iter().map(|r| (r, "counts")).chain(series.beside.iter().map(|r| (r, "beside")))
    {
        let row = [locale.t("values"), indicator.name.get(locale.lang).into()].map(Field::text).into_iter();
        let row = row.chain([Field::text(reading.period.to_string()), number(reading.value, reading.illustrative)]);
        let row = row.chain([source(locale, reading), Field::text(locale.t(key)), mark(locale, reading.illustrative)]);
        rows.push((reading.period, row.collect()));
    }
    rows.sort_by_key(|(period, _)| std::cmp::Reverse(*period));
    let mut rows: Vec<Vec<Field>> = rows.into_iter().map(|(_, row)| row).collect();
    let targets = view.targets(indicator, &country).into_iter().chain(view.thresholds(indicator, &country));
    rows.extend(targets.chain(view.for_groups(indicator, &country)).map(|one| target(view, locale, &one)));
    if let Some(latest) = series.counted.iter().rfind(|r| r.period.last_month() <= at.last_month()) {
        rows.extend(parts(view, locale, indicator, &country, latest));
    }
    sheet(locale, "indicator", &heads, rows)
}

fn target(view: &View, locale: &Locale, target: &Target) -> Vec<Field> {
    let group = |id: &String| {
        let category = view.state.find::<Category>(id);
        category.map_or(id.clone(), |category| category.name.get(locale.lang).to_string())
    };
    let kind = locale.t(&format!("target-{}", target.kind.code()));
    vec![
        Field::text(locale.t("targets")),
        Field::text([kind].into_iter().chain(target.categories.iter().map(group)).collect::<Vec<_>>().join(" · ")),
        Field::text(target.period.to_string()),
        number(target.value, target.illustrative),
        optional(target.note.get(locale.lang)),
        Field::Empty,
        mark(locale, target.illustrative),
    ]
}

/// The newest value by place, then along each dimension.
fn parts(view: &View, locale: &Locale, indicator: &Indicator, country: &str, latest: &Reading) -> Vec<Vec<Field>> {
    let state = view.state;
    let row = |part: String, name: String, value: f64| {
        let head = [part, name, latest.period.to_string()].map(Field::text).into_iter();
        let tail = [Field::Empty, Field::Empty, mark(locale, latest.illustrative)];
        head.chain([number(value, latest.illustrative)]).chain(tail).collect::<Vec<_>>()
    };
    let text = |text: &Text| text.get(locale.lang).to_string();
    let places = view.totals.children(indicator, country, latest.period).into_iter();
    let place = |(area, total): (Id, Total)| Some((text(&state.find::<Area>(&area)?.name), total.value));
    let places: Vec<(String, f64)> = places.filter_map(place).collect();
    let mut rows: Vec<_> = places.into_iter().map(|(name, value)| row(locale.t("by-place"), name, value)).collect();
    let dimensions = indicator.dimensions.iter().chain(&indicator.overlapping);
    for dimension in dimensions.filter_map(|id| state.find::<Dimension>(id)) {
        let found = view.totals.breakdown(state, indicator, &dimension.id, country, latest.period);
        rows.extend(found.into_iter().map(|(category, total)| {
            let category = category.and_then(|id| state.find::<Category>(&id));
            let name = category.map_or_else(|| locale.t("not-stated"), |category| text(&category.name));
            row(text(&dimension.name), name, total.value)
        }));
    }
    rows
}

fn number(value: f64, illustrative: bool) -> Field {
    Field::Number { value, decimals: 1, illustrative }
}

fn mark(locale: &Locale, made_up: bool) -> Field {
    if made_up { Field::text(locale.t("yes")) } else { Field::Empty }
}

fn source(locale: &Locale, reading: &Reading) -> Field {
    match &reading.source {
        Source::Returns { reported, expected } => Field::text(locale.say(
            "from-returns",
            &[("reported", (*reported as usize).into()), ("expected", (*expected as usize).into())],
        )),
        Source::Figure(figure) => Field::text(format!("{} {}", figure.id, figure.section)),
    }
}
