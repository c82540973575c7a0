//! The values of indicators as tables: how those of a node stand, and everything one indicator's page shows. Refuses to
//! know who asks: what may be read comes in.

use std::sync::Arc;

use romduol_locale::Locale;
use romduol_plan::kinds::{Area, Category, Dimension, Indicator, Target};
use romduol_plan::readings::{Reading, Source, View};
use romduol_plan::totals::{Total, months};
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
        "completeness",
        "computed",
        "public-reason",
    ];
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let row = |indicator: &&Arc<Indicator>| {
        let standing = view.standing(indicator, at);
        let reading = standing.reading.as_ref().filter(|_| may_read(indicator));
        let told = standing.told_status(may_read(indicator));
        let target = standing.aims.last();
        let period = |period: Period| Field::text(period.to_string());
        let made_up = reading.is_some_and(|r| r.illustrative) || target.is_some_and(|t| t.illustrative);
        vec![
            Field::text(&indicator.id),
            Field::text(indicator.name.get(locale.lang)),
            optional(&locale.word("unit", &indicator.unit)),
            reading.map_or(Field::Empty, |r| number(r.value, r.illustrative)),
            reading.map_or(Field::Empty, |r| period(r.period)),
            told.map_or(Field::Empty, |_| Field::text(locale.tell(&standing.say()))),
            target.map_or(Field::Empty, |t| number(t.value, t.illustrative)),
            target.map_or(Field::Empty, |t| period(t.period)),
            reading.map_or(Field::Empty, |r| source(locale, r)),
            mark(locale, made_up),
            match (reading, standing.why_nothing()) {
                (Some(r), _) => notes(view, locale, indicator, &country, r),
                (None, why) => why.map_or(Field::Empty, |why| Field::text(locale.tell(&why))),
            },
            told.map_or(Field::Empty, |_| Field::text(locale.word("status", standing.judgement.status.code()))),
            standing
                .set_by_person
                .as_ref()
                .filter(|_| told.is_some())
                .map_or(Field::Empty, |set| optional(set.reason.get(locale.lang))),
        ]
    };
    sheet(locale, "indicators", &heads, indicators.iter().map(row).collect())
}

/// Everything an indicator's page shows in numbers: values with their sources, targets, and the newest value by place and
/// by group.
pub fn indicator(view: &View, locale: &Locale, indicator: &Indicator, at: Period) -> Sheet {
    let heads = [
        "table-part",
        "field-title",
        "period",
        "value",
        "coverage-or-source",
        "counts-or-beside",
        "illustrative",
        "completeness",
    ];
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let mut series = view.series(indicator, &country);
    // The sums that are held against targets stand beside what they are made of.
    series.counted.extend(view.held_series(indicator, &country).counted.into_iter().filter(|r| r.parts().is_some()));
    series.counted.sort_by_key(|reading| reading.period);
    let mut rows: Vec<(Period, Vec<Field>)> = Vec::new();
    for (reading, key) in
        series.counted.iter().map(|r| (r, "counts")).chain(series.beside.iter().map(|r| (r, "beside")))
    {
        let row = [locale.t("values"), indicator.name.get(locale.lang).into()].map(Field::text).into_iter();
        let row = row.chain([Field::text(reading.period.to_string()), number(reading.value, reading.illustrative)]);
        let row = row.chain([source(locale, reading), Field::text(locale.t(key)), mark(locale, reading.illustrative)]);
        let row = row.chain([notes(view, locale, indicator, &country, reading)]);
        rows.push((reading.period, row.collect()));
    }
    rows.sort_by_key(|(period, _)| std::cmp::Reverse(*period));
    let mut rows: Vec<Vec<Field>> = rows.into_iter().map(|(_, row)| row).collect();
    let targets = view.targets(indicator, &country).into_iter().chain(view.thresholds(indicator, &country));
    rows.extend(targets.chain(view.for_groups(indicator, &country)).map(|one| target(view, locale, &one)));
    let held = view.held_series(indicator, &country).counted;
    if let Some(latest) = held.iter().rfind(|r| r.period.last_month() <= at.last_month()) {
        rows.extend(parts(view, locale, indicator, &country, latest));
    }
    sheet(locale, "indicator", &heads, rows)
}

fn target(view: &View, locale: &Locale, target: &Target) -> Vec<Field> {
    let group = |id: &String| {
        let category = view.state.find::<Category>(id);
        category.map_or(id.clone(), |category| category.name.get(locale.lang).to_string())
    };
    let kind = locale.word("target", target.kind.code());
    vec![
        Field::text(locale.t("targets")),
        Field::text([kind].into_iter().chain(target.categories.iter().map(group)).collect::<Vec<_>>().join(" · ")),
        Field::text(target.period.to_string()),
        number(target.value, target.illustrative),
        optional(target.note.get(locale.lang)),
        Field::Empty,
        mark(locale, target.illustrative),
        Field::Empty,
    ]
}

/// The newest value by place, then along each dimension.
fn parts(view: &View, locale: &Locale, indicator: &Indicator, country: &str, latest: &Reading) -> Vec<Vec<Field>> {
    let state = view.state;
    let row = |part: String, name: String, total: Total| {
        let head = [part, name, latest.period.to_string()].map(Field::text).into_iter();
        let came = view.totals.completeness(indicator, &months(latest.period), &total);
        let incomplete = came.mark().map_or(Field::Empty, |say| Field::text(locale.tell(&say)));
        let tail = [Field::Empty, Field::Empty, mark(locale, latest.illustrative), incomplete];
        head.chain([number(total.value, latest.illustrative)]).chain(tail).collect::<Vec<_>>()
    };
    let text = |text: &Text| text.get(locale.lang).to_string();
    let places = view.totals.children(indicator, country, latest.period).into_iter();
    let place = |(area, total): (Id, Total)| Some((text(&state.find::<Area>(&area)?.name), total));
    let places: Vec<(String, Total)> = places.filter_map(place).collect();
    let mut rows: Vec<_> = places.into_iter().map(|(name, total)| row(locale.t("by-place"), name, total)).collect();
    let dimensions = indicator.dimensions.iter().chain(&indicator.overlapping);
    for dimension in dimensions.filter_map(|id| state.find::<Dimension>(id)) {
        let found = view.totals.breakdown(state, indicator, &dimension.id, country, latest.period);
        rows.extend(found.into_iter().map(|(category, total)| {
            let category = category.and_then(|id| state.find::<Category>(&id));
            let name = category.map_or_else(|| locale.t("not-stated"), |category| text(&category.name));
            row(text(&dimension.name), name, total)
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

/// What is to be said where not all of a value came.
fn notes(view: &View, locale: &Locale, indicator: &Indicator, country: &str, reading: &Reading) -> Field {
    let notes: Vec<String> = view.notes(indicator, country, reading).iter().map(|say| locale.tell(say)).collect();
    optional(&notes.join(". "))
}

fn source(locale: &Locale, reading: &Reading) -> Field {
    match &reading.source {
        Source::Returns(came) => Field::text(locale.tell(&came.coverage())),
        Source::Figure(figure) => Field::text(format!("{} {}", figure.id, figure.section)),
        Source::Program(by) => Field::text(locale.tell(&by.say())),
    }
}
