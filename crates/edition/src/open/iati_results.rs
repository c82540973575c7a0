//! What an action is measured by, as a result of IATI: baseline, targets and values of the whole country. Refuses to tell a
//! hidden value: its period has a comment and no number.

use std::collections::BTreeMap;

use romduol_exchange::xml::Element;
use romduol_locale::Locale;
use romduol_plan::kinds::{Direction, ResultLevel, TargetKind};
use romduol_plan::{Date, Lang, Period, Text};

use super::iati::{OWN, narratives};
use crate::content::{Content, Measured, Observation};

/// What is known of a period.
#[derive(Default)]
struct At<'a> {
    target: Option<f64>,
    told: Option<&'a Observation>,
}

pub fn result(content: &Content, measured: &Measured) -> Element {
    let indicator = &measured.indicator;
    let kind = match indicator.level {
        ResultLevel::Output | ResultLevel::Activity => "1",
        ResultLevel::Outcome => "2",
        ResultLevel::Process => "9",
    };
    let own = Element::new("reference").with("vocabulary", OWN).with("code", &indicator.id);
    let element = Element::new("indicator")
        .with("measure", if indicator.unit == "%" { "2" } else { "1" })
        .with("ascending", if indicator.direction == Direction::Down { "0" } else { "1" })
        .child(narratives("title", &indicator.name, &indicator.id))
        .child(narratives("description", &indicator.definition, &indicator.id))
        .child(own)
        .all(goals(&indicator.frameworks))
        .all(baseline(measured))
        .all(periods(content, measured).into_iter().map(|(at, told)| period(at, &told)));
    Element::new("result").with("type", kind).child(narratives("title", &indicator.name, &indicator.id)).child(element)
}

/// `SDG 5.5.1b` is indicator 5.5.1 of the goals.
fn goals(frameworks: &[String]) -> Vec<Element> {
    let codes = frameworks.iter().filter_map(|framework| framework.strip_prefix("SDG "));
    let whole = codes.map(|code| code.trim_end_matches(|c: char| c.is_ascii_lowercase()));
    let whole = whole.filter(|code| code.split('.').count() == 3);
    whole.map(|code| Element::new("reference").with("vocabulary", "9").with("code", code)).collect()
}

fn baseline(measured: &Measured) -> Option<Element> {
    let (value, period) = (measured.indicator.baseline?, measured.indicator.baseline_period?);
    let element = Element::new("baseline").with("year", period.end_year().to_string());
    Some(element.with("value", value.to_string()))
}

/// Every period of which something is told for the whole country, not broken down.
fn periods<'a>(content: &Content, measured: &'a Measured) -> BTreeMap<Period, At<'a>> {
    let country = content.body.country();
    let mut all: BTreeMap<Period, At> = BTreeMap::new();
    for at in measured.observations.iter().filter(|at| at.area == country && at.categories.is_empty()) {
        all.entry(at.period).or_default().told = Some(at);
    }
    let whole = measured.targets.iter().filter(|t| t.area == country && t.categories.is_empty());
    for target in whole.filter(|target| target.kind == TargetKind::Target) {
        all.entry(target.period).or_default().target = Some(target.value);
    }
    all
}

fn period(at: Period, told: &At) -> Element {
    let number = |name: &'static str, value: f64| Element::new(name).with("value", value.to_string());
    let day = |name: &'static str, day: Date| Element::new(name).with("iso-date", day.to_string());
    let actual = told.told.map(|at| match at.value() {
        Some(value) => number("actual", value).all(incomplete(at)),
        None => Element::new("actual").child(narratives("comment", &hidden(), "")),
    });
    Element::new("period")
        .child(day("period-start", at.previous().last_day().plus_days(1)))
        .child(day("period-end", at.last_day()))
        .all(told.target.map(|value| number("target", value)))
        .all(actual)
}

/// That not all of a number came.
fn incomplete(at: &Observation) -> Option<Element> {
    let mark = at.incomplete.as_ref()?.mark()?;
    let of = |lang| Locale::of(lang).tell(&mark);
    Some(narratives("comment", &Text { en: of(Lang::En), km: of(Lang::Km) }, ""))
}

fn hidden() -> Text {
    let of = |lang| Locale::of(lang).t("open-confidential");
    Text { en: of(Lang::En), km: of(Lang::Km) }
}
