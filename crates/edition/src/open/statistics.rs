//! An edition as a statistical dataset: every number that is told, every mark, targets and baselines. Refuses to know how it
//! is written.

use std::collections::{BTreeMap, BTreeSet};

use romduol_exchange::sdmx::{Attribute, Code, CodeList, Dataset, Kind, Named, Names, Row};
use romduol_plan::kinds::{Id, Indicator, PlaceRule, Target, TargetKind, ValueKind};
use romduol_plan::{Lang, Period};

use super::codes::{self, Axis, TOTAL, coded, said, titled, word};
use crate::content::{Content, Measured, Observation};
use crate::figure::Numbers;

/// What an attribute is called, what it holds, and whether each observation has it.
fn attributes() -> Vec<Attribute> {
    let list = |name: &str| Kind::Coded(name.into());
    let all = [
        ("OBS_STATUS", "open-status", list("CL_OBS_STATUS"), true),
        ("CONF_STATUS", "open-confidentiality", list("CL_CONF_STATUS"), true),
        ("UNIT_MEASURE", "open-unit", list("CL_UNIT_MEASURE"), true),
        ("UNIT_MULT", "open-multiplier", list("CL_UNIT_MULT"), true),
        ("NUMERATOR", "open-numerator", Kind::Number, false),
        ("DENOMINATOR", "open-denominator", Kind::Number, false),
        ("UNITS_REPORTED", "open-reported", Kind::Integer, false),
        ("UNITS_EXPECTED", "open-expected", Kind::Integer, false),
        ("ILLUSTRATIVE", "open-illustrative", Kind::Boolean, true),
        ("SOURCE_DETAIL", "open-source", Kind::Text, false),
    ];
    let attribute = |(id, key, kind, required): (&str, &str, Kind, bool)| Attribute {
        id: id.into(),
        name: said(key),
        kind,
        required,
    };
    all.into_iter().map(attribute).collect()
}

/// A number, or none, with what is said beside it.
#[derive(Default)]
struct Told {
    value: Option<f64>,
    hidden: bool,
    /// Not all of it has come.
    incomplete: bool,
    numerator: Option<f64>,
    denominator: Option<f64>,
    coverage: Option<(u32, u32)>,
    illustrative: bool,
    source: String,
}

#[must_use]
pub fn dataset(content: &Content) -> Dataset {
    let body = &content.body;
    let axes = codes::axes(content);
    let mut lists = codes::lists(content, &axes);
    lists.extend(attribute_lists(content));
    let plan = word(&body.plan.id).to_uppercase().replace('-', "_");
    let named = |prefix: &str, name: Names| Named { id: format!("{prefix}_{plan}"), name };
    Dataset {
        agency: agency(content),
        version: format!("{}.0.0", content.structures.unwrap_or(content.number)),
        flow: named("DF", titled(&body.plan.title, &body.plan.id)),
        structure: named("DSD", said("open-structure")),
        concepts: named("CS", said("open-concepts")),
        lists,
        dimensions: codes::dimensions(content, &axes),
        time: said("open-period"),
        measure: said("open-value"),
        attributes: attributes(),
        rows: Rows { content, axes: &axes, found: BTreeMap::new() }.all(),
        prepared: content.date.to_string(),
    }
}

/// Whether two editions have the same structures, so that whoever reads one reads the other.
#[must_use]
pub fn same_structures(one: &Content, other: &Content) -> bool {
    let (one, other) = (dataset(one), dataset(other));
    let named =
        |data: &Dataset| (data.agency.clone(), data.flow.clone(), data.structure.clone(), data.concepts.clone());
    named(&one) == named(&other)
        && (&one.lists, &one.dimensions, &one.attributes) == (&other.lists, &other.dimensions, &other.attributes)
        && (&one.time, &one.measure) == (&other.time, &other.measure)
}

/// Who keeps the structures: the secretariat of the plan.
pub fn agency(content: &Content) -> String {
    match word(&content.body.plan.secretariat) {
        id if id.starts_with(|c: char| c.is_ascii_alphabetic()) => id,
        id => format!("A{id}"),
    }
}

