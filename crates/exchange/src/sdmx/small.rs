//! A dataset of four observations, one of them hidden: for tests and for the fuzzer.

use super::{Attribute, Code, CodeList, Dataset, Dimension, Kind, Named, Row};

fn names(id: &str) -> Vec<(String, String)> {
    vec![("en".into(), format!("{id} & more"))]
}

fn named(id: &str) -> Named {
    Named { id: id.into(), name: names(id) }
}

fn list(id: &str, codes: &[&str]) -> CodeList {
    let code = |id: &&str| Code { id: (*id).into(), name: names(id), description: Vec::new() };
    CodeList { id: id.into(), name: names(id), codes: codes.iter().map(code).collect() }
}

fn row(key: [&str; 3], period: &str, value: Option<f64>) -> Row {
    let status = if value.is_some() { "A" } else { "Q" };
    Row { key: key.map(Into::into).into(), period: period.into(), value, attributes: vec![status.into()] }
}

pub fn small() -> Dataset {
    let dimension = |id: &str| Dimension { id: id.into(), name: names(id), list: format!("CL_{id}") };
    let coded = Kind::Coded("CL_OBS_STATUS".into());
    Dataset {
        agency: "MOWA".into(),
        version: "1.0.0".into(),
        flow: named("DF"),
        structure: named("DSD"),
        concepts: named("CS"),
        lists: vec![
            list("CL_FREQ", &["A", "Q"]),
            list("CL_SERIES", &["X-1", "X-2"]),
            list("CL_SEX", &["F", "M"]),
            list("CL_OBS_STATUS", &["A", "Q"]),
        ],
        dimensions: ["FREQ", "SERIES", "SEX"].map(dimension).into(),
        time: names("TIME_PERIOD"),
        measure: names("OBS_VALUE"),
        attributes: vec![Attribute { id: "OBS_STATUS".into(), name: names("OBS_STATUS"), kind: coded, required: true }],
        rows: vec![
            row(["A", "X-1", "F"], "2023", Some(1.5)),
            row(["A", "X-1", "F"], "2024", None),
            row(["A", "X-1", "M"], "2024", Some(20.0)),
            row(["Q", "X-2", "F"], "2024-Q1", Some(3.0)),
        ],
        prepared: "2026-01-31".into(),
    }
}
