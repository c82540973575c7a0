//! An edition as a workbook: how the plan stands, every number once with its mark, and what the columns mean.

use romduol_locale::Locale;
use romduol_plan::Lang;
use romduol_plan::kinds::Indicator;
use romduol_report::{Field, Sheet};

use crate::content::{Content, Figure, Measured, Observation};
use crate::figure::Numbers;
use crate::pages::{HIDDEN, colophon, name};

#[must_use]
pub fn sheets(content: &Content, lang: Lang) -> Vec<Sheet> {
    let locale = Locale::of(lang);
    vec![scorecard(content, locale), numbers(content, locale), about(content, locale)]
}

fn heads(locale: &Locale, keys: &[&str]) -> Vec<Field> {
    keys.iter().map(|key| Field::text(locale.t(key))).collect()
}

/// One of the numbers of an observation; one mark for all that is hidden.
fn number(at: &Observation, get: impl Fn(Numbers) -> Option<f64>) -> Field {
    let Some(numbers) = at.figure.numbers() else { return Field::text(HIDDEN) };
    let illustrative = at.illustrative;
    get(numbers).map_or(Field::Empty, |value| Field::Number { value, decimals: 1, illustrative })
}

fn figure(at: &Observation) -> Field {
    number(at, |numbers| Some(numbers.value))
}

/// That not all of a number came.
fn incomplete(at: &Observation, locale: &Locale) -> Field {
    let came = at.incomplete.as_ref().filter(|_| at.figure != Figure::Hidden);
    came.and_then(|came| came.mark()).map_or(Field::Empty, |say| Field::text(locale.tell(&say)))
}

fn title(indicator: &Indicator, locale: &Locale) -> Field {
    Field::text(indicator.name.get(locale.lang))
}

fn scorecard(content: &Content, locale: &Locale) -> Sheet {
    let country = content.body.country();
    let row = |measured: &Measured| {
        let at = measured.standing_at(country);
        let status = measured.status().map(|status| locale.tell(&status.say(&measured.indicator)));
        vec![
            Field::text(&measured.indicator.id),
            title(&measured.indicator, locale),
            at.map(figure).unwrap_or_default(),
            Field::text(locale.word("unit", &measured.indicator.unit)),
            at.map(|at| Field::text(locale.period(at.period))).unwrap_or_default(),
            Field::text(status.unwrap_or_else(|| HIDDEN.into())),
            at.map(|at| incomplete(at, locale)).unwrap_or_default(),
            measured.standing.official.as_ref().map_or(Field::Empty, |set| Field::text(set.reason.get(locale.lang))),
        ]
    };
    let keys = ["field-id", "indicator", "value", "field-unit", "period", "status", "completeness", "public-reason"];
    let rows = [heads(locale, &keys)].into_iter().chain(content.body.indicators.iter().map(row)).collect();
    Sheet { name: locale.t("menu-scorecard"), heads: 1, names: 2, rows }
}

fn numbers(content: &Content, locale: &Locale) -> Sheet {
    let keys = [
        "field-id",
        "indicator",
        "place",
        "period",
        "edition-group",
        "value",
        "numerator",
        "denominator",
        "source",
        "completeness",
    ];
    let mut rows = vec![heads(locale, &keys)];
    for measured in &content.body.indicators {
        rows.extend(measured.observations.iter().map(|at| row(content, locale, measured, at)));
    }
    Sheet { name: locale.t("pivot-numbers"), heads: 1, names: 2, rows }
}

fn row(content: &Content, locale: &Locale, measured: &Measured, at: &Observation) -> Vec<Field> {
    let (upper, lower) = (number(at, |numbers| numbers.numerator), number(at, |numbers| numbers.denominator));
    let groups = at.categories.iter().map(|category| name(content, locale, category)).collect::<Vec<_>>().join(", ");
    vec![
        Field::text(&measured.indicator.id),
        title(&measured.indicator, locale),
        Field::text(name(content, locale, &at.area)),
        Field::text(at.period.to_string()),
        if groups.is_empty() { Field::Empty } else { Field::text(groups) },
        figure(at),
        upper,
        lower,
        at.source.as_ref().map_or(Field::Empty, |printed| Field::text(&printed.evidence)),
        incomplete(at, locale),
    ]
}

fn about(content: &Content, locale: &Locale) -> Sheet {
    let mut lines = vec![
        content.body.plan.title.get(locale.lang).to_string(),
        colophon(content, locale),
        locale.say("edition-hidden-legend", &[("mark", HIDDEN.into())]),
        locale.t("edition-licence"),
    ];
    if content.body.demonstration {
        lines.push(locale.t("edition-demonstration"));
    }
    let rows = lines.into_iter().map(|line| vec![Field::text(line)]).collect();
    Sheet { name: locale.t("pivot-about"), heads: 0, names: 1, rows }
}
