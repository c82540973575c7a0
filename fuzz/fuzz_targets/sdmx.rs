//! Questions to the open data, as path, query and what is accepted on three lines: an answer that is whole and no longer
//! than all there is, or a refusal with a sentence and a status of HTTP.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use romduol_exchange::sdmx::{
    Answer, Attribute, Code, CodeList, Dataset, Dimension, Kind, Named, Request, Row, answer,
};

fn names(id: &str) -> Vec<(String, String)> {
    vec![("en".into(), format!("{id} & more")), ("km".into(), "ស្ត្រី".into())]
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

fn data() -> &'static Dataset {
    static DATA: OnceLock<Dataset> = OnceLock::new();
    let dimension = |id: &str| Dimension { id: id.into(), name: names(id), list: format!("CL_{id}") };
    let coded = Kind::Coded("CL_OBS_STATUS".into());
    DATA.get_or_init(|| Dataset {
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
    })
}

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let request = Request { path: line(), query: line(), accept: line() };
    match answer(data(), &request) {
        Ok(given) => whole(&given),
        Err(refused) => {
            assert!([400, 404, 406, 501].contains(&refused.status()));
            let said = refused.to_string();
            assert!(!said.is_empty() && said.len() <= text.len() * 3 + 200, "{said}");
        }
    }
});

/// An answer names its form and can be read in it; none is longer than everything in the longest form.
fn whole(given: &Answer) {
    let all = data().structure_xml().len().max(data().data_xml().len()).max(data().structure_json().len());
    assert!(!given.body.is_empty() && given.body.len() <= 2 * all, "{} bytes", given.body.len());
    if given.media.contains("json") {
        serde_json::from_str::<serde_json::Value>(&given.body).expect("JSON that can be read");
    } else if given.media.contains("csv") {
        let mut rows = csv::Reader::from_reader(given.body.as_bytes());
        assert!((1..=data().rows.len()).contains(&rows.records().map(|row| row.expect("a row as the header")).count()));
    } else {
        let mut xml = quick_xml::Reader::from_str(&given.body);
        while xml.read_event().expect("XML that can be read") != quick_xml::events::Event::Eof {}
    }
}
