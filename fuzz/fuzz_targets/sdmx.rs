//! Questions to the open data, as path, query and what is accepted on three lines: an answer that is whole and no longer
//! than all there is, or a refusal with a sentence and a status of HTTP.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use romduol_exchange::sdmx::{
    Answer, Attribute, Code, CodeList, Dataset, Dimension, Kind, Named, Request, Row, answer,
};

#[path = "../../crates/exchange/src/sdmx/small.rs"]
mod small;

fn data() -> &'static Dataset {
    static DATA: OnceLock<Dataset> = OnceLock::new();
    DATA.get_or_init(small::small)
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
