//! SDMX-CSV: one row for each observation. Refuses to know which rows were asked for.

use super::{Dataset, Row, TIME, VALUE};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    One,
    Two,
}

pub fn write(data: &Dataset, rows: &[&Row], version: Version) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let first: &[&str] = match version {
        Version::One => &["DATAFLOW"],
        Version::Two => &["STRUCTURE", "STRUCTURE_ID", "ACTION"],
    };
    let dimensions = data.dimensions.iter().map(|dimension| dimension.id.as_str());
    let attributes = data.attributes.iter().map(|attribute| attribute.id.as_str());
    let heads = first.iter().copied().chain(dimensions).chain([TIME, VALUE]).chain(attributes);
    writer.write_record(heads).expect("writing to memory does not fail");
    let flow = data.reference(&data.flow.id);
    for row in rows {
        let first: &[&str] = match version {
            Version::One => &[&flow],
            Version::Two => &["dataflow", &flow, "I"],
        };
        let value = row.value.map(|value| value.to_string()).unwrap_or_default();
        let cells = row.key.iter().chain([&row.period, &value]).chain(&row.attributes).map(String::as_str);
        writer.write_record(first.iter().copied().chain(cells)).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("all cells are text")
}
