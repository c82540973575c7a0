//! SDMX-CSV: one row for each observation. Refuses to know which rows were asked for.

use super::media::Labels;
use super::{Dataset, Kind, Names, Row};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    One,
    Two,
}

pub fn write(data: &Dataset, rows: &[&Row], version: Version, labels: Labels) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let first: &[&str] = match version {
        Version::One => &["DATAFLOW"],
        Version::Two => &["STRUCTURE", "STRUCTURE_ID", "ACTION"],
    };
    let head = |(id, name): (&str, &Names)| named(labels, id, Some(name));
    let heads = first.iter().map(|id| (*id).to_string()).chain(data.concepts().map(head));
    writer.write_record(heads).expect("writing to memory does not fail");
    let lists: Vec<Option<&str>> = data.dimensions.iter().map(|dimension| Some(dimension.list.as_str())).collect();
    let coded = data.attributes.iter().map(|attribute| match &attribute.kind {
        Kind::Coded(list) => Some(list.as_str()),
        _ => None,
    });
    // Behind the dimensions come the period and the value, which are no codes.
    let lists: Vec<Option<&str>> = lists.into_iter().chain([None, None]).chain(coded).collect();
    let cell = |(text, list): (&String, &Option<&str>)| match list.and_then(|list| data.list(list)) {
        Some(list) if labels == Labels::Both => {
            named(labels, text, list.codes.iter().find(|code| code.id == *text).map(|code| &code.name))
        }
        _ => text.clone(),
    };
    let flow = data.reference(&data.flow.id);
    for row in rows {
        let first: &[&str] = match version {
            Version::One => &[&flow],
            Version::Two => &["dataflow", &flow, "I"],
        };
        // A cell that is empty would be no value of the type; the standard's mark for a number that is not told is this one.
        let value = match row.value {
            Some(value) => value.to_string(),
            None if row.period.is_empty() => String::new(),
            None => "NaN".into(),
        };
        let cells = row.key.iter().chain([&row.period, &value]).chain(&row.attributes).zip(&lists).map(cell);
        let first = first.iter().map(|text| (*text).to_string());
        writer.write_record(first.chain(cells)).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("all cells are text")
}

/// An id, with its name behind it where names are wanted.
fn named(labels: Labels, id: &str, name: Option<&Names>) -> String {
    match name.and_then(|name| name.first()).filter(|_| labels == Labels::Both) {
        Some((_, name)) => format!("{id}: {name}"),
        None => id.to_string(),
    }
}