fn attribute_lists(content: &Content) -> Vec<CodeList> {
    let list = |id: &str, key: &str, codes: Vec<Code>| CodeList { id: id.into(), name: said(key), codes };
    let units: BTreeSet<(String, Option<&str>)> = content.body.indicators.iter().map(|m| unit(&m.indicator)).collect();
    let units = units.into_iter().map(|(id, key)| {
        let name = key.map_or_else(|| vec![(Lang::En.code().into(), id.clone())], said);
        coded(id, name)
    });
    vec![
        list(
            "CL_OBS_STATUS",
            "open-status",
            vec![
                coded("A", said("open-normal")),
                coded("P", said("open-provisional")),
                coded("Q", said("open-suppressed")),
            ],
        ),
        list(
            "CL_CONF_STATUS",
            "open-confidentiality",
            vec![coded("F", said("open-free")), coded("C", said("open-confidential"))],
        ),
        list("CL_UNIT_MEASURE", "open-unit", units.collect()),
        list("CL_UNIT_MULT", "open-multiplier", vec![coded("0", said("open-units"))]),
    ]
}

/// The unit's code in the global list and the key of its name; the plan's own word where there is no such code.
fn unit(indicator: &Indicator) -> (String, Option<&'static str>) {
    let (code, key) = match indicator.kind {
        _ if indicator.unit == "%" => ("PT", "open-unit-percent"),
        ValueKind::YesNo if indicator.place != PlaceRule::Sum => ("BOOL", "open-unit-bool"),
        ValueKind::Count | ValueKind::YesNo | ValueKind::Milestone => ("NUMBER", "open-unit-number"),
        ValueKind::Index => ("IX", "open-unit-index"),
        _ => return (word(&indicator.unit).to_uppercase(), None),
    };
    (code.into(), Some(key))
}

struct Rows<'a> {
    content: &'a Content,
    axes: &'a [Axis],
    /// By key and period, so that each place is told once.
    found: BTreeMap<(Vec<String>, String), Row>,
}

impl Rows<'_> {
    fn all(mut self) -> Vec<Row> {
        for measured in &self.content.body.indicators {
            measured.observations.iter().for_each(|at| self.observation(measured, at));
            measured.targets.iter().for_each(|target| self.target(measured, target));
            self.baseline(measured);
        }
        self.found.into_values().collect()
    }

    fn observation(&mut self, measured: &Measured, at: &Observation) {
        let mut told =
            Told { coverage: at.coverage, illustrative: at.illustrative, source: printed(at), ..Told::default() };
        told.incomplete = at.incomplete.is_some();
        match at.figure.numbers() {
            Some(Numbers { value, numerator, denominator }) => {
                (told.value, told.numerator, told.denominator) = (Some(value), numerator, denominator);
            }
            None => told.hidden = true,
        }
        self.put(measured, &at.area, at.period, &at.categories, "ACT", told);
    }

    fn target(&mut self, measured: &Measured, target: &Target) {
        let kind = match target.kind {
            TargetKind::Target => "TGT",
            TargetKind::Threshold => "THR",
        };
        let source = target.evidence.clone().unwrap_or_default();
        let told = Told { value: Some(target.value), illustrative: target.illustrative, source, ..Told::default() };
        self.put(measured, &target.area, target.period, &target.categories, kind, told);
    }

    fn baseline(&mut self, measured: &Measured) {
        let indicator = &measured.indicator;
        if let (Some(value), Some(period)) = (indicator.baseline, indicator.baseline_period) {
            let source = indicator.baseline_evidence.clone().unwrap_or_default();
            let told = Told { value: Some(value), source, ..Told::default() };
            self.put(measured, self.content.body.country(), period, &[], "BSL", told);
        }
    }

    fn put(&mut self, measured: &Measured, area: &str, at: Period, categories: &[Id], kind: &str, told: Told) {
        let code = |axis: &Axis| categories.iter().find_map(|category| axis.codes.get(category).cloned());
        let first = [codes::frequency(at).into(), "N".into(), word(&measured.indicator.id), word(area)];
        let broken_down = self.axes.iter().map(|axis| code(axis).unwrap_or_else(|| TOTAL.into()));
        let key: Vec<String> = first.into_iter().chain(broken_down).chain([kind.to_string()]).collect();
        let period = codes::period(at);
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        let (status, confidential) = match (told.hidden, told.incomplete) {
            (true, _) => ("Q", "C"),
            (false, true) => ("P", "F"),
            (false, false) => ("A", "F"),
        };
        let (reported, expected) = told.coverage.unzip();
        let count = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
        let attributes = vec![
            status.into(),
            confidential.into(),
            unit(&measured.indicator).0,
            "0".into(),
            number(told.numerator),
            number(told.denominator),
            count(reported),
            count(expected),
            told.illustrative.to_string(),
            told.source,
        ];
        let row = Row { key: key.clone(), period: period.clone(), value: told.value, attributes };
        self.found.insert((key, period), row);
    }
}

fn printed(at: &Observation) -> String {
    let parts = at.source.iter().flat_map(|printed| [&printed.evidence, &printed.section, &printed.cited]);
    parts.filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("; ")
}
