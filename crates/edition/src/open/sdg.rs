//! The numbers that are series of the Sustainable Development Goals, in the layout of the global structure. Refuses to send
//! an indicator that measures something else than the series, however near it comes.

use romduol_exchange::sdmx::{TIME, VALUE};
use romduol_plan::kinds::AreaLevel;
use romduol_plan::{Frequency, Lang};
use serde_json::{Value, json};

use super::codes::{self, word};
use super::tables::{self, SDG, csv};
use crate::content::{Content, Measured, Observation};

/// What an indicator calls itself, the series that it is, and the sex it counts. Only shares that follow the series'
/// definition are here: people who got support, for example, are not the victims detected of 16.2.2.
const SERIES: [(&str, &str, &str); 2] = [("SDG 5.5.1a", "SG_GEN_PARL", "F"), ("SDG 5.5.1b", "SG_GEN_LOCGELS", "F")];

/// What makes a table SDMX-CSV: what its rows obey, and that they are information. The version is the one that the codes
/// below were compared with.
const STRUCTURE: [(&str, &str); 3] =
    [("STRUCTURE", "datastructure"), ("STRUCTURE_ID", "IAEG-SDGs:SDG(1.14)"), ("ACTION", "I")];

/// The dimensions of the global structure in the order of its key, with what is not broken down here.
const DIMENSIONS: [(&str, &str); 15] = [
    ("FREQ", "A"),
    ("REPORTING_TYPE", "N"),
    ("SERIES", ""),
    ("REF_AREA", ""),
    ("SEX", "_T"),
    ("AGE", "_T"),
    ("URBANISATION", "_T"),
    ("INCOME_WEALTH_QUANTILE", "_T"),
    ("EDUCATION_LEV", "_T"),
    ("OCCUPATION", "_T"),
    ("CUST_BREAKDOWN", "_T"),
    ("COMPOSITE_BREAKDOWN", "_T"),
    ("DISABILITY_STATUS", "_T"),
    ("ACTIVITY", "_T"),
    ("PRODUCT", "_T"),
];

const ATTRIBUTES: [&str; 6] = ["OBS_STATUS", "UNIT_MULT", "UNIT_MEASURE", "NATURE", "COMMENT_OBS", "CUST_BREAKDOWN_LB"];

/// The series that an indicator is.
fn series(measured: &Measured) -> Option<(&'static str, &'static str)> {
    let is = |code: &str| measured.indicator.frameworks.iter().any(|framework| framework == code);
    SERIES.iter().find(|(code, _, _)| is(code)).map(|(_, series, sex)| (*series, *sex))
}

pub fn table(content: &Content) -> String {
    let heads = STRUCTURE.into_iter().chain(DIMENSIONS).map(|(id, _)| id).chain([TIME, VALUE]).chain(ATTRIBUTES);
    let rows = content.body.indicators.iter().filter_map(|measured| Some((measured, series(measured)?)));
    let rows =
        rows.flat_map(|(measured, series)| measured.observations.iter().filter_map(move |at| row(content, series, at)));
    csv([heads.map(String::from).collect()].into_iter().chain(rows))
}

/// Years of the country and its provinces, not broken down.
fn row(content: &Content, (series, sex): (&str, &str), at: &Observation) -> Option<Vec<String>> {
    if !at.categories.is_empty() || at.period.frequency() != Frequency::Year {
        return None;
    }
    let (breakdown, label) = place(content, &at.area)?;
    let cell = |(id, usual): (&str, &str)| match id {
        "SERIES" => series.to_string(),
        "REF_AREA" => word(content.body.country()),
        "SEX" => sex.to_string(),
        "CUST_BREAKDOWN" => breakdown.clone(),
        _ => usual.to_string(),
    };
    let (value, status) = match at.value() {
        Some(value) if at.incomplete.is_some() => (value.to_string(), "P"),
        Some(value) => (value.to_string(), "A"),
        // As in every table of that standard.
        None => ("NaN".into(), "Q"),
    };
    let comment = if at.illustrative { "Illustrative: made up for demonstration" } else { "" };
    let attributes = [status, "0", "PT", "C", comment, &label].map(String::from);
    let first = STRUCTURE.map(|(_, word)| word.to_string());
    Some(
        first
            .into_iter()
            .chain(DIMENSIONS.map(cell))
            .chain([codes::period(at.period), value])
            .chain(attributes)
            .collect(),
    )
}

/// The global list of areas has no places within a country: they are custom codes with a label, `C01` for `KH-01`.
fn place(content: &Content, area: &str) -> Option<(String, String)> {
    if area == content.body.country() {
        return Some(("_T".into(), String::new()));
    }
    let area = content.body.areas.iter().find(|known| known.id == area)?;
    let number: u32 = area.id.rsplit('-').next()?.parse().ok()?;
    let known = area.level == AreaLevel::Province && (1..=5000).contains(&number);
    known.then(|| (format!("C{number:02}"), area.name.get(Lang::En).to_string()))
}

pub fn resource() -> Value {
    let names = DIMENSIONS.iter().map(|(id, _)| *id);
    let field = |name: &str| json!({ "name": name, "type": "string", "constraints": { "required": true } });
    let first = STRUCTURE.iter().map(|(id, _)| *id);
    let mut fields: Vec<Value> = first.chain(names.clone()).chain([TIME]).map(field).collect();
    fields.push(json!({ "name": VALUE, "type": "number" }));
    fields.extend(ATTRIBUTES.map(|name| json!({ "name": name, "type": "string" })));
    let key: Vec<&str> = names.chain([TIME]).collect();
    let title = "Series of the Sustainable Development Goals, in the global layout";
    tables::resource("sdg", SDG, title, json!({ "fields": fields, "primaryKey": key }))
}
