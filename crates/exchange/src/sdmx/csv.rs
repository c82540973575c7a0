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
    let first: &[&str] = match (version, labels) {
        (Version::One, _) => &["DATAFLOW"],
        (Version::Two, Labels::Names) => &["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"],
        (Version::Two, _) => &["STRUCTURE", "STRUCTURE_ID", "ACTION"],
    };
    let head = |(id, name): (&str, &Names)| named(labels, id, Some(name));
    let heads = first.iter().map(|id| (*id).to_string()).chain(data.concepts().flat_map(head));
    writer.write_record(heads).expect("writing to memory does not fail");
    let lists: Vec<Option<&str>> = data.dimensions.iter().map(|dimension| Some(dimension.list.as_str())).collect();
    let coded = data.attributes.iter().map(|attribute| match &attribute.kind {
        Kind::Coded(list) => Some(list.as_str()),
        _ => None,
    });
    // Behind the dimensions come the period and the value, which are no codes.
    let lists: Vec<Option<&str>> = lists.into_iter().chain([None, None]).chain(coded).collect();
    let cell = |(text, list): (&String, &Option<&str>)| {
        let list = list.filter(|_| labels != Labels::Ids).and_then(|list| data.list(list));
        let code = list.and_then(|list| list.codes.iter().find(|code| code.id == *text));
        named(labels, text, code.map(|code| &code.name))
    };
    let flow = data.reference(&data.flow.id);
    let flow_name = data.flow.name.first().map_or("", |(_, name)| name.as_str());
    for row in rows {
        let first: &[&str] = match (version, labels) {
            (Version::One, _) => &[&flow],
            (Version::Two, Labels::Names) => &["dataflow", &flow, flow_name, "I"],
            (Version::Two, _) => &["dataflow", &flow, "I"],
        };
        // A cell that is empty would be no value of the type; the standard's mark for a number that is not told is this one.
        let value = match row.value {
            Some(value) => value.to_string(),
            None if row.period.is_empty() => String::new(),
            None => "NaN".into(),
        };
        let cells = row.key.iter().chain([&row.period, &value]).chain(&row.attributes).zip(&lists).flat_map(cell);
        let first = first.iter().map(|text| (*text).to_string());
        writer.write_record(first.chain(cells)).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("all cells are text")
}

/// The cells of an id: its name is behind it, or beside it, where names are wanted.
fn named(labels: Labels, id: &str, name: Option<&Names>) -> Vec<String> {
    let name = name.and_then(|name| name.first()).map(|(_, name)| name);
    match (labels, name) {
        (Labels::Both, Some(name)) => vec![format!("{id}: {name}")],
        (Labels::Names, name) => vec![id.to_string(), name.cloned().unwrap_or_default()],
        _ => vec![id.to_string()],
    }
}
